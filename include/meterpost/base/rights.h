/*
 * rights.h - what a worker process gives up: the octets that it handles come from
 * strangers.
 */
#ifndef METERPOST_BASE_RIGHTS_H
#define METERPOST_BASE_RIGHTS_H

/* At start: dies with the engine; a ^C on the engine's terminal is the engine's to handle.
 */
void rights_bind_to_parent(void);

/* Once the device is open: no new rights, no core dump (it would hold texts and PIN), no
 * files, no more descriptors than a renewed connection takes. */
void rights_drop(void);

#endif

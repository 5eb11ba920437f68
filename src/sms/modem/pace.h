/*
 * pace.h - libGammu's naps, and what can be noticed during them.
 *
 * This executable has its own usleep(), which libGammu calls instead of libc's. It does
 * four things: it shortens the long naps of a send to what the modem needs, it counts them,
 * which tells how far the send came, it looks whether the device is still there, since
 * libGammu takes a line that hung up for one that is silent, and it ends a call whose
 * answer got lost: libGammu waits for a list of messages for more than eight minutes.
 */
#ifndef METERPOST_SMS_MODEM_PACE_H
#define METERPOST_SMS_MODEM_PACE_H

#include <stdbool.h>

/* From now on naps of 50 ms and more last `percent` of their time, and are counted. */
void pace_send_begin(unsigned percent);

/* Back to the library's own pace. True when there was a long nap: libGammu takes the first
 * after the modem's prompt and before it writes the message. */
bool pace_send_end(void);

/* Look at `fd` during naps, at most every 100 ms; call gone(ctx) once when it has hung up,
 * or nothing was said or heard on it for PACE_SILENCE_MS. fd -1 ends it. */
#define PACE_SILENCE_MS 45000
void pace_watch(int fd, void (*gone)(void *ctx), void *ctx);

/* Something was said on the line. */
void pace_said(int fd);

/* True when the line behind fd has hung up. */
bool pace_hung_up(int fd);

#endif

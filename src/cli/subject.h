/*
 * subject.h - who or what is meant: an account or a meter may be given by its own number,
 * by the other's, by a phone or by a bill, where that is unambiguous. For src/cli alone.
 */
#ifndef METERPOST_SRC_CLI_SUBJECT_H
#define METERPOST_SRC_CLI_SUBJECT_H

#include "cli.h"
#include "meterpost/store/registry.h"

/* FAIL_REJECT when nothing or more than one thing is called that. The store is open. */
bool subject_account(struct cli *c, const char *name, struct account *out, struct err *e);
bool subject_meter(struct cli *c, const char *name, struct meter *out, struct err *e);
/* The numbers of all meters that the arguments mean; the caller owns them. With `boxes`
 * names of concentrators, too, as they are. NULL, and said why, when one is not known. */
json_t *subject_meters(struct cli *c, bool boxes);

#endif

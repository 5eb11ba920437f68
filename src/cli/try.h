/* try.h - what the kinds of `meterpost try` share; for src/cli alone. */
#ifndef METERPOST_SRC_CLI_TRY_H
#define METERPOST_SRC_CLI_TRY_H

#include "cli.h"

/* What the engine would make of an object: a new one, or NULL with *e. */
typedef json_t *try_fn(void *context, const json_t *in, struct err *e);

/* True when the arguments are "-" alone. */
bool try_is_lines(const struct cli *c);

/* One object a line from stdin, one a line to stdout; {"error"} for a bad one. */
enum status try_lines(try_fn *run, void *context);

/* One object, for a person or as JSON. `in` is taken. */
enum status try_once(struct cli *c, try_fn *run, void *context, json_t *in);

#endif

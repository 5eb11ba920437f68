/* round.h - what the commands about rounds share; for src/cli alone. */
#ifndef METERPOST_SRC_CLI_ROUND_H
#define METERPOST_SRC_CLI_ROUND_H

#include "lists.h"

/* Forecast of the round that --group and --until mean; `as_note`: only for people. */
enum status round_plan_show(struct cli *c, bool as_note);

/* The causes of what is missing in the round `name`: [{"cause", "name", "missing", "of",
 * "reason", "next"}]; NULL with *e. `members`, the list "round_meters", get their "cause"
 * ("transformer T-17", "single"). */
json_t *round_causes(struct cli *c, const char *name, json_t *members, struct err *e);

/* The sheet of those that somebody must go to, to the standard output. */
enum status round_route(struct cli *c);

#endif

/*
 * health.h - what is well and what is not, each with what to do: rows for `doctor` and for
 * `today`. For src/cli alone.
 *
 * A finding is {"area", "state": "ok", "warn" or "bad", "text", "do": a command or ""}.
 */
#ifndef METERPOST_SRC_CLI_HEALTH_H
#define METERPOST_SRC_CLI_HEALTH_H

#include "cli.h"

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_BAD };

/* Add a finding; `mend` is what to do about it, NULL when there is nothing to do. */
void health_add(json_t *rows, const char *area, enum health state, const char *mend,
                const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* One line a finding, the worst first; those that are not well are marked, and red on a
 * terminal. */
void health_print(const json_t *rows);

/* The worst state among them. */
enum health health_worst(const json_t *rows);

/* Look at one thing and add what is found. The settings are loaded; those that say so need
 * the store. */
typedef void health_check(struct cli *c, json_t *rows);

/* health_machine.c */
health_check health_key, health_zone, health_clock, health_disk, health_permissions,
    health_devices;
/* A copy of the database needs as much room again, an upgrade twice. */
enum health health_of_disk(int64_t percent_free, int64_t mib_free, int64_t database_mib);
/* health_store.c: need the store */
health_check health_backup, health_second_copy, health_second_late, health_fence,
    health_queue, health_alarms;
health_check health_integrity, health_ledger, health_audit;
/* health_engine.c: `status` is the engine's answer, or json_null() when none runs */
void health_engine(struct cli *c, json_t *rows, const json_t *status);
void health_modems(struct cli *c, json_t *rows, const json_t *status);
/* health_orders.c: restores, cuts, approvals and customers, since `from`. */
bool health_orders(struct cli *c, json_t *rows, utc_t from, struct err *e);
/* The engine's answer to `status`, a new reference; json_null() when none runs. */
json_t *health_ask_engine(struct cli *c);

#endif

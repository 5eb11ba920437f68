/*
 * pipeline.c - the flow, in order, with a bound for each turn so that nobody starves.
 *
 * All stages of a turn share one transaction: what arrived together is committed together.
 * Each stage has a mark of its own in it, so that one that fails is undone alone.
 */
#include "buses.h"
#include "care.h"
#include "engine.h"
#include "meterpost/control/backup.h"
#include "meterpost/control/prepaid.h"
#include "meterpost/control/report.h"
#include "meterpost/control/verb.h"
#include "meterpost/metering/ask.h"
#include "meterpost/relay/work.h"
#include "meterpost/sms/inbox.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/erase.h"
#include "meterpost/talk/due.h"
#include "meterpost/talk/route.h"

#include <string.h>

#define SLICE_MS     50 /* of long work in a turn */
#define JOBS_AT_MOST 10 /* looked at in a turn, for one that can go on */

/*
 * Run one row of a stage with a mark of its own: a row that fails takes nothing with it and
 * does not hold up the others. *good is false when it was undone, for the reason in *why.
 * False when the transaction itself is lost.
 */
static bool
run_row(struct engine *en, bool (*run)(struct engine *en, void *row, struct err *e),
        void *row, bool *good, struct err *why, struct err *e)
{
    if (!store_mark(en->desk->store, e))
        return false;
    *good = run(en, row, why);
    return *good ? store_keep(en->desk->store, e) : store_undo(en->desk->store, e);
}

static bool
route_one(struct engine *en, void *row, struct err *e)
{
    return talk_route(en->desk, row, e);
}

/* What became of a message that its handler could not go on with. */
static bool
not_routed(struct engine *en, const struct inbox_row *m, const struct err *why,
           struct err *e)
{
    if (why->kind != FAIL_REJECT) {
        if (trouble_again(&en->rows))
            log_error("route", "inbox=%lld stays: %s", (long long)m->id, why->text);
        return true;
    }
    log_error("route", "inbox=%lld put aside: %s", (long long)m->id, why->text);
    return talk_mask(en->desk, m, e) &&
           inbox_finish(en->desk->store, m->id, INBOX_QUARANTINED, NULL, why->text, 0, 0, 0,
                        en->desk->now, e);
}

static bool
stage_route(struct engine *en, int at_most, int *done, struct err *e)
{
    struct inbox_row m = {0};
    struct err why;
    bool found, good;

    for (int looked = 0; looked < at_most; looked++) {
        if (!inbox_next_new(en->desk->store, m.id, &m, &found, e))
            return false;
        if (!found)
            return true;
        if (!run_row(en, route_one, &m, &good, &why, e) ||
            (!good && !not_routed(en, &m, &why, e)))
            return false;
        *done += good || why.kind == FAIL_REJECT;
    }
    return true;
}

static bool
stage_ask(struct engine *en, int at_most, int *done, struct err *e)
{
    const struct desk *d = en->desk;

    return metering_ask_due(d->store, d->conf, d->profiles, d->templates, d->now, at_most,
                            done, e);
}

/* What the settings plan for a time of day. */
static bool
stage_plan(struct engine *en, int at_most, int *done, struct err *e)
{
    (void)at_most;
    return backup_plan(en->desk, done, e) && prepaid_plan(en->desk, done, e) &&
           report_plan(en->desk, done, e);
}

static bool
stage_late(struct engine *en, int at_most, int *done, struct err *e)
{
    return inbox_late(en->desk->store, en->desk->conf->utility.country_code, en->desk->now,
                      at_most, done, e);
}

static bool
stage_talk(struct engine *en, int at_most, int *done, struct err *e)
{
    return talk_do_due(en->desk, at_most, done, e);
}

/* Texts of messages that the settings keep no longer. */
static bool
stage_forget(struct engine *en, int at_most, int *done, struct err *e)
{
    const struct desk *d = en->desk;

    return d->conf->limits.keep_bodies_s == 0 ||
           bodies_forget(d->store, d->now - d->conf->limits.keep_bodies_s, at_most, done,
                         e);
}

static bool
stage_relay(struct engine *en, int at_most, int *done, struct err *e)
{
    struct relay r = desk_relay(en->desk);

    return relay_work(&r, at_most, done, e);
}

static bool
stage_expire(struct engine *en, int at_most, int *done, struct err *e)
{
    return outbox_expire(en->desk->store, en->desk->now, at_most, done, e);
}

/* A stage that talks to workers stands or falls with the turn: what it noted for them must
 * not happen when it was undone. */
enum { TALKS = 1, WHILE_STOPPING = 2 };

/* clang-format off */
static const struct stage {
    const char *name;
    bool (*run)(struct engine *en, int at_most, int *done, struct err *e);
    int at_most; /* rows in a turn */
    int how;
} stages[] = {
    {"wires",   stage_wire_results, 64,         TALKS | WHILE_STOPPING}, /* wires -> readings, jobs */
    {"receive", stage_receive, WORKER_QUEUE,  TALKS | WHILE_STOPPING}, /* workers -> inbox, outbox */
    {"late",    stage_late,    20,               0}, /* parts that waited too long -> inbox */
    {"route",   stage_route,   50,               0}, /* inbox    -> readings, answers ...   */
    {"ask",     stage_ask,     50,               0}, /* requests -> outbox                  */
    {"plan",    stage_plan,    1,                0}, /* times of day -> jobs                */
    {"talk",    stage_talk,    20,               0}, /* phones, digests, alarms unseen      */
    {"care",    stage_care,    10,               TALKS}, /* what operators want of modems   */
    {"relay",   stage_relay,   100,              0}, /* orders   -> outbox, wires           */
    {"wire",    stage_wire_jobs, 64,            TALKS}, /* jobs -> wires                */
    {"forget",  stage_forget,  50,               0}, /* texts of messages that are old      */
    {"expire",  stage_expire,  50,               0}, /* outbox   -> too late                */
    {"send",    stage_send,    256,              TALKS}, /* outbox -> workers               */
};
/* clang-format on */
#define STAGES (sizeof(stages) / sizeof(stages[0]))
_Static_assert(STAGES <= STAGES_MAX, "each stage has its own trouble");

/* False when the transaction itself is lost. */
static bool
run_stage(struct engine *en, size_t i, int *total, struct err *e)
{
    const struct stage *st = &stages[i];
    struct store *s = en->desk->store;
    struct err why;
    int done = 0;

    if (!store_mark(s, e))
        return false;
    if (st->run(en, st->at_most, &done, &why)) {
        if (trouble_over(&en->stages[i]) > 0)
            log_info(st->name, "works again");
        *total += done;
        return store_keep(s, e);
    }
    if ((st->how & TALKS) != 0) {
        *e = why;
        return err_in(e, "%s", st->name);
    }
    if (trouble_again(&en->stages[i]))
        log_error(st->name, "%s (%u times)", why.text, en->stages[i].times);
    return store_undo(s, e);
}

/* A slice of the oldest job; of the next one when that cannot go on for now. Each is a
 * transaction of its own, without the savepoint of a stage: it writes thousands of rows. */
static bool
run_jobs(struct engine *en, int *done, struct err *e)
{
    struct job job = {0};
    bool found;

    for (int looked = 0; looked < JOBS_AT_MOST; looked++) {
        if (!job_next_running(en->desk->store, job.id, &job, &found, e))
            return false;
        if (!found)
            return true;
        if (strcmp(job.kind, BACKUP_JOB) == 0) /* between turns: engine.c */
            continue;
        if (control_job_slice(en->desk, &job, SLICE_MS, e)) {
            (*done)++;
            return true;
        }
        if (trouble_again(&en->rows))
            log_error("jobs", "job=%lld waits: %s", (long long)job.id, e->text);
    }
    return true;
}

bool
engine_turn(struct engine *en, int *done, struct err *e)
{
    struct store *s = en->desk->store;

    *done = 0;
    en->desk->now = clock_now();
    modems_begin_turn(en);
    buses_begin_turn(en);
    if (!fence_get(s, &en->fence, e) || !store_begin(s, e))
        return false;
    for (size_t i = 0; i < STAGES; i++) {
        if (en->stopping && (stages[i].how & WHILE_STOPPING) == 0)
            continue;
        if (!run_stage(en, i, done, e)) {
            store_rollback(s);
            return false;
        }
    }
    if (!store_commit(s, e))
        return false;
    modems_after_commit(en);
    buses_after_commit(en);
    return en->stopping || run_jobs(en, done, e);
}

/* The daily run over all accounts, a slice at a time. */
#include "meterpost/billing/charge.h"
#include "meterpost/billing/chase.h"
#include "meterpost/billing/plan.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/store/flags.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* The longest that a stage looks ahead of the due day. */
static utc_t
horizon(const struct chase *c)
{
    int most = 0;

    for (int i = 0; i < c->conf->arrears.n_stages; i++) {
        if (c->conf->arrears.stages[i].before_due_s > most)
            most = c->conf->arrears.stages[i].before_due_s;
    }
    return c->now + most;
}

/* Payments of the last hours may be missing: nobody is chased for what he has paid. */
static bool
feed_is_stale(const struct chase *c, utc_t *feed, char why[ARREARS_NOTE_MAX], bool *stale,
              struct err *e)
{
    int most = c->conf->arrears.cut.payment_feed_max_age_s;
    struct alarm_new alarm = {.kind = "arrears", .subject = "payments", .text = why};

    if (!arrears_feed_at(c->store, feed, e))
        return false;
    *stale = *feed == 0 || c->now - *feed > most;
    if (!*stale)
        return alarm_clear(c->store, alarm.kind, alarm.subject, c->now, e);
    snprintf(
        why, ARREARS_NOTE_MAX,
        "payments are not known for the last %d h: import them, or say that there were "
        "none (meterpost arrears feed); nothing was done",
        most / HOUR_S);
    return alarm_raise(c->store, c->conf, &alarm, c->now, NULL, e);
}

/* Somebody has said that nobody is to be chased for a while. */
static bool
is_held(const struct chase *c, char why[ARREARS_NOTE_MAX], bool *held, struct err *e)
{
    struct flag_row row;

    if (!flag_is_on(c->store, FLAG_CHASE, c->now, &row, held, e))
        return false;
    if (*held)
        snprintf(why, ARREARS_NOTE_MAX, "the run is held by %.40s: %.120s", row.actor,
                 row.reason);
    return true;
}

bool
chase_start(const struct chase *c, const char *actor, int64_t *id,
            char why[ARREARS_NOTE_MAX], struct err *e)
{
    struct arrears_run run = {.at = c->now};
    int64_t run_id;
    bool stale, held;

    *id = 0;
    why[0] = '\0';
    if (!feed_is_stale(c, &run.feed_at, why, &stale, e) || !is_held(c, why, &held, e))
        return false;
    text_clip(run.actor, sizeof(run.actor), actor);
    text_copy(run.note, sizeof(run.note), why);
    if (!arrears_run_add(c->store, &run, &run_id, e))
        return false;
    return stale || held || job_add(c->store, CHASE_JOB, "{}", actor, c->now, id, e);
}

/* ---- slices ---- */

static void
count_up(json_t *result, const char *key, json_int_t by)
{
    json_object_set_new(
        result, key, json_integer(json_integer_value(json_object_get(result, key)) + by));
}

/* A late fee on each overdue bill that had none, where the settings have one. */
static bool
charge_late(const struct chase *c, const struct chase_next *n, json_t *result,
            struct err *e)
{
    const struct conf_late_fee *f = &c->conf->late_fee;
    struct item items[ITEMS_MAX];
    struct money charged;
    int count;

    if ((f->fixed.minor == 0 && f->percent_micro == 0) || n->arrears.overdue.minor <= 0 ||
        n->left_alone)
        return true;
    if (!items_open(c->store, n->account.id, false, items, ITEMS_MAX, &count, e))
        return false;
    for (int i = 0; i < count; i++) {
        if (!charge_late_fee(c->store, c->conf, &items[i], c->now, &charged, e))
            return false;
        count_up(result, "fees", charged.minor > 0);
    }
    return true;
}

static bool
one_account(const struct chase *c, int64_t id, const char *actor, json_t *result,
            struct err *e)
{
    struct chase_next n;

    if (!chase_look(c, id, &n, e) || !charge_late(c, &n, result, e))
        return false;
    count_up(result, "accounts", 1);
    if (n.stage == NULL)
        return true;
    if (!chase_take(c, &n, actor, e))
        return false;
    count_up(result, "steps", 1);
    count_up(json_object_get(result, "stages"), n.stage->name, 1);
    if (n.stage->template[0] != '\0' && n.number[0] == '\0')
        count_up(result, "unreached", 1);
    return true;
}

static json_t *
result_of(const struct job *job)
{
    json_t *result = json_loads(job->result, 0, NULL);

    if (json_is_object(result))
        return result;
    json_decref(result);
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:{}}", "accounts", 0, "steps", 0,
                     "fees", 0, "plans_broken", 0, "promises_broken", 0, "unreached", 0,
                     "stages");
}

static bool
keep_result(struct job *job, json_t *result)
{
    size_t n = json_dumpb(result, job->result, sizeof(job->result) - 1, JSON_COMPACT);

    job->result[n < sizeof(job->result) ? n : 0] = '\0';
    json_decref(result);
    return true;
}

bool
chase_slice(const struct chase *c, struct job *job, int budget_ms, struct err *e)
{
    int64_t end_ms = clock_mono_ms() + budget_ms, id;
    json_t *result = result_of(job);
    int plans = 0, promises = 0;
    bool found = true, good = true;

    if (job->cursor == 0) {
        good = plan_keep_watch(c, &plans, &promises, e);
        count_up(result, "plans_broken", plans);
        count_up(result, "promises_broken", promises);
    }
    while (good && found && clock_mono_ms() < end_ms) {
        good = arrears_next_account(c->store, job->cursor, horizon(c), &id, &found, e);
        if (good && found)
            good = one_account(c, id, job->actor, result, e);
        if (good && found) {
            job->cursor = id;
            job->done++;
        }
    }
    if (good && !found)
        job->state = JOB_DONE;
    keep_result(job, result);
    return good;
}

bool
chase_due(const struct chase *c, bool *due, utc_t *next, struct err *e)
{
    utc_t today = clock_day_start(c->now, 0) + (utc_t)c->conf->arrears.run_at_min * 60;
    struct arrears_run last = {.at = 0};
    bool found;

    *due = false;
    *next = 0;
    if (!c->conf->arrears.run || c->conf->arrears.n_stages == 0)
        return true;
    if (!arrears_run_newest(c->store, &last, &found, e))
        return false;
    *due = c->now >= today && last.at < today;
    *next = c->now < today || *due
                ? today
                : clock_day_start(c->now, 1) + (utc_t)c->conf->arrears.run_at_min * 60;
    return true;
}

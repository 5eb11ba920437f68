#include "schedule.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/round.h"
#include "meterpost/store/requests.h"
#include "meterpost/store/schedule.h"

#include <stdio.h>
#include <string.h>

#define SILENCE_LOOK_S HOUR_S /* between two looks for silent meters */
#define SILENCE_ASKS   200    /* of them at a time: the others have their turn after */

/* ---- when ---- */

static utc_t
at_minute(const struct tm *day, int month_add, int day_add, int minutes)
{
    return clock_from_local(day->tm_year + 1900, day->tm_mon + 1 + month_add,
                            day->tm_mday + day_add, minutes / 60, minutes % 60, 0);
}

static utc_t
of_day(const struct conf_round *r, const struct tm *day, int add)
{
    return at_minute(day, 0, add, r->at_min);
}

/* Weeks begin on Monday; day 0 is that, too. */
static utc_t
of_week(const struct conf_round *r, const struct tm *day, int add)
{
    int monday = (day->tm_wday + 6) % 7;

    return at_minute(day, 0, 7 * add + (r->day > 0 ? r->day - 1 : 0) - monday, r->at_min);
}

static utc_t
of_month(const struct conf_round *r, const struct tm *day, int add)
{
    return at_minute(day, add, (r->day > 0 ? r->day : 1) - day->tm_mday, r->at_min);
}

static utc_t
of_hour(const struct conf_round *r, const struct tm *day, int add)
{
    return at_minute(day, 0, 0, (day->tm_hour + add) * 60 + r->at_min % 60);
}

utc_t
round_next_at(const struct conf *conf, const struct conf_round *r, utc_t after)
{
    static utc_t (*const of[])(const struct conf_round *, const struct tm *, int) = {
        [CONF_EVERY_HOUR] = of_hour,    [CONF_EVERY_DAY] = of_day,
        [CONF_EVERY_WEEK] = of_week,    [CONF_EVERY_MONTH] = of_month,
        [CONF_EVERY_FREEZE] = of_month,
    };
    struct conf_round frozen = *r;
    struct tm day;
    utc_t t = 0;

    if (r->every == CONF_EVERY_FREEZE) {
        frozen.day = conf->reading.freeze_day;
        frozen.at_min = conf->reading.freeze_time_min;
    }
    clock_local(after, &day);
    for (int add = 0; add < 3 && t <= after; add++)
        t = of[r->every](&frozen, &day, add);
    return t;
}

/* ---- rounds ---- */

/* Anything that changes the times. */
static void
spec_of(const struct conf *conf, const struct conf_round *r, char out[SCHEDULE_SPEC_MAX])
{
    snprintf(out, SCHEDULE_SPEC_MAX, "%d %d %d %d %d", (int)r->every, r->day, r->at_min,
             conf->reading.freeze_day, conf->reading.freeze_time_min);
}

static void
name_of(const struct conf_round *r, utc_t at, char out[KEY_MAX])
{
    char time[TIME_TEXT_MAX];

    clock_iso(at, time);
    snprintf(out, KEY_MAX, "%.22s-%.*s", r->name, r->every == CONF_EVERY_HOUR ? 13 : 10,
             time);
}

/* What is due may be late, when the engine was down: then it is asked now, once. */
static bool
start_round(struct store *s, const struct conf *conf, const struct conf_round *r, utc_t at,
            utc_t now, struct err *e)
{
    struct round_start start = {.actor = "schedule", .window = r->window};
    struct round_summary made;
    char name[KEY_MAX];
    struct err why, undo;

    name_of(r, at, name);
    start.name = name;
    start.group = r->group[0] != '\0' ? r->group : NULL;
    start.lasts_s = r->lasts_s;
    if (!store_mark(s, e))
        return false;
    if (metering_round_start(s, conf, &start, now, &made, &why)) {
        log_info("schedule", "round %s: %lld questions", name, (long long)made.requests);
        return store_keep(s, e);
    }
    if (!store_undo(s, &undo)) {
        *e = undo;
        return false;
    }
    if (why.kind != FAIL_REJECT) {
        *e = why;
        return false;
    }
    log_error("schedule", "round %s: %s", name, why.text);
    return true;
}

static bool
run_round(struct store *s, const struct conf *conf, const struct conf_round *r, utc_t now,
          int *done, struct err *e)
{
    char spec[SCHEDULE_SPEC_MAX];
    struct schedule p;
    bool found;

    spec_of(conf, r, spec);
    if (!schedule_get(s, r->name, &p, &found, e))
        return false;
    if (found && strcmp(p.spec, spec) == 0) {
        if (p.next_at > now)
            return true;
        ++*done;
        if (!start_round(s, conf, r, p.next_at, now, e))
            return false;
    }
    text_copy(p.spec, sizeof(p.spec), spec);
    p.next_at = round_next_at(conf, r, now);
    return schedule_put(s, &p, e);
}

/* ---- silence ---- */

static bool
run_silence(struct store *s, const struct conf *conf, utc_t now, int *done, struct err *e)
{
    struct schedule p;
    int64_t asked;
    bool found;

    if (conf->reading.silence_s == 0)
        return true;
    if (!schedule_get(s, "(silence)", &p, &found, e))
        return false;
    if (found && p.next_at > now)
        return true;
    if (!request_add_silent(s, now, conf->reading.silence_s, SILENCE_ASKS, &asked, e))
        return false;
    *done += asked > 0;
    p.next_at = now + SILENCE_LOOK_S;
    return schedule_put(s, &p, e);
}

bool
schedule_run(struct store *s, const struct conf *conf, utc_t now, int *done, struct err *e)
{
    for (int i = 0; i < conf->n_rounds; i++) {
        if (!run_round(s, conf, &conf->rounds[i], now, done, e))
            return err_in(e, "schedule %s", conf->rounds[i].name);
    }
    return run_silence(s, conf, now, done, e);
}

bool
schedule_next(struct store *s, const struct conf *conf, utc_t now, utc_t *when, bool *found,
              struct err *e)
{
    struct schedule p;
    bool known;

    *found = false;
    for (int i = 0; i < conf->n_rounds; i++) {
        const struct conf_round *r = &conf->rounds[i];

        if (!schedule_get(s, r->name, &p, &known, e))
            return false;
        if (!known)
            p.next_at = round_next_at(conf, r, now);
        if (!*found || p.next_at < *when)
            *when = p.next_at;
        *found = true;
    }
    if (conf->reading.silence_s == 0)
        return true;
    if (!schedule_get(s, "(silence)", &p, &known, e))
        return false;
    if (!known)
        p.next_at = now;
    if (!*found || p.next_at < *when)
        *when = p.next_at;
    *found = true;
    return true;
}

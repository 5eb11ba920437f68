/* verb_read.c - asking meters: a few now, or many in a round. */
#include "meterpost/base/text.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/round.h"
#include "meterpost/metering/wire.h"
#include "meterpost/store/audit.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#define READ_METERS_MAX 1000 /* of one command: more are a round */

/* ---- read ---- */

/* `via` is "" for the way that the registry has. */
static bool
ask_meter(struct desk *d, const char *actor, const char *name, const char *via,
          int64_t *request, struct err *e)
{
    struct concentrator box;
    struct meter meter;
    bool found;

    if (!concentrator_by_name(d->store, name, &box, &found, e))
        return false;
    if (found && box.until == 0 && strcmp(via, "bus") != 0)
        return metering_read_concentrator(d->store, d->profiles, &box, actor, d->now,
                                          request, e);
    if (!meter_by_name(d->store, name, &meter, &found, e))
        return false;
    if (!found || meter.until != 0)
        return err_set(e, FAIL_REJECT, "there is no meter '%.60s' in use", name);
    if (strcmp(via, "bus") == 0)
        return metering_read_by_wire(d->store, &meter, actor, d->now, request, e);
    return metering_read_now(d->store, d->profiles, &meter, actor, d->now, request, e);
}

/* One that cannot be asked does not keep the others from it. False when the store fails. */
static bool
ask_one(struct desk *d, const char *actor, const char *name, const char *via, json_t *rows,
        size_t *asked, struct err *e)
{
    int64_t request = 0;

    if (!store_mark(d->store, e))
        return false;
    if (ask_meter(d, actor, name, via, &request, e)) {
        ++*asked;
        json_array_append_new(
            rows, json_pack("{s:s, s:I}", "meter", name, "request", (json_int_t)request));
        return store_keep(d->store, e);
    }
    if (e->kind != FAIL_REJECT)
        return false;
    json_array_append_new(rows, json_pack("{s:s, s:s}", "meter", name, "error", e->text));
    return store_undo(d->store, e);
}

static bool
ask_all(struct desk *d, const char *actor, const json_t *meters, const char *via,
        json_t *rows, size_t *asked, struct err *e)
{
    const json_t *name;
    size_t i;

    json_array_foreach (meters, i, name) {
        if (!json_is_string(name))
            return err_set(e, FAIL_REJECT, "'meters' must be a list of texts");
        if (!ask_one(d, actor, json_string_value(name), via, rows, asked, e))
            return false;
    }
    return true;
}

bool
verb_read(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
          struct err *e)
{
    const json_t *meters = json_object_get(arguments, "meters");
    size_t n = json_array_size(meters), asked = 0;
    json_t *rows = json_array();
    const char *via = "";
    char subject[80];

    json_object_set_new(answer, "requests", rows);
    if (!argument_text_or(arguments, "via", "", &via, e))
        return false;
    if (*via != '\0' && strcmp(via, "sms") != 0 && strcmp(via, "bus") != 0)
        return err_set(e, FAIL_REJECT, "expected sms or bus as the way, got '%.20s'", via);
    if (n == 0 || n > READ_METERS_MAX)
        return err_set(e, FAIL_REJECT, "'meters' must be a list of 1 to %d meters",
                       READ_METERS_MAX);
    if (!ask_all(d, actor, meters, via, rows, &asked, e))
        return false;
    if (asked == 0) /* in the words of the last one */
        return err_set(
            e, FAIL_REJECT, "%s",
            json_string_value(json_object_get(json_array_get(rows, n - 1), "error")));
    if (asked < n)
        json_object_set_new(answer, "outcome", json_string("part"));
    snprintf(subject, sizeof(subject), n == 1 ? "meter %.60s" : "%.0s%zu meters",
             json_string_value(json_array_get(meters, 0)), asked);
    return audit_add(d->store, d->now, actor, "cli", "read", subject, "", e);
}

/* ---- rounds ---- */

static void
answer_round(const struct round_summary *r, json_t *answer)
{
    static const char *const keys[] = {[ROUND_EXPECTED] = "expected",
                                       [ROUND_IN] = "in",
                                       [ROUND_HELD] = "held",
                                       [ROUND_MISSING] = "missing"};
    char time[TIME_TEXT_MAX];
    int64_t meters = 0;

    json_object_set_new(answer, "round", json_string(r->round.name));
    json_object_set_new(answer, "closes_at",
                        json_string(clock_iso(r->round.closes_at, time)));
    for (size_t i = 0; i < ROUND_METER_STATES; i++) {
        json_object_set_new(answer, keys[i], json_integer(r->counts.of[i]));
        meters += r->counts.of[i];
    }
    json_object_set_new(answer, "meters", json_integer(meters));
    json_object_set_new(answer, "requests", json_integer(r->requests));
}

bool
verb_round_start(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct round_start start = {.actor = actor};
    struct round_summary made;
    const char *closes_at;
    char subject[80];

    if (!argument_text(arguments, "name", &start.name, e) ||
        !argument_text_or(arguments, "group", NULL, &start.group, e) ||
        !argument_text_or(arguments, "closes_at", NULL, &closes_at, e) ||
        (closes_at != NULL && !clock_parse(closes_at, &start.closes_at, e)) ||
        !metering_round_start(d->store, d->conf, &start, d->now, &made, e))
        return false;
    answer_round(&made, answer);
    snprintf(subject, sizeof(subject), "round %s", start.name);
    return audit_add(d->store, d->now, actor, "cli", "round.start", subject, "", e);
}

bool
verb_round_close(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct round_summary ended;
    struct round round;
    const char *name;
    char subject[80];
    bool found;

    if (!argument_text(arguments, "name", &name, e) ||
        !round_by_name(d->store, name, &round, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no round '%.60s'", name);
    if (round.closed_at != 0)
        return err_set(e, FAIL_REJECT, "round %s is closed already", name);
    if (!metering_round_close(d->store, d->conf, &round, d->now, e) ||
        !metering_round_summary(d->store, name, &ended, &found, e))
        return false;
    answer_round(&ended, answer);
    snprintf(subject, sizeof(subject), "round %s", name);
    return audit_add(d->store, d->now, actor, "cli", "round.close", subject, "", e);
}

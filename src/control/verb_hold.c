/* verb_hold.c - what people decide about readings: held ones, wrong ones, missing ones. */
#include "meterpost/metering/estimate.h"
#include "meterpost/metering/hold.h"
#include "meterpost/metering/reading.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#define IDS_MAX 1000 /* of one command */

static void
answer_reading(const struct reading *r, json_t *row)
{
    char value[AMOUNT_TEXT_MAX], at[TIME_TEXT_MAX];
    const char quality[2] = {r->quality, '\0'};

    json_object_set_new(row, "id", json_integer(r->id));
    json_object_set_new(row, "register", json_string(r->obis));
    json_object_set_new(
        row, "value",
        json_string(decimal_print(r->value.milli, QUANTITY_PLACES, true, value)));
    json_object_set_new(row, "unit", json_string(r->unit));
    json_object_set_new(row, "taken_at", json_string(clock_iso(r->taken_at, at)));
    json_object_set_new(row, "quality", json_string(quality));
    json_object_set_new(row, "method", json_string(r->method));
    json_object_set_new(row, "status", json_string(reading_status_name(r->status)));
    json_object_set_new(row, "reason", json_string(r->reason));
}

static bool
note(struct desk *d, const char *actor, const char *action, const struct reading *r,
     const char *why, struct err *e)
{
    char subject[80], detail[READING_WHY_MAX + 80], value[AMOUNT_TEXT_MAX];

    snprintf(subject, sizeof(subject), "reading %lld", (long long)r->id);
    snprintf(detail, sizeof(detail), "meter=%lld %s = %s %s", (long long)r->meter_id,
             r->obis, decimal_print(r->value.milli, QUANTITY_PLACES, true, value), why);
    return audit_add(d->store, d->now, actor, "cli", action, subject, detail, e);
}

/* ---- accept, reject, estimate: several at once ---- */

typedef bool decide(const struct decision *d, int64_t id, struct reading *out,
                    struct err *e);

static bool
accept_plain(const struct decision *d, int64_t id, struct reading *out, struct err *e)
{
    return hold_accept(d, id, false, out, e);
}

static bool
accept_rollover(const struct decision *d, int64_t id, struct reading *out, struct err *e)
{
    return hold_accept(d, id, true, out, e);
}

/* One that cannot be decided does not keep the others from it. False when the store fails.
 */
static bool
decide_one(struct desk *desk, const struct decision *d, decide *act, const char *action,
           const json_t *id, json_t *rows, size_t *done, struct err *e)
{
    struct reading r;
    json_t *row = json_object();

    json_array_append_new(rows, row);
    if (!store_mark(desk->store, e))
        return false;
    if (act(d, json_integer_value(id), &r, e) &&
        note(desk, d->actor, action, &r, d->reason, e)) {
        ++*done;
        answer_reading(&r, row);
        return store_keep(desk->store, e);
    }
    if (e->kind != FAIL_REJECT)
        return false;
    json_object_set(row, "id", (json_t *)id);
    json_object_set_new(row, "error", json_string(e->text));
    return store_undo(desk->store, e);
}

static bool
decide_all(struct desk *desk, const char *actor, const json_t *arguments, decide *act,
           const char *action, json_t *answer, struct err *e)
{
    const json_t *ids = json_object_get(arguments, "ids"), *id;
    struct decision d = {desk->store, desk->conf, actor, "", desk->now};
    json_t *rows = json_array();
    size_t i, n = json_array_size(ids), done = 0;

    json_object_set_new(answer, "readings", rows);
    if (n == 0 || n > IDS_MAX)
        return err_set(e, FAIL_REJECT, "'ids' must be a list of 1 to %d readings", IDS_MAX);
    if (!argument_text_or(arguments, "reason", "", &d.reason, e))
        return false;
    json_array_foreach (ids, i, id) {
        if (!json_is_integer(id))
            return err_set(e, FAIL_REJECT, "'ids' must hold whole numbers");
        if (!decide_one(desk, &d, act, action, id, rows, &done, e))
            return false;
    }
    if (done == 0) /* in the words of the last one */
        return err_set(
            e, FAIL_REJECT, "%s",
            json_string_value(json_object_get(json_array_get(rows, n - 1), "error")));
    if (done < n)
        json_object_set_new(answer, "outcome", json_string("part"));
    return true;
}

bool
verb_hold_accept(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    bool is_rollover = json_is_true(json_object_get(arguments, "rollover"));

    return decide_all(d, actor, arguments, is_rollover ? accept_rollover : accept_plain,
                      "hold.accept", answer, e);
}

bool
verb_hold_reject(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    return decide_all(d, actor, arguments, hold_reject, "hold.reject", answer, e);
}

bool
verb_hold_estimate(struct desk *d, const char *actor, const json_t *arguments,
                   json_t *answer, struct err *e)
{
    return decide_all(d, actor, arguments, hold_estimate, "hold.estimate", answer, e);
}

/* ---- edit ---- */

static bool
read_value(const json_t *arguments, struct quantity *out, struct err *e)
{
    const char *value;

    return argument_text(arguments, "value", &value, e) &&
           decimal_parse(value, QUANTITY_PLACES, &out->milli, e);
}

bool
verb_reading_edit(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    const json_t *id = json_object_get(arguments, "id");
    struct decision decision = {d->store, d->conf, actor, "", d->now};
    struct quantity value;
    struct reading r;
    const char *quality;

    if (!json_is_integer(id))
        return err_set(e, FAIL_REJECT, "'id' must be the number of a reading");
    if (!read_value(arguments, &value, e) ||
        !argument_text(arguments, "reason", &decision.reason, e) ||
        !argument_text_or(arguments, "quality", "S", &quality, e))
        return false;
    if (strlen(quality) != 1)
        return err_set(e, FAIL_REJECT, "'quality' must be A, S or F");
    if (!metering_reading_edit(&decision, json_integer_value(id), value, *quality, &r, e))
        return false;
    answer_reading(&r, answer);
    json_object_set_new(answer, "replaces", json_integer(r.replaces_id));
    return note(d, actor, "reading.edit", &r, decision.reason, e);
}

/* ---- estimate ---- */

struct missing { /* what is to be estimated */
    struct meter meter;
    const char *obis, *agreed;
    utc_t at;
};

static bool
read_missing(struct desk *d, const json_t *arguments, struct missing *out, struct err *e)
{
    const char *meter, *at;
    bool found;

    if (!argument_text(arguments, "meter", &meter, e) ||
        !meter_by_name(d->store, meter, &out->meter, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no meter '%.60s'", meter);
    if (!argument_text_or(arguments, "register",
                          metering_main_register(out->meter.commodity), &out->obis, e) ||
        !argument_text_or(arguments, "agreed", NULL, &out->agreed, e) ||
        !argument_text_or(arguments, "taken_at", NULL, &at, e))
        return false;
    out->at = d->now;
    if (at != NULL && !clock_parse(at, &out->at, e))
        return false;
    return out->at <= d->now ||
           err_set(e, FAIL_REJECT, "expected a time that is not in the future");
}

static bool
agree(const struct decision *d, const struct missing *x, struct reading *out, struct err *e)
{
    struct quantity value;

    return decimal_parse(x->agreed, QUANTITY_PLACES, &value.milli, e) &&
           metering_reading_agree(d, x->meter.meter, x->obis, x->at, value, out, e);
}

bool
verb_reading_estimate(struct desk *d, const char *actor, const json_t *arguments,
                      json_t *answer, struct err *e)
{
    struct decision decision = {d->store, d->conf, actor, "", d->now};
    struct missing x;
    struct reading r;

    if (!read_missing(d, arguments, &x, e) ||
        !argument_text_or(arguments, "reason", "", &decision.reason, e) ||
        !(x.agreed != NULL ? agree(&decision, &x, &r, e)
                           : metering_estimate(d->store, d->conf, &x.meter, x.obis, x.at,
                                               d->now, actor, decision.reason, &r, e)))
        return false;
    answer_reading(&r, answer);
    json_object_set_new(answer, "meter", json_string(x.meter.meter));
    json_object_set_new(answer, "by", json_string(estimate_method_name(r.method)));
    if (r.status == READING_HELD)
        json_object_set_new(answer, "outcome", json_string("waits"));
    return note(d, actor, "reading.estimate", &r, decision.reason, e);
}

#include "meterpost/metering/try_validate.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/limits.h"
#include "meterpost/metering/unit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define CURRENT_AT 1767268800 /* where the case has no times: 2026-01-01T12:00:00Z */
#define DAYS       30         /* between the two readings, where it does not say */
#define DAYS_MOST  3660
#define USE_MOST   1000000000000 /* thousandths a day */

struct trying {
    const json_t *in;
    struct check_case c;
    struct limits limits;
    struct text device;
    char words[FLAGS_MAX];
    int64_t multiplier; /* thousandths */
};

/* ---- values: texts or numbers ---- */

/* The text of a member that is a text or a number; NULL when it is absent. */
static const char *
member(const json_t *object, const char *key, char *out, size_t size)
{
    const json_t *v = json_object_get(object, key);

    if (json_is_integer(v))
        snprintf(out, size, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v))
        snprintf(out, size, "%.3f", json_real_value(v));
    else if (!json_is_string(v))
        return NULL;
    else if (!text_copy(out, size, json_string_value(v)))
        return "?"; /* longer than any number */
    return out;
}

static bool
quantity_of(const json_t *object, const char *key, bool *given, int64_t *milli,
            struct err *e)
{
    char buffer[64];
    const char *text = member(object, key, buffer, sizeof(buffer));

    *given = text != NULL;
    if (text == NULL && json_object_get(object, key) != NULL &&
        !json_is_null(json_object_get(object, key)))
        return err_set(e, FAIL_REJECT, "'%s' must be a number", key);
    if (text == NULL || decimal_parse(text, QUANTITY_PLACES, milli, e))
        return true;
    return err_in(e, "%s", key);
}

static bool
time_of(const json_t *object, const char *key, utc_t otherwise, utc_t *out, struct err *e)
{
    const json_t *v = json_object_get(object, key);

    *out = otherwise;
    if (v == NULL || json_is_null(v))
        return true;
    if (!json_is_string(v))
        return err_set(e, FAIL_REJECT, "'%s' must be a time as a text", key);
    return clock_parse(json_string_value(v), out, e) || err_in(e, "%s", key);
}

static bool
whole_of(const json_t *object, const char *key, int least, int most, int otherwise,
         int *out, struct err *e)
{
    bool given;
    int64_t milli;

    *out = otherwise;
    if (!quantity_of(object, key, &given, &milli, e))
        return false;
    if (!given)
        return true;
    if (milli % 1000 != 0 || milli / 1000 < least || milli / 1000 > most)
        return err_set(e, FAIL_REJECT, "'%s' must be a whole number from %d to %d", key,
                       least, most);
    *out = (int)(milli / 1000);
    return true;
}

static bool
quality_of(const json_t *point, char *out, struct err *e)
{
    const json_t *v = json_object_get(point, "quality");
    const char *word = json_string_value(v);

    *out = QUALITY_ACTUAL;
    if (v == NULL || json_is_null(v))
        return true;
    if (word == NULL || strlen(word) != 1 || strchr("AESFN", *word) == NULL)
        return err_set(e, FAIL_REJECT, "'quality' must be A, E, S, F or N");
    *out = *word;
    return true;
}

/* A reading of the case; absent is fine. */
static bool
point_of(const struct trying *t, const char *key, utc_t at, struct check_point *out,
         struct err *e)
{
    const json_t *point = json_object_get(t->in, key);
    bool given;

    if (point == NULL || json_is_null(point))
        return true;
    if (!json_is_object(point))
        return err_set(e, FAIL_REJECT, "'%s' must be an object with a value", key);
    if (!quantity_of(point, "value", &given, &out->value.milli, e) ||
        !time_of(point, "taken_at", at, &out->at, e))
        return err_in(e, "%s", key);
    out->known = given;
    return given || err_set(e, FAIL_REJECT, "'%s' has no value", key);
}

/* ---- the case ---- */

static const char *
text_or(const json_t *object, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? otherwise : text;
}

static bool
read_register(struct trying *t, struct err *e)
{
    const json_t *current = json_object_get(t->in, "current");
    const char *unit;

    t->c.obis = text_or(t->in, "register", "1-0:1.8.0");
    unit = obis_valid(t->c.obis) ? obis_unit(t->c.obis) : NULL;
    if (unit == NULL)
        return err_set(e, FAIL_REJECT, "register '%.30s' is not known", t->c.obis);
    t->c.unit = text_or(current, "unit", text_or(t->in, "unit", unit));
    if (unit_find(t->c.unit) != NULL)
        t->c.unit = unit_find(t->c.unit)->name;
    t->c.serial = text_or(t->in, "serial", NULL);
    t->c.told_serial = text_or(current, "serial", NULL);
    return true;
}

/* A value that is no number of ours is one that no register shows. */
static bool
read_current(struct trying *t, struct err *e)
{
    const json_t *current = json_object_get(t->in, "current");
    struct err why;
    bool given;

    if (!json_is_object(current) || json_object_get(current, "value") == NULL)
        return err_set(e, FAIL_REJECT, "the case needs \"current\": {\"value\": ...}");
    if (!quantity_of(current, "value", &given, &t->c.value.milli, &why))
        t->c.value.milli = INT64_MAX;
    else if (!given)
        return err_set(e, FAIL_REJECT, "'current' has no value");
    return quality_of(current, &t->c.quality, e) &&
           quantity_of(current, "multiplier", &given, &t->c.told_multiplier_milli, e) &&
           time_of(current, "meter_time", 0, &t->c.meter_time, e);
}

static bool
read_times(struct trying *t, struct err *e)
{
    const json_t *previous = json_object_get(t->in, "previous");
    const json_t *current = json_object_get(t->in, "current");
    utc_t at = CURRENT_AT, before;
    int days;

    if (!whole_of(t->in, "days", 0, DAYS_MOST, DAYS, &days, e) ||
        !time_of(previous, "taken_at", 0, &before, e))
        return false;
    if (before != 0)
        at = before + (utc_t)days * DAY_S;
    if (!time_of(current, "taken_at", at, &t->c.taken_at, e) ||
        !time_of(current, "received_at", t->c.taken_at, &t->c.received_at, e) ||
        !point_of(t, "previous", t->c.taken_at - (utc_t)days * DAY_S, &t->c.before, e) ||
        !point_of(t, "previous_actual", t->c.before.at - DAYS * DAY_S, &t->c.actual, e) ||
        !point_of(t, "held", t->c.taken_at - DAY_S, &t->c.held, e) ||
        !point_of(t, "next", t->c.taken_at + DAY_S, &t->c.after, e) ||
        !quality_of(previous, &t->c.before_quality, e))
        return false;
    if (t->c.before.known && t->c.before.at > t->c.taken_at)
        return err_set(e, FAIL_REJECT, "'previous' was taken after 'current'");
    if (t->c.before.known && t->c.before.value.milli == t->c.value.milli)
        t->c.unchanged_since = t->c.before.at;
    if (!t->c.before.known || t->c.before.at < t->c.taken_at)
        return true;
    t->c.same = t->c.before; /* two readings of one time */
    t->c.before.known = false;
    return true;
}

/* Use as people know it is after the multiplier; the rules look at the register. */
static int64_t
of_register(const struct trying *t, int64_t use)
{
    int128 milli = (int128)use * 1000 / t->multiplier;

    return milli > USE_MOST ? USE_MOST : milli < 0 ? 0 : (int64_t)milli;
}

static bool
read_history(struct trying *t, struct err *e)
{
    const json_t *history = json_object_get(t->in, "history"), *v;
    struct check_point points[CHECK_HISTORY_MAX + 1];
    int64_t value = 0, sum = 0;
    int n = (int)json_array_size(history);
    size_t i;

    if (n > CHECK_HISTORY_MAX)
        return err_set(e, FAIL_REJECT, "'history' has more than %d entries",
                       CHECK_HISTORY_MAX);
    json_array_foreach (history, i, v) {
        json_t *one = json_pack("{s:O}", "history", v);
        bool given, good = quantity_of(one, "history", &given, &value, e) && given;

        json_decref(one);
        if (!good)
            return err_set(e, FAIL_REJECT, "'history' must hold numbers");
        points[i] = (struct check_point){true, {-sum}, -(utc_t)i * DAY_S};
        sum += of_register(t, value);
    }
    points[n] = (struct check_point){true, {-sum}, -(utc_t)n * DAY_S};
    if (n > 0)
        check_use_of(points, NULL, n + 1, 0, &t->c.use);
    return true;
}

static bool
read_use(struct trying *t, struct err *e)
{
    struct check_use *u = &t->c.use;
    int64_t average = 0, season = 0;
    bool given;

    if (!quantity_of(t->in, "average_per_day", &given, &average, e))
        return false;
    if (given) {
        average = of_register(t, average);
        *u = (struct check_use){.n = 3, .median = average, .last = average};
    }
    if (!quantity_of(t->in, "same_time_last_year", &u->has_season, &season, e))
        return false;
    u->season = of_register(t, season);
    return read_history(t, e);
}

/* Sums of other registers: of the tariffs at this time, of a load profile and of reactive
 * energy since the reading before. */
static bool
read_beside(struct trying *t, struct err *e)
{
    struct check_case *c = &t->c;
    int128 moved = (int128)c->value.milli - c->before.value.milli;

    if (!quantity_of(t->in, "parts", &c->has_parts, &c->parts.milli, e) ||
        !quantity_of(t->in, "intervals", &c->has_intervals, &c->intervals.milli, e) ||
        !quantity_of(t->in, "reactive", &c->has_reactive, &c->reactive.milli, e))
        return false;
    c->whole = c->value;
    c->between.milli = (int64_t)(moved > USE_MOST ? USE_MOST : moved < 0 ? 0 : moved);
    c->active = c->between;
    return true;
}

static bool
read_device(struct trying *t)
{
    const json_t *words = json_object_get(t->in, "device"), *word;
    size_t i;

    text_init(&t->device, t->words, sizeof(t->words));
    if (json_is_string(words))
        text_add(&t->device, json_string_value(words));
    json_array_foreach (words, i, word) {
        if (json_is_string(word))
            text_addf(&t->device, "%s%s", i > 0 ? "," : "", json_string_value(word));
    }
    t->c.device = t->words;
    return true;
}

static bool
read_limits(struct trying *t, struct err *e)
{
    json_t *limits = json_object_get(t->in, "limits"), *v;
    char buffer[32];
    const char *key;

    json_object_foreach (limits, key, v) {
        const char *value = member(limits, key, buffer, sizeof(buffer));

        if (value == NULL)
            return err_set(e, FAIL_REJECT, "limit '%s' must be a number or a word", key);
        if (!limits_set(&t->limits, key, value, e))
            return false;
    }
    t->c.limits = &t->limits.values;
    t->c.severity = t->limits.severity;
    return true;
}

static bool
read_state(struct trying *t, struct err *e)
{
    bool given;

    t->multiplier = 1000;
    t->c.off = json_is_true(json_object_get(t->in, "disconnected"));
    t->c.before_off = t->c.off;
    t->c.not_installed = json_is_false(json_object_get(t->in, "installed"));
    if (!quantity_of(t->in, "multiplier", &given, &t->multiplier, e) ||
        !whole_of(t->in, "digits", 1, 15, 0, &t->c.digits, e) ||
        !time_of(t->in, "unchanged_since", t->c.unchanged_since, &t->c.unchanged_since, e))
        return false;
    if (t->multiplier <= 0)
        return err_set(e, FAIL_REJECT, "'multiplier' must be more than 0");
    t->c.multiplier_milli = t->multiplier;
    return true;
}

/* ---- the answer ---- */

/* "very-high,first-reading" as codes: VERY_HIGH, FIRST_READING. */
static json_t *
codes_of(const char *flags)
{
    json_t *codes = json_array();
    char code[VEE_NAME_MAX];

    while (*flags != '\0') {
        size_t n = strcspn(flags, ",");

        snprintf(code, sizeof(code), "%.*s", (int)n, flags);
        for (char *c = code; *c != '\0'; c++)
            *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
        json_array_append_new(codes, json_string(code));
        flags += n + (flags[n] == ',');
    }
    return codes;
}

static json_t *
decimal(int64_t milli)
{
    char text[AMOUNT_TEXT_MAX];

    return json_string(decimal_print(milli, QUANTITY_PLACES, true, text));
}

static json_t *
answer(const struct trying *t, const struct check_verdict *v)
{
    static const char *const actions[] = {"accept", "hold", "reject"};
    bool known;
    int64_t seconds = t->c.taken_at - t->c.before.at;
    int64_t per_day = check_use_expected(&t->c.use, &known);
    json_t *out = json_pack("{s:o, s:o, s:s, s:s, s:i}", "usage",
                            v->has_usage ? decimal(v->usage.milli) : json_null(), "flags",
                            codes_of(v->flags), "action", actions[v->action], "reason",
                            v->reason, "points", v->points);

    if (check_has_flag(v->flags, "overestimated") && t->c.actual.known)
        json_object_set_new(
            out, "usage_since_actual",
            decimal((int64_t)((int128)(t->c.value.milli - t->c.actual.value.milli) *
                              t->multiplier / 1000)));
    if (known && t->c.before.known && per_day < INT64_MAX / 100000 &&
        t->multiplier < INT32_MAX)
        json_object_set_new(
            out, "expected",
            decimal((int64_t)((int128)per_day * seconds / DAY_S * t->multiplier / 1000)));
    return out;
}

json_t *
validate_try(const json_t *in, const struct conf_validation *settings, struct err *e)
{
    struct trying t = {.in = in};
    struct check_verdict verdict;

    limits_start(settings, &t.limits);
    if (!read_register(&t, e) || !read_current(&t, e) || !read_times(&t, e) ||
        !read_state(&t, e) || !read_use(&t, e) || !read_beside(&t, e) || !read_device(&t) ||
        !read_limits(&t, e))
        return NULL;
    check_reading(&t.c, &verdict);
    return answer(&t, &verdict);
}

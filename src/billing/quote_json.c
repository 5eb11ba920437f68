#include "kept.h"
#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Whole numbers of a usage. */
static const struct whole {
    const char *key;
    size_t at;
    int most;
} wholes[] = {
    {"month", offsetof(struct usage, month), 12},
    {"days", offsetof(struct usage, days), TARIFF_DAYS_MAX},
    {"months", offsetof(struct usage, months), 120},
    {"year_months", offsetof(struct usage, year_months), 12},
};

/* A decimal that came as text or as a whole JSON number. */
static bool
decimal_from_json(const char *key, const json_t *value, int places, int64_t *out,
                  struct err *e)
{
    char whole[AMOUNT_TEXT_MAX];

    if (json_is_string(value))
        return decimal_parse(json_string_value(value), places, out, e) ||
               err_in(e, "%s", key);
    if (!json_is_integer(value))
        return err_set(e, FAIL_REJECT,
                       "%s: expected a decimal in quotes, as in {\"%s\": \"12.5\"}", key,
                       key);
    decimal_print(json_integer_value(value), 0, false, whole);
    return decimal_parse(whole, places, out, e) || err_in(e, "%s", key);
}

static bool
whole_from_json(const struct whole *w, const json_t *value, struct usage *u, struct err *e)
{
    int64_t number;

    if (!decimal_from_json(w->key, value, 0, &number, e))
        return false;
    if (number < 1 || number > w->most)
        return err_set(e, FAIL_REJECT, "%s: expected a number from 1 to %d", w->key,
                       w->most);
    *(int *)((char *)u + w->at) = (int)number;
    return true;
}

static bool
class_from_json(const json_t *value, struct usage *u, struct err *e)
{
    if (!json_is_string(value) ||
        !text_copy(u->class_name, sizeof(u->class_name), json_string_value(value)))
        return err_set(e, FAIL_REJECT, "class: expected a text of at most %d bytes",
                       TARIFF_CLASS_MAX - 1);
    return true;
}

bool
factors_from_json(const json_t *object, struct usage *u, struct err *e)
{
    const char *name;
    struct rate r;
    json_t *value;

    if (!json_is_object(object))
        return err_set(e, FAIL_REJECT,
                       "factors: expected an object such as {\"fuel\": \"3.59\"}");
    json_object_foreach ((json_t *)object, name, value) {
        if (!decimal_from_json(name, value, RATE_PLACES, &r.micro, e) ||
            !usage_set_factor(u, name, r, e))
            return err_in(e, "factors");
    }
    return true;
}

static bool
key_from_json(const char *key, const json_t *value, struct usage *u, struct err *e)
{
    struct quantity q;

    for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
        if (strcmp(key, wholes[i].key) == 0)
            return whole_from_json(&wholes[i], value, u, e);
    }
    if (strcmp(key, "class") == 0)
        return class_from_json(value, u, e);
    if (strcmp(key, "factors") == 0)
        return factors_from_json(value, u, e);
    if (json_is_object(value) || json_is_array(value))
        return true; /* where the quantities came from: not ours to judge */
    if (!decimal_from_json(key, value, QUANTITY_PLACES, &q.milli, e))
        return false;
    if (strcmp(key, "ytd_before") != 0)
        return usage_set(u, key, q, e);
    u->ytd_before = q;
    return true;
}

bool
usage_from_json(const json_t *object, struct usage *out, struct err *e)
{
    const char *key;
    json_t *value;

    memset(out, 0, sizeof(*out));
    if (!json_is_object(object))
        return err_set(
            e, FAIL_REJECT,
            "usage: expected an object such as {\"total\": \"120\", \"month\": 1}");
    json_object_foreach ((json_t *)object, key, value) {
        if (!key_from_json(key, value, out, e))
            return err_in(e, "usage");
    }
    return true;
}

json_t *
factors_to_json(const struct usage_factor *factors)
{
    json_t *o = json_object();
    char number[AMOUNT_TEXT_MAX];

    for (int i = 0; i < USAGE_FACTORS_MAX && factors[i].name[0] != '\0'; i++)
        json_object_set_new(
            o, factors[i].name,
            json_string(decimal_print(factors[i].value.micro, RATE_PLACES, true, number)));
    return o;
}

void
usage_put_json(const struct usage *u, json_t *o)
{
    char number[AMOUNT_TEXT_MAX];

    for (int i = 0; i < USAGE_NAMES_MAX && u->named[i].name[0] != '\0'; i++)
        json_object_set_new(o, u->named[i].name,
                            json_string(decimal_print(u->named[i].used.milli,
                                                      QUANTITY_PLACES, true, number)));
    for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
        int value = *(const int *)((const char *)u + wholes[i].at);

        if (value != 0)
            json_object_set_new(o, wholes[i].key, json_integer(value));
    }
    if (u->class_name[0] != '\0')
        json_object_set_new(o, "class", json_string(u->class_name));
    if (u->factors[0].name[0] != '\0')
        json_object_set_new(o, "factors", factors_to_json(u->factors));
    json_object_set_new(
        o, "ytd_before",
        json_string(decimal_print(u->ytd_before.milli, QUANTITY_PLACES, true, number)));
}

static json_t *
line_to_json(const struct tariff *t, const struct quote_line *line)
{
    json_t *o = json_object();
    char number[AMOUNT_TEXT_MAX];

    json_object_set_new(o, "code", json_string(line->code));
    json_object_set_new(o, "label", json_string(line->label));
    if (line->has_qty)
        json_object_set_new(
            o, "qty",
            json_string(decimal_print(line->qty.milli, QUANTITY_PLACES, true, number)));
    if (line->has_rate)
        json_object_set_new(
            o, "rate",
            json_string(decimal_print(line->rate.micro, RATE_PLACES, true, number)));
    json_object_set_new(
        o, "amount",
        json_string(decimal_print(line->amount.minor, t->decimals, false, number)));
    return o;
}

json_t *
quote_to_json(const struct tariff *t, const struct quote *q)
{
    json_t *o = json_object(), *lines = json_array();
    char number[AMOUNT_TEXT_MAX];

    for (int i = 0; i < q->n_lines; i++)
        json_array_append_new(lines, line_to_json(t, &q->lines[i]));
    json_object_set_new(o, "lines", lines);
    json_object_set_new(
        o, "total", json_string(decimal_print(q->total.minor, t->decimals, false, number)));
    return o;
}

static json_t *
quote_with(const struct tariff *t, const json_t *usage, struct err *e)
{
    struct quote *q;
    struct usage u;
    json_t *result = NULL;

    if (!usage_from_json(usage, &u, e))
        return NULL;
    q = malloc(sizeof(*q));
    if (q == NULL)
        err_set(e, FAIL_RETRY, "no memory for a quote");
    else if (quote_compute(t, &u, q, e))
        result = quote_to_json(t, q);
    free(q);
    return result;
}

json_t *
quote_try_text(const char *name, const char *tariff_text, const json_t *usage,
               struct err *e)
{
    struct problems p = {0};
    struct tariff *t = tariff_open_text(name, tariff_text, strlen(tariff_text), &p);
    json_t *result = NULL;

    if (t == NULL)
        problems_err(&p, e);
    else
        result = quote_with(t, usage, e);
    tariff_destroy(t);
    problems_free(&p);
    return result;
}

json_t *
quote_try(const json_t *object, struct err *e)
{
    const json_t *tariff = json_object_get(object, "tariff");
    const json_t *usage = json_object_get(object, "usage");
    char *text;
    json_t *result;

    if (json_is_string(tariff))
        return quote_try_text("tariff", json_string_value(tariff), usage, e);
    if (!json_is_object(tariff)) {
        err_set(e, FAIL_REJECT,
                "expected an object with the keys \"tariff\" and \"usage\"");
        return NULL;
    }
    text = json_dumps(tariff, JSON_INDENT(1)); /* one key a line: faults name the line */
    if (text == NULL) {
        err_set(e, FAIL_RETRY, "no memory for a tariff");
        return NULL;
    }
    result = quote_try_text("tariff", text, usage, e);
    free(text);
    return result;
}

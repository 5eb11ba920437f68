#include "meterpost/billing/tariff.h"

#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"
#include "tariff_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECIMALS_MAX 3
#define DATE_LENGTH  (TARIFF_DATE_MAX - 1)

const char *
component_type_name(enum component_type type)
{
    switch (type) {
    case COMPONENT_FIXED: return "fixed";
    case COMPONENT_BLOCKS: return "blocks";
    case COMPONENT_REGISTERS: return "registers";
    case COMPONENT_BAND_FIXED: return "band_fixed";
    case COMPONENT_PERCENT: return "percent";
    case COMPONENT_MINIMUM: return "minimum";
    }
    return "?";
}

bool
tariff_asks_for(const struct tariff *t, const char *quantity)
{
    if (strcmp(quantity, "total") == 0)
        return true;
    for (int i = 0; i < t->n_components; i++) {
        const struct component *c = &t->components[i];

        if (strcmp(c->per, quantity) == 0 || strcmp(c->from, quantity) == 0)
            return true;
        for (int k = 0; k < c->n_steps; k++) {
            if (strcmp(c->steps[k].quantity, quantity) == 0)
                return true;
        }
    }
    return false;
}

bool
tariff_counts_year(const struct tariff *t)
{
    for (int i = 0; i < t->n_components; i++) {
        if (t->components[i].ytd)
            return true;
    }
    return false;
}

bool
reading_number(struct reading *r, const char *path, const char *text, int places,
               int64_t least, int64_t most, int64_t *out)
{
    char low[AMOUNT_TEXT_MAX], high[AMOUNT_TEXT_MAX];
    int64_t value;
    struct err e;

    if (text == NULL)
        return true;
    if (!decimal_parse(text, places, &value, &e))
        return yaml_problem(r->y, r->problems, path, "%s", e.text);
    if (value < least || value > most)
        return yaml_problem(r->y, r->problems, path,
                            "expected a number from %s to %s, got %s",
                            decimal_print(least, places, true, low),
                            decimal_print(most, places, true, high), text);
    *out = value;
    return true;
}

void
reading_round(struct reading *r, const char *path, const struct raw_round *raw,
              struct rounding_rule *out)
{
    char key[READING_PATH_MAX];

    if (raw->mode != 0)
        out->mode = (enum rounding)(raw->mode - 1);
    snprintf(key, sizeof(key), "%s.step", path);
    /* As many decimals as the currency: no step is smaller than the smallest coin. */
    reading_number(r, key, raw->step, r->t->decimals, 1, 1000000000, &out->step);
}

static void
read_currency(struct reading *r)
{
    const char *code = r->raw->currency;
    int64_t decimals;

    if (strlen(code) != 3 || strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        yaml_problem(r->y, r->problems, "currency",
                     "expected three capital letters such as KES, got '%s'", code);
    else
        text_copy(r->t->currency, sizeof(r->t->currency), code);
    decimals = currency_decimals(code);
    reading_number(r, "decimals", r->raw->decimals, 0, 0, DECIMALS_MAX, &decimals);
    r->t->decimals = (int)decimals;
}

static void
read_commodity(struct reading *r)
{
    static const char *const words[] = {"electricity", "water", "gas", "heat", "sewer"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], r->raw->commodity) == 0) {
            text_copy(r->t->commodity, sizeof(r->t->commodity), words[i]);
            return;
        }
    }
    yaml_problem(r->y, r->problems, "commodity",
                 "expected one of electricity, water, gas, heat, sewer; got '%s'",
                 r->raw->commodity);
}

static void
read_validity(struct reading *r)
{
    const char *date = r->raw->valid_from;
    struct err e;
    utc_t t;

    if (date == NULL)
        return;
    if (strlen(date) != DATE_LENGTH || !clock_parse(date, &t, &e))
        yaml_problem(r->y, r->problems, "valid_from",
                     "expected a day such as 2024-01-31, got '%s'", date);
    else
        text_copy(r->t->valid_from, sizeof(r->t->valid_from), date);
}

static void
read_period(struct reading *r)
{
    r->t->frequency = r->raw->period.frequency;
    r->t->normal_days_micro =
        (r->t->frequency == PERIOD_BIMONTH ? 60 : 30) * (int64_t)MICRO;
    reading_number(r, "period.normal_days", r->raw->period.normal_days, RATE_PLACES, MICRO,
                   TARIFF_DAYS_MAX * (int64_t)MICRO, &r->t->normal_days_micro);
}

static void
check_seasons(struct reading *r)
{
    char path[READING_PATH_MAX];

    for (unsigned i = 0; i < r->raw->seasons_count; i++) {
        const struct raw_season *season = &r->raw->seasons[i];

        for (unsigned m = 0; m < season->months_count; m++) {
            if (season->months[m] >= 1 && season->months[m] <= 12)
                continue;
            snprintf(path, sizeof(path), "seasons[%u].months[%u]", i, m);
            yaml_problem(r->y, r->problems, path, "expected a month from 1 to 12, got %u",
                         (unsigned)season->months[m]);
        }
    }
}

/* One class that past use decides; only the last may be for everybody. */
static void
read_class(struct reading *r, int i, struct tariff_class *out)
{
    const struct raw_class *raw = &r->raw->classes[i];
    char path[READING_PATH_MAX];
    int64_t months = 1;

    text_copy(out->name, sizeof(out->name), raw->name);
    snprintf(path, sizeof(path), "classes[%d]", i);
    out->limited = raw->upto != NULL;
    if (!out->limited && (raw->months != NULL || i + 1 < r->t->n_classes))
        yaml_problem(r->y, r->problems, path,
                     raw->months != NULL
                         ? "has 'months' and no 'upto': their average up to what?"
                         : "has no 'upto' and so takes everybody: those after it are never "
                           "reached");
    snprintf(path, sizeof(path), "classes[%d].months", i);
    reading_number(r, path, raw->months, 0, 1, TARIFF_CLASS_MONTHS, &months);
    out->months = (int)months;
    snprintf(path, sizeof(path), "classes[%d].upto", i);
    reading_number(r, path, raw->upto, QUANTITY_PLACES, 0, TARIFF_MILLI_MAX,
                   &out->upto.milli);
}

static void
read_tariff(struct reading *r)
{
    struct rounding_rule line = {ROUND_HALF_UP, 1};
    bool rounds_total = yaml_has(r->y, "rounding.total");

    text_copy(r->t->id, sizeof(r->t->id), r->raw->id); /* the schema bounds them */
    text_copy(r->t->name, sizeof(r->t->name), r->raw->name);
    reading_words(&r->raw->names, &r->t->names);
    text_copy(r->t->unit, sizeof(r->t->unit), r->raw->unit);
    read_commodity(r);
    read_currency(r);
    read_validity(r);
    read_period(r);
    check_seasons(r);
    reading_number(r, "read_in", r->raw->read_in, QUANTITY_PLACES, 1, TARIFF_MILLI_MAX,
                   &r->t->read_in.milli);
    r->t->n_classes = (int)r->raw->classes_count;
    for (int i = 0; i < r->t->n_classes; i++)
        read_class(r, i, &r->t->classes[i]);
    reading_round(r, "rounding.line", &r->raw->rounding.line, &line);
    r->t->total = (struct rounding_rule){ROUND_HALF_UP, rounds_total ? 1 : 0};
    reading_round(r, "rounding.total", &r->raw->rounding.total, &r->t->total);
    r->t->n_components = (int)r->raw->components_count;
    for (int i = 0; i < r->t->n_components; i++) {
        r->t->components[i].round = line;
        reading_component(r, i);
    }
}

/* NULL and problems, or the tariff. With `lint` its oddities are problems too. */
static struct tariff *
tariff_from(struct yaml *y, bool lint, struct problems *p)
{
    size_t before = problems_total(p);
    struct reading r = {.y = y, .problems = p};
    void *data = NULL;

    if (yaml_read(y, &tariff_schema, &data, p)) {
        r.raw = data;
        r.t = calloc(1, sizeof(*r.t));
        if (r.t == NULL || (r.t->text = strdup(yaml_text(y))) == NULL) {
            yaml_problem(y, p, "", "out of memory");
        } else {
            read_tariff(&r);
            if (lint && problems_total(p) == before)
                reading_lint(&r);
        }
    }
    yaml_data_free(&tariff_schema, data);
    yaml_close(y);
    if (problems_total(p) == before)
        return r.t;
    tariff_destroy(r.t);
    return NULL;
}

struct tariff *
tariff_open_file(const char *path, struct problems *p)
{
    return tariff_from(yaml_open_file(path, p), false, p);
}

struct tariff *
tariff_open_text(const char *name, const char *text, size_t n, struct problems *p)
{
    return tariff_from(yaml_open_text(name, text, n, p), false, p);
}

bool
tariff_lint_file(const char *path, struct problems *p)
{
    struct tariff *t = tariff_from(yaml_open_file(path, p), true, p);

    tariff_destroy(t);
    return t != NULL;
}

bool
tariff_lint_text(const char *name, const char *text, size_t n, struct problems *p)
{
    struct tariff *t = tariff_from(yaml_open_text(name, text, n, p), true, p);

    tariff_destroy(t);
    return t != NULL;
}

void
tariff_destroy(struct tariff *t)
{
    if (t == NULL)
        return;
    free(t->text);
    free(t);
}

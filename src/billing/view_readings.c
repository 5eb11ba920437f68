/*
 * The view `bill`: its readings and its lines.
 */
#include "view_source.h"

#include "meterpost/base/text.h"
#include "meterpost/render/language.h"
#include "meterpost/render/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words of a bill that no tariff file has. */
static const struct word {
    const char *key, *in[TARIFF_LANGUAGES]; /* en, zh, es, fr, sw */
} words[] = {
    {"electricity", {"Electricity", "电", "Electricidad", "Électricité", "Umeme"}},
    {"water", {"Water", "水", "Agua", "Eau", "Maji"}},
    {"sewer", {"Water", "水", "Agua", "Eau", "Maji"}},
    {"gas", {"Gas", "燃气", "Gas", "Gaz", "Gesi"}},
    {"heat", {"Heat", "供热", "Calefacción", "Chauffage", "Joto"}},
    {"total", {"total", "总", "total", "total", "jumla"}},
    {"sharp", {"sharp peak", "尖", "punta alta", "super pointe", "kilele kikuu"}},
    {"peak", {"peak", "峰", "punta", "pointe", "kilele"}},
    {"flat", {"standard", "平", "llano", "heures pleines", "kawaida"}},
    {"valley", {"off-peak", "谷", "valle", "heures creuses", "nje ya kilele"}},
    {"t1", {"rate 1", "费率1", "tarifa 1", "tarif 1", "kiwango 1"}},
    {"t2", {"rate 2", "费率2", "tarifa 2", "tarif 2", "kiwango 2"}},
    {"t3", {"rate 3", "费率3", "tarifa 3", "tarif 3", "kiwango 3"}},
    {"t4", {"rate 4", "费率4", "tarifa 4", "tarif 4", "kiwango 4"}},
    {"kw", {"highest kW", "最大需量kW", "kW máximos", "kW maximum", "kW za juu"}},
    {"kva", {"highest kVA", "最大需量kVA", "kVA máximos", "kVA maximum", "kVA za juu"}},
    {"true-up", {"true-up", "补正", "regularización", "régularisation", "marekebisho"}},
};

/* NULL when there is none. */
static const char *
word_in(const char *key, const char *language)
{
    size_t n = strcspn(language, "-_"); /* "zh-Hans" is zh */

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].key, key) != 0)
            continue;
        for (int k = 0; k < TARIFF_LANGUAGES; k++) {
            if (strlen(tariff_languages[k]) == n &&
                strncmp(tariff_languages[k], language, n) == 0)
                return words[i].in[k];
        }
        return words[i].in[0];
    }
    return NULL;
}

static void
put_quality(json_t *o, const char *key, const char *estimated, char quality)
{
    const char text[2] = {quality, '\0'};

    view_text(o, key, text);
    view_flag(o, estimated, quality != QUALITY_ACTUAL);
}

/* ---- readings ---- */

/* What a register measures: "Electricity", and "Electricity, peak" of a rate. */
static void
put_register(const struct source *v, json_t *o, const char *obis)
{
    const char *rate = quantity_of_register(v->tariff, obis), *named;
    char label[BILL_LABEL_MAX];
    const char *what = word_in(v->tariff->commodity, v->language);

    named = word_in(rate, v->language);
    if (strcmp(obis, v->obis) == 0 || named == NULL)
        snprintf(label, sizeof(label), "%s", what);
    else
        snprintf(label, sizeof(label), "%s, %s", what, named);
    view_text(o, "label", label);
}

static json_t *
view_reading(const struct source *v, const struct bill_reading *r, const char *meter)
{
    bool multiplied = r->multiplier_milli != MULTIPLIER_ONE;
    json_t *o = json_object();
    char factor[AMOUNT_TEXT_MAX];

    decimal_print(r->multiplier_milli, 3, true, factor);
    view_text(o, "meter", meter);
    put_register(v, o, r->obis);
    view_text(o, "register", r->obis);
    put_quality(o, "from_quality", "from_estimated", r->from_quality);
    put_quality(o, "to_quality", "to_estimated", r->to_quality);
    json_object_set_new(o, "multiplier", multiplied ? json_string(factor) : json_null());
    view_unit(o, r->unit, v->language);
    view_quantity(o, "from_value", r->from, v->language);
    view_quantity(o, "to_value", r->to, v->language);
    view_quantity(o, "usage", r->usage, v->language);
    view_date(o, "from_date", r->from_at, v->language);
    view_date(o, "to_date", r->to_at, v->language);
    return o;
}

/* All of them, and as `main` the one of the whole use, where there is just one. */
bool
view_readings(const struct source *v, json_t *view, struct err *e)
{
    struct bill_reading list[BILL_READINGS_MAX];
    json_t *readings = json_array();
    struct meter meter;
    bool found;
    int n, totals = 0;

    json_object_set_new(view, "readings", readings);
    if (!bill_readings(v->store, v->bill->id, list, &n, e))
        return false;
    for (int i = 0; i < n; i++) {
        json_t *o;

        if (!meter_by_id(v->store, list[i].meter_id, &meter, &found, e))
            return false;
        o = view_reading(v, &list[i], found ? meter.meter : "");
        json_array_append_new(readings, o);
        if (strcmp(list[i].obis, v->obis) == 0 && ++totals == 1)
            json_object_set(view, "main", o);
    }
    if (totals != 1)
        json_object_set_new(view, "main", json_null());
    return true;
}

/* ---- lines ---- */

/* The component of a line; NULL when the tariff has none of that code. */
static const struct component *
component_of(const struct tariff *t, const char *code)
{
    for (int i = 0; i < t->n_components; i++) {
        if (strcmp(t->components[i].code, code) == 0)
            return &t->components[i];
    }
    return NULL;
}

static void
put_percent(json_t *o, struct rate r)
{
    char number[AMOUNT_TEXT_MAX], text[AMOUNT_TEXT_MAX + 1];

    snprintf(text, sizeof(text), "%s%%", decimal_print(r.micro, RATE_PLACES, true, number));
    view_text(o, "rate", text);
    view_text(o, "rate_shown", text);
}

static void
put_line_unit(const struct source *v, json_t *o, const struct bill_line *l, bool percent)
{
    if (!l->has_qty) {
        json_object_set_new(o, "unit", json_null());
        json_object_set_new(o, "unit_shown", json_null());
    } else if (percent) {
        view_text(o, "unit", v->bill->currency);
        view_text(o, "unit_shown", language_currency(v->bill->currency, v->language));
    } else {
        view_unit(o, v->tariff->unit, v->language);
    }
}

/* What stands behind the label of a component: a register, a part of the period, the bill
 * that was set right. */
static void
add_behind(struct text *t, const char *behind, const char *language)
{
    const char *true_up = strstr(behind, TRUE_UP_BEHIND);
    char word[TARIFF_CODE_MAX];

    if (behind[0] == ' ') {
        text_clip(word, sizeof(word), behind + 1);
        word[strcspn(word, " ,")] = '\0';
        if (word_in(word, language) != NULL) {
            text_addf(t, " %s", word_in(word, language));
            behind += 1 + strlen(word);
        }
    }
    if (true_up == NULL) {
        text_add(t, behind);
        return;
    }
    text_addf(t, "%.*s, %s %s", (int)(true_up - behind), behind,
              word_in("true-up", language), true_up + strlen(TRUE_UP_BEHIND));
}

/* The label in the customer's language. The bill keeps it as it was issued. */
static void
put_label(const struct source *v, json_t *o, const struct component *c,
          const struct bill_line *l)
{
    char label[2 * BILL_LABEL_MAX];
    size_t n = c == NULL ? 0 : strlen(c->label);
    struct text t;

    text_init(&t, label, sizeof(label));
    if (c == NULL || strncmp(l->label, c->label, n) != 0) {
        text_add(&t, l->label);
    } else {
        text_add(&t, tariff_words_in(&c->labels, v->language, c->label));
        add_behind(&t, l->label + n, v->language);
    }
    view_text(o, "label", label);
}

/* What a line counts: a use; of a percentage the sum it is taken of, with all its decimals.
 */
static void
put_quantity(const struct source *v, json_t *o, const struct bill_line *l, bool percent)
{
    int64_t part = 1;

    for (int i = v->conf->decimals; i < QUANTITY_PLACES; i++)
        part *= 10;
    if (!l->has_qty)
        view_none(o, "qty");
    else if (percent && v->conf->decimals <= QUANTITY_PLACES && l->qty.milli % part == 0)
        view_money(o, "qty", (struct money){l->qty.milli / part}, v->conf->decimals,
                   v->language);
    else
        view_quantity(o, "qty", l->qty, v->language);
}

static json_t *
view_line(const struct source *v, const struct bill_line *l)
{
    const struct component *c = component_of(v->tariff, l->code);
    bool percent = c != NULL && c->type == COMPONENT_PERCENT;
    json_t *o = json_object();

    view_text(o, "code", l->code);
    put_label(v, o, c, l);
    view_flag(o, "tax", percent && c->rate.micro > 0);
    put_line_unit(v, o, l, percent);
    put_quantity(v, o, l, percent);
    if (!l->has_rate)
        view_none(o, "rate");
    else if (percent)
        put_percent(o, l->rate);
    else
        view_rate(o, "rate", l->rate, v->conf->decimals, v->language);
    view_money(o, "amount", l->amount, v->conf->decimals, v->language);
    return o;
}

bool
view_lines(const struct source *v, json_t *view, struct err *e)
{
    json_t *lines = json_array();
    int n;
    struct bill_line *list = lines_of(v->store, v->bill->id, &n, e);

    json_object_set_new(view, "lines", lines);
    if (list == NULL)
        return false;
    for (int i = 0; i < n; i++)
        json_array_append_new(lines, view_line(v, &list[i]));
    free(list);
    return true;
}

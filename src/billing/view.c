/*
 * The view `bill` of templates/README.md.
 */
#include "meterpost/billing/view.h"

#include "draft.h"
#include "meterpost/billing/recompute.h"
#include "meterpost/render/language.h"
#include "meterpost/render/view.h"
#include "meterpost/store/list.h"
#include "meterpost/store/payments.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAYMENTS_MAX 32 /* shown on a bill */

/* What the parts of a view are made from. */
struct source {
    struct store *store;
    const struct conf *conf;
    const struct bill *bill;
    const struct account *account;
    const struct tariff *tariff; /* that the bill was computed by */
    const char *obis;            /* of the whole use */
    const char *language;
};

static void
put_text(json_t *o, const char *key, const char *value)
{
    json_object_set_new(o, key, json_string(value));
}

static void
put_flag(json_t *o, const char *key, bool value)
{
    json_object_set_new(o, key, json_boolean(value));
}

static void
put_quality(json_t *o, const char *key, const char *estimated, char quality)
{
    const char text[2] = {quality, '\0'};

    put_text(o, key, text);
    put_flag(o, estimated, quality != QUALITY_ACTUAL);
}

/* The days of a period, both ends counted: a reading of the morning ends the day before. */
static utc_t
first_day(utc_t from)
{
    return clock_day_start(from + DAY_S / 2, 0);
}

static utc_t
last_day(utc_t to)
{
    return clock_day_start(to - DAY_S / 2, 0);
}

/* ---- who ---- */

static json_t *
view_utility(const struct source *v)
{
    const struct conf_utility *u = &v->conf->utility;
    json_t *o = json_object();

    put_text(o, "name", u->name);
    put_text(o, "currency", v->bill->currency);
    put_text(o, "currency_shown", language_currency(v->bill->currency, v->language));
    put_text(o, "phone", u->phone);
    put_text(o, "pay_code", u->pay_code);
    put_text(o, "address", u->address);
    return o;
}

/* What people type as reference when they pay: letters and digits alone. */
static json_t *
view_account(const struct source *v)
{
    json_t *o = json_object();
    char reference[KEY_MAX];
    size_t n = 0;

    for (const char *c = v->account->account; *c != '\0'; c++) {
        if (isalnum((unsigned char)*c))
            reference[n++] = *c;
    }
    reference[n] = '\0';
    put_text(o, "account", v->account->account);
    put_text(o, "pay_reference", reference);
    put_text(o, "name", v->account->name);
    put_text(o, "address", v->account->address);
    return o;
}

/* The number of the bill that this one takes back, or null. */
static bool
put_corrects(const struct source *v, json_t *o, struct err *e)
{
    struct bill other;
    bool found = false;

    if (v->bill->corrects_id != 0 &&
        !bill_by_id(v->store, v->bill->corrects_id, &other, &found, e))
        return false;
    json_object_set_new(o, "corrects", found ? json_string(other.number) : json_null());
    return true;
}

static bool
view_head(const struct source *v, json_t *view, struct err *e)
{
    const struct bill *b = v->bill;
    utc_t first = first_day(b->period_from), last = clock_day_start(first, b->days - 1);
    json_t *o = json_object();
    char month[LANGUAGE_TEXT_MAX];

    json_object_set_new(view, "utility", view_utility(v));
    json_object_set_new(view, "account", view_account(v));
    put_text(view, "tariff", v->tariff->name);
    json_object_set_new(view, "bill", o);
    put_text(o, "number", b->number);
    json_object_set_new(o, "days", json_integer(b->days));
    put_text(o, "basis", bill_basis_name(b->basis));
    put_flag(o, "estimated", b->basis != BASIS_ACTUAL);
    put_text(o, "month", language_month(last, v->language, month));
    put_text(o, "month_long", language_month_long(last, v->language, month));
    view_date(o, "issued_on", b->issued_at, v->language);
    view_date(o, "due_on", b->due_at, v->language);
    view_date(o, "period_from", first, v->language);
    view_date(o, "period_to", last, v->language);
    view_none(o, "cut_on");
    return put_corrects(v, o, e);
}

/* ---- readings ---- */

/* What a register measures, in the words of a bill. */
static const char *
register_label(const char *commodity, const char *language)
{
    static const struct {
        const char *commodity, *en, *zh, *es, *sw;
    } words[] = {
        {"electricity", "Electricity", "电", "Electricidad", "Umeme"},
        {"water", "Water", "水", "Agua", "Maji"},
        {"sewer", "Water", "水", "Agua", "Maji"},
        {"gas", "Gas", "燃气", "Gas", "Gesi"},
        {"heat", "Heat", "供热", "Calefacción", "Joto"},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].commodity, commodity) != 0)
            continue;
        if (strncmp(language, "zh", 2) == 0)
            return words[i].zh;
        if (strncmp(language, "es", 2) == 0)
            return words[i].es;
        return strncmp(language, "sw", 2) == 0 ? words[i].sw : words[i].en;
    }
    return commodity;
}

static json_t *
view_reading(const struct source *v, const struct bill_reading *r, const char *meter)
{
    bool multiplied = r->multiplier_milli != MULTIPLIER_ONE;
    json_t *o = json_object();
    char factor[AMOUNT_TEXT_MAX];

    decimal_print(r->multiplier_milli, 3, true, factor);
    put_text(o, "meter", meter);
    put_text(o, "label", register_label(v->tariff->commodity, v->language));
    put_text(o, "register", r->obis);
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
static bool
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
    put_text(o, "rate", text);
    put_text(o, "rate_shown", text);
}

static void
put_line_unit(const struct source *v, json_t *o, const struct bill_line *l, bool percent)
{
    if (!l->has_qty) {
        json_object_set_new(o, "unit", json_null());
        json_object_set_new(o, "unit_shown", json_null());
    } else if (percent) {
        put_text(o, "unit", v->bill->currency);
        put_text(o, "unit_shown", language_currency(v->bill->currency, v->language));
    } else {
        view_unit(o, v->tariff->unit, v->language);
    }
}

static json_t *
view_line(const struct source *v, const struct bill_line *l)
{
    const struct component *c = component_of(v->tariff, l->code);
    bool percent = c != NULL && c->type == COMPONENT_PERCENT;
    json_t *o = json_object();

    put_text(o, "code", l->code);
    put_text(o, "label", l->label);
    put_flag(o, "tax", percent && c->rate.micro > 0);
    put_line_unit(v, o, l, percent);
    if (l->has_qty)
        view_quantity(o, "qty", l->qty, v->language);
    else
        view_none(o, "qty");
    if (!l->has_rate)
        view_none(o, "rate");
    else if (percent)
        put_percent(o, l->rate);
    else
        view_rate(o, "rate", l->rate, v->conf->decimals, v->language);
    view_money(o, "amount", l->amount, v->conf->decimals, v->language);
    return o;
}

/* The lines of a bill, to be freed; NULL with *e on failure. */
static struct bill_line *
lines_of(struct store *s, int64_t bill_id, int *n, struct err *e)
{
    struct bill_line *list = calloc(BILL_LINES_MAX, sizeof(*list));

    if (list == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        return NULL;
    }
    if (bill_lines(s, bill_id, list, n, e))
        return list;
    free(list);
    return NULL;
}

static bool
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

/* ---- the account ---- */

static json_t *
view_payment(const struct source *v, const struct payment *p)
{
    json_t *o = json_object();

    put_text(o, "reference", p->reference);
    put_text(o, "channel", p->channel);
    view_money(o, "amount", p->amount, v->conf->decimals, v->language);
    view_date(o, "date", p->paid_at, v->language);
    return o;
}

/* The payments since the bill before; *sum is what they come to. */
static bool
view_payments(const struct source *v, json_t *view, struct money *sum, struct err *e)
{
    struct payment list[PAYMENTS_MAX];
    json_t *payments = json_array();
    struct bill_history two[2];
    int n, bills;

    json_object_set_new(view, "payments", payments);
    sum->minor = 0;
    if (!bill_history(v->store, v->bill->account_id, v->bill->id, "", two, 2, &bills, e) ||
        !payments_of_account(v->store, v->bill->account_id,
                             bills == 2 ? two[0].issued_at : 0, v->bill->issued_at, list,
                             PAYMENTS_MAX, &n, e))
        return false;
    while (n-- > 0) {
        json_array_append_new(payments, view_payment(v, &list[n]));
        if (!money_add(sum, list[n].amount, e))
            return false;
    }
    return true;
}

/* On paper the balance brought forward is that before the payments which follow it. */
static bool
view_totals(const struct source *v, json_t *view, struct err *e)
{
    int decimals = v->conf->decimals;
    struct money paid, before = v->bill->balance_before, due = v->bill->balance_before;
    json_t *o = json_object();

    json_object_set_new(view, "totals", o);
    json_object_set_new(view, "adjustments", json_array());
    if (!view_payments(v, view, &paid, e) || !money_add(&before, paid, e) ||
        !money_add(&due, v->bill->total, e))
        return false;
    view_money(o, "total", v->bill->total, decimals, v->language);
    view_money(o, "balance_before", before, decimals, v->language);
    view_money(o, "payments", paid, decimals, v->language);
    view_money(o, "adjustments", (struct money){0}, decimals, v->language);
    view_money(o, "balance_due", due, decimals, v->language);
    if (due.minor < 0)
        view_money(o, "credit", (struct money){-due.minor}, decimals, v->language);
    else
        view_none(o, "credit");
    put_flag(o, "to_pay", due.minor > 0);
    return true;
}

static bool
view_past_use(const struct source *v, json_t *view, struct err *e)
{
    char labels[BILL_HISTORY_MONTHS][LANGUAGE_TEXT_MAX];
    struct bill_history list[BILL_HISTORY_MONTHS];
    struct chart_bar bars[BILL_HISTORY_MONTHS];
    int n;

    put_text(view, "history_unit", v->tariff->unit);
    if (!bill_history(v->store, v->bill->account_id, v->bill->id, v->obis, list,
                      BILL_HISTORY_MONTHS, &n, e))
        return false;
    for (int i = 0; i < n; i++)
        bars[i] = (struct chart_bar){
            .label =
                language_month_short(last_day(list[i].period_to), v->language, labels[i]),
            .milli = list[i].used.milli,
            .estimated = list[i].basis != BASIS_ACTUAL,
            .current = i + 1 == n,
        };
    return view_history(view, bars, n, v->tariff->unit, v->language, e);
}

/* ---- the whole ---- */

json_t *
view_bill(struct store *s, const struct conf *conf, const struct bill *b,
          const struct account *a, const struct tariff *t, const char *language,
          struct err *e)
{
    struct source v = {.store = s,
                       .conf = conf,
                       .bill = b,
                       .account = a,
                       .tariff = t,
                       .obis = register_of_total(t->commodity),
                       .language = language};
    json_t *view = json_object();

    if (view_head(&v, view, e) && view_readings(&v, view, e) && view_lines(&v, view, e) &&
        view_totals(&v, view, e) && view_past_use(&v, view, e))
        return view;
    json_decref(view);
    return NULL;
}

static bool
find_bill(struct store *s, const char *number, struct bill *b, struct account *a,
          struct err *e)
{
    bool found;

    if (!bill_by_number(s, number, b, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no bill %.40s", number);
    return account_by_id(s, b->account_id, a, &found, e);
}

static json_t *
view_found(struct store *s, const struct conf *conf, const struct bill *b,
           const struct account *a, const char *language, struct err *e)
{
    struct tariff *t = tariff_kept(s, b->tariff_version_id, e);
    json_t *view = t == NULL ? NULL : view_bill(s, conf, b, a, t, language, e);

    tariff_destroy(t);
    return view;
}

json_t *
billing_view_bill(struct store *s, const struct conf *conf, const char *number,
                  const char *language, struct err *e)
{
    struct account a;
    struct bill b;

    if (!find_bill(s, number, &b, &a, e))
        return NULL;
    return view_found(s, conf, &b, &a, language, e);
}

bool
billing_render_bill(struct store *s, const struct conf *conf,
                    const struct templates *templates, const char *number, const char *kind,
                    const char *language, char **text, struct err *e)
{
    char name[16];
    struct account a;
    struct bill b;
    json_t *view;
    bool ok;

    snprintf(name, sizeof(name), "bill.%s", kind);
    if (!find_bill(s, number, &b, &a, e))
        return false;
    if (language == NULL || language[0] == '\0')
        language = a.language;
    language = templates_language(templates, language, name);
    if (language == NULL)
        return err_set(e, FAIL_REJECT, "there is no template %s", name);
    view = view_found(s, conf, &b, &a, language, e);
    ok = view != NULL && templates_render(templates, language, name, view, text, e);
    json_decref(view);
    return ok;
}

/* ---- for programs ---- */

static json_t *
line_row(const struct bill_line *l, int decimals)
{
    json_t *o = json_object();
    char text[AMOUNT_TEXT_MAX];

    put_text(o, "code", l->code);
    put_text(o, "label", l->label);
    decimal_print(l->qty.milli, QUANTITY_PLACES, true, text);
    json_object_set_new(o, "qty", l->has_qty ? json_string(text) : json_null());
    decimal_print(l->rate.micro, RATE_PLACES, true, text);
    json_object_set_new(o, "rate", l->has_rate ? json_string(text) : json_null());
    put_text(o, "amount", decimal_print(l->amount.minor, decimals, false, text));
    return o;
}

json_t *
billing_json_bill(struct store *s, int decimals, const char *number, struct err *e)
{
    struct list_filter filter = {.limit = 1};
    struct bill_line *list;
    json_t *rows, *row, *lines;
    struct account a;
    struct bill b;
    int n;

    if (!find_bill(s, number, &b, &a, e))
        return NULL;
    filter.id = b.id;
    if ((list = lines_of(s, b.id, &n, e)) == NULL)
        return NULL;
    rows = list_array(s, "bills", &filter, decimals, e);
    row = rows == NULL ? NULL : json_incref(json_array_get(rows, 0));
    lines = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(lines, line_row(&list[i], decimals));
    if (row != NULL)
        json_object_set(row, "lines", lines);
    json_decref(lines);
    json_decref(rows);
    free(list);
    return row;
}

#include "meterpost/billing/view.h"

#include "draft.h"
#include "meterpost/store/list.h"
#include "meterpost/store/payments.h"
#include "meterpost/store/tariffs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAYMENTS_MAX 12 /* shown on a bill */

static void
put_text(json_t *o, const char *key, const char *value)
{
    json_object_set_new(o, key, json_string(value));
}

static void
put_money(json_t *o, const char *key, struct money m, int decimals)
{
    char text[AMOUNT_TEXT_MAX];

    put_text(o, key, money_show(m, decimals, text));
}

static void
put_quantity(json_t *o, const char *key, struct quantity q)
{
    char text[AMOUNT_TEXT_MAX];

    put_text(o, key, decimal_print(q.milli, QUANTITY_PLACES, true, text));
}

static void
put_date(json_t *o, const char *key, utc_t t)
{
    char text[TIME_TEXT_MAX];

    put_text(o, key, clock_date(t, text));
}

/* "2026-11" of the middle of a period. */
static void
put_month(json_t *o, utc_t from, utc_t to)
{
    char text[TIME_TEXT_MAX];

    clock_date(from + (to - from) / 2, text);
    text[7] = '\0';
    put_text(o, "month", text);
}

static void
put_quality(json_t *o, const char *key, const char *estimated, char quality)
{
    const char text[2] = {quality, '\0'};

    put_text(o, key, text);
    json_object_set_new(o, estimated, json_boolean(quality != QUALITY_ACTUAL));
}

static json_t *
view_utility(const struct conf *conf)
{
    const struct conf_utility *u = &conf->utility;

    return json_pack("{s:s, s:s, s:s, s:s}", "name", u->name, "phone", u->phone, "address",
                     u->address, "pay_code", u->pay_code);
}

/* ---- what a bill stands on ---- */

static json_t *
view_reading(const struct bill_reading *r, const char *meter)
{
    json_t *o = json_object();
    char text[AMOUNT_TEXT_MAX];

    put_text(o, "meter", meter);
    put_text(o, "register", r->obis);
    put_text(o, "unit", r->unit);
    put_quantity(o, "from", r->from);
    put_date(o, "from_at", r->from_at);
    put_quality(o, "from_quality", "from_estimated", r->from_quality);
    put_quantity(o, "to", r->to);
    put_date(o, "to_at", r->to_at);
    put_quality(o, "to_quality", "to_estimated", r->to_quality);
    put_text(o, "multiplier", decimal_print(r->multiplier_milli, 3, true, text));
    json_object_set_new(o, "multiplied",
                        json_boolean(r->multiplier_milli != MULTIPLIER_ONE));
    put_quantity(o, "usage", r->usage);
    return o;
}

static bool
view_readings(struct store *s, const struct bill *b, const char *total_obis, json_t *view,
              struct err *e)
{
    struct bill_reading list[BILL_READINGS_MAX];
    json_t *readings = json_array();
    struct quantity usage = {0};
    struct meter meter;
    bool found;
    int n;

    json_object_set_new(view, "readings", readings);
    if (!bill_readings(s, b->id, list, &n, e))
        return false;
    for (int i = 0; i < n; i++) {
        if (!meter_by_id(s, list[i].meter_id, &meter, &found, e))
            return false;
        json_array_append_new(readings, view_reading(&list[i], found ? meter.meter : ""));
        if (strcmp(list[i].obis, total_obis) == 0 &&
            !quantity_add(&usage, list[i].usage, e))
            return false;
    }
    put_quantity(view, "usage", usage);
    return true;
}

static bool
view_payments(struct store *s, const struct bill *b, int decimals, json_t *view,
              struct err *e)
{
    struct payment list[PAYMENTS_MAX];
    json_t *payments = json_array();
    struct bill_history two[2];
    int n, bills;

    json_object_set_new(view, "payments", payments);
    if (!bill_history(s, b->account_id, b->id, "", two, 2, &bills, e) ||
        !payments_of_account(s, b->account_id, bills == 2 ? two[0].issued_at : 0,
                             b->issued_at, list, PAYMENTS_MAX, &n, e))
        return false;
    while (n-- > 0) {
        json_t *o = json_object();

        put_date(o, "date", list[n].paid_at);
        put_money(o, "amount", list[n].amount, decimals);
        put_text(o, "channel", list[n].channel);
        put_text(o, "reference", list[n].reference);
        json_array_append_new(payments, o);
    }
    return true;
}

static bool
view_history(struct store *s, const struct bill *b, const char *total_obis, int decimals,
             json_t *view, struct err *e)
{
    struct bill_history list[BILL_HISTORY_MONTHS];
    json_t *history = json_array();
    int n;

    json_object_set_new(view, "history", history);
    if (!bill_history(s, b->account_id, b->id, total_obis, list, BILL_HISTORY_MONTHS, &n,
                      e))
        return false;
    for (int i = 0; i < n; i++) {
        json_t *o = json_object();

        put_month(o, list[i].period_from, list[i].period_to);
        put_quantity(o, "usage", list[i].used);
        put_money(o, "total", list[i].total, decimals);
        json_array_append_new(history, o);
    }
    return true;
}

static json_t *
line_object(const struct bill_line *l)
{
    json_t *o = json_object();
    char text[AMOUNT_TEXT_MAX];

    put_text(o, "code", l->code);
    put_text(o, "label", l->label);
    json_object_set_new(
        o, "qty",
        l->has_qty ? json_string(decimal_print(l->qty.milli, QUANTITY_PLACES, true, text))
                   : json_null());
    json_object_set_new(
        o, "rate",
        l->has_rate ? json_string(decimal_print(l->rate.micro, RATE_PLACES, true, text))
                    : json_null());
    return o;
}

/* The lines as a new array: money with commas for people, without for programs. */
static json_t *
lines_array(struct store *s, int64_t bill_id, int decimals, bool for_people, struct err *e)
{
    struct bill_line *list = calloc(BILL_LINES_MAX, sizeof(*list));
    json_t *lines = json_array();
    char text[AMOUNT_TEXT_MAX];
    int n = 0;

    if (list == NULL || !bill_lines(s, bill_id, list, &n, e)) {
        if (list == NULL)
            err_set(e, FAIL_RETRY, "out of memory");
        json_decref(lines);
        free(list);
        return NULL;
    }
    for (int i = 0; i < n; i++) {
        json_t *o = line_object(&list[i]);

        put_text(o, "amount",
                 for_people ? money_show(list[i].amount, decimals, text)
                            : decimal_print(list[i].amount.minor, decimals, false, text));
        json_array_append_new(lines, o);
    }
    free(list);
    return lines;
}

/* ---- the bill ---- */

/* The tariff that a bill was computed by, as it was then. */
static struct tariff *
kept_tariff(struct store *s, const struct bill *b, struct err *e)
{
    struct problems p = {0};
    struct tariff *t;
    char *body;

    if (!tariff_version_body(s, b->tariff_version_id, &body, e))
        return NULL;
    t = tariff_open_text("the bill's tariff", body == NULL ? "" : body,
                         body == NULL ? 0 : strlen(body), &p);
    free(body);
    if (t == NULL)
        problems_err(&p, e);
    problems_free(&p);
    return t;
}

static void
view_head(const struct conf *conf, const struct bill *b, const struct account *a,
          json_t *view)
{
    struct money due = {b->balance_before.minor + b->total.minor};
    int decimals = conf->decimals;

    json_object_set_new(view, "utility", view_utility(conf));
    put_text(view, "bill", b->number);
    put_text(view, "kind", b->credit ? "credit" : "bill");
    put_text(view, "account", a->account);
    put_text(view, "name", a->name);
    put_text(view, "address", a->address);
    put_text(view, "language", a->language);
    put_text(view, "currency", b->currency);
    put_month(view, b->period_from, b->period_to);
    put_date(view, "period_from", b->period_from);
    put_date(view, "period_to", b->period_to);
    put_date(view, "issued_at", b->issued_at);
    put_date(view, "due_at", b->due_at);
    json_object_set_new(view, "days", json_integer(b->days));
    put_text(view, "basis", bill_basis_name(b->basis));
    json_object_set_new(view, "estimated", json_boolean(b->basis != BASIS_ACTUAL));
    put_money(view, "total", b->total, decimals);
    put_money(view, "rounding", b->rounding, decimals);
    put_money(view, "balance_before", b->balance_before, decimals);
    put_money(view, "balance_due", due, decimals);
    json_object_set_new(view, "in_credit", json_boolean(due.minor < 0));
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

/* The number of the bill that this one takes back, or null. */
static bool
view_corrects(struct store *s, const struct bill *b, json_t *view, struct err *e)
{
    struct bill other;
    bool found = false;

    if (b->corrects_id != 0 && !bill_by_id(s, b->corrects_id, &other, &found, e))
        return false;
    json_object_set_new(view, "corrects", found ? json_string(other.number) : json_null());
    return true;
}

json_t *
view_bill(struct store *s, const struct conf *conf, const struct bill *b,
          const struct account *a, const struct tariff *t, struct err *e)
{
    const char *obis = register_of_total(t->commodity);
    json_t *view = json_object(), *lines = lines_array(s, b->id, conf->decimals, true, e);

    view_head(conf, b, a, view);
    put_text(view, "tariff", t->name);
    put_text(view, "commodity", t->commodity);
    put_text(view, "unit", t->unit);
    if (lines != NULL)
        json_object_set_new(view, "lines", lines);
    if (lines != NULL && view_corrects(s, b, view, e) &&
        view_readings(s, b, obis, view, e) &&
        view_payments(s, b, conf->decimals, view, e) &&
        view_history(s, b, obis, conf->decimals, view, e))
        return view;
    json_decref(view);
    return NULL;
}

json_t *
billing_view_bill(struct store *s, const struct conf *conf, const char *number,
                  struct err *e)
{
    struct tariff *t;
    struct account a;
    struct bill b;
    json_t *view;

    if (!find_bill(s, number, &b, &a, e))
        return NULL;
    t = kept_tariff(s, &b, e);
    view = t == NULL ? NULL : view_bill(s, conf, &b, &a, t, e);
    tariff_destroy(t);
    return view;
}

json_t *
billing_json_bill(struct store *s, int decimals, const char *number, struct err *e)
{
    struct list_filter filter = {.limit = 1};
    struct account a;
    struct bill b;
    json_t *rows, *lines, *row = NULL;

    if (!find_bill(s, number, &b, &a, e))
        return NULL;
    filter.id = b.id;
    rows = list_array(s, "bills", &filter, decimals, e);
    lines = rows == NULL ? NULL : lines_array(s, b.id, decimals, false, e);
    if (lines != NULL) {
        row = json_incref(json_array_get(rows, 0));
        json_object_set(row, "lines", lines);
    }
    json_decref(lines);
    json_decref(rows);
    return row;
}

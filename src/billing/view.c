/*
 * The view `bill` of templates/README.md: its head, and the whole.
 */
#include "view_source.h"

#include "meterpost/billing/match.h"
#include "meterpost/billing/recompute.h"
#include "meterpost/render/language.h"
#include "meterpost/render/view.h"
#include "view_qr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
view_text(json_t *o, const char *key, const char *value)
{
    json_object_set_new(o, key, json_string(value));
}

void
view_flag(json_t *o, const char *key, bool value)
{
    json_object_set_new(o, key, json_boolean(value));
}

utc_t
view_first_day(utc_t from)
{
    return clock_day_start(from + DAY_S / 2, 0);
}

utc_t
view_last_day(utc_t to)
{
    return clock_day_start(to - DAY_S / 2, 0);
}

/* ---- who ---- */

json_t *
view_utility(const struct conf *conf, const char *currency, const char *language)
{
    const struct conf_utility *u = &conf->utility;
    json_t *o = json_object();

    view_text(o, "name", u->name);
    view_text(o, "currency", currency);
    view_text(o, "currency_shown", language_currency(currency, language));
    view_text(o, "phone", u->phone);
    view_text(o, "pay_code", u->pay_code);
    view_text(o, "address", u->address);
    return o;
}

static json_t *
view_account(const struct source *v)
{
    json_t *o = json_object();
    char reference[KEY_MAX + 1];

    match_reference(v->conf, v->account->account, reference);
    view_text(o, "account", v->account->account);
    view_text(o, "pay_reference", reference);
    view_text(o, "name", v->account->name);
    view_text(o, "address", v->account->address);
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
    utc_t first = view_first_day(b->period_from),
          last = clock_day_start(first, b->days - 1);
    json_t *o = json_object();
    char month[LANGUAGE_TEXT_MAX];

    json_object_set_new(view, "utility", view_utility(v->conf, b->currency, v->language));
    json_object_set_new(view, "account", view_account(v));
    view_text(view, "tariff",
              tariff_words_in(&v->tariff->names, v->language, v->tariff->name));
    json_object_set_new(view, "bill", o);
    view_text(o, "number", b->number);
    json_object_set_new(o, "days", json_integer(b->days));
    view_text(o, "basis", bill_basis_name(b->basis));
    view_flag(o, "estimated", b->basis != BASIS_ACTUAL);
    view_text(o, "month", language_month(last, v->language, month));
    view_text(o, "month_long", language_month_long(last, v->language, month));
    view_date(o, "issued_on", b->issued_at, v->language);
    view_date(o, "due_on", b->due_at, v->language);
    view_date(o, "period_from", first, v->language);
    view_date(o, "period_to", last, v->language);
    if (b->cut_at == 0)
        view_none(o, "cut_on");
    else
        view_date(o, "cut_on", b->cut_at, v->language);
    return put_corrects(v, o, e);
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

static json_t *
view_found(struct store *s, const struct conf *conf, const struct bill *b,
           const struct account *a, const char *language, struct err *e)
{
    struct tariff *t = tariff_kept(s, b->tariff_version_id, e);
    json_t *view = t == NULL ? NULL : view_bill(s, conf, b, a, t, language, e);

    tariff_destroy(t);
    if (view != NULL && !view_pay_qr(conf, view, e)) {
        json_decref(view);
        view = NULL;
    }
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

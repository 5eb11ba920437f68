#include "answer.h"

#include "meterpost/base/conf.h"
#include "meterpost/metering/reading.h"
#include "meterpost/render/template.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/bills.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/readings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_SHOWN 3 /* in one text; more are only counted */

/* Queue a filled template as the answer to m. */
static bool
send_answer(struct desk *d, const struct inbox_row *m, const char *key,
            const char *template, const char *language, const json_t *view,
            int64_t account_id, struct err *e)
{
    struct outbox_new reply = {.key = key,
                               .kind = OUT_REPLY,
                               .number = m->sender,
                               .account_id = account_id,
                               .inbox_id = m->id};
    char *text;
    bool done;

    if (!templates_render(d->templates, language, template, view, &text, e))
        return err_in(e, "answer");
    reply.text = text;
    done = outbox_add(d->store, &reply, d->now, NULL, e);
    free(text);
    return done;
}

static void
set_text_or_null(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, *text == '\0' ? json_null() : json_string(text));
}

/* {"utility": {...}}, the part that every answer shows. */
static json_t *
utility_view(const struct desk *d)
{
    const struct conf_utility *u = &d->conf->utility;
    json_t *view = json_object(), *utility = json_object();

    json_object_set_new(utility, "name", json_string(u->name));
    json_object_set_new(utility, "currency", json_string(u->currency));
    json_object_set_new(utility, "currency_shown", json_string(u->currency));
    set_text_or_null(utility, "phone", u->phone);
    set_text_or_null(utility, "pay_code", u->pay_code);
    set_text_or_null(utility, "address", u->address);
    json_object_set_new(view, "utility", utility);
    return view;
}

/* ---- balance ---- */

/* Set `one`.reading to the last reading of the account's first meter, or null. */
static bool
add_reading(struct desk *d, const struct account *a, const char *language, json_t *one,
            struct err *e)
{
    struct meter meters[ACCOUNT_METERS];
    struct reading r;
    bool found = false;
    size_t n;
    json_t *view;

    if (!meters_of_account(d->store, a->id, meters, &n, e) ||
        (n > 0 &&
         !reading_until(d->store, meters[0].id, metering_main_register(meters[0].commodity),
                        d->now, &r, &found, e)))
        return false;
    if (!found) {
        json_object_set_new(one, "reading", json_null());
        return true;
    }
    view = json_pack("{s:s,s:s#,s:b}", "meter", meters[0].meter, "quality", &r.quality, 1,
                     "estimated", r.quality != QUALITY_ACTUAL);
    view_unit(view, r.unit, language);
    view_quantity(view, "value", r.value, language);
    view_date(view, "date", r.taken_at, language);
    json_object_set_new(one, "reading", view);
    return true;
}

static bool
add_due(struct desk *d, const struct account *a, struct money balance, const char *language,
        json_t *one, struct err *e)
{
    struct bill newest;
    bool found;

    if (!bill_newest(d->store, a->id, &newest, &found, e))
        return false;
    json_object_set_new(one, "overdue",
                        json_boolean(found && balance.minor > 0 && d->now > newest.due_at));
    if (found && balance.minor > 0)
        view_date(one, "due_on", newest.due_at, language);
    else
        view_none(one, "due_on");
    return true;
}

static bool
add_account(struct desk *d, const struct account *a, const char *language, json_t *accounts,
            struct err *e)
{
    json_t *one = json_object();
    struct money balance, credit;
    int decimals = d->conf->decimals;

    json_array_append_new(accounts, one);
    json_object_set_new(one, "account", json_string(a->account));
    if (!account_balance(d->store, a->id, &balance, e))
        return false;
    credit = (struct money){.minor = balance.minor < 0 ? -balance.minor : 0};
    json_object_set_new(one, "to_pay", json_boolean(balance.minor > 0));
    view_money(one, "balance_due", balance, decimals, language);
    if (credit.minor > 0)
        view_money(one, "credit", credit, decimals, language);
    else
        view_none(one, "credit");
    return add_due(d, a, balance, language, one, e) && add_reading(d, a, language, one, e);
}

static bool
answer_balance(struct desk *d, const struct inbox_row *m, const struct account *accounts,
               size_t n, const char *language, const char *key, struct err *e)
{
    const char *spoken = templates_language(d->templates, language, "balance.sms");
    json_t *view = utility_view(d), *rows = json_array();
    bool good = true;

    json_object_set_new(view, "single", json_boolean(n == 1));
    json_object_set_new(
        view, "more",
        json_integer(n > ACCOUNTS_SHOWN ? (json_int_t)n - ACCOUNTS_SHOWN : 0));
    json_object_set_new(view, "pay_reference", json_string(accounts[0].account));
    json_object_set_new(view, "accounts", rows);
    for (size_t i = 0; i < n && i < ACCOUNTS_SHOWN && good; i++)
        good = add_account(d, &accounts[i], spoken, rows, e);
    good = good && send_answer(d, m, key, "balance.sms", language, view, accounts[0].id, e);
    json_decref(view);
    return good;
}

static bool
answer_help(struct desk *d, const struct inbox_row *m, const char *template,
            const char *language, const char *key, int64_t account_id, struct err *e)
{
    json_t *view = utility_view(d);
    bool good = send_answer(d, m, key, template, language, view, account_id, e);

    json_decref(view);
    return good;
}

/* ---- who gets what ---- */

/* A number that was answered often in a short time is most likely a machine. */
static bool
too_often(struct desk *d, const struct inbox_row *m, bool *yes, struct err *e)
{
    const struct pace *per = &d->conf->limits.replies_per_number;
    int64_t count;

    if (!outbox_row_count_to(d->store, m->sender, OUT_REPLY, d->now - per->per_s, &count,
                             e))
        return false;
    *yes = count >= per->count;
    return true;
}

bool
answer_customer(struct desk *d, const struct inbox_row *m, const struct account *accounts,
                size_t n, const char **said, struct err *e)
{
    char folded[WORDS_FOLDED_MAX], key[OUTBOX_KEY_MAX], hour[TIME_TEXT_MAX];
    const char *rest, *spelling, *language = accounts[0].language;
    enum word word = words_find(d->words, m->text, folded, &rest, &spelling);
    bool often;

    if (!too_often(d, m, &often, e))
        return false;
    *said = "not answered: this number was answered too often in a short time";
    if (often)
        return true;
    snprintf(key, sizeof(key), "reply %lld", (long long)m->id);
    if (word == WORD_BALANCE) {
        *said = "asked for the balance";
        return answer_balance(d, m, accounts, n, language, key, e);
    }
    if (word == WORD_HELP) {
        *said = "asked for help";
        return answer_help(d, m, "help.sms", language, key, accounts[0].id, e);
    }
    /* People write sentences, and phones answer by themselves: help once an hour. */
    *said = "no word that we know: help, at most once an hour";
    snprintf(key, sizeof(key), "help %s %.13s", m->sender, clock_iso(d->now, hour));
    return answer_help(d, m, "help.sms", language, key, accounts[0].id, e);
}

bool
answer_unknown(struct desk *d, const struct inbox_row *m, struct err *e)
{
    char key[OUTBOX_KEY_MAX], day[TIME_TEXT_MAX];

    snprintf(key, sizeof(key), "unknown %s %s", m->sender, clock_date(d->now, day));
    return answer_help(d, m, "unknown.sms", d->conf->utility.language, key, 0, e);
}

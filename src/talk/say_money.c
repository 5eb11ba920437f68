/* say_money.c - what customers ask about money: balance, bill, how to pay, 'I have paid'.
 */
#include "chat.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/match.h"
#include "meterpost/billing/payment.h"
#include "meterpost/billing/view.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/unit.h"
#include "meterpost/render/language.h"
#include "meterpost/render/view.h"
#include "meterpost/store/bills.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/talk.h"
#include "meterpost/store/ticket.h"
#include "views.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_SHOWN 3 /* in one text; more are only counted */
#define SUM_DIGITS     6 /* digits alone that are rather a sum of money than a receipt */

/* ---- BAL ---- */

static bool
add_account(struct chat *c, const struct account *a, json_t *accounts, struct err *e)
{
    json_t *one = json_object();
    char nick[WORD_MAX];

    json_array_append_new(accounts, one);
    if (!nick_get(c->d->store, c->m->sender, a->id, nick, e))
        return false;
    json_object_set_new(one, "account", json_string(nick[0] != '\0' ? nick : a->account));
    return view_balance(c->d, a, c->spoken, one, e) &&
           view_last_reading(c->d, a, c->spoken, one, e);
}

bool
say_balance(struct chat *c, struct err *e)
{
    const struct account *all = c->account != NULL ? c->account : c->accounts;
    size_t n = c->account != NULL ? 1 : c->n_accounts;
    char reference[KEY_MAX + 1];
    json_t *rows = json_array();
    bool to_pay = n > ACCOUNTS_SHOWN;

    chat_speak(c, "balance.sms");
    match_reference(c->d->conf, all[0].account, reference);
    json_object_set_new(c->view, "single", json_boolean(n == 1));
    json_object_set_new(
        c->view, "more",
        json_integer(n > ACCOUNTS_SHOWN ? (json_int_t)n - ACCOUNTS_SHOWN : 0));
    json_object_set_new(c->view, "pay_reference", json_string(reference));
    json_object_set_new(c->view, "accounts", rows);
    for (size_t i = 0; i < n && i < ACCOUNTS_SHOWN; i++) {
        if (!add_account(c, &all[i], rows, e))
            return false;
        to_pay = to_pay || json_is_true(json_object_get(json_array_get(rows, i), "to_pay"));
    }
    json_object_set_new(c->view, "any_to_pay", json_boolean(to_pay));
    if (c->account == NULL)
        c->account = &all[0];
    chat_said(c, "asked for the balance");
    return chat_say(c, "balance.sms", e);
}

/* ---- BILL [month] ---- */

/* A month as people write it: "5", "may", "2026-05" (folded "2026 05"), "5月", "mayo". 0
 * when it is none. */
static int
month_named(const char *word, size_t n)
{
    static const char *const languages[] = {"en", "es", "fr", "sw", "zh"};
    char name[LANGUAGE_TEXT_MAX], folded[LANGUAGE_TEXT_MAX];
    int number = atoi(word);

    if (number >= 1 && number <= 12 && n <= 5)
        return number;
    for (int month = 1; month <= 12 && n >= 3; month++) {
        utc_t in = clock_from_local(2026, month, 15, 12, 0, 0);

        for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
            language_month(in, languages[i], name);
            words_fold(name, folded, sizeof(folded));
            if (strlen(folded) >= n && strncmp(folded, word, n) == 0)
                return month;
        }
    }
    return 0;
}

/* The first of the words behind the command that names a month, behind words of courtesy
 * ("for", "de"). In Chinese it may stand in front: "10月账单". */
static int
month_in(const struct chat *c, const char *at)
{
    static const char *const dense[] = {"一月", "二月", "三月", "四月", "五月",   "六月",
                                        "七月", "八月", "九月", "十月", "十一月", "十二月"};
    const char *figure = strstr(c->folded, " 月");
    int month = 0;

    while (month == 0 && *at != '\0') {
        size_t n = strcspn(at, " "), skip;

        month = month_named(at, n);
        skip = words_courtesy(c->d->words, at);
        if (skip == 0)
            break;
        at += skip;
    }
    while (figure > c->folded && isdigit((unsigned char)figure[-1]))
        figure--;
    if (month == 0 && figure != NULL)
        month = month_named(figure, strcspn(figure, " "));
    for (int i = 12; month == 0 && i > 0; i--) {
        if (strstr(c->folded, dense[i - 1]) != NULL)
            month = i;
    }
    return month;
}

/* The month that the text names, as "2026-05" of this or last year; "" when it names none.
 */
static void
month_asked(const struct chat *c, char out[8])
{
    const char *word = c->rest;
    size_t n = chat_next(c);
    int year = 0, month;
    struct tm now;

    out[0] = '\0';
    clock_local(c->d->now, &now);
    if (n == 4 && strspn(word, "0123456789") == 4) {
        year = atoi(word);
        word += n + (word[n] == ' ');
    }
    month = month_in(c, word);
    if (month == 0)
        return;
    if (year == 0)
        year = now.tm_year + 1900 - (month > now.tm_mon + 1);
    snprintf(out, 8, "%04u-%02u", (unsigned)year % 10000, (unsigned)month % 100);
}

/* The newest bill whose period ends in that month, or the newest at all. */
static bool
find_bill(struct chat *c, const char *month, struct bill *out, bool *found, struct err *e)
{
    utc_t until, from;
    char text[16];

    *found = false;
    if (month[0] == '\0')
        return bill_newest(c->d->store, c->account->id, out, found, e);
    snprintf(text, sizeof(text), "%s-01", month);
    if (!clock_parse(text, &from, e))
        return true; /* a year that does not exist */
    until = clock_month_start(from, 1) + 1;
    if (!bill_before(c->d->store, c->account->id, until, out, found, e))
        return false;
    *found = *found && out->period_to > from + 1;
    return true;
}

static bool
say_bill_text(struct chat *c, const struct bill *bill, struct err *e)
{
    const char *language = chat_speak(c, "bill.sms");
    json_t *view = billing_view_bill(c->d->store, c->d->conf, bill->number, language, e);

    if (view == NULL)
        return false;
    json_decref(c->view);
    c->view = view;
    return chat_say(c, "bill.sms", e);
}

bool
say_bill(struct chat *c, struct err *e)
{
    struct bill bill;
    char month[8];
    bool found;

    month_asked(c, month);
    if (!find_bill(c, month, &bill, &found, e))
        return false;
    chat_said(c, found ? "asked for bill %s" : "asked for a bill that there is not",
              bill.number);
    if (found)
        return say_bill_text(c, &bill, e);
    chat_text(c->view, "account", c->account->account);
    chat_text(c->view, "month", month);
    return chat_say(c, "nobill.sms", e);
}

/* ---- PAY ---- */

bool
say_pay(struct chat *c, struct err *e)
{
    char reference[KEY_MAX + 1];

    chat_speak(c, "pay.sms");
    match_reference(c->d->conf, c->account->account, reference);
    chat_text(c->view, "account", c->account->account);
    chat_text(c->view, "pay_reference", reference);
    chat_said(c, "asked how to pay");
    return view_balance(c->d, c->account, c->spoken, c->view, e) &&
           chat_say(c, "pay.sms", e);
}

/* ---- PAID reference ---- */

/* "5000ksh", "kes4408": money, not a receipt. */
static bool
is_sum(const struct chat *c, const char *word, size_t n)
{
    static const char *const units[] = {"",    "k", "sh",  "shs", "ksh",
                                        "tsh", "f", "cfa", "fcfa"};
    char own[8];
    size_t front = strcspn(word, "0123456789"), digits, back;
    const char *unit;

    if (front > n)
        return false;
    digits = strspn(word + front, "0123456789");
    back = n - front - digits;
    if (digits > SUM_DIGITS || (front > 0 && back > 0))
        return false;
    unit = front > 0 ? word : word + digits;
    words_fold(c->d->conf->utility.currency, own, sizeof(own));
    if (strlen(own) == front + back && strncmp(own, unit, front + back) == 0)
        return true;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strlen(units[i]) == front + back && strncmp(units[i], unit, front + back) == 0)
            return true;
    }
    return false;
}

/* How much a word looks like the number of a receipt: letters with digits more than digits
 * alone, which may be a phone's; sums of money and short words not at all. */
static int
receipt_likeness(const struct chat *c, const char *word, size_t n)
{
    size_t digits = 0, letters = 0;

    for (size_t i = 0; i < n; i++) {
        digits += isdigit((unsigned char)word[i]) != 0;
        letters += word[i] >= 'a' && word[i] <= 'z';
    }
    if (n < 4 || n >= WORD_MAX || digits == 0 || digits + letters < n || is_sum(c, word, n))
        return 0;
    return letters > 0 ? 2 : 1;
}

/* The number of the receipt among these words, in capitals. */
static bool
receipt_in(const struct chat *c, const char *at, char out[WORD_MAX])
{
    const char *best = "";
    size_t length = 0;
    int most = 0;

    for (size_t n; (n = strcspn(at, " ")) > 0; at += n + (at[n] == ' ')) {
        int like = receipt_likeness(c, at, n);

        if (like <= most)
            continue;
        most = like;
        best = at;
        length = n;
    }
    for (size_t i = 0; i < length; i++)
        out[i] = (char)toupper((unsigned char)best[i]);
    out[length] = '\0';
    return most > 0;
}

/* Behind the command, or in front of it: "QX81KD92 paid". */
static bool
receipt_of(const struct chat *c, char out[WORD_MAX])
{
    return receipt_in(c, c->rest, out) || receipt_in(c, c->folded, out);
}

/* Nothing is chased for a day: once for each bill. */
static bool
hold_once(struct chat *c, const char *receipt, utc_t *until, struct err *e)
{
    struct account a = *c->account;
    struct bill bill;
    bool found, before;

    *until = 0;
    if (!bill_newest(c->d->store, a.id, &bill, &found, e) ||
        !paid_claim_since(c->d->store, a.id, found ? bill.issued_at : 0, &before, e))
        return false;
    if (before)
        return true;
    *until = c->d->now + DAY_S;
    if (!paid_claim_add(c->d->store, a.id, receipt, c->m->id, c->d->now, e))
        return false;
    if (a.hold[0] != '\0' && (a.hold_until == 0 || a.hold_until > *until))
        return true;
    snprintf(a.hold, sizeof(a.hold), PAID_HOLD, receipt);
    a.hold_until = *until;
    return account_update(c->d->store, &a, e) &&
           audit_add(c->d->store, c->d->now, c->m->sender, "sms", "hold", a.account, a.hold,
                     e);
}

/* A payment of that receipt lies in suspense, or nobody knows it yet: a person looks. */
static bool
claim_paid(struct chat *c, const char *receipt, const struct payment *lies, struct err *e)
{
    struct ticket t = {.account_id = c->account->id,
                       .inbox_id = c->m->id,
                       .created_at = c->d->now,
                       .kind = "paid"};
    utc_t until;

    text_copy(t.number, sizeof(t.number), c->m->sender);
    if (lies != NULL)
        snprintf(t.text, sizeof(t.text),
                 "Says that receipt %s is theirs: payment %lld lies in suspense. "
                 "meterpost pay assign %lld %s",
                 receipt, (long long)lies->id, (long long)lies->id, c->account->account);
    else
        snprintf(t.text, sizeof(t.text), "Says that %s was paid; nobody knows of it",
                 receipt);
    if (!hold_once(c, receipt, &until, e) || !ticket_add(c->d->store, &t, e))
        return false;
    json_object_set_new(c->view, "found", json_false());
    json_object_set_new(c->view, "looking", json_boolean(until > 0));
    json_object_set_new(c->view, "again", json_boolean(until == 0));
    chat_said(c, "says that it was paid: ticket %s", t.ticket);
    return chat_say(c, "paid.sms", e);
}

static bool
say_found(struct chat *c, const struct payment *p, struct err *e)
{
    json_object_set_new(c->view, "found", json_true());
    json_object_set_new(c->view, "looking", json_false());
    json_object_set_new(c->view, "again", json_false());
    view_money(c->view, "amount", p->amount, c->d->conf->decimals, c->spoken);
    view_date(c->view, "date", p->paid_at, c->spoken);
    chat_said(c, "asked for payment %lld, which is booked", (long long)p->id);
    return chat_say(c, "paid.sms", e);
}

bool
say_paid(struct chat *c, struct err *e)
{
    char receipt[WORD_MAX] = "";
    struct payment_place place = {0};
    struct payment p;
    bool found = false;

    chat_speak(c, "paid.sms");
    json_object_set_new(c->view, "how", json_false());
    view_none(c->view, "amount");
    view_none(c->view, "date");
    if (!receipt_of(c, receipt)) {
        json_object_set_new(c->view, "how", json_true());
        chat_said(c, ASKED_RECEIPT);
    }
    chat_text(c->view, "receipt", receipt);
    chat_text(c->view, "account", c->account->account);
    if (!view_balance(c->d, c->account, c->spoken, c->view, e))
        return false;
    if (receipt[0] == '\0') {
        json_object_set_new(c->view, "found", json_false());
        json_object_set_new(c->view, "looking", json_false());
        json_object_set_new(c->view, "again", json_false());
        return chat_say(c, "paid.sms", e);
    }
    if (!payment_by_receipt(c->d->store, receipt, &p, &found, e) ||
        (found && !payment_where(c->d->store, &p, &place, e)))
        return false;
    if (found && place.account_id == c->account->id)
        return say_found(c, &p, e);
    /* Of somebody else's payment they learn nothing. */
    return claim_paid(c, receipt,
                      found && place.account_id == 0 && !place.reversed ? &p : NULL, e);
}

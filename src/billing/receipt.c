#include "meterpost/billing/receipt.h"

#include "meterpost/base/log.h"
#include "meterpost/billing/match.h"
#include "meterpost/billing/payment.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/ledger.h"
#include "view_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *
view_of_payment(const struct payment *p, const struct conf *conf, const char *language)
{
    json_t *o = json_object();

    view_text(o, "reference", p->reference);
    view_text(o, "channel", p->channel);
    view_money(o, "amount", p->amount, conf->decimals, language);
    view_date(o, "date", p->paid_at, language);
    return o;
}

static json_t *
receipt_view(const struct conf *conf, const struct account *a, const struct payment *p,
             struct money balance, const char *language)
{
    json_t *view = json_object(), *o = json_object();
    char reference[KEY_MAX + 1];

    match_reference(conf, a->account, reference);
    json_object_set_new(view, "utility",
                        view_utility(conf, conf->utility.currency, language));
    json_object_set_new(view, "payment", view_of_payment(p, conf, language));
    json_object_set_new(view, "account", o);
    view_text(o, "account", a->account);
    view_text(o, "pay_reference", reference);
    view_money(view, "balance_due", balance, conf->decimals, language);
    view_flag(view, "to_pay", balance.minor > 0);
    if (balance.minor < 0)
        view_money(view, "credit", (struct money){-balance.minor}, conf->decimals,
                   language);
    else
        view_none(view, "credit");
    return view;
}

static bool
queue(struct store *s, const struct account *a, const struct payment *p, const char *number,
      const char *text, utc_t now, struct err *e)
{
    char key[OUTBOX_KEY_MAX];
    struct outbox_new m = {.key = key,
                           .kind = OUT_RECEIPT,
                           .number = number,
                           .text = text,
                           .language = a->language,
                           .account_id = a->id};

    snprintf(key, sizeof(key), "receipt %" PRId64 " %" PRId64, p->id, a->id);
    return outbox_add(s, &m, now, NULL, e);
}

static bool
write_receipt(struct store *s, const struct conf *conf, const struct templates *templates,
              const struct account *a, const struct payment *p, const char *number,
              utc_t now, struct err *e)
{
    const char *language = templates_language(templates, a->language, "receipt.sms");
    struct money balance;
    char *text = NULL;
    json_t *view;
    bool good;

    if (language == NULL)
        return err_set(e, FAIL_REJECT, "there is no template receipt.sms");
    if (!account_balance(s, a->id, &balance, e))
        return false;
    view = receipt_view(conf, a, p, balance, language);
    good = templates_render(templates, language, "receipt.sms", view, &text, e) &&
           queue(s, a, p, number, text, now, e);
    json_decref(view);
    free(text);
    return good;
}

/* The phone of the account that has the payment; number stays "" where nobody is told. */
static bool
find_reader(struct store *s, const struct payment *p, struct account *a,
            char number[PHONE_MAX], struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    struct payment_place at;
    bool found;
    size_t n;

    *number = '\0';
    if (!payment_where(s, p, &at, e))
        return false;
    if (at.account_id == 0)
        return true;
    if (!account_by_id(s, at.account_id, a, &found, e) ||
        !account_phones(s, at.account_id, phones, &n, e))
        return false;
    if (n > 0)
        snprintf(number, PHONE_MAX, "%s", phones[0].number);
    return true;
}

bool
receipt_tell(struct store *s, const struct conf *conf, const struct templates *templates,
             int64_t payment_id, utc_t now, struct err *e)
{
    char number[PHONE_MAX];
    struct account a;
    struct payment p;
    bool found;

    if (!conf->billing.receipts || templates == NULL)
        return true;
    if (!payment_by_id(s, payment_id, &p, &found, e))
        return false;
    if (!found || p.paid_at < now - RECEIPT_OLD_S)
        return true;
    if (!find_reader(s, &p, &a, number, e))
        return false;
    if (*number == '\0' || write_receipt(s, conf, templates, &a, &p, number, now, e))
        return true;
    if (e->kind != FAIL_REJECT)
        return false;
    log_warn("billing", "payment=%" PRId64 " is booked without a receipt: %s", p.id,
             e->text);
    return true;
}

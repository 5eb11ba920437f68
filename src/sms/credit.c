#include "meterpost/sms/credit.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/alarm.h"

#include <stdio.h>

static bool
watch_balance(struct store *s, const struct conf *c, const struct conf_modem *m,
              const struct modem_credit *credit, utc_t now, struct err *e)
{
    char text[ALARM_TEXT_MAX], amount[AMOUNT_TEXT_MAX] = "little";
    const struct alarm_new alarm = {.kind = "credit", .subject = m->name, .text = text};
    bool low = credit->low || (credit->has_balance && m->credit_low.minor > 0 &&
                               credit->balance.minor < m->credit_low.minor);

    if (!low)
        return alarm_clear(s, "credit", m->name, now, e);
    if (credit->has_balance)
        decimal_print(credit->balance.minor, c->decimals, false, amount);
    snprintf(text, sizeof(text),
             "The SIM of modem %s has %s%s%s left. Top up: meterpost modem topup %s CODE",
             m->name, credit->has_balance ? c->utility.currency : "",
             credit->has_balance ? " " : "", amount, m->name);
    return alarm_raise(s, c, &alarm, now, NULL, e);
}

static void
describe(const struct conf *c, const struct modem_credit *credit, char *told, size_t size)
{
    char amount[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX];
    struct text t;

    text_init(&t, told, size);
    if (credit->has_balance)
        text_addf(&t, "%s %s left", c->utility.currency,
                  decimal_print(credit->balance.minor, c->decimals, false, amount));
    if (credit->low)
        text_addf(&t, "%slow", t.used > 0 ? ", " : "");
    if (credit->expires_at != 0)
        text_addf(&t, "%suntil %s", t.used > 0 ? ", " : "",
                  clock_date(credit->expires_at, day));
}

bool
credit_take(struct store *s, const struct conf *c, const struct conf_modem *m,
            const struct carrier_said *said, utc_t now, char *told, size_t size,
            struct err *e)
{
    struct modem_credit credit;

    if (!modem_credit_get(s, m->name, &credit, e))
        return false;
    if (said->has_balance || said->kind == CARRIER_LOW || said->kind == CARRIER_TOPUP) {
        credit.low = said->kind == CARRIER_LOW;
        credit.told_at = now;
        if (said->has_balance)
            credit.balance = said->balance;
        credit.has_balance = said->has_balance;
    }
    if (said->expires_at != 0)
        credit.expires_at = said->expires_at;
    describe(c, &credit, told, size);
    return modem_credit_save(s, m->name, &credit, e) &&
           watch_balance(s, c, m, &credit, now, e) && credit_watch_expiry(s, c, m, now, e);
}

bool
credit_watch_expiry(struct store *s, const struct conf *c, const struct conf_modem *m,
                    utc_t now, struct err *e)
{
    char text[ALARM_TEXT_MAX], day[TIME_TEXT_MAX];
    const struct alarm_new alarm = {.kind = "expiry", .subject = m->name, .text = text};
    struct modem_credit credit;
    struct err any;

    if (!modem_credit_get(s, m->name, &credit, e))
        return false;
    if (credit.expires_at == 0 && m->expires[0] != '\0')
        clock_parse(m->expires, &credit.expires_at, &any);
    if (credit.expires_at == 0 || credit.expires_at - now > m->expiry_warning_s)
        return alarm_clear(s, "expiry", m->name, now, e);
    snprintf(text, sizeof(text), "The SIM of modem %s %s on %s: top it up, or change it",
             m->name, credit.expires_at + DAY_S > now ? "ends" : "ended",
             clock_date(credit.expires_at, day));
    return alarm_raise(s, c, &alarm, now, NULL, e);
}

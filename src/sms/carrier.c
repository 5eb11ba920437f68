#include "meterpost/sms/carrier.h"

#include "meterpost/base/pattern.h"
#include "meterpost/base/text.h"
#include "sms/carrier_file.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define CREDIT_MAX INT64_C(1000000000) /* minor units; more is no credit of a SIM */

const struct carrier *
carriers_find(const struct carriers *c, const char *name)
{
    for (size_t i = 0; c != NULL && i < c->count; i++) {
        if (strcmp(c->list[i].file->carrier, name) == 0)
            return &c->list[i];
    }
    return NULL;
}

bool
carrier_is_sender(const struct carrier *c, const char *sender)
{
    for (unsigned i = 0; i < c->file->senders_count; i++) {
        if (strcasecmp(c->file->senders[i], sender) == 0)
            return true;
    }
    return false;
}

const char *
carrier_balance_code(const struct carrier *c)
{
    return c->file->balance_code == NULL ? "" : c->file->balance_code;
}

bool
carrier_topup_code(const struct carrier *c, const char *voucher, char out[CARRIER_CODE_MAX],
                   struct err *e)
{
    const char *form = c == NULL ? NULL : c->file->topup_code, *at;
    size_t n = strlen(voucher);

    if (*voucher == '*' || *voucher == '#') {
        if (strspn(voucher, "*#0123456789") == n &&
            text_copy(out, CARRIER_CODE_MAX, voucher))
            return true;
        return err_set(e, FAIL_REJECT, "'%.40s' is no USSD code", voucher);
    }
    if (n == 0 || strspn(voucher, "0123456789") != n)
        return err_set(e, FAIL_REJECT,
                       "'%.40s' is neither the digits of a voucher nor a code such as "
                       "*141*1234#",
                       voucher);
    at = form == NULL ? NULL : strstr(form, "{code}");
    if (at == NULL)
        return err_set(e, FAIL_REJECT,
                       "no topup_code is known for this modem's carrier: give the whole "
                       "code, such as *141*%.20s#",
                       voucher);
    if (snprintf(out, CARRIER_CODE_MAX, "%.*s%s%s", (int)(at - form), form, voucher,
                 at + strlen("{code}")) >= CARRIER_CODE_MAX)
        return err_set(e, FAIL_REJECT, "the voucher is too long");
    return true;
}

const char *
carrier_kind_name(enum carrier_kind kind)
{
    switch (kind) {
    case CARRIER_UNKNOWN: break;
    case CARRIER_BALANCE: return "balance";
    case CARRIER_LOW: return "low";
    case CARRIER_TOPUP: return "topup";
    case CARRIER_EXPIRY: return "expiry";
    case CARRIER_OTHER: return "other";
    }
    return "unknown";
}

/* "1,204.50": what is no digit and not the decimal point separates thousands. Decimals
 * beyond those of the currency are cut: networks charge thousandths. */
static bool
read_balance(const struct carrier *c, const struct pattern *p, struct carrier_said *out,
             struct err *e)
{
    char point = c->file->decimal == NULL ? '.' : c->file->decimal[0];
    char raw[60], plain[64];
    size_t n = 0;
    int after = -1;

    if (!pattern_has(p, "balance") || !pattern_group(p, "balance", raw, sizeof(raw)) ||
        *raw == '\0')
        return true;
    for (const char *at = raw; *at != '\0'; at++) {
        if (*at == point && after < 0 && isdigit((unsigned char)at[1]) && c->decimals > 0) {
            plain[n++] = '.';
            after = 0;
        } else if (*at == point) {
            break;
        } else if (isdigit((unsigned char)*at) && after < c->decimals) {
            plain[n++] = *at;
            after += after >= 0;
        }
    }
    plain[n] = '\0';
    if (!decimal_parse(plain, c->decimals, &out->balance.minor, e) ||
        out->balance.minor > CREDIT_MAX)
        return err_set(e, FAIL_REJECT, "'%s' is no credit of a SIM", raw);
    out->has_balance = true;
    return true;
}

static bool
read_day(const struct pattern *p, const char *form, struct carrier_said *out, struct err *e)
{
    char raw[40];
    struct tm tm = {.tm_mday = 1};
    const char *end;

    if (!pattern_has(p, "expires") || !pattern_group(p, "expires", raw, sizeof(raw)) ||
        *raw == '\0')
        return true;
    end = strptime(raw, form, &tm);
    if (end == NULL || *end != '\0')
        return err_set(e, FAIL_REJECT, "'%s' is no day of the form %s", raw, form);
    out->expires_at =
        clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 0, 0, 0);
    return true;
}

bool
carrier_read(const struct carrier *c, const char *text, struct carrier_said *out,
             struct err *e)
{
    bool fits;

    *out = (struct carrier_said){.kind = CARRIER_UNKNOWN};
    for (unsigned i = 0; i < c->file->texts_count; i++) {
        const struct carrier_text *t = &c->file->texts[i];

        if (!pattern_match(c->patterns[i], text, &fits, e))
            return err_in(e, "%s", t->name);
        if (!fits)
            continue;
        out->kind = t->kind;
        return (read_balance(c, c->patterns[i], out, e) &&
                read_day(c->patterns[i], t->date, out, e)) ||
               err_in(e, "%s", t->name);
    }
    return true;
}

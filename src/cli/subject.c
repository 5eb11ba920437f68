#include "subject.h"

#include "meterpost/base/conf.h"

#include <stdio.h>
#include <string.h>

/* ---- an account, by whatever names it ---- */

static bool
account_of_meter(struct store *s, const char *name, struct account *out, bool *found,
                 struct err *e)
{
    struct meter meter;

    bool known;

    if (!meter_by_name(s, name, &meter, &known, e))
        return false;
    if (!known || meter.at.id == 0)
        return true;
    return account_by_id(s, meter.at.account_id, out, found, e);
}

static bool
account_of_phone(struct cli *c, const char *name, struct account *out, bool *found,
                 struct err *e)
{
    struct account accounts[PHONE_ACCOUNTS];
    struct phone phone;
    struct err ignored;
    size_t n;

    if (!phone_parse(name, c->desk->conf->utility.country_code, &phone, &ignored) ||
        phone.kind != PHONE_E164)
        return true;
    if (!accounts_by_phone(c->desk->store, phone.text, accounts, &n, e))
        return false;
    if (n > 1)
        return err_set(e, FAIL_REJECT,
                       "%s speaks for %zu accounts: give one of them, such as "
                       "%s",
                       phone.text, n, accounts[0].account);
    *found = n == 1;
    if (*found)
        *out = accounts[0];
    return true;
}

static bool
account_of_bill(struct cli *c, const char *name, struct account *out, bool *found,
                struct err *e)
{
    struct list_filter filter = {.subject = name, .limit = 1};
    json_t *rows = list_array(c->desk->store, "bills", &filter, c->desk->conf->decimals, e);
    const char *number, *account;
    json_t *row;
    bool good = true;

    if (rows == NULL)
        return false;
    row = json_array_get(rows, 0);
    number = json_string_value(json_object_get(row, "bill"));
    account = json_string_value(json_object_get(row, "account"));
    if (number != NULL && strcmp(number, name) == 0)
        good = account_by_name(c->desk->store, account, out, found, e);
    json_decref(rows);
    return good;
}

bool
subject_account(struct cli *c, const char *name, struct account *out, struct err *e)
{
    struct store *s = c->desk->store;
    bool found = false;

    if (!account_by_name(s, name, out, &found, e) ||
        (!found && !account_of_meter(s, name, out, &found, e)) ||
        (!found && !account_of_phone(c, name, out, &found, e)) ||
        (!found && !account_of_bill(c, name, out, &found, e)))
        return false;
    return found || err_set(e, FAIL_REJECT,
                            "no account, meter, phone or bill is called '%.60s'", name);
}

/* ---- a meter ---- */

static bool
meter_of_phone(struct cli *c, const char *name, struct meter *out, bool *found,
               struct err *e)
{
    struct phone phone;
    struct err ignored;

    if (!phone_parse(name, c->desk->conf->utility.country_code, &phone, &ignored) ||
        phone.kind != PHONE_E164)
        return true;
    return meter_by_phone(c->desk->store, phone.text, out, found, e);
}

bool
subject_meter(struct cli *c, const char *name, struct meter *out, struct err *e)
{
    struct meter meters[ACCOUNT_METERS];
    struct account account;
    bool found = false;
    size_t n;

    if (!meter_by_name(c->desk->store, name, out, &found, e) ||
        (!found && !meter_of_phone(c, name, out, &found, e)))
        return false;
    if (found)
        return true;
    if (!subject_account(c, name, &account, e) ||
        !meters_of_account(c->desk->store, account.id, meters, &n, e))
        return false;
    if (n != 1)
        return err_set(e, FAIL_REJECT, "account %s has %zu meters%s%s", account.account, n,
                       n == 0 ? "" : ": give one of them, such as ",
                       n == 0 ? "" : meters[0].meter);
    *out = meters[0];
    return true;
}

json_t *
subject_meters(struct cli *c, bool boxes)
{
    json_t *meters = json_array();
    struct concentrator box;
    struct meter meter;
    bool found = false;
    struct err e;

    for (size_t i = 0; i < c->count; i++) {
        if ((boxes &&
             !concentrator_by_name(c->desk->store, c->args[i], &box, &found, &e)) ||
            (!found && !subject_meter(c, c->args[i], &meter, &e))) {
            say_failure(&e);
            json_decref(meters);
            return NULL;
        }
        json_array_append_new(meters, json_string(found ? box.concentrator : meter.meter));
    }
    return meters;
}

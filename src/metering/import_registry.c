/* Files of groups, concentrators, collectors and accounts. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/store/items.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/registry.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- groups ---- */

static const struct column group_columns[] = {
    COLUMN("group", NEED_VALUE, read_key, struct group, code),
    COLUMN("name", NEED_VALUE, read_text, struct group, name),
    COLUMN("parent", NEED_NOTHING, read_group, struct group, parent_id),
    COLUMN("kind", NEED_NOTHING, read_group_kind, struct group, kind),
    {0},
};

static bool
keep_group(struct import *im, const void *row, struct err *e)
{
    const struct group *g = row;
    struct group there;
    int64_t id;
    bool found;

    if (!import_once(im, "group", g->code))
        return true;
    if (!group_by_code(im->with->store, g->code, &there, &found, e))
        return false;
    if (found)
        return import_fault(im, "group", "group '%s' is there already", g->code);
    return group_add(im->with->store, g, &id, e);
}

const struct import_kind import_groups = {"groups", group_columns, sizeof(struct group),
                                          NULL, keep_group};

/* ---- phones: a number belongs to one device, or to people ---- */

static bool
phone_of_device(struct store *s, const char *number, char owner[OWNER_MAX], struct err *e)
{
    struct concentrator concentrator;
    struct meter meter;
    bool found;

    owner[0] = '\0';
    if (!meter_by_phone(s, number, &meter, &found, e))
        return false;
    if (found) {
        snprintf(owner, OWNER_MAX, "meter %s", meter.meter);
        return true;
    }
    if (!concentrator_by_phone(s, number, &concentrator, &found, e))
        return false;
    if (found)
        snprintf(owner, OWNER_MAX, "concentrator %s", concentrator.concentrator);
    return true;
}

bool
import_phone_owner(struct import *im, const char *number, char owner[OWNER_MAX],
                   struct err *e)
{
    struct account accounts[PHONE_ACCOUNTS];
    size_t n;

    if (!phone_of_device(im->with->store, number, owner, e))
        return false;
    if (owner[0] != '\0')
        return true;
    if (!accounts_by_phone(im->with->store, number, accounts, &n, e))
        return false;
    if (n > 0)
        snprintf(owner, OWNER_MAX, "account %s", accounts[0].account);
    return true;
}

/* ---- concentrators ---- */

static const struct column concentrator_columns[] = {
    COLUMN("concentrator", NEED_VALUE, read_key, struct concentrator, concentrator),
    COLUMN("profile", NEED_VALUE, read_profile, struct concentrator, profile),
    COLUMN("phone", NEED_VALUE, read_phone, struct concentrator, phone),
    COLUMN("address", NEED_NOTHING, read_word, struct concentrator, address),
    COLUMN("interval", NEED_NOTHING, read_duration, struct concentrator, interval_s),
    COLUMN("window", NEED_NOTHING, read_window, struct concentrator, read_window),
    COLUMN("freeze_time", NEED_NOTHING, read_hour, struct concentrator, freeze_time),
    {0},
};

static void
start_concentrator(struct import *im, void *row)
{
    struct concentrator *c = row;

    c->since = im->with->now;
}

static bool
keep_concentrator(struct import *im, const void *row, struct err *e)
{
    const struct concentrator *c = row;
    struct concentrator there;
    char owner[OWNER_MAX];
    int64_t id;
    bool found;

    if (!import_once(im, "concentrator", c->concentrator) ||
        !import_once(im, "phone", c->phone))
        return true;
    if (!concentrator_by_name(im->with->store, c->concentrator, &there, &found, e) ||
        !import_phone_owner(im, c->phone, owner, e))
        return false;
    if (found)
        return import_fault(im, "concentrator", "concentrator '%s' is there already",
                            c->concentrator);
    if (owner[0] != '\0')
        return import_fault(im, "phone", "%s is the phone of %s already", c->phone, owner);
    return concentrator_add(im->with->store, c, &id, e);
}

const struct import_kind import_concentrators = {"concentrators", concentrator_columns,
                                                 sizeof(struct concentrator),
                                                 start_concentrator, keep_concentrator};

/* ---- collectors ---- */

static const struct column collector_columns[] = {
    COLUMN("collector", NEED_VALUE, read_key, struct collector, collector),
    COLUMN("concentrator", NEED_COLUMN, read_concentrator, struct collector,
           concentrator_id),
    COLUMN("address", NEED_VALUE, read_word, struct collector, address),
    COLUMN("bus", NEED_NOTHING, read_bus, struct collector, bus),
    COLUMN("ports", NEED_NOTHING, read_count, struct collector, ports),
    {0},
};

static bool
keep_collector(struct import *im, const void *row, struct err *e)
{
    const struct collector *c = row;
    struct collector there;
    int64_t id;
    bool found;

    if (!import_once(im, "collector", c->collector))
        return true;
    if (!collector_by_name(im->with->store, c->collector, &there, &found, e))
        return false;
    if (found)
        return import_fault(im, "collector", "collector '%s' is there already",
                            c->collector);
    if (c->concentrator_id == 0 && c->bus[0] == '\0')
        return import_fault(im, "concentrator", "expected a concentrator or a bus");
    return collector_add(im->with->store, c, &id, e);
}

const struct import_kind import_collectors = {
    "collectors", collector_columns, sizeof(struct collector), NULL, keep_collector};

/* ---- accounts ---- */

struct account_line {
    struct account account;
    struct contract contract;
    char phones[ACCOUNT_PHONES][PHONE_MAX];
    struct money opening;
};

/* Numbers with ';' between. */
static bool
read_phones(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    char(*phones)[PHONE_MAX] = to;
    char one[PROBLEM_TEXT_MAX];
    size_t n = 0, length;

    for (; *text != '\0'; text += length + (text[length] == ';')) {
        length = strcspn(text, ";");
        snprintf(one, sizeof(one), "%.*s", (int)length, text);
        if (one[strspn(one, " ")] == '\0')
            continue;
        if (n == size / PHONE_MAX)
            return err_set(e, FAIL_REJECT, "expected at most %d phones", ACCOUNT_PHONES);
        if (!read_phone(im, one, phones[n], PHONE_MAX, e))
            return false;
        for (size_t i = 0; i < n; i++) {
            if (strcmp(phones[i], phones[n]) == 0)
                return err_set(e, FAIL_REJECT, "%s stands here twice", phones[n]);
        }
        n++;
    }
    return true;
}

static const struct column account_columns[] = {
    COLUMN("account", NEED_VALUE, read_key, struct account_line, account.account),
    COLUMN("name", NEED_VALUE, read_text, struct account_line, account.name),
    COLUMN("tariff", NEED_VALUE, read_tariff, struct account_line, contract.tariff),
    COLUMN("phones", NEED_NOTHING, read_phones, struct account_line, phones),
    COLUMN("language", NEED_NOTHING, read_language, struct account_line, account.language),
    COLUMN("class", NEED_NOTHING, read_word, struct account_line, contract.class),
    COLUMN("opening_balance", NEED_NOTHING, read_money, struct account_line, opening),
    COLUMN("protected", NEED_NOTHING, read_word, struct account_line,
           account.protected_for),
    COLUMN("protected_until", NEED_NOTHING, read_time, struct account_line,
           account.protected_until),
    COLUMN("address", NEED_NOTHING, read_text, struct account_line, account.address),
    {0},
};

static void
start_account(struct import *im, void *row)
{
    struct account_line *line = row;

    text_copy(line->account.language, sizeof(line->account.language),
              im->with->conf->utility.language);
    line->account.opened_at = im->with->now;
}

/* Faults of the row against the store; *good is false when there were some. */
static bool
check_account(struct import *im, const struct account_line *line, bool *good, struct err *e)
{
    size_t before = problems_total(im->problems);
    struct account there;
    char owner[OWNER_MAX];
    bool found;

    if (!account_by_name(im->with->store, line->account.account, &there, &found, e))
        return false;
    if (found)
        import_fault(im, "account", "account '%s' is there already", line->account.account);
    if (line->account.protected_until != 0 && line->account.protected_for[0] == '\0')
        import_fault(im, "protected", "expected why the account is protected until then");
    for (int i = 0; i < ACCOUNT_PHONES && line->phones[i][0] != '\0'; i++) {
        if (!phone_of_device(im->with->store, line->phones[i], owner, e))
            return false;
        if (owner[0] != '\0')
            import_fault(im, "phones", "%s is the phone of %s", line->phones[i], owner);
    }
    *good = problems_total(im->problems) == before;
    return true;
}

/* What the account owed (or had paid ahead) before it came here. */
static bool
post_opening(struct import *im, const struct account_line *line, int64_t account_id,
             struct err *e)
{
    struct item item = {.account_id = account_id,
                        .kind = ITEM_OPENING,
                        .amount = line->opening,
                        .at = im->with->now,
                        .memo = "balance when the account was imported"};
    char receivable[LEDGER_NAME_MAX];
    struct store *s = im->with->store;
    struct money amount = line->opening;
    int64_t owed, opening, id;

    if (amount.minor == 0)
        return true;
    snprintf(receivable, sizeof(receivable), "Receivable:%s", line->account.account);
    snprintf(item.key, sizeof(item.key), "opening %s", line->account.account);
    if (!ledger_account_put(s, receivable, LEDGER_ASSET, account_id, &owed, e) ||
        !ledger_account_put(s, "Equity:Opening", LEDGER_EQUITY, 0, &opening, e))
        return false;
    if (amount.minor < 0)
        amount.minor = -amount.minor;
    return item_add(s, &item, &id, e) &&
           ledger_entry_add(
               s,
               &(struct ledger_entry){.key = item.key,
                                      .posted_at = im->with->now,
                                      .debit_id = line->opening.minor > 0 ? owed : opening,
                                      .credit_id = line->opening.minor > 0 ? opening : owed,
                                      .amount = amount,
                                      .kind = "opening",
                                      .memo = item.memo},
               NULL, e);
}

static bool
keep_account(struct import *im, const void *row, struct err *e)
{
    const struct account_line *line = row;
    struct store *s = im->with->store;
    int64_t id;
    bool good;

    if (!import_once(im, "account", line->account.account))
        return true;
    if (!check_account(im, line, &good, e))
        return false;
    if (!good)
        return true;
    if (!account_add(s, &line->account, &id, e) || !contract_add(s, id, &line->contract, e))
        return false;
    for (int i = 0; i < ACCOUNT_PHONES && line->phones[i][0] != '\0'; i++) {
        /* The first number is the holder's own. */
        if (!phone_add(s, id, line->phones[i], i == 0 ? ROLE_MANAGE : ROLE_VIEW,
                       im->with->now, e))
            return false;
    }
    return post_opening(im, line, id, e) &&
           money_add(&im->result->opening, line->opening, e);
}

/* The contract that comes with an account has been in force since ever (valid_from 0): a
 * period that began before the import has a tariff too. */
const struct import_kind import_accounts = {
    "accounts", account_columns, sizeof(struct account_line), start_account, keep_account};

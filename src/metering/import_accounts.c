/* Files of accounts. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/store/registry.h"

#include <stdio.h>
#include <string.h>

struct account_line {
    struct account account;
    struct contract contract;
    struct line_phone {
        char number[PHONE_MAX];
        bool has_role;
        enum phone_role role;
    } phones[ACCOUNT_PHONES];
    struct money opening;
};

/* "NUMBER", "NUMBER=ROLE" or "NUMBER:ROLE". */
static bool
read_phone_role(struct import *im, char *text, struct line_phone *to, struct err *e)
{
    char *role = strpbrk(text, "=:");

    if (role != NULL) {
        *role++ = '\0';
        to->has_role = phone_role_parse(role, &to->role);
        if (!to->has_role)
            return err_set(e, FAIL_REJECT, "expected view, pay or manage, got '%s'", role);
    }
    return read_phone(im, text, to->number, sizeof(to->number), e);
}

/* With ';' between. */
static bool
read_phones(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct line_phone *phones = to;
    char one[PROBLEM_TEXT_MAX];
    size_t n = 0, length;

    for (; *text != '\0'; text += length + (text[length] == ';')) {
        length = strcspn(text, ";");
        snprintf(one, sizeof(one), "%.*s", (int)length, text);
        if (one[strspn(one, " ")] == '\0')
            continue;
        if (n == size / sizeof(*phones))
            return err_set(e, FAIL_REJECT, "expected at most %d phones", ACCOUNT_PHONES);
        if (!read_phone_role(im, one, &phones[n], e))
            return false;
        for (size_t i = 0; i < n; i++) {
            if (strcmp(phones[i].number, phones[n].number) == 0)
                return err_set(e, FAIL_REJECT, "%s stands here twice", phones[n].number);
        }
        n++;
    }
    return true;
}

static const struct column account_columns[] = {
    COLUMN_ONCE("account", NEED_VALUE, read_key, struct account_line, account.account),
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
    COLUMN("hold", NEED_NOTHING, read_text, struct account_line, account.hold),
    COLUMN("hold_until", NEED_NOTHING, read_time, struct account_line, account.hold_until),
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

static bool
look_at_account(struct import *im, void *row, struct err *e)
{
    const struct account_line *line = row;
    const struct account *a = &line->account;
    struct account there;
    char owner[OWNER_MAX];
    bool found;

    if (!account_by_name(im->with->store, a->account, &there, &found, e))
        return false;
    import_there(im, "account", a->account, found, there.closed_at);
    if (a->hold_until != 0 && a->hold[0] == '\0')
        import_fault(im, "hold", "expected why nothing is chased until then");
    if (a->protected_until != 0 && a->protected_for[0] == '\0')
        import_fault(im, "protected", "expected why the account is protected until then");
    for (int i = 0; i < ACCOUNT_PHONES && line->phones[i].number[0] != '\0'; i++) {
        if (!import_phone_device(im, line->phones[i].number, owner, e))
            return false;
        if (owner[0] != '\0')
            import_fault(im, "phones", "%s is the phone of %s", line->phones[i].number,
                         owner);
    }
    return true;
}

/* The first number is the holder's own. */
static enum phone_role
role_of(const struct account_line *line, size_t i)
{
    const struct line_phone *p = &line->phones[i];

    return p->has_role ? p->role : i == 0 ? ROLE_MANAGE : ROLE_VIEW;
}

static bool
is_in_line(const struct account_line *line, const struct account_phone *phone)
{
    for (size_t i = 0; i < ACCOUNT_PHONES; i++) {
        if (strcmp(line->phones[i].number, phone->number) == 0)
            return role_of(line, i) == phone->role;
    }
    return false;
}

/* The phones of the row and no others: what changes does from then on. */
static bool
keep_phones(struct import *im, const struct account_line *line, int64_t id, struct err *e)
{
    struct account_phone there[ACCOUNT_PHONES];
    struct store *s = im->with->store;
    size_t n;

    if (!account_phones(s, id, there, &n, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (is_in_line(line, &there[i]))
            continue;
        if (!phone_close(s, id, there[i].number, im->at, e))
            return false;
        there[i].number[0] = '\0';
    }
    for (size_t i = 0; i < ACCOUNT_PHONES && line->phones[i].number[0] != '\0'; i++) {
        bool known = false;

        for (size_t j = 0; j < n; j++)
            known = known || strcmp(there[j].number, line->phones[i].number) == 0;
        if (!known &&
            !phone_add(s, id, line->phones[i].number, role_of(line, i), im->at, e))
            return false;
    }
    return true;
}

static bool
keep_contract(struct import *im, const struct account_line *line, int64_t id, struct err *e)
{
    struct contract now, next;
    bool found;

    if (!contract_at(im->with->store, id, im->at, &now, &found, e))
        return false;
    next = found ? now : line->contract;
    if (json_object_get(im->edit->given, "tariff") != NULL)
        text_copy(next.tariff, sizeof(next.tariff), line->contract.tariff);
    if (json_object_get(im->edit->given, "class") != NULL)
        text_copy(next.class, sizeof(next.class), line->contract.class);
    if (found && strcmp(now.tariff, next.tariff) == 0 && strcmp(now.class, next.class) == 0)
        return true;
    im->edit->dated = true;
    next.valid_from = im->at;
    if (found && now.valid_from == im->at && im->at <= im->with->now)
        return err_set(e, FAIL_REJECT, "it changed at the same time already");
    return contract_add(im->with->store, id, &next, e);
}

static bool
edit_account(struct import *im, const struct account_line *line, struct err *e)
{
    struct account a = line->account, there;
    bool found;

    if (!account_by_name(im->with->store, a.account, &there, &found, e))
        return false;
    a.id = there.id;
    return account_update(im->with->store, &a, e) && keep_contract(im, line, a.id, e) &&
           keep_phones(im, line, a.id, e);
}

static bool
keep_account(struct import *im, const void *row, struct err *e)
{
    const struct account_line *line = row;
    struct store *s = im->with->store;
    struct account a = line->account;

    if (im->edit)
        return edit_account(im, line, e);
    if (!account_add(s, &a, &a.id, e) || !contract_add(s, a.id, &line->contract, e))
        return false;
    return keep_phones(im, line, a.id, e) &&
           im->with->post_opening(s, &a, line->opening, im->with->now, e) &&
           money_add(&im->result->opening, line->opening, e);
}

/* The contract that comes with an account has been in force since ever (valid_from 0): a
 * period that began before the import has a tariff too. */
const struct import_kind import_accounts = {
    .name = "accounts",
    .columns = account_columns,
    .row_size = sizeof(struct account_line),
    .start = start_account,
    .look = look_at_account,
    .keep = keep_account,
};

/* verb_person.c - a person is taken out of a closed account. */
#include "meterpost/store/audit.h"
#include "meterpost/store/erase.h"
#include "meterpost/store/registry.h"
#include "verbs.h"

#include <stdio.h>

bool
verb_account_erase(struct desk *d, const char *actor, const json_t *arguments,
                   json_t *answer, struct err *e)
{
    const char *name, *reason;
    struct account account;
    struct erased erased;
    char subject[80];
    bool found;

    if (!argument_text(arguments, "account", &name, e) ||
        !argument_text(arguments, "reason", &reason, e) ||
        !account_by_name(d->store, name, &account, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no account '%.60s'", name);
    if (!account_erase(d->store, account.id, d->now, &erased, e))
        return false;
    json_object_set_new(answer, "account", json_string(account.account));
    json_object_set_new(answer, "messages", json_integer(erased.messages));
    json_object_set_new(answer, "audit_rows", json_integer(erased.audit_rows));
    snprintf(subject, sizeof(subject), "account %s", account.account);
    return audit_add(d->store, d->now, actor, "cli", "account.erase", subject, reason, e);
}

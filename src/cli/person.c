/* person.c - what is known about a person: written out, or erased. */
#include "cli.h"
#include "subject.h"

#include "meterpost/base/conf.h"

#include <stdio.h>
#include <string.h>

/* Rows of a list about a subject, all of them. */
static bool
add_list(struct cli *c, json_t *whole, const char *key, const char *list,
         const char *subject, struct err *e)
{
    struct list_filter f = {.subject = subject, .limit = INT64_MAX};
    json_t *rows = list_array(c->desk->store, list, &f, c->desk->conf->decimals, e);

    return rows != NULL && json_object_set_new(whole, key, rows) == 0;
}

/* A phone may be that of two accounts: what is about the other one is not theirs to read.
 */
static void
drop_others(json_t *rows, const char *account)
{
    for (size_t i = json_array_size(rows); i-- > 0;) {
        const char *whose =
            json_string_value(json_object_get(json_array_get(rows, i), "account"));

        if (whose != NULL && strcmp(whose, account) != 0)
            json_array_remove(rows, i);
    }
}

/* What is kept by number: messages, and what was agreed to. */
static bool
add_by_phone(struct cli *c, json_t *whole, const struct account *account, struct err *e)
{
    static const struct {
        const char *key, *list;
    } lists[] = {
        {"messages_from", "inbox"}, {"messages_to", "outbox"}, {"consents", "consents"}};
    struct account_phone phones[ACCOUNT_PHONES];
    size_t n;

    if (!account_phones(c->desk->store, account->id, phones, &n, e))
        return false;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        json_t *by_number = json_object();

        json_object_set_new(whole, lists[i].key, by_number);
        for (size_t k = 0; k < n; k++) {
            if (!add_list(c, by_number, phones[k].number, lists[i].list, phones[k].number,
                          e))
                return false;
            drop_others(json_object_get(by_number, phones[k].number), account->account);
        }
    }
    return true;
}

enum status
run_account_export(struct cli *c)
{
    static const struct {
        const char *key, *list;
    } lists[] = {{"account", "accounts"},
                 {"phones", "phones"},
                 {"contracts", "contracts"},
                 {"bills", "bills"},
                 {"payments", "payments"},
                 {"readings", "readings"},
                 {"installations", "installations"},
                 {"notes", "notes"},
                 {"statement", "statement"},
                 {"tickets", "tickets"},
                 {"disputes", "disputes"},
                 {"plans", "plans"},
                 {"promises", "promises"},
                 {"arrears", "arrears_steps"},
                 {"orders", "orders"}};
    struct account account;
    char subject[80];
    json_t *whole;
    struct err e;
    bool good = true;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!subject_account(c, c->args[0], &account, &e))
        return say_failure(&e);
    whole = json_object();
    for (size_t i = 0; good && i < sizeof(lists) / sizeof(lists[0]); i++)
        good = add_list(c, whole, lists[i].key, lists[i].list, account.account, &e);
    snprintf(subject, sizeof(subject), "account %s", account.account);
    good = good && add_list(c, whole, "changes", "audit", subject, &e) &&
           add_by_phone(c, whole, &account, &e);
    if (good) {
        json_dumpf(whole, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(whole);
    return good ? STATUS_DONE : say_failure(&e);
}

enum status
run_account_erase(struct cli *c)
{
    const char *reason = cli_option(c, "--reason");
    struct account account;
    enum status status;
    char question[200];
    json_t *answer;
    struct err e;

    if (reason == NULL) {
        say_error("say why: --reason \"asked in writing\"");
        return STATUS_USAGE;
    }
    if (!session_read(c))
        return STATUS_FAILED;
    if (!subject_account(c, c->args[0], &account, &e))
        return say_failure(&e);
    snprintf(question, sizeof(question),
             "Erase %.100s out of account %s? It cannot be brought back.", account.name,
             account.account);
    if (!c->dry_run && !session_agree(c, question))
        return STATUS_REFUSED;
    status = session_run(
        c, "account.erase",
        json_pack("{s:s, s:s}", "account", account.account, "reason", reason), &answer);
    if (answer == NULL)
        return status;
    if (c->form == FORM_TEXT) {
        printf("account %s: the person %s erased, %lld messages emptied\n", account.account,
               c->dry_run ? "would be" : "is",
               (long long)json_integer_value(json_object_get(answer, "messages")));
        printf("What stays: bills and payments without the name; %lld rows of the audit, "
               "which "
               "cannot\nbe changed; copies of the database until they are thinned out\n",
               (long long)json_integer_value(json_object_get(answer, "audit_rows")));
    } else {
        print_object(c, answer);
    }
    json_decref(answer);
    return status;
}

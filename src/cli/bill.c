/* bill.c - issue the bills of a month, and look at one. */
#include "lists.h"

#include "meterpost/base/conf.h"
#include "meterpost/billing/view.h"

#include <stdio.h>
#include <string.h>

static long long
number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

/* ---- issue ---- */

static const struct column skipped[] = {
    {"account", "account", CELL_TEXT, false},
    {"reason", "why there is no bill", CELL_TEXT, true}};

/* The figures of a run, or of one that was only tried. */
static void
print_run(const json_t *run, bool only_tried)
{
    const json_t *accounts = json_object_get(run, "accounts");
    char total[CELL_MAX];

    cell_text(json_object_get(run, "total"), CELL_MONEY, total);
    printf("%s: %lld bills%s, %s in all; %lld there already, %lld accounts without\n",
           text_of(run, "month"), number_of(run, "issued"),
           only_tried ? " would be issued" : " issued", total, number_of(run, "existing"),
           number_of(run, "skipped"));
    if (number_of(run, "looked_at") < number_of(run, "of"))
        printf("(after the first %lld of %lld accounts)\n", number_of(run, "looked_at"),
               number_of(run, "of"));
    table_print(stdout, skipped, 2, accounts, LINE_COLUMNS, colour_wanted(stdout));
    if ((long long)json_array_size(accounts) < number_of(run, "skipped"))
        printf("...\n");
}

static json_t *
issue_arguments(const struct cli *c)
{
    json_t *arguments = json_object();
    const char *account = cli_option(c, "--account");

    if (c->count > 0)
        json_object_set_new(arguments, "month", json_string(c->args[0]));
    if (account != NULL)
        json_object_set_new(arguments, "account", json_string(account));
    return arguments;
}

/* Show what would be issued and ask. */
static enum status
preview_issue(struct cli *c)
{
    json_t *arguments = issue_arguments(c), *answer;
    enum status status;
    long long bills;
    char question[80];

    json_object_set_new(arguments, "dry_run", json_true());
    status = session_run(c, "bill.issue", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form == FORM_TEXT || !c->dry_run)
        print_run(answer, true);
    else
        print_object(c, answer);
    bills = number_of(answer, "issued");
    json_decref(answer);
    if (c->dry_run || bills == 0)
        return c->dry_run ? STATUS_DONE : STATUS_FAILED;
    snprintf(question, sizeof(question), "Issue them? They cannot be edited afterwards.");
    return session_agree(c, question) ? STATUS_DONE : STATUS_REFUSED;
}

static enum status
issue_status(const json_t *run, enum status status)
{
    long long there = number_of(run, "issued") + number_of(run, "existing");

    if (status != STATUS_DONE || number_of(run, "skipped") == 0)
        return status != STATUS_DONE || there > 0 ? status : STATUS_FAILED;
    return there > 0 ? STATUS_PART : STATUS_FAILED;
}

enum status
run_bill_issue(struct cli *c)
{
    enum status status;
    json_t *answer;

    if (c->dry_run || !c->yes) {
        status = preview_issue(c);
        if (c->dry_run || status != STATUS_DONE)
            return status;
    }
    status = session_run(c, "bill.issue", issue_arguments(c), &answer);
    if (answer == NULL)
        return status;
    if (status == STATUS_REFUSED) {
        say_error("%s", text_of(answer, "reason"));
        json_decref(answer);
        return status;
    }
    if (c->form == FORM_TEXT)
        print_run(answer, false);
    else
        print_object(c, answer);
    status = issue_status(answer, status);
    json_decref(answer);
    return status;
}

/* ---- show ---- */

static const struct column page[] = {
    {"bill", "bill", CELL_TEXT, false},    {"account", "account", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, false},    {"period_from", "from", CELL_TEXT, false},
    {"period_to", "to", CELL_TEXT, false}, {"issued_at", "issued", CELL_TIME, false},
    {"due_at", "due", CELL_TEXT, false},   {"basis", "basis", CELL_TEXT, false},
    {"state", "state", CELL_STATE, false}, {"corrects", "corrects", CELL_TEXT, false},
};
static const struct column lines[] = {
    {"label", "", CELL_TEXT, true},
    {"qty", "quantity", CELL_NUMBER, false},
    {"rate", "rate", CELL_NUMBER, false},
    {"amount", "amount", CELL_MONEY, false},
};
static const struct column sums[] = {
    {"rounding", "rounding", CELL_MONEY, false},
    {"total", "total", CELL_MONEY, false},
    {"balance_before", "before", CELL_MONEY, false},
    {"balance_due", "to pay", CELL_MONEY, false},
};

#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

enum status
run_bill_show(struct cli *c)
{
    bool colour = colour_wanted(stdout);
    struct err e;
    json_t *bill;

    if (!session_read(c))
        return STATUS_FAILED;
    bill = billing_json_bill(c->desk->store, c->desk->conf->decimals, c->args[0], &e);
    if (bill == NULL)
        return say_failure(&e);
    if (c->form == FORM_TEXT) {
        page_print(stdout, page, COUNT(page), bill, LINE_COLUMNS, colour);
        putchar('\n');
        table_print(stdout, lines, COUNT(lines), json_object_get(bill, "lines"),
                    LINE_COLUMNS, colour);
        putchar('\n');
        page_print(stdout, sums, COUNT(sums), bill, LINE_COLUMNS, colour);
        printf("\nMore: meterpost bill explain %s | bill render %s | account show %s\n",
               c->args[0], c->args[0], json_string_value(json_object_get(bill, "account")));
    } else {
        print_object(c, bill);
    }
    json_decref(bill);
    return STATUS_DONE;
}

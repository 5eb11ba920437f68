/* money.c - a payment at the counter. */
#include "cli.h"
#include "subject.h"

#include <stdio.h>

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

enum status
run_pay_add(struct cli *c)
{
    struct account account;
    json_t *arguments, *answer;
    enum status status;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!subject_account(c, c->args[0], &account, &e))
        return say_failure(&e);
    arguments = json_pack("{s:s, s:s}", "account", account.account, "amount", c->args[1]);
    cli_pass_option(c, arguments, "channel", "--channel");
    cli_pass_option(c, arguments, "channel", "--via");
    cli_pass_option(c, arguments, "reference", "--reference");
    cli_pass_option(c, arguments, "payer", "--payer");
    cli_pass_option(c, arguments, "paid_at", "--date");
    status = session_run(c, "pay.add", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        printf("%s: %s from account %s (%s %s); balance %s\n",
               c->dry_run                                          ? "would be booked"
               : json_is_true(json_object_get(answer, "repeated")) ? "booked before"
                                                                   : "booked",
               text_of(answer, "amount"), text_of(answer, "account"),
               text_of(answer, "channel"), text_of(answer, "reference"),
               text_of(answer, "balance"));
    json_decref(answer);
    return status;
}

/*
 * change.c - the commands that change one thing and say so in a sentence: a table of them.
 * Arguments and options become the verb's, its answer fills the sentence.
 */
#include "change.h"
#include "cli.h"
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct change changes[] = {
    {"staff suspend", "staff.suspend", {"staff"}, {{"--end", "end"}}, "{staff} is {is}"},
    {"complaint close",
     "complaint.close",
     {"ticket", "answer"},
     {{NULL, NULL}},
     "ticket {ticket} is closed"},
    {"outage add",
     "outage.add",
     {"group", "cause"},
     {{"--until", "until"}, {"--commodity", "commodity"}},
     "who asks from {group} is told of the outage, and nothing is cut there; meterpost "
     "outage end {group}"},
    {"outage end",
     "outage.end",
     {"group"},
     {{NULL, NULL}},
     "the outage of {group} is over"},
    {"phone accept", "phone.accept", {"change"}, {{NULL, NULL}}, "change {change} is made"},
    {"phone refuse", "phone.refuse", {"change"}, {{NULL, NULL}}, "change {change} is off"},
    {"mute add",
     "mute.add",
     {"number"},
     {{"--for", "for"}, {"--reason", "reason"}},
     "{number} gets no answers until {until}"},
    {"mute end", "mute.end", {"number"}, {{NULL, NULL}}, "{number} gets answers again"},
    {"staff unlock",
     "staff.unlock",
     {"staff"},
     {{NULL, NULL}},
     "{staff}: codes are taken again"},
    {"pay assign",
     "pay.assign",
     {"payment", "account"},
     {{"--reason", "reason"}},
     "payment {payment} ({amount}, {channel} {reference}) is on account {account} now; "
     "balance {balance}"},
    {"pay reverse",
     "pay.reverse",
     {"payment"},
     {{"--reason", "reason"}, {"--fee", "fee"}},
     "payment {payment} ({amount}, {channel} {reference}) is taken back; what it had paid "
     "is open again"},
    {"cash open",
     "cash.open",
     {"till"},
     {{"--float", "float"}},
     "till {till} is open with {float}; report {number}"},
    {"cash count",
     "cash.count",
     {"till", "amount"},
     {{NULL, NULL}},
     "till {till}: counted {counted}, expected {expected}, difference {difference}"},
    {"cash close",
     "cash.close",
     {"till"},
     {{NULL, NULL}},
     "till {till} is closed, Z {number}: float {float}, taken {taken}, counted {counted}, "
     "difference {difference}"},
    {"cash bank",
     "cash.bank",
     {"till", "amount"},
     {{"--channel", "channel"}, {"--reference", "reference"}},
     "{amount} of till {till} is on its way to {channel}, slip {reference}; {held} stays"},
    {"agent set",
     "agent.set",
     {"agent"},
     {{"--ceiling", "ceiling"}, {"--commission", "commission"}},
     "agent {agent}: holds at most {ceiling}, commission {commission} %; payments by "
     "--channel agent:{agent}"},
    {"agent handover",
     "agent.handover",
     {"agent", "amount"},
     {{"--channel", "channel"}, {"--reference", "reference"}},
     "agent {agent} handed over {amount}; still holds {held}"},
    {"deposit add",
     "deposit.add",
     {"account", "amount"},
     {{"--channel", "channel"}, {"--reference", "reference"}},
     "deposit {amount} of account {account}; held {held}"},
    {"deposit refund",
     "deposit.refund",
     {"account", "amount"},
     {{"--channel", "channel"}, {"--reference", "reference"}},
     "{amount} of its deposit back to account {account}; held {held}"},
    {"deposit use",
     "deposit.use",
     {"account"},
     {{NULL, NULL}},
     "{amount} of its deposit pays what account {account} owes; balance {balance}"},
    {"fee add",
     "fee.add",
     {"account", "amount"},
     {{"--reason", "reason"}, {"--key", "key"}},
     "fee {amount} on account {account}; balance {balance}"},
    {"fee waive",
     "fee.waive",
     {"item"},
     {{"--reason", "reason"}},
     "fee {amount} of account {account} is waived; balance {balance}"},
    {"prepaid set",
     "prepaid.set",
     {"account"},
     {{"--limit", "limit"}, {"--warn", "warn"}},
     "account {account} is prepaid: {left} left with a limit of {limit}, told at {warn}"},
    {"prepaid end",
     "prepaid.end",
     {"account"},
     {{NULL, NULL}},
     "account {account} pays by bills again"},
    {"prepaid run",
     "prepaid.run",
     {NULL},
     {{NULL, NULL}},
     "{charged} prepaid accounts charged, {sum} in all; {told} told that little is left"},
    {"fee run", "fee.run", {NULL}, {{NULL, NULL}}, "{charged} late fees, {sum} in all"},
    {"ledger writeoff",
     "ledger.writeoff",
     {"account"},
     {{"--reason", "reason"}},
     "{amount} of account {account} is given up; balance {balance}"},
    {"ledger recover",
     "ledger.recover",
     {"account"},
     {{"--reason", "reason"}},
     "{amount} that was given up of account {account} is paid; balance {balance}"},
    {"ledger close",
     "ledger.close",
     {"month"},
     {{NULL, NULL}},
     "{month} is closed with {entries} entries, {debits} on each side; later corrections "
     "go into the next month"},
};

static const struct change *
change_of(const char *words)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        if (strcmp(changes[i].words, words) == 0)
            return &changes[i];
    }
    for (size_t i = 0; i < changes_relay_count; i++) {
        if (strcmp(changes_relay[i].words, words) == 0)
            return &changes_relay[i];
    }
    abort(); /* the table of commands names a change that is not here */
}

/* An account may be given by meter, phone or bill. */
static bool
put_argument(struct cli *c, json_t *arguments, const char *key, const char *value,
             struct err *e)
{
    struct account account;
    struct meter meter;

    if (strcmp(key, "meter") == 0) {
        if (!session_read(c))
            return err_set(e, FAIL_REJECT, "nothing was changed");
        if (!subject_meter(c, value, &meter, e))
            return false;
        value = meter.meter;
    }
    if (strcmp(key, "account") == 0) {
        if (!session_read(c))
            return err_set(e, FAIL_REJECT, "nothing was changed");
        if (!subject_account(c, value, &account, e))
            return false;
        value = account.account;
    }
    json_object_set_new(arguments, key, json_string(value));
    return true;
}

static json_t *
change_arguments(struct cli *c, const struct change *change, struct err *e)
{
    json_t *arguments = json_object();

    for (size_t i = 0; i < c->count && i < 4 && change->arguments[i] != NULL; i++) {
        if (!put_argument(c, arguments, change->arguments[i], c->args[i], e)) {
            json_decref(arguments);
            return NULL;
        }
    }
    for (size_t i = 0; i < NAMES_MAX && change->options[i].word != NULL; i++) {
        const char *value = cli_option(c, change->options[i].word);

        if (value != NULL)
            json_object_set_new(arguments, change->options[i].key,
                                *value == '\0' ? json_true() : json_string(value));
    }
    return arguments;
}

static void
print_value(const json_t *value)
{
    if (json_is_integer(value))
        printf("%lld", (long long)json_integer_value(value));
    else if (json_is_string(value))
        fputs(json_string_value(value), stdout);
}

static void
print_sentence(const struct cli *c, const char *sentence, const json_t *answer)
{
    char key[32];

    if (c->dry_run)
        printf("only tried: ");
    while (*sentence != '\0') {
        size_t n = strcspn(sentence, "{");

        printf("%.*s", (int)n, sentence);
        sentence += n;
        if (*sentence == '{') {
            n = strcspn(++sentence, "}");
            snprintf(key, sizeof(key), "%.*s", (int)n, sentence);
            print_value(json_object_get(answer, key));
            sentence += n + 1;
        }
    }
    putchar('\n');
}

enum status
run_change(struct cli *c)
{
    const struct change *change = change_of(c->command->words);
    json_t *arguments, *answer;
    enum status status;
    struct err e;

    if ((arguments = change_arguments(c, change, &e)) == NULL)
        return say_failure(&e);
    status = session_run(c, change->verb, arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form == FORM_TEXT)
        print_sentence(c, change->sentence, answer);
    else
        print_object(c, answer);
    json_decref(answer);
    return status;
}

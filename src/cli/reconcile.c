/* reconcile.c - one day of the business: does what came in agree with what was booked and
 * counted, did the bills arrive, and which command settles what does not. */
#include "lists.h"

#include "meterpost/base/conf.h"

#include <stdio.h>
#include <string.h>

static const struct column channel_columns[] = {
    {"channel", "channel", CELL_TEXT, true},
    {"payments", "payments", CELL_NUMBER, false},
    {"expected", "expected", CELL_MONEY, false},
    {"booked", "booked", CELL_MONEY, false},
    {"should", "should be in the till", CELL_MONEY, false},
    {"counted", "counted", CELL_MONEY, false},
    {"waiting", "waiting", CELL_NUMBER, false},
    {"reversed", "reversed", CELL_NUMBER, false},
};
#define CHANNEL_COLUMNS (sizeof(channel_columns) / sizeof(channel_columns[0]))

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static long long
number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static void
add_todo(json_t *todo, const char *what, const char *command)
{
    json_array_append_new(todo, json_pack("{s:s, s:s}", "what", what, "command", command));
}

static void
check_till(const json_t *row, const char *till, const char *day, json_t *todo)
{
    const char *should = text_of(row, "should"), *counted = text_of(row, "counted");
    char what[200], command[200];

    if (number_of(row, "open") > 0) {
        snprintf(what, sizeof(what), "till %.60s is still open", till);
        snprintf(command, sizeof(command),
                 "meterpost cash count %s AMOUNT && meterpost cash close %s", till, till);
        add_todo(todo, what, command);
    }
    if (*counted != '\0' && strcmp(counted, should) != 0) {
        snprintf(
            what, sizeof(what),
            "till %.60s: %s was counted where %s should be; the difference is booked to "
            "Expense:CashShort",
            till, counted, should);
        snprintf(command, sizeof(command), "meterpost ledger show Cash:%s --from %s", till,
                 day);
        add_todo(todo, what, command);
    }
    if (*counted == '\0' && number_of(row, "open") == 0) {
        snprintf(what, sizeof(what), "till %.60s: %s came in, and nobody counted it", till,
                 text_of(row, "expected"));
        snprintf(command, sizeof(command),
                 "meterpost cash open %s --float %s && meterpost cash count %s AMOUNT && "
                 "meterpost cash close %s",
                 till, text_of(row, "expected"), till, till);
        add_todo(todo, what, command);
    }
}

/* What the books have and no statement shows, or the other way. */
static void
check_bank(const json_t *row, json_t *todo)
{
    const char *name = text_of(row, "name"), *difference = text_of(row, "difference");
    bool less = *difference == '-';
    char what[200], command[200];

    if (strspn(difference, "0.") == strlen(difference))
        return;
    snprintf(what, sizeof(what),
             less ? "%.60s: %s of its statements is not booked"
                  : "%.60s: %s is booked that no statement shows yet",
             name, difference + less);
    snprintf(command, sizeof(command), "meterpost ledger show %s", name);
    add_todo(todo, what, command);
}

/* What of a channel does not agree, and how to settle it. */
static void
check_channel(const json_t *row, const char *day, json_t *todo)
{
    const char *channel = text_of(row, "channel");
    char what[200], command[200];

    if (number_of(row, "waiting") > 0) {
        snprintf(what, sizeof(what), "%s: payments that are nobody's yet: %lld", channel,
                 number_of(row, "waiting"));
        snprintf(command, sizeof(command), "meterpost suspense %s", channel);
        add_todo(todo, what, command);
    }
    if (strcmp(text_of(row, "expected"), text_of(row, "booked")) != 0) {
        snprintf(what, sizeof(what), "%s: the ledger has %s of %s", channel,
                 text_of(row, "booked"), text_of(row, "expected"));
        add_todo(todo, what, "meterpost verify");
    }
    if (strcmp(channel, "cash") == 0 || strncmp(channel, "cash:", 5) == 0)
        check_till(row, channel[4] == ':' ? channel + 5 : "till", day, todo);
}

static void
check_bills(const json_t *bills, const char *day, json_t *todo)
{
    char what[120], command[120];

    if (number_of(bills, "failed") > 0) {
        snprintf(what, sizeof(what), "%lld bills did not arrive",
                 number_of(bills, "failed"));
        snprintf(command, sizeof(command), "meterpost outbox bill --state failed --from %s",
                 day);
        add_todo(todo, what, command);
    }
    if (number_of(bills, "without") > 0) {
        snprintf(what, sizeof(what), "%lld bills went to nobody's phone",
                 number_of(bills, "without"));
        snprintf(command, sizeof(command), "meterpost bill list --from %s", day);
        add_todo(todo, what, command);
    }
}

/* A bank's statement must begin where the one before it ended. */
static void
check_statement(const json_t *row, json_t *todo)
{
    const char *before = text_of(row, "before"), *opening = text_of(row, "opening");
    char what[200];

    if (*before == '\0' || strcmp(before, opening) == 0)
        return;
    snprintf(
        what, sizeof(what),
        "%.60s: statement %.40s begins with %s, the one before it ended with %s: one is "
        "missing",
        text_of(row, "bank_account"), text_of(row, "statement"), opening, before);
    add_todo(todo, what, "meterpost pay import FILE");
}

static bool
collect(struct cli *c, const char *day, struct list_filter *f, json_t *answer,
        struct err *e)
{
    int decimals = c->desk->conf->decimals;
    json_t *channels = list_array(c->desk->store, "reconcile_channels", f, decimals, e);
    json_t *bills = list_array(c->desk->store, "reconcile_bills", f, decimals, e), *row;
    json_t *statements = list_array(c->desk->store, "reconcile_statements", f, decimals, e);
    json_t *banks = list_array(c->desk->store, "reconcile_banks", f, decimals, e);
    json_t *todo = json_array();
    size_t i;

    json_object_set_new(answer, "day", json_string(day));
    json_object_set_new(answer, "channels", channels);
    json_object_set(answer, "bills", json_array_get(bills, 0));
    json_object_set_new(answer, "statements", statements);
    json_object_set_new(answer, "banks", banks);
    json_object_set_new(answer, "todo", todo);
    json_array_foreach (channels, i, row)
        check_channel(row, day, todo);
    json_array_foreach (statements, i, row)
        check_statement(row, todo);
    json_array_foreach (banks, i, row)
        check_bank(row, todo);
    if (bills != NULL)
        check_bills(json_array_get(bills, 0), day, todo);
    json_decref(bills);
    return channels != NULL && bills != NULL && statements != NULL && banks != NULL;
}

static void
print_day(const json_t *answer)
{
    const json_t *bills = json_object_get(answer, "bills"), *one;
    const json_t *todo = json_object_get(answer, "todo");
    size_t i;

    printf("Payments of %s\n", text_of(answer, "day"));
    table_print(stdout, channel_columns, CHANNEL_COLUMNS,
                json_object_get(answer, "channels"), LINE_COLUMNS, colour_wanted(stdout));
    printf("\nBills: %lld issued, %s in all; %lld sent, %lld delivered, %lld failed, %lld "
           "still go out, %lld without a phone\n",
           number_of(bills, "issued"), text_of(bills, "total"), number_of(bills, "sent"),
           number_of(bills, "delivered"), number_of(bills, "failed"),
           number_of(bills, "queued"), number_of(bills, "without"));
    json_array_foreach (json_object_get(answer, "statements"), i, one)
        printf("Bank %s, statement %s: %s at its begin, %s at its end, %lld entries\n",
               text_of(one, "bank_account"), text_of(one, "statement"),
               text_of(one, "opening"), text_of(one, "closing"), number_of(one, "entries"));
    json_array_foreach (json_object_get(answer, "banks"), i, one)
        printf("%s: its statements end with %s; %s came in, %s went out, %s is booked\n",
               text_of(one, "name"), text_of(one, "closing"), text_of(one, "came_in"),
               text_of(one, "went_out"), text_of(one, "booked"));
    puts(json_array_size(todo) == 0 ? "\nEverything agrees." : "\nTo settle:");
    json_array_foreach (todo, i, one)
        printf("  %s\n      %s\n", text_of(one, "what"), text_of(one, "command"));
}

enum status
run_reconcile(struct cli *c)
{
    struct list_filter f = {.limit = INT64_MAX};
    const char *asked = cli_arg(c, 0);
    char day[TIME_TEXT_MAX];
    json_t *answer;
    enum status status = STATUS_DONE;
    struct err e;
    utc_t t = 0;

    if (!session_read(c))
        return STATUS_FAILED;
    if (asked != NULL && !clock_parse(asked, &t, &e)) {
        say_error("%s", e.text);
        return STATUS_USAGE;
    }
    f.from = clock_day_start(asked == NULL ? c->desk->now : t, 0);
    f.to = clock_day_start(f.from, 1);
    answer = json_object();
    if (!collect(c, clock_date(f.from, day), &f, answer, &e)) {
        json_decref(answer);
        return say_failure(&e);
    }
    if (c->form == FORM_TEXT)
        print_day(answer);
    else
        print_object(c, answer);
    if (json_array_size(json_object_get(answer, "todo")) > 0)
        status = STATUS_PART;
    json_decref(answer);
    return status;
}

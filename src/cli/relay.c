/* relay.c - cutting and restoring: the list, its proposal and approval, and orders. */
#include "lists.h"
#include "subject.h"

#include "meterpost/base/amount.h"
#include "meterpost/store/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW            3 /* with one reason: each has a row of its own */
#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

/* ---- cut list ---- */

static const struct column may_columns[] = {
    {"account", "account", CELL_TEXT, false}, {"name", "name", CELL_TEXT, true},
    {"class", "class", CELL_TEXT, false},     {"meter", "meter", CELL_TEXT, false},
    {"group", "group", CELL_TEXT, false},     {"amount", "owes", CELL_MONEY, false},
    {"unpaid", "bills", CELL_NUMBER, false},  {"age_days", "days", CELL_NUMBER, false},
    {"notice", "notice", CELL_TEXT, false},
};
static const struct column not_columns[] = {
    {"account", "account", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, true},
    {"meter", "meter", CELL_TEXT, false},
    {"amount", "owes", CELL_MONEY, false},
    {"age_days", "days", CELL_NUMBER, false},
    {"first", "not now, because", CELL_TEXT, true},
};

/* Rows of which `key` is as wanted, and what they come to. */
static json_t *
rows_that(const json_t *rows, const char *key, bool wanted, int64_t *sum, int decimals)
{
    json_t *out = json_array();
    const json_t *row;
    struct err ignored;
    int64_t amount;
    size_t i;

    *sum = 0;
    json_array_foreach (rows, i, row) {
        if (json_is_true(json_object_get(row, key)) != wanted)
            continue;
        json_array_append(out, (json_t *)(uintptr_t)row);
        if (decimal_parse(text_of(row, "amount"), decimals, &amount, &ignored))
            *sum += amount;
    }
    return out;
}

static void
drop_reason(json_t *rows, const char *why)
{
    for (size_t k = json_array_size(rows); k-- > 0;) {
        if (strcmp(text_of(json_array_get(rows, k), "first"), why) == 0)
            json_array_remove(rows, k);
    }
}

/* Those who share their first reason with more than FEW others, as one line a reason: take
 * them out of `rows`, which are held elsewhere, too. */
static void
print_common(const struct cli *c, json_t *rows)
{
    int decimals = c->desk->conf->decimals;
    char text[AMOUNT_TEXT_MAX];

    for (size_t i = 0; i < json_array_size(rows);) {
        const char *why = text_of(json_array_get(rows, i), "first");
        size_t many = 0;
        int64_t sum = 0, amount;
        struct err ignored;

        for (size_t k = i; k < json_array_size(rows); k++) {
            const json_t *row = json_array_get(rows, k);

            if (strcmp(text_of(row, "first"), why) != 0)
                continue;
            many++;
            if (decimal_parse(text_of(row, "amount"), decimals, &amount, &ignored))
                sum += amount;
        }
        if (many <= FEW) {
            i++;
            continue;
        }
        printf("  %zu of them, %s %s: %s\n", many,
               money_show((struct money){sum}, decimals, text),
               c->desk->conf->utility.currency, why);
        drop_reason(rows, why);
    }
}

static void
print_part(const struct cli *c, const json_t *rows, bool may)
{
    int64_t sum;
    json_t *part = rows_that(rows, "may", may, &sum, c->desk->conf->decimals);
    const struct column *columns = may ? may_columns : not_columns;
    size_t n = may ? COUNT(may_columns) : COUNT(not_columns);
    char text[AMOUNT_TEXT_MAX];

    if (json_array_size(part) > 0) {
        printf("%s: %zu, %s %s\n", may ? "Can be cut today" : "Must not be cut now",
               json_array_size(part),
               money_show((struct money){sum}, c->desk->conf->decimals, text),
               c->desk->conf->utility.currency);
        if (!may)
            print_common(c, part);
        if (json_array_size(part) > 0)
            table_print(stdout, columns, n, part, LINE_COLUMNS, colour_wanted(stdout));
        putchar('\n');
    }
    json_decref(part);
}

enum status
run_cut_list(struct cli *c)
{
    json_t *arguments = json_object(), *answer, *rows;
    enum status status;

    cli_pass_option(c, arguments, "group", "--group");
    if (!session_desk(c)) {
        json_decref(arguments);
        return STATUS_FAILED;
    }
    status = session_run(c, "cut.list", arguments, &answer);
    if (answer == NULL)
        return status;
    rows = json_object_get(answer, "candidates");
    if (c->form != FORM_TEXT) {
        print_array(c, not_columns, COUNT(not_columns), rows);
    } else if (json_array_size(rows) == 0) {
        say_note(c, "nobody has come to the stage of being cut");
    } else {
        print_part(c, rows, true);
        print_part(c, rows, false);
        printf("Propose those that can be: meterpost cut propose. Somebody else approves "
               "them.\n");
    }
    json_decref(answer);
    return status;
}

/* ---- proposing ---- */

static const struct column order_columns[] = {
    {"order", "order", CELL_NUMBER, false}, {"account", "account", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, true},      {"meter", "meter", CELL_TEXT, false},
    {"amount", "owes", CELL_MONEY, false},  {"age_days", "days", CELL_NUMBER, false},
    {"why", "waits for", CELL_TEXT, true},
};
static const struct column refused_columns[] = {
    {"account", "account", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, true},
    {"meter", "meter", CELL_TEXT, false},
    {"why", "refused, because", CELL_TEXT, true},
};

static void
print_table(const char *title, const struct column *columns, size_t n, const json_t *rows)
{
    if (json_array_size(rows) == 0)
        return;
    printf("%s\n", title);
    table_print(stdout, columns, n, rows, LINE_COLUMNS, colour_wanted(stdout));
    putchar('\n');
}

static void
print_proposal(const struct cli *c, const json_t *answer)
{
    const json_t *orders = json_object_get(answer, "orders");
    char expires[CELL_MAX];

    print_table(c->dry_run ? "Would be proposed" : "Proposed", order_columns,
                COUNT(order_columns), orders);
    print_table("Refused by a guard", refused_columns, COUNT(refused_columns),
                json_object_get(answer, "refused"));
    if (json_array_size(orders) == 0 && json_object_get(answer, "refused") == NULL)
        say_error("%s", text_of(answer, "reason"));
    if (json_array_size(orders) == 0)
        return;
    snprintf(expires, sizeof(expires), "%.16s", text_of(answer, "expires_at"));
    if (strlen(expires) == 16)
        expires[10] = ' ';
    printf("%zu order%s, %s %s. Another person approves by %s:\n"
           "  meterpost cut approve %lld\n",
           json_array_size(orders), json_array_size(orders) == 1 ? "" : "s",
           text_of(answer, "amount"), c->desk->conf->utility.currency, expires,
           json_integer_value(json_object_get(answer, "batch")));
    if (json_integer_value(json_object_get(answer, "left")) > 0)
        printf("%lld more are for the next batch (arrears.cut.batch_limit).\n",
               json_integer_value(json_object_get(answer, "left")));
}

static json_t *
proposal(struct cli *c)
{
    json_t *arguments = json_object(), *meters;

    if (c->count > 0) {
        if ((meters = subject_meters(c, false)) == NULL) {
            json_decref(arguments);
            return NULL;
        }
        json_object_set_new(arguments, "meters", meters);
    }
    cli_pass_option(c, arguments, "cause", "--cause");
    cli_pass_option(c, arguments, "reason", "--reason");
    if (strcmp(c->command->words, "off") != 0)
        cli_pass_option(c, arguments, "group", "--group");
    return arguments;
}

/* Show what would be proposed and ask, unless it is one meter by name. */
static bool
agree(struct cli *c, const json_t *arguments, enum status *status)
{
    json_t *trial, *answer;
    bool good;

    if (c->yes || c->dry_run || c->count > 0)
        return true;
    trial = json_copy((json_t *)(uintptr_t)arguments);
    json_object_set_new(trial, "dry_run", json_true());
    *status = session_run(c, "cut.propose", trial, &answer);
    if (answer == NULL)
        return false;
    print_table("Would be proposed", order_columns, COUNT(order_columns),
                json_object_get(answer, "orders"));
    good = json_array_size(json_object_get(answer, "orders")) > 0 &&
           session_agree(c, "Propose these cuts?");
    json_decref(answer);
    *status = good ? STATUS_DONE : STATUS_REFUSED;
    return good;
}

enum status
run_cut_propose(struct cli *c)
{
    json_t *arguments, *answer;
    enum status status;

    if (!session_desk(c) || !session_read(c) || (arguments = proposal(c)) == NULL)
        return STATUS_FAILED;
    if (!agree(c, arguments, &status)) {
        json_decref(arguments);
        return status;
    }
    status = session_run(c, "cut.propose", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        print_proposal(c, answer);
    json_decref(answer);
    return status;
}

/* ---- approving ---- */

static void
print_approval(const json_t *answer)
{
    const json_t *batch = json_object_get(answer, "batch");

    if (batch == NULL)
        printf("order %lld is %s%s%s\n",
               json_integer_value(json_object_get(answer, "order")),
               text_of(answer, "state"), *text_of(answer, "why") == '\0' ? "" : ": ",
               text_of(answer, "why"));
    else
        printf("batch %lld: %lld approved, %lld refused by a guard, %lld wait for one more "
               "approval\n",
               json_integer_value(batch),
               json_integer_value(json_object_get(answer, "approved")),
               json_integer_value(json_object_get(answer, "refused")),
               json_integer_value(json_object_get(answer, "waits")));
}

enum status
run_cut_approve(struct cli *c)
{
    const char *order = cli_option(c, "--order");
    json_t *arguments = json_object(), *answer;
    enum status status;

    if ((order == NULL) == (c->count == 0)) {
        json_decref(arguments);
        say_error("say which: the number of a batch, or --order N");
        return STATUS_USAGE;
    }
    json_object_set_new(arguments, order == NULL ? "batch" : "order",
                        json_string(order == NULL ? c->args[0] : order));
    cli_pass_option(c, arguments, "note", "--note");
    status = session_run(c, "cut.approve", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        print_approval(answer);
    json_decref(answer);
    return status;
}

/* ---- one order ---- */

static const struct column event_columns[] = {
    {"at", "at", CELL_TIME, false},        {"what", "what", CELL_TEXT, false},
    {"state", "state", CELL_STATE, false}, {"who", "who", CELL_TEXT, false},
    {"note", "note", CELL_TEXT, true},
};

enum status
run_order_show(struct cli *c)
{
    struct list_filter f = {.id = strtoll(c->args[0], NULL, 10)};
    json_t *orders = NULL, *events = NULL, *one;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (f.id <= 0) {
        say_error("'%s' is no number of an order: meterpost order list", c->args[0]);
        return STATUS_USAGE;
    }
    orders = list_array(c->desk->store, "orders", &f, c->desk->conf->decimals, &e);
    if (orders != NULL)
        events =
            list_array(c->desk->store, "order_events", &f, c->desk->conf->decimals, &e);
    if (events == NULL) {
        json_decref(orders);
        return say_failure(&e);
    }
    one = json_array_get(orders, 0);
    if (one == NULL) {
        say_error("there is no order %s", c->args[0]);
    } else if (c->form != FORM_TEXT) {
        json_object_set(one, "events", events);
        print_object(c, one);
    } else {
        print_object(c, one);
        putchar('\n');
        table_print(stdout, event_columns, COUNT(event_columns), events, LINE_COLUMNS,
                    colour_wanted(stdout));
    }
    json_decref(events);
    json_decref(orders);
    return one == NULL ? STATUS_FAILED : STATUS_DONE;
}

/* ---- what stops orders; what the guards say ---- */

static const struct column flag_columns[] = {
    {"flag", "what", CELL_TEXT, false},
    {"state", "state", CELL_STATE, false},
    {"why", "why", CELL_TEXT, true},
};
static const struct column guard_columns[] = {
    {"guard", "guard", CELL_TEXT, false},
    {"why", "why not to cut", CELL_TEXT, true},
};

static void
print_flags(const struct cli *c, const json_t *answer)
{
    table_print(stdout, flag_columns, COUNT(flag_columns), json_object_get(answer, "flags"),
                LINE_COLUMNS, colour_wanted(stdout));
    printf("\nRules: %s%s\n", text_of(answer, "policy"),
           *text_of(answer, "checked_by") == '\0'
               ? "; nobody has checked them for this place"
               : "");
    (void)c;
}

/* Electricians say that a closed relay carries current; others would take it for off. */
static const char *
supply_word(const char *relay)
{
    static const struct {
        const char *relay, *word;
    } words[] = {
        {"closed", "on"}, {"open", "off"}, {"armed", "off until its button is pressed"}};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i].relay, relay) == 0)
            return words[i].word;
    }
    return relay;
}

static void
print_meter(const json_t *answer)
{
    const char *locked = text_of(answer, "locked");

    printf("meter %s: its supply is %s, and should be %s%s%s\n", text_of(answer, "meter"),
           supply_word(text_of(answer, "relay")), supply_word(text_of(answer, "wanted")),
           *locked == '\0' ? "" : "; somebody works on it: ", locked);
    if (json_array_size(json_object_get(answer, "guards")) == 0)
        printf("It could be cut for arrears now.\n");
    else
        table_print(stdout, guard_columns, COUNT(guard_columns),
                    json_object_get(answer, "guards"), LINE_COLUMNS, colour_wanted(stdout));
}

enum status
run_relay_show(struct cli *c)
{
    json_t *arguments = json_object(), *answer;
    bool one = c->count > 0;
    enum status status;
    struct meter meter;
    struct err e;

    if (!session_desk(c) || !session_read(c)) {
        json_decref(arguments);
        return STATUS_FAILED;
    }
    if (one && !subject_meter(c, c->args[0], &meter, &e)) {
        json_decref(arguments);
        return say_failure(&e);
    }
    if (one)
        json_object_set_new(arguments, "meter", json_string(meter.meter));
    status = session_run(c, one ? "relay.show" : "relay.flags", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else if (one)
        print_meter(answer);
    else
        print_flags(c, answer);
    json_decref(answer);
    return status;
}

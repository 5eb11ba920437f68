/* bill_look.c - what a bill run would do, and why a bill is what it is. */
#include "cli.h"
#include "table.h"

#include "meterpost/base/conf.h"
#include "meterpost/billing/explain.h"
#include "meterpost/billing/preview.h"

#include <stdio.h>
#include <string.h>

#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

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

/* ---- preview ---- */

static const struct column change_columns[] = {
    {"account", "account", CELL_TEXT, false},        {"name", "name", CELL_TEXT, true},
    {"before", "last bill", CELL_MONEY, false},      {"now", "this one", CELL_MONEY, false},
    {"difference", "difference", CELL_MONEY, false},
};
static const struct column estimate_columns[] = {
    {"account", "account", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, true},
    {"basis", "basis", CELL_TEXT, false},
    {"set_right", "sets right", CELL_NUMBER, false},
    {"total", "this one", CELL_MONEY, false},
};
static const struct column without_columns[] = {
    {"account", "account", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, true},
    {"reason", "no bill", CELL_TEXT, false},
    {"detail", "because", CELL_TEXT, true},
};

static void
print_month(const json_t *month, const char *words)
{
    char total[CELL_MAX];

    cell_text(json_object_get(month, "total"), CELL_MONEY, total);
    printf("  %-10s %s: %lld bills, %s\n", words, text_of(month, "month"),
           number_of(month, "bills"), total);
}

static void
print_preview(const json_t *o)
{
    bool colour = colour_wanted(stdout);
    char total[CELL_MAX];

    cell_text(json_object_get(o, "total"), CELL_MONEY, total);
    printf("%s: %lld bills would be issued, %s in all; %lld on estimates; %lld there "
           "already; %lld accounts without\n",
           text_of(o, "month"), number_of(o, "bills"), total, number_of(o, "estimated"),
           number_of(o, "existing"), number_of(o, "skipped"));
    print_month(json_object_get(o, "last_month"), "last month");
    print_month(json_object_get(o, "last_year"), "last year");
    if (json_array_size(json_object_get(o, "changes")) > 0)
        puts("\nThe biggest changes");
    table_print(stdout, change_columns, COUNT(change_columns),
                json_object_get(o, "changes"), LINE_COLUMNS, colour);
    if (json_array_size(json_object_get(o, "estimates")) > 0)
        puts("\nOn estimates (E), or setting them right (MIXED)");
    table_print(stdout, estimate_columns, COUNT(estimate_columns),
                json_object_get(o, "estimates"), LINE_COLUMNS, colour);
    if (json_array_size(json_object_get(o, "without")) > 0)
        puts("\nWithout a bill");
    table_print(stdout, without_columns, COUNT(without_columns),
                json_object_get(o, "without"), LINE_COLUMNS, colour);
}

static void
show_progress(int64_t done, int64_t total, void *context)
{
    say_progress(context, done, total, "accounts");
}

enum status
run_bill_preview(struct cli *c)
{
    struct billing b;
    struct err e;
    json_t *o;

    if (!session_desk(c) || !session_read(c))
        return STATUS_FAILED;
    b = (struct billing){.store = c->desk->store,
                         .conf = c->desk->conf,
                         .tariffs = c->desk->tariffs,
                         .now = c->desk->now};
    o = billing_preview(&b, c->count > 0 ? c->args[0] : NULL, show_progress, c, &e);
    say_progress(c, 0, 0, NULL);
    if (o == NULL)
        return say_failure(&e);
    if (c->form == FORM_TEXT)
        print_preview(o);
    else
        print_object(c, o);
    json_decref(o);
    return STATUS_DONE;
}

/* ---- explain ---- */

/* "  to 2026-11-01 00:10  1,312.5  A  sms by engine, message 17 of +2547...: text" */
static void
print_end(const json_t *end, const char *word)
{
    const json_t *message = json_object_get(end, "message");
    const json_t *frame = json_object_get(end, "frame");
    char at[CELL_MAX], flags[CELL_MAX];

    cell_text(json_object_get(end, "at"), CELL_TIME, at);
    cell_text(json_object_get(end, "flags"), CELL_TEXT, flags);
    printf("    %-4s %s  %s %s  %s%s%s%s%s\n", word, at, text_of(end, "value"),
           text_of(end, "quality"), text_of(end, "source"),
           *text_of(end, "by") ? " by " : "", text_of(end, "by"), *flags ? ", flags " : "",
           flags);
    if (json_is_object(frame))
        printf("         frames of bus job %lld: %s\n", number_of(frame, "job"),
               text_of(frame, "hex"));
    if (json_is_object(message))
        printf("         message %lld from %s: %s\n", number_of(message, "id"),
               text_of(message, "from"), text_of(message, "text"));
}

static void
print_readings(const json_t *list)
{
    size_t i;
    json_t *r;

    json_array_foreach (list, i, r) {
        bool multiplied = strcmp(text_of(r, "multiplier"), "1") != 0;

        printf("  meter %s, register %s: %s %s%s%s\n", text_of(r, "meter"),
               text_of(r, "register"), text_of(r, "usage"), text_of(r, "unit"),
               multiplied ? ", multiplied by " : "",
               multiplied ? text_of(r, "multiplier") : "");
        print_end(json_object_get(r, "from"), "from");
        print_end(json_object_get(r, "to"), "to");
    }
}

static void
print_parts(const json_t *parts)
{
    size_t i;
    json_t *part, *value;
    const char *name;

    json_array_foreach (parts, i, part) {
        printf("  %lld days by %s%s%s%s%s", number_of(part, "days"),
               text_of(part, "tariff"), *text_of(part, "valid_from") ? " of " : "",
               text_of(part, "valid_from"), *text_of(part, "class") ? ", class " : "",
               text_of(part, "class"));
        json_object_foreach (json_object_get(part, "factors"), name, value)
            printf(", %s %s", name, json_string_value(value));
        putchar('\n');
    }
}

/* Why the account is in its class, where past use decides. */
static void
print_class(const json_t *by)
{
    if (by != NULL)
        printf("  the class by use: %s a month in %lld months before\n",
               text_of(by, "average"), number_of(by, "months"));
}

static void
print_lines(const json_t *lines)
{
    char amount[CELL_MAX];
    size_t i;
    json_t *line;

    json_array_foreach (lines, i, line) {
        cell_text(json_object_get(line, "amount"), CELL_MONEY, amount);
        printf("  %s: %s", text_of(line, "label"), amount);
        if (*text_of(line, "qty") && *text_of(line, "rate") &&
            strchr(text_of(line, "rule"), '%') == NULL)
            printf(" = %s x %s", text_of(line, "qty"), text_of(line, "rate"));
        printf("\n    %s\n", text_of(line, "rule"));
    }
}

static void
print_true_ups(const json_t *list)
{
    size_t i;
    json_t *one, *value;
    const char *name;

    if (json_array_size(list) > 0)
        puts("Estimates set right, by days:");
    json_array_foreach (list, i, one) {
        printf("  bill %s:", text_of(one, "bill"));
        json_object_foreach (json_object_get(one, "used"), name, value)
            printf(" %s %s", name, json_string_value(value));
        putchar('\n');
    }
}

static void
print_explained(const json_t *o)
{
    char total[CELL_MAX], rounding[CELL_MAX];

    cell_text(json_object_get(o, "total"), CELL_MONEY, total);
    printf("%s %s of account %s, %s: %s\n",
           strcmp(text_of(o, "kind"), "credit") == 0 ? "Credit note" : "Bill",
           text_of(o, "bill"), text_of(o, "account"), text_of(o, "name"), total);
    if (json_is_string(json_object_get(o, "reason"))) {
        printf("It takes back bill %s: %s\n", text_of(o, "corrects"), text_of(o, "reason"));
        return;
    }
    puts("Read:");
    print_readings(json_object_get(o, "readings"));
    puts("Priced:");
    print_parts(json_object_get(o, "parts"));
    print_class(json_object_get(o, "class_by"));
    puts("Lines:");
    print_lines(json_object_get(o, "lines"));
    cell_text(json_object_get(o, "rounding"), CELL_MONEY, rounding);
    if (strspn(rounding, "0.") != strlen(rounding))
        printf("  Rounding of the total: %s\n", rounding);
    print_true_ups(json_object_get(o, "true_up"));
    if (*text_of(o, "warning"))
        printf("%s\n", text_of(o, "warning"));
}

enum status
run_bill_explain(struct cli *c)
{
    struct err e;
    json_t *o;

    if (!session_read(c))
        return STATUS_FAILED;
    o = billing_explain_bill(c->desk->store, c->desk->conf, c->args[0], &e);
    if (o == NULL)
        return say_failure(&e);
    if (c->form == FORM_TEXT)
        print_explained(o);
    else
        print_object(c, o);
    json_decref(o);
    return STATUS_DONE;
}

/*
 * value.c - what stands in the place of MONTH, AMOUNT, ID, behind --until or --wait is
 * looked at before anything is opened: what cannot be one is wrong usage.
 */
#include "cli.h"
#include "phrase.h"

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"
#include "meterpost/base/units.h"
#include "meterpost/base/yaml.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MOST 6 /* decimals of amounts, rates and factors */

static bool
is_count(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return n > 0 && n <= 18 && text[n] == '\0';
}

static bool
is_percent(const char *text)
{
    return is_count(text) && atoll(text) <= 100;
}

static bool
is_decimal(const char *text)
{
    int64_t value;
    struct err ignored;

    return decimal_parse(text, PLACES_MOST, &value, &ignored);
}

static bool
is_money(const char *text)
{
    return is_decimal(text) && *text != '-';
}

static bool
is_month(const char *text)
{
    int month;

    if (strlen(text) != 7 || strspn(text, "0123456789") != 4 || text[4] != '-' ||
        !is_count(text + 5))
        return false;
    month = atoi(text + 5);
    return month >= 1 && month <= 12;
}

static bool
is_time(const char *text)
{
    utc_t value;
    struct err ignored;

    return clock_parse(text, &value, &ignored);
}

/* A month, a day, or two days with dots between. */
static bool
is_span(const char *text)
{
    const char *dots = strstr(text, "..");
    char first[40];

    if (dots == NULL)
        return is_month(text) || is_time(text);
    snprintf(first, sizeof(first), "%.*s", (int)(dots - text), text);
    return is_time(first) && is_time(dots + 2);
}

static bool
is_duration(const char *text)
{
    int64_t value;
    struct err ignored;

    return duration_parse(text, &value, &ignored);
}

/* Of a meter that is taken away: nobody may have read it. */
static bool
is_reading(const char *text)
{
    return strcmp(text, "estimate") == 0 || is_money(text);
}

/* The words of the table of commands that have a form. */
static const struct kind {
    const char *name;
    bool (*holds)(const char *text);
    const char *want;
} kinds[] = {
    {"ID", is_count, "a number from the list, such as 17"},
    {"PAYMENT", is_count, "a payment's number, as meterpost pay list shows it"},
    {"ITEM", is_count, "an item's number, as meterpost ledger open shows it"},
    {"DISPUTE", is_count, "a dispute's number, as meterpost dispute list shows it"},
    {"CHANGE", is_count, "a number, as meterpost phone waiting shows it"},
    {"ORDER", is_count, "an order's number, as meterpost order list shows it"},
    {"BATCH", is_count, "a batch's number, as meterpost cut batches shows it"},
    {"BAUD", is_count, "a speed such as 9600"},
    {"MONTH", is_month, "a month such as 2026-10"},
    {"DAY", is_time, "a day such as 2026-11-22"},
    {"VALUE", is_decimal, "a number such as 1312.5"},
    {"LOW", is_decimal, "degrees such as -3.5"},
    {"AMOUNT", is_money, "an amount such as 500.00"},
    {"--limit", is_count, "a number such as 200"},
    {"--months", is_count, "a number such as 12"},
    {"--parts", is_count, "a number such as 3"},
    {"--digits", is_count, "a number such as 6"},
    {"--counter", is_count, "a number such as 12"},
    {"--order", is_count, "an order's number, as meterpost order list shows it"},
    {"--month", is_month, "a month such as 2026-10"},
    {"--period", is_span, "2026-10, 2026-10-03 or 2026-10-01..2026-10-08"},
    {"--first", is_money, "an amount such as 500.00"},
    {"--fee", is_money, "an amount such as 500.00"},
    {"--float", is_money, "an amount such as 500.00"},
    {"--ceiling", is_money, "an amount such as 500.00"},
    {"--commission", is_money, "a percentage such as 1.5"},
    {"--mult", is_money, "a factor such as 40"},
    {"--read", is_reading, "a reading such as 1312.5, or estimate"},
    {"--old-read", is_reading, "a reading such as 1312.5, or estimate"},
    {"--new-read", is_money, "a reading such as 1312.5"},
    {"--agreed", is_money, "a reading such as 1312.5"},
    {"--loss", is_percent, "a percentage from 0 to 100"},
    {"--payers", is_percent, "a percentage from 0 to 100"},
    {"--wait", is_duration, "a time such as 30s, 5m or 2h"},
    {"--for", is_duration, "a time such as 30m, 2h or 7d"},
    {"--delay", is_duration, "a time such as 20s or 2m"},
    {"--at", is_time, "a time such as 2026-11-22T09:30"},
    {"--from", is_time, "a day or time such as 2026-11-22"},
    {"--to", is_time, "a day or time such as 2026-11-22"},
    {"--date", is_time, "a day or time such as 2026-11-22"},
    {"--until", is_time, "a day or time such as 2026-11-22"},
    {"--since", is_time, "a day or time such as 2026-11-22"},
    {"--start", is_time, "a day or time such as 2026-11-22"},
    {"--as-of", is_time, "a day or time such as 2026-11-22"},
};

/* ---- one of some words ---- */

/* The words of "sms|bus" or "open, closed", by the characters between them. */
static size_t
split(const char *list, const char *between, char out[CHOICES_MOST][CHOICE_MAX],
      const char *words[CHOICES_MOST])
{
    size_t n = 0;

    for (const char *at = list; n < CHOICES_MOST && *at != '\0' && *at != ' '; n++) {
        size_t length = strcspn(at, between);

        snprintf(out[n], CHOICE_MAX, "%.*s", (int)length, at);
        words[n] = out[n];
        at += length;
        at += strspn(at, between);
    }
    return n;
}

static bool
check_choice(const char *name, size_t length, const char *list, const char *between,
             const char *text, struct err *e)
{
    char store[CHOICES_MOST][CHOICE_MAX], known[300];
    const char *words[CHOICES_MOST], *near, *blank = length > 0 ? " " : "";
    size_t n = split(list, between, store, words);
    struct text t;

    text_init(&t, known, sizeof(known));
    for (size_t i = 0; i < n; i++) {
        if (strcmp(words[i], text) == 0)
            return true;
        text_addf(&t, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    near = nearest_word(text, words, n);
    if (near != NULL)
        return err_set(e, FAIL_REJECT, phrase("%.*s%s'%.40s': is %s meant?"), (int)length,
                       name, blank, text, near);
    return err_set(e, FAIL_REJECT, phrase("%.*s%s'%.40s': expected one of %s"), (int)length,
                   name, blank, text, known);
}

/* ---- arguments and options ---- */

static const struct kind *
kind_of(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, name, length) == 0)
            return &kinds[i];
    }
    return NULL;
}

static bool
check(const char *name, size_t length, const char *text, struct err *e)
{
    const struct kind *k = kind_of(name, length);

    return k == NULL || k->holds(text) ||
           err_set(e, FAIL_REJECT, phrase("%.*s '%.40s': expected %s"), (int)length, name,
                   text, k->want);
}

/* Argument i stands in this place of "NAME [METER...]", the last one for all behind it. */
static bool
check_arguments(const struct cli *c, struct err *e)
{
    const char *at = c->command->arguments;

    for (size_t i = 0; i < c->count && *at != '\0'; i++) {
        const char *name = at + (*at == '[');
        const char *next = strchr(at, ' ');
        size_t length = strcspn(name, " ]");

        if (islower((unsigned char)*name) && memchr(name, '|', length) != NULL) {
            if (!check_choice("", 0, name, "|", c->args[i], e))
                return false;
        } else if (!check(name, strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ|"), c->args[i], e))
            return false;
        if (next != NULL)
            at = next + 1;
    }
    return true;
}

/* "--via sms|bus" takes one of these, and --state one of what its help lists; NULL: no such
 * list. *between is what stands between its words. */
static const char *
list_of(const struct option *o, const char **between)
{
    *between = "|";
    if (o->value != NULL && strchr(o->value, '|') != NULL)
        return o->value;
    *between = ", ";
    return o->value != NULL && strcmp(o->value, "STATE") == 0 &&
                   strstr(o->help, "...") == NULL
               ? o->help
               : NULL;
}

size_t
option_choices(const struct option *o, char store[CHOICES_MOST][CHOICE_MAX],
               const char *words[CHOICES_MOST])
{
    const char *between, *list = list_of(o, &between);

    return list == NULL ? 0 : split(list, between, store, words);
}

static bool
check_option(const struct option *o, const char *text, struct err *e)
{
    const char *between, *list = list_of(o, &between);
    const struct kind *k = kind_of(o->name, strlen(o->name));

    if (list != NULL)
        return check_choice(o->name, strlen(o->name), list, between, text, e);
    /* Of the same name and another meaning, as its own example shows: bus test --read. */
    if (k != NULL && !isupper((unsigned char)*o->value) && !k->holds(o->value))
        return true;
    return check(o->name, strlen(o->name), text, e);
}

bool
values_check(const struct cli *c, struct err *e)
{
    for (size_t i = 0; i < OPTIONS_MAX && c->command->options[i].name != NULL; i++) {
        const struct option *o = &c->command->options[i];

        if (o->value != NULL && c->values[i] != NULL && !check_option(o, c->values[i], e))
            return false;
    }
    return check_arguments(c, e);
}

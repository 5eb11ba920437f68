/* loss.c - what was supplied and not sold; what a meter used. */
#include "lists.h"
#include "subject.h"

#include "meterpost/base/conf.h"
#include "meterpost/metering/loss.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_COLUMNS 40

static const struct column loss_columns[] = {
    {"group", "group", CELL_TEXT, false},
    {"supplied", "supplied", CELL_NUMBER, false},
    {"sold", "sold", CELL_NUMBER, false},
    {"percent", "loss %", CELL_NUMBER, false},
    {"low", "from", CELL_NUMBER, false},
    {"high", "to", CELL_NUMBER, false},
    {"coverage", "actual %", CELL_NUMBER, false},
    {"estimated", "est.", CELL_NUMBER, false},
    {"missing", "missing", CELL_NUMBER, false},
    {"state", "state", CELL_TEXT, false},
    {"money", "money", CELL_MONEY, false},
    {"with", "with", CELL_TEXT, false},
    {"cause", "look for", CELL_SENTENCE, true},
};

static const struct column suspect_columns[] = {
    {"points", "points", CELL_NUMBER, false},    {"meter", "meter", CELL_TEXT, false},
    {"account", "account", CELL_TEXT, false},    {"name", "name", CELL_TEXT, true},
    {"reasons", "because", CELL_SENTENCE, true},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- loss ---- */

static enum status
show_group(struct cli *c, json_t *rows, utc_t from, utc_t to)
{
    struct err e;
    json_t *suspects = loss_suspects(c->desk->store, c->args[0], from, to, &e);

    if (suspects == NULL)
        return say_failure(&e);
    if (c->form == FORM_TEXT) {
        table_print(stdout, loss_columns, COUNT(loss_columns), rows, LINE_COLUMNS,
                    colour_wanted(stdout));
        if (json_array_size(suspects) > 0)
            printf("\nWorth a visit first\n");
        table_print(stdout, suspect_columns, COUNT(suspect_columns), suspects, LINE_COLUMNS,
                    colour_wanted(stdout));
    }
    json_object_set_new(json_array_get(rows, 0), "suspects", suspects);
    if (c->form != FORM_TEXT)
        print_object(c, json_array_get(rows, 0));
    return STATUS_DONE;
}

static enum status
show_rows(struct cli *c, json_t *rows, utc_t from, utc_t to)
{
    if (json_array_size(rows) == 0) {
        say_error(cli_arg(c, 0) != NULL ? "there is no such group"
                                        : "there are no groups: import groups");
        return STATUS_FAILED;
    }
    if (cli_arg(c, 0) != NULL)
        return show_group(c, rows, from, to);
    print_array(c, loss_columns, COUNT(loss_columns), rows);
    return STATUS_DONE;
}

enum status
run_loss(struct cli *c)
{
    enum status status;
    utc_t from, to;
    struct err e;
    json_t *rows;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!loss_period(c->desk->conf, cli_option(c, "--period"), c->desk->now, &from, &to,
                     &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    rows = loss_rows(c->desk->store, c->desk->conf, cli_option(c, "--level"), cli_arg(c, 0),
                     from, to, &e);
    if (rows == NULL)
        return say_failure(&e);
    status = show_rows(c, rows, from, to);
    json_decref(rows);
    return status;
}

/* ---- usage ---- */

static int64_t
milli_of(const json_t *row)
{
    const char *text = json_string_value(json_object_get(row, "use"));
    int64_t milli = 0;
    struct err e;

    return text != NULL && decimal_parse(text, QUANTITY_PLACES, &milli, &e) ? milli : -1;
}

static void
print_bars(const json_t *rows)
{
    const json_t *row;
    int64_t most = 1;
    size_t i;

    json_array_foreach (rows, i, row)
        most = milli_of(row) > most ? milli_of(row) : most;
    json_array_foreach (rows, i, row) {
        int64_t milli = milli_of(row);
        int bar = milli <= 0 ? 0 : (int)((int128)milli * BAR_COLUMNS / most);
        const json_t *year = json_object_get(row, "last_year");

        printf("%s  %10s %-4s %s ", json_string_value(json_object_get(row, "month")),
               milli < 0 ? "-" : json_string_value(json_object_get(row, "use")),
               json_string_value(json_object_get(row, "unit")),
               json_string_value(json_object_get(row, "quality")));
        for (int k = 0; k < bar; k++)
            fputs("\u2588", stdout);
        if (json_is_integer(year))
            printf("  %lld %% of last year", (long long)json_integer_value(year));
        putchar('\n');
    }
}

static bool
months_of(const struct cli *c, int *months)
{
    const char *text = cli_option(c, "--months");
    char *end;
    long n = 12;

    if (text != NULL)
        n = strtol(text, &end, 10);
    *months = (int)n;
    return text == NULL || (*end == '\0' && n >= 1 && n <= 36);
}

enum status
run_usage(struct cli *c)
{
    struct meter meter;
    json_t *rows, *object;
    struct err e;
    int months;

    if (!months_of(c, &months)) {
        say_error("--months takes a whole number from 1 to 36");
        return STATUS_USAGE;
    }
    if (!session_read(c))
        return STATUS_FAILED;
    if (!subject_meter(c, c->args[0], &meter, &e) ||
        (rows = usage_rows(c->desk->store, c->desk->conf, &meter, months, c->desk->now,
                           &e)) == NULL)
        return say_failure(&e);
    object = json_pack("{s:s, s:o}", "meter", meter.meter, "months", rows);
    if (c->form == FORM_TEXT)
        print_bars(rows);
    else
        print_object(c, object);
    json_decref(object);
    return STATUS_DONE;
}

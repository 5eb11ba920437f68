/* hold.c - held readings: a morning's work; edits and estimates. */
#include "lists.h"
#include "subject.h"

#include "meterpost/base/conf.h"
#include "meterpost/metering/hold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 100 /* rows on a terminal, unless --limit says otherwise */

static const struct column rows_of_list[] = {
    {"id", "id", CELL_NUMBER, false},           {"meter", "meter", CELL_TEXT, false},
    {"account", "account", CELL_TEXT, false},   {"value", "value", CELL_NUMBER, false},
    {"unit", "unit", CELL_TEXT, false},         {"history", "history", CELL_TEXT, false},
    {"proposal", "proposal", CELL_TEXT, false}, {"reason", "reason", CELL_SENTENCE, true},
};

static const struct column page[] = {
    {"id", "id", CELL_TEXT, false},
    {"meter", "meter", CELL_TEXT, false},
    {"account", "account", CELL_TEXT, false},
    {"register", "register", CELL_TEXT, false},
    {"value", "value", CELL_TEXT, false},
    {"unit", "unit", CELL_TEXT, false},
    {"taken_at", "taken", CELL_TIME, false},
    {"source", "source", CELL_TEXT, false},
    {"before", "before it", CELL_TEXT, false},
    {"after", "after it", CELL_TEXT, false},
    {"use", "use a day", CELL_TEXT, false},
    {"usual", "usually", CELL_TEXT, false},
    {"history", "history", CELL_TEXT, false},
    {"rules", "rules", CELL_TEXT, false},
    {"reason", "reason", CELL_TEXT, false},
    {"proposal", "proposal", CELL_TEXT, false},
    {"advice", "what to do", CELL_TEXT, false},
};

static const struct column readings_of_page[] = {
    {"taken_at", "taken", CELL_TIME, false}, {"value", "value", CELL_NUMBER, false},
    {"unit", "unit", CELL_TEXT, false},      {"quality", "quality", CELL_TEXT, false},
    {"source", "source", CELL_TEXT, false},  {"status", "status", CELL_STATE, false},
    {"reason", "reason", CELL_TEXT, true},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
number_of(const char *text, int64_t *out)
{
    char *end;

    *out = strtoll(text, &end, 10);
    return *text != '\0' && *end == '\0' && *out > 0;
}

/* ---- list ---- */

static size_t
limit_of(const struct cli *c, bool *good)
{
    const char *text = cli_option(c, "--limit");
    int64_t limit = c->form == FORM_TEXT ? SHOWN : INT64_MAX;

    *good = text == NULL || number_of(text, &limit);
    return (size_t)limit;
}

/* "3 very-high, 1 decrease": when one rule holds too many it wants tuning. */
static void
tell_counts(const struct cli *c, const json_t *rows)
{
    json_t *counts = json_object(), *count;
    const json_t *row;
    const char *rule;
    char line[400];
    size_t i, used = 0;

    json_array_foreach (rows, i, row) {
        rule = json_string_value(json_object_get(row, "rule"));
        json_object_set_new(
            counts, rule,
            json_integer(json_integer_value(json_object_get(counts, rule)) + 1));
    }
    json_object_foreach (counts, rule, count) {
        if (used < sizeof(line))
            used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%lld %s",
                                     used > 0 ? ", " : "",
                                     (long long)json_integer_value(count), rule);
    }
    json_decref(counts);
    say_note(c, "%s: `hold show ID` tells more, then accept, reject or estimate", line);
}

enum status
run_hold_list(struct cli *c)
{
    bool good;
    size_t most = limit_of(c, &good), n;
    struct err e;
    json_t *rows;

    if (!good) {
        say_error("--limit takes a whole number from 1");
        return STATUS_USAGE;
    }
    if (!session_read(c))
        return STATUS_FAILED;
    rows = hold_rows(c->desk->store, c->desk->conf, cli_arg(c, 0), cli_option(c, "--rule"),
                     0, &e);
    if (rows == NULL)
        return say_failure(&e);
    n = json_array_size(rows);
    while (json_array_size(rows) > most)
        json_array_remove(rows, json_array_size(rows) - 1);
    print_array(c, rows_of_list, COUNT(rows_of_list), rows);
    if (n == 0)
        say_note(c, "nothing is held");
    else if (c->form == FORM_TEXT)
        tell_counts(c, rows);
    json_decref(rows);
    return n == 0 ? STATUS_FAILED : STATUS_DONE;
}

/* ---- show ---- */

static enum status
print_page(struct cli *c, json_t *row)
{
    struct list_filter f = {.subject = json_string_value(json_object_get(row, "meter")),
                            .limit = 15};
    struct err e;
    json_t *readings =
        list_array(c->desk->store, "readings", &f, c->desk->conf->decimals, &e);

    if (readings == NULL)
        return say_failure(&e);
    if (c->form == FORM_TEXT) {
        page_print(stdout, page, COUNT(page), row, LINE_COLUMNS, colour_wanted(stdout));
        printf("\nLast readings\n");
        table_print(stdout, readings_of_page, COUNT(readings_of_page), readings,
                    LINE_COLUMNS, colour_wanted(stdout));
    }
    json_object_set_new(row, "readings", readings);
    if (c->form != FORM_TEXT)
        print_object(c, row);
    return STATUS_DONE;
}

enum status
run_hold_show(struct cli *c)
{
    enum status status;
    int64_t id;
    struct err e;
    json_t *rows;

    if (!number_of(c->args[0], &id)) {
        say_error("'%.40s' is no number of a reading", c->args[0]);
        return STATUS_USAGE;
    }
    if (!session_read(c))
        return STATUS_FAILED;
    rows = hold_rows(c->desk->store, c->desk->conf, NULL, NULL, id, &e);
    if (rows == NULL)
        return say_failure(&e);
    if (json_array_size(rows) == 0) {
        json_decref(rows);
        say_error("reading %lld is not held", (long long)id);
        return STATUS_FAILED;
    }
    status = print_page(c, json_array_get(rows, 0));
    json_decref(rows);
    return status;
}

/* ---- decide ---- */

static json_t *
ids_of(const struct cli *c)
{
    json_t *ids = json_array();
    int64_t id;

    for (size_t i = 0; i < c->count; i++) {
        if (!number_of(c->args[i], &id)) {
            say_error("'%.40s' is no number of a reading", c->args[i]);
            json_decref(ids);
            return NULL;
        }
        json_array_append_new(ids, json_integer(id));
    }
    return ids;
}

static void
tell(const struct cli *c, const json_t *row)
{
    const char *error = json_string_value(json_object_get(row, "error"));
    long long id = (long long)json_integer_value(json_object_get(row, "id"));
    const char *method = json_string_value(json_object_get(row, "method"));

    if (error != NULL)
        say_error("%lld: %s", id, error);
    else if (c->form == FORM_TEXT)
        printf("%lld: %s %s %s%s%s\n", id, json_string_value(json_object_get(row, "value")),
               json_string_value(json_object_get(row, "unit")),
               json_string_value(json_object_get(row, "status")),
               method != NULL && *method != '\0' ? ", estimated by method " : "",
               method != NULL ? method : "");
}

static enum status
decide(struct cli *c, const char *verb, json_t *arguments)
{
    json_t *answer;
    const json_t *row;
    enum status status = session_run(c, verb, arguments, &answer);
    size_t i;

    if (answer == NULL)
        return status;
    json_array_foreach (json_object_get(answer, "readings"), i, row)
        tell(c, row);
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    json_decref(answer);
    return status;
}

static enum status
decide_ids(struct cli *c, const char *verb, const char *option)
{
    json_t *ids = ids_of(c), *arguments;
    const char *reason = cli_option(c, option);

    if (ids == NULL)
        return STATUS_USAGE;
    arguments = json_pack("{s:o}", "ids", ids);
    if (reason != NULL)
        json_object_set_new(arguments, "reason", json_string(reason));
    if (strcmp(verb, "hold.accept") == 0 && cli_option(c, "--rollover") != NULL)
        json_object_set_new(arguments, "rollover", json_true());
    return decide(c, verb, arguments);
}

enum status
run_hold_accept(struct cli *c)
{
    return decide_ids(c, "hold.accept", "--reason");
}

enum status
run_hold_reject(struct cli *c)
{
    return decide_ids(c, "hold.reject", "--reason");
}

enum status
run_hold_estimate(struct cli *c)
{
    return decide_ids(c, "hold.estimate", "--reason");
}

/* ---- edit and estimate ---- */

static enum status
change_one(struct cli *c, const char *verb, json_t *arguments)
{
    json_t *answer;
    enum status status = session_run(c, verb, arguments, &answer);

    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        printf("reading %lld: %s %s, quality %s: %s\n",
               (long long)json_integer_value(json_object_get(answer, "id")),
               json_string_value(json_object_get(answer, "value")),
               json_string_value(json_object_get(answer, "unit")),
               json_string_value(json_object_get(answer, "quality")),
               json_string_value(json_object_get(answer, "reason")));
    json_decref(answer);
    return status;
}

enum status
run_reading_edit(struct cli *c)
{
    json_t *arguments;
    int64_t id;

    if (!number_of(c->args[0], &id) || cli_option(c, "--reason") == NULL) {
        say_error("an edit needs the number of the reading, its value and --reason");
        return STATUS_USAGE;
    }
    arguments = json_pack("{s:I, s:s}", "id", (json_int_t)id, "value", c->args[1]);
    cli_pass_option(c, arguments, "reason", "--reason");
    cli_pass_option(c, arguments, "quality", "--quality");
    return change_one(c, "reading.edit", arguments);
}

enum status
run_reading_estimate(struct cli *c)
{
    json_t *arguments;
    struct meter meter;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!subject_meter(c, c->args[0], &meter, &e))
        return say_failure(&e);
    arguments = json_pack("{s:s}", "meter", meter.meter);
    cli_pass_option(c, arguments, "register", "--register");
    cli_pass_option(c, arguments, "taken_at", "--date");
    cli_pass_option(c, arguments, "agreed", "--agreed");
    cli_pass_option(c, arguments, "reason", "--reason");
    return change_one(c, "reading.estimate", arguments);
}

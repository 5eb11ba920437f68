/* round_route.c - who is missing in a round, by cause; and the sheet for who goes there. */
#include "round.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/csv.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/cause.h"
#include "meterpost/metering/reading.h"
#include "meterpost/render/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct telling {
    json_t *causes, *members;
    size_t at; /* of the members: they come in the same order, that of their names */
};

static bool
add_cause(const struct round_cause *cause, void *context)
{
    struct telling *t = context;

    json_array_append_new(t->causes, json_pack("{s:s, s:s, s:i, s:i, s:s, s:s}", "cause",
                                               cause->what, "name", cause->name, "missing",
                                               cause->missing, "of", cause->of, "reason",
                                               cause->reason, "next", cause->next));
    return true;
}

static void
tell_member(const char *meter, const struct round_cause *cause, void *context)
{
    char name[sizeof(cause->what) + sizeof(cause->name)];
    struct telling *t = context;
    json_t *row;

    while ((row = json_array_get(t->members, t->at++)) != NULL) {
        if (strcmp(json_string_value(json_object_get(row, "meter")), meter) != 0)
            continue;
        snprintf(name, sizeof(name), "%s%s%s", cause->what,
                 cause->name[0] != '\0' ? " " : "", cause->name);
        json_object_set_new(row, "cause", json_string(name));
        return;
    }
}

json_t *
round_causes(struct cli *c, const char *name, json_t *members, struct err *e)
{
    struct telling t = {json_array(), members, 0};
    struct round round;
    bool found;

    if (round_by_name(c->desk->store, name, &round, &found, e) &&
        (found || err_set(e, FAIL_REJECT, "there is no round '%.60s'", name)) &&
        metering_round_causes(c->desk->store, &round, add_cause, tell_member, &t, e))
        return t.causes;
    json_decref(t.causes);
    return NULL;
}

/* ---- the sheet ---- */

static const char *const sheet_keys[] = {
    "group", "address", "point",  "location",     "name",           "account",
    "phone", "meter",   "digits", "last_reading", "last_reading_at"};

#define SHEET_KEYS (sizeof(sheet_keys) / sizeof(sheet_keys[0]))

/* With what `import readings` wants behind it: the value and its time are to be filled in,
 * and lines without them are left out there. */
static void
print_csv(const json_t *rows)
{
    const json_t *row;
    char cell[CELL_MAX];
    size_t i;

    for (size_t k = 0; k < SHEET_KEYS; k++)
        csv_put(stdout, sheet_keys[k], k == 0);
    fputs(",register,value,taken_at,source\r\n", stdout);
    json_array_foreach (rows, i, row) {
        for (size_t k = 0; k < SHEET_KEYS; k++) {
            cell_text(json_object_get(row, sheet_keys[k]), CELL_TEXT, cell);
            csv_put(stdout, cell, k == 0);
        }
        csv_put(
            stdout,
            metering_main_register(json_string_value(json_object_get(row, "commodity"))),
            false);
        fputs(",,,manual\r\n", stdout);
    }
}

/* Every value as text: what is not known is an empty box on paper. */
static json_t *
printable(const json_t *rows)
{
    json_t *out = json_array(), *line;
    const json_t *row;
    char cell[CELL_MAX];
    size_t i;

    json_array_foreach (rows, i, row) {
        line = json_pack("{s:i}", "line", (int)i + 1);
        for (size_t k = 0; k < SHEET_KEYS; k++) {
            const json_t *value = json_object_get(row, sheet_keys[k]);

            cell_text(value, strstr(sheet_keys[k], "_at") != NULL ? CELL_TIME : CELL_TEXT,
                      cell);
            json_object_set_new(line, sheet_keys[k], json_string(cell));
        }
        json_array_append_new(out, line);
    }
    return out;
}

static enum status
print_html(struct cli *c, const json_t *rows)
{
    const struct conf *conf = c->desk->conf;
    char path[CONF_PATH_MAX + 64], now[TIME_TEXT_MAX];
    json_t *view;
    struct err e;
    char *text;
    bool good;

    view = json_pack("{s:s, s:s, s:s, s:i, s:o}", "utility", conf->utility.name, "round",
                     c->args[0], "printed_on", clock_date(c->desk->now, now), "count",
                     (int)json_array_size(rows), "lines", printable(rows));
    snprintf(path, sizeof(path), "%s/%s/route.html.mustache", conf->paths.templates,
             conf->utility.language);
    good = template_render_file(path, view, &text, &e);
    json_decref(view);
    if (!good)
        return say_failure(&e);
    fputs(text, stdout);
    free(text);
    return STATUS_DONE;
}

static const struct column sheet[] = {
    {"group", "group", CELL_TEXT, false},
    {"address", "address", CELL_TEXT, true},
    {"point", "point", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, true},
    {"account", "account", CELL_TEXT, false},
    {"meter", "meter", CELL_TEXT, false},
    {"last_reading", "last", CELL_NUMBER, false},
    {"last_reading_at", "on", CELL_TIME, false},
};

enum status
round_route(struct cli *c)
{
    struct list_filter f = {.subject = c->args[0], .limit = INT64_MAX};
    const char *format = cli_option(c, "--format");
    enum status status = STATUS_DONE;
    json_t *rows;
    struct err e;

    rows = list_array(c->desk->store, "route", &f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    if (format == NULL)
        format = c->form == FORM_CSV ? "csv" : c->form == FORM_JSON ? "json" : "txt";
    if (strcmp(format, "csv") == 0)
        print_csv(rows);
    else if (strcmp(format, "html") == 0)
        status = print_html(c, rows);
    else if (strcmp(format, "json") == 0)
        json_dumpf(rows, stdout, JSON_INDENT(2));
    else if (strcmp(format, "txt") == 0)
        table_print(stdout, sheet, sizeof(sheet) / sizeof(sheet[0]), rows, LINE_COLUMNS,
                    colour_wanted(stdout));
    else
        status = STATUS_USAGE;
    if (status == STATUS_USAGE)
        say_error("--format is txt, csv, html or json");
    json_decref(rows);
    return status;
}

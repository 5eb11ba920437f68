/* report.c - reports on the terminal, as CSV or JSON, or as a page in a file. */
#include "file.h"
#include "lists.h"

#include "meterpost/base/text.h"
#include "meterpost/control/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_COLUMNS 24

/* The last day or month that is over, unless --month, --from or --to say otherwise. */
static bool
read_period(struct cli *c, const struct report *r, utc_t *from, utc_t *to, struct err *e)
{
    const char *month = cli_option(c, "--month"), *since = cli_option(c, "--from"),
               *until = cli_option(c, "--to");
    utc_t now = c->desk->now;
    char first[16];

    if (month != NULL) {
        snprintf(first, sizeof(first), "%.7s-01", month);
        if (strlen(month) != 7 || !clock_parse(first, from, e))
            return err_set(e, FAIL_REJECT, "--month takes a month such as 2026-10");
        *to = clock_month_start(*from, 1);
        return true;
    }
    *to = r->by_day ? now : clock_month_start(now, 0);
    if (until != NULL && !clock_parse(until, to, e))
        return false;
    *from = r->by_day ? clock_day_start(*to - 1, 0) : clock_month_start(*to - 1, 0);
    if (since != NULL) {
        if (!clock_parse(since, from, e))
            return false;
        if (until == NULL)
            *to = now;
    }
    return *from < *to || err_set(e, FAIL_REJECT, "the time ends before it begins");
}

/* ---- text ---- */

static int64_t
largest(const struct report_section *s, const json_t *rows)
{
    int64_t most = 1, milli;
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        if (report_milli(json_object_get(row, s->value), &milli) && milli > most)
            most = milli;
    }
    return most;
}

/* One character a row, from low to high: how it went at a glance. */
static void
print_sparkline(const struct report_section *s, const json_t *rows)
{
    static const char *const levels[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};
    int64_t most = largest(s, rows), milli;
    const json_t *row;
    size_t i;

    fputs("  ", stdout);
    json_array_foreach (rows, i, row) {
        if (!report_milli(json_object_get(row, s->value), &milli) || milli < 0)
            milli = 0;
        fputs(levels[milli * 7 / most], stdout);
    }
}

/* The same rows with a bar behind each. */
static json_t *
with_bars(const struct report_section *s, const json_t *rows)
{
    json_t *all = json_array();
    int64_t most = largest(s, rows), milli;
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        char bar[BAR_COLUMNS * 4] = "";
        json_t *copy = json_copy((json_t *)row);
        struct text t;

        text_init(&t, bar, sizeof(bar));
        if (report_milli(json_object_get(row, s->value), &milli) && milli > 0) {
            for (int64_t k = 0; k < (milli * BAR_COLUMNS + most - 1) / most; k++)
                text_add(&t, "\u2588");
        }
        json_object_set_new(copy, "bar", json_string(bar));
        json_array_append_new(all, copy);
    }
    return all;
}

static void
print_section(const struct report_section *s, const json_t *rows)
{
    static const enum cell cells[] = {[REPORT_TEXT] = CELL_TEXT,
                                      [REPORT_NUMBER] = CELL_NUMBER,
                                      [REPORT_MONEY] = CELL_MONEY,
                                      [REPORT_TIME] = CELL_TIME};
    struct column columns[REPORT_COLUMNS_MAX + 1];
    bool chart = s->unit != NULL && json_array_size(rows) > 1;
    json_t *shown = chart ? with_bars(s, rows) : json_incref((json_t *)rows);
    size_t n = 0;

    printf("\n%s", s->title);
    if (chart && json_array_size(rows) > 3)
        print_sparkline(s, rows);
    putchar('\n');
    for (const struct report_column *c = s->columns; c->key != NULL; c++)
        columns[n++] =
            (struct column){c->key, c->header, cells[c->cell],
                            strcmp(c->key, "name") == 0 || strcmp(c->key, "cause") == 0 ||
                                strcmp(c->key, "label") == 0};
    if (chart)
        columns[n++] = (struct column){"bar", "", CELL_TEXT, true};
    if (json_array_size(rows) == 0)
        puts("nothing in this time");
    else
        table_print(stdout, columns, n, shown, LINE_COLUMNS, colour_wanted(stdout));
    json_decref(shown);
}

static void
print_text(const struct report *r, const json_t *built)
{
    printf("%s: %s, %.10s until %.10s\n",
           json_string_value(json_object_get(built, "utility")), r->title,
           json_string_value(json_object_get(built, "from")),
           json_string_value(json_object_get(built, "to")));
    for (const struct report_section *s = r->sections; s->key != NULL; s++)
        print_section(s, json_object_get(json_object_get(built, "sections"), s->key));
}

/* Each section as a table of its own, an empty line between. */
static void
print_csv(const struct cli *c, const struct report *r, const json_t *built)
{
    for (const struct report_section *s = r->sections; s->key != NULL; s++) {
        if (s != r->sections)
            fputs("\r\n", stdout);
        print_array(c, NULL, 0,
                    json_object_get(json_object_get(built, "sections"), s->key));
    }
}

static bool
write_page(struct cli *c, const struct report *r, const json_t *built, const char *path,
           struct err *e)
{
    char *page = report_html(c->desk, r, built, e);
    bool good = page != NULL && file_write(path, page, strlen(page), e);

    free(page);
    if (good)
        say_note(c, "%s: written", path);
    return good;
}

enum status
run_report(struct cli *c)
{
    const struct report *r = report_find(strchr(c->command->words, ' ') + 1);
    const char *path;
    bool good = true;
    utc_t from, to;
    struct err e;
    json_t *built;

    if (!session_read(c))
        return STATUS_FAILED;
    path = cli_option(c, "--html");
    if (!read_period(c, r, &from, &to, &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    if ((built = report_build(c->desk, r, from, to, &e)) == NULL)
        return say_failure(&e);
    if (path != NULL)
        good = write_page(c, r, built, path, &e);
    else if (c->form == FORM_TEXT)
        print_text(r, built);
    else if (c->form == FORM_CSV)
        print_csv(c, r, built);
    else
        print_object(c, built);
    json_decref(built);
    return good ? STATUS_DONE : say_failure(&e);
}

/*
 * try.c - `meterpost try`: what the engine would make of an input. No store, no device.
 *
 * Each kind is one function from an object to an object. On the command line the object is
 * made of the arguments; with "-" objects come one a line, and one a line goes out.
 */
#include "cli.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/segment.h"
#include "table.h"
#include "try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)4 * 1024 * 1024)

/* ---- one object a line ---- */

static void
print_line(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout); /* somebody may be waiting for this answer before the next question */
    json_decref(object);
}

static json_t *
error_object(const char *text)
{
    return json_pack("{s:s}", "error", text);
}

static json_t *
answer_line(try_fn *run, void *context, const char *line, size_t n)
{
    json_error_t at;
    json_t *in, *out;
    struct err e;

    if (n > LINE_MAX_BYTES)
        return error_object("the line is longer than 4 MiB");
    if ((in = json_loadb(line, n, JSON_REJECT_DUPLICATES, &at)) == NULL) {
        err_set(&e, FAIL_REJECT, "no JSON: %s, at character %d", at.text, at.column);
        return error_object(e.text);
    }
    if (!json_is_object(in)) {
        json_decref(in);
        return error_object("the line holds no object");
    }
    out = run(context, in, &e);
    json_decref(in);
    return out == NULL ? error_object(e.text) : out;
}

static bool
is_blank(const char *line)
{
    return line[strspn(line, " \t\r\n")] == '\0';
}

enum status
try_lines(try_fn *run, void *context)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t n;

    while ((n = getline(&line, &size, stdin)) >= 0) {
        if (!is_blank(line))
            print_line(answer_line(run, context, line, (size_t)n));
    }
    free(line);
    return STATUS_DONE;
}

/* ---- one object for a person ---- */

static void
print_member(const char *key, const json_t *value)
{
    char text[CELL_MAX];

    if (json_is_object(value)) {
        char *dumped = json_dumps(value, 0);

        printf("%-12s %s\n", key, dumped == NULL ? "" : dumped);
        free(dumped);
        return;
    }
    cell_text(value, CELL_TEXT, text);
    if (*text != '\0')
        printf("%-12s %s\n", key, text);
}

static void
print_rows(const char *key, const json_t *rows)
{
    struct column columns[TABLE_COLUMNS_MAX];
    const json_t *row;
    const char *name;
    json_t *value;
    size_t r, n = 0;

    json_array_foreach (rows, r, row) {
        json_object_foreach ((json_t *)row, name, value) {
            size_t i = 0;

            while (i < n && strcmp(columns[i].key, name) != 0)
                i++;
            if (i == n && n < TABLE_COLUMNS_MAX)
                columns[n++] = (struct column){name, name, CELL_TEXT, true};
        }
    }
    printf("%s\n", key);
    table_print(stdout, columns, n, rows, LINE_COLUMNS, colour_wanted(stdout));
}

static void
print_for_person(const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)object, key, value) {
        if (strcmp(key, "text") == 0 && json_object_size(object) == 1)
            fputs(json_string_value(value), stdout);
        else if (json_is_array(value) && json_is_object(json_array_get(value, 0)))
            print_rows(key, value);
        else
            print_member(key, value);
    }
}

enum status
try_once(struct cli *c, try_fn *run, void *context, json_t *in)
{
    struct err e;
    json_t *out = run(context, in, &e);

    json_decref(in);
    if (out == NULL && c->form == FORM_JSON)
        print_line(error_object(e.text));
    if (out == NULL)
        return say_failure(&e);
    if (c->form == FORM_JSON)
        json_dumpf(out, stdout, JSON_INDENT(2));
    else
        print_for_person(out);
    if (c->form == FORM_JSON)
        putchar('\n');
    json_decref(out);
    return STATUS_DONE;
}

bool
try_is_lines(const struct cli *c)
{
    return c->count == 1 && strcmp(c->args[0], "-") == 0;
}

/* ---- text ---- */

static json_t *
try_text(void *context, const json_t *in, struct err *e)
{
    const char *text = json_string_value(json_object_get(in, "text"));

    (void)context;
    if (text == NULL) {
        err_set(e, FAIL_REJECT, "the object needs a text in \"text\"");
        return NULL;
    }
    return segment_try(text, e);
}

enum status
run_try_text(struct cli *c)
{
    if (try_is_lines(c))
        return try_lines(try_text, NULL);
    return try_once(c, try_text, NULL, json_pack("{s:s}", "text", c->args[0]));
}

#include "cli.h"

#include "lists.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
print_for_person(const json_t *object)
{
    char text[CELL_MAX];
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)object, key, value) {
        if (json_is_object(value) || json_is_object(json_array_get(value, 0)))
            continue;
        cell_text(value, CELL_TEXT, text);
        if (*text != '\0')
            printf("%-18s %s\n", key, text_for_terminal(text));
    }
}

void
print_object(const struct cli *c, const json_t *object)
{
    switch (c->form) {
    case FORM_JSON:
        json_dumpf(object, stdout, isatty(STDOUT_FILENO) ? JSON_INDENT(2) : 0);
        putchar('\n');
        break;
    case FORM_CSV:
        csv_header_print(stdout, object);
        csv_row_print(stdout, object);
        break;
    case FORM_TEXT: print_for_person(object); break;
    }
}

void
print_array(const struct cli *c, const struct column *columns, size_t n, const json_t *rows)
{
    const json_t *row;
    size_t i;

    if (c->form == FORM_TEXT) {
        table_print(stdout, columns, n, rows, LINE_COLUMNS, colour_wanted(stdout));
        return;
    }
    if (c->form == FORM_JSON) {
        json_dumpf(rows, stdout, isatty(STDOUT_FILENO) ? JSON_INDENT(2) : 0);
        putchar('\n');
        return;
    }
    json_array_foreach (rows, i, row) {
        if (i == 0)
            csv_header_print(stdout, row);
        csv_row_print(stdout, row);
    }
}

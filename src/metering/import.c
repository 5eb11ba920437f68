#include "meterpost/metering/import.h"

#include "import_kind.h"
#include "meterpost/base/text.h"
#include "seen.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_NAMES_MAX CSV_FIELDS_MAX

static const struct import_kind *const kinds[] = {
    &import_groups,   &import_points, &import_concentrators, &import_collectors,
    &import_accounts, &import_meters, &import_staff,         &import_readings,
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *
import_kind_name(size_t index)
{
    return index < KINDS ? kinds[index]->name : NULL;
}

const struct import_kind *
import_kind_find(const char *name, struct err *e)
{
    char buffer[200];
    struct text all;

    text_init(&all, buffer, sizeof(buffer));
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
        text_addf(&all, "%s%s", i == 0 ? "" : ", ", kinds[i]->name);
    }
    err_set(e, FAIL_REJECT, "there is no kind '%s' of file; there are %s", name, buffer);
    return NULL;
}

/* ---- the place of a fault ---- */

static const struct column *
find_column(const struct import_kind *kind, const char *name)
{
    for (const struct column *c = kind->columns; c->name != NULL; c++) {
        if (strcmp(c->name, name) == 0)
            return c;
    }
    return NULL;
}

static const struct csv_field *
field_of(const struct import *im, const char *column)
{
    for (size_t i = 0; i < im->count; i++) {
        if (strcmp(im->columns[i]->name, column) == 0)
            return &im->row->at[i];
    }
    return &im->row->at[0]; /* the column is not in this file */
}

bool
import_has(const struct import *im, const char *column)
{
    for (size_t i = 0; i < im->count; i++) {
        if (strcmp(im->columns[i]->name, column) == 0)
            return true;
    }
    return false;
}

const char *
import_field(const struct import *im, const char *column)
{
    return import_has(im, column) ? field_of(im, column)->text : "";
}

/* Did the column have none in this row before? */
static bool
first_fault(struct import *im, const char *column)
{
    size_t i = (size_t)(find_column(im->kind, column) - im->kind->columns);
    bool first = !im->told[i];

    im->told[i] = true;
    return first;
}

bool
import_fault(struct import *im, const char *column, const char *fmt, ...)
{
    const struct csv_field *field = field_of(im, column);
    char what[PROBLEM_TEXT_MAX];
    va_list args;

    if (!first_fault(im, column))
        return true;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    problems_add(im->problems, im->file, field->line, field->column, "%s: %s", column,
                 what);
    return true;
}

void
import_there(struct import *im, const char *what, const char *name, bool found, utc_t until)
{
    const char *column = im->kind->columns[0].name;
    char day[TIME_TEXT_MAX];

    if (found && until != 0)
        import_fault(im, column, "%s '%s' was closed on %s", what, name,
                     clock_date(until, day));
    else if (found != (im->edit != NULL))
        import_fault(im, column, "%s '%s' is %s", what, name,
                     found ? "there already" : "not there");
}

void
import_once(struct import *im, const char *column, const char *value)
{
    unsigned first;

    if (!seen_add(im->seen, column, value, im->row->at[0].line, &first))
        import_fault(im, column, "not enough memory for this file");
    else if (first != 0)
        import_fault(im, column, "'%s' stands in line %u already", value, first);
}

/* ---- the header ---- */

/* The column that was meant, as far as one can tell; or NULL. */
static const struct column *
unknown_column(struct import *im, const struct csv_field *field)
{
    const char *names[COLUMN_NAMES_MAX], *near;
    size_t n = 0;

    for (const struct column *c = im->kind->columns; c->name != NULL; c++)
        names[n++] = c->name;
    near = nearest_word(field->text, names, n);
    problems_add(im->problems, im->file, field->line, field->column,
                 "a file of %s has no column '%s'%s%s%s", im->kind->name, field->text,
                 near != NULL ? "; is it '" : "", near != NULL ? near : "",
                 near != NULL ? "'?" : "");
    return near != NULL ? find_column(im->kind, near) : NULL;
}

static bool
has_column(const struct import *im, const struct column *c)
{
    for (size_t i = 0; i < im->count; i++) {
        if (im->columns[i] == c)
            return true;
    }
    return false;
}

/* Which column each field is. False when the rows cannot be read for what they are. */
static bool
read_header(struct import *im)
{
    size_t before = problems_total(im->problems);

    if (im->row->count == 1 && strchr(im->row->at[0].text, ';') != NULL)
        return problems_add(im->problems, im->file, im->row->at[0].line, 1,
                            "expected commas between the columns, got semicolons");
    for (size_t i = 0; i < im->row->count; i++) {
        const struct csv_field *field = &im->row->at[i];
        const struct column *c = find_column(im->kind, field->text);

        if (c != NULL && has_column(im, c))
            problems_add(im->problems, im->file, field->line, field->column,
                         "column '%s' stands here a second time", field->text);
        if (c == NULL)
            c = unknown_column(im, field);
        if (c != NULL)
            im->columns[im->count++] = c;
    }
    for (const struct column *c = im->kind->columns; c->name != NULL; c++) {
        if (c->need != NEED_NOTHING && !has_column(im, c))
            problems_add(im->problems, im->file, 1, 1, "the column '%s' is missing",
                         c->name);
    }
    return problems_total(im->problems) == before;
}

/* ---- the rows ---- */

/* Without the spaces around it that spreadsheets leave. */
static void
trim(char *to, const char *from)
{
    size_t n;

    from += strspn(from, " \t");
    n = strlen(from);
    while (n > 0 && strchr(" \t", from[n - 1]) != NULL)
        n--;
    memcpy(to, from, n);
    to[n] = '\0';
}

/* One value; false only when the store failed. */
static bool
read_value(struct import *im, size_t i, char *row, struct err *e)
{
    const struct column *c = im->columns[i];
    char value[CSV_ROW_MAX];

    trim(value, im->row->at[i].text);
    if (c->read == NULL)
        return true;
    if (value[0] == '\0') {
        if (c->need == NEED_VALUE)
            import_fault(im, c->name, "expected a value, the field is empty");
        return true;
    }
    if (c->read(im, value, row + c->at, c->size, e)) {
        if (c->once)
            import_once(im, c->name, row + c->at);
        return true;
    }
    if (e->kind != FAIL_REJECT)
        return false;
    return import_fault(im, c->name, "%s", e->text);
}

/* What the store refused is a fault of the row; false when the store failed. */
static bool
or_fault(struct import *im, bool good, const struct err *e)
{
    return good || (e->kind == FAIL_REJECT &&
                    import_fault(im, im->kind->columns[0].name, "%s", e->text));
}

static bool
take_row(struct import *im, char *row, struct err *e)
{
    size_t before = problems_total(im->problems);

    if (im->kind->blank != NULL && im->kind->blank(im))
        return true;
    memset(row, 0, im->kind->row_size);
    memset(im->told, 0, sizeof(im->told));
    if (im->kind->start != NULL)
        im->kind->start(im, row);
    for (size_t i = 0; i < im->count; i++) {
        if (!read_value(im, i, row, e))
            return false;
    }
    if (!or_fault(im, im->kind->look(im, row, e), e))
        return false;
    if (problems_total(im->problems) != before)
        return true;
    im->result->rows++;
    return or_fault(im, im->kind->keep(im, row, e), e);
}

static bool
take_rows(struct import *im, struct csv *csv, struct csv_row *row, struct err *e)
{
    char *line = malloc(im->kind->row_size);

    if (line == NULL)
        return err_set(e, FAIL_RETRY, "not enough memory");
    im->row = row;
    if (!csv_next(csv, row, im->problems)) {
        if (problems_none(im->problems))
            problems_add(im->problems, im->file, 0, 0, "the file is empty");
    } else if (read_header(im)) {
        while (csv_next(csv, row, im->problems)) {
            if (!take_row(im, line, e)) {
                err_in(e, "%s: line %u", im->file, row->at[0].line);
                free(line);
                return false;
            }
        }
    }
    free(line);
    return im->kind->finish == NULL || im->kind->finish(im, e);
}

static bool
import_all(struct import *im, const char *kind, const char *text, size_t n, struct err *e)
{
    struct csv_row *row = malloc(sizeof(*row));
    struct csv *csv = csv_open(im->file, text, n);
    size_t before = problems_total(im->problems), first = im->problems->count;
    bool done;

    *im->result = (struct import_result){0};
    im->kind = import_kind_find(kind, e);
    im->seen = seen_create();
    if (im->kind == NULL)
        done = false;
    else if (row == NULL || csv == NULL || im->seen == NULL)
        done = err_set(e, FAIL_RETRY, "not enough memory");
    else
        done = take_rows(im, csv, row, e);
    free(im->rest);
    seen_destroy(im->seen);
    csv_close(csv);
    free(row);
    problems_sort(im->problems, first);
    if (done && problems_total(im->problems) != before)
        done = problems_err(im->problems, e);
    return done;
}

bool
import_text(const struct import_context *context, const char *kind, const char *file,
            const char *text, size_t n, struct import_result *out, struct problems *p,
            struct err *e)
{
    struct import im = {
        .with = context, .result = out, .problems = p, .file = file, .at = context->now};

    return import_all(&im, kind, text, n, e);
}

bool
import_one(const struct import_context *context, const char *kind, const char *text,
           size_t n, struct import_edit *edit, struct problems *p, struct err *e)
{
    struct import_result result;
    struct import im = {.with = context,
                        .result = &result,
                        .problems = p,
                        .file = kind,
                        .by_hand = true,
                        .edit = edit,
                        .at = edit != NULL ? edit->at : context->now};

    return import_all(&im, kind, text, n, e);
}

#include "meterpost/base/csv.h"

#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>

struct csv {
    const char *file;
    const char *text;
    size_t size, next;     /* bytes, and the one to read next */
    unsigned line, column; /* of that one */
    size_t rows, fields;   /* rows so far; fields of the first */
    size_t used;           /* of `buffer` */
    char separator;
    char buffer[CSV_ROW_MAX];
};

enum end { END_FIELD, END_ROW, END_BAD };

struct csv *
csv_open(const char *file, const char *text, size_t n)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct csv *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return NULL;
    c->file = file;
    c->text = text;
    c->size = n;
    c->line = c->column = 1;
    c->separator = ',';
    if (n >= 3 && memcmp(text, mark, 3) == 0)
        c->next = 3;
    return c;
}

void
csv_set(struct csv *c, char separator, unsigned skipped)
{
    c->separator = separator;
    c->line += skipped;
}

void
csv_close(struct csv *c)
{
    free(c);
}

/* The byte to read next, -1 at the end. */
static int
peek(const struct csv *c)
{
    return c->next < c->size ? (unsigned char)c->text[c->next] : -1;
}

static void
skip(struct csv *c)
{
    unsigned char byte = (unsigned char)c->text[c->next++];

    if (byte == '\n') {
        c->line++;
        c->column = 1;
    } else if ((byte & 0xC0) != 0x80) {
        c->column++; /* bytes within a character have no place of their own */
    }
}

/* Move the byte to the buffer. False when the row is too long: there stays room for the
 * NUL of every field. */
static bool
keep(struct csv *c)
{
    if (c->used + CSV_FIELDS_MAX >= sizeof(c->buffer))
        return false;
    c->buffer[c->used++] = c->text[c->next];
    skip(c);
    return true;
}

static bool
at_line_end(const struct csv *c)
{
    return peek(c) == '\n' ||
           (peek(c) == '\r' && c->next + 1 < c->size && c->text[c->next + 1] == '\n');
}

static void
skip_line(struct csv *c)
{
    while (peek(c) != -1 && peek(c) != '\n')
        skip(c);
    if (peek(c) != -1)
        skip(c);
}

/* Report at the byte to read next. */
static enum end
bad_here(struct csv *c, struct problems *p, const char *what)
{
    problems_add(p, c->file, c->line, c->column, "%s", what);
    return END_BAD;
}

/* What stands after a field: a comma, the end of the row, or something wrong. */
static enum end
end_field(struct csv *c, struct problems *p)
{
    if (peek(c) == c->separator) {
        skip(c);
        return END_FIELD;
    }
    if (peek(c) == -1)
        return END_ROW;
    if (at_line_end(c)) {
        skip_line(c);
        return END_ROW;
    }
    return bad_here(c, p, "expected a comma or the end of the line after the quote");
}

static enum end
read_quoted(struct csv *c, const struct csv_field *field, struct problems *p)
{
    skip(c);
    for (;;) {
        if (peek(c) == -1) {
            problems_add(p, c->file, field->line, field->column,
                         "the quote that opens here is never closed");
            return END_BAD;
        }
        if (peek(c) == '"') {
            skip(c);
            if (peek(c) != '"')
                return end_field(c, p);
        }
        if (!keep(c))
            return bad_here(c, p, "the row is too long; is a quote missing?");
    }
}

static enum end
read_plain(struct csv *c, struct problems *p)
{
    while (peek(c) != -1 && peek(c) != c->separator && !at_line_end(c)) {
        if (peek(c) == '"')
            return bad_here(c, p,
                            "a quote within a field; put the whole field in quotes "
                            "and double those within");
        if (!keep(c))
            return bad_here(c, p, "the row is too long");
    }
    return end_field(c, p);
}

static bool
has_controls(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (((unsigned char)s[i] < ' ' && strchr("\t\r\n", s[i]) == NULL) || s[i] == 0x7F ||
            s[i] == '\0')
            return true;
    }
    return false;
}

static enum end
read_field(struct csv *c, struct csv_field *field, struct problems *p)
{
    size_t start = c->used;
    enum end end;
    const char *wrong = NULL;

    *field = (struct csv_field){c->buffer + start, c->line, c->column};
    end = peek(c) == '"' ? read_quoted(c, field, p) : read_plain(c, p);
    if (end == END_BAD)
        return end;
    if (has_controls(field->text, c->used - start))
        wrong = "a control character in this field";
    else if (!utf8_valid(field->text, c->used - start))
        wrong = "this field is not UTF-8; save the file as UTF-8";
    if (wrong != NULL) {
        problems_add(p, c->file, field->line, field->column, "%s", wrong);
        field->text = NULL; /* the row is bad, the place in the file is good */
    }
    c->buffer[c->used++] = '\0';
    return end;
}

/* One row, good or bad: false when it is bad. */
static bool
read_row(struct csv *c, struct csv_row *row, struct problems *p)
{
    bool good = true;
    enum end end;

    row->count = 0;
    c->used = 0;
    do {
        if (row->count == CSV_FIELDS_MAX) {
            bad_here(c, p, "more than 40 fields in this row");
            skip_line(c);
            return false;
        }
        end = read_field(c, &row->at[row->count], p);
        if (end == END_BAD) {
            skip_line(c);
            return false;
        }
        good = good && row->at[row->count].text != NULL;
        row->count++;
    } while (end == END_FIELD);
    return good;
}

static bool
same_length(struct csv *c, const struct csv_row *row, struct problems *p)
{
    if (c->rows == 1)
        c->fields = row->count;
    if (row->count == c->fields)
        return true;
    return problems_add(p, c->file, row->at[0].line, 1,
                        "expected %zu fields as in the first row, got %zu", c->fields,
                        row->count);
}

bool
csv_next(struct csv *c, struct csv_row *row, struct problems *p)
{
    for (;;) {
        while (at_line_end(c))
            skip_line(c);
        if (peek(c) == -1)
            return false;
        if (++c->rows > CSV_ROWS_MAX) {
            bad_here(c, p, "more than a million rows; cut the file");
            c->next = c->size;
            return false;
        }
        if (read_row(c, row, p) && same_length(c, row, p))
            return true;
        if (c->rows == 1) { /* without it nobody knows how many fields a row has */
            c->next = c->size;
            return false;
        }
    }
}

void
csv_put(FILE *to, const char *field, bool first)
{
    if (!first)
        fputc(',', to);
    if (field[strcspn(field, ",\"\r\n")] == '\0') {
        fputs(field, to);
        return;
    }
    fputc('"', to);
    for (; *field != '\0'; field++) {
        if (*field == '"')
            fputc('"', to);
        fputc(*field, to);
    }
    fputc('"', to);
}

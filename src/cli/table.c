#include "table.h"

#include "phrase.h"

#include "meterpost/base/csv.h"
#include "meterpost/base/text.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define GAP        2  /* columns between two; 1 where the line is too long otherwise */
#define NARROW     8  /* a flexible column keeps these */
#define LINE_LEAST 40 /* narrower terminals wrap */
#define RED        "\033[31m"
#define BOLD       "\033[1m"
#define PLAIN      "\033[0m"

/* ---- width ---- */

/* wcwidth() knows widths by the locale of the thread: glibc always has C.UTF-8. */
static int
point_width(uint32_t point)
{
    static locale_t utf8;
    locale_t before;
    int width;

    if (utf8 == (locale_t)0)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (utf8 == (locale_t)0)
        return 1;
    before = uselocale(utf8);
    width = wcwidth((wchar_t)point);
    uselocale(before);
    return width < 0 ? 0 : width;
}

static bool
is_blank(uint32_t point)
{
    return point == '\n' || point == '\t' || point == '\r';
}

size_t
width_of(const char *text)
{
    size_t n = strlen(text), width = 0;
    uint32_t point;

    for (size_t i = 0; i < n;) {
        int bytes = utf8_next(text + i, n - i, &point);

        if (bytes <= 0) {
            i++;
            width++;
            continue;
        }
        i += (size_t)bytes;
        width += is_blank(point) ? 1 : (size_t)point_width(point);
    }
    return width;
}

void
width_clip(const char *text, size_t columns, char *out)
{
    size_t n = strlen(text), used = 0, width = 0;
    bool cut = width_of(text) > columns;
    size_t room = cut && columns > 0 ? columns - 1 : columns;
    uint32_t point;

    for (size_t i = 0; i < n;) {
        int bytes = utf8_next(text + i, n - i, &point);
        size_t w;

        if (bytes <= 0) {
            bytes = 1;
            point = '?';
        }
        i += (size_t)bytes;
        if (is_blank(point))
            point = ' ';
        w = (size_t)point_width(point);
        if (width + w > room || used + 8 >= CELL_MAX)
            break;
        if (w > 0 || point > 0x9f) /* control characters stay away from terminals */
            used += (size_t)utf8_put(point, out + used);
        width += w;
    }
    if (cut && columns > 0)
        used += (size_t)utf8_put(0x2026, out + used);
    out[used] = '\0';
}

/* ---- one cell ---- */

static void
add_thousands(const char *amount, char *out)
{
    size_t sign = *amount == '-', whole = strcspn(amount + sign, "."), used = 0;
    const char *digits = amount + sign;

    if (sign)
        out[used++] = '-';
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    text_clip(out + used, CELL_MAX - used, digits + whole);
}

/* "2026-11-22T17:20:05+03:00" to "2026-11-22 17:20". */
static void
short_time(const char *iso, char *out)
{
    text_clip(out, CELL_MAX, iso);
    if (strlen(out) > 16 && out[10] == 'T') {
        out[10] = ' ';
        out[16] = '\0';
    }
}

static void
join_words(const json_t *array, const char *between, char *out, size_t size)
{
    struct text t;
    const json_t *item;
    size_t i;

    text_init(&t, out, size);
    json_array_foreach (array, i, item) {
        if (i > 0)
            text_add(&t, between);
        if (json_is_string(item))
            text_add(&t, json_string_value(item));
    }
}

void
cell_text(const json_t *value, enum cell cell, char *out)
{
    const char *text = json_string_value(value);

    *out = '\0';
    if (json_is_integer(value))
        snprintf(out, CELL_MAX, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        text_clip(out, CELL_MAX, json_is_true(value) ? "yes" : "no");
    else if (json_is_array(value))
        join_words(value, ", ", out, CELL_MAX);
    else if (text != NULL && cell == CELL_MONEY && strlen(text) < 40)
        add_thousands(text, out);
    else if (text != NULL && cell == CELL_TIME)
        short_time(text, out);
    else if (text != NULL)
        text_clip(out, CELL_MAX, text);
}

void
pad_print(FILE *to, const char *text, size_t columns)
{
    size_t wide = width_of(text);

    fprintf(to, "%s%*s", text, wide < columns ? (int)(columns - wide) : 0, "");
}

bool
colour_wanted(FILE *to)
{
    const char *term = getenv("TERM");

    return isatty(fileno(to)) && getenv("NO_COLOR") == NULL && term != NULL &&
           strcmp(term, "dumb") != 0;
}

/* Words that ask for attention; red only underlines what the word says. */
static bool
is_bad_word(const char *word)
{
    static const char *const bad[] = {"failed",     "expired", "undelivered", "in_doubt",
                                      "held",       "missing", "quarantined", "rejected",
                                      "no_network", "stopped", "bad",         "deaf",
                                      "mute"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (strcmp(word, bad[i]) == 0)
            return true;
    }
    return false;
}

static bool
goes_right(enum cell cell)
{
    return cell == CELL_NUMBER || cell == CELL_MONEY;
}

static void
print_spaces(FILE *to, size_t n)
{
    while (n-- > 0)
        fputc(' ', to);
}

/* One padded cell; the last of a line gets no spaces behind it. */
static void
print_cell(FILE *to, const char *text, enum cell cell, size_t width, bool last, bool colour)
{
    char shown[CELL_MAX];
    bool red = colour && cell == CELL_STATE && is_bad_word(text);
    size_t used;

    width_clip(text, width, shown);
    text_for_terminal(shown);
    used = width_of(shown);
    if (goes_right(cell))
        print_spaces(to, width - used);
    fprintf(to, "%s%s%s", red ? RED : "", shown, red ? PLAIN : "");
    if (!last && !goes_right(cell))
        print_spaces(to, width - used);
}

/* ---- the table ---- */

struct layout {
    size_t width[TABLE_COLUMNS_MAX]; /* 0: the column is left out */
    size_t last;                     /* column that ends the line */
    size_t gap;                      /* between two columns */
};

static void
measure(const struct column *columns, size_t n, const json_t *rows, struct layout *out)
{
    const json_t *row;
    size_t r;

    *out = (struct layout){.gap = GAP};
    for (size_t i = 0; i < n; i++) {
        char text[CELL_MAX];

        json_array_foreach (rows, r, row) {
            size_t w;

            cell_text(json_object_get(row, columns[i].key), columns[i].cell, text);
            w = width_of(text);
            out->width[i] = w > out->width[i] ? w : out->width[i];
        }
        if (out->width[i] == 0)
            continue;
        if (width_of(phrase(columns[i].header)) > out->width[i])
            out->width[i] = width_of(phrase(columns[i].header));
        out->last = i;
    }
}

static size_t
line_width(const struct layout *at, size_t n)
{
    size_t width = 0;

    for (size_t i = 0; i < n; i++)
        width += at->width[i] == 0 ? 0 : at->width[i] + at->gap;
    return width == 0 ? 0 : width - at->gap;
}

/* Take from the widest flexible column until the line fits or nothing is left to take. */
static void
squeeze(const struct column *columns, size_t n, struct layout *at, size_t line)
{
    for (size_t width = line_width(at, n); width > line; width--) {
        size_t widest = n;

        for (size_t i = 0; i < n; i++) {
            if (columns[i].flexible && at->width[i] > NARROW &&
                (widest == n || at->width[i] > at->width[widest]))
                widest = i;
        }
        if (widest == n)
            return;
        at->width[widest]--;
    }
}

static void
print_header(FILE *to, const struct column *columns, size_t n, const struct layout *at,
             bool colour)
{
    if (colour)
        fputs(BOLD, to);
    for (size_t i = 0; i < n; i++) {
        if (at->width[i] == 0)
            continue;
        print_cell(to, phrase(columns[i].header),
                   goes_right(columns[i].cell) ? CELL_NUMBER : CELL_TEXT, at->width[i],
                   i == at->last, false);
        if (i != at->last)
            print_spaces(to, at->gap);
    }
    fprintf(to, "%s\n", colour ? PLAIN : "");
}

/* What of *text fits into so many columns, up to a space or behind a comma, of which *text
 * is moved on; one word at least. */
static void
take_words(const char **text, size_t columns, char out[CELL_MAX])
{
    size_t used = 0, spaces = 0;

    out[0] = '\0';
    while (**text != '\0') {
        size_t n = strcspn(*text, " ,");
        char tried[CELL_MAX];

        n += (*text)[n] == ',';
        snprintf(tried, sizeof(tried), "%s%*s%.*s", out, (int)spaces, "", (int)n, *text);
        if (used > 0 && width_of(tried) > columns)
            return;
        used = strlen(tried);
        memcpy(out, tried, used + 1);
        *text += n;
        spaces = strspn(*text, " ");
        *text += spaces;
    }
}

/* One line of a row: what is left of its cells. Nothing is printed behind the last cell
 * that holds something; true when something is left for the line below. */
static bool
print_line(FILE *to, const struct column *columns, size_t n, const struct layout *at,
           const char **left, bool colour)
{
    char text[TABLE_COLUMNS_MAX][CELL_MAX];
    size_t last = 0;
    bool more = false;

    for (size_t i = 0; i < n; i++) {
        if (columns[i].cell == CELL_SENTENCE)
            take_words(&left[i], at->width[i], text[i]);
        else {
            text_clip(text[i], CELL_MAX, left[i]);
            left[i] = "";
        }
        more = more || *left[i] != '\0';
        last = *text[i] != '\0' ? i : last;
    }
    for (size_t i = 0; i <= last; i++) {
        if (at->width[i] == 0)
            continue;
        print_cell(to, text[i], columns[i].cell, at->width[i], i == last, colour);
        if (i != last)
            print_spaces(to, at->gap);
    }
    fputc('\n', to);
    return more;
}

static void
print_row(FILE *to, const struct column *columns, size_t n, const struct layout *at,
          const json_t *row, bool colour)
{
    char text[TABLE_COLUMNS_MAX][CELL_MAX];
    const char *left[TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < n; i++) {
        cell_text(json_object_get(row, columns[i].key), columns[i].cell, text[i]);
        left[i] = text[i];
    }
    while (print_line(to, columns, n, at, left, colour))
        continue;
}

/* A terminal knows better how long a line is. */
static size_t
line_of(FILE *to, size_t line)
{
    struct winsize w;
    int fd = fileno(to); /* -1: no file at all */

    if (fd == -1 || ioctl(fd, TIOCGWINSZ, &w) == -1 || w.ws_col < LINE_LEAST)
        return line;
    return w.ws_col;
}

void
table_print(FILE *to, const struct column *columns, size_t n, const json_t *rows,
            size_t line, bool colour)
{
    struct layout at;
    const json_t *row;
    size_t r;

    if (json_array_size(rows) == 0)
        return;
    line = line_of(to, line);
    measure(columns, n, rows, &at);
    squeeze(columns, n, &at, line);
    if (line_width(&at, n) > line) {
        measure(columns, n, rows, &at);
        at.gap = 1;
        squeeze(columns, n, &at, line);
    }
    print_header(to, columns, n, &at, colour);
    json_array_foreach (rows, r, row)
        print_row(to, columns, n, &at, row, colour);
}

void
page_print(FILE *to, const struct column *columns, size_t n, const json_t *object,
           size_t line, bool colour)
{
    size_t names = 0;

    for (size_t i = 0; i < n; i++) {
        size_t w = width_of(phrase(columns[i].header));

        names = w > names ? w : names;
    }
    for (size_t i = 0; i < n; i++) {
        char text[CELL_MAX];

        cell_text(json_object_get(object, columns[i].key), columns[i].cell, text);
        if (*text == '\0')
            continue;
        print_cell(to, phrase(columns[i].header), CELL_TEXT, names, false, false);
        print_spaces(to, GAP);
        print_cell(to, text, columns[i].cell == CELL_STATE ? CELL_STATE : CELL_TEXT,
                   line - names - GAP, true, colour);
        fputc('\n', to);
    }
}

/* ---- CSV ---- */

static void
put_value(FILE *to, const json_t *value, bool first)
{
    char text[CELL_MAX];
    char *dumped;

    if (json_is_string(value)) {
        csv_put(to, json_string_value(value), first);
    } else if (json_is_array(value) && !json_is_object(json_array_get(value, 0))) {
        join_words(value, ";", text, sizeof(text));
        csv_put(to, text, first);
    } else if (json_is_array(value) || json_is_object(value)) {
        dumped = json_dumps(value, JSON_COMPACT);
        csv_put(to, dumped == NULL ? "" : dumped, first);
        free(dumped);
    } else {
        cell_text(value, CELL_TEXT, text);
        csv_put(to, text, first);
    }
}

void
csv_row_print(FILE *to, const json_t *row)
{
    const char *key;
    json_t *value;
    bool first = true;

    json_object_foreach ((json_t *)row, key, value) {
        put_value(to, value, first);
        first = false;
    }
    fputs("\r\n", to);
}

void
csv_header_print(FILE *to, const json_t *row)
{
    const char *key;
    json_t *value;
    bool first = true;

    json_object_foreach ((json_t *)row, key, value) {
        csv_put(to, key, first);
        first = false;
    }
    fputs("\r\n", to);
}

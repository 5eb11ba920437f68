#include "render/columns.h"

#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_MAX 16 /* in a line; further tabs are blanks */

struct cell {
    const char *at;
    size_t n;
    int wide;
};

int
columns_of_point(uint32_t p)
{
    static const struct {
        uint32_t from, to;
        int wide;
    } ranges[] = {
        {0x300, 0x36F, 0},     {0x1100, 0x115F, 2}, {0x200B, 0x200F, 0},
        {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2}, {0xAC00, 0xD7A3, 2},
        {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0}, {0xFE30, 0xFE6F, 2},
        {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2}, {0x1F300, 0x1FAFF, 2},
        {0x20000, 0x3FFFD, 2},
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
        if (p >= ranges[i].from && p <= ranges[i].to)
            return ranges[i].wide;
    return 1;
}

static int
wide_of(const char *s, size_t n)
{
    int wide = 0;

    for (size_t i = 0; i < n;) {
        uint32_t point = 0;
        int step = utf8_next(s + i, n - i, &point);

        wide += columns_of_point(point);
        i += step < 1 ? 1 : (size_t)step;
    }
    return wide;
}

static struct cell
cell_of(const char *at, size_t n)
{
    while (n > 0 && at[n - 1] == ' ')
        n--;
    return (struct cell){at, n, wide_of(at, n)};
}

static int
split(const char *line, size_t n, struct cell *cells)
{
    const char *end = line + n;
    int count = 0;

    while (count < CELLS_MAX - 1) {
        const char *tab = memchr(line, '\t', (size_t)(end - line));

        if (tab == NULL)
            break;
        cells[count++] = cell_of(line, (size_t)(tab - line));
        line = tab + 1;
    }
    cells[count++] = cell_of(line, (size_t)(end - line));
    return count;
}

/* The line's cells in their columns; the text has room for them. */
static void
put_line(struct text *out, const char *line, size_t n)
{
    struct cell cells[CELLS_MAX];
    int count = split(line, n, cells), column = 0;

    for (int i = 0; i < count; i++) {
        int edge = COLUMNS_WIDE - COLUMNS_CELL * (count - 1 - i);
        int blanks = i == 0 ? 0 : edge - cells[i].wide - column;

        if (cells[i].n == 0)
            continue;
        blanks = i > 0 && blanks < 2 ? 2 : blanks;
        text_addf(out, "%*s", blanks, "");
        text_add_bytes(out, cells[i].at, cells[i].n);
        column += blanks + cells[i].wide;
    }
}

/* Bytes of the text when every tab becomes a whole line of blanks. */
static size_t
room_for(const char *text)
{
    size_t room = strlen(text) + 1;

    for (const char *p = text; *p != '\0'; p++)
        if (*p == '\t')
            room += COLUMNS_WIDE;
    return room;
}

char *
columns_align(const char *text)
{
    size_t size = room_for(text);
    char *buffer = malloc(size);
    struct text out;

    if (buffer == NULL)
        return NULL;
    text_init(&out, buffer, size);
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");

        put_line(&out, text, n);
        if (text[n] == '\n')
            text_add(&out, "\n");
        text += n + (text[n] == '\n');
    }
    return buffer;
}

/* ---- slips ---- */

/* One cell, broken between words; *column is where the last line ends. */
static void
put_words(struct text *out, struct cell cell, int *column)
{
    *column = 0;
    while (cell.n > 0) {
        size_t n = 0, blanks = 0;
        int wide;

        while (blanks < cell.n && cell.at[blanks] == ' ')
            blanks++;
        while (blanks + n < cell.n && cell.at[blanks + n] != ' ')
            n++;
        wide = wide_of(cell.at + blanks, n);
        if (*column > 0 && *column + 1 + wide > COLUMNS_SLIP) {
            text_add(out, "\n");
            *column = 0;
        } else if (*column > 0 && n > 0) {
            text_add(out, " ");
            (*column)++;
        }
        text_add_bytes(out, cell.at + blanks, n);
        *column += wide;
        cell.at += blanks + n;
        cell.n -= blanks + n;
    }
}

static void
put_slip_line(struct text *out, const char *line, size_t n)
{
    struct cell cells[CELLS_MAX];
    int count = split(line, n, cells), column;

    put_words(out, cells[0], &column);
    for (int i = 1; i < count; i++) {
        int blanks = COLUMNS_SLIP - cells[i].wide - column;

        if (cells[i].n == 0)
            continue;
        if (blanks < 1 && column > 0) {
            text_add(out, "\n");
            blanks = COLUMNS_SLIP - cells[i].wide;
        }
        text_addf(out, "%*s", blanks < 0 ? 0 : blanks, "");
        text_add_bytes(out, cells[i].at, cells[i].n);
        column = COLUMNS_SLIP;
    }
}

char *
columns_slip(const char *text)
{
    size_t size = 2 * room_for(text);
    char *buffer = malloc(size);
    struct text out;

    if (buffer == NULL)
        return NULL;
    text_init(&out, buffer, size);
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");

        put_slip_line(&out, text, n);
        if (text[n] == '\n')
            text_add(&out, "\n");
        text += n + (text[n] == '\n');
    }
    return buffer;
}

#include "meterpost/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT 0xFFFD

void
text_init(struct text *t, char *buffer, size_t size)
{
    *t = (struct text){.at = buffer, .size = size};
    buffer[0] = '\0';
}

void
text_add_bytes(struct text *t, const char *more, size_t n)
{
    if (t->cut || n >= t->size - t->used) {
        t->cut = true;
        return;
    }
    memcpy(t->at + t->used, more, n);
    t->used += n;
    t->at[t->used] = '\0';
}

void
text_add(struct text *t, const char *more)
{
    text_add_bytes(t, more, strlen(more));
}

void
text_addf(struct text *t, const char *fmt, ...)
{
    size_t room = t->size - t->used;
    va_list args;
    int n;

    if (t->cut)
        return;
    va_start(args, fmt);
    n = vsnprintf(t->at + t->used, room, fmt, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room) {
        t->at[t->used] = '\0';
        t->cut = true;
        return;
    }
    t->used += (size_t)n;
}

bool
text_copy(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);

    if (n >= size) {
        to[0] = '\0';
        return false;
    }
    memcpy(to, from, n + 1);
    return true;
}

bool
text_next_word(const char **list, char *out, size_t size)
{
    size_t n = strcspn(*list, ",");

    if (**list == '\0')
        return false;
    snprintf(out, size, "%.*s", (int)n, *list);
    *list += n + ((*list)[n] == ',');
    return true;
}

void
text_clip(char *to, size_t size, const char *from)
{
    size_t n = strlen(from), used = 0;
    uint32_t point;

    if (n < size) { /* as nearly always */
        memcpy(to, from, n + 1);
        return;
    }
    while (used < n) {
        int step = utf8_next(from + used, n - used, &point);

        step = step < 1 ? 1 : step;
        if (used + (size_t)step >= size)
            break;
        memcpy(to + used, from + used, (size_t)step);
        used += (size_t)step;
    }
    to[used] = '\0';
}

int
utf8_next(const char *s, size_t n, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *b = (const uint8_t *)s;
    int len;
    uint32_t p;

    if (n == 0)
        return 0;
    len = b[0] < 0x80       ? 1
          : b[0] >> 5 == 6  ? 2
          : b[0] >> 4 == 14 ? 3
          : b[0] >> 3 == 30 ? 4
                            : 0;
    if (len == 0 || (size_t)len > n)
        return -1;
    p = len == 1 ? b[0] : b[0] & (0x7Fu >> len);
    for (int i = 1; i < len; i++) {
        if (b[i] >> 6 != 2)
            return -1;
        p = p << 6 | (b[i] & 0x3Fu);
    }
    if (p < least[len] || p > 0x10FFFF || (p >= 0xD800 && p <= 0xDFFF))
        return -1;
    *point = p;
    return len;
}

int
utf8_put(uint32_t p, char *out)
{
    if (p == 0 || p > 0x10FFFF || (p >= 0xD800 && p <= 0xDFFF))
        p = REPLACEMENT;
    if (p < 0x80) {
        out[0] = (char)p;
        return 1;
    }
    if (p < 0x800) {
        out[0] = (char)(0xC0 | p >> 6);
        out[1] = (char)(0x80 | (p & 0x3F));
        return 2;
    }
    if (p < 0x10000) {
        out[0] = (char)(0xE0 | p >> 12);
        out[1] = (char)(0x80 | (p >> 6 & 0x3F));
        out[2] = (char)(0x80 | (p & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | p >> 18);
    out[1] = (char)(0x80 | (p >> 12 & 0x3F));
    out[2] = (char)(0x80 | (p >> 6 & 0x3F));
    out[3] = (char)(0x80 | (p & 0x3F));
    return 4;
}

bool
utf8_valid(const char *s, size_t n)
{
    uint32_t point;

    for (size_t i = 0; i < n;) {
        int step = utf8_next(s + i, n - i, &point);

        if (step < 1 || point == 0)
            return false;
        i += (size_t)step;
    }
    return true;
}

static uint32_t
clean_point(uint32_t p, bool before_line_feed)
{
    if (p == '\r')
        return before_line_feed ? 0 : '\n';
    if (p == '\n' || p == '\t')
        return p;
    if (p < ' ' || (p >= 0x7F && p < 0xA0))
        return REPLACEMENT;
    return p;
}

bool
utf8_clean(char *to, size_t size, const char *from, size_t n)
{
    struct text t;

    text_init(&t, to, size);
    for (size_t i = 0; i < n;) {
        uint32_t point = REPLACEMENT;
        int step = utf8_next(from + i, n - i, &point);
        char out[4];

        if (step < 1) {
            step = 1;
            point = REPLACEMENT;
        }
        i += (size_t)step;
        point = clean_point(point, i < n && from[i] == '\n');
        if (point != 0)
            text_add_bytes(&t, out, (size_t)utf8_put(point, out));
    }
    return !t.cut;
}

static bool
turns_direction(uint32_t p)
{
    return (p >= 0x202A && p <= 0x202E) || (p >= 0x2066 && p <= 0x2069);
}

char *
text_for_terminal(char *text)
{
    size_t n = strlen(text), to = 0;

    for (size_t i = 0; i < n;) {
        uint32_t point;
        int step = utf8_next(text + i, n - i, &point);

        if (step < 1) {
            text[to++] = '?';
            i++;
            continue;
        }
        if (clean_point(point, false) == point && !turns_direction(point)) {
            memmove(text + to, text + i, (size_t)step);
            to += (size_t)step;
        }
        i += (size_t)step;
    }
    text[to] = '\0';
    return text;
}

size_t
utf8_length(const char *s)
{
    size_t n = 0;

    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

void
hex_print(const uint8_t *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

long
hex_parse(const char *text, uint8_t *out, size_t size)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        int high, low;

        if (*text == ' ')
            continue;
        high = hex_digit(text[0]);
        low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0 || n == size)
            return -1;
        out[n++] = (uint8_t)(high << 4 | low);
        text++;
    }
    return (long)n;
}

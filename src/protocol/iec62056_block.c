/*
 * iec62056_block.c - data lines into identifiers and sets, IEC 62056-21 6.5.
 */
#include "protocol/iec62056_private.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>

#define SEVEN 0x7F

/* A block while it is read. */
struct block {
    const uint8_t *at;
    size_t n;
    struct iec_line line;
    struct frame *f;
};

static char
peek(const struct block *b)
{
    return b->n == 0 ? '\0' : (char)(*b->at & SEVEN);
}

static void
next(struct block *b)
{
    b->at++;
    b->n--;
}

static bool
is_space(char c)
{
    return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '\0';
}

static bool
bad_line(struct block *b, const char *what)
{
    return frame_refuse(b->f, FRAME_DATA, "%s, behind '%.40s'", what, b->line.id);
}

/* Up to '('; a line without one keeps the identifier of the line above. */
static bool
take_id(struct block *b)
{
    char id[FRAME_ID_MAX];
    size_t n = 0;

    while (b->n > 0 && peek(b) != '(') {
        char c = peek(b);

        if (c <= ' ' || c > '~' || c == ')')
            return bad_line(b, "a line without data");
        if (n == sizeof(id) - 1)
            return bad_line(b, "an identifier that is too long");
        id[n++] = c;
        next(b);
    }
    if (b->n == 0)
        return bad_line(b, "a line without data");
    if (n == 0)
        return true;
    id[n] = '\0';
    text_copy(b->line.id, sizeof(b->line.id), id);
    return true;
}

/* One part of a set up to `end`: blanks around it go. */
static bool
take_part(struct block *b, const char *ends, char *to, size_t size)
{
    size_t n = 0;

    while (b->n > 0 && strchr(ends, peek(b)) == NULL) {
        char c = peek(b);

        if (c < ' ' || c > '~' || c == '(')
            return bad_line(b, "a data set that does not end");
        if (n < size - 1 && !(c == ' ' && n == 0))
            to[n++] = c;
        next(b);
    }
    while (n > 0 && to[n - 1] == ' ')
        n--;
    to[n] = '\0';
    return b->n > 0 || bad_line(b, "a data set that does not end");
}

/* value*unit, up to ')' or, in heat meters, to '&' and another of them. */
static bool
take_one(struct block *b)
{
    struct iec_set *set = &b->line.sets[b->line.n];

    if (b->line.n == IEC_SETS_MAX)
        return bad_line(b, "too many data sets in a line");
    next(b);
    set->unit[0] = '\0';
    if (!take_part(b, "*)", set->value, sizeof(set->value)))
        return false;
    if (peek(b) == '*') {
        next(b);
        if (!take_part(b, "&)", set->unit, sizeof(set->unit)))
            return false;
    }
    b->line.n++;
    return true;
}

/* (value*unit) */
static bool
take_set(struct block *b)
{
    do {
        if (!take_one(b))
            return false;
    } while (peek(b) == '&');
    next(b);
    return true;
}

static bool
take_line(struct block *b)
{
    b->line.n = 0;
    if (!take_id(b))
        return false;
    while (peek(b) == '(' && b->n > 0) {
        if (!take_set(b))
            return false;
        /* Some put the next set of the same identifier on a line of its own. */
        while (b->n > 0 && (peek(b) == ' ' || peek(b) == '\0'))
            next(b);
    }
    iec_line_read(&b->line, b->f);
    return true;
}

/* The time of a readout, from its date and its time of day. */
static void
take_time(struct frame *f)
{
    const struct frame_value *date = NULL, *time = NULL;
    struct frame_time t;

    for (int i = 0; i < f->n_values; i++) {
        const struct frame_value *v = &f->values[i];

        if (strcmp(v->obis, "1-0:0.9.2") == 0 && v->time.year != 0)
            date = v;
        else if (strcmp(v->obis, "1-0:0.9.1") == 0)
            time = v;
        else if (strcmp(v->obis, "0-0:1.0.0") == 0 && v->time.year != 0)
            f->time = v->time;
    }
    if (date == NULL || f->time.year != 0)
        return;
    t = date->time;
    if (time == NULL ||
        sscanf(time->text, "%2d:%2d:%2d", &t.hour, &t.minute, &t.second) != 3)
        t.hour = -1;
    f->time = t;
}

/* The error register: a number in hexadecimal, whose bits are the maker's. */
static void
take_errors(struct frame *f)
{
    for (int i = 0; i < f->n_values; i++) {
        struct frame_value *v = &f->values[i];
        bool stands = v->text[strspn(v->text, "0")] != '\0';

        if (strcmp(v->obis, "0-0:97.97.0") != 0 || v->text[0] == '\0' ||
            v->text[strspn(v->text, "0123456789ABCDEFabcdef")] != '\0')
            continue;
        if (stands)
            value_note(v, "an error stands");
        frame_event(f, "device-fault", stands);
    }
}

bool
iec_block_read(const uint8_t *block, size_t n, struct frame *f)
{
    struct block b = {.at = block, .n = n, .f = f};

    while (b.n > 0) {
        if (is_space(peek(&b))) {
            next(&b);
            continue;
        }
        if (peek(&b) == '!')
            break;
        if (!take_line(&b))
            return false;
    }
    take_time(f);
    take_errors(f);
    for (int i = 0; i < f->n_values && f->address[0] == '\0'; i++) {
        if (strcmp(f->values[i].obis, "1-0:0.0.0") == 0 ||
            strcmp(f->values[i].obis, "0-0:96.1.0") == 0)
            text_clip(f->address, sizeof(f->address), f->values[i].text);
    }
    return true;
}

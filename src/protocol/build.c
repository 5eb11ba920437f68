/*
 * build.c - filling a struct frame.
 */
#include "protocol/build.h"

#include "meterpost/base/amount.h"
#include "meterpost/base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PLACES_MAX 18

void
frame_clear(struct frame *f)
{
    f->fault = FRAME_VALID;
    f->incomplete = false;
    f->start = f->length = 0;
    f->direction = FRAME_EITHER;
    f->address[0] = f->control[0] = f->exception[0] = f->note[0] = '\0';
    f->function = NULL;
    f->follows = false;
    f->sequence = -1;
    f->relay = FRAME_RELAY_NONE;
    f->valve = FRAME_VALVE_NONE;
    f->medium = NULL;
    f->maker[0] = f->serial[0] = f->events[0] = f->well[0] = '\0';
    f->time = (struct frame_time){0};
    f->n_values = 0;
}

bool
frame_refuse(struct frame *f, enum frame_fault fault, const char *fmt, ...)
{
    va_list args;

    frame_clear(f);
    f->fault = fault;
    va_start(args, fmt);
    vsnprintf(f->note, sizeof(f->note), fmt, args);
    va_end(args);
    return false;
}

void
frame_best_take(struct frame_best *best, const struct frame *f)
{
    best->incomplete = best->incomplete || f->incomplete;
    if (f->fault <= best->fault)
        return;
    best->fault = f->fault;
    text_copy(best->note, sizeof(best->note), f->note);
}

bool
frame_best_refuse(const struct frame_best *best, struct frame *f)
{
    frame_refuse(f, best->fault, "%s", best->note);
    f->incomplete = best->incomplete;
    return false;
}

struct frame_value *
frame_value_add(struct frame *f, const char *name)
{
    struct frame_value *v;

    if (f->n_values == FRAME_VALUES_MAX) {
        snprintf(f->note, sizeof(f->note), "only %d values are kept", FRAME_VALUES_MAX);
        f->n_values--;
    }
    v = &f->values[f->n_values++];
    v->id[0] = v->obis[0] = v->text[0] = v->unit[0] = v->note[0] = '\0';
    v->name = name;
    v->state = FRAME_GIVEN;
    v->is_number = false;
    v->time = (struct frame_time){0};
    return v;
}

static void
note_add(char *note, const char *fmt, va_list args)
{
    size_t used = strlen(note);

    if (used > 0)
        used += (size_t)snprintf(note + used, FRAME_NOTE_MAX - used, "; ");
    if (used < FRAME_NOTE_MAX)
        vsnprintf(note + used, FRAME_NOTE_MAX - used, fmt, args);
}

void
frame_note(struct frame *f, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    note_add(f->note, fmt, args);
    va_end(args);
}

void
frame_event(struct frame *f, const char *word, bool stands)
{
    char *list = stands ? f->events : f->well;
    size_t used = strlen(list), n = strlen(word);

    for (const char *at = list; (at = strstr(at, word)) != NULL; at += n) {
        if ((at == list || at[-1] == ',') && (at[n] == ',' || at[n] == '\0'))
            return;
    }
    snprintf(list + used, FRAME_NOTE_MAX - used, "%s%s", used > 0 ? "," : "", word);
}

void
value_note(struct frame_value *v, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    note_add(v->note, fmt, args);
    va_end(args);
}

void
value_state(struct frame_value *v, enum frame_state state, const char *note)
{
    v->state = state;
    v->text[0] = '\0';
    v->is_number = false;
    if (note != NULL)
        value_note(v, "%s", note);
}

void
value_number(struct frame_value *v, int64_t number, int places, const char *unit)
{
    char text[AMOUNT_TEXT_MAX];

    text_copy(v->unit, sizeof(v->unit), unit);
    for (; places < 0; places++) {
        if (__builtin_mul_overflow(number, 10, &number)) {
            value_state(v, FRAME_BROKEN, "too large");
            return;
        }
    }
    if (places > PLACES_MAX) {
        value_state(v, FRAME_BROKEN, "too small");
        return;
    }
    text_copy(v->text, sizeof(v->text), decimal_print(number, places, false, text));
    v->is_number = true;
}

void
value_unsigned(struct frame_value *v, uint64_t number, int places, const char *unit)
{
    if (number > INT64_MAX) {
        text_copy(v->unit, sizeof(v->unit), unit);
        value_state(v, FRAME_BROKEN, "too large");
        return;
    }
    value_number(v, (int64_t)number, places, unit);
}

/* 24 bits of digits, 40 of factor and 30 of decimals leave room for 30 more. */
#define FLOAT_UP_MAX     30
#define FLOAT_DOWN_MAX   95 /* beyond these nothing is left of the number */
#define FLOAT_PLACES_MAX 30
#define FLOAT_FACTOR     ((int64_t)1 << 40)

static int128
ten_to(int places)
{
    int128 p = 1;

    while (places-- > 0)
        p *= 10;
    return p;
}

void
value_float(struct frame_value *v, uint32_t bits, int64_t factor, int factor_places,
            int places, const char *unit)
{
    int exponent = (int)(bits >> 23 & 0xFF) - 150;
    int128 digits = (int128)((bits & 0x7FFFFF) | 0x800000) * factor * ten_to(places);
    int128 divisor = 1;
    struct err e;
    int64_t number = 0;

    text_copy(v->unit, sizeof(v->unit), unit);
    if (exponent == 255 - 150) {
        value_state(v, FRAME_ABSENT, "not a number");
        return;
    }
    if (exponent > FLOAT_UP_MAX || factor > FLOAT_FACTOR || factor < -FLOAT_FACTOR) {
        value_state(v, FRAME_BROKEN, "too large");
        return;
    }
    digits *= exponent > 0 ? (int128)1 << exponent : 1;
    if (exponent >= -FLOAT_DOWN_MAX && factor_places <= FLOAT_PLACES_MAX &&
        !__builtin_mul_overflow(ten_to(factor_places),
                                (int128)1 << (exponent < 0 ? -exponent : 0), &divisor) &&
        !round_divide(digits, divisor, ROUND_HALF_UP, &number, &e)) {
        value_state(v, FRAME_BROKEN, "too large");
        return;
    }
    value_number(v, bits >> 31 ? -number : number, places, unit);
}

void
value_text(struct frame_value *v, const char *text)
{
    text_clip(v->text, sizeof(v->text), text);
}

void
value_bytes(struct frame_value *v, const uint8_t *bytes, size_t n)
{
    size_t most = (sizeof(v->text) - 1) / 2;

    if (n > most)
        value_note(v, "the first %zu of %zu bytes", most, n);
    hex_print(bytes, n > most ? most : n, v->text);
}

void
value_ascii(struct frame_value *v, const uint8_t *bytes, size_t n, bool reversed)
{
    size_t used = 0;

    for (size_t i = 0; i < n && used < sizeof(v->text) - 1; i++) {
        uint8_t c = bytes[reversed ? n - 1 - i : i];

        if (c != 0)
            v->text[used++] = c < ' ' || c > '~' ? '.' : (char)c;
    }
    while (used > 0 && v->text[used - 1] == ' ')
        used--;
    v->text[used] = '\0';
}

void
value_time(struct frame_value *v, const struct frame_time *t)
{
    frame_time_print(t, v->text);
}

void
value_time_of_day(struct frame_value *v, int hour, int minute, int second)
{
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        value_state(v, FRAME_BROKEN, "no time of day");
    else
        snprintf(v->text, sizeof(v->text), "%02d:%02d:%02d", hour, minute, second);
}

static int
days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

bool
frame_time_valid(const struct frame_time *t)
{
    if (t->year < 1 || t->year > 9999 || t->month < 1 || t->month > 12 || t->day < 1 ||
        t->day > days_of(t->year, t->month))
        return false;
    return t->hour >= -1 && t->hour <= 23 &&
           (t->hour < 0 || (t->minute >= 0 && t->minute <= 59)) && t->second >= -1 &&
           t->second <= 59;
}

const char *
frame_time_print(const struct frame_time *t, char *out)
{
    int n = snprintf(out, FRAME_ID_MAX, "%04d-%02d-%02d", t->year, t->month, t->day);
    size_t used = (size_t)n;

    if (t->hour >= 0) {
        n = snprintf(out + used, FRAME_ID_MAX - used, "T%02d:%02d", t->hour, t->minute);
        used += (size_t)n;
        if (t->second >= 0 && used < FRAME_ID_MAX)
            snprintf(out + used, FRAME_ID_MAX - used, ":%02d", t->second);
    }
    return out;
}

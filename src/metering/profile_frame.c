/*
 * profile_frame.c - frames of meter protocols that travel in a text as hexadecimal digits.
 */
#include "metering/profile_frame.h"
#include "metering/profile_file.h"

#include "meterpost/base/text.h"
#include "meterpost/protocol/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

    return c == '\0' || at == NULL ? -1 : (int)(at - digits);
}

/* White space may stand between bytes. `out` has room for half as many bytes as digits. */
static bool
bytes_of(const char *hex, uint8_t *out, size_t *n, struct err *e)
{
    *n = 0;
    while (hex += strspn(hex, " \n"), *hex != '\0') {
        int high = digit_of(hex[0]), low = high < 0 ? -1 : digit_of(hex[1]);

        if (low < 0)
            return err_set(e, FAIL_REJECT, "'%.10s' is no byte in hexadecimal", hex);
        out[(*n)++] = (uint8_t)(high * 16 + low);
        hex += 2;
    }
    return true;
}

/* The meter's own clock, which is set to the time of the utility. */
static bool
time_of(const struct frame_time *t, utc_t *out)
{
    char text[FRAME_ID_MAX];
    struct err e;

    return t->year != 0 && t->hour >= 0 && clock_parse(frame_time_print(t, text), out, &e);
}

/* The number that the meter is on file with: on some buses the address is another. */
static const char *
meter_of(const struct frame *f)
{
    return f->serial[0] != '\0' ? f->serial : f->address;
}

/* An open valve lets flow what a closed relay does. */
static enum reply_relay
relay_of(const struct frame *f)
{
    if (f->relay == FRAME_RELAY_CLOSED || f->valve == FRAME_VALVE_OPEN)
        return REPLY_RELAY_CLOSED;
    if (f->relay == FRAME_RELAY_OPEN || f->valve == FRAME_VALVE_CLOSED)
        return REPLY_RELAY_OPEN;
    return REPLY_RELAY_NONE;
}

/* Texts, and what has no code or no unit that we know, are left out. */
static bool
take_value(const struct frame *f, const struct frame_value *v, struct reply *out,
           struct err *e)
{
    const enum rounding half_up = ROUND_HALF_UP;
    const struct unit *unit = unit_find(v->unit);
    struct reply_value *to = &out->values[out->n_values];

    if (v->state != FRAME_GIVEN || !v->is_number || v->obis[0] == '\0' || unit == NULL)
        return true;
    if (out->n_values == REPLY_VALUES_MAX)
        return err_set(e, FAIL_REJECT, "more than %d values in one text", REPLY_VALUES_MAX);
    if (!unit_convert(v->text, unit, 1000000, &half_up, &to->value, e))
        return err_in(e, "register %s", v->obis);
    to->unit = unit->name;
    to->has_time = time_of(v->time.year != 0 ? &v->time : &f->time, &to->time);
    text_clip(to->raw, sizeof(to->raw), v->text);
    text_clip(to->obis, sizeof(to->obis), v->obis);
    text_clip(to->meter, sizeof(to->meter), meter_of(f));
    out->n_values++;
    return true;
}

static void
take_events(const struct frame *f, struct reply *out)
{
    char word[REPLY_WORD_MAX];

    for (const char *at = f->events; text_next_word(&at, word, sizeof(word));)
        reply_add_alarm(out, word, "", meter_of(f));
    for (const char *at = f->well; text_next_word(&at, word, sizeof(word));)
        reply_add_well(out, word);
}

/* A reply has one meter or, where its frames are of several, only its values have. */
bool
profile_take_frame(const struct frame *f, bool is_first, struct reply *out, struct err *e)
{
    if (f->direction == FRAME_REQUEST)
        return err_set(e, FAIL_REJECT, "the frame is a request, not an answer");
    if (is_first)
        text_clip(out->meter, sizeof(out->meter), meter_of(f));
    else if (strcmp(out->meter, meter_of(f)) != 0)
        out->meter[0] = '\0';
    if (f->exception[0] != '\0') {
        out->kind = REPLY_ERROR;
        text_clip(out->word, sizeof(out->word), f->exception);
    }
    if (relay_of(f) != REPLY_RELAY_NONE)
        out->relay = relay_of(f);
    take_events(f, out);
    if (is_first)
        out->has_time = time_of(&f->time, &out->time);
    for (int i = 0; i < f->n_values; i++) {
        if (!take_value(f, &f->values[i], out, e))
            return false;
    }
    return true;
}

static bool
take_all(enum conf_protocol protocol, const uint8_t *bytes, size_t n, struct frame *f,
         struct reply *out, struct err *e)
{
    size_t from = 0;

    do {
        if (!frame_decode(protocol, bytes + from, n - from, f))
            return (from > 0 && f->fault == FRAME_START) ||
                   err_set(e, FAIL_REJECT, "%s", f->note);
        if (!profile_take_frame(f, from == 0, out, e))
            return false;
        from += f->start + f->length;
    } while (from < n);
    return true;
}

bool
profile_take_frames(enum conf_protocol protocol, const char *hex, struct reply *out,
                    struct err *e)
{
    uint8_t bytes[REPLY_TEXT_MAX / 2];
    struct frame *f;
    size_t n;
    bool good;

    if (!bytes_of(hex, bytes, &n, e))
        return false;
    f = malloc(sizeof(*f));
    if (f == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    good = take_all(protocol, bytes, n, f, out, e);
    free(f);
    return good;
}

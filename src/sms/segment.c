#include "meterpost/sms/segment.h"
#include "meterpost/base/text.h"

#include <string.h>

#define OCTETS       140 /* of user data in one message */
#define HEADER_8BIT  6
#define HEADER_16BIT 7

/* Units of one character; -1 when the alphabet does not have it. */
static int
point_units(enum wire_alphabet alphabet, uint32_t point)
{
    int code;

    if (alphabet == WIRE_UCS2)
        return point > 0xFFFF ? 2 : 1;
    code = gsm7_code(point);
    return code < 0 ? -1 : code > 0x7F ? 2 : 1;
}

long
segment_units(enum wire_alphabet alphabet, const char *body, size_t n)
{
    long units = 0;
    uint32_t point = 0;

    if (alphabet == WIRE_8BIT)
        return (long)n;
    for (size_t i = 0; i < n;) {
        int step = utf8_next(body + i, n - i, &point);
        int more = step < 1 ? -1 : point_units(alphabet, point);

        if (more < 0)
            return -1;
        units += more;
        i += (size_t)step;
    }
    return units;
}

long
segment_room(enum wire_alphabet alphabet, unsigned ref_bits)
{
    long octets = OCTETS - (ref_bits == 0 ? 0 : ref_bits == 8 ? HEADER_8BIT : HEADER_16BIT);

    return alphabet == WIRE_GSM7   ? octets * 8 / 7
           : alphabet == WIRE_UCS2 ? octets / 2
                                   : octets;
}

/* Fill parts of `room` units each, as full as they get. */
static void
cut(const char *text, size_t n, long room, struct segments *out)
{
    struct segment_part now = {0};
    uint32_t point = 0;

    out->count = 0;
    for (size_t i = 0; i < n;) {
        size_t step = (size_t)utf8_next(text + i, n - i, &point);
        int units = point_units(out->alphabet, point);

        if (now.units + units > room) {
            if (out->count < SEGMENTS_MAX)
                out->part[out->count] = now;
            out->count++;
            now = (struct segment_part){.at = (uint32_t)i};
        }
        now.bytes = (uint16_t)(now.bytes + step);
        now.units = (uint16_t)(now.units + units);
        i += step;
    }
    if (out->count < SEGMENTS_MAX)
        out->part[out->count] = now;
    out->count++;
}

bool
segment_measure(const char *text, struct segments *out, struct err *e)
{
    return segment_measure_for(text, 8, out, e);
}

bool
segment_measure_for(const char *text, unsigned ref_bits, struct segments *out,
                    struct err *e)
{
    size_t n = strlen(text);
    long units;

    *out = (struct segments){.alphabet = WIRE_GSM7, .ref_bits = ref_bits};
    if (n > UINT32_MAX || !utf8_valid(text, n))
        return err_set(e, FAIL_REJECT, "the text is not valid UTF-8");
    units = segment_units(WIRE_GSM7, text, n);
    if (units < 0) {
        out->alphabet = WIRE_UCS2;
        units = segment_units(WIRE_UCS2, text, n);
    }
    out->units = (size_t)units;
    out->characters = utf8_length(text);
    cut(text, n,
        segment_room(out->alphabet, units > segment_room(out->alphabet, 0) ? ref_bits : 0),
        out);
    return true;
}

static bool
few_enough(const struct segments *s, struct err *e)
{
    if (s->count <= SEGMENTS_MAX)
        return true;
    return err_set(e, FAIL_REJECT, "the text takes %zu parts, at most %d can be sent",
                   s->count, SEGMENTS_MAX);
}

bool
segment_plan_data(size_t n, unsigned ref_bits, struct segments *out, struct err *e)
{
    size_t room = (size_t)segment_room(WIRE_8BIT, n > OCTETS ? ref_bits : 0);

    *out = (struct segments){
        .alphabet = WIRE_8BIT, .ref_bits = ref_bits, .characters = n, .units = n};
    out->count = n == 0 ? 1 : (n + room - 1) / room;
    if (!few_enough(out, e))
        return false;
    for (size_t i = 0; i < out->count; i++) {
        size_t left = n - i * room;

        out->part[i].at = (uint32_t)(i * room);
        out->part[i].bytes = out->part[i].units = (uint16_t)(left < room ? left : room);
    }
    return true;
}

bool
segment_plan(const char *text, struct segments *out, struct err *e)
{
    return segment_measure(text, out, e) && few_enough(out, e);
}

void
segment_fill(const struct segments *s, const char *text, size_t i, uint16_t ref,
             struct wire_send *out)
{
    const struct segment_part *p = &s->part[i];

    out->alphabet = (uint8_t)s->alphabet;
    out->concat = (struct wire_concat){.total = 1, .number = 1};
    if (s->count > 1)
        out->concat = (struct wire_concat){.ref = s->ref_bits == 8 ? (uint8_t)ref : ref,
                                           .ref_bits = (uint8_t)s->ref_bits,
                                           .total = (uint8_t)s->count,
                                           .number = (uint8_t)(i + 1)};
    out->length = p->bytes;
    memset(out->body, 0, sizeof(out->body));
    memcpy(out->body, text + p->at, p->bytes);
}

json_t *
segment_try(const char *text, struct err *e)
{
    struct segments s;

    if (!segment_measure(text, &s, e))
        return NULL;
    return json_pack("{s:s, s:I, s:I, s:I}", "encoding",
                     s.alphabet == WIRE_GSM7 ? "gsm7" : "ucs2", "characters",
                     (json_int_t)s.characters, "units", (json_int_t)s.units, "segments",
                     (json_int_t)s.count);
}

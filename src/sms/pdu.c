#include "meterpost/sms/pdu.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/segment.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SCA_MAX        11 /* octets after the length: type and ten of digits */
#define ADDRESS_DIGITS 20 /* semi-octets; a word of eleven septets takes them all */
#define SEPTETS_MAX    160
#define OCTETS_MAX     140
#define STAMP          7  /* octets of a time stamp */
#define ZONE_QUARTERS  56 /* no clock is more than 14 hours from UTC */

enum number_type {
    NUMBER_INTERNATIONAL = 1,
    NUMBER_ALPHANUMERIC = 5,
};

/* The octets that are still to be read. When there are too few, `cut` is set for good and
 * zeros are given. */
struct octets {
    const uint8_t *at;
    size_t left;
    bool cut;
};

struct coding {
    enum wire_alphabet alphabet;
    bool compressed;
    int class;    /* -1: none */
    bool waiting; /* says that a voice mail or fax is waiting */
};

static bool poison(struct wire_arrived *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Always false. */
static bool
poison(struct wire_arrived *out, const char *fmt, ...)
{
    va_list args;

    out->arrival = WIRE_POISON;
    va_start(args, fmt);
    vsnprintf(out->reason, sizeof(out->reason), fmt, args);
    va_end(args);
    return false;
}

/* The first reason stays. */
static void
aside(struct wire_arrived *out, const char *reason)
{
    if (out->arrival == WIRE_TEXT)
        snprintf(out->reason, sizeof(out->reason), "%s", reason);
    out->arrival = WIRE_ASIDE;
}

static const uint8_t *
take(struct octets *o, size_t n)
{
    static const uint8_t zeros[UINT8_MAX + 1];
    const uint8_t *at = o->at;

    if (n > o->left) {
        o->cut = true;
        o->left = 0;
        return zeros;
    }
    o->at += n;
    o->left -= n;
    return at;
}

static uint8_t
take_one(struct octets *o)
{
    return *take(o, 1);
}

/* Septet `i` of packed ones that begin at bit `from`. */
static uint8_t
septet_at(const uint8_t *packed, size_t from, size_t i)
{
    size_t bit = from + i * 7;
    unsigned two = packed[bit / 8];

    if (bit % 8 > 1)
        two |= (unsigned)packed[bit / 8 + 1] << 8;
    return (uint8_t)(two >> bit % 8 & 0x7F);
}

static void
read_word(const uint8_t *packed, size_t digits, char *out, size_t size)
{
    uint8_t septets[ADDRESS_DIGITS * 4 / 7];
    size_t n = digits * 4 / 7;

    for (size_t i = 0; i < n; i++)
        septets[i] = septet_at(packed, 0, i);
    if (n == 8 && septets[7] == 0) /* seven letters and the rest of the octet */
        n = 7;
    if (gsm7_to_utf8(septets, n, out, size) < 0)
        out[0] = '\0';
}

static void
read_digits(const uint8_t *packed, size_t digits, bool international, char *out)
{
    static const char of[] = "0123456789*#abc";
    size_t used = 0;

    if (international)
        out[used++] = '+';
    for (size_t i = 0; i < digits; i++) {
        uint8_t d = packed[i / 2] >> (i % 2 * 4) & 0x0F;

        if (d == 0x0F) /* filler */
            break;
        out[used++] = of[d];
    }
    out[used] = '\0';
}

/* An address of a type octet and `digits` semi-octets. out has ADDRESS_DIGITS + 2 bytes or
 * 33 for a word; a number that is only a sign is empty. */
static void
read_address(const uint8_t *at, size_t digits, char *out, size_t size)
{
    unsigned type = at[0] >> 4 & 7;

    if (type == NUMBER_ALPHANUMERIC)
        read_word(at + 1, digits, out, size);
    else
        read_digits(at + 1, digits, type == NUMBER_INTERNATIONAL, out);
    if (strcmp(out, "+") == 0)
        out[0] = '\0';
}

static bool
read_centre(struct octets *o, struct wire_arrived *out)
{
    uint8_t n = take_one(o);
    const uint8_t *at = take(o, n);

    if (n > SCA_MAX)
        return poison(out, "service centre address of %u octets", n);
    if (o->cut)
        return poison(out, "ends in the service centre address");
    if (n > 1 && (at[0] >> 4 & 7) != NUMBER_ALPHANUMERIC)
        read_address(at, (size_t)(n - 1) * 2, out->smsc, sizeof(out->smsc));
    return true;
}

static bool
read_number(struct octets *o, struct wire_arrived *out)
{
    uint8_t digits = take_one(o);
    const uint8_t *at = take(o, 1 + (size_t)(digits + 1) / 2);

    if (digits > ADDRESS_DIGITS)
        return poison(out, "number of %u digits", digits);
    if (o->cut)
        return poison(out, "ends in the number");
    read_address(at, digits, out->number, sizeof(out->number));
    return true;
}

/* Two decimal digits, low nibble first; -1 when they are none. */
static int
pair(uint8_t octet)
{
    int tens = octet & 0x0F, ones = octet >> 4;

    return tens > 9 || ones > 9 ? -1 : tens * 10 + ones;
}

/* 0 for a time that cannot be. */
static utc_t
read_stamp(const uint8_t *at)
{
    static const int least[] = {0, 1, 1, 0, 0, 0}, most[] = {99, 12, 31, 23, 59, 59};
    int v[6];
    int quarters = pair(at[6] & 0xF7);
    struct tm t = {0};

    for (int i = 0; i < 6; i++)
        if ((v[i] = pair(at[i])) < least[i] || v[i] > most[i])
            return 0;
    if (quarters < 0 || quarters > ZONE_QUARTERS)
        return 0;
    t.tm_year = v[0] < 90 ? v[0] + 100 : v[0];
    t.tm_mon = v[1] - 1;
    t.tm_mday = v[2];
    t.tm_hour = v[3];
    t.tm_min = v[4];
    t.tm_sec = v[5];
    return timegm(&t) - (at[6] & 0x08 ? -1 : 1) * quarters * 15 * MINUTE_S;
}

static struct coding
read_coding(uint8_t dcs)
{
    static const enum wire_alphabet of[] = {WIRE_GSM7, WIRE_8BIT, WIRE_UCS2, WIRE_GSM7};
    struct coding c = {.alphabet = WIRE_GSM7, .class = -1};

    if (dcs >> 7 == 0) { /* 00xx general, 01xx the same and to be deleted once read */
        c.alphabet = of[dcs >> 2 & 3];
        c.compressed = (dcs & 0x20) != 0;
        c.class = dcs & 0x10 ? dcs & 3 : -1;
    } else if (dcs >> 4 == 0x0F) {
        c.alphabet = dcs & 4 ? WIRE_8BIT : WIRE_GSM7;
        c.class = dcs & 3;
    } else if (dcs >> 4 >= 0x0C) {
        c.alphabet = dcs >> 4 == 0x0E ? WIRE_UCS2 : WIRE_GSM7;
        c.waiting = true;
    }
    return c;
}

static void
read_concat(struct wire_arrived *out, const uint8_t *v, uint8_t ref_bits)
{
    struct wire_concat c = {.ref_bits = ref_bits};

    c.ref = (uint16_t)(ref_bits == 8 ? v[0] : v[0] << 8 | v[1]);
    v += ref_bits / 8;
    c.total = v[0];
    c.number = v[1];
    if (c.number >= 1 && c.number <= c.total) /* else as if it were not there: 9.2.3.24.1 */
        out->concat = c;
}

/* One element of the user data header. */
static void
read_element(struct wire_arrived *out, uint8_t id, const uint8_t *v, uint8_t n)
{
    if (id == 0x00 && n == 3)
        read_concat(out, v, 8);
    else if (id == 0x08 && n == 4)
        read_concat(out, v, 16);
    else if (id == 0x01 || id == 0x23)
        aside(out, "says that messages are waiting");
    else if (id == 0x04 || id == 0x05)
        aside(out, "for a port of a phone, not for a person");
    else if (id == 0x24 || id == 0x25)
        aside(out, "written in a national language table");
    else if (id == 0x70 || id == 0x71 || (id >= 0x80 && id <= 0x9F))
        aside(out, "for the SIM or the network, not for a person");
}

static bool
read_header(struct wire_arrived *out, const uint8_t *header, size_t n)
{
    struct octets o = {.at = header, .left = n};

    while (o.left > 0) {
        uint8_t id = take_one(&o), length = take_one(&o);
        const uint8_t *v = take(&o, length);

        if (o.cut)
            return poison(out, "element %02X runs past the end of the header", id);
        read_element(out, id, v, length);
    }
    return true;
}

/* The text of user data `ud`: `length` is TP-UDL, of which `header` octets are the header.
 */
static bool
read_body(struct wire_arrived *out, const struct coding *c, const uint8_t *ud,
          size_t length, size_t header)
{
    uint8_t septets[SEPTETS_MAX];
    size_t skip = (header * 8 + 6) / 7; /* septets of the header and the fill bits */
    long n = 0;

    out->alphabet = (uint8_t)(c->compressed ? WIRE_8BIT : c->alphabet);
    if (out->alphabet == WIRE_8BIT) {
        n = (long)(length - header);
        memcpy(out->body, ud + header, (size_t)n);
    } else if (out->alphabet == WIRE_UCS2) {
        n = utf16_to_utf8(ud + header, length - header, out->body, sizeof(out->body));
    } else if (length > skip) {
        for (size_t i = skip; i < length; i++)
            septets[i - skip] = septet_at(ud, 0, i);
        n = gsm7_to_utf8(septets, length - skip, out->body, sizeof(out->body));
    }
    if (n < 0)
        return poison(out, "text does not fit");
    out->length = (uint16_t)n;
    return true;
}

static bool
read_user_data(struct octets *o, struct wire_arrived *out, const struct coding *c,
               bool header)
{
    bool septets = c->alphabet == WIRE_GSM7 && !c->compressed;
    size_t length = take_one(o), octets = septets ? (length * 7 + 7) / 8 : length;
    const uint8_t *ud;
    size_t skip = 0;

    if (length > (septets ? SEPTETS_MAX : OCTETS_MAX))
        return poison(out, "user data length %zu", length);
    ud = take(o, octets);
    if (o->cut)
        return poison(out, "ends in the user data");
    if (header) {
        skip = octets > 0 ? (size_t)ud[0] + 1 : 1;
        if (skip > octets)
            return poison(out, "header of %zu octets in user data of %zu", skip, octets);
        if (!read_header(out, ud + 1, skip - 1))
            return false;
    }
    return read_body(out, c, ud, length, skip);
}

static void
judge(struct wire_arrived *out, const struct coding *c, uint8_t pid)
{
    if (pid == 0x40)
        aside(out, "silent message (type 0)");
    if (pid >= 0x7C && pid <= 0x7F)
        aside(out, "for the SIM, not for a person");
    if (c->class == 0)
        aside(out, "flash message (class 0)");
    if (c->waiting)
        aside(out, "says that messages are waiting");
    if (c->compressed)
        aside(out, "compressed text");
}

static bool
read_deliver(struct octets *o, struct wire_arrived *out, uint8_t first)
{
    uint8_t pid;
    const uint8_t *stamp;
    struct coding c;

    out->arrival = WIRE_TEXT;
    if (!read_number(o, out))
        return false;
    pid = take_one(o);
    c = read_coding(take_one(o));
    stamp = take(o, STAMP);
    if (o->cut || o->left == 0)
        return poison(out, "ends before the user data");
    out->smsc_time = read_stamp(stamp);
    judge(out, &c, pid);
    return read_user_data(o, out, &c, (first & 0x40) != 0);
}

static bool
read_report(struct octets *o, struct wire_arrived *out)
{
    out->arrival = WIRE_REPORT;
    out->ref = take_one(o);
    if (!read_number(o, out))
        return false;
    take(o, STAMP); /* when the centre got the message */
    out->smsc_time = read_stamp(take(o, STAMP));
    out->tp_status = take_one(o);
    if (o->cut)
        return poison(out, "ends in the delivery report");
    return true;
}

/* A draft or a sent message that somebody left in the SIM. */
static bool
read_submit(struct octets *o, struct wire_arrived *out, uint8_t first)
{
    static const uint8_t validity[] = {0, 7, 1, 7}; /* octets by TP-VPF */
    struct coding c;

    out->arrival = WIRE_TEXT;
    aside(out, "outgoing message stored in the SIM");
    take_one(o); /* TP-MR */
    if (!read_number(o, out))
        return false;
    take_one(o); /* TP-PID */
    c = read_coding(take_one(o));
    take(o, validity[first >> 3 & 3]);
    if (o->cut || o->left == 0)
        return poison(out, "ends before the user data");
    return read_user_data(o, out, &c, (first & 0x40) != 0);
}

static bool
read_message(struct octets *o, struct wire_arrived *out)
{
    uint8_t first;

    if (!read_centre(o, out))
        return false;
    if (o->left == 0)
        return poison(out, "no message after the service centre address");
    first = take_one(o);
    switch (first & 3) {
    case 0: return read_deliver(o, out, first);
    case 1: return read_submit(o, out, first);
    case 2: return read_report(o, out);
    default: return poison(out, "reserved message type 3");
    }
}

void
pdu_read(const uint8_t *octets, size_t n, struct wire_arrived *out)
{
    struct octets o = {.at = octets, .left = n};

    *out = (struct wire_arrived){.ref = -1, .tp_status = -1};
    out->pdu_length = (uint16_t)(n < WIRE_PDU_MAX ? n : WIRE_PDU_MAX);
    memcpy(out->pdu, octets, out->pdu_length);
    if (read_message(&o, out))
        return;
    out->number[0] = out->smsc[0] = '\0';
    out->ref = out->tp_status = -1;
    out->smsc_time = 0;
    out->concat = (struct wire_concat){0};
    out->length = 0;
    memset(out->body, 0, sizeof(out->body));
}

uint8_t
pdu_validity(uint32_t minutes)
{
    static const struct {
        uint32_t first, step; /* minutes: of the lowest value, between two */
        uint8_t lowest, highest;
    } ranges[] = {
        {5 * 7 * 24 * 60, 7 * 24 * 60, 197, 255},
        {2 * 24 * 60, 24 * 60, 168, 196},
        {12 * 60 + 30, 30, 144, 167},
        {5, 5, 0, 143},
    };

    if (minutes == 0)
        return UINT8_MAX;
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        uint32_t value;

        if (minutes < ranges[i].first)
            continue;
        value = ranges[i].lowest + (minutes - ranges[i].first) / ranges[i].step;
        return (uint8_t)(value < ranges[i].highest ? value : ranges[i].highest);
    }
    return 0;
}

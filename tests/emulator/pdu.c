#include "pdu.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>

#define TYPE_SUBMIT           0x01
#define TYPE_DELIVER          0x04 /* and no more messages are waiting */
#define TYPE_REPORT           0x06 /* the same of a status report      */
#define HAS_HEADER            0x40
#define WANTS_REPORT          0x20
#define ADDRESS_ALPHA         0xD0
#define ADDRESS_INTERNATIONAL 0x91
#define ADDRESS_UNKNOWN       0x81
#define HEADER_CONCAT_8       0x00
#define HEADER_CONCAT_16      0x08

static const char digits[] = "0123456789*#abc";

/* Septets packed low bit first, beginning at bit `start`. */
static void
unpack(const uint8_t *octets, size_t start, size_t n, uint8_t *septets)
{
    for (size_t i = 0; i < n; i++) {
        size_t bit = start + 7 * i;
        unsigned two = octets[bit / 8];

        if (bit % 8 > 1)
            two |= (unsigned)octets[bit / 8 + 1] << 8;
        septets[i] = two >> bit % 8 & 127;
    }
}

static void
pack(const uint8_t *septets, size_t n, size_t start, uint8_t *octets)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t b = 0; b < 7; b++) {
            size_t bit = start + 7 * i + b;

            if ((septets[i] >> b & 1) != 0)
                octets[bit / 8] = (uint8_t)(octets[bit / 8] | 1u << bit % 8);
        }
    }
}

/* ---- reading: a cursor that refuses to run over the end */

struct cursor {
    const uint8_t *at;
    size_t left;
    bool short_of; /* somebody asked for more than there was */
};

static const uint8_t *
take(struct cursor *c, size_t n)
{
    static const uint8_t none[256];
    const uint8_t *at = c->at;

    if (n > c->left) {
        c->short_of = true;
        c->left = 0;
        return none;
    }
    c->at += n;
    c->left -= n;
    return at;
}

static void
read_number(const uint8_t *octets, size_t semi, bool plus, char out[ADDRESS_MAX])
{
    size_t used = 0;

    if (plus)
        out[used++] = '+';
    for (size_t i = 0; i < semi && used < ADDRESS_MAX - 1; i++) {
        unsigned nibble = i % 2 == 0 ? octets[i / 2] & 15u : octets[i / 2] >> 4u;

        if (nibble < sizeof(digits) - 1)
            out[used++] = digits[nibble];
    }
    out[used] = '\0';
}

/* A TP address: count of semi-octets, type, digits or packed text. */
static bool
read_address(struct cursor *c, char out[ADDRESS_MAX], struct err *e)
{
    size_t semi = *take(c, 1);
    uint8_t type = *take(c, 1);
    const uint8_t *octets;

    if (semi > 20)
        return err_set(e, FAIL_REJECT, "address of %zu digits", semi);
    octets = take(c, (semi + 1) / 2);
    if ((type & 0x70) == 0x50) {
        uint8_t septets[12];
        size_t n = semi * 4 / 7;

        unpack(octets, 0, n, septets);
        gsm7_to_utf8(septets, n, out);
        return true;
    }
    read_number(octets, semi, (type & 0x70) == 0x10, out);
    return true;
}

/* TS 23.038 4. False for what nobody may submit: compressed or reserved. */
static bool
read_coding(uint8_t dcs, enum alphabet *alphabet, int *class)
{
    static const enum alphabet by_bits[] = {ALPHABET_GSM7, ALPHABET_8BIT, ALPHABET_UCS2};

    *class = -1;
    if (dcs >> 4 == 15) {
        *alphabet = (dcs & 4) != 0 ? ALPHABET_8BIT : ALPHABET_GSM7;
        *class = dcs & 3;
        return true;
    }
    if (dcs >> 4 >= 12) {
        *alphabet = dcs >> 4 == 14 ? ALPHABET_UCS2 : ALPHABET_GSM7;
        return true;
    }
    if (dcs >= 0x80 || (dcs & 0x20) != 0 || (dcs >> 2 & 3) == 3)
        return false;
    *alphabet = by_bits[dcs >> 2 & 3];
    if ((dcs & 0x10) != 0)
        *class = dcs & 3;
    return true;
}

/* The elements of a user data header; only concatenation matters here. */
static bool
read_header(const uint8_t *h, size_t n, struct concat *out, struct err *e)
{
    for (size_t i = 0; i < n;) {
        size_t size = i + 1 < n ? h[i + 1] : 256;
        const uint8_t *v = h + i + 2;

        if (i + 2 + size > n)
            return err_set(e, FAIL_REJECT, "element %02X runs over the end of the header",
                           h[i]);
        if (h[i] == HEADER_CONCAT_8 && size == 3)
            *out = (struct concat){v[0], 8, v[1], v[2]};
        if (h[i] == HEADER_CONCAT_16 && size == 4)
            *out = (struct concat){v[0] << 8 | v[1], 16, v[2], v[3]};
        i += 2 + size;
    }
    if (out->total != 0 && (out->number < 1 || out->number > out->total))
        return err_set(e, FAIL_REJECT, "part %d of %d", out->number, out->total);
    return true;
}

static bool
read_user_data(struct cursor *c, bool has_header, struct submit *out, struct err *e)
{
    size_t length = *take(c, 1), header = 0;
    bool seven = out->alphabet == ALPHABET_GSM7;
    size_t octets = seven ? (length * 7 + 7) / 8 : length;
    const uint8_t *at;

    if (octets > 140)
        return err_set(e, FAIL_REJECT, "user data of %zu octets", octets);
    if (octets != c->left)
        return err_set(e, FAIL_REJECT, "user data should have %zu octets, has %zu", octets,
                       c->left);
    at = take(c, octets);
    if (has_header) {
        header = octets == 0 ? 141 : at[0] + 1u;
        if (header > octets)
            return err_set(e, FAIL_REJECT, "header longer than the user data");
        if (!read_header(at + 1, header - 1, &out->concat, e))
            return false;
    }
    if (seven) {
        uint8_t septets[160];
        size_t skip = (header * 8 + 6) / 7;

        if (skip > length)
            return err_set(e, FAIL_REJECT, "header longer than the user data");
        unpack(at, skip * 7, length - skip, septets);
        gsm7_to_utf8(septets, length - skip, out->text);
    } else if (out->alphabet == ALPHABET_UCS2) {
        if ((octets - header) % 2 != 0)
            return err_set(e, FAIL_REJECT, "UCS-2 of an odd number of octets");
        ucs2_to_utf8(at + header, octets - header, out->text);
    } else {
        hex_print(at + header, octets - header, out->text);
    }
    return true;
}

size_t
pdu_smsc_size(const uint8_t *pdu, size_t n)
{
    return n == 0 || pdu[0] + 1u > n ? 0 : pdu[0] + 1u;
}

bool
pdu_read_submit(const uint8_t *tpdu, size_t n, struct submit *out, struct err *e)
{
    static const size_t validity_size[] = {0, 7, 1, 7};
    struct cursor c = {.at = tpdu, .left = n};
    uint8_t first = *take(&c, 1), coding;
    const uint8_t *validity;

    *out = (struct submit){.validity = -1};
    if ((first & 3) != TYPE_SUBMIT)
        return err_set(e, FAIL_REJECT, "first octet %02X is no SUBMIT", first);
    out->report = (first & WANTS_REPORT) != 0;
    out->ref = *take(&c, 1);
    if (!read_address(&c, out->to, e))
        return false;
    take(&c, 1); /* protocol identifier */
    coding = *take(&c, 1);
    if (!read_coding(coding, &out->alphabet, &out->class))
        return err_set(e, FAIL_REJECT, "data coding %02X", coding);
    validity = take(&c, validity_size[first >> 3 & 3]);
    if ((first >> 3 & 3) == 2)
        out->validity = validity[0];
    if (c.left == 0)
        c.short_of = true;
    if (!c.short_of && !read_user_data(&c, (first & HAS_HEADER) != 0, out, e))
        return false;
    if (c.short_of)
        return err_set(e, FAIL_REJECT, "ends too soon");
    if (strspn(out->to, "+0123456789*#") != strlen(out->to) || out->to[0] == '\0')
        return err_set(e, FAIL_REJECT, "'%s' is no number to send to", out->to);
    return true;
}

/* Digits low nibble first; the sign of the zone is bit 3 of its first digit. */
static void
read_time(const uint8_t t[7], char when[STAMP_MAX])
{
    snprintf(when, STAMP_MAX, "%c%c/%c%c/%c%c,%c%c:%c%c:%c%c%c%c%c", digits[t[0] & 15],
             digits[t[0] >> 4], digits[t[1] & 15], digits[t[1] >> 4], digits[t[2] & 15],
             digits[t[2] >> 4], digits[t[3] & 15], digits[t[3] >> 4], digits[t[4] & 15],
             digits[t[4] >> 4], digits[t[5] & 15], digits[t[5] >> 4],
             (t[6] & 8) != 0 ? '-' : '+', digits[t[6] & 7], digits[t[6] >> 4]);
}

bool
pdu_read_deliver(const uint8_t *tpdu, size_t n, struct submit *out, char when[STAMP_MAX],
                 struct err *e)
{
    struct cursor c = {.at = tpdu, .left = n};
    uint8_t first = *take(&c, 1), coding;

    *out = (struct submit){.validity = -1};
    if (!read_address(&c, out->to, e))
        return false;
    take(&c, 1); /* protocol identifier */
    coding = *take(&c, 1);
    read_time(take(&c, 7), when);
    if ((first & 3) != (TYPE_DELIVER & 3) || c.short_of || c.left == 0 ||
        !read_coding(coding, &out->alphabet, &out->class))
        return err_set(e, FAIL_REJECT, "no message that was delivered");
    return read_user_data(&c, (first & HAS_HEADER) != 0, out, e);
}

/* ---- writing */

static size_t
write_digits(const char *number, uint8_t *out)
{
    size_t n = 0;

    for (; *number != '\0'; number++, n++) {
        unsigned nibble = (unsigned)(strchr(digits, *number) - digits);

        if (n % 2 == 0)
            out[n / 2] = (uint8_t)(0xF0 | nibble);
        else
            out[n / 2] = (uint8_t)((out[n / 2] & 15) | nibble << 4);
    }
    return n;
}

static bool
is_number(const char *address)
{
    size_t plus = address[0] == '+';
    size_t n = strlen(address + plus);

    return n >= 1 && n <= 20 && strspn(address + plus, "0123456789*#") == n;
}

/* A TP address; octets written, 0 when it cannot be one. */
static size_t
write_address(const char *address, uint8_t *out)
{
    uint8_t septets[11];
    long n;

    if (is_number(address)) {
        out[1] = address[0] == '+' ? ADDRESS_INTERNATIONAL : ADDRESS_UNKNOWN;
        out[0] = (uint8_t)write_digits(address + (address[0] == '+'), out + 2);
        return 2 + (out[0] + 1u) / 2;
    }
    n = gsm7_from_utf8(address, septets, sizeof(septets));
    if (n <= 0)
        return 0;
    memset(out, 0, 12);
    out[0] = (uint8_t)((n * 7 + 3) / 4);
    out[1] = ADDRESS_ALPHA;
    pack(septets, (size_t)n, 16, out);
    return 2 + (out[0] + 1u) / 2;
}

static size_t
write_smsc(const char *number, uint8_t *out)
{
    size_t n;

    if (number[0] == '\0' || !is_number(number)) {
        out[0] = 0;
        return 1;
    }
    out[1] = number[0] == '+' ? ADDRESS_INTERNATIONAL : ADDRESS_UNKNOWN;
    n = write_digits(number + (number[0] == '+'), out + 2);
    out[0] = (uint8_t)(1 + (n + 1) / 2);
    return out[0] + 1u;
}

static uint8_t
swapped(int two_digits)
{
    return (uint8_t)(two_digits % 10 << 4 | two_digits / 10);
}

static size_t
write_time(utc_t t, uint8_t *out)
{
    struct tm tm;
    long quarters;

    clock_local(t, &tm);
    quarters = tm.tm_gmtoff / 900;
    out[0] = swapped(tm.tm_year % 100);
    out[1] = swapped(tm.tm_mon + 1);
    out[2] = swapped(tm.tm_mday);
    out[3] = swapped(tm.tm_hour);
    out[4] = swapped(tm.tm_min);
    out[5] = swapped(tm.tm_sec);
    out[6] = swapped((int)(quarters < 0 ? -quarters : quarters));
    if (quarters < 0)
        out[6] |= 8;
    return 7;
}

static size_t
write_header(const struct concat *c, uint8_t *out)
{
    if (c->total == 0)
        return 0;
    if (c->ref_bits == 16) {
        const uint8_t h[] = {6,
                             HEADER_CONCAT_16,
                             4,
                             (uint8_t)(c->ref >> 8),
                             (uint8_t)c->ref,
                             (uint8_t)c->total,
                             (uint8_t)c->number};

        memcpy(out, h, sizeof(h));
        return sizeof(h);
    }
    const uint8_t h[] = {
        5, HEADER_CONCAT_8, 3, (uint8_t)c->ref, (uint8_t)c->total, (uint8_t)c->number};

    memcpy(out, h, sizeof(h));
    return sizeof(h);
}

/* Length octet, header and units. */
static size_t
write_user_data(const struct piece *p, uint8_t *out)
{
    size_t header = write_header(&p->concat, out + 1);
    size_t skip = (header * 8 + 6) / 7;

    if (p->alphabet == ALPHABET_GSM7) {
        out[0] = (uint8_t)(skip + p->units);
        pack(p->unit, p->units, skip * 7, out + 1);
        return 1 + (out[0] * 7u + 7) / 8;
    }
    out[0] = (uint8_t)(header + p->units);
    memcpy(out + 1 + header, p->unit, p->units);
    return 1 + header + p->units;
}

size_t
pdu_write_deliver(const struct deliver *d, const struct piece *p, uint8_t out[PDU_MAX])
{
    static const uint8_t coding[] = {
        [ALPHABET_GSM7] = 0x00, [ALPHABET_8BIT] = 0x04, [ALPHABET_UCS2] = 0x08};
    size_t n, address;

    memset(out, 0, PDU_MAX);
    n = write_smsc(d->smsc, out);
    out[n++] = (uint8_t)(TYPE_DELIVER | (p->concat.total > 0 ? HAS_HEADER : 0));
    address = write_address(d->from, out + n);
    if (address == 0)
        return 0;
    n += address;
    out[n++] = 0; /* protocol identifier: a plain message */
    out[n++] = (uint8_t)(coding[p->alphabet] | (d->class < 0 ? 0 : 0x10 | (d->class & 3)));
    n += write_time(d->time, out + n);
    return n + write_user_data(p, out + n);
}

size_t
pdu_write_report(const struct report *r, uint8_t out[PDU_MAX])
{
    size_t n, address;

    memset(out, 0, PDU_MAX);
    n = write_smsc(r->smsc, out);
    out[n++] = TYPE_REPORT;
    out[n++] = (uint8_t)r->ref;
    address = write_address(r->to, out + n);
    if (address == 0)
        return 0;
    n += address;
    n += write_time(r->sent, out + n);
    n += write_time(r->done, out + n);
    out[n++] = (uint8_t)r->status;
    return n;
}

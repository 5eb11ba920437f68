#include "sms/ussd.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/segment.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define OCTETS_MAX 512
#define PACKED_MIN 16 /* hex digits; a shorter text of such digits is what it is */

struct parts {
    int status, scheme; /* -1: none was given */
    const char *text;   /* NULL: none */
    size_t n;
};

/* Does the quote before `after` end the text? Then the line does, or the coding scheme
 * follows. Quotes inside of the text are not doubled by anybody. */
static bool
ends_text(const char *after, int *scheme)
{
    char *end;

    after += strspn(after, " ");
    if (*after == '\r')
        return true;
    if (*after != ',')
        return false;
    *scheme = (int)strtol(after + 1, &end, 10);
    return end != after + 1 && *end == '\r';
}

static bool
find_quoted(const char *text, struct parts *p)
{
    const char *end = strchr(text, '"');

    while (end != NULL && !ends_text(end + 1, &p->scheme))
        end = strchr(end + 1, '"');
    p->text = text;
    p->n = end == NULL ? 0 : (size_t)(end - text);
    return end != NULL;
}

static bool
find(const char *said, struct parts *p)
{
    const char *at = strstr(said, "+CUSD:");
    char *after;

    *p = (struct parts){.scheme = -1};
    if (at == NULL)
        return false;
    p->status = (int)strtol(at + 6, &after, 10);
    if (after == at + 6)
        return false;
    after += strspn(after, " ");
    if (*after != ',')
        return *after == '\r';
    after += 1 + strspn(after + 1, " ");
    if (*after == '"')
        return find_quoted(after + 1, p);
    p->text = after; /* without quotes it is one line */
    p->n = strcspn(after, "\r\n,");
    return after[p->n] != '\0';
}

bool
ussd_is_whole(const char *said)
{
    struct parts p;

    return find(said, &p);
}

/* Mostly letters, digits and signs that people write? */
static bool
is_readable(const char *text)
{
    size_t good = 0, all = 0, letters = 0;

    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if ((*c & 0xC0) == 0x80)
            continue;
        all++;
        good += *c == '\n' || *c == '\r' || (*c >= ' ' && *c < 0x7F);
        letters += isalpha(*c) != 0;
    }
    return letters > 0 && good * 10 >= all * 9;
}

/* Packed septets to one a byte. */
static size_t
unpack(const uint8_t *octets, size_t n, uint8_t *septets)
{
    size_t count = n * 8 / 7;

    for (size_t i = 0; i < count; i++) {
        size_t bit = i * 7, octet = bit / 8, shift = bit % 8;
        unsigned pair = octets[octet];

        if (octet + 1 < n)
            pair |= (unsigned)octets[octet + 1] << 8;

        septets[i] = (uint8_t)(pair >> shift & 0x7F);
    }
    while (count > 0 && (septets[count - 1] == 0 || septets[count - 1] == '\r'))
        count--; /* what fills the last octet */
    return count;
}

/* UTF-16, high octet first: two coding schemes say so, else the text itself must look it.
 */
static bool
says_utf16(int scheme)
{
    return scheme == 0x11 || scheme == 0x48 || (scheme >= 0 && (scheme & 0xCC) == 0x48);
}

static bool
from_hex(const char *hex, int scheme, char *out, size_t size)
{
    uint8_t octets[OCTETS_MAX], septets[OCTETS_MAX * 8 / 7 + 1];
    char text[OCTETS_MAX * 4];
    long n = hex_parse(hex, octets, sizeof(octets));

    if (n <= 0)
        return false;
    if (n % 2 == 0 && utf16_to_utf8(octets, (size_t)n, text, sizeof(text)) >= 0 &&
        (says_utf16(scheme) || is_readable(text))) {
        text_clip(out, size, text);
        return true;
    }
    if (gsm7_to_utf8(septets, unpack(octets, (size_t)n, septets), text, sizeof(text)) < 0 ||
        !is_readable(text))
        return false;
    text_clip(out, size, text);
    return true;
}

static void
from_plain(const char *text, size_t n, bool gsm, char *out, size_t size)
{
    char clean[OCTETS_MAX * 4];
    bool ascii = true;

    for (size_t i = 0; i < n; i++)
        ascii = ascii && (unsigned char)text[i] < 0x80;
    if (!gsm || !ascii ||
        gsm7_to_utf8((const uint8_t *)text, n < OCTETS_MAX ? n : OCTETS_MAX, clean,
                     sizeof(clean)) < 0)
        utf8_clean(clean, sizeof(clean), text, n);
    text_clip(out, size, clean);
}

bool
ussd_read(const char *said, bool gsm, enum ussd_status *status, char *text, size_t size)
{
    char hex[2 * OCTETS_MAX + 1];
    struct parts p;

    *text = '\0';
    if (!find(said, &p))
        return false;
    *status = p.status >= USSD_DONE && p.status <= USSD_LATE ? (enum ussd_status)p.status
                                                             : USSD_CANNOT;
    if (p.text == NULL)
        return true;
    if (p.n < sizeof(hex)) {
        memcpy(hex, p.text, p.n);
        hex[p.n] = '\0';
        if (p.n % 2 == 0 && strspn(hex, "0123456789ABCDEFabcdef") == p.n &&
            (p.n >= PACKED_MIN || says_utf16(p.scheme)) &&
            from_hex(hex, p.scheme, text, size))
            return true;
    }
    from_plain(p.text, p.n, gsm, text, size);
    return true;
}

void
ussd_pack(const char *code, char *hex)
{
    uint8_t octets[128] = {0};
    size_t n = strlen(code), used;

    n = n > 128 ? 128 : n;
    used = (n * 7 + 7) / 8;
    for (size_t i = 0; i < n; i++) {
        size_t bit = i * 7;
        unsigned both = (unsigned)(code[i] & 0x7F) << bit % 8;

        octets[bit / 8] |= (uint8_t)both;
        if (bit / 8 + 1 < sizeof(octets))
            octets[bit / 8 + 1] |= (uint8_t)(both >> 8);
    }
    hex_print(octets, used, hex);
}

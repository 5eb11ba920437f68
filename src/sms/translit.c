#include "meterpost/sms/translit.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/segment.h"

#include <string.h>

#define LANGUAGES_MAX 16
#define CODE_MAX      16

/* Ascending. What the GSM alphabet has itself (à é è ì ò ù ñ ü ä ö å ø æ ß Ç É Ñ) is not
 * here, and nothing that would become another word in Spanish, French, Portuguese or
 * Swahili. */
static const struct plain {
    uint32_t point;
    char letters[4];
} plains[] = {
    {0xA0, " "},   {0xAA, "a"},     {0xAB, "\""},   {0xB0, "o"},    {0xB2, "2"},
    {0xB3, "3"},   {0xB4, "'"},     {0xB7, "."},    {0xBA, "o"},    {0xBB, "\""},
    {0xC0, "A"},   {0xC1, "A"},     {0xC2, "A"},    {0xC3, "A"},    {0xC8, "E"},
    {0xCA, "E"},   {0xCB, "E"},     {0xCC, "I"},    {0xCD, "I"},    {0xCE, "I"},
    {0xCF, "I"},   {0xD2, "O"},     {0xD3, "O"},    {0xD4, "O"},    {0xD5, "O"},
    {0xD7, "x"},   {0xD9, "U"},     {0xDA, "U"},    {0xDB, "U"},    {0xDD, "Y"},
    {0xE1, "a"},   {0xE2, "a"},     {0xE3, "a"},    {0xE7, "c"},    {0xEA, "e"},
    {0xEB, "e"},   {0xED, "i"},     {0xEE, "i"},    {0xEF, "i"},    {0xF3, "o"},
    {0xF4, "o"},   {0xF5, "o"},     {0xFA, "u"},    {0xFB, "u"},    {0xFD, "y"},
    {0xFF, "y"},   {0x152, "OE"},   {0x153, "oe"},  {0x2009, " "},  {0x2010, "-"},
    {0x2011, "-"}, {0x2012, "-"},   {0x2013, "-"},  {0x2014, "-"},  {0x2018, "'"},
    {0x2019, "'"}, {0x201A, ","},   {0x201C, "\""}, {0x201D, "\""}, {0x201E, "\""},
    {0x2022, "-"}, {0x2026, "..."}, {0x202F, " "},  {0x2032, "'"},  {0x2212, "-"},
};

static const char *
plain_of(uint32_t point)
{
    size_t low = 0, high = sizeof(plains) / sizeof(plains[0]);

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (plains[middle].point == point)
            return plains[middle].letters;
        if (plains[middle].point < point)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* False when a character has no plain spelling, or there is no room. */
static bool
write_plainly(const char *text, char *out, size_t size)
{
    size_t n = strlen(text), step;
    uint32_t point = 0;
    struct text t;

    text_init(&t, out, size);
    for (size_t i = 0; i < n; i += step) {
        int bytes = utf8_next(text + i, n - i, &point);
        const char *plain;

        if (bytes < 1)
            return false;
        step = (size_t)bytes;
        if (gsm7_code(point) >= 0) {
            text_add_bytes(&t, text + i, step);
            continue;
        }
        plain = plain_of(point);
        if (plain == NULL)
            return false;
        text_add(&t, plain);
    }
    return !t.cut;
}

bool
translit_shorten(const char *text, char *out, size_t size)
{
    struct segments before, after;
    struct err e;

    return segment_measure(text, &before, &e) && before.alphabet == WIRE_UCS2 &&
           write_plainly(text, out, size) && segment_measure(out, &after, &e) &&
           after.count < before.count;
}

/* Process-wide, as the time zone is. */
static struct {
    char codes[LANGUAGES_MAX][CODE_MAX];
    size_t n;
} allowed;

void
translit_forbid_all(void)
{
    allowed.n = 0;
}

void
translit_allow(const char *language)
{
    if (allowed.n < LANGUAGES_MAX &&
        text_copy(allowed.codes[allowed.n], CODE_MAX, language))
        allowed.n++;
}

bool
translit_allowed(const char *language)
{
    for (size_t i = 0; i < allowed.n; i++) {
        if (strcmp(allowed.codes[i], language) == 0)
            return true;
    }
    return false;
}

/* Any text: its parts follow one another, fit, and go out and back as what they were. */
#include "meterpost/sms/segment.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static void
comes_back(enum wire_alphabet alphabet, const char *part, size_t n)
{
    uint8_t octets[2 * SEGMENT_GSM7];
    char back[WIRE_BODY_MAX];
    long used;

    if (alphabet == WIRE_GSM7) {
        used = gsm7_from_utf8(part, n, octets, sizeof(octets));
        must(used >= 0 &&
             gsm7_to_utf8(octets, (size_t)used, back, sizeof(back)) == (long)n);
    } else {
        used = utf16_from_utf8(part, n, octets, sizeof(octets));
        must(used >= 0 &&
             utf16_to_utf8(octets, (size_t)used, back, sizeof(back)) == (long)n);
    }
    must(memcmp(back, part, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct segments s;
    struct err e;
    size_t at = 0;

    must(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    if (segment_plan(text, &s, &e)) {
        for (size_t i = 0; i < s.count; i++) {
            must(s.part[i].at == at);
            must(s.part[i].units <= segment_room(s.alphabet, s.count > 1 ? 8 : 0));
            comes_back(s.alphabet, text + at, s.part[i].bytes);
            at += s.part[i].bytes;
        }
        must(at == strlen(text));
    }
    free(text);
    return 0;
}

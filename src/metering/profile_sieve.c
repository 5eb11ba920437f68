/*
 * profile_sieve.c - which patterns a text cannot match, told at a glance.
 */
#include "metering/profile_file.h"

#include <ctype.h>
#include <string.h>

/* Could a text that begins with this character match? A match of it alone is partial then.
 */
static bool
may_begin(const pcre2_code *code, pcre2_match_data *data, char c)
{
    return pcre2_match(code, (PCRE2_SPTR)&c, 1, 0, PCRE2_PARTIAL_HARD, data, NULL) !=
           PCRE2_ERROR_NOMATCH;
}

static void
find_first(const pcre2_code *code, struct rule_sieve *sieve)
{
    pcre2_match_data *data;
    uint32_t options = 0;

    pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
    data = (options & PCRE2_ANCHORED) != 0 ? pcre2_match_data_create(1, NULL) : NULL;
    memset(sieve->first, data == NULL ? 0xff : 0, sizeof(sieve->first));
    if (data == NULL)
        return;
    for (char c = 1; c > 0 && c < 0x7f; c++) {
        if (c <= ' ' || may_begin(code, data, c))
            sieve->first[c / 64] |= UINT64_C(1) << c % 64;
    }
    pcre2_match_data_free(data);
}

void
profile_sieve_make(const pcre2_code *code, struct rule_sieve *sieve)
{
    uint32_t has_last = 0, last = 0, least = 0;

    find_first(code, sieve);
    pcre2_pattern_info(code, PCRE2_INFO_MINLENGTH, &least);
    sieve->least = least; /* characters, none of which is less than a byte */
    pcre2_pattern_info(code, PCRE2_INFO_LASTCODETYPE, &has_last);
    pcre2_pattern_info(code, PCRE2_INFO_LASTCODEUNIT, &last);
    if (has_last == 0 || last == 0 || last >= 0x7f)
        return;
    sieve->last[0] = (char)tolower((int)last);
    sieve->last[1] = (char)toupper((int)last);
}

bool
profile_sieve_lets(const struct rule_sieve *sieve, const char *text, size_t n)
{
    unsigned char c = (unsigned char)text[0];
    const char *last = sieve->last;

    if (n < sieve->least ||
        (c > 0 && c < 0x7f && (sieve->first[c / 64] >> c % 64 & 1) == 0))
        return false;
    return last[0] == '\0' || memchr(text, last[0], n) != NULL ||
           (last[1] != last[0] && memchr(text, last[1], n) != NULL);
}

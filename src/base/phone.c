#include "meterpost/base/phone.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MAX  15 /* E.164 */
#define DIGITS_MIN  7  /* shorter ones are service codes */
#define SHORT_MAX   6
#define ALPHA_CHARS 11 /* 3GPP TS 23.040: ten octets of seven-bit characters */

/* Digits of a number without the marks that people put between them. -1: not a number. */
static int
collect_digits(const char *raw, bool *plus, char *digits, size_t size)
{
    size_t n = 0;

    *plus = false;
    for (const char *c = raw; *c != '\0'; c++) {
        if (*plus && strncmp(c, "(0)", 3) == 0) {
            c += 2; /* +254 (0) 700...: the zero is for calls from within the country */
        } else if (*c >= '0' && *c <= '9') {
            if (n + 1 >= size)
                return -1;
            digits[n++] = *c;
        } else if (*c == '+' && n == 0 && !*plus) {
            *plus = true;
        } else if (strchr(" -.()/", *c) == NULL) {
            return -1;
        }
    }
    digits[n] = '\0';
    return (int)n;
}

static bool
set_number(struct phone *out, const char *prefix, const char *rest)
{
    size_t n = strlen(prefix) + strlen(rest);

    if (n < DIGITS_MIN || n > DIGITS_MAX)
        return false;
    out->kind = PHONE_E164;
    snprintf(out->text, sizeof(out->text), "+%s%s", prefix, rest);
    return true;
}

static bool
set_word(struct phone *out, const char *raw)
{
    size_t n = strlen(raw);

    if (n == 0 || !utf8_valid(raw, n) || utf8_length(raw) > ALPHA_CHARS)
        return false;
    for (const char *c = raw; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    }
    out->kind = PHONE_ALPHA;
    return text_copy(out->text, sizeof(out->text), raw);
}

bool
phone_parse(const char *raw, const char *country_code, struct phone *out, struct err *e)
{
    char digits[32];
    bool plus, good;
    int n = collect_digits(raw, &plus, digits, sizeof(digits));
    size_t cc = strlen(country_code);

    if (n < 0) {
        good = set_word(out, raw);
    } else if (plus) {
        good = digits[0] != '0' && set_number(out, "", digits);
    } else if (digits[0] == '0' && digits[1] == '0') {
        good = digits[2] != '0' && set_number(out, "", digits + 2);
    } else if (n >= 2 && n <= SHORT_MAX) {
        out->kind = PHONE_SHORT;
        good = text_copy(out->text, sizeof(out->text), digits);
    } else if (digits[0] == '0') {
        good = set_number(out, country_code, digits + 1);
    } else if (cc > 0 && strncmp(digits, country_code, cc) == 0 && (size_t)n >= cc + 7) {
        good = set_number(out, "", digits);
    } else {
        good = set_number(out, country_code, digits);
    }
    if (!good)
        return err_set(e, FAIL_REJECT,
                       "'%.40s' is no phone number (write it as +%s followed by the rest)",
                       raw, country_code);
    return true;
}

const char *
phone_mask(const char *number)
{
    static _Thread_local char out[PHONE_MAX];
    size_t n = strlen(number);

    text_clip(out, sizeof(out), number);
    if (number[0] != '+' || n < 9)
        return out;
    for (size_t i = 5; i + 3 < n && i < sizeof(out) - 1; i++)
        out[i] = '*';
    return out;
}

bool
phone_matches(const char *pattern, const char *number)
{
    size_t n = strlen(pattern);

    if (n > 0 && pattern[n - 1] == '*')
        return strncmp(pattern, number, n - 1) == 0;
    return strcmp(pattern, number) == 0;
}

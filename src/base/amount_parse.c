/* amount_parse.c - amounts with separators of thousands and signs at either end. */
#include "meterpost/base/amount.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIGITS_MAX 40

struct digits {
    char plain[DIGITS_MAX + 2]; /* as decimal_parse() wants it */
    size_t n;
    int group;        /* digits since the last separator */
    int decimals;     /* -1: before the decimal sign     */
    size_t separator; /* bytes of the one in use; 0: none yet */
    const char *which;
};

/* How many bytes of white space begin here; 0: none. */
static size_t
blank_at(const char *text)
{
    static const char *const blanks[] = {" ", "\t", "\u00A0", "\u202F", "\u2009"};

    for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
        if (strncmp(text, blanks[i], strlen(blanks[i])) == 0)
            return strlen(blanks[i]);
    }
    return 0;
}

static size_t
separator_at(const char *text, char point)
{
    static const char apostrophe[] = "\u2019";

    if (*text == '\'' || ((*text == ',' || *text == '.') && *text != point))
        return 1;
    return strncmp(text, apostrophe, sizeof(apostrophe) - 1) == 0 ? sizeof(apostrophe) - 1
                                                                  : blank_at(text);
}

/* One separator of thousands: the same each time, and behind a whole group. */
static bool
take_separator(struct digits *d, const char *at, size_t n)
{
    bool first = d->separator == 0;

    if (d->decimals >= 0 || d->group == 0 || d->group > 3 || (!first && d->group == 1) ||
        (!first && (d->separator != n || memcmp(d->which, at, n) != 0)))
        return false;
    d->separator = n;
    d->which = at;
    d->group = 0;
    return true;
}

static bool
take_point(struct digits *d)
{
    if (d->decimals >= 0 || (d->separator > 0 && d->group != 3))
        return false;
    if (d->n == 0)
        d->plain[d->n++] = '0'; /* ".50" */
    d->plain[d->n++] = '.';
    d->decimals = 0;
    return true;
}

static bool
take_digits(struct digits *d, const char *text, size_t n, char point)
{
    const char *end = text + n;

    while (text < end) {
        size_t k;

        if (d->n >= DIGITS_MAX)
            return false;
        if (isdigit((unsigned char)*text)) {
            d->plain[d->n++] = *text++;
            d->group++;
            d->decimals += d->decimals >= 0;
        } else if (*text == point && take_point(d)) {
            text++;
        } else if ((k = separator_at(text, point)) > 0 && take_separator(d, text, k)) {
            text += k;
        } else {
            return false;
        }
    }
    d->plain[d->n] = '\0';
    return d->decimals >= 0 || d->separator == 0 || d->group == 3;
}

/* What stands around the digits of an amount, and whether it makes it negative. */
static const struct dress {
    const char *before, *after;
    bool minus;
} dresses[] = {
    {"(", ")", true}, {"-", "", true},  {"\u2212", "", true}, {"+", "", false},
    {"", "-", true},  {"", "DR", true}, {"", "CR", false},
};

static void
trim(const char **text, size_t *n)
{
    size_t k;

    while (*n > 0 && (k = blank_at(*text)) > 0 && k <= *n) {
        *text += k;
        *n -= k;
    }
    for (k = 1; k <= 3 && k <= *n;) {
        bool blank = blank_at(*text + *n - k) == k;

        *n -= blank ? k : 0;
        k = blank ? 1 : k + 1;
    }
}

static bool
undress(const char **text, size_t *n)
{
    for (size_t i = 0; i < sizeof(dresses) / sizeof(dresses[0]); i++) {
        const struct dress *d = &dresses[i];
        size_t a = strlen(d->before), b = strlen(d->after);

        if (*n <= a + b || strncmp(*text, d->before, a) != 0 ||
            strncasecmp(*text + *n - b, d->after, b) != 0)
            continue;
        *text += a;
        *n -= a + b;
        trim(text, n);
        return d->minus;
    }
    return false;
}

bool
amount_parse(const char *text, char point, int places, struct money *out, struct err *e)
{
    struct digits d = {.decimals = -1};
    const char *at = text;
    size_t n = strlen(text);
    bool minus;

    trim(&at, &n);
    minus = undress(&at, &n);
    if (!take_digits(&d, at, n, point))
        return err_set(e, FAIL_REJECT,
                       "'%.40s' is no amount with the decimal sign '%c', such as %s", text,
                       point, point == ',' ? "1.500,00" : "1,500.00");
    if (d.decimals == 3 && places < 3)
        return err_set(e, FAIL_REJECT,
                       "'%.40s' has three decimals: is '%c' not the decimal sign?", text,
                       point);
    if (!decimal_parse(d.plain, places, &out->minor, e))
        return err_in(e, "'%.40s'", text);
    if (out->minor > MONEY_LIMIT)
        return err_set(e, FAIL_REJECT, "'%.40s' is too large", text);
    out->minor = minus ? -out->minor : out->minor;
    return true;
}

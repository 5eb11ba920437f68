/* figures.c - what a meter shows, as people write it down. */
#include "figures.h"

#include "meterpost/base/text.h"
#include "meterpost/talk/words.h"

#include <string.h>

#define WORD_LETTERS                                                                       \
    2 /* letters in front of figures that are a word: "read321", not "m3" */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The mark that may stand inside of a number; '\0' for any other character. */
static char
mark_of(uint32_t point)
{
    static const struct {
        uint32_t point;
        char mark;
    } marks[] = {{'.', '.'},    {',', ','},    {0xFF0E, '.'},  /* full width */
                 {0xFF0C, ','}, {0x066B, '.'}, {0x066C, ','}}; /* Arabic */

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (marks[i].point == point)
            return marks[i].mark;
    }
    return '\0';
}

/* As words_fold(), but a dot or comma behind a digit stays. */
static void
plain_text(const char *text, char *out, size_t size)
{
    size_t n = strlen(text);
    bool wide = false;
    struct text t;

    text_init(&t, out, size);
    for (size_t i = 0; i < n;) {
        char raw[8] = "", folded[8] = "", mark[2] = "";
        uint32_t point = 0;
        int step = utf8_next(text + i, n - i, &point);
        bool behind_digit = t.used > 0 && is_digit(out[t.used - 1]);

        i += step < 1 ? 1 : (size_t)step;
        raw[utf8_put(point, raw)] = '\0';
        words_fold(raw, folded, sizeof(folded));
        /* Between figures of usual width "，" is a comma of a sentence. */
        mark[0] = point == 0xFF0C && !wide ? '\0' : mark_of(point);
        wide = point >= 0xFF10 && point <= 0xFF19;
        if (mark[0] != '\0')
            text_add(&t, behind_digit ? mark : " ");
        else if (folded[0] != '\0') {
            if (is_digit(folded[0]) && t.used > 0 && (out[t.used - 1] & 0x80) != 0)
                text_add(&t, " "); /* 抄表321 */
            text_add(&t, folded);
        } else if (t.used > 0 && out[t.used - 1] != ' ')
            text_add(&t, " ");
    }
}

/* Names of accounts and meters are no readings: bars in their place. */
static void
cross_out(char *text, const char *name)
{
    size_t n = strlen(name);

    for (char *at = text; n > 0 && (at = strstr(at, name)) != NULL; at += n) {
        if ((at == text || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            memset(at, '|', n);
    }
}

/* Where the figures of a word begin: "read321", "抄表321"; its end when it has none. */
static const char *
figures_of(const char *word, size_t n)
{
    size_t letters = strcspn(word, "0123456789");

    if (letters >= n || (letters > 0 && letters < WORD_LETTERS))
        return word + n;
    return word + letters;
}

/* Does this word go on with the number that `used` bytes were taken of: a group of three
 * ("12 345", "1 312,5"), or a single figure behind single ones ("0 0 3 2 1")? */
static bool
goes_on(const char *number, size_t used, const char *word, size_t n)
{
    size_t digits = strspn(word, "0123456789");

    if (used == 0 || strspn(number, "0123456789") < used || digits == 0)
        return false;
    return (digits == 3 && (n == 3 || word[3] == ',' || word[3] == '.')) ||
           (digits == 1 && n == 1);
}

/* The first number in a plain text, groups joined; false when there is none. */
static bool
first_number(const char *at, char *out, size_t size)
{
    size_t groups = 0, first = 0;
    struct text t;

    text_init(&t, out, size);
    while (*at != '\0') {
        size_t n = strcspn(at, " "), kept;
        const char *figures = figures_of(at, n);

        kept = (size_t)(at + n - figures);
        if (groups > 0 && (figures != at || !goes_on(out, t.used, at, n) ||
                           (n == 1 && first > 1) || (n > 1 && first > 3)))
            break;
        if (kept > 0) {
            first = groups++ == 0 ? kept : first;
            text_add_bytes(&t, figures, kept);
        }
        at += n + (at[n] == ' ');
    }
    return groups > 0 && !t.cut;
}

/* Is a comma in front of three digits one of thousands in this language? */
static bool
is_thousands(char mark, const char *language)
{
    bool comma = strncmp(language, "es", 2) == 0 || strncmp(language, "fr", 2) == 0;

    return mark == (comma ? '.' : ',');
}

/* One number as people write it ("1.312,5", "12,345", "12345m3") in thousandths. */
static bool
number_of(const char *text, const char *language, struct quantity *out)
{
    char plain[40];
    struct text t;
    struct err ignored;

    text_init(&t, plain, sizeof(plain));
    for (; *text != '\0'; text++) {
        size_t digits = strspn(text + 1, "0123456789");

        if (is_digit(*text))
            text_add_bytes(&t, text, 1);
        else if ((*text != '.' && *text != ',') || digits == 0)
            break;
        else if (digits != 3 || !is_thousands(*text, language))
            text_add(&t, strchr(plain, '.') == NULL ? "." : "x");
    }
    return plain[0] != '\0' && !t.cut &&
           decimal_parse(plain, QUANTITY_PLACES, &out->milli, &ignored);
}

bool
figures_find(const char *text, const struct figure_name *names, size_t n_names,
             const char *language, struct quantity *out)
{
    char plain[WORDS_FOLDED_MAX], number[128], name[sizeof(names->text)];

    plain_text(text, plain, sizeof(plain));
    for (size_t i = 0; i < n_names; i++) {
        words_fold(names[i].text, name, sizeof(name));
        cross_out(plain, name);
    }
    return first_number(plain, number, sizeof(number)) && number_of(number, language, out);
}

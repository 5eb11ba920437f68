/*
 * profile_text.c - a reply as it came, brought to one spelling; and numbers as they stand
 * in it.
 */
#include "metering/profile_file.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What stands for a character in patterns: '\0' for those that are left out. */
static uint32_t
plain_character(uint32_t c)
{
    switch (c) {
    case 0x00A0: /* no-break space */
    case 0x2007: /* figure space */
    case 0x2009: /* thin space */
    case 0x202F: /* narrow no-break space */
    case 0x3000: /* ideographic space */
    case '\t': return ' ';
    case 0x00B2: return '2';
    case 0x00B3: return '3';
    case 0x2212: return '-'; /* minus sign */
    case 0x200B:             /* zero width space */
    case 0xFEFF: return '\0';
    default: break;
    }
    if (c >= 0xFF01 && c <= 0xFF5E) /* full-width forms of ASCII */
        return c - 0xFF01 + '!';
    return c;
}

/* Spaces at line ends and empty lines at both ends say nothing. */
static void
trim(char *text)
{
    size_t to = 0;

    for (size_t from = 0; text[from] != '\0'; from++) {
        if (text[from] == '\n') {
            while (to > 0 && text[to - 1] == ' ')
                to--;
            if (to == 0)
                continue;
        }
        text[to++] = text[from];
    }
    while (to > 0 && (text[to - 1] == ' ' || text[to - 1] == '\n'))
        to--;
    text[to] = '\0';
    memmove(text, text + strspn(text, " \n"), to + 1 - strspn(text, " \n"));
}

bool
profile_squeeze(const char *text, char *out)
{
    const char *from = text;
    size_t to = 0;

    for (; *from != '\0'; from++) {
        if (*from != ' ' || (to > 0 && out[to - 1] != ' ' && out[to - 1] != '\n'))
            out[to++] = *from;
    }
    out[to] = '\0';
    return to < (size_t)(from - text);
}

bool
profile_heal(const char *text, const char *instead, char *out, char word[REPLY_WORD_MAX])
{
    static const char *const words[] = {"nan", "inf", "-inf", "infinity", "overflow"};
    size_t to = 0, n;

    word[0] = '\0';
    for (const char *at = text; *at != '\0'; at += n) {
        bool is_word = false;

        n = strcspn(at, " \n,;:=()");
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            is_word =
                is_word || (n == strlen(words[i]) && strncasecmp(at, words[i], n) == 0);
        if (is_word && word[0] == '\0')
            snprintf(word, REPLY_WORD_MAX, "%.*s", (int)n, at);
        if (is_word)
            memcpy(out + to, instead, strlen(instead)), to += strlen(instead);
        else
            memcpy(out + to, at, n), to += n;
        if (at[n] != '\0')
            out[to++] = at[n++];
    }
    out[to] = '\0';
    return word[0] != '\0';
}

/* Most of every text stays as it is. */
static size_t
plain_bytes(const char *text)
{
    size_t n = 0;

    while (text[n] >= ' ' && text[n] < 0x7f)
        n++;
    return n;
}

bool
profile_normalise(const char *text, char *out, struct err *e)
{
    size_t n = strlen(text);
    struct text t;

    text_init(&t, out, REPLY_TEXT_MAX);
    for (size_t i = 0; i < n;) {
        uint32_t c;
        char bytes[4];
        size_t plain = plain_bytes(text + i);
        int step;

        text_add_bytes(&t, text + i, plain);
        i += plain;
        if (i == n)
            break;
        step = utf8_next(text + i, n - i, &c);
        if (step < 1)
            return err_set(e, FAIL_REJECT, "the text is no UTF-8");
        i += (size_t)step;
        if (c == '\r') {
            if (text[i] == '\n')
                continue;
            c = '\n';
        }
        c = plain_character(c);
        if (c != '\0')
            text_add_bytes(&t, bytes, (size_t)utf8_put(c, bytes));
    }
    if (t.cut)
        return err_set(e, FAIL_REJECT, "the text is longer than %d bytes",
                       REPLY_TEXT_MAX - 1);
    trim(out);
    return true;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A mark of thousands stands between digits, three of which follow it and no fourth. */
static bool
thousands_right(const char *start, const char *mark)
{
    return mark > start && is_digit(mark[-1]) && strspn(mark + 1, "0123456789") == 3;
}

bool
profile_number(const struct profile *profile, const char *text, char *out, size_t size,
               struct err *e)
{
    const char *c = text;
    struct text t;

    text_init(&t, out, size);
    if (*c == '+')
        c++;
    else if (*c == '-')
        text_add_bytes(&t, c++, 1);
    for (; *c != '\0'; c++) {
        if (profile->thousands != '\0' && *c == profile->thousands) {
            if (!thousands_right(text, c))
                return err_set(e, FAIL_REJECT, "'%.40s' is no number", text);
        } else if (strchr(profile->decimal, *c) != NULL) {
            text_add(&t, ".");
        } else if (is_digit(*c)) {
            text_add_bytes(&t, c, 1);
        } else {
            return err_set(e, FAIL_REJECT, "'%.40s' is no number", text);
        }
    }
    if (t.cut)
        return err_set(e, FAIL_REJECT, "'%.40s' has more than %d digits", text,
                       UNIT_DIGITS_MAX);
    return true;
}

bool
reply_text_open(struct reply_text *t, const char *text, uint32_t groups, struct err *e)
{
    t->outer = t->item = NULL;
    t->is_healthy = false;
    if (!profile_normalise(text, t->plain, e))
        return false;
    t->has_squeezed = profile_squeeze(t->plain, t->squeezed);
    t->outer = pcre2_match_data_create(groups, NULL);
    return t->outer != NULL || err_set(e, FAIL_RETRY, "out of memory");
}

void
reply_text_close(struct reply_text *t)
{
    pcre2_match_data_free(t->outer);
    pcre2_match_data_free(t->item);
}

bool
reply_text_lacks_number(const char *text)
{
    static const char *const words[] = {"nan", "inf", "1.#", "overflow", "ovf"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasestr(text, words[i]) != NULL)
            return true;
    }
    for (; *text != '\0'; text++) {
        size_t n = strspn(text, "0123456789");

        if (n > 2 * UNIT_DIGITS_MAX)
            return true;
        text += n > 0 ? n - 1 : 0;
    }
    return false;
}

/* Replies as devices vary them: other line ends, spaces and letters than in the examples of
 * the profiles; and that no text is claimed by two patterns for different things. */
#include "metering/profile_file.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static struct profiles *all;

static void
start(void)
{
    struct problems p = {0};
    struct err e;

    cr_assert(clock_zone_set("Africa/Nairobi", &e));
    if (!profiles_load(TOP "/conf/profiles", &all, &p))
        problems_print(&p, stderr);
    cr_assert_not_null(all);
}

static void
end(void)
{
    profiles_free(all);
}

TestSuite(profiles_varied, .init = start, .fini = end);

/* ---- how a text may vary ---- */

static void
copy_char(char **to, char c)
{
    *(*to)++ = c;
}

static void
with_crlf(const char *text, char *to)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n' && text[-1] != '\r')
            copy_char(&to, '\r');
        copy_char(&to, *text);
    }
    *to = '\0';
}

static void
with_cr(const char *text, char *to)
{
    for (; *text != '\0'; text++) {
        if (*text != '\r' || text[1] != '\n')
            copy_char(&to, *text == '\n' ? '\r' : *text);
    }
    *to = '\0';
}

static void
with_ends(const char *text, char *to)
{
    sprintf(to, "\n %s \r\n\r\n", text);
}

static void
with_spaces_at_line_ends(const char *text, char *to)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n' && text[-1] != '\r')
            copy_char(&to, ' ');
        copy_char(&to, *text);
    }
    *to = '\0';
}

static void
in_upper_case(const char *text, char *to)
{
    for (; *text != '\0'; text++)
        copy_char(&to, (char)toupper((unsigned char)*text));
    *to = '\0';
}

static void
in_lower_case(const char *text, char *to)
{
    for (; *text != '\0'; text++)
        copy_char(&to, (char)tolower((unsigned char)*text));
    *to = '\0';
}

static void
with_hard_spaces(const char *text, char *to)
{
    for (; *text != '\0'; text++) {
        if (*text == ' ')
            copy_char(&to, '\xc2');
        copy_char(&to, *text == ' ' ? '\xa0' : *text);
    }
    *to = '\0';
}

/* Columns that are lined up, and lines that are set in. */
static void
with_wide_spaces(const char *text, char *to)
{
    for (; *text != '\0'; text++) {
        copy_char(&to, *text);
        if (*text == ' ' || *text == '\n') {
            copy_char(&to, ' ');
            copy_char(&to, ' ');
        }
    }
    *to = '\0';
}

static const struct {
    const char *how;
    void (*vary)(const char *text, char *to);
} ways[] = {
    {"lines end in CR LF", with_crlf},    {"lines end in CR", with_cr},
    {"empty lines around it", with_ends}, {"spaces at line ends", with_spaces_at_line_ends},
    {"upper case", in_upper_case},        {"lower case", in_lower_case},
    {"hard spaces", with_hard_spaces},    {"wide spaces", with_wide_spaces},
};

static bool
same(const struct reply *a, const struct reply *b)
{
    if (a->kind != b->kind || a->n_values != b->n_values || a->relay != b->relay ||
        a->has_time != b->has_time || (a->has_time && a->time != b->time) ||
        strcasecmp(a->meter, b->meter) != 0 || a->n_alarms != b->n_alarms)
        return false;
    for (int i = 0; i < a->n_values; i++) {
        if (strcmp(a->values[i].obis, b->values[i].obis) != 0 ||
            a->values[i].value.milli != b->values[i].value.milli)
            return false;
    }
    return true;
}

Test(profiles_varied, examples_decode_the_same_however_they_are_spelt)
{
    static struct reply want, got;
    static char text[REPLY_TEXT_MAX];
    int tried = 0;

    for (size_t i = 0; i < profiles_count(all); i++) {
        const struct profile *p = profiles_at(all, i);

        for (unsigned x = 0; x < p->file->examples_count; x++) {
            const char *example = p->file->examples[x].text;
            struct err e;

            if (strlen(example) > REPLY_TEXT_MAX / 4 ||
                !profile_parse_reply(p, example, &want, &e) || want.kind == REPLY_UNKNOWN)
                continue;
            for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++, tried++) {
                ways[w].vary(example, text);
                cr_expect(profile_parse_reply(p, text, &got, &e) && same(&want, &got),
                          "%s, %s: '%s'", profile_id(p), ways[w].how, text);
            }
        }
    }
    cr_expect_gt(tried, 800, "%d texts", tried);
}

/* ---- whose text it is ---- */

/* Whoever does not know the sender must not be told of a reading by the wrong device. */
Test(profiles_varied, no_profile_reads_values_from_the_text_of_another)
{
    static struct reply theirs, ours;
    int tried = 0;

    for (size_t i = 0; i < profiles_count(all); i++) {
        const struct profile *p = profiles_at(all, i);

        for (unsigned x = 0; x < p->file->examples_count; x++) {
            const char *text = p->file->examples[x].text;
            struct err e;

            if (!profile_parse_reply(p, text, &ours, &e) || ours.kind == REPLY_UNKNOWN)
                continue;
            for (size_t k = 0; k < profiles_count(all); k++, tried++) {
                const struct profile *q = profiles_at(all, k);

                if (k == i || !profile_parse_reply(q, text, &theirs, &e) ||
                    theirs.kind != REPLY_READING)
                    continue;
                cr_expect(same(&ours, &theirs), "'%s' is of %s, and %s reads from it", text,
                          profile_id(p), profile_id(q));
            }
        }
    }
    cr_expect_gt(tried, 3000, "%d pairs", tried);
}

/* Within a profile the first pattern wins: one behind it must not see another reading. */
Test(profiles_varied, no_two_patterns_of_a_profile_read_a_text_differently)
{
    for (size_t i = 0; i < profiles_count(all); i++) {
        const struct profile *p = profiles_at(all, i);

        for (unsigned x = 0; x < p->file->examples_count; x++) {
            const char *first = NULL;
            struct reply_text text;
            struct err e;

            cr_assert(reply_text_open(&text, p->file->examples[x].text, GROUPS_MAX, &e),
                      "%s", e.text);
            for (int r = 0; r < p->n_rules; r++) {
                const struct rule *rule = &p->rules[r];

                if (rule->file->kind != REPLY_READING ||
                    pcre2_match(rule->code, (PCRE2_SPTR)text.plain, strlen(text.plain), 0,
                                0, text.outer, p->limits) < 0)
                    continue;
                cr_expect_null(first, "%s: '%s' is '%s' and '%s'", profile_id(p),
                               text.plain, first, rule->file->name);
                first = rule->file->name;
            }
            reply_text_close(&text);
        }
    }
}

/*
 * test_texts.c - texts that people really send, each with its answer in full.
 *
 * tests/talk/texts/<language>.txt: a line that begins with "> " is what somebody texts, the
 * line after it what comes back ("< -" is silence). Each pair stands alone: before it
 * everything is as parlour.h made it. A name in front of a colon is who texts; without one
 * it is the customer of that language.
 */
#include "parlour.h"

#include "meterpost/sms/segment.h"

#define PAIRS_LEAST 300 /* of each language */

static const struct {
    const char *name, *phone;
} people[] = {
    {"en", ASHA},     {"es", JUAN},     {"fr", CLEM},    {"sw", ZAWA},
    {"zh", LI},       {"omar", OMAR},   {"aunt", AUNT},  {"nobody", "+254733999999"},
    {"jonas", JONAS}, {"amina", AMINA}, {"peter", PETER}};

static const char *
phone_of(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
        if (strlen(people[i].name) == n && strncmp(people[i].name, name, n) == 0)
            return people[i].phone;
    }
    return NULL;
}

/* "\n" in the file is a line feed. */
static void
unescape(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        if (text[0] == '\\' && text[1] == 'n') {
            *to++ = '\n';
            text++;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

/* One pair; with TEXTS_WRITE in the environment the answer is written instead. */
static void
try_pair(const char *language, char *line, const char *want, FILE *write)
{
    const char *colon = strstr(line, ": "), *from = NULL, *got;
    struct segments parts;
    const char *text = line;

    if (colon != NULL && (from = phone_of(line, (size_t)(colon - line))) != NULL)
        text = colon + 2;
    else
        from = phone_of(language, 2);
    if (write != NULL)
        fprintf(write, "> %s\n", line);
    unescape((char *)text);
    cr_assert(store_mark(s, &e), "%s", e.text);
    got = answer_to(from, text);
    cr_assert(segment_measure(got, &parts, &e));
    cr_expect_leq(parts.count, 1, "'%s' is answered in %zu parts: %s", text, parts.count,
                  got);
    if (write != NULL)
        fprintf(write, "< %s\n\n", got[0] == '\0' ? "-" : got);
    else
        cr_expect_str_eq(got[0] == '\0' ? "-" : got, want, "'%s'\n  got  %s\n  want %s",
                         text, got, want);
    cr_assert(store_undo(s, &e), "%s", e.text);
}

static int
try_file(const char *language)
{
    char path[200], said[4000], want[4000];
    FILE *in, *out = NULL;
    int pairs = 0;

    snprintf(path, sizeof(path), TOP "/tests/talk/texts/%s.txt", language);
    cr_assert_not_null(in = fopen(path, "r"), "%s", path);
    if (getenv("TEXTS_WRITE") != NULL) {
        snprintf(path, sizeof(path), "%s/%s.txt", getenv("TEXTS_WRITE"), language);
        cr_assert_not_null(out = fopen(path, "w"));
    }
    while (fgets(said, sizeof(said), in) != NULL) {
        said[strcspn(said, "\n")] = '\0';
        if (out != NULL && said[0] == '#')
            fprintf(out, "%s\n", said);
        if (strncmp(said, "> ", 2) != 0)
            continue;
        want[0] = '\0';
        if (out == NULL)
            cr_assert_not_null(fgets(want, sizeof(want), in), "'%s' has no answer", said);
        want[strcspn(want, "\n")] = '\0';
        try_pair(language, said + 2, strncmp(want, "< ", 2) == 0 ? want + 2 : want, out);
        pairs++;
    }
    fclose(in);
    if (out != NULL)
        fclose(out);
    return pairs;
}

TestSuite(texts, .init = parlour_open, .fini = parlour_close);

static void
try_language(const char *language)
{
    int pairs = try_file(language);

    cr_expect_geq(pairs, PAIRS_LEAST, "%d pairs", pairs);
}

Test(texts, what_people_send_in_english_is_answered_as_they_can_read_it)
{
    try_language("en");
}

Test(texts, what_people_send_in_spanish_is_answered_as_they_can_read_it)
{
    try_language("es");
}

Test(texts, what_people_send_in_french_is_answered_as_they_can_read_it)
{
    try_language("fr");
}

Test(texts, what_people_send_in_swahili_is_answered_as_they_can_read_it)
{
    try_language("sw");
}

Test(texts, what_people_send_in_chinese_is_answered_as_they_can_read_it)
{
    try_language("zh");
}

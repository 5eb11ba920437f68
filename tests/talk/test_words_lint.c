/* test_words_lint.c - files of words that contradict each other, or could be misunderstood.
 */
#include "meterpost/talk/words.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/meterpost-words-XXXXXX";

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
}

static void
tear_down(void)
{
    char command[100];

    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(words_lint, .init = set_up, .fini = tear_down);

static void
write_file(const char *name, const char *text)
{
    char path[100];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s.yaml", folder, name);
    cr_assert_not_null(f = fopen(path, "w"));
    fputs(text, f);
    fclose(f);
}

static void
collect(void *arg, const char *text)
{
    char *all = arg;

    snprintf(all + strlen(all), 4000 - strlen(all), "%s\n", text);
}

/* Two languages, of which the second adds `more`: what loading or the lint says. */
static void
say_of(const char *more, char all[4000])
{
    struct problems p = {0};
    struct words *w;

    write_file("aa", "language: aa\nname: Aa\ncourtesy: [please]\n"
                     "words: {BAL: [bal, money], STOP: [halt]}\n"
                     "senses: {OUT: [no power]}\n");
    write_file("bb", more);
    all[0] = '\0';
    w = words_load(folder, &p);
    for (size_t i = 0; i < p.count; i++)
        collect(all, p.at[i].text);
    if (w != NULL)
        words_lint(w, collect, all);
    words_free(w);
    problems_free(&p);
}

Test(words_lint, finds_what_two_languages_take_for_different_things)
{
    static const struct {
        const char *second, *want;
    } cases[] = {
        {"words: {BILL: [money]}", "'money' already means BAL in language aa"},
        {"words: {BILL: [MÓNEY]}", "'MÓNEY' already means BAL in language aa"},
        {"words: {BILL: [two words]}", "'two words' is not one word"},
        {"words: {BILL: [bill]}\nsenses: {BAL: [no power]}",
         "'no power' already means OUT in language aa"},
        {"words: {BILL: [bill]}\nsenses: {BAL: [power no]}",
         "'no power' (OUT, aa) has the words of 'power no' (BAL, bb)"},
        {"words: {BILL: [bill]}\nsenses: {BAL: [single]}", "'single' is not several words"},
        {"words: {BILL: [salt]}", "'halt' (STOP, aa) is one mistake of typing from 'salt'"},
        {"words: {BILL: [please]}",
         "'please' is passed over as a courtesy, and means BILL"},
        {"words: {BILL: [bill]}", "language bb has no word for BAL"},
        {"words: {BILL: [bill]}\nnames: [aa]", "'aa' already names language aa"},
        {"words: {NOSUCH: [bill]}", "unknown key 'NOSUCH'"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[500], all[4000];

        snprintf(text, sizeof(text), "language: bb\nname: Bb\n%s\n", cases[i].second);
        say_of(text, all);
        cr_expect(strstr(all, cases[i].want) != NULL, "'%s':\n  got  %s\n  want %s",
                  cases[i].second, all, cases[i].want);
    }
}

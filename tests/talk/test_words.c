#include "meterpost/talk/words.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(words, folding_forgives_case_accents_width_and_marks)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"BAL", "bal"},
        {"  Bal. ", "bal"},
        {"ＢＡＬ　１", "bal 1"},
        {"Sáldo?", "saldo"},
        {"sa\xCC\x81ldo", "saldo"}, /* combining acute */
        {"Élan—vital", "elan vital"},
        {"READ 12.345", "read 12 345"},
        {"READ ٣٤٥", "read 345"},
        {"余额！", "余额"},
        {"Straße Œuvre", "strasse oeuvre"},
        {"ПОМОЩЬ", "помощь"},
        {"\xF0\x9F\x98\x80", ""}, /* an emoji alone */
        {"", ""},
        {"\xFF\xFE bal", "bal"},
        {"'; DROP TABLE outbox; --", "drop table outbox"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char got[64];

        words_fold(cases[i].text, got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "'%s': got '%s', want '%s'", cases[i].text,
                         got, cases[i].want);
    }
}

Test(words, a_folded_text_never_leaves_its_buffer)
{
    char out[8];

    words_fold("余额余额余额余额", out, sizeof(out));
    cr_expect_str_eq(out, "余额", "got '%s'", out);
}

static struct words *
shipped(void)
{
    struct problems p = {0};
    struct words *w = words_load(TOP "/conf/words", &p);

    problems_print(&p, stderr);
    problems_free(&p);
    return w;
}

static void
print_doubt(void *arg, const char *text)
{
    (void)arg;
    cr_log_error("%s", text);
}

Test(words, the_shipped_languages_have_no_doubtful_words)
{
    struct words *w = shipped();

    cr_assert_not_null(w);
    cr_expect_eq(words_lint(w, print_doubt, NULL), 0);
    cr_expect_str_eq(words_spelling(w, "en", WORD_BALANCE), "BAL");
    cr_expect_str_eq(words_spelling(w, "zh", WORD_BALANCE), "余额");
    cr_expect_str_eq(words_spelling(w, "xx", WORD_BALANCE), "");
    cr_expect_str_eq(words_language(w, "swahili"), "sw");
    cr_expect_str_eq(words_language(w, "中文"), "zh");
    cr_expect_null(words_language(w, "klingon"));
    words_free(w);
}

Test(words, the_first_word_decides_in_every_language)
{
    static const struct {
        const char *text;
        enum word want;
        const char *language, *rest;
    } cases[] = {
        {"BAL", WORD_BALANCE, "en", ""},
        {"balance please", WORD_BALANCE, "en", "please"},
        {"Bal?", WORD_BALANCE, "en", ""},
        {"1", WORD_BALANCE, "", ""},
        {"１", WORD_BALANCE, "", ""},
        {"余额", WORD_BALANCE, "zh", ""},
        {"查询余额", WORD_BALANCE, "zh", ""},
        {"余额多少", WORD_BALANCE, "zh", "多少"},
        {"help", WORD_HELP, "en", ""},
        {"幫助", WORD_HELP, "zh", ""},
        {"what is my bal", WORD_BALANCE, "en", ""},
        {"how much do i owe you", WORD_BALANCE, "en", "you"},
        {"naomba salio langu", WORD_BALANCE, "sw", "langu"},
        {"por favor saldo", WORD_BALANCE, "es", ""},
        {"请问余额多少", WORD_BALANCE, "zh", "多少"},
        {"我要查用量", WORD_USE, "zh", ""},
        {"please", WORD_NONE, "", "please"},
        {"please please please please please please please bal", WORD_BALANCE, "en", ""},
        {"a very long text in the middle of which bal stands", WORD_NONE, "",
         "a very long text in the middle of which bal stands"},
        {"there was some light bill thing", WORD_BILL, "en", ""},
        {"bill is too high", WORD_FAULT, "en", ""},
        {"my power bill is how much", WORD_BILL, "en", ""},
        {"power bill for 1042", WORD_BILL, "en", "1042"},
        {"end of the month i will pay", WORD_PROMISE, "en", ""},
        {"number of the office", WORD_NONE, "", "number of the office"},
        {"thanks, balance", WORD_BALANCE, "en", ""},
        {"complaint no power again", WORD_COMPLAINT, "en", "no power again"},
        {"wire on the road", WORD_FAULT, "en", ""},
        {"wire", WORD_NONE, "", "wire"},
        {"我家从昨晚就没有电了", WORD_OUTAGE, "zh", ""},
        {"please stop", WORD_STOP, "en", ""},
        {"ball", WORD_NONE, "", "ball"}, /* BAL or BILL? */
        {"blance", WORD_BALANCE, "en", ""},
        {"hlep", WORD_HELP, "en", ""},
        {"slado", WORD_BALANCE, "es", ""},
        {"matumzi", WORD_USE, "sw", ""},
        {"sotp", WORD_NONE, "", "sotp"}, /* what changes something is typed as it is */
        {"shop", WORD_NONE, "", "shop"},
        {"cute", WORD_NONE, "", "cute"},
        {"read 1042 12345", WORD_READ, "en", "1042 12345"},
        {"CUT 1042", WORD_CUT, "en", "1042"},
        {"ok", WORD_OK, "", ""},
        {"no", WORD_NO, "", ""},
        {"", WORD_NONE, "", ""},
    };
    struct words *w = shipped();

    cr_assert_not_null(w);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char folded[WORDS_FOLDED_MAX];
        const char *rest, *language;
        enum word got = words_find(w, cases[i].text, folded, &rest, &language);

        cr_expect_eq(got, cases[i].want, "'%s': got word %d, want %d", cases[i].text, got,
                     cases[i].want);
        cr_expect_str_eq(language, cases[i].language, "'%s': got '%s', want '%s'",
                         cases[i].text, language, cases[i].language);
        cr_expect_str_eq(rest, cases[i].rest, "'%s': got '%s', want '%s'", cases[i].text,
                         rest, cases[i].rest);
    }
    words_free(w);
}

Test(words, people_who_never_read_our_help_are_understood)
{
    FILE *f = fopen(TOP "/tests/talk/texts/words.tsv", "re");
    char line[400], folded[WORDS_FOLDED_MAX];
    struct problems p = {0};
    struct words *w = words_load(TOP "/conf/words", &p);
    int texts = 0;

    cr_assert(f != NULL && w != NULL);
    while (fgets(line, sizeof(line), f) != NULL) {
        const char *rest, *language, *got;
        char *want = strchr(line, '\t');

        if (line[0] == '#')
            continue;
        cr_assert_not_null(want, "%s", line);
        *want++ = '\0';
        want[strcspn(want, "\n")] = '\0';
        got = words_key(words_find(w, line, folded, &rest, &language));
        cr_expect_str_eq(got, strcmp(want, "-") == 0 ? "" : want, "'%s': got %s, want %s",
                         line, got, want);
        texts++;
    }
    cr_expect_geq(texts, 190);
    fclose(f);
    words_free(w);
}

/* What the program says in English inside an answer, in the other languages: all of it. */
#include "meterpost/base/text.h"
#include "meterpost/talk/words.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct words *w;
static char source[200000];

static void
begin(void)
{
    struct problems p = {0};

    w = words_load(TOP "/conf/words", &p);
    cr_assert_not_null(w);
}

static void
end(void)
{
    words_free(w);
}

TestSuite(words_phrase, .init = begin, .fini = end);

static const char *
in(const char *language, const char *english)
{
    static char out[400];

    return words_phrase(w, language, english, out, sizeof(out));
}

Test(words_phrase, is_said_as_the_language_has_it)
{
    static const struct {
        const char *language, *english, *want;
    } cases[] = {
        {"es", "the account is closed", "la cuenta está cerrada"},
        {"zh", "45.00 is overdue, less than the least debt of 100.00",
         "逾期45.00，低于起点100.00"},
        {"sw", "somebody works on meter 20481: open box; late", //
         "kuna kazi kwenye mita 20481: open box; late"},
        {"fr", "nothing is overdue; supply is off already; +3",
         "rien en retard; déjà coupé; +3"},
        {"fr", "2 unpaid bills; the rules ask for 3", "2 impayées; la règle en veut 3"},
        {"fr", "1 unpaid bill; the rules ask for 3", "1 impayées; la règle en veut 3"},
        {"es", "what nobody has translated", "what nobody has translated"},
        {"en", "nothing is overdue", "nothing is overdue"},
        {"xx", "nothing is overdue", "nothing is overdue"},
        {"es", "", ""},
        {"es", "; ", "; "},
        {"es", "there is no {1} {}", "no existe {1} {}"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_str_eq(in(cases[i].language, cases[i].english), cases[i].want,
                         "%s '%s': got '%s', want '%s'", cases[i].language,
                         cases[i].english, in(cases[i].language, cases[i].english),
                         cases[i].want);
}

Test(words_phrase, fits_a_buffer_of_any_size)
{
    char out[200];

    for (size_t size = 1; size < sizeof(out); size++) {
        words_phrase(w, "zh", "9.50 is overdue, less than the least debt of 100.00", out,
                     size);
        cr_expect_lt(strlen(out), size);
        cr_expect(utf8_valid(out, strlen(out)), "%zu bytes: '%s'", size, out);
    }
}

/* The text of a C string literal, its neighbours and PRId64 included, with "{}" for each
 * conversion; *at is moved behind it. */
static void
literal(const char **at, char *out, size_t size)
{
    struct text t;
    const char *p = *at;

    text_init(&t, out, size);
    while (*p == '"' || strncmp(p, "PRId64", 6) == 0) {
        if (*p != '"') {
            p += 6;
        } else {
            for (p++; *p != '"'; p++) {
                if (*p == '%') {
                    p += 1 + strspn(p + 1, "0123456789.-lzh");
                    text_add(&t, "{}");
                    p -= *p == '"';
                } else {
                    text_add_bytes(&t, p, 1);
                }
            }
            p++;
        }
        p += strspn(p, " \n\t");
    }
    *at = p;
}

static void
load_source(const char *path)
{
    FILE *f = fopen(path, "re");

    cr_assert_not_null(f, "%s", path);
    source[fread(source, 1, sizeof(source) - 1, f)] = '\0';
    fclose(f);
}

Test(words_phrase, every_reason_of_a_guard_is_said_in_every_language)
{
    static const char *const languages[] = {"es", "fr", "sw", "zh"};
    char english[400];
    int reasons = 0;

    load_source(TOP "/src/relay/guard.c");
    for (const char *at = strstr(source, "ask_identity("); at != NULL;) {
        const char *kills = strstr(at, "KILLS(a, \""), *waits = strstr(at, "WAITS(a, \"");

        at = kills == NULL || (waits != NULL && waits < kills) ? waits : kills;
        if (at == NULL)
            break;
        at += strlen("KILLS(a, ");
        literal(&at, english, sizeof(english));
        if (strcmp(english, "{}") == 0)
            continue;
        reasons++;
        for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
            cr_expect_str_neq(in(languages[i], english), english,
                              "put '%2$s' under `phrases` of conf/words/%1$s.yaml",
                              languages[i], english);
    }
    cr_expect_geq(reasons, 35);
}

Test(words_phrase, refusals_to_staff_are_said_in_every_language)
{
    static const char *const files[] = {"staff.c",     "act_look.c",  "act_money.c",
                                        "act_alarm.c", "act_modem.c", "act_supply.c"};
    static const char *const begins[] = {"o->why), \"", "refuse(o, \"", "o->done = \"",
                                         "say_outcome(o, \""};
    char path[300], english[400];
    int texts = 0;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), TOP "/src/talk/%s", files[i]);
        load_source(path);
        for (size_t k = 0; k < sizeof(begins) / sizeof(begins[0]); k++) {
            for (const char *at = strstr(source, begins[k]); at != NULL;
                 at = strstr(at, begins[k])) {
                at += strlen(begins[k]) - 1;
                literal(&at, english, sizeof(english));
                if (english[0] == '\0' || strcmp(english, "{}") == 0)
                    continue;
                texts++;
                cr_expect_str_neq(in("sw", english), english,
                                  "put '%s' under `phrases` of conf/words/*.yaml", english);
            }
        }
    }
    cr_expect_geq(texts, 20);
}

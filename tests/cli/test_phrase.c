/* Phrases in other languages say the same thing with the same values. */
#include "cli/cli.h"
#include "cli/phrase.h"
#include "cli/table.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define AREA_N 10 /* columns of the area before a finding */

/* The conversions of a format, one behind the other: "%lld%s". */
static void
conversions(const char *format, char *out, size_t size)
{
    size_t n = 0;

    for (; *format != '\0' && n + 1 < size; format++) {
        size_t length;

        if (*format != '%')
            continue;
        length = 1 + strcspn(format + 1, "%sdu");
        for (size_t i = 0; i <= length && format[i] != '\0' && n + 1 < size; i++)
            out[n++] = format[i];
        format += length;
    }
    out[n] = '\0';
}

static void
compare(const struct phrase *p)
{
    const char *const texts[] = {p->es, p->fr, p->sw, p->zh};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char want[80], got[80];

        cr_assert(texts[i] != NULL && *texts[i] != '\0', "%s: no text %zu", p->en, i);
        conversions(p->en, want, sizeof(want));
        conversions(texts[i], got, sizeof(got));
        cr_expect_str_eq(got, want, "%s: '%s' has %s, want %s", p->en, texts[i], got, want);
    }
}

Test(phrase, every_language_has_every_phrase_with_the_same_values)
{
    for (size_t i = 0; i < phrases_today_count; i++)
        compare(&phrases_today[i]);
    for (size_t i = 0; i < phrases_status_count; i++)
        compare(&phrases_status[i]);
    for (size_t i = 0; i < phrases_table_count; i++)
        compare(&phrases_table[i]);
    for (size_t i = 0; i < phrases_note_count; i++)
        compare(&phrases_note[i]);
    for (size_t i = 0; i < phrases_desk_count; i++)
        compare(&phrases_desk[i]);
    for (size_t i = 0; i < phrases_office_count; i++)
        compare(&phrases_office[i]);
}

/* A command that was just added may wait for its translation; most have one. All fit into
 * the list of commands. */
Test(phrase, help_speaks_the_language_of_who_asks)
{
    static const char *const languages[] = {"es", "fr", "sw", "zh"};

    for (size_t k = 0; k < sizeof(languages) / sizeof(languages[0]); k++) {
        size_t english = 0;

        setenv("METERPOST_LANGUAGE", languages[k], 1);
        phrase_language(NULL);
        for (size_t i = 0; i < command_count(); i++) {
            const char *summary = command_at(i)->summary, *said = phrase(summary);

            english += strcmp(said, summary) == 0;
            cr_expect_leq(width_of(said), LINE_COLUMNS - 35, "%s: '%s' is too long",
                          command_at(i)->words, said);
        }
        cr_expect_lt(english, command_count() / 10, "%s: %zu of %zu are English",
                     languages[k], english, command_count());
    }
    cr_expect_str_eq(phrase("nothing found"), "没有找到");
}

Test(phrase, an_area_fits_before_its_finding)
{
    for (size_t i = 0; i < phrases_today_count && strcmp(phrases_today[i].en, "Mon"); i++) {
        const struct phrase *p = &phrases_today[i];
        const char *const texts[] = {p->en, p->es, p->fr, p->sw, p->zh};

        for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
            cr_expect_leq(width_of(texts[k]), AREA_N, "%s", texts[k]);
    }
}

Test(phrase, the_environment_goes_before_the_settings_and_what_is_not_known_is_english)
{
    static const struct {
        const char *own, *locale, *utility, *want;
    } cases[] = {
        {NULL, NULL, NULL, "runs"},
        {NULL, "C.UTF-8", NULL, "runs"},
        {NULL, "C.UTF-8", "fr", "tourne"},
        {NULL, "es_CO.UTF-8", "fr", "en marcha"},
        {NULL, "de_DE.UTF-8", "sw", "inafanya kazi"},
        {NULL, "de_DE.UTF-8", "de", "runs"},
        {"en", "es_CO.UTF-8", "fr", "runs"},
        {"zh", "C", "fr", "运行中"},
        {NULL, "POSIX", "", "runs"},
    };

    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        setenv("METERPOST_LANGUAGE", cases[i].own == NULL ? "" : cases[i].own, 1);
        setenv("LC_ALL", cases[i].locale == NULL ? "" : cases[i].locale, 1);
        phrase_language(cases[i].utility);
        cr_expect_str_eq(phrase("runs"), cases[i].want, "row %zu: got %s, want %s", i,
                         phrase("runs"), cases[i].want);
        cr_expect_str_eq(phrase("never said"), "never said");
    }
}

#include "talk/figures.h"

#include <criterion/criterion.h>

Test(figures, what_a_meter_shows_is_found_as_people_write_it)
{
    static const struct figure_name names[] = {{"10234-7"}, {"102347"}, {"W-20481"}};
    static const struct {
        const char *text, *language;
        int64_t want; /* thousandths; -1: there is none */
    } cases[] = {
        {"READ 321", "en", 321000},
        {"READ:321", "en", 321000},
        {"read321", "en", 321000},
        {"READ 1,312", "en", 1312000},
        {"READ 1,312.5", "en", 1312500},
        {"READ 1312,5", "en", 1312500},
        {"lectura 1.312", "es", 1312000},
        {"lectura 1.312,5", "es", 1312500},
        {"index 1 312,5", "fr", 1312500},
        {"index 12 345", "fr", 12345000},
        {"READ 0 0 3 2 1", "en", 321000},
        {"READ 00321", "en", 321000},
        {"READ 321kWh", "en", 321000},
        {"READ 15m3", "en", 15000},
        {"soma m3 15", "sw", 15000},
        {"READ \u0663\u0662\u0661", "en", 321000}, /* Arabic-Indic */
        {"READ \u0663\u0662\u0661\u066B\u0665", "en", 321500},
        {"READ \u06F3\u06F2\u06F1", "en", 321000},    /* Persian */
        {"READ \u0969\u0968\u0967", "en", 321000},    /* Devanagari */
        {"READ \uFF13\uFF12\uFF11", "en", 321000},    /* full width */
        {"\u6284\u8868321\u5EA6", "zh", 321000},      /* no gaps */
        {"\u6284\u88681046\uFF0C321", "zh", 1046000}, /* a comma of a sentence */
        {"READ 10234-7 321", "en", 321000},
        {"READ 102347 321", "en", 321000},
        {"READ W-20481 321", "en", 321000},
        {"READ 321 for 10234-7", "en", 321000},
        {"meter w 20481 shows 321 today", "en", 321000},
        {"READ 321 and 322", "en", 321000},
        {"READ 10234-7", "en", -1},
        {"READ", "en", -1},
        {"", "en", -1},
        {"READ m3", "en", -1},
        {"READ 1.2.3.4", "en", -1},
        {"READ 99999999999999999999999", "en", -1},
        {"READ 321'; DROP TABLE reading; --", "en", 321000},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct quantity got = {-1};

        if (!figures_find(cases[i].text, names, 3, cases[i].language, &got))
            got.milli = -1;
        cr_expect_eq(got.milli, cases[i].want, "'%s': got %lld, want %lld", cases[i].text,
                     (long long)got.milli, (long long)cases[i].want);
    }
}

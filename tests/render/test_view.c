#include "meterpost/render/chart.h"
#include "meterpost/render/language.h"
#include "meterpost/render/view.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define JUNE_20 1781938800 /* 2026-06-20T10:00+03:00 */

static void
begin(void)
{
    struct err e;

    cr_assert(clock_zone_set("Africa/Nairobi", &e), "%s", e.text);
}

Test(language, writes_dates_as_people_do, .init = begin)
{
    static const struct {
        const char *language, *date_long, *date_short, *month_long, *month, *month_short;
    } cases[] = {
        {"en", "20 June 2026", "20 Jun", "June 2026", "June", "Jun"},
        {"zh", "2026年6月20日", "6月20日", "2026年6月", "6月", "6月"},
        {"zh-Hans", "2026年6月20日", "6月20日", "2026年6月", "6月", "6月"},
        {"es", "20 de junio de 2026", "20 jun", "junio de 2026", "junio", "jun"},
        {"sw", "20 Juni 2026", "20 Jun", "Juni 2026", "Juni", "Jun"},
        {"xx", "20 June 2026", "20 Jun", "June 2026", "June", "Jun"},
        {"", "20 June 2026", "20 Jun", "June 2026", "June", "Jun"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *l = cases[i].language;
        char out[LANGUAGE_TEXT_MAX];

        cr_expect_str_eq(language_date_long(JUNE_20, l, out), cases[i].date_long, "%s",
                         out);
        cr_expect_str_eq(language_date_short(JUNE_20, l, out), cases[i].date_short, "%s",
                         out);
        cr_expect_str_eq(language_month_long(JUNE_20, l, out), cases[i].month_long, "%s",
                         out);
        cr_expect_str_eq(language_month(JUNE_20, l, out), cases[i].month, "%s", out);
        cr_expect_str_eq(language_month_short(JUNE_20, l, out), cases[i].month_short, "%s",
                         out);
    }
}

Test(language, writes_numbers_as_people_do)
{
    static const struct {
        int64_t value;
        int places;
        bool trim;
        const char *language, *want;
    } cases[] = {
        {142500, 2, false, "en", "1,425.00"},
        {142500, 2, false, "es", "1.425,00"},
        {142500, 2, false, "zh", "1,425.00"},
        {99999, 2, false, "en", "999.99"},
        {-123456789, 2, false, "en", "-1,234,567.89"},
        {0, 2, false, "en", "0.00"},
        {1312500, 3, true, "en", "1,312.5"},
        {1312000, 3, true, "en", "1,312"},
        {143857, 0, false, "en", "143,857"},
        {-5, 2, false, "en", "-0.05"},
        {INT64_MIN, 0, false, "en", "-9,223,372,036,854,775,808"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char out[LANGUAGE_TEXT_MAX];

        language_number(cases[i].value, cases[i].places, cases[i].trim, cases[i].language,
                        out);
        cr_expect_str_eq(out, cases[i].want, "got %s, want %s", out, cases[i].want);
    }
}

Test(language, names_units_and_currencies)
{
    cr_expect_str_eq(language_unit("m3", "en"), "m³");
    cr_expect_str_eq(language_unit("m3", "zh"), "立方米");
    cr_expect_str_eq(language_unit("kWh", "zh"), "度");
    cr_expect_str_eq(language_unit("kWh", "en"), "kWh");
    cr_expect_str_eq(language_currency("CNY", "zh"), "元");
    cr_expect_str_eq(language_currency("KES", "zh"), "KES");
}

Test(view, has_every_spelling_of_a_value, .init = begin)
{
    json_t *v = json_object();
    char *got;

    cr_assert(view_money(v, "total", (struct money){142500}, 2, "en"));
    cr_assert(view_quantity(v, "usage", (struct quantity){1312500}, "en"));
    cr_assert(view_rate(v, "a", (struct rate){12220000}, 2, "en"));
    cr_assert(view_rate(v, "b", (struct rate){44600}, 2, "en"));
    cr_assert(view_rate(v, "c", (struct rate){50000000}, 2, "en"));
    cr_assert(view_date(v, "due_on", JUNE_20, "en"));
    cr_assert(view_none(v, "cut_on"));
    cr_assert(view_unit(v, "m3", "en"));
    got = json_dumps(v, JSON_COMPACT);
    cr_expect_str_eq(
        got,
        "{\"total\":\"1425.00\",\"total_shown\":\"1,425.00\",\"usage\":\"1312.5\","
        "\"usage_shown\":\"1,312.5\",\"a\":\"12.22\",\"a_shown\":\"12.22\",\"b\":\"0."
        "0446\","
        "\"b_shown\":\"0.0446\",\"c\":\"50.00\",\"c_shown\":\"50.00\",\"due_on\":\"2026-06-"
        "20\","
        "\"due_on_long\":\"20 June 2026\",\"due_on_short\":\"20 Jun\",\"cut_on\":null,"
        "\"cut_on_shown\":null,\"cut_on_long\":null,\"cut_on_short\":null,\"unit\":\"m3\","
        "\"unit_shown\":\"m³\"}",
        "%s", got);
    free(got);
    json_decref(v);
}

Test(chart, says_in_words_what_it_draws)
{
    static const struct chart_bar bars[] = {{"Apr", 1204500, true, false},
                                            {"May <&\">", 15000, false, true},
                                            {"Jun", -5, false, false}};
    struct err e;
    char *svg;

    cr_assert(chart_bars(bars, 3, "Use & more", "m³", "en", &svg, &e), "%s", e.text);
    cr_expect(strstr(svg, "<title>Use &amp; more</title>") != NULL);
    cr_expect(strstr(svg, "<desc>Apr: 1,204.5 m³ (E); May &lt;&amp;&quot;&gt;: 15 m³; Jun: "
                          "-0.005 m³</desc>") != NULL,
              "%s", svg);
    cr_expect(strstr(svg, ">1,500</text>") != NULL, "the axis ends at a round number");
    cr_expect(strncmp(svg, "<svg ", 5) == 0 && strstr(svg, "</svg>") != NULL);
    free(svg);
}

Test(chart, takes_any_numbers)
{
    static const struct {
        int64_t largest;
        const char *top; /* of the axis */
    } cases[] = {
        {0, ">1<"},        {1, ">0.001<"},    {15000, ">15<"},
        {20000, ">20<"},   {20001, ">30<"},   {132000, ">150<"},
        {4000, ">4<"},     {41000, ">60<"},   {100000, ">100<"},
        {999999999, NULL}, {INT64_MAX, NULL}, {INT64_MIN, ">-1,000,000,000,000,000<"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct chart_bar bar = {"x", cases[i].largest, false, false};
        struct err e;
        char *svg;

        cr_assert(chart_bars(&bar, 1, "t", "kWh", "en", &svg, &e), "%s", e.text);
        if (cases[i].top != NULL)
            cr_expect(strstr(svg, cases[i].top) != NULL, "%ld: no %s in %s",
                      (long)cases[i].largest, cases[i].top, svg);
        free(svg);
    }
}

Test(chart, leaves_out_labels_that_have_no_room)
{
    struct chart_bar bars[30];
    struct err e;
    char *wide, *narrow;

    for (int i = 0; i < 30; i++)
        bars[i] = (struct chart_bar){i == 29   ? "12-31"
                                     : i == 28 ? "12-30"
                                               : "12-01",
                                     1000 * i, false, i == 29};
    cr_assert(chart_bars(bars, 30, "t", "u", "en", &wide, &e), "%s", e.text);
    cr_assert(chart_bars_in(CHART_NARROW, bars, 30, "t", "u", "en", &narrow, &e), "%s",
              e.text);
    cr_expect_not_null(strstr(wide, ">12-31<"), "the last one is always named");
    cr_expect_not_null(strstr(narrow, ">12-31<"));
    cr_expect_not_null(strstr(narrow, "text-anchor=\"end\" font-weight=\"700\">12-31<"),
                       "within the edge");
    cr_expect_null(strstr(narrow, ">12-30<"), "no room beside the last one");
    cr_expect_not_null(strstr(narrow, "12-30: 28 u"), "but people who hear it are told");
    free(wide);
    free(narrow);
}

Test(chart, hangs_down_what_is_below_zero)
{
    static const struct chart_bar bars[] = {{"May", -20000, false, false},
                                            {"Jun", 20000, false, true}};
    struct err e;
    char *svg;

    cr_assert(chart_bars(bars, 2, "t", "kWh", "en", &svg, &e), "%s", e.text);
    cr_expect(strstr(svg, ">-20<") != NULL && strstr(svg, ">20<") != NULL);
    cr_expect(strstr(svg, "y=\"71\" width=\"44\" height=\"46\" fill=\"#a9cbd9\"") != NULL,
              "from zero down: %s", svg);
    cr_expect(strstr(svg, "y=\"26\" width=\"44\" height=\"45\" fill=\"#0f5c7a\"") != NULL,
              "from zero up: %s", svg);
    free(svg);
}

/* Labels and values stand where they have room, those of the current bar always. */
Test(chart, leaves_out_what_has_no_room)
{
    struct chart_bar bars[12];
    int labels = 0, values = 0;
    struct err e;
    char *svg;

    for (int i = 0; i < 12; i++)
        bars[i] = (struct chart_bar){"Market Road", 1000000000, false, i == 11};
    cr_assert(chart_bars(bars, 12, "t", "KES", "en", &svg, &e), "%s", e.text);
    for (const char *at = svg; (at = strstr(at, ">Market Road<")) != NULL; at++)
        labels++;
    for (const char *at = svg; (at = strstr(at, ">1,000,000<")) != NULL; at++)
        values++;
    cr_expect(labels > 3 && labels < 12, "%d labels", labels);
    cr_expect_eq(values, 3, "%d: the axis, and the current bar with its white edge",
                 values);
    free(svg);
}

Test(chart, has_an_end)
{
    struct chart_bar bars[CHART_BARS_MAX + 1];
    struct err e;
    char *svg, *label = malloc(40001);

    memset(label, 'x', 40000);
    label[40000] = '\0';
    for (int i = 0; i <= CHART_BARS_MAX; i++)
        bars[i] = (struct chart_bar){"Jun 2026", 123456789, true, true};
    cr_expect(chart_bars(bars, 0, "t", "u", "en", &svg, &e));
    cr_expect_str_eq(svg, "");
    free(svg);
    cr_expect(chart_bars(bars, CHART_BARS_MAX, "t", "u", "en", &svg, &e), "%s", e.text);
    free(svg);
    cr_expect(!chart_bars(bars, CHART_BARS_MAX + 1, "t", "u", "en", &svg, &e));
    bars[0].label = label;
    cr_expect(!chart_bars(bars, 1, "t", "u", "en", &svg, &e));
    cr_expect_str_eq(e.text, "the labels of a chart are too long");
    free(label);
}

Test(view, history_is_a_list_and_a_picture)
{
    static const struct chart_bar bars[] = {{"Apr", 14000, true, false},
                                            {"May", 15500, false, true}};
    json_t *v = json_object();
    struct err e;
    char *got;

    cr_assert(view_history(v, bars, 2, "m3", "en", &e), "%s", e.text);
    got = json_dumps(json_object_get(v, "history"), JSON_COMPACT);
    cr_expect_str_eq(
        got, "[{\"label\":\"Apr\",\"estimated\":true,\"current\":false,\"value\":\"14\","
             "\"value_shown\":\"14\"},{\"label\":\"May\",\"estimated\":false,"
             "\"current\":true,\"value\":\"15.5\",\"value_shown\":\"15.5\"}]");
    cr_expect(strstr(json_string_value(json_object_get(v, "history_svg")),
                     "Use by month") != NULL);
    free(got);
    cr_expect_str_eq(json_string_value(json_object_get(v, "history_unit")), "m3");
    json_object_clear(v);
    cr_assert(view_history(v, bars, 0, "m3", "en", &e), "%s", e.text);
    cr_expect_eq(json_array_size(json_object_get(v, "history")), 0);
    cr_expect_str_eq(json_string_value(json_object_get(v, "history_svg")), "");
    json_decref(v);
}

#include "cli/table.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct column columns[] = {
    {"account", "account", CELL_TEXT, false},  {"name", "name", CELL_TEXT, true},
    {"balance", "balance", CELL_MONEY, false}, {"at", "at", CELL_TIME, false},
    {"phones", "phones", CELL_TEXT, true},     {"nothing", "nothing", CELL_TEXT, false},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static char *
printed(const char *rows_text, size_t line)
{
    json_t *rows = json_loads(rows_text, 0, NULL);
    char *out = NULL;
    size_t size;
    FILE *to = open_memstream(&out, &size);

    cr_assert_not_null(rows);
    table_print(to, columns, COLUMNS, rows, line, false);
    fclose(to);
    json_decref(rows);
    return out;
}

Test(table, columns_line_up_and_empty_ones_are_left_out)
{
    char *got =
        printed("[{\"account\":\"1\",\"name\":\"Wanjiku\",\"balance\":\"-1425.50\","
                "\"at\":\"2026-11-22T17:20:05+03:00\",\"phones\":[\"+2541\",\"+2542\"]},"
                "{\"account\":\"1042\",\"name\":\"李小龙\",\"balance\":\"0.00\","
                "\"at\":null,\"phones\":[]}]",
                100);

    cr_expect_str_eq(got,
                     "account  name       balance  at                phones\n"
                     "1        Wanjiku  -1,425.50  2026-11-22 17:20  +2541, +2542\n"
                     "1042     李小龙        0.00\n",
                     "got:\n%s", got);
    free(got);
}

Test(table, a_long_line_is_made_to_fit_at_its_flexible_columns)
{
    char *got =
        printed("[{\"account\":\"1042\",\"name\":\"a name that is far too long to be"
                " shown whole\",\"balance\":\"12.00\"}]",
                40);

    cr_expect_str_eq(got,
                     "account  name                    balance\n"
                     "1042     a name that is far to…    12.00\n",
                     "got:\n%s", got);
    free(got);
}

Test(table, a_sentence_goes_on_below)
{
    static const struct column two[] = {{"id", "id", CELL_NUMBER, false},
                                        {"why", "why", CELL_SENTENCE, true},
                                        {"then", "then", CELL_SENTENCE, true}};
    json_t *rows = json_loads("[{\"id\":7,\"why\":\"it is less than before\","
                              "\"then\":\"gone,not there\"},{\"id\":8,\"why\":\"short\"}]",
                              0, NULL);
    char *got = NULL;
    size_t size;
    FILE *to = open_memstream(&got, &size);

    table_print(to, two, 3, rows, 26, false);
    fclose(to);
    cr_expect_str_eq(got,
                     "id  why         then\n"
                     " 7  it is less  gone,not\n"
                     "    than        there\n"
                     "    before\n"
                     " 8  short\n",
                     "got:\n%s", got);
    free(got);
    json_decref(rows);
}

Test(table, columns_come_nearer_where_a_line_is_too_long_all_the_same)
{
    char *got = printed("[{\"account\":\"1042\",\"name\":\"a name that is far too long\","
                        "\"balance\":\"12.00\"}]",
                        25);

    cr_expect_str_eq(got,
                     "account name      balance\n"
                     "1042    a name t…   12.00\n",
                     "got:\n%s", got);
    free(got);
}

Test(table, texts_are_measured_in_columns_and_cut_between_characters)
{
    static const struct {
        const char *text;
        size_t columns, width;
        const char *want;
    } cases[] = {
        {"Wanjiku", 20, 7, "Wanjiku"},
        {"Wanjiku", 4, 7, "Wan…"},
        {"李小龙", 6, 6, "李小龙"},
        {"李小龙", 5, 6, "李小…"},
        {"李小龙", 4, 6, "李…"},
        {"e\xcc\x81t\xc3\xa9", 3, 3, "e\xcc\x81t\xc3\xa9"},
        {"two\nlines", 20, 9, "two lines"},
        {"esc\033[31m", 20, 7, "esc[31m"},
        {"", 5, 0, ""},
    };
    char got[CELL_MAX];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        width_clip(cases[i].text, cases[i].columns, got);
        cr_expect_str_eq(got, cases[i].want, "%s: got '%s', want '%s'", cases[i].text, got,
                         cases[i].want);
        cr_expect_eq(width_of(cases[i].text), cases[i].width, "%s: got %zu, want %zu",
                     cases[i].text, width_of(cases[i].text), cases[i].width);
    }
}

Test(table, csv_quotes_what_needs_it)
{
    json_t *row = json_loads("{\"a\":\"x,y\",\"b\":\"say \\\"no\\\"\",\"c\":[\"1\",\"2\"],"
                             "\"d\":null,\"e\":3,\"f\":\"two\\nlines\",\"g\":true}",
                             0, NULL);
    char *out = NULL;
    size_t size;
    FILE *to = open_memstream(&out, &size);

    csv_header_print(to, row);
    csv_row_print(to, row);
    fclose(to);
    cr_expect_str_eq(
        out, "a,b,c,d,e,f,g\r\n\"x,y\",\"say \"\"no\"\"\",1;2,,3,\"two\nlines\",yes\r\n",
        "got: %s", out);
    free(out);
    json_decref(row);
}

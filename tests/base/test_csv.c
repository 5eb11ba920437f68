#include "meterpost/base/csv.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* All rows as "a|b|c/d|e|f/": what was understood. */
static void
read_all(const char *text, size_t n, char *out, size_t size, struct problems *p)
{
    struct csv *c = csv_open("t.csv", text, n);
    static struct csv_row row;
    size_t used = 0;

    out[0] = '\0';
    while (csv_next(c, &row, p)) {
        for (size_t i = 0; i < row.count; i++)
            used += (size_t)snprintf(out + used, size - used, "%s%s", row.at[i].text,
                                     i + 1 == row.count ? "/" : "|");
    }
    csv_close(c);
}

Test(csv, well_formed_texts_are_read)
{
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"", ""},
        {"a,b\n1,2\n", "a|b/1|2/"},
        {"a,b\r\n1,2", "a|b/1|2/"},
        {"\xEF\xBB\xBF"
         "a,b\n",
         "a|b/"},
        {"\n\r\na,b\n\n1,2\n\n", "a|b/1|2/"},
        {"a,b\n,\n", "a|b/|/"},
        {"a,b\n\"x, y\",\"say \"\"no\"\"\"\n", "a|b/x, y|say \"no\"/"},
        {"a,b\n\"two\r\nlines\",2\n", "a|b/two\r\nlines|2/"},
        {"a,b\n\"\",\"\"\n", "a|b/|/"},
        {"a\n \xC3\xA9 \n", "a/ \xC3\xA9 /"},
    };
    char got[200];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};

        read_all(cases[i].text, strlen(cases[i].text), got, sizeof(got), &p);
        cr_expect(problems_none(&p), "case %zu", i);
        cr_expect_str_eq(got, cases[i].rows, "case %zu: got %s, want %s", i, got,
                         cases[i].rows);
        problems_free(&p);
    }
}

Test(csv, a_fault_is_named_with_its_place_and_the_rest_is_read)
{
    static const struct {
        const char *text, *rows, *problem;
    } cases[] = {
        {"a,b\n1\n3,4\n", "a|b/3|4/", "t.csv:2:1: expected 2 fields"},
        {"a,\bb\n1,2\n3\n", "", "t.csv:1:3: a control character"},
        {"a,b\n1,2,3\n", "a|b/", "t.csv:2:1: expected 2 fields"},
        {"a,b\n\xC3\xA9,x\"y\n3,4\n", "a|b/3|4/", "t.csv:2:4: a quote within"},
        {"a,b\n\"x\"y,2\n3,4\n", "a|b/3|4/", "t.csv:2:4: expected a comma"},
        {"a,b\n1,\"2\n3,4\n", "a|b/", "t.csv:2:3: the quote that opens here"},
        {"a,b\n1,\xFF\n3,4\n", "a|b/3|4/", "t.csv:2:3: this field is not UTF-8"},
        {"a,b\n1,\x01\n", "a|b/", "t.csv:2:3: a control character"},
    };
    char got[200], line[400];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};

        read_all(cases[i].text, strlen(cases[i].text), got, sizeof(got), &p);
        cr_expect_str_eq(got, cases[i].rows, "case %zu: got %s, want %s", i, got,
                         cases[i].rows);
        cr_assert_eq(problems_total(&p), 1, "case %zu", i);
        problem_print(&p.at[0], line, sizeof(line));
        cr_expect(strncmp(line, cases[i].problem, strlen(cases[i].problem)) == 0,
                  "case %zu: got %s, want %s", i, line, cases[i].problem);
        problems_free(&p);
    }
}

Test(csv, rows_beyond_the_limits_are_refused_and_do_no_harm)
{
    size_t n = 3 * CSV_ROW_MAX;
    char *text = malloc(n), *got = malloc(n);
    struct problems p = {0};

    memset(text, 'x', n);
    read_all(text, n, got, n, &p);
    cr_expect_eq(problems_total(&p), 1);
    cr_expect_str_eq(got, "");
    memset(text, ',', n);
    read_all(text, n, got, n, &p);
    cr_expect_eq(problems_total(&p), 2);
    text[0] = '"';
    read_all(text, n, got, n, &p);
    cr_expect_eq(problems_total(&p), 3);
    text[1] = '\0';
    read_all(text, 2, got, n, &p);
    cr_expect_eq(problems_total(&p), 4);
    problems_free(&p);
    free(text);
    free(got);
}

Test(csv, what_is_written_is_read_again)
{
    static const char *const fields[] = {"", "a,b", "\"", "two\nlines", "\xE7\x94\xB5"};
    char *text = NULL, got[100];
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    struct problems p = {0};

    for (int i = 0; i < 5; i++)
        csv_put(f, fields[i], i == 0);
    fputs("\r\n", f);
    fclose(f);
    read_all(text, n, got, sizeof(got), &p);
    cr_expect_str_eq(got, "|a,b|\"|two\nlines|\xE7\x94\xB5/");
    cr_expect(problems_none(&p));
    free(text);
}

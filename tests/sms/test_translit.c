#include "meterpost/sms/translit.h"

#include "meterpost/sms/outbox.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 100 characters around one that the GSM alphabet lacks. */
static const char *
long_with(const char *one)
{
    static char text[400];

    snprintf(text, sizeof(text), "%050d%s%050d", 0, one, 0);
    return text;
}

Test(translit, a_text_is_written_plainly_when_that_saves_a_part)
{
    static const struct {
        const char *one, *plain; /* NULL: it stays as it is */
    } cases[] = {
        {"facturaci\u00F3n", "facturacion"},
        {"\u00E0 \u00E9 \u00F1", NULL},
        {"\u201Cok\u201D\u2026", "\"ok\"..."},
        {"\u6C34", NULL},
        {"fran\u00E7ais \u0153uvre", "francais oeuvre"},
    };
    char out[800], want[400];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool shorter = translit_shorten(long_with(cases[i].one), out, sizeof(out));

        cr_expect_eq(shorter, cases[i].plain != NULL, "%s", cases[i].one);
        if (!shorter || cases[i].plain == NULL)
            continue;
        snprintf(want, sizeof(want), "%s", long_with(cases[i].plain));
        cr_expect_str_eq(out, want);
    }
    cr_expect_not(translit_shorten("facturaci\u00F3n", out, sizeof(out)),
                  "one part either way");
    cr_expect_not(translit_shorten(long_with("\u00F3"), out, 20), "no room");
}

Test(translit, only_languages_that_allow_it_are_written_plainly)
{
    char dir[] = "/tmp/meterpost-translit-XXXXXX", path[64], command[80];
    struct outbox_new m = {.key = "a", .kind = OUT_BILL, .number = "+254711000001"};
    struct outbox_row row;
    struct store *s;
    struct err e;
    int64_t id;
    bool found;

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/test.db", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
    translit_forbid_all();
    translit_allow("es");
    m.text = long_with("facturaci\u00F3n");
    m.language = "fr";
    cr_assert(outbox_add(s, &m, 1790000000, &id, &e), "%s", e.text);
    cr_assert(outbox_row_get(s, id, &row, &found, &e) && found);
    cr_expect_eq(row.segments, 2);
    m.key = "b";
    m.language = "es";
    cr_assert(outbox_add(s, &m, 1790000000, &id, &e), "%s", e.text);
    cr_assert(outbox_row_get(s, id, &row, &found, &e) && found);
    cr_expect_eq(row.segments, 1);
    cr_expect(strstr(row.text, "facturacion") != NULL);
    store_close(s);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

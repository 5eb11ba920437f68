/* The templates of this tree. */
#include "meterpost/base/text.h"
#include "meterpost/render/chart.h"
#include "meterpost/render/language.h"
#include "meterpost/render/template.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct templates *t;

static void
begin(void)
{
    struct err e;

    cr_assert(templates_open(TOP "/templates", "en", &t, &e), "%s", e.text);
}

static void
end(void)
{
    templates_close(t);
}

static json_t *
sample(const char *file)
{
    char path[512];
    json_error_t why;
    json_t *view;

    snprintf(path, sizeof(path), TOP "/templates/samples/%s.json", file);
    view = json_load_file(path, 0, &why);
    cr_assert_not_null(view, "%s:%d: %s", path, why.line, why.text);
    return view;
}

static char *
filled(const char *language, const char *name, const json_t *view)
{
    struct err e;
    char *text = NULL;

    cr_assert(templates_render(t, language, name, view, &text, &e), "%s", e.text);
    return text;
}

static void
print_fault(void *arg, const char *text)
{
    (void)arg;
    cr_expect(false, "%s", text);
}

Test(shipped, have_no_unknown_field, .init = begin, .fini = end)
{
    cr_expect_eq(templates_check(t, print_fault, NULL), 0);
}

/* {name} of the page must stand in backquotes somewhere, alone or behind a dot. */
static void
expect_documented(const char *page, const json_t *value, const char *file)
{
    const char *key;
    json_t *one;
    size_t i;

    json_array_foreach (value, i, one)
        expect_documented(page, one, file);
    json_object_foreach ((json_t *)value, key, one) {
        const char *ending = strrchr(key, '_');
        char alone[80], dotted[80];
        int n = (int)strlen(key);

        if (ending != NULL &&
            (strcmp(ending, "_shown") == 0 || strcmp(ending, "_long") == 0 ||
             strcmp(ending, "_short") == 0))
            n = (int)(ending - key);
        snprintf(alone, sizeof(alone), "`%.*s`", n, key);
        snprintf(dotted, sizeof(dotted), ".%.*s`", n, key);
        if (!json_is_object(one))
            cr_expect(strstr(page, alone) != NULL || strstr(page, dotted) != NULL,
                      "%s: %s is not in templates/README.md", file, key);
        expect_documented(page, one, file);
    }
}

Test(shipped, every_field_of_a_sample_is_in_the_readme)
{
    static const char *const files[] = {"bill", "balance", "help", "unknown"};
    static char page[20000];
    FILE *f = fopen(TOP "/templates/README.md", "r");

    cr_assert_not_null(f);
    cr_assert(fread(page, 1, sizeof(page) - 1, f) > 0);
    fclose(f);
    for (int i = 0; i < 4; i++) {
        json_t *view = sample(files[i]);

        expect_documented(page, view, files[i]);
        json_decref(view);
    }
}

/* The same keys on every level: a sample of another language has all fields too. */
static void
expect_same_keys(const json_t *a, const json_t *b, const char *where)
{
    const char *key;
    json_t *one;

    cr_expect_eq(json_object_size(a), json_object_size(b), "%s", where);
    json_object_foreach ((json_t *)a, key, one) {
        const json_t *other = json_object_get(b, key);

        cr_expect_not_null(other, "%s: %s", where, key);
        if (json_is_array(one))
            expect_same_keys(json_array_get(one, 0), json_array_get(other, 0), key);
        else
            expect_same_keys(one, other, key);
    }
}

Test(shipped, samples_of_both_languages_have_the_same_fields)
{
    static const char *const files[] = {"bill", "balance", "help", "unknown"};

    for (int i = 0; i < 4; i++) {
        char zh[32];
        json_t *a = sample(files[i]), *b;

        snprintf(zh, sizeof(zh), "%s.zh", files[i]);
        b = sample(zh);
        expect_same_keys(a, b, files[i]);
        json_decref(a);
        json_decref(b);
    }
}

/* Longest values that a utility can reasonably have. */
static void
make_long(json_t *view, bool chinese)
{
    json_t *utility = json_object_get(view, "utility");
    json_t *accounts = json_object_get(view, "accounts");
    json_t *parts[] = {view,
                       json_object_get(view, "totals"),
                       json_array_get(accounts, 0),
                       json_object_get(view, "account"),
                       json_object_get(view, "bill"),
                       json_object_get(view, "main")};
    static const struct {
        const char *name, *en, *zh;
    } longest[] = {
        {"account", "102347-88", "10234788"},
        {"pay_reference", "10234788", "10234788"},
        {"total_shown", "114,698.21", "4,698.21"},
        {"balance_due_shown", "123,958.21", "13,958.21"},
        {"month", "September", "12月"},
        {"due_on_short", "28 Sep", "12月28日"},
        {"usage_shown", "1,250.5", "1,250.5"},
        {"to_value", "131250", "131250"},
    };

    json_object_set_new(utility, "name",
                        json_string(chinese ? "基博自来水公司" : "Kibo Water & Power"));
    json_object_set_new(utility, "phone",
                        json_string(chinese ? "057112345678" : "0700123456"));
    for (size_t p = 0; p < sizeof(parts) / sizeof(*parts); p++)
        for (size_t i = 0; i < sizeof(longest) / sizeof(*longest); i++)
            if (json_is_string(json_object_get(parts[p], longest[i].name)))
                json_object_set_new(parts[p], longest[i].name,
                                    json_string(chinese ? longest[i].zh : longest[i].en));
}

/* English: the characters that SMS sends as one septet. Others count as UCS-2 units. */
static void
expect_one_segment(const char *language, const char *name, const char *text)
{
    size_t length = utf8_length(text);
    bool english = strcmp(language, "en") == 0;

    cr_expect_leq(length, english ? 160 : 70, "%s %s has %zu: %s", language, name, length,
                  text);
    for (const char *p = text; english && *p != '\0'; p++)
        cr_expect((unsigned char)*p < 0x7F && (*p >= ' ' || *p == '\n') &&
                      strchr("^{}\\[]~|`", *p) == NULL,
                  "%s %s: '%c' is not in the alphabet of SMS", language, name, *p);
}

Test(shipped, text_messages_fit_one_segment_with_their_longest_values, .init = begin,
     .fini = end)
{
    static const char *const names[] = {"bill", "balance", "help", "unknown"};

    for (int i = 0; i < 8; i++) {
        bool chinese = i >= 4;
        char file[32], name[32], *text;
        json_t *view;

        snprintf(file, sizeof(file), "%s%s", names[i % 4], chinese ? ".zh" : "");
        snprintf(name, sizeof(name), "%s.sms", names[i % 4]);
        view = sample(file);
        make_long(view, chinese);
        if (strcmp(names[i % 4], "balance") == 0)
            json_object_set_new(view, "more", json_integer(0));
        text = filled(chinese ? "zh" : "en", name, view);
        expect_one_segment(chinese ? "zh" : "en", name, text);
        free(text);
        json_decref(view);
    }
}

Test(shipped, a_balance_of_three_accounts_fits_one_segment, .init = begin, .fini = end)
{
    for (int i = 0; i < 2; i++) {
        json_t *view = sample(i == 0 ? "balance" : "balance.zh");
        json_t *accounts = json_object_get(view, "accounts");
        char *text;

        json_object_set_new(json_object_get(view, "utility"), "name",
                            json_string(i == 0 ? "Kibo Water & Power" : "基博水务"));
        json_object_set_new(view, "single", json_false());
        json_object_set_new(view, "pay_reference", json_null());
        for (int k = 0; k < 2; k++)
            json_array_append(accounts, json_array_get(accounts, 0));
        text = filled(i == 0 ? "en" : "zh", "balance.sms", view);
        if (i == 0)
            expect_one_segment("en", "balance.sms", text);
        else
            cr_expect_leq(utf8_length(text), 134, "two segments: %s", text);
        free(text);
        json_decref(view);
    }
}

Test(shipped, a_bill_by_text_message_says_what_people_look_for, .init = begin, .fini = end)
{
    json_t *view = sample("bill");
    char *text = filled("en", "bill.sms", view);

    cr_expect_str_eq(text,
                     "Kibo Water & Power 10234-7: May bill 3,698.21 KES (15 m3, read 1312 "
                     "A). Due 20 Jun. Pay 555123 acc 102347. Total due 3,958.21. "
                     "Info: BAL");
    free(text);
    json_object_set_new(json_object_get(view, "totals"), "to_pay", json_false());
    json_object_set_new(json_object_get(view, "totals"), "credit", json_string("5.00"));
    json_object_set_new(json_object_get(view, "totals"), "credit_shown",
                        json_string("5.00"));
    json_object_set_new(view, "main", json_null());
    text = filled("en", "bill.sms", view);
    cr_expect_str_eq(text,
                     "Kibo Water & Power 10234-7: May bill 3,698.21 KES. Nothing to pay. "
                     "Credit 5.00. Info: BAL");
    free(text);
    json_decref(view);
}

Test(shipped, a_bill_shows_all_that_must_be_on_it, .init = begin, .fini = end)
{
    static const char *const want[] = {
        "2026-000123", "6 June 2026",  "1 May 2026",  "31 May 2026", "31 days",
        "Asha Mwangi", "10234-7",      "Plot 7",      "W-20481",     "1,297",
        "1,312",       "30 Apr",       "50.00",       "300.00",      "16%",
        "510.10",      "2,310.00",     "5 May 2026",  "QX81K2",      "3,698.21",
        "3,958.21",    "20 June 2026", "8 July 2026", "555123",      "102347",
        "stimated",    "2026-000098",  "0700123456",  "complaint",   "-50.00",
    };
    static const char *const names[] = {"bill.html", "bill.txt"};

    for (int i = 0; i < 2; i++) {
        json_t *view = sample("bill");
        char *text = filled("en", names[i], view);

        for (size_t k = 0; k < sizeof(want) / sizeof(*want); k++)
            cr_expect(strstr(text, want[k]) != NULL ||
                          (strcasecmp(want[k], "stimated") == 0 &&
                           strstr(text, "ESTIMATED") != NULL),
                      "%s lacks '%s'", names[i], want[k]);
        free(text);
        json_decref(view);
    }
}

Test(shipped, a_bill_as_text_has_80_columns, .init = begin, .fini = end)
{
    json_t *view = sample("bill");
    char *text = filled("en", "bill.txt", view);

    for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;)
        cr_expect_leq(utf8_length(line), 80, "%s", line);
    free(text);
    json_decref(view);
}

Test(shipped, a_page_has_nothing_from_elsewhere_and_escapes_names, .init = begin,
     .fini = end)
{
    json_t *view = sample("bill");
    char *text;

    json_object_set_new(json_object_get(view, "account"), "name",
                        json_string("<script>alert(1)</script>"));
    text = filled("en", "bill.html", view);
    cr_expect(strstr(text, "<script") == NULL);
    cr_expect(strstr(text, "&lt;script&gt;") != NULL);
    cr_expect(strstr(text, "src=") == NULL && strstr(text, "href=") == NULL &&
              strstr(text, "url(http") == NULL && strstr(text, "@import") == NULL);
    free(text);
    json_decref(view);
}

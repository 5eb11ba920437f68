#include "meterpost/billing/quote.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Seven lines: components start in line 8. */
#define HEAD                                                                               \
    "tariff: T\nname: T\ncommodity: water\nunit: m3\ncurrency: KES\ndecimals: 2\n"         \
    "components:\n"
#define OF(codes)                                                                          \
    HEAD "  - {code: water, type: fixed, amount: 1}\n"                                     \
         "  - {code: vat, type: percent, rate: 16, of: [" codes "]}\n"                     \
         "  - {code: late, type: fixed, amount: 1}\n"
#define LADDER(blocks) HEAD "  - {code: w, type: blocks, blocks: [" blocks "]}\n"

#define ONE_FIXED      "  - {code: a, type: fixed, amount: 1}\n"

static const struct {
    const char *text, *want;
} wrong[] = {
    {"tariff: T\n", "t:1:1: the key 'name' is missing"},
    {OF("water, wter"),
     "t:9:54: components[1].of[1]: no component has the code 'wter': did "
     "you mean 'water'?"},
    {OF("late"), "t:9:47: components[1].of[0]: component 'late' does not stand before"},
    {OF("vat"), "t:9:47: components[1].of[0]: component 'vat' does not stand before"},
    {LADDER("{upto: 10, rate: 1}, {upto: 10, rate: 2}"),
     "t:8:66: components[0].blocks[1].upto: must be above 10"},
    {LADDER("{rate: 1}, {upto: 10, rate: 2}"),
     "t:8:38: components[0].blocks[0]: has no 'upto' and so takes everything"},
    {LADDER("{upto: -1, rate: 1}"), "blocks[0].upto: expected a number from 0 to"},
    {LADDER("{upto: 1.0001, rate: 1}"),
     "blocks[0].upto: '1.0001' has more than 3 decimals"},
    {LADDER("{rate: 1e2}"), "components[0].blocks[0].rate: '1e2' is not a decimal number"},
    {LADDER("{rate: 1000000000.1}"), "expected a number from -1000000000 to 1000000000"},
    {LADDER("{rat: 1}"), "unknown key 'rat': did you mean 'rate'?"},
    {LADDER(""), "expected at least 1 in the list"},
    {HEAD "  - {code: a, type: fixd, amount: 1}\n", "expected one of fixed, blocks"},
    {HEAD "  - {code: a, type: fixed}\n",
     "components[0].amount: is missing: the type 'fixed'"},
    {HEAD "  - {code: a, type: fixed, amount: 1, scale: days}\n",
     "t:8:46: components[0].scale: has no meaning for the type 'fixed'"},
    {HEAD "  - {code: a, type: fixed, amount: 1, over: 1}\n",
     "over: needs 'per' beside it"},
    {HEAD "  - {code: a, type: minimum, of: [a]}\n", "amount: is missing"},
    {HEAD "  - {code: b, type: fixed, amount: 1}\n"
          "  - {code: a, type: minimum, of: [b], amount: 1, min_qty: 1, rate: 1}\n",
     "t:9:59: components[1].min_qty: gives the floor, and so does 'amount'"},
    {HEAD "  - {code: a, type: minimum, of: [b], min_qty: 1}\n", "min_qty: needs 'rate'"},
    {HEAD "  - {code: a, type: fixed, amount: 1, when: {season: dry}}\n",
     "t:8:54: components[0].when.season: no season 'dry'"},
    {HEAD "  - {code: a, type: fixed, amount: 1}\nseasons: [{name: d, months: [0, 13]}]\n",
     "t:9:33: seasons[0].months[1]: expected a month from 1 to 12, got 13"},
    {HEAD "  - {code: a, type: fixed, amount: 1}\nvalid_from: 2024-02-30\n",
     "t:9:13: valid_from: expected a day such as"},
    {HEAD "  - {code: a, type: fixed, amount: 1}\nrounding: {line: {step: 0.001}}\n",
     "rounding.line.step: '0.001' has more than 2 decimals"},
    {HEAD "  - {code: a, type: fixed, amount: 1}\nrounding: {line: {step: 0}}\n",
     "rounding.line.step: expected a number from 0.01"},
    {HEAD "  - {code: a, type: fixed, amount: 1}\nperiod: {normal_days: 0}\n",
     "period.normal_days: expected a number from 1 to 3660"},
    {HEAD ONE_FIXED "read_in: 0\n", "read_in: expected a number from 0.001"},
    {HEAD ONE_FIXED "classes: [{class: a}, {class: b, months: 3, upto: 30}]\n",
     "classes[0]: has no 'upto' and so takes everybody"},
    {HEAD ONE_FIXED "classes: [{class: a, months: 30, upto: 30}]\n",
     "classes[0].months: expected a number from 1 to 24, got 30"},
    {HEAD ONE_FIXED "classes: [{class: a, months: 3}]\n",
     "classes[0]: has 'months' and no 'upto': their average up to what?"},
    {"tariff: T\nname: T\ncommodity: wine\nunit: m3\ncurrency: Ksh\ndecimals: 4\n"
     "components:\n  - {code: a, type: fixed, amount: 1}\n",
     "t:3:12: commodity: expected one of electricity, water, gas, heat, sewer; got 'wine'\n"
     "t:5:11: currency: expected three capital letters such as KES, got 'Ksh'\n"
     "t:6:11: decimals: expected a number from 0 to 3, got 4"},
};

static void
problems_of(const char *text, char *out, size_t size)
{
    struct problems p = {0};
    char line[1024];
    size_t used = 0;

    tariff_destroy(tariff_open_text("t", text, strlen(text), &p));
    out[0] = '\0';
    for (size_t i = 0; i < p.count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s\n",
                                 problem_print(&p.at[i], line, sizeof(line)));
    problems_free(&p);
}

Test(tariff, names_every_fault_with_its_place)
{
    char found[8192];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        problems_of(wrong[i].text, found, sizeof(found));
        cr_expect(strstr(found, wrong[i].want) != NULL, "%zu: got\n%swant\n%s", i, found,
                  wrong[i].want);
    }
}

Test(tariff, reads_what_it_ships)
{
    struct tariff_set set = {0};
    struct problems p = {0};

    cr_expect(tariff_set_read(&set, TOP "/conf/tariffs", &p), "%s",
              p.count > 0 ? p.at[0].text : "");
    cr_expect_geq(set.count, 2);
    cr_expect_not_null(tariff_find(&set, "domestic-water", "2024-06-01"));
    cr_expect_not_null(tariff_find(&set, "domestic-electricity", "2024-06-01"));
    cr_expect_null(tariff_find(&set, "domestic-water", "2023-12-31"), "not yet in force");
    problems_free(&p);
    tariff_set_free(&set);
}

static void
write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static void
remove_file(const char *folder, const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    unlink(path);
}

Test(tariff, the_version_of_the_day_is_found)
{
    char folder[] = "/tmp/tariffs-XXXXXX";
    struct tariff_set set = {0};
    struct problems p = {0};
    const struct tariff *t;

    cr_assert_not_null(mkdtemp(folder));
    write_file(folder, "a.yaml", HEAD ONE_FIXED "valid_from: 2025-01-01\n");
    write_file(folder, "b.yaml", HEAD ONE_FIXED);
    write_file(folder, "notes.txt", "not a tariff");
    cr_expect(tariff_set_read(&set, folder, &p));
    t = tariff_find(&set, "T", "2024-12-31");
    cr_assert_not_null(t);
    cr_expect_str_eq(t->valid_from, "");
    t = tariff_find(&set, "T", "2025-01-01");
    cr_assert_not_null(t);
    cr_expect_str_eq(t->valid_from, "2025-01-01");
    cr_expect_null(tariff_find(&set, "U", "2025-01-01"));
    tariff_set_free(&set);
    write_file(folder, "c.yaml", HEAD ONE_FIXED);
    cr_expect_not(tariff_set_read(&set, folder, &p));
    cr_expect(p.count == 1 && strstr(p.at[0].text, "two files hold tariff T") != NULL);
    problems_free(&p);
    tariff_set_free(&set);
    for (const char *const *name =
             (const char *const[]){"a.yaml", "b.yaml", "c.yaml", "notes.txt", NULL};
         *name != NULL; name++)
        remove_file(folder, *name);
    rmdir(folder);
}

Test(tariff, lint_tells_what_is_allowed_and_odd)
{
    static const char *const want[] = {
        "components[0].blocks[0]: the ladder ends at 10", "decimals: UGX has 0 decimals",
        "month 2 is in two", "in no season: month 5", "components[1].amount: is finer"};
    char file[] = "/tmp/tariff-XXXXXX", line[1024];
    struct problems p = {0};
    int fd = mkstemp(file);
    FILE *f = fdopen(fd, "w");

    cr_assert_not_null(f);
    fputs(
        "tariff: T\nname: T\ncommodity: water\nunit: m3\ncurrency: UGX\ndecimals: 2\n"
        "seasons: [{name: a, months: [1, 2, 3, 4]}, {name: b, months: [2, 6, 7, 8, 9, 10, "
        "11, 12]}]\ncomponents:\n"
        "  - {code: a, type: blocks, blocks: [{upto: 10, rate: 1}]}\n"
        "  - {code: b, type: fixed, amount: 1.001}\n"
        "  - {code: c, type: blocks, blocks: [{upto: 10, rate: 1}], when: {total_le: "
        "10}}\n",
        f);
    fclose(f);
    cr_expect_not(tariff_lint_file(file, &p));
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        bool found = false;

        for (size_t k = 0; k < p.count; k++)
            found |= strstr(problem_print(&p.at[k], line, sizeof(line)), want[i]) != NULL;
        cr_expect(found, "no '%s'", want[i]);
    }
    cr_expect_eq(p.count, 5, "got %zu", p.count);
    problems_free(&p);
    unlink(file);
}

/* ---- what is shipped ---- */

/* The use of a case with the factors that stood in its tariff as rates then. */
static json_t *
usage_with_factors(const json_t *usage)
{
    json_t *copy = json_copy((json_t *)usage);

    json_object_set_new(
        copy, "factors",
        json_pack("{s:s, s:s, s:s}", "fuel", "3.38", "forex", "0.79", "inflation", "0.10"));
    return copy;
}

/* Every published bill of the tariff in this file; their number. */
static int
expect_bills_of(const char *path)
{
    struct problems p = {0};
    struct tariff *t = tariff_open_file(path, &p);
    FILE *f = fopen(TOP "/tests/billing/cases/utilities.jsonl", "r");
    char line[16384];
    int n = 0;

    cr_assert(t != NULL && f != NULL, "%s: %s", path, p.count > 0 ? p.at[0].text : "");
    while (fgets(line, sizeof(line), f) != NULL) {
        json_t *c = json_loads(line, 0, NULL), *usage, *got;
        const char *id =
            json_string_value(json_object_get(json_object_get(c, "tariff"), "tariff"));
        struct err e;

        if (strcmp(id, t->id) == 0) {
            usage = usage_with_factors(json_object_get(c, "usage"));
            got = quote_try_text(path, t->text, usage, &e);
            cr_assert_not_null(got, "%s: %s", path, e.text);
            cr_expect(json_equal(got, json_object_get(c, "expect")), "%s: bill %d", path,
                      n + 1);
            json_decref(got);
            json_decref(usage);
            n++;
        }
        json_decref(c);
    }
    fclose(f);
    tariff_destroy(t);
    return n;
}

Test(tariff, the_shipped_examples_give_the_bills_of_their_utilities)
{
    static const char *const files[] = {"china-zhejiang-household",
                                        "kenya-power-domestic",
                                        "uganda-domestic",
                                        "nepal-domestic-5a",
                                        "us-cooperative-residential",
                                        "nairobi-water-and-sewer"};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[300];

        snprintf(path, sizeof(path), "%s/conf/tariffs/examples/%s.yaml", TOP, files[i]);
        cr_expect_gt(expect_bills_of(path), 0, "%s", path);
    }
}

#define FACTOR_TWICE                                                                       \
    "tariff: T\nname: T\ncommodity: water\nunit: m3\ncurrency: KES\ncomponents:\n"         \
    "  - {code: f, type: fixed, amount: 1, factor: fuel}\n"
#define FACTOR_ALONE                                                                       \
    "tariff: T\nname: T\ncommodity: water\nunit: m3\ncurrency: KES\ncomponents:\n"         \
    "  - {code: f, type: blocks, factor: fuel, blocks: [{rate: 1}]}\n"

Test(tariff, a_factor_stands_in_the_place_of_an_amount)
{
    static const struct {
        const char *text, *want;
    } cases[] = {{FACTOR_TWICE, "stands in the place of 'amount'"},
                 {FACTOR_ALONE, "has no meaning for the type 'blocks'"}};

    for (size_t i = 0; i < 2; i++) {
        struct problems p = {0};

        cr_expect_null(tariff_open_text("t", cases[i].text, strlen(cases[i].text), &p));
        cr_assert_gt(p.count, 0);
        cr_expect_not_null(strstr(p.at[0].text, cases[i].want), "%s", p.at[0].text);
        problems_free(&p);
    }
}

#define HOLDS_NEVER                                                                        \
    "tariff: T\nname: T\ncommodity: water\nunit: m3\ncurrency: KES\ncomponents:\n"         \
    "  - {code: f, type: fixed, amount: 1, when: {total_gt: 50, total_le: 40}}\n"          \
    "  - {code: g, type: fixed, amount: -5}\n"

Test(tariff, lint_finds_conditions_that_never_hold_and_bills_below_zero)
{
    struct problems p = {0};

    cr_expect_not(tariff_lint_text("t", HOLDS_NEVER, strlen(HOLDS_NEVER), &p));
    cr_assert_eq(p.count, 2, "%zu", p.count);
    cr_expect_not_null(strstr(p.at[0].text, "never holds"), "%s", p.at[0].text);
    cr_expect_not_null(strstr(p.at[1].text, "below zero"), "%s", p.at[1].text);
    problems_free(&p);
}

#define GAP                                                                                \
    "tariff: T\nname: T\ncommodity: water\nunit: m3\ncurrency: KES\ncomponents:\n"         \
    "  - {code: f, type: fixed, amount: 1, when: {total_le: 60}}\n"                        \
    "  - {code: g, type: fixed, amount: 2, when: {total_gt: %s, total_le: 90}}\n"          \
    "  - {code: h, type: fixed, amount: 2, when: {total_gt: 90}}\n"

Test(tariff, lint_finds_a_use_between_two_conditions)
{
    static const struct {
        const char *from, *want; /* want NULL: nothing is wrong */
    } cases[] = {{"60", NULL},
                 {"61", "a gap: it holds up to 60 and the next part above 61"}};

    for (size_t i = 0; i < 2; i++) {
        struct problems p = {0};
        char text[600];

        snprintf(text, sizeof(text), GAP, cases[i].from);
        cr_expect_eq(tariff_lint_text("t", text, strlen(text), &p), cases[i].want == NULL);
        cr_assert_eq(p.count, cases[i].want == NULL ? 0 : 1);
        if (p.count > 0)
            cr_expect_not_null(strstr(p.at[0].text, cases[i].want), "%s", p.at[0].text);
        problems_free(&p);
    }
}

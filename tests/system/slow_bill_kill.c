/*
 * kill -9 of the engine at commits of a bill run, again and again, and while bills are
 * taken back. Each new engine goes on with the run. At the end every account has one bill
 * in force, numbers have no gap, who has a phone was told of each bill once, and the books
 * agree.
 */
#include "die.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNTS  1200
#define PHONES    20 /* of the first ones */
#define DEATHS    9
#define CANCELLED 4
#define MONTH     "2026-02"

static struct rig *r;
static struct err e;
static int deaths;

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(bill_kill, .fini = end, .timeout = 280);

/* ---- a town whose readings of February are in ---- */

static void add_line(char **at, const char *end_of, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
add_line(char **at, const char *end_of, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    *at += vsnprintf(*at, (size_t)(end_of - *at), fmt, args);
    va_end(args);
}

/* Run a command; what it answers is of no matter. */
static int
run(const char *a, const char *b, const char *c, const char *d)
{
    json_t *answer = NULL;
    int status = rig_meterpost(r, &answer, &e, "--yes", a, b, c, d, NULL);

    json_decref(answer);
    return status;
}

static void
must(const char *a, const char *b, const char *c, const char *d)
{
    cr_assert_eq(run(a, b, c, d), 0, "%s %s: %s", a, b, e.text);
}

static void
take_in(const char *kind, const char *text)
{
    char path[RIG_PATH_MAX];

    cr_assert(rig_write(r, "in.csv", text, &e), "%s", e.text);
    must("import", kind, rig_path(r, "in.csv", path), NULL);
}

static void
settle(void)
{
    static char accounts[ACCOUNTS * 80], meters[ACCOUNTS * 80], readings[ACCOUNTS * 80];
    char *a = accounts, *m = meters, *v = readings;

    add_line(&a, accounts + sizeof(accounts), "account,name,tariff,phones\n");
    add_line(&m, meters + sizeof(meters),
             "meter,account,commodity,profile,initial_reading,installed_on\n");
    add_line(&v, readings + sizeof(readings), "meter,register,value,taken_at,source\n");
    for (int i = 1; i <= ACCOUNTS; i++) {
        char phone[20] = "";

        if (i <= PHONES)
            snprintf(phone, sizeof(phone), "+2547220%05d", i);
        add_line(&a, accounts + sizeof(accounts), "%d,House %d,domestic-electricity,%s\n",
                 5000 + i, i, phone);
        add_line(&m, meters + sizeof(meters), "M%d,%d,electricity,,0,2026-02-01\n", i,
                 5000 + i);
        add_line(&v, readings + sizeof(readings), "M%d,1-0:1.8.0,%d,2026-03-01,manual\n", i,
                 i % 90 + 10);
    }
    take_in("accounts", accounts);
    take_in("meters", meters);
    take_in("readings", readings);
}

/* ---- deaths ---- */

/* Until an engine lives; every one of them that shall dies at some commit, be it while it
 * begins. */
static void
revive(void)
{
    while (!rig_engine_runs(r)) {
        if (deaths < DEATHS)
            cr_assert(die_at(r, 1 + deaths % 3, deaths % 2 == 0 ? "behind" : "before", &e));
        else
            die_no_more(r);
        if (!die_engine_start(r, &e))
            cr_assert_lt(deaths++, DEATHS, "the last one cannot start: %s", e.text);
    }
}

/* Did it die since it was looked at last? Then another one works on. */
static void
look_after(void)
{
    if (rig_engine_runs(r))
        return;
    deaths++;
    revive();
}

/* What a list prints, with all of its rows. */
static json_t *
list_of(const char *a, const char *b, const char *c)
{
    json_t *answer = NULL;

    cr_assert_eq(rig_meterpost(r, &answer, &e, a, b, c, NULL), 0, "%s: %s", a, e.text);
    return answer;
}

static int64_t
status_of(const char *key)
{
    json_t *answer = NULL;
    int64_t n;

    rig_meterpost(r, &answer, &e, "status", NULL);
    cr_assert_not_null(answer, "%s", e.text);
    n = json_integer_value(json_object_get(answer, key));
    json_decref(answer);
    return n;
}

static const char *
text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text == NULL ? "" : text;
}

/* ---- what is done meanwhile ---- */

static void
bill_all(void)
{
    int64_t until = clock_mono_ms() + 120000;

    while (status_of("bills") == 0 && status_of("jobs_running") == 0) {
        run("bill", "issue", MONTH, NULL);
        look_after();
    }
    while (status_of("jobs_running") > 0) {
        look_after();
        cr_assert_lt(clock_mono_ms(), until, "the run does not go on");
    }
}

static bool
is_taken_back(const char *number)
{
    json_t *bill = list_of("bill", "list", number), *row = json_array_get(bill, 0);
    bool yes = strcmp(text_of(row, "state"), "issued") != 0;

    json_decref(bill);
    return yes;
}

/* The engine dies at one of the commits; whoever asked looks, and asks again if need be. */
static void
take_back(const char *number, int commit, const char *where)
{
    int before = deaths;

    cr_assert(die_at(r, commit, where, &e));
    run("bill", "cancel", number, "--reason=test");
    die_no_more(r);
    look_after();
    if (!is_taken_back(number))
        must("bill", "cancel", number, "--reason=again");
    cr_expect(is_taken_back(number), "%s", number);
    if (deaths == before)
        rig_engine_kill(r);
    revive();
}

/* ---- what must hold ---- */

/* Numbers of a kind go from 1 to n. */
static void
expect_numbers(const json_t *bills, const char *kind, const char *format, int n)
{
    static bool seen[ACCOUNTS + CANCELLED + 1];
    size_t i;
    json_t *row;
    int number, count = 0;

    memset(seen, 0, sizeof(seen));
    json_array_foreach ((json_t *)bills, i, row) {
        if (strcmp(text_of(row, "kind"), kind) != 0)
            continue;
        cr_assert_eq(sscanf(text_of(row, "bill"), format, &number), 1);
        cr_assert(number >= 1 && number <= n && !seen[number], "%s", text_of(row, "bill"));
        seen[number] = true;
        count++;
    }
    cr_expect_eq(count, n, "%d of kind %s, want %d", count, kind, n);
}

/* Each account has one that was not taken back. */
static void
expect_one_each(const json_t *bills)
{
    static int in_force[ACCOUNTS + 1];
    size_t i;
    json_t *row;

    json_array_foreach ((json_t *)bills, i, row) {
        if (strcmp(text_of(row, "kind"), "bill") == 0 &&
            strcmp(text_of(row, "state"), "issued") == 0)
            in_force[atoi(text_of(row, "account")) - 5000]++;
    }
    for (int k = 1; k <= ACCOUNTS; k++)
        cr_expect_eq(in_force[k], 1, "account %d has %d bills", 5000 + k, in_force[k]);
}

static void
expect_told_once(void)
{
    json_t *rows = list_of("outbox", "--limit=1000", NULL), *row;
    bool told[PHONES + 1] = {false};
    size_t i;

    cr_expect_eq(json_array_size(rows), PHONES);
    json_array_foreach (rows, i, row) {
        int n = atoi(text_of(row, "to") + strlen("+2547220"));

        cr_expect(n >= 1 && n <= PHONES && !told[n], "%s is told twice",
                  text_of(row, "to"));
        told[n] = true;
    }
    json_decref(rows);
}

Test(bill_kill, a_run_goes_on_wherever_it_died)
{
    static const char *const where[] = {"before", "behind"};
    json_t *bills;

    r = rig_create(&(struct rig_options){.start = "2026-03-02T02:00+03:00"}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_config(r, "", &e), "%s", e.text);
    settle();
    revive();
    bill_all();
    cr_expect_gt(deaths, 2, "it was to die more often");
    fprintf(stderr, "%d deaths in the run\n", deaths);
    deaths = DEATHS;
    for (int i = 0; i < CANCELLED; i++) {
        char number[20];

        snprintf(number, sizeof(number), "2026-%06d", ACCOUNTS - i);
        take_back(number, 1 + i / 2, where[i % 2]);
    }
    bills = list_of("bill", "list", "--limit=100000");
    expect_numbers(bills, "bill", "2026-%d", ACCOUNTS + CANCELLED);
    expect_numbers(bills, "credit", "C2026-%d", CANCELLED);
    expect_one_each(bills);
    json_decref(bills);
    expect_told_once();
    must("verify", NULL, NULL, NULL);
}

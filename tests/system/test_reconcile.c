/* A day's money by the command line: a till that is short, a deposit on its way to the
 * bank, a statement, a payment that it does not show. No engine runs. */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct rig *r;
static struct err e;

static void
begin(void)
{
    r = rig_create(&(struct rig_options){.start = "2026-11-20T12:00+03:00"}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_config(r, "", &e), "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(reconcile, .init = begin, .fini = end, .timeout = 60);

/* Run a line of words and expect a status; what it printed is the caller's. */
static json_t *
run(int want, const char *line)
{
    const char *w[10] = {NULL};
    char words[300], *save = NULL;
    json_t *answer;
    size_t n = 0;
    int status;

    snprintf(words, sizeof(words), "%s", line);
    for (char *at = strtok_r(words, " ", &save); at != NULL && n < 10;
         at = strtok_r(NULL, " ", &save))
        w[n++] = at;
    status = rig_meterpost(r, &answer, &e, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7],
                           w[8], w[9], NULL);
    cr_assert_eq(status, want, "%s: got status %d, want %d: %s", line, status, want,
                 status != 0 ? e.text : "");
    return answer;
}

static void
take_file(const char *verb, const char *name, const char *text)
{
    char path[RIG_PATH_MAX], line[2 * RIG_PATH_MAX];

    cr_assert(rig_write(r, name, text, &e), "%s", e.text);
    snprintf(line, sizeof(line), "%s %s", verb, rig_path(r, name, path));
    json_decref(run(0, line));
}

/* What is to settle: each has one of `want` in it, in their order. */
static void
expect_todo(json_t *day, const char *const *want, size_t n)
{
    const json_t *todo = json_object_get(day, "todo"), *one;
    size_t i;

    cr_expect_eq(json_array_size(todo), n, "%zu to settle, want %zu", json_array_size(todo),
                 n);
    json_array_foreach (todo, i, one) {
        const char *what = json_string_value(json_object_get(one, "what"));

        cr_expect(i < n && strstr(what, want[i]) != NULL, "%zu: %s, want %s", i, what,
                  i < n ? want[i] : "nothing");
        cr_expect_eq(
            strncmp(json_string_value(json_object_get(one, "command")), "meterpost ", 10),
            0, "no command for: %s", what);
    }
    json_decref(day);
}

#define STATEMENT                                                                          \
    ":20:A\n:25:0110\n:28C:7\n:60F:C261119KES1000,00\n"                                    \
    ":61:2611201120C150,00NMSCNONREF//B1\n:86:CASH DEPOSIT SLIP-1\n"                       \
    ":61:2611201120C80,00NTRFNONREF//B2\n:86:1001\n"                                       \
    ":61:2611201120D5,00NCHGNONREF//B3\n:86:FEE\n:62F:C261120KES1225,00\n"

Test(reconcile, a_day_says_what_differs_and_what_settles_it)
{
    static const char *const open[] = {"till till is still open"};
    static const char *const differs[] = {
        "till till: 40.00 was counted where 50.00 should be",
        "Bank:main: 30.00 is booked that no statement shows yet",
    };

    take_file("import accounts", "accounts.csv",
              "account,name,tariff,phones,opening_balance\n"
              "1001,Asha,domestic-electricity,,500.00\n");
    json_decref(run(0, "cash open till --float 20"));
    json_decref(run(0, "pay add 1001 200.00 --channel cash"));
    expect_todo(run(5, "reconcile 2026-11-20"), open, 1);
    json_decref(run(0, "cash bank till 150.00 --reference SLIP-1"));
    json_decref(run(0, "cash count till 60.00"));
    json_decref(run(0, "cash close till"));
    take_file("pay import", "statement.sta", STATEMENT);
    json_decref(run(0, "pay add 1001 30.00 --channel bank --reference X1"));
    expect_todo(run(5, "reconcile 2026-11-20"), differs, 2);
    json_decref(run(0, "pay reverse 3 --reason twice"));
    expect_todo(run(5, "reconcile 2026-11-20"), differs, 1);
    json_decref(run(0, "verify"));
}

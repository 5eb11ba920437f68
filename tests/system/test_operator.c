/*
 * An operator's day with the command line: the same commands with the engine up and down,
 * their exit status and the keys of their JSON.
 */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METER "10101001" /* of the village; its phone answers by profile kamstrup-gsm7i */

static struct rig *r;
static struct err e;

static void
begin(void)
{
    r = rig_create(&(struct rig_options){0}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) &&
                  rig_config(r, "reading: {window: \"03:00-03:01\"}\n", &e) &&
                  rig_engine_start(r, &e),
              "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(operator, .init = begin, .fini = end, .timeout = 120);

/* Run a line of words and expect a status; what it printed as JSON is the caller's. */
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
    e.text[0] = '\0';
    status = rig_meterpost(r, &answer, &e, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7],
                           w[8], w[9], NULL);
    cr_expect_eq(status, want, "%s: got status %d, want %d: %s", line, status, want,
                 e.text);
    return answer;
}

static void
expect(int want, const char *line, const char *said)
{
    json_decref(run(want, line));
    cr_expect_not_null(strstr(e.text, said), "%s: said '%s', want '%s'", line, e.text,
                       said);
}

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

/* One account with the meter, by the files that an operator has. */
static void
register_one(void)
{
    char accounts[RIG_PATH_MAX], meters[RIG_PATH_MAX], line[2 * RIG_PATH_MAX];

    cr_assert(rig_write(r, "accounts.csv",
                        "account,name,tariff,phones,opening_balance\n"
                        "1001,Asha Njeri,domestic-electricity,0722000001,250.00\n",
                        &e) &&
                  rig_write(r, "meters.csv",
                            "meter,account,commodity,profile,phone,initial_reading\n" METER
                            ",1001,electricity,kamstrup-gsm7i,+254711000001,8919\n",
                            &e),
              "%s", e.text);
    snprintf(line, sizeof(line), "import accounts %s",
             rig_path(r, "accounts.csv", accounts));
    json_decref(run(0, line));
    snprintf(line, sizeof(line), "import meters %s", rig_path(r, "meters.csv", meters));
    json_decref(run(0, line));
}

Test(operator, a_meter_is_read_while_one_waits)
{
    json_t *rows, *row;

    register_one();
    rows = run(0, "read +254711000001 --wait 30s");
    cr_assert_gt(json_array_size(rows), 0);
    row = json_array_get(rows, json_array_size(rows) - 1);
    cr_expect_str_eq(text_of(row, "meter"), METER);
    cr_expect_str_eq(text_of(row, "source"), "sms");
    cr_expect_str_eq(text_of(row, "status"), "accepted");
    cr_expect_str_eq(text_of(row, "quality"), "A");
    json_decref(rows);
    rows = run(0, "reading list 1001");
    cr_expect_gt(json_array_size(rows), 0);
    json_decref(rows);
    row = run(0, "meter show 1001");
    cr_expect_str_eq(text_of(row, "relay"), "unknown");
    cr_expect_neq(text_of(row, "last_contact")[0], '\0');
    json_decref(row);
}

static void
silence(const char *meter)
{
    json_t *answer =
        rig_ask(r, &e, "{s:s,s:s,s:b}", "do", "meter", "meter", meter, "silent", 1);

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

Test(operator, the_exit_status_tells_what_happened)
{
    json_t *rows;

    register_one();
    silence(METER); /* a round whose meters have all answered closes by itself */
    expect(2, "raed " METER, "is 'read' meant");
    expect(2, "read", "something is missing");
    expect(2, "read " METER " --wait soon", "");
    expect(1, "read 99999999", "is called '99999999'");
    expect(1, "inbox --state quarantined", "");
    expect(1, "import accounts /nonexistent", "No such file");
    expect(2, "import acounts /nonexistent", "is 'accounts' meant");
    expect(3, "round start r1", "say --yes");
    expect(1, "round show r1", "no round 'r1'");
    /* A round whose meters have all answered closes by itself. */
    json_decref(
        rig_ask(r, &e, "{s:s, s:s, s:b}", "do", "meter", "meter", METER, "silent", 1));
    expect(0, "--yes round start r1", "");
    expect(1, "--yes round start r1", "already");
    expect(0, "round show r1", "");
    rows = run(0, "round show r1 --route");
    cr_expect_str_eq(text_of(json_array_get(rows, 0), "meter"), METER, "who goes where");
    json_decref(rows);
    expect(0, "round close r1", "");
    expect(1, "round close r1", "closed already");
    expect(1, "bill show 2026-000001", "2026-000001");
}

Test(operator, the_same_commands_work_with_and_without_the_engine)
{
    json_t *answer;

    register_one();
    answer = run(0, "status");
    cr_expect(json_is_object(json_object_get(answer, "engine")));
    json_decref(answer);
    answer = run(0, "pay add 1001 100 --reference A1");
    cr_expect_str_eq(text_of(answer, "balance"), "150.00");
    json_decref(answer);
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);

    answer = run(0, "status");
    cr_expect(json_is_null(json_object_get(answer, "engine")));
    cr_expect_eq(json_integer_value(json_object_get(answer, "accounts")), 1);
    json_decref(answer);
    answer = run(0, "pay add 0722000001 100 --reference A1");
    cr_expect(json_is_true(json_object_get(answer, "repeated")));
    json_decref(answer);
    answer = run(0, "--dry-run pay add 1001 50 --reference A2");
    cr_expect_str_eq(text_of(answer, "balance"), "100.00");
    json_decref(answer);
    answer = run(0, "account show 1001");
    cr_expect_str_eq(text_of(answer, "balance"), "150.00");
    cr_expect_eq(json_array_size(json_object_get(answer, "payments")), 1);
    cr_expect_str_eq(
        json_string_value(json_array_get(json_object_get(answer, "meters"), 0)), METER);
    json_decref(answer);
    expect(1, "read " METER " --wait 5s", "no engine runs");
    json_decref(run(0, "verify"));
}

Test(operator, a_bus_is_listed_before_it_ever_worked)
{
    json_t *rows;

    cr_assert(rig_engine_stop(r, &e) &&
                  rig_config(r,
                             "buses:\n"
                             "  - {name: yard, device: /nowhere, protocol: mbus, baud: 300,"
                             " attempts: 5}\n",
                             &e),
              "%s", e.text);
    rows = run(0, "bus list");
    cr_expect_eq(json_array_size(rows), 1);
    cr_expect_str_eq(text_of(json_array_get(rows, 0), "health"), "not started");
    cr_expect_str_eq(text_of(json_array_get(rows, 0), "protocol"), "mbus");
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(rows, 0), "attempts")),
                 5);
    json_decref(rows);
    expect(1, "bus list elsewhere", "no such bus");
}

/* What a shell completes, in the shell itself; one that is not installed is left out. */
Test(operator, the_shells_complete_commands_and_options)
{
    static const struct {
        const char *shell, *line, *says;
    } cases[] = {
        {"bash", "COMP_WORDS=(meterpost cut pro); COMP_CWORD=2; _meterpost; ", "propose"},
        {"bash", "COMP_WORDS=(meterpost cut propose --); COMP_CWORD=3; _meterpost; ",
         "--cause"},
        {"bash", "COMP_WORDS=(meterpost read 1 --via ''); COMP_CWORD=4; _meterpost; ",
         "sms bus"},
        {"zsh", "words=(meterpost order list --state ''); CURRENT=5; PREFIX=; ",
         "in_doubt"},
        {"zsh", "words=(meterpost cut ''); CURRENT=3; PREFIX=; ", "propose:propose cuts"},
        {"zsh", "words=(meterpost cut propose --); CURRENT=4; PREFIX=--; ", "--cause"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool bash = strcmp(cases[i].shell, "bash") == 0;
        char command[1000];
        struct rig_output out;

        snprintf(
            command, sizeof(command),
            bash ? "eval \"$('%s/meterpost' completion bash)\"; %s"
                   "echo \"${COMPREPLY[@]}\""
                 : "_describe() { print -rl -- ${(P)4} }; compadd() { print -r -- $* }; "
                   "M='%s/meterpost'; %s source =($M completion zsh)",
            BIN, cases[i].line);
        cr_assert(rig_run(r,
                          (const char *const[]){"bash", "-c",
                                                "command -v \"$0\" >/dev/null || exit 77; "
                                                "exec \"$0\" -c \"$1\"",
                                                cases[i].shell, command, NULL},
                          30000, &out, &e),
                  "%s", e.text);
        cr_expect(out.status == 77 || strstr(out.out, cases[i].says) != NULL,
                  "%s: got '%s' %s", cases[i].line, out.out, out.err);
        rig_output_free(&out);
    }
}

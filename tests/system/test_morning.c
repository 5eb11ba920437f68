/*
 * The desk of an operator: the morning page, the doctor, the search, and a backup that is
 * restored on another machine.
 */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rig *r;
static struct err e;

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
expect(int want, const char *line)
{
    json_decref(run(want, line));
}

static void
begin(void)
{
    char accounts[RIG_PATH_MAX], line[2 * RIG_PATH_MAX];

    r = rig_create(&(struct rig_options){0}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, "", &e) && rig_engine_start(r, &e),
              "%s", e.text);
    cr_assert(rig_write(r, "accounts.csv",
                        "account,name,tariff,phones,opening_balance\n"
                        "1001,Asha Njeri,domestic-electricity,0722000001,250.00\n"
                        "1002,50% Farm,domestic-electricity,0722000002,0\n",
                        &e));
    snprintf(line, sizeof(line), "import accounts %s",
             rig_path(r, "accounts.csv", accounts));
    expect(0, line);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(morning, .init = begin, .fini = end, .timeout = 120);

/* The state of the worst line of an area; "" when there is none. */
static const char *
state_of(const json_t *rows, const char *area)
{
    const char *worst = "";
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *state = json_string_value(json_object_get(row, "state"));

        if (strcmp(json_string_value(json_object_get(row, "area")), area) == 0 &&
            (*worst == '\0' || strcmp(state, "bad") == 0 ||
             (strcmp(state, "warn") == 0 && strcmp(worst, "ok") == 0)))
            worst = state;
    }
    return worst;
}

static void
expect_state(const char *command, const char *area, const char *want)
{
    json_t *answer =
        run(strcmp(command, "doctor") == 0 && strcmp(want, "bad") == 0, command);
    const json_t *rows = json_is_array(answer) ? answer : json_object_get(answer, "lines");
    const char *got = state_of(rows, area);

    cr_expect_str_eq(got, want, "%s: %s is '%s', want '%s'", command, area, got, want);
    json_decref(answer);
}

/* A modem takes a moment to find its network. */
static void
wait_for_modem(void)
{
    for (int i = 0; i < 100; i++) {
        json_t *answer = run(0, "today");
        bool ready = strcmp(state_of(json_object_get(answer, "lines"), "modem"), "ok") == 0;

        json_decref(answer);
        if (ready)
            return;
        usleep(100000);
    }
}

Test(morning, the_morning_page_tells_what_is_wrong_and_what_mends_it)
{
    json_t *answer, *row;
    bool told = false;
    size_t i;

    wait_for_modem();
    expect_state("today", "engine", "ok");
    expect_state("today", "modem", "ok");
    expect_state("today", "backup", "bad");
    expect(0, "backup now");
    expect_state("today", "backup", "ok");
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    answer = run(0, "today");
    json_array_foreach (json_object_get(answer, "lines"), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "area")), "engine") == 0)
            told = strcmp(json_string_value(json_object_get(row, "do")),
                          "systemctl start meterpost") == 0;
    }
    cr_expect(told, "a red line has the command that mends it");
    json_decref(answer);
}

Test(morning, the_page_speaks_the_language_of_who_reads_it_and_keys_stay_english)
{
    json_t *answer;
    const json_t *row;
    bool told = false;
    size_t i;

    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    setenv("METERPOST_LANGUAGE", "sw_KE.UTF-8", 1);
    answer = run(0, "today");
    unsetenv("METERPOST_LANGUAGE");
    json_array_foreach (json_object_get(answer, "lines"), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "area")), "engine") == 0)
            told = strstr(json_string_value(json_object_get(row, "text")),
                          "haifanyi kazi") != NULL &&
                   strcmp(json_string_value(json_object_get(row, "state")), "bad") == 0;
    }
    cr_expect(told, "the engine does not run");
    json_decref(answer);
}

Test(morning, the_doctor_passes_a_sound_installation_and_names_what_is_not)
{
    expect(0, "backup now");
    expect_state("doctor", "database", "ok");
    expect_state("doctor", "ledger", "ok");
    expect_state("doctor", "audit", "ok");
    expect_state("doctor", "settings", "ok");
    expect_state("doctor", "device", "ok");
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    expect_state("doctor", "engine", "bad");
    cr_assert(rig_emulator_stop(r, &e), "%s", e.text);
    expect_state("doctor", "device", "bad");
    cr_assert(rig_config(r, "reading: {atempts: 3}\n", &e));
    expect_state("doctor", "settings", "bad");
}

Test(morning, a_search_finds_by_any_part_and_points_on)
{
    static const struct {
        const char *text, *kind, *show;
    } cases[] = {
        {"asha", "account", "account show 1001"},
        {"1001", "account", "account show 1001"},
        {"50%", "account", "account show 1002"},
        {"0722000001", "phone", "account show +254722000001"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char line[80];
        json_t *rows;
        const json_t *first;

        snprintf(line, sizeof(line), "find %s", cases[i].text);
        rows = run(0, line);
        first = json_array_get(rows, 0);
        cr_assert_not_null(first, "%s", line);
        cr_expect_str_eq(json_string_value(json_object_get(first, "kind")), cases[i].kind);
        cr_expect_str_eq(json_string_value(json_object_get(first, "show")), cases[i].show);
        json_decref(rows);
    }
    expect(1, "find nobody-is-called-so");
}

/* W13: restored on a second machine; totals are equal, the doctor sees the fence. */
Test(morning, a_backup_is_restored_on_a_second_machine)
{
    char file[RIG_PATH_MAX], line[2 * RIG_PATH_MAX], path[RIG_PATH_MAX];
    json_t *made, *answer;

    expect(0, "pay add 1001 100 --reference A1");
    made = run(0, "backup now");
    cr_assert_not_null(json_object_get(made, "file"));
    snprintf(file, sizeof(file), "%s", json_string_value(json_object_get(made, "file")));
    expect(0, "pay add 1001 50 --reference A2");
    expect(1, "--yes backup restore latest"); /* the engine has it */
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    expect(3, "backup restore latest");

    /* The other machine: the file alone, no ".seen", no database. */
    snprintf(line, sizeof(line), "rm %s*", rig_path(r, "meterpost.db", path));
    cr_assert_eq(system(line), 0);
    snprintf(line, sizeof(line), "--yes backup restore %s", file);
    answer = run(0, line);
    cr_expect(json_equal(json_object_get(answer, "paid_minor"),
                         json_object_get(made, "paid_minor")));
    cr_expect(json_equal(json_object_get(answer, "owed_minor"),
                         json_object_get(made, "owed_minor")));
    json_decref(answer);
    json_decref(made);
    expect(0, "verify");
    answer = run(0, "account show 1001");
    cr_expect_str_eq(json_string_value(json_object_get(answer, "balance")), "150.00");
    json_decref(answer);

    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    expect_state("doctor", "fence", "bad");
    expect_state("today", "fence", "bad");
    expect(3, "fence release");
    expect(0, "--yes fence release");
    expect(1, "--yes fence release");
    expect_state("doctor", "fence", "");
}

Test(morning, an_engine_on_an_older_copy_puts_the_fence_up)
{
    char line[3 * RIG_PATH_MAX], path[RIG_PATH_MAX], copy[RIG_PATH_MAX];
    json_t *answer;

    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    snprintf(line, sizeof(line), "cp %s %s", rig_path(r, "meterpost.db", path),
             rig_path(r, "old.db", copy));
    cr_assert_eq(system(line), 0);
    expect(0, "pay add 1001 100 --reference A1");
    cr_assert(rig_engine_start(r, &e) && rig_engine_stop(r, &e), "%s", e.text);
    answer = run(0, "fence show");
    cr_expect(json_is_false(json_object_get(answer, "up")));
    json_decref(answer);
    snprintf(line, sizeof(line), "rm -f %s-wal %s-shm; cp %s %s", path, path, copy, path);
    cr_assert_eq(system(line), 0);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    answer = run(0, "fence show");
    cr_expect(json_is_true(json_object_get(answer, "up")));
    json_decref(answer);
}

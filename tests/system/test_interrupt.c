/*
 * Ctrl-C in long work leaves nothing half: what was done is whole, and the same command
 * does the rest.
 */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define ACCOUNTS 3000
#define MONTH    "2026-10"

static struct rig *r;
static struct err e;

static void
begin(void)
{
    r = rig_create(&(struct rig_options){.start = "2026-11-02T09:00+03:00"}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_config(r, "backup: {days: 0}\n", &e), "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(interrupt, .init = begin, .fini = end, .timeout = 240);

/* A file of `n` lines, the i-th as the format has it for i and i and i. */
static const char *
write_file(const char *name, const char *header, const char *format, int n,
           char path[RIG_PATH_MAX])
{
    FILE *f = fopen(rig_path(r, name, path), "w");

    cr_assert_not_null(f);
    fprintf(f, "%s\n", header);
    for (int i = 1; i <= n; i++) {
        char line[200], number[12];
        const char *at = format;
        size_t used = 0;

        snprintf(number, sizeof(number), "%06d", i);
        for (; *at != '\0'; at++) /* # stands for the number */
            used += (size_t)snprintf(line + used, sizeof(line) - used, "%.*s",
                                     *at == '#' ? 6 : 1, *at == '#' ? number : at);
        fprintf(f, "%s\n", line);
    }
    fclose(f);
    return path;
}

static void
write_town(void)
{
    char path[RIG_PATH_MAX];

    write_file("accounts.csv", "account,name,tariff", "#,Customer #,domestic-electricity",
               ACCOUNTS, path);
    write_file("meters.csv", "meter,account,commodity,profile,initial_reading,installed_on",
               "M#,#,electricity,,1000,2026-10-01", ACCOUNTS, path);
    write_file("readings.csv", "meter,register,value,taken_at",
               "M#,1-0:1.8.0,1100,2026-11-01T00:00", ACCOUNTS, path);
}

/* Rows of a list; it ends with 1 when there are none. */
static int
count_rows(const char *noun)
{
    json_t *rows = NULL;
    int n;

    rig_meterpost(r, &rows, &e, noun, "list", "--limit", "100000", NULL);
    n = (int)json_array_size(rows);
    json_decref(rows);
    return n;
}

static void
import(const char *kind)
{
    char file[RIG_PATH_MAX], name[40];
    json_t *answer = NULL;

    snprintf(name, sizeof(name), "%s.csv", kind);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "--yes", "import", kind,
                               rig_path(r, name, file), NULL),
                 0, "%s", e.text);
    json_decref(answer);
}

/* Start the command, press Ctrl-C after so many milliseconds; its exit status. */
static int
interrupted(const char *const words[], int after_ms)
{
    char config[RIG_PATH_MAX];
    const char *argv[12] = {BIN "/meterpost", "--config",
                            rig_path(r, "meterpost.yaml", config), "--yes"};
    int status = 0;
    pid_t pid;

    for (size_t i = 0; words[i] != NULL; i++)
        argv[4 + i] = words[i];
    pid = rig_start(r, argv, "command.log", &e);
    cr_assert_gt(pid, 0, "%s", e.text);
    nanosleep(&(struct timespec){.tv_sec = after_ms / 1000,
                                 .tv_nsec = after_ms % 1000 * 1000000L},
              NULL);
    kill(pid, SIGINT);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The command said so. */
static bool
said(const char *text)
{
    char path[RIG_PATH_MAX], log[4096] = "";
    FILE *f = fopen(rig_path(r, "command.log", path), "r");
    size_t n = f == NULL ? 0 : fread(log, 1, sizeof(log) - 1, f);

    log[n] = '\0';
    if (f != NULL)
        fclose(f);
    return strstr(log, text) != NULL;
}

static void
expect_sound(void)
{
    json_t *answer = NULL;

    cr_expect_eq(rig_meterpost(r, &answer, &e, "verify", NULL), 0, "%s", e.text);
    json_decref(answer);
}

Test(interrupt, an_import_is_whole_or_not_there)
{
    const char *words[] = {"import", "accounts", NULL, NULL};
    char path[RIG_PATH_MAX];

    write_town();
    words[2] = rig_path(r, "accounts.csv", path);
    for (int ms = 50; count_rows("account") == 0; ms += ms / 2) {
        int status = interrupted(words, ms), n = count_rows("account");

        cr_assert(n == 0 || n == ACCOUNTS, "after %d ms: status %d, %d accounts", ms,
                  status, n);
        cr_assert(status != 0 || n == ACCOUNTS, "done, and %d accounts", n);
    }
    expect_sound();
}

Test(interrupt, a_bill_run_stops_between_two_bills_and_goes_on)
{
    static const char *const words[] = {"bill", "issue", MONTH, NULL};
    json_t *answer = NULL, *rows = NULL;
    const json_t *row;
    bool numbers[ACCOUNTS + 1] = {false};
    int parts = 0;
    size_t i;

    write_town();
    import("accounts");
    import("meters");
    import("readings");
    for (int ms = 100; count_rows("bill") < ACCOUNTS; ms += 150) {
        int before = count_rows("bill"), status = interrupted(words, ms),
            n = count_rows("bill");

        cr_assert(status == 5 || status == 0 || status == 128 + SIGINT, "status %d",
                  status);
        parts += status == 5 && n > before && n < ACCOUNTS;
        cr_assert(status != 5 || said("the same command does the rest"));
        expect_sound();
    }
    cr_expect_gt(parts, 0, "it was never stopped in the middle");
    cr_expect_neq(rig_meterpost(r, &answer, &e, "--yes", "bill", "issue", MONTH, NULL), 2);
    cr_expect_eq(count_rows("bill"), ACCOUNTS, "nobody is billed twice");
    rig_meterpost(r, &rows, &e, "bill", "list", "--limit", "100000", NULL);
    json_array_foreach (rows, i, row) {
        int n = atoi(json_string_value(json_object_get(row, "bill")) + 5);

        cr_assert(n >= 1 && n <= ACCOUNTS && !numbers[n], "number %d", n);
        numbers[n] = true;
    }
    json_decref(rows);
    json_decref(answer);
}

static int
copies_left(void)
{
    struct rig_output out;
    int n;

    cr_assert(rig_run(r,
                      (const char *const[]){
                          "bash", "-c", "ls -d \"$0\"/meterpost-sim-* 2>/dev/null | wc -l",
                          rig_dir(r), NULL},
                      10000, &out, &e));
    n = atoi(out.out);
    rig_output_free(&out);
    return n;
}

Test(interrupt, a_rehearsal_leaves_no_copy)
{
    static const char *const words[] = {"sim", "bill", MONTH, NULL};
    int stopped = 0, status = -1;

    setenv("TMPDIR", rig_dir(r), 1);
    write_town();
    import("accounts");
    import("meters");
    import("readings");
    for (int ms = 100; status != 0; ms += ms / 4) {
        status = interrupted(words, ms);
        stopped += status == 128 + SIGINT;
        cr_assert_eq(copies_left(), 0, "after %d ms", ms);
    }
    cr_expect_gt(stopped, 0);
    cr_expect_eq(count_rows("bill"), 0);
}

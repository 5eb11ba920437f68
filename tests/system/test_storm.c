/*
 * One number sends 10,000 messages within an hour. All of them are on file, a few are
 * answered and the rest says why not; other people are served at once meanwhile, and the
 * engine does not grow.
 */
#include "rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STORM 10000
#define GUSTS 10 /* every six minutes of the clock a tenth of it */
#define SERVED_MS                                                                          \
    30000 /* of real time, for one who asks in the middle, sanitizers included */
#define GROWS_KIB 8192
#define MACHINE   "+254722000066" /* a customer's phone that answers by itself */
#define AMINA     "+254722000001"

static struct rig *r;
static struct err e;

static void
begin(void)
{
    static const char accounts[] = "account,name,tariff,phones\n"
                                   "1001,Amina,domestic-electricity," AMINA "\n"
                                   "1002,Brian,domestic-electricity," MACHINE "\n";
    char path[RIG_PATH_MAX];
    json_t *answer;

    setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 1); /* else it keeps what was freed */
    r = rig_create(
        &(struct rig_options){.start = "2026-11-23T08:00:00",
                              .modems = {"sim1:+254700000100", "sim2:+254700000200"}},
        &e);
    cr_assert(r != NULL && rig_emulator_start(r, &e) && rig_config(r, "", &e) &&
                  rig_engine_start(r, &e) && rig_write(r, "accounts.csv", accounts, &e),
              "%s", e.text);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "--yes", "import", "accounts",
                               rig_path(r, "accounts.csv", path), NULL),
                 0, "%s", e.text);
    json_decref(answer);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(storm, .init = begin, .fini = end, .timeout = 280);

static json_t *
ask(json_t *answer)
{
    cr_assert_not_null(answer, "%s", e.text);
    return answer;
}

static json_t *
status(void)
{
    json_t *answer;

    cr_assert_eq(rig_meterpost(r, &answer, &e, "status", NULL), 0, "%s", e.text);
    return answer;
}

/* Resident memory of the engine. */
static long
engine_kib(void)
{
    json_t *now = status();
    char path[60], line[120];
    long kib = 0;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%lld/status",
             (long long)json_integer_value(
                 json_object_get(json_object_get(now, "engine"), "pid")));
    json_decref(now);
    f = fopen(path, "re");
    cr_assert_not_null(f);
    while (fgets(line, sizeof(line), f) != NULL)
        sscanf(line, "VmRSS: %ld", &kib);
    fclose(f);
    return kib;
}

/* Messages that the network carried to this number. */
static int
carried_to(const char *number)
{
    json_t *sent = ask(rig_ask(r, &e, "{s:s, s:i}", "do", "sent", "limit", 1000000));
    const json_t *one;
    size_t i;
    int n = 0;

    json_array_foreach (json_object_get(sent, "sent"), i, one)
        n += strcmp(json_string_value(json_object_get(one, "to")), number) == 0;
    json_decref(sent);
    return n;
}

static void
expect_served(int times)
{
    int64_t from = clock_mono_ms();

    cr_assert(rig_inject(r, AMINA, "sim2", "BAL", &e), "%s", e.text);
    while (carried_to(AMINA) < times && clock_mono_ms() < from + SERVED_MS)
        usleep(20000);
    cr_expect_eq(carried_to(AMINA), times, "not answered within %d ms", SERVED_MS);
}

static void
blow(int gust)
{
    char text[40];

    for (int i = 0; i < STORM / GUSTS; i++) {
        snprintf(text, sizeof(text), "I am driving, call me later (%d)",
                 gust * (STORM / GUSTS) + i);
        cr_assert(rig_inject(r, MACHINE, "sim1", text, &e), "%s", e.text);
    }
}

static int
count_inbox(const char *number)
{
    json_t *rows;
    int n, code = rig_meterpost(r, &rows, &e, "inbox", number, "--limit", "100000", NULL);

    cr_assert(code == 0 || code == 1, "%s", e.text);
    n = (int)json_array_size(rows);
    for (int i = 0; i < n; i++)
        cr_expect(*json_string_value(
                      json_object_get(json_array_get(rows, (size_t)i), "error")) != '\0' ||
                      i == n - 1,
                  "row %d does not say what became of it", i);
    json_decref(rows);
    return n;
}

Test(storm, ten_thousand_messages_of_one_number)
{
    json_t *now;
    long before = 0;

    for (int gust = 0; gust < GUSTS; gust++) {
        blow(gust);
        if (gust % 3 == 1)
            expect_served(gust / 3 + 1);
        cr_assert(rig_clock_set(r, clock_now() + 360, &e), "%s", e.text);
        if (gust == 1)
            before = engine_kib();
    }
    cr_assert(rig_wait_idle(r, 200000, &e), "%s", e.text);
    cr_expect_lt(engine_kib() - before, GROWS_KIB, "it grew from %ld to %ld KiB", before,
                 engine_kib());
    cr_expect_leq(carried_to(MACHINE), 20, "%d answers", carried_to(MACHINE));
    cr_expect_eq(count_inbox(MACHINE), STORM);
    now = status();
    cr_expect_eq(json_integer_value(json_object_get(now, "inbox_new")), 0);
    json_decref(now);
}

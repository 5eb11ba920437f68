/*
 * A round that nobody starts: the engine does, at its time, over the emulated network; and
 * what the command line shows of it.
 */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct rig *r;
static struct err e;

static void
begin(void)
{
    r = rig_create(&(struct rig_options){.start = "2026-03-01T06:00Z"}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) &&
                  rig_config(r,
                             "reading: {window: \"22:00-06:00\", attempts: 1}\n"
                             "rounds:\n"
                             "  - {name: nightly, every: day, at: \"21:00\", lasts: 6h}\n",
                             &e),
              "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(schedule, .init = begin, .fini = end, .timeout = 120);

static json_t *
run(const char *a, const char *b, const char *c, const char *d)
{
    json_t *answer;
    int status = rig_meterpost(r, &answer, &e, "--yes", a, b, c, d, NULL);

    cr_expect_eq(status, 0, "%s %s: status %d: %s", a, b, status, e.text);
    return answer;
}

static void
take_in(const char *kind, const char *text)
{
    char path[RIG_PATH_MAX], name[40];

    snprintf(name, sizeof(name), "%s.csv", kind);
    cr_assert(rig_write(r, name, text, &e), "%s", e.text);
    json_decref(run("import", kind, rig_path(r, name, path), NULL));
}

static long long
number(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

Test(schedule, a_round_starts_by_itself_at_its_hour)
{
    json_t *plan, *round;

    take_in("accounts", "account,name,tariff\n1001,Asha Njeri,domestic-electricity\n");
    take_in("meters", "meter,account,commodity,profile,phone\n"
                      "10101001,1001,electricity,kamstrup-gsm7i,0711000001\n"
                      "10109999,1001,electricity,kamstrup-gsm7i,0711009999\n");
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    plan = run("round", "plan", NULL, NULL);
    cr_expect_eq(number(plan, "meters"), 2);
    cr_expect_eq(number(plan, "messages"), 2);
    json_decref(plan);
    /* 21:00 in Nairobi is 18:00Z; the window opens at 19:00Z. */
    cr_assert(rig_until(r, 1772402400 + 12 * 3600, 20000, &e), "%s", e.text);
    round = run("round", "show", "nightly-2026-03-01", NULL);
    cr_expect_eq(number(round, "meters"), 2);
    cr_expect_eq(number(round, "in"), 1, "in: %lld", number(round, "in"));
    cr_expect_eq(json_array_size(json_object_get(round, "causes")), 1);
    json_decref(round);
}

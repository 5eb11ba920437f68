/* What stops cuts, runs and bills, by command. */
#include "meterpost/control/verb.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/flags.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/meterpost-verb-relay-XXXXXX";
static struct conf settings = {.utility.country_code = "254"};
static struct policy policy = {.name = "rules", .weather = {.used = true}};
static struct desk desk;
static struct err e;

static void
set_up(void)
{
    char path[80];

    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/m.db", folder);
    desk.now = 1800000000;
    desk.conf = &settings;
    desk.policy = &policy;
    cr_assert(clock_zone_set("UTC", &e) && store_open(path, STORE_WRITE, &desk.store, &e),
              "%s", e.text);
}

static void
tear_down(void)
{
    char command[100];

    store_close(desk.store);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

/* The answer to a verb; NULL with e when it was refused. */
static json_t *
answer_of(const char *verb, const char *arguments)
{
    json_t *answer = json_object(), *in = json_loads(arguments, 0, NULL);

    cr_assert_not_null(in, "%s", arguments);
    if (!control_run(&desk, verb, "amina", in, answer, &e)) {
        json_decref(answer);
        answer = NULL;
    }
    json_decref(in);
    return answer;
}

static void
expect_refused(const char *verb, const char *arguments, const char *why)
{
    json_t *answer = answer_of(verb, arguments);

    cr_expect_null(answer, "%s %s", verb, arguments);
    cr_expect_not_null(strstr(e.text, why), "%s %s: %s", verb, arguments, e.text);
    json_decref(answer);
}

static void
expect_done(const char *verb, const char *arguments)
{
    json_t *answer = answer_of(verb, arguments);

    cr_expect_not_null(answer, "%s %s: %s", verb, arguments, e.text);
    json_decref(answer);
}

/* How a row of relay.flags stands. */
static void
expect_flag(const char *flag, const char *state, const char *why)
{
    json_t *answer = answer_of("relay.flags", "{}"), *row;
    bool found = false;
    size_t i;

    json_array_foreach (json_object_get(answer, "flags"), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "flag")), flag) != 0)
            continue;
        found = true;
        cr_expect_str_eq(json_string_value(json_object_get(row, "state")), state, "%s",
                         flag);
        cr_expect_not_null(strstr(json_string_value(json_object_get(row, "why")), why),
                           "%s: %s", flag, json_string_value(json_object_get(row, "why")));
    }
    cr_expect(found, "%s", flag);
    json_decref(answer);
}

TestSuite(verb_relay, .init = set_up, .fini = tear_down);

Test(verb_relay, nothing_is_billed_while_nobody_has_confirmed_the_clock)
{
    json_t *answer;

    cr_assert(flag_on(desk.store, FLAG_CLOCK, "engine", "just started", desk.now, 0, &e));
    answer = answer_of("bill.issue", "{\"month\": \"2026-12\"}");
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "outcome")), "refused");
    cr_expect_not_null(strstr(json_string_value(json_object_get(answer, "reason")),
                              "nobody has confirmed the clock: just started"));
    cr_expect_null(json_object_get(answer, "job"));
    json_decref(answer);
}

Test(verb_relay, each_thing_that_stops_cuts_is_on_for_a_reason_and_until_a_time)
{
    static const char *const flags[] = {"kill", "maintenance", "moratorium", "clock",
                                        "dry_run"};
    char arguments[120];

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        snprintf(arguments, sizeof(arguments), "{\"flag\": \"%s\", \"state\": \"on\"}",
                 flags[i]);
        expect_refused("relay.flag", arguments, "a reason is needed");
        snprintf(arguments, sizeof(arguments),
                 "{\"flag\": \"%s\", \"state\": \"on\", \"reason\": \"storm\", \"until\": "
                 "\"2027-02-01\"}",
                 flags[i]);
        expect_done("relay.flag", arguments);
        expect_flag(flags[i], "on", "storm (amina)");
        desk.now += 60 * DAY_S;
        expect_flag(flags[i], "off", "");
        desk.now -= 60 * DAY_S;
    }
    expect_refused("relay.flag", "{\"flag\": \"fire\", \"state\": \"on\"}", "is none of");
    expect_refused("relay.flag",
                   "{\"flag\": \"kill\", \"state\": \"on\", \"reason\": \"x\", \"until\": "
                   "\"2020-01-01\"}",
                   "is over already");
}

Test(verb_relay, the_run_of_arrears_is_held_and_goes_on)
{
    expect_refused("arrears.hold", "{}", "a reason is needed");
    expect_refused("arrears.hold", "{\"off\": true}", "it is not on");
    expect_done("arrears.hold", "{\"reason\": \"strike\"}");
    expect_flag("chase", "on", "strike (amina)");
    expect_done("arrears.hold", "{\"off\": true}");
    expect_flag("chase", "off", "");
}

Test(verb_relay, a_forecast_is_kept_and_shown)
{
    expect_refused("relay.weather", "{\"low\": \"mild\"}", "");
    expect_refused("relay.weather", "{\"low\": \"61\"}", "nowhere on earth");
    expect_done("relay.weather", "{\"low\": \"-4.5\", \"heat\": true}");
    expect_flag("weather", "asked", "-4.5 degrees forecast");
}

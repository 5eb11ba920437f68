/*
 * The rig itself: engine, command line and emulator come up, work, come to rest and end.
 */
#include "rig.h"

#include <criterion/criterion.h>
#include <string.h>

static struct rig *rig;
static struct err e;

static void
set_up(void)
{
    rig = rig_create(&(struct rig_options){.start = "2026-03-02T10:00:00"}, &e);
    cr_assert(rig != NULL && rig_emulator_start(rig, &e) && rig_config(rig, "", &e), "%s",
              e.text);
    cr_assert(rig_engine_start(rig, &e), "%s", e.text);
}

static void
tear_down(void)
{
    rig_destroy(rig);
}

TestSuite(rig, .init = set_up, .fini = tear_down, .timeout = 120);

Test(rig, a_queued_text_has_left_when_all_is_idle)
{
    json_t *answer, *sent;

    cr_assert_eq(rig_meterpost(rig, &answer, &e, "--yes", "message", "send",
                               "+254722000001", "The office is closed on Monday.", NULL),
                 0, "%s", e.text);
    json_decref(answer);
    cr_assert(rig_wait_idle(rig, 30000, &e), "%s", e.text);
    answer = rig_ask(rig, &e, "{s:s}", "do", "sent");
    sent = json_object_get(answer, "sent");
    cr_assert_eq(json_array_size(sent), 1);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(sent, 0), "text")),
                     "The office is closed on Monday.");
    json_decref(answer);
    cr_expect(rig_engine_stop(rig, &e), "%s", e.text);
    cr_expect(rig_emulator_stop(rig, &e), "%s", e.text);
}

Test(rig, the_clock_goes_from_one_due_time_to_the_next_up_to_the_target)
{
    utc_t target = clock_now() + 2 * DAY_S;

    cr_assert(rig_until(rig, target, 30000, &e), "%s", e.text);
    cr_expect_eq(clock_now(), target);
}

Test(rig, an_engine_that_was_killed_starts_again)
{
    json_t *answer;

    rig_engine_kill(rig);
    cr_expect_not(rig_engine_runs(rig));
    cr_assert(rig_engine_start(rig, &e), "%s", e.text);
    cr_expect(rig_engine_runs(rig));
    cr_expect_eq(rig_meterpost(rig, &answer, &e, "status", NULL), 0, "%s", e.text);
    json_decref(answer);
}

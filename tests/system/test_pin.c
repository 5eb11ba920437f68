/* A SIM with a PIN that the configuration has wrong: it must survive any restart. */
#include "rig.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#define WAIT_MS 20000

static struct rig *rig;
static struct err e;

static void
set_up(void)
{
    rig = rig_create(&(struct rig_options){.start = "2026-03-01T06:00:00",
                                           .settings = "pin: \"1234\", "},
                     &e);
    cr_assert(rig != NULL && rig_emulator_start(rig, &e) && rig_config(rig, "", &e), "%s",
              e.text);
}

static void
tear_down(void)
{
    rig_destroy(rig);
}

TestSuite(pin, .init = set_up, .fini = tear_down, .timeout = 120);

static int
tries_left(void)
{
    json_t *answer = rig_ask(rig, &e, "{s:s, s:s}", "do", "fault", "modem", "sim1");
    int n = (int)json_integer_value(
        json_object_get(json_object_get(answer, "faults"), "pin_tries"));

    json_decref(answer);
    return n;
}

static bool
modem_is(const char *health)
{
    const struct timespec nap = {.tv_nsec = 20000000};
    int64_t until = clock_mono_ms() + WAIT_MS;
    bool is = false;

    while (!is && clock_mono_ms() < until) {
        json_t *answer = NULL, *first;

        if (rig_meterpost(rig, &answer, &e, "modem", "list", NULL) == 0) {
            first = json_array_get(answer, 0);
            is = first != NULL &&
                 strcmp(json_string_value(json_object_get(first, "health")), health) == 0;
        }
        json_decref(answer);
        nanosleep(&nap, NULL);
    }
    return is;
}

Test(pin, three_restarts_cost_one_try)
{
    json_decref(
        rig_ask(rig, &e, "{s:s, s:s, s:s}", "do", "fault", "modem", "sim1", "pin", "4711"));
    cr_assert_eq(tries_left(), 3);
    for (int i = 0; i < 3; i++) {
        cr_assert(rig_engine_start(rig, &e), "%s", e.text);
        cr_expect(modem_is("stopped"));
        rig_engine_kill(rig);
        cr_expect_eq(tries_left(), 2, "got %d", tries_left());
    }
}

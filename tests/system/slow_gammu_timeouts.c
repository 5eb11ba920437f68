/*
 * Pitfalls of libGammu that cost it half a minute each: a modem without a prompt, with
 * another prompt than libGammu knows, and without an echo. Its messages leave all the same,
 * over the next modem or when it is well again, and each once.
 */
#include "rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

static struct rig *r;
static struct err e;

static void
start(void)
{
    r = rig_create(
        &(struct rig_options){.modems = {"sim1:+254700000100", "sim2:+254700000200"}}, &e);
    cr_assert(r != NULL && rig_emulator_start(r, &e) &&
                  rig_config(r, "hours: {notice: \"00:00-24:00\"}\n", &e),
              "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(timeouts, .init = start, .fini = end, .timeout = 180);

/* Eight messages leave while sim1 has this fault, none of them twice. */
static void
expect_each_once(const char *knob, int value)
{
    static const char *const texts[] = {"one",  "two", "three", "four",
                                        "five", "six", "seven", "eight"};
    json_t *answer;
    size_t n = 0;

    cr_assert(rig_fault(r, "sim1", knob, value, &e), "%s", e.text);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    for (size_t i = 0; i < 8; i++) {
        char number[20];

        snprintf(number, sizeof(number), "+25479900000%zu", i);
        cr_assert_eq(rig_meterpost(r, &answer, &e, "--yes", "message", "send", number,
                                   texts[i], NULL),
                     0, "%s", e.text);
        json_decref(answer);
    }
    for (int64_t until = clock_mono_ms() + 120000; n < 8 && clock_mono_ms() < until;
         usleep(100000)) {
        answer = rig_ask(r, &e, "{s:s}", "do", "sent");
        n = json_array_size(json_object_get(answer, "sent"));
        json_decref(answer);
    }
    usleep(1000000); /* for one that comes twice */
    answer = rig_ask(r, &e, "{s:s}", "do", "sent");
    cr_expect_eq(json_array_size(json_object_get(answer, "sent")), 8);
    json_decref(answer);
}

Test(timeouts, a_prompt_that_does_not_come)
{
    expect_each_once("drop_prompt", 1);
}

Test(timeouts, a_prompt_without_its_blank)
{
    expect_each_once("bare_prompt", 1);
}

Test(timeouts, a_modem_without_an_echo)
{
    expect_each_once("echo", 0);
}

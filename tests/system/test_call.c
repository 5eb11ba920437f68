/*
 * A missed call as a request for the balance, from end to end: a phone rings at an emulated
 * modem, is hung up on, and gets a text message, if it is a customer's.
 */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDLE_MS  20000
#define CUSTOMER "+254722000001"
#define STRANGER "+254733000009"

static struct rig *r;
static struct err e;

static void
begin(void)
{
    char file[RIG_PATH_MAX];
    json_t *answer = NULL;

    r = rig_create(&(struct rig_options){.start = "2026-09-21T10:00+03:00"}, &e);
    cr_assert(r != NULL && rig_emulator_start(r, &e) && rig_config(r, "", &e) &&
                  rig_engine_start(r, &e) &&
                  rig_write(r, "accounts.csv",
                            "account,name,tariff,phones,opening_balance\n"
                            "2001,Asha,domestic-electricity," CUSTOMER ",1500\n",
                            &e),
              "%s", e.text);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "--yes", "import", "accounts",
                               rig_path(r, "accounts.csv", file), NULL),
                 0, "%s", e.text);
    json_decref(answer);
    cr_assert(rig_wait_idle(r, IDLE_MS, &e), "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(call, .init = begin, .fini = end, .timeout = 180);

/* How many calls the modem was told to hang up. */
static json_int_t
hung_up(void)
{
    json_t *answer = rig_ask(r, &e, "{s:s}", "do", "modems");
    json_int_t n;

    cr_assert_not_null(answer, "%s", e.text);
    n = json_integer_value(
        json_object_get(json_array_get(json_object_get(answer, "modems"), 0), "hung_up"));
    json_decref(answer);
    return n;
}

/* Let a phone ring until it is hung up on and what follows is over. */
static void
ring(const char *from)
{
    json_int_t before = hung_up();
    int64_t until = clock_mono_ms() + IDLE_MS;

    json_decref(rig_ask(r, &e, "{s:s,s:s,s:s,s:i,s:i}", "do", "call", "from", from, "to",
                        "sim1", "rings", 100, "every_ms", 200));
    while (hung_up() == before && clock_mono_ms() < until)
        usleep(20000);
    cr_assert_eq(hung_up(), before + 1, "nobody hung up on %s", from);
    cr_assert(rig_wait_idle(r, IDLE_MS, &e), "%s", e.text);
}

/* Messages that went to a phone; the last in `text`. */
static int
sent_to(const char *phone, char text[400])
{
    json_t *answer = rig_ask(r, &e, "{s:s}", "do", "sent"), *one;
    int n = 0;
    size_t i;

    cr_assert_not_null(answer, "%s", e.text);
    json_array_foreach (json_object_get(answer, "sent"), i, one) {
        if (strcmp(json_string_value(json_object_get(one, "to")), phone) != 0)
            continue;
        snprintf(text, 400, "%s", json_string_value(json_object_get(one, "text")));
        n++;
    }
    json_decref(answer);
    return n;
}

/* Calls that are on file. */
static size_t
calls_on_file(const char *state)
{
    json_t *rows = NULL, *one;
    size_t n = 0, i;

    rig_meterpost(r, &rows, &e, "inbox", NULL);
    json_array_foreach (rows, i, one)
        n += strcmp(json_string_value(json_object_get(one, "kind")), "call") == 0 &&
             strcmp(json_string_value(json_object_get(one, "state")), state) == 0;
    json_decref(rows);
    return n;
}

static void
minutes_pass(int minutes)
{
    cr_assert(rig_until(r, clock_now() + minutes * 60, IDLE_MS, &e), "%s", e.text);
}

Test(call, who_rings_is_hung_up_on_and_told_the_balance_in_moderation)
{
    char text[400] = "";

    ring(CUSTOMER);
    cr_expect_eq(sent_to(CUSTOMER, text), 1);
    cr_expect_not_null(strstr(text, "1,500.00"), "%s", text);
    cr_expect_eq(calls_on_file("done"), 1);
    ring(STRANGER);
    cr_expect_eq(sent_to(STRANGER, text), 0, "%s", text);
    cr_expect_eq(calls_on_file("ignored"), 1);
    ring("");
    cr_expect_eq(calls_on_file("ignored"), 2, "a number that is hidden");
    minutes_pass(1);
    ring(CUSTOMER);
    cr_expect_eq(sent_to(CUSTOMER, text), 1, "the same again, a minute later");
    minutes_pass(11);
    ring(CUSTOMER);
    cr_expect_eq(sent_to(CUSTOMER, text), 2);
}

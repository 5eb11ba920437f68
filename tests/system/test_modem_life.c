/* How a modem worker begins and ends, and what it is asked beside messages. */
#include "worker_bench.h"

Test(worker, an_unplugged_modem_ends_the_worker, .init = begin)
{
    DO("{\"do\": \"unplug\", \"modem\": \"sim1\"}");
    cr_expect(reaches(WIRE_FAILED));
    cr_expect_eq(worker_ends(), 3);
}

Test(worker, a_device_that_is_not_there_ends_the_worker)
{
    emulator_begin();
    DO("{\"do\": \"unplug\", \"modem\": \"sim1\"}");
    worker_begin("", 0);
    cr_expect(reaches(WIRE_FAILED));
    cr_expect_eq(worker_ends(), 3);
}

static int
pin_tries(void)
{
    json_t *answer = ask("{\"do\": \"fault\", \"modem\": \"sim1\"}");
    int n = (int)json_integer_value(
        json_object_get(json_object_get(answer, "faults"), "pin_tries"));

    json_decref(answer);
    return n;
}

Test(worker, a_wrong_pin_is_tried_once)
{
    struct wire_result r;

    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"pin\": \"4711\"}");
    cr_assert_eq(pin_tries(), 3);
    worker_begin("1234", 0);
    cr_expect(reaches(WIRE_STOPPED));
    cr_expect(state.reason[0] != '\0');
    r = send_part((struct wire_send){.body = "bill"});
    cr_expect_eq(r.outcome, WIRE_NOT_NOW);
    cr_expect_eq(state.pin, WIRE_PIN_REFUSED);
    cr_expect_eq(pin_tries(), 2);
}

Test(worker, the_right_pin_opens_the_sim)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"pin\": \"4711\"}");
    worker_begin("4711", 0);
    cr_expect(reaches(WIRE_READY), "%s", state.reason);
    cr_expect_eq(pin_tries(), 3);
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
}

Test(worker, a_missing_pin_is_asked_for)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"pin\": \"4711\"}");
    worker_begin("", 0);
    cr_expect(reaches(WIRE_STOPPED));
    cr_expect_eq(pin_tries(), 3);
}

Test(worker, a_sim_that_is_back_is_found_without_anybodys_help)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"sim\": 0, \"pin\": \"4711\"}");
    worker_begin("1234", 0);
    cr_expect(reaches(WIRE_STOPPED), "%s", state.reason);
    cr_expect_str_eq(state.reason, "there is no SIM in the modem");
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"sim\": 1, \"pin\": \"\"}");
    cr_expect(reaches(WIRE_READY), "%s", state.reason);
    cr_expect_eq(pin_tries(), 3);
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
}

/* The SIM that comes back wants a PIN, and the one that we have is wrong. */
Test(worker, a_sim_that_is_back_costs_no_more_than_one_try)
{
    struct wire w;

    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"sim\": 0, \"pin\": \"4711\"}");
    worker_begin("1234", 0);
    cr_expect(reaches(WIRE_STOPPED), "%s", state.reason);
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"sim\": 1}");
    for (int i = 0; i < 100 && state.pin != WIRE_PIN_REFUSED; i++)
        hear(WIRE_STATE, &w, 200);
    cr_expect_eq(state.pin, WIRE_PIN_REFUSED, "%s", state.reason);
    hear(WIRE_RESULT, &w, 8000); /* longer than between two looks */
    cr_expect_eq(state.health, WIRE_STOPPED);
    cr_expect_eq(pin_tries(), 2);
}

Test(worker, a_modem_without_a_sim_that_is_unplugged_ends_the_worker)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"sim\": 0}");
    worker_begin("", 0);
    cr_expect(reaches(WIRE_STOPPED), "%s", state.reason);
    DO("{\"do\": \"unplug\", \"modem\": \"sim1\"}");
    cr_expect(reaches(WIRE_FAILED));
    cr_expect_eq(worker_ends(), 3);
}

Test(worker, no_network_is_a_state_and_not_an_end)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"registration\": 2}");
    worker_begin("", 0);
    cr_expect(reaches(WIRE_NO_NETWORK), "%s", state.reason);
    cr_expect(state.reason[0] != '\0');
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_NOT_NOW);
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"registration\": 5}");
    cr_expect(reaches(WIRE_READY));
    cr_expect(state.roaming);
}

Test(worker, a_signal_that_is_unknown_is_not_none)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"signal\": 99}");
    worker_begin("", 0);
    cr_expect(reaches(WIRE_READY), "%s", state.reason);
    cr_expect_eq(state.signal_percent, -1);
}

Test(worker, without_an_engine_there_is_no_worker, .init = begin)
{
    close(sock);
    sock = -1;
    cr_expect_eq(worker_ends(), 0);
}

static struct wire_answer
ask_worker(enum wire_question question, const char *code)
{
    struct wire w = {.kind = WIRE_ASK, .u.ask = {.id = 41, .question = (uint8_t)question}};

    snprintf(w.u.ask.code, sizeof(w.u.ask.code), "%s", code);
    say(&w);
    cr_assert(hear(WIRE_ANSWER, &w, WAIT_MS));
    cr_expect_eq(w.u.answer.id, 41);
    return w.u.answer;
}

Test(worker, a_code_brings_what_the_network_says, .init = begin)
{
    struct wire_answer a = ask_worker(WIRE_ASK_USSD, "*144#");

    cr_expect_eq(a.good, 1);
    cr_expect_str_eq(a.text, "Invalid code. Check and try again.", "this village has none");
    cr_expect_eq(send_part((struct wire_send){.outbox = 1,
                                              .number = PEER,
                                              .concat = {.total = 1, .number = 1},
                                              .length = 5,
                                              .body = "after"})
                     .outcome,
                 WIRE_SENT, "the library has the line again");
}

Test(worker, a_look_on_demand_comes_with_its_state, .init = begin)
{
    cr_expect_eq(ask_worker(WIRE_ASK_LOOK, "").good, 1);
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"registration\": 2}");
    cr_expect_eq(ask_worker(WIRE_ASK_LOOK, "").good, 0);
    cr_expect_eq(state.health, WIRE_NO_NETWORK);
}

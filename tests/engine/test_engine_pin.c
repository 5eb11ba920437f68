/* PINs: no SIM is locked by us, whatever is killed when. */
#include "engine/one_modem.h"

static void
begin_with_pin(void)
{
    more = ", pin: \"1234\"";
    write_config("600/min");
}

/* The worker says that the SIM wants its PIN, and hears what the engine has to say. */
static const char *
ask_for_pin(void)
{
    static struct wire answer;

    plug_in();
    say((struct wire){.kind = WIRE_HELLO, .u.hello = {WIRE_VERSION, 1}});
    say((struct wire){.kind = WIRE_STATE,
                      .u.state = {.health = WIRE_STARTING, .pin = WIRE_PIN_ASKED}});
    rounds(3);
    cr_assert(hear() && got.kind == WIRE_HELLO);
    cr_assert(hear() && got.kind == WIRE_SETUP);
    cr_assert(hear() && got.kind == WIRE_PIN);
    answer = got;
    return answer.u.pin.pin;
}

static void
restart_engine(void)
{
    engine_close(&en);
    close(peer);
    memset(&en, 0, sizeof(en));
    open_engine();
}

static void
say_pin(enum wire_pin_state pin)
{
    say((struct wire){
        .kind = WIRE_STATE,
        .u.state = {.health = pin == WIRE_PIN_OPEN ? WIRE_READY : WIRE_STOPPED,
                    .pin = (uint8_t)pin}});
    rounds(3);
}

Test(engine, a_pin_that_was_refused_is_not_tried_again, .init = begin_with_pin)
{
    open_engine();
    cr_expect_str_eq(ask_for_pin(), "1234");
    say_pin(WIRE_PIN_REFUSED);
    for (int i = 0; i < 3; i++) {
        restart_engine();
        cr_expect_str_eq(ask_for_pin(), "");
        cr_expect(strstr(got.u.pin.reason, "refused") != NULL, "%s", got.u.pin.reason);
    }
}

Test(engine, a_pin_of_unknown_outcome_is_tried_once_more, .init = begin_with_pin)
{
    open_engine();
    cr_expect_str_eq(ask_for_pin(), "1234");
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "1234");
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "");
}

Test(engine, a_pin_that_opened_the_sim_counts_from_the_start, .init = begin_with_pin)
{
    open_engine();
    for (int i = 0; i < 4; i++) {
        cr_expect_str_eq(ask_for_pin(), "1234");
        say_pin(WIRE_PIN_OPEN);
        restart_engine();
    }
}

Test(engine, another_pin_is_tried_and_a_third_only_after_a_reset, .init = begin_with_pin)
{
    json_t *answer = json_object(), *arguments = json_pack("{s:s}", "modem", "sim1");

    open_engine();
    cr_expect_str_eq(ask_for_pin(), "1234");
    say_pin(WIRE_PIN_REFUSED);
    more = ", pin: \"4321\"";
    write_config("600/min");
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "4321");
    say_pin(WIRE_PIN_REFUSED);
    more = ", pin: \"1111\"";
    write_config("600/min");
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "");
    cr_assert(control_run(en.desk, "modem.reset", "amina", arguments, answer, &e), "%s",
              e.text);
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "1111");
    json_decref(answer);
    json_decref(arguments);
}

/*
 * Cuts and restores from end to end: command line, engine, modem, network and the relays of
 * emulated meters, which keep a journal of their own.
 */
#include "relay_village.h"

#define SETTINGS                                                                           \
    "reading: {window: \"00:00-24:00\"}\n"                                                 \
    "arrears: {cut: {answer: 2m}}\n"

static void
begin(void)
{
    begin_with(SETTINGS);
    settle(3);
    hear_all();
}

TestSuite(cut, .init = begin, .fini = end, .timeout = 120);

Test(cut, happens_once_and_is_proven_by_a_separate_look)
{
    long long order = cut("000000000101");
    json_t *one, *events;

    until("2026-03-02T10:03+03:00");
    expect_relay("000000000101", 1, "open");
    expect_relay("000000000102", 0, "closed");
    expect_order("000000000101", "cut", "verified");
    one = as("root", 0, "order show %lld", order);
    events = json_object_get(one, "events");
    cr_expect_geq(json_array_size(events), 8, "%zu events", json_array_size(events));
    cr_expect_str_eq(text_of(one, "proposed_by"), PROPOSER);
    json_decref(one);
}

Test(cut, is_restored_by_command_at_once)
{
    cut("000000000101");
    idle();
    done("root", 0, "on 000000000101 --reason paid");
    until("2026-03-02T10:15+03:00");
    expect_relay("000000000101", 2, "closed");
    expect_order("000000000101", "restore", "verified");
}

Test(cut, needs_a_second_person)
{
    json_t *answer = as(PROPOSER, 4, "off 000000000102 --cause operator --reason x");
    long long batch = json_integer_value(json_object_get(answer, "batch"));

    json_decref(answer);
    json_decref(as(PROPOSER, 1, "cut approve %lld", batch));
    cr_expect_not_null(strstr(e.text, "somebody else must approve"), "%s", e.text);
    json_decref(as("staff:" PROPOSER, 1, "cut approve %lld", batch));
    cr_expect_not_null(strstr(e.text, "somebody else must approve"), "%s", e.text);
    idle();
    expect_relay("000000000102", 0, "closed");
    json_decref(as(APPROVER, 0, "cut approve %lld", batch));
    json_decref(as(APPROVER, 1, "cut approve %lld", batch));
    idle();
    expect_relay("000000000102", 1, "open");
}

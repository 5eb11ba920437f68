#include "meterpost/protocol/cjt188.h"

#include "protocol/cases.h"

Test(cjt188, captured_frames_mean_what_they_say_and_damage_is_named)
{
    run_cases(CONF_CJT188, TOP "/tests/protocol/cases/cjt188.txt");
}

Test(cjt188, requests_are_those_that_were_captured)
{
    const struct cjt188_meter any = {CJT188_COLD_WATER, CJT188_ANY, false, 0xAA};
    const struct cjt188_meter one = {CJT188_COLD_WATER, "00201510270588", false, 1};
    const struct cjt188_meter swapped = {CJT188_COLD_WATER, "00201510270588", true, 7};
    const struct frame_time now = {2026, 11, 22, 17, 20, 0};
    struct frame_bytes b;
    struct err e;

    expect_bytes("any", cjt188_read(&any, "901F", &b, &e), &e, &b,
                 "FEFEFEFE 68 10 AA AA AA AA AA AA AA 01 03 90 1F AA 7B 16");
    expect_bytes("one", cjt188_read(&one, "901F", &b, &e), &e, &b,
                 "FEFEFEFE 68 10 88 05 27 10 15 20 00 01 03 90 1F 01 25 16");
    expect_bytes("close", cjt188_valve(&swapped, false, &b, &e), &e, &b,
                 "FEFEFEFE 68 10 88 05 27 10 15 20 00 04 04 17 A0 07 99 D0 16");
    expect_bytes("open", cjt188_valve(&one, true, &b, &e), &e, &b,
                 "FEFEFEFE 68 10 88 05 27 10 15 20 00 04 04 A0 17 01 55 86 16");
    expect_bytes("address", cjt188_read_address(&any, &b, &e), &e, &b,
                 "FEFEFEFE 68 10 AA AA AA AA AA AA AA 03 03 81 0A AA 59 16");
    expect_bytes(
        "clock", cjt188_set_clock(&one, &now, &b, &e), &e, &b,
        "FEFEFEFE 68 10 88 05 27 10 15 20 00 04 0A A0 15 01 00 20 17 22 11 26 20 E5 16");
}

Test(cjt188, a_request_that_makes_no_sense_is_not_built)
{
    const struct frame_time february = {2026, 2, 30, 0, 0, 0};
    struct frame_bytes b;
    struct err e;

    cr_expect_not(cjt188_read(&(struct cjt188_meter){0x61, "00201510270588", false, 1},
                              "901F", &b, &e));
    cr_expect_not(cjt188_read(&(struct cjt188_meter){0x10, "0020151027058", false, 1},
                              "901F", &b, &e));
    cr_expect_not(cjt188_read(&(struct cjt188_meter){0x10, "00201510270588", false, 1},
                              "901", &b, &e));
    cr_expect_not(cjt188_read(&(struct cjt188_meter){0x10, "00201510270588", false, 300},
                              "901F", &b, &e));
    cr_expect_not(cjt188_set_clock(&(struct cjt188_meter){0x10, "00201510270588", false, 1},
                                   &february, &b, &e));
}

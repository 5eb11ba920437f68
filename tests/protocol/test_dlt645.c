#include "meterpost/protocol/dlt645.h"

#include "protocol/cases.h"

Test(dlt645, captured_frames_mean_what_they_say_and_damage_is_named)
{
    run_cases(CONF_DLT645_2007, TOP "/tests/protocol/cases/dlt645.txt");
}

Test(dlt645, requests_are_those_that_were_captured)
{
    const struct dlt645_key key = {2, "020637", "1"};
    const struct frame_time until = {2099, 12, 30, 0, 0, 0};
    const struct frame_time june = {2017, 6, 5, 10, 22, 51};
    const struct frame_time monthly = {.day = 1, .hour = 0, .minute = 30};
    struct frame_bytes b;
    struct err e;

    expect_bytes("read", dlt645_read(DLT645_2007, "260305510020", "00010000", &b, &e), &e,
                 &b, "FEFEFEFE 68 20 00 51 05 03 26 68 11 04 33 33 34 33 51 16");
    expect_bytes("wildcard", dlt645_read(DLT645_2007, DLT645_ANY, "04000402", &b, &e), &e,
                 &b, "FEFEFEFE 68 AA AA AA AA AA AA 68 11 04 35 37 33 37 B7 16");
    expect_bytes("of 1997", dlt645_read(DLT645_1997, "010003635927", "B611", &b, &e), &e,
                 &b, "FEFEFEFE 68 27 59 63 03 00 01 68 01 02 44 E9 E7 16");
    expect_bytes(
        "trip", dlt645_relay("151230011061", &key, DLT645_TRIP, &until, &b, &e), &e, &b,
        "FEFEFEFE 68 61 10 01 30 12 15 68 1C 10 35 6A 39 35 34 33 33 33 4D 33 33 33 33 "
        "63 45 CC 2C 16");
    expect_bytes(
        "close", dlt645_relay("151230011061", &key, DLT645_CLOSE_ALLOW, &until, &b, &e), &e,
        &b,
        "FEFEFEFE 68 61 10 01 30 12 15 68 1C 10 35 6A 39 35 34 33 33 33 4E 33 33 33 33 "
        "63 45 CC 2D 16");
    expect_bytes("clock", dlt645_set_clock(DLT645_ALL, &june, &b, &e), &e, &b,
                 "FEFEFEFE 68 99 99 99 99 99 99 68 08 06 84 55 43 38 39 4A 4B 16");
    expect_bytes("freeze", dlt645_freeze(DLT645_ALL, NULL, &b, &e), &e, &b,
                 "FEFEFEFE 68 99 99 99 99 99 99 68 16 04 CC CC CC CC B0 16");
    expect_bytes("monthly", dlt645_freeze("000000000161", &monthly, &b, &e), &e, &b,
                 "FEFEFEFE 68 61 01 00 00 00 00 68 16 04 63 33 34 CC E2 16");
    expect_bytes("address", dlt645_read_address(DLT645_ANY, &b, &e), &e, &b,
                 "FEFEFEFE 68 AA AA AA AA AA AA 68 13 00 DF 16");
    expect_bytes("more",
                 dlt645_read_more(DLT645_2007, "000000000161", "0001FF00", 1, &b, &e), &e,
                 &b, "FEFEFEFE 68 61 01 00 00 00 00 68 12 05 33 32 34 33 34 49 16");
    expect_bytes(
        "write",
        dlt645_write(DLT645_2007, "210819098948", &(struct dlt645_key){2, "000000", "0"},
                     "0A020000", (const uint8_t[]){0, 0}, 2, &b, &e),
        &e, &b,
        "FEFEFEFE 68 48 89 09 19 08 21 68 14 0E 33 33 35 3D 35 33 33 33 33 33 33 33 33 33 "
        "E6 16");
}

/* Of 1997: no operator behind the password. */
Test(dlt645, speeds_and_clocks_are_written_by_both_editions)
{
    const struct dlt645_key key = {0, "000000", "0"};
    struct frame_bytes b;
    struct err e;

    expect_bytes("speed", dlt645_set_baud(DLT645_2007, "201901120001", 2400, &b, &e), &e,
                 &b, "FEFEFEFE 68 01 00 12 01 19 20 68 17 01 3B 70 16");
    expect_bytes("of 1997", dlt645_set_baud(DLT645_1997, "201901120001", 9600, &b, &e), &e,
                 &b, "FEFEFEFE 68 01 00 12 01 19 20 68 0C 01 53 7D 16");
    cr_expect_not(dlt645_set_baud(DLT645_2007, "201901120001", 115200, &b, &e));
    expect_bytes("time",
                 dlt645_write(DLT645_1997, "201708176934", &key, "C011",
                              (const uint8_t[]){0x56, 0x34, 0x12}, 3, &b, &e),
                 &e, &b,
                 "FEFEFEFE 68 34 69 17 08 17 20 68 04 09 44 F3 33 33 33 33 89 67 45 08 16");
}

Test(dlt645, a_request_that_makes_no_sense_is_not_built)
{
    const struct frame_time february = {2026, 2, 30, 0, 0, 0};
    const struct frame_time noon = {2026, 2, 28, 12, 0, 0};
    struct frame_bytes b;
    struct err e;

    cr_expect_not(dlt645_read(DLT645_2007, "1234", "00010000", &b, &e));
    cr_expect_not(dlt645_read(DLT645_2007, "12345678901X", "00010000", &b, &e));
    cr_expect_not(dlt645_read(DLT645_2007, "123456789012", "9010", &b, &e));
    cr_expect_not(dlt645_read(DLT645_1997, "123456789012", "00010000", &b, &e));
    cr_expect_not(dlt645_read_more(DLT645_2007, "123456789012", "00010000", 0, &b, &e));
    cr_expect_not(dlt645_set_clock(DLT645_ALL, &february, &b, &e));
    cr_expect_not(dlt645_relay("123456789012", &(struct dlt645_key){2, "1234567", "1"},
                               DLT645_TRIP, &noon, &b, &e));
    cr_expect_not(dlt645_write(DLT645_2007, "123456789012",
                               &(struct dlt645_key){2, "1", "1"}, "00010000",
                               (const uint8_t[60]){0}, 60, &b, &e));
}

Test(dlt645, an_answer_is_taken_from_the_meter_that_was_asked)
{
    cr_expect(dlt645_address_answers("000000000161", "000000000161"));
    cr_expect(dlt645_address_answers(DLT645_ANY, "000000000161"));
    cr_expect(dlt645_address_answers(DLT645_ALL, "000000000161"));
    cr_expect(dlt645_address_answers("AAAAAAAA0161", "000000000161"));
    cr_expect(dlt645_address_answers("000000000161", DLT645_ANY));
    cr_expect_not(dlt645_address_answers("AAAAAAAA0161", "000000000162"));
    cr_expect_not(dlt645_address_answers("000000000161", "000000000162"));
}

Test(dlt645, data_of_several_frames_are_read_joined)
{
    const uint8_t data[] = {0x29, 1, 0, 0, 0x62, 0, 0, 0, 0x67, 0, 0, 0};
    struct frame *f = malloc(sizeof(*f));

    cr_assert(dlt645_values(DLT645_2007, "0001FF00", data, sizeof(data), f));
    cr_assert_eq(f->n_values, 3);
    cr_expect_str_eq(f->values[2].obis, "1-0:1.8.2");
    cr_expect_str_eq(f->values[2].text, "0.67");
    cr_expect_not(dlt645_values(DLT645_1997, "0001FF00", data, sizeof(data), f));
    free(f);
}

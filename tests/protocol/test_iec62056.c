#include "meterpost/protocol/iec62056.h"

#include "protocol/cases.h"

Test(iec62056, captured_telegrams_mean_what_they_say_and_damage_is_named)
{
    run_cases(CONF_IEC62056_21, TOP "/tests/protocol/cases/iec62056.txt");
}

Test(iec62056, requests_are_those_of_the_standard)
{
    struct frame_bytes b;
    struct err e;

    expect_bytes("any", iec62056_sign_on("", &b, &e), &e, &b, "2F 3F 21 0D 0A");
    expect_bytes("one", iec62056_sign_on("12", &b, &e), &e, &b, "2F 3F 31 32 21 0D 0A");
    iec62056_acknowledge('5', '1', &b);
    expect_bytes("ack", true, &e, &b, "06 30 35 31 0D 0A");
    expect_bytes("read", iec62056_command("R1", "1.8.0(1)", &b, &e), &e, &b,
                 "01 52 31 02 31 2E 38 2E 30 28 31 29 03 6B");
    expect_bytes("read C900", iec62056_command("R2", "C900()", &b, &e), &e, &b,
                 "01 52 32 02 43 39 30 30 28 29 03 1A");
    iec62056_break(&b);
    expect_bytes("break", true, &e, &b, "01 42 30 03 71");
    iec62056_acknowledge('5', '0', &b);
    iec62056_parity(b.at, b.n);
    expect_bytes("parity", true, &e, &b, "06 30 35 30 8D 0A");
    cr_expect_not(iec62056_sign_on("12!", &b, &e));
    cr_expect_not(iec62056_sign_on("123456789012345678901234567890123", &b, &e));
    cr_expect_not(iec62056_command("X1", "", &b, &e));
    cr_expect_not(iec62056_command("R1", "1.8.0()\r\n", &b, &e));
    cr_expect_eq(iec62056_baud('5'), 9600);
    cr_expect_eq(iec62056_baud('A'), 600);
    cr_expect_eq(iec62056_baud('Z'), 0);
}

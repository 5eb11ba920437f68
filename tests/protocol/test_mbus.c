#include "meterpost/protocol/mbus.h"

#include "protocol/cases.h"

Test(mbus, captured_frames_mean_what_they_say_and_damage_is_named)
{
    run_cases(CONF_MBUS, TOP "/tests/protocol/cases/mbus.txt");
}

Test(mbus, requests_are_those_of_the_standard)
{
    const struct mbus_secondary gwf = {"00182007", "GWF", 53, 7};
    const struct mbus_secondary any = {"67FFFFFF", NULL, -1, -1};
    struct frame_bytes b;
    struct err e;

    mbus_wake(0x40, &b);
    expect_bytes("wake", true, &e, &b, "10 40 40 80 16");
    mbus_read(0x40, false, &b);
    expect_bytes("read", true, &e, &b, "10 5B 40 9B 16");
    mbus_read(0xB7, true, &b);
    expect_bytes("read on", true, &e, &b, "10 7B B7 32 16");
    mbus_wake(MBUS_SELECTED, &b);
    expect_bytes("deselect", true, &e, &b, "10 40 FD 3D 16");
    expect_bytes("set address", mbus_set_address(MBUS_ANY, 0x40, &b, &e), &e, &b,
                 "68 06 06 68 53 FE 51 01 7A 40 5D 16");
    expect_bytes("select", mbus_select(&gwf, &b, &e), &e, &b,
                 "68 0B 0B 68 73 FD 52 07 20 18 00 E6 1E 35 07 41 16");
    expect_bytes("search", mbus_select(&any, &b, &e), &e, &b,
                 "68 0B 0B 68 73 FD 52 FF FF FF 67 FF FF FF FF 22 16");
    mbus_reset(5, &b);
    expect_bytes("reset", true, &e, &b, "68 03 03 68 53 05 50 A8 16");
    cr_expect_not(mbus_set_address(1, 251, &b, &e));
    cr_expect_not(mbus_select(&(struct mbus_secondary){"123", NULL, -1, -1}, &b, &e));
    cr_expect_not(mbus_select(&(struct mbus_secondary){"12345678", "gwf", -1, -1}, &b, &e));
}

#include "meterpost/protocol/frame.h"
#include "meterpost/protocol/modbus_map.h"

#include "protocol/cases.h"

#define MAP                                                                                \
    "map: one\nname: One\nfunction: 4\nregisters:\n"                                       \
    "  - {at: \"0034\", type: f32, register: \"1-0:16.7.0\", unit: W, name: power}\n"

static const struct {
    const char *protocol, *hex;
    const char *want; /* JSON without spaces that is part of the answer */
} cases[] = {
    {"dlt645-2007", "68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16",
     "{\"valid\":true,\"address\":\"000000000161\",\"direction\":\"reply\",\"control\":"
     "\"91\","
     "\"function\":\"read\",\"values\":[{\"id\":\"00010000\",\"register\":\"1-0:1.8.0\","
     "\"value\":\"0.26\",\"unit\":\"kWh\",\"name\":\"forward active energy\"}]}"},
    {"dlt645-2007", "68 61 01 00 00 00 00 68\n91 08 33 33 34 33 59 33 33 33 8B 16",
     "{\"valid\":false,\"reason\":\"checksum\""},
    {"dlt645-2007", "68 12 00 00 00 10 20 68 D1 01 35 19 16",
     "\"exception\":\"02: no such data\""},
    {"dlt645-2007",
     "68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16 "
     "68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16",
     "\"frames\":[{\"valid\":true"},
    {"dlt645-2007",
     "68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16 "
     "68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8B 16",
     "{\"valid\":false,\"reason\":\"checksum\""},
    {"cjt188",
     "68 10 92 01 00 10 00 00 00 81 16 90 1F 01 00 22 22 00 2C 00 00 00 00 2C 00 "
     "00 00 00 00 00 00 00 00 FE 16 52 4F",
     "{\"valid\":true,\"address\":\"00000010000192\""},
    {"cjt188", "68 10 88 05 27 10 15 20 00 84 05 A0 17 07 01 00 16 16", "\"valid\":false"},
    {"mbus", "E5", "\"function\":\"acknowledged\""},
    {"modbus-rtu", "01 04 00 34 00 02 30 05 01 04 04 C3 2C 98 22 ED D0",
     "\"values\":[{\"id\":\"0034\",\"register\":\"1-0:16.7.0\",\"value\":\"-172.594\","
     "\"unit\":\"W\",\"name\":\"power\"}]"},
    {"modbus-tcp", "00 01 00 00 00 06 01 03 00 00 00 02", "\"direction\":\"request\""},
    {"iec62056-21", "2F3F210D0A", "\"function\":\"sign-on\""},
    {"iec62056-21", "/LGZ5ZMR\r\n1.8.0(1.5*kWh)\r\n!\r\n", "\"value\":\"1.5\""},
    {"dlt645-1997", "", "{\"valid\":false,\"reason\":\"start\""},
};

Test(frame, try_answers_for_every_protocol)
{
    struct problems p = {0};
    struct modbus_map *map = modbus_map_load_text("map", MAP, sizeof(MAP) - 1, &p);

    cr_assert_not_null(map);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        json_t *out = frame_try(cases[i].protocol, cases[i].hex, map, &e);
        char *text;

        cr_assert_not_null(out, "%s: %s", cases[i].hex, e.text);
        text = json_dumps(out, JSON_COMPACT);
        cr_expect_not_null(strstr(text, cases[i].want), "%s: got %s, want %s", cases[i].hex,
                           text, cases[i].want);
        free(text);
        json_decref(out);
    }
    modbus_map_free(map);
}

Test(frame, an_unknown_protocol_names_those_that_there_are)
{
    struct err e;

    cr_expect_null(frame_try("dlt645", "68", NULL, &e));
    cr_expect_str_eq(e.text,
                     "there is no protocol 'dlt645'; there are dlt645-2007, dlt645-1997, "
                     "iec62056-21, modbus-rtu, modbus-tcp, cjt188, mbus");
}

Test(frame, what_is_no_hex_is_refused)
{
    struct err e;

    cr_expect_null(frame_try("mbus", "6", NULL, &e));
    cr_expect_null(frame_try("mbus", "6X", NULL, &e));
    cr_expect_not_null(strstr(e.text, "hexadecimal"));
}

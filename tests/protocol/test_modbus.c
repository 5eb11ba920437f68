#include "meterpost/protocol/modbus.h"

#include "protocol/cases.h"

Test(modbus, captured_frames_mean_what_they_say_and_damage_is_named)
{
    run_cases(CONF_MODBUS_RTU, TOP "/tests/protocol/cases/modbus.txt");
}

Test(modbus, messages_of_tcp_mean_what_they_say_and_damage_is_named)
{
    run_cases(CONF_MODBUS_TCP, TOP "/tests/protocol/cases/modbus-tcp.txt");
}

static struct modbus_maps *
load(void)
{
    struct problems p = {0};
    struct modbus_maps *all;

    if (!modbus_maps_load(TOP "/conf/maps", &all, &p))
        problems_print(&p, stderr);
    cr_assert_not_null(all, "conf/maps");
    return all;
}

/* A request made by us, and the answer of a real meter behind it. */
static const struct {
    const char *map;
    unsigned function, first, count;
    const char *reply;
    const char *want; /* of the values */
} answers[] = {
    {"eastron-sdm120", 4, 0x0000, 2, "01 04 04 43 66 33 34 1B 38",
     "0000 1-0:32.7.0 230.200 V"},
    {"eastron-sdm630", 4, 0x0000, 2, "01 04 04 43 6B 70 8B FA 7B",
     "0000 1-0:32.7.0 235.440 V"},
    {"eastron-sdm630", 4, 0x0006, 2, "01 04 04 40 04 AA 8B 91 42",
     "0006 1-0:31.7.0 2.073 A"},
    {"eastron-sdm630", 4, 0x0018, 2, "01 04 04 C3 FC FE 91 86 3C",
     "0018 1-0:23.7.0 -505.989 var"},
    {"eastron-sdm630", 4, 0x015A, 2, "01 04 04 45 1A 4D DB BA 44",
     "015A 1-0:21.8.0 2468.866 kWh"},
    {"eastron-sdm630", 4, 0x0034, 2, "01 04 04 C3 2C 98 22 ED D0",
     "0034 1-0:16.7.0 -172.594 W"},
    {"pzem-004t", 4, 0x0000, 10,
     "01 04 14 09 7B 34 06 00 00 75 EC 00 00 1F 18 00 00 01 F4 00 5D 00 00 B9 03",
     "0000 1-0:32.7.0 242.7 V; 0001 1-0:31.7.0 13.318 A; 0003 1-0:1.7.0 3018.8 W; "
     "0005 1-0:1.8.0 7960 Wh; 0007 1-0:14.7.0 50.0 Hz; 0008 1-0:13.7.0 0.93 1; 0009 0"},
    {"gavazzi-et112", 3, 0x0000, 2, "01 03 04 09 1B 00 00 89 A8",
     "0000 1-0:32.7.0 233.1 V"},
    {"hiking-dds238", 3, 0x0000, 18,
     "01 03 24 00 00 1C 7B 00 00 00 00 00 00 00 00 00 00 00 00 00 00 04 F3 00 00 17 88 09 "
     "77 01 A6 03 F8 00 70 03 E1 13 8A 63 ED",
     "0000 1-0:15.8.0 72.91 kWh; 0008 1-0:2.8.0 12.67 kWh; 000A 1-0:1.8.0 60.24 kWh; "
     "000C 1-0:32.7.0 242.3 V; 000D 1-0:31.7.0 4.22 A; 000E 1-0:16.7.0 1016 W; "
     "000F 1-0:3.7.0 112 var; 0010 1-0:13.7.0 0.993 1; 0011 1-0:14.7.0 50.02 Hz"},
    {"schneider-iem3155", 3, 0x0C83, 4, "01 03 08 00 00 00 00 00 BC 61 4E FD 97",
     "0C83 1-0:1.8.0 12345678 Wh"},
    {"schneider-iem3155", 3, 0x0C83, 4, "01 03 08 80 00 00 00 00 00 00 00 9D B7",
     "0C83 1-0:1.8.0 absent Wh (not available)"},
    {"abb-b23", 3, 0x5B14, 2, "01 03 04 7F FF FF FF D2 67",
     "5B14 1-0:16.7.0 absent W (not available)"},
    {"abb-b23", 3, 0x5000, 4, "01 03 08 FF FF FF FF FF FF FF FF D4 53",
     "5000 1-0:1.8.0 absent kWh (not available)"},
    {"chint-dtsu666", 3, 0x2012, 2, "01 03 04 C4 9A 50 00 DB 2C",
     "2012 1-0:16.7.0 -123.450 W"},
    {"gavazzi-em24", 4, 0x0028, 2, "01 04 04 FF FE FF FF AB D0", "0028 1-0:16.7.0 -0.2 W"},
};

static uint8_t *
bytes_of(const char *hex, size_t *n)
{
    uint8_t *bytes = malloc(FRAME_BYTES_MAX);

    *n = (size_t)hex_parse(hex, bytes, FRAME_BYTES_MAX);
    return bytes;
}

Test(modbus, an_answer_is_read_by_the_map_of_the_meter)
{
    struct modbus_maps *all = load();
    struct frame *f = malloc(sizeof(*f));
    char got[4096];

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        const struct modbus_map *map = modbus_maps_find(all, answers[i].map);
        const struct modbus_range range = {answers[i].function, answers[i].first,
                                           answers[i].count};
        const struct modbus_to to = {MODBUS_RTU, 1, 0};
        struct modbus_asked asked = {.set = false};
        struct frame_bytes request;
        struct err e;
        size_t n;
        uint8_t *reply = bytes_of(answers[i].reply, &n);
        const char *values;

        cr_assert_not_null(map, "%s", answers[i].map);
        cr_assert(modbus_read(&to, &range, &request, &e));
        cr_assert(modbus_decode(MODBUS_RTU, map, &asked, request.at, request.n, f));
        cr_expect_eq(f->direction, FRAME_REQUEST);
        cr_expect(modbus_decode(MODBUS_RTU, map, &asked, reply, n, f), "%s: %s",
                  answers[i].reply, f->note);
        frame_summary(f, got, sizeof(got));
        values = strstr(got, "; ");
        cr_expect_str_eq(values == NULL ? got : values + 2, answers[i].want,
                         "%s: got %s, want %s", answers[i].reply, got, answers[i].want);
        free(reply);
    }
    free(f);
    modbus_maps_free(all);
}

Test(modbus, requests_are_those_that_were_captured)
{
    const struct modbus_to one = {MODBUS_RTU, 1, 0}, tcp = {MODBUS_TCP, 1, 1};
    const uint16_t values[] = {0x4000, 0};
    struct frame_bytes b;
    struct err e;

    expect_bytes("read", modbus_read(&one, &(struct modbus_range){4, 0, 2}, &b, &e), &e, &b,
                 "01 04 00 00 00 02 71 CB");
    expect_bytes("all", modbus_read(&one, &(struct modbus_range){4, 0, 10}, &b, &e), &e, &b,
                 "01 04 00 00 00 0A 70 0D");
    expect_bytes("tcp", modbus_read(&tcp, &(struct modbus_range){3, 0, 2}, &b, &e), &e, &b,
                 "00 01 00 00 00 06 01 03 00 00 00 02");
    expect_bytes("write", modbus_write_register(&one, 2, 5, &b, &e), &e, &b,
                 "01 06 00 02 00 05 E8 09");
    expect_bytes("coil", modbus_write_coil(&tcp, 1, true, &b, &e), &e, &b,
                 "00 01 00 00 00 06 01 05 00 01 FF 00");
    expect_bytes("many", modbus_write_registers(&tcp, 0x14, values, 2, &b, &e), &e, &b,
                 "00 01 00 00 00 0B 01 10 00 14 00 02 04 40 00 00 00");
    cr_expect_not(modbus_read(&one, &(struct modbus_range){4, 0, 126}, &b, &e));
    cr_expect_not(modbus_read(&one, &(struct modbus_range){4, 0, 0}, &b, &e));
    cr_expect_not(modbus_read(&one, &(struct modbus_range){6, 0, 1}, &b, &e));
    cr_expect_not(modbus_read(&one, &(struct modbus_range){4, 0xFFFF, 2}, &b, &e));
    cr_expect_not(modbus_read(&(struct modbus_to){MODBUS_RTU, 249, 0},
                              &(struct modbus_range){4, 0, 2}, &b, &e));
    cr_expect_not(modbus_write_register(&one, 2, 0x10000, &b, &e));
    cr_expect_not(modbus_write_registers(&one, 0, values, 0, &b, &e));
}

Test(modbus, a_map_is_read_in_few_requests)
{
    struct modbus_maps *all = load();
    struct modbus_range ranges[MODBUS_RANGES_MAX];
    const struct modbus_map *map = modbus_maps_find(all, "eastron-sdm630");

    cr_assert_geq(modbus_maps_count(all), 8);
    cr_assert_eq(modbus_map_ranges(map, NULL, ranges), 4);
    cr_expect_eq(ranges[0].first, 0);
    cr_expect_eq(ranges[0].count, 80);
    cr_assert_eq(modbus_map_ranges(map, "1-0:1.8.0", ranges), 1);
    cr_expect_eq(ranges[0].first, 0x48);
    cr_expect_eq(ranges[0].count, 2);
    cr_expect_eq(modbus_map_ranges(map, "8-0:1.0.0", ranges), 0);
    for (size_t i = 0; i < modbus_maps_count(all); i++)
        cr_expect_leq(modbus_map_ranges(modbus_maps_at(all, i), NULL, ranges), 16, "%s",
                      modbus_map_id(modbus_maps_at(all, i)));
    modbus_maps_free(all);
}

Test(modbus, a_map_with_faults_says_where)
{
    static const char text[] =
        "map: Big\nname: x\nfunction: 3\norder: mid\nmost: 200\n"
        "registers:\n"
        "  - {at: \"XYZ1\", type: u16, name: a}\n"
        "  - {at: \"FFFF\", type: u32, name: b}\n"
        "  - {at: \"0001\", type: u16, function: 7, name: c}\n"
        "  - {at: \"0001\", type: u16, scale: \"0\", name: d}\n"
        "  - {at: \"0001\", type: f32, decimals: 9, name: e}\n"
        "  - {at: \"0001\", type: u16, register: \"1-0:1.8.0\", name: f}\n";
    static const unsigned lines[] = {1, 4, 5, 7, 8, 9, 10, 11, 12};
    struct problems p = {0};

    cr_expect_null(modbus_map_load_text("map", text, sizeof(text) - 1, &p));
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        bool found = false;

        for (size_t j = 0; j < p.count; j++)
            found = found || p.at[j].line == lines[i];
        cr_expect(found, "no fault is told of line %u", lines[i]);
    }
    problems_free(&p);
}

/* A profile proposed from pasted replies loads, holds, and reads replies to come. */
#include "meterpost/metering/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
set_zone(void)
{
    struct err e;

    cr_assert(clock_zone_set("Africa/Nairobi", &e));
}

TestSuite(profile_propose, .init = set_zone);

static struct profile *
propose(const char *samples, const struct profile_wish *wish)
{
    struct problems p = {0};
    struct err e = {0};
    char *yaml = profile_propose(samples, wish, &e);
    struct profile *profile;

    cr_assert_not_null(yaml, "'%s': %s", samples, e.text);
    profile = profile_load_text("proposal", yaml, strlen(yaml), &p);
    cr_assert_not_null(profile, "%s", yaml);
    cr_expect(profile_check_examples(profile, &p), "%s", yaml);
    problems_free(&p);
    free(yaml);
    return profile;
}

/* "reading 0101 closed 1-0:1.8.0=12.5kWh", or "refused". */
static void
describe(const struct profile *profile, const char *text, char *out, size_t size)
{
    static struct reply r;
    char number[AMOUNT_TEXT_MAX];
    struct err e;
    size_t n;

    if (!profile_parse_reply(profile, text, &r, &e)) {
        snprintf(out, size, "refused");
        return;
    }
    n = (size_t)snprintf(out, size, "%s%s%s%s%s", reply_kind_name(r.kind),
                         r.meter[0] == '\0' ? "" : " ", r.meter,
                         r.relay == REPLY_RELAY_NONE ? "" : " ", reply_relay_name(r.relay));
    if (r.has_time)
        n += (size_t)snprintf(out + n, size - n, " @");
    for (int i = 0; i < r.n_values; i++)
        n += (size_t)snprintf(
            out + n, size - n, " %s%s%s=%s%s", r.values[i].meter,
            r.values[i].meter[0] == '\0' ? "" : "/", r.values[i].obis,
            decimal_print(r.values[i].value.milli, QUANTITY_PLACES, true, number),
            r.values[i].unit);
}

Test(profile_propose, a_proposal_reads_the_next_reply_too)
{
    static const struct {
        const char *samples, *next, *want;
    } cases[] = {
        {"32432 kWh,\r\n343 W,\r\n2452 Hours,\r\nMeter No.: 10101010",
         "7 kWh,\n-2 kW,\n1 Hours,\nMeter No.: 00000007",
         "reading 00000007 00000007/1-0:1.8.0=7kWh 00000007/1-0:1.7.0=-2000W "
         "00000007/0-0:96.8.0=1h"},
        {"UNITNO 01234567 2010.05.12 16:02 FLOWRATE 12.3 M3/H TOTALPOS 254.32 M3",
         "UNITNO 00000001 2026.5.2 6:02 FLOWRATE -0.5 M3/H TOTALPOS 1 M3",
         "reading 00000001 @ 00000001/8-0:2.0.0=-0.5m3/h 00000001/8-0:1.0.0=1m3"},
        {"VOL 1 234 567 L BAT OK", "VOL 12 004 L BAT OK", "reading 8-0:1.0.0=12.004m3"},
        {"Index: 12 345,6 kWh\nU 230 231 V", "Index: 99,5 kWh\nU 228 229 V",
         "reading 1-0:1.8.0=99.5kWh 0-2:128.0.0=2281 1-0:32.7.0=229V"},
        {"000000000101=1234.56 kWh;000000000102=88.10 kWh;",
         "000000000101=1 kWh;000000000102=2 kWh;000000000103=3 kWh",
         "reading 000000000101/1-0:1.8.0=1kWh 000000000102/1-0:1.8.0=2kWh "
         "000000000103/1-0:1.8.0=3kWh"},
        {"Caudal=-157,93 l/s; Presion=-0,619765 bar; TOT Fwd=16853 m3",
         "Caudal=1,5 l/s; Presion=3,2 bar; TOT Fwd=16.854,5 m3", "refused"},
        {"Caudal=-157,93 l/s; TOT Fwd=16853 m3", "Caudal=0,5 l/s; TOT Fwd=7,25 m3",
         "reading 8-0:2.0.0=1.8m3/h 8-0:1.0.0=7.25m3"},
        {"E=1,234.50 kWh", "E=12,345,678.25 kWh", "reading 1-0:1.8.0=12345678.25kWh"},
        {"mid=demo001&wh=10.00&ts=20110107192318&status=1",
         "mid=ml07&wh=2500&ts=20260322000000&status=0",
         "reading ml07 open @ ml07/1-0:1.8.0=2.5kWh"},
        {"Relay: ON\n\nRelay: OFF\n\nLow battery\n\nSYNTAX ERROR!\n\nOK", "relay:  off",
         "relay open"},
        {"Relay: ON\n---\nLow battery", "low battery", "alarm"},
        {"#1: 24.7C #2: 45.5%RH", "#1: -4C #2: 50%RH",
         "reading 0-0:96.9.0=-4C 0-2:128.0.0=50%"},
        {"BATT 3.6V RSSI -71 dBm\n", "BATT 4V RSSI -90 dBm",
         "reading 0-0:96.6.3=4V 0-0:96.12.5=-90dBm"},
        {"It's \"quoted\" \\ [a|b] {c} 5 kWh", "it's \"quoted\" \\ [A|B] {C} 6 kWh",
         "reading 1-0:1.8.0=6kWh"},
        {"\xe8\xaf\xbb\xe6\x95\xb0: 12.5 kWh", "\xe8\xaf\xbb\xe6\x95\xb0: 13 kWh",
         "reading 1-0:1.8.0=13kWh"},
        {"CONC 12: 0001 123.4kWh,0002 88.0kWh,0003 5.5kWh",
         "conc 12: 0001 124kWh, 0007 1kWh",
         "reading 0001/1-0:1.8.0=124kWh 0007/1-0:1.8.0=1kWh"},
        {"Zaehler 4711 Stand 1.234,567 m\xc2\xb3 Datum 20.11.2026 12:30",
         "Zaehler 4712 Stand 7,5 m3 Datum 1.12.2026 6:30",
         "reading 4712 @ 4712/8-0:1.0.0=7.5m3"},
        {"SN:00918273 VOL:00012.345m3 BATT:3.61V 2026-11-20T06:00",
         "SN:00918274 VOL:99999.9m3 BATT:3V 2026-12-01T18:30",
         "reading 00918274 @ 00918274/8-0:1.0.0=99999.9m3 00918274/0-0:96.6.3=3V"},
        {"V=5.5 m3;D=20/11/26;H=06:00:00", "V=6 m3;D=01/12/26;H=6:30:00",
         "reading @ 8-0:1.0.0=6m3"},
    };
    const struct profile_wish wish = {0};
    char got[1000];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct profile *profile = propose(cases[i].samples, &wish);

        describe(profile, cases[i].next, got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "'%s'\n got: %s\nwant: %s", cases[i].samples,
                         got, cases[i].want);
        profile_free(profile);
    }
}

Test(profile_propose, what_a_person_knows_is_in_the_proposal)
{
    const struct profile_wish wish = {"acme-m1", "Acme \"M1\"", "gas", "READ {{password}}"};
    struct profile *profile = propose("COUNT:123.4", &wish);
    char got[200];

    cr_expect_str_eq(profile_id(profile), "acme-m1");
    cr_expect_str_eq(profile_name(profile), "Acme \"M1\"");
    cr_expect_str_eq(profile_commodity(profile), "gas");
    cr_expect_str_eq(profile_request(profile, "read"), "READ {{password}}");
    describe(profile, "COUNT:7", got, sizeof(got));
    cr_expect_str_eq(got, "reading 7-0:3.0.0=7m3");
    profile_free(profile);
}

Test(profile_propose, what_holds_no_reply_or_too_much_is_refused)
{
    static const struct profile_wish none = {0}, bad = {.id = "Not An Id"};
    static char many[60 * 8 + 1], wide[8000];
    static const struct {
        const char *samples;
        const struct profile_wish *wish;
        const char *want;
    } cases[] = {
        {"", &none, "there is no reply in the text"},
        {" \r\n\n---\n", &none, "there is no reply in the text"},
        {"\xff\xfe", &none, "reply 1: the text is no UTF-8"},
        {many, &none, "more than 40 replies: give fewer"},
        {wide, &none, "reply 1: more than 600 words and numbers"},
        {"1 kWh", &bad,
         "proposal:3:10: profile: expected small letters, digits, '-', '_' and '.', got "
         "'Not An Id'"},
    };

    for (int i = 0; i < 60; i++)
        strcat(many, "E=1kWh\n\n");
    for (int i = 0; i < 1500; i++)
        strcat(wide, "1 ; ");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e = {0};
        char *yaml = profile_propose(cases[i].samples, cases[i].wish, &e);

        cr_expect_null(yaml, "%s", yaml);
        cr_expect_str_eq(e.text, cases[i].want);
        free(yaml);
    }
}

/* Replies with bytes changed at random: a proposal that holds, or a reason. */
Test(profile_propose, spoilt_replies_give_a_proposal_that_holds_or_a_reason)
{
    static const char good[] = "Meter No. 00417 2026-05-02 16:02\nE1=123.45 kWh;P=-12 W\n"
                               "Relay:ON (0-31) 25%\n\nLow credit 3,50";
    static const char marks[] = "0159.,;:=-+()[]{}|\\^$?*#'\"& \n\tkWhm3V%\x01";
    const struct profile_wish wish = {0};
    unsigned seed = 7;
    int held = 0;

    for (int round = 0; round < 300; round++) {
        char text[sizeof(good)];
        struct err e = {0};
        char *yaml;

        memcpy(text, good, sizeof(good));
        for (int i = 0; i < 6; i++) {
            seed = seed * 1103515245 + 12345;
            text[(seed >> 16) % (sizeof(good) - 1)] =
                marks[(seed >> 8) % (sizeof(marks) - 1)];
        }
        yaml = profile_propose(text, &wish, &e);
        cr_expect(yaml != NULL || e.text[0] != '\0');
        cr_expect(yaml != NULL, "'%s': %s", text, e.text);
        held += yaml != NULL;
        free(yaml);
    }
    cr_expect_gt(held, 200);
}

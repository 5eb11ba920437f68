#include "emulator.h"
#include "village.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START 1772334000 /* 2026-03-01T06:00 in Nairobi */

static struct village *village;
static struct err e;

static void
set_up(void)
{
    village = village_load(TOP "/tests/emulator/village.json", &e);
    cr_assert(village != NULL, "%s", e.text);
}

static void
tear_down(void)
{
    village_destroy(village);
}

TestSuite(village, .init = set_up, .fini = tear_down);

/* What the device of this phone answers; "" when it is silent. */
static const char *
answer(const char *phone, const char *request, utc_t now)
{
    static char text[4096];
    struct device *d = village_phone(village, phone);
    struct buf out = {0};
    int delay_ms;

    cr_assert(d != NULL, "%s", phone);
    text[0] = '\0';
    if (village_answer(d, request, now, &out, &delay_ms))
        snprintf(text, sizeof(text), "%s", buf_text(&out));
    buf_finish(&out);
    return text;
}

/* How many meters a concentrator's text names. */
static int
items(const char *text)
{
    int n = 0;

    for (; *text != '\0'; text++)
        n += *text == ';';
    return n;
}

static void
set(const char *serial, const char *name, json_t *value)
{
    json_t *wanted = json_pack("{s:o}", name, value);

    cr_assert(village_set(village_serial(village, serial), wanted, START, &e), "%s",
              e.text);
    json_decref(wanted);
}

Test(village, the_example_has_sixty_meters_and_each_kind_answers)
{
    static const struct {
        const char *phone, *request, *want;
    } rows[] = {
        {"+254711000001", "=READ_METER#",
         "9351 kWh,\n275 W,\n1422 Hours,\nMeter No.: 10101001"},
        {"+254711000001", " =read_meter#\r\n",
         "9351 kWh,\n275 W,\n1422 Hours,\nMeter No.: 10101001"},
        {"+254711000001", "=Read_Meter#", ""},
        {"+254711000001", "=READ_METER#=READ_METER#", ""},
        {"+254711000001", "=IOSTATUS#", "Relay1: 1 Relay2: 0\nInput1: 1 Input2: 0"},
        {"+254712000001", "READ",
         "UNITNO 01230001 2026.03.01 06:00 FLOWRATE 0.0 M3/H TOTALPOS 740.85 M3 "
         "TOTALNEG 37.04 M3 BATT 100% GSMBATT 76%"},
        {"+254713000001", "READ 000000000102", "000000000102=3385.85;"},
        {"+254713000001", "READ 999999999999", ""},
    };

    cr_expect_eq(village_count(village), 61, "60 meters and a concentrator");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = answer(rows[i].phone, rows[i].request, START);

        cr_expect_str_eq(got, rows[i].want, "%s: got '%s', want '%s'", rows[i].request, got,
                         rows[i].want);
    }
    cr_expect_eq(items(answer("+254713000001", "READ ALL", START)), 15);
}

Test(village, a_register_only_grows_and_is_the_same_whenever_it_is_asked)
{
    const struct device *d = village_serial(village, "10101007");
    int64_t last = 0;

    for (utc_t t = START; t < START + 40 * DAY_S; t += 7001) {
        int64_t now = meter_total(d, t);

        cr_expect_geq(now, last);
        cr_expect_geq(meter_flow(d, t), 0);
        last = now;
    }
    cr_expect_eq(meter_total(d, START), meter_total(d, START));
    cr_expect_eq(meter_total(d, d->since - 1), d->start_milli);
    cr_expect_eq(meter_total(d, d->since), d->start_milli);
}

Test(village, a_month_uses_about_thirty_average_days)
{
    for (size_t i = 0; i < village_count(village); i++) {
        const struct device *d = village_at(village, i);
        int64_t used = meter_total(d, START + 30 * DAY_S) - meter_total(d, START);

        cr_expect_geq(used, d->per_day_milli * 24, "%s", d->serial);
        cr_expect_leq(used, d->per_day_milli * 36, "%s", d->serial);
    }
}

Test(village, an_open_relay_stops_the_register_and_the_journal_says_who_did_it)
{
    struct device *d = village_serial(village, "000000000103");
    int64_t before = meter_total(d, START + DAY_S);
    json_t *shown;

    cr_expect_str_eq(answer("+254713000001", "RELAY 000000000103", START),
                     "000000000103 CLOSED");
    cr_expect_str_eq(answer("+254713000001", "CUT 000000000103", START + DAY_S),
                     "000000000103 OPEN");
    cr_expect_str_eq(answer("+254713000001", "CUT 000000000103", START + 2 * DAY_S),
                     "000000000103 OPEN");
    cr_expect_eq(meter_total(d, START + 3 * DAY_S), before);
    cr_expect_eq(meter_flow(d, START + 3 * DAY_S), 0);
    cr_expect_str_eq(answer("+254713000001", "RESTORE 000000000103", START + 3 * DAY_S),
                     "000000000103 CLOSED");
    cr_expect_gt(meter_total(d, START + 4 * DAY_S), before);
    shown = village_show(d, START + 4 * DAY_S);
    cr_expect_eq(json_array_size(json_object_get(shown, "journal")), 2);
    cr_expect_str_eq(json_string_value(json_object_get(
                         json_array_get(json_object_get(shown, "journal"), 0), "by")),
                     "CUT 000000000103");
    json_decref(shown);
}

Test(village, a_meter_can_be_set_silenced_and_broken)
{
    set("10101001", "value", json_string("123.456"));
    cr_expect_eq(meter_total(village_serial(village, "10101001"), START), 123456);
    set("10101001", "broken", json_true());
    cr_expect_str_eq(answer("+254711000001", "=READ_METER#", START), "No meter response");
    set("10101001", "silent", json_true());
    cr_expect_str_eq(answer("+254711000001", "=READ_METER#", START), "");
    set("000000000101", "silent", json_true());
    cr_expect_eq(items(answer("+254713000001", "READ ALL", START)), 14);
    cr_expect_str_eq(answer("+254713000001", "READ 000000000101", START), "");
}

Test(village, what_cannot_be_set_is_refused_and_changes_nothing)
{
    static const char *const rows[] = {
        "{\"value\": 12}",
        "{\"value\": \"12,5\"}",
        "{\"relay\": \"ajar\"}",
        "{\"silent\": \"yes\"}",
        "{\"delay_ms\": -1}",
        "{\"colour\": \"red\"}",
        "{\"silent\": true, \"value\": \"x\"}",
    };
    struct device *d = village_serial(village, "10101001");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *wanted = json_loads(rows[i], 0, NULL);

        cr_expect_not(village_set(d, wanted, START, &e), "%s", rows[i]);
        cr_expect_not(d->silent);
        json_decref(wanted);
    }
}

Test(village, a_file_with_a_fault_is_refused_with_its_place)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"{", "line 1"},
        {"{\"zone\": \"Nowhere/Land\"}", "zone"},
        {"{\"kinds\": {\"k\": {\"answers\": [{\"match\": \"(\"}]}}}", "kind k: match"},
        {"{\"kinds\": {\"k\": {\"answers\": [{\"reply\": \"x\"}]}}}", "needs a match"},
        {"{\"kinds\": {\"k\": {\"answers\": [{\"match\": \"x\", \"reply\": "
         "\"{{nothing}}\"}]}}}",
         "there is no {{nothing}}"},
        {"{\"kinds\": {\"k\": {\"push\": \"{{total.9}}\"}}}", "there is no {{total.9}}"},
        {"{\"meters\": [{\"serial\": \"1\", \"phone\": \"+1\", \"kind\": \"k\"}]}",
         "meter 1 (1): there is no kind 'k'"},
        {"{\"meters\": [{\"serial\": \"1\", \"behind\": \"2\"}]}", "'2'"},
        {"{\"kinds\": {\"k\": {}}, \"meters\": [{\"serial\": \"1\", \"kind\": \"k\"},"
         " {\"serial\": \"1\", \"kind\": \"k\"}]}",
         "meter 2 (1): '1' is there twice"},
        {"{\"kinds\": {\"k\": {}}, \"meters\": [{\"serial\": \"1\", \"kind\": \"k\","
         " \"start\": \"1.2.3\"}]}",
         "start"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char path[] = "/tmp/meterpost-village-XXXXXX";
        int fd = mkstemp(path);
        struct village *v;

        cr_assert_eq(write(fd, rows[i].text, strlen(rows[i].text)),
                     (ssize_t)strlen(rows[i].text));
        close(fd);
        v = village_load(path, &e);
        unlink(path);
        cr_expect(v == NULL, "%s", rows[i].text);
        cr_expect(strstr(e.text, rows[i].why) != NULL, "got '%s', want '%s'", e.text,
                  rows[i].why);
        village_destroy(v);
    }
}

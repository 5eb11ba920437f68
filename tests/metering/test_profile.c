#include "meterpost/metering/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "profile: p\nname: P\n"

static void
set_zone(void)
{
    struct err e;

    cr_assert(clock_zone_set("Africa/Nairobi", &e));
}

TestSuite(profile, .init = set_zone);

static struct profile *
load(const char *text)
{
    struct problems p = {0};
    struct profile *profile = profile_load_text("f", text, strlen(text), &p);

    problems_print(&p, stderr);
    cr_assert_not_null(profile, "%s", text);
    problems_free(&p);
    return profile;
}

/* The reply in one line of JSON, or "!" and the reason. */
static void
describe(const struct profile *profile, const char *text, char *out, size_t size)
{
    static struct reply reply;
    struct err e;
    json_t *json;
    char *dump;

    if (!profile_parse_reply(profile, text, &reply, &e)) {
        snprintf(out, size, "!%s", e.text);
        cr_expect_eq(reply.kind, REPLY_UNKNOWN);
        cr_expect_eq(reply.n_values, 0);
        return;
    }
    json = reply_json(&reply);
    json_object_del(json, "rule");
    dump = json_dumps(json, JSON_COMPACT);
    snprintf(out, size, "%s", dump);
    free(dump);
    json_decref(json);
}

Test(profile, the_shipped_profiles_are_right_and_their_examples_hold)
{
    static const char *const ids[] = {"arkon-magb1", "dlt-concentrator", "kamstrup-gsm7i"};
    struct problems p = {0};
    struct profiles *all;

    cr_assert(profiles_load(TOP "/conf/profiles", &all, &p), "%s",
              p.count > 0 ? p.at[0].text : "");
    cr_expect(profiles_check_examples(all, &p), "%s", p.count > 0 ? p.at[0].text : "");
    problems_print(&p, stderr);
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        const struct profile *one = profiles_find(all, ids[i]);

        cr_assert_not_null(one, "%s", ids[i]);
        cr_expect_str_eq(profile_id(one), ids[i]);
        cr_expect_not_null(profile_request(one, "read"), "%s", ids[i]);
        cr_expect_null(profile_request(one, "dance"), "%s", ids[i]);
    }
    cr_expect_str_eq(profile_request(profiles_find(all, "kamstrup-gsm7i"), "relay"),
                     "=IOSTATUS#");
    cr_expect_null(profile_request(profiles_find(all, "kamstrup-gsm7i"), "cut"));
    cr_expect_str_eq(profile_request(profiles_find(all, "dlt-concentrator"), "cut"),
                     "CUT {{address}}");
    cr_expect_str_eq(profile_commodity(profiles_find(all, "arkon-magb1")), "water");
    profiles_free(all);
    problems_free(&p);
}

static const char metergrid[] =
    HEAD "replies:\n"
         "  - name: report\n    kind: reading\n"
         "    pattern: "
         "'^\\(job=pp&cid=[\\d.]+&mid=(?<meter>\\w+)&wh=(?<wh>[^&]*)&tu=(?<tu>[^&]*)&ts="
         "(?<t>\\d{14})&cr=[^&]*&status=(?<r>\\w+)\\)$'\n"
         "    values:\n"
         "      - {register: \"1-0:1.8.0\", group: wh, unit: Wh}\n"
         "      - {register: \"0-0:96.8.0\", group: tu, unit: s, round: down}\n"
         "    time: {group: t, format: \"%Y%m%d%H%M%S\", zone: utc}\n"
         "    relay: {group: r, closed: [\"1\", on], open: [\"0\", off]}\n"
         "  - {name: low, kind: alarm, pattern: '^low credit (?<meter>\\d+)$', alarm: "
         "credit-low}\n"
         "  - {name: done, kind: ack, pattern: '^OK$'}\n"
         "  - {name: hex, kind: reading, pattern: '^(?<f>[0-9A-F]+)$', frame: {group: f, "
         "protocol: "
         "dlt645-2007}}\n";

Test(profile, a_reply_is_taken_apart)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"(job=pp&cid=192.168.1.201&mid=demo001&wh=10.00&tu=12.12&ts=20110107192318&cr=20."
         "10&"
         "status=1)",
         "{\"kind\":\"reading\",\"meter\":\"demo001\",\"values\":[{\"register\":\"1-0:1.8."
         "0\","
         "\"value\":\"0.01\",\"unit\":\"kWh\"},{\"register\":\"0-0:96.8.0\",\"value\":\"12."
         "12\","
         "\"unit\":\"s\"}],\"time\":\"2011-01-07T22:23:18+03:00\",\"relay\":\"closed\"}"},
        {"(job=pp&cid=1&mid=d&wh=1&tu=&ts=20110107192318&cr=&status=OFF)",
         "{\"kind\":\"reading\",\"meter\":\"d\",\"values\":[{\"register\":\"1-0:1.8.0\","
         "\"value\":\"0.001\",\"unit\":\"kWh\"}],\"time\":\"2011-01-07T22:23:18+03:00\","
         "\"relay\":\"open\"}"},
        {"(job=pp&cid=1&mid=d&wh=&tu=&ts=20110107192318&cr=&status=1)",
         "!profile p, reply 'report': the reading has no value"},
        {"(job=pp&cid=1&mid=d&wh=1x&tu=&ts=20110107192318&cr=&status=1)",
         "!profile p, reply 'report': register 1-0:1.8.0: '1x' is no number"},
        {"(job=pp&cid=1&mid=d&wh=0.5&tu=&ts=20110107192318&cr=&status=1)",
         "!profile p, reply 'report': register 1-0:1.8.0: '0.5' does not fit thousandths "
         "of "
         "kWh: the profile may say how to round"},
        {"(job=pp&cid=1&mid=d&wh=18446744073709551617&tu=&ts=20110107192318&cr=&status=1)",
         "!profile p, reply 'report': register 1-0:1.8.0: '18446744073709551617' has more "
         "than "
         "15 digits"},
        {"(job=pp&cid=1&mid=d&wh=1&tu=&ts=20110230192318&cr=&status=1)",
         "!profile p, reply 'report': the time '20110230192318' does not exist"},
        {"(job=pp&cid=1&mid=d&wh=1&tu=&ts=20110107192318&cr=&status=2)",
         "!profile p, reply 'report': relay '2' is neither open nor closed"},
        {"(job=pp&cid=1&mid=a0123456789012345678901234567890123456789&wh=1&tu=&"
         "ts=20110107192318&cr=&status=1)",
         "!profile p, reply 'report': 'a012345678901234567890123456789012345678...' is "
         "longer "
         "than 39 bytes"},
        {"low credit 0042",
         "{\"kind\":\"alarm\",\"meter\":\"0042\",\"values\":[],\"alarm\":\"credit-low\"}"},
        {" OK\r\n", "{\"kind\":\"ack\",\"values\":[]}"},
        {"68FE16", "!profile p, reply 'hex': dlt645-2007: 3 bytes where at least 12 are "
                   "needed"},
        {"hello", "{\"kind\":\"unknown\",\"values\":[]}"},
        {"", "{\"kind\":\"unknown\",\"values\":[]}"},
        {"\xff", "!profile p: the text is no UTF-8"},
    };
    struct profile *profile = load(metergrid);
    char got[1024];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        describe(profile, cases[i].text, got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "%s\n got: %s\nwant: %s", cases[i].text, got,
                         cases[i].want);
    }
    profile_free(profile);
}

Test(profile, numbers_are_read_with_the_marks_of_the_profile)
{
    static const struct {
        const char *marks, *text, *want; /* want NULL: refused */
    } cases[] = {
        {"{decimal: \".\"}", "12.50", "12.5"},
        {"{decimal: \",\"}", "157,93", "157.93"},
        {"{decimal: \",\", thousands: \".\"}", "1.234.567,5", "1234567.5"},
        {"{decimal: \".\", thousands: \",\"}", "1,234,567.5", "1234567.5"},
        {"{decimal: \".\", thousands: \",\"}", "1,23", NULL},
        {"{decimal: \".\", thousands: \",\"}", "1,2345", NULL},
        {"{decimal: \".\", thousands: \",\"}", ",234", NULL},
        {"{decimal: \".\", thousands: \" \"}",
         "12\xc2\xa0"
         "345",
         "12345"},
        {"{decimal: \".\"}", "1,234", NULL},
        {"{decimal: \".\"}", "+7", "7"},
        {"{decimal: \".\"}", "-7.25", "-7.25"},
        {"{decimal: \".\"}",
         "\xe2\x88\x92"
         "3",
         "-3"},
        {"{decimal: \".\"}", "\xef\xbc\x91\xef\xbc\x92", "12"},
        {"{decimal: \".\"}", "7-", NULL},
        {"{decimal: \".\"}", "?", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512], got[512], want[512];
        struct profile *profile;

        snprintf(text, sizeof(text),
                 HEAD
                 "numbers: %s\nreplies: [{name: r, kind: reading, pattern: '^E=(?<e>.*)$', "
                 "values: [{register: \"1-0:1.8.0\", group: e, unit: kWh}]}]\n",
                 cases[i].marks);
        profile = load(text);
        snprintf(text, sizeof(text), "E=%s", cases[i].text);
        describe(profile, text, got, sizeof(got));
        snprintf(want, sizeof(want),
                 "{\"kind\":\"reading\",\"values\":[{\"register\":\"1-0:1.8.0\",\"value\":"
                 "\"%s\","
                 "\"unit\":\"kWh\"}]}",
                 cases[i].want);
        if (cases[i].want == NULL)
            cr_expect_eq(got[0], '!', "%s: got %s", cases[i].text, got);
        else
            cr_expect_str_eq(got, want, "%s: got %s", cases[i].text, got);
        profile_free(profile);
    }
}

Test(profile, times_are_read_as_the_format_says)
{
    static const struct {
        const char *format, *text, *want; /* want NULL: refused */
    } cases[] = {
        {"%Y.%m.%d %H:%M", "2010.05.12 16:02", "2010-05-12T16:02:00+03:00"},
        {"%y%m%d%H%M", "2603291530", "2026-03-29T15:30:00+03:00"},
        {"%y%m%d%H%M", "260329153", NULL},
        {"%d-%m-%y %H:%M:%S", "08-07-03 00:00:01", "2003-07-08T00:00:01+03:00"},
        {"%Y/%m/%d %H:%M", "2017/6/6 7:13", "2017-06-06T07:13:00+03:00"},
        {"%d/%m/%y %I:%M %p", "15/10/24 12:16 PM", "2024-10-15T12:16:00+03:00"},
        {"%d/%m/%y %I:%M %p", "15/10/24 12:16 am", "2024-10-15T00:16:00+03:00"},
        {"%d/%m/%y %I:%M %p", "15/10/24 13:16 PM", NULL},
        {"%a %b %d %H:%M:%S %Y", "Thu Oct  8 09:00:00 2026", "2026-10-08T09:00:00+03:00"},
        {"%Y-%m-%d", "2026-02-29", NULL},
        {"%Y-%m-%d", "2024-02-29", "2024-02-29T00:00:00+03:00"},
        {"%Y-%m-%d", "2024-02-29x", NULL},
        {"%Y-%m-%d %H", "2024-02-29 24", NULL},
        {"%Y-%m-%d %H", "2024-02-29 99999999999", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512], got[512];
        struct profile *profile;
        const char *at;

        snprintf(
            text, sizeof(text),
            HEAD
            "replies: [{name: r, kind: notice, pattern: '^(?<t>.*)$', time: {group: t, "
            "format: \"%s\"}}]\n",
            cases[i].format);
        profile = load(text);
        describe(profile, cases[i].text, got, sizeof(got));
        at = strstr(got, "\"time\":\"");
        if (cases[i].want == NULL)
            cr_expect_eq(got[0], '!', "%s: got %s", cases[i].text, got);
        else
            cr_expect(at != NULL && strncmp(at + 8, cases[i].want, 25) == 0, "%s: got %s",
                      cases[i].text, got);
        profile_free(profile);
    }
}

Test(profile, items_of_a_repeat_have_their_own_meter_and_time)
{
    struct profile *profile = load(
        HEAD
        "replies:\n  - name: r\n    kind: reading\n    pattern: '(?s)^(?<items>M.+)$'\n"
        "    repeat: {group: items, pattern: 'M(?<meter>\\d+) (?<e>\\d+)(?: at "
        "(?<t>[\\d-]+))?;?'}\n"
        "    values: [{register: \"1-0:1.8.0\", group: e, unit: kWh}]\n"
        "    time: {group: t, format: \"%Y-%m-%d\"}\n");
    char got[1024];

    describe(profile, "M1 10 at 2026-01-01; M2 20;\nM3 30", got, sizeof(got));
    cr_expect_str_eq(
        got,
        "{\"kind\":\"reading\",\"values\":[{\"register\":\"1-0:1.8.0\",\"value\":"
        "\"10\",\"unit\":\"kWh\",\"meter\":\"1\",\"time\":\"2026-01-01T00:00:00+03:"
        "00\"},{\"register\":\"1-0:1.8.0\",\"value\":\"20\",\"unit\":\"kWh\","
        "\"meter\":\"2\"},{\"register\":\"1-0:1.8.0\",\"value\":\"30\",\"unit\":"
        "\"kWh\",\"meter\":\"3\"}]}",
        "%s", got);
    describe(profile, "M1 10;oops;M2 20;", got, sizeof(got));
    cr_expect_str_eq(got, "!profile p, reply 'r': 'oops;M2 20;' fits no item of repeat",
                     "%s", got);
    profile_free(profile);
}

Test(profile, a_pattern_that_runs_away_stops_and_is_named)
{
    struct profile *profile = load(
        HEAD
        "replies:\n  - {name: slow, kind: notice, pattern: '^(a+)+$'}\n  - {name: other, "
        "kind: ack, pattern: '^b$'}\n");
    char text[1601], got[512];

    memset(text, 'a', 1600);
    text[1600] = '\0';
    text[1599] = '!';
    describe(profile, text, got, sizeof(got));
    cr_expect_str_eq(
        got,
        "!profile p, reply 'slow': the pattern gives up on this text: match limit "
        "(make it simpler)",
        "%s", got);
    describe(profile, "b", got, sizeof(got));
    cr_expect_str_eq(got, "{\"kind\":\"ack\",\"values\":[]}");
    profile_free(profile);
}

Test(profile, long_texts_and_many_values_are_bounded)
{
    struct problems p = {0};
    struct profiles *all;
    const struct profile *profile;
    char *text = malloc(REPLY_TEXT_MAX + 100), got[8192];
    size_t n = 0;

    cr_assert(profiles_load(TOP "/conf/profiles", &all, &p));
    profile = profiles_find(all, "dlt-concentrator");
    for (int i = 0; i < 76; i++) /* 1,596 characters: ten parts */
        n += (size_t)snprintf(text + n, 100, "%012d=1234.56;", i);
    describe(profile, text, got, sizeof(got));
    cr_expect(strncmp(got, "{\"kind\":\"reading\"", 17) == 0, "%.200s", got);
    for (int i = 76; i < 161; i++)
        n += (size_t)snprintf(text + n, 100, "%012d=1234.56;", i);
    describe(profile, text, got, sizeof(got));
    cr_expect_str_eq(got,
                     "!profile dlt-concentrator, reply 'many meters in one text': "
                     "more than 160 values in one text",
                     "%.200s", got);
    for (size_t i = 0; i < profiles_count(all); i++) {
        memset(text, '1', REPLY_TEXT_MAX + 50);
        text[1600] = '\0';
        describe(profiles_at(all, i), text, got, sizeof(got));
        cr_expect_str_eq(got, "{\"kind\":\"unknown\",\"values\":[]}", "%.200s", got);
        text[1600] = '1';
        text[REPLY_TEXT_MAX] = '\0';
        describe(profiles_at(all, i), text, got, sizeof(got));
        cr_expect_eq(got[0], '!', "%.200s", got);
    }
    profiles_free(all);
    free(text);
}

Test(profile, an_example_that_does_not_hold_is_named)
{
    static const char text[] = HEAD
        "replies:\n"
        "  - {name: r, kind: reading, pattern: '^(?<meter>\\d+)=(?<e>\\d+)$', values: "
        "[{register: \"1-0:1.8.0\", group: e, unit: kWh}]}\n"
        "examples:\n"
        "  - {text: \"7=12\", expect: {kind: reading, meter: \"7\", values: [{register: "
        "\"1-0:1.8.0\", value: \"12.000\", unit: kWh}]}}\n"
        "  - {text: \"7=12\", expect: {kind: reading, meter: \"8\", values: [{register: "
        "\"1-0:2.8.0\", value: \"13\", unit: Wh}]}}\n"
        "  - {text: \"7=12\", expect: {kind: notice}}\n"
        "  - {text: \"7=12\", expect: {kind: reading}}\n"
        "  - {text: \"7=1234567890123456\", expect: {kind: reading}}\n"
        "  - {text: \"hello\", expect: {kind: unknown}}\n";
    static const char *const want[] = {
        "f:7:51: examples[1].expect.meter: the example says '8', its text gives '7'",
        "f:7:76: examples[1].expect.values[0].register: the example says '1-0:2.8.0', its "
        "text "
        "gives '1-0:1.8.0'",
        "f:7:96: examples[1].expect.values[0].value: the example says '13', its text gives "
        "'12'",
        "f:7:108: examples[1].expect.values[0].unit: the example says 'Wh', its text gives "
        "'kWh'",
        "f:8:35: examples[2].expect.kind: the example says 'notice', its text gives "
        "'reading'",
        "f:9:28: examples[3].expect.values: the example says '0 values', its text gives "
        "'1'",
        "f:10:12: examples[4].text: profile p, reply 'r': register 1-0:1.8.0: "
        "'1234567890123456' has more than 15 digits",
    };
    struct profile *profile = load(text);
    struct problems p = {0};
    char got[1024];

    cr_expect_not(profile_check_examples(profile, &p));
    cr_expect_eq(p.count, sizeof(want) / sizeof(want[0]), "%zu", p.count);
    for (size_t i = 0; i < p.count && i < sizeof(want) / sizeof(want[0]); i++) {
        problem_print(&p.at[i], got, sizeof(got));
        cr_expect_str_eq(got, want[i], "\n got: %s\nwant: %s", got, want[i]);
    }
    problems_free(&p);
    profile_free(profile);
}

Test(profile, trying_a_text_names_what_matches)
{
    static const struct {
        const char *id, *text, *want;
    } cases[] = {
        {"dlt-concentrator", "000000000101=1234.56;000000000102=88.10;",
         "{\"kind\":\"reading\",\"values\":[{\"register\":\"1-0:1.8.0\",\"value\":\"1234."
         "56\","
         "\"unit\":\"kWh\",\"meter\":\"000000000101\"},{\"register\":\"1-0:1.8.0\","
         "\"value\":"
         "\"88.1\",\"unit\":\"kWh\",\"meter\":\"000000000102\"}],\"rule\":\"many meters in "
         "one "
         "text\"}"},
        {"kamstrup-gsm7i", "No meter response",
         "{\"kind\":\"error\",\"values\":[],\"error\":\"meter-silent\",\"rule\":\"silent "
         "meter\"}"},
        {"kamstrup-gsm7i", "Relay1: 0 Relay2: 0\nInput1: 1 Input2: 0",
         "{\"kind\":\"relay\",\"values\":[],\"relay\":\"open\",\"rule\":\"relay and "
         "inputs\"}"},
        {"kamstrup-gsm7i", "1.2.3 kWh,\n343 W,\n2452 Hours,\nMeter No.: 1",
         "{\"kind\":\"error\",\"values\":[],\"error\":\"profile kamstrup-gsm7i, reply "
         "'reading': "
         "register 1-0:1.8.0: '1.2.3' is no number\"}"},
        {"kamstrup-gsm7i", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9",
         "{\"kind\":\"unknown\",\"values\":[]}"},
        {"?", "No meter response",
         "{\"kind\":\"error\",\"values\":[],\"error\":\"meter-silent\",\"rule\":\"silent "
         "meter\","
         "\"profile\":\"kamstrup-gsm6h\",\"matches\":[\"kamstrup-gsm6h\",\"kamstrup-"
         "gsm7i\"]}"},
        {"?", "hello", "{\"kind\":\"unknown\",\"values\":[],\"matches\":[]}"},
        {"?", "\xff", "{\"kind\":\"unknown\",\"values\":[],\"matches\":[]}"},
    };
    struct problems p = {0};
    struct profiles *all;
    struct err e;

    cr_assert(profiles_load(TOP "/conf/profiles", &all, &p));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *json = profile_try(all, cases[i].id, cases[i].text, &e);
        char *got = json_dumps(json, JSON_COMPACT);

        cr_expect_str_eq(got, cases[i].want, "\n got: %s\nwant: %s", got, cases[i].want);
        free(got);
        json_decref(json);
    }
    cr_expect_null(profile_try(all, "nothing", "x", &e));
    cr_expect_str_eq(e.text, "there is no profile 'nothing'; '?' tries them all");
    profiles_free(all);
}

Test(profile, a_reason_that_cuts_a_character_is_still_json)
{
    struct profile *profile =
        load(HEAD "replies: [{name: r, kind: reading, pattern: '^E=(?<e>.*)$', values: "
                  "[{register: \"1-0:1.8.0\", group: e, unit: kWh}]}]\n");
    char text[256] = "E=", got[1024];
    struct err e;
    struct reply *reply = malloc(sizeof(*reply));
    json_t *json;

    for (size_t i = 0; i < 20; i++)
        strcat(text, i == 0 ? "x" : "\xe4\xb8\xad");
    describe(profile, text, got, sizeof(got));
    cr_expect_not(profile_parse_reply(profile, text, reply, &e));
    json = json_string(e.text);
    cr_expect_not_null(json, "%s", e.text);
    json_decref(json);
    free(reply);
    profile_free(profile);
}

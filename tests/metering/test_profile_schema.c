/* What a profile may say beside plain patterns: keys, alarms, absent values, frames. */
#include "meterpost/metering/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "profile: p\nname: P\n"
#define E    "register: \"1-0:1.8.0\", group: e"

static void
set_zone(void)
{
    struct err e;

    cr_assert(clock_zone_set("Africa/Nairobi", &e));
}

TestSuite(profile_schema, .init = set_zone);

/* The reply without the name of its rule, or "!" and the reason. */
static void
answer(const char *yaml, const char *text, char *out, size_t size)
{
    static struct reply reply;
    struct problems p = {0};
    struct profile *profile = profile_load_text("f", yaml, strlen(yaml), &p);
    struct err e;
    json_t *json;
    char *dump;

    cr_assert_not_null(profile, "%s: %s", yaml, p.count > 0 ? p.at[0].text : "");
    if (profile_parse_reply(profile, text, &reply, &e)) {
        json = reply_json(&reply);
        json_object_del(json, "rule");
        dump = json_dumps(json, JSON_COMPACT);
        snprintf(out, size, "%s", dump);
        free(dump);
        json_decref(json);
    } else {
        snprintf(out, size, "!%s", e.text);
    }
    profile_free(profile);
}

static const char pairs[] =
    HEAD "numbers: {absent: [\"????\", x]}\n"
         "replies:\n"
         "  - name: r\n"
         "    kind: reading\n"
         "    pattern: '^(?<order>\\d+)?/(?<items>.*)$'\n"
         "    repeat: {group: items, pattern: '(?<k>\\w+)=(?<v>[^,!]*)(?<u>L)?(?<a>!)?,?', "
         "key: k}\n"
         "    values:\n"
         "      - {register: \"8-0:1.0.0\", key: vol, group: v, unit: m3}\n"
         "      - {register: \"0-0:96.9.0\", key: TEMP, group: v, unit: C}\n"
         "    alarms:\n"
         "      - {group: a, alarm: limit}\n"
         "      - {group: v, is: [\"????\"], alarm: value-absent}\n";
static const char sizes[] =
    HEAD "replies: [{name: r, kind: reading, pattern: '^(?<v>[\\d.]+)(?<u>L)?$', values: "
         "[{register: \"8-0:1.0.0\", group: v, unit: m3, unit_group: u}]}]\n";
static const char halves[] =
    HEAD "replies:\n"
         "  - {name: on, kind: ack, pattern: '^light (?<r>connected)', relay: {group: r, "
         "closed: [Connected]}}\n"
         "  - {name: off, kind: alarm, pattern: '^light (?<r>cut)(?<b> battery)?', alarm: "
         "credit-none, relay: {group: r, open: [cut]}, alarms: [{group: b, alarm: "
         "battery-low}]}\n"
         "  - {name: word, kind: alarm, pattern: '^alert (?<a>\\w+)', alarms: [{group: a, "
         "is: [low], alarm: credit-low}]}\n";
static const char frames[] =
    HEAD "replies: [{name: f, kind: reading, pattern: '^(?<f>[0-9A-Fa-fG ]*)$', frame: "
         "{group: f, protocol: dlt645-2007}}]\n";

#define METER_A "6886200500000068910833333433A876B733E916"
#define METER_B "6801010000000068910833333433433335331616"

Test(profile_schema, replies_of_every_shape_are_taken)
{
    static const struct {
        const char *profile, *text, *want;
    } cases[] = {
        {pairs, "7/TEMP=-3.5!,other=9,VOL=2",
         "{\"kind\":\"reading\",\"values\":[{\"register\":\"0-0:96.9.0\",\"value\":\"-3.5\""
         ",\"unit\":\"C\"},{\"register\":\"8-0:1.0.0\",\"value\":\"2\",\"unit\":\"m3\"}],"
         "\"order\":\"7\",\"alarms\":[{\"alarm\":\"limit\",\"key\":\"TEMP\"}]}"},
        {pairs, "/vol=2,temp=X",
         "{\"kind\":\"reading\",\"values\":[{\"register\":\"8-0:1.0.0\",\"value\":\"2\","
         "\"unit\":\"m3\"}]}"},
        {pairs, "/vol=????",
         "{\"kind\":\"alarm\",\"values\":[],\"alarm\":\"value-absent\"}"},
        {pairs, "/vol=x", "!profile p, reply 'r': the reading has no value"},
        {pairs, "/other=1", "!profile p, reply 'r': the reading has no value"},
        {sizes, "1600L",
         "{\"kind\":\"reading\",\"values\":[{\"register\":\"8-0:1.0.0\","
         "\"value\":\"1.6\",\"unit\":\"m3\"}]}"},
        {sizes, "40.00",
         "{\"kind\":\"reading\",\"values\":[{\"register\":\"8-0:1.0.0\","
         "\"value\":\"40\",\"unit\":\"m3\"}]}"},
        {halves, "light connected",
         "{\"kind\":\"ack\",\"values\":[],\"relay\":\"closed\"}"},
        {halves, "light cut",
         "{\"kind\":\"alarm\",\"values\":[],\"relay\":\"open\",\"alarm\":\"credit-none\"}"},
        {halves, "light cut battery",
         "{\"kind\":\"alarm\",\"values\":[],\"relay\":\"open\",\"alarm\":\"credit-none\","
         "\"alarms\":[{\"alarm\":\"credit-none\"},{\"alarm\":\"battery-low\"}]}"},
        {halves, "alert LOW",
         "{\"kind\":\"alarm\",\"values\":[],\"alarm\":\"credit-low\"}"},
        {halves, "alert high",
         "!profile p, reply 'word': the alarm has a word that is not listed"},
        {frames, METER_A,
         "{\"kind\":\"reading\",\"meter\":\"000000052086\",\"values\":[{\"register\":\"1-0:"
         "1.8.0\",\"value\":\"8443.75\",\"unit\":\"kWh\"}]}"},
        {frames, METER_A "FEFE" METER_B,
         "{\"kind\":\"reading\",\"values\":[{\"register\":\"1-0:1.8.0\",\"value\":\"8443."
         "75\",\"unit\":\"kWh\",\"meter\":\"000000052086\"},{\"register\":\"1-0:1.8.0\","
         "\"value\":\"200.1\",\"unit\":\"kWh\",\"meter\":\"000000000101\"}]}"},
        {frames, METER_A "6801010000",
         "!profile p, reply 'f': dlt645-2007: 5 bytes where "
         "at least 12 are needed"},
        {frames, "6801010000000068110433333433B516",
         "!profile p, reply 'f': dlt645-2007: the sum is B4, the frame says B5"},
        {frames, "6801010000000068110433333433B416",
         "!profile p, reply 'f': dlt645-2007: the frame is a request, not an answer"},
        {frames, "6801010000000068D10137DB16",
         "{\"kind\":\"error\",\"meter\":\"000000000101\",\"values\":[],\"error\":\"04: "
         "wrong password or not authorised\"}"},
        {frames, "68 0",
         "!profile p, reply 'f': dlt645-2007: '0' is no byte in "
         "hexadecimal"},
        {frames, "GG",
         "!profile p, reply 'f': dlt645-2007: 'GG' is no byte in "
         "hexadecimal"},
        {frames, "", "!profile p, reply 'f': the text holds no frame"},
    };
    char got[1000];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        answer(cases[i].profile, cases[i].text, got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "'%s'\n got: %s\nwant: %s", cases[i].text, got,
                         cases[i].want);
    }
}

Test(profile_schema, faults_are_named_at_their_place)
{
    static const struct {
        const char *yaml, *want;
    } cases[] = {
        {HEAD "replies: [{name: r, kind: reading, pattern: '^(?<e>.*)$', values: [{" E
              ", key: A, unit: kWh}]}]\n",
         "replies[0].values[0].key: a value by its key needs 'repeat' with 'key'"},
        {HEAD
         "replies: [{name: r, kind: reading, pattern: '^(?<i>.*)$', repeat: {group: i, "
         "pattern: '(?<e>.)', key: k}, values: [{" E ", unit: kWh}]}]\n",
         "replies[0].repeat.key: the pattern of repeat has no group (?<k>...)"},
        {HEAD "replies: [{name: r, kind: reading, pattern: '^(?<e>.*)$', values: [{" E
              "}]}]\n",
         "replies[0].values[0]: expected 'unit', 'unit_group', or both"},
        {HEAD "replies: [{name: r, kind: relay, pattern: '^(?<r>.*)$', relay: {group: "
              "r}}]\n",
         "replies[0].relay: expected words in 'closed', in 'open', or in both"},
        {HEAD "replies: [{name: r, kind: alarm, pattern: '^x$'}]\n",
         "replies[0]: a reply of kind alarm needs 'alarm' or 'alarms'"},
        {HEAD "replies: [{name: r, kind: notice, pattern: '^x$', alarm: tamper}]\n",
         "replies[0].alarm: 'alarm' stands in replies of kind alarm; others may have "
         "'alarms'"},
        {HEAD "replies: [{name: r, kind: notice, pattern: '^x$', alarms: [{group: a, "
              "alarm: tamper}]}]\n",
         "replies[0].alarms[0].group: the pattern has no group (?<a>...)"},
        {HEAD "reply_timeout: soon\nreplies: [{name: r, kind: notice, pattern: '^x$'}]\n",
         "reply_timeout: expected a time of a second and more such as 10m or 6h, got "
         "'soon'"},
        {HEAD "replies: [{name: r, kind: reading, pattern: '^(?<f>.*)$', frame: {group: f, "
              "protocol: morse}}]\n",
         "replies[0].frame.protocol: "},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};
        struct profile *profile =
            profile_load_text("f", cases[i].yaml, strlen(cases[i].yaml), &p);

        cr_expect_null(profile, "%s", cases[i].yaml);
        cr_assert_gt(p.count, 0);
        cr_expect_eq(strncmp(p.at[0].text, cases[i].want, strlen(cases[i].want)), 0,
                     "got '%s', want '%s'", p.at[0].text, cases[i].want);
        problems_free(&p);
        profile_free(profile);
    }
}

Test(profile_schema, an_example_names_its_alarms_and_its_order)
{
    static const char yaml[] =
        HEAD "reply_timeout: 6h\n"
             "replies: [{name: r, kind: notice, pattern: '^(?<order>\\d+) (?<a>\\w+)?$', "
             "alarms: [{group: a, alarm: limit}]}]\n"
             "examples:\n"
             "  - {text: '12 x', expect: {kind: notice, order: '12', alarms: [limit]}}\n"
             "  - {text: '12 x', expect: {kind: notice, order: '13', alarms: [tamper]}}\n"
             "  - {text: '12 x', expect: {kind: notice}}\n";
    static const char *const want[] = {
        "examples[1].expect.order: the example says '13', its text gives '12'",
        "examples[1].expect.alarms: the example says 'tamper', its text gives 'limit'",
        "examples[2].expect.alarms: the example says '', its text gives 'limit'",
    };
    struct problems p = {0};
    struct profile *profile = profile_load_text("f", yaml, strlen(yaml), &p);

    cr_assert_not_null(profile);
    cr_expect_eq(profile_reply_timeout_ms(profile), 6 * 3600 * 1000);
    cr_expect_not(profile_check_examples(profile, &p));
    cr_expect_eq(p.count, 3, "%zu", p.count);
    for (size_t i = 0; i < p.count && i < 3; i++)
        cr_expect_str_eq(p.at[i].text, want[i]);
    problems_free(&p);
    profile_free(profile);
}

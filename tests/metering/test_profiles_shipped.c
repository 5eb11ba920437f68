/*
 * The profiles that are shipped: their examples hold, they keep the rules of
 * conf/profiles/README.md, and replies that their authors did not see decode too.
 */
#include "meterpost/metering/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct profiles *all;

static void
load_all(void)
{
    struct problems p = {0};
    struct err e;

    cr_assert(clock_zone_set("Africa/Nairobi", &e));
    cr_assert(profiles_load(TOP "/conf/profiles", &all, &p), "%s",
              p.count > 0 ? p.at[0].text : "");
    problems_free(&p);
}

static void
free_all(void)
{
    profiles_free(all);
}

TestSuite(profiles_shipped, .init = load_all, .fini = free_all);

Test(profiles_shipped, all_examples_hold)
{
    struct problems p = {0};

    cr_expect(profiles_check_examples(all, &p));
    problems_print(&p, stderr);
    problems_free(&p);
}

Test(profiles_shipped, every_profile_tells_where_it_is_from)
{
    for (size_t i = 0; i < profiles_count(all); i++) {
        const struct profile *one = profiles_at(all, i);

        cr_expect(strlen(profile_source(one)) > 10, "%s", profile_id(one));
    }
}

/* Kind, meter, relay, alarms and values of a reply in one line: "reading 0123 closed
 * !limit 1-0:1.8.0=12.5kWh". */
static void
describe(const char *id, const char *text, char *out, size_t size)
{
    static struct reply reply;
    struct err e;
    size_t n;
    char number[AMOUNT_TEXT_MAX];
    const struct profile *profile = profiles_find(all, id);

    cr_assert_not_null(profile, "%s", id);
    if (!profile_parse_reply(profile, text, &reply, &e)) {
        snprintf(out, size, "refused: %s", e.text);
        return;
    }
    n = (size_t)snprintf(out, size, "%s", reply_kind_name(reply.kind));
    if (reply.meter[0] != '\0')
        n += (size_t)snprintf(out + n, size - n, " %s", reply.meter);
    if (reply.relay != REPLY_RELAY_NONE)
        n += (size_t)snprintf(out + n, size - n, " %s", reply_relay_name(reply.relay));
    if (reply.kind == REPLY_ERROR)
        n += (size_t)snprintf(out + n, size - n, " %s", reply.word);
    for (int i = 0; i < reply.n_alarms; i++)
        n += (size_t)snprintf(out + n, size - n, " !%s", reply.alarms[i].word);
    for (int i = 0; i < reply.n_values; i++) {
        const struct reply_value *v = &reply.values[i];

        n += (size_t)snprintf(out + n, size - n, " %s=%s%s", v->obis,
                              decimal_print(v->value.milli, QUANTITY_PLACES, true, number),
                              v->unit);
    }
}

static const struct {
    const char *profile, *text, *want;
} unseen[] = {
    {"kamstrup-gsm7i", "0.5 kWh,\r0 W,\r1 Hours,\rMeter No.: 00000007",
     "reading 00000007 1-0:1.8.0=0.5kWh 1-0:1.7.0=0W 0-0:96.8.0=1h"},
    {"kamstrup-gsm7i", "999999 kWh,\n-15 W,\nMeter No.: 9",
     "reading 9 1-0:1.8.0=999999kWh 1-0:1.7.0=-15W"},
    {"kamstrup-gsm7i", "Relay1: 0 Relay2: 1\r\nInput1: 0 Input2: 0\r\n", "relay open"},
    {"kamstrup-gsm7i", "NO METER RESPONSE", "error meter-silent"},
    {"kamstrup-gsm6h",
     "7.001 MWh,\n3.2 kW,\n915.22 m\xc2\xb3\n0.085 m\xc2\xb3/h,\nMeter No.: 5,\nT1: 61.0 "
     "C,\nT2: 40.1 C,\nInfo code: 00,\n120 Hours",
     "reading 5 6-0:1.0.0=7001kWh 6-0:8.0.0=3200W 6-0:2.0.0=915.22m3 6-0:9.0.0=0.085m3/h "
     "6-0:10.0.0=61C 6-0:11.0.0=40.1C 0-0:97.97.0=01 0-0:96.8.0=120h"},
    {"kamstrup-gsm6h", "70 kWh,\n3 kW,\n9150 l\n85 l/h,\nMeter No.: 5",
     "reading 5 6-0:1.0.0=70kWh 6-0:8.0.0=3000W 6-0:2.0.0=9.15m3 6-0:9.0.0=0.085m3/h"},
    {"abb-aquamaster3",
     "-AquaMaster 3; X; Caudal=0,00 m3/h; TOT Fwd=1,5 m3; TRF A=1 m3; HORA=23:59:59 "
     "29-02-24;",
     "reading 8-0:2.0.0=0m3/h 8-0:1.0.0=1.5m3 8-0:1.0.1=1m3"},
    {"arkon-magb1",
     "UNITNO 00000001 2026.12.31 23:59 FLOWRATE 100.0 M3/H TOTALPOS 99999.99 M3 TOTALNEG "
     "0.00 M3 BATT 5%",
     "reading 00000001 8-0:1.0.0=99999.99m3 8-0:2.0.0=100m3/h 8-0:128.0.0=0m3 "
     "0-0:96.6.1=5%"},
    {"dlt-concentrator", "000000000101=-1.5;", "reading 1-0:1.8.0=-1.5kWh"},
    {"hopep-gsm-collector", "F1:\rE1:0.00\rE2:99999.99\rE3:123456.78",
     "reading 1-0:1.8.0=0kWh 1-0:1.8.0=99999.99kWh 1-0:1.8.0=123456.78kWh"},
    {"hopep-gsm-collector", "F1:\r\nE1:5003.03\r\nE2:1.00\r\nE3:2.00",
     "reading !digit-lost 1-0:1.8.0=1kWh 1-0:1.8.0=2kWh"},
    {"ydoc-ml", "*1;260102030405;FLOW;9.9;BATT;3.6*A", "reading 1 !limit 0-0:96.6.3=3.6V"},
    {"comet-lp040", "#99: #8: 0.0% !",
     "refused: profile comet-lp040, reply 'values': '!' "
     "fits no item of repeat"},
    {"comet-lp040", "#99: #8: 12V #1: !-0.1C! -5.0..0.0",
     "reading 99 !limit 0-8:128.0.0=12V 0-1:128.0.0=-0.1C"},
    {"sharedsolar",
     "(JOB=PP&CID=192.168.1.9&MID=X&WH=1500&TU=1&TS=20260101000000&CR=-1.5&"
     "STATUS=0)",
     "reading 192.168.1.9 open 1-0:1.8.0=1.5kWh 0-0:96.8.0=1s 0-0:19.10.0=-1.51"},
    {"sharedsolar", "(job=alert&mid=a&cid=10.0.0.1&alert=lcw&cr=10.00)",
     "alarm 10.0.0.1 !credit-low 0-0:19.10.0=101"},
};

Test(profiles_shipped, replies_that_nobody_saw_decode_too)
{
    char got[1000];

    for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
        describe(unseen[i].profile, unseen[i].text, got, sizeof(got));
        cr_expect_str_eq(got, unseen[i].want, "%s, '%s': got '%s', want '%s'",
                         unseen[i].profile, unseen[i].text, got, unseen[i].want);
    }
}

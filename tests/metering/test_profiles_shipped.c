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

/* A pattern that takes anything would take the texts of others: try sms ? relies on it. */
Test(profiles_shipped, no_profile_takes_what_is_no_reply)
{
    static const char *const texts[] = {
        "BAL",
        "Where is my bill?",
        "READ 1234",
        "1234",
        "12.5",
        "PAID ref 123",
        "You have received Ksh300.00 from Person 3 on 15/10/24 at 12:16 PM",
        "OK",
        "Yes.",
        "Error",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct err e;
        json_t *json = profile_try(all, "?", texts[i], &e);
        const json_t *matches = json_object_get(json, "matches");

        cr_expect_eq(json_array_size(matches), 0, "'%s' is taken by %s", texts[i],
                     json_string_value(json_array_get(matches, 0)));
        json_decref(json);
    }
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
    {"dlt645-by-text", "ID:1+OK:6801010000000068910833333433433335331616",
     "reading 000000000101 1-0:1.8.0=200.1kWh"},
    {"dlt645-by-text", "ID:1+OK:6801010000000068910833333433433335331616FF",
     "reading 000000000101 1-0:1.8.0=200.1kWh"},
    {"dlt645-by-text", "ID:1+OK:6801010000000068D10137DB16",
     "error 000000000101 04: wrong password or not authorised"},
    {"king-pigeon-rtu50",
     "Model:RTU5023\nVersion:2\nIMEI:1\nGSM Signal Value:31\nExternal Power Goes ON\nDO1: "
     "CLOSE\nDO2: CLOSE",
     "relay closed"},
    {"king-pigeon-rtu50", "SET SUCCESS!", "ack"},
    {"king-pigeon-rtu50", "do1: off", "relay open"},
    {"comet-u", "SYSTEM ALARM\nX\nBATTERY WARNING\n20261231 9:05", "alarm !battery-low"},
    {"comet-u", "N\nActual value: !101!\nALARM\nx, 2026/5/8 1:04",
     "alarm !limit 0-1:128.0.0=1011"},
    {"siemens-cmr2020", "status=stop:ok", "ack"},
    {"comap-intelilite", "#A: <OK>,<er_old>", "error not-understood"},
    {"comap-intelilite", "X (00:00:00 01.01.2027)\n00:00:00 Mains Fail",
     "alarm !power-lost"},
    {"seasoft-mobilgate", "1234 X Gate: motor ok Pushbutton: released Light ON Buzzer on",
     "relay 1234 closed"},
    {"gibidi-gsm250", "INP=00 OUT=FF Pulse (sec) 1", "relay closed"},
    {"telsyco-gsm-key", "OK(REL1,OFF),4,20 EUR", "ack open"},
    {"inventia-mt021", ">65535", "reading 0-1:128.0.0=655351"},
    {"acs-rdt", "SB1=OFF", "relay open"},
    {"gok-smartbox4", "A; B; 5%=12.00; no alarm; 1.00 EUR, Rel=1",
     "reading closed 0-1:128.2.0=5% 0-1:128.1.0=12m3"},
    {"gok-smartbox4",
     "A; B; 5%=120L, 6%=130L, 7%=140L, 8%=150L; Temp-Alarm 2 OK; 0 £, "
     "Rel=0",
     "reading open 0-1:128.2.0=5% 0-1:128.1.0=0.12m3 0-2:128.2.0=6% 0-2:128.1.0=0.13m3 "
     "0-3:128.2.0=7% 0-3:128.1.0=0.14m3 0-4:128.2.0=8% 0-4:128.1.0=0.15m3"},
    {"gsm-888", "CHS=HHLLLLLL\nC2=-1 ACV", "reading 0-2:128.0.0=-1V"},
    {"tell-gate-control",
     "SIGNAL (0-10)=0\nINTYPE1=NO;\nIN1=3;STATUS=ALARM\nINTYPE2=NC;\nIN2=5;STATUS=ALARM\n"
     "REL1=3;STATUS=ON\nREL2=FIX;STATUS=OFF\nSMSLIM=1",
     "relay closed !input !input 0-0:96.12.5=01"},
    {"tell-pager4", "relay1 activated", "relay closed"},
    {"nice-1010gsm", "S01:ATI\rS02:ATI", "relay closed"},
    {"teltonika-fmb", "RTC:2026/1/2 0:00 Init:2026/1/1 5:44 UpTime:7s PWR:3.91 RST:0",
     "notice 0-0:96.8.0=7s 0-0:96.6.3=3.91V"},
    {"molpir-cc2", "Heater OFF by SMS, +101.0C, 11.02V",
     "relay open 0-0:96.9.0=101C 0-0:96.6.3=11.02V"},
    {"toshiba-combi-control", "Ver: 3\nPump: x,OFF\nPower: ON(4.00V)\nRoom: 8C",
     "reading open 0-0:96.9.0=8C 0-0:96.6.3=4V"},
    {"motion55-energymeter", "KW-Hr=0.00000", "reading 1-0:1.8.0=0kWh"},
    {"cpeelec2-prepaid", "Unit:7\rPrice:84", "reading 1-0:1.8.0=7kWh"},
    {"mburu-smart-meter",
     "Energy Meter Balance Alert:\nYour energy meter has been recharged kSh:50Total "
     "Balance:0\nElectricity Has Been Connected\nThank you",
     "ack 0-0:19.10.0=01"},
    {"khatri-energy-meter",
     "Dear Customer, Your Energy Consumption is :100000 and Total Billing is Rs. 1",
     "reading 1-0:1.8.0=100kWh"},
    {"sabbir-smart-meter", "Total Balance 0.00", "reading 0-0:19.10.0=01"},
    {"nirzon-prepaid-meter", "not sufficient balance", "alarm !credit-none"},
    {"gsm-parsxe-relay", "Relay status 1:off 0:on 0", "relay closed"},
    {"casa-caldaia", "La caldaia al momento risulta accesa", "relay closed"},
    {"hmmo-thermometer",
     "Temp_c:0\xc2\xb0"
     "c",
     "reading 0-0:96.9.0=0C"},
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

Test(profiles_shipped, the_sample_of_the_readme_works)
{
    static char text[20000];
    FILE *f = fopen(TOP "/conf/profiles/README.md", "r");
    struct problems p = {0};
    struct profile *profile;
    char *start, *end;

    cr_assert_not_null(f);
    cr_assert_gt(fread(text, 1, sizeof(text) - 1, f), 0);
    fclose(f);
    start = strstr(text, "```yaml\n");
    cr_assert_not_null(start);
    start += strlen("```yaml\n");
    end = strstr(start, "```");
    cr_assert_not_null(end);
    profile = profile_load_text("README.md", start, (size_t)(end - start), &p);
    cr_assert_not_null(profile, "%s", p.count > 0 ? p.at[0].text : "");
    cr_expect(profile_check_examples(profile, &p), "%s", p.count > 0 ? p.at[0].text : "");
    profile_free(profile);
    problems_free(&p);
}

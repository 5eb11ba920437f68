/* Replies parsed a second, beside a bare PCRE2 match of the very same pattern and texts. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "bench.h"
#include "meterpost/metering/profile.h"

#include <pcre2.h>
#include <stdio.h>
#include <string.h>

#define TEXTS  1000
#define ROUNDS 100
#define MIXES  2000

static const char pattern[] =
    "(?i)^(?<e>-?[\\d.]+) ?(?<e_unit>[kMG]?Wh),?\\s*(?:(?<p>-?[\\d.]+) "
    "?(?<p_unit>[kM]?W),?\\s*)?(?:(?<h>\\d+) ?Hours,?\\s*)?Meter No\\.?:? "
    "?(?<meter>\\d+),?$";

/* Of every tenth kind of device one, and what is no reply at all. */
static const char *const mixed[] = {
    "32432 kWh,\n343 W,\n2452 Hours,\nMeter No.: 10101010",
    "UNITNO 01234567 2010.05.12 16:02 FLOWRATE 12.3 M3/H TOTALPOS 254.32 M3",
    "*5304783;160513140000;TEMP;23.6;LEVEL;3.32*A;BATT;4.2",
    "#12345678: #1: 24.7C 19.0..26.0 #2: 45.5%RH 0.0..50.0 #6: !12.1C 0.0..10.0",
    ("(job=pp&cid=192.168.1.201&mid=demo001&wh=10.00&tu=12.12&ts=20110107192318&cr=20.10&"
     "status=1)"),
    "F1:\r\nE1:105.32\r\nE2:0.07\r\nE3:12345.60",
    "Set success!",
    "KW-Hr=12.34567",
    "Where is my bill? I paid on Monday.",
    "000000000101=1234.56;000000000102=88.10;000000000103=0.5;",
};
#define N_MIXED ((int)(sizeof(mixed) / sizeof(mixed[0])))

static char texts[TEXTS][120];

static bool
bare_pcre2(struct spent *bare, struct err *e)
{
    int code;
    PCRE2_SIZE at;
    pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF,
                                   &code, &at, NULL);
    pcre2_match_data *m;

    if (re == NULL || pcre2_jit_compile(re, PCRE2_JIT_COMPLETE) != 0)
        return err_set(e, FAIL_FATAL, "PCRE2 does not compile the pattern");
    m = pcre2_match_data_create_from_pattern(re, NULL);
    spent_start(bare);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < TEXTS; i++) {
            if (pcre2_match(re, (PCRE2_SPTR)texts[i], strlen(texts[i]), 0, 0, m, NULL) < 0)
                return err_set(e, FAIL_FATAL, "no match");
        }
    }
    spent_end(bare, TEXTS * ROUNDS);
    pcre2_match_data_free(m);
    pcre2_code_free(re);
    return true;
}

/* A meter's text by the profile of its sender: what the engine does. */
static bool
one_profile(const struct profiles *all, struct spent *ours, struct err *e)
{
    const struct profile *p = profiles_find(all, "kamstrup-gsm7i");
    static struct reply reply;

    spent_start(ours);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < TEXTS; i++) {
            if (!profile_parse_reply(p, texts[i], &reply, e))
                return false;
        }
    }
    spent_end(ours, TEXTS * ROUNDS);
    return true;
}

/* `try sms ?`: what a text is when nobody knows who sent it, up to its JSON. */
static void
all_profiles(const struct profiles *all, struct spent *ours)
{
    struct err e;

    spent_start(ours);
    for (int i = 0; i < MIXES * N_MIXED; i++)
        json_decref(profile_try(all, "?", mixed[i % N_MIXED], &e));
    spent_end(ours, MIXES * N_MIXED);
}

bool
bench_reply(struct err *e)
{
    struct problems problems = {0};
    struct profiles *all;
    struct spent bare, one, any;
    char name[40];

    for (int i = 0; i < TEXTS; i++)
        snprintf(texts[i], sizeof(texts[i]), "%d kWh,\n%d W,\n%d Hours,\nMeter No.: %08d",
                 32432 + i * 7, 100 + i, 2452 + i, 10101010 + i);
    if (!profiles_load(TOP "/conf/profiles", &all, &problems))
        return problems_err(&problems, e);
    if (!bare_pcre2(&bare, e) || !one_profile(all, &one, e))
        return false;
    all_profiles(all, &any);
    spent_print("meter replies parsed", &one, &bare,
                "bare PCRE2 JIT match of the same pattern");
    snprintf(name, sizeof(name), "replies told by %zu profiles", profiles_count(all));
    spent_print(name, &any, &bare, "bare PCRE2 JIT match of one pattern");
    profiles_free(all);
    return true;
}

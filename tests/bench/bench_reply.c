/* Replies parsed a second, beside a bare PCRE2 match of the very same pattern and texts. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "bench.h"
#include "meterpost/metering/profile.h"

#include <pcre2.h>
#include <stdio.h>
#include <string.h>

#define TEXTS  1000
#define ROUNDS 100

static const char pattern[] = "^(?<e>[\\d.]+) kWh,\\s*(?<p>\\d+) W,\\s*(?<h>\\d+) "
                              "Hours,\\s*Meter No\\.?: (?<meter>\\d+)$";

static char texts[TEXTS][120];

static bool
bare_pcre2(double *rate, struct err *e)
{
    int code;
    PCRE2_SIZE at;
    pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF,
                                   &code, &at, NULL);
    pcre2_match_data *m;
    int64_t from;

    if (re == NULL || pcre2_jit_compile(re, PCRE2_JIT_COMPLETE) != 0)
        return err_set(e, FAIL_FATAL, "PCRE2 does not compile the pattern");
    m = pcre2_match_data_create_from_pattern(re, NULL);
    from = bench_now_us();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < TEXTS; i++) {
            if (pcre2_match(re, (PCRE2_SPTR)texts[i], strlen(texts[i]), 0, 0, m, NULL) < 0)
                return err_set(e, FAIL_FATAL, "no match");
        }
    }
    *rate = figure_rate(TEXTS * ROUNDS, from);
    pcre2_match_data_free(m);
    pcre2_code_free(re);
    return true;
}

bool
bench_reply(struct err *e)
{
    struct figure f = {.name = "meter replies parsed",
                       .unit = "/s",
                       .baseline = "bare PCRE2 JIT match of the same pattern"};
    struct problems problems = {0};
    struct profile *p =
        profile_load_file(TOP "/conf/profiles/kamstrup-gsm7i.yaml", &problems);
    static struct reply reply;
    int64_t from;

    if (p == NULL)
        return problems_err(&problems, e);
    for (int i = 0; i < TEXTS; i++)
        snprintf(texts[i], sizeof(texts[i]), "%d kWh,\n%d W,\n%d Hours,\nMeter No.: %08d",
                 32432 + i * 7, 100 + i, 2452 + i, 10101010 + i);
    from = bench_now_us();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < TEXTS; i++) {
            if (!profile_parse_reply(p, texts[i], &reply, e))
                return false;
        }
    }
    f.ours = figure_rate(TEXTS * ROUNDS, from);
    profile_free(p);
    if (!bare_pcre2(&f.theirs, e))
        return false;
    figure_print(&f);
    return true;
}

/* The files of conf/policies: each place that is shipped, with what was read about it. */
#include "meterpost/base/log.h"
#include "meterpost/base/yaml.h"
#include "meterpost/billing/policy.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct err e;

struct place {
    const char *id;
    int notice_days;
    bool clear, business;
    int final_h, min_unpaid, after_due_d;
    const char *protects; /* a class that is never cut; NULL: none is named */
    int reconnect_h;
};

static const struct place places[] = {
    {"careful", 15, true, false, 48, 1, 20, "water-pump", 24},
    {"china", 7, false, false, 0, 1, 30, NULL, 24},
    {"china-business", 3, false, false, 1, 1, 0, "important", 48},
    {"colombia", 5, true, false, 0, 1, 0, "constitutional", 24},
    {"india", 15, true, false, 0, 1, 0, NULL, 24},
    {"kansas", 5, true, false, 0, 1, 0, NULL, 24},
    {"mexico", 10, false, false, 0, 1, 30, NULL, 24},
    {"nigeria", 2, true, true, 0, 1, 2, "life-support", 24},
    {"pakistan", 7, true, false, 0, 2, 0, NULL, 24},
    {"philippines", 2, false, false, 0, 1, 0, NULL, 24},
    {"south-africa", 14, true, false, 0, 1, 0, "indigent", 24},
    {"texas", 10, true, false, 0, 1, 0, "critical-care", 24},
};
#define PLACES (sizeof(places) / sizeof(places[0]))

static struct policy *
load(const char *id)
{
    struct problems problems = {0};
    char path[300];
    struct policy *p;

    snprintf(path, sizeof(path), TOP "/conf/policies/%s.yaml", id);
    p = policy_load_file(path, &problems);
    cr_assert(p != NULL && problems_total(&problems) == 0, "%s is wrong", path);
    return p;
}

static utc_t
at(const char *text)
{
    utc_t t = 0;

    cr_assert(clock_parse(text, &t, &e), "%s", e.text);
    return t;
}

Test(places, each_place_has_the_rules_that_were_read_of_it)
{
    for (size_t i = 0; i < PLACES; i++) {
        const struct place *x = &places[i];
        struct policy *p = load(x->id);

        cr_expect_str_eq(p->id, x->id);
        cr_expect_eq(p->notice_days, x->notice_days, "%s: notice", x->id);
        cr_expect(p->clear_days == x->clear && p->business_days == x->business,
                  "%s: how days count", x->id);
        cr_expect_eq(p->final_s, x->final_h * HOUR_S, "%s: last warning", x->id);
        cr_expect_eq(p->min_unpaid, x->min_unpaid, "%s: unpaid bills", x->id);
        cr_expect_eq(p->after_due_s, x->after_due_d * DAY_S, "%s: after due", x->id);
        cr_expect_eq(p->reconnect_s, x->reconnect_h * HOUR_S, "%s: reconnect", x->id);
        cr_expect(x->protects == NULL || policy_protects(p, x->protects), "%s: class %s",
                  x->id, x->protects);
        free(p);
    }
}

/* Whoever switches cuts on must have read this first. */
Test(places, each_file_says_that_it_must_be_checked_and_that_nobody_has)
{
    DIR *dir = opendir(TOP "/conf/policies");
    struct dirent *entry;
    size_t n = 0;

    cr_assert_not_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char id[80];
        struct policy *p;

        if (sscanf(entry->d_name, "%79[^.].yaml", id) != 1 ||
            strstr(entry->d_name, ".yaml") == NULL)
            continue;
        p = load(id);
        n++;
        cr_expect_not_null(strstr(p->check, "not advice"), "%s", id);
        cr_expect_not_null(strstr(p->check, "check it with your regulator"), "%s", id);
        cr_expect_str_eq(p->checked_by, "", "%s", id);
        cr_expect_neq(p->source[0], '\0', "%s has no source", id);
        cr_expect(!p->before_rest, "%s allows cuts before a day without work", id);
        cr_expect(p->dispute_blocks, "%s", id);
        free(p);
    }
    closedir(dir);
    cr_expect_eq(n, PLACES, "%zu files, %zu in the table", n, PLACES);
}

Test(places, a_forecast_is_asked_for_where_and_when_the_rules_do)
{
    static const struct {
        const char *id, *when;
        bool asks;
    } cases[] = {
        {"kansas", "2026-11-14T10:00", false}, {"kansas", "2026-11-15T10:00", true},
        {"kansas", "2027-01-10T10:00", true},  {"kansas", "2027-03-15T23:00", true},
        {"kansas", "2027-03-16T00:00", false}, {"texas", "2026-07-01T10:00", true},
        {"india", "2026-01-01T10:00", false},
    };

    cr_assert(clock_zone_set("Africa/Nairobi", &e), "%s", e.text);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct policy *p = load(cases[i].id);

        cr_expect_eq(policy_asks_weather(p, at(cases[i].when)), cases[i].asks,
                     "%s at %s: want %d", cases[i].id, cases[i].when, cases[i].asks);
        free(p);
    }
}

Test(places, what_is_wrong_in_a_file_is_named_with_its_place)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"weather: {cold: warm}", "weather.cold"},
        {"weather: {from: \"11-15\"}", "both days of the year"},
        {"seasons: [{from: \"13-01\", until: \"02-01\", reason: x}]", "days of the year"},
        {"notice_days: -3", "notice_days"},
        {"final_notice: soon", "final_notice"},
        {"hours: \"9 to 5\"", "hours"},
    };
    char path[] = "/tmp/meterpost-policy-XXXXXX";
    int fd = mkstemp(path);

    cr_assert_neq(fd, -1);
    log_set_level(LOG_LEVEL_ERROR);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems problems = {0};
        FILE *f = fopen(path, "w");
        struct policy *p;

        cr_assert_not_null(f);
        fprintf(f, "policy: x\nname: x\nsource: x\ncheck: x\n%s\n", cases[i].line);
        fclose(f);
        p = policy_load_file(path, &problems);
        cr_expect(p == NULL && problems_total(&problems) == 1, "%s: %zu problems",
                  cases[i].line, problems_total(&problems));
        cr_expect_not_null(strstr(problems.at[0].text, cases[i].want), "%s: got '%s'",
                           cases[i].line, problems.at[0].text);
        problems_free(&problems);
        free(p);
    }
    fclose(fdopen(fd, "r"));
    remove(path);
}

/* How old debts are, which stage is due, and when a message counts as delivered. Pure. */
#include "meterpost/billing/chase.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct err e;

static utc_t
at(const char *text)
{
    utc_t t = 0;

    cr_assert(clock_parse(text, &t, &e), "%s", e.text);
    return t;
}

static void
begin(void)
{
    cr_assert(clock_zone_set("Africa/Nairobi", &e), "%s", e.text);
}

TestSuite(ageing, .init = begin);

Test(ageing, buckets_count_days_after_the_due_day)
{
    static const struct {
        const char *due;
        int bucket, days;
    } cases[] = {
        {"2026-11-25", 0, 0},          {"2026-11-10", 0, 0},   {"2026-11-09", 1, 1},
        {"2026-11-09T23:59", 1, 1},    {"2026-10-11", 1, 30},  {"2026-10-10", 2, 31},
        {"2026-09-11", 2, 60},         {"2026-09-10", 3, 61},  {"2026-08-12", 3, 90},
        {"2026-08-11", 4, 91},         {"2026-07-13", 4, 120}, {"2026-07-12", 5, 121},
        {"2019-01-01T12:00", 5, 2870},
    };
    utc_t now = at("2026-11-10T00:30");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arrears_debt d = {
            .open = {100}, .due_at = at(cases[i].due), .is_bill = true};
        struct arrears a;

        arrears_age(&d, 1, (struct money){0}, now, 0, &a);
        cr_expect_eq(a.bucket[cases[i].bucket].minor, 100, "due %s: not in bucket %d",
                     cases[i].due, cases[i].bucket);
        cr_expect_eq(a.age_days, cases[i].days, "due %s: got %d days, want %d",
                     cases[i].due, a.age_days, cases[i].days);
        cr_expect_eq(a.overdue.minor, cases[i].days > 0 ? 100 : 0, "due %s", cases[i].due);
    }
}

Test(ageing, what_is_disputed_planned_or_too_old_stands_apart)
{
    struct arrears_debt debts[] = {
        {{100}, at("2026-10-01"), true, false, false},
        {{200}, at("2026-10-02"), true, true, false},
        {{400}, at("2026-10-03"), true, false, true},
        {{800}, at("2023-01-01"), true, false, false},
        {{1600}, at("2026-10-04"), false, false, false},
    };
    struct arrears a;

    arrears_age(debts, 5, (struct money){300}, at("2026-11-10"), 24, &a);
    cr_expect_eq(a.disputed.minor, 1000);
    cr_expect_eq(a.planned.minor, 400);
    cr_expect_eq(a.bucket[2].minor, 1700);
    cr_expect_eq(a.overdue.minor, 1400, "less the credit");
    cr_expect_eq(a.unpaid, 1, "a fee is no bill");
    cr_expect_eq(a.oldest_due, at("2026-10-01"));
    arrears_age(debts, 5, (struct money){1700}, at("2026-11-10"), 24, &a);
    cr_expect(a.overdue.minor == 0 && a.unpaid == 0 && a.oldest_due == 0);
}

/* ---- stages ---- */

enum { REMINDER, NOTICE, SHOP_NOTICE, FINAL, CUT, STAGES };

static struct conf conf;

static void
set_stages(void)
{
    static const struct conf_stage stages[STAGES] = {
        [REMINDER] = {.name = "reminder", .after_due_s = 3 * DAY_S, .template = "reminder"},
        [NOTICE] = {.name = "notice",
                    .after_due_s = 10 * DAY_S,
                    .template = "notice",
                    .class = "domestic"},
        [SHOP_NOTICE] = {.name = "shop-notice",
                         .after_due_s = 5 * DAY_S,
                         .template = "notice",
                         .class = "shop"},
        [FINAL] = {.name = "final",
                   .after_due_s = 18 * DAY_S,
                   .template = "final",
                   .after = "notice",
                   .min_debt = {50000}},
        [CUT] = {.name = "cut", .after_due_s = 20 * DAY_S, .after = "final"},
    };

    begin();
    conf = (struct conf){.arrears = {.min_debt = {10000}, .n_stages = STAGES}};
    memcpy(conf.arrears.stages, stages, sizeof(stages));
}

Test(ageing, one_stage_a_day_in_order_for_those_it_is_for, .init = set_stages)
{
    static const struct {
        const char *name, *class;
        int taken[STAGES], delivered[STAGES]; /* days ago, 0: not */
        int days;                             /* since it was due */
        int64_t amount;
        int want;
        const char *why;
    } cases[] = {
        {"too early", "domestic", {0}, {0}, 2, 60000, -1, "next is reminder"},
        {"first", "domestic", {0}, {0}, 3, 60000, REMINDER, NULL},
        {"little", "domestic", {0}, {0}, 3, 9999, -1, "less than the least debt"},
        {"second waits for its day", "domestic", {5}, {5}, 9, 60000, -1, "next is notice"},
        {"second", "domestic", {5}, {5}, 10, 60000, NOTICE, NULL},
        {"of another class", "shop", {5}, {5}, 10, 60000, SHOP_NOTICE, NULL},
        {"undelivered",
         "domestic",
         {5, 4},
         {5, 0},
         30,
         60000,
         -1,
         "final waits until notice"},
        {"delivered", "domestic", {5, 4}, {5, 3}, 30, 60000, FINAL, NULL},
        {"a least debt of its own", "domestic", {5, 4}, {5, 3}, 30, 49999, -1, "less than"},
        {"late: still one at a time", "domestic", {0}, {0}, 90, 60000, REMINDER, NULL},
        {"all", "domestic", {9, 8, 0, 4, 2}, {9, 8, 0, 4, 2}, 90, 60000, -1, "are over"},
        {"a shop has no final notice",
         "shop",
         {9, 0, 8},
         {9, 0, 8},
         90,
         60000,
         -1,
         "final waits until notice"},
    };
    utc_t now = at("2026-11-10T08:00");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct chase_past past[CONF_STAGES_MAX] = {{0}};
        char why[ARREARS_NOTE_MAX] = "";
        int got;

        for (int s = 0; s < STAGES; s++) {
            past[s].taken = cases[i].taken[s] > 0;
            past[s].at = past[s].taken ? now - cases[i].taken[s] * DAY_S : 0;
            if (cases[i].delivered[s] > 0)
                past[s].delivered = now - cases[i].delivered[s] * DAY_S;
        }
        got = chase_choose(&conf, cases[i].class, now - cases[i].days * DAY_S,
                           (struct money){cases[i].amount}, past, now, why);
        cr_expect_eq(got, cases[i].want, "%s: got %d (%s), want %d", cases[i].name, got,
                     why, cases[i].want);
        cr_expect(cases[i].why == NULL || strstr(why, cases[i].why) != NULL, "%s: %s",
                  cases[i].name, why);
    }
}

Test(ageing, a_second_stage_never_comes_on_the_same_day, .init = set_stages)
{
    struct chase_past past[CONF_STAGES_MAX] = {{0}};
    utc_t now = at("2026-11-10T20:00");
    char why[ARREARS_NOTE_MAX];

    past[REMINDER] =
        (struct chase_past){true, at("2026-11-10T08:00"), at("2026-11-10T08:01")};
    cr_expect_eq(chase_choose(&conf, "domestic", now - 90 * DAY_S, (struct money){60000},
                              past, now, why),
                 -1);
    cr_expect_str_eq(why, "stage reminder was today");
}

Test(ageing, what_counts_as_delivered_depends_on_the_modem)
{
    static const struct {
        const char *name, *message;
        enum conf_delivered rule;
        bool reports, by_hand;
        int want_h; /* after it was sent; -1: never */
    } cases[] = {
        {"reported", "delivered", DELIVERED_AUTO, true, false, 1},
        {"sent, and a report is due", "sent", DELIVERED_AUTO, true, false, -1},
        {"sent, and none will come", "sent", DELIVERED_AUTO, false, false, 24},
        {"only a report will do", "sent", DELIVERED_REPORT, false, false, -1},
        {"sent is enough", "sent", DELIVERED_SENT, true, false, 24},
        {"the phone is gone", "undelivered", DELIVERED_SENT, true, false, -1},
        {"in doubt", "in_doubt", DELIVERED_SENT, false, false, -1},
        {"brought", "", DELIVERED_REPORT, true, true, 3},
        {"brought, after the text failed", "failed", DELIVERED_AUTO, true, true, 3},
    };
    utc_t sent = at("2026-11-10T08:00");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arrears_step t = {.sent_at = sent, .arrived_at = sent + HOUR_S};
        utc_t got, want = cases[i].want_h < 0 ? 0 : sent + cases[i].want_h * HOUR_S;

        strcpy(t.message, cases[i].message);
        t.delivered_at = cases[i].by_hand ? sent + 3 * HOUR_S : 0;
        got = arrears_delivered_at(&t, cases[i].rule, cases[i].reports, DAY_S);
        cr_expect_eq(got, want, "%s: got %lld, want %lld", cases[i].name,
                     (long long)(got - sent), (long long)(want - sent));
    }
}

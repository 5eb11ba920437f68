/* The guards before a cut: each alone, and each pair. */
#include "meterpost/relay/guard.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct policy policy;
static struct err e;

static utc_t
at(const char *text)
{
    utc_t t = 0;

    cr_assert(clock_parse(text, &t, &e), "%s", e.text);
    return t;
}

static void
make_policy(void)
{
    cr_assert(clock_zone_set("Africa/Nairobi", &e), "%s", e.text);
    policy = (struct policy){.notice_days = 10,
                             .clear_days = true,
                             .final_s = 48 * HOUR_S,
                             .min_unpaid = 2,
                             .weekdays = {false, true, true, true, true, false, false},
                             .hours = {{9 * 60, 15 * 60}, {8 * 60, 16 * 60}},
                             .seasons = {{1215, 105, "the feast"}},
                             .n_seasons = 1,
                             .protected = {"hospital"},
                             .n_protected = 1,
                             .dispute_blocks = true,
                             .holidays = {20261118},
                             .n_holidays = 1};
}

/* A cut of which nobody could say anything: Tuesday, 10 November 2026, 10:00. */
static struct guard_facts
good(void)
{
    policy.weather = (struct policy_weather){
        .has_cold = true, .cold_tenths = 17, .heat_days = 3}; /* not asked for */
    return (struct guard_facts){.phase = PHASE_HAND,
                                .cause = CAUSE_ARREARS,
                                .now = at("2026-11-10T10:00"),
                                .owed = {150000},
                                .least = {50000},
                                .unpaid = 2,
                                .notice_at = at("2026-10-20T09:00"),
                                .final_at = at("2026-11-07T09:00"),
                                .feed_at = at("2026-11-10T08:00"),
                                .feed_max_age_s = DAY_S,
                                .estimates_max = 2,
                                .approvals = 1,
                                .approvals_needed = 1,
                                .expires_at = at("2026-11-11T08:00"),
                                .batch_size = 10,
                                .batch_max = 50,
                                .heard_at = at("2026-11-09T10:00"),
                                .silent_max_s = 48 * HOUR_S,
                                .weather_at = at("2026-11-10T06:00"),
                                .low_tenths = 17,
                                .relay = "closed",
                                .can_look = true,
                                .max_hour = 30,
                                .max_day = 50,
                                .max_group = 20,
                                .failures_max = 3};
}

#define SPOIL(name, what)                                                                  \
    static void name(struct guard_facts *f)                                                \
    {                                                                                      \
        what;                                                                              \
    }

SPOIL(meter_gone, f->meter_gone = true)
SPOIL(moved, f->moved = true)
SPOIL(account_closed, f->account_closed = true)
SPOIL(number_changed, f->number_changed = true)
SPOIL(names_another, f->names_another = true)
SPOIL(no_way, f->no_way = true)
SPOIL(other_order, f->other_order = true)
SPOIL(dead_restore, f->dead_restore = true)
SPOIL(paid, f->owed.minor = 0)
SPOIL(little, f->owed.minor = 49999)
SPOIL(suspense, f->suspense.minor = 120000)
SPOIL(one_bill, f->unpaid = 1)
SPOIL(no_notice, f->notice_at = 0)
SPOIL(notice_elsewhere, f->notice_elsewhere = true)
SPOIL(young_notice, f->notice_at = f->now - 9 * DAY_S)
SPOIL(no_final, f->final_at = 0)
SPOIL(young_final, f->final_at = f->now - DAY_S)
SPOIL(no_feed, f->feed_at = 0)
SPOIL(old_feed, f->feed_at = f->now - DAY_S - 1)
SPOIL(in_flight, f->in_flight = true)
SPOIL(disputed, f->disputed = true)
SPOIL(on_hold, strcpy(f->hold, "the director said so"))
SPOIL(plan, f->plan = true)
SPOIL(promise, f->promise = true)
SPOIL(exception, f->bill_exception = true)
SPOIL(estimated, f->estimates = 3)
SPOIL(medical, strcpy(f->protected_for, "medical"))
SPOIL(hospital, strcpy(f->class, "hospital"))
SPOIL(moratorium, strcpy(f->moratorium, "elections"))
SPOIL(no_weather, policy.weather.used = true; f->weather_at = f->now - DAY_S)
SPOIL(cold, policy.weather.used = true; f->low_tenths = 16)
SPOIL(heat, policy.weather.used = true; f->heat_at = f->now - 2 * DAY_S)
SPOIL(no_second, f->approvals = 0)
SPOIL(own_approval, f->approved_by_proposer = true)
SPOIL(old_approval, f->expires_at = f->now)
SPOIL(large_batch, f->batch_size = 51)
SPOIL(silent, f->heard_at = f->now - 48 * HOUR_S - 1)
SPOIL(never_heard, f->heard_at = 0)
SPOIL(off_already, strcpy(f->relay, "open"))
SPOIL(unknown_relay, strcpy(f->relay, "unknown"))
SPOIL(outage, strcpy(f->outage, "T-17"))
SPOIL(full_hour, f->sent_hour = 30)
SPOIL(full_day, f->sent_day = 50)
SPOIL(full_group, f->sent_group = 20)
SPOIL(failures, f->failures = 3)
SPOIL(killed, strcpy(f->killed, "storm"))
SPOIL(maintenance, f->maintenance = true)
SPOIL(clock_in_doubt, f->clock_in_doubt = true)

/* Those of the calendar move the time, and all that is measured from it with it. */
static void
move_to(struct guard_facts *f, const char *when)
{
    utc_t by = at(when) - f->now;

    f->now += by;
    f->notice_at += f->notice_at == 0 ? 0 : by;
    f->final_at += f->final_at == 0 ? 0 : by;
    f->feed_at += f->feed_at == 0 ? 0 : by;
    f->heard_at += f->heard_at == 0 ? 0 : by;
    f->expires_at += by;
}

SPOIL(early, move_to(f, "2026-11-10T08:30"))
SPOIL(late, move_to(f, "2026-11-10T15:00"))
SPOIL(friday, move_to(f, "2026-11-13T10:00"))
SPOIL(holiday, move_to(f, "2026-11-18T10:00"))
SPOIL(before_weekend, move_to(f, "2026-11-12T10:00"))
SPOIL(before_holiday, move_to(f, "2026-11-17T10:00"))
SPOIL(season, move_to(f, "2026-12-29T10:00"))

static const struct spoiler {
    const char *name;
    void (*spoil)(struct guard_facts *f);
    enum guard guard;
    bool waits;
} spoilers[] = {
    {"meter gone", meter_gone, GUARD_IDENTITY, false},
    {"moved", moved, GUARD_IDENTITY, false},
    {"account closed", account_closed, GUARD_IDENTITY, false},
    {"number changed", number_changed, GUARD_IDENTITY, false},
    {"names another", names_another, GUARD_IDENTITY, false},
    {"no way", no_way, GUARD_IDENTITY, false},
    {"other order", other_order, GUARD_IDENTITY, false},
    {"restore in the air", dead_restore, GUARD_IDENTITY, true},
    {"paid", paid, GUARD_DEBT, false},
    {"little", little, GUARD_DEBT, false},
    {"suspense", suspense, GUARD_DEBT, true},
    {"one bill", one_bill, GUARD_DEBT, false},
    {"no notice", no_notice, GUARD_NOTICE, false},
    {"notice elsewhere", notice_elsewhere, GUARD_NOTICE, false},
    {"young notice", young_notice, GUARD_NOTICE, true},
    {"no last warning", no_final, GUARD_NOTICE, true},
    {"young last warning", young_final, GUARD_NOTICE, true},
    {"no feed", no_feed, GUARD_FEED, true},
    {"old feed", old_feed, GUARD_FEED, true},
    {"in flight", in_flight, GUARD_FEED, true},
    {"disputed", disputed, GUARD_DISPUTE, false},
    {"on hold", on_hold, GUARD_DISPUTE, false},
    {"plan", plan, GUARD_DISPUTE, false},
    {"promise", promise, GUARD_DISPUTE, false},
    {"held reading", exception, GUARD_DISPUTE, false},
    {"estimated", estimated, GUARD_DISPUTE, false},
    {"medical", medical, GUARD_PERSON, false},
    {"hospital", hospital, GUARD_PERSON, false},
    {"moratorium", moratorium, GUARD_PERSON, true},
    {"no weather", no_weather, GUARD_PERSON, true},
    {"cold", cold, GUARD_PERSON, true},
    {"heat", heat, GUARD_PERSON, true},
    {"season", season, GUARD_PERSON, true},
    {"early", early, GUARD_HOURS, true},
    {"late", late, GUARD_HOURS, true},
    {"friday", friday, GUARD_HOURS, true},
    {"holiday", holiday, GUARD_HOURS, true},
    {"before weekend", before_weekend, GUARD_HOURS, true},
    {"before holiday", before_holiday, GUARD_HOURS, true},
    {"no second person", no_second, GUARD_APPROVAL, false},
    {"own approval", own_approval, GUARD_APPROVAL, false},
    {"old approval", old_approval, GUARD_APPROVAL, false},
    {"large batch", large_batch, GUARD_APPROVAL, false},
    {"silent", silent, GUARD_REACH, true},
    {"never heard", never_heard, GUARD_REACH, true},
    {"off already", off_already, GUARD_REACH, false},
    {"unknown relay", unknown_relay, GUARD_REACH, true},
    {"outage", outage, GUARD_OUTAGE, true},
    {"full hour", full_hour, GUARD_LIMITS, true},
    {"full day", full_day, GUARD_LIMITS, true},
    {"full group", full_group, GUARD_LIMITS, true},
    {"failures", failures, GUARD_LIMITS, true},
    {"killed", killed, GUARD_LIMITS, true},
    {"maintenance", maintenance, GUARD_LIMITS, true},
    {"clock", clock_in_doubt, GUARD_LIMITS, true},
};
#define SPOILERS (sizeof(spoilers) / sizeof(spoilers[0]))

static bool
moves_time(const struct spoiler *s)
{
    return s->guard == GUARD_HOURS || s->spoil == season;
}

Test(guard, all_is_well_when_nothing_is_wrong, .init = make_policy)
{
    struct guard_facts f = good();
    struct guard_result r;
    char text[1000];

    guard_ask(&f, &policy, 2, &r);
    cr_expect_eq(r.n, 0, "%s", guard_print(&r, text, sizeof(text)));
}

Test(guard, what_they_saw_is_kept_when_none_objects, .init = make_policy)
{
    struct guard_facts f = good();
    char text[400];

    f.sent_day = 4;
    cr_expect_str_eq(guard_evidence(&f, 2, text, sizeof(text)),
                     "all guards pass: 1,500.00 overdue in 2 bills; notice "
                     "2026-10-20T09:00; last warning 2026-11-07T09:00; payments known "
                     "2026-11-10T08:00; heard 2026-11-09T10:00; relay closed; 1 of 1 "
                     "approvals; 0 in this hour, 4 today");
}

Test(guard, each_reason_alone_stops_a_cut_and_is_named, .init = make_policy)
{
    struct guard_result r;
    char text[1000];

    for (size_t i = 0; i < SPOILERS; i++) {
        struct guard_facts f = good();

        spoilers[i].spoil(&f);
        guard_ask(&f, &policy, 2, &r);
        guard_print(&r, text, sizeof(text));
        cr_expect_eq(r.n, 1, "%s: got %d reasons: %s", spoilers[i].name, r.n, text);
        cr_expect(guard_objects(&r, spoilers[i].guard), "%s: got %s", spoilers[i].name,
                  text);
        cr_expect_eq(guard_only_waits(&r), spoilers[i].waits, "%s: %s", spoilers[i].name,
                     text);
    }
}

Test(guard, each_pair_of_guards_gives_both_reasons, .init = make_policy)
{
    struct guard_result r;
    char text[2000];
    int pairs = 0;

    for (size_t i = 0; i < SPOILERS; i++) {
        for (size_t k = i + 1; k < SPOILERS; k++) {
            const struct spoiler *a = &spoilers[i], *b = &spoilers[k];
            struct guard_facts f = good();

            if (a->guard == b->guard || (moves_time(a) && moves_time(b)))
                continue;
            /* the one that moves the time comes first: the others are set as of then */
            (moves_time(a) ? a : b)->spoil(&f);
            (moves_time(a) ? b : a)->spoil(&f);
            guard_ask(&f, &policy, 2, &r);
            guard_print(&r, text, sizeof(text));
            cr_expect(guard_objects(&r, a->guard) && guard_objects(&r, b->guard),
                      "%s and %s: got %s", a->name, b->name, text);
            cr_expect(guard_only_waits(&r) == (a->waits && b->waits) || r.n > 2,
                      "%s and %s: %s", a->name, b->name, text);
            pairs++;
        }
    }
    cr_expect_gt(pairs, 1000);
}

Test(guard, what_an_order_is_for_decides_which_guards_hold, .init = make_policy)
{
    static const struct {
        enum order_cause cause;
        const char *asked; /* numbers of the guards */
    } causes[] = {
        {CAUSE_ARREARS, "0 1 2 3 4 5 6 7 8 9 10 "}, {CAUSE_CUSTOMER, "0 6 7 8 9 10 "},
        {CAUSE_THEFT, "0 2 5 6 7 8 9 10 "},         {CAUSE_SAFETY, "0 7 10 "},
        {CAUSE_OPERATOR, "0 5 6 7 8 9 10 "},
    };

    for (size_t c = 0; c < sizeof(causes) / sizeof(causes[0]); c++) {
        char asked[60] = "";

        for (int g = 0; g < GUARDS; g++) {
            bool objects = false;

            for (size_t i = 0; i < SPOILERS; i++) {
                struct guard_facts f = good();
                struct guard_result r;

                f.cause = causes[c].cause;
                spoilers[i].spoil(&f);
                guard_ask(&f, &policy, 2, &r);
                objects = objects || guard_objects(&r, (enum guard)g);
            }
            if (objects)
                snprintf(asked + strlen(asked), sizeof(asked) - strlen(asked), "%d ", g);
        }
        cr_expect_str_eq(asked, causes[c].asked, "%s: got %s",
                         order_cause_name(causes[c].cause), asked);
    }
}

Test(guard, a_proposal_may_be_made_at_night_and_without_an_approval, .init = make_policy)
{
    struct guard_facts f = good();
    struct guard_result r;

    move_to(&f, "2026-11-10T22:00");
    f.phase = PHASE_PROPOSE;
    f.approvals = 0;
    f.expires_at = f.now + DAY_S;
    guard_ask(&f, &policy, 2, &r);
    cr_expect_eq(r.n, 0, "%s", r.at[0].why);

    move_to(&f, "2026-11-13T14:00"); /* a Friday: it would expire before Monday */
    f.expires_at = f.now + DAY_S;
    guard_ask(&f, &policy, 2, &r);
    cr_expect(r.n == 1 && guard_objects(&r, GUARD_HOURS) && !guard_only_waits(&r));
}

Test(guard, a_notice_of_clear_days_counts_neither_its_first_day_nor_its_last,
     .init = make_policy)
{
    static const struct {
        bool clear, business;
        int days;
        const char *delivered, *over;
    } cases[] = {
        {true, false, 10, "2026-11-01T09:00", "2026-11-12T00:00"},
        {true, false, 15, "2026-11-01T23:59", "2026-11-17T00:00"},
        {false, false, 2, "2026-11-01T09:30", "2026-11-03T09:30"},
        {false, true, 2, "2026-11-12T09:00", "2026-11-17T09:00"}, /* over a weekend */
        {true, true, 2, "2026-11-16T09:00", "2026-11-20T00:00"},  /* over a holiday */
        {true, false, 0, "2026-11-01T09:00", "2026-11-02T00:00"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char got[TIME_TEXT_MAX];
        utc_t over;

        policy.clear_days = cases[i].clear;
        policy.business_days = cases[i].business;
        policy.notice_days = cases[i].days;
        over = policy_notice_over(&policy, at(cases[i].delivered));
        cr_expect_eq(over, at(cases[i].over), "%d days from %s: got %s, want %s",
                     cases[i].days, cases[i].delivered, clock_iso(over, got),
                     cases[i].over);
    }
}

Test(guard, the_next_time_to_cut_is_found_across_days_without_work, .init = make_policy)
{
    static const struct {
        const char *from, *open;
    } cases[] = {
        {"2026-11-10T10:00", "2026-11-10T10:00"}, {"2026-11-10T07:00", "2026-11-10T09:00"},
        {"2026-11-10T15:00", "2026-11-11T09:00"}, {"2026-11-11T15:30", "2026-11-16T09:00"},
        {"2026-11-16T16:00", "2026-11-23T09:00"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char got[TIME_TEXT_MAX];
        utc_t open = policy_next_open(&policy, at(cases[i].from));

        cr_expect_eq(open, at(cases[i].open), "from %s: got %s, want %s", cases[i].from,
                     clock_iso(open, got), cases[i].open);
    }
}

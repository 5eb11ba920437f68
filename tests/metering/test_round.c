#include "meterpost/metering/round.h"
#include "meterpost/store/list.h"
#include "meterpost/store/outbox.h"

#include "metering/village.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/reading.h"

#define GSM   "+254711000001"
#define WATER "+254711000002"
#define BOX   "+254722000001"

static struct round_summary sum;

static void
start(void)
{
    make_village();
    settle_village();
}

TestSuite(round, .init = start, .fini = remove_village);

static bool
start_round(const char *name, const char *group, utc_t closes_at)
{
    return metering_round_start(
        s, &conf,
        &(struct round_start){
            .name = name, .group = group, .actor = "amina", .closes_at = closes_at},
        now, &sum, &e);
}

static int
ask_due(void)
{
    int done;

    cr_assert(metering_ask_due(s, &conf, profiles, NULL, now, 100, &done, &e), "%s",
              e.text);
    return done;
}

static void
answer(const char *sender, const char *text)
{
    struct inbox_row m = text_from(sender, text);
    struct metering_outcome out;

    cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e), "%s", e.text);
}

static void
expect_counts(int64_t expected, int64_t in, int64_t held, int64_t missing)
{
    bool found;

    cr_assert(metering_round_summary(s, "jan", &sum, &found, &e) && found);
    cr_expect_eq(sum.counts.of[ROUND_EXPECTED], expected, "expected: %lld",
                 (long long)sum.counts.of[ROUND_EXPECTED]);
    cr_expect_eq(sum.counts.of[ROUND_IN], in, "in: %lld",
                 (long long)sum.counts.of[ROUND_IN]);
    cr_expect_eq(sum.counts.of[ROUND_HELD], held, "held: %lld",
                 (long long)sum.counts.of[ROUND_HELD]);
    cr_expect_eq(sum.counts.of[ROUND_MISSING], missing, "missing: %lld",
                 (long long)sum.counts.of[ROUND_MISSING]);
}

Test(round, each_phone_is_asked_once_and_each_meter_expected)
{
    cr_assert(start_round("jan", NULL, 0), "%s", e.text);
    cr_expect_eq(sum.requests, 3);
    expect_counts(5, 0, 0, 0);
    cr_expect_eq(ask_due(), 3);
}

Test(round, a_round_of_a_group_takes_the_groups_below_it)
{
    must_import("groups", "group,name,parent\nT3,Corner,T1\n");
    must_import("meters", "meter,account,commodity,profile,phone,group\n"
                          "M6,1,electricity,gsm,0711000006,T3\n");
    cr_assert(start_round("jan", "T1", 0), "%s", e.text);
    expect_counts(2, 0, 0, 0);
    cr_expect_eq(sum.requests, 0, "only the start knows");
}

Test(round, it_closes_when_nothing_is_expected)
{
    cr_assert(start_round("jan", NULL, 0), "%s", e.text);
    ask_due();
    answer(GSM, "150 kWh");
    answer(BOX, "17=15;18=9;");
    expect_counts(2, 2, 1, 0);
    cr_expect_eq(sum.round.closed_at, 0);
    answer(WATER, "V=3");
    answer(BOX, "19=30;");
    now += 5;
    cr_expect_eq(ask_due(), 1);
    expect_counts(0, 4, 1, 0);
    cr_expect_eq(sum.round.closed_at, now);
    now += DAY_S;
    cr_expect_eq(ask_due(), 0);
}

Test(round, closing_it_by_hand_writes_the_rest_off)
{
    bool found;
    utc_t when;

    cr_assert(start_round("jan", NULL, 0), "%s", e.text);
    ask_due();
    answer(GSM, "150 kWh");
    cr_assert(metering_round_close(s, &conf, &sum.round, now, &e), "%s", e.text);
    expect_counts(0, 1, 0, 4);
    cr_assert(metering_next_due(s, &conf, now, &when, &found, &e));
    cr_expect_not(found, "nothing is open any more");
}

/* By hand before its time: what has not left costs nothing any more, what has is told. */
Test(round, what_waits_to_be_sent_is_not_when_the_round_is_over)
{
    const struct outbox_change by = {.modem = "sim1", .sent_at = now};
    static struct conf_modem modem = {.name = "sim1", .segment_cost = {80}};
    struct list_filter all = {.limit = 10};
    struct outbox_row m;
    json_t *rows;
    bool found;

    conf.modems = &modem;
    conf.n_modems = 1;
    cr_assert(start_round("jan", NULL, 0), "%s", e.text);
    ask_due();
    cr_assert(outbox_row_step(s, 1, OUTBOX_QUEUED, OUTBOX_SENDING, &by, &e), "%s", e.text);
    cr_assert(outbox_row_step(s, 1, OUTBOX_SENDING, OUTBOX_SENT, &by, &e), "%s", e.text);
    cr_assert(metering_round_close(s, &conf, &sum.round, now, &e), "%s", e.text);
    for (int64_t id = 1; id <= 3; id++) {
        cr_assert(outbox_row_get(s, id, &m, &found, &e) && found);
        cr_expect_eq(m.state, id == 1 ? OUTBOX_SENT : OUTBOX_CANCELLED, "%lld",
                     (long long)id);
    }
    rows = list_array(s, "attempts", &all, 2, &e);
    cr_expect_eq(json_array_size(rows), 3);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);

        cr_expect_str_eq(json_string_value(json_object_get(row, "result")),
                         "the round is over");
        cr_expect_str_eq(json_string_value(json_object_get(row, "cost")),
                         i == 2 ? "0.80" : "0.00");
    }
    json_decref(rows);
}

Test(round, it_ends_at_its_time)
{
    cr_assert(start_round("jan", NULL, now + HOUR_S), "%s", e.text);
    ask_due();
    now += HOUR_S;
    ask_due();
    expect_counts(0, 0, 0, 5);
    cr_expect_eq(sum.round.closed_at, now);
}

Test(round, a_concentrator_that_leaves_some_out_is_asked_again)
{
    conf.reading.attempts = 2;
    cr_assert(start_round("jan", "T2", 0), "%s", e.text);
    cr_expect_eq(ask_due(), 2);
    answer(WATER, "V=3");
    answer(BOX, "17=15;18=20;");
    expect_counts(1, 3, 0, 0);
    now += 599;
    cr_expect_eq(ask_due(), 0);
    now += 10 * HOUR_S;
    for (int i = 0; i < 4; i++) {
        ask_due();
        now += 5 * HOUR_S;
    }
    expect_counts(0, 3, 0, 1);
}

Test(round, questions_wait_for_the_window)
{
    conf.reading.window = (struct day_window){22 * 60, 6 * 60};
    cr_assert(start_round("jan", NULL, 0), "%s", e.text);
    cr_expect_eq(ask_due(), 0);
    now += 10 * HOUR_S;
    cr_expect_eq(ask_due(), 3);
}

Test(round, a_reading_that_comes_by_itself_saves_the_question)
{
    conf.reading.window = (struct day_window){22 * 60, 6 * 60};
    cr_assert(start_round("jan", NULL, 0), "%s", e.text);
    now += HOUR_S;
    answer(GSM, "150 kWh");
    expect_counts(4, 1, 0, 0);
    now += 9 * HOUR_S;
    cr_expect_eq(ask_due(), 2);
}

Test(round, a_reading_from_paper_counts_too)
{
    cr_assert(start_round("jan", NULL, 0), "%s", e.text);
    now += HOUR_S;
    must_import("readings", "meter,register,value,taken_at,source\n"
                            "M1,1-0:1.8.0,150,2026-01-01T12:30:00,manual\n");
    expect_counts(4, 1, 0, 0);
    cr_expect_eq(ask_due(), 2);
}

Test(round, wrong_rounds_are_refused_in_a_sentence)
{
    static const struct {
        const char *name, *group;
        utc_t closes_at;
        const char *reason;
    } cases[] = {
        {"", NULL, 0, "expected a name"},
        {"two words", NULL, 0, "expected a name"},
        {"jan", NULL, 0, "there is a round 'jan' already"},
        {"feb", "T9", 0, "there is no group 'T9'"},
        {"feb", "T0", 0, "there is no meter to read"},
        {"mar", NULL, NOON, "the round would end before the first question"},
    };

    must_import("groups", "group,name\nT0,Empty\n");
    cr_assert(start_round("jan", NULL, 0), "%s", e.text);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_expect_not(start_round(cases[i].name, cases[i].group, cases[i].closes_at));
        cr_expect_eq(e.kind, FAIL_REJECT);
        cr_expect(strncmp(e.text, cases[i].reason, strlen(cases[i].reason)) == 0,
                  "case %zu: %s", i, e.text);
    }
}

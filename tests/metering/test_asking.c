/* Asking: what makes one ask, the ways there are, forecasts. */
#include "metering/asking.h"

TestSuite(asking, .init = start, .fini = end);

/* ---- what makes one ask ---- */

Test(asking, a_reading_that_is_held_is_asked_for_once_more)
{
    struct metering_outcome out;

    out = answer(GSM, "50 kWh"); /* less than it began with */
    cr_assert_eq(out.held, 1);
    cr_expect_eq(ask_due(), 1);
    cr_expect_str_eq(newest("attempts", "M1", "cause"), "held");
    out = answer(GSM, "51 kWh");
    cr_expect_eq(out.held, 1);
    cr_expect_eq(ask_due(), 0, "not again");
}

Test(asking, a_dispute_asks_once_a_day_and_what_nobody_reaches_is_told)
{
    struct meter m = meter("M1"), alone = {.id = 99};
    int64_t first, again;

    cr_assert(metering_ask_for(s, &m, REQUEST_FOR_DISPUTE, "amina", now, &first, &e));
    cr_assert(metering_ask_for(s, &m, REQUEST_FOR_DISPUTE, "amina", now, &again, &e));
    cr_expect_eq(first, again);
    cr_assert(metering_ask_for(s, &alone, REQUEST_FOR_CUT, "amina", now, &again, &e));
    cr_expect_eq(again, 0);
}

Test(asking, all_meters_of_an_account_in_dispute_are_asked_once_a_day)
{
    struct request q;
    bool found;

    for (int i = 0; i < 2; i++)
        cr_assert(metering_ask_account(s, meter("M1").at.account_id, REQUEST_FOR_DISPUTE,
                                       "amina", now, &e));
    cr_assert(request_open_of(s, REQUEST_READ, meter("M1").id, 0, 0, &q, &found, &e));
    cr_expect(found && q.cause == REQUEST_FOR_DISPUTE);
    cr_expect_eq(ask_due(), 1);
}

Test(asking, silent_meters_are_asked_after_a_while)
{
    utc_t when;
    bool found;

    conf.reading.silence_s = 3 * DAY_S;
    cr_expect_eq(ask_due(), 0 + 3, "two with a phone are silent since they hang there");
    answer(GSM, "150 kWh");
    answer(WATER, "V=3");
    now += 2 * DAY_S;
    ask_due();
    cr_expect_eq(ask_due(), 0);
    cr_assert(metering_next_due(s, &conf, now, &when, &found, &e) && found);
    cr_expect_eq(when, now + HOUR_S);
}

/* ---- one way after the other ---- */

Test(asking, the_ways_are_taken_in_the_order_of_the_settings)
{
    must_import("groups", "group,name\nT9,Last\n");
    must_import("accounts", "account,name,tariff,phones\n9,Neema,domestic,0733000009\n");
    must_import("meters", "meter,account,commodity,profile,phone,group,installed_on\n"
                          "M9,9,electricity,gsm,0711000009,T9,2025-12-01\n");
    set_fallback(3, CONF_CHANNEL_SMS, CONF_CHANNEL_BUS, CONF_CHANNEL_CUSTOMER);
    conf.reading.attempts = 1;
    cr_assert(start_round("jan", "T9"), "%s", e.text);
    ask_due();
    cr_expect_str_eq(newest("attempts", "M9", "channel"), "sms");
    send_all("sim1");
    now += 601;
    ask_due();
    ask_due();
    cr_expect_str_eq(newest("attempts", "M9", "channel"), "customer", "no bus to it");
    cr_expect_str_eq(newest("outbox", NULL, "to"), "+254733000009");
    cr_expect(strstr(newest("outbox", NULL, "text"), "meter M9") != NULL);
    bool found;

    customer_reads("M9", 120000);
    cr_assert(metering_round_summary(s, "jan", &sum, &found, &e) && found);
    cr_expect_eq(sum.counts.of[ROUND_IN], 1);
}

Test(asking, a_meter_on_a_wire_is_asked_by_a_job_and_missing_when_that_fails)
{
    struct bus_job job;
    struct conf_bus bus = {.name = "rs485"};
    bool found;

    conf.buses = &bus;
    conf.n_buses = 1;
    set_fallback(2, CONF_CHANNEL_SMS, CONF_CHANNEL_BUS, CONF_CHANNEL_SMS);
    must_import("groups", "group,name\nT9,Last\n");
    must_import("meters",
                "meter,account,commodity,profile,bus,protocol,address,group,installed_on\n"
                "X9,1,electricity,,rs485,dlt645-2007,01,T9,2025-12-01\n");
    cr_assert(start_round("jan", "T9"), "%s", e.text);
    cr_expect_eq(sum.requests, 1);
    ask_due();
    cr_assert(bus_job_next_due(s, "rs485", now, &job, &found, &e) && found, "%s", e.text);
    cr_expect_eq(job.action, BUS_READ);
    cr_assert(metering_wire_failed(s, &conf, &job, "nobody answers", now, &e), "%s",
              e.text);
    cr_assert(metering_round_summary(s, "jan", &sum, &found, &e) && found);
    cr_expect_eq(sum.counts.of[ROUND_MISSING], 1);
    cr_expect_str_eq(newest("round_meters", "jan", "reason"), "nobody answers");
}

Test(asking, each_try_keeps_its_way_cost_and_bytes_and_another_modem_is_next)
{
    int64_t id;
    struct meter m = meter("M1");
    struct outbox_row row;
    bool found;

    cr_assert(metering_read_now(s, profiles, &m, "amina", now, &id, &e), "%s", e.text);
    ask_due();
    send_all("sim2");
    now += 601;
    ask_due();
    cr_expect_str_eq(newest("attempts", "M1", "device"), "sim2");
    cr_expect_str_eq(newest("attempts", "M1", "cost"), "0.80");
    cr_expect_str_eq(newest("attempts", "M1", "result"), "no answer within 10 minutes");
    now += 900;
    ask_due();
    cr_assert(outbox_row_get(s, 2, &row, &found, &e) && found);
    cr_expect_str_eq(row.avoid, "sim2", "the one that had no luck is noted");
    answer(GSM, "150 kWh");
    cr_expect_str_eq(newest("attempts", "M1", "number"), "2");
    cr_expect_str_eq(newest("attempts", "M1", "result"), "answered");
    cr_expect_str_eq(newest("attempts", "M1", "received"), "150 kWh");
    cr_expect_str_eq(newest("attempts", "M1", "sent"), "READ M1 sesame");
}

Test(asking, a_push_takes_back_the_question_that_has_not_left)
{
    struct outbox_row row;
    bool found;

    cr_assert(start_round("jan", "T1"), "%s", e.text);
    ask_due();
    answer(GSM, "150 kWh");
    cr_assert(outbox_row_get(s, 1, &row, &found, &e) && found);
    cr_expect_eq(row.state, OUTBOX_CANCELLED);
}

Test(asking, a_concentrator_is_asked_when_it_answers)
{
    must_import("groups", "group,name\nT8,Box\n");
    must_import("concentrators", "concentrator,profile,phone,window\n"
                                 "C8,box,0722000008,14:00-15:00\n");
    must_import("meters", "meter,account,commodity,profile,concentrator,address,group\n"
                          "B8,4,electricity,,C8,1,T8\n");
    cr_assert(start_round("jan", "T8"), "%s", e.text);
    cr_expect_eq(ask_due(), 1, "looked at, and put off");
    cr_expect_str_eq(newest("outbox", NULL, "to"), "");
    now += 2 * HOUR_S;
    cr_expect_eq(ask_due(), 1);
    cr_expect_str_eq(newest("outbox", NULL, "to"), "+254722000008");
}

/* ---- by plan ---- */

Test(asking, rounds_start_by_themselves_and_once)
{
    static const struct {
        enum conf_every every;
        int day, at_min;
        const char *first, *second; /* after 2026-01-01T12:00Z, a Thursday */
    } cases[] = {
        {CONF_EVERY_HOUR, 0, 30, "r-2026-01-01T12", "r-2026-01-01T13"},
        {CONF_EVERY_DAY, 0, 13 * 60, "r-2026-01-01", "r-2026-01-02"},
        {CONF_EVERY_DAY, 0, 11 * 60, "r-2026-01-02", "r-2026-01-03"},
        {CONF_EVERY_WEEK, 1, 0, "r-2026-01-05", "r-2026-01-12"},
        {CONF_EVERY_WEEK, 4, 18 * 60, "r-2026-01-01", "r-2026-01-08"},
        {CONF_EVERY_MONTH, 15, 0, "r-2026-01-15", "r-2026-02-15"},
        {CONF_EVERY_FREEZE, 0, 0, "r-2026-02-01", "r-2026-03-01"},
    };
    struct round round;
    utc_t when;
    bool found;

    conf.reading.freeze_day = 1;
    conf.reading.freeze_time_min = 0;
    conf.n_rounds = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *want[2] = {cases[i].first, cases[i].second};

        cr_assert(store_mark(s, &e));
        now = NOON;
        conf.rounds[0] = (struct conf_round){.name = "r",
                                             .every = cases[i].every,
                                             .day = cases[i].day,
                                             .at_min = cases[i].at_min,
                                             .lasts_s = HOUR_S};
        ask_due();
        for (int turn = 0; turn < 2; turn++) {
            cr_assert(metering_next_due(s, &conf, now, &when, &found, &e) && found);
            while (!(round_by_name(s, want[turn], &round, &found, &e) && found) &&
                   when < NOON + 100 * DAY_S) {
                now = when;
                ask_due();
                cr_assert(metering_next_due(s, &conf, now, &when, &found, &e) && found);
                if (when <= now)
                    when = now + 60;
            }
            cr_expect(found, "case %zu: no %s", i, want[turn]);
            cr_assert(round_by_name(s, want[turn], &round, &found, &e));
            cr_expect_str_eq(round.actor, "schedule");
        }
        cr_assert(store_undo(s, &e));
    }
}

Test(asking, a_round_that_cannot_start_has_had_its_turn)
{
    conf.n_rounds = 1;
    conf.rounds[0] = (struct conf_round){
        .name = "r", .every = CONF_EVERY_DAY, .group = "nosuch", .lasts_s = HOUR_S};
    ask_due();
    now += DAY_S;
    cr_expect_eq(ask_due(), 1);
    cr_expect_eq(ask_due(), 0);
}

Test(asking, a_round_is_forecast_before_it_starts)
{
    struct round_plan plan;

    conf.reading.window = (struct day_window){22 * 60, 23 * 60};
    conf.reading.reply_timeout_s = 600;
    cr_assert(
        metering_round_plan(s, &conf, profiles, &(struct round_start){0}, now, &plan, &e),
        "%s", e.text);
    cr_expect_eq(plan.meters, 5);
    cr_expect_eq(plan.asked, 5);
    cr_expect_eq(plan.messages, 3);
    cr_expect_eq(plan.segments, 3);
    cr_expect_eq(plan.cost.minor, 240);
    cr_expect_eq(plan.first_at, NOON + 10 * HOUR_S);
    cr_expect_eq(plan.ends_at, NOON + 10 * HOUR_S + 12 + 600);
    modems[0].rate = (struct pace){1, 3600}; /* one a night: three nights */
    conf.n_modems = 1;
    cr_assert(
        metering_round_plan(s, &conf, profiles, &(struct round_start){0}, now, &plan, &e));
    cr_expect_eq(plan.ends_at, NOON + 11 * HOUR_S + 2 * DAY_S + 600);
}

Test(asking, modems_of_equal_routes_share_a_round_by_their_pace)
{
    static struct conf_modem some[] = {
        {.name = "dear", .rate = {2, 60}, .segment_cost = {120}, .routes = {"*"}},
        {.name = "cheap", .rate = {1, 60}, .segment_cost = {50}, .routes = {"*"}},
        {.name = "other", .rate = {9, 60}, .segment_cost = {1}, .routes = {"+999*"}},
        {.name = "spare", .rate = {9, 60}, .routes = {"*"}, .spare_for = "dear"},
    };
    struct round_plan plan;

    for (int i = 0; i < 4; i++)
        some[i].n_routes = 1;
    conf.modems = some;
    conf.n_modems = 4;
    cr_assert(
        metering_round_plan(s, &conf, profiles, &(struct round_start){0}, now, &plan, &e),
        "%s", e.text);
    cr_expect_eq(plan.messages, 3);
    cr_expect_eq(plan.cost.minor, 2 * 120 + 50, "got %lld", (long long)plan.cost.minor);
}

Test(asking, the_sheet_for_who_goes_there_has_those_that_are_not_in)
{
    cr_assert(start_round("jan", "T2"), "%s", e.text);
    answer(WATER, "V=3");
    cr_expect_str_eq(newest("route", "jan", "meter"), "000000000017");
    cr_expect_str_eq(newest("route", "jan", "last_reading"), "10", "as it was hung there");
    cr_expect_str_eq(newest("route", "jan", "group"), "T2");
    cr_assert(metering_round_close(s, &conf, &sum.round, now, &e), "%s", e.text);
    now += DAY_S;
    must_import("readings", "meter,register,value,taken_at,source\n"
                            "000000000017,1-0:1.8.0,14,2026-01-02,manual\n");
    cr_expect_str_neq(newest("route", "jan", "meter"), "000000000017",
                      "somebody was there, though the round is over");
}

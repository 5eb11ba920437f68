/* Rules that look beside the register's own past: at tariffs, a load profile, reactive
 * energy, transformers, outages. */
#include "metering/past.h"

#include "meterpost/metering/check.h"
#include "meterpost/store/flags.h"
#include "meterpost/store/requests.h"

#define PROFILE  "1-0:1.29.0"
#define REACTIVE "1-0:3.8.0"

TestSuite(beside, .init = make_past, .fini = remove_village);

static struct reading
add(const char *name, const char *obis, int64_t value, utc_t at)
{
    struct meter m = meter(name);
    struct reading r = {.value = {value},
                        .taken_at = at,
                        .received_at = at,
                        .quality = QUALITY_ACTUAL,
                        .source = SOURCE_IMPORT};

    text_copy(r.obis, sizeof(r.obis), obis);
    text_copy(r.unit, sizeof(r.unit), strcmp(obis, REACTIVE) == 0 ? "kvarh" : "kWh");
    text_copy(r.actor, sizeof(r.actor), "meter");
    cr_assert(metering_reading_add(s, &conf, &m, 0, &r, &e), "%s", e.text);
    return r;
}

/* A day of hourly intervals that end at `end`, but those between the two numbers. */
static struct reading
add_day(int64_t each, utc_t end, int but_from, int but_to)
{
    struct reading last = {0};

    for (int h = 0; h < 24; h++) {
        if (h < but_from || h >= but_to)
            last = add("M1", PROFILE, each, end - (23 - h) * HOUR_S);
    }
    return last;
}

Test(beside, intervals_must_make_what_the_register_moved)
{
    static const struct {
        const char *what;
        int64_t each, moved; /* thousandths: of an hour, of the day */
        int but_from, but_to;
        enum reading_status status;
    } cases[] = {
        {"exactly", 500, 12000, 0, 0, READING_ACCEPTED},
        {"within a unit", 500, 12900, 0, 0, READING_ACCEPTED},
        {"too little", 500, 14000, 0, 0, READING_HELD},
        {"too much", 500, 10000, 0, 0, READING_HELD},
        {"too little, but an hour is missing", 500, 14000, 5, 6, READING_ACCEPTED},
        {"too little, but the last is missing", 500, 14000, 23, 24, READING_ACCEPTED},
        {"no intervals", 500, 14000, 0, 24, READING_ACCEPTED},
    };
    int64_t value = 200000;
    utc_t at = START + DAY_S;

    take("M1", value, at);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct reading r;

        at += DAY_S;
        value += cases[i].moved;
        add_day(cases[i].each, at, cases[i].but_from, cases[i].but_to);
        r = take("M1", value, at);
        cr_expect_eq(r.status, cases[i].status, "%s: %s %s", cases[i].what, r.flags,
                     r.reason);
        cr_expect_eq(check_has_flag(r.flags, "intervals"), cases[i].status == READING_HELD,
                     "%s: %s", cases[i].what, r.flags);
        if (r.status == READING_HELD) /* somebody saw that the register is right */
            cr_assert(reading_set_verdict(s, r.id, READING_ACCEPTED, "", "", &e));
    }
}

Test(beside, the_interval_that_came_last_is_held_where_the_register_was_before_it)
{
    struct reading r;

    take("M1", 200000, START + DAY_S);
    take("M1", 214000, START + 2 * DAY_S);
    add_day(500, START + 2 * DAY_S, 7, 8);
    r = add("M1", PROFILE, 500, START + 2 * DAY_S - 16 * HOUR_S);
    cr_expect_eq(r.status, READING_HELD, "%s", r.flags);
    cr_expect(strstr(r.reason, "the intervals give 12, the register moved by 14") != NULL,
              "%s", r.reason);
}

Test(beside, tariffs_must_make_the_total)
{
    struct reading r;

    for (int day = 1; day <= 2; day++) {
        take("M1", 200000 + day * 10000, START + day * DAY_S);
        add("M1", "1-0:1.8.1", 150000 + day * 6000, START + day * DAY_S);
        r = add("M1", "1-0:1.8.2", 50000 + day * (day == 2 ? 9000 : 4000),
                START + day * DAY_S);
    }
    cr_expect_eq(r.status, READING_HELD);
    cr_expect_str_eq(r.flags, "sum");
}

Test(beside, intervals_have_rules_of_their_own)
{
    utc_t at = START + DAY_S;
    struct reading r;

    conf.validation.spike = 180;
    for (int h = 0; h < 30; h++, at += HOUR_S)
        add("M1", PROFILE, 500 + h % 3 * 100, at);
    r = add("M1", PROFILE, -5, at);
    cr_expect_str_eq(r.flags, "negative");
    r = add("M1", PROFILE, 90000, at + HOUR_S);
    cr_expect(check_has_flag(r.flags, "physical"), "%s", r.flags);
    r = add("M1", PROFILE, 5000, at + 2 * HOUR_S);
    cr_expect(check_has_flag(r.flags, "spike"), "%s", r.flags);
    at += 2 * HOUR_S + HOUR_S / 4;
    r = add("M1", PROFILE, 600, at);
    cr_expect_str_eq(r.flags, "interval-size");
    r = add("M1", PROFILE, 600, at + 3 * HOUR_S);
    cr_expect_str_eq(r.flags, "gap");
    cr_expect_eq(r.status, READING_ACCEPTED);
}

Test(beside, much_reactive_energy_is_a_flag)
{
    struct reading r;

    take("M1", 200000, START + DAY_S);
    add("M1", REACTIVE, 10000, START + DAY_S);
    take("M1", 210000, START + 2 * DAY_S);
    r = add("M1", REACTIVE, 27000, START + 2 * DAY_S); /* 10 kWh, 17 kvarh: 0.507 */
    cr_expect_str_eq(r.flags, "");
    take("M1", 220000, START + 3 * DAY_S);
    r = add("M1", REACTIVE, 45000, START + 3 * DAY_S); /* 18 kvarh: 0.486 */
    cr_expect_str_eq(r.flags, "power-factor");
    cr_expect_eq(r.status, READING_ACCEPTED);
}

Test(beside, an_outage_is_another_thing_than_no_use)
{
    struct meter m = meter("M1");
    struct reading r;
    bool done;

    take("M1", 100000, START + DAY_S);
    cr_assert(outage_on(s, m.group_id, "amina", "storm", START + 10 * DAY_S, &done, &e));
    cr_assert(outage_off(s, m.group_id, START + 20 * DAY_S, &done, &e));
    r = take("M1", 100000, START + 33 * DAY_S); /* 32 days, 10 of them dark */
    cr_expect_str_eq(r.flags, "zero-outage");
    r = take("M1", 100000, START + 41 * DAY_S);
    cr_expect_str_eq(r.flags, "zero");
    r = take("M1", 100000, START + 69 * DAY_S);
    cr_expect_str_eq(r.flags, "stuck");
}

/* ---- in the same text ---- */

static struct reading
say(const char *text, const char *obis)
{
    struct inbox_row m = text_from("+254711000001", text);
    struct metering_outcome out;
    struct reading r;
    bool found;

    cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e), "%s", e.text);
    cr_assert(out.understood, "%s: %s", text, out.reason);
    cr_assert(
        reading_at(s, meter("M1").id, obis, now, (struct quantity){0}, &r, &found, &e) &&
        found);
    return r;
}

static void
make_tou(void)
{
    struct meter m = meter("M1");

    text_copy(m.profile, sizeof(m.profile), "tou");
    cr_assert(meter_update(s, &m, START, &e), "%s", e.text);
    conf.reading.reread = true;
    now = START + DAY_S;
}

Test(beside, a_register_that_did_not_come_with_the_others_is_asked_for_after_a_day)
{
    struct request q;
    struct reading r;
    bool found;

    make_tou();
    r = say("V=40;P=70;T=110;", KWH);
    cr_expect_str_eq(r.flags, "");
    now += DAY_S;
    r = say("T=120;", KWH);
    cr_expect_str_eq(r.flags, "", "a text of the total alone is another kind of text");
    now += HOUR_S;
    r = say("V=45;P=75;T=120;", KWH);
    now += DAY_S;
    r = say("P=80;T=130;", KWH);
    cr_expect_str_eq(r.flags, "sibling");
    cr_assert(request_open_of(s, REQUEST_READ, r.meter_id, 0, 0, &q, &found, &e) && found);
    cr_expect_eq(q.next_at, now + DAY_S);
    cr_expect_eq(q.cause, REQUEST_FOR_SIBLING);
    now += HOUR_S; /* and by itself it comes */
    r = say("V=55;P=80;T=135;", KWH);
    cr_assert(request_open_of(s, REQUEST_READ, r.meter_id, 0, 0, &q, &found, &e));
    cr_expect_not(found);
}

Test(beside, the_order_in_a_text_does_not_matter_to_sums)
{
    make_tou();
    say("V=40;P=70;T=110;", KWH);
    now += DAY_S;
    cr_expect_str_eq(say("V=45;P=75;T=130;", "1-0:1.8.1").flags, "sum");
}

Test(beside, transformers_that_are_not_those_on_file_hold_the_reading)
{
    struct reading r;

    make_tou();
    r = say("T=110;C=40;", KWH);
    cr_expect_eq(r.status, READING_HELD);
    cr_expect(check_has_flag(r.flags, "multiplier"), "%s", r.flags);
    now += DAY_S;
    r = say("T=120;C=1;", KWH);
    cr_expect_eq(r.status, READING_ACCEPTED, "%s", r.flags);
}

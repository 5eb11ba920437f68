#include "meterpost/metering/reading.h"
#include "meterpost/store/alarms.h"

#include "metering/village.h"
#include "meterpost/metering/ask.h"

#define GSM "+254711000001"
#define BOX "+254722000001"
#define KWH "1-0:1.8.0"

static struct metering_outcome out;

static void
start(void)
{
    make_village();
    settle_village();
}

TestSuite(reply, .init = start, .fini = remove_village);

static void
take(const char *sender, const char *text)
{
    struct inbox_row m = text_from(sender, text);

    cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e), "%s", e.text);
}

static struct reading
last(const char *name, const char *obis)
{
    struct reading r;
    bool found;

    cr_assert(reading_until(s, meter(name).id, obis, now + DAY_S, &r, &found, &e) && found,
              "no reading of %s", name);
    return r;
}

Test(reply, a_reading_is_stored_with_where_it_came_from)
{
    struct reading r;

    take(GSM, "150.25 kWh");
    cr_expect(out.is_device && out.understood, "%s", out.reason);
    cr_expect_str_eq(out.kind, "reading");
    cr_expect_eq(out.accepted, 1);
    cr_expect_eq(out.meter_id, meter("M1").id);
    cr_expect_eq(out.account_id, meter("M1").at.account_id);
    r = last("M1", KWH);
    cr_expect_eq(r.value.milli, 150250);
    cr_expect_str_eq(r.unit, "kWh");
    cr_expect_str_eq(r.raw, "150.25");
    cr_expect_eq(r.taken_at, now);
    cr_expect_eq(r.quality, QUALITY_ACTUAL);
    cr_expect_eq(r.source, SOURCE_SMS);
    cr_expect_neq(r.inbox_id, 0);
    cr_expect_eq(meter("M1").last_contact_at, now);
}

Test(reply, the_time_of_the_meter_counts_when_it_can_be_believed)
{
    struct reading r;

    take(GSM, "150 kWh at 2601010000");
    r = last("M1", KWH);
    cr_expect_eq(r.taken_at, NOON - 12 * HOUR_S);
    cr_expect(r.meter_clock);
    take(GSM, "160 kWh at 0001010000");
    cr_expect_eq(out.held, 1);
    cr_expect_eq(last("M1", KWH).value.milli, 150000);
}

Test(reply, the_same_reading_twice_is_one)
{
    take(GSM, "150 kWh at 2601010000");
    take(GSM, "150 kWh at 2601010000");
    cr_expect(out.understood);
    cr_expect_eq(out.accepted, 0);
    cr_expect_eq(out.known, 1);
}

Test(reply, a_reading_below_the_last_one_is_held_with_the_reason)
{
    struct reading r;
    bool found;

    take(GSM, "99 kWh");
    cr_expect_eq(out.held, 1, "the installation says 100");
    cr_assert(
        reading_at(s, meter("M1").id, KWH, now, (struct quantity){99000}, &r, &found, &e) &&
        found);
    cr_expect_eq(r.status, READING_HELD);
    cr_expect_str_eq(r.flags, "decrease");
    cr_expect_str_eq(r.reason, "it is less than the 100 of 2025-12-01");
}

Test(reply, a_meter_may_name_itself_by_serial_or_address)
{
    static const char *const texts[] = {"150 kWh of M1", "151 kWh of 0042", "152 kWh of 42",
                                        "153 kWh of m1"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        now += HOUR_S;
        take(GSM, texts[i]);
        cr_expect_eq(out.accepted, 1, "%s: %s", texts[i], out.reason);
    }
}

Test(reply, the_number_of_another_meter_is_refused)
{
    struct alarm_row alarm;
    bool found;

    take(GSM, "150 kWh of W2");
    cr_expect_not(out.understood);
    cr_expect_eq(out.accepted + out.held, 0);
    cr_expect_str_eq(out.reason,
                     "identity: the text names meter W2, but this is the phone of M1");
    cr_assert(alarm_row_find(s, "identity", "meter M1", now, &alarm, &found, &e));
    cr_expect(found, "and somebody is told");
}

Test(reply, a_number_that_is_none_does_not_spoil_those_of_the_other_meters)
{
    static const char *const texts[] = {
        "17=15.5;B4=NaN;000000000019=30;", "17=16.5;B4=1.2.3;000000000019=31;",
        "17=17.5;B4=1111111111222222222233333333334444444444;000000000019=32;"};
    struct alarm_row alarm;
    bool found;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        now += HOUR_S;
        take(BOX, texts[i]);
        cr_expect(out.understood, "%s: %s", texts[i], out.reason);
        cr_expect_eq(out.accepted, 2, "%s: %d", texts[i], out.accepted);
    }
    cr_assert(alarm_row_find(s, "bad-value", "meter B4", now, &alarm, &found, &e));
    cr_expect(found);
    take(BOX, "17=NaN;");
    cr_expect_not(out.understood);
    cr_expect_str_eq(out.reason, "value: profile box, reply 'all': 'NaN' is no number");
}

Test(reply, a_concentrator_speaks_for_the_meters_behind_it)
{
    take(BOX, "17=15.5;B4=20;000000000019=30;");
    cr_expect(out.understood, "%s", out.reason);
    cr_expect_eq(out.accepted, 3);
    cr_expect_eq(out.meter_id, 0);
    cr_expect_eq(last("000000000017", KWH).value.milli, 15500);
    cr_expect_eq(last("B5", KWH).value.milli, 30000);
    cr_expect_eq(meter("B4").last_contact_at, now);
}

Test(reply, a_concentrator_does_not_speak_for_others)
{
    take(BOX, "17=15.5;M1=500;99=1;");
    cr_expect_not(out.understood, "a person must look");
    cr_expect_eq(out.accepted, 1, "what is right is taken");
    cr_expect_str_eq(out.reason, "identity: meter M1 is not behind concentrator C1");
}

Test(reply, texts_that_cannot_be_taken_say_why)
{
    static const struct {
        const char *sender, *text, *reason;
    } cases[] = {
        {GSM, "hello", "no reply pattern of profile 'gsm' fits this text"},
        {GSM, "", "no reply pattern"},
        {GSM, "1.2.3 kWh", "gsm"},
        {GSM, "9999999999999999999999999999999999999999 kWh", "gsm"},
        {GSM, "NaN kWh", "no number"},
        {GSM, "-inf kWh at 2601010000", "no number"},
        {BOX, "150 kWh", "no reply pattern of profile 'box'"},
        {"+254799999999", "150 kWh", "the sender is no meter"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        take(cases[i].sender, cases[i].text);
        cr_expect_not(out.understood, "case %zu", i);
        cr_expect_str_eq(out.kind, "unknown", "case %zu: %s", i, out.kind);
        cr_expect(strstr(out.reason, cases[i].reason) != NULL, "case %zu: %s", i,
                  out.reason);
    }
    cr_expect_not(out.is_device);
}

Test(reply, half_a_text_is_not_taken)
{
    struct inbox_row m = text_from(GSM, "150 kWh");

    m.incomplete = true;
    cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e));
    cr_expect_not(out.understood);
    cr_expect_eq(out.accepted, 0);
}

Test(reply, a_relay_state_is_noted)
{
    take(GSM, "Relay 0");
    cr_expect_str_eq(out.kind, "relay");
    cr_expect_str_eq(meter("M1").relay, "open");
    take(GSM, "Relay 1");
    cr_expect_str_eq(meter("M1").relay, "closed");
}

Test(reply, an_alarm_is_kept_with_its_word)
{
    take(GSM, "Cover open");
    cr_expect(out.understood);
    cr_expect_str_eq(out.kind, "alarm");
    cr_expect_str_eq(out.reason, "alarm: tamper");
    cr_expect_eq(out.meter_id, meter("M1").id);
}

Test(reply, a_time_of_the_service_centre_that_cannot_be_is_not_believed)
{
    static const utc_t times[] = {NOON + 3 * DAY_S, 946684800, 0};

    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct inbox_row m;

        now += HOUR_S;
        m = text_from(GSM, "150 kWh");
        m.smsc_at = times[i];
        cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e));
        cr_expect_eq(last("M1", KWH).taken_at, now, "case %zu", i);
    }
}

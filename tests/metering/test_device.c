/* What devices report of themselves: flags on readings, alarms that people can list, and
 * questions that follow. */
#include "meterpost/metering/device.h"

#include "metering/village.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/check.h"
#include "meterpost/metering/reading.h"
#include "meterpost/store/clocks.h"
#include "meterpost/store/list.h"
#include "meterpost/store/vee.h"

#define GSM   "+254711000001"
#define WATER "+254711000002"
#define BOX   "+254722000001"

static struct metering_outcome out;

static void
start(void)
{
    make_village();
    settle_village();
    text_copy(conf.alarms.phones[0], sizeof(conf.alarms.phones[0]), "+254700000001");
    conf.alarms.n_phones = 1;
    conf.alarms.quiet_s = HOUR_S;
}

TestSuite(device, .init = start, .fini = remove_village);

static void
take(const char *sender, const char *text)
{
    struct inbox_row m = text_from(sender, text);

    cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e), "%s", e.text);
}

/* Rows of a list as "key value; key value", newest first. */
static const char *
list_of(const char *list, const char *subject, const char *first, const char *second)
{
    static char all[600];
    struct list_filter f = {.subject = subject, .limit = 20};
    json_t *rows = list_array(s, list, &f, 2, &e), *row;
    struct text t;
    size_t i;

    cr_assert_not_null(rows, "%s", e.text);
    text_init(&t, all, sizeof(all));
    json_array_foreach (rows, i, row)
        text_addf(&t, "%s%s %s", i > 0 ? "; " : "",
                  json_string_value(json_object_get(row, first)),
                  json_string_value(json_object_get(row, second)));
    json_decref(rows);
    return all;
}

Test(device, words_become_flags_of_rules)
{
    static const struct {
        const char *words, *flags;
    } cases[] = {
        {"", ""},
        {"battery-low", "battery"},
        {"tamper,reversed,current-lost", "tamper"},
        {"power-lost,something,device-fault", "power,fault"},
        {"overflow,reset", "overflow,reset"},
        {"limit,credit-low,", ""},
    };
    char flags[FLAGS_MAX];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        device_flags(cases[i].words, flags);
        cr_expect_str_eq(flags, cases[i].flags, "%s: got %s", cases[i].words, flags);
        for (const char *at = flags; *at != '\0'; at += strcspn(at, ",") + 1) {
            char word[40];

            snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, ","), at);
            cr_expect_geq(check_rule_find(word), 0, "no rule '%s'", word);
            if (at[strcspn(at, ",")] == '\0')
                break;
        }
    }
}

Test(device, what_a_reading_says_of_its_device_is_a_flag_and_an_alarm)
{
    struct reading r;
    bool found;

    take(WATER, "V=1.5 bat low magnet");
    cr_assert_eq(out.accepted, 1, "%s", out.reason);
    cr_assert(reading_until(s, meter("W2").id, "8-0:1.0.0", now, &r, &found, &e) && found);
    cr_expect_str_eq(r.flags, "tamper,battery");
    cr_expect_str_eq(list_of("alarms", "meter W2", "kind", "state"),
                     "tamper open; battery-low open");
    cr_expect_str_eq(list_of("outbox", NULL, "to", "text"),
                     "+254700000001 meter W2 reports tampering: inspect it",
                     "a battery waits until somebody looks");
    now += DAY_S;
    take(WATER, "V=1.6 bat ok");
    cr_expect_str_eq(list_of("alarms", "meter W2", "kind", "state"),
                     "tamper cleared; battery-low cleared");
}

Test(device, an_alarm_without_a_reading_is_kept_too)
{
    take(GSM, "Cover open");
    take(GSM, "Cover open");
    cr_expect_str_eq(list_of("alarms", NULL, "subject", "text"),
                     "meter M1 meter M1 reports tampering: inspect it");
}

Test(device, use_after_a_cut_is_an_alarm_and_is_asked_for_again)
{
    int64_t id = meter("M1").id;
    struct request q;
    struct reading r;
    bool found;

    conf.validation.after_cut = 500;
    take(GSM, "120 kWh");
    cr_assert(meter_set_relay(s, id, "open", &e));
    now += DAY_S;
    take(GSM, "120.2 kWh"); /* what was still to come when it was cut */
    now += DAY_S;
    take(GSM, "125 kWh");
    cr_assert(reading_until(s, id, "1-0:1.8.0", now, &r, &found, &e) && found);
    cr_expect_str_eq(r.flags, "after-cut,off");
    cr_expect_str_eq(list_of("alarms", "meter M1", "kind", "state"), "after-cut open");
    cr_assert(request_open_of(s, REQUEST_READ, id, 0, 0, &q, &found, &e) && found);
    cr_expect_eq(q.cause, REQUEST_FOR_CUT);
    now += HOUR_S;
    take(GSM, "126 kWh");
    cr_expect_str_eq(list_of("alarms", "meter M1", "kind", "state"), "after-cut open",
                     "one for as long as it goes on");
}

Test(device, a_silent_concentrator_is_asked)
{
    int done;

    conf.reading.silence_s = 3 * DAY_S;
    now += 2 * DAY_S;
    take(BOX, "17=15.5;");
    take(GSM, "120 kWh");
    take(WATER, "V=1.5");
    now += 4 * DAY_S;
    take(GSM, "130 kWh");
    take(WATER, "V=1.6");
    cr_assert(metering_ask_due(s, &conf, profiles, NULL, now, 500, &done, &e), "%s",
              e.text);
    cr_expect_str_eq(list_of("outbox", BOX, "kind", "text"), "request ALL 7");
    take(BOX, "17=16.5;");
    cr_assert(metering_ask_due(s, &conf, profiles, NULL, now, 500, &done, &e), "%s",
              e.text);
    cr_expect_str_eq(list_of("outbox", BOX, "kind", "text"), "request ALL 7", "not again");
}

/* ---- clocks ---- */

static int64_t
drift_of(const char *name)
{
    struct device_clock c = {.meter_id = meter(name).id};

    cr_assert(device_clock_get(s, &c, &e), "%s", e.text);
    return c.drift_s;
}

Test(device, a_clock_that_is_off_is_seen_and_set_once_a_day)
{
    conf.reading.set_clock = true;
    take(GSM, "120 kWh at 2601011205"); /* five minutes ahead */
    cr_expect_eq(drift_of("M1"), 300);
    cr_expect_str_eq(list_of("outbox", GSM, "kind", "text"), "", "that may be");
    now += DAY_S;
    take(GSM, "121 kWh at 2601021300");
    cr_expect_eq(drift_of("M1"), 3600);
    cr_expect_str_eq(list_of("outbox", GSM, "kind", "text"), "request TIME 2601021200");
    cr_expect_str_eq(list_of("reading.clock", NULL, "device", "profile"), "M1 gsm");
    now += HOUR_S;
    take(GSM, "122 kWh at 2601021405");
    cr_expect_str_eq(list_of("outbox", GSM, "kind", "text"), "request TIME 2601021200");
    now += DAY_S;
    take(GSM, "123 kWh at 2601031302");
    cr_expect_eq(drift_of("M1"), 120);
    cr_expect_str_eq(list_of("outbox", GSM, "kind", "text"), "request TIME 2601021200");
}

Test(device, a_frozen_value_says_nothing_of_the_clock_but_an_answer_does)
{
    struct meter m = meter("M1");
    int64_t request_id;
    int done;

    conf.reading.set_clock = true;
    take(GSM, "120 kWh at 2601010000"); /* of midnight, pushed at noon */
    cr_expect_eq(drift_of("M1"), 0);
    cr_assert(metering_read_now(s, profiles, &m, "amina", now, &request_id, &e));
    cr_assert(metering_ask_due(s, &conf, profiles, NULL, now, 10, &done, &e));
    now += 60;
    take(GSM, "121 kWh at 2601011131");
    cr_expect_eq(drift_of("M1"), -1800);
    cr_expect_str_eq(list_of("outbox", GSM, "kind", "text"),
                     "request TIME 2601011201; request READ M1 sesame");
}

/* ---- replies that cannot be ---- */

Test(device, what_cannot_be_is_held_or_refused_by_a_rule_that_is_named)
{
    static const struct {
        const char *what, *text;
        int held, accepted;
        const char *rule; /* that begins the reason, or holds it */
    } cases[] = {
        {"NaN", "NaN kWh", 0, 0, "value"},
        {"infinity", "-inf kWh", 0, 0, "value"},
        {"two points", "1.2.3 kWh", 0, 0, "value"},
        {"40 digits", "1111111111222222222233333333334444444444 kWh", 0, 0, "value"},
        {"40 digits, unknown", "E=1111111111222222222233333333334444444444", 0, 0, "value"},
        {"more than its digits", "1234567 kWh", 1, 0, "digits"},
        {"another meter", "150 kWh of W2", 0, 0, "identity"},
        {"a clock of tomorrow's tomorrow", "150 kWh at 2601051200", 1, 0, "future"},
        {"a clock of the year 2000", "151 kWh at 0001011200", 1, 0, "ancient"},
        {"a day that does not exist", "152 kWh at 2602301200", 0, 0, "clock"},
        {"less than before", "99 kWh", 1, 0, "decrease"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct reading r = {0};
        bool found;
        char colon[40];

        now += HOUR_S;
        take(GSM, cases[i].text);
        cr_expect_eq(out.held, cases[i].held, "%s: %d held", cases[i].what, out.held);
        cr_expect_eq(out.accepted, cases[i].accepted, "%s", cases[i].what);
        cr_expect_eq(out.understood, cases[i].held > 0, "%s", cases[i].what);
        for (struct reading next = r;; r = next) { /* the newest of them */
            cr_assert(reading_next_held(s, "M1", r.id, &next, &found, &e));
            if (!found)
                break;
        }
        snprintf(colon, sizeof(colon), "%s: ", cases[i].rule);
        if (cases[i].held > 0)
            cr_expect(check_has_flag(r.flags, cases[i].rule), "%s: flags %s", cases[i].what,
                      r.flags);
        else
            cr_expect_eq(strncmp(out.reason, colon, strlen(colon)), 0, "%s: %s",
                         cases[i].what, out.reason);
    }
}

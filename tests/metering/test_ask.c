#include "meterpost/metering/ask.h"

#include "metering/village.h"
#include "meterpost/metering/reading.h"
#include "meterpost/store/outbox.h"

#define GSM "+254711000001"
#define BOX "+254722000001"

static void
start(void)
{
    make_village();
    settle_village();
}

TestSuite(ask, .init = start, .fini = remove_village);

static int
ask_due(void)
{
    int done;

    cr_assert(metering_ask_due(s, &conf, profiles, NULL, now, 100, &done, &e), "%s",
              e.text);
    return done;
}

static int64_t
read_now(const char *name)
{
    struct meter m = meter(name);
    int64_t id;

    cr_assert(metering_read_now(s, profiles, &m, "amina", now, &id, &e), "%s", e.text);
    return id;
}

static struct request
request(int64_t id)
{
    struct request r;
    bool found;

    cr_assert(request_by_id(s, id, &r, &found, &e) && found);
    return r;
}

/* The last message in the outbox. */
static struct outbox_row
message(int64_t id)
{
    struct outbox_row m;
    bool found;

    cr_assert(outbox_row_get(s, id, &m, &found, &e) && found, "no message %lld",
              (long long)id);
    return m;
}

/* The modem has sent message `id`. */
static void
send_message(int64_t id)
{
    struct outbox_change c = {.sent_at = now};

    cr_assert(outbox_row_step(s, id, OUTBOX_QUEUED, OUTBOX_SENDING, &c, &e), "%s", e.text);
    cr_assert(outbox_row_step(s, id, OUTBOX_SENDING, OUTBOX_SENT, &c, &e), "%s", e.text);
}

static struct metering_outcome
answer(const char *sender, const char *text)
{
    struct inbox_row m = text_from(sender, text);
    struct metering_outcome out;

    cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e), "%s", e.text);
    return out;
}

Test(ask, a_meter_is_asked_in_the_words_of_its_profile)
{
    int64_t id = read_now("M1");
    struct outbox_row m;

    cr_expect_eq(ask_due(), 1);
    cr_expect_eq(ask_due(), 0);
    m = message(1);
    cr_expect_str_eq(m.text, "READ M1 sesame");
    cr_expect_str_eq(m.number, GSM);
    cr_expect_eq(m.kind, OUT_REQUEST);
    cr_expect_eq(m.request_id, id);
    cr_expect_eq(request(id).state, REQUEST_ASKED);
    cr_expect_eq(request(id).attempts, 1);
}

Test(ask, its_reading_answers_it)
{
    int64_t id = read_now("M1");
    struct metering_outcome out;
    struct reading r;
    bool found;

    ask_due();
    send_message(1);
    now += 20;
    out = answer(GSM, "150 kWh");
    cr_expect_eq(out.request_id, id);
    cr_expect_eq(request(id).state, REQUEST_ANSWERED);
    cr_expect_eq(request(id).answered_at, now);
    cr_assert(reading_until(s, meter("M1").id, "1-0:1.8.0", now, &r, &found, &e) && found);
    cr_expect_eq(r.request_id, id);
    now += DAY_S;
    cr_expect_eq(ask_due(), 0);
}

Test(ask, a_silent_meter_is_asked_again_after_pauses_and_then_given_up)
{
    static const int pauses[] = {900, 3600};
    int64_t id = read_now("M1");

    for (int i = 0; i < 3; i++) {
        cr_expect_eq(ask_due(), 1, "attempt %d", i);
        cr_expect_eq(request(id).attempts, i + 1);
        send_message(i + 1);
        now += 599;
        cr_expect_eq(ask_due(), 0, "not late yet");
        now += 1;
        cr_expect_eq(ask_due(), 1);
        if (i < 2) {
            cr_expect_eq(request(id).state, REQUEST_WAITING);
            cr_expect_eq(request(id).next_at, now + pauses[i]);
            now += pauses[i];
        }
    }
    cr_expect_eq(request(id).state, REQUEST_FAILED);
    cr_expect_str_eq(request(id).reason, "no answer within 10 minutes");
}

Test(ask, the_time_for_an_answer_runs_from_when_the_message_left)
{
    int64_t id = read_now("M1");

    ask_due();
    now += 600;
    cr_expect_eq(ask_due(), 1, "still queued: waited for");
    cr_expect_eq(request(id).state, REQUEST_ASKED);
    now += 500;
    send_message(1);
    now += 100;
    cr_expect_eq(ask_due(), 1);
    cr_expect_eq(request(id).next_at, now + 500);
}

Test(ask, a_late_answer_still_counts)
{
    int64_t id = read_now("M1");

    ask_due();
    send_message(1);
    now += 600;
    ask_due();
    cr_expect_eq(request(id).state, REQUEST_WAITING);
    now += 60;
    answer(GSM, "150 kWh");
    cr_expect_eq(request(id).state, REQUEST_ANSWERED);
}

Test(ask, a_device_that_says_it_could_not_is_asked_again)
{
    int64_t id = read_now("M1");
    struct metering_outcome out;

    ask_due();
    out = answer(GSM, "Busy");
    cr_expect(out.understood);
    cr_expect_eq(out.request_id, id);
    cr_expect_eq(request(id).state, REQUEST_WAITING);
    cr_expect_str_eq(request(id).reason, "it says: meter-busy");
    cr_expect_eq(request(id).next_at, now + 900);
}

Test(ask, a_meter_behind_a_concentrator_is_asked_through_it)
{
    int64_t id = read_now("B4");

    ask_due();
    cr_expect_str_eq(message(1).text, "ALL 18");
    cr_expect_str_eq(message(1).number, BOX);
    answer(BOX, "No meter response");
    cr_expect_eq(request(id).state, REQUEST_WAITING);
    answer(BOX, "B4=20;");
    cr_expect_eq(request(id).state, REQUEST_ANSWERED);
}

Test(ask, an_open_question_is_not_asked_twice)
{
    int64_t id = read_now("M1");

    cr_expect_eq(read_now("M1"), id);
    ask_due();
    cr_expect_eq(read_now("M1"), id);
    cr_expect_eq(ask_due(), 0);
}

Test(ask, a_meter_that_cannot_be_asked_is_refused_in_a_sentence)
{
    struct meter m;
    int64_t id;

    must_import("meters", "meter,account,commodity,profile\nD9,1,water,water\n");
    m = meter("D9");
    cr_expect_not(metering_read_now(s, profiles, &m, "amina", now, &id, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
    cr_expect_str_eq(e.text, "'D9' has no phone and no concentrator");
}

Test(ask, a_meter_that_was_taken_down_meanwhile_is_given_up)
{
    int64_t id = read_now("M1");

    cr_assert(meter_close(s, meter("M1").id, now, &e));
    cr_expect_eq(ask_due(), 1);
    cr_expect_eq(request(id).state, REQUEST_FAILED);
    cr_expect_str_eq(request(id).reason, "'M1' is not in use any more");
}

Test(ask, each_call_is_bounded_and_says_when_it_goes_on)
{
    utc_t when;
    bool found;
    int done;

    cr_assert(metering_next_due(s, &conf, now, &when, &found, &e));
    cr_expect_not(found);
    read_now("M1");
    read_now("W2");
    cr_assert(metering_next_due(s, &conf, now, &when, &found, &e) && found);
    cr_expect_eq(when, now);
    cr_assert(metering_ask_due(s, &conf, profiles, NULL, now, 1, &done, &e));
    cr_expect_eq(done, 1);
    cr_expect_eq(ask_due(), 1);
    cr_assert(metering_next_due(s, &conf, now, &when, &found, &e) && found);
    cr_expect_eq(when, now + 600);
}

Test(ask, a_concentrator_is_asked_for_all_of_its_meters_with_one_message)
{
    struct concentrator box;
    struct outbox_row second;
    int64_t id, again;
    bool found;

    cr_assert(concentrator_by_name(s, "C1", &box, &found, &e) && found);
    cr_assert(metering_read_concentrator(s, profiles, &box, "amina", now, &id, &e), "%s",
              e.text);
    cr_assert(metering_read_concentrator(s, profiles, &box, "amina", now, &again, &e));
    cr_expect_eq(id, again, "it is asked once");
    ask_due();
    cr_expect_str_eq(message(1).number, BOX);
    cr_assert(outbox_row_get(s, 2, &second, &found, &e));
    cr_expect_not(found);
    answer(BOX, "17=15.5;B4=20;B5=30;");
    cr_expect_eq(request(id).state, REQUEST_ANSWERED);
    must_import("concentrators", "concentrator,profile,phone\nC9,box,0722000009\n");
    cr_assert(concentrator_by_name(s, "C9", &box, &found, &e) && found);
    cr_expect_not(metering_read_concentrator(s, profiles, &box, "amina", now, &again, &e));
    cr_expect(strstr(e.text, "nothing is behind") != NULL, "%s", e.text);
}

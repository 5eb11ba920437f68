/* test_due.c - what is told without anybody asking: the evening, alarms, readings. */
#include "parlour.h"

#include "meterpost/sms/alarm.h"
#include "meterpost/store/requests.h"
#include "meterpost/talk/due.h"

TestSuite(due, .init = parlour_open, .fini = parlour_close);

static int
turn(void)
{
    int done;

    cr_assert(talk_do_due(&parlour, 20, &done, &e), "%s", e.text);
    return done;
}

static void
set_staff(const char *name, bool digest, int on_call)
{
    struct staff p;

    cr_assert(staff_by_name(s, name, &p, &found, &e) && found);
    p.digest = digest;
    p.on_call = on_call;
    cr_assert(staff_update(s, &p, &e), "%s", e.text);
}

Test(due, the_digest_goes_out_once_each_evening_to_those_who_want_it)
{
    char text[OUTBOX_TEXT_MAX];
    utc_t when;

    cr_assert(talk_next_due(&parlour, &when, &e));
    cr_expect_eq(when, 0, "nobody wants it");
    set_staff("amina", true, 0);
    cr_assert(talk_next_due(&parlour, &when, &e));
    cr_expect_eq(when, at("2026-11-10T18:00"));
    turn();
    cr_expect_eq(told(AMINA, NULL, 0), 0, "not at noon");
    parlour.now = at("2026-11-10T18:00");
    turn();
    turn();
    cr_expect_eq(told(AMINA, text, sizeof(text)), 1);
    cr_expect_not_null(strstr(text, "10 Nov"), "%s", text);
    cr_expect_eq(told(JONAS, NULL, 0), 0);
    parlour.now = at("2026-11-11T18:30");
    turn();
    cr_expect_eq(told(AMINA, NULL, 0), 2, "the next day");
}

Test(due, the_head_of_the_audit_goes_to_one_person_each_evening)
{
    char text[OUTBOX_TEXT_MAX], head[AUDIT_HEAD_MAX];
    int64_t rows;

    snprintf(conf.staff.audit_to, sizeof(conf.staff.audit_to), "amina");
    turn();
    parlour.now = at("2026-11-10T18:00");
    cr_assert(audit_add(s, parlour.now, "root", "cli", "set", "meter 1", "x", &e));
    cr_assert(audit_head(s, head, &e));
    turn();
    cr_expect_eq(told(AMINA, text, sizeof(text)), 1);
    cr_expect_not_null(strstr(text, head), "%s lacks %s", text, head);
    cr_expect(audit_verify(s, &rows, &e), "%s", e.text);
    conf.staff.audit_to[0] = '\0';
}

static void
raise_alarm(const char *subject)
{
    struct alarm_new a = {
        .kind = "modem", .subject = subject, .text = "is silent: look at its cable"};

    cr_assert(alarm_raise(s, &conf, &a, parlour.now, NULL, &e), "%s", e.text);
}

Test(due, alarms_are_told_together_and_go_on_to_the_next_until_somebody_has_seen_them)
{
    char text[OUTBOX_TEXT_MAX];

    set_staff("jonas", false, 1);
    set_staff("amina", false, 2);
    raise_alarm("sim1");
    turn();
    cr_expect_eq(told(JONAS, text, sizeof(text)), 1);
    cr_expect_not_null(strstr(text, "look at its cable"), "%s", text);
    for (int i = 2; i < 7; i++) {
        char name[10];

        snprintf(name, sizeof(name), "sim%d", i);
        parlour.now += 10;
        raise_alarm(name);
        turn();
    }
    cr_expect_eq(told(JONAS, NULL, 0), 1, "more come within five minutes");
    parlour.now += 300;
    turn();
    cr_expect_eq(told(JONAS, text, sizeof(text)), 2, "one text for all of them");
    cr_expect_not_null(strstr(text, "4 more"), "%s", text);
    cr_expect_eq(told(AMINA, NULL, 0), 0);
    parlour.now += 900;
    turn();
    cr_expect_geq(told(AMINA, text, sizeof(text)), 1, "nobody has seen them");
    cr_expect_not_null(strstr(text, "nobody has seen"), "%s", text);
}

Test(due, an_alarm_that_was_seen_goes_no_further)
{
    set_staff("jonas", false, 1);
    set_staff("amina", false, 2);
    raise_alarm("sim1");
    turn();
    hear(JONAS, "SEEN");
    parlour.now += HOUR_S;
    turn();
    cr_expect_eq(told(AMINA, NULL, 0), 0);
}

Test(due, who_asked_for_a_reading_hears_what_the_meter_said)
{
    char text[OUTBOX_TEXT_MAX];
    struct request r;
    struct meter m;

    cr_assert(meter_by_name(s, "20481", &m, &found, &e) && found);
    snprintf(m.phone, sizeof(m.phone), "+254733000001");
    cr_assert(meter_update(s, &m, parlour.now, &e), "%s", e.text);
    cr_expect_not_null(strstr(answer_to(JONAS, "READ 20481"), "is asked"));
    turn();
    cr_expect_eq(told(JONAS, NULL, 0), 1);
    cr_assert(request_open_of(s, REQUEST_READ, m.id, 0, 0, &r, &found, &e) && found);
    add_reading(m.id, "2026-11-10T11:59", 321500);
    r.state = REQUEST_ANSWERED;
    r.answered_at = parlour.now;
    cr_assert(request_save(s, &r, &e), "%s", e.text);
    turn();
    turn();
    cr_expect_eq(told(JONAS, text, sizeof(text)), 2);
    cr_expect_not_null(strstr(text, "321.5 kWh"), "%s", text);
}

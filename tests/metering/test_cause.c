/* Why meters of a round are missing. */
#include "metering/asking.h"

TestSuite(cause, .init = start, .fini = end);

static struct round_cause causes[20];
static size_t n_causes;

static bool
take_cause(const struct round_cause *c, void *context)
{
    (void)context;
    causes[n_causes++] = *c;
    return n_causes < 20;
}

Test(cause, a_silent_transformer_is_one_line_and_not_ninety_six)
{
    char text[80 * 200], *at = text;
    bool found;

    must_import("groups", "group,name,parent,kind\nF1,Feeder,,feeder\n"
                          "T22,Dark,F1,transformer\nT23,Light,F1,transformer\n");
    must_import("accounts", "account,name,tariff\n77,All,domestic\n");
    at += sprintf(at, "meter,account,check_meter,commodity,profile,phone,group\n");
    for (int i = 0; i < 96 + 40; i++)
        at += sprintf(at, "D%03d,,yes,electricity,gsm,07440%05d,%s\n", i, i,
                      i < 96 ? "T22" : "T23");
    must_import("meters", text);
    conf.reading.attempts = 1;
    cr_assert(start_round("jan", "F1"), "%s", e.text);
    ask_due();
    for (int i = 97; i < 136; i++) {
        char number[20];

        snprintf(number, sizeof(number), "+2547440%05d", i);
        answer(number, "150 kWh");
    }
    send_all("sim1");
    now += 3600;
    ask_due();
    cr_assert(metering_round_summary(s, "jan", &sum, &found, &e) && found);
    cr_assert(metering_round_causes(s, &sum.round, take_cause, NULL, NULL, &e), "%s",
              e.text);
    cr_assert_eq(n_causes, 2);
    cr_expect_str_eq(causes[0].what, "transformer");
    cr_expect_str_eq(causes[0].name, "T22");
    cr_expect_eq(causes[0].missing, 96);
    cr_expect_eq(causes[0].of, 96);
    cr_expect_str_eq(causes[1].what, "single");
    cr_expect_eq(causes[1].missing, 1);
    cr_expect(strstr(causes[1].next, "--route") != NULL);
}

/* Asked a second time it is still not there: what is known of it does not go away. */
Test(cause, a_cause_stays_while_its_meters_are_asked_again)
{
    bool found;

    must_import("groups", "group,name,kind\nT30,Hill,transformer\n");
    must_import("meters", "meter,account,check_meter,commodity,profile,phone,group\n"
                          "E1,,yes,electricity,gsm,0744100001,T30\n"
                          "E2,,yes,electricity,gsm,0744100002,T30\n"
                          "E3,,yes,electricity,gsm,0744100003,T30\n");
    cr_assert(start_round("jan", "T30"), "%s", e.text);
    for (int turn = 0; turn < 2; turn++) {
        ask_due();
        send_all("sim1");
        now += turn == 0 ? 601 : 900;
        ask_due();
    }
    cr_assert(metering_round_summary(s, "jan", &sum, &found, &e) && found);
    cr_assert(metering_round_causes(s, &sum.round, take_cause, NULL, NULL, &e), "%s",
              e.text);
    cr_assert_eq(n_causes, 1);
    cr_expect_str_eq(causes[0].name, "T30");
    cr_expect_eq(causes[0].missing, 3);
    cr_expect(strstr(causes[0].next, "asked by sms until 2026-01-01") != NULL, "%s",
              causes[0].next);
}

/* Their customers tell what the meters do not: those are as silent as before. */
Test(cause, customers_who_answer_do_not_hide_a_silent_transformer)
{
    bool found;

    must_import("groups", "group,name,kind\nT30,Hill,transformer\n");
    must_import("accounts", "account,name,tariff,phones\n30,A,domestic,0755000030\n"
                            "31,B,domestic,0755000031\n32,C,domestic,0755000032\n");
    must_import("meters", "meter,account,commodity,profile,phone,group\n"
                          "E1,30,electricity,gsm,0744100001,T30\n"
                          "E2,31,electricity,gsm,0744100002,T30\n"
                          "E3,32,electricity,gsm,0744100003,T30\n");
    set_fallback(2, CONF_CHANNEL_SMS, CONF_CHANNEL_CUSTOMER, CONF_CHANNEL_SMS);
    conf.reading.attempts = 1;
    cr_assert(start_round("jan", "T30"), "%s", e.text);
    ask_due();
    send_all("sim1");
    now += 601;
    ask_due();
    ask_due();
    customer_reads("E1", 12000);
    cr_assert(metering_round_summary(s, "jan", &sum, &found, &e) && found);
    cr_expect_eq(sum.counts.of[ROUND_IN], 1);
    cr_assert(metering_round_causes(s, &sum.round, take_cause, NULL, NULL, &e), "%s",
              e.text);
    cr_assert_eq(n_causes, 1);
    cr_expect_str_eq(causes[0].name, "T30");
    cr_expect_eq(causes[0].missing, 2);
    cr_expect_eq(causes[0].of, 3);
    cr_expect(strstr(causes[0].next, "customers asked until 2026-01-") != NULL, "%s",
              causes[0].next);
}

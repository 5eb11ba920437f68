/*
 * Who is on duty hears by text message what is wrong: together, until somebody has seen it,
 * else the next; and each evening the day and the head of the audit, by which the audit is
 * verified afterwards. The real engine and its modem.
 */
#include "staff_phones.h"

#define JONAS "+254722000101"
#define AMINA "+254722000102"
#define OWNER "+254722000103"

static const struct person jonas = {.name = "jonas", .phone = JONAS};

static void
begin(void)
{
    begin_with("staff: {digest: \"18:00\", audit_to: owner}\n"
               "alarms: {group: 5m, escalate: 15m}\n");
    settle_owing(8, "0");
    done("root", 0, "--yes group add T1 name=Market");
    done("root", 0, "--yes group add T2 name=Harbour");
    for (int i = 1; i <= 8; i++) {
        char name[20];

        json_decref(as("root", 0, "--yes meter set %s group=T%d", meter_name(i, name),
                       1 + (i - 1) / 4));
    }
    done("root", 0,
         "--yes staff add jonas name=Jonas role=operator phone=" JONAS " on_call=1");
    done("root", 0,
         "--yes staff add amina name=Amina role=admin phone=" AMINA " on_call=2");
    done("root", 0,
         "--yes staff add owner name=Owner role=reader phone=" OWNER " digest=yes");
}

TestSuite(duty, .init = begin, .fini = end, .timeout = 300);

static json_int_t
heard_until_now(void)
{
    return hear(JONAS, 0);
}

static void
expect_text(const char *phone, json_int_t since, const char *want)
{
    hear(phone, since);
    cr_expect(want == NULL ? said[0] == '\0' : strstr(said, want) != NULL,
              "%s got '%s', want '%s'", phone, said, want == NULL ? "nothing" : want);
}

static json_t *
audit_verify_at(const char *head, int want)
{
    json_t *answer = NULL;

    cr_expect_eq(rig_meterpost(r, &answer, &e, "audit", "verify", head, NULL), want, "%s",
                 e.text);
    return answer;
}

/* Neighbours of a transformer (1 to 4, 5 to 8) say that they have no supply. */
static void
no_supply(int first)
{
    for (int i = first; i < first + 4; i++) {
        char phone[20];

        snprintf(phone, sizeof(phone), "+2547220%05d", i);
        cr_assert(rig_inject(r, phone, "sim1", "NOPOWER", &e), "%s", e.text);
        idle();
    }
}

Test(duty, alarms_are_grouped_escalated_and_taken_over)
{
    json_int_t since = heard_until_now();

    no_supply(1);
    expect_text(JONAS, since, "Market");
    expect_text(AMINA, since, NULL);
    since = heard_until_now();
    no_supply(5);
    expect_text(JONAS, since, NULL); /* within the five minutes of the first */
    minutes_pass(6);
    expect_text(JONAS, since, "Harbour");
    since = heard_until_now();
    minutes_pass(20);
    expect_text(AMINA, since, "nobody has seen it yet");
    texts(&jonas, "SEEN", "SEEN: seen.");
    since = heard_until_now();
    minutes_pass(60);
    expect_text(AMINA, since, NULL);
    expect_text(JONAS, since, NULL);
}

Test(duty, an_alarm_that_was_seen_wakes_nobody_else)
{
    json_int_t since;

    no_supply(1);
    texts(&jonas, "SEEN", "seen");
    since = heard_until_now();
    minutes_pass(60);
    expect_text(AMINA, since, NULL);
}

Test(duty, the_evening_brings_the_day_and_the_head_of_the_audit)
{
    json_int_t since = heard_until_now();
    char head[60], database[RIG_PATH_MAX];
    const char *quoted;
    json_t *answer;

    until("2026-03-02T18:01+03:00");
    hear(OWNER, since);
    quoted = strstr(said, "audit verify \"");
    cr_assert(quoted != NULL && sscanf(quoted, "audit verify \"%59[^\"]", head) == 1,
              "no head: %s", said);
    answer = rig_ask(r, &e, "{s:s,s:I}", "do", "sent", "since", since);
    {
        char *all = json_dumps(answer, 0);

        cr_expect_not_null(strstr(all, "0 payments"), "no digest: %s", all);
        free(all);
    }
    json_decref(answer);
    answer = as("root", 0, "audit list --limit 1000");
    {
        char *all = json_dumps(answer, 0);

        cr_expect_not_null(strstr(all, "\"settings\""), "the settings are noted");
        free(all);
    }
    json_decref(answer);
    until("2026-03-03T17:00+03:00");
    answer = audit_verify_at(head, 0);
    cr_expect_eq(json_integer_value(json_object_get(answer, "audit_signed_from")), 1);
    json_decref(answer);
    json_decref(audit_verify_at("1 0123456789abcde", 1));
    /* The key is lost: verifying says so, the next start makes another and an alarm. */
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    rig_path(r, "meterpost.db.audit", database);
    cr_assert_eq(remove(database), 0, "%s", database);
    json_decref(audit_verify_at(NULL, 1));
    cr_expect_not_null(strstr(e.text, "heads"), "%s", e.text);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    since = heard_until_now();
    minutes_pass(10);
    expect_text(JONAS, since, "key of the audit is new");
    answer = audit_verify_at(head, 0);
    cr_expect_gt(json_integer_value(json_object_get(answer, "audit_signed_from")), 1);
    json_decref(answer);
}

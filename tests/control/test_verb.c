#include "meterpost/control/verb.h"
#include "meterpost/sms/inbox.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/list.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/meterpost-verb-XXXXXX";
static char path[64];
static struct conf settings = {.utility.country_code = "254"};
static struct desk desk;
static struct err e;

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/m.db", folder);
    desk.now = 1800000000;
    desk.conf = &settings;
    cr_assert(store_open(path, STORE_WRITE, &desk.store, &e), "%s", e.text);
}

static void
tear_down(void)
{
    char command[100];

    store_close(desk.store);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(verb, .init = set_up, .fini = tear_down);

Test(verb, an_empty_utility_is_idle_and_has_nothing_due)
{
    json_t *answer = json_object(), *arguments = json_object();

    cr_assert(control_run(&desk, "status", "root", arguments, answer, &e), "%s", e.text);
    cr_expect(json_is_true(json_object_get(answer, "idle")));
    cr_expect(json_is_null(json_object_get(answer, "next_due")));
    cr_expect_eq(json_integer_value(json_object_get(answer, "meters")), 0);
    json_decref(answer);
    json_decref(arguments);
}

Test(verb, a_message_that_waits_for_its_second_part_is_due_when_the_wait_is_over)
{
    struct inbox_part part = {.modem = "sim1",
                              .sender = "+254711000001",
                              .ref = 7,
                              .ref_bits = 8,
                              .total = 2,
                              .number = 1,
                              .received_at = 1800000000};
    json_t *answer = json_object(), *arguments = json_object();
    char want[TIME_TEXT_MAX];
    bool added;
    int64_t id;

    cr_assert(store_begin(desk.store, &e) &&
                  inbox_part_add(desk.store, &part, &id, &added, &e) && added &&
                  store_commit(desk.store, &e),
              "%s", e.text);
    cr_assert(control_run(&desk, "status", "root", arguments, answer, &e), "%s", e.text);
    clock_iso(1800000000 + INBOX_PARTS_WAIT_S, want);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "next_due")), want);
    json_decref(answer);
    json_decref(arguments);
}

Test(verb, an_unknown_verb_is_met_with_the_nearest_one)
{
    json_t *answer = json_object(), *arguments = json_object();

    cr_expect_not(control_run(&desk, "statsu", "root", arguments, answer, &e));
    cr_expect_not_null(strstr(e.text, "'status'"), "%s", e.text);
    json_decref(answer);
    json_decref(arguments);
}

Test(verb, arguments_that_are_no_object_are_refused)
{
    json_t *answer = json_object(), *arguments = json_array();

    cr_expect_not(control_run(&desk, "status", "root", arguments, answer, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
    json_decref(answer);
    json_decref(arguments);
}

Test(verb, a_job_of_an_unknown_kind_ends_as_failed)
{
    struct job job;
    int64_t id;
    bool found;

    cr_assert(store_begin(desk.store, &e));
    cr_assert(job_add(desk.store, "dance", "{}", "root", desk.now, &id, &e), "%s", e.text);
    cr_assert(store_commit(desk.store, &e));
    cr_assert(job_get(desk.store, id, &job, &found, &e) && found);
    cr_expect(control_job_slice(&desk, &job, 50, &e), "%s", e.text);
    cr_assert(job_get(desk.store, id, &job, &found, &e) && found);
    cr_expect_eq(job.state, JOB_FAILED);
    cr_expect_not_null(strstr(job.error, "dance"), "%s", job.error);
}

/* The answer of one verb, or NULL with the reason in e. */
static json_t *
answer_of(const char *verb, const char *arguments)
{
    json_t *in = json_loads(arguments, 0, NULL), *out = json_object();

    cr_assert_not_null(in, "%s", arguments);
    if (!control_run(&desk, verb, "amina", in, out, &e)) {
        json_decref(out);
        out = NULL;
    }
    json_decref(in);
    return out;
}

static size_t
rows_of(const char *list)
{
    json_t *rows = list_array(desk.store, list, &(struct list_filter){0}, 2, &e);
    size_t n = json_array_size(rows);

    cr_assert_not_null(rows, "%s", e.text);
    json_decref(rows);
    return n;
}

Test(verb, a_message_by_hand_is_queued_once_and_audited)
{
    static const char send[] =
        "{\"number\":\"0700 000 001\",\"text\":\"No supply on Sunday\"}";
    json_t *first = answer_of("message.send", send), *second;

    cr_assert_not_null(first, "%s", e.text);
    second = answer_of("message.send", send);
    cr_assert_not_null(second, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(first, "to")), "+254700000001");
    cr_expect(
        json_equal(json_object_get(first, "message"), json_object_get(second, "message")));
    cr_expect_eq(rows_of("outbox"), 1);
    cr_expect_eq(rows_of("audit"), 2);
    json_decref(first);
    json_decref(second);
}

Test(verb, a_trial_run_answers_the_same_and_leaves_nothing)
{
    json_t *answer = answer_of(
        "message.send", "{\"number\":\"0700000001\",\"text\":\"hello\",\"dry_run\":true}");

    cr_assert_not_null(answer, "%s", e.text);
    cr_expect(json_is_true(json_object_get(answer, "dry_run")));
    cr_expect_eq(json_integer_value(json_object_get(answer, "segments")), 1);
    cr_expect_eq(rows_of("outbox"), 0);
    cr_expect_eq(rows_of("audit"), 0);
    json_decref(answer);
}

Test(verb, wrong_arguments_are_refused_and_leave_nothing)
{
    static const struct {
        const char *verb, *arguments, *want;
    } cases[] = {
        {"message.send", "{}", "'number' must be given"},
        {"message.send", "{\"number\":7,\"text\":\"x\"}", "as a text"},
        {"message.send", "{\"number\":\"0700000001\",\"text\":\"\"}", "not be empty"},
        {"message.send", "{\"number\":\"+\",\"text\":\"x\"}", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_expect_null(answer_of(cases[i].verb, cases[i].arguments), "%s %s", cases[i].verb,
                       cases[i].arguments);
        cr_expect_not_null(strstr(e.text, cases[i].want), "%s: got '%s', want '%s'",
                           cases[i].arguments, e.text, cases[i].want);
        cr_expect_eq(rows_of("outbox") + rows_of("audit"), 0, "%s", cases[i].arguments);
    }
}

Test(verb, a_sound_store_is_verified)
{
    json_t *answer = answer_of("verify", "{}");

    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "integrity")), "ok");
    json_decref(answer);
}

static void
write_file(const char *name, const char *text)
{
    char file[100];
    FILE *to;

    snprintf(file, sizeof(file), "%s/%s", folder, name);
    to = fopen(file, "w");
    cr_assert_not_null(to);
    fputs(text, to);
    fclose(to);
}

static json_t *
import_of(const char *kind, const char *text, bool trial)
{
    json_t *in = json_pack("{s:s, s:s, s:b}", "kind", kind, "text", text, "dry_run", trial);
    char *arguments = json_dumps(in, 0);
    json_t *out = answer_of("import", arguments);

    free(arguments);
    json_decref(in);
    return out;
}

/* One tariff, one profile, two accounts with a meter each. */
static void
settle(void)
{
    static struct tariff_set set;
    struct problems p = {0};
    json_t *answer;

    settings.decimals = 2;
    strcpy(settings.utility.currency, "KES");
    strcpy(settings.utility.language, "en");
    strcpy(settings.billing.number_format, "{year}-{seq:06}");
    settings.reading.freeze_day = 1;
    settings.billing.due_days = 14;
    settings.billing.min_days = 5;
    settings.validation.too_old_s = 400 * DAY_S;
    settings.validation.clock_hold_s = HOUR_S;
    write_file("t.yaml", "tariff: dom\nname: Domestic\ncommodity: electricity\nunit: kWh\n"
                         "currency: KES\ndecimals: 2\n"
                         "period: {frequency: month, normal_days: 30}\n"
                         "rounding: {line: {mode: half_up, step: \"0.01\"}}\n"
                         "components:\n"
                         "  - {code: energy, label: Energy, type: blocks,"
                         " blocks: [{rate: \"10\"}]}\n");
    cr_assert(tariff_set_read(&set, folder, &p), "%s", p.count > 0 ? p.at[0].text : "");
    desk.tariffs = &set;
    cr_assert(profiles_load(TOP "/conf/profiles", &desk.profiles, &p));
    answer = import_of("accounts",
                       "account,name,tariff,opening_balance\n"
                       "1001,Asha,dom,100.00\n1002,Juma,dom,\n",
                       false);
    cr_assert_not_null(answer, "%s", e.text);
    cr_assert_eq(json_integer_value(json_object_get(answer, "rows")), 2);
    json_decref(answer);
    answer =
        import_of("meters",
                  "meter,account,commodity,profile,phone,initial_reading,installed_on\n"
                  "10101010,1001,electricity,kamstrup-gsm7i,+254711000001,100,2026-12-01\n"
                  "10101011,1002,electricity,kamstrup-gsm7i,+254711000002,0,2026-12-01\n",
                  false);
    cr_assert_not_null(answer, "%s", e.text);
    cr_assert_eq(json_integer_value(json_object_get(answer, "rows")), 2);
    json_decref(answer);
}

static void
pack_up(void)
{
    tariff_set_free(desk.tariffs);
    profiles_free(desk.profiles);
}

Test(verb, a_wrong_file_is_told_line_by_line_and_nothing_of_it_is_kept)
{
    json_t *answer, *problems;

    settle();
    answer = import_of("accounts",
                       "account,name,tariff\n1003,Good,dom\n1004,Bad,nosuch\n"
                       "1003,Twice,dom\n",
                       false);
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "outcome")), "failed");
    problems = json_object_get(answer, "problems");
    cr_expect_eq(json_array_size(problems), 2);
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(problems, 0), "line")),
                 3);
    cr_expect_eq(rows_of("accounts"), 2);
    cr_expect_eq(rows_of("audit"), 2);
    json_decref(answer);
    pack_up();
}

/* Run a job to its end as the command line does. */
static json_t *
job_answer(json_t *started)
{
    volatile sig_atomic_t stop = 0;
    json_t *answer = json_object();
    int64_t id = json_integer_value(json_object_get(started, "job"));

    cr_assert(control_job_run(&desk, id, &stop, NULL, NULL, answer, &e), "%s", e.text);
    json_decref(started);
    return answer;
}

Test(verb, a_month_is_billed_once_and_a_receipt_is_booked_once)
{
    json_t *answer, *again;

    cr_assert(clock_zone_set("UTC", &e), "%s", e.text);
    settle();
    answer = import_of("readings",
                       "meter,register,value,taken_at\n"
                       "10101010,1-0:1.8.0,150,2027-01-01T00:05\n",
                       false);
    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
    answer = answer_of("bill.issue", "{\"month\":\"2026-12\",\"dry_run\":true}");
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_eq(json_integer_value(json_object_get(answer, "issued")), 1);
    cr_expect_eq(rows_of("bills"), 0);
    json_decref(answer);
    answer = answer_of("bill.issue", "{\"month\":\"2026-12\"}");
    cr_assert_not_null(answer, "%s", e.text);
    answer = job_answer(answer);
    cr_expect_eq(json_integer_value(json_object_get(answer, "issued")), 1);
    cr_expect_eq(json_integer_value(json_object_get(answer, "skipped")), 1);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "total")), "500.00");
    json_decref(answer);
    answer = job_answer(answer_of("bill.issue", "{\"month\":\"2026-12\"}"));
    cr_expect_eq(json_integer_value(json_object_get(answer, "issued")), 0);
    json_decref(answer);
    answer = answer_of("pay.add",
                       "{\"account\":\"1001\",\"amount\":\"600\",\"reference\":\"R1\"}");
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "balance")), "0.00");
    again = answer_of("pay.add",
                      "{\"account\":\"1001\",\"amount\":\"600\",\"reference\":\"R1\"}");
    cr_assert_not_null(again, "%s", e.text);
    cr_expect(json_is_true(json_object_get(again, "repeated")));
    cr_expect_eq(rows_of("payments"), 1);
    json_decref(answer);
    json_decref(again);
    answer = answer_of("verify", "{}");
    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
    pack_up();
}

Test(verb, a_job_that_is_stopped_ends_as_done_in_part)
{
    volatile sig_atomic_t stop = 1;
    json_t *answer, *started;
    struct job job;
    bool found;
    int64_t id;

    settle();
    started = answer_of("bill.issue", "{\"month\":\"2026-12\"}");
    cr_assert_not_null(started, "%s", e.text);
    id = json_integer_value(json_object_get(started, "job"));
    answer = json_object();
    cr_assert(control_job_run(&desk, id, &stop, NULL, NULL, answer, &e), "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "outcome")), "part");
    cr_assert(job_get(desk.store, id, &job, &found, &e) && found);
    cr_expect_eq(job.state, JOB_CANCELLED);
    json_decref(started);
    json_decref(answer);
    pack_up();
}

Test(verb, payments_of_a_file_are_booked_once_and_strangers_wait_in_suspense)
{
    static const char file[] = "date,amount,account,reference,channel\n"
                               "2027-01-02,40.00,1001,A1,bank\n"
                               "2027-01-03,20.50,9999,A2,bank\n";
    json_t *answer;

    cr_assert(clock_zone_set("UTC", &e), "%s", e.text);
    settle();
    answer = import_of("payments", file, false);
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_eq(json_integer_value(json_object_get(answer, "rows")), 2);
    cr_expect_eq(json_integer_value(json_object_get(answer, "suspense")), 1);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "total")), "60.50");
    json_decref(answer);
    answer = import_of("payments", file, false);
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_eq(json_integer_value(json_object_get(answer, "rows")), 0);
    cr_expect_eq(json_integer_value(json_object_get(answer, "existing")), 2);
    cr_expect_eq(rows_of("payments"), 2);
    json_decref(answer);
    answer = answer_of("verify", "{}");
    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
    pack_up();
}

Test(verb, a_wrong_file_of_payments_books_nothing)
{
    static const struct {
        const char *file;
        int line;
        const char *want;
    } cases[] = {
        {"", 0, "must not be empty"},
        {"date,amount,account\n", 1, "'reference' is missing"},
        {"date,amount,account,reference,acount\n", 1, "no column 'acount'"},
        {"date,amount,account,reference,date\n", 1, "twice"},
        {"date,amount,account,reference\n2027-02-30,1,1001,A\n", 2, ""},
        {"date,amount,account,reference\n2027-01-31,1,1001,A\n", 2, "in the future"},
        {"date,amount,account,reference\n2027-01-01,1.005,1001,A\n", 2, ""},
        {"date,amount,account,reference\n2027-01-01,-1,1001,A\n", 2, "above zero"},
        {"date,amount,account,reference\n2027-01-01,1,1001,\n", 2, "receipt"},
        {"date,amount,account,reference\n2027-01-01,1,1001,A\n2027-01-01,1,1001,A\n", 3,
         "line 2 already"},
        {"date,amount,account,reference\n2027-01-01,1\n", 2, ""},
    };

    cr_assert(clock_zone_set("UTC", &e), "%s", e.text);
    settle();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *answer = import_of("payments", cases[i].file, false);
        json_t *first = json_array_get(json_object_get(answer, "problems"), 0);
        const char *text = json_string_value(json_object_get(first, "text"));

        if (answer == NULL)
            text = e.text;
        cr_assert_not_null(text, "%s was taken", cases[i].file);
        cr_expect_not_null(strstr(text, cases[i].want), "%s: got '%s', want '%s'",
                           cases[i].file, text, cases[i].want);
        cr_expect_eq(json_integer_value(json_object_get(first, "line")), cases[i].line,
                     "%s", cases[i].file);
        cr_expect_eq(rows_of("payments"), 0, "%s", cases[i].file);
        json_decref(answer);
    }
    pack_up();
}

Test(verb, a_reading_by_hand_goes_through_the_checks)
{
    static const struct {
        const char *arguments, *want;
    } refused[] = {
        {"{\"meter\":\"nosuch\",\"value\":\"1\"}", "no meter 'nosuch'"},
        {"{\"meter\":\"10101010\",\"value\":\"1x\"}", "decimal"},
        {"{\"meter\":\"10101010\",\"value\":\"1\",\"taken_at\":\"2031-01-01\"}", "future"},
        {"{\"meter\":\"10101010\",\"value\":\"1\",\"source\":\"sms\"}", "manual"},
        {"{\"meter\":\"10101010\"}", "'value' must be given"},
    };
    json_t *answer;

    settle();
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        cr_expect_null(answer_of("reading.add", refused[i].arguments));
        cr_expect_not_null(strstr(e.text, refused[i].want), "%s: got '%s', want '%s'",
                           refused[i].arguments, e.text, refused[i].want);
    }
    cr_expect_eq(rows_of("readings"), 0);
    answer = answer_of("reading.add", "{\"meter\":\"10101010\",\"value\":\"150.5\"}");
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "register")), "1-0:1.8.0");
    cr_expect_eq(json_integer_value(json_object_get(answer, "held")), 0);
    json_decref(answer);
    answer = answer_of("reading.add", "{\"meter\":\"10101010\",\"value\":\"90\"}");
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_eq(json_integer_value(json_object_get(answer, "held")), 1);
    json_decref(answer);
    pack_up();
}

Test(verb, meters_are_asked_and_the_one_that_cannot_be_does_not_stop_the_others)
{
    json_t *answer, *rows;

    settle();
    cr_expect_null(answer_of("read", "{\"meters\":[\"nosuch\"]}"));
    cr_expect_not_null(strstr(e.text, "nosuch"), "%s", e.text);
    cr_expect_null(answer_of("read", "{\"meters\":[]}"));
    cr_expect_null(answer_of("read", "{\"meters\":[7]}"));
    answer = answer_of("read", "{\"meters\":[\"10101010\",\"nosuch\"]}");
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "outcome")), "part");
    rows = json_object_get(answer, "requests");
    cr_expect_gt(json_integer_value(json_object_get(json_array_get(rows, 0), "request")),
                 0);
    cr_expect_not_null(json_object_get(json_array_get(rows, 1), "error"));
    json_decref(answer);
    pack_up();
}

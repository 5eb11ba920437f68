#include "meterpost/control/verb.h"
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
    cr_assert(job_get(desk.store, id, &job, &found, &e) && found);
    cr_expect(control_job_slice(&desk, &job, 50, &e), "%s", e.text);
    cr_assert(store_commit(desk.store, &e));
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

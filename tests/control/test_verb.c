#include "meterpost/control/verb.h"
#include "meterpost/store/audit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/meterpost-verb-XXXXXX";
static char path[64];
static struct desk desk;
static struct err e;

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/m.db", folder);
    desk.now = 1800000000;
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

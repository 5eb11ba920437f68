#include "meterpost/control/verb.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/inbox.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW 1800000000

static char folder[] = "/tmp/meterpost-quarantine-XXXXXX";
static struct conf settings = {.utility.country_code = "254"};
static struct desk desk = {.conf = &settings, .now = NOW};
static struct err e;

static void
set_up(void)
{
    char path[64];

    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/m.db", folder);
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

TestSuite(quarantine, .init = set_up, .fini = tear_down);

static int64_t
add_message(enum inbox_state state)
{
    static struct inbox_row m;
    int64_t id;

    memset(&m, 0, sizeof(m));
    snprintf(m.modem, sizeof(m.modem), "sim1");
    snprintf(m.sender, sizeof(m.sender), "+254711000003");
    snprintf(m.text, sizeof(m.text), "LOW BATT 3.1V CALL SERVICE");
    m.parts = 1;
    m.state = INBOX_NEW;
    m.received_at = NOW - DAY_S;
    cr_assert(inbox_row_add(desk.store, &m, &id, &e), "%s", e.text);
    if (state != INBOX_NEW)
        cr_assert(inbox_finish(desk.store, id, state, NULL, "no rule", 0, 0, 0, NOW, &e));
    return id;
}

static enum inbox_state
state_of(int64_t id, utc_t *received)
{
    static struct inbox_row m;
    bool found;

    cr_assert(inbox_row_get(desk.store, id, &m, &found, &e) && found);
    *received = m.received_at;
    return m.state;
}

static bool
run(const char *verb, json_t *arguments)
{
    json_t *answer = json_object();
    bool good = control_run(&desk, verb, "amina", arguments, answer, &e);

    json_decref(arguments);
    json_decref(answer);
    return good;
}

Test(quarantine, a_message_is_read_again_with_its_own_time)
{
    int64_t id = add_message(INBOX_QUARANTINED), rows;
    utc_t received;

    cr_assert(run("quarantine.replay", json_pack("{s:[I]}", "ids", (json_int_t)id)), "%s",
              e.text);
    cr_expect_eq(state_of(id, &received), INBOX_NEW);
    cr_expect_eq(received, NOW - DAY_S);
    cr_expect(audit_verify(desk.store, &rows, &e) && rows == 1);
}

Test(quarantine, all_means_all_that_are_there_and_nothing_else)
{
    int64_t one = add_message(INBOX_QUARANTINED), two = add_message(INBOX_QUARANTINED);
    int64_t done = add_message(INBOX_DONE);
    utc_t received;

    cr_assert(
        run("quarantine.drop", json_pack("{s:b, s:s}", "all", 1, "reason", "advertising")),
        "%s", e.text);
    cr_expect_eq(state_of(one, &received), INBOX_IGNORED);
    cr_expect_eq(state_of(two, &received), INBOX_IGNORED);
    cr_expect_eq(state_of(done, &received), INBOX_DONE);
}

Test(quarantine, one_wrong_number_changes_nothing)
{
    int64_t good = add_message(INBOX_QUARANTINED), done = add_message(INBOX_DONE);
    utc_t received;

    cr_expect_not(
        run("quarantine.drop", json_pack("{s:[I, I], s:s}", "ids", (json_int_t)good,
                                         (json_int_t)done, "reason", "advertising")));
    cr_expect_eq(state_of(good, &received), INBOX_QUARANTINED);
    cr_expect_not(run("quarantine.drop", json_pack("{s:[I]}", "ids", (json_int_t)good)),
                  "without a reason");
    cr_expect_not(run("quarantine.replay", json_pack("{s:[]}", "ids")));
    cr_expect_not(run("quarantine.replay", json_pack("{s:[s]}", "ids", "1 OR 1=1")));
}

/* Messages through the engine: what is committed before what, and what a commit that fails
 * undoes. */
#include "engine/one_modem.h"

Test(engine, a_message_goes_out_and_its_result_comes_back)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_NOTICE);
    rounds(2);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_SEND);
    cr_expect_str_eq(got.u.send.number, NUMBER);
    expect_state(id, OUTBOX_SENDING);
    answer(WIRE_SENT);
    rounds(2);
    expect_state(id, OUTBOX_SENT);
    cr_expect_not(hear());
}

Test(engine, one_message_at_a_time_is_with_a_modem)
{
    open_engine();
    be_ready();
    queue("a", OUT_NOTICE);
    queue("b", OUT_NOTICE);
    rounds(5);
    cr_assert(hear());
    cr_expect_not(hear());
    answer(WIRE_SENT);
    rounds(5);
    cr_expect(hear());
    cr_expect_not(hear());
}

/* What somebody else sees in the store at the moment that the worker gets the message. */
static int
watch_commit(int64_t id)
{
    struct pollfd p = {.fd = peer, .events = POLLIN};
    struct outbox_row m = {.state = OUTBOX_STATES};
    char path[100];
    struct store *reader;
    bool found;

    snprintf(path, sizeof(path), "%s/test.db", dir);
    if (poll(&p, 1, 5000) != 1 || !store_open(path, STORE_READ, &reader, &e) ||
        !outbox_row_get(reader, id, &m, &found, &e))
        return OUTBOX_STATES;
    store_close(reader);
    return (int)m.state;
}

Test(engine, the_row_is_committed_before_the_worker_hears_of_it)
{
    int64_t id;
    int status = 0;
    pid_t watcher;

    open_engine();
    be_ready();
    id = queue("a", OUT_NOTICE);
    watcher = fork();
    if (watcher == 0)
        _exit(watch_commit(id));
    rounds(2);
    /* the engine reaps all children: it must not run before we have seen this one end */
    cr_assert_eq(waitpid(watcher, &status, 0), watcher);
    cr_expect_eq(WEXITSTATUS(status), OUTBOX_SENDING, "got %s",
                 outbox_state_name((enum outbox_state)WEXITSTATUS(status)));
}

Test(engine, what_arrived_is_forgotten_only_when_it_is_committed)
{
    open_engine();
    be_ready();
    cr_assert(store_exec(en.desk->store, "PRAGMA max_page_count=1", &e));
    for (int i = 0; i < 20; i++) { /* more than fits into the pages that are there */
        char body[700];

        memset(body, 'a' + i, sizeof(body) - 1);
        body[sizeof(body) - 1] = '\0';
        say(text((uint64_t)i + 1, body));
    }
    rounds(5);
    cr_expect_not(hear(), "forgotten, but never stored");
    cr_expect_eq(inbox_count(), 0);
    cr_assert(store_exec(en.desk->store, "PRAGMA max_page_count=1000000", &e));
    en.rest_until_ms = 0;
    rounds(5);
    cr_expect_eq(inbox_count(), 20);
    for (uint64_t i = 1; i <= 20; i++) {
        cr_assert(hear());
        cr_expect_eq(got.kind, WIRE_FORGET);
        cr_expect_eq(got.u.forget.token, i);
    }
}

/* From now on whatever writes `event` makes the COMMIT of its transaction fail. */
static void
spoil(const char *event)
{
    char sql[400];

    snprintf(sql, sizeof(sql),
             "CREATE TABLE spoilt (id INTEGER REFERENCES account(id)"
             " DEFERRABLE INITIALLY DEFERRED);"
             "CREATE TRIGGER spoil AFTER %s BEGIN INSERT INTO spoilt VALUES (99999); END",
             event);
    cr_assert(store_exec(en.desk->store, sql, &e), "%s", e.text);
}

static void
mend(void)
{
    cr_assert(store_exec(en.desk->store, "DROP TRIGGER spoil", &e), "%s", e.text);
    en.rest_until_ms = 0;
}

Test(engine, nothing_is_sent_when_the_commit_fails)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    spoil("UPDATE ON outbox");
    rounds(3);
    cr_expect_not(hear(), "it was sent, and nobody will know");
    expect_state(id, OUTBOX_QUEUED);
    mend();
    rounds(3);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_SEND);
    cr_expect_not(hear());
}

Test(engine, nothing_is_forgotten_when_the_commit_fails)
{
    open_engine();
    be_ready();
    spoil("INSERT ON inbox");
    say(text(7, "BAL"));
    rounds(3);
    cr_expect_not(hear(), "forgotten, but never stored");
    cr_expect_eq(inbox_count(), 0);
    mend();
    rounds(3);
    cr_expect_eq(inbox_count(), 1);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_FORGET);
    cr_expect_eq(got.u.forget.token, 7);
}

Test(engine, a_result_survives_a_commit_that_fails)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    rounds(3);
    cr_assert(hear());
    spoil("UPDATE ON outbox");
    answer(WIRE_SENT);
    rounds(3);
    expect_state(id, OUTBOX_SENDING);
    mend();
    rounds(3);
    expect_state(id, OUTBOX_SENT);
}

Test(engine, pace_makes_messages_wait_for_the_clock_and_status_says_how_long)
{
    json_t *status = json_object();
    char want[TIME_TEXT_MAX];

    write_config("1/min");
    open_engine();
    be_ready();
    queue("a", OUT_NOTICE);
    queue("b", OUT_NOTICE);
    rounds(3);
    cr_assert(hear());
    answer(WIRE_SENT);
    rounds(5);
    cr_expect_not(hear());
    json_object_set_new(status, "outbox_due", json_integer(1));
    json_object_set_new(status, "idle", json_false());
    engine_status(&en, status);
    cr_expect(json_is_true(json_object_get(status, "idle")));
    cr_expect_str_eq(json_string_value(json_object_get(status, "next_due")),
                     clock_iso(NOW + 60, want));
    cr_assert(clock_hand_set(clock_file, NOW + 60, &e));
    rounds(10);
    cr_expect(hear());
    json_decref(status);
}

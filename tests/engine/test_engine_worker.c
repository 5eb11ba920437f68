/* Workers that die, hang or talk nonsense, and what becomes of what they had. */
#include "engine/one_modem.h"

Test(engine, what_a_dead_worker_had_is_settled_by_its_kind)
{
    int64_t cut, request;

    open_engine();
    be_ready();
    cut = queue("cut", OUT_CUT);
    rounds(2);
    close(peer);
    rounds_until_resting();
    expect_state(cut, OUTBOX_IN_DOUBT);

    be_ready();
    request = queue("request", OUT_REQUEST);
    rounds(2);
    expect_state(request, OUTBOX_SENDING);
    close(peer);
    rounds_until_resting();
    expect_state(request, OUTBOX_QUEUED);
}

Test(engine, what_a_worker_never_got_goes_to_the_next_at_once)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    shutdown(peer, SHUT_RD); /* the engine's next packet finds nobody */
    close(peer);
    engine_turn(&en, &(int){0}, &e);
    expect_state(id, OUTBOX_SENDING);
    rounds_until_resting();
    expect_state(id, OUTBOX_QUEUED);
    be_ready();
    rounds(2);
    cr_assert(hear());
    cr_expect_eq(got.u.send.outbox, id);
}

Test(engine, the_last_words_of_a_dead_worker_are_heard)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    rounds(2);
    cr_assert(hear());
    answer(WIRE_SENT);
    say(text(5, "BAL"));
    close(peer);
    rounds_until_resting();
    expect_state(id, OUTBOX_SENT);
    cr_expect_eq(inbox_count(), 1);
}

/* More packets than one turn takes, from a worker that hears no FORGET any more. */
Test(engine, a_dead_worker_may_leave_many_messages_behind)
{
    const int room = 1 << 20;
    int left = 0;
    char body[20];
    struct wire w;

    open_engine();
    be_ready();
    setsockopt(peer, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    kill(en.modems[0]->worker.child.pid, SIGKILL);
    do {
        snprintf(body, sizeof(body), "READ %d", ++left);
        w = text((uint64_t)left, body);
    } while (wire_put(peer, &w, &e));
    close(peer);
    cr_assert_gt(--left, OWED_MAX + WORKER_QUEUE, "only %d fit", left);
    rounds_until_resting();
    cr_expect_eq(inbox_count(), left);
    cr_expect_eq(en.modems[0]->n_owed, 0);
}

Test(engine, a_worker_that_talks_nonsense_is_replaced)
{
    open_engine();
    be_ready();
    cr_assert_eq(send(peer, "nonsense", 8, 0), 8);
    rounds_until_resting();
    cr_expect_eq(en.modems[0]->worker.child.restarts, 1);
}

Test(engine, a_worker_that_does_not_greet_is_replaced)
{
    open_engine();
    plug_in();
    say((struct wire){.kind = WIRE_ALIVE});
    rounds_until_resting();
}

Test(engine, rests_double_until_a_worker_is_healthy)
{
    static const int want[] = {2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
    struct child w = {.life = CHILD_GONE, .rest_s = 1};

    for (int i = 0; i < 10; i++) {
        child_settled(&w, 1000);
        cr_expect_eq(w.rest_s, want[i], "%d: got %d, want %d", i, w.rest_s, want[i]);
    }
    w.ready_ms = 1;
    child_settled(&w, 100000);
    cr_expect_eq(w.restart_ms, 101000);
}

Test(engine, a_silent_worker_is_replaced)
{
    open_engine();
    be_ready();
    child_check(&en.modems[0]->worker.child, clock_mono_ms() + WIRE_DEAD_S * 1000 - 5000,
                WIRE_DEAD_S);
    cr_expect_eq(en.modems[0]->worker.child.life, CHILD_RUNNING);
    child_check(&en.modems[0]->worker.child, clock_mono_ms() + WIRE_DEAD_S * 1000 + 5000,
                WIRE_DEAD_S);
    cr_expect_eq(en.modems[0]->worker.child.life, CHILD_GONE);
}

Test(engine, a_worker_that_does_not_stop_is_replaced)
{
    struct worker *w;

    open_engine();
    be_ready();
    w = &en.modems[0]->worker;
    worker_stop(w);
    child_check(&w->child, w->child.stop_ms + 19000, WIRE_DEAD_S);
    cr_expect_eq(w->child.life, CHILD_RUNNING, "a message may be in the air");
    child_check(&w->child, w->child.stop_ms + 21000, WIRE_DEAD_S);
    cr_expect_eq(w->child.life, CHILD_GONE);
    cr_expect_str_eq(w->child.why, "its worker did not stop");
}

Test(engine, a_stop_commits_the_last_result_and_takes_less_than_five_seconds)
{
    int64_t first, begun;

    open_engine();
    be_ready();
    first = queue("a", OUT_CUT);
    queue("b", OUT_CUT);
    rounds(2);
    cr_assert(hear());
    begun = clock_mono_ms();
    raise(SIGTERM);
    engine_round(&en, 20);
    answer(WIRE_SENT);
    while (engine_round(&en, 20) && clock_mono_ms() - begun < 10000)
        ;
    cr_expect_lt(clock_mono_ms() - begun, 5000);
    expect_state(first, OUTBOX_SENT);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_STOP);
}

Test(engine, what_was_on_its_way_when_the_engine_ended_is_settled_at_the_next_start)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    rounds(2);
    expect_state(id, OUTBOX_SENDING);
    engine_close(&en);
    memset(&en, 0, sizeof(en));
    open_engine();
    expect_state(id, OUTBOX_IN_DOUBT);
}

/*
 * world_turn.h - the world of world.h goes round: what the modem sends and the network does
 * with it, the turns of the engine with a death before or behind each commit, and the time
 * that passes. For tests.
 */
#ifndef TESTS_RELAY_WORLD_TURN_H
#define TESTS_RELAY_WORLD_TURN_H

#include "world.h"

/* The modem has it: what becomes of it there and in the network. */
static inline void
modem_sends(struct world *w, const struct wire_send *send)
{
    bool command = strncmp(send->body, "O", 1) == 0;
    bool faulty = command && w->fault != FAULT_NO_ANSWER &&
                  w->faults_left[send->body[1] == 'N']-- > 0;
    enum fault fault = faulty ? w->fault : FAULT_NONE;

    w->result = (struct wire_result){.outbox = send->outbox, .part = 1, .ref = 7};
    w->result.outcome = WIRE_SENT;
    if (fault == FAULT_REFUSED)
        w->result.outcome = WIRE_REFUSED;
    if (fault == FAULT_SILENT_MODEM || fault == FAULT_LOST_IN_DOUBT)
        w->result.outcome = WIRE_IN_DOUBT;
    w->has_result = true;
    if (fault == FAULT_REFUSED || fault == FAULT_LOST_SILENTLY ||
        fault == FAULT_LOST_IN_DOUBT)
        return;
    fly(w, send->body, true, fault == FAULT_SLOW ? 240 : 3);
    if (fault == FAULT_TWICE)
        fly(w, send->body, true, 240);
}

/* ---- the engine's turns ---- */

/* Orders at work. */
static inline int
turn_work(struct world *w)
{
    struct relay r = relay_of(w);
    int done = 0;

    cr_assert(store_begin(w->s, &e), "%s", e.text);
    cr_assert(relay_work(&r, 100, &done, &e), "%s", e.text);
    cr_assert(outbox_expire(w->s, w->now, 10, &done, &e), "%s", e.text);
    return commit(w) ? done : 1;
}

struct first {
    struct outbox_due due;
    bool found;
};

static inline bool
take_first(const struct outbox_due *m, void *context)
{
    struct first *f = context;

    f->due = *m;
    f->found = true;
    return false;
}

/* The best message that is due goes to the modem. */
static inline bool
turn_send(struct world *w)
{
    struct outbox_look look = {.now = w->now, .most_priority = 1000, .limit = 10};
    struct relay r = relay_of(w);
    struct first f = {.found = false};
    struct wire_send send;
    bool may = true;

    cr_assert(store_begin(w->s, &e), "%s", e.text);
    cr_assert(outbox_row_each_due(w->s, &look, take_first, &f, &e), "%s", e.text);
    if (!f.found) {
        store_rollback(w->s);
        return false;
    }
    if (f.due.kind == OUT_CUT || f.due.kind == OUT_RESTORE)
        cr_assert(relay_gate(&r, f.due.id, &may, &e), "%s", e.text);
    if (may)
        cr_assert(outbox_take(w->s, f.due.id, "sim1", true, w->now, &send, &e), "%s",
                  e.text);
    if (commit(w) && may) {
        w->cuts_after_paid +=
            w->paid_at != 0 && f.due.kind == OUT_CUT && w->commits > w->pay_at;
        if (strstr(send.number, "1000001") != NULL)
            modem_sends(w, &send);
        else
            w->has_result = true,
            w->result = (struct wire_result){
                .outbox = send.outbox, .part = 1, .outcome = WIRE_SENT, .ref = 7};
    }
    return true;
}

static inline bool
turn_result(struct world *w)
{
    struct wire_send next;
    bool more;

    if (!w->has_result)
        return false;
    cr_assert(store_begin(w->s, &e), "%s", e.text);
    cr_assert(outbox_result(w->s, "sim1", true, &w->result, w->now, &next, &more, &e), "%s",
              e.text);
    w->has_result = !commit(w) && false;
    return true;
}

/* What has arrived at our SIM; it stays there until it was committed. */
static inline bool
turn_receive(struct world *w)
{
    struct relay r = relay_of(w);
    char why[ERR_TEXT_MAX];
    bool aside;

    for (int i = 0; i < w->n_air; i++) {
        struct flying f = w->air[i];
        struct relay_heard h = {.meter_id = w->meter[0].id,
                                .kind = "relay",
                                .relay = strcmp(f.text, "OPEN") == 0 ? "open" : "closed",
                                .order = "",
                                .word = "",
                                .sent_at = f.sent_at};

        if (f.to_meter || f.at > w->now)
            continue;
        cr_assert(store_begin(w->s, &e), "%s", e.text);
        cr_assert(meter_set_relay(w->s, h.meter_id, h.relay, &e) &&
                      meter_set_contact(w->s, h.meter_id, w->now, &e) &&
                      relay_hear(&r, &h, &aside, why, &e),
                  "%s", e.text);
        w->commits++;
        if (w->commits == w->kill_before) {
            store_rollback(w->s);
            w->died = true;
            return true; /* it lies in the SIM still */
        }
        cr_assert(store_commit(w->s, &e), "%s", e.text);
        w->air[i] = w->air[--w->n_air];
        if (w->commits == w->pay_at)
            pay(w);
        w->died = w->commits == w->kill_after;
        return true;
    }
    return false;
}

static inline bool
network_delivers(struct world *w)
{
    for (int i = 0; i < w->n_air; i++) {
        struct flying f = w->air[i];

        if (!f.to_meter || f.at > w->now)
            continue;
        w->air[i] = w->air[--w->n_air];
        meter_obeys(w, f.text);
        return true;
    }
    return false;
}

/* The next moment at which anything happens; 0: never. */
static inline utc_t
next_moment(struct world *w)
{
    utc_t t = 0, due;
    bool found;

    cr_assert(relay_next_due(w->s, &w->conf, w->now, &due, &found, &e), "%s", e.text);
    if (found)
        t = due;
    cr_assert(outbox_row_next_at(w->s, &due, &found, &e), "%s", e.text);
    if (found && (t == 0 || due < t))
        t = due;
    for (int i = 0; i < w->n_air; i++) {
        if (t == 0 || w->air[i].at < t)
            t = w->air[i].at;
    }
    return t;
}

/* Live up to `until`. */
static inline void
live(struct world *w, utc_t until)
{
    for (int rounds = 0; rounds < 20000; rounds++) {
        utc_t next, paid = w->paid_at;

        if (w->died)
            restart(w);
        if (network_delivers(w) || turn_result(w) || turn_receive(w) || turn_work(w) > 0 ||
            turn_send(w) || w->paid_at != paid)
            continue;
        next = next_moment(w);
        if (next == 0 || next > until)
            break;
        w->now = next > w->now ? next : w->now + 1;
    }
    w->now = until;
}

/* Amina proposes to cut a meter, Joseph approves. */
static inline int64_t
order_cut_of(struct world *w, int i)
{
    struct relay r = relay_of(w);
    const struct relay_who amina = {"amina", "cli"}, joseph = {"joseph", "cli"};
    struct relay_wish wish = {.meter = &w->meter[i], .cause = CAUSE_ARREARS};
    struct relay_outcome out;
    char text[600];

    cr_assert(store_begin(w->s, &e) && relay_propose(&r, &amina, &wish, &out, &e), "%s",
              e.text);
    cr_assert_neq(out.order_id, 0, "%s", guard_print(&out.guards, text, sizeof(text)));
    cr_assert(relay_approve(&r, &joseph, out.order_id, "", &out, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
    return out.order_id;
}

static inline int64_t
order_cut(struct world *w)
{
    return order_cut_of(w, 0);
}

static inline struct order
order_now(struct world *w, int64_t id)
{
    struct order o = {.id = 0};
    bool found;

    cr_assert(order_by_id(w->s, id, &o, &found, &e) && found, "%s", e.text);
    return o;
}

/* How often the relay went off, or on. */
static inline int
switched(const struct world *w, const char *word)
{
    int n = 0;

    for (int i = 0; i < w->n_journal; i++)
        n += strncmp(w->journal[i], word, strlen(word)) == 0;
    return n;
}

#endif

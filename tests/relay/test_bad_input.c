/* What must not be acted on: it is refused, or put aside, with the reason. */
#include "meterpost/store/inbox.h"
#include "world_turn.h"

static const struct relay_who amina = {"amina", "cli"}, joseph = {"joseph", "cli"};

/* An approved order, and something that changes before it is handed out. */
static void
expect_cancelled(void (*change)(struct world *w), const char *why)
{
    struct world *w = world_make(FAULT_NONE);
    int64_t id = order_cut(w);
    struct order o;

    cr_assert(store_begin(w->s, &e));
    change(w);
    cr_assert(store_commit(w->s, &e), "%s", e.text);
    live(w, w->now + 2 * HOUR_S);
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_CANCELLED, "%s: %s", order_state_name(o.state), o.note);
    cr_expect_not_null(strstr(o.note, why), "got '%s', want '%s'", o.note, why);
    cr_expect_eq(w->n_journal, 0);
    world_end(w);
}

static void
text_names_another(struct world *w)
{
    struct inbox_row m = {.modem = "sim1",
                          .sender = "+254711000001",
                          .text = "M9 12.5 kWh",
                          .parts = 1,
                          .received_at = w->now};
    int64_t id;

    cr_assert(inbox_row_add(w->s, &m, &id, &e) &&
                  inbox_finish(w->s, id, INBOX_QUARANTINED, "reading",
                               "identity: the text names meter M9, but this is the phone "
                               "of M1",
                               0, w->meter[0].id, 0, w->now, &e),
              "%s", e.text);
}

Test(bad_input, a_meter_that_was_exchanged_without_a_record_is_not_cut)
{
    expect_cancelled(text_names_another, "was it exchanged?");
}

static void
close_account(struct world *w)
{
    cr_assert(account_close(w->s, w->account[0], w->now, &e), "%s", e.text);
}

Test(bad_input, an_account_that_was_closed_meanwhile_is_not_cut)
{
    expect_cancelled(close_account, "the account is closed");
}

static void
take_down(struct world *w)
{
    cr_assert(installation_close(w->s, w->meter[0].at.id, w->now, (struct quantity){0}, &e),
              "%s", e.text);
}

Test(bad_input, a_meter_that_was_taken_down_is_not_cut)
{
    expect_cancelled(take_down, "the meter is not in use");
}

static void
hang_elsewhere(struct world *w)
{
    struct installation at = w->meter[0].at;
    int64_t id;

    take_down(w);
    at.account_id = w->account[1];
    at.installed_at = w->now;
    cr_assert(installation_add(w->s, &at, &id, &e), "%s", e.text);
}

Test(bad_input, a_meter_that_hangs_with_somebody_else_now_is_not_cut)
{
    expect_cancelled(hang_elsewhere, "another place");
}

static void
new_phone(struct world *w)
{
    struct meter m = w->meter[0];

    strcpy(m.phone, "+254711999999");
    cr_assert(meter_update(w->s, &m, w->now, &e), "%s", e.text);
}

Test(bad_input, a_meter_with_another_phone_is_not_cut)
{
    expect_cancelled(new_phone, "phone or address");
}

static void
protect(struct world *w)
{
    struct account a;
    bool found;

    cr_assert(account_by_id(w->s, w->account[0], &a, &found, &e) && found);
    strcpy(a.protected_for, "medical");
    cr_assert(account_update(w->s, &a, &e), "%s", e.text);
}

Test(bad_input, a_household_that_was_protected_meanwhile_is_not_cut)
{
    expect_cancelled(protect, "protected: medical");
}

static void
complain(struct world *w)
{
    struct dispute d = {.account_id = w->account[0],
                        .opened_at = w->now,
                        .actor = "test",
                        .reason = "too high"};
    int64_t id;

    cr_assert(dispute_add(w->s, &d, &id, &e), "%s", e.text);
}

Test(bad_input, a_household_that_has_complained_meanwhile_is_not_cut)
{
    expect_cancelled(complain, "complaint");
}

/* ---- people ---- */

static struct world *w;
static struct relay r;

static void
begin(void)
{
    w = world_make(FAULT_NONE);
    r = relay_of(w);
    cr_assert(store_begin(w->s, &e));
}

static void
end(void)
{
    cr_assert(store_commit(w->s, &e), "%s", e.text);
    world_end(w);
}

static int64_t
propose(int i, int64_t batch)
{
    struct relay_wish wish = {
        .meter = &w->meter[i], .cause = CAUSE_ARREARS, .batch_id = batch};
    struct relay_outcome out;

    cr_assert(relay_propose(&r, &amina, &wish, &out, &e), "%s", e.text);
    return out.order_id;
}

Test(bad_input, two_orders_for_a_meter_at_once_are_refused, .init = begin, .fini = end)
{
    struct relay_wish wish = {.meter = &w->meter[0], .cause = CAUSE_ARREARS};
    struct relay_outcome out;

    cr_assert_neq(propose(0, 0), 0);
    cr_assert(relay_propose(&r, &joseph, &wish, &out, &e), "%s", e.text);
    cr_expect_eq(out.order_id, 0);
    cr_expect_str_eq(out.guards.at[0].why, "the meter has another order that is not over");
}

Test(bad_input, nobody_approves_an_order_of_their_own_by_any_way, .init = begin,
     .fini = end)
{
    const struct relay_who by_phone = {"staff:amina", "sms"};
    int64_t id = propose(0, 0);
    struct relay_outcome out;

    cr_expect(!relay_approve(&r, &amina, id, "", &out, &e));
    cr_expect(!relay_approve(&r, &by_phone, id, "", &out, &e));
    cr_expect_str_eq(e.text, "amina proposed order 1: somebody else must approve it");
}

Test(bad_input, an_approval_that_is_said_again_is_refused, .init = begin, .fini = end)
{
    struct relay_outcome out;
    struct relay_counts counts;
    int64_t batch;

    cr_assert(relay_batch_begin(&r, &amina, "", &batch, &e));
    propose(0, batch);
    propose(1, batch);
    cr_assert(relay_batch_approve(&r, &joseph, batch, "", &counts, &e), "%s", e.text);
    cr_expect_eq(counts.done, 2);
    cr_expect(!relay_batch_approve(&r, &joseph, batch, "", &counts, &e));
    cr_expect_str_eq(e.text, "nothing of batch 1 waits for an approval");
    cr_expect(!relay_approve(&r, &joseph, 1, "", &out, &e));
    cr_expect_str_eq(e.text, "order 1 is approved: there is nothing to approve");
}

Test(bad_input, an_approval_of_what_has_expired_is_refused, .init = begin, .fini = end)
{
    int64_t id = propose(0, 0);
    struct relay_outcome out;

    r.now += w->conf.arrears.cut.approval_s;
    cr_expect(!relay_approve(&r, &joseph, id, "", &out, &e));
    cr_expect_str_eq(e.text, "order 1 has expired: propose it anew");
}

Test(bad_input, what_changed_since_it_was_proposed_ends_it_at_the_approval, .init = begin,
     .fini = end)
{
    int64_t id = propose(0, 0);
    struct relay_outcome out;

    protect(w);
    cr_assert(relay_approve(&r, &joseph, id, "", &out, &e), "%s", e.text);
    cr_expect_eq(out.state, ORDER_CANCELLED);
    cr_expect_str_eq(out.guards.at[0].why, "protected: medical");
}

Test(bad_input, somebody_elses_order_cannot_be_approved_for_a_third_time, .init = begin,
     .fini = end)
{
    int64_t id = propose(0, 0);
    struct relay_outcome out;

    w->conf.arrears.cut.approvals = 2;
    cr_assert(relay_approve(&r, &joseph, id, "", &out, &e), "%s", e.text);
    cr_expect_eq(out.state, ORDER_PROPOSED);
    cr_expect(!relay_approve(&r, &joseph, id, "", &out, &e));
    cr_expect_str_eq(e.text, "joseph has approved order 1 already");
}

/* ---- meters ---- */

/* What meter i says; the reason for which it is put aside, NULL when it is not. */
static const char *
hear(int i, const char *kind, const char *relay, const char *order, utc_t sent_at)
{
    static char why[ERR_TEXT_MAX];
    struct relay_heard h = {.meter_id = w->meter[i].id,
                            .kind = kind,
                            .relay = relay,
                            .order = order,
                            .word = "",
                            .sent_at = sent_at};
    bool aside;

    cr_assert(relay_hear(&r, &h, &aside, why, &e), "%s", e.text);
    return aside ? why : NULL;
}

/* The first meter's cut is with the modem. */
static int64_t
sent(void)
{
    struct order o;
    int64_t id;

    cr_assert(store_commit(w->s, &e));
    w->fault = FAULT_LOST_SILENTLY;
    id = order_cut(w);
    live(w, w->now + 20);
    r = relay_of(w);
    o = order_now(w, id);
    cr_assert_eq(o.state, ORDER_SENT, "%s: %s", order_state_name(o.state), o.note);
    cr_assert(store_begin(w->s, &e));
    return id;
}

Test(bad_input, a_reply_from_another_meter_is_put_aside, .init = begin, .fini = end)
{
    int64_t id = sent();
    const char *why = hear(1, "ack", "", "1", r.now);

    cr_assert_not_null(why);
    cr_expect_not_null(strstr(why, "not the one that is open for this meter"), "%s", why);
    cr_expect_eq(order_now(w, id).state, ORDER_SENT);
}

Test(bad_input, a_reply_to_an_old_order_is_put_aside, .init = begin, .fini = end)
{
    int64_t id = sent();

    cr_expect_not_null(hear(0, "ack", "open", "999", r.now));
    cr_expect_eq(order_now(w, id).state, ORDER_SENT);
}

Test(bad_input, a_reply_that_is_older_than_its_order_says_nothing, .init = begin,
     .fini = end)
{
    int64_t id = sent();

    cr_expect_null(hear(0, "ack", "open", "", r.now - HOUR_S));
    cr_expect_eq(order_now(w, id).state, ORDER_SENT);
    cr_expect_null(hear(0, "ack", "open", "1", r.now));
    cr_expect_eq(order_now(w, id).state, ORDER_ACKNOWLEDGED);
}

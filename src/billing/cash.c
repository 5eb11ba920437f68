#include "meterpost/billing/cash.h"

#include "meterpost/billing/ledger.h"
#include "posting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The name behind "cash:" or "agent:"; "cash" alone is the till called till; else NULL. */
static const char *
name_behind(const char *channel, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(channel, word, n) == 0 && channel[n] == ':')
        return channel + n + 1;
    return strcmp(word, "cash") == 0 && strcmp(channel, "cash") == 0 ? "till" : NULL;
}

static bool
held_by(struct store *s, const char *kind, const char *name, utc_t before,
        struct money *out, struct err *e)
{
    char account[LEDGER_NAME_MAX];

    snprintf(account, sizeof(account), "%s:%s", kind, name);
    return ledger_name_balance(s, account, before, out, e);
}

static bool
open_session(struct store *s, const char *name, struct till_session *out, struct err *e)
{
    struct till t;
    bool found;

    if (!till_by_name(s, name, &t, &found, e) ||
        (found && !till_session_find(s, t.id, out, &found, e)))
        return false;
    return found ||
           err_set(e, FAIL_REJECT,
                   "till '%s' is not open: meterpost cash open %s --float 0", name, name);
}

bool
cash_open(struct store *s, const char *till, struct money opening, const char *actor,
          utc_t now, int64_t *number, struct err *e)
{
    struct till t = {.kind = TILL_CASH};
    struct till_session session;
    bool found;

    if (opening.minor < 0 || *till == '\0' || strlen(till) >= sizeof(t.name))
        return err_set(e, FAIL_REJECT, "a till has a short name and opens with 0 or more");
    snprintf(t.name, sizeof(t.name), "%s", till);
    if (!till_put(s, &t, now, &t.id, e) || !till_session_find(s, t.id, &session, &found, e))
        return false;
    if (found)
        return err_set(e, FAIL_REJECT, "till '%s' is open already", till);
    return till_session_open(s, t.id, opening, actor, now, number, e);
}

static bool
sum_up(struct store *s, const char *till, const struct till_session *session,
       struct cash_close *out, struct err *e)
{
    struct money now, then;

    if (!held_by(s, "Cash", till, 0, &now, e) ||
        !held_by(s, "Cash", till, session->opened_at, &then, e))
        return false;
    *out = (struct cash_close){.number = session->number,
                               .opening = session->opening,
                               .taken = {now.minor - then.minor},
                               .counted = session->count};
    out->expected.minor = out->opening.minor + out->taken.minor;
    out->difference.minor = out->counted.minor - out->expected.minor;
    return true;
}

bool
cash_count(struct store *s, const char *till, struct money counted, utc_t now,
           struct cash_close *out, struct err *e)
{
    struct till_session session;

    if (counted.minor < 0)
        return err_set(e, FAIL_REJECT, "less than nothing cannot be counted");
    if (!open_session(s, till, &session, e) ||
        !till_session_count(s, session.id, counted, now, e))
        return false;
    session.count = counted;
    return sum_up(s, till, &session, out, e);
}

static bool
book_difference(struct store *s, const char *till, const struct cash_close *c, utc_t now,
                struct err *e)
{
    char key[LEDGER_KEY_MAX], name[LEDGER_NAME_MAX];
    struct ledger_entry entry = {
        .key = key, .posted_at = now, .kind = "cash", .memo = "over or short at the close"};

    snprintf(key, sizeof(key), "till %s close %" PRId64, till, c->number);
    snprintf(name, sizeof(name), "Cash:%s", till);
    return ledger_account_put(s, name, LEDGER_ASSET, 0, &entry.debit_id, e) &&
           ledger_account_put(s, "Expense:CashShort", LEDGER_EXPENSE, 0, &entry.credit_id,
                              e) &&
           posting_move(s, &entry, c->difference, e);
}

bool
cash_close(struct store *s, const char *till, const char *actor, utc_t now,
           struct cash_close *out, struct err *e)
{
    struct till_session session;

    if (!open_session(s, till, &session, e))
        return false;
    if (!session.counted)
        return err_set(e, FAIL_REJECT, "count it first: meterpost cash count %s AMOUNT",
                       till);
    return sum_up(s, till, &session, out, e) && book_difference(s, till, out, now, e) &&
           till_session_close(s, session.id, out->expected, actor, now, e);
}

/* ---- agents ---- */

static bool
find_agent(struct store *s, const char *name, struct till *t, struct err *e)
{
    bool found;

    if (!till_by_name(s, name, t, &found, e))
        return false;
    return (found && t->kind == TILL_AGENT) ||
           err_set(e, FAIL_REJECT,
                   "there is no agent '%.40s': meterpost agent set %.40s --ceiling AMOUNT",
                   name, name);
}

bool
cash_guard(struct store *s, const char *channel, struct money amount, struct err *e)
{
    const char *agent = name_behind(channel, "agent"), *till = name_behind(channel, "cash");
    struct till_session session;
    struct money held;
    struct till t;
    bool found;

    if (till != NULL) {
        if (!till_by_name(s, till, &t, &found, e))
            return false;
        return !found || open_session(s, till, &session, e);
    }
    if (agent == NULL)
        return true;
    if (!find_agent(s, agent, &t, e) || !held_by(s, "Agent", agent, 0, &held, e))
        return false;
    return t.ceiling.minor == 0 || held.minor + amount.minor <= t.ceiling.minor ||
           err_set(e, FAIL_REJECT,
                   "agent %s holds too much already: hand it over first (meterpost agent "
                   "handover %s AMOUNT)",
                   agent, agent);
}

bool
cash_commission(struct store *s, const struct payment *p, struct err *e)
{
    const char *agent = name_behind(p->channel, "agent");
    char key[LEDGER_KEY_MAX], name[LEDGER_NAME_MAX];
    struct ledger_entry entry = {.key = key,
                                 .posted_at = p->received_at,
                                 .kind = "commission",
                                 .memo = agent,
                                 .payment_id = p->id};
    struct money part;
    struct till t;

    if (agent == NULL)
        return true;
    if (!find_agent(s, agent, &t, e) ||
        !round_divide((int128)p->amount.minor * t.commission_ppm, 1000000, ROUND_HALF_UP,
                      &part.minor, e))
        return false;
    snprintf(key, sizeof(key), "commission %" PRId64, p->id);
    snprintf(name, sizeof(name), "Commission:%s", agent);
    return ledger_account_put(s, "Expense:Commission", LEDGER_EXPENSE, 0, &entry.debit_id,
                              e) &&
           ledger_account_put(s, name, LEDGER_LIABILITY, 0, &entry.credit_id, e) &&
           posting_move(s, &entry, part, e);
}

bool
cash_hand_over(struct store *s, const char *from, const char *to, struct money amount,
               const char *receipt, utc_t now, struct money *held, struct err *e)
{
    char key[LEDGER_KEY_MAX], name[LEDGER_NAME_MAX];
    struct ledger_entry entry = {
        .key = key, .posted_at = now, .kind = "handover", .memo = receipt};
    const char *agent = name_behind(from, "agent");
    struct till t;

    if (amount.minor <= 0)
        return err_set(e, FAIL_REJECT, "what is handed over must be above zero");
    ledger_channel_account(from, name);
    if ((agent != NULL && !find_agent(s, agent, &t, e)) ||
        !ledger_name_balance(s, name, 0, held, e))
        return false;
    if (amount.minor > held->minor)
        return err_set(e, FAIL_REJECT, "%s does not hold so much", from);
    snprintf(key, sizeof(key), "handover %.40s %.60s", from, receipt);
    held->minor -= amount.minor;
    return posting_channel(s, to, &entry.debit_id, e) &&
           posting_channel(s, from, &entry.credit_id, e) &&
           posting_move(s, &entry, amount, e);
}

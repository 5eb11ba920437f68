/*
 * The guards. Each is a function that adds its reasons; the table says for which causes it
 * is asked. Sources: dunning.md 4 (the ten), reliability.md B4 (identity, limits).
 */
#include "meterpost/relay/guard.h"

#include "meterpost/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct asking {
    const struct guard_facts *f;
    const struct policy *policy;
    int decimals;
    enum guard guard;
    struct guard_result *out;
};

static void __attribute__((format(printf, 3, 4)))
object(struct asking *a, bool waits, const char *fmt, ...)
{
    struct guard_reason *r = &a->out->at[a->out->n];
    va_list args;

    if (a->out->n == GUARD_REASONS_MAX)
        return;
    a->out->n++;
    r->guard = a->guard;
    r->waits = waits;
    va_start(args, fmt);
    vsnprintf(r->why, sizeof(r->why), fmt, args);
    va_end(args);
}

#define KILLS(a, ...) object(a, false, __VA_ARGS__)
#define WAITS(a, ...) object(a, true, __VA_ARGS__)

static void
ask_identity(struct asking *a)
{
    const struct guard_facts *f = a->f;

    if (f->meter_gone)
        KILLS(a, "the meter is not in use any more");
    if (f->moved)
        KILLS(a, "the meter hangs at another place than when this was proposed");
    if (f->account_closed)
        KILLS(a, "the account is closed");
    if (f->number_changed)
        KILLS(a, "the phone or address of the meter is not what it was");
    if (f->names_another)
        KILLS(a, "a text from its phone names another meter: was it exchanged? (quarantine "
                 "list)");
    if (f->no_way)
        KILLS(a, "no way to switch it from afar, and no technician is set");
    if (f->other_order)
        KILLS(a, "the meter has another order that is not over");
    if (f->dead_restore)
        WAITS(a, "a copy of the last restore may still be on its way");
}

static void
ask_debt(struct asking *a)
{
    const struct guard_facts *f = a->f;
    char owed[AMOUNT_TEXT_MAX], least[AMOUNT_TEXT_MAX];

    money_show(f->owed, a->decimals, owed);
    money_show(f->least, a->decimals, least);
    if (f->owed.minor <= 0)
        KILLS(a, "nothing is overdue");
    else if (f->owed.minor < f->least.minor)
        KILLS(a, "%s is overdue, less than the least debt of %s", owed, least);
    else if (f->owed.minor - f->suspense.minor < f->least.minor ||
             f->owed.minor <= f->suspense.minor)
        WAITS(a, "a payment in suspense may be theirs: assign it first");
    if (f->owed.minor > 0 && f->unpaid < a->policy->min_unpaid)
        KILLS(a, "%d unpaid bill%s; the rules ask for %d", f->unpaid,
              f->unpaid == 1 ? "" : "s", a->policy->min_unpaid);
}

static void
ask_notice(struct asking *a)
{
    const struct guard_facts *f = a->f;
    char date[TIME_TEXT_MAX];
    utc_t over;

    if (f->notice_elsewhere)
        KILLS(a, "the notice went to a number that is not theirs any more");
    else if (f->notice_at == 0)
        KILLS(a, "no notice of disconnection was delivered");
    if (f->notice_at == 0 || f->notice_elsewhere)
        return;
    over = policy_notice_over(a->policy, f->notice_at);
    if (f->now < over)
        WAITS(a, "the notice of %d days runs until %s", a->policy->notice_days,
              clock_date(over, date));
    if (a->policy->final_s == 0)
        return;
    if (f->final_at == 0)
        WAITS(a, "the last warning was not delivered");
    else if (f->now < f->final_at + a->policy->final_s)
        WAITS(a, "the last warning is less than %d h old", a->policy->final_s / HOUR_S);
}

static void
ask_feed(struct asking *a)
{
    const struct guard_facts *f = a->f;

    if (f->feed_at == 0)
        WAITS(a, "no payments were ever imported: nobody knows who has paid");
    else if (f->now - f->feed_at > f->feed_max_age_s)
        WAITS(a, "payments are known up to %lld h ago, the limit is %d h",
              (long long)((f->now - f->feed_at) / HOUR_S), f->feed_max_age_s / HOUR_S);
    if (f->in_flight)
        WAITS(a, "the customer says that he has paid: look for it first");
}

static void
ask_dispute(struct asking *a)
{
    const struct guard_facts *f = a->f;

    if (f->disputed && a->policy->dispute_blocks)
        KILLS(a, "a complaint about the debt is open");
    if (f->hold[0] != '\0')
        KILLS(a, "on hold: %.120s", f->hold);
    if (f->plan)
        KILLS(a, "a plan to pay in parts is kept");
    if (f->promise)
        KILLS(a, "a promise to pay is not due yet");
    if (f->bill_exception)
        KILLS(a, "a reading of the last bill is held");
    if (f->estimates_max > 0 && f->estimates > f->estimates_max)
        KILLS(a, "the last %d bills are estimates: read the meter first", f->estimates);
}

static void
ask_weather(struct asking *a)
{
    const struct policy_weather *w = &a->policy->weather;
    const struct guard_facts *f = a->f;
    char low[AMOUNT_TEXT_MAX], cold[AMOUNT_TEXT_MAX], date[TIME_TEXT_MAX];

    if (!policy_asks_weather(a->policy, f->now))
        return;
    if (f->weather_at < clock_day_start(f->now, 0))
        WAITS(a, "today's weather is not known: `meterpost relay weather`");
    else if (w->has_cold && f->low_tenths < w->cold_tenths)
        WAITS(a, "%s degrees are forecast, and nobody is cut below %s",
              decimal_print(f->low_tenths, 1, false, low),
              decimal_print(w->cold_tenths, 1, false, cold));
    if (w->heat_days > 0 && f->heat_at >= clock_day_start(f->now, 1 - w->heat_days))
        WAITS(a, "there was a heat advisory on %s", clock_date(f->heat_at, date));
}

static void
ask_person(struct asking *a)
{
    const struct guard_facts *f = a->f;
    const struct policy_season *season = policy_season_at(a->policy, f->now);

    if (f->protected_for[0] != '\0' &&
        (f->protected_until == 0 || f->protected_until > f->now))
        KILLS(a, "protected: %s", f->protected_for);
    if (policy_protects(a->policy, f->class))
        KILLS(a, "customers of class %s are never cut", f->class);
    if (f->moratorium[0] != '\0')
        WAITS(a, "no cuts for now: %.120s", f->moratorium);
    if (season != NULL)
        WAITS(a, "no cuts in this season: %.110s", season->reason);
    ask_weather(a);
}

static void
ask_hours(struct asking *a)
{
    const struct guard_facts *f = a->f;
    const char *why = policy_hours_why(a->policy, f->now);
    char when[TIME_TEXT_MAX];
    utc_t open;

    if (why[0] == '\0')
        return;
    if (f->phase == PHASE_HAND)
        WAITS(a, "%s", why);
    if (f->phase != PHASE_PROPOSE || f->expires_at == 0)
        return;
    open = policy_next_open(a->policy, f->now);
    if (open == 0 || open >= f->expires_at)
        KILLS(a, "%s; the next time is %.16s, and this would expire before", why,
              open == 0 ? "never" : clock_iso(open, when));
}

static void
ask_approval(struct asking *a)
{
    const struct guard_facts *f = a->f;

    if (f->batch_max > 0 && f->batch_size > f->batch_max)
        KILLS(a, "the batch has %lld orders, the limit is %lld", (long long)f->batch_size,
              (long long)f->batch_max);
    if (f->phase == PHASE_PROPOSE)
        return;
    if (f->approved_by_proposer)
        KILLS(a, "nobody approves an order of their own");
    if (f->expires_at != 0 && f->now >= f->expires_at)
        KILLS(a, "the approval has expired");
    if (f->phase == PHASE_HAND && f->approvals < f->approvals_needed)
        KILLS(a, "%d of %d approvals", f->approvals, f->approvals_needed);
}

static void
ask_reach(struct asking *a)
{
    const struct guard_facts *f = a->f;

    if (!f->by_hand && (f->heard_at == 0 || f->now - f->heard_at > f->silent_max_s))
        WAITS(a, "the meter was not heard for %d h: the restore may not arrive either",
              f->silent_max_s / HOUR_S);
    if (strcmp(f->relay, "open") == 0)
        KILLS(a, "supply is off already");
    else if (f->phase == PHASE_HAND && f->can_look && strcmp(f->relay, "closed") != 0)
        WAITS(a, "the state of its relay is not known");
}

static void
ask_outage(struct asking *a)
{
    if (a->f->outage[0] != '\0')
        WAITS(a, "%s has no supply: what is off anyway is not cut", a->f->outage);
}

static void
ask_limits(struct asking *a)
{
    const struct guard_facts *f = a->f;

    if (f->killed[0] != '\0')
        WAITS(a, "the kill switch is on: %.120s", f->killed);
    if (f->maintenance)
        WAITS(a, "the system is under maintenance");
    if (f->clock_in_doubt)
        WAITS(a, "nobody has confirmed the clock since the machine started");
    if (f->failures_max > 0 && f->failures >= f->failures_max)
        WAITS(a, "the last %lld cuts failed: find out why, then `meterpost relay resume`",
              (long long)f->failures);
    if (f->phase != PHASE_HAND)
        return;
    if (f->max_hour > 0 && f->sent_hour >= f->max_hour)
        WAITS(a, "%lld cuts in this hour, the limit", (long long)f->sent_hour);
    if (f->max_day > 0 && f->sent_day >= f->max_day)
        WAITS(a, "%lld cuts on this day, the limit", (long long)f->sent_day);
    if (f->max_group > 0 && f->sent_group >= f->max_group)
        WAITS(a, "%lld cuts in this group today, the limit", (long long)f->sent_group);
}

#define FOR(cause) (1u << CAUSE_##cause)
#define ALL_CAUSES (FOR(ARREARS) | FOR(CUSTOMER) | FOR(THEFT) | FOR(SAFETY) | FOR(OPERATOR))
#define NOT_URGENT (ALL_CAUSES & ~FOR(SAFETY))

static const struct {
    const char *name;
    void (*ask)(struct asking *a);
    unsigned causes;
} guards[GUARDS] = {
    [GUARD_IDENTITY] = {"identity", ask_identity, ALL_CAUSES},
    [GUARD_DEBT] = {"debt", ask_debt, FOR(ARREARS)},
    [GUARD_NOTICE] = {"notice", ask_notice, FOR(ARREARS) | FOR(THEFT)},
    [GUARD_FEED] = {"feed", ask_feed, FOR(ARREARS)},
    [GUARD_DISPUTE] = {"dispute", ask_dispute, FOR(ARREARS)},
    [GUARD_PERSON] = {"person", ask_person, NOT_URGENT & ~FOR(CUSTOMER)},
    [GUARD_HOURS] = {"hours", ask_hours, NOT_URGENT},
    [GUARD_APPROVAL] = {"approval", ask_approval, ALL_CAUSES},
    [GUARD_REACH] = {"reach", ask_reach, NOT_URGENT},
    [GUARD_OUTAGE] = {"outage", ask_outage, NOT_URGENT},
    [GUARD_LIMITS] = {"limits", ask_limits, ALL_CAUSES},
};

const char *
guard_name(enum guard guard)
{
    return guards[guard].name;
}

void
guard_ask(const struct guard_facts *f, const struct policy *policy, int decimals,
          struct guard_result *out)
{
    struct asking a = {.f = f, .policy = policy, .decimals = decimals, .out = out};

    out->n = 0;
    for (int i = 0; i < GUARDS; i++) {
        a.guard = (enum guard)i;
        if ((guards[i].causes & 1u << f->cause) != 0)
            guards[i].ask(&a);
    }
}

bool
guard_objects(const struct guard_result *r, enum guard guard)
{
    for (int i = 0; i < r->n; i++) {
        if (r->at[i].guard == guard)
            return true;
    }
    return false;
}

bool
guard_only_waits(const struct guard_result *r)
{
    for (int i = 0; i < r->n; i++) {
        if (!r->at[i].waits)
            return false;
    }
    return r->n > 0;
}

const char *
guard_print(const struct guard_result *r, char *out, size_t size)
{
    struct text t;

    text_init(&t, out, size);
    if (r->n == 0)
        text_add(&t, "all guards pass");
    for (int i = 0; i < r->n; i++)
        text_addf(&t, "%s%s: %s", i > 0 ? "; " : "", guard_name(r->at[i].guard),
                  r->at[i].why);
    return out;
}

/* Of a time that may not be known. */
static void
add_time(struct text *t, const char *what, utc_t at)
{
    char time[TIME_TEXT_MAX];

    if (at != 0)
        text_addf(t, "; %s %.16s", what, clock_iso(at, time));
}

const char *
guard_evidence(const struct guard_facts *f, int decimals, char *out, size_t size)
{
    char owed[AMOUNT_TEXT_MAX];
    struct text t;

    text_init(&t, out, size);
    text_add(&t, "all guards pass: ");
    if (f->cause == CAUSE_ARREARS)
        text_addf(&t, "%s overdue in %d bill%s", money_show(f->owed, decimals, owed),
                  f->unpaid, f->unpaid == 1 ? "" : "s");
    else
        text_add(&t, order_cause_name(f->cause));
    add_time(&t, "notice", f->notice_at);
    add_time(&t, "last warning", f->final_at);
    add_time(&t, "payments known", f->feed_at);
    add_time(&t, "heard", f->heard_at);
    text_addf(&t, "; relay %s; %d of %d approvals", f->relay, f->approvals,
              f->approvals_needed);
    text_addf(&t, "; %lld in this hour, %lld today", (long long)f->sent_hour,
              (long long)f->sent_day);
    return out;
}

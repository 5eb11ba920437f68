#include "meterpost/metering/ask.h"
#include "meterpost/sms/inbox.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/backup.h"
#include "meterpost/store/bus_jobs.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/overview.h"
#include "meterpost/talk/due.h"
#include "verbs.h"

static void
set_time(json_t *answer, const char *key, utc_t t)
{
    char text[TIME_TEXT_MAX];

    json_object_set_new(answer, key,
                        t == 0 ? json_null() : json_string(clock_iso(t, text)));
}

/* Nothing that could be done now, nothing that somebody else is doing for us. */
static bool
is_idle(const struct overview *o)
{
    return o->outbox_due == 0 && o->outbox_sending == 0 && o->inbox_new == 0 &&
           o->jobs_running == 0;
}

bool
control_next_due(struct desk *d, utc_t *when, struct err *e)
{
    utc_t asking, wire, talk, part;
    bool asks, wires, parts;

    if (!metering_next_due(d->store, d->conf, d->now, &asking, &asks, e) ||
        !bus_job_next_at(d->store, d->now, &wire, &wires, e) ||
        !talk_next_due(d, &talk, e) || !inbox_next_late(d->store, &part, &parts, e))
        return false;
    *when = clock_earlier(clock_earlier(asks ? asking : 0, wires ? wire : 0),
                          clock_earlier(talk, parts ? part : 0));
    return true;
}

static void
set_counts(json_t *answer, const struct overview *o)
{
    const struct {
        const char *key;
        int64_t value;
    } counts[] = {
        {"accounts", o->accounts},
        {"meters", o->meters},
        {"concentrators", o->concentrators},
        {"outbox_due", o->outbox_due},
        {"outbox_later", o->outbox_later},
        {"outbox_sending", o->outbox_sending},
        {"outbox_in_doubt", o->outbox_in_doubt},
        {"outbox_failed", o->outbox_failed},
        {"inbox_new", o->inbox_new},
        {"inbox_quarantined", o->inbox_quarantined},
        {"requests_waiting", o->requests_waiting},
        {"requests_asked", o->requests_asked},
        {"readings_held", o->readings_held},
        {"rounds_running", o->rounds_running},
        {"bills", o->bills},
        {"jobs_running", o->jobs_running},
        {"alarms_open", o->alarms_open},
    };

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        json_object_set_new(answer, counts[i].key, json_integer(counts[i].value));
}

bool
control_status(struct desk *d, json_t *answer, struct err *e)
{
    struct overview o;
    utc_t next;

    if (!store_overview(d->store, d->now, &o, e) || !control_next_due(d, &next, e))
        return false;
    next = clock_earlier(o.outbox_due > 0 ? d->now : o.outbox_next, next);
    set_time(answer, "now", d->now);
    set_counts(answer, &o);
    json_object_set_new(answer, "idle",
                        json_boolean(is_idle(&o) && (next == 0 || next > d->now)));
    set_time(answer, "next_due", next);
    return true;
}

bool
verb_status(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
            struct err *e)
{
    (void)actor;
    (void)arguments;
    return control_status(d, answer, e);
}

bool
verb_audit_verify(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    char head[AUDIT_HEAD_MAX];
    const char *given;
    int64_t rows;

    (void)actor;
    if (!argument_text_or(arguments, "head", NULL, &given, e) ||
        !desk_look_at_audit(d->conf, d->store, e) || !audit_verify(d->store, &rows, e) ||
        !audit_head(d->store, head, e) ||
        (given != NULL && !audit_check_head(d->store, given, e)))
        return false;
    json_object_set_new(answer, "audit_rows", json_integer(rows));
    json_object_set_new(answer, "audit_head", json_string(head));
    json_object_set_new(answer, "audit_signed_from",
                        json_integer(audit_signed_from(d->store)));
    return true;
}

static void
set_money(const struct desk *d, json_t *answer, const char *key, int64_t minor)
{
    char text[AMOUNT_TEXT_MAX];

    decimal_print(minor, d->conf->decimals, false, text);
    json_object_set_new(answer, key, json_string(text));
}

bool
verb_verify(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
            struct err *e)
{
    struct store_totals t;
    int64_t entries;

    if (!store_check_integrity(d->store, e) || !store_totals(d->store, &t, e))
        return false;
    json_object_set_new(answer, "integrity", json_string("ok"));
    if (!ledger_verify(d->store, &entries, e))
        return false;
    json_object_set_new(answer, "ledger_entries", json_integer(entries));
    if (!verb_audit_verify(d, actor, arguments, answer, e))
        return false;
    json_object_set_new(answer, "accounts", json_integer(t.accounts));
    json_object_set_new(answer, "meters", json_integer(t.meters));
    json_object_set_new(answer, "readings", json_integer(t.readings));
    json_object_set_new(answer, "bills", json_integer(t.bills));
    json_object_set_new(answer, "payments", json_integer(t.payments));
    json_object_set_new(answer, "messages", json_integer(t.messages));
    set_money(d, answer, "billed", t.billed_minor);
    set_money(d, answer, "paid", t.paid_minor);
    set_money(d, answer, "owed", t.owed_minor);
    return true;
}

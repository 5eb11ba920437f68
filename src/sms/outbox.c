#include "meterpost/sms/outbox.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/retry.h"
#include "sms/outbox_plan.h"

#include <string.h>

#define VALIDITY_MIN 5    /* minutes; the shortest that TS 23.040 knows */
#define TP_TRYING    0x20 /* TP-Status: from here on not yet arrived (TS 23.040 9.2.3.15) */
#define TP_GIVEN_UP  0x40 /* from here on the service centre has given up */

static const struct retry_policy retry = {.first_s = 30, .most_s = 15 * MINUTE_S};

/* ---- steps ---- */

/* The only way from state to state. */
static bool
step(struct store *s, const struct outbox_row *m, enum outbox_event event,
     const struct outbox_change *c, struct err *e)
{
    enum outbox_state next = outbox_after(m->state, event);

    if (next == OUTBOX_STATES)
        return err_set(e, FAIL_REJECT, "outbox=%lld is %s: no %s from there",
                       (long long)m->id, outbox_state_name(m->state),
                       outbox_event_name(event));
    if (!outbox_row_step(s, m->id, m->state, next, c, e))
        return false;
    log_debug("outbox", "outbox=%lld %s: %s", (long long)m->id, outbox_event_name(event),
              outbox_state_name(next));
    return true;
}

static bool
load(struct store *s, int64_t id, struct outbox_row *m, struct err *e)
{
    bool found;

    if (!outbox_row_get(s, id, m, &found, e))
        return false;
    return found || err_set(e, FAIL_REJECT, "there is no outbox=%lld", (long long)id);
}

bool
outbox_cancel(struct store *s, int64_t id, const char *reason, bool *done, struct err *e)
{
    const struct outbox_change c = {.error = reason};
    struct outbox_row m;

    *done = false;
    if (!load(s, id, &m, e))
        return false;
    if (outbox_after(m.state, EVENT_CANCEL) == OUTBOX_STATES)
        return true;
    *done = true;
    return step(s, &m, EVENT_CANCEL, &c, e);
}

bool
outbox_expire(struct store *s, utc_t now, int at_most, int *done, struct err *e)
{
    static const struct outbox_change c = {.error = "its time was over"};
    struct outbox_row m;
    int64_t id;
    bool found;

    for (*done = 0; *done < at_most; (*done)++) {
        if (!outbox_row_next_expired(s, now, &id, &found, e))
            return false;
        if (!found)
            return true;
        if (!load(s, id, &m, e) || !step(s, &m, EVENT_EXPIRE, &c, e))
            return false;
        log_warn("outbox", "outbox=%lld was not sent in time", (long long)id);
    }
    return true;
}

/* ---- sending ---- */

static uint32_t
validity(const struct outbox_row *m, utc_t now)
{
    int64_t left = (m->expires_at - now) / MINUTE_S;
    int64_t most = outbox_rule(m->kind)->network_min;

    if (left > most)
        left = most;
    return (uint32_t)(left < VALIDITY_MIN ? VALIDITY_MIN : left);
}

/* Mark the next queued part of *m as in the air, and write it down for the worker. */
static bool
next_part(struct store *s, const struct outbox_row *m, const char *modem, unsigned how,
          utc_t now, struct wire_send *out, bool *found, struct err *e)
{
    unsigned bits = (how & OUTBOX_LONG_REF) != 0 ? 16 : 8;
    uint8_t octets[OCTETS_MAX];
    struct outbox_part part;
    struct segments plan;

    if (!outbox_part_first(s, m->id, OUTBOX_QUEUED, &part, found, e))
        return false;
    if (!*found)
        return true;
    if (part.part > 1 && m->ref_bits != 0) /* as the first one, whatever a modem likes */
        bits = (unsigned)m->ref_bits;
    if (!outbox_plan(m, bits, &plan, octets, e))
        return err_in(e, "outbox=%lld", (long long)m->id);
    /* The longer header may make it one part more than it has on file, and costs. */
    if (bits == 16 && plan.count != (size_t)m->segments &&
        !outbox_plan(m, 8, &plan, octets, e))
        return false;
    if (plan.count != (size_t)m->segments)
        return err_set(e, FAIL_REJECT, "outbox=%lld has %d parts on file and %zu by count",
                       (long long)m->id, m->segments, plan.count);
    text_clip(part.modem, sizeof(part.modem), modem);
    part.sent_at = now;
    part.ref = -1;
    if (!outbox_part_step(s, &part, OUTBOX_SENDING, e) ||
        (part.part == 1 && plan.count > 1 &&
         !outbox_row_set_ref_bits(s, m->id, (int)plan.ref_bits, e)))
        return false;
    memset(out, 0, sizeof(*out));
    segment_fill(&plan, m->alphabet == WIRE_8BIT ? (const char *)octets : m->text,
                 (size_t)part.part - 1,
                 (uint16_t)(plan.ref_bits == 16 ? m->id : m->concat_ref), out);
    out->outbox = m->id;
    out->report = (how & OUTBOX_REPORTS) != 0 && outbox_rule(m->kind)->report;
    out->validity_min = validity(m, now);
    text_clip(out->number, sizeof(out->number), m->number);
    return true;
}

/* The phone joins parts of one sender only: another modem begins with the first. */
static bool
begin_anew(struct store *s, const struct outbox_row *m, const char *modem, bool *repeats,
           struct err *e)
{
    int64_t left = 0;

    if (m->attempts > 0 && m->segments > 1 && strcmp(m->modem, modem) != 0 &&
        !outbox_part_rewind(s, m->id, &left, e))
        return false;
    *repeats = left > 0;
    return true;
}

bool
outbox_take(struct store *s, int64_t id, const char *modem, unsigned how, utc_t now,
            struct wire_send *out, struct err *e)
{
    struct outbox_change c = {.modem = modem, .one_more_attempt = true};
    struct outbox_row m;
    bool found;

    if (!load(s, id, &m, e) || !begin_anew(s, &m, modem, &c.one_more_repeat, e) ||
        !step(s, &m, EVENT_TAKE, &c, e) ||
        !next_part(s, &m, modem, how, now, out, &found, e))
        return false;
    return found ||
           err_set(e, FAIL_REJECT, "outbox=%lld has no part to send", (long long)id);
}

/* ---- reports ---- */

/* A message is delivered when all of its parts are, undelivered when one is. */
static bool
weigh_reports(struct store *s, const struct outbox_row *m, utc_t now, struct err *e)
{
    const struct outbox_change arrived = {.delivered_at = now};
    static const struct outbox_change lost = {.error = "the network could not deliver it"};
    int64_t good, bad;

    if (m->state != OUTBOX_SENT)
        return true;
    if (!outbox_part_in_state(s, m->id, OUTBOX_DELIVERED, &good, e) ||
        !outbox_part_in_state(s, m->id, OUTBOX_UNDELIVERED, &bad, e))
        return false;
    if (bad > 0)
        return step(s, m, EVENT_LOST, &lost, e);
    return good < m->segments || step(s, m, EVENT_ARRIVED, &arrived, e);
}

static bool
report_on_part(struct store *s, const struct outbox_part *part, int64_t report,
               int tp_status, struct err *e)
{
    enum outbox_state to = tp_status < TP_TRYING ? OUTBOX_DELIVERED : OUTBOX_UNDELIVERED;

    if (!outbox_report_match(s, report, part->outbox_id, e) ||
        !outbox_part_set_report(s, part, tp_status, e))
        return false;
    if (tp_status >= TP_TRYING && tp_status < TP_GIVEN_UP)
        return true; /* the service centre is still trying */
    return outbox_part_step(s, part, to, e);
}

bool
outbox_report(struct store *s, const char *modem, const char *country_code,
              const struct wire_arrived *a, const uint8_t dedup[32], utc_t now,
              struct err *e)
{
    struct outbox_report r = {
        .modem = modem, .ref = a->ref, .tp_status = a->tp_status, .arrived_at = now};
    struct outbox_part part;
    struct outbox_row m;
    struct phone phone;
    struct err why;
    int64_t id;
    bool found;

    memcpy(r.dedup, dedup, sizeof(r.dedup));
    r.number = phone_parse(a->number, country_code, &phone, &why) ? phone.text : a->number;
    if (!outbox_report_add(s, &r, &id, &found, e))
        return false;
    if (!found) /* it came before */
        return true;
    if (!outbox_part_by_ref(s, modem, r.number, a->ref, &part, &found, e))
        return false;
    if (!found) /* perhaps faster than the RESULT of its part */
        return true;
    return report_on_part(s, &part, id, a->tp_status, e) &&
           load(s, part.outbox_id, &m, e) && weigh_reports(s, &m, now, e);
}

/* ---- results ---- */

static bool
part_sent(struct store *s, const struct outbox_row *m, struct outbox_part *part,
          const struct wire_result *r, struct err *e)
{
    int64_t report;
    int status;
    bool waits;

    part->ref = r->ref;
    if (!outbox_part_step(s, part, OUTBOX_SENT, e))
        return false;
    part->state = OUTBOX_SENT;
    if (r->ref < 0)
        return true;
    if (!outbox_report_waiting(s, part, m->number, &report, &status, &waits, e))
        return false;
    return !waits || report_on_part(s, part, report, status, e);
}

static bool
message_sent(struct store *s, struct outbox_row *m, utc_t now, struct err *e)
{
    const struct outbox_change c = {.sent_at = now};

    if (!step(s, m, EVENT_SENT, &c, e))
        return false;
    m->state = OUTBOX_SENT;
    return weigh_reports(s, m, now, e);
}

static bool
not_now(struct store *s, const struct outbox_row *m, const struct outbox_part *part,
        int code, const char *reason, utc_t next_at, struct err *e)
{
    const struct outbox_change c = {.next_at = next_at, .code = code, .error = reason};

    return outbox_part_step(s, part, OUTBOX_QUEUED, e) && step(s, m, EVENT_NOT_NOW, &c, e);
}

static bool
refused(struct store *s, const struct outbox_row *m, const struct outbox_part *part,
        int code, const char *reason, struct err *e)
{
    const struct outbox_change c = {.code = code, .error = reason};

    log_warn("outbox", "outbox=%lld was refused: %s", (long long)m->id, reason);
    return outbox_part_step(s, part, OUTBOX_QUEUED, e) && step(s, m, EVENT_REFUSED, &c, e);
}

/* It may have left: note it, and settle it by what kind of message it is. */
static bool
doubt(struct store *s, struct outbox_row *m, enum outbox_event event, int code,
      const char *reason, utc_t next_at, struct err *e)
{
    const struct outbox_change doubted = {.code = code, .error = reason};
    const struct outbox_change repeated = {.next_at = next_at, .one_more_repeat = true};
    bool again = outbox_may_repeat(m->kind, m->repeated) && next_at != 0;

    if (!outbox_part_step_all(s, m->id, OUTBOX_SENDING, OUTBOX_IN_DOUBT, e) ||
        !step(s, m, event, &doubted, e))
        return false;
    m->state = OUTBOX_IN_DOUBT;
    log_warn("outbox", "outbox=%lld may have been sent (%s): %s", (long long)m->id, reason,
             again ? "goes again" : "stays in doubt");
    if (!again)
        return true;
    return outbox_part_step_all(s, m->id, OUTBOX_IN_DOUBT, OUTBOX_QUEUED, e) &&
           step(s, m, EVENT_REPEAT, &repeated, e);
}

/* The part that is in the air, of a message that `modem` has. */
static bool
part_in_air(struct store *s, const char *modem, int64_t id, int number,
            struct outbox_row *m, struct outbox_part *part, struct err *e)
{
    bool found;

    if (!load(s, id, m, e) || !outbox_part_first(s, id, OUTBOX_SENDING, part, &found, e))
        return false;
    if (!found || part->part != number || m->state != OUTBOX_SENDING ||
        strcmp(part->modem, modem) != 0)
        return err_set(e, FAIL_REJECT, "part %d of outbox=%lld is not in the air at %s",
                       number, (long long)id, modem);
    return true;
}

bool
outbox_result(struct store *s, const char *modem, unsigned how, const struct wire_result *r,
              utc_t now, struct wire_send *next, bool *more, struct err *e)
{
    struct outbox_part part;
    struct outbox_row m;
    int code = r->code > 0 ? r->code : 0;
    utc_t again;

    *more = false;
    if (!part_in_air(s, modem, r->outbox, r->part, &m, &part, e))
        return false;
    again = retry_at(&retry, m.attempts, now, m.expires_at);
    switch ((enum wire_outcome)r->outcome) {
    case WIRE_SENT:
        return part_sent(s, &m, &part, r, e) &&
               next_part(s, &m, modem, how, now, next, more, e) &&
               (*more || message_sent(s, &m, now, e));
    case WIRE_REFUSED: return refused(s, &m, &part, code, r->reason, e);
    case WIRE_NOT_NOW:
        return not_now(s, &m, &part, code, r->reason, again != 0 ? again : m.expires_at, e);
    case WIRE_NOT_BEGUN: return not_now(s, &m, &part, code, r->reason, now, e);
    case WIRE_IN_DOUBT: return doubt(s, &m, EVENT_DOUBT, code, r->reason, again, e);
    }
    return err_set(e, FAIL_REJECT, "outcome %d is none", r->outcome);
}

bool
outbox_not_handed(struct store *s, const char *modem, const struct wire_send *w, utc_t now,
                  struct err *e)
{
    struct outbox_part part;
    struct outbox_row m;

    return part_in_air(s, modem, w->outbox, w->concat.number, &m, &part, e) &&
           not_now(s, &m, &part, 0, "the modem's worker did not take it", now, e);
}

bool
outbox_refuse(struct store *s, int64_t id, const char *reason, struct err *e)
{
    const struct outbox_change c = {.error = reason};
    struct outbox_row m;

    return load(s, id, &m, e) && step(s, &m, EVENT_REFUSED, &c, e);
}

bool
outbox_modem_lost(struct store *s, const char *modem, utc_t now, int *count, struct err *e)
{
    struct outbox_row m;
    int64_t id = 0;
    bool found;

    for (*count = 0;; (*count)++) {
        if (!outbox_row_next_sending(s, modem, id, &id, &found, e))
            return false;
        if (!found)
            return true;
        if (!load(s, id, &m, e) ||
            !doubt(s, &m, EVENT_RESTART, 0, "no answer of the modem is on file",
                   now < m.expires_at ? now : 0, e))
            return false;
    }
}

#include "meterpost/metering/wire.h"

#include "answer.h"
#include "channel.h"
#include "meterpost/base/text.h"
#include "meterpost/bus/answer.h"
#include "meterpost/bus/job.h"
#include "meterpost/store/attempts.h"
#include "profile_frame.h"
#include "take.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking ---- */

static bool
add_job(const struct asking *a, const struct request *r, int64_t *id, struct err *e)
{
    char key[BUS_JOB_KEY_MAX];

    snprintf(key, sizeof(key), "request %" PRId64 " %d", r->id, r->attempts + 1);
    return bus_job_add(
        a->store,
        &(struct bus_job_new){.key = key,
                              .meter_id = r->meter_id,
                              .action = r->kind == REQUEST_RELAY ? BUS_RELAY : BUS_READ,
                              .request_id = r->id,
                              .expires_at = r->expires_at,
                              .urgent = r->cause != REQUEST_FOR_ROUND,
                              .actor = r->actor},
        a->now, id, e);
}

bool
wire_ask(const struct asking *a, struct request *r, struct err *e)
{
    char text[BUS_JOB_KEY_MAX];
    int64_t job;

    if (r->meter_id == 0)
        return answer_given_up(a->store, a->conf, r, "a concentrator is on no wire", a->now,
                               e);
    if (!add_job(a, r, &job, e))
        return e->kind == FAIL_REJECT &&
               answer_given_up(a->store, a->conf, r, e->text, a->now, e);
    snprintf(text, sizeof(text), "bus_job=%" PRId64, job);
    return channel_asked(a, r, 0, text, r->expires_at, e);
}

bool
metering_read_by_wire(struct store *s, const struct meter *m, const char *actor, utc_t now,
                      int64_t *request_id, struct err *e)
{
    struct request r = {.kind = REQUEST_READ,
                        .meter_id = m->id,
                        .channel = REQUEST_BY_BUS,
                        .created_at = now,
                        .next_at = now,
                        .expires_at = now + DAY_S};
    struct request open;
    bool found;

    if (!bus_reaches(m))
        return err_set(e, FAIL_REJECT,
                       "meter %s is on no wire: it needs bus, protocol and address",
                       m->meter);
    if (!request_open_of(s, REQUEST_READ, m->id, 0, 0, &open, &found, e))
        return false;
    if (found && open.channel == REQUEST_BY_BUS) {
        *request_id = open.id;
        return true;
    }
    snprintf(r.key, sizeof(r.key), "wire %" PRId64 " %" PRId64, m->id, now);
    text_clip(r.actor, sizeof(r.actor), actor);
    return request_add(s, &r, request_id, &found, e);
}

/* ---- what came ---- */

struct gathering {
    struct reply reply;
    bool first;
};

/* Identifiers that a meter does not have are passed over. */
static bool
gather(void *ctx, const struct frame *f, struct err *e)
{
    struct gathering *g = ctx;

    if (f->exception[0] != '\0')
        return true;
    if (!profile_take_frame(f, g->first, &g->reply, e))
        return false;
    g->first = false;
    return true;
}

/* The attempt has the bytes that came, for whoever wants to read them again. */
static bool
end_attempt(struct store *s, const struct bus_job *job, const char *result,
            const uint8_t *bytes, size_t n, utc_t now, struct err *e)
{
    struct attempt a;
    bool found;

    if (job->request_id == 0)
        return true;
    if (!attempt_open(s, job->request_id, &a, &found, e) || !found)
        return !found;
    a.ended_at = now;
    text_clip(a.device, sizeof(a.device), job->bus);
    text_clip(a.result, sizeof(a.result), result);
    return attempt_end(s, &a, bytes, n, e);
}

/* The address said who answers; a serial number in the data that is another meter's of ours
 * says that the line is not wired as the registry has it. */
static bool
same_meter(struct store *s, const struct meter *m, const char *said, bool *same,
           struct err *e)
{
    struct meter other;
    bool found;

    *same = true;
    if (said[0] == '\0' || strcmp(said, m->meter) == 0)
        return true;
    if (!meter_by_name(s, said, &other, &found, e))
        return false;
    *same = !found || other.id == m->id;
    return true;
}

static bool
take(struct store *s, const struct conf *conf, const struct meter *m, struct reply *reply,
     utc_t now, struct metering_outcome *out, struct err *e)
{
    bool same;

    if (!same_meter(s, m, reply->meter, &same, e))
        return false;
    if (!same) {
        out->understood = false;
        snprintf(out->reason, sizeof(out->reason), "identity: %s answered at address %s",
                 reply->meter, m->address);
        return true;
    }
    reply->meter[0] = '\0';
    for (int i = 0; i < reply->n_values; i++)
        reply->values[i].meter[0] = '\0';
    return take_wire_reply(s, conf, m, reply, now, out, e);
}

bool
metering_take_wire(struct store *s, const struct conf *conf, const struct bus_kinds *kinds,
                   const struct bus_job *job, const struct meter *m,
                   enum conf_protocol wire, const uint8_t *bytes, size_t n, utc_t now,
                   struct metering_outcome *out, struct err *e)
{
    const struct bus_kind *kind = bus_kinds_find(kinds, m->protocol);
    struct gathering *g;
    bool good;

    *out = (struct metering_outcome){.understood = true, .is_device = true};
    if (kind == NULL)
        return err_set(e, FAIL_REJECT, "'%.40s' is no protocol, map or device",
                       m->protocol);
    g = calloc(1, sizeof(*g));
    if (g == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    g->first = true;
    good = bus_answer_read(kind, wire, bytes, n, gather, g, e) &&
           end_attempt(s, job, "answered", bytes, n, now, e) &&
           take(s, conf, m, &g->reply, now, out, e);
    free(g);
    return good;
}

bool
metering_wire_failed(struct store *s, const struct conf *conf, const struct bus_job *job,
                     const char *reason, utc_t now, struct err *e)
{
    struct request r;
    bool found;

    if (!request_by_id(s, job->request_id, &r, &found, e))
        return false;
    if (!found || (r.state != REQUEST_WAITING && r.state != REQUEST_ASKED) ||
        r.channel != REQUEST_BY_BUS)
        return true;
    return end_attempt(s, job, reason, NULL, 0, now, e) &&
           answer_given_up(s, conf, &r, reason, now, e);
}

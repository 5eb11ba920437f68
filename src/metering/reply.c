/* What a meter or concentrator wrote, and what follows from it. */
#include "answer.h"
#include "clock_drift.h"
#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/check.h"
#include "meterpost/metering/device.h"
#include "meterpost/metering/profile.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/unit.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/sms/inbox.h"
#include "meterpost/store/requests.h"
#include "meterpost/store/rounds.h"
#include "take.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* One text on its way to readings. */
struct taking {
    struct store *store;
    const struct conf *conf;
    const struct inbox_row *message;
    utc_t now;
    enum reading_source source;
    utc_t sent_at;           /* by the service centre, where that can be */
    bool is_box;             /* the sender is a concentrator */
    struct concentrator box; /* then */
    struct meter direct;     /* else */
    const char *profile;     /* id of the sender's */
    struct reply reply;
    struct request question; /* that the meter at hand answers; id 0: none */
    struct metering_outcome *out;
    int wait_s;  /* for what the sender still has to say */
    int refused; /* values of meters that are not the sender's */
};

/* A fault of the text, of which the first is told. Always true: the store is well. */
static bool __attribute__((format(printf, 2, 3)))
refuse(struct taking *t, const char *fmt, ...)
{
    va_list args;

    t->out->understood = false;
    t->refused++;
    if (t->refused > 1)
        return true;
    va_start(args, fmt);
    vsnprintf(t->out->reason, sizeof(t->out->reason), fmt, args);
    va_end(args);
    return true;
}

/* ---- whose it is ---- */

static bool
find_device(struct taking *t, bool *found, struct err *e)
{
    const char *number = t->message->sender;

    if (!meter_by_phone(t->store, number, &t->direct, found, e))
        return false;
    if (*found) {
        t->profile = t->direct.profile;
        t->out->meter_id = t->direct.id;
        t->out->account_id = t->direct.at.account_id;
        return meter_set_contact(t->store, t->direct.id, t->now, e);
    }
    if (!concentrator_by_phone(t->store, number, &t->box, found, e))
        return false;
    t->is_box = *found;
    t->profile = t->box.profile;
    return !*found || concentrator_set_contact(t->store, t->box.id, t->now, e);
}

/* Meters print their number with zeros in front, people leave them out. */
static bool
same_number(const char *a, const char *b)
{
    if (b[0] == '\0')
        return false;
    return strcasecmp(a + strspn(a, "0"), b + strspn(b, "0")) == 0;
}

/* Somebody built in another meter, or put its SIM into another: that wants to be seen. */
static bool
refuse_other(struct taking *t, const char *name, struct err *e)
{
    char subject[ALARM_SUBJECT_MAX], text[ALARM_TEXT_MAX];
    struct alarm_new alarm = {"identity", subject, text, false};

    snprintf(subject, sizeof(subject), "meter %s", t->direct.meter);
    snprintf(text, sizeof(text),
             "the phone of meter %s sends as meter %s: see which meter hangs there",
             t->direct.meter, name);
    refuse(t, "identity: the text names meter %s, but this is the phone of %s", name,
           t->direct.meter);
    return alarm_raise(t->store, t->conf, &alarm, t->now, NULL, e);
}

/* The meter that a number in the text means: the sender itself, or one behind it. *found is
 * false when it is neither; then that is refused. */
static bool
find_meter(struct taking *t, const char *name, struct meter *m, bool *found, struct err *e)
{
    if (!t->is_box) {
        *found = name[0] == '\0' || same_number(name, t->direct.meter) ||
                 same_number(name, t->direct.address);
        *m = t->direct;
        return *found || refuse_other(t, name, e);
    }
    *found = false;
    if (name[0] == '\0')
        return refuse(t, "the text of concentrator %s does not say which meter it means",
                      t->box.concentrator);
    if (!meter_behind(t->store, t->box.id, name, m, found, e))
        return false;
    if (!*found)
        return refuse(t, "identity: meter %s is not behind concentrator %s", name,
                      t->box.concentrator);
    return meter_set_contact(t->store, m->id, t->now, e);
}

static const char *
name_in(const struct taking *t, const struct reply_value *v)
{
    return v->meter[0] != '\0' ? v->meter : t->reply.meter;
}

/* ---- readings ---- */

/* True when this register decides whether the meter is read: the billed one, or where the
 * text does not have it any other that counts. */
static bool
decides(const struct taking *t, const struct meter *m, const struct reply_value *v)
{
    const char *main = metering_main_register(m->commodity);

    if (strcmp(v->obis, main) == 0)
        return true;
    for (int i = 0; i < t->reply.n_values; i++) {
        const struct reply_value *other = &t->reply.values[i];

        if (strcmp(other->obis, main) == 0 && strcmp(name_in(t, other), name_in(t, v)) == 0)
            return false;
    }
    return check_register_counts(v->obis);
}

static void
fill_reading(const struct taking *t, const struct reply_value *v, struct reading *r)
{
    *r = (struct reading){.value = v->value,
                          .taken_at = t->sent_at,
                          .received_at = t->message->received_at,
                          .quality = QUALITY_ACTUAL,
                          .source = t->source,
                          .inbox_id = t->message->id,
                          .request_id = t->question.id,
                          .round_id = t->question.round_id};
    text_clip(r->obis, sizeof(r->obis), v->obis);
    text_clip(r->unit, sizeof(r->unit), v->unit);
    text_clip(r->raw, sizeof(r->raw), v->raw);
    text_copy(r->actor, sizeof(r->actor), "meter");
}

/* The question that readings of this meter answer, before it is closed: its own, or that
 * of its concentrator. */
static bool
find_question(struct taking *t, const struct meter *m, struct err *e)
{
    bool found;

    if (!request_open_of(t->store, REQUEST_READ, m->id, 0, 0, &t->question, &found, e))
        return false;
    if (!found && t->is_box &&
        !request_open_of(t->store, REQUEST_READ, 0, t->box.id, 0, &t->question, &found, e))
        return false;
    if (!found)
        t->question = (struct request){0};
    return true;
}

/* What rounds and questions make of a reading that was stored, or was here already. */
static bool
note_reading(struct taking *t, const struct meter *m, const struct reading *r,
             struct err *e)
{
    struct answer answer = {REQUEST_READ, r->taken_at, t->message->id, t->now, t->conf};
    bool held = r->status == READING_HELD, found;
    struct reading there;

    if (r->status == READING_REJECTED && r->id != 0)
        return answer_meter(t->store, m->id, &answer, &t->out->request_id, e);
    if (r->status == READING_REJECTED) {
        if (!reading_at(t->store, m->id, r->obis, r->taken_at, r->value, &there, &found, e))
            return false;
        held = found && there.status == READING_HELD;
    }
    return round_meter_came(t->store, m->id, held, r->received_at, e) &&
           answer_meter(t->store, m->id, &answer, &t->out->request_id, e);
}

static bool
take_value(struct taking *t, const struct meter *m, const struct reply_value *v,
           struct err *e)
{
    utc_t meter_time = v->has_time ? v->time : t->reply.has_time ? t->reply.time : 0;
    struct reading r;

    fill_reading(t, v, &r);
    if (!reply_flags(t->store, m, &t->reply, name_in(t, v), meter_time, &r, e) ||
        !metering_reading_add(t->store, t->conf, m, meter_time, &r, e))
        return false;
    t->out->accepted += r.status == READING_ACCEPTED;
    t->out->held += r.status == READING_HELD;
    t->out->known += r.status == READING_REJECTED && r.id == 0;
    if (r.status == READING_REJECTED && r.id != 0)
        snprintf(t->out->reason, sizeof(t->out->reason), "rejected (%s): %s", r.flags,
                 r.reason);
    if (!decides(t, m, v))
        return true;
    return note_reading(t, m, &r, e) &&
           device_follow(t->store, t->conf, m, &r, t->question.cause, t->now, e);
}

/* Values of one meter, which lie together, by their turns. */
static bool
take_meter(struct taking *t, const struct meter *m, const struct reply_value *v, int n,
           struct err *e)
{
    for (int turn = 0; turn < REPLY_TURNS; turn++) {
        for (int i = 0; i < n; i++) {
            if (reply_turn(m, &v[i]) == turn && !take_value(t, m, &v[i], e))
                return false;
        }
    }
    return true;
}

static bool
take_readings(struct taking *t, struct err *e)
{
    struct answer answer = {REQUEST_READ, t->sent_at, t->message->id, t->now, t->conf};
    const struct reply_value *v = t->reply.values;
    struct meter m;
    bool found = false;

    for (int i = 0, n; i < t->reply.n_values; i += n) {
        n = 1;
        while (i + n < t->reply.n_values &&
               strcmp(name_in(t, &v[i]), name_in(t, &v[i + n])) == 0)
            n++;
        if (!find_meter(t, name_in(t, &v[i]), &m, &found, e) ||
            (found && (!find_question(t, &m, e) || !take_meter(t, &m, &v[i], n, e))))
            return false;
    }
    if (!t->is_box || t->out->accepted + t->out->held + t->out->known == 0)
        return true;
    return answer_concentrator(t->store, t->box.id, &answer, t->wait_s, &t->out->request_id,
                               e);
}

/* ---- all else that a device may say ---- */

static bool
take_relay(struct taking *t, struct err *e)
{
    struct answer answer = {REQUEST_RELAY, t->sent_at, t->message->id, t->now, t->conf};
    struct meter m;
    bool found;

    if (!find_meter(t, t->reply.meter, &m, &found, e))
        return false;
    if (!found)
        return true;
    t->out->meter_id = m.id;
    t->out->account_id = m.at.account_id;
    text_clip(t->out->relay, sizeof(t->out->relay), reply_relay_name(t->reply.relay));
    return meter_set_relay(t->store, m.id, reply_relay_name(t->reply.relay), e) &&
           answer_meter(t->store, m.id, &answer, &t->out->request_id, e);
}

/* The device says that it could not: the question that it means is the oldest one. */
static bool
take_error(struct taking *t, struct err *e)
{
    struct request q;
    char reason[REQUEST_WHY_MAX];
    bool found;

    snprintf(t->out->reason, sizeof(t->out->reason), "it says: %s", t->reply.word);
    if (!request_asked_of(t->store, t->direct.id, t->box.id, &q, &found, e))
        return false;
    if (!found)
        return true;
    t->out->request_id = q.id;
    q.inbox_id = t->message->id;
    snprintf(reason, sizeof(reason), "it says: %s", t->reply.word);
    return answer_missed(t->store, t->conf, &q, reason, t->now, e);
}

/* Whose alarm it is, for people: the meter that is named, where it is one of ours. */
static bool
find_subject(struct taking *t, const char *name, char out[ALARM_SUBJECT_MAX], struct err *e)
{
    struct meter m = t->direct;
    bool found = !t->is_box;

    if (t->is_box && name[0] != '\0' &&
        !meter_behind(t->store, t->box.id, name, &m, &found, e))
        return false;
    if (found)
        snprintf(out, ALARM_SUBJECT_MAX, "meter %s", m.meter);
    else
        snprintf(out, ALARM_SUBJECT_MAX, "concentrator %s", t->box.concentrator);
    return true;
}

static bool
take_alarms(struct taking *t, struct err *e)
{
    const struct reply *r = &t->reply;
    char subject[ALARM_SUBJECT_MAX], well[REPLY_WELL_MAX];

    for (int i = 0; i < r->n_alarms; i++) {
        if (!find_subject(t, r->alarms[i].meter, subject, e) ||
            !device_alarms(t->store, t->conf, subject, r->alarms[i].word, t->now, e))
            return false;
    }
    reply_well(r, well);
    return well[0] == '\0' || t->refused > 0 ||
           (find_subject(t, r->meter, subject, e) &&
            device_well(t->store, subject, well, t->now, e));
}

/* What replies of any kind may say beside: alarms, and how the relay stands. */
static bool
take_rest(struct taking *t, struct err *e)
{
    const struct reply *r = &t->reply;
    struct meter m;
    bool found;

    if (r->n_alarms > 0 && t->out->reason[0] == '\0')
        snprintf(t->out->reason, sizeof(t->out->reason), "alarm: %s", r->alarms[0].word);
    if (!take_alarms(t, e))
        return false;
    if (r->relay == REPLY_RELAY_NONE || r->kind == REPLY_RELAY || t->refused > 0 ||
        (t->is_box && r->meter[0] == '\0'))
        return true;
    if (!find_meter(t, r->meter, &m, &found, e))
        return false;
    if (!found)
        return true;
    t->out->meter_id = m.id;
    text_clip(t->out->relay, sizeof(t->out->relay), reply_relay_name(r->relay));
    return meter_set_relay(t->store, m.id, reply_relay_name(r->relay), e);
}

/* That it came, and what take_rest() finds, is all that it says; behind a concentrator it
 * may name its meter. */
static bool
take_word(struct taking *t, struct err *e)
{
    struct meter m;
    bool found;

    if (!t->is_box || t->reply.meter[0] == '\0')
        return true;
    if (!find_meter(t, t->reply.meter, &m, &found, e))
        return false;
    if (found) {
        t->out->meter_id = m.id;
        t->out->account_id = m.at.account_id;
    }
    return true;
}

static bool
take_unknown(struct taking *t, struct err *e)
{
    (void)e;
    if (reply_text_lacks_number(t->message->text))
        return refuse(t, "value: what stands for a number is none (profile '%s')",
                      t->profile);
    return refuse(t, "no reply pattern of profile '%s' fits this text", t->profile);
}

static bool
take_reply(struct taking *t, struct err *e)
{
    static bool (*const take[])(struct taking *, struct err *) = {
        [REPLY_UNKNOWN] = take_unknown, [REPLY_READING] = take_readings,
        [REPLY_RELAY] = take_relay,     [REPLY_ACK] = take_word,
        [REPLY_ALARM] = take_word,      [REPLY_NOTICE] = take_word,
        [REPLY_ERROR] = take_error,
    };

    text_clip(t->out->kind, sizeof(t->out->kind), reply_kind_name(t->reply.kind));
    text_clip(t->out->order, sizeof(t->out->order), t->reply.order);
    t->out->sent_at = t->sent_at;
    return take[t->reply.kind](t, e) && take_rest(t, e);
}

/* ---- the door ---- */

/* A text that gives the time tells how the clock of its sender goes. */
static bool
note_clock(struct taking *t, const struct profile *profile, struct err *e)
{
    struct drift d = {.meter_id = t->is_box ? 0 : t->direct.id,
                      .concentrator_id = t->is_box ? t->box.id : 0,
                      .meter_time = t->reply.time,
                      .sent_at = t->sent_at,
                      .is_answer = t->out->request_id != 0};

    return !t->reply.has_time || t->refused > 0 ||
           clock_drift_take(t->store, t->conf, profile, &d, t->now, e);
}

static bool
read_text(struct taking *t, const struct profiles *profiles, struct err *e)
{
    const struct profile *profile = profiles_find(profiles, t->profile);
    struct err why;

    if (profile == NULL)
        return refuse(t, "its profile '%s' is not loaded", t->profile);
    t->wait_s = answer_wait_s(t->conf, profile);
    if (t->message->incomplete)
        return refuse(t, "a part of this text never came");
    if (profile_parse_reply(profile, t->message->text, &t->reply, &why))
        return take_reply(t, e) && note_clock(t, profile, e);
    log_warn("reply", "inbox=%" PRId64 " %s", t->message->id, why.text);
    return refuse(t, "%s%s%s", t->reply.fault, t->reply.fault[0] != '\0' ? ": " : "",
                  why.text);
}

bool
metering_take_reply(struct store *s, const struct conf *conf,
                    const struct profiles *profiles, const struct inbox_row *m, utc_t now,
                    struct metering_outcome *out, struct err *e)
{
    struct taking t = {.store = s,
                       .conf = conf,
                       .message = m,
                       .source = SOURCE_SMS,
                       .now = now,
                       .sent_at = inbox_sent_at(m, conf->validation.too_old_s),
                       .out = out};

    *out = (struct metering_outcome){.understood = true, .kind = "unknown"};
    if (!find_device(&t, &out->is_device, e))
        return false;
    if (!out->is_device)
        return refuse(&t, "the sender is no meter and no concentrator");
    return read_text(&t, profiles, e) || err_in(e, "inbox=%" PRId64, m->id);
}

bool
take_wire_reply(struct store *s, const struct conf *conf, const struct meter *m,
                const struct reply *reply, utc_t now, struct metering_outcome *out,
                struct err *e)
{
    const struct inbox_row none = {.received_at = now};
    struct taking t = {.store = s,
                       .conf = conf,
                       .message = &none,
                       .source = SOURCE_BUS,
                       .now = now,
                       .sent_at = now,
                       .direct = *m,
                       .profile = m->protocol,
                       .reply = *reply,
                       .out = out};

    if (reply->n_values == 0 && reply->relay != REPLY_RELAY_NONE)
        t.reply.kind = REPLY_RELAY;
    else
        t.reply.kind = REPLY_READING;
    return take_reply(&t, e);
}

#include "meterpost/sms/inbox.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* A clock of a service centre that is further ahead is wrong. */
#define SMSC_AHEAD_S (10 * MINUTE_S)

_Static_assert(INBOX_BODY_MAX >= WIRE_BODY_MAX, "a part fits its row");
_Static_assert(INBOX_TEXT_MAX > INBOX_PARTS_MAX * (WIRE_BODY_MAX - 1), "so does a message");

/* ---- what it is recognised by ---- */

static void
mix(crypto_hash_sha256_state *h, const void *bytes, size_t n)
{
    const uint8_t size[2] = {(uint8_t)(n >> 8), (uint8_t)n};

    crypto_hash_sha256_update(h, size, sizeof(size));
    crypto_hash_sha256_update(h, bytes, n);
}

void
inbox_dedup(const char *sim, const struct wire_arrived *a, uint8_t out[INBOX_DEDUP_SIZE])
{
    crypto_hash_sha256_state h;

    crypto_hash_sha256_init(&h);
    mix(&h, sim, strlen(sim));
    if (a->pdu_length > 0) {
        mix(&h, a->pdu, a->pdu_length);
    } else {
        mix(&h, a->number, strlen(a->number));
        mix(&h, &a->smsc_time, sizeof(a->smsc_time));
        mix(&h, &a->concat.ref, sizeof(a->concat.ref));
        mix(&h, &a->concat.number, sizeof(a->concat.number));
        mix(&h, &a->ref, sizeof(a->ref));
        mix(&h, &a->tp_status, sizeof(a->tp_status));
        mix(&h, a->body, a->length);
    }
    crypto_hash_sha256_final(&h, out);
}

/* ---- whole messages ---- */

/* Part `p` as text: data is written in hexadecimal, as a meter's frame would be typed. */
static void
add_body(struct text *to, const struct inbox_part *p)
{
    char hex[2 * INBOX_BODY_MAX + 1];
    char clean[INBOX_BODY_MAX * 3];

    if (p->alphabet == WIRE_8BIT) {
        hex_print((const uint8_t *)p->body, p->body_length, hex);
        text_add(to, hex);
        return;
    }
    utf8_clean(clean, sizeof(clean), p->body, p->body_length);
    text_add(to, clean);
}

static void
put_aside(struct inbox_row *m, const char *reason)
{
    m->state = INBOX_QUARANTINED;
    text_clip(m->reason, sizeof(m->reason), reason);
}

/* A number that is none is a word from an unknown network: kept for a person. */
static void
name_sender(struct inbox_row *m, const char *raw, const char *country_code)
{
    struct phone phone;
    struct err why;

    if (phone_parse(raw, country_code, &phone, &why)) {
        m->sender_kind = phone.kind;
        text_clip(m->sender, sizeof(m->sender), phone.text);
        return;
    }
    m->sender_kind = PHONE_ALPHA;
    text_clip(m->sender, sizeof(m->sender), *raw != '\0' ? raw : "?");
    put_aside(m, why.text);
}

/* Write the message that the waiting parts like `p` make, with or without gaps. */
static bool
finish_message(struct store *s, const struct inbox_part *p, const char *country_code,
               utc_t now, struct err *e)
{
    static const char too_many[] = "it has more than 10 parts";
    struct inbox_row m = {.state = INBOX_NEW, .received_at = now};
    struct inbox_part part;
    struct text text;
    int64_t id;
    bool found;

    text_init(&text, m.text, sizeof(m.text));
    text_clip(m.modem, sizeof(m.modem), p->modem);
    name_sender(&m, p->sender, country_code);
    for (int number = 1; number <= p->total; number++) {
        if (!inbox_part_get_waiting(s, p, number, &part, &found, e))
            return false;
        m.incomplete = m.incomplete || !found;
        if (!found)
            continue;
        m.parts++;
        m.smsc_at = m.smsc_at == 0 ? part.smsc_at : m.smsc_at;
        add_body(&text, &part);
    }
    if (p->total > INBOX_PARTS_MAX || text.cut)
        put_aside(&m, too_many);
    if (!inbox_row_add(s, &m, &id, e) || !inbox_part_join(s, p, id, e))
        return false;
    log_info("inbox", "inbox=%lld from %s over %s%s", (long long)id, phone_mask(m.sender),
             m.modem, m.incomplete ? ", parts are missing" : "");
    return true;
}

/* ---- parts ---- */

static void
describe_part(const struct inbox_source *from, const struct wire_arrived *a, utc_t now,
              struct inbox_part *p)
{
    bool alone = a->concat.ref_bits == 0;
    struct phone phone;
    struct err why;

    *p = (struct inbox_part){.ref = a->concat.ref,
                             .ref_bits = a->concat.ref_bits,
                             .total = alone ? 1 : a->concat.total,
                             .number = alone ? 1 : a->concat.number,
                             .alphabet = a->alphabet,
                             .body_length = a->length,
                             .pdu = a->pdu,
                             .pdu_length = a->pdu_length,
                             .smsc_at = a->smsc_time,
                             .received_at = now};
    text_clip(p->modem, sizeof(p->modem), from->modem);
    text_clip(p->imsi, sizeof(p->imsi), *from->imsi != '\0' ? from->imsi : from->modem);
    text_clip(p->sender, sizeof(p->sender), a->number);
    if (phone_parse(a->number, from->country_code, &phone, &why))
        text_clip(p->sender, sizeof(p->sender), phone.text);
    memcpy(p->body, a->body, a->length);
    inbox_dedup(p->imsi, a, p->dedup);
}

/* What is no text for people: its octets in quarantine, or its text set aside. */
static bool
take_odd(struct store *s, const struct inbox_source *from, const struct inbox_part *p,
         const struct wire_arrived *a, utc_t now, struct err *e)
{
    struct inbox_row m = {.parts = 1, .received_at = now, .smsc_at = a->smsc_time};
    struct text text;
    int64_t id;

    text_init(&text, m.text, sizeof(m.text));
    text_clip(m.modem, sizeof(m.modem), from->modem);
    name_sender(&m, a->number, from->country_code);
    if (a->arrival == WIRE_ASIDE) {
        add_body(&text, p);
        m.state = INBOX_IGNORED;
        text_clip(m.kind, sizeof(m.kind), "aside");
    } else {
        hex_print(a->pdu, a->pdu_length, m.text);
        m.state = INBOX_QUARANTINED;
        text_clip(m.kind, sizeof(m.kind), "poison");
    }
    text_clip(m.reason, sizeof(m.reason),
              *a->reason != '\0' ? a->reason : "the modem's worker could not read it");
    if (!inbox_row_add(s, &m, &id, e) || !inbox_part_assign(s, p->id, id, e))
        return false;
    log_warn("inbox", "inbox=%lld over %s put aside: %s", (long long)id, from->modem,
             m.reason);
    return true;
}

/* Whoever rang wants something that talk/ knows; there are no words. */
static bool
take_call(struct store *s, const struct inbox_source *from, const struct inbox_part *p,
          const struct wire_arrived *a, utc_t now, struct err *e)
{
    struct inbox_row m = {.state = INBOX_NEW, .parts = 1, .received_at = now};
    int64_t id;

    text_clip(m.modem, sizeof(m.modem), from->modem);
    text_clip(m.kind, sizeof(m.kind), INBOX_CALL);
    name_sender(&m, a->number, from->country_code);
    if (m.state != INBOX_NEW)
        m.state = INBOX_IGNORED; /* who hides the number wants no text message */
    return inbox_row_add(s, &m, &id, e) && inbox_part_assign(s, p->id, id, e);
}

/* It was taken when the modem could not tell which SIM it has: its name stood for it. */
static bool
is_known_by_modem(struct store *s, const struct inbox_part *p, const struct wire_arrived *a,
                  bool *known, struct err *e)
{
    uint8_t dedup[INBOX_DEDUP_SIZE];

    *known = false;
    if (strcmp(p->imsi, p->modem) == 0)
        return true;
    inbox_dedup(p->modem, a, dedup);
    return inbox_part_is_known(s, dedup, known, e);
}

static bool
take_part(struct store *s, const struct inbox_source *from, const struct wire_arrived *a,
          utc_t now, struct err *e)
{
    struct inbox_part p;
    int64_t waiting;
    bool known, added = false;

    describe_part(from, a, now, &p);
    if (!is_known_by_modem(s, &p, a, &known, e) ||
        (!known && !inbox_part_add(s, &p, &p.id, &added, e)))
        return false;
    if (!added) {
        log_debug("inbox", "%s: a message that is on file already", from->modem);
        return true;
    }
    if (a->arrival == WIRE_CALL)
        return take_call(s, from, &p, a, now, e);
    if (a->arrival != WIRE_TEXT)
        return take_odd(s, from, &p, a, now, e);
    if (!inbox_part_waiting(s, &p, &waiting, e))
        return false;
    return waiting < p.total || finish_message(s, &p, from->country_code, now, e);
}

bool
inbox_take(struct store *s, const struct inbox_source *from, const struct wire_arrived *a,
           utc_t now, struct err *e)
{
    uint8_t dedup[INBOX_DEDUP_SIZE];

    if (a->arrival != WIRE_REPORT)
        return take_part(s, from, a, now, e);
    inbox_dedup(*from->imsi != '\0' ? from->imsi : from->modem, a, dedup);
    return outbox_report(s, from->modem, from->country_code, a, dedup, now, e);
}

/* ---- parts that did not come ---- */

bool
inbox_late(struct store *s, const char *country_code, utc_t now, int at_most, int *done,
           struct err *e)
{
    struct inbox_part p;
    bool found;

    for (*done = 0; *done < at_most; (*done)++) {
        if (!inbox_part_next_late(s, now - INBOX_PARTS_WAIT_S, &p, &found, e))
            return false;
        if (!found)
            return true;
        if (!finish_message(s, &p, country_code, now, e))
            return false;
    }
    return true;
}

bool
inbox_next_late(struct store *s, utc_t *when, bool *found, struct err *e)
{
    if (!inbox_part_oldest_waiting(s, when, found, e))
        return false;
    *when += INBOX_PARTS_WAIT_S;
    return true;
}

utc_t
inbox_sent_at(const struct inbox_row *m, int64_t old_s)
{
    bool is_ahead = m->smsc_at > m->received_at + SMSC_AHEAD_S;
    bool is_old = m->smsc_at < m->received_at - old_s;

    return m->smsc_at <= 0 || is_ahead || is_old ? m->received_at : m->smsc_at;
}

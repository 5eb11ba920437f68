#include "network.h"

#include "at.h"
#include "errand.h"
#include "meterpost/base/text.h"
#include "village.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_TRYING 0x20 /* TP-Status: from here on it was not delivered */
#define REPORT_FAILED 0x46 /* its time was over */

#define KNOB(field, most, what)                                                            \
    {                                                                                      \
#field, offsetof(struct network_faults, field), 0, most, what                      \
    }

const struct knob network_knobs[] = {
    KNOB(reply_delay_ms, 3600000, "before a meter's answer"),
    {0},
};

/* Of the parts of a message: lost on the way, reports that were made. */
struct tally {
    int lost, good, bad;
};

struct assembly {
    struct assembly *next;
    struct submit first; /* the part that came first: number, reference, total */
    const struct modem *modem;
    utc_t time;
    int have;
    struct tally tally;
    char *part[256];
};

static const char *
setting(const json_t *settings, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(settings, name));

    return text == NULL ? otherwise : text;
}

struct network *
network_create(struct emulator *emu, const json_t *settings)
{
    struct network *n = must_calloc(1, sizeof(*n));

    n->emu = emu;
    n->name = setting(settings, "name", "Village Mobile");
    n->code = setting(settings, "code", "00101");
    n->smsc = setting(settings, "smsc", "+254700000999");
    n->country_code = setting(settings, "country_code", "254");
    n->ussd = json_object_get(settings, "ussd");
    n->notice_from = setting(settings, "notice_from", "Village");
    n->notice = setting(settings, "notice", "Your balance is low: KES 5.00. Dial *144#");
    return n;
}

static void
assembly_destroy(struct assembly *a)
{
    for (size_t i = 0; i < sizeof(a->part) / sizeof(a->part[0]); i++)
        free(a->part[i]);
    free(a);
}

void
network_destroy(struct network *n)
{
    if (n == NULL)
        return;
    errands_drop(n);
    for (size_t i = 0; i < n->n_sent; i++)
        free(n->sent[i].text);
    while (n->assemblies != NULL) {
        struct assembly *a = n->assemblies;

        n->assemblies = a->next;
        assembly_destroy(a);
    }
    free(n->sent);
    free(n);
}

const char *
network_number(const struct network *n, const char *dialled, char *out)
{
    if (strncmp(dialled, "00", 2) == 0 && strlen(dialled) > 6)
        snprintf(out, ADDRESS_MAX, "+%s", dialled + 2);
    else if (dialled[0] == '0' && strlen(dialled) > 6)
        snprintf(out, ADDRESS_MAX, "+%s%s", n->country_code, dialled + 1);
    else
        snprintf(out, ADDRESS_MAX, "%s", dialled);
    return out;
}

/* ---- to modems */

void
network_flush(struct network *n, struct modem *m)
{
    (void)n;
    while (m->first != NULL && modem_reachable(m) && m->faults.deaf == 0) {
        struct parcel *p = m->first;

        m->first = p->next;
        if (!at_take(m, p)) {
            p->next = m->first;
            m->first = p;
            return;
        }
        m->n_parcels--;
        free(p);
    }
}

void
network_keep(struct network *n, struct modem *m, const uint8_t *pdu, size_t size,
             bool report)
{
    struct parcel *p = must_calloc(1, sizeof(*p) + size);

    p->size = size;
    p->report = report;
    memcpy(p->pdu, pdu, size);
    if (m->first == NULL)
        m->first = p;
    else
        m->last->next = p;
    m->last = p;
    m->n_parcels++;
    network_flush(n, m);
}

void
network_raw(struct network *n, struct modem *to, const uint8_t *pdu, size_t size)
{
    n->counts.injected++;
    network_keep(n, to, pdu, size, false);
}

static int64_t
with_spread(struct network *n, int ms, int spread_ms)
{
    return ms + (int64_t)emulator_roll(n->emu, (unsigned)spread_ms + 1);
}

static void
carry(struct network *n, struct modem *to, const uint8_t *pdu, size_t size)
{
    const struct faults *f = &to->faults;

    if (f->delay_ms == 0 && f->delay_spread_ms == 0)
        network_keep(n, to, pdu, size, false);
    else
        errand_pdu(n, to, pdu, size, with_spread(n, f->delay_ms, f->delay_spread_ms));
}

static void
carry_part(struct network *n, struct modem *to, const uint8_t *pdu, size_t size,
           struct arrival *a)
{
    n->counts.parts_sent++;
    if (fault_strikes(&to->faults.lose_received)) {
        n->counts.parts_lost++;
        a->lost++;
        return;
    }
    carry(n, to, pdu, size);
    if (fault_strikes(&to->faults.repeat_received)) {
        n->counts.parts_repeated++;
        a->repeated++;
        carry(n, to, pdu, size);
    }
}

bool
network_text(struct network *n, struct modem *to, const struct outgoing *o,
             struct arrival *a, struct err *e)
{
    struct piece pieces[PIECES_MAX];
    struct deliver d = {.smsc = n->smsc,
                        .from = o->from,
                        .class = o->class,
                        .time = o->time != 0 ? o->time : clock_now()};
    size_t count =
        alphabet_split(o->text, o->alphabet, n->next_ref & 0xFFFF, o->ref_bits, pieces, e);
    size_t arrivals = o->order == NULL ? count : json_array_size(o->order);
    uint8_t pdu[PDU_MAX];

    *a = (struct arrival){.parts = (int)count};
    if (count == 0)
        return false;
    if (pdu_write_deliver(&d, &pieces[0], pdu) == 0)
        return err_set(e, FAIL_REJECT, "'%s' can be no sender", o->from);
    if (count > 1)
        n->next_ref++;
    for (size_t i = 0; i < arrivals; i++) {
        json_int_t part = o->order == NULL
                              ? (json_int_t)i + 1
                              : json_integer_value(json_array_get(o->order, i));

        if (part < 1 || part > (json_int_t)count)
            return err_set(e, FAIL_REJECT, "there is no part %lld", (long long)part);
        carry_part(n, to, pdu, pdu_write_deliver(&d, &pieces[part - 1], pdu), a);
    }
    return true;
}

/* ---- from modems */

/* The service centre tells a modem what became of a part. */
static void
report_on(struct network *n, struct modem *to, const char *about, int ref, struct tally *t)
{
    struct faults *f = &to->faults;
    const struct report r = {.smsc = n->smsc,
                             .to = about,
                             .ref = ref,
                             .status = fault_strikes(&f->fail_report) ? REPORT_FAILED
                                                                      : f->report_status,
                             .sent = clock_now()};

    if (f->reports == 0 || fault_strikes(&f->lose_report))
        return;
    n->counts.reports_made++;
    t->good += r.status < REPORT_TRYING;
    t->bad += r.status >= REPORT_TRYING;
    errand_report(n, to, &r, with_spread(n, f->report_delay_ms, f->report_spread_ms));
    if (fault_strikes(&f->repeat_report))
        errand_report(n, to, &r, with_spread(n, f->report_delay_ms, f->report_spread_ms));
}

/* Whoever has this number gets the text: a modem, a meter, or a phone, which only reads. */
static void
arrive(struct network *n, struct modem *from, const char *to, const char *text)
{
    struct modem *modem = emulator_modem(n->emu, to);
    struct device *device = village_phone(n->emu->village, to);
    struct buf answer = {0};
    int delay_ms = 0;

    if (modem != NULL) {
        errand_text(n, modem, from->number, text, 0);
        return;
    }
    if (device == NULL)
        return;
    if (village_answer(device, text, clock_now(), &answer, &delay_ms)) {
        n->counts.meter_answers++;
        errand_text(n, from, to, buf_text(&answer),
                    (int64_t)delay_ms + n->faults.reply_delay_ms);
    } else {
        n->counts.meter_silences++;
    }
    buf_finish(&answer);
}

static void
complete(struct network *n, struct modem *from, const struct submit *s, const char *text,
         const struct tally *tally, utc_t time)
{
    struct sent *to;

    if (n->n_sent == n->size_sent) {
        n->size_sent = n->size_sent == 0 ? 256 : n->size_sent * 2;
        n->sent = must_realloc(n->sent, n->size_sent * sizeof(*n->sent));
    }
    to = &n->sent[n->n_sent++];
    *to = (struct sent){.modem = from,
                        .text = must_strdup(text),
                        .parts = s->concat.total == 0 ? 1 : s->concat.total,
                        .lost = tally->lost,
                        .good = tally->good,
                        .bad = tally->bad,
                        .alphabet = s->alphabet,
                        .report = s->report,
                        .class = s->class,
                        .time = time};
    network_number(n, s->to, to->to);
    if (fault_strikes(&from->faults.notices))
        errand_text(n, from, n->notice_from, n->notice, 0);
    if (tally->lost > 0)
        return;
    to->repeats = fault_strikes(&from->faults.repeat_sent);
    n->counts.parts_repeated += (uint64_t)to->repeats;
    for (int i = 0; i <= to->repeats; i++)
        arrive(n, from, to->to, text);
}

static struct assembly *
assembly_for(struct network *n, const struct modem *from, const struct submit *s)
{
    struct assembly *a;

    for (a = n->assemblies; a != NULL; a = a->next) {
        const struct concat *c = &a->first.concat;

        if (a->modem == from && c->ref == s->concat.ref && c->total == s->concat.total &&
            c->ref_bits == s->concat.ref_bits && strcmp(a->first.to, s->to) == 0)
            return a;
    }
    a = must_calloc(1, sizeof(*a));
    a->first = *s;
    a->modem = from;
    a->time = clock_now();
    a->next = n->assemblies;
    n->assemblies = a;
    n->n_assemblies++;
    return a;
}

static void
assembly_finish(struct network *n, struct modem *from, struct assembly *a)
{
    struct assembly **at = &n->assemblies;
    struct buf all = {0};

    for (int i = 1; i <= a->first.concat.total; i++)
        buf_puts(&all, a->part[i]);
    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
    n->n_assemblies--;
    complete(n, from, &a->first, buf_text(&all), &a->tally, a->time);
    buf_finish(&all);
    assembly_destroy(a);
}

void
network_submit(struct network *n, struct modem *from, const struct submit *s, int ref)
{
    struct tally tally = {.lost = fault_strikes(&from->faults.lose_sent)};
    char about[ADDRESS_MAX];
    struct assembly *a;

    n->counts.parts_taken++;
    n->counts.parts_lost += (uint64_t)tally.lost;
    if (s->report && tally.lost == 0)
        report_on(n, from, network_number(n, s->to, about), ref, &tally);
    if (s->concat.total == 0) {
        complete(n, from, s, s->text, &tally, clock_now());
        return;
    }
    a = assembly_for(n, from, s);
    a->tally.good += tally.good;
    a->tally.bad += tally.bad;
    if (a->part[s->concat.number] != NULL) {
        n->counts.parts_repeated++;
        return;
    }
    a->part[s->concat.number] = must_strdup(s->text);
    a->tally.lost += tally.lost;
    if (++a->have == s->concat.total)
        assembly_finish(n, from, a);
}

/* ---- and the rest */

bool
network_push(struct network *n, const char *serial, const char *to, struct err *e)
{
    struct device *device = village_serial(n->emu->village, serial);
    struct modem *modem = emulator_modem(n->emu, to);
    struct buf text = {0};
    bool ok = false;

    if (device == NULL || modem == NULL)
        return err_set(e, FAIL_REJECT, "no %s '%s'", device == NULL ? "meter" : "modem",
                       device == NULL ? serial : to);
    if (village_push(device, clock_now(), &text, e)) {
        errand_text(n, modem, village_phone_of(device), buf_text(&text), 0);
        ok = true;
    }
    buf_finish(&text);
    return ok;
}

void
network_ussd(struct network *n, struct modem *m, const char *code)
{
    const char *text = json_string_value(json_object_get(n->ussd, code));

    if (text == NULL)
        text = "Invalid code. Check and try again.";
    if (m->faults.ussd == 0)
        return;
    if (m->faults.ussd_delay_ms > 0)
        errand_ussd(n, m, text, m->faults.ussd_delay_ms);
    else
        at_ussd(m, text);
}

json_t *
network_idle(const struct network *n)
{
    size_t kept = 0, stored = 0, busy = 0;

    for (size_t i = 0; i < n->emu->n_modems; i++) {
        const struct modem *m = n->emu->modems[i];

        kept += m->n_parcels;
        busy += !modem_quiet(m);
        for (int k = 0; k < MEMORIES; k++)
            stored += m->sim.memories[k].used;
    }
    return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I}", "idle",
                     n->in_flight == 0 && kept == 0 && busy == 0, "in_flight",
                     (json_int_t)n->in_flight, "kept", (json_int_t)kept, "busy",
                     (json_int_t)busy, "stored", (json_int_t)stored, "incomplete",
                     (json_int_t)n->n_assemblies);
}

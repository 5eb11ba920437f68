#include "network.h"

#include "at.h"
#include "meterpost/base/text.h"
#include "village.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KNOB(field, most, what)                                                            \
    {                                                                                      \
#field, offsetof(struct network_faults, field), 0, most, what                      \
    }

const struct knob network_knobs[] = {
    KNOB(lose_sent, 1000000, "parts from modems that vanish"),
    KNOB(repeat_sent, 1000000, "messages from modems that arrive twice"),
    KNOB(lose_received, 1000000, "parts to modems that vanish"),
    KNOB(repeat_received, 1000000, "parts to modems that arrive twice"),
    KNOB(reply_delay_ms, 3600000, "before a meter's answer"),
    {0},
};

struct assembly {
    struct assembly *next;
    struct submit first; /* the part that came first: number, reference, total */
    const struct modem *modem;
    utc_t time;
    int have, lost;
    char *part[256];
};

/* Something that happens a little later. */
struct errand {
    struct errand *next, *previous;
    struct network *network;
    struct modem *to;
    char *from, *text; /* text NULL: a status report */
    struct report report;
    char about[ADDRESS_MAX];
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
    return n;
}

static void
assembly_destroy(struct assembly *a)
{
    for (size_t i = 0; i < sizeof(a->part) / sizeof(a->part[0]); i++)
        free(a->part[i]);
    free(a);
}

static void
errand_destroy(struct errand *r)
{
    if (r->next != NULL)
        r->next->previous = r->previous;
    if (r->previous != NULL)
        r->previous->next = r->next;
    else
        r->network->errands = r->next;
    r->network->in_flight--;
    free(r->from);
    free(r->text);
    free(r);
}

void
network_destroy(struct network *n)
{
    if (n == NULL)
        return;
    while (n->errands != NULL)
        errand_destroy(n->errands);
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
    while (m->first != NULL && modem_reachable(m)) {
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

static void
keep(struct network *n, struct modem *m, const uint8_t *pdu, size_t size, bool report)
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
    keep(n, to, pdu, size, false);
}

static bool
use_up(int *left)
{
    if (*left == 0)
        return false;
    --*left;
    return true;
}

static void
keep_part(struct network *n, struct modem *to, const uint8_t *pdu, size_t size)
{
    n->counts.parts_sent++;
    if (use_up(&n->faults.lose_received)) {
        n->counts.parts_lost++;
        return;
    }
    keep(n, to, pdu, size, false);
    if (use_up(&n->faults.repeat_received)) {
        n->counts.parts_repeated++;
        keep(n, to, pdu, size, false);
    }
}

bool
network_text(struct network *n, struct modem *to, const struct outgoing *o, int *parts,
             struct err *e)
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
        keep_part(n, to, pdu, pdu_write_deliver(&d, &pieces[part - 1], pdu));
    }
    *parts = (int)count;
    return true;
}

/* ---- what happens a little later */

static void
errand_run(void *ctx)
{
    struct errand *r = ctx;
    struct err e;
    int parts;
    uint8_t pdu[PDU_MAX];

    if (r->text != NULL) {
        const struct outgoing o = {
            .from = r->from, .text = r->text, .alphabet = ALPHABET_AUTO, .class = -1};

        if (!network_text(r->network, r->to, &o, &parts, &e))
            fprintf(stderr, "meterpost-emulator: text of %s: %s\n", r->from, e.text);
    } else {
        r->report.to = r->about;
        r->report.done = clock_now();
        keep(r->network, r->to, pdu, pdu_write_report(&r->report, pdu), true);
    }
    errand_destroy(r);
}

static struct errand *
errand_start(struct network *n, struct modem *to, int64_t delay_ms)
{
    struct errand *r = must_calloc(1, sizeof(*r));

    r->network = n;
    r->to = to;
    r->next = n->errands;
    if (r->next != NULL)
        r->next->previous = r;
    n->errands = r;
    n->in_flight++;
    loop_after(n->emu->loop, delay_ms, errand_run, r);
    return r;
}

static void
text_later(struct network *n, struct modem *to, const char *from, const char *text,
           int64_t delay_ms)
{
    struct errand *r = errand_start(n, to, delay_ms);

    r->from = must_strdup(from);
    r->text = must_strdup(text);
}

static void
report_later(struct network *n, struct modem *to, const char *about, int ref)
{
    struct errand *r;

    if (to->faults.reports == 0)
        return;
    n->counts.reports_made++;
    r = errand_start(n, to, 0);
    r->report = (struct report){.smsc = n->smsc,
                                .ref = ref,
                                .status = to->faults.report_status,
                                .sent = clock_now()};
    text_copy(r->about, sizeof(r->about), about);
}

/* ---- from modems */

/* Whoever has this number gets the text: a modem, a meter, or a phone, which only reads. */
static void
arrive(struct network *n, struct modem *from, const char *to, const char *text)
{
    struct modem *modem = emulator_modem(n->emu, to);
    struct device *device = village_phone(n->emu->village, to);
    struct buf answer = {0};
    int delay_ms = 0;

    if (modem != NULL) {
        text_later(n, modem, from->number, text, 0);
        return;
    }
    if (device == NULL)
        return;
    if (village_answer(device, text, clock_now(), &answer, &delay_ms)) {
        n->counts.meter_answers++;
        text_later(n, from, to, buf_text(&answer),
                   (int64_t)delay_ms + n->faults.reply_delay_ms);
    } else {
        n->counts.meter_silences++;
    }
    buf_finish(&answer);
}

static void
complete(struct network *n, struct modem *from, const struct submit *s, const char *text,
         int lost, utc_t time)
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
                        .lost = lost,
                        .alphabet = s->alphabet,
                        .report = s->report,
                        .class = s->class,
                        .time = time};
    network_number(n, s->to, to->to);
    if (lost > 0)
        return;
    arrive(n, from, to->to, text);
    if (use_up(&n->faults.repeat_sent)) {
        n->counts.parts_repeated++;
        to = &n->sent[n->n_sent - 1];
        arrive(n, from, to->to, text);
    }
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
    complete(n, from, &a->first, buf_text(&all), a->lost, a->time);
    buf_finish(&all);
    assembly_destroy(a);
}

void
network_submit(struct network *n, struct modem *from, const struct submit *s, int ref)
{
    bool lost = use_up(&n->faults.lose_sent);
    char about[ADDRESS_MAX];
    struct assembly *a;

    n->counts.parts_taken++;
    n->counts.parts_lost += lost;
    if (s->report && !lost)
        report_later(n, from, network_number(n, s->to, about), ref);
    if (s->concat.total == 0) {
        complete(n, from, s, s->text, lost, clock_now());
        return;
    }
    a = assembly_for(n, from, s);
    if (a->part[s->concat.number] != NULL) {
        n->counts.parts_repeated++;
        return;
    }
    a->part[s->concat.number] = must_strdup(s->text);
    a->lost += lost;
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
        text_later(n, modem, village_phone_of(device), buf_text(&text), 0);
        ok = true;
    }
    buf_finish(&text);
    return ok;
}

void
network_ussd(struct network *n, struct modem *m, const char *code)
{
    const char *text = json_string_value(json_object_get(n->ussd, code));

    at_ussd(m, text == NULL ? "Invalid code. Check and try again." : text);
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

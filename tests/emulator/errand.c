#include "errand.h"

#include "at.h"
#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum errand_kind { ERRAND_TEXT, ERRAND_PDU, ERRAND_REPORT, ERRAND_USSD };

struct errand {
    struct errand *next, *previous;
    struct network *network;
    struct modem *to;
    enum errand_kind kind;
    char *from, *text;
    struct report report;
    char about[ADDRESS_MAX];
    size_t size;
    uint8_t pdu[PDU_MAX];
};

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
errands_drop(struct network *n)
{
    while (n->errands != NULL)
        errand_destroy(n->errands);
}

static void
run_text(struct errand *r)
{
    const struct outgoing o = {
        .from = r->from, .text = r->text, .alphabet = ALPHABET_AUTO, .class = -1};
    struct arrival arrival;
    struct err e;

    if (!network_text(r->network, r->to, &o, &arrival, &e))
        fprintf(stderr, "meterpost-emulator: text of %s: %s\n", r->from, e.text);
}

static void
run_pdu(struct errand *r)
{
    network_keep(r->network, r->to, r->pdu, r->size, false);
}

static void
run_report(struct errand *r)
{
    uint8_t pdu[PDU_MAX];

    r->report.to = r->about;
    r->report.done = clock_now();
    network_keep(r->network, r->to, pdu, pdu_write_report(&r->report, pdu), true);
}

static void
run_ussd(struct errand *r)
{
    at_ussd(r->to, r->text);
}

static void
errand_run(void *ctx)
{
    static void (*const run[])(struct errand *) = {
        [ERRAND_TEXT] = run_text,
        [ERRAND_PDU] = run_pdu,
        [ERRAND_REPORT] = run_report,
        [ERRAND_USSD] = run_ussd,
    };
    struct errand *r = ctx;

    run[r->kind](r);
    errand_destroy(r);
}

static struct errand *
errand_start(struct network *n, struct modem *to, enum errand_kind kind, int64_t delay_ms)
{
    struct errand *r = must_calloc(1, sizeof(*r));

    r->network = n;
    r->to = to;
    r->kind = kind;
    r->next = n->errands;
    if (r->next != NULL)
        r->next->previous = r;
    n->errands = r;
    n->in_flight++;
    loop_after(n->emu->loop, delay_ms, errand_run, r);
    return r;
}

void
errand_text(struct network *n, struct modem *to, const char *from, const char *text,
            int64_t delay_ms)
{
    struct errand *r = errand_start(n, to, ERRAND_TEXT, delay_ms);

    r->from = must_strdup(from);
    r->text = must_strdup(text);
}

void
errand_pdu(struct network *n, struct modem *to, const uint8_t *pdu, size_t size,
           int64_t delay_ms)
{
    struct errand *r = errand_start(n, to, ERRAND_PDU, delay_ms);

    r->size = size < sizeof(r->pdu) ? size : sizeof(r->pdu);
    memcpy(r->pdu, pdu, r->size);
}

void
errand_report(struct network *n, struct modem *to, const struct report *report,
              int64_t delay_ms)
{
    struct errand *r = errand_start(n, to, ERRAND_REPORT, delay_ms);

    r->report = *report;
    text_copy(r->about, sizeof(r->about), report->to);
}

void
errand_ussd(struct network *n, struct modem *to, const char *text, int64_t delay_ms)
{
    struct errand *r = errand_start(n, to, ERRAND_USSD, delay_ms);

    r->text = must_strdup(text);
}

#include "at_command.h"
#include "emulator.h"
#include "meterpost/base/text.h"
#include "network.h"
#include "pdu.h"

#include <stdio.h>
#include <string.h>

#define STORED_PDU_MAX 1024 /* octets that can come over a prompt */

static struct memory *
memory_for(struct modem *m, int use)
{
    return &m->sim.memories[m->settings.memory[use]];
}

static int
format(struct modem *m, enum form form, char *arg)
{
    if (m->text_only)
        return at_text_format(m, form, arg);
    if (form == FORM_TEST)
        at_say(m, "+CMGF: (0)");
    else if (form == FORM_READ)
        at_say(m, "+CMGF: 0");
    else if (form != FORM_SET || at_number(arg, 0, 0) != 0)
        return CMS(303);
    return AT_OK;
}

/* ---- memories */

static int
memory_by_name(const struct modem *m, const char *name)
{
    for (int i = 0; i < MEMORIES; i++) {
        if (m->sim.memories[i].n_slots > 0 && strcmp(m->sim.memories[i].name, name) == 0)
            return i;
    }
    return -1;
}

static int
memories(struct modem *m, enum form form, char *arg)
{
    const char *all =
        m->sim.memories[MEMORY_ME].n_slots > 0 ? "(\"SM\",\"ME\")" : "(\"SM\")";
    char *name[3];
    int want[3];
    char line[128];
    struct text t;

    if (form == FORM_TEST) {
        at_say(m, "+CPMS: %s,%s,%s", all, all, all);
        return AT_OK;
    }
    if (form == FORM_EXEC)
        return CMS(303);
    if (form == FORM_SET) {
        at_split(arg, name, 3);
        for (int i = 0; i < 3; i++) {
            want[i] =
                name[i][0] == '\0' ? m->settings.memory[i] : memory_by_name(m, name[i]);
            if (want[i] < 0)
                return CMS(302);
        }
        memcpy(m->settings.memory, want, sizeof(want));
    }
    text_init(&t, line, sizeof(line));
    for (int i = 0; i < 3; i++) {
        const struct memory *at = memory_for(m, i);

        text_addf(&t, "%s", i == 0 ? "" : ",");
        if (form == FORM_READ)
            text_addf(&t, "\"%s\",", at->name);
        text_addf(&t, "%zu,%zu", at->used, at->n_slots);
    }
    at_say(m, "+CPMS: %s", line);
    return AT_OK;
}

/* "+CMGL: 1,0,,24" and the PDU on the next line. */
static void
say_slot(struct modem *m, const char *head, struct slot *s)
{
    size_t smsc = s->pdu[0] + 1u;
    char hex[2 * STORED_PDU_MAX + 1];

    if (m->text_only) {
        at_text_slot(m, head, s);
        return;
    }
    hex_print(s->pdu, s->size < STORED_PDU_MAX ? s->size : STORED_PDU_MAX, hex);
    at_say(m, "%s%d,,%zu", head, (int)s->state, smsc < s->size ? s->size - smsc : 0);
    at_say(m, "%s", hex);
    if (s->state == SLOT_UNREAD)
        s->state = SLOT_READ;
}

static int
list(struct modem *m, enum form form, char *arg)
{
    struct memory *at = memory_for(m, 0);
    int wanted = form == FORM_EXEC ? SLOT_UNREAD : at_number(arg, 0, 4);
    char *value[1];

    if (m->text_only) {
        at_split(arg, value, 1);
        wanted = at_text_state(value[0]);
    }
    if (form == FORM_READ || wanted < 0)
        return CMS(302);
    for (size_t i = 1; i <= at->n_slots; i++) {
        struct slot *s = memory_slot(at, i);
        char head[32];

        if (s == NULL || (wanted < 4 && (int)s->state != wanted))
            continue;
        snprintf(head, sizeof(head), "+CMGL: %zu,", i);
        say_slot(m, head, s);
    }
    return AT_OK;
}

static int
read_one(struct modem *m, enum form form, char *arg)
{
    struct slot *s =
        memory_slot(memory_for(m, 0), (size_t)at_number(arg, 0, MEMORY_SLOTS_MAX));

    if (form != FORM_SET || s == NULL)
        return CMS(321);
    say_slot(m, "+CMGR: ", s);
    return AT_OK;
}

static bool
erase_by_flag(struct memory *at, int flag)
{
    if (flag < 1 || flag > 4)
        return false;
    for (size_t i = 1; i <= at->n_slots; i++) {
        const struct slot *s = memory_slot(at, i);

        if (s != NULL &&
            (flag == 4 || s->state == SLOT_READ || (flag >= 2 && s->state == SLOT_SENT) ||
             (flag >= 3 && s->state == SLOT_UNSENT)))
            memory_erase(at, i);
    }
    return true;
}

static int
erase(struct modem *m, enum form form, char *arg)
{
    struct memory *at = memory_for(m, 0);
    char *value[2];
    int number;

    if (form == FORM_TEST) {
        at_say(m, "+CMGD: (1-%zu),(0-4)", at->n_slots);
        return AT_OK;
    }
    at_split(arg, value, 2);
    number = at_number(value[0], 0, MEMORY_SLOTS_MAX);
    if (form != FORM_SET || number < 0)
        return CMS(321);
    if (fault_strikes(&m->faults.keep_deleted))
        return AT_OK;
    if (!erase_by_flag(at, at_number(value[1], 0, 9))) {
        if (memory_slot(at, (size_t)number) == NULL)
            return CMS(321);
        memory_erase(at, (size_t)number);
    }
    network_flush(m->emu->network, m);
    return AT_OK;
}

/* ---- what arrives */

static int
indications(struct modem *m, enum form form, char *arg)
{
    int most[5] = {2, 2, m->faults.broadcasts != 0 ? 2 : 0,
                   m->faults.reports_stored != 0 ? 2 : 1, 1};
    int want[5];
    char *value[5];

    if (form == FORM_TEST) {
        at_say(m, "+CNMI: (0-2),(0-2),(0%s),(0%s),(0,1)", most[2] == 2 ? ",2" : "",
               most[3] == 2 ? "-2" : ",1");
        return AT_OK;
    }
    if (form == FORM_READ) {
        const int *c = m->settings.cnmi;

        at_say(m, "+CNMI: %d,%d,%d,%d,%d", c[0], c[1], c[2], c[3], c[4]);
        return AT_OK;
    }
    if (form != FORM_SET || at_split(arg, value, 5) > 5)
        return CMS(302);
    for (int i = 0; i < 5; i++) {
        want[i] =
            value[i][0] == '\0' ? m->settings.cnmi[i] : at_number(value[i], 0, most[i]);
        if (want[i] < 0)
            return CMS(302);
    }
    memcpy(m->settings.cnmi, want, sizeof(want));
    return AT_OK;
}

static void
say_direct(struct modem *m, const char *head, const struct parcel *p)
{
    size_t smsc = p->pdu[0] + 1u;
    char hex[2 * STORED_PDU_MAX + 1];

    hex_print(p->pdu, p->size < STORED_PDU_MAX ? p->size : STORED_PDU_MAX, hex);
    modem_announce(m, "%s%zu\r\n%s", head, smsc < p->size ? p->size - smsc : 0, hex);
}

bool
at_take(struct modem *m, const struct parcel *p)
{
    const int *cnmi = m->settings.cnmi;
    struct memory *at = memory_for(m, 2);
    bool say = cnmi[0] != 0 && m->faults.announce != 0;
    size_t number;

    if (p->report && (cnmi[3] == 0 || m->text_only))
        return true; /* nobody wants it: as most modems, forget it */
    if (p->report && cnmi[3] == 1) {
        say_direct(m, "+CDS: ", p);
        return true;
    }
    if (!p->report && cnmi[1] == 2 && say) {
        say_direct(m, "+CMT: ,", p);
        return true;
    }
    number = memory_store(at, p->pdu, p->size, SLOT_UNREAD);
    if (number == 0)
        return false;
    if (say && (p->report || cnmi[1] == 1))
        modem_announce(m, "%s: \"%s\",%zu", p->report ? "+CDSI" : "+CMTI", at->name,
                       number);
    return true;
}

/* ---- what is sent */

static int
centre(struct modem *m, enum form form, char *arg)
{
    char *value[2];

    if (form == FORM_READ) {
        at_say(m, "+CSCA: \"%s\",%d", m->smsc, m->smsc[0] == '+' ? 145 : 129);
        return AT_OK;
    }
    at_split(arg, value, 2);
    if (form != FORM_SET || !text_copy(m->smsc, sizeof(m->smsc), value[0]))
        return CMS(304);
    return AT_OK;
}

static int
service(struct modem *m, enum form form, char *arg)
{
    if (form == FORM_READ)
        at_say(m, "+CSMS: %d,1,1,1", m->settings.csms);
    else if (form == FORM_SET && at_number(arg, 0, 1) >= 0)
        m->settings.csms = at_number(arg, 0, 1), at_say(m, "+CSMS: 1,1,1");
    else
        return CMS(302);
    return AT_OK;
}

static int
more_to_send(struct modem *m, enum form form, char *arg)
{
    if (form == FORM_READ)
        at_say(m, "+CMMS: 0");
    return form == FORM_SET && at_number(arg, 0, 2) < 0 ? CMS(302) : AT_OK;
}

static int
prompt_for(struct modem *m, enum prompt prompt, const char *length, int state)
{
    int n = at_number(length, 1, STORED_PDU_MAX);

    if (n < 0)
        return CMS(304);
    m->prompt = prompt;
    m->prompt_size = (size_t)n;
    m->prompt_state = state;
    m->line_used = 0;
    return AT_PROMPT;
}

static int
send_fault(struct modem *m)
{
    m->faults.cms_next--;
    m->refused++;
    return m->faults.cms == 0 ? AT_ERROR : CMS(m->faults.cms);
}

static int
send(struct modem *m, enum form form, char *arg)
{
    char *value[2];

    if (form != FORM_SET)
        return CMS(304);
    if (m->faults.cms_next > 0 && m->faults.cms_at_prompt != 0)
        return send_fault(m);
    if (fault_strikes(&m->faults.drop_prompt))
        return AT_LOST;
    at_split(arg, value, 2);
    if (!m->text_only)
        return prompt_for(m, PROMPT_SEND, value[0], 0);
    text_clip(m->text_to, sizeof(m->text_to), value[0]);
    return prompt_for(m, PROMPT_SEND, "1", 0);
}

static int
keep(struct modem *m, enum form form, char *arg)
{
    char *value[2];
    int state;

    if (form != FORM_SET)
        return CMS(304);
    at_split(arg, value, 2);
    state = value[1][0] == '\0' ? SLOT_UNSENT : at_number(value[1], 0, 3);
    if (state < 0)
        return CMS(304);
    return prompt_for(m, PROMPT_WRITE, value[0], state);
}

int
at_hand_in(struct modem *m, const struct submit *s)
{
    int ref;

    if (m->faults.cms_next > 0)
        return send_fault(m);
    if (!modem_reachable(m)) {
        m->refused++;
        return CMS(331);
    }
    ref = m->next_ref++;
    m->taken++;
    network_submit(m->emu->network, m, s, ref);
    if (fault_strikes(&m->faults.drop_reply))
        return AT_LOST;
    at_say(m, "+CMGS: %d", ref);
    return AT_OK;
}

static int
send_pdu(struct modem *m, const uint8_t *pdu, size_t n)
{
    size_t smsc = pdu_smsc_size(pdu, n);
    struct submit s;
    struct err e;

    if (!pdu_read_submit(pdu + smsc, n - smsc, &s, &e)) {
        m->refused++;
        return CMS(304);
    }
    if (smsc == 1 && m->smsc[0] == '\0')
        return CMS(330);
    return at_hand_in(m, &s);
}

static int
keep_pdu(struct modem *m, const uint8_t *pdu, size_t n)
{
    size_t number =
        memory_store(memory_for(m, 1), pdu, n, (enum slot_state)m->prompt_state);

    if (number == 0)
        return CMS(322);
    at_say(m, "+CMGW: %zu", number);
    return AT_OK;
}

static int
take_pdu(struct modem *m, const char *hex, enum prompt prompt)
{
    uint8_t pdu[STORED_PDU_MAX];
    long n = m->line_cut ? -1 : hex_parse(hex, pdu, sizeof(pdu));
    size_t smsc = n <= 0 ? 0 : pdu_smsc_size(pdu, (size_t)n);

    if (smsc == 0 || (size_t)n - smsc != m->prompt_size)
        return CMS(304);
    return prompt == PROMPT_SEND ? send_pdu(m, pdu, (size_t)n)
                                 : keep_pdu(m, pdu, (size_t)n);
}

void
at_pdu(struct modem *m, const char *typed)
{
    const struct faults *f = &m->faults;
    enum prompt prompt = m->prompt;
    int result;

    m->prompt = PROMPT_NONE;
    result = m->text_only && prompt == PROMPT_SEND ? at_text_send(m, typed)
                                                   : take_pdu(m, typed, prompt);
    at_end(m, result,
           f->at_latency_ms + f->latency_ms +
               (int)emulator_roll(m->emu, (unsigned)f->latency_spread_ms + 1));
}

void
at_abort(struct modem *m)
{
    m->prompt = PROMPT_NONE;
    at_end(m, AT_OK, m->faults.at_latency_ms);
}

const struct at_command at_messages[] = {
    {"+CMGF", format, NULL, NEED_NOTHING},
    {"+CPMS", memories, NULL, NEED_SIM_CMS},
    {"+CMGL", list, "(0-4)", NEED_SIM_CMS},
    {"+CMGR", read_one, "", NEED_SIM_CMS},
    {"+CMGD", erase, NULL, NEED_SIM_CMS},
    {"+CNMI", indications, NULL, NEED_NOTHING},
    {"+CSCA", centre, "", NEED_SIM_CMS},
    {"+CSMS", service, "(0,1)", NEED_NOTHING},
    {"+CMMS", more_to_send, "(0-2)", NEED_NOTHING},
    {"+CMGS", send, "", NEED_SIM_CMS},
    {"+CMGW", keep, "", NEED_SIM_CMS},
    {"+CNMA", NULL, "(0-2)", NEED_NOTHING},
    {"+CGSMS", NULL, "(0-3)", NEED_NOTHING},
    {NULL, NULL, NULL, NEED_NOTHING},
};

/*
 * at_text.c - messages of a modem that only speaks text mode (TS 27.005 3.4, AT+CMGF=1).
 */
#include "at_command.h"
#include "emulator.h"
#include "network.h"
#include "pdu.h"

#include <stdio.h>
#include <string.h>

static const char *const states[] = {"REC UNREAD", "REC READ", "STO UNSENT", "STO SENT"};

int
at_text_format(struct modem *m, enum form form, const char *arg)
{
    if (form == FORM_TEST)
        at_say(m, "+CMGF: (1)");
    if (form == FORM_READ)
        at_say(m, "+CMGF: 1");
    return form == FORM_SET && at_number(arg, 1, 1) != 1 ? CMS(303) : AT_OK;
}

int
at_text_state(const char *arg)
{
    for (int i = 0; i < 4; i++) {
        if (strcmp(states[i], arg) == 0)
            return i;
    }
    return *arg == '\0' || strcmp(arg, "ALL") == 0 ? 4 : -1;
}

void
at_text_slot(struct modem *m, const char *head, struct slot *s)
{
    struct submit d;
    char when[STAMP_MAX];
    size_t smsc = pdu_smsc_size(s->pdu, s->size);
    struct err e;

    if (!pdu_read_deliver(s->pdu + smsc, s->size - smsc, &d, when, &e))
        d.to[0] = d.text[0] = when[0] = '\0';
    at_say(m, "%s\"%s\",\"%s\",,\"%s\"", head, states[s->state], d.to, when);
    at_say(m, "%s", d.text);
    if (s->state == SLOT_UNREAD)
        s->state = SLOT_READ;
}

int
at_text_send(struct modem *m, const char *text)
{
    struct submit s = {.alphabet = ALPHABET_GSM7, .class = -1, .validity = -1};
    uint8_t septets[160];

    if (gsm7_from_utf8(text, septets, sizeof(septets)) < 0)
        return CMS(305);
    snprintf(s.to, sizeof(s.to), "%s", m->text_to);
    snprintf(s.text, sizeof(s.text), "%s", text);
    return at_hand_in(m, &s);
}

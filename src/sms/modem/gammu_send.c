/*
 * Sending a part through libGammu. Traps of 1.42, all seen:
 *
 * - GSM_SendSMS() returns when it has written the message; the network's answer comes later
 *   through a callback, which takes whatever OK or ERROR comes next for the answer.
 * - A reference of -1 with status 0 is no answer to this message: in doubt.
 * - More than 160 septets overflow its stack, 161 to 165 become an empty message, UCS-2 is
 *   cut to 70: all is measured here first. Characters outside of the alphabet become '?'.
 * - A validity of 0 means five minutes, not "no limit". Without a service centre's number
 *   nothing is sent.
 */
#include "inside.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/pdu.h"
#include "meterpost/sms/segment.h"
#include "pace.h"
#include "sms/cms.h"

#include <gammu.h>

#include <stdio.h>
#include <string.h>

static void
on_sent(GSM_StateMachine *s, int status, int ref, void *ctx)
{
    struct modem *m = ctx;

    (void)s;
    if (m->answered)
        return;
    m->answered = true;
    m->status = status;
    m->ref = ref;
}

void
gammu_listen_for_sent(struct modem *m)
{
    GSM_SetSendSMSStatusCallback(m->gammu, on_sent, m);
}

/* Always false: the result is final. */
static bool
result(struct wire_result *r, enum wire_outcome outcome, const char *reason)
{
    r->outcome = (uint8_t)outcome;
    snprintf(r->reason, sizeof(r->reason), "%s", reason);
    return false;
}

static bool
number_is_dialable(const char *number)
{
    size_t n = strspn(number + (number[0] == '+'), "0123456789*#");

    return n >= 1 && n <= 20 && number[n + (number[0] == '+')] == '\0';
}

static bool
check(const struct modem *m, const struct wire_send *s, struct wire_result *r)
{
    long units = segment_units(s->alphabet, s->body, s->length);

    if (!number_is_dialable(s->number))
        return result(r, WIRE_REFUSED, "the number cannot be dialled");
    if (units < 0)
        return result(r, WIRE_REFUSED, "the text is not in its alphabet");
    if (units > segment_room(s->alphabet, s->concat.ref_bits))
        return result(r, WIRE_REFUSED, "the text is longer than one part");
    if (m->smsc[0] == '\0')
        return result(r, WIRE_NOT_NOW, "no service centre is known: set `smsc`");
    return true;
}

static void
set_header(GSM_SMSMessage *sms, const struct wire_concat *c)
{
    const uint8_t short_ref[] = {5, 0, 3, (uint8_t)c->ref, c->total, c->number};
    const uint8_t long_ref[] = {
        6, 8, 4, (uint8_t)(c->ref >> 8), (uint8_t)c->ref, c->total, c->number};

    sms->UDH.Type = c->ref_bits == 0 ? UDH_NoUDH : UDH_UserUDH;
    sms->UDH.Length = c->ref_bits == 0 ? 0 : c->ref_bits == 8 ? 6 : 7;
    memcpy(sms->UDH.Text, c->ref_bits == 8 ? short_ref : long_ref, (size_t)sms->UDH.Length);
}

static void
set_body(GSM_SMSMessage *sms, const struct wire_send *s)
{
    static const GSM_Coding_Type coding[] = {
        [WIRE_GSM7] = SMS_Coding_Default_No_Compression,
        [WIRE_UCS2] = SMS_Coding_Unicode_No_Compression,
        [WIRE_8BIT] = SMS_Coding_8bit,
    };

    sms->Coding = coding[s->alphabet];
    if (s->alphabet == WIRE_8BIT) {
        memcpy(sms->Text, s->body, s->length);
        sms->Length = s->length;
        return;
    }
    utf16_from_utf8(s->body, s->length, sms->Text, sizeof(sms->Text) - 2);
    sms->Length = (int)UnicodeLength(sms->Text);
}

static void
fill(const struct modem *m, const struct wire_send *s, GSM_SMSMessage *sms)
{
    memset(sms, 0, sizeof(*sms));
    EncodeUnicode(sms->Number, s->number, strlen(s->number));
    EncodeUnicode(sms->SMSC.Number, m->smsc, strlen(m->smsc));
    sms->PDU = s->report && m->setup.reports ? SMS_Status_Report : SMS_Submit;
    sms->Class = s->flash ? 0 : -1;
    sms->SMSC.Validity.Format = SMS_Validity_RelativeFormat;
    sms->SMSC.Validity.Relative = (GSM_ValidityPeriod)pdu_validity(s->validity_min);
    set_header(sms, &s->concat);
    set_body(sms, s);
}

/* The callback has spoken; `left` is false when the message was certainly not written. */
static void
judge(struct modem *m, bool left, struct wire_result *r)
{
    const char *words = "the modem gave an error without a number";
    enum wire_outcome outcome = WIRE_IN_DOUBT;

    if (m->status == 0 && m->ref >= 0) {
        r->ref = (int16_t)(m->ref <= UINT8_MAX ? m->ref : -1);
        result(r, WIRE_SENT, "");
        return;
    }
    m->stale = true;
    if (m->status > 0) {
        r->code = m->status;
        outcome = cms_outcome(m->status, &words);
    } else if (m->status == 0) {
        words = "the modem said OK but gave no reference";
    }
    result(r, !left && outcome == WIRE_IN_DOUBT ? WIRE_NOT_NOW : outcome, words);
}

bool
modem_send(struct modem *m, const struct wire_send *s, unsigned settle_percent,
           struct wire_result *r)
{
    GSM_SMSMessage sms;
    GSM_Error code;
    bool left;

    if (!check(m, s, r))
        return false;
    fill(m, s, &sms);
    m->answered = false;
    pace_send_begin(settle_percent);
    code = GSM_SendSMS(m->gammu, &sms);
    left = pace_send_end();
    if (code == ERR_NONE)
        return true;
    m->stale = true;
    if (m->answered)
        judge(m, left, r);
    else
        result(r, left ? WIRE_IN_DOUBT : WIRE_NOT_NOW,
               left ? "the device failed while the message was written"
                    : gammu_words(code));
    return false;
}

bool
modem_answered(struct modem *m, struct wire_result *r)
{
    if (m->answered)
        judge(m, true, r);
    return m->answered;
}

void
modem_give_up(struct modem *m, const char *why, struct wire_result *r)
{
    m->stale = true;
    result(r, WIRE_IN_DOUBT, why);
}

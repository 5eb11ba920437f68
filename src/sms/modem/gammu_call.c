/*
 * Calls, through libGammu. Traps of 1.42, all seen in its source:
 *
 * - GSM_SetIncomingCall() fails with a modem that lacks AT+CLIP or AT+CRC; the modem is
 * then as good as before, and a call rings until the caller gives up.
 * - +CLIP comes with every ring: one call is many events. RING alone has no number.
 * - Until the answer to a GSM_CancelCall() that failed, RING is not told of; +CLIP is.
 */
#include "inside.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/log.h"
#include "meterpost/base/text.h"

#include <gammu.h>

#include <string.h>

static void
on_call(GSM_StateMachine *s, GSM_Call *call, void *ctx)
{
    struct modem *m = ctx;
    char number[sizeof(m->caller)];
    int64_t now = clock_mono_ms();

    (void)s;
    if (call->Status != GSM_CALL_IncomingCall) {
        m->called_ms = 0; /* it is over: the next ring is another call */
        return;
    }
    gammu_text(call->PhoneNumber, number, sizeof(number));
    if (m->called_ms != 0 && now - m->called_ms < CALL_REST_S * 1000 &&
        strcmp(number, m->caller) == 0)
        return;
    text_copy(m->caller, sizeof(m->caller), number);
    m->called_ms = now;
    m->called = true;
}

void
gammu_listen_for_calls(struct modem *m)
{
    GSM_Error code;

    GSM_SetIncomingCallCallback(m->gammu, on_call, m);
    code = GSM_SetIncomingCall(m->gammu, TRUE);
    if (code != ERR_NONE)
        log_info(m->setup.name, "does not tell who calls (%s)", gammu_words(code));
}

bool
modem_called(struct modem *m, char *number, size_t size)
{
    bool called = m->called;

    m->called = false;
    text_clip(number, size, m->caller);
    return called;
}

void
modem_hang_up(struct modem *m)
{
    GSM_Error code = GSM_CancelCall(m->gammu, 0, TRUE);

    if (code != ERR_NONE)
        log_info(m->setup.name, "could not hang up: %s", gammu_words(code));
}

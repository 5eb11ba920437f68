/* gammu_bare.c - USSD codes on the bare line, with libGammu away from it for a moment. */
#include "inside.h"
#include "raw.h"

#define BAUD 115200

bool
modem_ussd(struct modem *m, const char *code, char *text, size_t size, struct err *e)
{
    uint32_t baud = m->setup.baud > 0 ? m->setup.baud : BAUD;
    struct err again;
    bool ok;

    gammu_disconnect(m);
    ok = raw_ussd(m->setup.device, baud, code, text, size, e);
    if (modem_renew(m, &again))
        return ok;
    m->stale = true;
    *e = again;
    return false;
}

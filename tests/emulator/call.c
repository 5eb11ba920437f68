/* call.c - somebody rings: RING and +CLIP as the terminal asked for them. */
#include "modem.h"

#include "emulator.h"
#include "meterpost/base/text.h"

static void
ring(void *ctx)
{
    struct modem *m = ctx;
    struct call *c = &m->call;

    c->timer = 0;
    if (m->master == -1)
        c->rings = 0;
    if (c->rings == 0)
        return;
    c->rings--;
    modem_announce(m, "%s", m->settings.crc != 0 ? "+CRING: VOICE" : "RING");
    if (m->settings.clip != 0 && c->from[0] != '\0')
        modem_announce(m, "+CLIP: \"%s\",145,\"\",,\"\",0", c->from);
    else if (m->settings.clip != 0)
        modem_announce(m, "+CLIP: \"\",128,\"\",,\"\",1");
    if (c->rings > 0)
        c->timer = loop_after(m->emu->loop, c->every_ms, ring, m);
    else
        modem_announce(m, "NO CARRIER");
}

void
modem_call(struct modem *m, const char *from, int rings, int every_ms)
{
    loop_cancel(m->emu->loop, m->call.timer);
    text_copy(m->call.from, sizeof(m->call.from), from);
    m->call.rings = rings;
    m->call.every_ms = every_ms;
    ring(m);
}

void
modem_hang_up(struct modem *m)
{
    if (m->call.rings == 0)
        return;
    m->call.rings = 0;
    m->calls_hung_up++;
    loop_cancel(m->emu->loop, m->call.timer);
    m->call.timer = 0;
}

/* act_modem.c - TOPUP modem voucher: credit for the SIM of a modem, from the field. */
#include "command.h"
#include "meterpost/base/conf.h"
#include "meterpost/sms/carrier.h"
#include "meterpost/store/modem_care.h"

#include <stdio.h>
#include <string.h>

/* The modem of that name, however it is written: "SIM-1" is sim1. */
static const struct conf_modem *
modem_named(const struct command *o)
{
    const struct conf *conf = o->c->d->conf;
    char name[COMMAND_ARG];

    for (int i = 0; i < conf->n_modems; i++) {
        const char *own = conf->modems[i].name;

        code_plain(own, strlen(own), name, sizeof(name));
        if (strcmp(name, o->args[0]) == 0)
            return &conf->modems[i];
    }
    return NULL;
}

bool
look_modem(struct command *o, struct err *e)
{
    const struct conf_modem *m = modem_named(o);
    char code[CARRIER_CODE_MAX];
    struct err why; /* names the voucher: not for an answer */

    (void)e;
    if (m == NULL)
        snprintf(o->why, sizeof(o->why), "there is no modem %.40s", o->args[0]);
    else if (!carrier_topup_code(carriers_find(o->c->d->carriers, m->carrier), o->args[1],
                                 code, &why))
        snprintf(o->why, sizeof(o->why), "its network takes no such voucher");
    return true;
}

/* The network answers later; who asked is told then (watch.c). */
bool
act_topup(struct command *o, struct err *e)
{
    const struct conf_modem *m = modem_named(o);
    struct desk *d = o->c->d;
    char actor[ACTOR_MAX], code[CARRIER_CODE_MAX];

    if (!carrier_topup_code(carriers_find(d->carriers, m->carrier), o->args[1], code, e) ||
        !modem_care_add(d->store, m->name, "topup", CARE_ASKED, command_actor(o, actor),
                        code, d->now, &o->number, e) ||
        !staff_watch_add(d->store, STAFF_WATCHES_CARE, o->number, o->c->staff->id, e))
        return false;
    o->number = 0;
    o->done = "asked";
    chat_said(o->c, "tops up modem %s", m->name);
    return command_note(o, m->name, e) && command_say(o, "staff-done.sms", true, e);
}

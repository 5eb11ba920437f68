/* act_alarm.c - staff on call say that they have seen what is wrong. */
#include "command.h"
#include "meterpost/store/alarms.h"

#include <stdio.h>
#include <stdlib.h>

bool
look_alarm(struct command *o, struct err *e)
{
    (void)e;
    o->number = o->n > 0 ? atoll(o->args[0]) : 0;
    if (o->n > 0 && o->number <= 0)
        snprintf(o->why, sizeof(o->why), "%.20s is no alarm", o->args[0]);
    return true;
}

bool
act_seen(struct command *o, struct err *e)
{
    char actor[ACTOR_MAX];
    int64_t count;

    if (!alarm_seen(o->c->d->store, o->number, command_actor(o, actor), o->c->d->now,
                    &count, e))
        return false;
    o->done = "seen";
    chat_said(o->c, "has seen %lld alarms", (long long)count);
    o->number = 0; /* it is no order */
    return command_note(o, "seen", e) && command_say(o, "staff-done.sms", true, e);
}

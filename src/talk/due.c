#include "meterpost/talk/due.h"

#include "meterpost/relay/work.h"
#include "meterpost/talk/digest.h"
#include "meterpost/talk/on_call.h"
#include "meterpost/talk/phones.h"
#include "meterpost/talk/watch.h"

bool
talk_do_due(struct desk *d, int at_most, int *done, struct err *e)
{
    int phones, digests, alarms, readings, over;

    if (!phones_due(d, at_most, &phones, e) || !digest_due(d, &digests, e) ||
        !on_call_due(d, &alarms, e) || !digest_waits(d, at_most, &readings, e) ||
        !watch_due(d, at_most, &over, e))
        return false;
    *done = phones + digests + alarms + readings + over;
    return true;
}

bool
talk_next_due(struct desk *d, utc_t *when, struct err *e)
{
    utc_t phones, digest, alarms, orders;
    bool found, ordered;

    if (!phones_next_due(d, &phones, &found, e) || !digest_next_due(d, &digest, e) ||
        !on_call_next_due(d, &alarms, e) ||
        !relay_next_due(d->store, d->conf, d->now, &orders, &ordered, e))
        return false;
    *when = clock_earlier(clock_earlier(found ? phones : 0, digest),
                          clock_earlier(alarms, ordered ? orders : 0));
    return true;
}

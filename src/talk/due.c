#include "meterpost/talk/due.h"
#include "meterpost/relay/work.h"

#include "meterpost/talk/phones.h"

bool
talk_do_due(struct desk *d, int at_most, int *done, struct err *e)
{
    return phones_due(d, at_most, done, e);
}

bool
talk_next_due(struct desk *d, utc_t *when, struct err *e)
{
    bool found, ordered;
    utc_t orders;

    if (!phones_next_due(d, when, &found, e) ||
        !relay_next_due(d->store, d->conf, d->now, &orders, &ordered, e))
        return false;
    if (!found)
        *when = 0;
    if (ordered && (*when == 0 || orders < *when))
        *when = orders;
    return true;
}

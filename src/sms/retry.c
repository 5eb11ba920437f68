#include "meterpost/sms/retry.h"

int
retry_wait_s(const struct retry_policy *p, int failures)
{
    int wait = p->first_s;

    while (--failures > 0 && wait < p->most_s)
        wait *= 2;
    return wait > p->most_s ? p->most_s : wait;
}

utc_t
retry_at(const struct retry_policy *p, int failures, utc_t now, utc_t expires_at)
{
    utc_t when = now + retry_wait_s(p, failures);

    return when < expires_at ? when : 0;
}

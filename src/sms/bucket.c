#include "meterpost/sms/bucket.h"

void
bucket_fill(struct bucket *b, struct pace pace, utc_t now)
{
    int64_t full = (int64_t)pace.count * pace.per_s;
    int64_t gain, passed = now - b->at;

    if (b->at == 0 || __builtin_mul_overflow(passed, (int64_t)pace.count, &gain))
        gain = full - b->level;
    if (gain > 0) /* a clock that went back takes nothing away */
        b->level = gain > full - b->level ? full : b->level + gain;
    b->at = now;
}

bool
bucket_has_one(const struct bucket *b, struct pace pace)
{
    return b->level >= pace.per_s;
}

void
bucket_take_one(struct bucket *b, struct pace pace)
{
    b->level -= pace.per_s;
}

utc_t
bucket_next(const struct bucket *b, struct pace pace, utc_t now)
{
    int64_t missing = pace.per_s - b->level;

    return missing <= 0 ? now : now + (missing + pace.count - 1) / pace.count;
}

/*
 * bucket.h - how fast a modem may send: a bucket that holds as many messages as the pace
 * names and fills at that pace. Pure arithmetic on the time of the business.
 */
#ifndef METERPOST_SMS_BUCKET_H
#define METERPOST_SMS_BUCKET_H

#include "meterpost/base/clock.h"
#include "meterpost/base/units.h"

#include <stdbool.h>

struct bucket {
    int64_t level; /* messages times pace.per_s; below zero after a message of many parts */
    utc_t at;      /* when it was last filled; 0: never, then it begins full */
};

void bucket_fill(struct bucket *b, struct pace pace, utc_t now);
bool bucket_has_one(const struct bucket *b, struct pace pace);
void bucket_take_one(struct bucket *b, struct pace pace);

/* When it has one again, after bucket_fill(..., now). */
utc_t bucket_next(const struct bucket *b, struct pace pace, utc_t now);

#endif

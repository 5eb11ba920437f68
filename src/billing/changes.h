/*
 * changes.h - the biggest differences of a long list, without keeping the list. Private to
 * billing/.
 */
#ifndef BILLING_CHANGES_H
#define BILLING_CHANGES_H

#include "meterpost/billing/preview.h"

struct change {
    int64_t account_id;
    struct money before, now;
    struct quantity used;
};

struct changes {
    struct change list[PREVIEW_CHANGES]; /* biggest first */
    int n;
};

/* Keep it where it is among the biggest. */
void changes_note(struct changes *c, const struct change *one);

/* [{"account", "name", "used"?, "before", "now", "difference"}] or NULL with *e. */
json_t *changes_json(struct store *s, const struct changes *c, bool used, int decimals,
                     struct err *e);

void put_money(json_t *o, const char *key, struct money m, int decimals);

#endif

/*
 * tills.h - places where people hand over cash: tills, open from an opening to a close, and
 * agents, who hold what they took until they hand it over. All functions run in the
 * transaction of the caller.
 */
#ifndef METERPOST_STORE_TILLS_H
#define METERPOST_STORE_TILLS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"

enum till_kind { TILL_CASH, TILL_AGENT };

struct till {
    int64_t id;
    char name[KEY_MAX];
    enum till_kind kind;
    struct money ceiling;   /* an agent may hold so much; 0: no limit */
    int64_t commission_ppm; /* of what an agent takes: millionths */
};

struct till_session {
    int64_t id, till_id, number; /* the number is that of the Z report */
    utc_t opened_at;
    struct money opening; /* what lay in it */
    bool counted;
    struct money count;
};

bool till_by_name(struct store *s, const char *name, struct till *out, bool *found,
                  struct err *e);
/* Add it, or change ceiling and commission of the one that is there. FAIL_REJECT when that
 * one is of the other kind. */
bool till_put(struct store *s, const struct till *t, utc_t now, int64_t *id, struct err *e);

/* The session that is open. */
bool till_session_find(struct store *s, int64_t till_id, struct till_session *out,
                       bool *found, struct err *e);
bool till_session_open(struct store *s, int64_t till_id, struct money opening,
                       const char *actor, utc_t now, int64_t *number, struct err *e);
bool till_session_count(struct store *s, int64_t id, struct money count, utc_t now,
                        struct err *e);
bool till_session_close(struct store *s, int64_t id, struct money expected,
                        const char *actor, utc_t now, struct err *e);

#endif

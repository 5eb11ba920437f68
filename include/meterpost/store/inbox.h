/*
 * inbox.h (store) - the rows of what came in by text message: parts as the SIM held them,
 * and whole messages that wait for somebody to handle them.
 */
#ifndef METERPOST_STORE_INBOX_H
#define METERPOST_STORE_INBOX_H

#include "meterpost/base/clock.h"
#include "meterpost/base/phone.h"
#include "meterpost/store/outbox.h"
#include "meterpost/store/store.h"

#define INBOX_TEXT_MAX   8192 /* bytes of UTF-8 with NUL */
#define INBOX_BODY_MAX   800  /* bytes of one part with NUL */
#define INBOX_PARTS_MAX  10   /* more in one message is put aside */
#define INBOX_KIND_MAX   32
#define INBOX_CALL       "call" /* kind of a row without words: somebody rang */
#define INBOX_IMSI_MAX   64
#define INBOX_DEDUP_SIZE 32 /* SHA-256 */

enum inbox_state {
    INBOX_NEW,
    INBOX_DONE,        /* handled; its effects are rows of the same transaction */
    INBOX_IGNORED,     /* on purpose: `reason` says why */
    INBOX_QUARANTINED, /* nobody could make sense of it: a person must look */
};

struct inbox_row {
    int64_t id;
    char modem[MODEM_NAME_MAX];
    char sender[PHONE_MAX]; /* a claim: numbers as "+254700000001" */
    enum phone_kind sender_kind;
    char text[INBOX_TEXT_MAX]; /* clean UTF-8; hexadecimal when it was data or no text */
    int parts;
    enum inbox_state state;
    bool incomplete; /* parts were missing and did not come */
    utc_t smsc_at;   /* 0 = unknown */
    utc_t received_at;
    char kind[INBOX_KIND_MAX]; /* what it was taken for; "" = not yet */
    char reason[ERR_TEXT_MAX];
    int64_t account_id, meter_id, request_id; /* 0 = none */
};

struct inbox_part {
    int64_t id;
    uint8_t dedup[INBOX_DEDUP_SIZE];
    int64_t inbox_id; /* 0 = waits for the other parts */
    char modem[MODEM_NAME_MAX];
    char imsi[INBOX_IMSI_MAX];
    char sender[PHONE_MAX];
    int ref, ref_bits, total, number;
    int alphabet; /* enum wire_alphabet */
    char body[INBOX_BODY_MAX];
    size_t body_length;
    const uint8_t *pdu; /* when written; NULL when read */
    size_t pdu_length;
    utc_t smsc_at, received_at;
};

const char *inbox_state_name(enum inbox_state state);
bool inbox_state_parse(const char *word, enum inbox_state *out);

/* Add a message; id is given back in *id. */
bool inbox_row_add(struct store *s, const struct inbox_row *m, int64_t *id, struct err *e);
bool inbox_row_get(struct store *s, int64_t id, struct inbox_row *out, bool *found,
                   struct err *e);

/* The newest message of a sender before message `id`. */
bool inbox_row_before(struct store *s, const char *sender, int64_t id,
                      struct inbox_row *out, bool *found, struct err *e);

/* The oldest message in state `new` with an id above `after` (0: from the start). */
bool inbox_next_new(struct store *s, int64_t after, struct inbox_row *out, bool *found,
                    struct err *e);

/* What became of a new message: `state` done, ignored or quarantined, `kind` what it was
 * taken for ("reading", "relay", "customer", "staff", "payment", ...; NULL or "" =
 * nothing), `reason` in a sentence or NULL; ids 0 = none. FAIL_REJECT when it was not new.
 */
bool inbox_finish(struct store *s, int64_t id, enum inbox_state state, const char *kind,
                  const char *reason, int64_t account_id, int64_t meter_id,
                  int64_t request_id, utc_t now, struct err *e);

/* Back to `new`, for a person who mended what was in the way. FAIL_REJECT when it is not
 * quarantined or ignored. */
bool inbox_replay(struct store *s, int64_t id, struct err *e);

/* The oldest message in quarantine with an id above `after`. */
bool inbox_next_quarantined(struct store *s, int64_t after, int64_t *id, bool *found,
                            struct err *e);

/* A text from the phone of this meter named another one, and waits for a person. */
bool inbox_names_another(struct store *s, int64_t meter_id, bool *found, struct err *e);

/* From quarantine to ignored, for the reason that a person gave. FAIL_REJECT when it is not
 * in quarantine. */
bool inbox_drop(struct store *s, int64_t id, const char *reason, utc_t now, struct err *e);

/* Add a part. *added is false when the very same was stored before: then nothing was
 * written. */
bool inbox_part_add(struct store *s, const struct inbox_part *p, int64_t *id, bool *added,
                    struct err *e);

/* True when one with this digest was added before. */
bool inbox_part_is_known(struct store *s, const uint8_t dedup[INBOX_DEDUP_SIZE],
                         bool *known, struct err *e);

/* How many different numbers of this message wait. */
bool inbox_part_waiting(struct store *s, const struct inbox_part *like, int64_t *count,
                        struct err *e);
/* The newest waiting part of this message with that number. */
bool inbox_part_get_waiting(struct store *s, const struct inbox_part *like, int number,
                            struct inbox_part *out, bool *found, struct err *e);
/* A part that has waited since before `before`. */
bool inbox_part_next_late(struct store *s, utc_t before, struct inbox_part *out,
                          bool *found, struct err *e);
/* All waiting parts of this message now belong to row `inbox_id`. */
bool inbox_part_join(struct store *s, const struct inbox_part *like, int64_t inbox_id,
                     struct err *e);
/* One part, whatever else waits. */
bool inbox_part_assign(struct store *s, int64_t id, int64_t inbox_id, struct err *e);
bool inbox_part_oldest_waiting(struct store *s, utc_t *received_at, bool *found,
                               struct err *e);

#endif

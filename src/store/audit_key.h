/*
 * audit_key.h - the key that the end of the audit is signed with; for src/store alone.
 *
 *   step 7            step 8            step 9
 *   rows 1 .. 40      rows 41 .. 55     rows 56 ..      signed at the end, with each new
 * row seal 7 ──► key 8 ──► seal 8 ──► key 9
 *
 * Seed i+1 is a hash of seed i, so that a transaction that is undone loses nothing: the
 * file steps on once the seal of its step is committed. A pin is where a key began that
 * does not follow from the one before; the first is the start of the chain of keys.
 */
#ifndef METERPOST_STORE_AUDIT_KEY_H
#define METERPOST_STORE_AUDIT_KEY_H

#include "store_private.h"

#include <sodium.h>

#define AUDIT_HASH     crypto_hash_sha256_BYTES
#define AUDIT_PUBLIC   crypto_sign_PUBLICKEYBYTES
#define AUDIT_SIGNED   crypto_sign_BYTES
#define AUDIT_SEED     crypto_sign_SEEDBYTES
#define AUDIT_PINS     16 /* the oldest are forgotten */
#define AUDIT_PATH_MAX 560

enum audit_why {
    AUDIT_FIRST,
    AUDIT_KEY_LOST,
    AUDIT_RESTORED,
    AUDIT_OLDER,  /* the database is older than its key */
    AUDIT_BROKEN, /* the end was not signed by us: somebody else wrote rows */
};

struct audit_pin {
    int64_t row, step; /* the first of each */
    enum audit_why why;
    uint8_t key[AUDIT_PUBLIC];
};

struct audit_key {
    char path[AUDIT_PATH_MAX];
    uint8_t seal[32]; /* that the file is sealed with */

    /* As in the file. */
    int64_t step, file_step; /* of the seed; what stands in the file */
    uint8_t seed[AUDIT_SEED];
    int n_pins;
    struct audit_pin pins[AUDIT_PINS];

    /* The key that signs now; step -1: none was made yet. */
    int64_t made_step;
    uint8_t public[AUDIT_PUBLIC], secret[crypto_sign_SECRETKEYBYTES];
    /* What we signed last: need not be looked at again. */
    int64_t end_id;
    uint8_t end_hash[AUDIT_HASH];
    bool behind; /* a seal was written: the file may have to step on */
};

/* A seal as it is stored. */
struct audit_seal {
    int64_t step, last_id;
    uint8_t hash[AUDIT_HASH], next[AUDIT_PUBLIC], signature[AUDIT_SIGNED];
};

/* The seal of `step`, or the next one after it where `next`. */
bool audit_seal_get(struct store *s, int64_t step, bool next, struct audit_seal *out,
                    bool *found, struct err *e);
bool audit_seal_is_good(const struct audit_seal *seal, const uint8_t key[AUDIT_PUBLIC]);
bool audit_end_is_good(int64_t step, int64_t id, const uint8_t hash[AUDIT_HASH],
                       const uint8_t signature[AUDIT_SIGNED],
                       const uint8_t key[AUDIT_PUBLIC]);

/* audit.c: a row, the hash that it gets behind another, and that it has; *found is false
 * when there is none. */
struct audit_row {
    int64_t id, at;
    const char *words[5]; /* actor, channel, action, subject, detail */
};
void audit_hash(const uint8_t before[AUDIT_HASH], const struct audit_row *r,
                uint8_t out[AUDIT_HASH]);
bool audit_hash_of(struct store *s, int64_t id, uint8_t out[AUDIT_HASH], bool *found,
                   struct err *e);
/* The end of the chain, 0 and zeros without rows; what was noted of it when it was
 * written. */
bool audit_last_row(struct store *s, int64_t *id, uint8_t hash[AUDIT_HASH], struct err *e);
struct audit_end {
    int64_t id; /* 0: nothing was noted */
    uint8_t hash[AUDIT_HASH], signature[AUDIT_SIGNED];
    bool is_signed;
};
bool audit_end_get(struct store *s, struct audit_end *out, struct err *e);

/* Before a row is added at `at` behind row `id`: is that the end that we signed? Seal the
 * hour when it is over. */
bool audit_key_ready(struct store *s, utc_t at, int64_t id, const uint8_t hash[AUDIT_HASH],
                     struct err *e);
/* Sign the end. */
void audit_key_sign(struct store *s, int64_t id, const uint8_t hash[AUDIT_HASH],
                    uint8_t out[AUDIT_SIGNED]);
/* Between transactions: wipe the keys whose seals are committed. What fails is tried again
 * with the next transaction. */
void audit_key_step(struct store *s);
void audit_key_close(struct store *s);

#endif

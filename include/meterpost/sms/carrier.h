/*
 * carrier.h - what networks say about the credit of a SIM: files of conf/carriers with
 * USSD codes and the patterns of answers and of texts that come unasked. Pure but for the
 * reading of the files. conf/carriers/README.md describes them.
 */
#ifndef METERPOST_SMS_CARRIER_H
#define METERPOST_SMS_CARRIER_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/yaml.h"

#define CARRIER_CODE_MAX 64 /* bytes of a USSD code with NUL */

enum carrier_kind {
    CARRIER_UNKNOWN, /* no pattern fits */
    CARRIER_BALANCE,
    CARRIER_LOW,
    CARRIER_TOPUP,
    CARRIER_EXPIRY,
    CARRIER_OTHER,
};

struct carrier_said {
    enum carrier_kind kind;
    bool has_balance;
    struct money balance;
    utc_t expires_at; /* start of the last day; 0: it was not told */
};

struct carriers; /* opaque */
struct carrier;  /* one of them, lives as long as they do */

/* All files of a folder; one that is not there has none. NULL when something is wrong: all
 * of it is in *p. `decimals` are those of amounts. */
struct carriers *carriers_load(const char *folder, int decimals, struct problems *p);
void carriers_free(struct carriers *c); /* takes NULL */

/* Run the examples; what does not come out is in *p. */
bool carriers_check_examples(const struct carriers *c, struct problems *p);

/* NULL when there is none of that name, or `c` is NULL. */
const struct carrier *carriers_find(const struct carriers *c, const char *name);

/* Does the network text under this word or short code? */
bool carrier_is_sender(const struct carrier *c, const char *sender);

/* The code that asks for the credit; "" when there is none. */
const char *carrier_balance_code(const struct carrier *c);

/* The USSD code that tops up with a voucher of digits; what begins with '*' or '#' is taken
 * for a whole code. FAIL_REJECT when it is neither, or the carrier has no such code. `c`
 * may be NULL. */
bool carrier_topup_code(const struct carrier *c, const char *voucher,
                        char out[CARRIER_CODE_MAX], struct err *e);

/* "balance", "low" ... */
const char *carrier_kind_name(enum carrier_kind kind);

/* What a text says. FAIL_REJECT when a pattern fits and its amount or day cannot be read.
 */
bool carrier_read(const struct carrier *c, const char *text, struct carrier_said *out,
                  struct err *e);

#endif

/*
 * statement.h - what a bank or a mobile-money service says in a file: MT940, camt.053, or
 * CSV by the columns that a file of conf/payments names.
 *
 * Reading is pure: text in, entries out, every fault with its line, and a statement whose
 * opening balance and entries are not its closing balance is refused. Booking runs in the
 * transaction of the caller: a file is booked whole or not at all, and what was booked
 * before changes nothing. Money that went out is counted, never booked.
 */
#ifndef METERPOST_BILLING_STATEMENT_H
#define METERPOST_BILLING_STATEMENT_H

#include "meterpost/billing/notice.h"
#include "meterpost/billing/take.h"

#define STATEMENT_ID_MAX      65
#define STATEMENTS_MAX        400     /* in one file */
#define STATEMENT_ENTRIES_MAX 1000000 /* in one file */

struct statement_entry {
    unsigned line;       /* of the file */
    struct money amount; /* above zero: came in */
    utc_t on;
    char receipt[PAYMENT_REFERENCE_MAX]; /* once within the file */
    char payer[PERSON_MAX];
    char phone[PHONE_MAX]; /* as written */
    char claim[PAYMENT_CLAIM_MAX];
};

struct statement {
    unsigned line;
    char account[STATEMENT_ID_MAX]; /* the bank's */
    char id[STATEMENT_ID_MAX];
    char currency[4];
    bool has_opening, has_closing;
    struct money opening, closing;
    utc_t closed_on;
    size_t first, count;  /* of the entries */
    struct money in, out; /* their sums, both above zero */
};

/* All statements of a file; end with statements_free(). Zero it to start. Entries are kept
 * closely packed: read them with statements_entry(). */
struct statements {
    struct statement *list;
    size_t count;
    struct statement_kept *kept;
    size_t n_entries, room;
    char *texts; /* of the entries, each with its NUL */
    size_t used, size;
};

enum statement_form { STATEMENT_MT940, STATEMENT_CAMT053, STATEMENT_CSV };

void statements_free(struct statements *s);

/* Entry number i of the file, from 0. */
void statements_entry(const struct statements *s, size_t i, struct statement_entry *out);

/* Which form a text has. */
enum statement_form statement_form_of(const char *text);

/* Read the whole text, which is UTF-8. False when anything was wrong: it is in *p. */
bool statement_read_mt940(const char *file, const char *text, int decimals,
                          struct statements *out, struct problems *p);
bool statement_read_camt(const char *file, const char *text, int decimals,
                         struct statements *out, struct problems *p);
bool statement_read_csv(const char *file, const char *text, int decimals,
                        const struct notice_columns *columns, struct statements *out,
                        struct problems *p);

/* Opening and entries must be closing; the currency must be ours; a receipt that stands
 * twice is numbered. Called by the readers. */
bool statements_check(const char *file, int decimals, struct statements *s,
                      struct problems *p);

struct statement_booked {
    int64_t entries, matched, suspense, existing, out;
    int64_t refused;    /* another receipt of that number came in since the check */
    struct money total; /* booked now */
};

struct statement_order {
    const char *file, *channel, *actor;
    bool accept_gap; /* book although the statement before it is missing */
    const struct templates *templates; /* for the receipts; NULL: nobody is told */
};

/* What would refuse the file; writes nothing. A statement that does not begin where the
 * last one of that bank account ended is a fault, unless gaps are accepted; so is another
 * currency, and a receipt that was booked with another amount. */
bool statements_book_check(struct store *s, const struct conf *conf,
                           const struct statement_order *o, const struct statements *list,
                           struct problems *p, struct err *e);

/* Book entries from number *at on for about budget_ms (0: all); with the last of them the
 * statements are noted as booked. *out goes on counting. */
bool statements_book_some(struct store *s, const struct conf *conf,
                          const struct statement_order *o, const struct statements *list,
                          utc_t now, int budget_ms, size_t *at,
                          struct statement_booked *out, struct err *e);

/* ---- for the readers ---- */

struct statement *statements_open(struct statements *s, unsigned line);
/* Add an entry to the statement that was opened last. One without a receipt gets its own: a
 * hash of what it says, and of the bank's statement that says it. False when there are too
 * many, or no memory. */
bool statements_add(struct statements *s, const struct statement_entry *x);

#endif

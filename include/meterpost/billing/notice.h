/*
 * notice.h - what a mobile-money service says about a payment, as text or as a file: the
 * pattern files of conf/payments.
 *
 * A file names who sends the texts (a word, never a number: numbers can be people), the
 * patterns of what they say, and examples that must come out right. A text that says that
 * money went out has a pattern too, so that it is never taken for income. First match wins.
 * A file may also say how the columns of a statement are called. Sources of the shipped
 * files: sms-formats.md §7.
 */
#ifndef METERPOST_BILLING_NOTICE_H
#define METERPOST_BILLING_NOTICE_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/phone.h"
#include "meterpost/base/yaml.h"
#include "meterpost/store/payments.h"

struct notices; /* opaque: all files of a folder; never changed once loaded */

enum notice_kind {
    NOTICE_UNKNOWN,  /* no pattern of this sender fits */
    NOTICE_RECEIVED, /* money came in */
    NOTICE_PAID_OUT, /* money went out: never booked as income */
    NOTICE_OTHER,    /* balances, advertising */
};

struct notice {
    enum notice_kind kind;
    char channel[PAYMENT_CHANNEL_MAX];
    char receipt[PAYMENT_REFERENCE_MAX];
    char payer[PERSON_MAX];        /* name, as written; may be "" */
    char phone[PHONE_MAX];         /* of the payer, E.164; "" when masked or absent */
    char claim[PAYMENT_CLAIM_MAX]; /* account, as the payer wrote it */
    char currency[4];              /* ISO 4217, of the file */
    struct money amount;
    utc_t paid_at; /* 0: the text does not say */
};

/* How one file of a service or bank has its columns; NULL where it has none. */
struct notice_columns {
    const char *name;    /* of the mapping: "mpesa-statement" */
    const char *channel; /* that its payments came by */
    char separator;
    const char *decimal; /* "." or "," */
    const char *time;    /* strptime() of `date` */
    const char *date, *amount, *paid_out, *receipt, *payer, *phone, *claim, *status;
    const char *completed; /* the word in `status` that means paid */
};

const char *notice_kind_name(enum notice_kind kind);

/* Read every *.yaml of the folder. A folder that is not there has no files. NULL with
 * problems when one is wrong. Owned by the caller. */
struct notices *notices_load(const char *folder, struct problems *p);
/* One text as a file, for tests. */
struct notices *notices_load_text(const char *name, const char *text, struct problems *p);
void notices_free(struct notices *n); /* takes NULL */

/* Every example must give what it says. False with each that does not in *p. */
bool notices_check_examples(const struct notices *n, struct problems *p);

/* True when one of the files has this word among its senders, whatever its case. */
bool notices_sender(const struct notices *n, const char *sender);

/* Whose texts they are: the money of the utility, for files of other countries have the
 * same senders; and the country code, for phones. */
struct notice_home {
    const char *currency; /* ISO 4217 */
    int decimals;
    const char *country_code;
};

/* What a text of a known sender says. FAIL_REJECT for a fitting text with an amount,
 * receipt or time that cannot be: no pattern at all is NOTICE_UNKNOWN. */
bool notice_read(const struct notices *n, const char *sender, const char *text,
                 const struct notice_home *home, struct notice *out, struct err *e);

/* The mapping of that name, or (name NULL) the one whose columns all stand in the first
 * lines of `text`. NULL when there is none. */
const struct notice_columns *notices_columns(const struct notices *n, const char *name,
                                             const char *text);

#endif

/*
 * match.h - whose payment is it? A ladder, of which the first rung that holds decides:
 * account number (with its check digit, where the settings ask for one), bill number, meter
 * number, the registered phone of the payer where it has one account. What is one digit off
 * or only alike is a proposal for a person, never booked.
 * Source: dunning.md §8.
 */
#ifndef METERPOST_BILLING_MATCH_H
#define METERPOST_BILLING_MATCH_H

#include "meterpost/base/conf.h"
#include "meterpost/store/payments.h"
#include "meterpost/store/registry.h"

#define PROPOSALS_MAX 5

enum match_rung { MATCH_NONE, MATCH_ACCOUNT, MATCH_BILL, MATCH_METER, MATCH_PHONE };

struct match_question {
    const char *claim; /* what the payer wrote; may be "" */
    const char *phone; /* of the payer, E.164; may be "" */
    struct money amount;
    const char *receipt; /* for match_propose(); NULL: not known */
    utc_t now;           /* likewise */
};

struct match {
    enum match_rung rung;
    int64_t account_id; /* 0: nobody's */
    int64_t bill_id;    /* 0: none was named */
};

struct match_proposal {
    char account[KEY_MAX];
    char why[80];
};

/* The check digit of a number by Luhn's rule ('0' to '9'); 0 when it holds anything but
 * digits. Pure. */
char match_check_digit(const char *digits);

/* Write what customers type to pay for an account: its letters and digits, and the check
 * digit where the settings ask for one. `out` has KEY_MAX + 1 bytes. Pure. */
void match_reference(const struct conf *conf, const char *account, char *out);

/* True when two references are one mistake of typing apart: a character wrong, missing, too
 * many, or two swapped. Pure. */
bool match_near(const char *a, const char *b);

bool match_payment(struct store *s, const struct conf *conf, const struct match_question *q,
                   struct match *out, struct err *e);

/* Accounts that a person should look at: who said in a text that this receipt is theirs,
 * within the last month, and those one mistake of typing away with just this amount open.
 */
bool match_propose(struct store *s, const struct conf *conf, const struct match_question *q,
                   struct match_proposal out[PROPOSALS_MAX], int *n, struct err *e);

#endif

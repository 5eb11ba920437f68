/*
 * chat.h - one message of a person and what is answered; for src/talk alone.
 *
 * Whoever handles a word fills `view` with the fields of its template and calls chat_say().
 * An answer is queued once, keyed by the message, unless a rule of policy.h is against it.
 */
#ifndef METERPOST_SRC_TALK_CHAT_H
#define METERPOST_SRC_TALK_CHAT_H

#include "meterpost/sms/inbox.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/staff.h"
#include "meterpost/talk/desk.h"

#include <jansson.h>

#define CHAT_SAID_MAX 200

struct chat {
    struct desk *d;
    const struct inbox_row *m;
    char folded[WORDS_FOLDED_MAX];
    enum word word;
    const char *rest;         /* folded, behind the word and behind what was taken of it */
    const char *word_in;      /* language of the word; "" when several have it */
    const char *language;     /* of the answer */
    const char *spoken;       /* of the template that is being filled */
    json_t *view;             /* of the answer */
    char said[CHAT_SAID_MAX]; /* what was done, for the record */

    /* A customer. */
    struct account accounts[PHONE_ACCOUNTS];
    size_t n_accounts;
    const struct account *account; /* the one that it is about; NULL: none was chosen */
    enum phone_role role;          /* of this phone, at that account */

    /* Staff. */
    const struct staff *staff; /* NULL: a customer, or nobody */
};

/* Fold the text and find its word; `view` holds {"utility"} then. */
void chat_begin(struct chat *c, struct desk *d, const struct inbox_row *m);
void chat_end(struct chat *c);

/* The language that `template` will be filled in: dates and amounts belong in it. */
const char *chat_speak(struct chat *c, const char *template);

/* Queue the filled template to who wrote. What keeps it back is added to c->said. */
bool chat_say(struct chat *c, const char *template, struct err *e);
/* The same to somebody else, of another kind, without the rules for answers: for what was
 * not asked for. `key` makes it once. */
bool chat_tell(struct desk *d, const char *number, const char *language,
               const char *template, json_t *view, enum outbox_kind kind, const char *key,
               int64_t account_id, struct err *e);
/* A view with {"utility"}: new, the caller's. */
json_t *chat_view(const struct desk *d);

void chat_said(struct chat *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The next word of c->rest, without moving on: length in bytes, 0 at the end. */
size_t chat_next(const struct chat *c);
/* Move behind it. */
void chat_skip(struct chat *c);

/* Set a member to a text, or to null when it is empty. */
void chat_text(json_t *object, const char *key, const char *text);

/* ---- follow.c: what answers a question of ours ---- */

/* What was asked, as it stands in c->said and, later, in the row of the message. */
#define ASKED_ACCOUNT   "was asked which account"
#define ASKED_READING   "a reading without a number"
#define ASKED_COMPLAINT "a complaint without words"
#define ASKED_RECEIPT   "says that it was paid, without a receipt"

/* A text without a command, soon after we asked for something: the command is the one that
 * we asked about, as if it had all come in one text. Changes c->word and c->m then; what
 * c->m points to belongs to *row, for the caller to free after the answer. */
bool chat_follow(struct chat *c, struct inbox_row **row, struct err *e);

/* ---- customer.c ---- */

/* Does the folded text at `at` begin with this account: its number, what is paid to, or its
 * nick? *n bytes of it, 0 when it does not. */
bool chat_names_account(struct chat *c, const struct account *a, const char *at, size_t *n,
                        struct err *e);

/* Answer a customer; c->accounts are set. */
bool customer_take(struct chat *c, struct err *e);
/* ---- staff.c ---- */

/* A message from a phone of staff; c->staff is set, and c->accounts where it is a
 * customer's, too. */
bool staff_take(struct chat *c, struct err *e);

/* One text a day to a number that nobody knows, and REG. */
bool stranger_take(struct chat *c, struct err *e);

/* ---- the words of customers, by file ---- */

typedef bool chat_run(struct chat *c, struct err *e);

/* say_money.c */
chat_run say_balance, say_bill, say_pay, say_paid;
/* say_plan.c */
chat_run say_plan, say_promise, say_why;
/* say_use.c */
chat_run say_use, say_read;
/* say_supply.c */
chat_run say_outage, say_complaint, say_ticket;
/* say_self.c */
chat_run say_help, say_language, say_stop, say_start, say_nick, say_wrong;
/* say_phone.c */
chat_run say_phone, say_yes, say_no, say_register;

#endif

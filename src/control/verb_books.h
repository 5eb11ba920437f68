/* verb_books.h - what the verbs of money share; for src/control alone. */
#ifndef METERPOST_SRC_CONTROL_VERB_BOOKS_H
#define METERPOST_SRC_CONTROL_VERB_BOOKS_H

#include "meterpost/store/registry.h"
#include "meterpost/talk/desk.h"

#include <jansson.h>

/* The account that "account" names. */
bool books_account(struct desk *d, const json_t *arguments, struct account *a,
                   struct err *e);
/* A decimal text as money. */
bool books_amount(struct desk *d, const json_t *arguments, const char *key,
                  struct money *out, struct err *e);
/* A text that is a whole number from 1. */
bool books_number(const json_t *arguments, const char *key, int64_t *out, struct err *e);
void books_set_money(struct desk *d, json_t *answer, const char *key, struct money m);
/* What is wrong with a file, as the answer of a verb that failed. */
void books_problems(const struct problems *p, json_t *answer);
/* Account, amount and balance into the answer, and a row into the audit. */
bool books_done(struct desk *d, const char *actor, const char *action,
                const struct account *a, struct money amount, const char *detail,
                json_t *answer, struct err *e);

#endif

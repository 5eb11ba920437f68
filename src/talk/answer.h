/* answer.h - what people are told; for src/talk alone. */
#ifndef METERPOST_SRC_TALK_ANSWER_H
#define METERPOST_SRC_TALK_ANSWER_H

#include "meterpost/sms/inbox.h"
#include "meterpost/store/registry.h"
#include "meterpost/talk/desk.h"

/* Answer a customer who may see these accounts, in the language of the first. *said names,
 * for the record, what was done: a static text. */
bool answer_customer(struct desk *d, const struct inbox_row *m,
                     const struct account *accounts, size_t n, const char **said,
                     struct err *e);

/* One help text a day to a number that nobody knows; it tells nothing about anybody. */
bool answer_unknown(struct desk *d, const struct inbox_row *m, struct err *e);

#endif

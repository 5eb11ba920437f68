/*
 * phones.h - changes of phones that were asked for by text message: they wait, those who
 * have the account already are told and may say no, and then they come true.
 */
#ifndef METERPOST_TALK_PHONES_H
#define METERPOST_TALK_PHONES_H

#include "meterpost/talk/desk.h"

/* Make true what has waited long enough, at most at_most; in the open transaction. */
bool phones_due(struct desk *d, int at_most, int *done, struct err *e);
/* When the next is due; *found false: none waits. */
bool phones_next_due(struct desk *d, utc_t *when, bool *found, struct err *e);

/* A person in the office says yes or no to change `id`. FAIL_REJECT when it waits no more.
 */
bool phones_decide(struct desk *d, int64_t id, bool yes, const char *actor, struct err *e);

/* Tell the phones of an account that `number` is one of them now, or is asked to be: then
 * `ref` is what a YES must name, or "" when it comes true without one. `key` makes it once.
 */
bool phones_tell(struct desk *d, int64_t account_id, const char *number, bool asked,
                 const char *ref, const char *key, struct err *e);

/* The office changed the phones of an account from `before`: those that it has hear of each
 * new one, and who was taken off hears of that. Somebody else may have asked for it. */
bool phones_tell_changed(struct desk *d, int64_t account_id,
                         const struct account_phone *before, size_t n, struct err *e);

#endif

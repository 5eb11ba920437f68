/*
 * policy.h - who is listened to and who is answered: the rules against loops, floods and
 * costs in one place. For src/talk alone.
 *
 * In the order in which they are asked, on the way in:
 *   1  a service of the network is never answered              (route.c: service)
 *   2  nor are our own modems, meters and concentrators        (route.c: own, meter)
 *   3  nor is a text that is one of ours coming back           (policy_hear)
 *   -  nor who is muted, or everybody while all is muted       (policy_hear)
 *   -  nor a stranger abroad: answers there cost               (policy_hear)
 * and before an answer leaves                                  (policy_may_say):
 *   4  limits.replies_per_number, limits.replies_per_day
 *   5  limits.replies_total, and never more than half of what the modems can send
 *   6  the same words to the same number within the short while
 *   7  three texts that nobody understood: help is not sent again for a day (customer.c)
 *   8  the month's money: the engine holds back answers when it is spent (engine/send.c)
 *   9  delivery reports, flash, MMS notices are no messages    (sms/inbox.c)
 * Each has its test: 1, 2 and 7 in tests/talk/test_route.c, 3 to 6 in test_policy.c, 8 in
 * tests/engine/test_farm.c, 9 in tests/sms/test_inbox.c and test_pdu.c; and all together in
 * test_policy.c: two of us fall silent within ten messages.
 * Source: facts/sms-selfservice.md 4.
 */
#ifndef METERPOST_SRC_TALK_POLICY_H
#define METERPOST_SRC_TALK_POLICY_H

#include "meterpost/sms/inbox.h"
#include "meterpost/talk/desk.h"

/* *why is NULL when the message may be acted on, else the reason for silence: a static
 * text. `known`: the sender is registered. */
bool policy_hear(struct desk *d, const struct inbox_row *m, bool known, const char **why,
                 struct err *e);

/* Who is answered: of what may be said in an hour the last half is not for strangers, and
 * the last tenth for staff alone, so that a storm of one shuts out no other. */
enum policy_whom { POLICY_STRANGER, POLICY_CUSTOMER, POLICY_STAFF };

/* The same for an answer that is about to be queued. */
bool policy_may_say(struct desk *d, enum policy_whom whom, const char *number,
                    const char *text, const char **why, struct err *e);

#endif

/*
 * tell.h - what people are told without having asked just now. Each queues a filled
 * template in the open transaction.
 */
#ifndef METERPOST_TALK_TELL_H
#define METERPOST_TALK_TELL_H

#include "meterpost/store/staff.h"
#include "meterpost/store/ticket.h"
#include "meterpost/talk/desk.h"

/* A complaint was settled: whoever complained hears of it. */
bool tell_ticket_closed(struct desk *d, const struct ticket *t, const char *answer,
                        struct err *e);

/* Somebody's phone as staff was changed from `before`: the old phone is told. */
bool tell_staff_phone(struct desk *d, const struct staff *before, struct err *e);

#endif

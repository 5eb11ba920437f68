/*
 * target.h - whom a text for a meter goes to, and in which words: its own phone, or that of
 * its concentrator, and the profile of who speaks there.
 */
#ifndef METERPOST_METERING_TARGET_H
#define METERPOST_METERING_TARGET_H

#include "meterpost/metering/profile.h"
#include "meterpost/store/registry.h"

/* Whom a text goes to, and what the fields of it are. */
struct target {
    char name[KEY_MAX]; /* of the meter, or of the concentrator when all of it is asked */
    char address[WORD_MAX], password[WORD_MAX];
    int port;
    int64_t meter_id;       /* 0: the whole concentrator */
    char phone[PHONE_MAX];  /* "" when there is no way by text message */
    char profile[WORD_MAX]; /* who speaks at that number */
    bool in_use;
};

bool target_meter(struct store *s, const struct meter *m, struct target *t, struct err *e);

/* The text of the profile for an action ("cut"); NULL with a sentence in *e when there is
 * none, or no way to the meter. */
const char *target_request(const struct profiles *profiles, const struct target *t,
                           const char *action, struct err *e);

/* The text to send, to be freed; NULL when the template is wrong. `order` is what the text
 * may carry and the reply may repeat; `amount` is for prepaid credit, limit and token, or
 * NULL. */
char *target_render(const char *template, int64_t order, const struct target *t,
                    const char *amount, utc_t now, struct err *e);

#endif

#include "policy.h"

#include "meterpost/base/conf.h"
#include "meterpost/store/talk.h"

#include <stdio.h>
#include <string.h>

static bool
is_abroad(const struct desk *d, const char *number)
{
    const char *country = d->conf->utility.country_code;

    return number[0] == '+' && strncmp(number + 1, country, strlen(country)) != 0;
}

bool
policy_hear(struct desk *d, const struct inbox_row *m, bool known, const char **why,
            struct err *e)
{
    bool yes;

    *why = NULL;
    if (!reply_is_echo(d->store, m->sender, m->text, d->now - DAY_S, &yes, e))
        return false;
    if (yes && m->text[0] != '\0')
        *why = "our own words came back: a machine is on the other side";
    if (!mute_is(d->store, m->sender, d->now, &yes, e))
        return false;
    if (yes)
        *why = "this number gets no answers: meterpost mute list";
    if (words_auto_reply(d->words, m->text))
        *why = "written by a telephone by itself";
    if (!known && is_abroad(d, m->sender))
        *why = "a stranger abroad is not answered";
    return true;
}

/* What may be answered in an hour: never more than half of what the modems can send. */
static int64_t
most_an_hour(const struct conf *c)
{
    int64_t most = (int64_t)c->limits.replies_total.count * HOUR_S /
                   (c->limits.replies_total.per_s > 0 ? c->limits.replies_total.per_s : 1);
    int64_t modems = 0;

    for (int i = 0; i < c->n_modems; i++) {
        if (c->modems[i].rate.per_s > 0)
            modems += (int64_t)c->modems[i].rate.count * HOUR_S / c->modems[i].rate.per_s;
    }
    return modems > 0 && modems / 2 < most ? modems / 2 : most;
}

bool
policy_may_say(struct desk *d, enum policy_whom whom, const char *number, const char *text,
               const char **why, struct err *e)
{
    static const int tenths[] = {
        [POLICY_STRANGER] = 5, [POLICY_CUSTOMER] = 9, [POLICY_STAFF] = 10};
    const struct conf_limits *l = &d->conf->limits;
    struct reply_counts n;

    *why = NULL;
    if (!reply_count(d->store, number, text, l->replies_per_number.per_s, d->now, &n, e))
        return false;
    if (n.to_number >= l->replies_per_number.count)
        *why = "not answered: this number was answered too often in a short time";
    else if (n.to_number_day >= l->replies_per_day)
        *why = "not answered: this number was answered too often today";
    else if (n.all >= most_an_hour(d->conf) * tenths[whom] / 10)
        *why = "not answered: too many answers to everybody in an hour";
    else if (n.same)
        *why = "not answered: it was told the same a moment ago";
    return true;
}

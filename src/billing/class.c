/*
 * The class that an account's past use decides, where its tariff says so: a lifeline for
 * who uses little. It is decided anew for each bill by the bills before it, and written
 * down as the class of the account from the first day of the period on.
 */
#include "draft.h"

#include "meterpost/base/text.h"
#include "meterpost/store/registry.h"

#include <stdlib.h>
#include <string.h>

/* Use of the months before, the newest first: as far back as any rule looks. */
struct past {
    struct quantity sum[TARIFF_CLASS_MONTHS + 1]; /* of the last n months or, where a bill
                                                     had several, of a few more */
    int months[TARIFF_CLASS_MONTHS + 1]; /* so many are in that sum; 0: not known */
};

static void
past_add(struct past *p, struct quantity *sum, int *n, const struct usage *u)
{
    int months = u->months > 0 ? u->months : 1, reached = *n + months;

    sum->milli += used_total(u->named).milli;
    for (int i = *n + 1; i <= reached && i <= TARIFF_CLASS_MONTHS; i++) {
        p->sum[i] = *sum;
        p->months[i] = reached;
    }
    *n = reached;
}

/* `room` is where a bill's usage is taken apart. */
static bool
past_read(struct store *s, const struct draft *d, struct kept *room, struct past *p,
          struct err *e)
{
    struct bill b = {.period_to = d->bill.period_to};
    struct quantity sum = {0};
    bool found;

    for (int n = 0; n < TARIFF_CLASS_MONTHS;) {
        if (!bill_before(s, d->account.id, b.period_to - 1, &b, &found, e))
            return false;
        if (!found)
            return true;
        memset(room, 0, sizeof(*room));
        if (!period_from_text(b.usage, b.tariff_version_id, room, e))
            return err_in(e, "bill %s", b.number);
        past_add(p, &sum, &n, &room->period.usage);
    }
    return true;
}

/* A class that no rule names is left alone. */
static bool
is_decided(const struct tariff *t, const char *class)
{
    for (int i = 0; i < t->n_classes; i++) {
        if (strcmp(t->classes[i].name, class) == 0)
            return true;
    }
    return class[0] == '\0' && t->n_classes > 0;
}

/* The first rule that holds. Where there are not yet months enough to tell, an account
 * keeps its class (NULL), and who has none is in that for everybody. */
static const struct tariff_class *
class_for(const struct tariff *t, const struct past *p, bool has_one)
{
    for (int i = 0; i < t->n_classes; i++) {
        const struct tariff_class *c = &t->classes[i];

        if (!c->limited)
            return c;
        if (p->months[c->months] == 0 && has_one)
            return NULL;
        if (p->months[c->months] > 0 &&
            p->sum[c->months].milli <= c->upto.milli * p->months[c->months])
            return c;
    }
    return NULL;
}

/* What is told of it: the first rule's months. */
static bool
note_average(const struct tariff *t, const struct past *p, struct period *out,
             struct err *e)
{
    int months = t->classes[0].months;

    if (p->months[months] == 0)
        return true;
    out->class_months = p->months[months];
    return round_divide(p->sum[months].milli, out->class_months, ROUND_HALF_UP,
                        &out->class_average.milli, e);
}

static bool
decide(const struct billing *b, struct draft *d, const char *day, const struct past *p,
       struct err *e)
{
    for (int i = 0; i < d->n_contracts; i++) {
        struct contract *c = &d->contracts[i];
        const struct tariff *t = tariff_find(b->tariffs, c->tariff, day);
        const struct tariff_class *class = NULL;

        if (t != NULL && is_decided(t, c->class))
            class = class_for(t, p, c->class[0] != '\0');
        if (class == NULL)
            continue;
        text_copy(c->class, sizeof(c->class), class->name);
        d->class_decided = true;
        if (!note_average(t, p, &d->period, e))
            return false;
    }
    return true;
}

bool
draft_decide_class(const struct billing *b, const struct billing_month *m, struct draft *d,
                   enum draft_outcome *outcome, struct err *e)
{
    struct kept *room;
    struct past p = {0};
    char day[TIME_TEXT_MAX];
    bool ok;

    (void)outcome;
    d->class_decided = false;
    if (d->tariff->n_classes == 0)
        return true;
    room = malloc(sizeof(*room));
    if (room == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    ok = past_read(b->store, d, room, &p, e) &&
         decide(b, d, clock_date(m->middle, day), &p, e);
    free(room);
    return ok;
}

bool
draft_keep_class(const struct billing *b, const struct draft *d, struct err *e)
{
    struct contract now, next;
    bool found;

    if (!d->class_decided)
        return true;
    if (!contract_at(b->store, d->account.id, d->period.first, &now, &found, e))
        return false;
    next = found ? now : d->contracts[0];
    text_copy(next.class, sizeof(next.class), d->bill.class);
    next.valid_from = d->period.first;
    return (found && strcmp(now.class, next.class) == 0) ||
           contract_add(b->store, d->account.id, &next, e);
}

#include "meterpost/billing/consumption.h"

#define UNIT_MILLI     1000
#define DIGITS_MAX     12
#define PLAUSIBLE_FOLD 2 /* so many times the expected use may pass the register's end */

/* Thousandths at which the register starts again; 0 when that is not known. */
static int64_t
register_size(int digits)
{
    int64_t size = UNIT_MILLI;

    if (digits <= 0)
        return 0;
    for (int i = 0; i < digits && i < DIGITS_MAX; i++)
        size *= 10;
    return size;
}

/* Is a way over the end of the register more likely than a wrong reading? */
static bool
passed_end(const struct consumed_register *r, int64_t over)
{
    if (r->rolled_over)
        return true;
    return r->expected.milli > 0 && over <= r->expected.milli * PLAUSIBLE_FOLD;
}

static int64_t
cut_down(struct quantity q, struct quantity unit)
{
    return unit.milli == 0 ? q.milli : q.milli / unit.milli * UNIT_MILLI;
}

static bool
went_down(const struct consumed_register *r, struct err *e)
{
    char from[AMOUNT_TEXT_MAX], to[AMOUNT_TEXT_MAX];

    return err_set(e, FAIL_REJECT,
                   "it went from %s down to %s: settle the reading, then bill",
                   decimal_print(r->from.milli, QUANTITY_PLACES, true, from),
                   decimal_print(r->to.milli, QUANTITY_PLACES, true, to));
}

/* How far the register moved. */
static bool
moved_by(const struct consumed_register *r, int64_t *moved, unsigned *flags, struct err *e)
{
    int64_t over = r->to.milli - r->from.milli + register_size(r->digits);

    *moved = cut_down(r->to, r->unit) - cut_down(r->from, r->unit);
    if (*moved >= 0)
        return true;
    if (r->from_estimated && !r->rolled_over && r->to.milli >= r->from_read.milli) {
        *flags |= CONSUMED_OVERESTIMATED;
        return true;
    }
    if (register_size(r->digits) > 0 && over >= 0 && passed_end(r, over)) {
        *flags |= CONSUMED_ROLLOVER;
        *moved = over;
        return true;
    }
    *flags |= CONSUMED_DECREASE;
    return went_down(r, e);
}

bool
consumed_register(const struct consumed_register *r, struct quantity *out, unsigned *flags,
                  struct err *e)
{
    int64_t moved;

    *flags = 0;
    if (r->to_missing) {
        *flags = CONSUMED_ESTIMATED;
        moved = r->per_day.milli * r->days;
    } else if (!moved_by(r, &moved, flags, e)) {
        return false;
    }
    return round_divide((int128)moved * r->multiplier_milli, UNIT_MILLI, ROUND_HALF_UP,
                        &out->milli, e);
}

bool
consumed_in_turn(const struct consumed_register *list, int n, struct quantity *out,
                 unsigned *flags, struct err *e)
{
    *flags = n > 1 ? CONSUMED_EXCHANGE : 0;
    out->milli = 0;
    for (int i = 0; i < n; i++) {
        struct quantity used;
        unsigned found;

        if (!consumed_register(&list[i], &used, &found, e) || !quantity_add(out, used, e))
            return false;
        *flags |= found;
        if (list[i].multiplier_milli != list[0].multiplier_milli)
            *flags |= CONSUMED_MULT_CHANGED;
    }
    return true;
}

bool
consumed_true_up(struct quantity actual, const struct quantity *estimates, int n,
                 struct quantity *out, unsigned *flags, struct err *e)
{
    *out = actual;
    *flags = n > 0 ? CONSUMED_TRUE_UP : 0;
    for (int i = 0; i < n; i++) {
        if (!quantity_add(out, (struct quantity){-estimates[i].milli}, e))
            return false;
    }
    if (out->milli < 0)
        *flags |= CONSUMED_CREDIT;
    return true;
}

#include "meterpost/billing/consumption.h"

#define UNIT_MILLI 1000
#define DIGITS_MAX 12

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

static int64_t
cut_down(int64_t milli, struct quantity whole)
{
    return whole.milli == 0 ? milli : milli / whole.milli * whole.milli;
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

bool
consumed_register(const struct consumed_register *r, struct quantity *out, struct err *e)
{
    int64_t to = r->to.milli, moved;

    if (r->rolled_over && to < r->from.milli)
        to += register_size(r->digits);
    if (to < r->from.milli && !r->from_estimated)
        return went_down(r, e);
    moved = cut_down(to, r->whole) - cut_down(r->from.milli, r->whole);
    return round_divide((int128)moved * r->multiplier_milli, UNIT_MILLI, ROUND_HALF_UP,
                        &out->milli, e);
}

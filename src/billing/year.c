/*
 * What an account has used of a year: the mark at which ladders of the year stand.
 *
 * Bills are looked at from the newest back to the one in which the year began. Of that one
 * the days after New Year count, shared as its period was. A bill that set estimates right
 * says what those before it had really used.
 */
#include "draft.h"

#include <stdlib.h>
#include <string.h>

/* What a bill's account used in its time, by the bill that set it right, or by itself. */
static struct quantity
used_in(const struct bill *b, const struct kept *own, const struct kept *later)
{
    for (int i = 0; i < later->n_true_ups; i++) {
        if (strcmp(later->true_ups[i].number, b->number) == 0)
            return used_total(later->true_ups[i].used);
    }
    return used_total(own->period.usage.named);
}

/* Of a bill in which the year began, the part after that. */
static bool
share_after(const struct bill *b, utc_t year, struct quantity *used, struct err *e)
{
    int before = (int)((year - b->period_from + DAY_S / 2) / DAY_S);
    int days[2] = {before, b->days - before};
    struct quantity shares[2];

    if (before <= 0)
        return true;
    if (before >= b->days) {
        used->milli = 0;
        return true;
    }
    if (!period_share(*used, days, 2, 1, shares, e))
        return false;
    *used = shares[1];
    return true;
}

/* two[0] is for the last bill that set estimates right, two[1] for the bill at hand. */
static bool
sum_bills(struct store *s, int64_t account_id, utc_t until, utc_t year, struct kept two[2],
          struct quantity *sum, struct err *e)
{
    struct bill b = {.period_to = until};
    struct quantity used;
    bool found;

    for (;;) {
        if (!bill_before(s, account_id, b.period_to - 1, &b, &found, e))
            return false;
        if (!found || b.period_to <= year)
            return true;
        memset(&two[1], 0, sizeof(two[1]));
        if (!period_from_text(b.usage, b.tariff_version_id, &two[1], e))
            return err_in(e, "bill %s", b.number);
        used = used_in(&b, &two[1], &two[0]);
        if (!share_after(&b, year, &used, e) || !quantity_add(sum, used, e))
            return false;
        if (two[1].n_true_ups > 0)
            two[0] = two[1];
    }
}

bool
year_before_bill(struct store *s, int64_t account_id, const struct bill *b, utc_t first,
                 struct quantity *out, struct err *e)
{
    struct kept *two = calloc(2, sizeof(*two));
    bool ok = two != NULL;
    struct tm tm;

    out->milli = 0;
    clock_local(first, &tm);
    if (!ok)
        err_set(e, FAIL_RETRY, "out of memory");
    ok = ok && sum_bills(s, account_id, b->period_to,
                         clock_from_local(tm.tm_year + 1900, 1, 1, 0, 0, 0), two, out, e);
    free(two);
    return ok;
}

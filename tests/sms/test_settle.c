#include "sms/settle.h"

#include <criterion/criterion.h>

static struct settle s;

static void
sends(enum settle_sign sign, int n)
{
    for (int i = 0; i < n; i++)
        settle_learn(&s, sign);
}

Test(settle, waits_get_shorter_as_long_as_all_goes_well)
{
    static const struct {
        int sends, percent;
    } cases[] = {{0, 100}, {1, 50}, {2, 20}, {3, 10}, {5, 5}, {5, 0}, {1000, 0}};

    settle_start(&s, 100, true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sends(SETTLE_GOOD, cases[i].sends);
        cr_expect_eq(s.percent, cases[i].percent, "%zu: got %d, want %d", i, s.percent,
                     cases[i].percent);
    }
}

Test(settle, the_first_trouble_brings_all_waits_back_for_good)
{
    settle_start(&s, 100, true);
    sends(SETTLE_GOOD, 4);
    cr_expect(settle_learn(&s, SETTLE_TROUBLE));
    cr_expect_eq(s.percent, 100);
    sends(SETTLE_GOOD, 100);
    cr_expect_eq(s.percent, 100);
}

Test(settle, what_is_not_the_modems_fault_changes_nothing)
{
    settle_start(&s, 100, true);
    sends(SETTLE_GOOD, 1);
    cr_expect_not(settle_learn(&s, SETTLE_NOTHING));
    cr_expect_eq(s.percent, 50);
}

Test(settle, a_fixed_percentage_stays)
{
    settle_start(&s, 30, false);
    sends(SETTLE_GOOD, 100);
    cr_expect_not(settle_learn(&s, SETTLE_TROUBLE));
    cr_expect_eq(s.percent, 30);
}

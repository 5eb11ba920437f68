/* When a later reading releases one that is held. */
#include "meterpost/metering/check.h"

#include <criterion/criterion.h>
#include <string.h>

#define NOON 1767268800 /* 2026-01-01T12:00:00Z */

Test(release, a_next_reading_may_confirm_what_is_held)
{
    static const struct {
        const char *what;
        struct check_release r;
        const char *why; /* NULL: it stays held */
    } cases[] = {
        {"the same pace",
         {{true, {1000000}, NOON},
          {true, {1060000}, NOON + DAY_S},
          {true, {1115000}, NOON + 2 * DAY_S},
          SOURCE_SMS,
          SOURCE_SMS,
          false},
         "same pace"},
        {"back to normal",
         {{true, {1000000}, NOON},
          {true, {1060000}, NOON + DAY_S},
          {true, {1070000}, NOON + 2 * DAY_S},
          SOURCE_SMS,
          SOURCE_SMS,
          false},
         NULL},
        {"back to normal, and that fits what was before",
         {{true, {1000000}, NOON},
          {true, {1060000}, NOON + DAY_S},
          {true, {1070000}, NOON + 2 * DAY_S},
          SOURCE_SMS,
          SOURCE_SMS,
          true},
         "between"},
        {"it fell below, though that fits",
         {{true, {1000000}, NOON},
          {true, {1060000}, NOON + DAY_S},
          {true, {1010000}, NOON + 2 * DAY_S},
          SOURCE_SMS,
          SOURCE_SMS,
          true},
         NULL},
        {"it fell",
         {{true, {1000000}, NOON},
          {true, {1060000}, NOON + DAY_S},
          {true, {1010000}, NOON + 2 * DAY_S},
          SOURCE_SMS,
          SOURCE_SMS,
          false},
         NULL},
        {"asked again",
         {{true, {1000000}, NOON},
          {true, {1060000}, NOON + DAY_S},
          {true, {1060100}, NOON + DAY_S + 600},
          SOURCE_SMS,
          SOURCE_SMS,
          false},
         "asked again"},
        {"the customer agrees",
         {{true, {1000000}, NOON},
          {true, {1060000}, NOON + DAY_S},
          {true, {1061000}, NOON + DAY_S + 7200},
          SOURCE_SMS,
          SOURCE_CUSTOMER,
          false},
         "customer"},
        {"the customer does not agree",
         {{true, {1000000}, NOON},
          {true, {1060000}, NOON + DAY_S},
          {true, {1012000}, NOON + DAY_S + 7200},
          SOURCE_SMS,
          SOURCE_CUSTOMER,
          false},
         NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = check_releases(&cases[i].r);

        cr_expect_eq(why != NULL, cases[i].why != NULL, "%s: %s", cases[i].what, why);
        if (why != NULL && cases[i].why != NULL)
            cr_expect_not_null(strstr(why, cases[i].why), "%s: %s", cases[i].what, why);
    }
}

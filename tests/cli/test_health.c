#include "cli/health.h"

#include <criterion/criterion.h>

Test(health, a_disk_is_bad_before_a_copy_or_an_upgrade_fills_it)
{
    static const struct {
        int64_t percent, mib, database;
        enum health want;
    } cases[] = {
        {50, 70000, 1, HEALTH_OK},  {15, 1000, 300, HEALTH_OK}, {14, 70000, 1, HEALTH_WARN},
        {5, 70000, 1, HEALTH_WARN}, {4, 70000, 1, HEALTH_BAD},  {0, 0, 0, HEALTH_BAD},
        {50, 299, 100, HEALTH_BAD}, {50, 300, 100, HEALTH_OK},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum health got = health_of_disk(cases[i].percent, cases[i].mib, cases[i].database);

        cr_expect_eq(got, cases[i].want, "%lld%% free, %lld MiB, database %lld MiB: got %d",
                     (long long)cases[i].percent, (long long)cases[i].mib,
                     (long long)cases[i].database, got);
    }
}

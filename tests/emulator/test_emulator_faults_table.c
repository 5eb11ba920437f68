/*
 * The table of faults: every knob is explained to people, and what is random comes from the
 * seed.
 */
#include "emulator.h"
#include "faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(faults_table, the_readme_names_every_knob)
{
    static char readme[16384];
    char name[40];
    FILE *f = fopen(TOP "/tests/emulator/README.md", "re");

    cr_assert_not_null(f);
    readme[fread(readme, 1, sizeof(readme) - 1, f)] = '\0';
    fclose(f);
    for (const struct knob *k = fault_knobs; k->name != NULL; k++) {
        snprintf(name, sizeof(name), "`%s`", k->name);
        cr_expect(strstr(readme, name) != NULL, "README.md does not tell of %s", k->name);
    }
}

Test(faults_table, a_sound_modem_is_within_all_limits)
{
    for (const struct knob *k = fault_knobs; k->name != NULL; k++) {
        int value = *(const int *)(const void *)((const char *)&no_faults + k->at);

        cr_expect(value >= k->least && value <= k->most, "%s is %d", k->name, value);
        cr_expect(k->what != NULL && *k->what != '\0', "%s is not explained", k->name);
    }
}

Test(faults_table, the_same_seed_gives_the_same_draws)
{
    static struct emulator a = {.dice = 7}, b = {.dice = 7}, c = {.dice = 8};
    int same = 0;

    for (int i = 0; i < 1000; i++) {
        unsigned drawn = emulator_roll(&a, 100);

        cr_expect_lt(drawn, 100);
        cr_expect_eq(drawn, emulator_roll(&b, 100));
        same += drawn == emulator_roll(&c, 100);
    }
    cr_expect_lt(same, 100);
    cr_expect_eq(emulator_roll(&a, 0), 0);
}

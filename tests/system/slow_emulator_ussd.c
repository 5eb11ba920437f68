/*
 * A USSD code through Debian's gammu, which rests ten seconds after the answer.
 */
#include "rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(ussd, gammu_asks_for_the_balance_of_the_sim, .timeout = 120)
{
    struct err e;
    struct rig *rig = rig_create(&(struct rig_options){.start = "2026-03-01"}, &e);
    char path[RIG_PATH_MAX], text[2 * RIG_PATH_MAX];
    const char *argv[] = {"gammu", "-c", NULL, "getussd", "*144#", NULL};
    struct rig_output out;

    cr_assert(rig != NULL && rig_emulator_start(rig, &e), "%s", e.text);
    snprintf(text, sizeof(text), "[gammu]\ndevice = %s/sim1\nconnection = dku2at\n",
             rig_dir(rig));
    cr_assert(rig_write(rig, "gammurc", text, &e), "%s", e.text);
    argv[2] = rig_path(rig, "gammurc", path);
    cr_assert(rig_run(rig, argv, 60000, &out, &e), "%s", e.text);
    cr_expect(strstr(out.out, "KES 250.00") != NULL, "got '%s%s'", out.out, out.err);
    rig_output_free(&out);
    rig_destroy(rig);
}

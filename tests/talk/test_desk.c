#include "meterpost/talk/desk.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[] = "/tmp/meterpost-desk-XXXXXX";
static char path[64];

static void
run(const char *fmt, const char *argument)
{
    char command[400];

    snprintf(command, sizeof(command), fmt, folder, argument);
    cr_assert_eq(system(command), 0, "%s", command);
}

/* A copy of what is shipped, which a test may spoil. */
static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
    run("cp -r %2$s/conf %2$s/templates %1$s", TOP);
    snprintf(path, sizeof(path), "%s/conf/meterpost.yaml", folder);
}

static void
tear_down(void)
{
    run("rm -r %s", "");
}

TestSuite(desk, .init = set_up, .fini = tear_down);

Test(desk, what_is_shipped_is_right)
{
    struct problems p = {0};
    struct desk *d = desk_load(path, &p);
    char text[600];

    cr_assert_not_null(d, "%s",
                       p.count > 0 ? problem_print(&p.at[0], text, sizeof(text)) : "");
    cr_expect_str_eq(d->conf->utility.currency, "KES");
    cr_expect_gt(profiles_count(d->profiles), 0);
    cr_expect_gt(d->tariffs->count, 0);
    cr_expect_not_null(d->words);
    cr_expect_not_null(d->templates);
    desk_free(d);
}

Test(desk, all_that_is_wrong_is_told_in_one_go)
{
    static const char *const files[] = {"kamstrup-gsm7i.yaml", "domestic-water.yaml",
                                        "en.yaml", "bill.sms.mustache"};
    struct problems p = {0};

    run("sed -i 's/value: \"32432\"/value: \"1\"/' %s/conf/profiles/kamstrup-gsm7i.yaml",
        "");
    run("sed -i 's/^currency:.*/currency: 12/' %s/conf/tariffs/domestic-water.yaml", "");
    run("sed -i 's/^language:.*/languag: en/' %s/conf/words/en.yaml", "");
    run("sed -i 's/utility.name/utility.nme/' %s/templates/en/bill.sms.mustache", "");
    cr_expect_null(desk_load(path, &p));
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        bool told = false;

        for (size_t k = 0; k < p.count; k++)
            told = told || strstr(p.at[k].file, files[i]) != NULL;
        cr_expect(told, "nothing was said of %s", files[i]);
    }
    problems_free(&p);
}

Test(desk, settings_alone_do_not_need_the_files)
{
    struct problems p = {0};
    struct desk *d;

    run("echo 'nonsense: [' > %s/conf/tariffs/domestic-water.yaml", "");
    d = desk_load_settings(path, &p);
    cr_expect_not_null(d);
    desk_free(d);
}

Test(desk, a_wrong_file_leaves_the_time_zone_alone)
{
    struct problems p = {0};
    char before[TIME_TEXT_MAX], after[TIME_TEXT_MAX];
    struct err e;

    cr_assert(clock_zone_set("Asia/Shanghai", &e), "%s", e.text);
    clock_iso(1800000000, before);
    run("echo 'nonsense: [' > %s/conf/tariffs/domestic-water.yaml", "");
    cr_expect_null(desk_load(path, &p));
    cr_expect_str_eq(clock_iso(1800000000, after), before);
    problems_free(&p);
}

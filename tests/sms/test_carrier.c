#include "meterpost/sms/carrier.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct carriers *all;
static const struct carrier *prepaid;
static struct problems problems;
static struct err e;

static void
load(void)
{
    cr_assert(clock_zone_set("Africa/Nairobi", &e), "%s", e.text);
    all = carriers_load(TOP "/conf/carriers", 2, &problems);
    cr_assert_not_null(all, "%s", problems.count > 0 ? problems.at[0].text : "");
    cr_assert_not_null(prepaid = carriers_find(all, "prepaid"));
}

static void
unload(void)
{
    carriers_free(all);
    problems_free(&problems);
}

TestSuite(carrier, .init = load, .fini = unload);

Test(carrier, the_examples_of_the_files_come_out)
{
    cr_expect(carriers_check_examples(all, &problems), "%s:%u %s", problems.at[0].file,
              problems.at[0].line, problems.at[0].text);
}

/* Shillings of Uganda have no cents, dinars have a thousand fils. */
Test(carrier, the_files_are_for_every_currency)
{
    static const int decimals[] = {0, 1, 3};

    for (size_t i = 0; i < 3; i++) {
        struct carriers *some = carriers_load(TOP "/conf/carriers", decimals[i], &problems);

        cr_assert_not_null(some);
        cr_expect(carriers_check_examples(some, &problems), "%d decimals: %s", decimals[i],
                  problems.at[0].text);
        carriers_free(some);
    }
}

Test(carrier, a_voucher_becomes_a_code_and_a_code_stays_one)
{
    char code[CARRIER_CODE_MAX];

    cr_assert(carrier_topup_code(prepaid, "123456789012", code, &e), "%s", e.text);
    cr_expect_str_eq(code, "*141*123456789012#");
    cr_assert(carrier_topup_code(NULL, "*555*1#", code, &e), "%s", e.text);
    cr_expect_str_eq(code, "*555*1#");
    cr_expect_not(carrier_topup_code(NULL, "1234", code, &e), "no carrier, no code");
    cr_expect_not(carrier_topup_code(prepaid, "12a4", code, &e));
    cr_expect_not(carrier_topup_code(prepaid, "*1\r\nATD112;", code, &e));
    cr_expect_not(carrier_topup_code(prepaid, "", code, &e));
}

Test(carrier, amounts_are_read_as_networks_write_them)
{
    static const struct {
        const char *text;
        int64_t minor;
    } cases[] = {
        {"Balance: 1,250.755 KES", 125075},
        {"Your balance is 7", 700},
        {"Balance Ksh12.50.", 1250},
        {"Solde: 1 000 FCFA", 100000},
    };
    struct carrier_said said;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_assert(carrier_read(prepaid, cases[i].text, &said, &e), "%s", e.text);
        cr_expect(said.has_balance, "%s", cases[i].text);
        cr_expect_eq(said.balance.minor, cases[i].minor, "%s: got %lld", cases[i].text,
                     (long long)said.balance.minor);
    }
    cr_expect_not(carrier_read(prepaid, "Balance: 99999999999999999999999", &said, &e));
    cr_assert(carrier_read(prepaid, "Win a car! Dial *999#", &said, &e));
    cr_expect_eq(said.kind, CARRIER_UNKNOWN);
}

Test(carrier, a_file_with_faults_says_each_with_its_place)
{
    static const char text[] = "carrier: x\nname: X\ncurrency: KES\n"
                               "balance_code: \"*144#;ATD\"\ntopup_code: \"*141#\"\n"
                               "texts:\n"
                               "  - {name: a, kind: balance, pattern: 'no group'}\n"
                               "  - {name: b, kind: expiry, pattern: '(?<expires>.)'}\n";
    static const char *const want[] = {"USSD code of", "{code}", "(?<balance>", "`date`"};
    char dir[] = "/tmp/meterpost-carrier-XXXXXX", path[64];
    struct problems p = {0};
    FILE *f;

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/x.yaml", dir);
    f = fopen(path, "w");
    cr_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
    cr_expect_null(carriers_load(dir, 2, &p));
    cr_assert_eq(p.count, sizeof(want) / sizeof(want[0]));
    for (size_t i = 0; i < p.count; i++)
        cr_expect(strstr(p.at[i].text, want[i]) != NULL, "%s", p.at[i].text);
    problems_free(&p);
    unlink(path);
    rmdir(dir);
}

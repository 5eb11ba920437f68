/* Names of columns that are not ours. */
#include "cli/import_map.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char file[] =
    "Kundennr,Name,Bemerkung\n1042,\"Njeri, Asha\",x\n1043,Otieno,y\n";

Test(import_map, columns_are_renamed_and_left_out)
{
    static const struct {
        const char *map, *want;
    } cases[] = {
        {"account=Kundennr;name=Name;=Bemerkung",
         "account,name\r\n1042,\"Njeri, Asha\"\r\n1043,Otieno"},
        {"=Bemerkung", "Kundennr,Name\r\n1042,\"Njeri, Asha\"\r\n1043,Otieno"},
        {"address=Bemerkung",
         "Kundennr,Name,address\r\n1042,\"Njeri, Asha\",x\r\n1043,Otieno,y"},
        {"", "Kundennr,Name,Bemerkung\r\n1042,\"Njeri, Asha\",x\r\n1043,Otieno,y"},
    };
    struct err e;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = import_map("f.csv", file, strlen(file), cases[i].map, &e);

        cr_assert_not_null(got, "%s: %s", cases[i].map, e.text);
        cr_expect_str_eq(got, cases[i].want, "%s: got %s", cases[i].map, got);
        free(got);
    }
}

Test(import_map, a_map_that_does_not_fit_is_refused)
{
    static const char *const maps[] = {"account", "account=Nummer",
                                       "account=Kundennr;name"};
    struct err e;

    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
        cr_expect_null(import_map("f.csv", file, strlen(file), maps[i], &e), "%s", maps[i]);
        cr_expect_eq(e.kind, FAIL_REJECT);
        cr_expect_not_null(strstr(e.text, "--map"), "%s", e.text);
    }
    cr_expect_null(import_map("f.csv", "", 0, "", &e));
}

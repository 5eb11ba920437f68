#include "meterpost/talk/code.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT 1790000000

static struct err e;

/* Bytes 0 to 31. What it gives was computed with another program. */
static struct code_key
some_key(void)
{
    struct code_key key;

    for (size_t i = 0; i < sizeof(key.bytes); i++)
        key.bytes[i] = (uint8_t)i;
    return key;
}

Test(code, one_time_codes_are_those_of_the_apps)
{
    static const struct {
        utc_t at;
        const char *want;
    } cases[] = {{59, "414783"}, {60, "555770"}, {1111111109, "890682"}, {AT, "966340"}};
    struct code_key key = some_key();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char got[CODE_TEXT_MAX];

        code_totp(&key, cases[i].at, 60, got);
        cr_expect_str_eq(got, cases[i].want, "at %ld: got %s, want %s", (long)cases[i].at,
                         got, cases[i].want);
    }
}

Test(code, a_one_time_code_is_taken_once_late_and_never_back)
{
    static const struct {
        int age_s; /* of the code, when it comes */
        int64_t last;
        bool want;
    } cases[] = {{0, 0, true},           {600, 0, true},          {661, 0, false},
                 {-60, 0, true},         {-130, 0, false},        {0, AT / 60, false},
                 {0, AT / 60 - 1, true}, {60, AT / 60 - 1, false}};
    struct code_key key = some_key();
    char code[CODE_TEXT_MAX];
    int64_t step;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        code_totp(&key, AT - cases[i].age_s, 60, code);
        cr_expect_eq(code_totp_check(&key, code, AT, 60, 10, cases[i].last, &step),
                     cases[i].want, "case %zu", i);
    }
    cr_expect_not(code_totp_check(&key, "96634", AT, 60, 10, 0, &step));
    cr_expect_not(code_totp_check(&key, "96634x", AT, 60, 10, 0, &step));
    cr_expect_not(code_totp_check(&key, "", AT, 60, 10, 0, &step));
}

Test(code, two_codes_that_follow_each_other_count_as_one_long_one)
{
    struct code_key key = some_key();
    char both[2 * CODE_TEXT_MAX], second[CODE_TEXT_MAX];
    int64_t step;

    code_totp(&key, AT - 60, 60, both);
    code_totp(&key, AT, 60, second);
    memcpy(both + CODE_TOTP, second, CODE_TOTP + 1);
    cr_expect(code_totp_check(&key, both, AT, 60, 10, 0, &step));
    cr_expect_eq(step, AT / 60);
    both[11] = both[11] == '0' ? '1' : '0';
    cr_expect_not(code_totp_check(&key, both, AT, 60, 10, 0, &step));
}

Test(code, a_signature_holds_for_one_command_and_for_a_while)
{
    static const struct {
        const char *what;
        struct code_command c;
        int later_s;
        int64_t last;
        bool want;
    } cases[] = {
        {"as signed", {"Kibo", "jonas", 417, "CUT", "100234567", ""}, 0, 416, true},
        {"late", {"Kibo", "jonas", 417, "CUT", "100234567", ""}, 1800, 400, true},
        {"too late", {"Kibo", "jonas", 417, "CUT", "100234567", ""}, 2600, 400, false},
        {"again", {"Kibo", "jonas", 417, "CUT", "100234567", ""}, 0, 417, false},
        {"far ahead", {"Kibo", "jonas", 417, "CUT", "100234567", ""}, 0, 300, false},
        {"another meter", {"Kibo", "jonas", 417, "CUT", "100234568", ""}, 0, 416, false},
        {"another verb", {"Kibo", "jonas", 417, "RESTORE", "100234567", ""}, 0, 416, false},
        {"another person", {"Kibo", "amina", 417, "CUT", "100234567", ""}, 0, 416, false},
        {"another place", {"Moshi", "jonas", 417, "CUT", "100234567", ""}, 0, 416, false},
        {"another counter", {"Kibo", "jonas", 418, "CUT", "100234567", ""}, 0, 416, false},
    };
    struct code_command signs = {"Kibo", "jonas", 417, "CUT", "100234567", ""};
    struct code_key key = some_key();
    char code[CODE_TEXT_MAX];

    code_sign(&key, &signs, AT, code);
    cr_expect_str_eq(code, "DVCYYQ9Z5EC9E", "got %s", code);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_eq(code_sign_check(&key, &cases[i].c, code, AT + cases[i].later_s, 0,
                                     cases[i].last),
                     cases[i].want, "%s", cases[i].what);
    cr_expect(code_sign_check(&key, &signs, "dvcyyq9z5ec9e", AT, 0, 416), "small letters");
    cr_expect_not(code_sign_check(&key, &signs, "DVCYYQ9Z5EC9", AT, 0, 416), "cut short");
}

Test(code, a_sealed_key_opens_for_its_person_alone)
{
    struct code_master master = {{1, 2, 3}}, other = {{4}};
    struct code_key key = some_key(), got;
    uint8_t sealed[CODE_SEALED];

    code_seal(&master, "jonas", &key, sealed);
    cr_expect(code_open(&master, "jonas", sealed, sizeof(sealed), &got, &e), "%s", e.text);
    cr_expect_arr_eq(got.bytes, key.bytes, sizeof(key.bytes));
    cr_expect_not(code_open(&master, "amina", sealed, sizeof(sealed), &got, &e));
    cr_expect_not(code_open(&other, "jonas", sealed, sizeof(sealed), &got, &e));
    cr_expect_not(code_open(&master, "jonas", sealed, sizeof(sealed) - 1, &got, &e));
    sealed[30] ^= 1;
    cr_expect_not(code_open(&master, "jonas", sealed, sizeof(sealed), &got, &e));
}

Test(code, a_key_is_read_as_people_copy_it)
{
    struct code_key key = some_key(), got;
    char text[CODE_SECRET_MAX];

    cr_expect_str_eq(code_key_text(&key, text),
                     "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ");
    cr_assert(code_key_parse("aaaq eaye auda ocaj bifq ydio b4ib ceqt cqkr mfyy denb wha5 "
                             "dypq",
                             &got, &e));
    cr_expect_arr_eq(got.bytes, key.bytes, sizeof(key.bytes));
    cr_expect_not(code_key_parse("AAAQ", &got, &e));
    cr_expect_not(code_key_parse("1", &got, &e));
}

Test(code, a_hash_of_a_sheet_is_of_one_number_of_one_sheet_of_one_person)
{
    struct code_master master = {{7}};
    uint8_t a[CODE_HASH], b[CODE_HASH];

    code_sheet_hash(&master, 1, 1, 37, "12345678", a);
    code_sheet_hash(&master, 1, 1, 37, "12345678", b);
    cr_expect_arr_eq(a, b, CODE_HASH);
    code_sheet_hash(&master, 1, 1, 38, "12345678", b);
    cr_expect_arr_neq(a, b, CODE_HASH);
    code_sheet_hash(&master, 2, 1, 37, "12345678", b);
    cr_expect_arr_neq(a, b, CODE_HASH);
}

Test(code, a_key_file_is_made_once_and_must_be_private)
{
    char folder[] = "/tmp/meterpost-code-XXXXXX", path[64];
    struct code_master made, read;
    FILE *f;

    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/staff.key", folder);
    cr_expect_not(code_master_load(path, false, &read, &e));
    cr_assert(code_master_load(path, true, &made, &e), "%s", e.text);
    cr_assert(code_master_load(path, true, &read, &e), "%s", e.text);
    cr_expect_arr_eq(made.bytes, read.bytes, sizeof(made.bytes));
    chmod(path, 0640);
    cr_expect_not(code_master_load(path, false, &read, &e));
    cr_expect_not_null(strstr(e.text, "chmod 600"), "%s", e.text);
    cr_assert_not_null(f = fopen(path, "w"));
    fputs("hello\n", f);
    fclose(f);
    chmod(path, 0600);
    cr_expect_not(code_master_load(path, false, &read, &e));
    unlink(path);
    rmdir(folder);
}

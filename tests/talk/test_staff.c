#include "parlour.h"

#include "meterpost/store/ledger.h"
#include "meterpost/store/modem_care.h"
#include "meterpost/talk/watch.h"

static struct code_key jonas_key;
static char sheet_codes[SHEET_CODES + 1][CODE_TEXT_MAX];

/* What `staff enrol` does. */
static void
enrol(const char *name, struct code_key *key, bool sheet)
{
    struct code_master master;
    struct staff_proof proof;
    struct staff p;

    cr_assert(code_master_load(parlour_key, true, &master, &e), "%s", e.text);
    cr_assert(staff_by_name(s, name, &p, &found, &e) && found);
    cr_assert(staff_proof_get(s, p.id, &proof, &e));
    if (sheet) {
        proof.sheet++;
        for (int i = 1; i <= SHEET_CODES; i++) {
            uint8_t hash[CODE_HASH];

            code_sheet_new(sheet_codes[i]);
            code_sheet_hash(&master, p.id, proof.sheet, i, sheet_codes[i], hash);
            cr_assert(staff_code_add(s, p.id, proof.sheet, i, hash, &e));
        }
    } else {
        code_key_new(key);
        code_seal(&master, name, key, proof.sealed);
        proof.sealed_size = CODE_SEALED;
    }
    proof.expires_at = parlour.now + 90 * DAY_S;
    cr_assert(staff_proof_save(s, p.id, &proof, &e));
}

static void
set_up(void)
{
    parlour_open();
    enrol("jonas", &jonas_key, false);
}

TestSuite(staff, .init = set_up, .fini = parlour_close);

static const char *
one_time(const struct code_key *key, int seconds_ago)
{
    static char code[CODE_TEXT_MAX];

    code_totp(key, parlour.now - seconds_ago, 60, code);
    return code;
}

static const char *
signed_text(const struct code_key *key, const char *who, const char *verb,
            const char *first, const char *second, int64_t counter)
{
    static char text[120];
    char code[CODE_TEXT_MAX];
    struct code_command c = {conf.utility.name, who, counter, verb, first, second};

    code_sign(key, &c, parlour.now, code);
    snprintf(text, sizeof(text), "%s %s%s%s %lld %s", verb, first,
             second[0] != '\0' ? " " : "", second, (long long)counter, code);
    return text;
}

static utc_t
hold_of(const char *account)
{
    struct account a;

    cr_assert(account_by_name(s, account, &a, &found, &e) && found);
    return a.hold[0] == '\0' ? 0 : a.hold_until;
}

static const char *
reference_in(const char *answer)
{
    static char ref[STAFF_REF_MAX];
    const char *yes = strstr(answer, "YES ");

    snprintf(ref, sizeof(ref), "%.*s", yes == NULL ? 0 : (int)strcspn(yes + 4, " .<"),
             yes == NULL ? "" : yes + 4);
    return ref;
}

Test(staff, a_one_time_code_does_what_is_harmless_once)
{
    char text[80];
    const char *got;

    snprintf(text, sizeof(text), "hold 1042 7 %s", one_time(&jonas_key, 0));
    got = answer_to(JONAS, text);
    cr_expect_not_null(strstr(got, "Asha Njeri"), "%s", got);
    cr_expect_eq(hold_of("1042"), parlour.now + 7 * DAY_S, "%s", got);
    snprintf(text, sizeof(text), "hold 1043 7 %s", one_time(&jonas_key, 0));
    answer_to(JONAS, text);
    cr_expect_eq(hold_of("1043"), 0, "the same code twice");
    snprintf(text, sizeof(text), "hold 1044 7 %s", one_time(&jonas_key, 660));
    answer_to(JONAS, text);
    cr_expect_eq(hold_of("1044"), 0, "an old code");
    parlour.now += 120;
    snprintf(text, sizeof(text), "HOLD １０４５ ７ %.3s%s", one_time(&jonas_key, 0),
             one_time(&jonas_key, 0) + 3);
    answer_to(JONAS, text);
    cr_expect_neq(hold_of("1045"), 0, "digits of any width");
}

Test(staff, money_needs_a_code_that_is_bound_to_it_and_a_call_back)
{
    const char *text, *got;
    char yes[40];
    int64_t before = balance_of(1);

    text = signed_text(&jonas_key, "jonas", "PAY", "1042", "500.00", 1);
    got = answer_to(JONAS, text);
    cr_expect_not_null(strstr(got, "Asha Njeri"), "%s", got);
    cr_expect_not_null(strstr(got, "500.00"), "%s", got);
    cr_expect_eq(balance_of(1), before, "nothing before the call-back");
    snprintf(yes, sizeof(yes), "yes %s", reference_in(got));
    got = answer_to(JONAS, yes);
    cr_expect_eq(balance_of(1), before - 50000, "%s", got);
    answer_to(JONAS, yes);
    cr_expect_eq(balance_of(1), before - 50000, "a second YES");
    got = answer_to(JONAS, text);
    cr_expect_eq(strlen(reference_in(got)), 0, "the same signature again: %s", got);
}

Test(staff, a_signature_is_good_for_nothing_else)
{
    char text[120];
    const char *sign = signed_text(&jonas_key, "jonas", "PAY", "1042", "500.00", 1);
    const char *tail = strstr(sign, " 1 ");

    snprintf(text, sizeof(text), "PAY 1043 500.00%s", tail);
    cr_expect_eq(strlen(reference_in(answer_to(JONAS, text))), 0, "another account");
    snprintf(text, sizeof(text), "PAY 1042 900.00%s", tail);
    cr_expect_eq(strlen(reference_in(answer_to(JONAS, text))), 0, "another amount");
    cr_expect_eq(strlen(reference_in(answer_to(AMINA, sign))), 0, "another person");
    parlour.now += HOUR_S;
    cr_expect_eq(strlen(reference_in(answer_to(JONAS, sign))), 0, "an hour later");
}

Test(staff, a_phone_without_apps_is_asked_for_a_code_of_its_sheet)
{
    char yes[60], right[60];
    const char *got, *at;
    int64_t before = balance_of(1);
    int number;

    enrol("jonas", NULL, true);
    got = answer_to(JONAS, "PAY 1042 500");
    at = strstr(got, "code ");
    cr_assert_not_null(at, "%s", got);
    number = atoi(at + 5);
    cr_assert(number >= 1 && number <= 100, "%s", got);
    snprintf(yes, sizeof(yes), "YES %s 00000000", reference_in(got));
    snprintf(right, sizeof(right), "YES %s %.4s %s", reference_in(got), sheet_codes[number],
             sheet_codes[number] + 4);
    answer_to(JONAS, yes);
    cr_expect_eq(balance_of(1), before, "a wrong code");
    got = answer_to(JONAS, right);
    cr_expect_eq(balance_of(1), before - 50000, "%s", got);
}

Test(staff, three_wrong_codes_of_the_sheet_end_the_request)
{
    char yes[20], right[60];
    const char *got, *at;
    int64_t before = balance_of(1);
    int number;

    enrol("jonas", NULL, true);
    got = answer_to(JONAS, "PAY 1042 500");
    cr_assert_not_null(at = strstr(got, "code "));
    number = atoi(at + 5);
    snprintf(yes, sizeof(yes), "%s", reference_in(got));
    for (int i = 0; i < 3; i++) {
        snprintf(right, sizeof(right), "YES %s 0000000%d", yes, i);
        answer_to(JONAS, right);
    }
    snprintf(right, sizeof(right), "YES %s %s", yes, sheet_codes[number]);
    answer_to(JONAS, right);
    cr_expect_eq(balance_of(1), before);
}

Test(staff, what_the_network_brings_twice_acts_once)
{
    char text[80];
    utc_t written = parlour.now - 20;

    snprintf(text, sizeof(text), "hold 1042 7 %s", one_time(&jonas_key, 0));
    hear_at(JONAS, text, written);
    cr_expect_neq(hold_of("1042"), 0);
    cr_expect_eq(told(JONAS, NULL, 0), 1);
    hear_at(JONAS, text, written);
    cr_expect_eq(told(JONAS, NULL, 0), 1, "the second is not answered, and no failure");
    cr_expect_eq(told(AMINA, NULL, 0), 0);
}

Test(staff, a_command_that_was_long_on_its_way_is_not_obeyed)
{
    char text[80];

    snprintf(text, sizeof(text), "hold 1042 7 %s", one_time(&jonas_key, HOUR_S));
    hear_at(JONAS, text, parlour.now - HOUR_S);
    cr_expect_eq(hold_of("1042"), 0);
}

Test(staff, roles_and_suspended_phones_are_respected)
{
    char text[80];
    struct staff p;

    cr_expect_not_null(strstr(answer_to(PETER, "HOLD 1042 7 123456"), "role"));
    cr_assert(staff_by_name(s, "jonas", &p, &found, &e) && found);
    cr_assert(staff_suspend(s, p.id, parlour.now, &e));
    snprintf(text, sizeof(text), "hold 1042 7 %s", one_time(&jonas_key, 0));
    cr_expect_str_eq(answer_to(JONAS, text), "");
    cr_expect_eq(hold_of("1042"), 0);
    cr_expect_str_eq(answer_to(JONAS, "BAL 1042"), "", "not even a look");
}

static void
expect_nowhere(const char *list, const char *secret)
{
    struct list_filter all = {.limit = 1000};
    json_t *rows = list_array(s, list, &all, 2, &e);
    char *dump = json_dumps(rows, 0);

    cr_expect_null(strstr(dump, secret), "%s: %s", list, dump);
    free(dump);
    json_decref(rows);
}

Test(staff, codes_are_nowhere_in_the_store)
{
    char text[80], code[CODE_TEXT_MAX];
    static const char *const lists[] = {"inbox", "outbox", "audit"};

    snprintf(code, sizeof(code), "%s", one_time(&jonas_key, 0));
    snprintf(text, sizeof(text), "hold 1042 7 %s", code);
    hear(JONAS, text);
    snprintf(text, sizeof(text), "hold 1042 %s", code);
    hear(JONAS, text);
    for (size_t i = 0; i < 3; i++)
        expect_nowhere(lists[i], code);
}

Test(staff, who_did_what_is_on_file_with_what_was_before)
{
    struct list_filter all = {.limit = 1};
    char text[80];
    json_t *rows;
    const char *detail;

    snprintf(text, sizeof(text), "hold 1042 7 %s", one_time(&jonas_key, 0));
    hear(JONAS, text);
    rows = list_array(s, "audit", &all, 2, &e);
    detail = json_string_value(json_object_get(json_array_get(rows, 0), "detail"));
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(rows, 0), "who")),
                     "staff:jonas");
    cr_expect_not_null(strstr(detail, JONAS), "%s", detail);
    cr_expect_not_null(strstr(detail, "-> 7 days"), "%s", detail);
    json_decref(rows);
}

Test(staff, money_by_text_ends_at_a_sum_a_day)
{
    int64_t before = balance_of(1);
    const char *got;
    char yes[40];

    conf.staff.pay_operator.minor = 70000;
    got = answer_to(JONAS, signed_text(&jonas_key, "jonas", "PAY", "1042", "500", 1));
    snprintf(yes, sizeof(yes), "yes %s", reference_in(got));
    answer_to(JONAS, yes);
    cr_expect_eq(balance_of(1), before - 50000);
    got = answer_to(JONAS, signed_text(&jonas_key, "jonas", "PAY", "1042", "200.01", 2));
    cr_expect_not_null(strstr(got, "limit is 700.00 a day"), "%s", got);
    got = answer_to(JONAS, signed_text(&jonas_key, "jonas", "PAY", "1042", "200.00", 3));
    cr_expect_neq(strlen(reference_in(got)), 0, "the last of it: %s", got);
    parlour.now += DAY_S;
    got = answer_to(JONAS, signed_text(&jonas_key, "jonas", "PAY", "1043", "700", 4));
    cr_expect_neq(strlen(reference_in(got)), 0, "tomorrow: %s", got);
    conf.staff.pay_operator.minor = 0;
}

static int
codes_left(void)
{
    struct staff_proof proof;
    struct staff p;
    int left;

    cr_assert(staff_by_name(s, "jonas", &p, &found, &e) && found);
    cr_assert(staff_proof_get(s, p.id, &proof, &e));
    cr_assert(staff_code_left(s, p.id, proof.sheet, &left, &e));
    return left;
}

Test(staff, what_is_refused_burns_no_code)
{
    static const char *const refused[] = {"CUT 20481", "CUT 99999", "PAY 9999 500",
                                          "PAY 1042 lots", "OK 77"};
    struct code_key none;

    enrol("jonas", &none, true);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        cr_expect_null(strstr(answer_to(JONAS, refused[i]), "YES "), "%s", refused[i]);
        cr_expect_eq(codes_left(), SHEET_CODES, "%s", refused[i]);
        parlour.now += HOUR_S;
    }
    answer_to(JONAS, "PAY 1042 500");
    cr_expect_eq(codes_left(), SHEET_CODES - 1);
}

Test(staff, a_voucher_for_a_modem_goes_to_its_network_and_is_told_of)
{
    static const char voucher[] = "12345678901234";
    struct problems p = {0};
    struct modem_care care;
    char text[OUTBOX_TEXT_MAX];
    const char *got;
    int done;

    cr_assert_not_null(parlour.carriers = carriers_load(TOP "/conf/carriers", 2, &p));
    snprintf(parlour_modem.carrier, sizeof(parlour_modem.carrier), "prepaid");
    snprintf(text, sizeof(text), "TOPUP SIM-1 %s", voucher);
    cr_expect_not_null(strstr(answer_to(JONAS, text), "code"), "not without a code");
    snprintf(text, sizeof(text), "TOPUP sim9 %s %s", voucher, one_time(&jonas_key, 0));
    got = answer_to(JONAS, text);
    cr_expect_not_null(strstr(got, "no modem SIM9"), "%s", got);
    snprintf(text, sizeof(text), "TOPUP SIM-1 %s %s", voucher, one_time(&jonas_key, 0));
    got = answer_to(JONAS, text);
    cr_expect_not_null(strstr(got, "asked"), "%s", got);
    cr_assert(modem_care_last(s, "sim1", "topup", &care, &found, &e) && found);
    cr_expect_str_eq(care.reason, "*141*12345678901234#");
    cr_assert(watch_due(&parlour, 10, &done, &e));
    cr_expect_eq(done, 0, "not before the network has answered");
    cr_assert(modem_care_end(s, care.id, CARE_DONE, "You have recharged 100.00",
                             parlour.now, &e));
    cr_assert(watch_due(&parlour, 10, &done, &e));
    cr_expect_eq(done, 1);
    told(JONAS, text, sizeof(text));
    cr_expect_not_null(strstr(text, "You have recharged 100.00"), "%s", text);
    expect_nowhere("inbox", voucher);
    expect_nowhere("audit", voucher);
    expect_nowhere("outbox", voucher);
    carriers_free(parlour.carriers);
    parlour.carriers = NULL;
}

/*
 * test_attack.c - somebody forges the numbers of staff: commands, replays and guesses by
 * the thousand. None acts, the supervisor hears of it once, and those whose number it is
 * still command.
 */
#include "parlour.h"

#include "meterpost/store/ledger.h"

#define FORGED 10000

static struct code_key jonas_key;

static void
set_up(void)
{
    struct code_master master;
    struct staff_proof proof;
    struct staff p;

    parlour_open();
    cr_assert(code_master_load(parlour_key, true, &master, &e), "%s", e.text);
    cr_assert(staff_by_name(s, "jonas", &p, &found, &e) && found);
    cr_assert(staff_proof_get(s, p.id, &proof, &e));
    code_key_new(&jonas_key);
    code_seal(&master, "jonas", &jonas_key, proof.sealed);
    proof.sealed_size = CODE_SEALED;
    proof.expires_at = parlour.now + 90 * DAY_S;
    cr_assert(staff_proof_save(s, p.id, &proof, &e));
}

TestSuite(attack, .init = set_up, .fini = parlour_close);

/* Numbers that are the same in each run. */
static unsigned
next(unsigned *seed)
{
    *seed = *seed * 1103515245U + 12345U;
    return *seed >> 8;
}

static void
forge(unsigned *seed, const char *used, char *text, size_t size)
{
    static const char *const shapes[] = {
        "HOLD 1042 7 %06u",
        "hold 1043 30 %06u",
        "PAY 1042 5000 %06u",
        "CUT 20481 %06u",
        "KILL %06u",
        "YES %04u",
        "YES 7F3K9 %08u",
        "CUT 20481 %u 7QK3M9XD2PVA8",
        "RESTORE 20481 %u AAAAAAAAAAAAA",
        "OK 1 %u DVCYYQ9Z5EC9E",
        "PAY 1042 900 %u 0000000000000",
        "HOLD 1042 7 ９%05u",
        "HOLD 1042 7 %06u' OR 1=1--",
    };
    unsigned kind = next(seed) % (sizeof(shapes) / sizeof(shapes[0]) + 1);

    if (kind == sizeof(shapes) / sizeof(shapes[0]))
        snprintf(text, size, "HOLD 1044 7 %s", used); /* right, but used */
    else
        snprintf(text, size, shapes[kind], next(seed) % 1000000);
}

static int64_t
held_accounts(void)
{
    struct account a = {0};
    int64_t held = 0;

    while (account_next(s, a.id, &a, &found, &e) && found)
        held += a.hold[0] != '\0';
    return held;
}

Test(attack, ten_thousand_forged_commands_do_nothing_and_shut_nobody_out)
{
    char text[120], used[CODE_TEXT_MAX], both[2 * CODE_TEXT_MAX], second[CODE_TEXT_MAX];
    struct code_command c = {conf.utility.name, "jonas", 9, "PAY", "1042", "500"};
    int64_t owed = balance_of(1);
    unsigned seed = 42;
    const char *got;
    struct account a;

    code_totp(&jonas_key, parlour.now, 60, used);
    snprintf(text, sizeof(text), "HOLD 1045 7 %s", used);
    hear(JONAS, text);
    cr_assert_eq(held_accounts(), 1, "the honest one");
    for (int i = 0; i < FORGED; i++) {
        if (i % 10 == 0)
            parlour.now += 2;
        forge(&seed, used, text, sizeof(text));
        hear(JONAS, text);
    }
    cr_expect_eq(held_accounts(), 1, "a forged command acted");
    cr_expect_eq(balance_of(1), owed, "forged money");
    cr_expect_eq(told(AMINA, text, sizeof(text)), 1, "the supervisor hears of it once: %s",
                 text);
    cr_expect_leq(told(JONAS, NULL, 0), 25, "the owner of the number is not flooded");

    code_totp(&jonas_key, parlour.now - 60, 60, both);
    code_totp(&jonas_key, parlour.now, 60, second);
    snprintf(text, sizeof(text), "HOLD 1046 3 %s %s", both, second);
    got = answer_to(JONAS, text);
    cr_assert(account_by_name(s, "1046", &a, &found, &e) && found);
    cr_expect_neq(a.hold[0], '\0', "two codes one after the other: %s", got);

    code_sign(&jonas_key, &c, parlour.now, second);
    snprintf(text, sizeof(text), "PAY 1042 500 9 %s", second);
    got = answer_to(JONAS, text);
    cr_expect_not_null(strstr(got, "YES "), "a signed command: '%s'", got);
}

Test(attack, a_number_of_nobody_learns_nothing_however_it_asks)
{
    char text[80];
    unsigned seed = 7;

    for (int i = 0; i < 500; i++) {
        forge(&seed, "123456", text, sizeof(text));
        hear("+254733999999", text);
    }
    cr_expect_leq(told("+254733999999", text, sizeof(text)), 1, "%s", text);
    cr_expect_null(strstr(text, "1042"), "%s", text);
}

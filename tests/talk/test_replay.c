/* test_replay.c - codes that were right once, or are right for something else: what each
 * change of text, time or database makes of a command that would act. */
#include "parlour.h"

#include "meterpost/store/fence.h"

static struct code_key jonas_key;
static int64_t jonas;

static void
enrol(int64_t counter, int64_t step)
{
    struct code_master master;
    struct staff_proof proof;

    cr_assert(code_master_load(parlour_key, true, &master, &e), "%s", e.text);
    cr_assert(staff_proof_get(s, jonas, &proof, &e));
    code_seal(&master, "jonas", &jonas_key, proof.sealed);
    proof.sealed_size = CODE_SEALED;
    proof.expires_at = parlour.now + 90 * DAY_S;
    proof.last_counter = counter;
    proof.last_step = step;
    cr_assert(staff_proof_save(s, jonas, &proof, &e));
}

static void
set_up(void)
{
    struct staff p;

    parlour_open();
    cr_assert(staff_by_name(s, "jonas", &p, &found, &e) && found);
    jonas = p.id;
    code_key_new(&jonas_key);
    enrol(0, 0);
}

TestSuite(replay, .init = set_up, .fini = parlour_close);

static const char *
signed_hold(const char *site, const char *staff, const char *account, const char *days,
            int64_t counter, utc_t signed_at)
{
    struct code_command c = {site, staff, counter, "HOLD", account, days};
    static char text[100];
    char code[CODE_TEXT_MAX];

    code_sign(&jonas_key, &c, signed_at, code);
    snprintf(text, sizeof(text), "HOLD %s %s %lld %s", account, days, (long long)counter,
             code);
    return text;
}

static const char *
hold(int64_t counter)
{
    return signed_hold("Kibo Power", "jonas", "1042", "7", counter, parlour.now);
}

/* Does the account get held by this text? It is let go again. */
static bool
acts_at(const char *from, const char *text, utc_t written_at)
{
    struct account a;
    bool held;

    hear_at(from, text, written_at);
    cr_assert(account_by_name(s, "1042", &a, &found, &e) && found);
    held = a.hold[0] != '\0';
    a.hold[0] = '\0';
    a.hold_until = 0;
    cr_assert(account_update(s, &a, &e));
    return held;
}

static bool
acts(const char *text)
{
    parlour_second++;
    return acts_at(JONAS, text, parlour.now - 30 + parlour_second % 30);
}

Test(replay, a_signature_holds_for_one_command_of_one_person_once)
{
    const utc_t now = parlour.now;
    char text[100], *code;

    cr_expect_not(acts(signed_hold("Other Power", "jonas", "1042", "7", 1, now)), "site");
    cr_expect_not(acts(signed_hold("Kibo Power", "amina", "1042", "7", 1, now)), "person");
    snprintf(text, sizeof(text), "%s", hold(1));
    text[10] = '8';
    cr_expect_not(acts(text), "more days: %s", text);
    snprintf(text, sizeof(text), "%s", hold(1));
    text[12] = '2';
    cr_expect_not(acts(text), "another counter: %s", text);
    snprintf(text, sizeof(text), "%s", hold(1));
    code = strrchr(text, ' ') + 1;
    code[12] = code[12] == 'A' ? 'B' : 'A';
    cr_expect_not(acts(text), "another code: %s", text);
    cr_expect_not(acts_at(ASHA, hold(1), now), "another phone, of a customer");
    cr_expect_not(acts_at(PETER, hold(1), now), "another phone, of staff");
    cr_expect_not(acts_at("+254733999999", hold(1), now), "another phone, of nobody");
    cr_expect_not(acts(hold(101)), "a counter far ahead");
    cr_expect(acts(hold(1)), "as it was written");
    for (int i = 0; i < 5; i++)
        cr_expect_not(acts(hold(1)), "again, written a moment later");
    cr_expect(acts(hold(3)), "one was left out");
    cr_expect_not(acts(hold(2)), "and does not come after it");
    cr_expect(acts(hold(103)), "as far ahead as may be");
}

Test(replay, a_signature_has_its_time)
{
    static const struct {
        int signed_ago_s, written_ago_s;
        bool want;
        const char *what;
    } cases[] = {
        {0, 0, true, "now"},
        {25 * 60, 20 * 60, true, "slow"},
        {25 * 60, 39 * 60, true, "as slow as may be"},
        {45 * 60, 0, false, "signed long ago, a forged time of the service centre"},
        {0, 41 * 60, false, "late, with a signature that is good still"},
        {-25 * 60, 0, false, "signed ahead of time"},
        {0, -2 * HOUR_S, true, "a service centre that is ahead"},
        {0, 3 * 365 * DAY_S, true, "one that is years behind"},
        {0, 3 * DAY_S, false, "lay in the network for days"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *text = signed_hold("Kibo Power", "jonas", "1042", "7", 10 + (int)i,
                                       parlour.now - cases[i].signed_ago_s);

        cr_expect_eq(acts_at(JONAS, text, parlour.now - cases[i].written_ago_s),
                     cases[i].want, "%s", cases[i].what);
        parlour.now += 700;
    }
    cr_expect(acts_at(JONAS, hold(50), 0), "without a time of the service centre");
}

Test(replay, the_network_may_repeat_itself)
{
    const char *text = hold(1);
    size_t before;

    cr_expect(acts_at(JONAS, text, parlour.now));
    before = told(JONAS, NULL, 0);
    for (int i = 0; i < 20; i++) {
        parlour.now += 20;
        cr_expect_not(acts_at(JONAS, text, parlour.now - 20 * (i + 1)), "a copy");
    }
    cr_expect_eq(told(JONAS, NULL, 0), before, "copies are not answered");
}

static const char *
one_time(int steps_ago)
{
    static char text[40];
    char code[CODE_TEXT_MAX];

    code_totp(&jonas_key, parlour.now - 60 * steps_ago, 60, code);
    snprintf(text, sizeof(text), "HOLD 1042 7 %s", code);
    return text;
}

Test(replay, one_time_codes_go_forward_only)
{
    char wide[60], text[100], code[CODE_TEXT_MAX];
    char *at = wide;

    cr_expect_not(acts(one_time(12)), "too old");
    cr_expect_not(acts(one_time(-3)), "of the future");
    cr_expect(acts(one_time(10)), "the oldest");
    cr_expect(acts(one_time(3)), "slow");
    cr_expect_not(acts(one_time(3)), "used");
    cr_expect_not(acts(one_time(4)), "older than the last");
    cr_expect(acts(hold(1)), "a signature clears what was wrong");
    cr_expect(acts(one_time(0)), "a phone that is a minute ahead of the service centre");
    cr_expect_not(acts(one_time(1)), "passed by");
    parlour.now += 300;
    code_totp(&jonas_key, parlour.now, 60, code);
    for (size_t i = 0; code[i] != '\0'; i++)
        at += sprintf(at, "\xEF\xBC%c", '\x90' + (code[i] - '0'));
    snprintf(text, sizeof(text), "HOLD 1042 7 %s", wide);
    cr_expect(acts(text), "full-width digits: %s", text);
    cr_expect_not(acts(text), "and again");
    cr_expect_not(acts(one_time(0)), "and again in others");
}

/* The service centre's time decides which codes are young enough; it is believed within
 * bounds, and never opens what was used. */
Test(replay, a_forged_time_of_the_service_centre_opens_nothing_that_was_used)
{
    char used[40];

    snprintf(used, sizeof(used), "%s", one_time(0));
    cr_expect(acts(used));
    parlour.now += 1800;
    cr_expect_not(acts_at(JONAS, used, parlour.now - 1790), "back to when it was young");
    cr_expect_not(acts_at(JONAS, one_time(20), parlour.now - 2 * DAY_S + 60), "days back");
    cr_expect_not(acts_at(JONAS, one_time(-30), parlour.now + 1800), "ahead");
}

Test(replay, a_clock_that_was_set_back_opens_nothing_that_was_used)
{
    char signed_text[100], once[40];

    snprintf(signed_text, sizeof(signed_text), "%s", hold(1));
    snprintf(once, sizeof(once), "%s", one_time(0));
    cr_expect(acts(signed_text) && acts(once));
    parlour.now += 400 * DAY_S;
    enrol(1, parlour.now / 60 - 5);
    parlour.now -= 400 * DAY_S;
    cr_expect_not(acts_at(JONAS, signed_text, parlour.now + 1));
    cr_expect_not(acts_at(JONAS, once, parlour.now + 1));
    cr_expect_not(acts(one_time(0)), "a code of the year before, though it was not used");
}

/* A backup does not know what was used after it was made. */
Test(replay, after_a_restore_codes_of_the_time_before_are_void)
{
    uint8_t hash[CODE_HASH] = {0};
    char signed_text[100], once[40];
    int64_t held;
    int left;

    cr_assert(staff_code_add(s, jonas, 1, 1, hash, &e));
    snprintf(signed_text, sizeof(signed_text), "%s", hold(1));
    snprintf(once, sizeof(once), "%s", one_time(0));
    cr_expect(acts(signed_text) && acts(once));
    parlour.now += 120;
    enrol(0, 0); /* as the backup has it */
    cr_expect(acts_at(JONAS, once, parlour.now), "it would be good again");
    enrol(0, 0);
    cr_assert(fence_raise(s, "restored", parlour.now, &held, &e), "%s", e.text);
    cr_expect_not(acts(signed_text));
    cr_expect_not(acts(once));
    cr_assert(staff_code_left(s, jonas, 1, &left, &e));
    cr_expect_eq(left, 0, "which codes of the sheet were used nobody knows");
    parlour.now += 600;
    cr_expect(acts(hold(2)), "new ones are good");
    cr_expect(acts(one_time(0)));
}

Test(replay, who_is_suspended_expired_or_on_a_new_phone_commands_nothing)
{
    struct staff_proof proof;

    cr_assert(staff_suspend(s, jonas, parlour.now, &e));
    cr_expect_not(acts(hold(1)), "suspended");
    cr_assert(staff_suspend(s, jonas, 0, &e));
    cr_assert(staff_proof_get(s, jonas, &proof, &e));
    proof.expires_at = parlour.now - 1;
    cr_assert(staff_proof_save(s, jonas, &proof, &e));
    cr_expect_not(acts(hold(1)), "expired");
    cr_expect_not(acts(one_time(0)), "expired");
    proof.expires_at = parlour.now + DAY_S;
    cr_assert(staff_proof_save(s, jonas, &proof, &e));
    cr_expect(acts(hold(1)), "and well again");
}

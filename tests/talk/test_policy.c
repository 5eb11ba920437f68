/* test_policy.c - machines on the other side, storms, and bytes that mean something else.
 */
#include "parlour.h"

#include "store/stmt.h"

TestSuite(policy, .init = parlour_open, .fini = parlour_close);

Test(policy, two_of_us_texting_each_other_fall_silent_within_ten_messages)
{
    static const char *const first[] = {"BAL", "hello", "HELP", "COMPLAINT no water"};

    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        char text[OUTBOX_TEXT_MAX];
        int messages = 1;

        cr_assert(store_mark(s, &e));
        snprintf(text, sizeof(text), "%s", first[i]);
        /* Each is a customer of the other; both are played by this one. */
        for (bool turn = false; messages < 100; turn = !turn, messages++) {
            const char *answer = answer_to(turn ? ASHA : OMAR, text);

            if (answer[0] == '\0')
                break;
            snprintf(text, sizeof(text), "%s", answer);
            parlour.now += 5;
        }
        cr_expect_leq(messages, 10, "'%s': %d messages", first[i], messages);
        cr_assert(store_undo(s, &e));
    }
}

Test(policy, our_own_words_are_not_answered)
{
    char text[OUTBOX_TEXT_MAX];

    snprintf(text, sizeof(text), "%s", answer_to(ASHA, "BAL"));
    parlour.now += HOUR_S;
    cr_expect_str_eq(answer_to(ASHA, text), "");
}

Test(policy, a_storm_from_one_number_gets_few_answers)
{
    for (int i = 0; i < 300; i++) {
        hear(ASHA, i % 2 == 0 ? "BAL" : "USE");
        parlour.now += 1;
    }
    cr_expect_leq(told(ASHA, NULL, 0), 5);
    parlour.now += DAY_S;
    for (int i = 0; i < 300; i++) {
        hear(ASHA, i % 3 == 0 ? "BAL" : i % 3 == 1 ? "USE" : "PAY");
        parlour.now += 200;
    }
    cr_expect_leq(told(ASHA, NULL, 0), 5 + 20, "20 a day");
}

Test(policy, the_same_words_go_once_in_a_while)
{
    cr_expect_str_neq(answer_to(ASHA, "PAY"), "");
    cr_expect_str_eq(answer_to(ASHA, "PAY"), "");
    parlour.now += 601;
    cr_expect_str_neq(answer_to(ASHA, "PAY"), "");
}

Test(policy, all_customers_together_do_not_take_the_modem)
{
    parlour_modem.rate = (struct pace){1, 60}; /* 60 an hour: 30 are answers */
    for (int i = 0; i < 100; i++) {
        static const char *const all[] = {ASHA, JUAN, CLEM, ZAWA, LI, OMAR, AUNT};
        static const char *const words[] = {"BAL", "USE", "PAY", "BILL", "READ"};

        hear(all[i % 7], words[i / 7 % 5]);
        parlour.now += 10;
    }
    cr_expect_leq(told(NULL, NULL, 0), 30);
    parlour_modem.rate = (struct pace){60, 60};
}

Test(policy, who_is_muted_is_kept_and_not_answered)
{
    int64_t ended;

    cr_assert(mute_add(s, ASHA, 0, "machine", "root", parlour.now, NULL, &e));
    cr_expect_str_eq(answer_to(ASHA, "BAL"), "");
    cr_expect_str_neq(answer_to(JUAN, "BAL"), "");
    cr_assert(mute_end(s, ASHA, parlour.now, &ended, &e));
    cr_expect_str_neq(answer_to(ASHA, "BAL"), "");
    cr_assert(mute_add(s, MUTE_EVERYBODY, parlour.now + 60, "stop", "root", parlour.now,
                       NULL, &e));
    cr_expect_str_eq(answer_to(LI, "BAL"), "");
    parlour.now += 61;
    cr_expect_str_neq(answer_to(LI, "BAL"), "");
}

Test(policy, a_stranger_abroad_costs_nothing)
{
    cr_expect_str_eq(answer_to("+881612345678", "BAL"), "");
    cr_expect_str_neq(answer_to("+254733999999", "BAL"), "");
}

Test(policy, whatever_the_bytes_are_they_are_only_text)
{
    static char long_text[1531];
    static const char *const texts[] = {
        "😀😀😀😀😀",
        "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7 \xE2\x80\xAE"
        "BAL",
        "'; DROP TABLE account; --",
        "BAL'; UPDATE account SET name='x'",
        "^(a+)+$ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
        "{{#accounts}}{{name}}{{/accounts}}{{{utility}}}",
        "\x1b]0;title\x07\x1b[2J\x1b[31mBAL",
        "%s%s%s%n%n",
        "READ 1e309",
        "READ -5",
        "READ 0x10",
        "READ 99999999999999999999999999999999999999",
        "PAID ../../../../etc/passwd0",
        "COMPLAINT \x01\x02\x03",
        "NAME 1042 {{x}}",
        "LANG ../../etc",
        "BILL 99999999999999",
        "PHONE +",
        "REG",
        "\xFF\xFE\xFD",
        "YES",
        "BAL\tBAL\r\nBAL",
        long_text,
    };
    struct money owed;

    memset(long_text, 'A', sizeof(long_text) - 1);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *answer;

        cr_assert(store_mark(s, &e));
        answer = answer_to(ASHA, texts[i]);
        cr_expect_null(strstr(answer, "\x1b"), "%s", answer);
        cr_expect_null(strstr(answer, "{{"), "'%s' gives %s", texts[i], answer);
        cr_assert(account_balance(s, 1, &owed, &e));
        cr_expect_eq(owed.minor, 440800, "'%s'", texts[i]);
        cr_assert(store_undo(s, &e));
    }
}

Test(policy, consent_holds_back_bills_and_nothing_that_the_law_wants)
{
    static const struct {
        enum outbox_kind kind;
        int64_t request;
        const char *want;
    } cases[] = {{OUT_BILL, 0, "cancelled"},
                 {OUT_NOTICE, 0, "queued"},
                 {OUT_NOTICE, 7, "cancelled"},
                 {OUT_RECEIPT, 0, "queued"}};

    hear(ASHA, "STOP ALL");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outbox_new m = {.kind = cases[i].kind,
                               .number = ASHA,
                               .text = "text",
                               .request_id = cases[i].request};
        struct outbox_row row;
        char key[20];
        int64_t id;

        snprintf(key, sizeof(key), "test %zu", i);
        m.key = key;
        cr_assert(outbox_add(s, &m, parlour.now, &id, &e), "%s", e.text);
        cr_assert(outbox_row_get(s, id, &row, &found, &e) && found);
        cr_expect_str_eq(outbox_state_name(row.state), cases[i].want, "case %zu", i);
    }
}

Test(policy, a_number_that_was_silent_for_long_must_prove_whose_it_is)
{
    conf.limits.phone_silence_s = 30 * DAY_S;
    cr_expect_null(strstr(answer_to(ASHA, "BAL"), "4,408"), "no balance for the new owner");
    parlour.now += 3600;
    cr_expect_null(strstr(answer_to(ASHA, "YES 9999"), "4,408"));
    parlour.now += 3600;
    hear(ASHA, "YES 1042");
    parlour.now += 3600;
    cr_expect_not_null(strstr(answer_to(ASHA, "BAL"), "4,408"));
}

/* The network gives numbers that are dead to others: three texts that did not arrive. */
Test(policy, a_number_that_was_dead_for_a_while_must_prove_whose_it_is)
{
    cr_expect_not_null(strstr(answer_to(ASHA, "BAL"), "4,408"));
    parlour.now += 3 * DAY_S;
    for (int i = 0; i < 3; i++) {
        struct outbox_new m = {.kind = OUT_NOTICE, .number = ASHA, .text = "text"};
        static const char lost[] =
            "UPDATE outbox SET state = 'undelivered' WHERE key LIKE 'dead %'";
        char key[20];

        snprintf(key, sizeof(key), "dead %d", i);
        m.key = key;
        cr_assert(outbox_add(s, &m, parlour.now, NULL, &e), "%s", e.text);
        cr_assert(stmt_run(stmt_get(s, lost, &e), &e), "%s", e.text);
        parlour.now += DAY_S;
    }
    cr_expect_null(strstr(answer_to(ASHA, "BAL"), "4,408"), "whose is it now?");
    parlour.now += 3600;
    hear(ASHA, "YES 1042");
    parlour.now += 3600;
    cr_expect_not_null(strstr(answer_to(ASHA, "BAL"), "4,408"));
}

Test(policy, paid_holds_a_cut_for_a_day_once_a_bill)
{
    struct account a;

    hear(ASHA, "PAID QX81KD92");
    cr_assert(account_by_name(s, "1042", &a, &found, &e) && found);
    cr_expect_eq(a.hold_until, parlour.now + DAY_S);
    parlour.now += 2 * DAY_S;
    cr_expect_not_null(strstr(answer_to(ASHA, "PAID QX81KD93"), "once"));
    cr_assert(account_by_name(s, "1042", &a, &found, &e) && found);
    cr_expect_lt(a.hold_until, parlour.now, "not a second time");
}

Test(policy, another_phone_waits_is_told_of_and_can_be_refused)
{
    struct account accounts[PHONE_ACCOUNTS];
    char text[OUTBOX_TEXT_MAX];
    size_t n;
    int done;

    hear(ASHA, "PHONE 0722000009");
    cr_expect_geq(told(AUNT, text, sizeof(text)), 1, "the other phone is told");
    cr_expect_not_null(strstr(text, "0009"), "%s", text);
    parlour.now += 6 * DAY_S;
    cr_assert(phones_due(&parlour, 10, &done, &e));
    cr_expect_eq(done, 0, "too early");
    parlour.now += 2 * DAY_S;
    cr_assert(phones_due(&parlour, 10, &done, &e));
    cr_assert(accounts_by_phone(s, "+254722000009", accounts, &n, &e));
    cr_expect_eq(n, 1);
    hear(ASHA, "PHONE 0722000010");
    hear(ASHA, "NO");
    parlour.now += 8 * DAY_S;
    cr_assert(phones_due(&parlour, 10, &done, &e));
    cr_expect_eq(done, 0, "refused");
}

Test(policy, a_phone_that_may_only_look_may_refuse_another)
{
    const char *got;

    answer_to(ASHA, "PHONE 0733000009");
    got = answer_to(AUNT, "YES");
    cr_expect(strstr(got, "ending") == NULL, "%s", got);
    parlour.now += 3600;
    got = answer_to(AUNT, "NO");
    cr_expect_str_eq(got,
                     "Kibo Power: the phone ending 0009 was refused. Nothing changes.");
}

Test(policy, who_has_an_account_hears_of_a_change_that_the_office_made)
{
    struct account_phone before[ACCOUNT_PHONES];
    char text[OUTBOX_TEXT_MAX];
    size_t n;

    cr_assert(account_phones(s, 1, before, &n, &e), "%s", e.text);
    cr_assert(phone_close(s, 1, ASHA, parlour.now, &e), "%s", e.text);
    cr_assert(phone_add(s, 1, "+254733000009", ROLE_MANAGE, parlour.now, &e), "%s", e.text);
    cr_assert(phones_tell_changed(&parlour, 1, before, n, &e), "%s", e.text);
    cr_expect_eq(told(ASHA, text, sizeof(text)), 1);
    cr_expect_str_eq(text, "Kibo Power 1042: this phone is taken off the account. Not you? "
                           "Call 0700123456");
    cr_expect_eq(told(AUNT, text, sizeof(text)), 1);
    cr_expect_str_eq(text, "Kibo Power 1042: the phone ending 0009 may see this account "
                           "now. Not you? Call 0700123456");
    cr_expect_eq(told("+254733000009", NULL, 0), 0, "the new phone was told of itself");
}

Test(policy, a_stranger_who_knows_the_bill_needs_a_yes_with_its_number)
{
    struct account accounts[PHONE_ACCOUNTS];
    char text[OUTBOX_TEXT_MAX], yes[40];
    size_t n;

    hear("+254733999999", "REG 1042 4408.00");
    cr_assert_geq(told(ASHA, text, sizeof(text)), 1);
    hear(ASHA, "YES");
    cr_assert(accounts_by_phone(s, "+254733999999", accounts, &n, &e));
    cr_expect_eq(n, 0, "a YES without its number");
    snprintf(yes, sizeof(yes), "%.8s", strstr(text, "YES "));
    hear(ASHA, yes);
    cr_assert(accounts_by_phone(s, "+254733999999", accounts, &n, &e));
    cr_expect_eq(n, 1, "%s", text);
}

Test(policy, a_missed_call_is_a_request_for_the_balance)
{
    static const char *const notices[] = {
        "You have 1 missed call from +254722000001 at 11:58",
        "Llamada perdida de 0722000001", "Appel manqué: 254722000001",
        "0722000001 amekupigia simu", "未接来电：+254722000001"};

    for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++) {
        struct inbox_row m = {.sender_kind = PHONE_ALPHA, .parts = 1};
        char text[OUTBOX_TEXT_MAX];

        cr_assert(store_mark(s, &e));
        snprintf(m.modem, sizeof(m.modem), "sim1");
        snprintf(m.sender, sizeof(m.sender), "MissedCall");
        snprintf(m.text, sizeof(m.text), "%s", notices[i]);
        m.received_at = parlour.now;
        cr_assert(inbox_row_add(s, &m, &m.id, &e), "%s", e.text);
        cr_assert(talk_route(&parlour, &m, &e), "%s", e.text);
        cr_expect_eq(told(ASHA, text, sizeof(text)), 1, "%s", notices[i]);
        cr_expect_not_null(strstr(text, "4,408"), "%s", text);
        cr_assert(store_undo(s, &e));
    }
}

/* Rule 7, as a customer meets it: help comes three times a day at most, an hour apart. */
Test(policy, three_texts_that_nobody_understands_are_enough_for_a_day)
{
    size_t before = told(ASHA, NULL, 0);

    for (int i = 0; i < 20; i++) {
        char text[40];

        snprintf(text, sizeof(text), "xyzzy %d plugh", i);
        hear(ASHA, text);
        parlour.now += HOUR_S + 1;
    }
    cr_expect_eq(told(ASHA, NULL, 0), before + 3);
    parlour.now += DAY_S;
    cr_expect_str_neq(answer_to(ASHA, "xyzzy"), "", "tomorrow again");
    cr_expect_str_neq(answer_to(ASHA, "BAL"), "", "what is understood is answered");
}

/* 10,000 texts of a hundred numbers within an hour: answers stay within the limits. */
Test(policy, a_storm_of_ten_thousand_gets_the_answers_of_an_hour)
{
    static const char *const words[] = {"BAL", "USE", "xyzzy", "PAY", "1", "CUT 20481 1"};
    static const char *const known[] = {ASHA, JUAN, CLEM, ZAWA, LI, OMAR, AUNT, PETER};

    for (int i = 0; i < 10000; i++) {
        char stranger[PHONE_MAX];

        snprintf(stranger, sizeof(stranger), "+2547339%05d", i % 100);
        hear(i % 2 == 0 ? known[i / 2 % 8] : stranger, words[i % 6]);
        parlour.now += i % 3 == 0;
    }
    cr_expect_leq(told(NULL, NULL, 0), 200, "limits.replies_total in an hour");
}

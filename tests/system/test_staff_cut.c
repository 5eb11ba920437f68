/*
 * Cuts and restores by text message from end to end: two of staff one with a sheet of
 * codes and one who signs, the engine, its modem and the relays of emulated meters.
 */
#include "meterpost/billing/match.h"
#include "staff_phones.h"

#define AMINA  "+254722000101"
#define JOSEPH "+254722000102"

#define SETTINGS                                                                           \
    "reading: {window: \"00:00-24:00\"}\n"                                                 \
    "billing: {check_digit: luhn}\n"                                                       \
    "arrears:\n"                                                                           \
    "  run: true\n"                                                                        \
    "  policy: philippines\n"                                                              \
    "  min_debt: \"100\"\n"                                                                \
    "  stages:\n"                                                                          \
    "    - {name: notice, after_due: 1d, template: notice}\n"                              \
    "    - {name: cut, after_due: 3d, after: notice}\n"                                    \
    "  cut: {answer: 2m}\n"

static struct person amina = {.name = "amina", .phone = AMINA},
                     joseph = {.name = "joseph", .phone = JOSEPH};

static void
debts_grow_old(void)
{
    static const char *const mornings[] = {"2026-03-03", "2026-03-04", "2026-03-05"};
    char when[40];

    for (size_t i = 0; i < 3; i++) {
        snprintf(when, sizeof(when), "%sT07:50+03:00", mornings[i]);
        until(when);
        done("root", 0, "arrears feed --reason looked");
        snprintf(when, sizeof(when), "%sT09:00+03:00", mornings[i]);
        until(when);
    }
    until("2026-03-08T20:00+03:00");
    hear_all();
    until("2026-03-09T09:50+03:00");
    done("root", 0, "arrears feed --reason looked");
    until("2026-03-09T10:00+03:00");
}

static void
begin(void)
{
    begin_with(SETTINGS);
    settle_owing(3, "1500");
    hire(&amina, " supervisor=joseph");
    hire(&joseph, "");
    enrol(&amina, true);
    enrol(&joseph, false);
    debts_grow_old();
}

static void
finish(void)
{
    json_decref(amina.codes);
    json_decref(joseph.codes);
    end();
}

/* A command, and its YES a minute later. */
static void
commands(const struct person *p, const char *text, const char *want)
{
    char answer[40];

    texts(p, text, "Confirm with code");
    minutes_pass(1);
    texts(p, yes(p, answer), want);
    minutes_pass(1);
}

/* The approval that the proposal's text to the approver asks for. */
static const char *
approval(long long order, const char *meter, const char *account, const char *amount)
{
    static char words[120];

    snprintf(words, sizeof(words), "OK %lld CUT %s %s %s", order, meter, account, amount);
    return words;
}

/* How many codes are left of amina's sheet. */
static json_int_t
codes_left(void)
{
    json_t *rows = as("root", 0, "staff list amina");
    json_int_t left =
        json_integer_value(json_object_get(json_array_get(rows, 0), "sheet_left"));

    json_decref(rows);
    return left;
}

static const char *
cut_word(const char *meter, char out[40])
{
    snprintf(out, 40, "CUT %s%c", meter, match_check_digit(meter));
    return out;
}

static long long
order_of(const char *meter)
{
    json_t *row = newest_order(meter);
    long long order = json_integer_value(json_object_get(row, "order"));

    json_decref(row);
    return order;
}

TestSuite(staff_cut, .init = begin, .fini = finish, .timeout = 300);

/* Amina has a sheet and no app, Joseph signs. */
static void
two_people_cut(const char *meter, char word[40], char yes_of_cut[40],
               char ok[CODE_MESSAGE_MAX])
{
    json_int_t since = hear(JOSEPH, 0);

    texts(&amina, cut_word(meter, word), "Confirm with code");
    yes(&amina, yes_of_cut);
    texts(&amina, word, NULL); /* of the same second: a copy */
    minutes_pass(1);
    texts(&amina, yes_of_cut, "proposed");
    texts(&amina, yes_of_cut, NULL);
    hear(JOSEPH, since);
    cr_expect_not_null(strstr(said, "amina wants to CUT"), "%s", said);
    cr_expect_not_null(strstr(said, "1,500.00. OK 1 "), "%s", said);
    minutes_pass(1);
    expect_relay(meter, 0, "closed");
    snprintf(ok, CODE_MESSAGE_MAX, "%s",
             signed_words(&joseph, approval(order_of(meter), meter, "2001", "1,500.00")));
    texts(&joseph, ok, "approved");
    texts(&joseph, ok, NULL);
    since = hear(AMINA, 0);
    minutes_pass(5);
    hear(AMINA, since);
    cr_expect_not_null(strstr(said, "CUT"), "who proposed hears what came of it");
    cr_expect_not_null(strstr(said, "verified"), "%s", said);
}

Test(staff_cut, two_people_cut_once_and_a_payment_or_one_person_restores)
{
    static const char meter[] = "000000000101";
    char word[40], yes_of_cut[40], ok[CODE_MESSAGE_MAX], restore[40];
    json_int_t left;

    two_people_cut(meter, word, yes_of_cut, ok);
    expect_relay(meter, 1, "open");
    expect_order(meter, "cut", "verified");
    texts(&amina, yes_of_cut, "nothing waits for that YES");
    minutes_pass(1);
    texts(&joseph, ok, "wrong, used or too old");
    minutes_pass(1);
    left = codes_left();
    texts(&amina, word, "off already");
    cr_expect_eq(codes_left(), left, "a refusal burns no code");
    expect_relay(meter, 1, "open");
    done("root", 0, "pay add 2001 1500 --channel cash --reference T1");
    minutes_pass(15);
    expect_relay(meter, 2, "closed");
    expect_order(meter, "restore", "verified");
    texts(&amina, word, "nothing is overdue");
    snprintf(restore, sizeof(restore), "RESTORE %s", cut_word(meter, word) + 4);
    left = order_of(meter);
    commands(&amina, restore, "ordered");
    minutes_pass(10);
    cr_expect_gt(order_of(meter), left);
    expect_order(meter, "restore", "verified");
}

Test(staff_cut, an_approval_holds_for_what_was_approved_by_another_who_signs)
{
    static const char meter[] = "000000000101", other[] = "000000000102";
    char word[40], words[40];

    commands(&amina, cut_word(meter, word), "proposed");
    texts(&joseph, signed_words(&joseph, approval(1, meter, "2001", "150.00")),
          "wrong, used or too old");
    minutes_pass(1);
    texts(&joseph, signed_words(&joseph, approval(1, other, "2002", "1500.00")),
          NULL); /* the same answer is not given twice in a row */
    snprintf(words, sizeof(words), "OK %lld", order_of(meter));
    texts(&amina, words, "somebody else must approve");
    minutes_pass(1);
    snprintf(words, sizeof(words), "NO %lld", order_of(meter));
    texts(&joseph, words, "cancelled");
    texts(&joseph, signed_words(&joseph, approval(1, meter, "2001", "1500.00")),
          "nothing to approve");
    commands(&amina, cut_word(other, word), "proposed");
    enrol(&joseph, true);
    snprintf(words, sizeof(words), "OK %lld", order_of(other));
    texts(&joseph, words, "must sign");
    minutes_pass(5);
    expect_relay(meter, 0, "closed");
    expect_relay(other, 0, "closed");
}

Test(staff_cut, hold_and_kill_stop_what_was_proposed)
{
    static const char held[] = "000000000102", killed[] = "000000000103";
    char word[40];

    commands(&amina, cut_word(held, word), "proposed");
    texts(&joseph, signed_words(&joseph, "HOLD 2002 3"), "held, 3 days");
    minutes_pass(1);
    texts(&joseph, signed_words(&joseph, approval(1, held, "2002", "1500.00")),
          "OK 1 not done");
    commands(&amina, cut_word(killed, word), "proposed");
    commands(&amina, "KILL", "killed");
    texts(&joseph, signed_words(&joseph, approval(2, killed, "2003", "1500.00")),
          "Waits: ");
    minutes_pass(1);
    texts(&amina, cut_word(held, word), "kill switch");
    minutes_pass(10);
    expect_relay(held, 0, "closed");
    expect_relay(killed, 0, "closed");
}

Test(staff_cut, a_whole_list_is_approved_by_text)
{
    json_t *answer = as("amina", 4, "--yes cut propose");
    long long batch = json_integer_value(json_object_get(answer, "batch"));
    char ok[40];

    json_decref(answer);
    snprintf(ok, sizeof(ok), "OK B%lld", batch);
    texts(&amina, ok, "somebody else must approve");
    texts(&joseph, signed_words(&joseph, "OK B1 2 3000.00"), "wrong, used or too old");
    minutes_pass(1);
    texts(&joseph, signed_words(&joseph, "OK B1 3 4500.00"), "B1, 3 approved");
    minutes_pass(15);
    expect_relay("000000000101", 1, "open");
    expect_relay("000000000102", 1, "open");
    expect_relay("000000000103", 1, "open");
    texts(&joseph, signed_words(&joseph, "OK B7 1 1500.00"), "nothing of batch B7 waits");
}

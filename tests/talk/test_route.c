#include "meterpost/render/template.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/list.h"
#include "meterpost/store/outbox.h"
#include "meterpost/store/registry.h"
#include "meterpost/talk/route.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW   1790000000 /* 2026-09-21 */
#define PHONE "+254722000001"

static char folder[] = "/tmp/meterpost-route-XXXXXX";
static struct conf settings = {
    .decimals = 2,
    .utility = {.name = "Kibo Water & Power",
                .currency = "KES",
                .country_code = "254",
                .language = "en",
                .pay_code = "555123",
                .phone = "0700123456"},
    .limits = {.message_age_s = 2 * DAY_S,
               .replies_per_number = {.count = 5, .per_s = 600},
               .replies_per_day = 20,
               .replies_total = {.count = 200, .per_s = 3600},
               .phone_rest_s = 7 * DAY_S,
               .phone_silence_s = 365 * DAY_S},
};
static struct conf_modem modem = {.name = "sim1", .number = "+254700000100"};
static struct desk desk;
static struct err e;
static int64_t account_id;
static utc_t sent_before; /* seconds before it came; 0: by no clock */

static void
add_customer(const char *name, const char *language)
{
    struct account a = {.opened_at = NOW};

    snprintf(a.account, sizeof(a.account), "%s", name);
    snprintf(a.name, sizeof(a.name), "Amina");
    snprintf(a.language, sizeof(a.language), "%s", language);
    cr_assert(account_add(desk.store, &a, &account_id, &e), "%s", e.text);
    cr_assert(phone_add(desk.store, account_id, PHONE, ROLE_MANAGE, NOW, &e), "%s", e.text);
}

static void
set_up(void)
{
    struct problems p = {0};
    char path[64];

    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/m.db", folder);
    settings.modems = &modem;
    settings.n_modems = 1;
    desk.conf = &settings;
    desk.now = NOW;
    cr_assert(clock_zone_set("Africa/Nairobi", &e));
    cr_assert_not_null(desk.words = words_load(TOP "/conf/words", &p));
    cr_assert(templates_open(TOP "/templates", "en", &desk.templates, &e), "%s", e.text);
    cr_assert(store_open(path, STORE_WRITE, &desk.store, &e), "%s", e.text);
    cr_assert(store_begin(desk.store, &e));
}

static void
tear_down(void)
{
    char command[100];

    store_close(desk.store);
    words_free(desk.words);
    templates_close(desk.templates);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(route, .init = set_up, .fini = tear_down);

/* Let a text come in and be handled; the number of messages that then wait to go out. */
static size_t
receive(const char *from, const char *text)
{
    static struct inbox_row m;
    struct phone phone;
    struct list_filter all = {.limit = 100};
    json_t *rows;
    size_t n;

    memset(&m, 0, sizeof(m));
    cr_assert(phone_parse(from, "254", &phone, &e), "%s", e.text);
    snprintf(m.modem, sizeof(m.modem), "sim1");
    snprintf(m.sender, sizeof(m.sender), "%s", phone.text);
    snprintf(m.text, sizeof(m.text), "%s", text);
    m.sender_kind = phone.kind;
    m.parts = 1;
    m.received_at = desk.now;
    m.smsc_at = sent_before > 0 ? desk.now - sent_before : 0;
    cr_assert(inbox_row_add(desk.store, &m, &m.id, &e), "%s", e.text);
    cr_assert(talk_route(&desk, &m, &e), "'%s': %s", text, e.text);
    rows = list_array(desk.store, "outbox", &all, 2, &e);
    n = json_array_size(rows);
    json_decref(rows);
    return n;
}

/* A column of the newest row of a list. */
static const char *
newest(const char *list, const char *column, char *out, size_t size)
{
    struct list_filter one = {.limit = 1};
    json_t *rows = list_array(desk.store, list, &one, 2, &e);
    const char *text = json_string_value(json_object_get(json_array_get(rows, 0), column));

    snprintf(out, size, "%s", text == NULL ? "" : text);
    json_decref(rows);
    return out;
}

Test(route, a_customer_who_owes_nothing_is_told_so_in_one_text)
{
    char text[400];

    add_customer("1001", "en");
    cr_expect_eq(receive(PHONE, "bal"), 1);
    newest("outbox", "text", text, sizeof(text));
    cr_expect_not_null(strstr(text, "1001"), "%s", text);
    cr_expect_not_null(strstr(text, "nothing due"), "%s", text);
    cr_expect_str_eq(newest("outbox", "to", text, sizeof(text)), PHONE);
    cr_expect_str_eq(newest("inbox", "state", text, sizeof(text)), "done");
    cr_expect_str_eq(newest("inbox", "account", text, sizeof(text)), "1001");
}

Test(route, the_answer_is_in_the_language_of_the_account_whatever_the_word_is_in)
{
    char text[400];

    add_customer("1001", "zh");
    receive(PHONE, "BAL");
    newest("outbox", "text", text, sizeof(text));
    cr_expect_not_null(strstr(text, "1001"), "%s", text);
    cr_expect_null(strstr(text, "due"), "%s", text);
}

Test(route, several_accounts_of_one_phone_are_in_one_text)
{
    char text[400];

    add_customer("1001", "en");
    add_customer("1002", "en");
    cr_expect_eq(receive(PHONE, "Balance please"), 1);
    newest("outbox", "text", text, sizeof(text));
    cr_expect(strstr(text, "1001") != NULL && strstr(text, "1002") != NULL, "%s", text);
}

Test(route, a_stranger_gets_one_text_a_day_and_learns_nothing)
{
    char text[400];

    add_customer("1001", "en");
    cr_expect_eq(receive("+254733999999", "BAL 1001"), 1);
    newest("outbox", "text", text, sizeof(text));
    cr_expect(strstr(text, "1001") == NULL && strstr(text, "Amina") == NULL, "%s", text);
    cr_expect_eq(receive("+254733999999", "BAL 1001"), 1, "answered twice a day");
    desk.now += DAY_S;
    cr_expect_eq(receive("+254733999999", "hello?"), 2, "not answered the day after");
}

Test(route, services_and_our_own_modems_are_never_answered)
{
    static const char *const senders[] = {"MPESA", "144", "+254700000100"};
    char state[40];

    for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
        cr_expect_eq(receive(senders[i], "BAL"), 0, "%s was answered", senders[i]);
        newest("inbox", "state", state, sizeof(state));
        cr_expect_str_eq(state, "ignored", "%s: %s", senders[i], state);
    }
}

Test(route, a_phone_that_answers_by_itself_falls_silent)
{
    add_customer("1001", "en");
    for (int i = 0; i < 40; i++)
        receive(PHONE, "I am driving and will call you back");
    cr_expect_eq(receive(PHONE, "I am driving"), 0, "not even once");
    for (int i = 0; i < 40; i++)
        receive(PHONE, "Ich bin gerade nicht da");
    cr_expect_eq(receive(PHONE, "Ich bin gerade nicht da"), 1, "help once an hour");
    for (int i = 0; i < 40; i++)
        receive(PHONE, "BAL");
    cr_expect_leq(receive(PHONE, "BAL"), 5, "at most five in ten minutes");
}

Test(route, any_bytes_in_a_text_are_only_text)
{
    static const char *const texts[] = {
        "'; DROP TABLE account; --",        "{{utility.phone}}", "%n%s%n", "\x1b[2J",   "",
        "\xF0\x9F\x98\x80\xF0\x9F\x98\x80", "$(reboot)",         "..",     "1 1 1 1 1",
    };

    add_customer("1001", "en");
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        receive(PHONE, texts[i]);
    cr_expect_eq(receive(PHONE, "BAL") <= 5, true);
}

Test(route, what_was_sent_long_ago_is_kept_and_not_obeyed)
{
    static const struct {
        utc_t before;
        size_t answers;
        const char *state;
    } cases[] = {
        {2 * DAY_S + 1, 0, "ignored"}, {2 * DAY_S, 1, "done"}, {900 * DAY_S, 2, "done"}};
    char text[40];

    add_customer("1001", "en");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sent_before = cases[i].before;
        cr_expect_eq(receive(PHONE, i == 1 ? "bal" : "use"), cases[i].answers, "case %zu",
                     i);
        cr_expect_str_eq(newest("inbox", "state", text, sizeof(text)), cases[i].state,
                         "case %zu: %s", i, text);
    }
}

Test(route, a_notice_of_a_payment_is_booked_once_and_never_answered)
{
    static const char in[] =
        "TJF987E58C Confirmed. You have received Ksh300.00 from JOHN DOE 254722123456 for "
        "account 1001 via Paybill 570425 on 2026-09-20 at 10:30 AM. New M-PESA balance is "
        "Ksh10,000.00";
    static const char out[] = "TJF987E58D Confirmed. Ksh300.00 sent to JOHN DOE 0722123456 "
                              "on 20/9/26 at 10:31 AM.";
    struct problems p = {0};
    struct money owed;
    char text[400];

    cr_assert_not_null(desk.notices = notices_load(TOP "/conf/payments", &p));
    add_customer("1001", "en");
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(receive("MPESA", in), 0, "nobody is answered");
        cr_assert(account_balance(desk.store, account_id, &owed, &e), "%s", e.text);
        cr_expect_eq(owed.minor, -30000, "time %d: got %ld", i, (long)owed.minor);
        cr_expect_str_eq(newest("inbox", "state", text, sizeof(text)), "done");
    }
    receive("MPESA", out);
    cr_expect_str_eq(newest("inbox", "state", text, sizeof(text)), "ignored");
    receive("MPESA", "Dear customer");
    cr_expect_str_eq(newest("inbox", "state", text, sizeof(text)), "quarantined");
    receive("+254722123456", in);
    cr_assert(account_balance(desk.store, account_id, &owed, &e));
    cr_expect_eq(owed.minor, -30000, "a person cannot send a notice");
    notices_free(desk.notices);
    desk.notices = NULL;
}

#include "meterpost/billing/notice.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct notices *shipped;

static void
load_shipped(void)
{
    struct problems p = {0};
    struct err e;

    cr_assert(clock_zone_set("Africa/Nairobi", &e), "%s", e.text);
    shipped = notices_load(TOP "/conf/payments", &p);
    problems_print(&p, stderr);
    cr_assert_not_null(shipped);
}

static void
free_shipped(void)
{
    notices_free(shipped);
}

TestSuite(notice, .init = load_shipped, .fini = free_shipped);

Test(notice, the_examples_of_the_shipped_files_come_out_right)
{
    struct problems p = {0};

    notices_check_examples(shipped, &p);
    problems_print(&p, stderr);
    cr_expect(problems_none(&p));
    problems_free(&p);
}

static const struct notice_home kenya = {"KES", 2, "254"};

/* The country of a text of the table below. */
static struct notice_home
home_of(const char *name)
{
    static const struct {
        int first, last; /* numbers behind the M */
        struct notice_home home;
    } homes[] = {
        {1, 3, {"KES", 2, "254"}},   {4, 4, {"TZS", 2, "255"}},
        {5, 8, {"BDT", 2, "880"}},   {9, 9, {"GHS", 2, "233"}},
        {10, 11, {"UGX", 0, "256"}}, {12, 13, {"XOF", 0, "223"}},
        {14, 14, {"MGA", 2, "261"}}, {15, 15, {"TZS", 2, "255"}},
    };
    int number = atoi(name + 1);

    for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++) {
        if (number >= homes[i].first && number <= homes[i].last)
            return homes[i].home;
    }
    return kenya;
}

Test(notice, every_text_of_the_facts_is_read)
{
    static const struct {
        const char *name, *sender, *text;
        enum notice_kind kind;
        const char *receipt, *amount, *phone, *claim;
    } cases[] = {
        {"M1", "MPESA",
         "TJF987E58C Confirmed.You have received Ksh300.00 from Person 3 0712121212 on "
         "15/10/24 at 12:16 PM  New M-PESA balance is Ksh123.12.  Dial *334#",
         NOTICE_RECEIVED, "TJF987E58C", "300.00", "+254712121212", ""},
        {"M2", "MPESA",
         "GT87HJ890 Confirmed. You have received Ksh500.00 from JOHN DOE 254722123456 for "
         "account 12345 via Paybill 570425 on 2024-07-26 at 10:30 AM. New M-PESA balance "
         "is "
         "Ksh10,000.00",
         NOTICE_RECEIVED, "GT87HJ890", "500.00", "+254722123456", "12345"},
        {"M3", "MPESA",
         "SLR41L5AO8 Confirmed. You have received Ksh Ksh4,870.00 from ZIIDI on 27/12/24 "
         "3:41 PM New M-PESA balance is Ksh Ksh4,870.00.",
         NOTICE_RECEIVED, "SLR41L5AO8", "4870.00", "", ""},
        {"M3 masked", "MPESA",
         "SLR41L5AO9 Confirmed. You have received Ksh10.00 from A B 0720***167 on 27/12/24 "
         "at 3:41 PM New M-PESA balance is Ksh4,870.00.",
         NOTICE_RECEIVED, "SLR41L5AO9", "10.00", "", ""},
        {"M4", "M-PESA",
         "Z10DN636 Confirmed.\nYou have received Tsh50,000 from\nFREDRICK KIMARO\non "
         "27/1/14 "
         "at 1:19 PM\nNew M-PESA balance is Tsh214,676",
         NOTICE_RECEIVED, "Z10DN636", "50000.00", "", ""},
        {"M5", "bKash",
         "You have received payment Tk 549.00 from 01757840664. Fee Tk 0.00. Balance Tk "
         "8,210.56. TrxID DDC03X8Z8I at 12/04/2026 16:39",
         NOTICE_RECEIVED, "DDC03X8Z8I", "549.00", "+8801757840664", ""},
        {"M6", "BKASH",
         "You have received Tk 100.00 from 01710459562. Ref . Fee Tk 0.00. Balance Tk "
         "138.34. TrxID DDC947L61P at 12/04/2026 20:18",
         NOTICE_RECEIVED, "DDC947L61P", "100.00", "+8801710459562", ""},
        {"M7", "bKash",
         "Cash In Tk 3,000.00 from 01911111111 successful. Fee Tk 0.00. Balance Tk "
         "5,000.00. "
         "TrxID CIN1234567 at 31/07/2026 18:00",
         NOTICE_RECEIVED, "CIN1234567", "3000.00", "+8801911111111", ""},
        {"M7 Bangla", "bKash",
         "Cash In Tk ১,০০০.০০ from 01911111111 successful. Fee Tk 0.00. Balance Tk "
         "5,000.00. "
         "TrxID CIN1234568 at 31/07/2026 18:00",
         NOTICE_RECEIVED, "CIN1234568", "1000.00", "+8801911111111", ""},
        {"M8", "NAGAD",
         "Money Received. Amount: Tk 500.00 Sender: 01711111111 TxnID: 71ABCDEF1234 "
         "Balance: "
         "Tk...",
         NOTICE_RECEIVED, "71ABCDEF1234", "500.00", "+8801711111111", ""},
        {"M9", "MobileMoney",
         "Payment received for GHS 1.50 from Shadrack Frimpong Current Balance: GHS 4.00 . "
         "Available Balance: GHS 4.00. Reference: cisco. Transaction ID: 14114668636. "
         "TRANSACTION FEE: 0.00",
         NOTICE_RECEIVED, "14114668636", "1.50", "", "cisco"},
        {"M10", "MTNMobMoney",
         "You have received UGX 22120 from VICTOR KYOYAGALA, 256791269201 on 2026-06-14. "
         "Reason: water. ID: 31234567890.",
         NOTICE_RECEIVED, "31234567890", "22120", "+256791269201", ""},
        {"M11", "AirtelMoney",
         "RECEIVED. TID 149730678579. UGX 27,200 from 743706731, HANIFAH. Bal UGX 332,358.",
         NOTICE_RECEIVED, "149730678579", "27200", "+256743706731", ""},
        {"M12", "OrangeMoney",
         "Vous avez recu un transfert de 3300 FCFA du 79531543. ID: PP251226.2111.C98322. "
         "Consultez votre nouveau solde sur Max it ou au #144#6#. OFM MALI",
         NOTICE_RECEIVED, "PP251226.2111.C98322", "3300", "+22379531543", ""},
        {"M13", "OrangeMoney",
         "Bonjour, vous avez recu un transfert de 360.00 FCFA du 0709152973. Reference "
         "PP260529.1509.D16712. Nouveau solde 4923.50 FCFA.",
         NOTICE_RECEIVED, "PP260529.1509.D16712", "360", "+223709152973", ""},
        {"M14", "MVola",
         "1\xC2\xA0"
         "000 Ar recu de Jean Romulus 0381724343 le 12/05/26. Ref 5896099722",
         NOTICE_RECEIVED, "5896099722", "1000.00", "+261381724343", ""},
        {"M15", "M-PESA",
         "X89IQ877 Confirmed. Tsh2,100 sent to MUSHI WILLIAM on 15/12/13 at 10:19 PM. New "
         "M-PESA balance is Tsh23,232.",
         NOTICE_PAID_OUT, "", "0.00", "", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char amount[AMOUNT_TEXT_MAX];
        struct notice_home home = home_of(cases[i].name);
        struct notice n;
        struct err e;

        cr_assert(notice_read(shipped, cases[i].sender, cases[i].text, &home, &n, &e),
                  "%s: %s", cases[i].name, e.text);
        decimal_print(n.amount.minor, home.decimals, false, amount);
        cr_expect_eq(n.kind, cases[i].kind, "%s: got %s", cases[i].name,
                     notice_kind_name(n.kind));
        cr_expect_str_eq(n.receipt, cases[i].receipt, "%s: got %s", cases[i].name,
                         n.receipt);
        cr_expect_str_eq(amount, cases[i].amount, "%s: got %s", cases[i].name, amount);
        cr_expect_str_eq(n.phone, cases[i].phone, "%s: got %s", cases[i].name, n.phone);
        cr_expect_str_eq(n.claim, cases[i].claim, "%s: got '%s'", cases[i].name, n.claim);
    }
}

Test(notice, only_known_words_may_send)
{
    cr_expect(notices_sender(shipped, "mpesa"));
    cr_expect_not(notices_sender(shipped, "MPESA2"));
    cr_expect_not(notices_sender(shipped, "+254712121212"));
    cr_expect_not(notices_sender(NULL, "MPESA"));
}

Test(notice, a_text_that_no_pattern_fits_is_unknown)
{
    static const char *const texts[] = {"", "Dear customer, win big!",
                                        "\xE4\xBD\xA0\xE5\xA5\xBD"};
    struct notice n;
    struct err e;

    for (size_t i = 0; i < 3; i++) {
        cr_expect(notice_read(shipped, "bKash", texts[i], &kenya, &n, &e), "%s", e.text);
        cr_expect_eq(n.kind, NOTICE_UNKNOWN, "%zu", i);
    }
}

Test(notice, amounts_that_cannot_be_are_refused)
{
    static const char *const amounts[] = {"0.00", "1.005", "99999999999999999999", "0"};
    char text[300];
    struct notice n;
    struct err e;

    for (size_t i = 0; i < 4; i++) {
        snprintf(
            text, sizeof(text),
            "TJF987E58C Confirmed.You have received Ksh%s from A 0712121212 on 15/10/24 "
            "at 12:16 PM New",
            amounts[i]);
        cr_expect_not(notice_read(shipped, "MPESA", text, &kenya, &n, &e), "%s",
                      amounts[i]);
    }
}

Test(notice, a_wrong_file_is_told_with_its_place)
{
    static const struct {
        const char *yaml, *want;
    } cases[] = {
        {"payments: a\nname: A\nchannel: a\ncurrency: KES\n",
         "expected 'texts', 'columns'"},
        {"payments: a\nname: A\nchannel: a\ncurrency: KES\nsenders: [A]\ntexts:\n  - "
         "{name: "
         "x, kind: received, pattern: '^(?<amount>1)$'}\n",
         "no group (?<receipt>...)"},
        {"payments: a\nname: A\nchannel: a\ncurrency: KES\nsenders: [A]\ntexts:\n  - "
         "{name: "
         "x, kind: received, pattern: '('}\n",
         "fault at byte"},
        {"payments: a\nname: A\nchannel: a\ncurrency: KES\ntexts:\n  - {name: x, kind: "
         "other, pattern: 'x'}\n",
         "expected 'senders'"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};

        cr_expect_null(notices_load_text("a.yaml", cases[i].yaml, &p));
        cr_assert(p.count > 0, "%zu", i);
        cr_expect_not_null(strstr(p.at[0].text, cases[i].want), "%zu: got %s", i,
                           p.at[0].text);
        problems_free(&p);
    }
}

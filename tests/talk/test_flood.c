/* test_flood.c - storms from many numbers, machines that answer whatever they get, and
 * guesses at who is a customer. */
#include "parlour.h"

TestSuite(flood, .init = parlour_open, .fini = parlour_close);

/* A machine that answers each text of ours; how many texts went in all. */
static int
chat_with_machine(const char *number, const char *first, const char *const replies[])
{
    char text[OUTBOX_TEXT_MAX];
    int messages = 1;

    snprintf(text, sizeof(text), "%s", first);
    for (int i = 0; messages < 100; i++, messages += 2) {
        if (answer_to(number, text)[0] == '\0')
            break;
        parlour.now += 5;
        if (*replies == NULL) /* it says back what it got */
            snprintf(text, sizeof(text), "Re: %s", answer_to(number, ""));
        else
            snprintf(text, sizeof(text), "%s", replies[0]);
        if (*replies != NULL && replies[1] != NULL)
            replies++;
    }
    return messages;
}

Test(flood, machines_that_answer_are_soon_alone)
{
    static const char *const busy[] = {"I am driving now and will call you back.", NULL},
                             *const varied[] = {"Thanks, BAL received",
                                                "OK 1",
                                                "Ticket 481",
                                                "Your message nr 5 BAL",
                                                "BAL 7",
                                                "USE",
                                                "PAY",
                                                "BILL",
                                                "HELP",
                                                "hello",
                                                "BAL",
                                                "who is this",
                                                NULL},
                             *const keyword[] = {"BAL", NULL},
                             *const counting[] = {"msg 1", "msg 2", "msg 3", "msg 4",
                                                  "msg 5", "msg 6", "msg 7", NULL};
    static const struct {
        const char *number, *first;
        const char *const *replies;
    } cases[] = {{ASHA, "BAL", busy},        {"+254733999999", "hi", busy},
                 {ASHA, "HELP", varied},     {"+254733999999", "hi", varied},
                 {ASHA, "BAL", keyword},     {JONAS, "STATUS", busy},
                 {JONAS, "CUT 20481", busy}, {ASHA, "hi", counting},
                 {JONAS, "hi", varied},      {PETER, "HELP", keyword}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int n = chat_with_machine(cases[i].number, cases[i].first, cases[i].replies);

        cr_expect_leq(n, 11, "machine %zu of %s: %d texts", i, cases[i].number, n);
        parlour.now += 2 * DAY_S;
    }
}

/* A thousand numbers of nobody, three texts each within an hour, and a customer among them.
 */
Test(flood, a_storm_from_a_thousand_numbers_leaves_room_for_a_customer)
{
    char number[PHONE_MAX];
    size_t strangers;

    for (int i = 0; i < 3000; i++) {
        snprintf(number, sizeof(number), "+2547338%05d", i % 1000);
        hear(number, i % 3 == 0 ? "BAL 1042" : i % 3 == 1 ? "hello" : "CUT 20481 123456");
        parlour.now += 1;
    }
    strangers = told(NULL, NULL, 0);
    cr_expect_leq(strangers, 200, "in an hour: %zu", strangers);
    cr_expect_str_neq(answer_to(ASHA, "BAL"), "", "a customer is answered in the storm");
    cr_expect_str_neq(answer_to(JONAS, "STATUS"), "", "and so is staff");
}

/* Whatever a stranger tries, the answer does not tell whether there is such an account. */
Test(flood, a_stranger_cannot_tell_who_is_a_customer)
{
    static const char *const pairs[][2] = {
        {"BAL 1042", "BAL 9999"},
        {"REG 1042 1.00", "REG 9999 1.00"},
        {"REG 1042 4408.00", "REG 9999 4408.00"},
        {"REG 1042", "REG 9999"},
        {"STATUS 20481", "STATUS 99999"},
        {"READ 20481", "READ 99999"},
        {"PAID 1042", "PAID 9999"},
        {"1042", "9999"},
        {"YES 1042", "YES 9999"},
        {"PHONE 0722000001", "PHONE 0799000009"},
    };
    int nobody = 0;

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char one[PHONE_MAX], other[PHONE_MAX], known[OUTBOX_TEXT_MAX];

        snprintf(one, sizeof(one), "+2547337%05d", nobody++);
        snprintf(other, sizeof(other), "+2547337%05d", nobody++);
        snprintf(known, sizeof(known), "%s", answer_to(one, pairs[i][0]));
        cr_expect_str_eq(known, answer_to(other, pairs[i][1]), "'%s' and '%s'", pairs[i][0],
                         pairs[i][1]);
        cr_expect_null(strstr(known, "Asha"), "%s", known);
        parlour.now += HOUR_S;
    }
}

/* Who guesses amounts of bills by REG is told nothing, and does not fill the customer's
 * phone. */
Test(flood, guesses_at_a_bill_do_not_reach_the_customer)
{
    char text[60], number[PHONE_MAX];

    for (int i = 0; i < 300; i++) {
        snprintf(number, sizeof(number), "+2547336%05d", i % 50);
        snprintf(text, sizeof(text), "REG 1042 %d.00", 4100 + i);
        hear(number, text);
        parlour.now += 60;
    }
    cr_expect_eq(told(ASHA, NULL, 0), 0, "wrong guesses");
    for (int i = 0; i < 50; i++) {
        snprintf(number, sizeof(number), "+2547335%05d", i);
        hear(number, "REG 1042 4408.00");
        parlour.now += 60;
    }
    cr_expect_leq(told(ASHA, NULL, 0), 5, "right ones: %zu texts in an hour",
                  told(ASHA, NULL, 0));
}

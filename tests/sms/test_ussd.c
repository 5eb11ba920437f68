#include "sms/ussd.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(ussd, the_answer_of_the_network_is_read_however_a_modem_writes_it)
{
    static const struct {
        const char *said, *text;
        bool gsm;
        enum ussd_status status;
    } cases[] = {
        {"\r\nOK\r\n\r\n+CUSD: 0,\"Your balance is KES 250.00\",15\r\n",
         "Your balance is KES 250.00", true, USSD_DONE},
        {"+CUSD: 0, \"Bal \x02"
         "5\x11"
         "0\", 15\r\n",
         "Bal $5_0", true, USSD_DONE},
        {"+CUSD: 0,\"Bal $5_0\",15\r\n", "Bal $5_0", false, USSD_DONE},
        {"+CMTI: \"SM\",3\r\n+CUSD: 1,\"1 Balance\n2 \"\"Data\"\"\n\",15\r\n",
         "1 Balance\n2 \"\"Data\"\"\n", false, USSD_ASKS},
        {"+CUSD: 0,\"00530061006C0064006F003A00200032002C00300030002020AC\",72\r\n",
         "Saldo: 2,00 \u20AC", true, USSD_DONE},
        {"+CUSD: 0,\"00530061006C0064006F003A00200032002C00300030\",15\r\n", "Saldo: 2,00",
         true, USSD_DONE},
        {"+CUSD: 0,\"12345678\",15\r\n", "12345678", true, USSD_DONE},
        {"+CUSD: 2\r\n", "", true, USSD_ENDED},
        {"+CUSD: 4\r\n", "", true, USSD_CANNOT},
        {"+CUSD: 99\r\n", "", true, USSD_CANNOT},
        {"+CUSD: 0,Balance 12.50 KES,15\r\n", "Balance 12.50 KES", true, USSD_DONE},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum ussd_status status;
        char text[800];

        cr_assert(ussd_is_whole(cases[i].said), "%s", cases[i].said);
        cr_assert(ussd_read(cases[i].said, cases[i].gsm, &status, text, sizeof(text)));
        cr_expect_eq(status, cases[i].status, "%s: status %d", cases[i].said, (int)status);
        cr_expect_str_eq(text, cases[i].text, "%s: got '%s'", cases[i].said, text);
    }
}

Test(ussd, what_is_not_whole_yet_is_waited_for)
{
    static const char *const parts[] = {"",
                                        "\r\nOK\r\n",
                                        "+CUSD: ",
                                        "+CUSD: 0",
                                        "+CUSD: 0,\"Your bal",
                                        "+CUSD: 0,\"Your balance\"",
                                        "+CUSD: 0,\"Your balance\",1"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        cr_expect_not(ussd_is_whole(parts[i]), "'%s'", parts[i]);
}

Test(ussd, a_code_is_packed_as_huawei_wants_it_and_reads_back)
{
    char hex[2 * 64 + 1], said[200], text[100];
    enum ussd_status status;

    ussd_pack("*100#", hex);
    cr_expect_str_eq(hex, "AA180C3602");
    ussd_pack("Your balance is KES 250.00", hex);
    snprintf(said, sizeof(said), "+CUSD: 0,\"%s\",15\r\n", hex);
    cr_assert(ussd_read(said, true, &status, text, sizeof(text)));
    cr_expect_str_eq(text, "Your balance is KES 250.00");
}

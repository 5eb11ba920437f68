/* command_money.c - rows of the table of commands: prepaid accounts, lengths of texts. */
#include "command_rows.h"

/* clang-format off */
const struct command commands_money[] = {
    {SET_UP, "template lint", "", "how long each text message comes out",
     "In units of its alphabet and in segments, which is what the network charges, with the "
     "longest values that are likely.",
     "template lint", run_template_lint, NONE},
    {BILL, "prepaid list", "[ACCOUNT]", "prepaid accounts and what is left of their credit",
     "With --state low or empty those that were told so.", "prepaid list --state empty",
     run_list, {STATE("ok, low, empty"), LIMIT}},
    {BILL, "prepaid set", "ACCOUNT", "let an account pay before it uses",
     "Its use is charged every day by its own tariff, to the newest reading; the month's bill "
     "takes the place of these charges. When little is left it is told by text message.",
     "prepaid set 1042 --limit 200 --warn 150.00", run_change,
     {{"--limit", "200", "it may owe so much; else nothing"},
      {"--warn", "150.00", "it is told when this is left, the limit included"}}},
    {BILL, "prepaid end", "ACCOUNT", "an account pays by bills again", NULL,
     "prepaid end 1042", run_change, NONE},
    {BILL, "prepaid run", "", "charge all prepaid accounts now",
     "The engine does it every day at billing.prepaid_at.", "prepaid run", run_change, NONE},
};
/* clang-format on */

const size_t commands_money_count = sizeof(commands_money) / sizeof(commands_money[0]);

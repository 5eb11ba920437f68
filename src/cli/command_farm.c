/* command_farm.c - the commands about modems, and about what somebody must look at. */
#include "command_rows.h"

/* clang-format off */
const struct command commands_farm[] = {
    {MODEMS, "modem list", "", "modems: network, signal, what waits in their SIM", NULL,
     "modem list", run_list, NONE},
    {MODEMS, "modem show", "MODEM", "one modem, its SIM, what was tried, its alarms", NULL,
     "modem show sim1", run_modem_show, NONE},
    {MODEMS, "modem history", "[MODEM]", "what was tried to bring modems back, newest first",
     NULL, "modem history sim1", run_list, {DAYS, LIMIT}},
    {MODEMS, "modem reset", "MODEM", "let a modem begin again, with its PIN",
     "For after its PIN or SIM was put right: what was tried before no longer counts.",
     "modem reset sim1", run_modem_reset, NONE},
    {MODEMS, "modem test", "MODEM", "does it answer, is it registered, can it send and hear",
     "With --loopback a text goes to the modem's own number, which costs money.",
     "modem test sim1", run_modem_test,
     {{"--loopback", NULL, "send it a text and wait until it comes in"},
      {"--wait", "2m", "for its answer; without it, 1 minute, with --loopback 5"}}},
    {MODEMS, "modem credit", "MODEM", "ask its network now what is left on the SIM",
     "The codes and the answers are those of its `carrier`.", "modem credit sim1",
     run_modem_credit, {{"--wait", "2m", "for the answer of the network"}}},
    {MODEMS, "modem topup", "MODEM CODE", "top up its SIM with a voucher",
     "CODE is the digits of the voucher, which its `carrier` makes a USSD code of, or a whole "
     "code such as *141*1234#.",
     "modem topup sim1 123456789012", run_modem_topup,
     {{"--wait", "2m", "for the answer of the network"}}},
    {MODEMS, "alarm list", "[SUBJECT]", "what somebody must look at, newest first",
     "An alarm stands until all is well again. The people of alarms.phones get each as a text.",
     "alarm list --state open", run_list, {STATE("open, cleared"), DAYS, LIMIT}},
};
/* clang-format on */

const size_t commands_farm_count = sizeof(commands_farm) / sizeof(commands_farm[0]);

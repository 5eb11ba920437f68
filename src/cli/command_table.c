/*
 * command_table.c - every command: parser, help, completion and manual read this table.
 * A command is found by its words; none may begin with the words of another.
 */
#include "cli.h"

#define OPTION_LIMIT                                                                       \
    {                                                                                      \
        "--limit", "N", "at most N rows"                                                   \
    }
#define OPTION_STATE(words)                                                                \
    {                                                                                      \
        "--state", "STATE", words                                                          \
    }
#define OPTIONS_DAYS                                                                       \
    {"--from", "2026-11-01", "from that day or time on"},                                  \
    {                                                                                      \
        "--to", "2026-12-01", "before that day or time"                                    \
    }

#define WATCH    "Watch"
#define REGISTRY "Registry"
#define READ     "Read"
#define BILL     "Bill"
#define MONEY    "Money"
#define SET_UP   "Set up"
#define TRY      "Try: what the engine would make of an input; no store, no device"
#define ABOUT    "About"

const struct command commands[] = {
    {WATCH,
     "inbox",
     "[SENDER]",
     "messages that came in, newest first",
     "With a number or a kind (reading, customer, ...) only those.",
     "inbox --state new",
     run_list,
     {OPTION_STATE("new, done, ignored, quarantined"), OPTIONS_DAYS, OPTION_LIMIT}},
    {WATCH,
     "outbox",
     "[NUMBER]",
     "messages that go or went out, newest first",
     "With a number or a kind (bill, request, answer, ...) only those.",
     "outbox --state queued",
     run_list,
     {OPTION_STATE("queued, sending, sent, delivered, undelivered, failed, expired, ..."),
      OPTIONS_DAYS, OPTION_LIMIT}},
    {WATCH,
     "modem list",
     "",
     "modems: network, signal, what waits in their SIM",
     NULL,
     "modem list",
     run_list,
     {{NULL, NULL, NULL}}},
    {WATCH,
     "audit list",
     "[SUBJECT]",
     "who did what",
     NULL,
     "audit list --limit 20",
     run_list,
     {OPTIONS_DAYS, OPTION_LIMIT}},

    {REGISTRY,
     "account list",
     "",
     "accounts and what they owe",
     NULL,
     "account list --csv",
     run_list,
     {OPTION_LIMIT}},
    {REGISTRY,
     "meter list",
     "[ACCOUNT]",
     "meters, and where they hang",
     NULL,
     "meter list --limit 20",
     run_list,
     {OPTION_LIMIT}},

    {READ,
     "round list",
     "",
     "reading rounds, newest first",
     NULL,
     "round list",
     run_list,
     {OPTION_STATE("running, closed"), OPTIONS_DAYS, OPTION_LIMIT}},
    {READ,
     "reading list",
     "[METER]",
     "readings, newest first",
     "With a meter, an account or a round only theirs.",
     "reading list --state held --from 2026-11-01",
     run_list,
     {OPTION_STATE("accepted, held, rejected, superseded"), OPTIONS_DAYS, OPTION_LIMIT}},

    {BILL,
     "bill list",
     "[ACCOUNT]",
     "bills, newest first",
     NULL,
     "bill list --from 2026-11-01",
     run_list,
     {OPTIONS_DAYS, OPTION_LIMIT}},

    {MONEY,
     "pay list",
     "[ACCOUNT]",
     "payments, newest first",
     "With an account or a reference only those.",
     "pay list --from 2026-11-01",
     run_list,
     {OPTIONS_DAYS, OPTION_LIMIT}},

    {SET_UP,
     "check",
     "",
     "tell everything that is wrong with the configuration and its files",
     "Reads the settings, command words, profiles with their examples, tariffs and "
     "templates.",
     "check --config conf/meterpost.yaml",
     run_check,
     {{NULL, NULL, NULL}}},

    {TRY,
     "try text",
     "TEXT | -",
     "alphabet, units and parts of a text message",
     "With - one {\"text\"} a line.",
     "try text \"Your bill is 1,200\"",
     run_try_text,
     {{NULL, NULL, NULL}}},

    {ABOUT,
     "help",
     "[WORD...]",
     "commands, or one of them with its example",
     NULL,
     "help reading list",
     run_help,
     {{NULL, NULL, NULL}}},
    {ABOUT,
     "version",
     "",
     "which Meterpost this is",
     NULL,
     "version --json",
     run_version,
     {{NULL, NULL, NULL}}},
};

const size_t commands_count = sizeof(commands) / sizeof(commands[0]);

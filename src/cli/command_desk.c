/* command_desk.c - rows of the table of commands: the morning, copies, reports. */
#include "command_rows.h"

/* clang-format off */
#define REPORTS "Reports"
#define MONTH_PAGE {"--month", "2026-10", "of that month, else the last that is over"}, DAYS, \
                   {"--html", "FILE", "write a page with charts, for printing and phones"}
#define NETWORK {"--loss", "2", "of 100 texts get lost, each way"}, \
                {"--delay", "20s", "that a text travels for, half of it to three halves"}

const struct command commands_desk[] = {
    {WATCH, "today", "", "the page that a day begins with",
     "What is wrong first, each line with the command that mends it.", "today", run_today,
     {{"--watch", NULL, "again every five seconds, until Ctrl-C"}}},
    {WATCH, "doctor", "", "all that can be wrong with this installation",
     "Settings and files, database, ledger, audit, backups, clock, disk, permissions, "
     "devices and modems: each line ok, warn or BAD, with what to do. The exit status is 1 "
     "when something is BAD.",
     "doctor", run_doctor, NONE},
    {WATCH, "find", "TEXT", "accounts, meters, phones, bills, payments, messages with it",
     "Part of a name or number will do; the last column is the page to look at.",
     "find njeri", run_find, NONE},
    {SET_UP, "backup now", "", "copy the database, and try the copy out",
     "While everything goes on. It is restored to a scratch file and verified there, then "
     "kept by generation, as the settings under backup say. The same happens every day.",
     "backup now", run_backup_now, NONE},
    {SET_UP, "backup list", "[FOLDER]", "copies of the database, newest first", NULL,
     "backup list", run_backup_list, NONE},
    {SET_UP, "backup verify", "[FILE]", "restore a copy to a scratch file and check it",
     "Without FILE, or with `latest`, the newest one.", "backup verify latest",
     run_backup_verify, {{"--key", "secret.key", "file with the secret key, if it is sealed"}}},
    {SET_UP, "backup restore", "FILE", "put a copy in the place of the database",
     "Here or on another machine, with the engine stopped. Afterwards the fence is up: "
     "nothing that cuts or restores goes out and queued messages are held, until "
     "`fence release`.",
     "backup restore latest --dry-run", run_backup_restore,
     {{"--key", "secret.key", "file with the secret key, if it is sealed"}}},
    {SET_UP, "backup rollback", "", "go back to before the last upgrade",
     "Install the older program first; the engine must be stopped.",
     "backup rollback --dry-run", run_backup_rollback, NONE},
    {SET_UP, "backup key", "FILE", "make a pair of keys for sealed copies",
     "The secret one goes into FILE, which belongs on another machine.",
     "backup key secret.key", run_backup_key, NONE},
    {SET_UP, "fence show", "", "is this database one that was restored or moved",
     "Then it does not know what was sent and switched since, and holds back.",
     "fence show", run_fence_show, NONE},
    {SET_UP, "fence release", "", "let a restored database work again",
     "After the payments since the copy were taken in.", "fence release --dry-run",
     run_fence_release,
     {{"--send", NULL, "also send the answers, notices and bills that were held"}}},

    {REPORTS, "report daily", "", "the day in short: read, paid, sent", "As a table with bars; --csv, --json, or --html FILE for a page that prints.",
     "report daily --from 2026-11-20", run_report, {MONTH_PAGE}},
    {REPORTS, "report success", "", "which part of the meters was read, day by day", NULL,
     "report success --month 2026-10", run_report, {MONTH_PAGE}},
    {REPORTS, "report ageing", "", "what is owed, by class and age, and by whom", NULL,
     "report ageing --month 2026-10", run_report, {MONTH_PAGE}},
    {REPORTS, "report collection", "", "what was billed and paid, month by month", NULL,
     "report collection --month 2026-10", run_report, {MONTH_PAGE}},
    {REPORTS, "report losses", "", "what was supplied and not sold", NULL,
     "report losses --month 2026-10", run_report, {MONTH_PAGE}},
    {REPORTS, "report revenue", "", "what was billed, by line and class", NULL,
     "report revenue --month 2026-10", run_report, {MONTH_PAGE}},
    {REPORTS, "report usage", "", "what was used, by class, and who uses most", NULL,
     "report usage --month 2026-10", run_report, {MONTH_PAGE}},
    {REPORTS, "report messages", "", "messages and their cost, by kind, day and modem", NULL,
     "report messages --month 2026-10", run_report, {MONTH_PAGE}},
    {REPORTS, "report restores", "", "from payment to power: how long it took", NULL,
     "report restores --month 2026-10", run_report, {MONTH_PAGE}},
    {REPORTS, "report regulator", "", "the month for the regulator", "As a table with bars; --csv, --json, or --html FILE for a page that prints.",
     "report regulator --month 2026-10", run_report, {MONTH_PAGE}},

    {REGISTRY, "account export", "ACCOUNT", "all that is kept about a person, as JSON",
     "Bills, payments, readings, messages, notes and changes, for who asks what is known.",
     "account export 1042", run_account_export, NONE},
    {REGISTRY, "account erase", "ACCOUNT", "take the person out of a closed account",
     "Name, address, notes, phones and messages; bills and the ledger keep their numbers.",
     "account erase 1042 --reason \"asked in writing\"", run_account_erase,
     {{"--reason", "\"asked in writing\"", "why; it is kept"}}},
    {BILL, "sim bill", "[MONTH]", "rehearse a bill run on a copy, at another time",
     "It is run for good there, and what is queued leaves through an emulated network, in its "
     "hours and at the pace of the modems: what would be billed and sent, what the messages "
     "cost, and when all are out. The same copy gives the same forecast.",
     "sim bill 2026-10 --at 2026-11-22T13:00", run_sim_bill,
     {{"--at", "2026-11-02T08:00", "as if it were then, else now"}, NETWORK}},
    {SUPPLY, "sim cut", "", "rehearse a day of cuts on a copy",
     "The run of arrears, the list, its approval, and the rest of the day on an emulated "
     "network and emulated wires: who is cut and how it ends, who pays and has supply back, "
     "what the messages cost. Texts get lost both ways, and what follows is done as on a real "
     "day: asked again, looked at, in doubt. As if payments were known until then and meters "
     "heard as lately as now.",
     "sim cut --at 2026-11-23T10:00 --payers 40", run_sim_cut,
     {{"--at", "2026-11-23T10:00", "as if it were then, else now"},
      NETWORK,
      {"--payers", "40", "of 100 who are to be cut pay on that day, else as many as did so far"}}},

    {ABOUT, "completion", "SHELL", "what a shell needs to complete commands: bash or zsh",
     "For bash: eval \"$(meterpost completion bash)\".", "completion bash", run_completion,
     NONE},
    {ABOUT, "manual", "[PAGE]", "the manual pages meterpost(1) and meterpost.yaml(5)",
     "PAGE is commands or settings. What comes out is for man.", "manual settings",
     run_manual, NONE},
};
/* clang-format on */

const size_t commands_desk_count = sizeof(commands_desk) / sizeof(commands_desk[0]);

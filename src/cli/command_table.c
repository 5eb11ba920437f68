/*
 * command_table.c - every command: parser, help, completion and manual read this table.
 * A command is found by its words; none may begin with the words of another.
 */
#include "cli.h"

/* A table is read by its rows. */
/* clang-format off */

#define LIMIT       {"--limit", "N", "at most N rows"}
#define STATE(list) {"--state", "STATE", list}
#define DAYS        {"--from", "2026-11-01", "from that day or time on"}, \
                    {"--to", "2026-12-01", "before that day or time"}
#define NONE        {{NULL, NULL, NULL}}

#define WATCH    "Watch"
#define REGISTRY "Registry"
#define READ     "Read"
#define BILL     "Bill and money"
#define SET_UP   "Set up"
#define PROFILES "Profiles: how meters speak by text message"
#define TRY      "Try: what the engine would make of an input; no store, no device"
#define ABOUT    "About"

const struct command commands[] = {
    {WATCH, "status", "", "the work in hand, and when the next is due", NULL,
     "status --json", run_status, NONE},
    {WATCH, "inbox", "[SENDER]", "messages that came in, newest first",
     "With a number or a kind (reading, customer, ...) only those.",
     "inbox --state new", run_list,
     {STATE("new, done, ignored, quarantined"), DAYS, LIMIT}},
    {WATCH, "outbox", "[NUMBER]", "messages that go or went out, newest first",
     "With a number or a kind (bill, request, answer, ...) only those.",
     "outbox --state queued", run_list,
     {STATE("queued, sending, sent, delivered, undelivered, failed, expired, ..."), DAYS,
      LIMIT}},
    {WATCH, "message show", "ID", "one message whole",
     "A number may name one that came in and one that went out: --in, --out.",
     "message show 17 --out", run_message_show,
     {{"--in", NULL, "one that came in"}, {"--out", NULL, "one that went out"}}},
    {WATCH, "message send", "NUMBER TEXT", "queue a message written by hand", NULL,
     "message send 0700000001 \"No supply on Sunday, 8 to 12\"", run_message_send, NONE},
    {WATCH, "quarantine list", "[SENDER]", "messages that no rule understood", NULL,
     "quarantine list", run_list, {DAYS, LIMIT}},
    {WATCH, "quarantine replay", "[ID...]", "read messages again, as of when they came",
     "For after a profile or a word list was mended and the engine has it (SIGHUP).",
     "quarantine replay --all", run_quarantine_replay,
     {{"--all", NULL, "all that are in quarantine"}}},
    {WATCH, "quarantine drop", "[ID...]", "put messages away; they stay on record",
     NULL, "quarantine drop 17 --reason \"advertising\"", run_quarantine_drop,
     {{"--all", NULL, "all that are in quarantine"},
      {"--reason", "TEXT", "why, for the record"}}},
    {WATCH, "modem list", "", "modems: network, signal, what waits in their SIM", NULL,
     "modem list", run_list, NONE},
    {WATCH, "modem reset", "MODEM", "let a modem begin again, with its PIN",
     "For after its PIN or SIM was put right: what was tried before no longer counts.",
     "modem reset sim1", run_modem_reset, NONE},
    {WATCH, "audit list", "[SUBJECT]", "who did what", NULL, "audit list --limit 20",
     run_list, {DAYS, LIMIT}},

    {REGISTRY, "account list", "", "accounts and what they owe", NULL, "account list --csv",
     run_list, {LIMIT}},
    {REGISTRY, "account show", "SUBJECT", "one account and its history",
     "Balance, meters, last bills, payments, readings and messages. SUBJECT is an account, "
     "or one of its meters, phones or bills.",
     "account show 1042", run_account_show, NONE},
    {REGISTRY, "meter list", "[ACCOUNT]", "meters, and where they hang", NULL,
     "meter list --limit 20", run_list, {LIMIT}},
    {REGISTRY, "meter show", "SUBJECT", "one meter and its history",
     "Where it hangs, its last readings and messages. SUBJECT is a meter, its phone, or an "
     "account that has one meter.",
     "meter show 10101010", run_meter_show, NONE},

    {READ, "read", "METER...", "ask meters now",
     "METER is a meter, its phone, or an account that has one. With --wait what they "
     "answer is printed as soon as all have answered, or when the time is over.",
     "read 10101010 10101011 --wait 5m", run_read,
     {{"--wait", "5m", "wait so long for the answers"}}},
    {READ, "round start", "NAME", "ask every meter, or those of a group",
     "Shows how many would be asked and asks, unless --yes. Meters are asked in the hours "
     "that reading.window gives, again after a while when they are silent.",
     "round start 2026-11 --yes", run_round_start,
     {{"--group", "T-17", "only the meters of this group"},
      {"--until", "2026-12-01T08:00", "when it ends; else after a day"}}},
    {READ, "round show", "NAME", "how a round stands, and who is missing", NULL,
     "round show 2026-11", run_round_show, {{"--all", NULL, "also meters that are in"}}},
    {READ, "round close", "NAME", "end a round: what is still open is missing", NULL,
     "round close 2026-11", run_round_close, NONE},
    {READ, "round list", "", "reading rounds, newest first", NULL, "round list", run_list,
     {STATE("running, closed"), DAYS, LIMIT}},
    {READ, "reading add", "METER VALUE", "enter a reading that somebody took",
     "It goes through the same checks as those that meters send.",
     "reading add 10101010 1312.5 --date 2026-11-22T09:30", run_reading_add,
     {{"--register", "1-0:1.8.0", "else the one that is billed"},
      {"--date", "2026-11-22T09:30", "when it was taken, if not now"},
      {"--source", "handheld", "manual or handheld; else manual"}}},
    {READ, "reading list", "[SUBJECT]", "readings, newest first",
     "With a meter, an account or a round only theirs.",
     "reading list --state held --from 2026-11-01", run_list,
     {STATE("accepted, held, rejected, superseded"), DAYS, LIMIT}},

    {BILL, "bill issue", "[MONTH]", "issue the bills of a month, else the last",
     "Shows what it would issue and asks, unless --yes. An account that has its bill "
     "already gets none; one that cannot be billed is named, and the exit status is 5.",
     "bill issue 2026-10 --yes", run_bill_issue,
     {{"--account", "1042", "only the bill of this account"}}},
    {BILL, "bill list", "[SUBJECT]", "bills, newest first",
     "With an account or a month (2026-10) only those.", "bill list 2026-10", run_list,
     {DAYS, LIMIT}},
    {BILL, "bill show", "NUMBER", "one bill with its lines", NULL, "bill show 2026-000017",
     run_bill_show, NONE},
    {BILL, "bill render", "SUBJECT", "bills as customers get them",
     "SUBJECT is the number of a bill, a month (2026-10) or an account: all bills of it. "
     "With --out each goes into a file of that folder, else to the standard output.",
     "bill render 2026-10 --out bills --format html", run_bill_render,
     {{"--out", "FOLDER", "write files there, named by the bill's number"},
      {"--format", "html", "html, txt or sms; else html for files, txt otherwise"},
      {"--language", "en", "else that of the account"}}},
    {BILL, "pay add", "ACCOUNT AMOUNT", "book a payment",
     "The same receipt (channel and reference) again is booked once. Without --reference "
     "we write the receipt and give it the next number.",
     "pay add 1042 1500.00 --channel cash --reference R-881", run_pay_add,
     {{"--channel", "cash", "cash, bank, mpesa, ...; else cash"},
      {"--via", "cash", "the same"},
      {"--reference", "R-881", "number of the receipt"},
      {"--payer", "\"J. Otieno\"", "who paid"},
      {"--date", "2026-11-22", "when it was paid, if not now"}}},
    {BILL, "pay assign", "PAYMENT ACCOUNT", "give a payment to the account it is for",
     "Out of suspense, or from another account: what it had paid there is open again.",
     "pay assign 17 1042 --reason \"payer called\"", run_change,
     {{"--reason", "\"payer called\"", "why; it is kept"}}},
    {BILL, "pay reverse", "PAYMENT", "a payment that came back: a cheque, a chargeback",
     "What it had paid is open again, with the day it was due.",
     "pay reverse 17 --reason \"cheque bounced\" --fee 500", run_change,
     {{"--reason", "\"cheque bounced\"", "why; it is kept"},
      {"--fee", "500", "charge the account a fee for it"}}},
    {BILL, "suspense", "[CHANNEL]", "payments that nobody's account has yet, oldest first",
     NULL, "suspense", run_list, {DAYS, LIMIT}},
    {BILL, "statement", "ACCOUNT", "everything that moved an account, with its balance",
     NULL, "statement 1042 --from 2026-01-01", run_statement, {DAYS}},
    {BILL, "ledger trial", "", "the trial balance: it must come to zero",
     "With --as-of what was posted until the end of that day.",
     "ledger trial --as-of 2026-10-31", run_trial,
     {{"--as-of", "2026-10-31", "until the end of that day"}}},
    {BILL, "ledger show", "[NAME]", "entries of the ledger, newest first",
     "With the name of a ledger account (Cash:till, Receivable:1042) only its own.",
     "ledger show Cash:till", run_list, {{"--state", "KIND", "bill, payment, fee, ..."}, DAYS, LIMIT}},
    {BILL, "ledger open", "[ACCOUNT]", "bills, fees and credit that are still open", NULL,
     "ledger open 1042", run_list, {{"--state", "KIND", "bill, fee, payment, ..."}, DAYS, LIMIT}},
    {BILL, "ledger close", "MONTH", "close a month: nothing is posted into it any more",
     NULL, "ledger close 2026-09", run_change, NONE},
    {BILL, "ledger writeoff", "ACCOUNT", "give up what an account owes", NULL,
     "ledger writeoff 1042 --reason \"moved away\"", run_change,
     {{"--reason", "\"moved away\"", "why; it is kept"}}},
    {BILL, "ledger recover", "ACCOUNT", "let its credit pay what was given up before", NULL,
     "ledger recover 1042 --reason \"paid after all\"", run_change,
     {{"--reason", "\"paid after all\"", "why; it is kept"}}},
    {BILL, "fee run", "", "charge late fees on all bills that are late",
     "Once a bill, as the settings under late_fee say.", "fee run", run_change, NONE},
    {BILL, "fee add", "ACCOUNT AMOUNT", "charge a fee", NULL,
     "fee add 1042 1150.00 --reason reconnection", run_change,
     {{"--reason", "reconnection", "what it is for; it is kept"},
      {"--key", "RC-7", "makes it once"}}},
    {BILL, "fee waive", "ITEM", "take a fee off again",
     "ITEM is its number in `ledger open`.", "fee waive 12 --reason \"our mistake\"",
     run_change, {{"--reason", "\"our mistake\"", "why; it is kept"}}},
    {BILL, "deposit add", "ACCOUNT AMOUNT", "take in a deposit",
     "It pays no bill by itself.", "deposit add 1042 2000.00", run_change,
     {{"--channel", "cash", "how it came; else cash"},
      {"--reference", "D-7", "number of the receipt"}}},
    {BILL, "deposit refund", "ACCOUNT AMOUNT", "give a deposit back", NULL,
     "deposit refund 1042 500.00", run_change,
     {{"--channel", "cash", "how it goes; else cash"},
      {"--reference", "D-8", "number of the receipt"}}},
    {BILL, "deposit use", "ACCOUNT", "let its deposit pay what an account owes", NULL,
     "deposit use 1042", run_change, NONE},
    {BILL, "pay list", "[ACCOUNT]", "payments, newest first",
     "With an account or a reference only those.", "pay list --from 2026-11-01", run_list,
     {DAYS, LIMIT}},

    {SET_UP, "init", "", "write a starting configuration, make the database",
     "The configuration goes where --config says, with the shipped profiles, tariffs, "
     "words and templates beside it. What is there already is left as it is.",
     "init --config village/meterpost.yaml --name \"Kibo Water\" --currency KES", run_init,
     {{"--name", "\"Kibo Water\"", "name of the utility"},
      {"--currency", "KES", "ISO 4217 code"},
      {"--timezone", "Africa/Nairobi", "time zone of the utility"},
      {"--country-code", "254", "of its phone numbers"},
      {"--language", "en", "of customers who have not chosen one"}}},
    {SET_UP, "check", "", "all that is wrong with the configuration",
     "Reads the settings, command words, profiles with their examples, tariffs and "
     "templates.",
     "check --config conf/meterpost.yaml", run_check, NONE},
    {SET_UP, "import", "KIND FILE", "take in a file of comma-separated values",
     "KIND is accounts, meters, concentrators, collectors, groups, readings or payments. "
     "The first line names the columns. Anything wrong is told with its line, and then "
     "nothing of the file is kept. FILE may be - for the standard input. --dry-run tells "
     "what would come in.",
     "import accounts accounts.csv --dry-run", run_import, NONE},
    {SET_UP, "export", "KIND", "write what import reads",
     "KIND is accounts, meters, concentrators, collectors, groups, readings or payments.",
     "export meters", run_export, NONE},
    {SET_UP, "verify", "", "are database, audit and ledger sound", NULL, "verify",
     run_verify, NONE},
    {SET_UP, "audit verify", "", "was a row of the audit edited, moved or lost", NULL,
     "audit verify", run_audit_verify, NONE},

    {PROFILES, "profile list", "[WORD]", "the kinds of meter that can be spoken to",
     "With a word only those that have it in their id, name, commodity or source. Profiles "
     "are those of the configuration, else the shipped ones.",
     "profile list water", run_profile_list, NONE},
    {PROFILES, "profile show", "PROFILE", "one profile: what it asks and understands", NULL,
     "profile show kamstrup-gsm7i", run_profile_show, NONE},
    {PROFILES, "profile check", "[FILE...]", "run the examples of profiles",
     "Of these files, else of all profiles. Each example that does not give what it says "
     "is told with its place.",
     "profile check conf/profiles/arkon-magb1.yaml", run_profile_check, NONE},
    {PROFILES, "profile new", "[FILE]", "propose a profile from replies of a meter",
     "FILE, or the standard input, holds replies as the meter sent them, with an empty line "
     "between two. What comes out is a profile that reads them: look it through, above all "
     "the registers, and put it into the folder of profiles.",
     "profile new replies.txt --id acme-m1 --name \"Acme M1\"",
     run_profile_new,
     {{"--id", "acme-m1", "id of the profile"},
      {"--name", "\"Acme M1\"", "name of the kind of meter"},
      {"--commodity", "water", "electricity, water, gas or heat, if its units do not tell"},
      {"--request", "READ", "the text that asks this meter for its reading"}}},

    {TRY, "try sms", "PROFILE TEXT | -", "what a text means, by a profile",
     "PROFILE is the id of a profile; with \"?\" every profile is tried and those that "
     "match are named. With - one {\"profile\", \"text\"} a line. Profiles are those of "
     "the configuration, else the shipped ones.",
     "try sms ? \"No meter response\"", run_try_sms, NONE},
    {TRY, "try frame", "PROTOCOL HEX | -", "what the bytes of a meter say",
     "Requests and replies, one or several in a row; or why they are no frame. PROTOCOL is "
     "dlt645-2007, iec62056-21, modbus-rtu, ...: a wrong one names them all. With - one "
     "{\"protocol\", \"hex\", \"map\"} a line.",
     "try frame dlt645-2007 \"68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16\"",
     run_try_frame,
     {{"--map", "eastron-sdm630", "registers of a Modbus meter, for a request and its reply"}}},
    {TRY, "try text", "TEXT | -", "alphabet, units and parts of a text message",
     "With - one {\"text\"} a line.", "try text \"Your bill is 1,200\"", run_try_text,
     NONE},
    {TRY, "try tariff", "FILE USAGE.json | -", "the lines of a bill for a use",
     "With - one {\"tariff\", \"usage\"} a line. FILE is YAML or JSON; USAGE.json holds "
     "{\"total\": \"120\", \"days\": 30, \"month\": 11, ...}.",
     "try tariff conf/tariffs/domestic-electricity.yaml usage.json", run_try_tariff, NONE},
    {TRY, "try template", "FILE DATA.json | -", "a template filled with data",
     "FILE is Mustache; its partials are taken from its folder. With - one {\"template\": "
     "text, \"data\", \"partials\"} a line.",
     "try template templates/en/bill.txt.mustache templates/samples/bill.json",
     run_try_template, NONE},

    {ABOUT, "help", "[WORD...]", "commands, or one of them with its example", NULL,
     "help reading list", run_help, NONE},
    {ABOUT, "version", "", "which Meterpost this is", NULL, "version --json", run_version,
     NONE},
};

const size_t commands_count = sizeof(commands) / sizeof(commands[0]);

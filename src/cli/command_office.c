/* command_office.c - rows of the table of commands: money, setting up, profiles, trials. */
#include "command_rows.h"

/* clang-format off */
const struct command commands_office[] = {

    {BILL, "tariff list", "", "tariffs and their versions", NULL, "tariff list",
     run_tariff_list, NONE},
    {BILL, "tariff show", "TARIFF", "what a tariff asks for, part by part",
     "TARIFF is the id of a tariff, or a file.", "tariff show domestic-electricity",
     run_tariff_show, {{"--date", "2026-11-01", "the version of that day; else of today"}}},
    {BILL, "tariff lint", "[FILE...]", "what is wrong or odd in tariff files",
     "Ladders that end, conditions that never hold, months in no season, odd decimals, and "
     "a use of zero that gets no bill. Without FILE the tariffs of the configuration.",
     "tariff lint conf/tariffs/domestic-water.yaml", run_tariff_lint, NONE},
    {BILL, "tariff quote", "TARIFF NAME=VALUE...", "the bill of a use",
     "NAME is total, another quantity (peak, kw), month, days, months, class, ytd_before, "
     "or factor.NAME for the value of a factor.",
     "tariff quote domestic-electricity total=120 days=30", run_tariff_quote,
     {{"--date", "2026-11-01", "the version of that day; else of today"}}},
    {BILL, "tariff compare", "OLD NEW", "who gains and who loses by another tariff",
     "Prices the use of all bills of a month that were by OLD again, by both. OLD and NEW "
     "are ids or files.",
     "tariff compare domestic-electricity new/domestic.yaml --month 2026-10",
     run_tariff_compare,
     {{"--month", "2026-10", "else the last"},
      {"--date", "2026-12-01", "the version of NEW of that day; else of today"}}},
    {BILL, "factor set", "FACTOR FROM VALUE", "give a dated factor its value",
     "Such as the fuel charge of a month. FROM is a month or a day. "
     "Components of tariffs refer to it by its name, bills keep what they used. To mend a "
     "value set it again.",
     "factor set fuel 2026-11 3.59", run_factor_set, NONE},
    {BILL, "factor list", "[FACTOR]", "values of dated factors, newest first", NULL,
     "factor list", run_list, {DAYS, LIMIT}},
    {BILL, "bill preview", "[MONTH]", "what a bill run would do, beside the bills before",
     "Totals against last month and last year, the twenty biggest changes, estimates, and "
     "who would get no bill. Writes nothing.",
     "bill preview 2026-10", run_bill_preview, NONE},
    {BILL, "bill explain", "NUMBER", "why a bill is what it is",
     "For each line the rule with its limits as scaled; for each reading its date, flags, "
     "who took it, or the text message it came in.",
     "bill explain 2026-000017", run_bill_explain, NONE},
    {BILL, "bill cancel", "NUMBER", "take a bill back with a credit note, bill again",
     "Shows what would happen and asks, unless --yes. Later bills of the account stand on "
     "its readings: with --with-later they are taken back and billed again, too.",
     "bill cancel 2026-000017 --reason \"reading of the neighbour\"", run_bill_cancel,
     {{"--reason", "TEXT", "why; it is kept with the credit note"},
      {"--with-later", NULL, "the account's later bills, too"},
      {"--no-bill", NULL, "do not bill again"}}},
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
      {"--format", "html|txt|slip|sms", "slip is 58 mm; else html for files, txt otherwise"},
      {"--pdf", NULL, "as PDF files, through WeasyPrint where it is installed"},
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
    {BILL, "pay import", "FILE", "book a statement: MT940, camt.053 or CSV",
     "CSV is read by the names of its columns, as a file of conf/payments gives them. What "
     "was booked before changes nothing; what is wrong is told with its line, and then "
     "nothing is booked.",
     "pay import statement.xml --channel bank:kcb --dry-run", run_pay_import,
     {{"--format", "mt940|camt053|csv", "else by its first bytes"},
      {"--map", "mpesa-kenya", "the file of conf/payments with the columns"},
      {"--channel", "bank:kcb", "else bank, or what that file says"},
      {"--encoding", "latin1", "of the file, if not UTF-8"},
      {"--accept-gap", NULL, "although a statement before it is missing"}}},
    {BILL, "pay assign", "PAYMENT ACCOUNT", "give a payment to the account it is for",
     "Out of suspense, or from another account: what it had paid there is open again.",
     "pay assign 17 1042 --reason \"payer called\"", run_change,
     {{"--reason", "\"payer called\"", "why; it is kept"}}},
    {BILL, "pay reverse", "PAYMENT", "a payment that came back: a cheque, a chargeback",
     "What it had paid is open again, with the day it was due.",
     "pay reverse 17 --reason \"cheque bounced\" --fee 500", run_change,
     {{"--reason", "\"cheque bounced\"", "why; it is kept"},
      {"--fee", "500", "charge the account a fee for it"}}},
    {BILL, "cash open", "[TILL]", "open a till",
     "Payments come into it by --channel cash:TILL; the till called till by cash alone. A "
     "till that was ever opened takes money only while it is open.",
     "cash open north --float 2000.00", run_change,
     {{"--float", "2000.00", "what lies in it already"}}},
    {BILL, "cash count", "TILL AMOUNT", "say what was counted in a till", NULL,
     "cash count north 15350.00", run_change, NONE},
    {BILL, "cash close", "[TILL]", "close a till that was counted",
     "What is over or short is booked. The number is that of the Z report.",
     "cash close north", run_change, NONE},
    {BILL, "cash bank", "TILL AMOUNT", "bring money of a till to the bank",
     "A line of the bank's statement with this slip and amount is then no payment.",
     "cash bank north 15000.00 --reference SLIP-88", run_change,
     {{"--channel", "bank", "where it goes, else bank"},
      {"--reference", "SLIP-88", "number of the deposit slip; makes it once"}}},
    {BILL, "cash list", "[TILL|AGENT]", "tills and agents: when they were counted, what they hold",
     NULL, "cash list", run_list, {DAYS, LIMIT}},
    {BILL, "agent set", "AGENT", "an agent who takes payments for us",
     "What the agent took is held by the agent until it is handed over; above the ceiling "
     "no payment is taken.",
     "agent set amina --ceiling 50000 --commission 1.5", run_change,
     {{"--ceiling", "50000", "may hold so much; 0: no limit"},
      {"--commission", "1.5", "percent of what comes in"}}},
    {BILL, "agent handover", "AGENT AMOUNT", "an agent hands over what was taken", NULL,
     "agent handover amina 40000 --channel bank", run_change,
     {{"--channel", "bank", "where it goes: cash, bank, ...; else cash"},
      {"--reference", "H-12", "number of the receipt; makes it once"}}},
    {BILL, "reconcile", "[DAY]", "what came in, was counted and booked on a day",
     "Also whether the day's bills arrived, and which command settles what differs. The "
     "exit status is 5 when something does.",
     "reconcile 2026-11-22", run_reconcile, NONE},
    {BILL, "suspense", "[CHANNEL]", "payments that nobody's account has yet, oldest first",
     NULL, "suspense", run_suspense, {DAYS, LIMIT}},
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
     "ITEM is its number in `ledger open`.", "fee waive 40 --reason \"our mistake\"",
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
     "templates. --long fills the templates with the longest values that may stand there and "
     "names the texts that take more than one part.",
     "check --config conf/meterpost.yaml", run_check,
     {{"--long", NULL, "text messages that may take more than one part"}}},
    {SET_UP, "import", "KIND FILE", "take in a file of comma-separated values",
     "KIND is groups, points, concentrators, collectors, accounts, meters, staff, readings or "
     "payments. The first line names the columns. Anything wrong is told with its line, and then "
     "nothing of the file is kept. FILE may be - for the standard input. --dry-run tells "
     "what would come in. KIND all takes in a whole utility that `export all` wrote, into "
     "an empty one.",
     "import accounts accounts.csv --dry-run", run_import,
     {{"--map", "\"account=Customer No;=Remark\"", "other names of columns; =NAME leaves one out"}}},
    {SET_UP, "export", "KIND [FOLDER]", "write what import reads, or the whole utility",
     "KIND is groups, points, concentrators, collectors, accounts, meters, staff, readings or "
     "payments. KIND all with a FOLDER writes every "
     "table whole, for `import all FOLDER` elsewhere.",
     "export all kibo-2026", run_export, NONE},
    {SET_UP, "verify", "", "are database, audit and ledger sound", NULL, "verify",
     run_verify, NONE},
    {SET_UP, "audit verify", "[HEAD]", "was a row of the audit edited, moved or lost",
     "HEAD is what staff.audit_to got in the evening, \"1042 7f3c9a2b51d0e86\": who wrote "
     "the chain anew, and had its key, too, cannot have that.",
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
      {"--commodity", "electricity|water|gas|heat", "if its units do not tell"},
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
    {TRY, "try validate", "CASE.json | -", "what the rules make of a reading",
     "CASE.json holds {\"previous\": {\"value\", \"quality\", \"taken_at\"}, \"current\": "
     "{...}, \"multiplier\", \"digits\", \"average_per_day\", ...}. The rules are those of "
     "`vee rules`; the limits are those of the configuration.",
     "try validate case.json", run_try_validate, NONE},

    {ABOUT, "help", "[WORD...]", "commands, or one of them with its example", NULL,
     "help reading list", run_help, NONE},
    {ABOUT, "version", "", "which Meterpost this is", NULL, "version --json", run_version,
     NONE},
};
/* clang-format on */

const size_t commands_office_count = sizeof(commands_office) / sizeof(commands_office[0]);

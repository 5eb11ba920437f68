/* command_talk.c - rows of the table of commands: staff, and what people write. */
#include "command_rows.h"

/* clang-format off */
const struct command commands_talk[] = {
    {STAFF, "staff list", "[STAFF|ROLE|PHONE]", "who may command by text message",
     "And how it stands with their codes: enrolled, no codes, locked, suspended.",
     "staff list", run_list, OPEN_OR_CLOSED},
    {STAFF, "staff show", "STAFF", "one of them, and what they asked for last", NULL,
     "staff show jonas", run_registry_show, NONE},
    {STAFF, "staff add", "STAFF FIELD=VALUE...", "let somebody command by text message",
     FIELDS_OF("staff") " role is reader, operator or admin; digest=yes sends the day in a "
     "text each evening; on_call=1 is told of alarms first, then 2 and 3.",
     "staff add jonas name=\"Jonas Mushi\" role=operator phone=0722000009", run_registry_add,
     NONE},
    {STAFF, "staff set", "STAFF FIELD=VALUE...", "change one of them",
     FIELDS_OF("staff") " After another phone nothing dangerous is taken from it for a "
     "while (staff.phone_rest), and the old phone is told.",
     "staff set jonas role=reader", run_registry_set, {AT}},
    {STAFF, "staff close", "STAFF", "somebody left: codes are void at once", NULL,
     "staff close jonas", run_registry_close, {AT}},
    {STAFF, "staff enrol", "STAFF", "make a key for their codes, shown once with its QR code",
     "An authenticator app scans it (a step of 60 s). The same key signs commands that cut, "
     "restore or take money. --sheet makes 100 numbered codes to print instead, for "
     "phones without apps. What was enrolled before is void.",
     "staff enrol jonas --sheet", run_staff_enrol,
     {{"--sheet", NULL, "a sheet of codes to print; the key stays as it is"}}},
    {STAFF, "staff page", "", "the page with which staff sign commands on their phones",
     "One file without links, in the language of the utility: copy it to the phone, open it "
     "there, type name and key once and choose a PIN. It makes the text that CUT, RESTORE, "
     "PAY, OK, HOLD, TOPUP and KILL need; no network is asked.", "staff page --language sw",
     run_staff_page, {{"--language", "sw", "another language"}}},
    {STAFF, "staff sign", "STAFF COMMAND", "the signed text of a command, with somebody's own key",
     "What the page does, for who sits at a machine; the key is read from a file, or from "
     "what is typed, and never from the store. Each text needs a higher number than the last. "
     "OK takes what it is about, too: \"OK 17 CUT 20481 1042 2310.00\".",
     "staff sign jonas \"CUT 10101011\" --counter 1 --key jonas.key", run_staff_sign,
     {{"--counter", "12", "number of this text: above all before, by 100 at most"},
      {"--key", "FILE", "file with the key; else it is read from standard input"}}},
    {STAFF, "staff suspend", "STAFF", "a phone is lost: take no code until further notice",
     NULL, "staff suspend jonas", run_change,
     {{"--end", NULL, "in service again"}}},
    {STAFF, "words lint", "", "words of customers that could be taken for others",
     "In all languages together: one slip of the thumb from STOP, words of courtesy that "
     "are commands, commands that a language lacks.", "words lint", run_words_lint, NONE},
    {STAFF, "audit gaps", "", "rows of the audit that are missing, and times without any",
     "A time that goes back means that the clock was set.", "audit gaps", run_list,
     {DAYS, LIMIT}},
    {STAFF, "audit days", "", "with which row each day ended, and its head", NULL,
     "audit days", run_list, {DAYS, LIMIT}},
    {STAFF, "complaint list", "[TICKET|KIND|ACCOUNT]", "what customers wait for, open ones first",
     "KIND is complaint, supply (no supply), paid (a claim to have paid), plan (wants "
     "instalments), phone (a wrong number), stop (wants bills on paper).",
     "complaint list --state open", run_list, {STATE("open, closed"), DAYS, LIMIT}},
    {STAFF, "complaint close", "TICKET [ANSWER]", "settle one; the customer is told",
     NULL, "complaint close 00017 \"The pipe is mended\"", run_change, NONE},
    {STAFF, "outage list", "[GROUP]", "faults that are known, so that OUT is answered with them",
     NULL, "outage list --state open", run_list, OPEN_OR_CLOSED},
    {STAFF, "outage add", "GROUP [CAUSE]", "tell those of a group who ask that a fault is known",
     "And those of the groups below it. Nothing is cut there meanwhile.",
     "outage add T-17 \"burst main\" --until 2026-11-22T17:00", run_change,
     {{"--until", "2026-11-22T17:00", "when it will probably be over"},
      {"--commodity", "electricity|water|gas|heat", "only that"}}},
    {STAFF, "outage end", "GROUP", "the fault is over", NULL, "outage end T-17", run_change,
     NONE},
    {STAFF, "phone waiting", "[ACCOUNT|NUMBER]", "phones that were asked for by text message",
     "With a time they come true then, unless somebody says no; the others wait for a yes.",
     "phone waiting --state waiting", run_list, {STATE("waiting, done, refused"), DAYS, LIMIT}},
    {STAFF, "phone accept", "CHANGE", "let a phone that was asked for see its account", NULL,
     "phone accept 4", run_change, NONE},
    {STAFF, "phone refuse", "CHANGE", "do not", NULL, "phone refuse 4", run_change, NONE},
    {STAFF, "consent list", "[NUMBER]", "who stopped what, and when they said so", NULL,
     "consent list 0722000001", run_list, {STATE("stopped, allowed"), DAYS, LIMIT}},
    {STAFF, "mute list", "[NUMBER]", "numbers that get no answers", NULL, "mute list",
     run_list, OPEN_OR_CLOSED},
    {STAFF, "mute add", "NUMBER", "answer a number no more",
     "For machines that answer back. What they write is kept. NUMBER may be all: then "
     "nobody gets answers until `mute end all`.",
     "mute add 0722000001 --for 7d --reason \"answers by itself\"", run_change,
     {{"--for", "7d", "so long; else until it is ended"},
      {"--reason", "TEXT", "why"}}},
    {STAFF, "mute end", "NUMBER", "answer it again", NULL, "mute end 0722000001", run_change,
     NONE},
    {STAFF, "staff unlock", "STAFF", "forget the wrong codes that came in their name", NULL,
     "staff unlock jonas", run_change, NONE},
};
/* clang-format on */

const size_t commands_talk_count = sizeof(commands_talk) / sizeof(commands_talk[0]);

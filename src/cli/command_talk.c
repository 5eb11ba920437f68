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
    {STAFF, "staff suspend", "STAFF", "a phone is lost: take no code until further notice",
     NULL, "staff suspend jonas", run_change,
     {{"--end", NULL, "in service again"}}},
    {STAFF, "staff unlock", "STAFF", "forget the wrong codes that came in their name", NULL,
     "staff unlock jonas", run_change, NONE},
};
/* clang-format on */

const size_t commands_talk_count = sizeof(commands_talk) / sizeof(commands_talk[0]);

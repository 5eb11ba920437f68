/* command_rows.h - what rows of the table of commands are written with; for their files
 * alone. */
#ifndef METERPOST_SRC_CLI_COMMAND_ROWS_H
#define METERPOST_SRC_CLI_COMMAND_ROWS_H

#include "cli.h"

extern const struct command commands_field[]; /* watch, registry, read */
extern const size_t commands_field_count;
extern const struct command commands_farm[]; /* modems, alarms */
extern const size_t commands_farm_count;
extern const struct command commands_bus[]; /* wires */
extern const size_t commands_bus_count;
extern const struct command commands_office[]; /* bill and money, set up, profiles, try */
extern const size_t commands_office_count;
extern const struct command commands_money[]; /* prepaid accounts */
extern const size_t commands_money_count;
extern const struct command commands_relay[]; /* supply, orders, technicians */
extern const size_t commands_relay_count;
extern const struct command commands_desk[]; /* the morning, copies, reports */
extern const size_t commands_desk_count;
extern const struct command commands_talk[]; /* staff, and what people write */
extern const size_t commands_talk_count;

/* A table is read by its rows. */
/* clang-format off */

#define LIMIT       {"--limit", "N", "at most N rows"}
#define STATE(list) {"--state", "STATE", list}
#define DAYS        {"--from", "2026-11-01", "from that day or time on"}, \
                    {"--to", "2026-12-01", "before that day or time"}
#define NONE        {{NULL, NULL, NULL}}
#define FIELDS_OF(kind) "Fields are the columns of a file of " kind " (meterpost export " \
                        kind "); FIELD= empties one. What was and is goes into the audit."
#define AT {"--at", "2026-11-22T09:30", "from then on, else from now on"}
#define OPEN_OR_CLOSED {STATE("open, closed"), LIMIT}

#define WATCH    "Watch"
#define MODEMS   "Modems and alarms"
#define WIRES    "Wires: meters on RS-485 and serial servers"
#define REGISTRY "Registry"
#define STAFF    "Staff, and what people write"
#define READ     "Read"
#define BILL     "Bill and money"
#define ARREARS  "Arrears"
#define SUPPLY   "Supply: cut and restore"
#define SET_UP   "Set up"
#define PROFILES "Profiles: how meters speak by text message"
#define TRY      "Try: what the engine would make of an input; no store, no device"
#define ABOUT    "About"

/* clang-format on */

#endif

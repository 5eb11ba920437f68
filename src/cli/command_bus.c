/* command_bus.c - the commands about wires. */
#include "command_rows.h"

/* clang-format off */
const struct command commands_bus[] = {
    {WIRES, "bus list", "[BUS]", "the wires: how they are, who is on them",
     "As `buses:` in the settings has them, and how they are. A meter that is not heard is left alone for a "
     "while, each time twice as long: `bus silent`.",
     "bus list", run_bus_list, NONE},
    {WIRES, "bus jobs", "[SUBJECT]", "what was done on wires, newest first",
     "With a bus or a meter only its own.", "bus jobs rs485-1 --limit 20", run_list,
     {STATE("queued, sent, done, failed, expired, cancelled, in_doubt"), DAYS, LIMIT}},
    {WIRES, "bus silent", "[SUBJECT]", "meters that do not answer on their wire", NULL,
     "bus silent", run_list, {LIMIT}},
    {WIRES, "bus test", "SUBJECT", "talk to a meter now, or to all of a bus",
     "Of one meter everything is shown that travels, in hexadecimal with milliseconds, and what it "
     "means; nothing becomes a reading. Of a bus, who answers.",
     "bus test 000000000161", run_bus_test,
     {{"--read", "02010100 02020100", "identifiers or registers, else those of its kind"},
      {"--wait", "30s", "at most so long, else a minute"}}},
    {WIRES, "bus clock", "SUBJECT", "set the clock of a meter, or of all on a bus",
     "To the time of the utility. On a bus of DL/T 645 it is said to all at once, and a clock moves by "
     "five minutes at most; one meter is written with its password where that is not enough, and read.",
     "bus clock 000000000161", run_bus_clock, {{"--wait", "30s", "at most so long, else a minute"}}},
    {WIRES, "bus freeze", "SUBJECT", "let a meter, or all on a bus, keep what it shows now",
     "All of a bus of DL/T 645 at the same moment; read it with `bus test METER --read 05010101`.",
     "bus freeze rs485-1", run_bus_freeze, {{"--wait", "30s", "at most so long, else a minute"}}},
    {WIRES, "bus baud", "SUBJECT BAUD", "let a meter of DL/T 645, or all on a bus, speak at another speed",
     "Each is proven by an answer at the new speed. Then give the bus that `baud:`, or the meter a "
     "kind of conf/devices that has it.",
     "bus baud 000000000161 9600", run_bus_baud, {{"--wait", "30s", "at most so long, else a minute"}}},
    {WIRES, "bus scan", "BUS [RANGE]", "who is there",
     "Modbus and M-Bus: every address of RANGE (1-247); M-Bus `secondary` by its numbers. DL/T 645 and "
     "CJ/T 188: by wildcard, digit by digit where several answer. IEC 62056-21: who alone is there.",
     "bus scan rs485-2 1-32", run_bus_scan,
     {{"--protocol", "mbus", "else that of the bus"},
      {"--wait", "10m", "at most so long, else five minutes"}}},
    {WIRES, "bus record", "BUS", "keep what travels, from now on",
     "`bus traffic` shows it. The traffic of every job is kept until then.", "bus record rs485-1 --for 2h",
     run_bus_record, {{"--for", "2h", "so long, else an hour; 0s: no more"}}},
    {WIRES, "bus traffic", "SUBJECT", "what travelled in the last jobs of a bus or a meter",
     "Lines of milliseconds, > or < and hexadecimal. `device: replay:FILE` plays such a file.",
     "bus traffic rs485-1 --limit 5", run_bus_traffic, {LIMIT}},
};
/* clang-format on */

const size_t commands_bus_count = sizeof(commands_bus) / sizeof(commands_bus[0]);

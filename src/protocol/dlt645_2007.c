/*
 * dlt645_2007.c - the data identifiers of the edition of 2007.
 */
#include "protocol/dlt645_private.h"

#define ALL  0xFFFFFFFF
#define KIND 0xFFFF0000 /* DI3 and DI2; DI1 is the tariff or phase, DI0 the settlement */
#define PART 0xFFFF00FF /* DI1 is the phase */
#define II   0xFF00FF00 /* freezes: DI2 is its kind, DI0 which one */

/* A table is read by its rows. */
/* clang-format off */

static const struct dlt645_item items[] = {
    /* energy */
    {0x00000000, KIND, TARIFFS, FORM_SIGNED, 4, 2, "kWh", "combined active energy", "1-0:15.8", {0}},
    {0x00010000, KIND, TARIFFS, FORM_NUMBER, 4, 2, "kWh", "forward active energy", "1-0:1.8", {0}},
    {0x00020000, KIND, TARIFFS, FORM_NUMBER, 4, 2, "kWh", "reverse active energy", "1-0:2.8", {0}},
    {0x00030000, KIND, TARIFFS, FORM_SIGNED, 4, 2, "kvarh", "combined reactive energy 1", "1-0:3.8", {0}},
    {0x00040000, KIND, TARIFFS, FORM_SIGNED, 4, 2, "kvarh", "combined reactive energy 2", "1-0:4.8", {0}},
    {0x00050000, KIND, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reactive energy, quadrant 1", "1-0:5.8", {0}},
    {0x00060000, KIND, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reactive energy, quadrant 2", "1-0:6.8", {0}},
    {0x00070000, KIND, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reactive energy, quadrant 3", "1-0:7.8", {0}},
    {0x00080000, KIND, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reactive energy, quadrant 4", "1-0:8.8", {0}},
    {0x00090000, KIND, TARIFFS, FORM_NUMBER, 4, 2, "kVAh", "forward apparent energy", "1-0:9.8", {0}},
    {0x000A0000, KIND, TARIFFS, FORM_NUMBER, 4, 2, "kVAh", "reverse apparent energy", "1-0:10.8", {0}},
    {0x00150000, ALL, ALONE, FORM_NUMBER, 4, 2, "kWh", "forward active energy, phase A", "1-0:21.8.0", {0}},
    {0x00290000, ALL, ALONE, FORM_NUMBER, 4, 2, "kWh", "forward active energy, phase B", "1-0:41.8.0", {0}},
    {0x003D0000, ALL, ALONE, FORM_NUMBER, 4, 2, "kWh", "forward active energy, phase C", "1-0:61.8.0", {0}},
    {0x00900100, ALL, ALONE, FORM_NUMBER, 4, 2, "kWh", "remaining energy", "", {0}},
    {0x00900101, ALL, ALONE, FORM_NUMBER, 4, 2, "kWh", "overdrawn energy", "", {0}},
    {0x00900200, ALL, ALONE, FORM_NUMBER, 4, 2, "", "remaining money", "", {0}},
    {0x00900201, ALL, ALONE, FORM_NUMBER, 4, 2, "", "overdrawn money", "", {0}},

    /* maximum demand with its time */
    {0x01010000, KIND, TARIFFS, FORM_TIMED, 8, 4, "kW", "maximum demand, forward active", "1-0:1.6", {0}},
    {0x01020000, KIND, TARIFFS, FORM_TIMED, 8, 4, "kW", "maximum demand, reverse active", "1-0:2.6", {0}},
    {0x01030000, KIND, TARIFFS, FORM_TIMED, 8, 4, "kvar", "maximum demand, combined reactive 1", "1-0:3.6", {0}},
    {0x01040000, KIND, TARIFFS, FORM_TIMED, 8, 4, "kvar", "maximum demand, combined reactive 2", "1-0:4.6", {0}},

    /* what is now */
    {0x02010000, PART, PHASES, FORM_NUMBER, 2, 1, "V", "voltage", "", {0, 32, 52, 72}},
    {0x02020000, PART, PHASES, FORM_SIGNED, 3, 3, "A", "current", "", {0, 31, 51, 71}},
    {0x02030000, PART, TOTAL_PHASES, FORM_SIGNED, 3, 4, "kW", "active power", "", {16, 36, 56, 76}},
    {0x02040000, PART, TOTAL_PHASES, FORM_SIGNED, 3, 4, "kvar", "reactive power", "", {3, 23, 43, 63}},
    {0x02050000, PART, TOTAL_PHASES, FORM_NUMBER, 3, 4, "kVA", "apparent power", "", {9, 29, 49, 69}},
    {0x02060000, PART, TOTAL_PHASES, FORM_SIGNED, 2, 3, "1", "power factor", "", {13, 33, 53, 73}},
    {0x02070000, PART, PHASES, FORM_NUMBER, 2, 1, "deg", "phase angle", "", {0}},
    {0x02080000, PART, PHASES, FORM_NUMBER, 2, 2, "%", "voltage distortion", "", {0}},
    {0x02090000, PART, PHASES, FORM_NUMBER, 2, 2, "%", "current distortion", "", {0}},
    {0x02800001, ALL, ALONE, FORM_NUMBER, 3, 3, "A", "neutral current", "1-0:91.7.0", {0}},
    {0x02800002, ALL, ALONE, FORM_NUMBER, 2, 2, "Hz", "frequency", "1-0:14.7.0", {0}},
    {0x02800003, ALL, ALONE, FORM_SIGNED, 3, 4, "kW", "active power, mean of a minute", "1-0:16.24.0", {0}},
    {0x02800004, ALL, ALONE, FORM_SIGNED, 3, 4, "kW", "present active demand", "1-0:16.4.0", {0}},
    {0x02800005, ALL, ALONE, FORM_SIGNED, 3, 4, "kvar", "present reactive demand", "1-0:3.4.0", {0}},
    {0x02800006, ALL, ALONE, FORM_NUMBER, 3, 4, "kVA", "present apparent demand", "1-0:9.4.0", {0}},
    {0x02800007, ALL, ALONE, FORM_SIGNED, 2, 1, "C", "temperature inside", "0-0:96.9.0", {0}},
    {0x02800008, ALL, ALONE, FORM_NUMBER, 2, 2, "V", "clock battery", "0-0:96.6.3", {0}},
    {0x02800009, ALL, ALONE, FORM_NUMBER, 2, 2, "V", "outage battery", "", {0}},
    {0x0280000A, ALL, ALONE, FORM_NUMBER, 4, 0, "min", "battery working time", "0-0:96.6.0", {0}},

    /* counters of events */
    {0x03300D00, ALL, ALONE, FORM_NUMBER, 3, 0, "1", "times the cover was opened", "", {0}},
    {0x03300000, ALL, ALONE, FORM_NUMBER, 3, 0, "1", "times it was programmed", "0-0:96.2.0", {0}},
    {0x03300100, ALL, ALONE, FORM_NUMBER, 3, 0, "1", "times it was cleared", "", {0}},
    {0x1D000001, ALL, ALONE, FORM_NUMBER, 3, 0, "1", "times the relay opened", "", {0}},
    {0x1E000001, ALL, ALONE, FORM_NUMBER, 3, 0, "1", "times the relay closed", "", {0}},

    /* parameters */
    {0x04000101, ALL, ALONE, FORM_DATE, 4, 0, "", "date", "1-0:0.9.2", {0}},
    {0x04000102, ALL, ALONE, FORM_TIME, 3, 0, "", "time", "1-0:0.9.1", {0}},
    {0x0400010C, ALL, ALONE, FORM_DATE_TIME, 7, 0, "", "date and time", "0-0:1.0.0", {0}},
    {0x04000103, ALL, ALONE, FORM_NUMBER, 1, 0, "min", "demand period", "1-0:0.8.0", {0}},
    {0x04000104, ALL, ALONE, FORM_NUMBER, 1, 0, "min", "demand slip", "", {0}},
    {0x04000401, ALL, ALONE, FORM_DIGITS, 6, 0, "", "address", "", {0}},
    {0x04000402, ALL, ALONE, FORM_DIGITS, 6, 0, "", "meter number", "0-0:96.1.0", {0}},
    {0x04000403, ALL, ALONE, FORM_ASCII, 32, 0, "", "asset number", "0-0:96.1.1", {0}},
    {0x04000404, ALL, ALONE, FORM_ASCII, 6, 0, "", "rated voltage", "", {0}},
    {0x04000405, ALL, ALONE, FORM_ASCII, 6, 0, "", "rated current", "", {0}},
    {0x04000406, ALL, ALONE, FORM_ASCII, 6, 0, "", "maximum current", "", {0}},
    {0x04000409, ALL, ALONE, FORM_NUMBER, 3, 0, "imp/kWh", "pulses of active energy", "1-0:0.3.0", {0}},
    {0x0400040A, ALL, ALONE, FORM_NUMBER, 3, 0, "imp/kvarh", "pulses of reactive energy", "1-0:0.3.1", {0}},
    {0x0400040B, ALL, ALONE, FORM_ASCII, 10, 0, "", "model", "", {0}},
    {0x0400040C, ALL, ALONE, FORM_ASCII, 10, 0, "", "date of make", "", {0}},
    {0x0400040D, ALL, ALONE, FORM_ASCII, 16, 0, "", "protocol version", "", {0}},
    {0x04000500, 0xFFFFFF00, STATUS_WORDS, FORM_STATUS, 2, 0, "", "status word", "", {0}},
    {0x04000703, ALL, ALONE, FORM_HEX, 1, 0, "", "speed of the first port", "", {0}},
    {0x04000B01, ALL, ALONE, FORM_HEX, 2, 0, "", "first settlement, day and hour", "", {0}},

    /* freezes */
    {0x05000000, II, ALONE, FORM_MINUTE, 5, 0, "", "time of the freeze", "", {0}},
    {0x05000100, II, FREEZE_TARIFFS, FORM_NUMBER, 4, 2, "kWh", "frozen forward active energy", "1-0:1.8", {0}},
    {0x05000200, II, FREEZE_TARIFFS, FORM_NUMBER, 4, 2, "kWh", "frozen reverse active energy", "1-0:2.8", {0}},
    {0x05000300, II, FREEZE_TARIFFS, FORM_SIGNED, 4, 2, "kvarh", "frozen combined reactive energy 1", "1-0:3.8", {0}},
    {0x05000400, II, FREEZE_TARIFFS, FORM_SIGNED, 4, 2, "kvarh", "frozen combined reactive energy 2", "1-0:4.8", {0}},
    {0x05000500, II, FREEZE_TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "frozen reactive energy, quadrant 1", "1-0:5.8", {0}},
    {0x05000600, II, FREEZE_TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "frozen reactive energy, quadrant 2", "1-0:6.8", {0}},
    {0x05000700, II, FREEZE_TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "frozen reactive energy, quadrant 3", "1-0:7.8", {0}},
    {0x05000800, II, FREEZE_TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "frozen reactive energy, quadrant 4", "1-0:8.8", {0}},
    {0x05000900, II, FREEZE_TARIFFS, FORM_TIMED, 8, 4, "kW", "frozen maximum demand, forward", "1-0:1.6", {0}},
    {0x05000A00, II, FREEZE_TARIFFS, FORM_TIMED, 8, 4, "kW", "frozen maximum demand, reverse", "1-0:2.6", {0}},
    {0x05001000, II, FREEZE_POWERS, FORM_SIGNED, 3, 4, "kW", "frozen power", "", {0}},
};

const struct dlt645_item *
dlt645_item_2007(uint32_t id)
{
    return dlt645_item_find(items, sizeof(items) / sizeof(items[0]), id);
}

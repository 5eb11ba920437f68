/*
 * dlt645_1997.c - the data identifiers of the edition of 1997.
 */
#include "protocol/dlt645_private.h"

#define ALL    0xFFFF
#define TARIFF 0xF3F0 /* bits 10 and 11 tell the month, the last four the tariff */
#define PHASE  0xFFF0 /* the last four bits are the phase */

/* A table is read by its rows. */
/* clang-format off */

static const struct dlt645_item items[] = {
    /* energy, and maximum demand with its time, now and of two months */
    {0x9010, TARIFF, TARIFFS, FORM_NUMBER, 4, 2, "kWh", "forward active energy", "1-0:1.8", {0}},
    {0x9020, TARIFF, TARIFFS, FORM_NUMBER, 4, 2, "kWh", "reverse active energy", "1-0:2.8", {0}},
    {0x9110, TARIFF, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "forward reactive energy", "1-0:3.8", {0}},
    {0x9120, TARIFF, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reverse reactive energy", "1-0:4.8", {0}},
    {0x9130, TARIFF, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reactive energy, quadrant 1", "1-0:5.8", {0}},
    {0x9140, TARIFF, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reactive energy, quadrant 4", "1-0:8.8", {0}},
    {0x9150, TARIFF, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reactive energy, quadrant 2", "1-0:6.8", {0}},
    {0x9160, TARIFF, TARIFFS, FORM_NUMBER, 4, 2, "kvarh", "reactive energy, quadrant 3", "1-0:7.8", {0}},
    {0xA010, TARIFF, TARIFFS, FORM_NUMBER, 3, 4, "kW", "maximum demand, forward active", "1-0:1.6", {0}},
    {0xA020, TARIFF, TARIFFS, FORM_NUMBER, 3, 4, "kW", "maximum demand, reverse active", "1-0:2.6", {0}},
    {0xB010, TARIFF, TARIFFS, FORM_MONTH_MINUTE, 4, 0, "", "time of the maximum demand, forward", "", {0}},
    {0xB020, TARIFF, TARIFFS, FORM_MONTH_MINUTE, 4, 0, "", "time of the maximum demand, reverse", "", {0}},

    /* what is now */
    {0xB610, PHASE, PHASES, FORM_NUMBER, 2, 0, "V", "voltage", "", {0, 32, 52, 72}},
    {0xB620, PHASE, PHASES, FORM_NUMBER, 2, 2, "A", "current", "", {0, 31, 51, 71}},
    {0xB630, PHASE, TOTAL_PHASES, FORM_NUMBER, 3, 4, "kW", "active power", "", {1, 21, 41, 61}},
    {0xB640, PHASE, TOTAL_PHASES, FORM_NUMBER, 2, 2, "kvar", "reactive power", "", {3, 23, 43, 63}},
    {0xB650, PHASE, TOTAL_PHASES, FORM_NUMBER, 2, 3, "1", "power factor", "", {13, 33, 53, 73}},
    {0xB660, ALL, ALONE, FORM_NUMBER, 2, 2, "Hz", "frequency", "1-0:14.7.0", {0}},

    /* parameters */
    {0xC010, ALL, ALONE, FORM_DATE, 4, 0, "", "date", "1-0:0.9.2", {0}},
    {0xC011, ALL, ALONE, FORM_TIME, 3, 0, "", "time", "1-0:0.9.1", {0}},
    {0xC020, ALL, ALONE, FORM_HEX, 1, 0, "", "status of the meter", "", {0}},
    {0xC021, ALL, ALONE, FORM_HEX, 1, 0, "", "status of the grid", "", {0}},
    {0xC030, ALL, ALONE, FORM_NUMBER, 3, 0, "imp/kWh", "pulses of active energy", "1-0:0.3.0", {0}},
    {0xC031, ALL, ALONE, FORM_NUMBER, 3, 0, "imp/kvarh", "pulses of reactive energy", "1-0:0.3.1", {0}},
    {0xC032, ALL, ALONE, FORM_DIGITS, 6, 0, "", "meter number", "0-0:96.1.0", {0}},
    {0xC033, ALL, ALONE, FORM_DIGITS, 6, 0, "", "user number", "", {0}},
    {0xC034, ALL, ALONE, FORM_DIGITS, 6, 0, "", "device number", "", {0}},
};

const struct dlt645_item *
dlt645_item_1997(uint32_t id)
{
    return dlt645_item_find(items, sizeof(items) / sizeof(items[0]), id);
}

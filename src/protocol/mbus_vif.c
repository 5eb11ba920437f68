/*
 * mbus_vif.c - what the codes of M-Bus mean: units, media, and registers by OBIS.
 */
#include "protocol/mbus_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TABLE_FB 0xFB
#define TABLE_FD 0xFD

/* A table is read by its rows: energy is in kWh and GJ, whatever the meter's unit. */
/* clang-format off */

static const struct mbus_vif primary[] = {
    {0x00, 0x07, MBUS_SCALED, -6, "kWh", "energy"},
    {0x08, 0x0F, MBUS_SCALED, -9, "GJ", "energy"},
    {0x10, 0x17, MBUS_SCALED, -6, "m3", "volume"},
    {0x18, 0x1F, MBUS_SCALED, -3, "kg", "mass"},
    {0x20, 0x20, MBUS_SCALED, 0, "s", "time on"},
    {0x21, 0x21, MBUS_SCALED, 0, "min", "time on"},
    {0x22, 0x22, MBUS_SCALED, 0, "h", "time on"},
    {0x23, 0x23, MBUS_SCALED, 0, "d", "time on"},
    {0x24, 0x24, MBUS_SCALED, 0, "s", "operating time"},
    {0x25, 0x25, MBUS_SCALED, 0, "min", "operating time"},
    {0x26, 0x26, MBUS_SCALED, 0, "h", "operating time"},
    {0x27, 0x27, MBUS_SCALED, 0, "d", "operating time"},
    {0x28, 0x2F, MBUS_SCALED, -3, "W", "power"},
    {0x30, 0x37, MBUS_SCALED, 0, "J/h", "power"},
    {0x38, 0x3F, MBUS_SCALED, -6, "m3/h", "flow"},
    {0x40, 0x47, MBUS_SCALED, -7, "m3/min", "flow"},
    {0x48, 0x4F, MBUS_SCALED, -9, "m3/s", "flow"},
    {0x50, 0x57, MBUS_SCALED, -3, "kg/h", "mass flow"},
    {0x58, 0x5B, MBUS_SCALED, -3, "C", "flow temperature"},
    {0x5C, 0x5F, MBUS_SCALED, -3, "C", "return temperature"},
    {0x60, 0x63, MBUS_SCALED, -3, "K", "temperature difference"},
    {0x64, 0x67, MBUS_SCALED, -3, "C", "temperature outside"},
    {0x68, 0x6B, MBUS_SCALED, -3, "bar", "pressure"},
    {0x6C, 0x6C, MBUS_DATE, 0, "", "date"},
    {0x6D, 0x6D, MBUS_TIME, 0, "", "time"},
    {0x6E, 0x6E, MBUS_SCALED, 0, "1", "units of heat cost allocation"},
    {0x70, 0x70, MBUS_SCALED, 0, "s", "averaging time"},
    {0x71, 0x71, MBUS_SCALED, 0, "min", "averaging time"},
    {0x72, 0x72, MBUS_SCALED, 0, "h", "averaging time"},
    {0x73, 0x73, MBUS_SCALED, 0, "d", "averaging time"},
    {0x74, 0x74, MBUS_SCALED, 0, "s", "age of the values"},
    {0x75, 0x75, MBUS_SCALED, 0, "min", "age of the values"},
    {0x76, 0x76, MBUS_SCALED, 0, "h", "age of the values"},
    {0x77, 0x77, MBUS_SCALED, 0, "d", "age of the values"},
    {0x78, 0x78, MBUS_DIGITS, 0, "", "serial number"},
    {0x79, 0x79, MBUS_DIGITS, 0, "", "identification"},
    {0x7A, 0x7A, MBUS_PLAIN, 0, "", "primary address"},
    {0x7C, 0x7C, MBUS_TEXT, 0, "", NULL},
};

static const struct mbus_vif table_fb[] = {
    {0x00, 0x01, MBUS_SCALED, 2, "kWh", "energy"},
    {0x08, 0x09, MBUS_SCALED, -1, "GJ", "energy"},
    {0x10, 0x11, MBUS_SCALED, 2, "m3", "volume"},
    {0x18, 0x19, MBUS_SCALED, 5, "kg", "mass"},
    {0x28, 0x29, MBUS_SCALED, 5, "W", "power"},
    {0x30, 0x31, MBUS_SCALED, 8, "J/h", "power"},
};

static const struct mbus_vif table_fd[] = {
    {0x08, 0x08, MBUS_PLAIN, 0, "", "access number"},
    {0x09, 0x09, MBUS_PLAIN, 0, "", "medium"},
    {0x0A, 0x0A, MBUS_PLAIN, 0, "", "maker"},
    {0x0B, 0x0B, MBUS_PLAIN, 0, "", "parameter set"},
    {0x0C, 0x0C, MBUS_PLAIN, 0, "", "model"},
    {0x0D, 0x0D, MBUS_PLAIN, 0, "", "hardware version"},
    {0x0E, 0x0E, MBUS_PLAIN, 0, "", "firmware version"},
    {0x0F, 0x0F, MBUS_PLAIN, 0, "", "software version"},
    {0x10, 0x10, MBUS_DIGITS, 0, "", "customer location"},
    {0x11, 0x11, MBUS_DIGITS, 0, "", "customer"},
    {0x17, 0x17, MBUS_PLAIN, 0, "", "error flags"},
    {0x1A, 0x1A, MBUS_PLAIN, 0, "", "digital output"},
    {0x1B, 0x1B, MBUS_PLAIN, 0, "", "digital input"},
    {0x3A, 0x3A, MBUS_SCALED, 0, "1", "plain number"},
    {0x40, 0x4F, MBUS_SCALED, -9, "V", "voltage"},
    {0x50, 0x5F, MBUS_SCALED, -12, "A", "current"},
    {0x60, 0x60, MBUS_PLAIN, 0, "", "reset counter"},
    {0x61, 0x61, MBUS_PLAIN, 0, "", "cumulation counter"},
    {0x67, 0x67, MBUS_PLAIN, 0, "", "supplier's information"},
};

static const char *const media[] = {
    [0x00] = "other", [0x01] = "oil", [0x02] = "electricity", [0x03] = "gas",
    [0x04] = "heat", [0x05] = "steam", [0x06] = "hot water", [0x07] = "water",
    [0x08] = "heat cost allocator", [0x09] = "compressed air", [0x0A] = "cooling",
    [0x0B] = "cooling", [0x0C] = "heat", [0x0D] = "heat and cooling", [0x0E] = "bus",
    [0x0F] = "unknown", [0x14] = "gas", [0x15] = "hot water", [0x16] = "cold water",
    [0x17] = "hot and cold water", [0x18] = "pressure", [0x19] = "converter",
    [0x20] = "breaker", [0x21] = "valve",
};

/* Register of a medium: by the row of the unit. %t: the tariff goes there. */
static const struct {
    const char *name; /* of the row, with its unit */
    const char *unit;
    unsigned function;
    const char *media; /* letters of media[] below */
    const char *obis;  /* without the tariff */
} registers[] = {
    {"energy", "kWh", 0, "E", "1-0:1.8"},
    {"power", "W", 0, "E", "1-0:1.7"},
    {"power", "W", 1, "E", "1-0:1.6"},
    {"volume", "m3", 0, "G", "7-0:3.0"},
    {"volume", "m3", 0, "W", "8-0:1.0"},
    {"flow", "m3/h", 0, "W", "8-0:2.0"},
    {"volume", "m3", 0, "O", "9-0:1.0"},
    {"flow", "m3/h", 0, "O", "9-0:2.0"},
    {"energy", "kWh", 0, "H", "6-0:1.0"},
    {"energy", "GJ", 0, "H", "6-0:1.0"},
    {"volume", "m3", 0, "H", "6-0:2.0"},
    {"power", "W", 0, "H", "6-0:8.0"},
    {"flow", "m3/h", 0, "H", "6-0:9.0"},
    {"flow temperature", "C", 0, "H", "6-0:10.0"},
    {"return temperature", "C", 0, "H", "6-0:11.0"},
    {"temperature difference", "K", 0, "H", "6-0:12.0"},
    {"energy", "kWh", 0, "C", "5-0:1.0"},
    {"energy", "GJ", 0, "C", "5-0:1.0"},
    {"volume", "m3", 0, "C", "5-0:2.0"},
};

/* clang-format on */

/* The letter of a medium in the table above; NUL for one without registers. */
static char
medium_letter(unsigned medium)
{
    switch (medium) {
    case 0x02: return 'E';
    case 0x03:
    case 0x14: return 'G';
    case 0x07:
    case 0x16: return 'W';
    case 0x06:
    case 0x15: return 'O';
    case 0x04:
    case 0x0C:
    case 0x0D: return 'H';
    case 0x0A:
    case 0x0B: return 'C';
    default: return '\0';
    }
}

static const struct mbus_vif *
row_find(const struct mbus_vif *table, size_t n, unsigned vif)
{
    static const struct mbus_vif unknown = {0, 0, MBUS_UNKNOWN, 0, "", NULL};

    for (size_t i = 0; i < n; i++) {
        if (vif >= table[i].first && vif <= table[i].last)
            return &table[i];
    }
    return &unknown;
}

#define ROWS(table) (table), sizeof(table) / sizeof((table)[0])

const struct mbus_vif *
mbus_vif_find(unsigned table, unsigned vif)
{
    if (table == TABLE_FB)
        return row_find(ROWS(table_fb), vif);
    if (table == TABLE_FD)
        return row_find(ROWS(table_fd), vif);
    return row_find(ROWS(primary), vif);
}

/* A table is read by its rows. */
/* clang-format off */
static const struct {
    uint8_t first, last;
    const char *name;
} vifes[] = {
    {0x20, 0x20, "per second"}, {0x21, 0x21, "per minute"}, {0x22, 0x22, "per hour"}, {0x23, 0x23, "per day"},
    {0x24, 0x24, "per week"}, {0x25, 0x25, "per month"}, {0x26, 0x26, "per year"}, {0x27, 0x27, "per revolution"},
    {0x28, 0x29, "per pulse that comes in"}, {0x2A, 0x2B, "per pulse that goes out"},
    {0x2C, 0x2C, "per litre"}, {0x2D, 0x2D, "per m3"}, {0x2E, 0x2E, "per kg"}, {0x2F, 0x2F, "per K"},
    {0x30, 0x30, "per kWh"}, {0x31, 0x31, "per GJ"}, {0x32, 0x32, "per kW"}, {0x33, 0x33, "per K and litre"},
    {0x34, 0x34, "per V"}, {0x35, 0x35, "per A"}, {0x36, 0x38, "times seconds"},
    {0x39, 0x39, "from when on"}, {0x3A, 0x3A, "not corrected"},
    {0x3B, 0x3B, "forward alone"}, {0x3C, 0x3C, "backward alone"},
    {0x40, 0x40, "lower limit"}, {0x48, 0x48, "upper limit"},
    {0x41, 0x41, "times below the limit"}, {0x49, 0x49, "times above the limit"},
    {0x42, 0x47, "when it was below the limit"}, {0x4A, 0x4F, "when it was above the limit"},
    {0x50, 0x57, "for how long below the limit"}, {0x58, 0x5F, "for how long above the limit"},
    {0x60, 0x67, "for how long"}, {0x68, 0x68, "while below the limit"},
    {0x6C, 0x6C, "while above the limit"}, {0x6A, 0x6F, "when"},
    {0x78, 0x7B, "to be added"}, {0x7E, 0x7E, "that will be"},
};
/* clang-format on */

const char *
mbus_vife_name(unsigned vife)
{
    for (size_t i = 0; i < sizeof(vifes) / sizeof(vifes[0]); i++) {
        if (vife >= vifes[i].first && vife <= vifes[i].last)
            return vifes[i].name;
    }
    return "changed by a VIFE that is not known";
}

const char *
mbus_medium(unsigned code)
{
    return code < sizeof(media) / sizeof(media[0]) ? media[code] : NULL;
}

void
mbus_obis(unsigned medium, const struct mbus_record *r, const struct mbus_vif *vif,
          char *out)
{
    char letter = medium_letter(medium);
    size_t i = 0, n = sizeof(registers) / sizeof(registers[0]);

    out[0] = '\0';
    if (letter == '\0' || vif->kind != MBUS_SCALED || r->extended || r->maker ||
        r->subunit != 0 || r->tariff > 63 || r->storage > 255)
        return;
    while (i < n && !(strcmp(registers[i].name, vif->name) == 0 &&
                      strcmp(registers[i].unit, vif->unit) == 0 &&
                      registers[i].function == r->function &&
                      strchr(registers[i].media, letter) != NULL))
        i++;
    if (i == n)
        return;
    if (r->storage > 0)
        snprintf(out, FRAME_OBIS_MAX, "%s.%u*%" PRIu64, registers[i].obis, r->tariff,
                 r->storage);
    else
        snprintf(out, FRAME_OBIS_MAX, "%s.%u", registers[i].obis, r->tariff);
}

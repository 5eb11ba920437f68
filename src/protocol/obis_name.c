/*
 * obis_name.c - what registers are called, for people who read a log.
 */
#include "protocol/build.h"

#include <stdio.h>

#define PHASES_FROM 21 /* electricity: 21 to 80 are three times 1 to 20, a phase each */
#define PHASES_TO   80
#define PER_PHASE   20
#define ANY         (-1)

/* A table is read by its rows; the first that fits holds. */
/* clang-format off */

static const struct {
    int a, c, d, e;
    const char *name;
} names[] = {
    /* electricity */
    {1, 0, 0, ANY, "serial number"},
    {1, 0, 1, 0, "number of the stored values"},
    {1, 0, 1, ANY, "time of the stored values"},
    {1, 0, 2, ANY, "firmware"},
    {1, 0, 3, ANY, "pulses of a unit"},
    {1, 0, 4, ANY, "ratio of the transformers"},
    {1, 0, 8, ANY, "measuring period"},
    {1, 0, 9, 1, "time"},
    {1, 0, 9, 2, "date"},
    {1, 0, ANY, ANY, "parameter"},
    {1, 1, 8, ANY, "active energy, import"},
    {1, 2, 8, ANY, "active energy, export"},
    {1, 3, 8, ANY, "reactive energy, import"},
    {1, 4, 8, ANY, "reactive energy, export"},
    {1, 5, 8, ANY, "reactive energy, quadrant 1"},
    {1, 6, 8, ANY, "reactive energy, quadrant 2"},
    {1, 7, 8, ANY, "reactive energy, quadrant 3"},
    {1, 8, 8, ANY, "reactive energy, quadrant 4"},
    {1, 9, 8, ANY, "apparent energy, import"},
    {1, 10, 8, ANY, "apparent energy, export"},
    {1, 15, 8, ANY, "active energy, import and export"},
    {1, 16, 8, ANY, "active energy, import less export"},
    {1, 1, 7, ANY, "active power, import"},
    {1, 2, 7, ANY, "active power, export"},
    {1, 3, 7, ANY, "reactive power, import"},
    {1, 4, 7, ANY, "reactive power, export"},
    {1, 9, 7, ANY, "apparent power"},
    {1, 11, 7, ANY, "current"},
    {1, 12, 7, ANY, "voltage"},
    {1, 13, 7, ANY, "power factor"},
    {1, 14, 7, ANY, "frequency"},
    {1, 15, 7, ANY, "active power"},
    {1, 16, 7, ANY, "active power, import less export"},
    {1, 12, 32, ANY, "times the voltage was too low"},
    {1, 12, 36, ANY, "times the voltage was too high"},
    {1, 1, 6, ANY, "maximum demand, import"},
    {1, 2, 6, ANY, "maximum demand, export"},
    {1, ANY, 6, ANY, "maximum demand"},
    {1, ANY, 2, ANY, "maximum demand, cumulated"},
    {1, ANY, 4, ANY, "present demand"},
    {1, ANY, 5, ANY, "demand of the last period"},
    {1, ANY, 9, ANY, "energy of the period"},
    {1, 17, 0, ANY, "limit of power"},
    {1, 81, 7, ANY, "phase angle"},
    {1, 82, 8, ANY, "times it was tampered with"},
    {1, 91, 7, ANY, "neutral current"},
    {1, 94, ANY, ANY, "by the country's own meaning"},
    {1, 96, 5, ANY, "status"},
    {1, 98, ANY, ANY, "stored list"},
    {1, 99, 97, ANY, "power failures"},
    {1, 99, ANY, ANY, "load profile"},
    /* of all kinds */
    {0, 0, 2, ANY, "firmware"},
    {0, 1, 0, ANY, "date and time"},
    {0, 24, 1, ANY, "kind of the meter behind it"},
    {0, 24, 2, ANY, "reading of the meter behind it"},
    {0, 24, 4, ANY, "valve of the meter behind it"},
    {0, 96, 1, ANY, "number of the device"},
    {0, 96, 2, ANY, "changes of its settings"},
    {0, 96, 3, ANY, "relay"},
    {0, 96, 5, ANY, "status"},
    {0, 96, 6, ANY, "battery"},
    {0, 96, 7, ANY, "power failures"},
    {0, 96, 8, ANY, "operating time"},
    {0, 96, 9, ANY, "temperature inside"},
    {0, 96, 13, ANY, "message"},
    {0, 96, 14, ANY, "tariff now"},
    {0, 97, 97, ANY, "error"},
    {0, 98, ANY, ANY, "stored list"},
    {0, 99, ANY, ANY, "load profile"},
    /* heat, gas, water */
    {6, 1, 0, ANY, "energy"},
    {6, 2, 0, ANY, "volume"},
    {6, 8, 0, ANY, "power"},
    {6, 9, 0, ANY, "flow"},
    {6, 10, 0, ANY, "flow temperature"},
    {6, 11, 0, ANY, "return temperature"},
    {7, 3, 0, ANY, "volume"},
    {8, 1, 0, ANY, "volume"},
    {9, 1, 0, ANY, "volume"},
};
/* clang-format on */

static bool
fits(int wanted, int got)
{
    return wanted == ANY || wanted == got;
}

const char *
obis_name(const char *obis)
{
    int a, b, c, d, e;

    if (sscanf(obis, "%3d-%3d:%3d.%3d.%3d", &a, &b, &c, &d, &e) != 5)
        return NULL;
    if (a == 1 && c >= PHASES_FROM && c <= PHASES_TO)
        c = (c - 1) % PER_PHASE + 1;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].a == a && fits(names[i].c, c) && fits(names[i].d, d) &&
            fits(names[i].e, e))
            return names[i].name;
    }
    return NULL;
}

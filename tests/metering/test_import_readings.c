/* Readings from files: what people wrote down, the sheet of a round that they filled in. */
#include "meterpost/metering/import.h"

#include "metering/village.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"

static void
start(void)
{
    make_village();
    settle_village();
}

TestSuite(import_readings, .init = start, .fini = remove_village);

Test(import_readings, readings_are_checked_as_any_other)
{
    struct import_result done;
    struct problems p = {0};
    struct reading r;
    struct meter m;
    bool found;

    cr_assert(import("readings",
                     "meter,register,value,taken_at,source\n"
                     "M1,1-0:1.8.0,150,2025-12-15,manual\n"
                     "M1,1-0:1.8.0,140,2025-12-31,handheld\n",
                     &done, &p),
              "%s", e.text);
    cr_expect_eq(done.rows, 2);
    cr_expect_eq(done.held, 1);
    cr_assert(meter_by_name(s, "M1", &m, &found, &e) && found);
    cr_assert(reading_until(s, m.id, "1-0:1.8.0", now, &r, &found, &e) && found);
    cr_expect_eq(r.value.milli, 150000);
    cr_expect_eq(r.source, SOURCE_MANUAL);
    cr_expect_str_eq(r.unit, "kWh");
}

/* The sheet with what was found: the others could not be read, and say so by nothing. */
Test(import_readings, a_sheet_comes_back_as_it_was_filled_in)
{
    struct import_result done;
    struct problems p = {0};
    struct reading r;
    struct meter m;
    bool found;

    cr_assert(import("readings",
                     "group,address,point,location,name,account,phone,meter,digits,"
                     "last_reading,last_reading_at,register,value,taken_at,source\n"
                     "T1,Plot 1,,,A,1,+254722000001,M1,,100,2025-12-01,1-0:1.8.0,151,"
                     "2025-12-31T10:00,manual\n"
                     "T2,,,,B,2,,W2,,1,2025-12-01,8-0:1.0.0,,,manual\n",
                     &done, &p),
              "%s", e.text);
    cr_expect_eq(done.rows, 1);
    cr_assert(meter_by_name(s, "M1", &m, &found, &e) && found);
    cr_assert(reading_until(s, m.id, "1-0:1.8.0", now, &r, &found, &e) && found);
    cr_expect_eq(r.value.milli, 151000);
    cr_expect_not(import("readings",
                         "meter,last_reading,register,value,taken_at\n"
                         "W2,1,8-0:1.0.0,5,\nW2,1,8-0:1.0.0,,2025-12-31\n",
                         &done, &p));
    cr_expect_eq(problems_total(&p), 2, "half a line is a fault");
    problems_free(&p);
}

Test(import_readings, a_register_may_bring_its_unit)
{
    struct import_result done;
    struct problems p = {0};

    cr_expect_not(import("readings",
                         "meter,register,value,taken_at\nM1,0-0:96.8.0,7,2025-12-31\n",
                         &done, &p));
    cr_expect(strstr(e.text, "add a column unit") != NULL, "%s", e.text);
    problems_free(&p);
    cr_expect(import("readings",
                     "meter,register,value,taken_at,unit\nM1,0-0:96.8.0,7,2025-12-31,h\n",
                     &done, &p),
              "%s", e.text);
}

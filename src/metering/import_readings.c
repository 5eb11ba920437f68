/* Files of readings: what people wrote down, or what another system knew. */
#include "answer.h"
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/unit.h"
#include "meterpost/store/rounds.h"

#include <stdio.h>
#include <string.h>

struct reading_line {
    struct meter meter;
    char obis[OBIS_MAX];
    struct quantity value;
    utc_t taken_at;
    enum reading_source source;
    char unit[UNIT_MAX]; /* "": as the register says */
};

/* struct meter, whole: its digits and installation are needed for the checks. */
static bool
read_meter(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    bool found;

    (void)size;
    if (!meter_by_name(im->with->store, text, to, &found, e))
        return false;
    return found || err_set(e, FAIL_REJECT, "there is no meter '%s'", text);
}

static bool
read_source(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    enum reading_source *source = to;

    (void)im;
    (void)size;
    if (!reading_source_parse(text, source) ||
        (*source != SOURCE_MANUAL && *source != SOURCE_HANDHELD &&
         *source != SOURCE_IMPORT))
        return err_set(e, FAIL_REJECT, "expected manual, handheld or import, got '%s'",
                       text);
    return true;
}

/* What the sheet of a round has beside, for who goes there. */
#define SHEET(name)                                                                        \
    {                                                                                      \
        name, NEED_NOTHING, NULL, 0, 0, false                                              \
    }

static const struct column columns[] = {
    COLUMN("meter", NEED_VALUE, read_meter, struct reading_line, meter),
    COLUMN("register", NEED_VALUE, read_obis, struct reading_line, obis),
    COLUMN("value", NEED_VALUE, read_quantity, struct reading_line, value),
    COLUMN("taken_at", NEED_VALUE, read_past, struct reading_line, taken_at),
    COLUMN("source", NEED_NOTHING, read_source, struct reading_line, source),
    COLUMN("unit", NEED_NOTHING, read_text, struct reading_line, unit),
    SHEET("group"),
    SHEET("address"),
    SHEET("point"),
    SHEET("location"),
    SHEET("name"),
    SHEET("account"),
    SHEET("phone"),
    SHEET("digits"),
    SHEET("last_reading"),
    SHEET("last_reading_at"),
    {0},
};

/* A line of the sheet that nobody filled in: the meter was not read. */
static bool
is_unread(const struct import *im)
{
    return import_has(im, "last_reading") && import_field(im, "value")[0] == '\0' &&
           import_field(im, "taken_at")[0] == '\0';
}

static void
start_reading(struct import *im, void *row)
{
    struct reading_line *line = row;

    (void)im;
    line->source = SOURCE_IMPORT;
}

static bool
look_at_reading(struct import *im, void *row, struct err *e)
{
    struct reading_line *line = row;
    const char *unit = obis_unit(line->obis);

    (void)e;
    if (line->unit[0] == '\0' && unit != NULL)
        text_copy(line->unit, sizeof(line->unit), unit);
    if (line->unit[0] == '\0')
        import_fault(im, "register", "the unit of '%s' is not known: add a column unit",
                     line->obis);
    return true;
}

static bool
keep_reading(struct import *im, const void *row, struct err *e)
{
    const struct reading_line *line = row;
    struct reading r = {.value = line->value,
                        .taken_at = line->taken_at,
                        .received_at = im->with->now,
                        .quality = QUALITY_ACTUAL,
                        .source = line->source};
    struct answer answer = {REQUEST_READ, line->taken_at, 0, im->with->now, im->with->conf};
    int64_t request_id = 0;

    text_copy(r.obis, sizeof(r.obis), line->obis);
    text_copy(r.unit, sizeof(r.unit), line->unit);
    text_copy(r.actor, sizeof(r.actor), im->with->actor);
    if (!metering_reading_add(im->with->store, im->with->conf, &line->meter, 0, &r, e))
        return false;
    if (r.status == READING_REJECTED)
        return import_fault(im, "value", "%s (rule %s)", r.reason, r.flags);
    im->result->held += r.status == READING_HELD;
    if (strcmp(r.obis, metering_main_register(line->meter.commodity)) != 0)
        return true;
    return round_meter_came(im->with->store, line->meter.id, r.status == READING_HELD,
                            line->taken_at, e) &&
           answer_meter(im->with->store, line->meter.id, &answer, &request_id, e);
}

const struct import_kind import_readings = {
    .name = "readings",
    .columns = columns,
    .row_size = sizeof(struct reading_line),
    .start = start_reading,
    .look = look_at_reading,
    .keep = keep_reading,
    .blank = is_unread,
};

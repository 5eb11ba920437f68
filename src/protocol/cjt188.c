/*
 * cjt188.c - CJ/T 188: what a frame says.
 */
#include "protocol/cjt188_private.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>

#define FROM_METER 0x80
#define ABNORMAL   0x40
#define FUNCTION   0x3F
#define ABSENT     0xFF
#define PLACES     2 /* of volumes and heat */

/* ---- fields ---- */

enum form { FORM_NUMBER, FORM_DEGREES, FORM_HOURS, FORM_CLOCK, FORM_STATUS };

/* One field of an answer. obis "": that of the kind of meter. */
struct field {
    enum form form;
    const char *id;
    const char *name;
    const char *obis;
    uint8_t places;
    bool settled; /* of the last settlement day */
};

static const uint8_t form_bytes[] = {
    [FORM_NUMBER] = 5, [FORM_DEGREES] = 3, [FORM_HOURS] = 3,
    [FORM_CLOCK] = 7,  [FORM_STATUS] = 2,
};

#define FIELDS_END                                                                         \
    {                                                                                      \
        FORM_NUMBER, NULL, NULL, NULL, 0, false                                            \
    }

static const struct field volume_fields[] = {
    {FORM_NUMBER, "current", "current", "", PLACES, false},
    {FORM_NUMBER, "settled", "at the last settlement", "", PLACES, true},
    {FORM_CLOCK, "clock", "clock of the meter", NULL, 0, false},
    {FORM_STATUS, "status", "status", NULL, 0, false},
    FIELDS_END,
};

/* What has room for it tells the flow as well. */
static const struct field flow_fields[] = {
    {FORM_NUMBER, "current", "current", "", PLACES, false},
    {FORM_NUMBER, "settled", "at the last settlement", "", PLACES, true},
    {FORM_NUMBER, "flow", "flow", "8-0:2.0.0", 4, false},
    {FORM_CLOCK, "clock", "clock of the meter", NULL, 0, false},
    {FORM_STATUS, "status", "status", NULL, 0, false},
    FIELDS_END,
};
#define FLOW_BYTES 24 /* of these fields */

static const struct field heat_fields[] = {
    {FORM_NUMBER, "settled", "heat at the last settlement", "", PLACES, true},
    {FORM_NUMBER, "current", "heat", "", PLACES, false},
    {FORM_NUMBER, "power", "heat power", "6-0:8.0.0", PLACES, false},
    {FORM_NUMBER, "flow", "flow", "6-0:9.0.0", 4, false},
    {FORM_NUMBER, "volume", "volume", "6-0:2.0.0", PLACES, false},
    {FORM_DEGREES, "supply", "supply temperature", "6-0:10.0.0", 2, false},
    {FORM_DEGREES, "return", "return temperature", "6-0:11.0.0", 2, false},
    {FORM_HOURS, "hours", "working time", "0-0:96.8.0", 0, false},
    {FORM_CLOCK, "clock", "clock of the meter", NULL, 0, false},
    {FORM_STATUS, "status", "status", NULL, 0, false},
    FIELDS_END,
};

static const struct field month_fields[] = {
    {FORM_NUMBER, "settled", "at a settlement", "", PLACES, true},
    FIELDS_END,
};

static const struct field status_fields[] = {
    {FORM_STATUS, "status", "status", NULL, 0, false},
    FIELDS_END,
};

static const struct field clock_fields[] = {
    {FORM_CLOCK, "clock", "clock of the meter", NULL, 0, false},
    FIELDS_END,
};

/* Four bytes of digits with the unit behind them or, by some makers, before them. */
static void
read_number(const struct field *field, const uint8_t *at, struct frame_value *v)
{
    int exponent = 0, other = 0;
    const char *after = unit_code(at[4], &exponent), *before = unit_code(at[0], &other);
    const uint8_t *digits = at;
    uint64_t number;

    if (after == NULL && before != NULL) {
        after = before;
        exponent = other;
        digits = at + 1;
    }
    if (bytes_all(digits, 4, ABSENT)) {
        text_copy(v->unit, sizeof(v->unit), after == NULL ? "" : after);
        value_state(v, FRAME_ABSENT, "not kept");
        return;
    }
    if (after == NULL) {
        value_bytes(v, at, 5);
        value_note(v, "%02X is no known unit", at[4]);
        v->obis[0] = '\0';
        return;
    }
    if (bcd_read(digits, 4, &number)) {
        value_unsigned(v, number, field->places - exponent, after);
    } else {
        text_copy(v->unit, sizeof(v->unit), after);
        value_state(v, FRAME_BROKEN, "not decimal");
    }
}

static void
read_short(const struct field *field, const uint8_t *at, const char *unit,
           struct frame_value *v)
{
    uint64_t number;

    text_copy(v->unit, sizeof(v->unit), unit);
    if (bytes_all(at, 3, ABSENT))
        value_state(v, FRAME_ABSENT, "not kept");
    else if (!bcd_read(at, 3, &number))
        value_state(v, FRAME_BROKEN, "not decimal");
    else
        value_unsigned(v, number, field->places, unit);
}

/* ss mm hh DD MM YY YY; one maker sends it the other way round. */
static void
read_clock(const uint8_t *at, struct frame_value *v, struct frame *f)
{
    const uint8_t reversed[] = {at[6], at[5], at[4], at[3], at[2], at[1], at[0]};
    struct frame_time t;

    if (at[6] == 0x20 && bcd_time(at, &t)) {
        value_time(v, &t);
    } else if (at[0] == 0x20 && bcd_time(reversed, &t)) {
        value_time(v, &t);
        value_note(v, "high byte first");
    } else {
        bool none = bytes_all(at, 7, 0) || bytes_all(at, 7, ABSENT);

        value_state(v, none ? FRAME_ABSENT : FRAME_BROKEN, none ? "not set" : "no time");
        return;
    }
    f->time = t;
}

static void
read_status(const uint8_t *at, struct frame_value *v, struct frame *f)
{
    static const enum frame_valve valves[] = {FRAME_VALVE_OPEN, FRAME_VALVE_CLOSED,
                                              FRAME_VALVE_NONE, FRAME_VALVE_FAULT};

    value_bytes(v, at, 2);
    f->valve = valves[at[0] & 3];
    if (f->valve != FRAME_VALVE_NONE)
        value_note(v, "valve %s", frame_valve_name(f->valve));
    if (at[0] & 4)
        value_note(v, "battery low");
    frame_event(f, "device-fault", f->valve == FRAME_VALVE_FAULT);
    frame_event(f, "battery-low", (at[0] & 4) != 0);
}

/* One answer while it is read: `data` moves on. */
struct reader {
    const struct cjt188_kind *kind;
    unsigned id; /* identifier, high byte first */
    const uint8_t *data;
    size_t n;
    struct frame *f;
};

static void
read_field(struct reader *r, const struct field *field)
{
    struct frame_value *v = frame_value_add(r->f, field->name);
    unsigned month = r->id >= 0xD120 && r->id <= 0xD12B ? r->id - 0xD120 + 1 : 1;

    text_copy(v->id, sizeof(v->id), field->id);
    if (field->obis != NULL)
        text_copy(v->obis, sizeof(v->obis),
                  field->obis[0] != '\0' ? field->obis : r->kind->obis);
    if (field->settled && v->obis[0] != '\0')
        snprintf(v->obis, sizeof(v->obis), "%s*%u", r->kind->obis, month);
    switch (field->form) {
    case FORM_NUMBER: read_number(field, r->data, v); break;
    case FORM_DEGREES: read_short(field, r->data, "C", v); break;
    case FORM_HOURS: read_short(field, r->data, "h", v); break;
    case FORM_CLOCK: read_clock(r->data, v, r->f); break;
    case FORM_STATUS: read_status(r->data, v, r->f); break;
    }
    r->data += form_bytes[field->form];
    r->n -= form_bytes[field->form];
}

static void
read_rest(struct reader *r)
{
    struct frame_value *v;

    if (r->n == 0)
        return;
    v = frame_value_add(r->f, "further data");
    snprintf(v->id, sizeof(v->id), "%04X", r->id);
    value_bytes(v, r->data, r->n);
}

static void
read_fields(struct reader *r, const struct field *fields)
{
    for (; fields->id != NULL && r->n >= form_bytes[fields->form]; fields++)
        read_field(r, fields);
    if (fields->id != NULL)
        frame_note(r->f, "ends before %s", fields->name);
    read_rest(r);
}

/* ---- what it says ---- */

static bool
id_known(unsigned id)
{
    return id == 0x901F || (id >= 0xD120 && id <= 0xD12B) ||
           (id >= 0x8102 && id <= 0x810A) || (id >= 0xA010 && id <= 0xA019);
}

static void
read_valve_command(struct reader *r)
{
    struct frame_value *v = frame_value_add(r->f, "valve control");

    text_copy(v->id, sizeof(v->id), "valve");
    if (r->n == 1 && *r->data == 0x55) {
        value_text(v, "open");
    } else if (r->n == 1 && *r->data == 0x99) {
        value_text(v, "close");
    } else {
        value_bytes(v, r->data, r->n);
        value_note(v, "neither 55 nor 99");
    }
}

static void
read_asked(struct reader *r)
{
    bool now = r->id == 0x901F;
    struct frame_value *v = frame_value_add(r->f, now ? "what the meter shows now"
                                                      : "what this identifier stands for");

    snprintf(v->id, sizeof(v->id), "%04X", r->id);
    if (now)
        text_copy(v->obis, sizeof(v->obis), r->kind->obis);
    value_state(v, FRAME_ASKED, NULL);
    read_rest(r);
}

static void
read_reply(struct reader *r, unsigned function)
{
    if (function == 0x04)
        read_fields(r, status_fields);
    else if (r->id == 0x901F)
        read_fields(r, r->kind->heat        ? heat_fields
                       : r->n >= FLOW_BYTES ? flow_fields
                                            : volume_fields);
    else if (r->id >= 0xD120 && r->id <= 0xD12B)
        read_fields(r, month_fields);
    else
        read_rest(r);
}

static void
read_request(struct reader *r, unsigned function)
{
    if (function == 0x04 && r->id == 0xA017)
        read_valve_command(r);
    else if (function == 0x04 && r->id == 0xA015)
        read_fields(r, clock_fields);
    else if (function == 0x04 || function == 0x15 || function == 0x16)
        read_rest(r);
    else
        read_asked(r);
}

static void
read_abnormal(const uint8_t *data, size_t n, struct frame *f)
{
    char hex[2 * 255 + 1];

    if (n == 3)
        f->sequence = data[0];
    hex_print(n == 3 ? data + 1 : data, n == 3 ? 2 : n, hex);
    snprintf(f->exception, sizeof(f->exception), "refused, status %s", hex);
}

static const char *
function_name(unsigned code)
{
    switch (code) {
    case 0x01: return "read";
    case 0x03: return "read address";
    case 0x04: return "write";
    case 0x09: return "read key version";
    case 0x15: return "write address";
    case 0x16: return "set counter";
    default: return NULL;
    }
}

bool
cjt188_decode(const uint8_t *bytes, size_t n, struct frame *f)
{
    const uint8_t *at = cjt188_find(bytes, n, f);
    struct reader r = {.f = f};
    unsigned control, swapped;

    if (at == NULL)
        return false;
    r.kind = cjt188_kind_find(at[1]);
    r.data = at + CJT188_HEAD;
    r.n = at[CJT188_HEAD - 1];
    control = at[CJT188_HEAD - 2];
    bytes_reverse_hex(at + 2, CJT188_ADDRESS, f->address);
    snprintf(f->control, sizeof(f->control), "%02X", control);
    f->medium = r.kind->name;
    f->direction = control & FROM_METER ? FRAME_REPLY : FRAME_REQUEST;
    f->function = function_name(control & FUNCTION);
    if (control & ABNORMAL) {
        read_abnormal(r.data, r.n, f);
        return true;
    }
    if (r.n < CJT188_ID)
        return frame_refuse(f, FRAME_DATA, "%zu bytes are too few for an identifier", r.n);
    r.id = (unsigned)r.data[0] << 8 | r.data[1];
    swapped = (unsigned)r.data[1] << 8 | r.data[0];
    if (!id_known(r.id) && id_known(swapped))
        r.id = swapped;
    f->sequence = r.data[2];
    r.data += CJT188_ID;
    r.n -= CJT188_ID;
    if (f->direction == FRAME_REPLY)
        read_reply(&r, control & FUNCTION);
    else
        read_request(&r, control & FUNCTION);
    return true;
}

/*
 * dlt645_data.c - the data behind an identifier into values, by the row of its table.
 */
#include "meterpost/base/text.h"
#include "protocol/dlt645_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN        "what its maker means"
#define SIGN_BIT       0x80
#define TIMED_NUMBER   3 /* bytes of FORM_TIMED before its time */
#define BLOCK_2007     0xFF
#define BLOCK_1997     0x0F
#define POWER_PHASES   4
#define ACTIVE_POWER   0x02030000
#define REACTIVE_POWER 0x02040000

const struct dlt645_item *
dlt645_item_find(const struct dlt645_item *table, size_t count, uint32_t id)
{
    for (size_t i = 0; i < count; i++) {
        if ((id & table[i].mask) == table[i].id)
            return &table[i];
    }
    return NULL;
}

bool
dlt645_id_parse(enum dlt645_edition edition, const char *text, uint32_t *id)
{
    size_t digits = edition == DLT645_2007 ? 8 : 4;

    if (strlen(text) != digits || strspn(text, "0123456789ABCDEFabcdef") != digits)
        return false;
    *id = (uint32_t)strtoul(text, NULL, 16);
    return true;
}

const char *
dlt645_id_print(enum dlt645_edition edition, uint32_t id, char *out)
{
    snprintf(out, FRAME_ID_MAX, edition == DLT645_2007 ? "%08X" : "%04X", (unsigned)id);
    return out;
}

/* ---- one item ---- */

static void
read_number(const struct dlt645_item *item, const uint8_t *data, size_t n,
            struct frame_value *v)
{
    uint8_t bytes[sizeof(uint64_t)];
    uint64_t number;
    bool minus;

    memcpy(bytes, data, n);
    minus = item->form == FORM_SIGNED && (bytes[n - 1] & SIGN_BIT) != 0;
    if (minus)
        bytes[n - 1] &= (uint8_t)~SIGN_BIT;
    text_copy(v->unit, sizeof(v->unit), item->unit);
    if (!bcd_read(bytes, n, &number)) {
        value_state(v, FRAME_BROKEN, "not decimal");
        return;
    }
    value_number(v, minus ? -(int64_t)number : (int64_t)number, item->places, item->unit);
}

/* mm hh DD MM YY */
static bool
read_minute(const uint8_t *data, struct frame_time *t)
{
    uint8_t whole[6] = {0};

    memcpy(whole + 1, data, 5);
    if (!bcd_time(whole, t))
        return false;
    t->second = -1;
    return true;
}

static void
read_timed(const struct dlt645_item *item, const uint8_t *data, struct frame_value *v)
{
    const uint8_t *time = data + TIMED_NUMBER;

    read_number(item, data, TIMED_NUMBER, v);
    if (!read_minute(time, &v->time) && !bytes_all(time, 5, 0)) {
        value_note(v, "its time is none");
    }
}

static void
read_date(const uint8_t *data, struct frame_value *v)
{
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    uint8_t whole[6] = {0, 0, 0, data[1], data[2], data[3]};
    struct frame_time t;

    if (!bcd_time(whole, &t)) {
        value_state(v, FRAME_BROKEN, "no date");
        return;
    }
    t.hour = -1;
    value_time(v, &t);
    if (data[0] < sizeof(days) / sizeof(days[0]))
        value_note(v, "%s", days[data[0]]);
}

/* ss mm hh WW DD MM YY */
static void
read_date_time(const uint8_t *data, struct frame_value *v)
{
    const uint8_t whole[6] = {data[0], data[1], data[2], data[4], data[5], data[6]};
    struct frame_time t;

    if (bcd_time(whole, &t))
        value_time(v, &t);
    else
        value_state(v, FRAME_BROKEN, "no time");
}

static void
read_freeze_time(const uint8_t *data, struct frame_value *v)
{
    struct frame_time t;

    if (read_minute(data, &t))
        value_time(v, &t);
    else
        value_state(v, bytes_all(data, 5, 0) ? FRAME_ABSENT : FRAME_BROKEN, "no time");
}

/* mm hh DD MM: the year is not told. */
static void
read_month_minute(const uint8_t *data, struct frame_value *v)
{
    struct frame_time t = {.year = 2000, /* a leap year */
                           .month = bcd_byte(data[3]),
                           .day = bcd_byte(data[2]),
                           .hour = bcd_byte(data[1]),
                           .minute = bcd_byte(data[0]),
                           .second = -1};

    if (t.hour < 0 || !frame_time_valid(&t))
        value_state(v, bytes_all(data, 4, 0) ? FRAME_ABSENT : FRAME_BROKEN, "no time");
    else
        snprintf(v->text, sizeof(v->text), "--%02d-%02dT%02d:%02d", t.month, t.day, t.hour,
                 t.minute);
}

static void
read_status(const uint8_t *data, uint32_t id, struct frame_value *v, struct frame *f)
{
    bytes_reverse_hex(data, 2, v->text);
    dlt645_status_read(id & 0xFF, data[0] | (unsigned)data[1] << 8, v, f);
}

static void
item_read(const struct dlt645_item *item, uint32_t id, const uint8_t *data,
          struct frame_value *v, struct frame *f)
{
    if (item->form != FORM_HEX && item->form != FORM_STATUS &&
        bytes_all(data, item->bytes, 0xFF)) {
        text_copy(v->unit, sizeof(v->unit), item->unit);
        value_state(v, FRAME_ABSENT, "not measured");
        return;
    }
    switch (item->form) {
    case FORM_NUMBER:
    case FORM_SIGNED: read_number(item, data, item->bytes, v); break;
    case FORM_TIMED: read_timed(item, data, v); break;
    case FORM_DIGITS:
    case FORM_HEX: bytes_reverse_hex(data, item->bytes, v->text); break;
    case FORM_ASCII: value_ascii(v, data, item->bytes, true); break;
    case FORM_DATE: read_date(data, v); break;
    case FORM_TIME:
        value_time_of_day(v, bcd_byte(data[2]), bcd_byte(data[1]), bcd_byte(data[0]));
        break;
    case FORM_DATE_TIME: read_date_time(data, v); break;
    case FORM_MINUTE: read_freeze_time(data, v); break;
    case FORM_MONTH_MINUTE: read_month_minute(data, v); break;
    case FORM_STATUS: read_status(data, id, v, f); break;
    }
}

/* ---- which items an identifier stands for ---- */

/* An identifier taken apart. */
struct place {
    enum dlt645_edition edition;
    uint32_t id;
    bool block;      /* all parts, one after another   */
    bool all_stored; /* of all settlements             */
    unsigned part;   /* tariff, phase or status word   */
    unsigned stored; /* 0 is now, 1 the last settlement */
};

static struct place
place_of(enum dlt645_edition edition, const struct dlt645_item *item, uint32_t id)
{
    struct place p = {.edition = edition, .id = id};

    if (edition == DLT645_1997) {
        p.part = id & BLOCK_1997;
        p.block = item->series != ALONE && p.part == BLOCK_1997;
        p.stored = item->series == TARIFFS ? id >> 10 & 3 : 0;
        return p;
    }
    p.part = item->series == STATUS_WORDS ? id & 0xFF : id >> 8 & 0xFF;
    p.block = item->series != ALONE && p.part == BLOCK_2007;
    p.stored = id & 0xFF;
    p.all_stored = item->series == TARIFFS && p.stored == 0xFF;
    if (item->series == FREEZE_TARIFFS || item->series == FREEZE_POWERS) {
        p.block = true;
        p.part = 0;
    }
    return p;
}

/* The first item of a block, then the next. */
static void
place_start(struct place *p, const struct dlt645_item *item)
{
    if (p->block)
        p->part = item->series == PHASES || item->series == STATUS_WORDS ? 1 : 0;
    else if (p->all_stored)
        p->stored = 0;
}

static void
place_next(struct place *p)
{
    if (p->block)
        p->part++;
    else
        p->stored++;
}

/* The identifier of this one item alone. */
static uint32_t
place_id(const struct place *p, const struct dlt645_item *item)
{
    if (item->series == ALONE || item->series == FREEZE_TARIFFS ||
        item->series == FREEZE_POWERS)
        return p->id;
    if (p->edition == DLT645_1997)
        return (p->id & ~(uint32_t)BLOCK_1997) | (p->part & BLOCK_1997);
    if (item->series == STATUS_WORDS)
        return (p->id & ~(uint32_t)0xFF) | (p->part & 0xFF);
    return (p->id & 0xFFFF0000) | (p->part & 0xFF) << 8 | (p->stored & 0xFF);
}

static void
place_obis(const struct place *p, const struct dlt645_item *item, char *out)
{
    bool tariffs = item->series == TARIFFS || item->series == FREEZE_TARIFFS;

    out[0] = '\0';
    if (item->series == ALONE) {
        text_copy(out, FRAME_OBIS_MAX, item->obis);
    } else if (tariffs && item->obis[0] != '\0' && !(p->block && p->part > 63)) {
        if (p->stored > 0)
            snprintf(out, FRAME_OBIS_MAX, "%s.%u*%u", item->obis, p->part, p->stored);
        else
            snprintf(out, FRAME_OBIS_MAX, "%s.%u", item->obis, p->part);
    } else if (p->part < sizeof(item->codes) && item->codes[p->part] != 0) {
        snprintf(out, FRAME_OBIS_MAX, "1-0:%u.7.0", (unsigned)item->codes[p->part]);
    }
}

/* The powers of a freeze are those of two other rows. */
static const struct dlt645_item *
power_of(const struct place *p, struct place *as)
{
    *as = *p;
    as->part = p->part % POWER_PHASES;
    return dlt645_item_2007(p->part < POWER_PHASES ? ACTIVE_POWER : REACTIVE_POWER);
}

static struct frame_value *
value_at(const struct place *p, const struct dlt645_item *item, struct frame *f)
{
    struct frame_value *v = frame_value_add(f, item->name);
    struct place as;

    dlt645_id_print(p->edition, place_id(p, item), v->id);
    if (item->series == FREEZE_POWERS) {
        v->name = power_of(p, &as)->name;
        value_note(v, "of the freeze");
    } else {
        place_obis(p, item, v->obis);
    }
    return v;
}

static const struct dlt645_item *
item_of(enum dlt645_edition edition, uint32_t id)
{
    return edition == DLT645_2007 ? dlt645_item_2007(id) : dlt645_item_1997(id);
}

static void
read_one(const struct place *p, const struct dlt645_item *item, const uint8_t *data,
         struct frame *f)
{
    struct frame_value *v = value_at(p, item, f);
    struct place as;

    if (item->series == FREEZE_POWERS)
        item = power_of(p, &as);
    item_read(item, place_id(p, item), data, v, f);
}

static void
read_unknown(enum dlt645_edition edition, uint32_t id, const uint8_t *data, size_t n,
             struct frame *f)
{
    struct frame_value *v = frame_value_add(f, UNKNOWN);

    dlt645_id_print(edition, id, v->id);
    value_bytes(v, data, n);
    value_note(v, "no known identifier: bytes as they were sent");
}

void
dlt645_data_read(enum dlt645_edition edition, uint32_t id, const uint8_t *data, size_t n,
                 struct frame *f)
{
    const struct dlt645_item *item = item_of(edition, id);
    struct place p;

    if (item == NULL) {
        read_unknown(edition, id, data, n, f);
        return;
    }
    p = place_of(edition, item, id);
    place_start(&p, item);
    while (n >= item->bytes) {
        read_one(&p, item, data, f);
        data += item->bytes;
        n -= item->bytes;
        if (!p.block && !p.all_stored)
            break;
        place_next(&p);
    }
    if (f->n_values == 0)
        frame_refuse(f, FRAME_DATA, "%zu bytes are too few for %s", n, item->name);
    else if (n > 0)
        frame_note(f, "%zu more bytes that belong to nothing", n);
}

void
dlt645_data_asked(enum dlt645_edition edition, uint32_t id, struct frame *f)
{
    const struct dlt645_item *item = item_of(edition, id);
    struct frame_value *v;
    struct place p;

    if (item == NULL) {
        v = frame_value_add(f, UNKNOWN);
        dlt645_id_print(edition, id, v->id);
    } else {
        p = place_of(edition, item, id);
        v = frame_value_add(f, item->name);
        dlt645_id_print(edition, id, v->id);
        if (!p.block && !p.all_stored)
            place_obis(&p, item, v->obis);
        text_copy(v->unit, sizeof(v->unit), item->unit);
    }
    value_state(v, FRAME_ASKED, NULL);
}

bool
dlt645_values(enum dlt645_edition edition, const char *id, const uint8_t *data, size_t n,
              struct frame *f)
{
    uint32_t number;

    if (!dlt645_id_parse(edition, id, &number))
        return frame_refuse(f, FRAME_DATA, "'%.20s' is no data identifier", id);
    frame_clear(f);
    dlt645_data_read(edition, number, data, n, f);
    return f->fault == FRAME_VALID;
}

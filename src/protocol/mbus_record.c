/*
 * mbus_record.c - the records of the variable data structure: DIF, VIF and data.
 */
#include "meterpost/base/text.h"
#include "protocol/mbus_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EXTENDED      0x80
#define EXTENSIONS    10 /* DIFE or VIFE of one record */
#define DIF_LENGTH    0x0F
#define DIF_VARIABLE  0x0D
#define DIF_SPECIAL   0x0F
#define DIF_FILLER    0x2F
#define DIF_MAKER     0x0F
#define DIF_MAKER_TOO 0x1F /* and another telegram follows */
#define VIF_TEXT      0x7C
#define VIF_MAKER     0x7F
#define TABLE_FB      0xFB
#define TABLE_FD      0xFD
#define FLOAT_PLACES  6
#define FACTOR_MAX    12
#define STORAGE_DIFES 9 /* more storage bits than that nobody counts */
#define TIMES_MAX     32

/* Where a record begins and what is left behind it. */
struct cursor {
    const uint8_t *at;
    size_t n;
};

static bool
take_byte(struct cursor *c, uint8_t *out)
{
    if (c->n == 0)
        return false;
    *out = *c->at++;
    c->n--;
    return true;
}

static bool
take_bytes(struct cursor *c, size_t n, const uint8_t **out)
{
    if (c->n < n)
        return false;
    *out = c->at;
    c->at += n;
    c->n -= n;
    return true;
}

/* ---- DIF and VIF ---- */

static bool
take_difs(struct cursor *c, struct mbus_record *r)
{
    uint8_t byte;

    if (!take_byte(c, &r->dif))
        return false;
    r->function = r->dif >> 4 & 3;
    r->storage = r->dif >> 6 & 1;
    byte = r->dif;
    for (unsigned i = 0; byte & EXTENDED; i++) {
        if (i == EXTENSIONS || !take_byte(c, &byte))
            return false;
        if (i < STORAGE_DIFES)
            r->storage |= (uint64_t)(byte & 15) << (1 + 4 * i);
        if (i < 8) {
            r->tariff |= (byte >> 4 & 3u) << 2 * i;
            r->subunit |= (byte >> 6 & 1u) << i;
        }
    }
    return true;
}

/* What a VIFE does to the number: only scale it, or make it something else. */
static void
apply_vife(struct mbus_record *r, uint8_t vife)
{
    unsigned code = vife & 0x7F;

    if (r->maker) /* what follows is the maker's too */
        return;
    if (code >= 0x70 && code <= 0x77)
        r->exponent += (int)code - 0x76;
    else if (code == 0x7D)
        r->exponent += 3;
    else if (code == 0x7F)
        r->maker = true;
    else if (!r->extended) {
        r->extended = true;
        r->vife = (uint8_t)code;
    }
}

static bool
take_vifs(struct cursor *c, struct mbus_record *r)
{
    uint8_t byte, length;

    if (!take_byte(c, &byte))
        return false;
    r->vif = byte & 0x7F;
    if (byte == TABLE_FB || byte == TABLE_FD) {
        r->table = byte;
        if (!take_byte(c, &byte))
            return false;
        r->vif = byte & 0x7F;
    } else if (r->vif == VIF_TEXT) {
        if (!take_byte(c, &length) || !take_bytes(c, length, &r->unit_text))
            return false;
        r->unit_length = length;
    }
    r->maker = r->table == 0 && r->vif == VIF_MAKER;
    for (unsigned i = 0; byte & EXTENDED; i++) {
        if (i == EXTENSIONS || !take_byte(c, &byte))
            return false;
        apply_vife(r, byte);
    }
    return true;
}

/* Bytes of the data by DIF; of a variable length its first byte tells. */
static bool
take_data(struct cursor *c, struct mbus_record *r)
{
    static const uint8_t lengths[] = {0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0};
    uint8_t first;

    r->n = lengths[r->dif & DIF_LENGTH];
    if ((r->dif & DIF_LENGTH) == DIF_VARIABLE) {
        if (c->n == 0)
            return false;
        first = *c->at;
        if (first < 0xC0)
            r->n = first + (size_t)1;
        else if (first <= 0xC9 || (first >= 0xD0 && first <= 0xD9))
            r->n = (first & 15) + (size_t)1;
        else if (first >= 0xE0 && first <= 0xEF)
            r->n = first - 0xE0 + (size_t)1;
        else if (first >= 0xF0 && first <= 0xF4)
            r->n = 4 * (first - (size_t)0xEC) + 1;
        else
            return false;
    }
    return take_bytes(c, r->n, &r->data);
}

/* ---- data ---- */

/* Two's complement, low byte first; n is 1 to 8. */
static int64_t
read_integer(const uint8_t *data, size_t n)
{
    uint64_t number = data[n - 1] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = n; i > 0; i--)
        number = number << 8 | data[i - 1];
    return (int64_t)number;
}

/* Decimals; F in the highest half-byte is a minus. */
static bool
read_decimals(const uint8_t *data, size_t n, bool minus, int64_t *out)
{
    uint8_t bytes[9] = {0};
    uint64_t number;

    if (n == 0 || n > 9)
        return false;
    memcpy(bytes, data, n);
    if (bytes[n - 1] >> 4 == 0xF) {
        bytes[n - 1] &= 0x0F;
        minus = !minus;
    }
    if (!bcd_read(bytes, n, &number) || number > INT64_MAX)
        return false;
    *out = minus ? -(int64_t)number : (int64_t)number;
    return true;
}

/* Type G: day, month and year in 16 bits. */
static bool
read_date(const uint8_t *d, struct frame_time *t)
{
    int year = d[0] >> 5 | (d[1] >> 4) << 3;

    *t = (struct frame_time){.year = year <= 80 ? 2000 + year : 1900 + year,
                             .month = d[1] & 15,
                             .day = d[0] & 31,
                             .hour = -1,
                             .second = -1};
    return frame_time_valid(t);
}

/* Type F: minute first, in 32 bits; type I has seconds before it, in 48. */
static bool
read_time(const uint8_t *d, size_t n, struct frame_time *t)
{
    int second = -1;
    uint8_t minute, hour;

    if (n == 6)
        second = *d++ & 63;
    minute = d[0];
    hour = d[1];
    if (!read_date(d + 2, t) || (n == 4 && minute & 0x80))
        return false;
    t->hour = hour & 31;
    t->minute = minute & 63;
    t->second = second;
    return frame_time_valid(t);
}

static void
read_moment(const struct mbus_record *r, struct frame_value *v)
{
    struct frame_time t;
    bool good = false;

    if (r->n == 2)
        good = read_date(r->data, &t);
    else if (r->n == 4 || r->n == 6)
        good = read_time(r->data, r->n, &t);
    if (good) {
        value_time(v, &t);
        v->time = t;
    } else {
        value_state(v, bytes_all(r->data, r->n, 0) ? FRAME_ABSENT : FRAME_BROKEN,
                    "no time");
    }
}

/* Power of ten that the number is to be multiplied with. */
static int
exponent_of(const struct mbus_record *r, const struct mbus_vif *vif)
{
    int steps = vif->kind == MBUS_SCALED ? r->vif - vif->first : 0;

    return vif->exponent + steps + r->exponent;
}

/* First the length, then text last character first, decimals or bytes. */
static void
read_variable(const struct mbus_record *r, const struct mbus_vif *vif,
              struct frame_value *v)
{
    uint8_t first = r->data[0];
    int64_t number;

    if (first < 0xC0)
        value_ascii(v, r->data + 1, r->n - 1, true);
    else if (first >= 0xE0)
        value_bytes(v, r->data + 1, r->n - 1);
    else if (read_decimals(r->data + 1, r->n - 1, first >= 0xD0, &number))
        value_number(v, number, -exponent_of(r, vif), vif->unit);
    else
        value_state(v, FRAME_BROKEN, "not decimal");
}

static bool
is_decimal(const struct mbus_record *r)
{
    unsigned kind = r->dif & DIF_LENGTH;

    return (kind >= 0x9 && kind <= 0xC) || kind == 0xE;
}

static void
read_number(const struct mbus_record *r, const struct mbus_vif *vif, struct frame_value *v)
{
    int exponent = exponent_of(r, vif);
    const char *unit = vif->unit;
    int64_t number;

    text_copy(v->unit, sizeof(v->unit), unit);
    if ((r->dif & DIF_LENGTH) == 5) {
        uint32_t bits = (uint32_t)read_integer(r->data, 4);
        int64_t factor = 1;

        for (int i = 0; i < exponent && i <= FACTOR_MAX; i++)
            factor *= 10; /* one more than FACTOR_MAX is refused as too large */
        value_float(v, bits, factor, exponent < 0 ? -exponent : 0, FLOAT_PLACES, unit);
        return;
    }
    if (!is_decimal(r))
        number = read_integer(r->data, r->n);
    else if (!read_decimals(r->data, r->n, false, &number)) {
        value_state(v, FRAME_BROKEN, "not decimal");
        return;
    }
    value_number(v, number, -exponent, unit);
}

/* The name in plain text, where the unit is one. */
static void
read_unit_text(const struct mbus_record *r, struct frame_value *v)
{
    struct frame_value name = {.text = ""};

    value_ascii(&name, r->unit_text, r->unit_length, true);
    value_note(v, "'%.60s'", name.text);
}

static void
read_value(const struct mbus_record *r, const struct mbus_vif *vif, struct frame_value *v)
{
    if (r->n == 0)
        value_state(v, FRAME_ABSENT, NULL);
    else if ((r->dif & DIF_LENGTH) == DIF_VARIABLE)
        read_variable(r, vif, v);
    else if (r->table == 0 && r->vif == VIF_MAKER)
        value_bytes(v, r->data, r->n);
    else if (vif->kind == MBUS_DATE || vif->kind == MBUS_TIME)
        read_moment(r, v);
    else if (vif->kind == MBUS_DIGITS && is_decimal(r))
        bytes_reverse_hex(r->data, r->n, v->text);
    else
        read_number(r, vif, v);
}

static void
note_place(const struct mbus_record *r, struct frame_value *v)
{
    static const char *const functions[] = {NULL, "maximum", "minimum", "at an error"};

    if (functions[r->function] != NULL)
        value_note(v, "%s", functions[r->function]);
    if (r->storage > 0)
        value_note(v, "stored %" PRIu64, r->storage);
    if (r->tariff > 0)
        value_note(v, "tariff %u", r->tariff);
    if (r->subunit > 0)
        value_note(v, "subunit %u", r->subunit);
    if (r->maker)
        value_note(v, "as the maker means it");
    else if (r->extended)
        value_note(v, "%s", mbus_vife_name(r->vife));
}

/* Data that a meter of another order sends high byte first. */
static void
turn_round(struct mbus_record *r, uint8_t turned[8])
{
    if ((r->dif & DIF_LENGTH) == DIF_VARIABLE || r->n > 8)
        return;
    for (size_t i = 0; i < r->n; i++)
        turned[i] = r->data[r->n - 1 - i];
    r->data = turned;
}

/* What is measured, for people: never nothing. */
static const char *
name_of(const struct mbus_record *r, const struct mbus_vif *vif)
{
    if (vif->name != NULL)
        return vif->name;
    if (vif->kind == MBUS_TEXT)
        return "what the meter calls so";
    return r->maker ? "what its maker means" : "reserved";
}

static void
add_record(unsigned medium, const uint8_t *head, size_t head_length,
           const struct mbus_record *r, struct frame *f)
{
    const struct mbus_vif *vif = mbus_vif_find(r->table, r->vif);
    struct frame_value *v = frame_value_add(f, name_of(r, vif));
    size_t most = (sizeof(v->id) - 1) / 2;

    hex_print(head, head_length > most ? most : head_length, v->id);
    read_value(r, vif, v);
    if (v->is_number || v->state != FRAME_GIVEN)
        mbus_obis(medium, r, vif, v->obis);
    if (vif->kind == MBUS_TEXT && r->unit_text != NULL)
        read_unit_text(r, v);
    note_place(r, v);
    if (vif->kind == MBUS_TIME && r->storage == 0 && r->function == 0 && r->subunit == 0 &&
        !r->extended && v->state == FRAME_GIVEN)
        f->time = v->time;
    if (v->time.year != 0 && (r->function != 0 || r->extended || r->maker))
        v->time.year = 0; /* not when the others of its storage were taken */
}

/* ---- the telegram ---- */

/* When what lies in each storage was taken. */
struct times {
    int n;
    struct {
        uint64_t storage;
        struct frame_time time;
    } at[TIMES_MAX];
    uint64_t storages[FRAME_VALUES_MAX];
};

static void
times_note(struct times *t, const struct frame *f, uint64_t storage)
{
    const struct frame_value *v = &f->values[f->n_values - 1];

    t->storages[f->n_values - 1] = storage;
    if (v->time.year == 0 || storage == 0 || t->n == TIMES_MAX)
        return;
    t->at[t->n].storage = storage;
    t->at[t->n++].time = v->time;
}

static void
times_apply(const struct times *t, struct frame *f, int from)
{
    for (int i = from; i < f->n_values; i++) {
        struct frame_value *v = &f->values[i];
        bool is_time = v->time.year != 0;

        v->time.year = 0;
        for (int j = 0; j < t->n && !is_time && t->storages[i] > 0; j++) {
            if (t->at[j].storage == t->storages[i])
                v->time = t->at[j].time;
        }
    }
}

static void
add_maker_data(uint8_t dif, const struct cursor *c, struct frame *f)
{
    struct frame_value *v;

    f->follows = dif == DIF_MAKER_TOO;
    if (c->n == 0)
        return;
    v = frame_value_add(f, "data of the maker");
    hex_print(&dif, 1, v->id);
    value_bytes(v, c->at, c->n);
}

/* One record; false when nothing more can be read. */
static bool
read_record(unsigned medium, bool high_first, struct cursor *c, struct times *t,
            struct frame *f)
{
    struct mbus_record r = {0};
    const uint8_t *start = c->at;
    uint8_t turned[8];
    size_t head;

    if (*start == DIF_MAKER || *start == DIF_MAKER_TOO) {
        c->at++;
        c->n--;
        add_maker_data(*start, c, f);
        return false;
    }
    if ((*start & DIF_LENGTH) == DIF_SPECIAL) {
        frame_note(f, "DIF %02X is not read, nor what stands behind it", (unsigned)*start);
        return false;
    }
    if (!take_difs(c, &r) || !take_vifs(c, &r))
        return frame_refuse(f, FRAME_DATA, "a record that is cut short or has no end");
    head = (size_t)(c->at - start);
    if (!take_data(c, &r))
        return frame_refuse(f, FRAME_DATA, "a record whose data are cut short");
    if (high_first)
        turn_round(&r, turned);
    add_record(medium, start, head, &r, f);
    times_note(t, f, r.storage);
    return true;
}

void
mbus_records_read(unsigned medium, bool high_first, const uint8_t *data, size_t n,
                  struct frame *f)
{
    struct cursor c = {data, n};
    struct times t = {.n = 0};
    int from = f->n_values;

    while (c.n > 0) {
        if (*c.at == DIF_FILLER) {
            c.at++;
            c.n--;
        } else if (!read_record(medium, high_first, &c, &t, f)) {
            break;
        }
    }
    times_apply(&t, f, from);
}

#include "meterpost/bus/answer.h"

#include "meterpost/protocol/dlt645.h"
#include "meterpost/protocol/modbus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOINED_MAX (16 * DLT645_DATA_MAX)

struct reading {
    const struct bus_kind *kind;
    enum conf_protocol wire;
    struct modbus_asked asked;
    struct frame *f;
    uint8_t joined[JOINED_MAX]; /* data of frames that belong together */
    size_t n_joined;
    char id[FRAME_ID_MAX];
    enum dlt645_edition edition;
};

/* ---- DL/T 645: an answer that goes on in further frames ---- */

/* 01 and 02 read in 1997, 11 and 12 in 2007. */
static enum dlt645_edition
edition_of(const struct dlt645 *raw)
{
    return (raw->control & 0x10) == 0 ? DLT645_1997 : DLT645_2007;
}

static void
note_id(struct reading *r, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        snprintf(r->id + 2 * i, 3, "%02X", data[n - 1 - i]);
}

/* Take the data of this frame to those before; true when more is to come. */
static bool
join(struct reading *r, const uint8_t *bytes, size_t n, bool *more, struct err *e)
{
    struct dlt645 raw;
    size_t head, tail;

    if (!dlt645_find(bytes, n, &raw, r->f))
        return err_set(e, FAIL_REJECT, "%s", r->f->note);
    r->edition = edition_of(&raw);
    head = r->edition == DLT645_2007 ? 4 : 2;
    *more = (raw.control & 0x20) != 0;
    tail = (raw.control & 0x1F) == 0x12; /* its number */
    if (raw.n < head + tail || r->n_joined + raw.n > sizeof(r->joined))
        return err_set(e, FAIL_REJECT, "a further frame without data");
    if (r->n_joined == 0)
        note_id(r, raw.data, head);
    memcpy(r->joined + r->n_joined, raw.data + head, raw.n - head - tail);
    r->n_joined += raw.n - head - tail;
    return true;
}

/* A frame that is one of several: *whole is false until the last of them. */
static bool
join_frames(struct reading *r, const uint8_t *bytes, size_t n, bool *whole, struct err *e)
{
    char address[FRAME_ADDRESS_MAX];
    bool more = r->f->follows, first = r->n_joined == 0;
    size_t length = r->f->length, start = r->f->start;

    *whole = true;
    if (first && !more)
        return true;
    memcpy(address, r->f->address, sizeof(address));
    if (!join(r, bytes, n, &more, e))
        return false;
    *whole = !more;
    if (*whole) {
        dlt645_values(r->edition, r->id, r->joined, r->n_joined, r->f);
        r->f->direction = FRAME_REPLY;
        memcpy(r->f->address, address, sizeof(address));
        r->n_joined = 0;
    }
    r->f->start = start;
    r->f->length = length;
    return true;
}

/* ---- all ---- */

static bool
decode(struct reading *r, const uint8_t *bytes, size_t n)
{
    if (r->wire == CONF_MODBUS_RTU || r->wire == CONF_MODBUS_TCP)
        return modbus_decode(r->wire == CONF_MODBUS_TCP ? MODBUS_TCP : MODBUS_RTU,
                             r->kind->map, &r->asked, bytes, n, r->f);
    return frame_decode(r->wire, bytes, n, r->f);
}

static bool
is_dlt645(const struct reading *r)
{
    return r->wire == CONF_DLT645_2007 || r->wire == CONF_DLT645_1997;
}

static bool
read_all(struct reading *r, const uint8_t *bytes, size_t n, bus_answer_take *take,
         void *ctx, struct err *e)
{
    size_t at = 0;
    bool whole = true;

    while (at < n) {
        if (!decode(r, bytes + at, n - at))
            return err_set(e, FAIL_REJECT, "%s: %s", frame_fault_name(r->f->fault),
                           r->f->note);
        if (is_dlt645(r) && !join_frames(r, bytes + at, n - at, &whole, e))
            return false;
        at += r->f->start + r->f->length;
        if (whole && r->f->direction != FRAME_REQUEST && !take(ctx, r->f, e))
            return false;
    }
    return whole || err_set(e, FAIL_REJECT, "the last of several frames is missing");
}

bool
bus_answer_read(const struct bus_kind *kind, enum conf_protocol wire, const uint8_t *bytes,
                size_t n, bus_answer_take *take, void *ctx, struct err *e)
{
    struct reading *r = calloc(1, sizeof(*r));
    bool good = false;

    if (r != NULL)
        r->f = malloc(sizeof(*r->f));
    if (r == NULL || r->f == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
    } else {
        r->kind = kind;
        r->wire = wire;
        good = read_all(r, bytes, n, take, ctx, e);
    }
    if (r != NULL)
        free(r->f);
    free(r);
    return good;
}

static bool
add_json(void *ctx, const struct frame *f, struct err *e)
{
    return json_array_append_new(ctx, frame_json(f)) == 0 ||
           err_set(e, FAIL_RETRY, "out of memory");
}

json_t *
bus_answer_json(const struct bus_kind *kind, enum conf_protocol wire, const uint8_t *bytes,
                size_t n, struct err *e)
{
    json_t *all = json_array();

    if (all != NULL && bus_answer_read(kind, wire, bytes, n, add_json, all, e))
        return all;
    json_decref(all);
    return NULL;
}

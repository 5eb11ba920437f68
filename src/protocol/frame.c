/*
 * frame.c - the table of protocols; names and JSON of what a frame says.
 */
#include "meterpost/protocol/frame.h"

#include "meterpost/protocol/cjt188.h"
#include "meterpost/protocol/dlt645.h"
#include "meterpost/protocol/iec62056.h"
#include "meterpost/protocol/mbus.h"
#include "meterpost/protocol/modbus.h"

#include <string.h>

const char *
frame_fault_name(enum frame_fault fault)
{
    switch (fault) {
    case FRAME_VALID: return "";
    case FRAME_START: return "start";
    case FRAME_LENGTH: return "length";
    case FRAME_END: return "end";
    case FRAME_CHECKSUM: return "checksum";
    case FRAME_ADDRESS: return "address";
    case FRAME_CONTROL: return "control";
    case FRAME_DATA: return "data";
    }
    return "";
}

const char *
frame_direction_name(enum frame_direction direction)
{
    switch (direction) {
    case FRAME_EITHER: return "";
    case FRAME_REQUEST: return "request";
    case FRAME_REPLY: return "reply";
    }
    return "";
}

const char *
frame_relay_name(enum frame_relay relay)
{
    switch (relay) {
    case FRAME_RELAY_NONE: return "";
    case FRAME_RELAY_CLOSED: return "closed";
    case FRAME_RELAY_OPEN: return "open";
    }
    return "";
}

const char *
frame_valve_name(enum frame_valve valve)
{
    switch (valve) {
    case FRAME_VALVE_NONE: return "";
    case FRAME_VALVE_OPEN: return "open";
    case FRAME_VALVE_CLOSED: return "closed";
    case FRAME_VALVE_FAULT: return "fault";
    }
    return "";
}

/* ---- protocols ---- */

typedef bool decode_fn(const uint8_t *bytes, size_t n, struct frame *f);

static bool
decode_dlt645_2007(const uint8_t *bytes, size_t n, struct frame *f)
{
    return dlt645_decode(DLT645_2007, bytes, n, f);
}

static bool
decode_dlt645_1997(const uint8_t *bytes, size_t n, struct frame *f)
{
    return dlt645_decode(DLT645_1997, bytes, n, f);
}

static bool
decode_modbus_rtu(const uint8_t *bytes, size_t n, struct frame *f)
{
    struct modbus_asked asked = {.set = false};

    return modbus_decode(MODBUS_RTU, NULL, &asked, bytes, n, f);
}

static bool
decode_modbus_tcp(const uint8_t *bytes, size_t n, struct frame *f)
{
    struct modbus_asked asked = {.set = false};

    return modbus_decode(MODBUS_TCP, NULL, &asked, bytes, n, f);
}

static const struct {
    enum conf_protocol protocol;
    decode_fn *decode;
} decoders[] = {
    {CONF_DLT645_2007, decode_dlt645_2007},
    {CONF_DLT645_1997, decode_dlt645_1997},
    {CONF_IEC62056_21, iec62056_decode},
    {CONF_MODBUS_RTU, decode_modbus_rtu},
    {CONF_MODBUS_TCP, decode_modbus_tcp},
    {CONF_CJT188, cjt188_decode},
    {CONF_MBUS, mbus_decode},
};

#define DECODERS (sizeof(decoders) / sizeof(decoders[0]))

bool
frame_decode(enum conf_protocol protocol, const uint8_t *bytes, size_t n, struct frame *out)
{
    size_t i = 0;

    while (i < DECODERS - 1 && decoders[i].protocol != protocol)
        i++;
    return decoders[i].decode(bytes, n, out);
}

bool
frame_protocol_find(const char *name, enum conf_protocol *out, struct err *e)
{
    char known[FRAME_TEXT_MAX] = "";

    for (size_t i = 0; i < DECODERS; i++) {
        const char *one = conf_protocol_name(decoders[i].protocol);

        if (strcmp(one, name) == 0) {
            *out = decoders[i].protocol;
            return true;
        }
        strncat(known, i == 0 ? "" : ", ", sizeof(known) - strlen(known) - 1);
        strncat(known, one, sizeof(known) - strlen(known) - 1);
    }
    return err_set(e, FAIL_REJECT, "there is no protocol '%.40s'; there are %s", name,
                   known);
}

/* ---- JSON ---- */

static bool
put(json_t *to, const char *key, const char *text)
{
    return json_object_set_new(to, key, json_string(text)) == 0;
}

static bool
put_set(json_t *to, const char *key, const char *text)
{
    return text == NULL || text[0] == '\0' || put(to, key, text);
}

static bool
put_time(json_t *to, const struct frame_time *t)
{
    char text[FRAME_ID_MAX];

    return t->year == 0 || put(to, "time", frame_time_print(t, text));
}

static json_t *
value_json(const struct frame_value *v)
{
    json_t *to = json_object();
    bool good = to != NULL && put(to, "id", v->id) && put(to, "register", v->obis);

    if (good && v->state == FRAME_GIVEN)
        good = put(to, "value", v->text);
    else if (good)
        good = json_object_set_new(to, "value", json_null()) == 0;
    good = good && put(to, "unit", v->unit) && put_time(to, &v->time) &&
           put_set(to, "name", v->name) && put_set(to, "note", v->note);
    if (good)
        return to;
    json_decref(to);
    return NULL;
}

static bool
put_values(json_t *to, const struct frame *f)
{
    json_t *values = json_array();
    bool good = json_object_set_new(to, "values", values) == 0;

    for (int i = 0; i < f->n_values && good; i++)
        good = json_array_append_new(values, value_json(&f->values[i])) == 0;
    return good;
}

static bool
put_frame(json_t *to, const struct frame *f)
{
    if (json_object_set_new(to, "valid", json_boolean(f->fault == FRAME_VALID)) != 0)
        return false;
    if (f->fault != FRAME_VALID)
        return put(to, "reason", frame_fault_name(f->fault)) &&
               put_set(to, "detail", f->note) && put_values(to, f);
    return put_set(to, "address", f->address) &&
           put_set(to, "direction", frame_direction_name(f->direction)) &&
           put_set(to, "control", f->control) && put_set(to, "function", f->function) &&
           put_set(to, "exception", f->exception) && put_set(to, "events", f->events) &&
           (!f->follows || json_object_set_new(to, "follows", json_true()) == 0) &&
           (f->sequence < 0 ||
            json_object_set_new(to, "sequence", json_integer(f->sequence)) == 0) &&
           put_set(to, "medium", f->medium) && put_set(to, "maker", f->maker) &&
           put_set(to, "serial", f->serial) &&
           put_set(to, "relay", frame_relay_name(f->relay)) &&
           put_set(to, "valve", frame_valve_name(f->valve)) && put_time(to, &f->time) &&
           put_set(to, "note", f->note) && put_values(to, f);
}

json_t *
frame_json(const struct frame *f)
{
    json_t *to = json_object();

    if (to != NULL && put_frame(to, f))
        return to;
    json_decref(to);
    return NULL;
}

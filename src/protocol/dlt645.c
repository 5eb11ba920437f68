/*
 * dlt645.c - DL/T 645: what each kind of frame says.
 */
#include "meterpost/base/text.h"
#include "protocol/dlt645_private.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FROM_METER   0x80
#define ABNORMAL     0x40
#define MORE         0x20
#define FUNCTION     0x1F
#define PASSWORD     4 /* bytes: level and three of password */
#define OPERATOR     4
#define RELAY_LENGTH 16

/* ---- what it says ---- */

/* One frame while it is read: `data` moves on. */
struct reader {
    enum dlt645_edition edition;
    const uint8_t *data;
    size_t n;
    struct frame *f;
};

typedef void read_fn(struct reader *r);

static bool
take_id(struct reader *r, uint32_t *id)
{
    size_t bytes = r->edition == DLT645_2007 ? 4 : 2;

    *id = 0;
    if (r->n < bytes)
        return frame_refuse(r->f, FRAME_DATA, "%zu bytes are too few for an identifier",
                            r->n);
    for (size_t i = bytes; i > 0; i--)
        *id = *id << 8 | r->data[i - 1];
    r->data += bytes;
    r->n -= bytes;
    return true;
}

/* The next n bytes, high byte first, as a value of that name. */
static void
take_field(struct reader *r, const char *id, size_t n)
{
    struct frame_value *v;

    if (r->n < n || n == 0)
        return;
    v = frame_value_add(r->f, id);
    text_copy(v->id, sizeof(v->id), id);
    bytes_reverse_hex(r->data, n, v->text);
    r->data += n;
    r->n -= n;
}

static void
take_rest(struct reader *r)
{
    struct frame_value *v;

    if (r->n == 0)
        return;
    v = frame_value_add(r->f, "data as they are");
    text_copy(v->id, sizeof(v->id), "data");
    value_bytes(v, r->data, r->n);
    r->n = 0;
}

/* ss mm hh DD MM YY */
static void
take_time(struct reader *r, const char *id)
{
    struct frame_value *v;
    struct frame_time t;

    if (r->n < 6)
        return;
    v = frame_value_add(r->f, id);
    text_copy(v->id, sizeof(v->id), id);
    if (bcd_time(r->data, &t)) {
        value_time(v, &t);
    } else {
        value_state(v, FRAME_BROKEN, "no time");
    }
    r->data += 6;
    r->n -= 6;
}

static void
read_nothing(struct reader *r)
{
    take_rest(r);
}

static void
read_request(struct reader *r)
{
    uint32_t id;
    struct frame_value *v;

    if (!take_id(r, &id))
        return;
    dlt645_data_asked(r->edition, id, r->f);
    v = &r->f->values[r->f->n_values - 1];
    if (r->n > 0)
        value_note(v, "%u blocks", (unsigned)*r->data);
    if (r->n == 6)
        value_note(v, "from 20%02X-%02X-%02X %02X:%02X", r->data[5], r->data[4], r->data[3],
                   r->data[2], r->data[1]);
}

static void
read_reply(struct reader *r)
{
    uint32_t id;

    if (take_id(r, &id))
        dlt645_data_read(r->edition, id, r->data, r->n, r->f);
}

static void
read_more_request(struct reader *r)
{
    uint32_t id;

    if (!take_id(r, &id))
        return;
    dlt645_data_asked(r->edition, id, r->f);
    if (r->n > 0)
        r->f->sequence = *r->data;
}

/* Where the rest goes on only the frames before it tell: dlt645_values() reads them joined.
 */
static void
read_more_reply(struct reader *r)
{
    uint32_t id;
    struct frame_value *v;

    if (!take_id(r, &id))
        return;
    if (r->n > 0 && r->edition == DLT645_2007) {
        r->n--;
        r->f->sequence = r->data[r->n];
    }
    v = frame_value_add(r->f, "further data");
    dlt645_id_print(r->edition, id, v->id);
    value_bytes(v, r->data, r->n);
    value_note(v, "goes on with the data of the frame before");
}

static void
read_address(struct reader *r)
{
    take_field(r, "address", 6);
    take_rest(r);
}

static void
read_clock(struct reader *r)
{
    take_time(r, "time");
    take_rest(r);
}

static void
read_key(struct reader *r)
{
    take_field(r, "level", 1);
    take_field(r, "password", PASSWORD - 1);
    take_field(r, "operator", OPERATOR);
}

static void
read_write(struct reader *r)
{
    uint32_t id;

    if (!take_id(r, &id))
        return;
    if (r->edition == DLT645_1997)
        take_field(r, "password", PASSWORD);
    else if (r->n >= PASSWORD + OPERATOR)
        read_key(r);
    dlt645_data_read(r->edition, id, r->data, r->n, r->f);
}

static void
read_password(struct reader *r)
{
    uint32_t id;

    if (r->n != 4 + 2 * PASSWORD || !take_id(r, &id)) {
        take_rest(r);
        return;
    }
    take_field(r, "level", 1);
    take_field(r, "password", PASSWORD - 1);
    take_field(r, "new level", 1);
    take_field(r, "new password", PASSWORD - 1);
}

static void
read_new_password(struct reader *r)
{
    take_field(r, "level", 1);
    take_field(r, "password", PASSWORD - 1);
    take_rest(r);
}

static void
read_clear(struct reader *r)
{
    if (r->n >= PASSWORD + OPERATOR)
        read_key(r);
    take_rest(r);
}

static void
read_freeze(struct reader *r)
{
    struct frame_value *v = frame_value_add(r->f, "freeze");

    text_copy(v->id, sizeof(v->id), "freeze");
    if (r->n != 4) {
        value_state(v, FRAME_BROKEN, "expected four bytes");
    } else if (bytes_all(r->data, 4, 0x99)) {
        value_text(v, "now");
    } else {
        /* mm hh DD MM, each 99 for "every" */
        snprintf(v->text, sizeof(v->text), "%02X-%02X %02X:%02X", r->data[3], r->data[2],
                 r->data[1], r->data[0]);
        value_note(v, "99 is every");
    }
}

static void
read_baud(struct reader *r)
{
    static const int bauds[] = {300, 600, 1200, 2400, 4800, 9600, 19200};
    struct frame_value *v = frame_value_add(r->f, "baud rate");
    size_t bit = 0;

    text_copy(v->id, sizeof(v->id), "baud");
    while (r->n == 1 && bit < sizeof(bauds) / sizeof(bauds[0]) && *r->data != 1u << bit)
        bit++;
    if (r->n == 1 && bit > 0 && bit < sizeof(bauds) / sizeof(bauds[0]))
        value_number(v, bauds[bit], 0, "baud");
    else
        value_state(v, FRAME_BROKEN, "no baud rate");
}

static const char *
relay_command(unsigned code)
{
    switch (code) {
    case DLT645_TRIP: return "1A trip";
    case DLT645_CLOSE_ALLOW: return "1B allow close";
    case DLT645_CLOSE: return "1C close";
    case 0x1D: return "1D trip, timed";
    case 0x1E: return "1E trip, timed";
    case 0x2A: return "2A alarm";
    case 0x2B: return "2B alarm off";
    case 0x3A: return "3A keep power on";
    case 0x3B: return "3B keep power on no longer";
    default: return NULL;
    }
}

static void
read_relay(struct reader *r)
{
    struct frame_value *v;

    if (r->n != RELAY_LENGTH) {
        frame_note(r->f, "a relay command of a maker's own form");
        take_rest(r);
        return;
    }
    read_key(r);
    v = frame_value_add(r->f, "relay command");
    text_copy(v->id, sizeof(v->id), "command");
    if (relay_command(r->data[0]) != NULL) {
        value_text(v, relay_command(r->data[0]));
    } else {
        snprintf(v->text, sizeof(v->text), "%02X", r->data[0]);
        value_note(v, "by the maker's own meaning");
    }
    if (r->data[1] != 0)
        value_note(v, "delay %02X", r->data[1]);
    r->data += 2;
    r->n -= 2;
    take_time(r, "until");
}

/* ---- which function reads what ---- */

struct function {
    uint8_t code;
    enum dlt645_edition edition;
    const char *name;
    read_fn *request, *reply;
};

/* A code that both editions have stands twice: the asked edition is looked for first. */
static const struct function functions[] = {
    {0x08, DLT645_2007, "broadcast time", read_clock, read_nothing},
    {0x11, DLT645_2007, "read", read_request, read_reply},
    {0x12, DLT645_2007, "read more", read_more_request, read_more_reply},
    {0x13, DLT645_2007, "read address", read_nothing, read_address},
    {0x14, DLT645_2007, "write", read_write, read_nothing},
    {0x15, DLT645_2007, "write address", read_address, read_nothing},
    {0x16, DLT645_2007, "freeze", read_freeze, read_nothing},
    {0x17, DLT645_2007, "change baud rate", read_baud, read_baud},
    {0x18, DLT645_2007, "change password", read_password, read_new_password},
    {0x19, DLT645_2007, "clear maximum demand", read_clear, read_nothing},
    {0x1A, DLT645_2007, "clear meter", read_clear, read_nothing},
    {0x1B, DLT645_2007, "clear events", read_clear, read_nothing},
    {0x1C, DLT645_2007, "relay control", read_relay, read_nothing},
    {0x03, DLT645_2007, "security authentication", read_write, read_reply},
    {0x01, DLT645_1997, "read", read_request, read_reply},
    {0x02, DLT645_1997, "read more", read_request, read_more_reply},
    {0x03, DLT645_1997, "read again", read_request, read_reply},
    {0x04, DLT645_1997, "write", read_write, read_nothing},
    {0x08, DLT645_1997, "broadcast time", read_clock, read_nothing},
    {0x0A, DLT645_1997, "write address", read_address, read_nothing},
    {0x0C, DLT645_1997, "change baud rate", read_baud, read_baud},
    {0x0F, DLT645_1997, "change password", read_new_password, read_new_password},
    {0x10, DLT645_1997, "clear maximum demand", read_nothing, read_nothing},
};

static const struct function *
function_find(unsigned code, enum dlt645_edition edition)
{
    const struct function *other = NULL;

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (functions[i].code != code)
            continue;
        if (functions[i].edition == edition)
            return &functions[i];
        other = &functions[i];
    }
    return other;
}

static void
read_error(struct reader *r)
{
    if (r->n == 1)
        dlt645_error_print(r->edition, *r->data, r->f);
    else
        snprintf(r->f->exception, sizeof(r->f->exception), "refused");
    if (r->n != 1)
        take_rest(r);
}

bool
dlt645_decode(enum dlt645_edition edition, const uint8_t *bytes, size_t n, struct frame *f)
{
    struct dlt645 raw;
    const struct function *function;
    struct reader r = {edition, raw.data, 0, f};

    if (!dlt645_find(bytes, n, &raw, f))
        return false;
    r.n = raw.n;
    bytes_reverse_hex(raw.address, sizeof(raw.address), f->address);
    snprintf(f->control, sizeof(f->control), "%02X", (unsigned)raw.control);
    f->direction = raw.control & FROM_METER ? FRAME_REPLY : FRAME_REQUEST;
    f->follows = (raw.control & MORE) != 0;
    function = function_find(raw.control & FUNCTION, edition);
    if (function == NULL) {
        frame_note(f, "function %02X is not of the standard", raw.control & FUNCTION);
        take_rest(&r);
        return true;
    }
    r.edition = function->edition;
    f->function = function->name;
    if (function->edition != edition)
        frame_note(f, "of the edition of %s",
                   function->edition == DLT645_2007 ? "2007" : "1997");
    if (raw.control & ABNORMAL)
        read_error(&r);
    else if (f->direction == FRAME_REQUEST)
        function->request(&r);
    else
        function->reply(&r);
    return f->fault == FRAME_VALID;
}

bool
dlt645_address_answers(const char *asked, const char *got)
{
    if (strlen(asked) != 12 || strlen(got) != 12)
        return false;
    if (strcmp(asked, DLT645_ALL) == 0 || strcasecmp(got, DLT645_ANY) == 0)
        return true;
    for (size_t i = 0; i < 12; i++) {
        if (asked[i] != 'A' && asked[i] != 'a' && asked[i] != got[i])
            return false;
    }
    return true;
}

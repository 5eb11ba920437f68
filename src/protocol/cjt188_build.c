/*
 * cjt188_build.c - the requests of CJ/T 188.
 */
#include "protocol/cjt188_private.h"

#include <string.h>

#define WAKE_UP  0xFE
#define WAKE_UPS 4

static bool
build(const struct cjt188_meter *m, unsigned control, unsigned id, const uint8_t *data,
      size_t n, struct frame_bytes *out, struct err *e)
{
    uint8_t address[CJT188_ADDRESS];

    if (!cjt188_type_known(m->type))
        return err_set(e, FAIL_REJECT, "%02X is no type of meter", m->type);
    if (m->sequence > 0xFF)
        return err_set(e, FAIL_REJECT, "expected a sequence up to 255");
    if (strlen(m->address) != 2 * CJT188_ADDRESS ||
        strspn(m->address, "0123456789Aa") != 2 * CJT188_ADDRESS ||
        !bytes_from_reverse_hex(m->address, CJT188_ADDRESS, address))
        return err_set(e, FAIL_REJECT,
                       "expected an address of 14 digits, or with AA for any, got '%.40s'",
                       m->address);
    out->n = 0;
    for (int i = 0; i < WAKE_UPS; i++)
        bytes_put(out, WAKE_UP);
    bytes_put(out, CJT188_START);
    bytes_put(out, m->type);
    bytes_add(out, address, CJT188_ADDRESS);
    bytes_put(out, control);
    bytes_put(out, (unsigned)(CJT188_ID + n));
    bytes_put(out, m->swapped ? id & 0xFF : id >> 8);
    bytes_put(out, m->swapped ? id >> 8 : id & 0xFF);
    bytes_put(out, m->sequence);
    bytes_add(out, data, n);
    bytes_put(out, bytes_sum(out->at + WAKE_UPS, out->n - WAKE_UPS));
    bytes_put(out, CJT188_END);
    return true;
}

bool
cjt188_read(const struct cjt188_meter *m, const char *id, struct frame_bytes *out,
            struct err *e)
{
    uint8_t low_first[2];

    if (strlen(id) != 4 || !bytes_from_reverse_hex(id, 2, low_first))
        return err_set(e, FAIL_REJECT,
                       "expected an identifier of 4 hex digits, got '%.20s'", id);
    return build(m, 0x01, low_first[0] | (unsigned)low_first[1] << 8, NULL, 0, out, e);
}

bool
cjt188_read_address(const struct cjt188_meter *m, struct frame_bytes *out, struct err *e)
{
    return build(m, 0x03, 0x810A, NULL, 0, out, e);
}

bool
cjt188_valve(const struct cjt188_meter *m, bool open, struct frame_bytes *out,
             struct err *e)
{
    const uint8_t command = open ? 0x55 : 0x99;

    return build(m, 0x04, 0xA017, &command, 1, out, e);
}

bool
cjt188_set_clock(const struct cjt188_meter *m, const struct frame_time *now,
                 struct frame_bytes *out, struct err *e)
{
    uint8_t bytes[7];

    if (!frame_time_valid(now) || now->hour < 0 || now->second < 0 || now->year < 2000 ||
        now->year > 2099)
        return err_set(e, FAIL_REJECT, "expected a time from 2000 to 2099");
    bcd_time_write(now, bytes);
    bytes[6] = 0x20;
    return build(m, 0x04, 0xA015, bytes, sizeof(bytes), out, e);
}

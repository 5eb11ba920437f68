/*
 * mbus_build.c - the requests of M-Bus.
 */
#include "protocol/mbus_private.h"

#include <string.h>

#define SHORT_START 0x10
#define LONG_START  0x68
#define END         0x16
#define SND_NKE     0x40
#define SND_UD      0x53
#define SND_UD_FCB  0x73
#define REQ_UD2     0x5B
#define REQ_UD2_FCB 0x7B
#define PRIMARY_MAX 250

static void
build_short(unsigned control, unsigned address, struct frame_bytes *out)
{
    out->n = 0;
    bytes_put(out, SHORT_START);
    bytes_put(out, control);
    bytes_put(out, address);
    bytes_put(out, bytes_sum(out->at + 1, 2));
    bytes_put(out, END);
}

static void
build_long(unsigned control, unsigned address, unsigned ci, const uint8_t *data, size_t n,
           struct frame_bytes *out)
{
    unsigned length = (unsigned)n + 3;

    out->n = 0;
    bytes_put(out, LONG_START);
    bytes_put(out, length);
    bytes_put(out, length);
    bytes_put(out, LONG_START);
    bytes_put(out, control);
    bytes_put(out, address);
    bytes_put(out, ci);
    bytes_add(out, data, n);
    bytes_put(out, bytes_sum(out->at + 4, length));
    bytes_put(out, END);
}

void
mbus_wake(unsigned address, struct frame_bytes *out)
{
    build_short(SND_NKE, address, out);
}

void
mbus_read(unsigned address, bool again, struct frame_bytes *out)
{
    build_short(again ? REQ_UD2_FCB : REQ_UD2, address, out);
}

void
mbus_reset(unsigned address, struct frame_bytes *out)
{
    build_long(SND_UD, address, 0x50, NULL, 0, out);
}

bool
mbus_set_address(unsigned address, unsigned to, struct frame_bytes *out, struct err *e)
{
    const uint8_t data[] = {0x01, 0x7A, (uint8_t)to};

    if (to > PRIMARY_MAX)
        return err_set(e, FAIL_REJECT, "expected an address of 0 to %d, got %u",
                       PRIMARY_MAX, to);
    build_long(SND_UD, address, 0x51, data, sizeof(data), out);
    return true;
}

/* Three letters to five bits each, A is 1. */
static bool
put_maker(const char *maker, uint8_t *out)
{
    unsigned code = 0;

    if (strlen(maker) != 3)
        return false;
    for (int i = 0; i < 3; i++) {
        if (maker[i] < 'A' || maker[i] > 'Z')
            return false;
        code = code << 5 | (unsigned)(maker[i] - 'A' + 1);
    }
    out[0] = (uint8_t)(code & 0xFF);
    out[1] = (uint8_t)(code >> 8);
    return true;
}

bool
mbus_select(const struct mbus_secondary *who, struct frame_bytes *out, struct err *e)
{
    uint8_t data[8] = {0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF};

    if (strlen(who->serial) != 8 || strspn(who->serial, "0123456789Ff") != 8 ||
        !bytes_from_reverse_hex(who->serial, 4, data))
        return err_set(e, FAIL_REJECT, "expected 8 digits, or F for any, got '%.20s'",
                       who->serial);
    if (who->maker != NULL && !put_maker(who->maker, data + 4))
        return err_set(e, FAIL_REJECT, "expected a maker of three capital letters");
    if (who->version > 0xFF || who->medium > 0xFF)
        return err_set(e, FAIL_REJECT, "expected a version and a medium up to 255");
    if (who->version >= 0)
        data[6] = (uint8_t)who->version;
    if (who->medium >= 0)
        data[7] = (uint8_t)who->medium;
    build_long(SND_UD_FCB, MBUS_SELECTED, 0x52, data, sizeof(data), out);
    return true;
}

/* Bytes of a Modbus line or connection, behind a request or not, with a map or without. */
#include "meterpost/protocol/modbus.h"

#include "frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char map_text[] =
    "map: one\nname: One\nfunction: 4\ngap: 4\nregisters:\n"
    "  - {at: \"0000\", type: f32, scale: \"0.001\", register: \"1-0:1.8.0\", unit: kWh, "
    "name: energy}\n"
    "  - {at: \"0002\", type: s64, scale: \"1000\", register: \"1-0:2.8.0\", unit: kWh, "
    "name: export}\n"
    "  - {at: \"0006\", type: u16, scale: \"0.1\", unit: V, name: voltage}\n"
    "  - {at: \"0007\", type: s32, order: low, unit: W, name: power}\n";

static const struct modbus_map *
map(void)
{
    static struct modbus_map *loaded;
    struct problems p = {0};

    if (loaded == NULL)
        loaded = modbus_map_load_text("map", map_text, sizeof(map_text) - 1, &p);
    if (loaded == NULL)
        abort();
    return loaded;
}

static void
decode(enum modbus_wire wire, const uint8_t *data, size_t size)
{
    static struct frame f;
    struct modbus_asked asked = {.set = false};
    size_t at = 0;

    while (at < size) {
        bool good = modbus_decode(wire, map(), &asked, data + at, size - at, &f);

        frame_expect(good, &f, size - at);
        if (!good)
            return;
        at += f.start + f.length;
    }
}

/* An answer whose CRC is right, as that to a request. */
static void
decode_answer(const uint8_t *data, size_t size)
{
    static struct frame f;
    uint8_t whole[260] = {0, 1, 0, 0, 0, 0, 1, 4};
    struct modbus_asked asked = {true, 1, 4, data[0] & 15, 0};
    size_t n = size > 250 ? 250 : size & ~(size_t)1;

    if (n < 2)
        return;
    asked.count = (unsigned)n / 2;
    whole[4] = 0;
    whole[5] = (uint8_t)(n + 3);
    whole[8] = (uint8_t)n;
    memcpy(whole + 9, data, n);
    frame_expect(modbus_decode(MODBUS_TCP, map(), &asked, whole, n + 9, &f), &f, n + 9);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decode(MODBUS_RTU, data, size);
    decode(MODBUS_TCP, data, size);
    if (size > 0)
        decode_answer(data, size);
    return 0;
}

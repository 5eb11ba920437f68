/* Bytes of an M-Bus line: what is no frame has a name, and nothing else. */
#include "meterpost/protocol/mbus.h"

#include "frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes in a frame whose checksum is right, which a fuzzer cannot guess. */
static void
try_inside(const uint8_t *data, size_t size, struct frame *f)
{
    uint8_t whole[300] = {0x68, 0, 0, 0x68};
    size_t n = size > 255 ? 255 : size;
    unsigned sum = 0;

    if (n < 3)
        return;
    whole[1] = whole[2] = (uint8_t)n;
    memcpy(whole + 4, data, n);
    for (size_t i = 0; i < n; i++)
        sum += data[i];
    whole[n + 4] = (uint8_t)sum;
    whole[n + 5] = 0x16;
    frame_expect(mbus_decode(whole, n + 6, f), f, n + 6);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct frame f;
    size_t at = 0;

    while (at < size) {
        bool good = mbus_decode(data + at, size - at, &f);

        frame_expect(good, &f, size - at);
        if (!good)
            break;
        at += f.start + f.length;
    }
    try_inside(data, size, &f);
    return 0;
}

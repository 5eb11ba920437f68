/* Bytes of a line with CJ/T 188 meters: what is no frame has a name, and nothing else. */
#include "meterpost/protocol/cjt188.h"

#include "frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes in a frame whose checksum is right, which a fuzzer cannot guess. */
static void
try_inside(const uint8_t *data, size_t size, struct frame *f)
{
    uint8_t whole[300] = {0x68};
    size_t n = size > 200 ? 200 : size;
    unsigned sum = 0;

    if (n < 9)
        return;
    memcpy(whole + 1, data, 9);
    whole[10] = (uint8_t)(n - 9);
    memcpy(whole + 11, data + 9, n - 9);
    for (size_t i = 0; i < n + 2; i++)
        sum += whole[i];
    whole[n + 2] = (uint8_t)sum;
    whole[n + 3] = 0x16;
    frame_expect(cjt188_decode(whole, n + 4, f), f, n + 4);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct frame f;
    size_t at = 0;

    while (at < size) {
        bool good = cjt188_decode(data + at, size - at, &f);

        frame_expect(good, &f, size - at);
        if (!good)
            break;
        at += f.start + f.length;
    }
    try_inside(data, size, &f);
    return 0;
}

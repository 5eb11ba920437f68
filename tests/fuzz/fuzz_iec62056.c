/* Characters of a line with IEC 62056-21 meters. */
#include "meterpost/protocol/iec62056.h"

#include "frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct frame f;
    size_t at = 0;

    while (at < size) {
        bool good = iec62056_decode(data + at, size - at, &f);

        frame_expect(good, &f, size - at);
        if (!good)
            break;
        at += f.start + f.length;
    }
    return 0;
}

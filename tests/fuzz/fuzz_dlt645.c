/* Bytes of a line with DL/T 645 meters: what is no frame has a name, and nothing else. */
#include "meterpost/base/text.h"
#include "meterpost/protocol/dlt645.h"

#include "frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct frame f;
    size_t at = 0;

    while (at < size) {
        bool good = dlt645_decode(DLT645_2007, data + at, size - at, &f);

        frame_expect(good, &f, size - at);
        if (!good)
            break;
        at += f.start + f.length;
    }
    if (size > 4) {
        /* Past the checksum, which a fuzzer cannot guess. */
        char id[FRAME_ID_MAX];

        hex_print(data, 4, id);
        frame_expect_values(dlt645_values(DLT645_2007, id, data + 4, size - 4, &f), &f);
        id[4] = '\0';
        frame_expect_values(dlt645_values(DLT645_1997, id, data + 2, size - 2, &f), &f);
    }
    return 0;
}

/* Octets that came by air: whatever they are, a packet that holds comes out. */
#include "meterpost/sms/pdu.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire w = {.kind = WIRE_ARRIVED, .size = (uint32_t)wire_size(WIRE_ARRIVED)};

    pdu_read(data, size, &w.u.arrived);
    if (!wire_valid(&w, w.size))
        abort();
    return 0;
}

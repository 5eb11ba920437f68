#include "protocol/crc16.h"

#define POLYNOMIAL 0xA001

uint16_t
crc16(uint16_t start, const uint8_t *bytes, size_t n)
{
    unsigned crc = start;

    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
    }
    return (uint16_t)crc;
}

/* crc16.h - the sum of Modbus (from FFFF) and of the P1 port (from 0). */
#ifndef METERPOST_SRC_PROTOCOL_CRC16_H
#define METERPOST_SRC_PROTOCOL_CRC16_H

#include <stddef.h>
#include <stdint.h>

/* CRC-16 with the polynomial A001 over n bytes. */
uint16_t crc16(uint16_t start, const uint8_t *bytes, size_t n);

#endif

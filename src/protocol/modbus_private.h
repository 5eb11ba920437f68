/* modbus_private.h - what the files of Modbus share. */
#ifndef METERPOST_SRC_PROTOCOL_MODBUS_PRIVATE_H
#define METERPOST_SRC_PROTOCOL_MODBUS_PRIVATE_H

#include "meterpost/protocol/modbus.h"
#include "protocol/build.h"
#include "protocol/crc16.h"

#define MODBUS_UNIT_MAX  248 /* F8 is "any" for some meters */
#define MODBUS_CRC_START 0xFFFF
#define MODBUS_RTU_EXTRA 3 /* unit and CRC */
#define MODBUS_TCP_HEAD  7 /* transaction, protocol, length, unit */

/* What the data of a message mean; the message is one of the two directions. */
void modbus_request_read(const struct modbus_map *map, const uint8_t *pdu, size_t n,
                         struct modbus_asked *asked, struct frame *f);
void modbus_reply_read(const struct modbus_map *map, const uint8_t *pdu, size_t n,
                       const struct modbus_asked *asked, struct frame *f);

static inline unsigned
modbus_word(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

#endif

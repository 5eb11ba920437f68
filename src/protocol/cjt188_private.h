/* cjt188_private.h - what the files of CJ/T 188 share. */
#ifndef METERPOST_SRC_PROTOCOL_CJT188_PRIVATE_H
#define METERPOST_SRC_PROTOCOL_CJT188_PRIVATE_H

#include "meterpost/protocol/cjt188.h"
#include "protocol/build.h"

#define CJT188_START   0x68
#define CJT188_END     0x16
#define CJT188_ADDRESS 7 /* bytes */
#define CJT188_ID      3 /* bytes: identifier and sequence */

/* Is this a type of meter? */
bool cjt188_type_known(unsigned type);

#endif

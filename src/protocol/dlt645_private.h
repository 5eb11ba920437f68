/* dlt645_private.h - what the files of DL/T 645 share. */
#ifndef METERPOST_SRC_PROTOCOL_DLT645_PRIVATE_H
#define METERPOST_SRC_PROTOCOL_DLT645_PRIVATE_H

#include "meterpost/protocol/dlt645.h"
#include "protocol/build.h"

/* How the bytes of one item are to be read. */
enum dlt645_form {
    FORM_NUMBER,       /* decimals, low byte first                 */
    FORM_SIGNED,       /* the top bit of the last byte is the sign */
    FORM_TIMED,        /* three bytes of number, mm hh DD MM YY    */
    FORM_DIGITS,       /* an address or a number that is a name    */
    FORM_HEX,          /* as hex, high byte first                  */
    FORM_ASCII,        /* text, last character first               */
    FORM_DATE,         /* WW DD MM YY                              */
    FORM_TIME,         /* ss mm hh                                 */
    FORM_DATE_TIME,    /* ss mm hh WW DD MM YY                     */
    FORM_MINUTE,       /* mm hh DD MM YY                           */
    FORM_MONTH_MINUTE, /* mm hh DD MM                              */
    FORM_STATUS,       /* two bytes of bits: a status word         */
};

/* What the part of an identifier that its row leaves open counts. */
enum dlt645_series {
    ALONE,
    TARIFFS,        /* total, tariff 1, 2 ...; and which settlement  */
    PHASES,         /* A, B, C: codes[1] to [3] are C of the OBIS    */
    TOTAL_PHASES,   /* total, A, B, C                                */
    STATUS_WORDS,   /* 1 to 7 */
    FREEZE_TARIFFS, /* total and tariffs of a freeze, always together */
    FREEZE_POWERS,  /* active, then reactive power, total and phases */
};

/* One row: identifiers that equal `id` where `mask` has bits. */
struct dlt645_item {
    uint32_t id, mask;
    enum dlt645_series series;
    enum dlt645_form form;
    uint8_t bytes, places;
    const char *unit;
    const char *name;
    const char *obis; /* ALONE: the code. TARIFFS: without the tariff. "": none */
    uint8_t codes[4];
};

/* The row of an identifier; NULL when unknown. */
const struct dlt645_item *dlt645_item_2007(uint32_t id);
const struct dlt645_item *dlt645_item_1997(uint32_t id);

/* The row of `id` among `count`. */
const struct dlt645_item *dlt645_item_find(const struct dlt645_item *table, size_t count,
                                           uint32_t id);

/* The parts of a number of one of both editions. */
bool dlt645_id_parse(enum dlt645_edition edition, const char *text, uint32_t *id);
const char *dlt645_id_print(enum dlt645_edition edition, uint32_t id, char *out);

/* The data of an identifier into values; name the identifier that a request asks for. */
void dlt645_data_read(enum dlt645_edition edition, uint32_t id, const uint8_t *data,
                      size_t n, struct frame *f);
void dlt645_data_asked(enum dlt645_edition edition, uint32_t id, struct frame *f);

/* The bits of status word 1 to 7 into notes, and the relay into the frame. */
void dlt645_status_read(unsigned word, unsigned bits, struct frame_value *v,
                        struct frame *f);

/* Error byte of an abnormal reply: "02: no such data". */
void dlt645_error_print(enum dlt645_edition edition, unsigned bits, struct frame *f);

#endif

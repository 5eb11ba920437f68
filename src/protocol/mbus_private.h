/* mbus_private.h - what the files of M-Bus share. */
#ifndef METERPOST_SRC_PROTOCOL_MBUS_PRIVATE_H
#define METERPOST_SRC_PROTOCOL_MBUS_PRIVATE_H

#include "meterpost/protocol/mbus.h"
#include "protocol/build.h"

/* What the number of a record is. */
enum mbus_kind {
    MBUS_SCALED, /* a number in a unit, times a power of ten */
    MBUS_DATE,   /* 16 bits */
    MBUS_TIME,   /* 32 or 48 bits */
    MBUS_DIGITS, /* a number that is a name */
    MBUS_PLAIN,  /* a number without unit: counts, flags */
    MBUS_TEXT,   /* plain text unit */
    MBUS_UNKNOWN,
};

/* One row: codes first to last of a table of units. */
struct mbus_vif {
    uint8_t first, last;
    enum mbus_kind kind;
    int8_t exponent; /* of `first`, in the unit; each next code is ten times that */
    const char *unit;
    const char *name;
};

/* One record taken apart. */
struct mbus_record {
    uint8_t dif;
    unsigned function; /* 0 now, 1 maximum, 2 minimum, 3 at an error */
    uint64_t storage;
    unsigned tariff, subunit;
    uint8_t table; /* 0, 0xFB or 0xFD: which table `vif` is of */
    uint8_t vif;   /* without its extension bit */
    bool extended; /* VIFE change the meaning */
    uint8_t vife;  /* the first that does */
    bool maker;    /* in the maker's own way */
    int exponent;  /* of VIFE that only scale */
    const uint8_t *unit_text;
    size_t unit_length;
    const uint8_t *data;
    size_t n;
};

/* The row of a code; MBUS_UNKNOWN where the table has none. */
const struct mbus_vif *mbus_vif_find(unsigned table, unsigned vif);

/* What a VIFE makes of the value, in words; never NULL. */
const char *mbus_vife_name(unsigned vife);

/* Name of a medium; NULL when unknown. */
const char *mbus_medium(unsigned code);
/* OBIS of a record of a meter of this medium; "" when there is none. `out` has
 * FRAME_OBIS_MAX bytes. */
void mbus_obis(unsigned medium, const struct mbus_record *r, const struct mbus_vif *vif,
               char *out);

/* The records of a telegram into values. */
void mbus_records_read(unsigned medium, bool high_first, const uint8_t *data, size_t n,
                       struct frame *f);
/* The fixed structure (CI 73), 16 bytes. */
void mbus_fixed_read(const uint8_t *data, size_t n, struct frame *f);

#endif

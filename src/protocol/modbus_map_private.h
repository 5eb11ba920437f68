/* modbus_map_private.h - the inside of a map; for modbus_map*.c alone. */
#ifndef METERPOST_SRC_PROTOCOL_MODBUS_MAP_PRIVATE_H
#define METERPOST_SRC_PROTOCOL_MODBUS_MAP_PRIVATE_H

#include "meterpost/protocol/modbus_map.h"

#include <cyaml/cyaml.h>

/* As libcyaml fills it. Optional texts are NULL when left out. */
struct file_entry {
    char *at;
    enum modbus_type type;
    int *function;
    char *order;
    char *scale;
    int *decimals;
    char *obis;
    char *unit;
    char *name;
};

struct file_map {
    char *id;
    char *name;
    char *source;
    char *line;
    int function;
    char *order;
    int *most;
    int *gap;
    struct file_entry *entries;
    unsigned entries_count;
};

struct modbus_map {
    struct file_map *file;
    struct modbus_entry *entries;
    size_t count;
    unsigned most, gap; /* registers of one request; that may be read over */
};

/* Make the entries of a file that the schema accepted; faults into *p. */
extern const cyaml_schema_value_t modbus_map_schema;

#endif

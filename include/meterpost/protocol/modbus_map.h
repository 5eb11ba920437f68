/*
 * modbus_map.h - which register of a kind of Modbus meter holds what: a file of conf/maps.
 *
 * Modbus tells nothing about its registers; the maker's sheet does, and a map is that sheet
 * as a table: address, type, word order, scale, unit and OBIS code. A map is constant
 * after it was loaded.
 */
#ifndef METERPOST_PROTOCOL_MODBUS_MAP_H
#define METERPOST_PROTOCOL_MODBUS_MAP_H

#include "meterpost/base/yaml.h"
#include "meterpost/protocol/frame.h"

#define MODBUS_COUNT_MAX  125 /* registers of one request */
#define MODBUS_RANGES_MAX 32  /* requests for one meter   */

enum modbus_type {
    MODBUS_U16,
    MODBUS_S16,
    MODBUS_U32,
    MODBUS_S32,
    MODBUS_U64,
    MODBUS_S64,
    MODBUS_F32, /* IEEE 754 */
};

/* One quantity. */
struct modbus_entry {
    const char *name, *obis, *unit; /* obis and unit may be "" */
    unsigned function;              /* 3 or 4 */
    unsigned first;                 /* address on the wire, from 0 */
    enum modbus_type type;
    bool low_first;    /* the low word comes first */
    int64_t factor;    /* what is read times factor x 10^-factor_places is in `unit` */
    int factor_places; /* at most 6 */
    int places;        /* decimals that are kept of F32 */
};

struct modbus_map;  /* one file */
struct modbus_maps; /* a folder of them */

/* Registers to be asked for in one request. */
struct modbus_range {
    unsigned function, first, count;
};

/* Load every *.yaml of a folder, in the order of their names. False when anything is
 * wrong; all of it is in *p then, and *out is NULL. End with modbus_maps_free(). */
bool modbus_maps_load(const char *dir, struct modbus_maps **out, struct problems *p);
void modbus_maps_free(struct modbus_maps *all); /* takes NULL */
size_t modbus_maps_count(const struct modbus_maps *all);
const struct modbus_map *modbus_maps_at(const struct modbus_maps *all, size_t i);
/* By its id ("eastron-sdm630"); NULL when there is none. */
const struct modbus_map *modbus_maps_find(const struct modbus_maps *all, const char *id);

/* Load n bytes of text that `name` stands for. NULL when anything is wrong, with all of it
 * in *p. End with modbus_map_free(). */
struct modbus_map *modbus_map_load_text(const char *name, const char *text, size_t n,
                                        struct problems *p);
void modbus_map_free(struct modbus_map *map); /* takes NULL */

const char *modbus_map_id(const struct modbus_map *map);
const char *modbus_map_name(const struct modbus_map *map);
size_t modbus_map_count(const struct modbus_map *map);
const struct modbus_entry *modbus_map_at(const struct modbus_map *map, size_t i);

/* Registers that an entry takes: 1, 2 or 4. */
unsigned modbus_type_registers(enum modbus_type type);

/* The fewest requests that read the whole map, by its `most` and `gap`, into out[]: how
 * many. With `obis` not NULL only the entries of that register. */
size_t modbus_map_ranges(const struct modbus_map *map, const char *obis,
                         struct modbus_range out[MODBUS_RANGES_MAX]);

/* Every entry that lies whole in `count` registers from `first`, as values. `words` holds
 * two bytes a register, high byte first. */
void modbus_map_read(const struct modbus_map *map, unsigned function, unsigned first,
                     unsigned count, const uint8_t *words, struct frame *f);

#endif

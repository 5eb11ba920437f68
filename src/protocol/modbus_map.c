/*
 * modbus_map.c - a map: its file, and the folder of them.
 */
#include "protocol/modbus_map_private.h"

#include "meterpost/base/amount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX    FRAME_VALUES_MAX
#define ADDRESS_MAX    0xFFFF
#define SCALE_PLACES   6
#define SCALE_MAX      1000000000000 /* a million, in millionths */
#define DECIMALS       3             /* of floating point, unless the file says other */
#define DECIMALS_MAX   6
#define GAP_MAX        100
#define PATH_BYTES     128
#define FUNCTION_FIRST 3
#define FUNCTION_LAST  4

#define OPTIONAL       CYAML_FLAG_OPTIONAL
#define NEEDED         CYAML_FLAG_DEFAULT
#define TEXT(flag, type, key, member, most)                                                \
    CYAML_FIELD_STRING_PTR(key, flag, struct type, member, 0, most)
#define NUMBER(type, key, member) CYAML_FIELD_INT_PTR(key, OPTIONAL, struct type, member)

static const cyaml_strval_t types[] = {
    {"u16", MODBUS_U16}, {"s16", MODBUS_S16}, {"u32", MODBUS_U32}, {"s32", MODBUS_S32},
    {"u64", MODBUS_U64}, {"s64", MODBUS_S64}, {"f32", MODBUS_F32},
};

static const cyaml_schema_field_t entry_fields[] = {
    TEXT(NEEDED, file_entry, "at", at, 4),
    CYAML_FIELD_ENUM("type", CYAML_FLAG_STRICT, struct file_entry, type, types,
                     CYAML_ARRAY_LEN(types)),
    NUMBER(file_entry, "function", function),
    TEXT(OPTIONAL, file_entry, "order", order, 4),
    TEXT(OPTIONAL, file_entry, "scale", scale, 20),
    NUMBER(file_entry, "decimals", decimals),
    TEXT(OPTIONAL, file_entry, "register", obis, FRAME_OBIS_MAX - 1),
    TEXT(OPTIONAL, file_entry, "unit", unit, FRAME_UNIT_MAX - 1),
    TEXT(NEEDED, file_entry, "name", name, 60),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_entry, entry_fields)};

static const cyaml_schema_field_t map_fields[] = {
    TEXT(NEEDED, file_map, "map", id, 40),
    TEXT(NEEDED, file_map, "name", name, 120),
    TEXT(OPTIONAL, file_map, "source", source, 400),
    TEXT(OPTIONAL, file_map, "line", line, 80),
    CYAML_FIELD_INT("function", NEEDED, struct file_map, function),
    TEXT(OPTIONAL, file_map, "order", order, 4),
    NUMBER(file_map, "most", most),
    NUMBER(file_map, "gap", gap),
    CYAML_FIELD_SEQUENCE("registers", CYAML_FLAG_POINTER, struct file_map, entries, &entry,
                         1, ENTRIES_MAX),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t modbus_map_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_map, map_fields)};

/* ---- one file ---- */

/* One file while it is made. */
struct making {
    const struct yaml *yaml;
    struct problems *problems;
    const struct file_map *file;
    struct modbus_map *map;
};

#define PROBLEM(m, i, key, ...)                                                            \
    do {                                                                                   \
        char path_[PATH_BYTES];                                                            \
                                                                                           \
        snprintf(path_, sizeof(path_), "registers[%u].%s", (i), (key));                    \
        yaml_problem((m)->yaml, (m)->problems, path_, __VA_ARGS__);                        \
    } while (0)

/* "high" or "low"; NULL is high. */
static bool
order_parse(const char *word, bool *low_first)
{
    *low_first = word != NULL && strcmp(word, "low") == 0;
    return word == NULL || *low_first || strcmp(word, "high") == 0;
}

/* Decimals behind the point of "0.10". */
static int
places_of(const char *decimal)
{
    const char *point = strchr(decimal, '.');

    return point == NULL ? 0 : (int)strlen(point + 1);
}

static void
make_scale(struct making *m, unsigned i, const struct file_entry *f,
           struct modbus_entry *to)
{
    struct err e;

    to->factor = 1;
    if (f->scale == NULL)
        return;
    to->factor_places = places_of(f->scale);
    if (to->factor_places > SCALE_PLACES ||
        !decimal_parse(f->scale, to->factor_places, &to->factor, &e) || to->factor <= 0 ||
        to->factor > SCALE_MAX)
        PROBLEM(m, i, "scale", "expected a factor such as \"0.1\" or \"40\", got '%s'",
                f->scale);
}

static void
make_entry(struct making *m, unsigned i)
{
    const struct file_entry *f = &m->file->entries[i];
    struct modbus_entry *to = &m->map->entries[i];
    bool file_order;

    *to = (struct modbus_entry){.name = f->name,
                                .obis = f->obis == NULL ? "" : f->obis,
                                .unit = f->unit == NULL ? "" : f->unit,
                                .type = f->type,
                                .places = f->decimals == NULL ? DECIMALS : *f->decimals};
    order_parse(m->file->order, &file_order);
    if (!order_parse(f->order == NULL ? m->file->order : f->order, &to->low_first))
        PROBLEM(m, i, "order", "expected \"high\" or \"low\", got '%s'", f->order);
    if (strlen(f->at) != 4 || strspn(f->at, "0123456789ABCDEFabcdef") != 4)
        PROBLEM(m, i, "at",
                "expected an address of 4 hex digits such as \"0156\", got '%s'", f->at);
    else
        to->first = (unsigned)strtoul(f->at, NULL, 16);
    if (to->first + modbus_type_registers(to->type) > ADDRESS_MAX + 1u)
        PROBLEM(m, i, "at", "the last register is FFFF");
    to->function = (unsigned)(f->function == NULL ? m->file->function : *f->function);
    if (to->function < FUNCTION_FIRST || to->function > FUNCTION_LAST)
        PROBLEM(m, i, "function", "expected 3 or 4, got %d", (int)to->function);
    if (to->places < 0 || to->places > DECIMALS_MAX)
        PROBLEM(m, i, "decimals", "expected 0 to %d, got %d", DECIMALS_MAX, to->places);
    if (to->obis[0] != '\0' && to->unit[0] == '\0')
        PROBLEM(m, i, "register", "a register needs its unit");
    make_scale(m, i, f, to);
}

static void
make_head(struct making *m)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    const struct file_map *f = m->file;
    int most = f->most == NULL ? MODBUS_COUNT_MAX : *f->most;
    int gap = f->gap == NULL ? 0 : *f->gap;
    bool low;

    if (f->id[0] == '\0' || strspn(f->id, letters) != strlen(f->id))
        yaml_problem(m->yaml, m->problems, "map",
                     "expected small letters, digits, '-', '_' and '.', got '%s'", f->id);
    if (!order_parse(f->order, &low))
        yaml_problem(m->yaml, m->problems, "order",
                     "expected \"high\" or \"low\", got '%s'", f->order);
    if (most < 4 || most > MODBUS_COUNT_MAX)
        yaml_problem(m->yaml, m->problems, "most", "expected 4 to %d, got %d",
                     MODBUS_COUNT_MAX, most);
    if (gap < 0 || gap > GAP_MAX)
        yaml_problem(m->yaml, m->problems, "gap", "expected 0 to %d, got %d", GAP_MAX, gap);
    m->map->most = (unsigned)most;
    m->map->gap = (unsigned)gap;
}

static int
entry_order(const void *a, const void *b)
{
    const struct modbus_entry *one = a, *other = b;

    if (one->function != other->function)
        return one->function < other->function ? -1 : 1;
    return one->first < other->first ? -1 : one->first > other->first;
}

void
modbus_map_free(struct modbus_map *map)
{
    if (map == NULL)
        return;
    yaml_data_free(&modbus_map_schema, map->file);
    free(map->entries);
    free(map);
}

/* Takes y over, which may be NULL. */
static struct modbus_map *
load(struct yaml *y, struct problems *p)
{
    size_t before = problems_total(p);
    struct modbus_map *map = NULL;
    void *data = NULL;
    bool good = false;

    if (yaml_read(y, &modbus_map_schema, &data, p)) {
        struct making m = {y, p, data, calloc(1, sizeof(*map))};

        map = m.map;
        if (map != NULL) {
            map->file = data;
            map->count = map->file->entries_count;
            map->entries = calloc(map->count, sizeof(*map->entries));
        }
        if (map == NULL || map->entries == NULL) {
            yaml_problem(y, p, "", "out of memory");
        } else {
            make_head(&m);
            for (unsigned i = 0; i < m.file->entries_count; i++)
                make_entry(&m, i);
            qsort(map->entries, map->count, sizeof(*map->entries), entry_order);
            good = problems_total(p) == before;
        }
        if (map == NULL)
            yaml_data_free(&modbus_map_schema, data);
    }
    yaml_close(y);
    if (good)
        return map;
    modbus_map_free(map);
    return NULL;
}

struct modbus_map *
modbus_map_load_text(const char *name, const char *text, size_t n, struct problems *p)
{
    return load(yaml_open_text(name, text, n, p), p);
}

const char *
modbus_map_id(const struct modbus_map *map)
{
    return map->file->id;
}

const char *
modbus_map_name(const struct modbus_map *map)
{
    return map->file->name;
}

size_t
modbus_map_count(const struct modbus_map *map)
{
    return map->count;
}

const struct modbus_entry *
modbus_map_at(const struct modbus_map *map, size_t i)
{
    return &map->entries[i];
}

/* ---- the folder ---- */

struct modbus_maps {
    struct modbus_map **at;
    size_t count;
};

static void
add_file(struct modbus_maps *all, const char *path, struct problems *p)
{
    struct modbus_map *map;

    if ((map = load(yaml_open_file(path, p), p)) == NULL)
        return;
    if (modbus_maps_find(all, modbus_map_id(map)) != NULL) {
        problems_add(p, path, 0, 0, "another file is the map '%s' already",
                     modbus_map_id(map));
        modbus_map_free(map);
        return;
    }
    all->at[all->count++] = map;
}

bool
modbus_maps_load(const char *dir, struct modbus_maps **out, struct problems *p)
{
    size_t before = problems_total(p);
    struct modbus_maps *all = calloc(1, sizeof(*all));
    struct yaml_files files;

    *out = NULL;
    if (!yaml_files_find(dir, false, &files, p)) {
        modbus_maps_free(all);
        return false;
    }
    if (all == NULL || (all->at = calloc(files.n + 1, sizeof(struct modbus_map *))) == NULL)
        problems_add(p, dir, 0, 0, "out of memory");
    else
        for (size_t i = 0; i < files.n; i++)
            add_file(all, files.paths[i], p);
    yaml_files_free(&files);
    if (problems_total(p) == before) {
        *out = all;
        return true;
    }
    modbus_maps_free(all);
    return false;
}

void
modbus_maps_free(struct modbus_maps *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < all->count; i++)
        modbus_map_free(all->at[i]);
    free(all->at);
    free(all);
}

size_t
modbus_maps_count(const struct modbus_maps *all)
{
    return all->count;
}

const struct modbus_map *
modbus_maps_at(const struct modbus_maps *all, size_t i)
{
    return all->at[i];
}

const struct modbus_map *
modbus_maps_find(const struct modbus_maps *all, const char *id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(modbus_map_id(all->at[i]), id) == 0)
            return all->at[i];
    }
    return NULL;
}

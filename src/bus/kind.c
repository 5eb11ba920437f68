#include "meterpost/bus/kind.h"

#include "meterpost/base/text.h"
#include "meterpost/base/units.h"
#include "meterpost/base/yaml.h"

#include <cyaml/cyaml.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROTOCOLS (CONF_MBUS + 2) /* and DL/T 645 of either edition */

/* What libcyaml fills. */
struct file_relay {
    char *cut, *allow, *restore, *operator, * confirm;
    int *level;
};
struct file_kind {
    char *device, *name, *protocol, *source, *read, *map, *password, *timeout, *pause;
    char *medium, *mode, *login, *ask, *write;
    int *baud, *wake;
    bool swapped, fixed_baud, single, lacks_byte;
    struct file_relay *relay;
};

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define TEXT(flag, type, member, most)                                                     \
    CYAML_FIELD_STRING_PTR(#member, flag, struct type, member, 0, most)
#define FLAG(member) CYAML_FIELD_BOOL(#member, OPTIONAL, struct file_kind, member)

static const cyaml_schema_field_t relay_fields[] = {
    TEXT(OPTIONAL, file_relay, cut, 2),
    TEXT(OPTIONAL, file_relay, allow, 2),
    TEXT(OPTIONAL, file_relay, restore, 2),
    TEXT(OPTIONAL, file_relay, operator, 8),
    TEXT(OPTIONAL, file_relay, confirm, 20),
    CYAML_FIELD_INT_PTR("level", OPTIONAL, struct file_relay, level),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t kind_fields[] = {
    TEXT(CYAML_FLAG_DEFAULT, file_kind, device, BUS_KIND_MAX - 1),
    TEXT(CYAML_FLAG_DEFAULT, file_kind, name, CONF_TEXT_MAX - 1),
    TEXT(CYAML_FLAG_DEFAULT, file_kind, protocol, 20),
    TEXT(OPTIONAL, file_kind, source, 400),
    TEXT(OPTIONAL, file_kind, read, BUS_IDS_MAX - 1),
    TEXT(OPTIONAL, file_kind, map, 40),
    TEXT(OPTIONAL, file_kind, password, CONF_NAME_MAX - 1),
    TEXT(OPTIONAL, file_kind, timeout, 20),
    TEXT(OPTIONAL, file_kind, pause, 20),
    TEXT(OPTIONAL, file_kind, medium, 2),
    TEXT(OPTIONAL, file_kind, mode, 1),
    TEXT(OPTIONAL, file_kind, login, 2),
    TEXT(OPTIONAL, file_kind, ask, 2),
    TEXT(OPTIONAL, file_kind, write, 2),
    CYAML_FIELD_INT_PTR("baud", OPTIONAL, struct file_kind, baud),
    CYAML_FIELD_INT_PTR("wake", OPTIONAL, struct file_kind, wake),
    FLAG(swapped),
    FLAG(fixed_baud),
    FLAG(lacks_byte),
    FLAG(single),
    CYAML_FIELD_MAPPING_PTR("relay", OPTIONAL, struct file_kind, relay, relay_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t kind_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_kind, kind_fields)};

struct bus_kinds {
    struct bus_kind *at;
    size_t count, room;
    struct modbus_maps *maps;
};

/* What is usual: the words that name no more than a protocol. */
static const struct bus_kind usual[PROTOCOLS] = {
    {.id = "dlt645-2007",
     .name = "DL/T 645-2007",
     .protocol = CONF_DLT645_2007,
     .read = "00010000",
     .operator_code = "00000001",
     .password = "000000",
     .level = 2,
     .commands = {0x1A, 0x1B, 0x1C},
     .confirm_ms = 10000},
    {.id = "dlt645-1997",
     .name = "DL/T 645-1997",
     .protocol = CONF_DLT645_1997,
     .read = "9010"},
    {.id = "iec62056-21",
     .name = "IEC 62056-21",
     .protocol = CONF_IEC62056_21,
     .pause_ms = 250,
     .mode = 'C',
     .login = "P1",
     .ask = "R1",
     .write = "W1"},
    {.id = "modbus-rtu", .name = "Modbus RTU", .protocol = CONF_MODBUS_RTU},
    {.id = "modbus-tcp", .name = "Modbus TCP", .protocol = CONF_MODBUS_TCP},
    {.id = "cjt188",
     .name = "CJ/T 188",
     .protocol = CONF_CJT188,
     .read = "901F",
     .confirm_ms = 60000,
     .medium = 0xAA},
    {.id = "mbus", .name = "M-Bus", .protocol = CONF_MBUS},
    {.id = "dlt645",
     .name = "DL/T 645, of 2007 or 1997",
     .protocol = CONF_DLT645_2007,
     .either = true,
     .commands = {0x1A, 0x1B, 0x1C}},
};

/* ---- one file ---- */

struct making {
    const struct yaml *yaml;
    struct problems *problems;
    const struct file_kind *file;
    const struct modbus_maps *maps;
    struct bus_kind *to;
};

#define PROBLEM(m, path, ...) yaml_problem((m)->yaml, (m)->problems, path, __VA_ARGS__)

static void
take_text(char *to, size_t size, const char *from)
{
    if (from != NULL)
        text_clip(to, size, from);
}

static void
take_ms(struct making *m, const char *path, const char *text, int least, int most, int *to)
{
    struct err e;
    int64_t ms;

    if (text == NULL)
        return;
    if (!duration_parse(text, &ms, &e))
        PROBLEM(m, path, "%s", e.text);
    else if (ms < least || ms > most)
        PROBLEM(m, path, "expected %d ms to %d s", least, most / 1000);
    else
        *to = (int)ms;
}

/* "" and absent mean that it cannot. */
static void
take_byte(struct making *m, const char *path, const char *text, unsigned *to)
{
    uint8_t byte;

    if (text == NULL)
        return;
    if (text[0] != '\0' && hex_parse(text, &byte, 1) != 1)
        PROBLEM(m, path, "expected a byte of two hex digits such as \"1A\", got '%s'",
                text);
    else
        *to = text[0] == '\0' ? 0 : byte;
}

static void
make_relay(struct making *m)
{
    const struct file_relay *r = m->file->relay;

    if (r == NULL)
        return;
    memset(m->to->commands, 0, sizeof(m->to->commands));
    take_byte(m, "relay.cut", r->cut, &m->to->commands[0]);
    take_byte(m, "relay.allow", r->allow, &m->to->commands[1]);
    take_byte(m, "relay.restore", r->restore, &m->to->commands[2]);
    take_text(m->to->operator_code, sizeof(m->to->operator_code), r->operator);
    take_ms(m, "relay.confirm", r->confirm, 0, 300000, &m->to->confirm_ms);
    if (r->level != NULL && (*r->level < 0 || *r->level > 255))
        PROBLEM(m, "relay.level", "expected 0 to 255, got %d", *r->level);
    else if (r->level != NULL)
        m->to->level = (unsigned)*r->level;
}

static void
make_map(struct making *m)
{
    bool modbus = m->to->protocol == CONF_MODBUS_RTU || m->to->protocol == CONF_MODBUS_TCP;

    if (modbus != (m->file->map != NULL)) {
        PROBLEM(m, "map",
                modbus ? "Modbus needs the id of a map of conf/maps"
                       : "only Modbus has maps");
        return;
    }
    if (!modbus)
        return;
    m->to->map = m->maps == NULL ? NULL : modbus_maps_find(m->maps, m->file->map);
    if (m->to->map == NULL)
        PROBLEM(m, "map", "there is no map '%s'", m->file->map);
}

/* A letter and a digit. */
static void
take_command(struct making *m, const char *path, char letter, const char *text, char to[3])
{
    if (text == NULL)
        return;
    if (text[0] != letter || text[1] < '1' || text[1] > '9' || text[2] != '\0')
        PROBLEM(m, path, "expected %c1 to %c9, got '%s'", letter, letter, text);
    else
        text_copy(to, 3, text);
}

static void
make_line(struct making *m)
{
    const struct file_kind *f = m->file;

    take_ms(m, "timeout", f->timeout, 10, MINUTE_S * 1000, &m->to->timeout_ms);
    take_ms(m, "pause", f->pause, 0, MINUTE_S * 1000, &m->to->pause_ms);
    if (f->baud != NULL && (*f->baud < 300 || *f->baud > 921600))
        PROBLEM(m, "baud", "expected 300 to 921600, got %d", *f->baud);
    else if (f->baud != NULL)
        m->to->baud = *f->baud;
    if (f->wake != NULL && (*f->wake < 0 || *f->wake > 32))
        PROBLEM(m, "wake", "expected tens of zero bytes, 0 to 32, got %d", *f->wake);
    else if (f->wake != NULL)
        m->to->wake = *f->wake;
    if (f->mode != NULL && strcmp(f->mode, "C") != 0 && strcmp(f->mode, "D") != 0)
        PROBLEM(m, "mode",
                "expected C (by sign-on, also A and B) or D (it speaks by itself)");
    else if (f->mode != NULL)
        m->to->mode = f->mode[0];
    take_command(m, "login", 'P', f->login, m->to->login);
    take_command(m, "ask", 'R', f->ask, m->to->ask);
    take_command(m, "write", 'W', f->write, m->to->write);
}

static void
make(struct making *m)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    const struct file_kind *f = m->file;
    enum conf_protocol protocol;
    struct err e;

    if (!frame_protocol_find(f->protocol, &protocol, &e)) {
        PROBLEM(m, "protocol", "%s", e.text);
        return;
    }
    *m->to = usual[protocol];
    if (f->device[0] == '\0' || strspn(f->device, letters) != strlen(f->device))
        PROBLEM(m, "device", "expected small letters, digits, '-', '_' and '.', got '%s'",
                f->device);
    take_text(m->to->id, sizeof(m->to->id), f->device);
    take_text(m->to->name, sizeof(m->to->name), f->name);
    take_text(m->to->read, sizeof(m->to->read), f->read);
    take_text(m->to->password, sizeof(m->to->password), f->password);
    take_byte(m, "medium", f->medium, &m->to->medium);
    m->to->swapped = f->swapped;
    m->to->fixed_baud = f->fixed_baud;
    m->to->lacks_byte = f->lacks_byte;
    m->to->single = f->single;
    make_line(m);
    make_map(m);
    make_relay(m);
}

/* ---- the folder ---- */

/* Room for one more; NULL when memory is short. */
static struct bus_kind *
add_room(struct bus_kinds *all)
{
    if (all->count == all->room) {
        size_t room = all->room * 2 + 16;
        struct bus_kind *more = realloc(all->at, room * sizeof(*more));

        if (more == NULL)
            return NULL;
        all->at = more;
        all->room = room;
    }
    return &all->at[all->count];
}

static const struct bus_kind *
find_file(const struct bus_kinds *all, const char *id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->at[i].id, id) == 0)
            return &all->at[i];
    }
    return NULL;
}

static void
add_file(struct bus_kinds *all, const char *path, struct problems *p)
{
    struct yaml *y = yaml_open_file(path, p);
    struct bus_kind made = {.id = ""}, *to;
    void *data = NULL;

    if (yaml_read(y, &kind_schema, &data, p)) {
        struct making m = {y, p, data, all->maps, &made};

        make(&m);
        if (find_file(all, made.id) != NULL)
            yaml_problem(y, p, "device", "another file is the device '%s' already",
                         made.id);
        else if ((to = add_room(all)) == NULL)
            yaml_problem(y, p, "", "out of memory");
        else
            *to = made, all->count++;
    }
    yaml_data_free(&kind_schema, data);
    yaml_close(y);
}

static void
add_folder(struct bus_kinds *all, const char *dir, struct problems *p)
{
    struct yaml_files files;

    if (!yaml_files_find(dir, true, &files, p))
        return;
    for (size_t i = 0; i < files.n; i++)
        add_file(all, files.paths[i], p);
    yaml_files_free(&files);
}

/* Each map is a kind by itself. */
static void
add_maps(struct bus_kinds *all, struct problems *p)
{
    size_t n = all->maps == NULL ? 0 : modbus_maps_count(all->maps);

    for (size_t i = 0; i < n; i++) {
        const struct modbus_map *map = modbus_maps_at(all->maps, i);
        struct bus_kind *to = find_file(all, modbus_map_id(map)) ? NULL : add_room(all);

        if (to == NULL) {
            problems_add(p, modbus_map_id(map), 0, 0, "a device has the name of a map");
            return;
        }
        *to = usual[CONF_MODBUS_RTU];
        text_clip(to->id, sizeof(to->id), modbus_map_id(map));
        text_clip(to->name, sizeof(to->name), modbus_map_name(map));
        to->map = map;
        all->count++;
    }
}

bool
bus_kinds_load(const char *devices, const char *maps, struct bus_kinds **out,
               struct problems *p)
{
    size_t before = problems_total(p);
    struct bus_kinds *all = calloc(1, sizeof(*all));
    DIR *there = opendir(maps);

    *out = NULL;
    if (all == NULL) {
        problems_add(p, devices, 0, 0, "out of memory");
    } else {
        if (there != NULL)
            modbus_maps_load(maps, &all->maps, p);
        add_folder(all, devices, p);
        add_maps(all, p);
    }
    if (there != NULL)
        closedir(there);
    if (problems_total(p) == before) {
        *out = all;
        return true;
    }
    bus_kinds_free(all);
    return false;
}

void
bus_kinds_free(struct bus_kinds *all)
{
    if (all == NULL)
        return;
    modbus_maps_free(all->maps);
    free(all->at);
    free(all);
}

const struct bus_kind *
bus_kinds_find(const struct bus_kinds *all, const char *word)
{
    const struct bus_kind *kind = all == NULL ? NULL : find_file(all, word);

    for (size_t i = 0; i < PROTOCOLS && kind == NULL; i++) {
        if (strcmp(usual[i].id, word) == 0)
            kind = &usual[i];
    }
    return kind;
}

size_t
bus_kinds_count(const struct bus_kinds *all)
{
    return PROTOCOLS + (all == NULL ? 0 : all->count);
}

const struct bus_kind *
bus_kinds_at(const struct bus_kinds *all, size_t i)
{
    return i < PROTOCOLS ? &usual[i] : &all->at[i - PROTOCOLS];
}

void
bus_kinds_like(const struct bus_kinds *all, const char *word, char *out, size_t size)
{
    size_t n = bus_kinds_count(all), have = 0;
    const char *near = NULL, **words = calloc(n, sizeof(*words));
    struct text t;

    text_init(&t, out, size);
    for (size_t i = 0; i < n; i++) {
        const char *id = bus_kinds_at(all, i)->id;

        if (strcasestr(id, word) != NULL)
            text_addf(&t, "%s%s", have++ == 0 ? "" : ", ", id);
        if (words != NULL)
            words[i] = id;
    }
    if (have == 0 && words != NULL)
        near = nearest_word(word, words, n);
    free(words);
    if (near != NULL)
        text_add(&t, near);
    for (size_t i = 0; i < PROTOCOLS && have == 0 && near == NULL; i++)
        text_addf(&t, "%s%s", i == 0 ? "" : ", ", usual[i].id);
}

/* How an address is written on the wires of a protocol. */
static const struct shape {
    const char *expected;
    const char
        *letters;  /* of a whole one: digits, and what stands for any; NULL: any text */
    size_t length; /* of a whole one; 0: none is */
    bool pads;     /* it has zeros in front */
    int most;      /* of a number of up to three digits */
} shapes[] = {
    [CONF_DLT645_2007] = {"12 digits", "0123456789Aa", 12, true, 0},
    [CONF_DLT645_1997] = {"12 digits", "0123456789Aa", 12, true, 0},
    [CONF_IEC62056_21] = {"32 characters", NULL, 0, false, 0},
    [CONF_MODBUS_RTU] = {"a unit of 1 to 247", "", 0, false, 255},
    [CONF_MODBUS_TCP] = {"a unit of 1 to 247", "", 0, false, 255},
    [CONF_CJT188] = {"14 digits", "0123456789Aa", 14, true, 0},
    [CONF_MBUS] = {"0 to 250 or 8 digits", "0123456789Ff", 8, false, 254},
};

bool
bus_kind_address(const struct bus_kind *kind, const char *text, char out[BUS_ADDRESS_MAX],
                 struct err *e)
{
    const struct shape *s = &shapes[kind->protocol];
    size_t n = strlen(text), zeros = 0;
    bool number = strspn(text, "0123456789") == n, good;

    if (s->pads && number && n > 0 && n < s->length)
        zeros = s->length - n;
    if (s->letters == NULL)
        good = n < BUS_ADDRESS_MAX;
    else
        good = (n + zeros == s->length && strspn(text, s->letters) == n) ||
               (number && n <= 3 && atoi(text) <= s->most);
    if (!good || n == 0)
        return err_set(e, FAIL_REJECT, "expected %s for %s, got '%.40s'", s->expected,
                       kind->id, text);
    memset(out, '0', zeros);
    memcpy(out + zeros, text, n + 1);
    return true;
}

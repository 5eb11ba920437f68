/* try_frame.c - `try frame`: what the bytes of a meter say. */
#include "file.h"
#include "try.h"

#include "meterpost/protocol/frame.h"
#include "meterpost/protocol/modbus_map.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* The maps, loaded when the first is asked for, and whether the last frame was good. */
struct maps {
    struct cli *c;
    struct modbus_maps *all;
    bool is_bad;
};

/* Those of the configuration where there is one, else those that are shipped. */
static bool
find_folder(struct cli *c, char *folder, size_t size, struct err *e)
{
    char share[PATH_MAX];

    if (access(c->config, F_OK) == 0 || c->config_given) {
        if (!session_settings(c))
            return err_set(e, FAIL_REJECT, "the configuration cannot be used");
        snprintf(folder, size, "%s", c->desk->conf->paths.maps);
        return true;
    }
    if (!file_share(share, sizeof(share), e))
        return false;
    snprintf(folder, size, "%s/conf/maps", share);
    return true;
}

static bool
load_maps(struct maps *maps, struct err *e)
{
    struct problems p = {0};
    char folder[PATH_MAX + 16];

    if (maps->all != NULL)
        return true;
    if (!find_folder(maps->c, folder, sizeof(folder), e))
        return false;
    if (modbus_maps_load(folder, &maps->all, &p))
        return true;
    problems_err(&p, e);
    problems_free(&p);
    return false;
}

/* The map of this id; *out is NULL where none is asked for. */
static bool
find_map(struct maps *maps, const char *id, const struct modbus_map **out, struct err *e)
{
    *out = NULL;
    if (id == NULL)
        return true;
    if (!load_maps(maps, e))
        return false;
    *out = modbus_maps_find(maps->all, id);
    return *out != NULL || err_set(e, FAIL_REJECT, "there is no map '%.40s'", id);
}

static json_t *
try_frame(void *context, const json_t *in, struct err *e)
{
    const char *protocol = json_string_value(json_object_get(in, "protocol"));
    const char *hex = json_string_value(json_object_get(in, "hex"));
    const char *id = json_string_value(json_object_get(in, "map"));
    struct maps *maps = context;
    const struct modbus_map *map;
    json_t *out;

    if (protocol == NULL || hex == NULL) {
        err_set(e, FAIL_REJECT, "the object needs texts in \"protocol\" and \"hex\"");
        return NULL;
    }
    if (!find_map(maps, id, &map, e))
        return NULL;
    out = frame_try(protocol, hex, map, e);
    maps->is_bad = out != NULL && !json_is_true(json_object_get(out, "valid"));
    return out;
}

enum status
run_try_frame(struct cli *c)
{
    struct maps maps = {.c = c};
    const char *map = cli_option(c, "--map");
    enum status status;
    json_t *in;

    if (try_is_lines(c)) {
        status = try_lines(try_frame, &maps);
    } else {
        in = json_pack("{s:s, s:s, s:s*}", "protocol", c->args[0], "hex", c->args[1], "map",
                       map);
        status = try_once(c, try_frame, &maps, in);
        if (status == STATUS_DONE && maps.is_bad)
            status = STATUS_FAILED;
    }
    modbus_maps_free(maps.all);
    return status;
}

/* try_frame.c - `try frame`: what the bytes of a meter say. */
#include "file.h"
#include "try.h"

#include "meterpost/protocol/frame.h"
#include "meterpost/protocol/modbus_map.h"

#include <limits.h>
#include <stdio.h>

/* The shipped maps, loaded when the first is asked for. */
struct maps {
    struct modbus_maps *all;
};

static bool
load_maps(struct maps *maps, struct err *e)
{
    struct problems p = {0};
    char share[PATH_MAX], folder[PATH_MAX + 16];

    if (maps->all != NULL)
        return true;
    if (!file_share(share, sizeof(share), e))
        return false;
    snprintf(folder, sizeof(folder), "%s/conf/maps", share);
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
    return *out != NULL ||
           err_set(e, FAIL_REJECT, "there is no map '%.40s' in conf/maps", id);
}

static json_t *
try_frame(void *context, const json_t *in, struct err *e)
{
    const char *protocol = json_string_value(json_object_get(in, "protocol"));
    const char *hex = json_string_value(json_object_get(in, "hex"));
    const char *id = json_string_value(json_object_get(in, "map"));
    const struct modbus_map *map;

    if (protocol == NULL || hex == NULL) {
        err_set(e, FAIL_REJECT, "the object needs texts in \"protocol\" and \"hex\"");
        return NULL;
    }
    if (!find_map(context, id, &map, e))
        return NULL;
    return frame_try(protocol, hex, map, e);
}

enum status
run_try_frame(struct cli *c)
{
    struct maps maps = {NULL};
    const char *map = cli_option(c, "--map");
    enum status status;
    json_t *in;

    if (try_is_lines(c)) {
        status = try_lines(try_frame, &maps);
    } else {
        in = json_pack("{s:s, s:s, s:s*}", "protocol", c->args[0], "hex", c->args[1], "map",
                       map);
        status = try_once(c, try_frame, &maps, in);
    }
    modbus_maps_free(maps.all);
    return status;
}

/* bus_list.c - the wires: as the settings have them, and how they are. */
#include "lists.h"

#include "meterpost/base/conf.h"

#include <string.h>

/* The row of a bus, taken out of `rows`; a new one when the store has none. */
static json_t *
take_row(json_t *rows, const char *name)
{
    json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        if (strcmp(json_string_value(json_object_get(row, "bus")), name) != 0)
            continue;
        json_incref(row);
        json_array_remove(rows, i);
        return row;
    }
    return json_pack("{s:s, s:n, s:n, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:n, s:n}", "bus",
                     name, "health", "reason", "meters", 0, "meters_silent", 0, "jobs", 0,
                     "answered", 0, "silent", 0, "damaged", 0, "restarts", 0, "seen_at",
                     "record_until");
}

static void
add_settings(json_t *row, const struct conf_bus *bus)
{
    if (json_is_null(json_object_get(row, "health")))
        json_object_set_new(row, "health", json_string("not started"));
    json_object_set_new(row, "device", json_string(bus->device));
    json_object_set_new(row, "protocol", json_string(conf_protocol_name(bus->protocol)));
    json_object_set_new(row, "baud", json_integer(bus->baud));
    json_object_set_new(row, "attempts", json_integer(bus->attempts));
    json_object_set_new(row, "timeout_ms", json_integer(bus->timeout_ms));
}

enum status
run_bus_list(struct cli *c)
{
    struct list_filter f = {.subject = cli_arg(c, 0), .limit = INT64_MAX};
    const struct column *columns = list_columns("bus list");
    json_t *all, *rows, *row;
    const struct conf *conf;
    struct err e;
    size_t i, n;

    if (!session_read(c))
        return STATUS_FAILED;
    rows = list_array(c->desk->store, "buses", &f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    all = json_array();
    conf = c->desk->conf;
    for (int k = 0; k < conf->n_buses; k++) {
        if (f.subject != NULL && strcmp(f.subject, conf->buses[k].name) != 0)
            continue;
        row = take_row(rows, conf->buses[k].name);
        add_settings(row, &conf->buses[k]);
        json_array_append_new(all, row);
    }
    json_array_foreach (rows, i, row) {
        json_object_set_new(row, "health", json_string("gone"));
        json_object_set_new(row, "reason", json_string("not in the settings any more"));
    }
    json_array_extend(all, rows);
    n = json_array_size(all);
    print_array(c, columns, columns_count(columns), all);
    if (n == 0)
        say_note(c, f.subject == NULL ? "the settings have no buses"
                                      : "there is no such bus in the settings");
    json_decref(rows);
    json_decref(all);
    return n == 0 ? STATUS_FAILED : STATUS_DONE;
}

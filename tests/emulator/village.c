#include "village.h"

#include "kind.h"
#include "meterpost/base/amount.h"
#include "meterpost/base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct village {
    json_t *file;
    struct kind **kinds;
    size_t n_kinds;
    struct device *devices;
    size_t n_devices;
    json_t *by_phone, *by_serial; /* to the index in devices */
};

static const char *
text_of(const json_t *from, const char *name)
{
    const char *text = json_string_value(json_object_get(from, name));

    return text == NULL ? "" : text;
}

static struct device *
find(const struct village *v, const json_t *index, const char *key)
{
    const json_t *at = json_object_get(index, key);

    return at == NULL ? NULL : &v->devices[json_integer_value(at)];
}

struct device *
village_phone(const struct village *v, const char *phone)
{
    return find(v, v->by_phone, phone);
}

struct device *
village_serial(const struct village *v, const char *serial)
{
    return find(v, v->by_serial, serial);
}

size_t
village_count(const struct village *v)
{
    return v->n_devices;
}

struct device *
village_at(const struct village *v, size_t i)
{
    return &v->devices[i];
}

const json_t *
village_file(const struct village *v)
{
    return v->file;
}

const json_t *
village_network(const struct village *v)
{
    return json_object_get(v->file, "network");
}

const json_t *
village_modem(const struct village *v, const char *name)
{
    return json_object_get(json_object_get(v->file, "modems"), name);
}

const char *
village_phone_of(const struct device *d)
{
    return d->phone[0] == '\0' && d->behind != NULL ? d->behind->phone : d->phone;
}

/* ---- loading */

static bool
milli_of(const json_t *from, const char *name, int64_t *out, struct err *e)
{
    const char *text = text_of(from, name);

    *out = 0;
    return text[0] == '\0' || decimal_parse(text, 3, out, e) || err_in(e, "%s", name);
}

static const struct kind *
kind_named(const struct village *v, const char *name)
{
    for (size_t i = 0; i < v->n_kinds; i++) {
        if (strcmp(kind_name(v->kinds[i]), name) == 0)
            return v->kinds[i];
    }
    return NULL;
}

static bool
keep_key(json_t *index, const char *key, size_t i, struct err *e)
{
    if (json_object_get(index, key) != NULL)
        return err_set(e, FAIL_REJECT, "'%s' is there twice", key);
    json_object_set_new(index, key, json_integer((json_int_t)i));
    return true;
}

/* Join a meter to its concentrator, at the end of those behind it. */
static bool
put_behind(struct village *v, struct device *d, const char *serial, struct err *e)
{
    struct device **at;

    d->behind = village_serial(v, serial);
    if (d->behind == NULL || d->behind == d)
        return err_set(e, FAIL_REJECT, "there is no '%s' before it to be behind", serial);
    for (at = &d->behind->first; *at != NULL; at = &(*at)->next)
        ;
    *at = d;
    return true;
}

static bool
device_load(struct village *v, size_t i, const json_t *from, struct err *e)
{
    struct device *d = &v->devices[i];
    const char *behind = text_of(from, "behind"), *since = text_of(from, "since");
    const char *all_since = text_of(v->file, "since");

    d->seed = (uint64_t)json_integer_value(json_object_get(v->file, "seed"));
    if (!text_copy(d->serial, sizeof(d->serial), text_of(from, "serial")) ||
        d->serial[0] == '\0' ||
        !text_copy(d->phone, sizeof(d->phone), text_of(from, "phone")))
        return err_set(e, FAIL_REJECT, "serial or phone is missing or too long");
    d->kind = kind_named(v, text_of(from, "kind"));
    if (d->kind == NULL && (d->phone[0] != '\0' || text_of(from, "kind")[0] != '\0'))
        return err_set(e, FAIL_REJECT, "there is no kind '%s'", text_of(from, "kind"));
    if (since[0] == '\0')
        since = all_since;
    if (!milli_of(from, "start", &d->start_milli, e) ||
        !milli_of(from, "per_day", &d->per_day_milli, e) ||
        (since[0] != '\0' && !clock_parse(since, &d->since, e)))
        return false;
    d->silent = json_is_true(json_object_get(from, "silent"));
    d->broken = json_is_true(json_object_get(from, "broken"));
    d->delay_ms = (int)json_integer_value(json_object_get(from, "delay_ms"));
    if (strcmp(text_of(from, "relay"), "open") == 0)
        meter_switch(d, false, d->since, "village");
    return keep_key(v->by_serial, d->serial, i, e) &&
           (d->phone[0] == '\0' || keep_key(v->by_phone, d->phone, i, e)) &&
           (behind[0] == '\0' || put_behind(v, d, behind, e));
}

static bool
load(struct village *v, struct err *e)
{
    json_t *kinds = json_object_get(v->file, "kinds"), *value;
    json_t *meters = json_object_get(v->file, "meters");
    const char *name, *zone = text_of(v->file, "zone");

    if (zone[0] != '\0' && !clock_zone_set(zone, e))
        return false;
    v->kinds = must_calloc(json_object_size(kinds), sizeof(struct kind *));
    json_object_foreach (kinds, name, value) {
        struct kind *k = kind_create(name, value, e);

        if (k == NULL)
            return false;
        v->kinds[v->n_kinds++] = k;
    }
    v->n_devices = json_array_size(meters);
    v->devices = must_calloc(v->n_devices, sizeof(*v->devices));
    for (size_t i = 0; i < v->n_devices; i++) {
        if (!device_load(v, i, json_array_get(meters, i), e))
            return err_in(e, "meter %zu (%s)", i + 1, v->devices[i].serial);
    }
    return true;
}

struct village *
village_load(const char *path, struct err *e)
{
    struct village *v = must_calloc(1, sizeof(*v));
    json_error_t where;
    bool ok;

    v->by_phone = json_object();
    v->by_serial = json_object();
    v->file = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
    ok = v->file != NULL ? load(v, e)
                         : err_set(e, FAIL_REJECT, "line %d: %s", where.line, where.text);
    if (!ok) {
        err_in(e, "%s", path);
        village_destroy(v);
        return NULL;
    }
    return v;
}

void
village_destroy(struct village *v)
{
    if (v == NULL)
        return;
    for (size_t i = 0; i < v->n_devices; i++)
        free(v->devices[i].journal);
    for (size_t i = 0; i < v->n_kinds; i++)
        kind_destroy(v->kinds[i]);
    free(v->devices);
    free(v->kinds);
    json_decref(v->by_phone);
    json_decref(v->by_serial);
    json_decref(v->file);
    free(v);
}

/* ---- living */

bool
village_answer(struct device *d, const char *text, utc_t now, struct buf *out,
               int *delay_ms)
{
    *delay_ms = d->delay_ms;
    return !d->silent && kind_answer(d, text, now, out);
}

bool
village_push(struct device *d, utc_t now, struct buf *out, struct err *e)
{
    if (!kind_push(d, now, out))
        return err_set(e, FAIL_REJECT, "%s never sends of its own accord", d->serial);
    return true;
}

static json_t *
show_journal(const struct device *d)
{
    json_t *all = json_array();
    char when[TIME_TEXT_MAX];

    for (size_t i = 0; i < d->n_journal; i++) {
        const struct relay_change *c = &d->journal[i];

        json_array_append_new(all, json_pack("{s:s, s:s, s:s}", "time",
                                             clock_iso(c->at, when), "relay",
                                             c->closed ? "closed" : "open", "by", c->by));
    }
    return all;
}

json_t *
village_show(const struct device *d, utc_t now)
{
    char value[AMOUNT_TEXT_MAX];

    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:i, s:o}", "serial", d->serial,
                     "phone", d->phone, "value",
                     decimal_print(meter_total(d, now), 3, false, value), "relay",
                     meter_closed(d) ? "closed" : "open", "silent", d->silent, "broken",
                     d->broken, "delay_ms", d->delay_ms, "journal", show_journal(d));
}

static bool
check_set(const char *name, const json_t *value, struct err *e)
{
    json_int_t n = json_integer_value(value);
    const char *text = json_string_value(value);
    int64_t milli;

    if (strcmp(name, "do") == 0 || strcmp(name, "meter") == 0)
        return true;
    if (strcmp(name, "value") == 0)
        return text != NULL ? decimal_parse(text, 3, &milli, e)
                            : err_set(e, FAIL_REJECT, "value is a decimal in quotes");
    if (strcmp(name, "relay") == 0)
        return (text != NULL &&
                (strcmp(text, "open") == 0 || strcmp(text, "closed") == 0)) ||
               err_set(e, FAIL_REJECT, "relay is open or closed");
    if (strcmp(name, "silent") == 0 || strcmp(name, "broken") == 0)
        return json_is_boolean(value) ||
               err_set(e, FAIL_REJECT, "%s is true or false", name);
    if (strcmp(name, "delay_ms") == 0)
        return (json_is_integer(value) && n >= 0 && n <= INT_MAX) ||
               err_set(e, FAIL_REJECT, "delay_ms is a whole number");
    return err_set(e, FAIL_REJECT, "a meter has no '%s' to set", name);
}

bool
village_set(struct device *d, const json_t *wanted, utc_t now, struct err *e)
{
    const char *name;
    json_t *value;
    int64_t milli;

    json_object_foreach ((json_t *)(uintptr_t)wanted, name, value) {
        if (!check_set(name, value, e))
            return false;
    }
    value = json_object_get(wanted, "value");
    if (value != NULL && decimal_parse(json_string_value(value), 3, &milli, e))
        meter_set(d, milli, now);
    value = json_object_get(wanted, "relay");
    if (value != NULL)
        meter_switch(d, strcmp(json_string_value(value), "closed") == 0, now, "control");
    value = json_object_get(wanted, "silent");
    if (value != NULL)
        d->silent = json_is_true(value);
    value = json_object_get(wanted, "broken");
    if (value != NULL)
        d->broken = json_is_true(value);
    value = json_object_get(wanted, "delay_ms");
    if (value != NULL)
        d->delay_ms = (int)json_integer_value(value);
    return true;
}

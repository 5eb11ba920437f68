#include "knob.h"

#include <stdint.h>
#include <string.h>

static const struct knob *
find(const struct knob *table, const char *name)
{
    for (; table->name != NULL; table++) {
        if (strcmp(table->name, name) == 0)
            return table;
    }
    return NULL;
}

static bool
listed(const char *const *list, const char *name)
{
    for (; list != NULL && *list != NULL; list++) {
        if (strcmp(*list, name) == 0)
            return true;
    }
    return false;
}

static bool
check(const struct knob *k, const char *name, const json_t *value, struct err *e)
{
    json_int_t n =
        json_is_boolean(value) ? json_boolean_value(value) : json_integer_value(value);

    if (k == NULL)
        return err_set(e, FAIL_REJECT, "there is no '%s' to set", name);
    if (!json_is_integer(value) && !json_is_boolean(value))
        return err_set(e, FAIL_REJECT, "%s must be a whole number", name);
    if (n < k->least || n > k->most)
        return err_set(e, FAIL_REJECT, "%s goes from %d to %d", name, k->least, k->most);
    return true;
}

bool
knobs_set(const struct knob *table, void *target, const json_t *wanted,
          const char *const *skip, struct err *e)
{
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)(uintptr_t)wanted, name, value) {
        if (!listed(skip, name) && !check(find(table, name), name, value, e))
            return false;
    }
    json_object_foreach ((json_t *)(uintptr_t)wanted, name, value) {
        const struct knob *k = listed(skip, name) ? NULL : find(table, name);

        if (k != NULL)
            *(int *)(void *)((char *)target + k->at) = json_is_boolean(value)
                                                           ? json_boolean_value(value)
                                                           : (int)json_integer_value(value);
    }
    return true;
}

json_t *
knobs_show(const struct knob *table, const void *target)
{
    json_t *all = json_object();

    for (; table->name != NULL; table++)
        json_object_set_new(
            all, table->name,
            json_integer(*(const int *)(const void *)((const char *)target + table->at)));
    return all;
}

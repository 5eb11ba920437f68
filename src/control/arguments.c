#include "verbs.h"

#include <string.h>

bool
argument_text(const json_t *arguments, const char *key, const char **out, struct err *e)
{
    const json_t *value = json_object_get(arguments, key);

    *out = json_string_value(value);
    if (*out == NULL)
        return err_set(e, FAIL_REJECT, "'%s' must be given, as a text", key);
    return **out != '\0' || err_set(e, FAIL_REJECT, "'%s' must not be empty", key);
}

bool
argument_text_or(const json_t *arguments, const char *key, const char *otherwise,
                 const char **out, struct err *e)
{
    const json_t *value = json_object_get(arguments, key);

    *out = otherwise;
    return value == NULL || json_is_null(value) || argument_text(arguments, key, out, e);
}

bool
argument_meter(struct desk *d, const json_t *arguments, struct meter *out, struct err *e)
{
    const char *name;
    bool found;

    if (!argument_text(arguments, "meter", &name, e) ||
        !meter_by_name(d->store, name, out, &found, e))
        return false;
    return (found && out->until == 0) ||
           err_set(e, FAIL_REJECT, "there is no meter '%.60s' in use", name);
}

bool
argument_id(const json_t *arguments, const char *key, int64_t *out, struct err *e)
{
    const json_t *value = json_object_get(arguments, key);
    const char *text = json_string_value(value);

    *out = json_integer_value(value);
    if (text != NULL && !decimal_parse(text, 0, out, e))
        return err_in(e, "%s", key);
    return *out > 0 || err_set(e, FAIL_REJECT, "'%s' must be a number from the list", key);
}

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

/* What names mean in a view. */
#include "render/mustache_private.h"

#include <string.h>

static const json_t *
member(const json_t *object, const char *word, size_t n)
{
    return json_is_object(object) ? json_object_getn(object, word, n) : NULL;
}

const json_t *
scope_find(const struct scope *s, const char *name, size_t n)
{
    const char *end = name + n, *dot = memchr(name, '.', n);
    size_t first = dot == NULL ? n : (size_t)(dot - name);
    const json_t *value = NULL;

    if (n == 1 && *name == '.')
        return s->frames[s->n - 1];
    for (int i = s->n; i-- > 0 && value == NULL;)
        value = member(s->frames[i], name, first);
    for (name += first; value != NULL && name < end; name += first) {
        name++;
        dot = memchr(name, '.', (size_t)(end - name));
        first = (size_t)((dot == NULL ? end : dot) - name);
        value = member(value, name, first);
    }
    return value;
}

bool
value_empty(const json_t *value)
{
    if (value == NULL)
        return true;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_TRUE: return false;
    case JSON_NULL:
    case JSON_FALSE: return true;
    case JSON_ARRAY: return json_array_size(value) == 0;
    case JSON_STRING: return json_string_length(value) == 0;
    case JSON_INTEGER: return json_integer_value(value) == 0;
    case JSON_REAL: return !(json_real_value(value) < 0 || json_real_value(value) > 0);
    }
    return true;
}

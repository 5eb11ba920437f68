/* The way back of import.c: the same columns, from the lists of the store. */
#include "import_kind.h"
#include "meterpost/store/list.h"

#include <string.h>

struct export
{
    const struct import_kind *kind;
    FILE *to;
};

/* Words with ';' between, as read_phones() wants them. */
static void
print_words(const json_t *words, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < json_array_size(words) && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i == 0 ? "" : ";",
                                 json_string_value(json_array_get(words, i)));
}

void
export_value(const json_t *value, char *out, size_t size)
{
    out[0] = '\0';
    if (json_is_string(value))
        snprintf(out, size, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(out, size, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(out, size, "%s", json_is_true(value) ? "yes" : "no");
    else if (json_is_array(value))
        print_words(value, out, size);
}

static void
put_value(FILE *to, const json_t *value, bool first)
{
    char text[1024];

    export_value(value, text, sizeof(text));
    csv_put(to, text, first);
}

static bool
put_row(json_t *row, void *context)
{
    const struct export *x = context;

    for (const struct column *c = x->kind->columns; c->name != NULL && c->read != NULL; c++)
        put_value(x->to, json_object_get(row, c->name), c == x->kind->columns);
    fputs("\r\n", x->to);
    json_decref(row);
    return !ferror(x->to);
}

bool
export_text(struct store *s, const char *kind, int decimals, FILE *to, struct err *e)
{
    struct export x = {import_kind_find(kind, e), to};
    struct list_filter all = {.limit = INT64_MAX};
    char list[64];

    if (x.kind == NULL)
        return false;
    for (const struct column *c = x.kind->columns; c->name != NULL && c->read != NULL; c++)
        csv_put(to, c->name, c == x.kind->columns);
    fputs("\r\n", to);
    snprintf(list, sizeof(list), "%s.export", x.kind->name);
    if (!list_each(s, list, &all, decimals, put_row, &x, e))
        return false;
    return !ferror(to) || err_set(e, FAIL_RETRY, "could not write: is the disk full?");
}

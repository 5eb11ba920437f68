/* `try template` on JSON. */
#include "meterpost/base/text.h"
#include "meterpost/render/template.h"

#include <stdlib.h>
#include <string.h>

#define PARTIALS_MAX 256

struct given {
    int n;
    const char *names[PARTIALS_MAX];
    struct mustache *made[PARTIALS_MAX];
};

static bool
given_find(void *arg, const char *name, const struct mustache **out, struct err *e)
{
    const struct given *g = arg;

    (void)e;
    *out = NULL;
    for (int i = 0; i < g->n; i++)
        if (strcmp(g->names[i], name) == 0)
            *out = g->made[i];
    return true;
}

static bool
given_compile(struct given *g, json_t *partials, struct err *e)
{
    const char *name;
    json_t *text;

    if (partials == NULL || json_is_null(partials))
        return true;
    if (!json_is_object(partials))
        return err_set(e, FAIL_REJECT, "partials: an object of texts is expected");
    json_object_foreach (partials, name, text) {
        if (g->n == PARTIALS_MAX)
            return err_set(e, FAIL_REJECT, "partials: more than %d", PARTIALS_MAX);
        if (!json_is_string(text))
            return err_set(e, FAIL_REJECT, "partials: '%s' is no text", name);
        if (!mustache_compile(name, json_string_value(text), json_string_length(text),
                              &g->made[g->n], e))
            return false;
        g->names[g->n++] = name;
    }
    return true;
}

static bool
fill(const json_t *in, struct given *g, char **text, size_t *n, struct err *e)
{
    const json_t *template = json_object_get(in, "template");
    const json_t *data = json_object_get(in, "data");
    struct mustache_how how = {.partial = given_find, .arg = g};
    struct mustache *m;
    bool ok;

    if (!json_is_object(in))
        return err_set(e, FAIL_REJECT, "an object with template and data is expected");
    if (!json_is_string(template))
        return err_set(e, FAIL_REJECT, "template: a text is expected");
    if (data == NULL)
        return err_set(e, FAIL_REJECT, "data: the values for the template are expected");
    if (!given_compile(g, json_object_get(in, "partials"), e) ||
        !mustache_compile("template", json_string_value(template),
                          json_string_length(template), &m, e))
        return false;
    ok = mustache_render(m, data, &how, text, n, e);
    mustache_destroy(m);
    return ok;
}

json_t *
template_try(const json_t *in)
{
    struct given g = {.n = 0};
    struct err e;
    char *text = NULL, reason[ERR_TEXT_MAX];
    size_t n = 0;
    json_t *out;

    if (fill(in, &g, &text, &n, &e)) {
        out = json_pack("{s:s%}", "text", text, n);
    } else {
        utf8_clean(reason, sizeof(reason), e.text, strlen(e.text));
        out = json_pack("{s:s}", "error", reason);
    }
    free(text);
    while (g.n > 0)
        mustache_destroy(g.made[--g.n]);
    return out;
}

#include "render/mustache_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX                                                                          \
    2000000              /* of one rendering: lists in lists that print nothing end too    \
                          */
#define NUMBER_MAX    64 /* bytes of a printed number */
#define REAL_DIGITS   17 /* that tell any double from its neighbours */
#define REAL_FIXED_AT 15 /* powers of ten that are still written out */

struct render {
    const struct mustache_how *how;
    char *out;
    size_t used, size, max;
    struct scope scope;
    int nesting; /* sections and partials we are in */
    long steps;
    char indent[MUSTACHE_INDENT_MAX];
    size_t indent_at, indent_n; /* what now stands before a line */
    struct err *e;
};

static bool render_nodes(struct render *r, const struct mustache *m, size_t from,
                         size_t to);

static bool
put(struct render *r, const char *bytes, size_t n)
{
    if (n > r->max - r->used)
        return err_set(r->e, FAIL_REJECT, "the output is longer than %zu bytes", r->max);
    if (n >= r->size - r->used) {
        size_t size = r->size * 2 + n;
        char *more = realloc(r->out, size);

        if (more == NULL)
            return err_set(r->e, FAIL_RETRY, "no memory for %zu bytes of output", size);
        r->out = more;
        r->size = size;
    }
    memcpy(r->out + r->used, bytes, n);
    r->used += n;
    return true;
}

static const char *
entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

static bool
put_escaped(struct render *r, const char *s, size_t n)
{
    size_t from = 0;

    for (size_t i = 0; i < n; i++) {
        const char *instead = entity(s[i]);

        if (instead == NULL)
            continue;
        if (!put(r, s + from, i - from) || !put(r, instead, strlen(instead)))
            return false;
        from = i + 1;
    }
    return put(r, s + from, n - from);
}

/* The fewest digits that are read back as the same number, without an exponent where
 * people would write none. */
static void
real_print(double value, char *out, size_t size)
{
    int digits = 1, power;

    do
        snprintf(out, size, "%.*e", digits - 1, value);
    while (digits++ < REAL_DIGITS &&
           (strtod(out, NULL) < value || strtod(out, NULL) > value));
    digits--;
    power = (int)strtol(strchr(out, 'e') + 1, NULL, 10);
    if (power < -REAL_FIXED_AT / 2 || power > REAL_FIXED_AT)
        snprintf(out, size, "%.*g", digits, value);
    else
        snprintf(out, size, "%.*f", digits - 1 > power ? digits - 1 - power : 0, value);
}

static bool
put_value(struct render *r, const struct mustache *m, const struct node *node,
          const json_t *value)
{
    bool escape = node->kind == NODE_VALUE && !r->how->plain;
    char number[NUMBER_MAX];
    const char *s = number;

    switch (json_typeof(value)) {
    case JSON_NULL: return true;
    case JSON_TRUE: s = "true"; break;
    case JSON_FALSE: s = "false"; break;
    case JSON_INTEGER:
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
        break;
    case JSON_REAL: real_print(json_real_value(value), number, sizeof(number)); break;
    case JSON_STRING:
        s = json_string_value(value);
        return escape ? put_escaped(r, s, json_string_length(value))
                      : put(r, s, json_string_length(value));
    case JSON_ARRAY:
    case JSON_OBJECT:
        return mustache_err(
            m, node->tag, r->e,
            "{{%.*s}} is %s and cannot be printed: use {{#%.*s}} ... {{/%.*s}}",
            (int)node->n, m->text + node->at, json_is_array(value) ? "a list" : "an object",
            (int)node->n, m->text + node->at, (int)node->n, m->text + node->at);
    }
    return put(r, s, strlen(s));
}

static bool
render_value(struct render *r, const struct mustache *m, const struct node *node)
{
    const json_t *value = scope_find(&r->scope, m->text + node->at, node->n);

    if (value != NULL)
        return put_value(r, m, node, value);
    if (!r->how->strict)
        return true;
    return mustache_err(m, node->tag, r->e, "there is no {{%.*s}}", (int)node->n,
                        m->text + node->at);
}

static bool
go_in(struct render *r, const struct mustache *m, const struct node *node)
{
    if (r->nesting == MUSTACHE_NESTING_MAX)
        return mustache_err(m, node->tag, r->e,
                            "{{%.*s}}: more than %d sections and partials in each other",
                            (int)node->n, m->text + node->at, MUSTACHE_NESTING_MAX);
    r->nesting++;
    return true;
}

/* One more thing done. */
static bool
step(struct render *r, const struct mustache *m, const struct node *node)
{
    if (++r->steps > STEPS_MAX)
        return mustache_err(m, node->tag, r->e, "this goes on for too long");
    return true;
}

/* The inside of a section, `index` nodes from the start, with `value` on top. */
static bool
render_with(struct render *r, const struct mustache *m, size_t index, const json_t *value)
{
    bool ok;

    if (!step(r, m, &m->nodes[index]))
        return false;
    r->scope.frames[r->scope.n++] = value;
    ok = render_nodes(r, m, index + 1, m->nodes[index].end);
    r->scope.n--;
    return ok;
}

static bool
render_section(struct render *r, const struct mustache *m, size_t index)
{
    const struct node *node = &m->nodes[index];
    const json_t *value = scope_find(&r->scope, m->text + node->at, node->n);
    bool ok = true;

    if (value_empty(value) != (node->kind == NODE_INVERTED))
        return true;
    if (!go_in(r, m, node))
        return false;
    if (node->kind == NODE_INVERTED)
        ok = render_nodes(r, m, index + 1, node->end);
    else if (!json_is_array(value))
        ok = render_with(r, m, index, value);
    else
        for (size_t i = 0; ok && i < json_array_size(value); i++)
            ok = render_with(r, m, index, json_array_get(value, i));
    r->nesting--;
    return ok;
}

/* A partial alone on its line has what stood before it in front of each of its lines,
 * behind what our own lines have; within a line it has nothing. */
static bool
indent_push(struct render *r, const struct mustache *m, const struct node *node)
{
    size_t end = r->indent_at + r->indent_n;

    if (!node->alone) {
        r->indent_at = end;
        r->indent_n = 0;
        return true;
    }
    if (node->indent_n > sizeof(r->indent) - end)
        return mustache_err(m, node->tag, r->e, "more than %d blanks before partials",
                            MUSTACHE_INDENT_MAX);
    memcpy(r->indent + end, m->text + node->indent_at, node->indent_n);
    r->indent_n += node->indent_n;
    return true;
}

static bool
partial_find(struct render *r, const struct mustache *m, const struct node *node,
             const struct mustache **out)
{
    char name[256];

    *out = NULL;
    if (r->how->partial == NULL)
        return true;
    if (node->n >= sizeof(name))
        return mustache_err(m, node->tag, r->e, "the name of this partial is too long");
    memcpy(name, m->text + node->at, node->n);
    name[node->n] = '\0';
    return r->how->partial(r->how->arg, name, out, r->e);
}

static bool
render_partial(struct render *r, const struct mustache *m, const struct node *node)
{
    const struct mustache *partial;
    size_t indent_at = r->indent_at, indent_n = r->indent_n;
    bool ok;

    if (!partial_find(r, m, node, &partial))
        return false;
    if (partial == NULL)
        return true;
    if (!go_in(r, m, node))
        return false;
    ok = indent_push(r, m, node) && render_nodes(r, partial, 0, partial->n_nodes);
    r->indent_at = indent_at;
    r->indent_n = indent_n;
    r->nesting--;
    return ok;
}

static bool
render_node(struct render *r, const struct mustache *m, size_t index)
{
    const struct node *node = &m->nodes[index];

    switch (node->kind) {
    case NODE_TEXT: return put(r, m->text + node->at, node->n);
    case NODE_INDENT: return put(r, r->indent + r->indent_at, r->indent_n);
    case NODE_VALUE:
    case NODE_RAW: return render_value(r, m, node);
    case NODE_SECTION:
    case NODE_INVERTED: return render_section(r, m, index);
    case NODE_PARTIAL: return render_partial(r, m, node);
    }
    return true;
}

static bool
render_nodes(struct render *r, const struct mustache *m, size_t from, size_t to)
{
    while (from < to) {
        const struct node *node = &m->nodes[from];

        if (!step(r, m, node) || !render_node(r, m, from))
            return false;
        from = node->kind == NODE_SECTION || node->kind == NODE_INVERTED ? node->end
                                                                         : from + 1;
    }
    return true;
}

bool
mustache_render(const struct mustache *m, const json_t *view,
                const struct mustache_how *how, char **out, size_t *length, struct err *e)
{
    static const struct mustache_how usual;
    struct render r = {.how = how == NULL ? &usual : how, .size = m->n + 256, .e = e};

    *out = NULL;
    r.max = r.how->output_max == 0 ? MUSTACHE_OUTPUT_MAX : r.how->output_max;
    r.scope.frames[r.scope.n++] = view;
    r.out = malloc(r.size);
    if (r.out == NULL)
        return err_set(e, FAIL_RETRY, "no memory for a template's output");
    if (!render_nodes(&r, m, 0, m->n_nodes)) {
        free(r.out);
        return false;
    }
    r.out[r.used] = '\0';
    *out = r.out;
    if (length != NULL)
        *length = r.used;
    return true;
}

#include "render/mustache_private.h"

#include <string.h>

#define NODES_MAX 200000 /* visited in one check: partials within partials end too */

struct check {
    const struct mustache_how *how;
    mustache_fault *fault;
    void *arg;
    struct scope scope;
    const struct mustache *inside[MUSTACHE_NESTING_MAX + 1]; /* partials we are in */
    int n_inside, nesting, faults;
    long visited;
};

static void check_nodes(struct check *c, const struct mustache *m, size_t from, size_t to);

/* Tells the fault in *e. */
static void
tell(struct check *c, const struct err *e)
{
    c->faults++;
    c->fault(c->arg, e->text);
}

static void
tell_unknown(struct check *c, const struct mustache *m, const struct node *node)
{
    struct err e;

    mustache_err(m, node->tag, &e, "there is no field {{%.*s}}", (int)node->n,
                 m->text + node->at);
    tell(c, &e);
}

static void
check_value(struct check *c, const struct mustache *m, const struct node *node)
{
    const json_t *value = scope_find(&c->scope, m->text + node->at, node->n);
    struct err e;

    if (value == NULL) {
        tell_unknown(c, m, node);
        return;
    }
    if (!json_is_array(value) && !json_is_object(value))
        return;
    mustache_err(m, node->tag, &e, "{{%.*s}} is %s and cannot be printed", (int)node->n,
                 m->text + node->at, json_is_array(value) ? "a list" : "an object");
    tell(c, &e);
}

static void
check_section(struct check *c, const struct mustache *m, size_t index)
{
    const struct node *node = &m->nodes[index];
    const json_t *value = scope_find(&c->scope, m->text + node->at, node->n);

    if (value == NULL) {
        tell_unknown(c, m, node);
        return;
    }
    if (c->nesting == MUSTACHE_NESTING_MAX)
        return;
    if (json_is_array(value))
        value = json_array_get(value, 0);
    c->nesting++;
    if (node->kind == NODE_SECTION && value != NULL)
        c->scope.frames[c->scope.n++] = value;
    check_nodes(c, m, index + 1, node->end);
    if (node->kind == NODE_SECTION && value != NULL)
        c->scope.n--;
    c->nesting--;
}

/* A partial may call itself, for trees: it is looked at once. */
static bool
is_inside(const struct check *c, const struct mustache *m)
{
    for (int i = 0; i < c->n_inside; i++)
        if (c->inside[i] == m)
            return true;
    return false;
}

static void
check_partial(struct check *c, const struct mustache *m, const struct node *node)
{
    const struct mustache *partial = NULL;
    struct err e;
    char name[256];

    if (c->nesting == MUSTACHE_NESTING_MAX)
        return;
    if (node->n < sizeof(name) && c->how->partial != NULL) {
        memcpy(name, m->text + node->at, node->n);
        name[node->n] = '\0';
        if (!c->how->partial(c->how->arg, name, &partial, &e)) {
            tell(c, &e);
            return;
        }
    }
    if (partial == NULL) {
        mustache_err(m, node->tag, &e, "there is no partial {{> %.*s}}",
                     (int)(node->n < 100 ? node->n : 100), m->text + node->at);
        tell(c, &e);
        return;
    }
    if (is_inside(c, partial))
        return;
    c->nesting++;
    c->inside[c->n_inside++] = partial;
    check_nodes(c, partial, 0, partial->n_nodes);
    c->n_inside--;
    c->nesting--;
}

static void
check_nodes(struct check *c, const struct mustache *m, size_t from, size_t to)
{
    for (; from < to && c->visited < NODES_MAX; c->visited++) {
        const struct node *node = &m->nodes[from++];

        switch (node->kind) {
        case NODE_TEXT:
        case NODE_INDENT: break;
        case NODE_VALUE:
        case NODE_RAW: check_value(c, m, node); break;
        case NODE_SECTION:
        case NODE_INVERTED:
            check_section(c, m, from - 1);
            from = node->end;
            break;
        case NODE_PARTIAL: check_partial(c, m, node); break;
        }
    }
}

int
mustache_check(const struct mustache *m, const json_t *sample,
               const struct mustache_how *how, mustache_fault *fault, void *arg)
{
    static const struct mustache_how usual;
    struct check c = {.how = how == NULL ? &usual : how, .fault = fault, .arg = arg};

    c.scope.frames[c.scope.n++] = sample;
    c.inside[c.n_inside++] = m;
    check_nodes(&c, m, 0, m->n_nodes);
    return c.faults;
}

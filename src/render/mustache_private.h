/*
 * mustache_private.h - a compiled template: its text and a row of nodes that point into it.
 */
#ifndef RENDER_MUSTACHE_PRIVATE_H
#define RENDER_MUSTACHE_PRIVATE_H

#include "meterpost/render/mustache.h"

enum node_kind {
    NODE_TEXT,     /* at, n: bytes to copy                                       */
    NODE_INDENT,   /* here a line starts: the indentation of the partial, if any */
    NODE_VALUE,    /* {{name}}                                                   */
    NODE_RAW,      /* {{{name}}} or {{&name}}                                    */
    NODE_SECTION,  /* {{#name}}, up to the node `end`                            */
    NODE_INVERTED, /* {{^name}}, up to the node `end`                            */
    NODE_PARTIAL,  /* {{> name}}                                                 */
};

struct node {
    enum node_kind kind;
    size_t at, n;               /* of the text or the name, in mustache.text */
    size_t tag;                 /* where the tag begins, for errors */
    size_t end;                 /* sections: index behind their last node */
    size_t indent_at, indent_n; /* partials alone on a line: what stands before them */
    bool alone;
};

struct mustache {
    char *name; /* or NULL */
    char *text;
    size_t n;
    struct node *nodes;
    size_t n_nodes, room;
};

/* The words that a place in a view can be looked up by: the stack of section values,
 * innermost last. */
struct scope {
    const json_t *frames[MUSTACHE_NESTING_MAX + 1];
    int n;
};

/* The value of a (dotted) name of n bytes, NULL when there is none. The first word is
 * looked for from the innermost value outwards, the others only inside what it found. */
const json_t *scope_find(const struct scope *s, const char *name, size_t n);

/* Null, false, 0, "", [] and NULL: no section is shown for it. */
bool value_empty(const json_t *value);

/* A failure at byte `at` of the template: "name:line:column: ...". Always false. */
bool mustache_err(const struct mustache *m, size_t at, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif

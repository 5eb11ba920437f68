/*
 * yaml_check.c - a tree against a libcyaml schema: everything that is wrong, at once.
 *
 * It must refuse whatever libcyaml would refuse, and what libcyaml would misread: 010 as
 * eight, `off` as true, a number in place of a word of an enumeration.
 */
#include "base/yaml_tree.h"

#include "meterpost/base/text.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_BYTES 256
#define FIELDS_MAX     128 /* keys of one mapping */
#define SHOWN_MAX      48  /* bytes of a wrong value that are repeated */

struct walk {
    const struct yaml *y;
    struct problems *problems;
    yaml_syntax *syntax;
    void *self;       /* of syntax */
    uint8_t *visited; /* by node: reached twice means an alias */
    struct text path;
    int depth;
};

static void check_value(struct walk *w, int id, const cyaml_schema_value_t *schema);
static void check_any(struct walk *w, int id);

#define PROBLEM(w, id, ...)                                                                \
    yaml_problem_at((w)->y, (w)->problems, (id), (w)->path.at, __VA_ARGS__)

/* "'12x'", "nothing", "a list" or "a mapping": what stands there, for the reader. */
static const char *
shown(const yaml_node_t *node, char *out)
{
    char clip[SHOWN_MAX];

    switch (node->type) {
    case YAML_SEQUENCE_NODE: return "a list";
    case YAML_MAPPING_NODE: return "a mapping (keys and values)";
    case YAML_SCALAR_NODE: break;
    case YAML_NO_NODE: return "nothing";
    }
    if (node->data.scalar.length == 0)
        return "nothing";
    text_clip(clip, sizeof(clip), (const char *)node->data.scalar.value);
    snprintf(out, SHOWN_MAX + 8, "'%s'%s", clip,
             strlen(clip) < node->data.scalar.length ? "..." : "");
    return out;
}

static bool
is_null(const yaml_node_t *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};

    if (node->type != YAML_SCALAR_NODE ||
        node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp((const char *)node->data.scalar.value, words[i]) == 0)
            return true;
    }
    return false;
}

/* libcyaml makes NULL of this value. */
static bool
null_allowed(const yaml_node_t *node, const cyaml_schema_value_t *s)
{
    unsigned flags = (unsigned)s->flags;

    if (!is_null(node))
        return false;
    if ((flags & CYAML_FLAG_POINTER_NULL_STR) == CYAML_FLAG_POINTER_NULL_STR)
        return true;
    return (flags & CYAML_FLAG_POINTER_NULL) == CYAML_FLAG_POINTER_NULL &&
           node->data.scalar.length == 0;
}

static size_t
path_push_key(struct walk *w, const char *key)
{
    size_t mark = w->path.used;

    text_addf(&w->path, "%s%s", mark == 0 ? "" : ".", key);
    return mark;
}

static size_t
path_push_index(struct walk *w, size_t index)
{
    size_t mark = w->path.used;

    text_addf(&w->path, "[%zu]", index);
    return mark;
}

static void
path_pop(struct walk *w, size_t mark)
{
    w->path.used = mark;
    w->path.at[mark] = '\0';
    w->path.cut = false;
}

/* Digits with an optional minus, decimal, without leading zeros. */
static bool
is_whole_number(const char *c)
{
    c += *c == '-';
    if (*c == '0' && c[1] != '\0')
        return false;
    return *c != '\0' && strspn(c, "0123456789") == strlen(c);
}

static void
check_int(struct walk *w, int id, const cyaml_schema_value_t *s)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    int bits = (int)s->data_size * 8;
    long long high = bits >= 64 ? INT64_MAX : (1LL << (bits - 1)) - 1, value = 0;
    bool number = node->type == YAML_SCALAR_NODE &&
                  is_whole_number((const char *)node->data.scalar.value);
    char buffer[SHOWN_MAX + 8];

    errno = 0;
    if (number)
        value = strtoll((const char *)node->data.scalar.value, NULL, 10);
    if (!number || errno == ERANGE || value > high || value < -high - 1)
        PROBLEM(w, id, "expected a whole number from %lld to %lld, got %s", -high - 1, high,
                shown(node, buffer));
}

static void
check_uint(struct walk *w, int id, const cyaml_schema_value_t *s)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    int bits = (int)s->data_size * 8;
    unsigned long long high = bits >= 64 ? UINT64_MAX : (1ULL << bits) - 1, value = 0;
    const char *text = (const char *)node->data.scalar.value;
    bool number = node->type == YAML_SCALAR_NODE && text[0] != '-' && is_whole_number(text);
    char buffer[SHOWN_MAX + 8];

    errno = 0;
    if (number)
        value = strtoull(text, NULL, 10);
    if (!number || errno == ERANGE || value > high)
        PROBLEM(w, id, "expected a whole number from 0 to %llu, got %s", high,
                shown(node, buffer));
}

static void
check_bool(struct walk *w, int id)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    const char *text = (const char *)node->data.scalar.value;
    char buffer[SHOWN_MAX + 8];

    if (node->type != YAML_SCALAR_NODE ||
        (strcmp(text, "true") != 0 && strcmp(text, "false") != 0))
        PROBLEM(w, id, "expected true or false, got %s", shown(node, buffer));
}

static void
check_string(struct walk *w, int id, const cyaml_schema_value_t *s)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    char buffer[SHOWN_MAX + 8];
    struct err e;
    size_t n;

    if (node->type != YAML_SCALAR_NODE || (is_null(node) && s->string.min > 0) ||
        (is_null(node) && node->data.scalar.length > 0)) {
        PROBLEM(w, id, "expected text, got %s", shown(node, buffer));
        return;
    }
    n = node->data.scalar.length;
    if (n < s->string.min && n == 0)
        PROBLEM(w, id, "expected text, got nothing");
    else if (n < s->string.min)
        PROBLEM(w, id, "expected at least %u bytes of text, got %s", s->string.min,
                shown(node, buffer));
    else if (n > s->string.max)
        PROBLEM(w, id, "expected at most %u bytes of text, got %zu: %s", s->string.max, n,
                shown(node, buffer));
    else if (w->syntax != NULL &&
             !w->syntax(w->self, w->path.at, (const char *)node->data.scalar.value, &e))
        PROBLEM(w, id, "%s", e.text);
}

/* One word of an enumeration, or one of a list of flags. */
static void
check_word(struct walk *w, int id, const cyaml_schema_value_t *s)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    char words[PROBLEM_TEXT_MAX / 2], buffer[SHOWN_MAX + 8];
    struct text list;

    text_init(&list, words, sizeof(words));
    for (uint32_t i = 0; i < s->enumeration.count; i++) {
        const char *word = s->enumeration.strings[i].str;

        if (node->type == YAML_SCALAR_NODE &&
            strcmp((const char *)node->data.scalar.value, word) == 0)
            return;
        text_addf(&list, "%s%s", i == 0 ? "" : ", ", word);
    }
    PROBLEM(w, id, "expected one of %s%s; got %s", words, list.cut ? ", ..." : "",
            shown(node, buffer));
}

static void
check_flags(struct walk *w, int id, const cyaml_schema_value_t *s)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    char buffer[SHOWN_MAX + 8];
    size_t n, mark;

    if (node->type != YAML_SEQUENCE_NODE) {
        PROBLEM(w, id, "expected a list of words, got %s", shown(node, buffer));
        return;
    }
    n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    for (size_t i = 0; i < n; i++) {
        mark = path_push_index(w, i);
        check_word(w, node->data.sequence.items.start[i], s);
        path_pop(w, mark);
    }
}

static void
check_sequence(struct walk *w, int id, const cyaml_schema_value_t *s)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    char buffer[SHOWN_MAX + 8];
    size_t n, mark;

    if (node->type != YAML_SEQUENCE_NODE) {
        PROBLEM(w, id, "expected a list, got %s", shown(node, buffer));
        return;
    }
    n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (n < s->sequence.min)
        PROBLEM(w, id, "expected at least %u in the list, got %zu", s->sequence.min, n);
    if (n > s->sequence.max)
        PROBLEM(w, id, "expected at most %u in the list, got %zu", s->sequence.max, n);
    for (size_t i = 0; i < n && i < s->sequence.max; i++) {
        mark = path_push_index(w, i);
        check_value(w, node->data.sequence.items.start[i], s->sequence.entry);
        path_pop(w, mark);
    }
}

static void
report_unknown_key(struct walk *w, int id, const char *key,
                   const cyaml_schema_field_t *fields)
{
    const char *words[FIELDS_MAX], *near;
    char list[PROBLEM_TEXT_MAX / 2], clip[SHOWN_MAX];
    struct text t;
    size_t n = 0;

    text_init(&t, list, sizeof(list));
    for (; fields[n].key != NULL && n < FIELDS_MAX; n++) {
        words[n] = fields[n].key;
        text_addf(&t, "%s%s", n == 0 ? "" : ", ", words[n]);
    }
    text_clip(clip, sizeof(clip), key);
    near = nearest_word(key, words, n);
    if (near != NULL)
        PROBLEM(w, id, "unknown key '%s': did you mean '%s'?", clip, near);
    else
        PROBLEM(w, id, "unknown key '%s': expected one of %s%s", clip, list,
                t.cut ? ", ..." : "");
}

/* The field of this key; -1 when there is none. */
static int
find_field(const cyaml_schema_field_t *fields, const char *key)
{
    for (int i = 0; fields[i].key != NULL && i < FIELDS_MAX; i++) {
        if (strcmp(fields[i].key, key) == 0)
            return i;
    }
    return -1;
}

static void
check_pair(struct walk *w, const yaml_node_pair_t *pair, const cyaml_schema_field_t *fields,
           int *key_of_field)
{
    const yaml_node_t *key = yaml_node(w->y, pair->key);
    const char *word = (const char *)key->data.scalar.value;
    char buffer[SHOWN_MAX + 8];
    size_t mark;
    int field;

    if (key->type != YAML_SCALAR_NODE) {
        PROBLEM(w, pair->key, "expected a key, got %s", shown(key, buffer));
        return;
    }
    field = find_field(fields, word);
    if (field == -1) {
        report_unknown_key(w, pair->key, word, fields);
        return;
    }
    if (key_of_field[field] != 0)
        PROBLEM(w, pair->key, "the key '%s' stands here twice, first in line %u", word,
                (unsigned)yaml_node(w->y, key_of_field[field])->start_mark.line + 1);
    key_of_field[field] = pair->key;
    mark = path_push_key(w, word);
    check_value(w, pair->value, &fields[field].value);
    path_pop(w, mark);
}

static void
check_mapping(struct walk *w, int id, const cyaml_schema_value_t *s)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    const cyaml_schema_field_t *fields = s->mapping.fields;
    int key_of_field[FIELDS_MAX] = {0};
    char buffer[SHOWN_MAX + 8];

    if (node->type != YAML_MAPPING_NODE) {
        PROBLEM(w, id, "expected a mapping (keys and values), got %s", shown(node, buffer));
        return;
    }
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++)
        check_pair(w, pair, fields, key_of_field);
    for (int i = 0; fields[i].key != NULL && i < FIELDS_MAX; i++) {
        if (key_of_field[i] == 0 &&
            ((unsigned)fields[i].value.flags & CYAML_FLAG_OPTIONAL) == 0)
            PROBLEM(w, id, "the key '%s' is missing", fields[i].key);
    }
}

/* A part of the tree that no schema describes: only the limits hold. */
static void
check_any(struct walk *w, int id)
{
    const yaml_node_t *node = yaml_node(w->y, id);
    cyaml_schema_value_t any = {.type = CYAML_IGNORE};

    if (node->type == YAML_SEQUENCE_NODE) {
        for (yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top; item++)
            check_value(w, *item, &any);
    }
    if (node->type == YAML_MAPPING_NODE) {
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             pair < node->data.mapping.pairs.top; pair++)
            check_value(w, pair->value, &any);
    }
}

static void
check_by_type(struct walk *w, int id, const cyaml_schema_value_t *s)
{
    switch (s->type) {
    case CYAML_INT: check_int(w, id, s); return;
    case CYAML_UINT: check_uint(w, id, s); return;
    case CYAML_BOOL: check_bool(w, id); return;
    case CYAML_ENUM: check_word(w, id, s); return;
    case CYAML_FLAGS: check_flags(w, id, s); return;
    case CYAML_STRING: check_string(w, id, s); return;
    case CYAML_MAPPING: check_mapping(w, id, s); return;
    case CYAML_SEQUENCE:
    case CYAML_SEQUENCE_FIXED: check_sequence(w, id, s); return;
    case CYAML_IGNORE: check_any(w, id); return;
    case CYAML_FLOAT: /* no floating point in money or energy */
    case CYAML_BITFIELD:
    case CYAML__TYPE_COUNT: break;
    }
    PROBLEM(w, id, "this program has no use for the type of this value");
}

static void
check_value(struct walk *w, int id, const cyaml_schema_value_t *schema)
{
    if (w->visited[id]) {
        PROBLEM(w, id, "aliases (*name) are not supported: write the value out");
        return;
    }
    w->visited[id] = 1;
    if (null_allowed(yaml_node(w->y, id), schema))
        return;
    if (w->depth == YAML_DEPTH_MAX) {
        PROBLEM(w, id, "expected at most %d levels of nesting", YAML_DEPTH_MAX);
        return;
    }
    w->depth++;
    check_by_type(w, id, schema);
    w->depth--;
}

bool
yaml_check_tree(const struct yaml *y, const cyaml_schema_value_t *schema,
                yaml_syntax *syntax, void *self, struct problems *problems)
{
    char path[PATH_MAX_BYTES];
    size_t before = problems_total(problems);
    size_t nodes = (size_t)(y->document.nodes.top - y->document.nodes.start);
    struct walk w = {.y = y,
                     .problems = problems,
                     .syntax = syntax,
                     .self = self,
                     .visited = calloc(nodes + 1, 1)};

    if (w.visited == NULL)
        return problems_add(problems, y->name, 0, 0, "out of memory");
    text_init(&w.path, path, sizeof(path));
    check_value(&w, 1, schema);
    free(w.visited);
    return problems_total(problems) == before;
}

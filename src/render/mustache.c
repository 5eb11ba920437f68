#include "meterpost/base/text.h"
#include "render/mustache_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAG_SHOWN_MAX 60 /* bytes of a name in an error */

/* A piece of the template's text. */
struct piece {
    const char *at;
    size_t n;
};

struct tag {
    char kind;         /* '#', '^', '/', '>', '!', '=', '&', or 'v' for a plain {{name}} */
    size_t start, end; /* of the whole tag, delimiters included */
    struct piece body; /* what is inside, trimmed */
};

struct compiler {
    struct mustache *m;
    struct piece open, close;              /* the delimiters now in force */
    size_t sections[MUSTACHE_NESTING_MAX]; /* nodes of those still open */
    int depth;
    struct err *e;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_space(char c)
{
    return is_blank(c) || c == '\n' || c == '\r';
}

bool
mustache_err(const struct mustache *m, size_t at, struct err *e, const char *fmt, ...)
{
    char raw[ERR_TEXT_MAX / 2], reason[ERR_TEXT_MAX / 2];
    int line = 1, column = 1;
    va_list args;

    va_start(args, fmt);
    vsnprintf(raw, sizeof(raw), fmt, args);
    va_end(args);
    /* Names of the template may have been cut within a character. */
    utf8_clean(reason, sizeof(reason), raw, strlen(raw));
    for (size_t i = 0; i < at && i < m->n; i++) {
        if (m->text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)m->text[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    if (m->name != NULL)
        return err_set(e, FAIL_REJECT, "%s:%d:%d: %s", m->name, line, column, reason);
    return err_set(e, FAIL_REJECT, "line %d, column %d: %s", line, column, reason);
}

/* For "%.*s" of a name that may be anything. */
static int
shown(struct piece p)
{
    return p.n > TAG_SHOWN_MAX ? TAG_SHOWN_MAX : (int)p.n;
}

static struct piece
trimmed(const char *at, size_t n)
{
    while (n > 0 && is_space(*at)) {
        at++;
        n--;
    }
    while (n > 0 && is_space(at[n - 1]))
        n--;
    return (struct piece){at, n};
}

static bool
starts_with(const struct mustache *m, size_t at, struct piece with)
{
    return m->n - at >= with.n && memcmp(m->text + at, with.at, with.n) == 0;
}

/* Where `what` stands at or after `from`; false when it does not. */
static bool
find_piece(const struct mustache *m, size_t from, struct piece what, size_t *at)
{
    const char *hit;

    if (from > m->n)
        return false;
    hit = memmem(m->text + from, m->n - from, what.at, what.n);
    if (hit == NULL)
        return false;
    *at = (size_t)(hit - m->text);
    return true;
}

static bool
node_add(struct compiler *c, struct node node)
{
    struct mustache *m = c->m;

    if (m->n_nodes == m->room) {
        size_t room = m->room == 0 ? 32 : m->room * 2;
        struct node *more = realloc(m->nodes, room * sizeof(*more));

        if (more == NULL)
            return err_set(c->e, FAIL_RETRY, "no memory for a template");
        m->nodes = more;
        m->room = room;
    }
    m->nodes[m->n_nodes++] = node;
    return true;
}

static bool
line_starts_at(const struct mustache *m, size_t at)
{
    return at == 0 || m->text[at - 1] == '\n';
}

/* The text from..to, a node a line, each line behind a place for the indentation. */
static bool
text_nodes(struct compiler *c, size_t from, size_t to)
{
    while (from < to) {
        const char *feed = memchr(c->m->text + from, '\n', to - from);
        size_t next = feed == NULL ? to : (size_t)(feed - c->m->text) + 1;

        if (line_starts_at(c->m, from) && !node_add(c, (struct node){.kind = NODE_INDENT}))
            return false;
        if (!node_add(c, (struct node){.kind = NODE_TEXT, .at = from, .n = next - from}))
            return false;
        from = next;
    }
    return true;
}

/* Is the tag alone on its line (or lines)? Then *before is where the line begins and
 * *behind where the next one does. Values are never alone: they print something. */
static bool
stands_alone(const struct mustache *m, const struct tag *t, size_t *before, size_t *behind)
{
    size_t from = t->start, to = t->end;

    if (t->kind == 'v' || t->kind == '&')
        return false;
    while (from > 0 && is_blank(m->text[from - 1]))
        from--;
    while (to < m->n && is_blank(m->text[to]))
        to++;
    if (!line_starts_at(m, from))
        return false;
    if (to + 1 < m->n && m->text[to] == '\r' && m->text[to + 1] == '\n')
        to++;
    if (to < m->n && m->text[to] != '\n')
        return false;
    *before = from;
    *behind = to < m->n ? to + 1 : to;
    return true;
}

/* Reads the tag whose opening delimiter stands at `at`. */
static bool
tag_scan(struct compiler *c, size_t at, struct tag *t)
{
    const struct mustache *m = c->m;
    size_t inside = at + c->open.n, stop, body;
    char last = '\0';

    t->start = at;
    for (body = inside; body < m->n && is_space(m->text[body]);)
        body++;
    t->kind = body < m->n ? m->text[body] : '\0';
    if (t->kind == '{' && body == inside)
        last = '}';
    else if (t->kind == '=')
        last = '=';
    if (t->kind != '\0' && strchr("#^/>!=&{$<", t->kind) != NULL &&
        (t->kind != '{' || last))
        body++;
    else
        t->kind = 'v';
    for (stop = body;; stop++) {
        if (!find_piece(m, stop, c->close, &stop))
            return mustache_err(m, at, c->e, "this tag is opened and never closed by %.*s",
                                shown(c->close), c->close.at);
        if (last == '\0')
            break;
        /* The closing }}} of {{{ is "}" and the delimiter: with "}}" it begins earlier. */
        if (last == '}' && stop + c->close.n < m->n && m->text[stop] == '}' &&
            starts_with(m, stop + 1, c->close))
            stop++;
        if (stop > body && m->text[stop - 1] == last)
            break;
    }
    t->end = stop + c->close.n;
    t->body = trimmed(m->text + body, stop - body - (last != '\0'));
    if (t->kind == '{')
        t->kind = '&';
    return true;
}

/* {{=<% %>=}}: two words become the delimiters. */
static bool
delimiters_set(struct compiler *c, const struct tag *t)
{
    struct piece open = {t->body.at, 0}, close;

    while (open.n < t->body.n && !is_space(open.at[open.n]))
        open.n++;
    close = trimmed(open.at + open.n, t->body.n - open.n);
    for (size_t i = 0; i < close.n; i++)
        if (is_space(close.at[i]))
            close.n = 0;
    if (open.n == 0 || close.n == 0 || memchr(open.at, '=', open.n) != NULL ||
        memchr(close.at, '=', close.n) != NULL)
        return mustache_err(
            c->m, t->start, c->e,
            "new delimiters are two words without '=', as in {{=<%% %%>=}}");
    c->open = open;
    c->close = close;
    return true;
}

/* A name is one word; its dots stand between words. */
static bool
name_check(struct compiler *c, const struct tag *t)
{
    struct piece b = t->body;

    if (b.n == 0)
        return mustache_err(c->m, t->start, c->e, "a tag without a name");
    for (size_t i = 0; i < b.n; i++)
        if (is_space(b.at[i]))
            return mustache_err(c->m, t->start, c->e, "'%.*s': a name has no spaces in it",
                                shown(b), b.at);
    if (t->kind == '>' || (b.n == 1 && b.at[0] == '.'))
        return true;
    if (b.at[0] == '.' || b.at[b.n - 1] == '.' || memmem(b.at, b.n, "..", 2) != NULL)
        return mustache_err(c->m, t->start, c->e,
                            "'%.*s': dots stand between words, as in account.name",
                            shown(b), b.at);
    return true;
}

static bool
section_open(struct compiler *c, const struct tag *t, struct node node)
{
    node.kind = t->kind == '#' ? NODE_SECTION : NODE_INVERTED;
    if (c->depth == MUSTACHE_NESTING_MAX)
        return mustache_err(c->m, t->start, c->e, "more than %d sections in each other",
                            MUSTACHE_NESTING_MAX);
    c->sections[c->depth++] = c->m->n_nodes;
    return node_add(c, node);
}

static bool
section_close(struct compiler *c, const struct tag *t)
{
    struct piece b = t->body;
    struct node *open;

    if (c->depth == 0)
        return mustache_err(c->m, t->start, c->e,
                            "{{/%.*s}} ends a section that was never begun", shown(b),
                            b.at);
    open = &c->m->nodes[c->sections[c->depth - 1]];
    if (open->n != b.n || memcmp(c->m->text + open->at, b.at, b.n) != 0)
        return mustache_err(c->m, t->start, c->e, "{{/%.*s}} where {{/%.*s}} is due",
                            shown(b), b.at, shown((struct piece){NULL, open->n}),
                            c->m->text + open->at);
    open->end = c->m->n_nodes;
    c->depth--;
    return true;
}

/* Adds what the tag means; `line` is the start of its line when it stands alone. */
static bool
tag_compile(struct compiler *c, const struct tag *t, bool alone, size_t line)
{
    struct node node = {.at = (size_t)(t->body.at - c->m->text),
                        .n = t->body.n,
                        .tag = t->start,
                        .alone = alone};

    if (t->kind == '!')
        return true;
    if (t->kind == '=')
        return delimiters_set(c, t);
    if (t->kind == '$' || t->kind == '<')
        return mustache_err(c->m, t->start, c->e,
                            "{{%c%.*s}}: templates do not inherit here, use a partial",
                            t->kind, shown(t->body), t->body.at);
    if (!name_check(c, t))
        return false;
    if (t->kind == '#' || t->kind == '^')
        return section_open(c, t, node);
    if (t->kind == '/')
        return section_close(c, t);
    node.kind = t->kind == '>' ? NODE_PARTIAL : t->kind == '&' ? NODE_RAW : NODE_VALUE;
    if (node.kind == NODE_PARTIAL && alone) {
        node.indent_at = line;
        node.indent_n = t->start - line;
    }
    return node_add(c, node);
}

static bool
compile_all(struct compiler *c)
{
    struct mustache *m = c->m;
    size_t at = 0, start;

    while (find_piece(m, at, c->open, &start)) {
        struct tag t = {0};
        size_t before, behind;
        bool alone;

        if (!tag_scan(c, start, &t))
            return false;
        alone = stands_alone(m, &t, &before, &behind);
        if (!text_nodes(c, at, alone ? before : start))
            return false;
        if (!alone && line_starts_at(m, start) &&
            !node_add(c, (struct node){.kind = NODE_INDENT}))
            return false;
        if (!tag_compile(c, &t, alone, alone ? before : start))
            return false;
        at = alone ? behind : t.end;
    }
    if (!text_nodes(c, at, m->n))
        return false;
    if (c->depth > 0) {
        const struct node *open = &m->nodes[c->sections[c->depth - 1]];

        return mustache_err(m, open->tag, c->e, "{{%c%.*s}} is never ended by {{/%.*s}}",
                            open->kind == NODE_SECTION ? '#' : '^',
                            shown((struct piece){NULL, open->n}), m->text + open->at,
                            shown((struct piece){NULL, open->n}), m->text + open->at);
    }
    return true;
}

bool
mustache_compile(const char *name, const char *text, size_t n, struct mustache **out,
                 struct err *e)
{
    struct compiler c = {.open = {"{{", 2}, .close = {"}}", 2}, .e = e};
    struct mustache *m;

    *out = NULL;
    if (n > MUSTACHE_TEMPLATE_MAX)
        return err_set(e, FAIL_REJECT, "%s is longer than %d bytes",
                       name == NULL ? "the template" : name, MUSTACHE_TEMPLATE_MAX);
    if (!utf8_valid(text, n))
        return err_set(e, FAIL_REJECT, "%s is not UTF-8: save it as UTF-8",
                       name == NULL ? "the template" : name);
    m = calloc(1, sizeof(*m));
    if (m != NULL) {
        m->text = malloc(n + 1);
        m->name = name == NULL ? NULL : strdup(name);
    }
    if (m == NULL || m->text == NULL || (name != NULL && m->name == NULL)) {
        mustache_destroy(m);
        return err_set(e, FAIL_RETRY, "no memory for a template");
    }
    memcpy(m->text, text, n);
    m->text[n] = '\0';
    m->n = n;
    c.m = m;
    if (!compile_all(&c)) {
        mustache_destroy(m);
        return false;
    }
    *out = m;
    return true;
}

void
mustache_destroy(struct mustache *m)
{
    if (m == NULL)
        return;
    free(m->name);
    free(m->text);
    free(m->nodes);
    free(m);
}

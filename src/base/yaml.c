#include "base/yaml_tree.h"

#include "meterpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAR_TOO_DEEP (4 * YAML_DEPTH_MAX)

static const cyaml_config_t config = {
    .mem_fn = cyaml_mem,
    .log_level = CYAML_LOG_ERROR,
    .flags = CYAML_CFG_NO_ALIAS,
};

/* Lines and characters from 1 of byte `at`. */
static void
place_of_byte(const struct yaml *y, size_t at, unsigned *line, unsigned *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at && i < y->n; i++) {
        if (y->text[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)y->text[i] & 0xC0) != 0x80) {
            (*column)++;
        }
    }
}

/* libyaml counts characters. */
static char
byte_at_character(const struct yaml *y, size_t index)
{
    for (size_t i = 0; i < y->n; i++) {
        if (((unsigned char)y->text[i] & 0xC0) != 0x80 && index-- == 0)
            return y->text[i];
    }
    return '\0';
}

static bool
check_utf8(const struct yaml *y, struct problems *p)
{
    unsigned line, column;

    for (size_t i = 0; i < y->n;) {
        uint32_t point = 0;
        int step = utf8_next(y->text + i, y->n - i, &point);

        if (step < 1 || point == 0) {
            place_of_byte(y, i, &line, &column);
            return problems_add(p, y->name, line, column,
                                "expected UTF-8, got the byte %02X: save the file as UTF-8",
                                (unsigned)(unsigned char)y->text[i]);
        }
        i += (size_t)step;
    }
    return true;
}

static bool
report_syntax(const struct yaml *y, const yaml_parser_t *parser, struct problems *p)
{
    const yaml_mark_t *mark = &parser->problem_mark;
    const char *why = parser->problem != NULL ? parser->problem : "cannot be read";
    unsigned line = (unsigned)mark->line + 1, column = (unsigned)mark->column + 1;

    if (parser->error == YAML_MEMORY_ERROR)
        return problems_add(p, y->name, 0, 0, "out of memory");
    if (parser->error == YAML_READER_ERROR) {
        place_of_byte(y, parser->problem_offset, &line, &column);
        return problems_add(p, y->name, line, column, "not YAML: %s", why);
    }
    if (byte_at_character(y, mark->index) == '\t')
        return problems_add(p, y->name, line, column,
                            "expected spaces, got a tab: YAML is indented with spaces");
    if (parser->context != NULL && parser->context_mark.line != mark->line)
        return problems_add(p, y->name, line, column, "not YAML: %s (%s from line %u)", why,
                            parser->context, (unsigned)parser->context_mark.line + 1);
    return problems_add(p, y->name, line, column, "not YAML: %s", why);
}

/* A second document after the first would be ignored: say so. */
static bool
check_end(const struct yaml *y, yaml_parser_t *parser, struct problems *p)
{
    yaml_document_t more;
    yaml_node_t *root;
    unsigned line;

    if (!yaml_parser_load(parser, &more))
        return report_syntax(y, parser, p);
    root = yaml_document_get_root_node(&more);
    line = root == NULL ? 0 : (unsigned)root->start_mark.line + 1;
    yaml_document_delete(&more);
    if (root != NULL)
        return problems_add(p, y->name, line, 1,
                            "expected one document in the file, got a second one ('---')");
    return true;
}

/* libyaml's scanner takes time with the square of the nesting, so a text that is far too
 * deep is refused before its end is read; yaml_check() names the key of one that is a
 * little too deep. What is not YAML is left to the loader to report. */
static bool
check_depth(const struct yaml *y, struct problems *p)
{
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_event_type_t type = YAML_NO_EVENT;
    int depth = 0;

    if (!yaml_parser_initialize(&parser))
        return problems_add(p, y->name, 0, 0, "out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)y->text, y->n);
    while (type != YAML_STREAM_END_EVENT && depth <= FAR_TOO_DEEP &&
           yaml_parser_parse(&parser, &event)) {
        type = event.type;
        depth += type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
        depth -= type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
        if (depth > FAR_TOO_DEEP)
            problems_add(p, y->name, (unsigned)event.start_mark.line + 1,
                         (unsigned)event.start_mark.column + 1,
                         "expected at most %d levels of nesting", YAML_DEPTH_MAX);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return depth <= FAR_TOO_DEEP;
}

/* The text into the tree. False: y->document holds nothing. */
static bool
parse_text(struct yaml *y, struct problems *p)
{
    yaml_parser_t parser;
    bool good;

    if (!check_depth(y, p))
        return false;
    if (!yaml_parser_initialize(&parser))
        return problems_add(p, y->name, 0, 0, "out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)y->text, y->n);
    if (!yaml_parser_load(&parser, &y->document)) {
        report_syntax(y, &parser, p);
        yaml_parser_delete(&parser);
        return false;
    }
    good = yaml_document_get_root_node(&y->document) != NULL;
    if (!good)
        problems_add(p, y->name, 0, 0, "the file is empty");
    else
        good = check_end(y, &parser, p);
    if (!good)
        yaml_document_delete(&y->document);
    yaml_parser_delete(&parser);
    return good;
}

static void
free_texts(struct yaml *y)
{
    free(y->name);
    free(y->text);
    free(y);
}

/* Takes the text over. */
static struct yaml *
open_owned(const char *name, char *text, size_t n, struct problems *p)
{
    struct yaml *y = calloc(1, sizeof(*y));

    if (y == NULL || (y->name = strdup(name)) == NULL) {
        problems_add(p, name, 0, 0, "out of memory");
        free(text);
        free(y);
        return NULL;
    }
    y->text = text;
    y->n = n;
    if (!check_utf8(y, p) || !parse_text(y, p)) {
        free_texts(y);
        return NULL;
    }
    return y;
}

static struct yaml *
too_large(const char *name, struct problems *p)
{
    problems_add(p, name, 0, 0, "expected at most %d bytes", YAML_SIZE_MAX);
    return NULL;
}

struct yaml *
yaml_open_text(const char *name, const char *text, size_t n, struct problems *p)
{
    char *copy;

    if (n > YAML_SIZE_MAX)
        return too_large(name, p);
    copy = malloc(n + 1);
    if (copy == NULL) {
        problems_add(p, name, 0, 0, "out of memory");
        return NULL;
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    return open_owned(name, copy, n, p);
}

/* Read until the end or until `size` is full; -1 with errno. */
static ssize_t
read_all(int fd, char *to, size_t size)
{
    size_t used = 0;

    while (used < size) {
        ssize_t n = read(fd, to + used, size - used);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return -1;
        if (n == 0)
            break;
        used += (size_t)n;
    }
    return (ssize_t)used;
}

struct yaml *
yaml_open_file(const char *path, struct problems *p)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat s;
    char *text;
    ssize_t n;

    if (fd == -1 || fstat(fd, &s) == -1) {
        problems_add(p, path, 0, 0, "%s", strerror(errno));
        if (fd != -1)
            close(fd);
        return NULL;
    }
    if (!S_ISREG(s.st_mode)) {
        problems_add(p, path, 0, 0, "expected a file");
        close(fd);
        return NULL;
    }
    text = malloc(YAML_SIZE_MAX + 2);
    n = text == NULL ? -1 : read_all(fd, text, YAML_SIZE_MAX + 1);
    if (n == -1)
        problems_add(p, path, 0, 0, "%s", strerror(errno));
    close(fd);
    if (n == -1 || n > YAML_SIZE_MAX) {
        free(text);
        return n == -1 ? NULL : too_large(path, p);
    }
    text[n] = '\0';
    return open_owned(path, text, (size_t)n, p);
}

const char *
yaml_text(const struct yaml *y)
{
    return y->text;
}

void
yaml_close(struct yaml *y)
{
    if (y == NULL)
        return;
    yaml_document_delete(&y->document);
    free_texts(y);
}

bool
yaml_read(const struct yaml *y, const cyaml_schema_value_t *schema, void **data,
          struct problems *p)
{
    return yaml_read_checked(y, schema, NULL, NULL, data, p);
}

bool
yaml_read_checked(const struct yaml *y, const cyaml_schema_value_t *schema,
                  yaml_syntax *syntax, void *self, void **data, struct problems *p)
{
    cyaml_err_t code;

    *data = NULL;
    if (y == NULL || !yaml_check_tree(y, schema, syntax, self, p))
        return false;
    code = cyaml_load_data((const uint8_t *)y->text, y->n, &config, schema, data, NULL);
    if (code == CYAML_OK)
        return true;
    /* yaml_check_tree() is meant to find everything that libcyaml would. */
    *data = NULL;
    return problems_add(p, y->name, 0, 0, "cannot be loaded: %s", cyaml_strerror(code));
}

void
yaml_data_free(const cyaml_schema_value_t *schema, void *data)
{
    if (data != NULL)
        cyaml_free(&config, schema, data, 0);
}

yaml_node_t *
yaml_node(const struct yaml *y, int id)
{
    /* libyaml takes a document that is not const, and does not change it. */
    return yaml_document_get_node((yaml_document_t *)(uintptr_t)&y->document, id);
}

bool
yaml_problem_at(const struct yaml *y, struct problems *p, int id, const char *path,
                const char *fmt, ...)
{
    const yaml_node_t *node = yaml_node(y, id);
    char text[PROBLEM_TEXT_MAX];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return problems_add(p, y->name, (unsigned)node->start_mark.line + 1,
                        (unsigned)node->start_mark.column + 1, "%s%s%s", path,
                        *path == '\0' ? "" : ": ", text);
}

static int
child_by_key(const struct yaml *y, const yaml_node_t *node, const char *key, size_t n)
{
    const yaml_node_pair_t *pair;

    if (node->type != YAML_MAPPING_NODE)
        return 0;
    for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *k = yaml_node(y, pair->key);

        if (k->type == YAML_SCALAR_NODE && k->data.scalar.length == n &&
            memcmp(k->data.scalar.value, key, n) == 0)
            return pair->value;
    }
    return 0;
}

static int
child_by_index(const yaml_node_t *node, unsigned long index)
{
    if (node->type != YAML_SEQUENCE_NODE ||
        index >= (size_t)(node->data.sequence.items.top - node->data.sequence.items.start))
        return 0;
    return node->data.sequence.items.start[index];
}

/* The node at the path, or the last one on the way to it: *whole tells which. */
static int
find_path(const struct yaml *y, const char *path, bool *whole)
{
    int id = 1, next;

    *whole = false;
    while (*path != '\0') {
        const yaml_node_t *node = yaml_node(y, id);

        if (*path == '[') {
            char *end;

            next = child_by_index(node, strtoul(path + 1, &end, 10));
            path = *end == ']' ? end + 1 : "";
        } else {
            size_t n = strcspn(path, ".[");

            next = child_by_key(y, node, path, n);
            path += n;
        }
        if (next == 0)
            return id;
        id = next;
        path += *path == '.';
    }
    *whole = true;
    return id;
}

bool
yaml_problem(const struct yaml *y, struct problems *p, const char *path, const char *fmt,
             ...)
{
    char text[PROBLEM_TEXT_MAX];
    bool whole;
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return yaml_problem_at(y, p, find_path(y, path, &whole), path, "%s", text);
}

bool
yaml_expect(const struct yaml *y, struct problems *p, unsigned i, const char *key,
            const char *want, const char *got)
{
    char path[60];

    if (want == NULL || strcmp(want, got) == 0)
        return true;
    snprintf(path, sizeof(path), "examples[%u].expect.%s", i, key);
    return yaml_problem(y, p, path, "expected '%s', got '%s'", want, got);
}

bool
yaml_has(const struct yaml *y, const char *path)
{
    bool whole;

    find_path(y, path, &whole);
    return whole;
}

const char *
yaml_scalar(const struct yaml *y, const char *path)
{
    bool whole;
    const yaml_node_t *node = yaml_node(y, find_path(y, path, &whole));

    if (!whole || node->type != YAML_SCALAR_NODE)
        return NULL;
    return (const char *)node->data.scalar.value;
}

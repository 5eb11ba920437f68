/*
 * yaml_tree.h - the inside of struct yaml: for base/yaml*.c alone.
 */
#ifndef METERPOST_SRC_BASE_YAML_TREE_H
#define METERPOST_SRC_BASE_YAML_TREE_H

#include "meterpost/base/yaml.h"

#include <cyaml/cyaml.h>
#include <yaml.h>

struct yaml {
    char *name; /* of the file */
    char *text;
    size_t n; /* bytes of text */
    yaml_document_t document;
};

/* Node numbers are those of libyaml: from 1; 0 is none. */
yaml_node_t *yaml_node(const struct yaml *y, int id);

/* Report at this node: "path: " and the rest. Always false. */
bool yaml_problem_at(const struct yaml *y, struct problems *p, int node, const char *path,
                     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Compare the whole tree with the schema. `syntax` may be NULL. True: nothing was found. */
bool yaml_check_tree(const struct yaml *y, const cyaml_schema_value_t *schema,
                     yaml_syntax *syntax, void *self, struct problems *p);

#endif

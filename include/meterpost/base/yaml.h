/*
 * yaml.h - a YAML file into a plain struct, or everything that is wrong with it.
 *
 * The shape of a file is a libcyaml schema: a table that names the keys, their types and
 * the members of the struct. libcyaml stops at the first fault and gives no place for a
 * later check, so the file is first read into a tree with positions and compared with
 * that same table; libcyaml fills the struct only when nothing was found. Checks that a
 * schema cannot express come after and report at a path of the tree.
 *
 *     struct yaml *y = yaml_open_file(path, problems);
 *     if (yaml_read(y, &schema, &data, problems) && data->poll > 60)
 *         yaml_problem(y, problems, "modems[1].poll", "expected at most 60, got %d", ...);
 *     yaml_data_free(&schema, data);
 *     yaml_close(y);
 *
 * JSON is YAML too. What YAML offers and these files do not need is refused: anchors and
 * aliases, several documents in a file, numbers that are not decimal, files over
 * YAML_SIZE_MAX, nesting over YAML_DEPTH_MAX.
 */
#ifndef METERPOST_BASE_YAML_H
#define METERPOST_BASE_YAML_H

#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define YAML_SIZE_MAX    (1024 * 1024) /* bytes of a file or text             */
#define YAML_DEPTH_MAX   16            /* mappings and sequences in each other */
#define YAML_FILES_MAX   500           /* of one folder                        */
#define PROBLEMS_MAX     100           /* kept; more are only counted          */
#define PROBLEM_FILE_MAX 256           /* bytes with NUL; longer names lose their start */
#define PROBLEM_TEXT_MAX 400           /* bytes with NUL; longer ones are cut  */

struct cyaml_schema_value; /* <cyaml/cyaml.h>: included by whoever writes a schema */

/* One fault in a file that people write. */
struct problem {
    char file[PROBLEM_FILE_MAX];
    unsigned line, column;       /* from 1, in characters; 0: the file as a whole */
    char text[PROBLEM_TEXT_MAX]; /* "modems[1].poll: expected ..., got ..." */
};

/* All that was found, in the order found. Zero it to start; problems_free() at the end. */
struct problems {
    struct problem *at;
    size_t count;    /* kept in `at`             */
    size_t left_out; /* found after PROBLEMS_MAX */
};

/* Note a fault. line 0: of the file as a whole. Always false. */
bool problems_add(struct problems *p, const char *file, unsigned line, unsigned column,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* True when nothing was found. */
bool problems_none(const struct problems *p);

/* Number found, with those that were only counted: to see whether a step added some. */
size_t problems_total(const struct problems *p);

/* "file:line:column: text" of one, without line feed. Returns `out`. */
const char *problem_print(const struct problem *one, char *out, size_t size);

/* From the top of a file to its end, those after the first `from`; all are of that file. */
void problems_sort(struct problems *p, size_t from);

/* All of them to `to`, one a line. */
void problems_print(const struct problems *p, FILE *to);

/* The first as a FAIL_REJECT with "(and N more)" behind it. Always false. */
bool problems_err(const struct problems *p, struct err *e);

/* Free what the list holds and make it empty. Takes a zeroed struct. */
void problems_free(struct problems *p);

/* A file that was read: its text, and its tree with the place of every node. */
struct yaml;

/* Read a file. NULL when it cannot be read, is no UTF-8 or no YAML: then the reason is in
 * *p, for syntax errors with the place. Ends with yaml_close(). */
struct yaml *yaml_open_file(const char *path, struct problems *p);

/* The same for n bytes of text; `name` stands for the file in problems. The text is
 * copied. */
struct yaml *yaml_open_text(const char *name, const char *text, size_t n,
                            struct problems *p);

/* What was read, ends in NUL; belongs to *y. */
const char *yaml_text(const struct yaml *y);

/* Takes NULL. Data that was read stays valid. */
void yaml_close(struct yaml *y);

/* Compare the tree with `schema` (a CYAML_VALUE_MAPPING with CYAML_FLAG_POINTER) and, when
 * nothing is wrong, allocate and fill the struct: *data, which belongs to the caller and
 * ends with yaml_data_free(). Members of optional keys that the file leaves out are zero.
 * False when problems were added (*data is NULL then). y == NULL is false, silently: the
 * reason was reported when it was opened. */
bool yaml_read(const struct yaml *y, const struct cyaml_schema_value *schema, void **data,
               struct problems *p);

/* What a schema cannot say about a text: true when `text` is good at `path`
 * ("modems[1].poll"); else the reason in *e ("expected ..., got ..."). */
typedef bool yaml_syntax(void *self, const char *path, const char *text, struct err *e);

/* yaml_read(), and every text that the schema accepts is shown to `syntax` as well: so the
 * faults of shape and those of notation come in one go. */
bool yaml_read_checked(const struct yaml *y, const struct cyaml_schema_value *schema,
                       yaml_syntax *syntax, void *self, void **data, struct problems *p);

/* Free what yaml_read() filled. data may be NULL. (libyaml has a yaml_free of its own.) */
void yaml_data_free(const struct cyaml_schema_value *schema, void *data);

/* Report a fault of meaning at a path such as "modems[1].poll". Where the path is not in
 * the file, the place is that of the nearest node above it. Always false. */
bool yaml_problem(const struct yaml *y, struct problems *p, const char *path,
                  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* An example of a file says what it decodes to: report at examples[i].expect.key when `got`
 * is something else. Nothing is looked at where `want` is NULL. */
bool yaml_expect(const struct yaml *y, struct problems *p, unsigned i, const char *key,
                 const char *want, const char *got);

/* True when the file has something at this path. */
bool yaml_has(const struct yaml *y, const char *path);

/* The scalar at this path as text, NULL when there is none. Lives as long as y. */
const char *yaml_scalar(const struct yaml *y, const char *path);

/* The nearest of `count` words to one that was mistyped; NULL when none is near. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

/* The files of a folder that end in ".yaml", by name. */
struct yaml_files {
    char **paths; /* with the folder in front */
    size_t n;
};

/* Find them. A folder that is not there has none when it is `optional`; else that is a
 * problem, as one that cannot be read or has too many is. False: a problem was added, and
 * there is nothing to free. */
bool yaml_files_find(const char *folder, bool optional, struct yaml_files *out,
                     struct problems *p);
void yaml_files_free(struct yaml_files *f);

#endif

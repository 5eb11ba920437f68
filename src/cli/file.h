/* file.h - small files whole, and folders of them; for src/cli alone. */
#ifndef METERPOST_SRC_CLI_FILE_H
#define METERPOST_SRC_CLI_FILE_H

#include "meterpost/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define FILE_MIB_MAX  24 /* as JSON it must fit into a request */
#define FILE_SIZE_MAX ((size_t)FILE_MIB_MAX * 1024 * 1024)

/* The whole file ("-": standard input) as a new text with a NUL behind its n bytes. NULL
 * with FAIL_REJECT when it cannot be read or is longer than FILE_SIZE_MAX. */
char *file_read(const char *path, size_t *n, struct err *e);

/* A JSON file whole, as a new value; NULL with the place of the fault in *e. */
json_t *file_json(const char *path, struct err *e);

/* Write a file that is not there yet; an unfinished one is taken away again. */
bool file_write_new(const char *path, const char *bytes, size_t n, struct err *e);

/* The same, in the place of one that may be there: whole or not at all. */
bool file_write(const char *path, const char *bytes, size_t n, struct err *e);

/* Copy the files of a folder and its folders; those that are there are left alone. A source
 * that is not there is no failure. *copied counts. */
bool file_copy_tree(const char *from, const char *to, int *copied, struct err *e);

/* Where what is shipped lies: METERPOST_SHARE, or beside the program (in the tree that it
 * was built in, or in ../share/meterpost). It holds conf/ and templates/. */
bool file_share(char *out, size_t size, struct err *e);

#endif

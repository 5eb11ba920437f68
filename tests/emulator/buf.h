/*
 * buf.h - bytes that grow: what a modem still has to say, what a client still has to read.
 *
 * A zeroed struct is an empty buffer. When memory ends the program ends: the emulator has
 * nothing to save.
 */
#ifndef EMULATOR_BUF_H
#define EMULATOR_BUF_H

#include <stddef.h>

struct buf {
    char *at;    /* `used` bytes and a NUL; NULL when nothing was ever added */
    size_t used; /* bytes */
    size_t size; /* allocated */
};

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Take n bytes away from the front; n <= used. */
void buf_drop(struct buf *b, size_t n);
void buf_clear(struct buf *b);
void buf_finish(struct buf *b);

/* The text so far, "" when there is none. */
const char *buf_text(const struct buf *b);

/* calloc and strdup that end the program when memory ends. */
void *must_calloc(size_t n, size_t size);
void *must_realloc(void *old, size_t size);
char *must_strdup(const char *text);

#endif

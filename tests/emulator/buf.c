#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
no_memory(void)
{
    fputs("meterpost-emulator: out of memory\n", stderr);
    exit(1);
}

void *
must_calloc(size_t n, size_t size)
{
    void *at = calloc(n == 0 ? 1 : n, size);

    if (at == NULL)
        no_memory();
    return at;
}

void *
must_realloc(void *old, size_t size)
{
    void *at = realloc(old, size);

    if (at == NULL)
        no_memory();
    return at;
}

char *
must_strdup(const char *text)
{
    char *at = strdup(text);

    if (at == NULL)
        no_memory();
    return at;
}

static void
make_room(struct buf *b, size_t more)
{
    size_t want = b->used + more + 1;

    if (want <= b->size)
        return;
    b->size = want < 256 ? 256 : want * 2;
    b->at = must_realloc(b->at, b->size);
}

void
buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    make_room(b, n);
    memcpy(b->at + b->used, bytes, n);
    b->used += n;
    b->at[b->used] = '\0';
}

void
buf_puts(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n <= 0)
        return;
    make_room(b, (size_t)n);
    va_start(args, fmt);
    vsnprintf(b->at + b->used, (size_t)n + 1, fmt, args);
    va_end(args);
    b->used += (size_t)n;
}

void
buf_drop(struct buf *b, size_t n)
{
    if (n == 0)
        return;
    b->used -= n;
    memmove(b->at, b->at + n, b->used);
    b->at[b->used] = '\0';
}

void
buf_clear(struct buf *b)
{
    b->used = 0;
    if (b->at != NULL)
        b->at[0] = '\0';
}

void
buf_finish(struct buf *b)
{
    free(b->at);
    *b = (struct buf){0};
}

const char *
buf_text(const struct buf *b)
{
    return b->used == 0 ? "" : b->at;
}

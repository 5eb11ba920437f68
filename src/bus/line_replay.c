/*
 * line_replay.c - a line whose meters are the record of some: lines "<ms> > <hex>" for what
 * is sent and "<ms> < <hex>" for what comes, as `meterpost bus record` writes them. What is
 * sent must be what the record has; the answers come at once.
 */
#include "bus/line.h"

#include "meterpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 4096

struct replay {
    FILE *file;
    int in; /* the other end of the line */
    uint8_t wanted[LINE_BYTES / 2];
    size_t n, at; /* of what is to be sent next */
};

/* The next line of the record. False at its end. */
static bool
next_entry(struct replay *r, bool *out, uint8_t *bytes, size_t *n)
{
    char line[LINE_BYTES];

    while (fgets(line, sizeof(line), r->file) != NULL) {
        char *mark = strpbrk(line, "<>");
        long count;

        if (line[0] == '#' || mark == NULL)
            continue;
        line[strcspn(line, "\r\n")] = '\0';
        count = hex_parse(mark + 1, bytes, LINE_BYTES / 2);
        if (count < 0)
            return false;
        *out = *mark == '>';
        *n = (size_t)count;
        return true;
    }
    return false;
}

/* Let come what came before the next request. */
static bool
advance(struct replay *r)
{
    bool out = false;

    r->n = r->at = 0;
    while (!out && next_entry(r, &out, r->wanted, &r->n)) {
        if (!out && write(r->in, r->wanted, r->n) != (ssize_t)r->n)
            return false;
    }
    if (!out)
        r->n = 0;
    return true;
}

static void
replay_close(struct line *l)
{
    struct replay *r = l->own;

    if (r->file != NULL)
        fclose(r->file);
    if (r->in != -1)
        close(r->in);
    if (l->fd != -1)
        close(l->fd);
    free(r);
}

static bool
replay_open(struct line *l, const char *where, struct err *e)
{
    struct replay *r = calloc(1, sizeof(*r));
    int ends[2] = {-1, -1};

    if (r == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    l->own = r;
    r->file = fopen(where, "re");
    if (r->file == NULL || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        err_set(e, FAIL_RETRY, "%s: %s", where, strerror(errno));
    l->fd = ends[0];
    r->in = ends[1];
    if (l->fd != -1 && advance(r)) {
        l->heard = true;
        l->dirty = false;
        return true;
    }
    replay_close(l);
    return false;
}

static long
replay_read(struct line *l, uint8_t *to, size_t size, struct err *e)
{
    ssize_t n = read(l->fd, to, size);

    (void)e;
    return n > 0 ? (long)n : 0;
}

static long
replay_write(struct line *l, const uint8_t *from, size_t n, struct err *e)
{
    struct replay *r = l->own;

    if (n > r->n - r->at || memcmp(from, r->wanted + r->at, n) != 0) {
        err_set(e, FAIL_FATAL, "the record has another request here");
        return -1;
    }
    r->at += n;
    if (r->at == r->n && !advance(r)) {
        err_set(e, FAIL_FATAL, "the record is longer than a line can hold");
        return -1;
    }
    return (long)n;
}

static bool
replay_frame(struct line *l, const struct bus_framing *f, struct err *e)
{
    (void)l, (void)f, (void)e;
    return true;
}

const struct line_driver line_replay = {
    .scheme = "replay:",
    .open = replay_open,
    .read = replay_read,
    .write = replay_write,
    .frame = replay_frame,
    .close = replay_close,
};

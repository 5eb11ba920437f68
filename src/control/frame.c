#include "meterpost/control/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE ((size_t)4096)

uint8_t *
bytes_room(struct bytes *b, size_t n)
{
    size_t size = b->size == 0 ? FIRST_SIZE : b->size;
    uint8_t *at;

    while (size - b->used < n)
        size *= 2;
    if (size == b->size)
        return b->at + b->used;
    at = realloc(b->at, size);
    if (at == NULL)
        return NULL;
    b->at = at;
    b->size = size;
    return at + b->used;
}

void
bytes_drop(struct bytes *b, size_t n)
{
    b->used -= n;
    if (b->used == 0)
        bytes_free(b);
    else
        memmove(b->at, b->at + n, b->used);
}

void
bytes_free(struct bytes *b)
{
    free(b->at);
    *b = (struct bytes){0};
}

bool
frame_add(struct bytes *b, const json_t *object, struct err *e)
{
    size_t n = json_dumpb(object, NULL, 0, JSON_COMPACT);
    uint8_t *to;

    if (n == 0 || n > FRAME_MAX)
        return err_set(e, FAIL_REJECT, "%zu bytes do not fit into one message", n);
    to = bytes_room(b, n + FRAME_HEAD);
    if (to == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    for (int i = 0; i < FRAME_HEAD; i++)
        to[i] = (uint8_t)(n >> (24 - 8 * i));
    json_dumpb(object, (char *)to + FRAME_HEAD, n, JSON_COMPACT);
    b->used += n + FRAME_HEAD;
    return true;
}

bool
frame_take(struct bytes *b, json_t **object, struct err *e)
{
    json_error_t why;
    size_t n = 0;

    *object = NULL;
    if (b->used < FRAME_HEAD)
        return true;
    for (int i = 0; i < FRAME_HEAD; i++)
        n = n << 8 | b->at[i];
    if (n > FRAME_MAX)
        return err_set(e, FAIL_REJECT, "a message of %zu bytes is too long", n);
    if (b->used < FRAME_HEAD + n)
        return true;
    *object = json_loadb((const char *)b->at + FRAME_HEAD, n, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(*object)) {
        json_decref(*object);
        *object = NULL;
        return err_set(e, FAIL_REJECT, "not a JSON object: %s", why.text);
    }
    bytes_drop(b, FRAME_HEAD + n);
    return true;
}

json_t *
frame_error(const struct err *why)
{
    return json_pack("{s:{s:s, s:s}}", "error", "kind", err_kind_name(why->kind), "text",
                     why->text);
}

bool
frame_error_read(const json_t *error, struct err *e)
{
    static const enum err_kind kinds[] = {FAIL_RETRY, FAIL_REJECT, FAIL_FATAL};
    const char *kind = json_string_value(json_object_get(error, "kind"));
    const char *text = json_string_value(json_object_get(error, "text"));
    enum err_kind is = FAIL_FATAL;

    for (size_t i = 0; kind != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kind, err_kind_name(kinds[i])) == 0)
            is = kinds[i];
    }
    return err_set(e, is, "%s", text == NULL ? "the engine gave no reason" : text);
}

bool
frame_socket_path(const char *run_dir, char *out, size_t size, struct err *e)
{
    int n = snprintf(out, size, "%s/control.sock", run_dir);

    if (n < 0 || (size_t)n >= size)
        return err_set(e, FAIL_REJECT, "run_dir: '%s' is too long for a socket", run_dir);
    return true;
}

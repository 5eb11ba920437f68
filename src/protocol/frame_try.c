/*
 * frame_try.c - `try frame`: every frame in a text of hexadecimal bytes.
 */
#include "meterpost/base/text.h"
#include "meterpost/protocol/frame.h"
#include "meterpost/protocol/modbus.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 64 /* of one text; the rest is left out */

/* The bytes of a text of hex digits with any white space between. NULL with *e. */
static uint8_t *
read_hex(const char *text, size_t *n, struct err *e)
{
    size_t length = strlen(text), used = 0;
    char *dense;
    uint8_t *bytes;
    long count;

    if (length > 4 * (size_t)FRAME_TRY_MAX) {
        err_set(e, FAIL_REJECT, "more than %d bytes", FRAME_TRY_MAX);
        return NULL;
    }
    dense = malloc(length + 1);
    bytes = malloc(FRAME_TRY_MAX);
    if (dense != NULL && bytes != NULL) {
        for (size_t i = 0; i < length; i++) {
            if (strchr(" \t\r\n", text[i]) == NULL)
                dense[used++] = text[i];
        }
        dense[used] = '\0';
        count = hex_parse(dense, bytes, FRAME_TRY_MAX);
    } else {
        count = -1;
    }
    free(dense);
    if (count >= 0) {
        *n = (size_t)count;
        return bytes;
    }
    free(bytes);
    err_set(e, FAIL_REJECT, "expected the bytes in hexadecimal, two digits each, up to %d",
            FRAME_TRY_MAX);
    return NULL;
}

/* The telegrams of IEC 62056-21 are texts: they may be given as they stand. */
static uint8_t *
read_bytes(enum conf_protocol protocol, const char *text, size_t *n, struct err *e)
{
    uint8_t *bytes = read_hex(text, n, e);
    size_t length = strlen(text);

    if (bytes != NULL || protocol != CONF_IEC62056_21 || length > FRAME_TRY_MAX)
        return bytes;
    bytes = malloc(length + 1);
    if (bytes == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        return NULL;
    }
    memcpy(bytes, text, length);
    *n = length;
    return bytes;
}

/* An answer of Modbus is read as that to the request before it. */
struct trying {
    enum conf_protocol protocol;
    const struct modbus_map *map;
    struct modbus_asked asked;
    struct frame *f;
};

static bool
decode_next(struct trying *t, const uint8_t *bytes, size_t n)
{
    if (t->protocol == CONF_MODBUS_RTU)
        return modbus_decode(MODBUS_RTU, t->map, &t->asked, bytes, n, t->f);
    if (t->protocol == CONF_MODBUS_TCP)
        return modbus_decode(MODBUS_TCP, t->map, &t->asked, bytes, n, t->f);
    return frame_decode(t->protocol, bytes, n, t->f);
}

/* Is what stands behind the last good frame worth a word? A frame that was damaged is,
 * noise is not. */
static bool
is_damaged(const struct frame *f)
{
    return f->fault > FRAME_START;
}

/* Every frame in the bytes, one after another, and what is wrong with the next one. */
static json_t *
decode_all(struct trying *t, const uint8_t *bytes, size_t n)
{
    json_t *frames = json_array();
    size_t at = 0;

    while (json_array_size(frames) < FRAMES_MAX) {
        bool good = decode_next(t, bytes + at, n - at);

        if (!good && json_array_size(frames) > 0 && !is_damaged(t->f))
            break;
        if (json_array_append_new(frames, frame_json(t->f)) != 0) {
            json_decref(frames);
            return NULL;
        }
        at += t->f->start + t->f->length;
        if (!good || at >= n)
            break;
    }
    return frames;
}

json_t *
frame_try(const char *protocol, const char *hex, const struct modbus_map *map,
          struct err *e)
{
    struct trying t = {.map = map, .asked = {.set = false}};
    uint8_t *bytes;
    json_t *frames, *out = NULL;
    size_t n;

    if (!frame_protocol_find(protocol, &t.protocol, e) ||
        (bytes = read_bytes(t.protocol, hex, &n, e)) == NULL)
        return NULL;
    t.f = malloc(sizeof(*t.f));
    frames = t.f == NULL ? NULL : decode_all(&t, bytes, n);
    if (frames != NULL) {
        out = json_copy(json_array_get(frames, json_array_size(frames) - 1));
        if (out != NULL && json_array_size(frames) > 1)
            json_object_set(out, "frames", frames);
    }
    json_decref(frames);
    free(t.f);
    free(bytes);
    if (out == NULL)
        err_set(e, FAIL_RETRY, "out of memory");
    return out;
}

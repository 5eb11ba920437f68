/*
 * frame.h - how the engine and its clients put JSON on the control socket.
 *
 * run_dir/control.sock, SOCK_STREAM; each way frames of a 4-byte length, high byte first,
 * and as many bytes of one JSON object.
 *
 *   client                                     engine
 *   {"verb", "arguments", "actor"}   ------->
 *                                    <-------  {"progress": {"done", "total", "text"}} ...
 *                                    <-------  {"answer": {...}} or
 *                                              {"error": {"kind", "text"}}
 */
#ifndef METERPOST_CONTROL_FRAME_H
#define METERPOST_CONTROL_FRAME_H

#include "meterpost/base/err.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX  ((size_t)32 * 1024 * 1024) /* bytes of JSON in a frame */
#define FRAME_HEAD 4

/* Bytes that came or wait to go. Zero it to start; bytes_free() at the end. */
struct bytes {
    uint8_t *at;
    size_t used, size;
};

/* Room for n more, NULL when memory is out. Written bytes are counted by the caller. */
uint8_t *bytes_room(struct bytes *b, size_t n);
/* Forget the first n. */
void bytes_drop(struct bytes *b, size_t n);
void bytes_free(struct bytes *b);

/* Put one object behind what waits. FAIL_REJECT when it is longer than FRAME_MAX. */
bool frame_add(struct bytes *b, const json_t *object, struct err *e);

/* Take the first whole frame: a new reference in *object, or NULL while more must come.
 * FAIL_REJECT for a length beyond FRAME_MAX and for what is not one JSON object: nothing
 * that follows can be trusted then. */
bool frame_take(struct bytes *b, json_t **object, struct err *e);

/* {"error": {"kind", "text"}} and back. */
json_t *frame_error(const struct err *why);
bool frame_error_read(const json_t *error, struct err *e);

/* The path of the socket in run_dir. FAIL_REJECT when it is too long for one. */
bool frame_socket_path(const char *run_dir, char *out, size_t size, struct err *e);

#endif

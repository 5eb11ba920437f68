/*
 * text.h - bounded text: a copy that does not fit is an error, never half a text; and
 * UTF-8 that is checked where it comes in.
 */
#ifndef METERPOST_BASE_TEXT_H
#define METERPOST_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A buffer that knows its end. What does not fit is left out and `cut` is set for good. */
struct text {
    char *at;    /* always ends in NUL */
    size_t size; /* of the buffer, NUL included */
    size_t used; /* bytes of text, without NUL */
    bool cut;
};

/* Start with an empty text in a buffer of the caller's. size >= 1. */
void text_init(struct text *t, char *buffer, size_t size);
void text_add(struct text *t, const char *more);
void text_add_bytes(struct text *t, const char *more, size_t n);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Copy the whole of `from` or nothing: false when it does not fit (then *to is empty). */
bool text_copy(char *to, size_t size, const char *from);

/* The next of the words with commas between, of which *list is moved on, as much of it as
 * fits; false after the last. */
bool text_next_word(const char **list, char *out, size_t size);

/* As much of `from` as fits, cut between UTF-8 characters. For logs and tables only. */
void text_clip(char *to, size_t size, const char *from);

/* The next character of valid or invalid UTF-8: its code point in *point and its length in
 * bytes as value; -1 when the bytes at `s` are no UTF-8 (overlong, surrogate, cut short,
 * above U+10FFFF), 0 at the end. */
int utf8_next(const char *s, size_t n, uint32_t *point);

/* Write one code point, at most 4 bytes and no NUL; number of bytes. U+FFFD for what is
 * none. */
int utf8_put(uint32_t point, char *out);

/* True when all n bytes are UTF-8 and none is NUL. */
bool utf8_valid(const char *s, size_t n);

/* Copy n bytes, putting U+FFFD where they are not UTF-8, for NUL and for control characters
 * other than line feed and tab (a lone carriage return becomes a line feed). False when the
 * result was cut. */
bool utf8_clean(char *to, size_t size, const char *from, size_t n);

/* Take out of a text, in place, what a terminal obeys instead of showing it: control
 * characters other than line feed and tab, and marks that turn the direction of what
 * follows (U+202E and its kin). What is no UTF-8 becomes '?'. Returns `text`. */
char *text_for_terminal(char *text);

/* Number of characters of a valid text. */
size_t utf8_length(const char *s);

/* Bytes to upper-case hexadecimal, and back. `out` of hex_print has 2 n + 1 bytes.
 * hex_parse: number of bytes, -1 when the text is no hex or does not fit. Spaces are
 * skipped. */
void hex_print(const uint8_t *bytes, size_t n, char *out);
long hex_parse(const char *text, uint8_t *out, size_t size);

#endif

/* build.h - what all decoders share: filling a struct frame, numbers, bytes to send. */
#ifndef METERPOST_SRC_PROTOCOL_BUILD_H
#define METERPOST_SRC_PROTOCOL_BUILD_H

#include "meterpost/protocol/frame.h"

/* ---- a frame that is read ---- */

/* Everything empty and valid. */
void frame_clear(struct frame *f);

/* Note a fault and the sentence that explains it. Always false. */
bool frame_refuse(struct frame *f, enum frame_fault fault, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The best reason of several places where a frame could have begun. */
struct frame_best {
    enum frame_fault fault;
    bool incomplete;
    char note[FRAME_NOTE_MAX];
};

/* Take what f says in, and give the best back to f at the end: always false. */
void frame_best_take(struct frame_best *best, const struct frame *f);
bool frame_best_refuse(const struct frame_best *best, struct frame *f);

/* A new empty value. Where there is no room for more it is said in f->note and the last
 * one is written over. */
struct frame_value *frame_value_add(struct frame *f, const char *name);

/* Append to the note of a frame or value, with "; " between. */
void frame_note(struct frame *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void value_note(struct frame_value *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The meter reports this of itself, or that it is not so: a word of metering/device.h,
 * once. What stands in one place and not in another stands. */
void frame_event(struct frame *f, const char *word, bool stands);

/* number x 10^-places, places -9 to 18, with all decimals; BROKEN when it does not fit. */
void value_number(struct frame_value *v, int64_t number, int places, const char *unit);
void value_unsigned(struct frame_value *v, uint64_t number, int places, const char *unit);
/* IEEE 754, 32 bits, times factor x 10^-factor_places, rounded half up to `places`. What is
 * no number is absent. */
void value_float(struct frame_value *v, uint32_t bits, int64_t factor, int factor_places,
                 int places, const char *unit);
void value_text(struct frame_value *v, const char *text);
void value_bytes(struct frame_value *v, const uint8_t *bytes, size_t n); /* as hex */
/* ASCII bytes; what cannot be printed becomes '.'. Spaces at the end go. */
void value_ascii(struct frame_value *v, const uint8_t *bytes, size_t n, bool reversed);
void value_time(struct frame_value *v, const struct frame_time *t);
void value_state(struct frame_value *v, enum frame_state state, const char *note);

/* "00:00:59", "23:59" */
void value_time_of_day(struct frame_value *v, int hour, int minute, int second);

/* True when the day exists; hour -1 and second -1 as in struct frame_time. Years 1 on. */
bool frame_time_valid(const struct frame_time *t);

/* ---- binary coded decimals, low byte first ---- */

/* False when a half-byte is above 9. n at most 9. */
bool bcd_read(const uint8_t *bytes, size_t n, uint64_t *out);
/* One byte; -1 when it is none. */
int bcd_byte(uint8_t byte);
/* `number` as n bytes; the digits that do not fit are left out. */
void bcd_write(uint64_t number, size_t n, uint8_t *out);
/* Every byte is `byte`. */
bool bytes_all(const uint8_t *bytes, size_t n, uint8_t byte);
/* Address: low byte first to text, high byte first, in hex digits. `out` 2 n + 1 bytes. */
void bytes_reverse_hex(const uint8_t *bytes, size_t n, char *out);
/* The reverse: up to 2 n hex digits to n bytes, filled with zeros. False when the text is
 * longer or no hex. */
bool bytes_from_reverse_hex(const char *text, size_t n, uint8_t *out);
/* ss mm hh DD MM YY; false when they are no time. */
bool bcd_time(const uint8_t *bytes, struct frame_time *out);
/* The same written. */
void bcd_time_write(const struct frame_time *t, uint8_t *out);

/* Unit codes that CJ/T 188 and the fixed structure of M-Bus share: the unit, and the power
 * of ten that a count of it is to be multiplied with. NULL for a code that is none. */
const char *unit_code(unsigned code, int *exponent);

/* What the register "1-0:1.8.0" is called; NULL for one that is not known. */
const char *obis_name(const char *obis);

/* Sum of n bytes, modulo 256. */
uint8_t bytes_sum(const uint8_t *bytes, size_t n);

/* ---- a frame that is built ---- */

/* Append; what does not fit is left out, and the builders below never reach the end. */
void bytes_add(struct frame_bytes *b, const uint8_t *more, size_t n);
void bytes_put(struct frame_bytes *b, unsigned byte);

#endif

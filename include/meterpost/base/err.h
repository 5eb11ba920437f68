/*
 * err.h - how a failure travels.
 *
 * A function that can fail returns bool and takes a `struct err *` as its last parameter.
 * False means that nothing was done and *e says what to do next. Whoever stops the
 * failure logs it, once; those in between only put in front where it happened.
 */
#ifndef METERPOST_BASE_ERR_H
#define METERPOST_BASE_ERR_H

#include <stdbool.h>

#define ERR_TEXT_MAX 512 /* bytes, NUL included; longer reasons are cut at the end */

enum err_kind {
    FAIL_RETRY,  /* the same input may succeed later: modem busy, disk full   */
    FAIL_REJECT, /* the same input never will: bad text, unknown meter        */
    FAIL_FATAL,  /* the program cannot go on: database newer than the program */
};

struct err {
    enum err_kind kind;
    char text[ERR_TEXT_MAX];
};

/* Note the failure in *e. Always false, so that one writes `return err_set(...)`. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "<where>: " in front of the text that *e already holds. Always false. */
bool err_in(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "retry", "reject" or "fatal". */
const char *err_kind_name(enum err_kind kind);

/* The analyzer looks into one file at a time: tell it what "always false" means, or it goes
 * on after each failure with what was not set. */
#ifdef __clang_analyzer__
static inline bool
err_false(bool b)
{
    (void)b;
    return false;
}
#define err_set(...) err_false(err_set(__VA_ARGS__))
#define err_in(...)  err_false(err_in(__VA_ARGS__))
#endif

#endif

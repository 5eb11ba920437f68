#include "meterpost/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    va_list args;

    e->kind = kind;
    va_start(args, fmt);
    vsnprintf(e->text, sizeof(e->text), fmt, args);
    va_end(args);
    return false;
}

bool
err_in(struct err *e, const char *fmt, ...)
{
    char old[ERR_TEXT_MAX];
    va_list args;
    int n;

    memcpy(old, e->text, sizeof(old));
    va_start(args, fmt);
    n = vsnprintf(e->text, sizeof(e->text), fmt, args);
    va_end(args);
    if (n >= 0 && n < (int)sizeof(e->text))
        snprintf(e->text + n, sizeof(e->text) - (size_t)n, ": %s", old);
    return false;
}

const char *
err_kind_name(enum err_kind kind)
{
    switch (kind) {
    case FAIL_RETRY: return "retry";
    case FAIL_REJECT: return "reject";
    case FAIL_FATAL: return "fatal";
    }
    return "?";
}

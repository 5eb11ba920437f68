#include "meterpost/base/err.h"

#include "meterpost/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Pieces cut with "%.40s" may end within a character; reasons go into JSON and to
 * terminals. */
static void
keep_utf8(struct err *e)
{
    char raw[ERR_TEXT_MAX];
    size_t n = strlen(e->text);

    if (utf8_valid(e->text, n))
        return;
    memcpy(raw, e->text, n);
    utf8_clean(e->text, sizeof(e->text), raw, n);
}

#undef err_set
#undef err_in

bool
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    va_list args;

    e->kind = kind;
    va_start(args, fmt);
    vsnprintf(e->text, sizeof(e->text), fmt, args);
    va_end(args);
    keep_utf8(e);
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
    keep_utf8(e);
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

#include "cli.h"

#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define SAID_MAX 1024 /* bytes of one line; the rest is left out */

void
say_error(const char *fmt, ...)
{
    char text[SAID_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fflush(stdout);
    fprintf(stderr, "meterpost: %s\n", text);
}

void
say_note(const struct cli *c, const char *fmt, ...)
{
    char text[SAID_MAX];
    va_list ap;

    if (c->quiet)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fflush(stdout);
    fprintf(stderr, "%s\n", text);
}

enum status
say_failure(const struct err *e)
{
    say_error("%s", e->text);
    return STATUS_FAILED;
}

void
say_progress(const struct cli *c, int64_t done, int64_t total, const char *text)
{
    if (c->quiet || !isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    if (text == NULL)
        return;
    if (total > 0)
        fprintf(stderr, "%s  %lld of %lld (%lld%%)", text, (long long)done,
                (long long)total, (long long)(done * 100 / total));
    else
        fprintf(stderr, "%s  %lld", text, (long long)done);
    fflush(stderr);
}

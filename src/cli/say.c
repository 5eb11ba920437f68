#include "cli.h"

#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void
say_error(const char *fmt, ...)
{
    va_list ap;

    fflush(stdout);
    fputs("meterpost: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

void
say_note(const struct cli *c, const char *fmt, ...)
{
    va_list ap;

    if (c->quiet)
        return;
    fflush(stdout);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
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

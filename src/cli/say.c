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

static long long
count_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

void
say_problems(const json_t *answer)
{
    const json_t *one;
    size_t i;

    json_array_foreach (json_object_get(answer, "problems"), i, one)
        fprintf(stderr, "%s:%lld:%lld: %s\n",
                json_string_value(json_object_get(one, "file")), count_of(one, "line"),
                count_of(one, "column"), json_string_value(json_object_get(one, "text")));
    if (count_of(answer, "more_problems") > 0)
        fprintf(stderr, "... and %lld more\n", count_of(answer, "more_problems"));
    say_error("nothing of the file was kept");
}

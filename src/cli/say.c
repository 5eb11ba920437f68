#include "cli.h"

#include "phrase.h"
#include "table.h"

#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define PACE_AFTER_MS 1500
#define SAID_MAX      1024 /* bytes of one line; the rest is left out */

void
say_error(const char *fmt, ...)
{
    char text[SAID_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), phrase(fmt), ap);
    va_end(ap);
    fflush(stdout);
    fprintf(stderr, "meterpost: %s\n", text_for_terminal(text));
}

void
say_note(const struct cli *c, const char *fmt, ...)
{
    char text[SAID_MAX];
    va_list ap;

    if (c->quiet)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), phrase(fmt), ap);
    va_end(ap);
    fflush(stdout);
    fprintf(stderr, "%s\n", text_for_terminal(text));
}

enum status
say_failure(const struct err *e)
{
    say_error("%s", e->text);
    return STATUS_FAILED;
}

/* How fast it goes, and how long it may still take: from the second second on. */
static void
print_pace(int64_t done, int64_t total)
{
    static int64_t since_ms, since_done;
    int64_t now_ms = clock_mono_ms(), ms, left_s;

    if (since_ms == 0 || done < since_done) {
        since_ms = now_ms;
        since_done = done;
    }
    ms = now_ms - since_ms;
    if (ms < PACE_AFTER_MS || done == since_done)
        return;
    fprintf(stderr, ", %lld/s", (long long)((done - since_done) * 1000 / ms));
    if (total <= done)
        return;
    left_s = (total - done) * ms / (done - since_done) / 1000;
    if (left_s >= 2 * MINUTE_S)
        fprintf(stderr, ", %lld min left", (long long)(left_s / MINUTE_S));
    else
        fprintf(stderr, ", %lld s left", (long long)left_s);
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
    print_pace(done, total);
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

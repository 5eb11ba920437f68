#include "meterpost/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum log_level least = LOG_LEVEL_INFO;
static bool silent;

static const struct {
    const char *word;
    int journald; /* sd-daemon(3): the number in "<n>" */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", 3},
    [LOG_LEVEL_WARN] = {"warn", 4},
    [LOG_LEVEL_INFO] = {"info", 6},
    [LOG_LEVEL_DEBUG] = {"debug", 7},
};

void
log_set_level(enum log_level level)
{
    least = level;
}

void
log_be_silent(void)
{
    silent = true;
}

/* One line, one write: lines of several processes do not mix. */
static void
write_line(enum log_level level, const char *who, const char *fmt, va_list args)
{
    int saved = errno;
    char body[1024];
    char line[1200];

    if (silent || level > least)
        return;
    vsnprintf(body, sizeof(body), fmt, args);
    for (char *c = body; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' '; /* no line breaks or terminal escapes out of a device or a text */
    }
    if (getenv("JOURNAL_STREAM") != NULL)
        snprintf(line, sizeof(line), "<%d>%s: %s\n", levels[level].journald, who, body);
    else
        snprintf(line, sizeof(line), "%s: %s: %s\n", levels[level].word, who, body);
    fputs(line, stderr);
    errno = saved;
}

#define LOG_AT(level)                                                                      \
    va_list args;                                                                          \
    va_start(args, fmt);                                                                   \
    write_line(level, who, fmt, args);                                                     \
    va_end(args)

void
log_error(const char *who, const char *fmt, ...)
{
    LOG_AT(LOG_LEVEL_ERROR);
}

void
log_warn(const char *who, const char *fmt, ...)
{
    LOG_AT(LOG_LEVEL_WARN);
}

void
log_info(const char *who, const char *fmt, ...)
{
    LOG_AT(LOG_LEVEL_INFO);
}

void
log_debug(const char *who, const char *fmt, ...)
{
    LOG_AT(LOG_LEVEL_DEBUG);
}

bool
trouble_again(struct trouble *t)
{
    t->times++;
    return (t->times & (t->times - 1)) == 0;
}

unsigned
trouble_over(struct trouble *t)
{
    unsigned times = t->times;

    t->times = 0;
    return times;
}

/*
 * log.h - what happened, for the person who reads the journal.
 *
 * Lines go to stderr. Under systemd they start with the <3> <4> <6> <7> that journald
 * takes for a level, on a terminal with the word. `who` is the part of the program or the
 * device; rows are written `table=id`, so that one grep tells the life of a text.
 * Full phone numbers, texts, codes and PINs belong in the database, not here.
 * errno is preserved.
 */
#ifndef METERPOST_BASE_LOG_H
#define METERPOST_BASE_LOG_H

#include <stdbool.h>

enum log_level {
    LOG_LEVEL_ERROR, /* someone must act       */
    LOG_LEVEL_WARN,  /* we coped               */
    LOG_LEVEL_INFO,  /* a fact of the business */
    LOG_LEVEL_DEBUG, /* only with --verbose    */
};

/* The least important level that is still written; LOG_LEVEL_INFO at start. */
void log_set_level(enum log_level level);

/* Write nothing from now on. */
void log_be_silent(void);

void log_error(const char *who, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *who, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *who, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *who, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Says a trouble that goes on for hours a few times and not a thousand times. Zero it. */
struct trouble {
    unsigned times; /* in a row, so far */
};

/* One more time. True the 1st, 2nd, 4th, 8th ... time: say it now. */
bool trouble_again(struct trouble *t);

/* It is over. How many times it had happened; 0 when there was no trouble. */
unsigned trouble_over(struct trouble *t);

#endif

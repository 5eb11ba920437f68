/*
 * profile_sample.h - one pasted reply taken apart into what stays and what changes, and
 * written as a pattern: for profile_propose(). For src/metering alone.
 */
#ifndef METERPOST_SRC_METERING_PROFILE_SAMPLE_H
#define METERPOST_SRC_METERING_PROFILE_SAMPLE_H

#include "meterpost/base/err.h"
#include "meterpost/metering/profile.h"
#include "meterpost/metering/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TOKENS_MAX        600
#define SAMPLE_VALUES_MAX 25 /* of one reply; more changes are no values */

enum token_kind {
    TOKEN_LITERAL, /* the same in every reply                   */
    TOKEN_SPACE,   /* spaces and line ends                      */
    TOKEN_NUMBER,  /* a value                                   */
    TOKEN_UNIT,    /* of the number before it                   */
    TOKEN_METER,   /* the meter's number                        */
    TOKEN_TIME,    /* by the meter's clock                      */
    TOKEN_RELAY,   /* a word for closed or open                 */
    TOKEN_OTHER,   /* changes, and nobody knows what it is      */
};

struct token {
    enum token_kind kind;
    const char *at; /* in the sample's text */
    size_t n;
    const char *key; /* of a number, what stands before it: "TEMP"; key_n bytes */
    size_t key_n;
    const struct unit *unit; /* of a number: in the token behind it, or its key; or NULL */
    bool has_unit;           /* the next but a space is its unit */
    int format;              /* of a time: sample_time_format() */
};

struct sample {
    char text[REPLY_TEXT_MAX]; /* brought to one spelling */
    struct token at[TOKENS_MAX];
    int n;
    bool is_spaced; /* a space may stand between thousands */
};

/* False (FAIL_REJECT) when the text is too long or no UTF-8. */
bool sample_take(const char *text, struct sample *out, struct err *e);

/* What is over SAMPLE_VALUES_MAX is no value; but for texts that say the same of many
 * meters. (profile_pattern.c) */
void sample_limit(struct sample *s);

struct sample_hints {
    const char *commodity; /* NULL: not known */
    bool bare;             /* a number without a unit may be what the meter counts */
};

/* Reply `number` of a profile, which reads this sample, as YAML. (profile_pattern.c) */
void sample_put_reply(FILE *to, const struct sample *s, const struct sample_hints *hints,
                      int number);

/* True when both are replies of one pattern: the same but for what changes. */
bool sample_alike(const struct sample *a, const struct sample *b);
bool token_alike(const struct token *a, const struct token *b);

/* Bytes of a time at `at` that exists, *format is its format; 0: none, *format is left.
 * (profile_sample_time.c) */
size_t sample_time_take(const char *at, int *format);

/* Of a TOKEN_TIME: the format for profile_time(), and its pattern. */
const char *sample_time_format(int format);
const char *sample_time_pattern(int format);

/* Does the word, n bytes, mean a closed relay (1), an open one (0) or none (-1)? */
int sample_relay_word(const char *word, size_t n);

/* True when n bytes hold the word, in capitals or small letters. */
bool sample_holds(const char *text, size_t n, const char *word);

#endif

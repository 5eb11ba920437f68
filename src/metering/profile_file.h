/*
 * profile_file.h - the inside of a profile: what stands in the file, and what it was
 * compiled to. For metering/profile*.c alone.
 */
#ifndef METERPOST_SRC_METERING_PROFILE_FILE_H
#define METERPOST_SRC_METERING_PROFILE_FILE_H

#include "meterpost/metering/profile.h"

#include "meterpost/base/conf.h"

#include <cyaml/cyaml.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define PATTERN_LENGTH_MAX 2000 /* bytes of one pattern */
#define GROUPS_MAX         64   /* groups of one pattern */
#define VALUES_MAX         40   /* values of one rule */
#define ALARMS_MAX         20   /* alarms of one rule */

/* As libcyaml fills it. Optional texts are NULL when left out. */
struct file_value {
    char *obis;
    char *group;
    char *key;
    char *unit;
    char *unit_group;
    char *scale;
    char *round;
};

struct file_time {
    char *group;
    char *format;
    char *zone;
};

struct file_repeat {
    char *group;
    char *pattern;
    char *key;
};

struct file_relay {
    char *group;
    char **closed;
    unsigned closed_count;
    char **open;
    unsigned open_count;
    char **armed;
    unsigned armed_count;
};

struct file_alarm {
    char *group;
    char **is;
    unsigned is_count;
    char *alarm;
};

struct file_frame {
    char *group;
    char *protocol;
};

struct file_reply {
    char *name;
    enum reply_kind kind;
    char *pattern;
    struct file_value *values;
    unsigned values_count;
    struct file_time *time;
    struct file_repeat *repeat;
    struct file_relay *relay;
    struct file_frame *frame;
    char *error;
    char *alarm;
    struct file_alarm *alarms;
    unsigned alarms_count;
};

struct file_expect_value {
    char *obis;
    char *value;
    char *unit;
    char *meter;
};

struct file_expect {
    enum reply_kind kind;
    char *meter;
    struct file_expect_value *values;
    unsigned values_count;
    char *time;
    char *relay;
    char *error;
    char *alarm;
    char **alarms;
    unsigned alarms_count;
    char *order;
};

struct file_example {
    char *text;
    struct file_expect expect;
};

#define PROFILE_ACTIONS(A)                                                                 \
    A(read)                                                                                \
    A(relay)                                                                               \
    A(cut)                                                                                 \
    A(restore)                                                                             \
    A(allow)                                                                               \
    A(clock)                                                                               \
    A(credit) A(limit) A(token) A(signal) A(status) A(freeze) A(identify) A(ping) A(wake)
#define PROFILE_ACTION_MEMBER(action) char *action;

struct file_requests {
    PROFILE_ACTIONS(PROFILE_ACTION_MEMBER)
};

struct file_numbers {
    char *decimal;
    char *thousands;
    char **absent;
    unsigned absent_count;
};

struct file_profile {
    char *id;
    char *name;
    char *commodity;
    char *source;
    char *reply_timeout;
    struct file_requests requests;
    struct file_numbers numbers;
    struct file_reply *replies;
    unsigned replies_count;
    struct file_example *examples;
    unsigned examples_count;
};

extern const cyaml_schema_value_t profile_schema;

/* Where a named group is found: in the pattern of the rule, or in that of its repeat. */
struct group {
    bool in_item;
    unsigned number; /* 0: nowhere */
};

struct rule_value {
    const char *obis; /* of the file */
    const char *key;  /* only of items with this key; NULL: of all */
    struct group group;
    const struct unit *unit; /* where unit_group says nothing; NULL: it must */
    struct group unit_group;
    const char *expected_unit; /* of the register; NULL: any */
    int64_t scale_micro;
    bool rounds;
    enum rounding rounding;
};

struct rule_alarm {
    const struct file_alarm *file;
    struct group group;
};

/* What can be told of a text before the pattern is tried. Most patterns fit no text of
 * another device, and to ask all of them is what takes the time. */
struct rule_sieve {
    uint64_t first[2]; /* ASCII that a text may begin with: a bit each */
    size_t least;      /* bytes that it has at least */
    char last[2];      /* it holds one of them, a letter in both cases; '\0': anything */
};

struct rule {
    const struct file_reply *file;
    pcre2_code *code;
    struct rule_sieve sieve;
    pcre2_code *item; /* of repeat; NULL: none */
    unsigned repeat;
    struct group meter, order, time, relay, key, frame;
    enum conf_protocol protocol; /* of frame */
    struct rule_value values[VALUES_MAX];
    int n_values;
    struct rule_alarm alarms[ALARMS_MAX];
    int n_alarms;
};

struct profile {
    struct file_profile *file;
    struct yaml *yaml; /* kept for the places of its examples */
    struct rule *rules;
    int n_rules;
    uint32_t groups; /* of the pattern that has most, the whole match included */
    char decimal[3]; /* the mark, or both where the device takes now this, now that */
    char thousands;  /* '\0': none */
    bool is_wide;    /* an example has wide spaces: they are tried as they are first */
    int64_t reply_timeout_ms;
    pcre2_match_context *limits;
};

/* Make the rules of a file that the schema accepted. All faults into *p. */
bool profile_compile(struct profile *profile, struct problems *p);

/* What a text that the pattern matches must have; and whether one of n bytes has it. */
void profile_sieve_make(const pcre2_code *code, struct rule_sieve *sieve);
bool profile_sieve_lets(const struct rule_sieve *sieve, const char *text, size_t n);

/* Bring what people and modems put into texts to one spelling: line ends, spaces of all
 * kinds, raised digits; spaces at line ends and empty lines around go. `out` holds
 * REPLY_TEXT_MAX bytes. */
bool profile_normalise(const char *text, char *out, struct err *e);

/* The same with one space for many, and none where a line begins: as many devices pad what
 * others do not. False when there is nothing to leave out. */
bool profile_squeeze(const char *text, char *out);

/* The text with `instead`, of three bytes at most, for each word that stands for a number
 * which is none ("NaN", "Inf"), and the first of them; false when there is no such word. */
bool profile_heal(const char *text, const char *instead, char *out,
                  char word[REPLY_WORD_MAX]);

/* A text made ready to be matched, by one profile or by many. */
struct reply_text {
    char plain[REPLY_TEXT_MAX], squeezed[REPLY_TEXT_MAX];
    bool has_squeezed;
    bool is_healthy;                /* no word in it stands for a number that is none */
    pcre2_match_data *outer, *item; /* item NULL: no repeat was met yet */
};

/* For patterns of so many groups at most (struct profile; GROUPS_MAX for any). False as
 * profile_normalise(); else end with reply_text_close(). */
bool reply_text_open(struct reply_text *t, const char *text, uint32_t groups,
                     struct err *e);
void reply_text_close(struct reply_text *t);
/* profile_parse_reply() of it. */
bool profile_parse_text(const struct profile *profile, struct reply_text *text,
                        struct reply *out, struct err *e);

/* A number by the marks of the profile ("1.234,50") to plain decimals ("1234.50"). */
bool profile_number(const struct profile *profile, const char *text, char *out, size_t size,
                    struct err *e);

/* One more alarm of a reply; key and meter may be "". */
void reply_add_alarm(struct reply *out, const char *word, const char *key,
                     const char *meter);

/* One more word that would be an alarm, but is not so. */
void reply_add_well(struct reply *out, const char *word);

/* What one or several frames in a row say, as hexadecimal digits: values, the meter's
 * address, time, relay and what it reports of itself into *out; a refusal of the meter
 * makes it an error. FAIL_REJECT for what is no hexadecimal or no good frame, and for one
 * that was sent to a meter. */
bool profile_take_frames(enum conf_protocol protocol, const char *hex, struct reply *out,
                         struct err *e);

/* True when the format holds only what profile_time() knows, with year, month and day. */
bool profile_time_format_valid(const char *format, struct err *e);

/* Read a time: %Y %y %m %b %d %H %I %p %M %S %a %%, a space for any spaces, else literally.
 * A number has all its digits where it touches another, else at least one.
 * zone: "utility", "utc" or an offset such as "+03:00". */
bool profile_time(const char *text, const char *format, const char *zone, utc_t *out,
                  struct err *e);

#endif

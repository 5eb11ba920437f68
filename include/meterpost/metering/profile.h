/*
 * profile.h - how one kind of meter speaks by SMS: a file of conf/profiles, compiled.
 *
 * A profile has the texts to send (Mustache, rendered by whoever sends) and an ordered
 * list of reply patterns, PCRE2 with named groups; the first that matches tells what the
 * reply is. Patterns come from people and texts from anybody, so a match has limits; a
 * pattern that hits them is reported by name and hurts nothing else.
 * A profile is constant after it was loaded. interfaces.md 2a describes the file.
 */
#ifndef METERPOST_METERING_PROFILE_H
#define METERPOST_METERING_PROFILE_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/err.h"
#include "meterpost/base/yaml.h"
#include "meterpost/metering/unit.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define REPLY_TEXT_MAX      8192 /* bytes of UTF-8 that are looked at: more than ten parts */
#define REPLY_VALUES_MAX    160  /* of one reply: a concentrator's ten parts */
#define REPLY_METER_MAX     40   /* bytes of a meter's number, NUL included */
#define REPLY_RAW_MAX       40 /* bytes of a number as it stood in the text, NUL included */
#define REPLY_WORD_MAX      40 /* bytes of an error's or alarm's word, NUL included */
#define REPLY_ALARMS_MAX    16 /* of one reply */
#define REPLY_WELL_MAX      160   /* bytes with NUL */
#define REPLY_ORDER_MAX     24    /* bytes of an order's number, NUL included */
#define PATTERN_MATCH_LIMIT 10000 /* steps of PCRE2 for one pattern and one text */

struct profile;  /* one file */
struct profiles; /* a folder of them */

enum reply_kind {
    REPLY_UNKNOWN, /* no pattern of the profile matches */
    REPLY_READING,
    REPLY_RELAY,
    REPLY_ACK,
    REPLY_ALARM,
    REPLY_NOTICE,
    REPLY_ERROR, /* the device says that it could not */
};

enum reply_relay {
    REPLY_RELAY_NONE,
    REPLY_RELAY_CLOSED,
    REPLY_RELAY_OPEN,
    REPLY_RELAY_ARMED, /* close allowed: somebody must press a button at the meter */
};

struct reply_value {
    char obis[OBIS_MAX];
    struct quantity value;       /* of `unit` */
    const char *unit;            /* that of the store: "kWh", "m3"; static */
    char raw[REPLY_RAW_MAX];     /* as it stood in the text */
    char meter[REPLY_METER_MAX]; /* "": not named */
    bool has_time;
    utc_t time; /* by the meter's clock */
};

/* Something that wants attention, in a reply of any kind: "battery-low", "limit". */
struct reply_alarm {
    char word[REPLY_WORD_MAX]; /* of the profile */
    char key[REPLY_WORD_MAX];  /* what it is about, as the text calls it ("TEMP"); or "" */
    char meter[REPLY_METER_MAX]; /* "": not named */
};

struct reply {
    enum reply_kind kind;
    const char *rule;  /* name of the pattern that matched; lives with the profile */
    const char *fault; /* of a text that makes no sense: a rule of check.h ("value" or
                          "clock"), where it is one of its numbers or times; or "" */
    char meter[REPLY_METER_MAX]; /* named once for the whole reply; or "" */
    bool has_time;
    utc_t time;
    enum reply_relay relay;
    char word[REPLY_WORD_MAX];   /* of an error or (the first) alarm: "meter-silent" */
    char order[REPLY_ORDER_MAX]; /* that it answers, as the request named it; or "" */
    int n_alarms;
    struct reply_alarm alarms[REPLY_ALARMS_MAX]; /* all of them, kind alarm's own too */
    char well[REPLY_WELL_MAX]; /* words of alarms that it would bear if they stood, with
                                  commas: they do not */
    int n_values;
    struct reply_value values[REPLY_VALUES_MAX];
};

/* Load every *.yaml of a folder, in the order of their names. False when anything is
 * wrong; all of it is in *p then, and *out is NULL. End with profiles_free(). */
bool profiles_load(const char *dir, struct profiles **out, struct problems *p);
void profiles_free(struct profiles *all); /* takes NULL */

size_t profiles_count(const struct profiles *all);
const struct profile *profiles_at(const struct profiles *all, size_t i);
/* By its id ("kamstrup-gsm7i"); NULL when there is none. */
const struct profile *profiles_find(const struct profiles *all, const char *id);

/* Load one file, or n bytes of text that `name` stands for. NULL when anything is wrong,
 * with all of it in *p. End with profile_free(). */
struct profile *profile_load_file(const char *path, struct problems *p);
struct profile *profile_load_text(const char *name, const char *text, size_t n,
                                  struct problems *p);
void profile_free(struct profile *profile); /* takes NULL */

const char *profile_id(const struct profile *profile);
const char *profile_name(const struct profile *profile);
/* "electricity", "water", "gas" or "heat"; "" when the file does not say. */
const char *profile_commodity(const struct profile *profile);
/* The Mustache text of an action ("read", "relay", "cut", "restore", "allow", "clock",
 * "credit", "limit", "token", "signal", "status", "freeze", "identify", "ping", "wake");
 * NULL when the meter cannot do it. */
const char *profile_request(const struct profile *profile, const char *action);
const char *profile_source(const struct profile *profile); /* "" when it does not say */
/* How long this kind of device may take to answer; 0: as the configuration says. */
int64_t profile_reply_timeout_ms(const struct profile *profile);
/* What the file has, for lists and pages: {"profile", "name", "commodity", "source",
 * "reply_timeout", "requests": {action: text}, "replies": [{"name", "kind"}], "examples"},
 * with "" and {} for what it leaves out. NULL only when memory is short. */
json_t *profile_json(const struct profile *profile);

/* What a text of this kind of meter means. Pure, but that times without a zone are by the
 * zone of the process. A text that no pattern matches is true with REPLY_UNKNOWN. False
 * (FAIL_REJECT) when one matches but its contents make no sense (a number that is none,
 * too many digits, a relay word that is not listed, a date that does not exist), when a
 * pattern hit its match limit, or when the text is over REPLY_TEXT_MAX or no UTF-8:
 * *e names profile and pattern; *out is empty then, but for `rule` and `fault`. */
bool profile_parse_reply(const struct profile *profile, const char *text, struct reply *out,
                         struct err *e);

/* Run the examples of the file: each that does not give what it says is a problem with
 * its place. True when all are right. */
bool profile_check_examples(const struct profile *profile, struct problems *p);
bool profiles_check_examples(const struct profiles *all, struct problems *p);

/* What a person knows of a profile that is to be proposed; each may be NULL. */
struct profile_wish {
    const char *id, *name, *commodity;
    const char *request; /* the text that asks for a reading */
};

/* The text of a profile (YAML) for pasted replies, with an empty line or a line of dashes
 * between two of them: its patterns, registers and units by what the replies show, and the
 * replies as its examples. It loads, and its examples hold. To be freed. NULL (FAIL_REJECT)
 * when there is no reply, there are too many, or one has more than a profile may hold. */
char *profile_propose(const char *samples, const struct profile_wish *wish, struct err *e);

/* True when NaN, infinity or more digits than any register has stand in a text. */
bool reply_text_lacks_number(const char *text);

/* "reading", "relay", ... */
const char *reply_kind_name(enum reply_kind kind);
/* "closed", "open", "armed"; "" for none. */
const char *reply_relay_name(enum reply_relay relay);

/* A reply as interfaces.md 5 has it for `try sms`. NULL only when memory is short. */
json_t *reply_json(const struct reply *reply);

/* `try sms`: the reply by the profile of this id, or with "?" by the one that makes most of
 * it (a reading before a relay, ... before a text that is refused; of equals the first),
 * with the ids of all that match in "matches". A text whose contents make no sense gives
 * {"kind": "error", "error": reason}. NULL when there is no such profile. */
json_t *profile_try(const struct profiles *all, const char *id, const char *text,
                    struct err *e);

#endif

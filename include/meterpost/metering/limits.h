/*
 * limits.h - the limits that rules work with: those of the settings, and others for a class
 * of customers or for one meter, until a day.
 */
#ifndef METERPOST_METERING_LIMITS_H
#define METERPOST_METERING_LIMITS_H

#include "meterpost/metering/check.h"
#include "meterpost/store/vee.h"

struct limits {
    struct conf_validation values;
    enum check_severity severity[CHECK_RULES_MAX];
};

/* The settings, and the severities of the table. */
void limits_start(const struct conf_validation *settings, struct limits *out);

/* Set a limit to a whole number ("high", "250") or a rule to a severity ("zero", "hold").
 * FAIL_REJECT for what is neither, naming the nearest. */
bool limits_set(struct limits *l, const char *name, const char *value, struct err *e);

/* "high=250" in two. */
bool limits_split(const char *text, char name[VEE_NAME_MAX], char value[VEE_VALUE_MAX],
                  struct err *e);

/* The value of a limit by its name; *known is false when there is none. */
int limits_get(const struct limits *l, const char *name, bool *known);

/* What holds for a meter at t. */
bool limits_of(struct store *s, const struct conf_validation *settings,
               const struct meter *m, utc_t t, struct limits *out, struct err *e);

#endif

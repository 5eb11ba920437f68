#include "meterpost/metering/limits.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/base/yaml.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT(member, low, high)                                                           \
    {                                                                                      \
#member, offsetof(struct conf_validation, member), low, high                       \
    }

static const struct limit {
    const char *name;
    size_t at;
    long least, most;
} table[] = {
    LIMIT(high, 100, 100000),
    LIMIT(very_high, 100, 100000),
    LIMIT(low, 0, 100),
    LIMIT(very_low, 0, 100),
    {"clock_warn", offsetof(struct conf_validation, clock_warn_s), 1, 30 * DAY_S},
    {"clock_hold", offsetof(struct conf_validation, clock_hold_s), 1, 30 * DAY_S},
    {"too_old", offsetof(struct conf_validation, too_old_s), DAY_S, 1000 * DAY_S},
    LIMIT(rollover, 1, 100),
    LIMIT(outlier, 0, 100),
    LIMIT(spike, 0, 100000),
    LIMIT(small, 0, 100000),
    LIMIT(zero_days, 0, 1000),
    LIMIT(estimates, 0, 100),
    LIMIT(after_cut, 0, 1000000),
    LIMIT(after_cut_volume, 0, 1000000),
    LIMIT(power_factor, 0, 99),
    LIMIT(max_electricity, 0, 1000000),
    LIMIT(max_water, 0, 1000000),
    LIMIT(max_gas, 0, 1000000),
    LIMIT(max_heat, 0, 1000000),
};
#define LIMITS (sizeof(table) / sizeof(table[0]))

static const struct limit *
find(const char *name)
{
    for (size_t i = 0; i < LIMITS; i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}

void
limits_start(const struct conf_validation *settings, struct limits *out)
{
    out->values = *settings;
    for (size_t i = 0; check_rule_at(i) != NULL; i++)
        out->severity[i] = check_rule_at(i)->severity;
}

static bool
unknown_name(const char *name, struct err *e)
{
    const char *words[LIMITS + CHECK_RULES_MAX], *near;
    size_t n = 0;

    for (; n < LIMITS; n++)
        words[n] = table[n].name;
    for (size_t i = 0; check_rule_at(i) != NULL; i++)
        words[n++] = check_rule_at(i)->name;
    near = nearest_word(name, words, n);
    return err_set(e, FAIL_REJECT, "there is no limit and no rule '%.40s'%s%s", name,
                   near == NULL ? "" : ": try ", near == NULL ? "" : near);
}

static bool
set_limit(struct limits *l, const struct limit *limit, const char *value, struct err *e)
{
    char *end;
    long number = strtol(value, &end, 10);
    int whole = (int)number;

    if (*value == '\0' || *end != '\0' || number < limit->least || number > limit->most)
        return err_set(e, FAIL_REJECT,
                       "%s: expected a whole number from %ld to %ld, got "
                       "'%.20s'",
                       limit->name, limit->least, limit->most, value);
    memcpy((char *)&l->values + limit->at, &whole, sizeof(whole));
    return true;
}

bool
limits_set(struct limits *l, const char *name, const char *value, struct err *e)
{
    const struct limit *limit = find(name);
    int rule = check_rule_find(name);

    /* "high" is a limit and a rule: what it is set to tells which is meant. */
    if (rule >= 0 && check_severity_parse(value, &l->severity[rule]))
        return true;
    if (limit != NULL)
        return set_limit(l, limit, value, e);
    if (rule >= 0)
        return err_set(e, FAIL_REJECT,
                       "%s: expected off, info, warn, hold or reject, got '%.20s'", name,
                       value);
    return unknown_name(name, e);
}

bool
limits_split(const char *text, char name[VEE_NAME_MAX], char value[VEE_VALUE_MAX],
             struct err *e)
{
    size_t n = strcspn(text, "=");

    if (text[n] != '=' || n == 0 || n >= VEE_NAME_MAX ||
        !text_copy(value, VEE_VALUE_MAX, text + n + 1))
        return err_set(e, FAIL_REJECT,
                       "expected a limit and its value as high=250, got "
                       "'%.40s'",
                       text);
    memcpy(name, text, n);
    name[n] = '\0';
    return true;
}

int
limits_get(const struct limits *l, const char *name, bool *known)
{
    const struct limit *limit = find(name);
    int value = 0;

    *known = limit != NULL;
    if (limit != NULL)
        memcpy(&value, (const char *)&l->values + limit->at, sizeof(value));
    return value;
}

/* What a program before this one wrote may be no limit any more: the settings hold then. */
static void
take_override(const struct vee_override *o, void *context)
{
    struct err e;

    if (!limits_set(context, o->name, o->value, &e))
        log_warn("limits", "limit %lld is left out: %s", (long long)o->id, e.text);
}

bool
limits_of(struct store *s, const struct conf_validation *settings, const struct meter *m,
          utc_t t, struct limits *out, struct err *e)
{
    limits_start(settings, out);
    return vee_overrides_of(s, m->id, m->at.account_id, t, take_override, out, e);
}

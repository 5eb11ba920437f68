#include "check_rule.h"

#include <stdio.h>
#include <string.h>

const char *
check_severity_name(enum check_severity severity)
{
    static const char *const names[] = {"off", "info", "warn", "hold", "reject"};

    return names[severity];
}

bool
check_severity_parse(const char *word, enum check_severity *out)
{
    for (int i = 0; i < SEVERITIES; i++) {
        if (strcmp(word, check_severity_name((enum check_severity)i)) == 0) {
            *out = (enum check_severity)i;
            return true;
        }
    }
    return false;
}

const char *
check_stage_name(enum check_stage stage)
{
    static const char *const names[] = {"identity", "clock", "unit",
                                        "sign",     "use",   "state"};

    return names[stage];
}

const struct check_rule *
check_rule_at(size_t i)
{
    return i < check_table_count ? &check_table[i].rule : NULL;
}

static int
find_rule(const char *name, size_t n)
{
    for (size_t i = 0; i < check_table_count; i++) {
        if (strncmp(check_table[i].rule.name, name, n) == 0 &&
            check_table[i].rule.name[n] == '\0')
            return (int)i;
    }
    return -1;
}

int
check_rule_find(const char *name)
{
    return find_rule(name, strlen(name));
}

bool
check_has_flag(const char *flags, const char *name)
{
    size_t length = strlen(name);

    while (*flags != '\0') {
        size_t n = strcspn(flags, ",");

        if (n == length && strncmp(flags, name, n) == 0)
            return true;
        flags += n + (flags[n] == ',');
    }
    return false;
}

void
check_add_flag(char flags[FLAGS_MAX], const char *name)
{
    size_t used = strlen(flags);

    if (used + 1 + strlen(name) < FLAGS_MAX)
        snprintf(flags + used, FLAGS_MAX - used, "%s%s", used > 0 ? "," : "", name);
}

int
check_points(const char *flags)
{
    int points = 0;

    while (*flags != '\0') {
        size_t n = strcspn(flags, ",");
        int i = find_rule(flags, n);

        points += i >= 0 ? check_table[i].rule.points : 0;
        flags += n + (flags[n] == ',');
    }
    return points;
}

const struct check_rule *
check_worst(const char *flags)
{
    const struct check_rule *worst = NULL;

    while (*flags != '\0') {
        size_t n = strcspn(flags, ",");
        int i = find_rule(flags, n);

        if (i >= 0 && (worst == NULL || check_table[i].rule.points > worst->points))
            worst = &check_table[i].rule;
        flags += n + (flags[n] == ',');
    }
    return worst;
}

/* Note that a rule fired. */
static void
note(struct check_verdict *out, const struct check_rule *rule, enum check_severity severity,
     const char *why, struct text *flags, int *worst)
{
    enum check_action action = severity == SEVERITY_REJECT ? CHECK_REJECT
                               : severity == SEVERITY_HOLD ? CHECK_HOLD
                                                           : CHECK_ACCEPT;

    text_addf(flags, "%s%s", flags->used > 0 ? "," : "", rule->name);
    out->points += rule->points;
    if (action > CHECK_ACCEPT && (action > out->action || rule->points > *worst)) {
        text_clip(out->reason, sizeof(out->reason), why);
        *worst = rule->points;
    }
    if (action > CHECK_ACCEPT && out->action == CHECK_ACCEPT)
        out->is_soft = rule->stage == STAGE_USE;
    if (action > out->action)
        out->action = action;
}

static void
find_usage(const struct check_work *w, struct check_verdict *out)
{
    int64_t multiplier = w->c->multiplier_milli > 0 ? w->c->multiplier_milli : 1000;
    struct err e;

    out->has_usage = w->flows && !w->over &&
                     round_divide((int128)w->moved * multiplier, 1000, ROUND_HALF_UP,
                                  &out->usage.milli, &e);
}

/* Does it fire; and the words for it, only where somebody will read them. */
static bool
ask_rule(const struct check_entry *x, const struct check_work *w, bool is_read,
         char why[READING_WHY_MAX])
{
    struct text reason = {.cut = true}; /* takes nothing */

    why[0] = '\0';
    if (!x->fires(w, &reason))
        return false;
    text_init(&reason, why, READING_WHY_MAX);
    return !is_read || x->fires(w, &reason);
}

void
check_reading(const struct check_case *c, struct check_verdict *out)
{
    struct check_work w;
    struct text flags;
    char why[READING_WHY_MAX];
    int worst = 0;

    *out = (struct check_verdict){.action = CHECK_ACCEPT};
    check_work_of(c, &w);
    text_init(&flags, out->flags, sizeof(out->flags));
    for (size_t i = 0; i < check_table_count && out->action != CHECK_REJECT; i++) {
        const struct check_rule *rule = &check_table[i].rule;
        enum check_severity severity =
            c->severity != NULL ? c->severity[i] : rule->severity;

        if (severity == SEVERITY_OFF ||
            (rule->stage == STAGE_USE && out->action == CHECK_HOLD && !out->is_soft))
            continue;
        if (ask_rule(&check_table[i], &w, severity >= SEVERITY_HOLD, why))
            note(out, rule, severity, why, &flags, &worst);
    }
    find_usage(&w, out);
}

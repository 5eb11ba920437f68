/* policy.c - the files of conf/policies, read, checked, and joined with the settings. */
#include "meterpost/billing/policy.h"

#include "meterpost/base/text.h"
#include "meterpost/base/units.h"

#include <ctype.h>
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 400

struct file_season {
    char *from, *until, *reason;
};

struct file_weather {
    char *from, *until, *cold;
    int64_t *heat_days;
};

struct file {
    char *policy, *name, *source, *check, *checked_by;
    int64_t *notice_days, *min_unpaid, *max_backbill_months;
    bool *clear_days, *business_days, *before_rest, *dispute_blocks;
    char *final_notice, *after_due, *reconnect, *hours;
    char **weekdays, **protected;
    unsigned weekdays_count, protected_count;
    struct file_season *seasons;
    unsigned seasons_count;
    struct file_weather *weather;
};

#define TEXT(key)                                                                          \
    CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER, struct file, key, 1, TEXT_MOST)
#define MAYBE(key)                                                                         \
    CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file,    \
                           key, 0, TEXT_MOST)
#define WHOLE(key)                                                                         \
    CYAML_FIELD_INT_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file, key)
#define FLAG(key)                                                                          \
    CYAML_FIELD_BOOL_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file, key)
#define LIST(key, entry, most)                                                             \
    CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file, key, \
                         &(entry), 0, most)

static const cyaml_schema_value_t word = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, CONF_NAME_MAX - 1)};
static const cyaml_schema_field_t season_fields[] = {
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER, struct file_season, from, 5, 5),
    CYAML_FIELD_STRING_PTR("until", CYAML_FLAG_POINTER, struct file_season, until, 5, 5),
    CYAML_FIELD_STRING_PTR("reason", CYAML_FLAG_POINTER, struct file_season, reason, 1,
                           CONF_TEXT_MAX - 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t season = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_season, season_fields)};
#define WEATHER(key, least, most)                                                          \
    CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,                 \
                           struct file_weather, key, least, most)
static const cyaml_schema_field_t weather_fields[] = {
    WEATHER(from, 5, 5),
    WEATHER(until, 5, 5),
    WEATHER(cold, 1, 6),
    CYAML_FIELD_INT_PTR("heat_days", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                        struct file_weather, heat_days),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t file_fields[] = {
    TEXT(policy),
    TEXT(name),
    TEXT(source),
    TEXT(check),
    MAYBE(checked_by),
    WHOLE(notice_days),
    FLAG(clear_days),
    FLAG(business_days),
    MAYBE(final_notice),
    WHOLE(min_unpaid),
    MAYBE(after_due),
    LIST(weekdays, word, 7),
    MAYBE(hours),
    FLAG(before_rest),
    LIST(seasons, season, POLICY_SEASONS),
    CYAML_FIELD_MAPPING_PTR("weather", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                            struct file, weather, weather_fields),
    LIST(protected, word, POLICY_CLASSES),
    MAYBE(reconnect),
    WHOLE(max_backbill_months),
    FLAG(dispute_blocks),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields)};

/* ---- values ---- */

static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static void
set_defaults(struct policy *p)
{
    *p = (struct policy){.notice_days = 10,
                         .clear_days = true,
                         .final_s = 0,
                         .min_unpaid = 1,
                         .hours = {{0, MINUTES_A_DAY}, {0, MINUTES_A_DAY}},
                         .reconnect_s = DAY_S,
                         .dispute_blocks = true};
    for (int i = 0; i < 7; i++)
        p->weekdays[i] = true;
}

static void
read_whole(const struct yaml *y, const int64_t *from, const char *key, int most, int *to,
           struct problems *p)
{
    if (from == NULL)
        return;
    if (*from < 0 || *from > most)
        yaml_problem(y, p, key, "expected 0 to %d", most);
    else
        *to = (int)*from;
}

static void
read_duration(const struct yaml *y, const char *from, const char *key, int *to,
              struct problems *p)
{
    struct err e;
    int64_t ms;

    if (from == NULL || *from == '\0')
        return;
    if (!duration_parse(from, &ms, &e) || ms / 1000 > 400 * DAY_S)
        yaml_problem(y, p, key, "expected a duration such as 48h, got '%.40s'", from);
    else
        *to = (int)(ms / 1000);
}

static void
read_weekdays(const struct yaml *y, const struct file *f, struct policy *to,
              struct problems *p)
{
    char path[40];

    if (f->weekdays_count > 0)
        memset(to->weekdays, 0, sizeof(to->weekdays));
    for (unsigned i = 0; i < f->weekdays_count; i++) {
        int day = 0;

        while (day < 7 && strcmp(weekdays[day], f->weekdays[i]) != 0)
            day++;
        snprintf(path, sizeof(path), "weekdays[%u]", i);
        if (day == 7)
            yaml_problem(y, p, path, "expected sun, mon, ... sat, got '%s'",
                         f->weekdays[i]);
        else
            to->weekdays[day] = true;
    }
}

/* "11-15" to 1115. */
static bool
read_day(const char *text, int *out)
{
    int month, day;
    char end;

    if (sscanf(text, "%2d-%2d%c", &month, &day, &end) != 2 || month < 1 || month > 12 ||
        day < 1 || day > 31)
        return false;
    *out = month * 100 + day;
    return true;
}

static void
read_seasons(const struct yaml *y, const struct file *f, struct policy *to,
             struct problems *p)
{
    char path[40];

    for (unsigned i = 0; i < f->seasons_count; i++) {
        struct policy_season *s = &to->seasons[to->n_seasons++];

        snprintf(path, sizeof(path), "seasons[%u]", i);
        if (!read_day(f->seasons[i].from, &s->from) ||
            !read_day(f->seasons[i].until, &s->until))
            yaml_problem(y, p, path, "expected days of the year such as 11-15");
        text_copy(s->reason, sizeof(s->reason), f->seasons[i].reason);
    }
}

static void
read_weather(const struct yaml *y, const struct file_weather *f, struct policy_weather *to,
             struct problems *p)
{
    int64_t cold = 0;
    struct err e;

    if (f == NULL)
        return;
    to->used = true;
    if ((f->from != NULL && !read_day(f->from, &to->from)) ||
        (f->until != NULL && !read_day(f->until, &to->until)) ||
        (f->from == NULL) != (f->until == NULL))
        yaml_problem(y, p, "weather", "expected both days of the year, such as 11-15");
    to->has_cold = f->cold != NULL;
    if (to->has_cold &&
        (!decimal_parse(f->cold, 1, &cold, &e) || cold < -600 || cold > 600))
        yaml_problem(y, p, "weather.cold", "expected degrees Celsius such as 1.7");
    to->cold_tenths = (int)cold;
    read_whole(y, f->heat_days, "weather.heat_days", 30, &to->heat_days, p);
}

static void
read_flags(const struct file *f, struct policy *to)
{
    const struct {
        const bool *from;
        bool *to;
    } flags[] = {
        {f->clear_days, &to->clear_days},
        {f->business_days, &to->business_days},
        {f->before_rest, &to->before_rest},
        {f->dispute_blocks, &to->dispute_blocks},
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (flags[i].from != NULL)
            *flags[i].to = *flags[i].from;
    }
}

static void
read_values(const struct yaml *y, const struct file *f, struct policy *to,
            struct problems *p)
{
    struct err e;

    text_clip(to->id, sizeof(to->id), f->policy);
    text_clip(to->name, sizeof(to->name), f->name);
    text_clip(to->source, sizeof(to->source), f->source);
    text_clip(to->check, sizeof(to->check), f->check);
    text_clip(to->checked_by, sizeof(to->checked_by),
              f->checked_by == NULL ? "" : f->checked_by);
    read_whole(y, f->notice_days, "notice_days", 400, &to->notice_days, p);
    read_whole(y, f->min_unpaid, "min_unpaid", 100, &to->min_unpaid, p);
    read_whole(y, f->max_backbill_months, "max_backbill_months", 1000,
               &to->max_backbill_months, p);
    read_duration(y, f->final_notice, "final_notice", &to->final_s, p);
    read_duration(y, f->after_due, "after_due", &to->after_due_s, p);
    read_duration(y, f->reconnect, "reconnect", &to->reconnect_s, p);
    if (f->hours != NULL && *f->hours != '\0' && !window_parse(f->hours, &to->hours[0], &e))
        yaml_problem(y, p, "hours", "%s", e.text);
    read_weekdays(y, f, to, p);
    read_seasons(y, f, to, p);
    read_weather(y, f->weather, &to->weather, p);
    read_flags(f, to);
    for (unsigned i = 0; i < f->protected_count; i++)
        text_copy(to->protected[to->n_protected++], CONF_NAME_MAX, f -> protected[i]);
}

struct policy *
policy_load_file(const char *path, struct problems *p)
{
    size_t before = problems_total(p);
    struct policy *out = calloc(1, sizeof(*out));
    struct yaml *y = yaml_open_file(path, p);
    void *data = NULL;

    if (out != NULL && yaml_read(y, &schema, &data, p)) {
        set_defaults(out);
        read_values(y, data, out, p);
    }
    yaml_data_free(&schema, data);
    yaml_close(y);
    if (out != NULL && problems_total(p) == before)
        return out;
    free(out);
    return NULL;
}

/* ---- joined with the settings ---- */

/* A file of dates, one a line; what follows '#' is for people. */
static void
read_holidays(const char *path, struct policy *to, struct problems *p)
{
    FILE *f = fopen(path, "re");
    char line[200];
    unsigned n = 0;

    if (f == NULL) {
        problems_add(p, path, 0, 0, "the file of holidays cannot be read");
        return;
    }
    while (fgets(line, sizeof(line), f) != NULL) {
        int year, month, day;
        size_t at = strspn(line, " \t");

        n++;
        line[strcspn(line, "#\r\n")] = '\0';
        if (line[at] == '\0')
            continue;
        if (sscanf(line + at, "%4d-%2d-%2d", &year, &month, &day) != 3 || month < 1 ||
            month > 12 || day < 1 || day > 31)
            problems_add(p, path, n, 1, "expected a date such as 2026-12-25, got '%.40s'",
                         line + at);
        else if (to->n_holidays == POLICY_HOLIDAYS)
            problems_add(p, path, n, 1, "more than %d holidays", POLICY_HOLIDAYS);
        else
            to->holidays[to->n_holidays++] = year * 10000 + month * 100 + day;
    }
    fclose(f);
}

static void
join(const struct conf *conf, struct policy *to, struct problems *p)
{
    const struct conf_cut *cut = &conf->arrears.cut;
    bool allowed[7] = {false};

    for (int i = 0; i < cut->n_weekdays; i++)
        allowed[cut->weekdays[i]] = true;
    for (int i = 0; i < 7; i++)
        to->weekdays[i] = to->weekdays[i] && allowed[i];
    to->hours[1] = cut->hours;
    if (cut->holidays[0] != '\0')
        read_holidays(cut->holidays, to, p);
}

struct policy *
policy_load(const struct conf *conf, struct problems *p)
{
    size_t before = problems_total(p);
    struct policy *out;
    char path[CONF_PATH_MAX + CONF_NAME_MAX + 8];

    snprintf(path, sizeof(path), "%s/%s.yaml", conf->paths.policies, conf->arrears.policy);
    if (conf->arrears.policy[0] != '\0') {
        out = policy_load_file(path, p);
    } else if ((out = malloc(sizeof(*out))) != NULL) {
        set_defaults(out);
        text_copy(out->name, sizeof(out->name), "cautious rules without a file");
    }
    if (out != NULL)
        join(conf, out, p);
    if (out == NULL || problems_total(p) == before)
        return out;
    free(out);
    return NULL;
}

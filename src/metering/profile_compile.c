/*
 * profile_compile.c - from what the file says to what a text is matched with; every fault
 * with its place.
 */
#include "metering/profile_file.h"

#include "meterpost/base/text.h"
#include "meterpost/base/units.h"
#include "meterpost/protocol/frame.h"
#include "meterpost/sms/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEST_MAX     50   /* parentheses in each other */
#define DEPTH_MAX    5000 /* backtracking points at a time */
#define HEAP_KIB_MAX 4096
#define PATH_BYTES   128
#define REASON_MAX   160

/* One rule while it is made. */
struct making {
    const struct profile *profile;
    struct rule *rule;
    struct problems *problems;
    unsigned index;
};

#define PROBLEM(m, key, ...)                                                               \
    do {                                                                                   \
        char path_[PATH_BYTES];                                                            \
                                                                                           \
        snprintf(path_, sizeof(path_), "replies[%u]%s", (m)->index, key);                  \
        yaml_problem((m)->profile->yaml, (m)->problems, path_, __VA_ARGS__);               \
    } while (0)

static pcre2_code *
compile_pattern(struct making *m, const char *pattern, const char *key)
{
    pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
    unsigned char reason[REASON_MAX];
    size_t at = 0;
    int code = 0;
    uint32_t groups = 0;
    pcre2_code *compiled;

    if (limits == NULL) {
        PROBLEM(m, key, "out of memory");
        return NULL;
    }
    pcre2_set_max_pattern_length(limits, PATTERN_LENGTH_MAX);
    pcre2_set_parens_nest_limit(limits, NEST_MAX);
    compiled = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                             PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, limits);
    pcre2_compile_context_free(limits);
    if (compiled == NULL) {
        pcre2_get_error_message(code, reason, sizeof(reason));
        PROBLEM(m, key, "expected a regular expression, got a fault at byte %zu: %s",
                at + 1, (char *)reason);
        return NULL;
    }
    pcre2_pattern_info(compiled, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (groups >= GROUPS_MAX) {
        PROBLEM(m, key, "expected at most %d groups, got %u", GROUPS_MAX - 1, groups);
        pcre2_code_free(compiled);
        return NULL;
    }
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* without it the match is slower */
    return compiled;
}

static unsigned
group_number(const pcre2_code *code, const char *name)
{
    int n = code == NULL ? 0 : pcre2_substring_number_from_name(code, (PCRE2_SPTR)name);

    return n > 0 ? (unsigned)n : 0;
}

/* The group of this name, in the item of a repeat first. */
static struct group
find_group(const struct rule *rule, const char *name)
{
    unsigned number = group_number(rule->item, name);

    if (number > 0)
        return (struct group){.in_item = true, .number = number};
    return (struct group){.in_item = false, .number = group_number(rule->code, name)};
}

static struct group
need_group(struct making *m, const char *name, const char *key)
{
    struct group group = find_group(m->rule, name);

    if (group.number == 0)
        PROBLEM(m, key, "the pattern has no group (?<%s>...)", name);
    return group;
}

static void
make_unit(struct making *m, const struct file_value *f, struct rule_value *v, unsigned i)
{
    char key[PATH_BYTES];

    v->expected_unit = obis_unit(f->obis);
    snprintf(key, sizeof(key), ".values[%u]", i);
    if (f->unit == NULL && f->unit_group == NULL)
        PROBLEM(m, key, "expected 'unit', 'unit_group', or both");
    if (f->unit_group != NULL)
        v->unit_group = need_group(m, f->unit_group, key);
    if (f->unit == NULL)
        return;
    snprintf(key, sizeof(key), ".values[%u].unit", i);
    v->unit = unit_find(f->unit);
    if (v->unit == NULL)
        PROBLEM(m, key, "unknown unit '%s'", f->unit);
    else if (v->expected_unit != NULL && strcmp(v->expected_unit, v->unit->name) != 0)
        PROBLEM(m, key, "expected a unit that becomes %s, which register %s has, got '%s'",
                v->expected_unit, f->obis, f->unit);
}

static void
make_value(struct making *m, const struct file_value *f, struct rule_value *v, unsigned i)
{
    char key[PATH_BYTES];
    struct err e;

    v->obis = f->obis;
    snprintf(key, sizeof(key), ".values[%u].register", i);
    if (!obis_valid(f->obis))
        PROBLEM(m, key, "expected an OBIS code such as 1-0:1.8.0, got '%s'", f->obis);
    snprintf(key, sizeof(key), ".values[%u].group", i);
    v->group = need_group(m, f->group, key);
    v->key = f->key;
    if (f->key != NULL && m->rule->key.number == 0) {
        snprintf(key, sizeof(key), ".values[%u].key", i);
        PROBLEM(m, key, "a value by its key needs 'repeat' with 'key'");
    }
    make_unit(m, f, v, i);
    snprintf(key, sizeof(key), ".values[%u].scale", i);
    v->scale_micro = 1000000;
    if (f->scale != NULL && (!decimal_parse(f->scale, RATE_PLACES, &v->scale_micro, &e) ||
                             v->scale_micro <= 0 || v->scale_micro > 1000000000000))
        PROBLEM(m, key, "expected a factor such as \"0.01\" or \"40\", got '%s'", f->scale);
    snprintf(key, sizeof(key), ".values[%u].round", i);
    v->rounds = f->round != NULL;
    if (v->rounds && !rounding_parse(f->round, &v->rounding))
        PROBLEM(m, key, "expected one of half_up, half_even, down, up; got '%s'", f->round);
}

static bool
zone_valid(const char *zone)
{
    utc_t t;
    struct err e;

    return zone == NULL || strcmp(zone, "utility") == 0 || strcmp(zone, "utc") == 0 ||
           (strlen(zone) == 6 && profile_time("2000-01-01", "%Y-%m-%d", zone, &t, &e));
}

static void
make_time(struct making *m)
{
    const struct file_time *f = m->rule->file->time;
    struct err e;

    if (f == NULL)
        return;
    m->rule->time = need_group(m, f->group, ".time.group");
    if (!profile_time_format_valid(f->format, &e))
        PROBLEM(m, ".time.format", "%s", e.text);
    if (!zone_valid(f->zone))
        PROBLEM(m, ".time.zone",
                "expected utility, utc or an offset such as \"+03:00\", got "
                "'%s'",
                f->zone);
}

static void
make_relay(struct making *m)
{
    const struct file_relay *f = m->rule->file->relay;

    if (f == NULL)
        return;
    m->rule->relay = need_group(m, f->group, ".relay.group");
    if (m->rule->relay.in_item)
        PROBLEM(m, ".relay.group", "expected a group of the reply's own pattern");
    if (f->closed_count == 0 && f->open_count == 0)
        PROBLEM(m, ".relay", "expected words in 'closed', in 'open', or in both");
}

static void
make_alarms(struct making *m)
{
    const struct file_reply *f = m->rule->file;
    char key[PATH_BYTES];

    for (unsigned i = 0; i < f->alarms_count; i++) {
        struct rule_alarm *alarm = &m->rule->alarms[m->rule->n_alarms++];

        snprintf(key, sizeof(key), ".alarms[%u].group", i);
        alarm->file = &f->alarms[i];
        alarm->group = need_group(m, f->alarms[i].group, key);
    }
}

/* Each kind has what makes it, and nothing that it cannot use. */
static void
check_kind(struct making *m)
{
    const struct file_reply *f = m->rule->file;
    bool values = f->values_count > 0 || f->frame != NULL;

    if (f->kind == REPLY_READING && !values)
        PROBLEM(m, "", "a reading needs 'values' or 'frame'");
    if (f->kind == REPLY_RELAY && f->relay == NULL)
        PROBLEM(m, "", "a reply of kind relay needs 'relay'");
    if ((f->kind == REPLY_ERROR) != (f->error != NULL))
        PROBLEM(m, f->error != NULL ? ".error" : "",
                "'error' stands in replies of kind error, and in each of them");
    if (f->kind != REPLY_ALARM && f->alarm != NULL)
        PROBLEM(m, ".alarm",
                "'alarm' stands in replies of kind alarm; others may have "
                "'alarms'");
    if (f->kind == REPLY_ALARM && f->alarm == NULL && f->alarms_count == 0)
        PROBLEM(m, "", "a reply of kind alarm needs 'alarm' or 'alarms'");
    if (f->repeat != NULL && f->values_count + f->alarms_count == 0)
        PROBLEM(m, ".repeat", "'repeat' needs 'values' or 'alarms'");
}

static void
make_frame(struct making *m)
{
    const struct file_frame *f = m->rule->file->frame;
    struct err e;

    if (f == NULL)
        return;
    m->rule->frame = need_group(m, f->group, ".frame.group");
    if (m->rule->frame.in_item)
        PROBLEM(m, ".frame.group", "expected a group of the reply's own pattern");
    if (!frame_protocol_find(f->protocol, &m->rule->protocol, &e))
        PROBLEM(m, ".frame.protocol", "%s", e.text);
}

/* False when its pattern is none. */
static bool
make_repeat(struct making *m)
{
    const struct file_repeat *f = m->rule->file->repeat;
    struct rule *rule = m->rule;

    rule->item = compile_pattern(m, f->pattern, ".repeat.pattern");
    if (rule->item == NULL)
        return false;
    rule->repeat = group_number(rule->code, f->group);
    if (rule->repeat == 0)
        PROBLEM(m, ".repeat.group", "the pattern has no group (?<%s>...)", f->group);
    if (f->key == NULL)
        return true;
    rule->key = (struct group){true, group_number(rule->item, f->key)};
    if (rule->key.number == 0)
        PROBLEM(m, ".repeat.key", "the pattern of repeat has no group (?<%s>...)", f->key);
    return true;
}

static void
make_rule(struct making *m)
{
    struct rule *rule = m->rule;
    const struct file_reply *f = rule->file;

    check_kind(m);
    rule->code = compile_pattern(m, f->pattern, ".pattern");
    if (rule->code == NULL)
        return;
    profile_sieve_make(rule->code, &rule->sieve);
    if (f->repeat != NULL && !make_repeat(m))
        return;
    rule->meter = find_group(rule, "meter");
    rule->order = (struct group){.number = group_number(rule->code, "order")};
    for (unsigned i = 0; i < f->values_count; i++)
        make_value(m, &f->values[i], &rule->values[rule->n_values++], i);
    make_time(m);
    make_relay(m);
    make_alarms(m);
    make_frame(m);
}

static void
check_head(struct profile *profile, struct problems *p)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    static const char *const commodities[] = {"electricity", "water", "gas", "heat", NULL};
    const struct file_profile *f = profile->file;
    const char *decimal = f->numbers.decimal == NULL ? "." : f->numbers.decimal;
    const char *thousands = f->numbers.thousands == NULL ? "" : f->numbers.thousands;
    struct err e;
    int i = 0;

    if (strspn(f->id, letters) != strlen(f->id))
        yaml_problem(profile->yaml, p, "profile",
                     "expected small letters, digits, '-', '_' and '.', got '%s'", f->id);
    while (f->commodity != NULL && commodities[i] != NULL &&
           strcmp(f->commodity, commodities[i]) != 0)
        i++;
    if (f->commodity != NULL && commodities[i] == NULL)
        yaml_problem(profile->yaml, p, "commodity",
                     "expected one of electricity, water, gas, heat; got '%s'",
                     f->commodity);
    if (strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0 &&
        strcmp(decimal, "any") != 0)
        yaml_problem(profile->yaml, p, "numbers.decimal",
                     "expected \".\" or \",\", or any for both, got '%s'", decimal);
    text_clip(profile->decimal, sizeof(profile->decimal),
              decimal[1] == '\0' ? decimal : ".,");
    profile->thousands = thousands[0];
    if (thousands[0] != '\0' && (strchr("., '", thousands[0]) == NULL ||
                                 strchr(profile->decimal, thousands[0]) != NULL))
        yaml_problem(
            profile->yaml, p, "numbers.thousands",
            "expected \"\", \".\", \",\", \" \" or \"'\", and not that of decimals");
    if (f->reply_timeout != NULL &&
        (!duration_parse(f->reply_timeout, &profile->reply_timeout_ms, &e) ||
         profile->reply_timeout_ms < 1000))
        yaml_problem(profile->yaml, p, "reply_timeout",
                     "expected a time of a second and more such as 10m or 6h, got '%s'",
                     f->reply_timeout);
}

/* Two rules of one name cannot be told apart in messages. */
static void
check_names(const struct profile *profile, struct problems *p)
{
    const struct file_profile *f = profile->file;
    char path[PATH_BYTES];

    for (unsigned i = 1; i < f->replies_count; i++) {
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(f->replies[i].name, f->replies[j].name) != 0)
                continue;
            snprintf(path, sizeof(path), "replies[%u].name", i);
            yaml_problem(profile->yaml, p, path, "'%s' is the name of replies[%u] already",
                         f->replies[i].name, j);
        }
    }
}

static void
count_groups(struct profile *profile, const struct rule *rule)
{
    uint32_t groups = 0;

    if (rule->code != NULL)
        pcre2_pattern_info(rule->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (profile->groups < groups + 1)
        profile->groups = groups + 1;
}

/* "hex: 68 {{address}} 16": octets, in pairs of digits between the fields. What stands for
 * a field is only known when it is sent. */
static void
check_octets(struct profile *profile, const char *action, const char *text,
             struct problems *p)
{
    static const char digits[] = "0123456789abcdefABCDEF", blanks[] = " \t\r\n";
    const char *c = text + strlen(OUTBOX_DATA);
    char key[PATH_BYTES];
    size_t n = 0;
    bool fields = false;

    snprintf(key, sizeof(key), "requests.%s", action);
    while (*(c += strspn(c, blanks)) != '\0') {
        const char *end = strncmp(c, "{{", 2) == 0 ? strstr(c, "}}") : NULL;
        size_t run = strspn(c, digits);

        if (end != NULL) {
            fields = true;
            c = end + 2 + (end[2] == '}');
        } else if (run == 0) {
            yaml_problem(profile->yaml, p, key,
                         "expected hexadecimal digits behind '%s', got '%.1s' as its "
                         "character %zu",
                         OUTBOX_DATA, c, (size_t)(c - text) + 1);
            return;
        }
        n += run;
        c += end == NULL ? run : 0;
    }
    if (!fields && (n == 0 || n % 2 != 0))
        yaml_problem(profile->yaml, p, key,
                     "expected octets of two hexadecimal digits behind '%s', got %zu "
                     "digits",
                     OUTBOX_DATA, n);
}

static void
check_requests(struct profile *profile, struct problems *p)
{
    const struct file_requests *r = &profile->file->requests;
#define ACTION_TEXT(action) {#action, r->action},
    const struct {
        const char *action, *text;
    } rows[] = {PROFILE_ACTIONS(ACTION_TEXT)};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].text != NULL &&
            strncmp(rows[i].text, OUTBOX_DATA, strlen(OUTBOX_DATA)) == 0)
            check_octets(profile, rows[i].action, rows[i].text, p);
    }
}

static bool
has_wide_spaces(const struct file_profile *f)
{
    char plain[REPLY_TEXT_MAX], squeezed[REPLY_TEXT_MAX];
    struct err e;

    for (unsigned i = 0; i < f->examples_count; i++) {
        if (profile_normalise(f->examples[i].text, plain, &e) &&
            profile_squeeze(plain, squeezed))
            return true;
    }
    return false;
}

bool
profile_compile(struct profile *profile, struct problems *p)
{
    const struct file_profile *f = profile->file;
    size_t before = problems_total(p);

    profile->rules = calloc(f->replies_count, sizeof(*profile->rules));
    profile->limits = pcre2_match_context_create(NULL);
    if (profile->rules == NULL || profile->limits == NULL)
        return yaml_problem(profile->yaml, p, "", "out of memory");
    pcre2_set_match_limit(profile->limits, PATTERN_MATCH_LIMIT);
    pcre2_set_depth_limit(profile->limits, DEPTH_MAX);
    pcre2_set_heap_limit(profile->limits, HEAP_KIB_MAX);
    check_head(profile, p);
    check_names(profile, p);
    check_requests(profile, p);
    profile->is_wide = has_wide_spaces(f);
    for (unsigned i = 0; i < f->replies_count; i++) {
        struct making m = {profile, &profile->rules[i], p, i};

        profile->rules[i].file = &f->replies[i];
        profile->n_rules++;
        make_rule(&m);
        count_groups(profile, &profile->rules[i]);
    }
    return problems_total(p) == before;
}

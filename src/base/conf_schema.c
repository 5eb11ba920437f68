/*
 * conf_schema.c - the list of settings spelled out as what libcyaml fills, as its schema,
 * and as the tables that conf.c walks.
 */
#include "base/conf_settings.h"

#include <string.h>

#define TEXT_MOST 1000 /* bytes of any one value */

/* The members that libcyaml fills: text as written, NULL where it is left out. */
#define RAW_S(r, c, kind, key, member, def, least, most, words) char *key;
#define RAW_R(r, c, kind, key, member, least, most, words)      char *key;
#define RAW_L(r, c, kind, key, member, count, def, least, most, words)                     \
    char **key;                                                                            \
    unsigned key##_count;
#define RAW(SETTINGS) SETTINGS(RAW_S, RAW_R, RAW_L, , )

struct raw_utility {
    RAW(UTILITY_SETTINGS)
};
struct raw_paths {
    RAW(PATHS_SETTINGS)
};
struct raw_modem {
    RAW(MODEM_SETTINGS)
};
struct raw_bus {
    RAW(BUS_SETTINGS)
};
struct raw_reading {
    RAW(READING_SETTINGS)
};
struct raw_report {
    RAW(REPORT_SETTINGS)
};
struct raw_round {
    RAW(ROUND_SETTINGS)
};
struct raw_validation {
    RAW(VALIDATION_SETTINGS)
};
struct raw_losses {
    RAW(LOSSES_SETTINGS)
};
struct raw_billing {
    RAW(BILLING_SETTINGS)
};
struct raw_late_fee {
    RAW(LATE_FEE_SETTINGS)
};
struct raw_stage {
    RAW(STAGE_SETTINGS)
};
struct raw_cut {
    RAW(CUT_SETTINGS)
};
struct raw_arrears {
    RAW(ARREARS_SETTINGS)
    struct raw_stage *stages;
    unsigned stages_count;
    struct raw_cut cut;
};
struct raw_staff {
    RAW(STAFF_SETTINGS)
};
struct raw_limits {
    RAW(LIMITS_SETTINGS)
};
struct raw_hours {
    RAW(HOURS_SETTINGS)
};
struct raw_validity {
    RAW(VALIDITY_SETTINGS)
};
struct raw_alarms {
    RAW(ALARMS_SETTINGS)
};
struct raw_care {
    RAW(CARE_SETTINGS)
};
struct raw_backup {
    RAW(BACKUP_SETTINGS)
};
struct raw_log {
    RAW(LOG_SETTINGS)
};
struct raw_conf {
    RAW(TOP_SETTINGS)
    struct raw_utility utility;
    struct raw_paths paths;
    struct raw_modem *modems;
    unsigned modems_count;
    struct raw_bus *buses;
    unsigned buses_count;
    struct raw_reading reading;
    struct raw_report *reports;
    unsigned reports_count;
    struct raw_round *rounds;
    unsigned rounds_count;
    struct raw_validation validation;
    struct raw_losses losses;
    struct raw_billing billing;
    struct raw_late_fee late_fee;
    struct raw_arrears arrears;
    struct raw_staff staff;
    struct raw_limits limits;
    struct raw_hours hours;
    struct raw_validity validity;
    struct raw_alarms alarms;
    struct raw_care care;
    struct raw_backup backup;
    struct raw_log log;
};

static const cyaml_schema_value_t text_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, TEXT_MOST)};

/* The fields of a libcyaml mapping. */
#define LIST_MAX(c, member) (sizeof(((struct c *)NULL)->member) / ONE_SIZE(c, member[0]))
#define ONE_SIZE(c, member) sizeof(((struct c *)NULL)->member)
#define FIELD_S(r, c, kind, key, member, def, least, most, words)                          \
    CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_OPTIONAL, struct r, key, 0, TEXT_MOST),
#define FIELD_R(r, c, kind, key, member, least, most, words)                               \
    CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_DEFAULT, struct r, key, 1, TEXT_MOST),
#define FIELD_L(r, c, kind, key, member, count, def, least, most, words)                   \
    CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct r, key,    \
                         &text_entry, sizeof(def) > 1 ? 1 : 0, LIST_MAX(c, member)),

/* The rows of struct setting. */
#define ROW_S(r, c, K, k, member, def, low, high, w)                                       \
    {.key = #k,                                                                            \
     .kind = KIND_##K,                                                                     \
     .text = def,                                                                          \
     .least = low,                                                                         \
     .most = high,                                                                         \
     .words = w,                                                                           \
     .raw = offsetof(struct r, k),                                                         \
     .at = offsetof(struct c, member),                                                     \
     .size = ONE_SIZE(c, member)},
#define ROW_R(r, c, K, k, member, low, high, w)                                            \
    ROW_S(r, c, K, k, member, NULL, low, high, w)
#define ROW_L(r, c, K, k, member, n, def, low, high, w)                                    \
    {.key = #k,                                                                            \
     .kind = KIND_##K,                                                                     \
     .text = def,                                                                          \
     .least = low,                                                                         \
     .most = high,                                                                         \
     .words = w,                                                                           \
     .raw = offsetof(struct r, k),                                                         \
     .raw_count = offsetof(struct r, k##_count),                                           \
     .at = offsetof(struct c, member),                                                     \
     .count = offsetof(struct c, n),                                                       \
     .size = ONE_SIZE(c, member[0]),                                                       \
     .list_max = LIST_MAX(c, member)},

#define TABLES(name, SETTINGS, r, c, ...)                                                  \
    static const cyaml_schema_field_t name##_fields[] = {                                  \
        SETTINGS(FIELD_S, FIELD_R, FIELD_L, r, c) __VA_ARGS__ CYAML_FIELD_END};            \
    static const struct setting name##_settings[] = {SETTINGS(ROW_S, ROW_R, ROW_L, r, c)}

#define MAPPING(name, r, member)                                                           \
    CYAML_FIELD_MAPPING(#name, CYAML_FLAG_OPTIONAL, struct r, member, name##_fields)

TABLES(utility, UTILITY_SETTINGS, raw_utility, conf_utility, );
TABLES(paths, PATHS_SETTINGS, raw_paths, conf_paths, );
TABLES(modem, MODEM_SETTINGS, raw_modem, conf_modem, );
TABLES(bus, BUS_SETTINGS, raw_bus, conf_bus, );
TABLES(reading, READING_SETTINGS, raw_reading, conf_reading, );
TABLES(report, REPORT_SETTINGS, raw_report, conf_report, );
TABLES(round, ROUND_SETTINGS, raw_round, conf_round, );
TABLES(validation, VALIDATION_SETTINGS, raw_validation, conf_validation, );
TABLES(losses, LOSSES_SETTINGS, raw_losses, conf_losses, );
TABLES(billing, BILLING_SETTINGS, raw_billing, conf_billing, );
TABLES(late_fee, LATE_FEE_SETTINGS, raw_late_fee, conf_late_fee, );
TABLES(stage, STAGE_SETTINGS, raw_stage, conf_stage, );
TABLES(cut, CUT_SETTINGS, raw_cut, conf_cut, );
TABLES(staff, STAFF_SETTINGS, raw_staff, conf_staff, );
TABLES(limits, LIMITS_SETTINGS, raw_limits, conf_limits, );
TABLES(hours, HOURS_SETTINGS, raw_hours, conf_hours, );
TABLES(validity, VALIDITY_SETTINGS, raw_validity, conf_validity, );
TABLES(alarms, ALARMS_SETTINGS, raw_alarms, conf_alarms, );
TABLES(care, CARE_SETTINGS, raw_care, conf_care, );
TABLES(backup, BACKUP_SETTINGS, raw_backup, conf_backup, );
TABLES(log, LOG_SETTINGS, raw_log, conf, );

static const cyaml_schema_value_t stage_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_stage, stage_fields)};
static const cyaml_schema_value_t modem_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_modem, modem_fields)};
static const cyaml_schema_value_t report_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_report, report_fields)};
static const cyaml_schema_value_t round_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_round, round_fields)};
static const cyaml_schema_value_t bus_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_bus, bus_fields)};

#define ENTRIES(key, r, entry, most)                                                       \
    CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct r, key,    \
                         &entry, 0, most)

TABLES(arrears, ARREARS_SETTINGS, raw_arrears, conf_arrears,
       ENTRIES(stages, raw_arrears, stage_entry, CONF_STAGES_MAX),
       MAPPING(cut, raw_arrears, cut), );

TABLES(top, TOP_SETTINGS, raw_conf, conf,
       CYAML_FIELD_MAPPING("utility", CYAML_FLAG_DEFAULT, struct raw_conf, utility,
                           utility_fields),
       MAPPING(paths, raw_conf, paths),
       ENTRIES(modems, raw_conf, modem_entry, CONF_MODEMS_MAX),
       ENTRIES(buses, raw_conf, bus_entry, CONF_BUSES_MAX),
       MAPPING(reading, raw_conf, reading),
       ENTRIES(rounds, raw_conf, round_entry, CONF_ROUNDS_MAX),
       ENTRIES(reports, raw_conf, report_entry, CONF_REPORTS_MAX),
       MAPPING(validation, raw_conf, validation), MAPPING(losses, raw_conf, losses),
       MAPPING(billing, raw_conf, billing), MAPPING(late_fee, raw_conf, late_fee),
       MAPPING(arrears, raw_conf, arrears), MAPPING(staff, raw_conf, staff),
       MAPPING(limits, raw_conf, limits), MAPPING(hours, raw_conf, hours),
       MAPPING(validity, raw_conf, validity), MAPPING(alarms, raw_conf, alarms),
       MAPPING(care, raw_conf, care), MAPPING(backup, raw_conf, backup),
       MAPPING(log, raw_conf, log), );

const cyaml_schema_value_t conf_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_conf, top_fields)};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SECTION(p, name, raw_member, member)                                               \
    {                                                                                      \
        .path = p, .settings = name##_settings, .n = COUNT(name##_settings),               \
        .raw = offsetof(struct raw_conf, raw_member), .at = offsetof(struct conf, member)  \
    }
#define LIST(p, name, list)                                                                \
    {                                                                                      \
        .path = p, .settings = name##_settings, .n = COUNT(name##_settings),               \
        .raw = offsetof(struct raw_conf, list),                                            \
        .raw_count = offsetof(struct raw_conf, list##_count),                              \
        .raw_size = sizeof(struct raw_##name)                                              \
    }

const struct section conf_sections[] = {
    {.path = "", .settings = top_settings, .n = COUNT(top_settings)},
    SECTION("utility", utility, utility, utility),
    SECTION("paths", paths, paths, paths),
    SECTION("reading", reading, reading, reading),
    SECTION("validation", validation, validation, validation),
    SECTION("losses", losses, losses, losses),
    SECTION("billing", billing, billing, billing),
    SECTION("late_fee", late_fee, late_fee, late_fee),
    SECTION("arrears", arrears, arrears, arrears),
    SECTION("arrears.cut", cut, arrears.cut, arrears.cut),
    SECTION("staff", staff, staff, staff),
    SECTION("limits", limits, limits, limits),
    SECTION("hours", hours, hours, hours),
    SECTION("validity", validity, validity, validity),
    SECTION("alarms", alarms, alarms, alarms),
    SECTION("care", care, care, care),
    SECTION("backup", backup, backup, backup),
    {.path = "log",
     .settings = log_settings,
     .n = COUNT(log_settings),
     .raw = offsetof(struct raw_conf, log)},
};
const size_t conf_sections_count = COUNT(conf_sections);

const struct section conf_lists[CONF_LISTS] = {
    [LIST_MODEMS] = LIST("modems[]", modem, modems),
    [LIST_BUSES] = LIST("buses[]", bus, buses),
    [LIST_ROUNDS] = LIST("rounds[]", round, rounds),
    [LIST_REPORTS] = LIST("reports[]", report, reports),
    [LIST_STAGES] = {.path = "arrears.stages[]",
                     .settings = stage_settings,
                     .n = COUNT(stage_settings),
                     .raw = offsetof(struct raw_conf, arrears.stages),
                     .raw_count = offsetof(struct raw_conf, arrears.stages_count),
                     .raw_size = sizeof(struct raw_stage)},
};

/* "modems[12].routes[0]" to "modems[].routes[]". */
static void
drop_indexes(const char *path, char *out, size_t size)
{
    size_t n = 0;

    for (; *path != '\0' && n + 1 < size; path++) {
        if (*path < '0' || *path > '9')
            out[n++] = *path;
    }
    out[n] = '\0';
}

static const struct setting *
find_in(const struct section *s, const char *pattern)
{
    size_t n = strlen(s->path);

    if (strncmp(pattern, s->path, n) != 0 || (n > 0 && pattern[n++] != '.'))
        return NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct setting *setting = &s->settings[i];
        size_t m = strlen(setting->key);

        if (strncmp(pattern + n, setting->key, m) == 0 &&
            strcmp(pattern + n + m, setting->list_max > 0 ? "[]" : "") == 0)
            return setting;
    }
    return NULL;
}

const struct setting *
conf_setting_find(const char *path)
{
    char pattern[256];
    const struct setting *found = NULL;

    drop_indexes(path, pattern, sizeof(pattern));
    for (size_t i = 0; i < conf_sections_count && found == NULL; i++)
        found = find_in(&conf_sections[i], pattern);
    for (size_t i = 0; i < CONF_LISTS && found == NULL; i++)
        found = find_in(&conf_lists[i], pattern);
    return found;
}

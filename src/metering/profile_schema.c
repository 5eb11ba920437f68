/*
 * profile_schema.c - the shape of a profile file, for base/yaml.h.
 */
#include "metering/profile_file.h"

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define NEEDED   CYAML_FLAG_DEFAULT
#define TEXT(flag, type, key, member, least, most)                                         \
    CYAML_FIELD_STRING_PTR(key, flag, struct type, member, least, most)

static const cyaml_strval_t kinds[] = {
    {"reading", REPLY_READING}, {"relay", REPLY_RELAY},   {"ack", REPLY_ACK},
    {"alarm", REPLY_ALARM},     {"notice", REPLY_NOTICE}, {"error", REPLY_ERROR},
};
static const cyaml_strval_t expected_kinds[] = {
    {"reading", REPLY_READING}, {"relay", REPLY_RELAY},   {"ack", REPLY_ACK},
    {"alarm", REPLY_ALARM},     {"notice", REPLY_NOTICE}, {"error", REPLY_ERROR},
    {"unknown", REPLY_UNKNOWN},
};

static const cyaml_schema_value_t word = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 40)};

static const cyaml_schema_field_t value_fields[] = {
    TEXT(NEEDED, file_value, "register", obis, 1, OBIS_MAX - 1),
    TEXT(NEEDED, file_value, "group", group, 1, 32),
    TEXT(OPTIONAL, file_value, "key", key, 1, 32),
    TEXT(OPTIONAL, file_value, "unit", unit, 1, 16),
    TEXT(OPTIONAL, file_value, "unit_group", unit_group, 1, 32),
    TEXT(OPTIONAL, file_value, "scale", scale, 1, 20),
    TEXT(OPTIONAL, file_value, "round", round, 1, 16),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_value, value_fields)};

static const cyaml_schema_field_t time_fields[] = {
    TEXT(NEEDED, file_time, "group", group, 1, 32),
    TEXT(NEEDED, file_time, "format", format, 1, 64),
    TEXT(OPTIONAL, file_time, "zone", zone, 1, 16),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t repeat_fields[] = {
    TEXT(NEEDED, file_repeat, "group", group, 1, 32),
    TEXT(NEEDED, file_repeat, "pattern", pattern, 1, PATTERN_LENGTH_MAX),
    TEXT(OPTIONAL, file_repeat, "key", key, 1, 32),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t relay_fields[] = {
    TEXT(NEEDED, file_relay, "group", group, 1, 32),
    CYAML_FIELD_SEQUENCE("closed", CYAML_FLAG_POINTER | OPTIONAL, struct file_relay, closed,
                         &word, 1, 10),
    CYAML_FIELD_SEQUENCE("open", CYAML_FLAG_POINTER | OPTIONAL, struct file_relay, open,
                         &word, 1, 10),
    CYAML_FIELD_SEQUENCE("armed", CYAML_FLAG_POINTER | OPTIONAL, struct file_relay, armed,
                         &word, 1, 10),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t alarm_fields[] = {
    TEXT(NEEDED, file_alarm, "group", group, 1, 32),
    CYAML_FIELD_SEQUENCE("is", CYAML_FLAG_POINTER | OPTIONAL, struct file_alarm, is, &word,
                         1, 20),
    TEXT(NEEDED, file_alarm, "alarm", alarm, 1, REPLY_WORD_MAX - 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t alarm = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_alarm, alarm_fields)};

static const cyaml_schema_field_t frame_fields[] = {
    TEXT(NEEDED, file_frame, "group", group, 1, 32),
    TEXT(NEEDED, file_frame, "protocol", protocol, 1, 32),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t reply_fields[] = {
    TEXT(NEEDED, file_reply, "name", name, 1, 60),
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct file_reply, kind, kinds,
                     CYAML_ARRAY_LEN(kinds)),
    TEXT(NEEDED, file_reply, "pattern", pattern, 1, PATTERN_LENGTH_MAX),
    CYAML_FIELD_SEQUENCE("values", CYAML_FLAG_POINTER | OPTIONAL, struct file_reply, values,
                         &value, 1, VALUES_MAX),
    CYAML_FIELD_MAPPING_PTR("time", OPTIONAL, struct file_reply, time, time_fields),
    CYAML_FIELD_MAPPING_PTR("repeat", OPTIONAL, struct file_reply, repeat, repeat_fields),
    CYAML_FIELD_MAPPING_PTR("relay", OPTIONAL, struct file_reply, relay, relay_fields),
    CYAML_FIELD_MAPPING_PTR("frame", OPTIONAL, struct file_reply, frame, frame_fields),
    TEXT(OPTIONAL, file_reply, "error", error, 1, REPLY_WORD_MAX - 1),
    TEXT(OPTIONAL, file_reply, "alarm", alarm, 1, REPLY_WORD_MAX - 1),
    CYAML_FIELD_SEQUENCE("alarms", CYAML_FLAG_POINTER | OPTIONAL, struct file_reply, alarms,
                         &alarm, 1, ALARMS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t reply = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_reply, reply_fields)};

static const cyaml_schema_field_t expect_value_fields[] = {
    TEXT(NEEDED, file_expect_value, "register", obis, 1, OBIS_MAX - 1),
    TEXT(NEEDED, file_expect_value, "value", value, 1, 40),
    TEXT(OPTIONAL, file_expect_value, "unit", unit, 1, 16),
    TEXT(OPTIONAL, file_expect_value, "meter", meter, 1, REPLY_METER_MAX - 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t expect_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_expect_value, expect_value_fields)};

static const cyaml_schema_field_t expect_fields[] = {
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct file_expect, kind, expected_kinds,
                     CYAML_ARRAY_LEN(expected_kinds)),
    TEXT(OPTIONAL, file_expect, "meter", meter, 1, REPLY_METER_MAX - 1),
    CYAML_FIELD_SEQUENCE("values", CYAML_FLAG_POINTER | OPTIONAL, struct file_expect,
                         values, &expect_value, 1, REPLY_VALUES_MAX),
    TEXT(OPTIONAL, file_expect, "time", time, 1, 40),
    TEXT(OPTIONAL, file_expect, "relay", relay, 1, 16),
    TEXT(OPTIONAL, file_expect, "error", error, 1, REPLY_WORD_MAX - 1),
    TEXT(OPTIONAL, file_expect, "alarm", alarm, 1, REPLY_WORD_MAX - 1),
    CYAML_FIELD_SEQUENCE("alarms", CYAML_FLAG_POINTER | OPTIONAL, struct file_expect,
                         alarms, &word, 1, REPLY_ALARMS_MAX),
    TEXT(OPTIONAL, file_expect, "order", order, 1, REPLY_ORDER_MAX - 1),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t example_fields[] = {
    TEXT(NEEDED, file_example, "text", text, 1, REPLY_TEXT_MAX - 1),
    CYAML_FIELD_MAPPING("expect", NEEDED, struct file_example, expect, expect_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t example = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_example, example_fields)};

#define ACTION_FIELD(action) TEXT(OPTIONAL, file_requests, #action, action, 1, 480),
static const cyaml_schema_field_t request_fields[] = {
    PROFILE_ACTIONS(ACTION_FIELD) CYAML_FIELD_END,
};

static const cyaml_schema_field_t number_fields[] = {
    TEXT(OPTIONAL, file_numbers, "decimal", decimal, 1, 3),
    TEXT(OPTIONAL, file_numbers, "thousands", thousands, 0, 1),
    CYAML_FIELD_SEQUENCE("absent", CYAML_FLAG_POINTER | OPTIONAL, struct file_numbers,
                         absent, &word, 1, 10),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t profile_fields[] = {
    TEXT(NEEDED, file_profile, "profile", id, 1, 40),
    TEXT(NEEDED, file_profile, "name", name, 1, 120),
    TEXT(OPTIONAL, file_profile, "commodity", commodity, 1, 20),
    TEXT(OPTIONAL, file_profile, "source", source, 0, 400),
    TEXT(OPTIONAL, file_profile, "reply_timeout", reply_timeout, 1, 16),
    CYAML_FIELD_MAPPING("requests", OPTIONAL, struct file_profile, requests,
                        request_fields),
    CYAML_FIELD_MAPPING("numbers", OPTIONAL, struct file_profile, numbers, number_fields),
    CYAML_FIELD_SEQUENCE("replies", CYAML_FLAG_POINTER, struct file_profile, replies,
                         &reply, 1, 60),
    CYAML_FIELD_SEQUENCE("examples", CYAML_FLAG_POINTER | OPTIONAL, struct file_profile,
                         examples, &example, 0, 200),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t profile_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_profile, profile_fields)};

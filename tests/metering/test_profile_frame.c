/* Frames of meter protocols in the text of a reply: whose they are, and what they say. */
#include "meterpost/metering/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE                                                                            \
    "profile: p\nname: P\nreplies: [{name: f, kind: reading, pattern: '^(?<f>[0-9A-F "     \
    "]+)$', frame: {group: f, protocol: %s}}]\n"

static const struct {
    const char *protocol, *text, *want;
} cases[] = {
    {"cjt188",
     "68 10 88 05 27 10 15 20 00 81 16 90 1F 01 60 00 00 00 2C 00 00 00 00 2C 06 20 17 09 "
     "01 "
     "17 20 00 00 EE 16",
     "{\"kind\":\"reading\",\"meter\":\"00201510270588\",\"values\":[{\"register\":\"8-0:1."
     "0.0\","
     "\"value\":\"0.6\",\"unit\":\"m3\"},{\"register\":\"8-0:1.0.0*1\",\"value\":\"0\","
     "\"unit\":\"m3\"}],\"time\":\"2017-01-09T17:20:06+03:00\",\"relay\":\"closed\"}"},
    {"mbus",
     "68 1B 1B 68 08 01 72 07 20 18 00 E6 1E 35 07 4C 00 00 00 0C 78 07 20 18 00 0C 16 69 "
     "02 "
     "00 00 96 16",
     "{\"kind\":\"reading\",\"meter\":\"00182007\",\"values\":[{\"register\":\"8-0:1.0.0\","
     "\"value\":\"269\",\"unit\":\"m3\"}]}"},
    {"iec62056-21",
     "2F 4C 47 5A 35 5A 4D 52 0D 0A 31 2E 38 2E 30 28 30 31 2E 35 2A 6B 57 68 29 0D 0A 21 "
     "0D "
     "0A",
     "{\"kind\":\"reading\",\"values\":[{\"register\":\"1-0:1.8.0\",\"value\":\"1.5\","
     "\"unit\":"
     "\"kWh\"}]}"},
};

static struct profile *
profile_for(const char *protocol)
{
    struct problems p = {0};
    struct profile *profile;
    char text[400];
    int n = snprintf(text, sizeof(text), PROFILE, protocol);

    profile = profile_load_text("p", text, (size_t)n, &p);
    problems_print(&p, stderr);
    cr_assert_not_null(profile);
    return profile;
}

Test(profile_frame, values_come_with_the_serial_number_and_the_state_of_the_valve)
{
    static struct reply reply;
    struct err e;

    cr_assert(clock_zone_set("Africa/Nairobi", &e));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct profile *profile = profile_for(cases[i].protocol);
        json_t *json;
        char *got;

        cr_assert(profile_parse_reply(profile, cases[i].text, &reply, &e), "%s: %s",
                  cases[i].protocol, e.text);
        json = reply_json(&reply);
        json_object_del(json, "rule");
        got = json_dumps(json, JSON_COMPACT);
        cr_expect_str_eq(got, cases[i].want, "%s: got %s, want %s", cases[i].protocol, got,
                         cases[i].want);
        free(got);
        json_decref(json);
        profile_free(profile);
    }
}

/* Of what stands an alarm is raised; what could stand and does not ends one. */
Test(profile_frame, bits_of_state_and_error_registers_are_alarms_or_their_end)
{
    static const struct {
        const char *protocol, *text, *alarm, *well;
    } states[] = {
        {"iec62056-21",
         "2F 4C 47 5A 35 5A 4D 52 0D 0A 46 2E 46 28 30 30 30 30 30 30 31 30 29 0D "
         "0A 31 2E 38 2E 30 28 30 31 2E 35 2A 6B 57 68 29 0D 0A 21 0D 0A",
         "device-fault", ""},
        {"iec62056-21",
         "2F 4C 47 5A 35 5A 4D 52 0D 0A 46 2E 46 2E 30 28 30 41 30 30 30 30 30 30 "
         "29 0D 0A 31 2E 38 2E 30 28 30 31 2E 35 2A 6B 57 68 29 0D 0A 21 0D 0A",
         "device-fault", ""},
        {"iec62056-21",
         "2F 4C 47 5A 35 5A 4D 52 0D 0A 46 2E 46 28 30 30 29 0D 0A 31 2E 38 2E 30 "
         "28 30 31 2E 35 2A 6B 57 68 29 0D 0A 21 0D 0A",
         "", "device-fault"},
        {"cjt188",
         "68 10 88 05 27 10 15 20 00 81 16 90 1F 01 60 00 00 00 2C 00 00 00 00 2C 06 20 17 "
         "09 01 17 20 00 00 EE 16",
         "", "device-fault,battery-low"},
        {"cjt188",
         "68 10 88 05 27 10 15 20 00 81 16 90 1F 01 60 00 00 00 2C 00 00 00 00 2C 06 20 17 "
         "09 01 17 20 04 00 F2 16",
         "battery-low", "device-fault"},
    };
    static struct reply reply;
    struct err e;

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        struct profile *profile = profile_for(states[i].protocol);

        cr_assert(profile_parse_reply(profile, states[i].text, &reply, &e), "%zu: %s", i,
                  e.text);
        cr_expect_eq(reply.n_alarms, states[i].alarm[0] != '\0', "%zu", i);
        cr_expect_str_eq(reply.n_alarms > 0 ? reply.alarms[0].word : "", states[i].alarm,
                         "%zu", i);
        cr_expect_str_eq(reply.well, states[i].well, "%zu", i);
        profile_free(profile);
    }
}

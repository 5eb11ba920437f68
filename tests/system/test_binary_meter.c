/* A meter whose SIM speaks binary: asked in octets, and its octets become a reading. */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MS 60000

/* Any DL/T 645 meter is asked for its energy; what number 52086 answers. */
#define QUESTION "68AAAAAAAAAAAA68110433333433AE16"
#define ANSWER   "6886200500000068910833333433A876B733E916"

/* 8-bit data from +254711000088: type and coding, time, length. */
#define ENVELOPE "00040C915274110000880004"
#define STAMP    "62112271030021"
#define LENGTH   "14"

static struct rig *r;
static struct err e;

static void
begin(void)
{
    r = rig_create(&(struct rig_options){.start = "2026-11-22T17:30:00"}, &e);
    cr_assert(r != NULL && rig_emulator_start(r, &e) && rig_config(r, "", &e), "%s",
              e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(binary_meter, .init = begin, .fini = end, .timeout = 180);

/* The profiles of the tree and this one. */
static void
add_profile(void)
{
    static const char profile[] =
        "profile: raw-645\nname: DL/T 645 in octets\ncommodity: electricity\n"
        "requests: {read: \"hex: 68 AAAA AAAA AAAA 68 11 04 3333 3433 AE 16\"}\n"
        "replies:\n"
        "  - {name: frame, kind: reading, pattern: '(?i)^(?<f>(?:[0-9A-F]{2})+)$',\n"
        "     frame: {group: f, protocol: dlt645-2007}}\n"
        "examples:\n"
        "  - {text: \"" ANSWER "\", expect: {kind: reading, meter: \"000000052086\",\n"
        "     values: [{register: \"1-0:1.8.0\", value: \"8443.75\", unit: kWh}]}}\n";
    char command[4 * RIG_PATH_MAX];

    snprintf(command, sizeof(command),
             "cp -r " TOP "/conf/profiles %s/ && sed -i 's|" TOP
             "/conf/profiles|%s/profiles|'"
             " %s/meterpost.yaml",
             rig_dir(r), rig_dir(r), rig_dir(r));
    cr_assert_eq(system(command), 0);
    cr_assert(rig_write(r, "profiles/raw-645.yaml", profile, &e), "%s", e.text);
}

static void
import(const char *kind, const char *csv)
{
    char path[RIG_PATH_MAX];
    json_t *answer;

    cr_assert(rig_write(r, "import.csv", csv, &e), "%s", e.text);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "--yes", "import", kind,
                               rig_path(r, "import.csv", path), NULL),
                 0, "%s", e.text);
    json_decref(answer);
}

/* The first row of a list, or nothing. */
static json_t *
first_of(const char *list, const char *word)
{
    json_t *answer, *row;

    cr_assert_geq(rig_meterpost(r, &answer, &e, list, word, NULL), 0, "%s", e.text);
    row = json_incref(json_array_get(answer, 0));
    json_decref(answer);
    return row;
}

static const char *
text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text == NULL ? "(none)" : text;
}

Test(binary_meter, is_asked_in_octets_and_its_octets_are_a_reading)
{
    json_t *answer, *sent, *reading;

    add_profile();
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    import("accounts", "account,name,tariff,phones\n"
                       "1001,Amina,domestic-electricity,+254722000001\n");
    import("meters",
           "meter,account,commodity,profile,phone,initial_reading,installed_on\n"
           "000000052086,1001,electricity,raw-645,+254711000088,8000,2026-01-01\n");
    rig_meterpost(r, &answer, &e, "read", "000000052086", NULL);
    json_decref(answer);
    cr_assert(rig_wait_idle(r, IDLE_MS, &e), "%s", e.text);
    answer = rig_ask(r, &e, "{s:s}", "do", "sent");
    sent = json_array_get(json_object_get(answer, "sent"), 0);
    cr_expect_str_eq(text_of(sent, "encoding"), "8bit");
    cr_expect_str_eq(text_of(sent, "to"), "+254711000088");
    cr_expect_eq(json_integer_value(json_object_get(sent, "parts")), 1);
    json_decref(answer);
    answer = rig_ask(r, &e, "{s:s, s:s, s:s}", "do", "inject", "to", "sim1", "pdu",
                     ENVELOPE STAMP LENGTH ANSWER);
    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
    cr_assert(rig_wait_idle(r, IDLE_MS, &e), "%s", e.text);
    reading = first_of("reading", "list");
    cr_expect_str_eq(text_of(reading, "meter"), "000000052086");
    cr_expect_str_eq(text_of(reading, "register"), "1-0:1.8.0");
    cr_expect_str_eq(text_of(reading, "value"), "8443.75");
    cr_expect_str_eq(text_of(reading, "source"), "sms");
    json_decref(reading);
}

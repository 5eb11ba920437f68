/*
 * Debian's gammu takes the emulated modem for a real one.
 */
#include "rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define GAMMU_MS 30000

static struct rig *rig;
static struct err e;

static void
write_gammurc(const char *name, const char *model)
{
    char text[2 * RIG_PATH_MAX];

    snprintf(text, sizeof(text),
             "[gammu]\ndevice = %s/sim1\nconnection = dku2at\nmodel = %s\n", rig_dir(rig),
             model);
    cr_assert(rig_write(rig, name, text, &e), "%s", e.text);
}

static void
set_up(void)
{
    rig = rig_create(&(struct rig_options){.start = "2026-03-01T06:00:00"}, &e);
    cr_assert(rig != NULL && rig_emulator_start(rig, &e), "%s", e.text);
    write_gammurc("gammurc", "at");
    write_gammurc("gammurc-auto", "");
}

static void
tear_down(void)
{
    rig_destroy(rig);
}

TestSuite(gammu, .init = set_up, .fini = tear_down, .timeout = 120);

/* Run gammu with these words; what it printed has to hold all of `wants`, a NULL-ended
 * list. */
static void
gammu(const char *rc, int status, const char *const *wants, const char *const words[])
{
    char path[RIG_PATH_MAX];
    const char *argv[16] = {"gammu", "-c", rig_path(rig, rc, path)};
    struct rig_output out;

    for (size_t i = 0; words[i] != NULL; i++)
        argv[3 + i] = words[i];
    cr_assert(rig_run(rig, argv, GAMMU_MS, &out, &e), "%s", e.text);
    cr_expect_eq(out.status, status, "%s: status %d: %s%s", words[0], out.status, out.out,
                 out.err);
    for (; wants != NULL && *wants != NULL; wants++)
        cr_expect(strstr(out.out, *wants) != NULL, "%s: no '%s' in: %s", words[0], *wants,
                  out.out);
    rig_output_free(&out);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
ask(json_t *answer)
{
    cr_assert(answer != NULL, "%s", e.text);
    json_decref(answer);
}

static json_t *
sent(size_t i)
{
    json_t *all = rig_ask(rig, &e, "{s:s}", "do", "sent");
    json_t *one = json_incref(json_array_get(json_object_get(all, "sent"), i));

    json_decref(all);
    return one;
}

static json_int_t
stored(void)
{
    json_t *idle = rig_ask(rig, &e, "{s:s}", "do", "idle");
    json_int_t n = json_integer_value(json_object_get(idle, "stored"));

    json_decref(idle);
    return n;
}

Test(gammu, identifies_the_modem_and_its_network)
{
    static const char *const who[] = {"Meterpost", "EM1", "861234000000001",
                                      "001010000000001", NULL};
    static const char *const where[] = {"home network", "001 01", "Village Mobile", NULL};

    gammu("gammurc", 0, who, WORDS("identify"));
    gammu("gammurc-auto", 0, who, WORDS("identify"));
    gammu("gammurc", 0, where, WORDS("networkinfo"));
    gammu("gammurc", 0, WORDS("Nothing to enter"), WORDS("getsecuritystatus"));
    gammu("gammurc", 0, WORDS("+254700000999"), WORDS("getsmsc"));
}

Test(gammu, sends_texts_of_one_part_and_of_two)
{
    char text[181];
    json_t *one;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    gammu("gammurc", 0, WORDS("reference=0"),
          WORDS("sendsms", "TEXT", "+254722000001", "-text",
                "Bal\xC3\xA4nce {1} \xE2\x82\xAC"));
    gammu("gammurc", 0, WORDS("reference=2"),
          WORDS("sendsms", "TEXT", "0722000001", "-autolen", "180", "-text", text));
    one = sent(0);
    cr_expect_str_eq(json_string_value(json_object_get(one, "text")),
                     "Bal\xC3\xA4nce {1} \xE2\x82\xAC");
    cr_expect_str_eq(json_string_value(json_object_get(one, "encoding")), "gsm7");
    json_decref(one);
    one = sent(1);
    cr_expect_str_eq(json_string_value(json_object_get(one, "text")), text);
    cr_expect_str_eq(json_string_value(json_object_get(one, "to")), "+254722000001");
    cr_expect_eq(json_integer_value(json_object_get(one, "parts")), 2);
    cr_expect_str_eq(json_string_value(json_object_get(one, "time")),
                     "2026-03-01T06:00:00+03:00");
    json_decref(one);
}

Test(gammu, reads_what_arrived_and_deletes_it)
{
    char text[512] = "";
    static const char *const wants[] = {"MPESA",
                                        "\xE4\xBD\xA0\xE5\xA5\xBD \xF0\x9F\x98\x80",
                                        "414243",
                                        "1 of a long text",
                                        "20 of a long text",
                                        NULL};

    for (int i = 1; i <= 20; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d of a long text ", i);
    cr_assert(rig_inject(rig, "MPESA", "sim1", "Confirmed. KES 500.00", &e), "%s", e.text);
    cr_assert(rig_inject(rig, "+254722000001", "sim1",
                         "\xE4\xBD\xA0\xE5\xA5\xBD \xF0\x9F\x98\x80", &e));
    ask(rig_ask(rig, &e, "{s:s, s:s, s:s, s:s, s:s}", "do", "inject", "from",
                "+254722000001", "to", "sim1", "text", "414243", "encoding", "8bit"));
    ask(rig_ask(rig, &e, "{s:s, s:s, s:s, s:s, s:i, s:[i,i,i]}", "do", "inject", "from",
                "+254722000001", "to", "sim1", "text", text, "ref_bits", 16, "order", 3, 1,
                2));
    gammu("gammurc", 0, wants, WORDS("geteachsms"));
    gammu("gammurc", 0, NULL, WORDS("deleteallsms", "1"));
    cr_expect_eq(stored(), 0);
}

Test(gammu, asks_a_meter_and_reads_its_answer)
{
    static const char *const wants[] = {"+254711000001", "9351 kWh,", "Meter No.: 10101001",
                                        NULL};

    gammu("gammurc", 0, NULL,
          WORDS("sendsms", "TEXT", "+254711000001", "-text", "=READ_METER#"));
    for (int i = 0; i < GAMMU_MS / 10 && stored() == 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    gammu("gammurc", 0, wants, WORDS("geteachsms"));
}

Test(gammu, sees_errors_a_lock_and_a_modem_that_is_gone)
{
    ask(rig_ask(rig, &e, "{s:s, s:s, s:i, s:i}", "do", "fault", "modem", "sim1", "cms", 38,
                "cms_next", 1));
    gammu("gammurc", 127, WORDS("error 38"),
          WORDS("sendsms", "TEXT", "+254722000001", "-text", "x"));
    ask(rig_ask(rig, &e, "{s:s, s:s, s:s}", "do", "fault", "modem", "sim1", "pin", "1234"));
    gammu("gammurc", 0, WORDS("Waiting for PIN"), WORDS("getsecuritystatus"));
    gammu("gammurc", 0, NULL, WORDS("entersecuritycode", "PIN", "1234"));
    gammu("gammurc", 0, WORDS("Nothing to enter"), WORDS("getsecuritystatus"));
    ask(rig_ask(rig, &e, "{s:s, s:s}", "do", "unplug", "modem", "sim1"));
    gammu("gammurc", 104, NULL, WORDS("identify"));
    ask(rig_ask(rig, &e, "{s:s, s:s}", "do", "replug", "modem", "sim1"));
    gammu("gammurc", 0, WORDS("EM1"), WORDS("identify"));
}

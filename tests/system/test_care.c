/* The care of modems as an operator sees it: the real programs on an emulated modem. */
#include "rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 20000
#define DUTY    "alarms: {phones: [\"+254700000900\"]}\n"

static struct rig *rig;
static struct err e;

static void
begin(const char *settings, const char *more)
{
    rig = rig_create(
        &(struct rig_options){.start = "2026-03-01T12:00:00", .settings = settings}, &e);
    cr_assert(rig != NULL && rig_emulator_start(rig, &e) && rig_config(rig, more, &e), "%s",
              e.text);
}

static void
end(void)
{
    rig_destroy(rig);
}

TestSuite(care, .fini = end, .timeout = 120);

static void
fault(const char *knob, int value)
{
    json_t *answer =
        rig_ask(rig, &e, "{s:s, s:s, s:i}", "do", "fault", "modem", "sim1", knob, value);

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

/* Is `word` in what a command says, sooner or later? */
static bool
says(const char *first, const char *second, const char *word)
{
    const struct timespec nap = {.tv_nsec = 50000000};
    int64_t until = clock_mono_ms() + WAIT_MS;
    bool found = false;

    while (!found && clock_mono_ms() < until) {
        json_t *answer = NULL;
        char *text;

        rig_meterpost(rig, &answer, &e, first, second, NULL);
        text = answer == NULL ? NULL : json_dumps(answer, 0);
        found = text != NULL && strstr(text, word) != NULL;
        free(text);
        json_decref(answer);
        nanosleep(&nap, NULL);
    }
    return found;
}

Test(care, the_credit_is_asked_told_and_topped_up)
{
    json_t *answer = NULL;

    begin("carrier: prepaid, credit_low: \"300.00\", ", DUTY);
    cr_assert(rig_engine_start(rig, &e), "%s", e.text);
    cr_expect(says("modem", "list", "\"credit\": \"250.00\""));
    cr_expect(says("alarm", "list", "KES 250.00 left"));
    cr_expect(says("outbox", "+254700000900", "KES 250.00 left"));
    cr_expect_eq(rig_meterpost(rig, &answer, &e, "modem", "topup", "sim1", "*144#", NULL),
                 0, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "state")), "done");
    json_decref(answer);
    cr_expect_eq(rig_meterpost(rig, &answer, &e, "modem", "topup", "sim1", "12x", NULL), 1);
    cr_expect(strstr(e.text, "neither the digits") != NULL, "%s", e.text);
    json_decref(answer);
    fault("ussd", 0);
    cr_expect_eq(
        rig_meterpost(rig, &answer, &e, "modem", "credit", "sim1", "--wait", "1s", NULL), 1,
        "a network that never answers");
    json_decref(answer);
}

Test(care, a_test_tells_whether_a_modem_sends_and_hears)
{
    json_t *answer = NULL;

    begin("", "");
    cr_expect_eq(rig_meterpost(rig, &answer, &e, "modem", "test", "sim1", NULL), 1);
    cr_expect(strstr(e.text, "the engine does not run") != NULL, "%s", e.text);
    json_decref(answer);
    cr_assert(rig_engine_start(rig, &e), "%s", e.text);
    cr_expect(says("modem", "list", "ready"));
    cr_expect_eq(
        rig_meterpost(rig, &answer, &e, "modem", "test", "sim1", "--loopback", NULL), 0,
        "%s", e.text);
    cr_expect(strncmp(json_string_value(
                          json_object_get(json_object_get(answer, "loopback"), "answer")),
                      "heard after", 11) == 0);
    json_decref(answer);
    fault("deaf", 1);
    cr_expect_eq(rig_meterpost(rig, &answer, &e, "modem", "test", "sim1", "--loopback",
                               "--wait", "2s", NULL),
                 1);
    json_decref(answer);
    cr_expect_eq(rig_meterpost(rig, &answer, &e, "modem", "test", "sim7", NULL), 1);
    json_decref(answer);
}

Test(care, a_full_memory_is_emptied_and_nothing_is_lost)
{
    char text[20];

    begin("", "");
    fault("sim_size", 2);
    fault("me_size", 0);
    for (int i = 0; i < 6; i++) {
        snprintf(text, sizeof(text), "message %d", i);
        cr_assert(rig_inject(rig, "+254733000001", "sim1", text, &e), "%s", e.text);
    }
    cr_assert(rig_engine_start(rig, &e), "%s", e.text);
    for (int i = 0; i < 6; i++) {
        snprintf(text, sizeof(text), "message %d", i);
        cr_expect(says("inbox", NULL, text), "%s", text);
    }
}

Test(care, long_texts_arrive_whole_with_the_longer_reference)
{
    json_t *answer = NULL, *sent;
    char text[400];

    begin("reference: 16, ", "");
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    cr_assert(rig_engine_start(rig, &e), "%s", e.text);
    cr_assert_eq(
        rig_meterpost(rig, &answer, &e, "message", "send", "+254733000001", text, NULL), 0,
        "%s", e.text);
    json_decref(answer);
    cr_assert(rig_wait_idle(rig, WAIT_MS, &e), "%s", e.text);
    answer = rig_ask(rig, &e, "{s:s}", "do", "sent");
    sent = json_array_get(json_object_get(answer, "sent"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(sent, "text")), text);
    cr_expect_eq(json_integer_value(json_object_get(sent, "parts")), 3);
    json_decref(answer);
}

/* A folder as the kernel has it, in which the emulated modem is the USB device A7. */
static void
pretend_usb(char *ports, size_t size)
{
    static const char *const folders[] = {"tty", "usb", "usb/1-1"};
    char path[RIG_PATH_MAX], target[RIG_PATH_MAX], link[2 * RIG_PATH_MAX];
    char port[64] = "";
    ssize_t n;

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        cr_assert_eq(mkdir(rig_path(rig, folders[i], path), 0755), 0);
    cr_assert(rig_write(rig, "usb/1-1/serial", "A7\n", &e), "%s", e.text);
    n = readlink(rig_path(rig, "sim1", path), target, sizeof(target) - 1);
    cr_assert_gt(n, 9);
    target[n] = '\0'; /* "/dev/pts/5" */
    snprintf(port, sizeof(port), "tty/pts!%s", target + strlen("/dev/pts/"));
    cr_assert_eq(mkdir(rig_path(rig, port, path), 0755), 0);
    snprintf(link, sizeof(link), "%s/device", path);
    cr_assert_eq(symlink("../../usb/1-1", link), 0);
    snprintf(ports, size, "%s", rig_path(rig, "tty", path));
}

Test(care, a_modem_is_found_by_its_usb_serial_number)
{
    char ports[RIG_PATH_MAX], config[4096];

    begin("", "");
    pretend_usb(ports, sizeof(ports));
    setenv("METERPOST_PORTS", ports, 1);
    snprintf(config, sizeof(config),
             "utility: {name: K, currency: KES, timezone: Africa/Nairobi,"
             " country_code: \"254\"}\n"
             "database: %s/meterpost.db\nrun_dir: %s\n"
             "paths: {profiles: %s/conf/profiles, tariffs: %s/conf/tariffs,"
             " words: %s/conf/words, templates: %s/templates}\n"
             "modems:\n  - {name: sim1, device: \"usb:A7\"}\n",
             rig_dir(rig), rig_dir(rig), TOP, TOP, TOP, TOP);
    cr_assert(rig_write(rig, "meterpost.yaml", config, &e), "%s", e.text);
    cr_assert(rig_engine_start(rig, &e), "%s", e.text);
    cr_expect(says("modem", "list", "ready"));
    unsetenv("METERPOST_PORTS");
}

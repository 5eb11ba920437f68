#include "meterpost/base/conf.h"

#include "base/conf_settings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEAST                                                                              \
    "utility: {name: U, currency: KES, timezone: Africa/Nairobi, country_code: '254'}\n"

static char dir[] = "/tmp/meterpost-conf-XXXXXX";

static void
make_dir(void)
{
    char path[64];

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/shapes", dir);
    mkdir(path, 0700);
}

static void
remove_dir(void)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/shapes", dir);
    rmdir(path);
    snprintf(path, sizeof(path), "%s/m.yaml", dir);
    unlink(path);
    rmdir(dir);
}

TestSuite(conf, .init = make_dir, .fini = remove_dir);

static bool
load(const char *text, struct conf *c, struct problems *p)
{
    char path[64];
    FILE *f;

    snprintf(path, sizeof(path), "%s/m.yaml", dir);
    f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
    return conf_load(path, c, p);
}

Test(conf, what_is_left_out_has_its_default)
{
    struct conf c;
    struct problems p = {0};
    char want[64];

    cr_assert(load(LEAST, &c, &p), "%s", p.count > 0 ? p.at[0].text : "");
    cr_expect_eq(c.decimals, 2);
    cr_expect_str_eq(c.utility.language, "en");
    cr_expect_str_eq(c.utility.phone, "");
    cr_expect_str_eq(c.database, "/var/lib/meterpost/meterpost.db");
    snprintf(want, sizeof(want), "%s/profiles", dir);
    cr_expect_str_eq(c.paths.profiles, want, "%s", c.paths.profiles);
    snprintf(want, sizeof(want), "%s/../templates", dir);
    cr_expect_str_eq(c.paths.templates, want, "%s", c.paths.templates);
    cr_expect_eq(c.n_modems, 0);
    cr_expect_eq(c.reading.reply_timeout_s, 600);
    cr_expect_eq(c.reading.n_backoff, 3);
    cr_expect_eq(c.reading.backoff_s[2], 6 * HOUR_S);
    cr_expect_eq(c.reading.n_fallback, 2);
    cr_expect_eq(c.reading.fallback[1], CONF_CHANNEL_BUS);
    cr_expect_eq(c.reading.window.from_min, 22 * 60);
    cr_expect_eq(c.validation.very_high, 500);
    cr_expect_eq(c.arrears.cut.n_weekdays, 4);
    cr_expect_eq(c.arrears.cut.weekdays[0], 1, "Monday as in struct tm");
    cr_expect_eq(c.arrears.min_debt.minor, 0);
    cr_expect_eq(c.limits.replies_per_number.count, 5);
    cr_expect_eq(c.limits.replies_per_number.per_s, 600);
    cr_expect_eq(c.log_level, LOG_LEVEL_INFO);
    conf_free(&c);
}

Test(conf, every_notation_is_converted_once)
{
    static const char text[] = LEAST
        "database: data/m.db\nrun_dir: run\npaths: {profiles: shapes}\n"
        "modems:\n"
        "  - {name: a, device: /dev/ttyUSB0, number: 0700 000 100, pin: \"0123\", rate: "
        "5/10m,\n     segment_cost: \"0.80\", routes: [\"+25472*\", \"*\"], "
        "delivery_reports: false,\n     settle: 25%, poll: 1500ms}\n"
        "  - {name: b, device: pty/1}\n"
        "buses: [{name: r, device: \"tcp://127.0.0.1:4001\", protocol: modbus-rtu, parity: "
        "none, echo: on},\n"
        "  {name: s, device: \"listen:4001\", protocol: mbus},\n"
        "  {name: t, device: \"usb:A50285BI\", protocol: mbus}]\n"
        "arrears: {min_debt: \"500.00\", stages: [{name: one, after_due: 3d, template: "
        "reminder},\n    {name: two, after_due: 10d, template: warning}], cut: {weekdays: "
        "[sun]}}\nlog: {level: debug}\n";
    struct conf c;
    struct problems p = {0};
    char want[64];

    cr_assert(load(text, &c, &p), "%s", p.count > 0 ? p.at[0].text : "");
    snprintf(want, sizeof(want), "%s/data/m.db", dir);
    cr_expect_str_eq(c.database, want);
    snprintf(want, sizeof(want), "%s/run", dir);
    cr_expect_str_eq(c.run_dir, want);
    cr_assert_eq(c.n_modems, 2);
    cr_expect_str_eq(c.modems[0].number, "+254700000100");
    cr_expect_str_eq(c.modems[0].pin, "0123");
    cr_expect_eq(c.modems[0].rate.per_s, 600);
    cr_expect_eq(c.modems[0].segment_cost.minor, 80);
    cr_expect_eq(c.modems[0].n_routes, 2);
    cr_expect_str_eq(c.modems[0].routes[0], "+25472*");
    cr_expect_not(c.modems[0].delivery_reports);
    cr_expect_eq(c.modems[0].settle_percent, 25);
    cr_expect_eq(c.modems[1].settle_percent, SETTLE_AUTO);
    cr_expect_eq(c.modems[0].poll_ms, 1500);
    snprintf(want, sizeof(want), "%s/pty/1", dir);
    cr_expect_str_eq(c.modems[1].device, want);
    cr_expect(c.modems[1].delivery_reports);
    cr_expect_eq(c.modems[1].n_routes, 1);
    cr_assert_eq(c.n_buses, 3);
    cr_expect_str_eq(c.buses[1].device, "listen:4001");
    cr_expect_str_eq(c.buses[2].device, "usb:A50285BI");
    cr_expect_str_eq(c.buses[0].device, "tcp://127.0.0.1:4001");
    cr_expect_eq(c.buses[0].protocol, CONF_MODBUS_RTU);
    cr_expect_eq(c.buses[0].parity, CONF_PARITY_NONE);
    cr_expect_eq(c.buses[0].echo, CONF_ECHO_ON);
    cr_expect_eq(c.arrears.min_debt.minor, 50000);
    cr_expect_eq(c.arrears.n_stages, 2);
    cr_expect_eq(c.arrears.stages[1].after_due_s, 10 * DAY_S);
    cr_expect_eq(c.arrears.cut.n_weekdays, 1);
    cr_expect_eq(c.log_level, LOG_LEVEL_DEBUG);
    cr_expect_eq(conf_modem_find(&c, "b"), &c.modems[1]);
    cr_expect_null(conf_modem_find(&c, "c"));
    cr_expect_eq(conf_bus_find(&c, "r"), &c.buses[0]);
    cr_expect_str_eq(conf_protocol_name(c.buses[0].protocol), "modbus-rtu");
    conf_free(&c);
}

Test(conf, a_fault_is_named_with_its_place)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"modems: [{name: a, device: x, baud: 12}]\n",
         "2:37: modems[0].baud: expected a whole number from 300 to 921600, got '12'"},
        {"database: postgresql://u@h/d\n",
         "2:11: database: expected the path of a file (no server is needed), got "
         "'postgresql://u@h/d'"},
        {"modems: [{name: a b, device: x}]\n", "2:17: modems[0].name: expected a name of 1 "
                                               "to 31 letters, digits, '-' and '_', got "
                                               "'a b'"},
        {"modems: [{name: a, device: x}, {name: a, device: y}]\n",
         "2:39: modems[1].name: 'a' is taken by modems[0]: every one needs its own"},
        {"modems: [{name: a, device: x, number: MPESA}]\n",
         "2:39: modems[0].number: expected a phone number such as \"+254700000001\", got "
         "'MPESA'"},
        {"modems: [{name: a, device: x, pin: \"12x4\"}]\n",
         "2:36: modems[0].pin: expected a PIN of four to eight digits in quotes"},
        {"modems: [{name: a, device: x, rate: fast}]\n",
         "2:37: modems[0].rate: expected a rate such as 10/min, 5/10m or 200/h, got "
         "'fast'"},
        {"modems: [{name: a, device: x, routes: [\"+254*7\"]}]\n",
         "2:40: modems[0].routes[0]: expected the start of a number such as \"+25472*\", "
         "or "
         "\"*\", got '+254*7'"},
        {"modems: [{name: a, device: x, segment_cost: \"0.805\"}]\n",
         "2:45: modems[0].segment_cost: expected an amount with at most 2 decimals such as "
         "\"500.00\", got '0.805'"},
        {"modems: [{name: a, device: x, poll: 10ms}]\n",
         "2:37: modems[0].poll: expected a duration from 100ms to 1h, got '10ms'"},
        {"modems: [{name: a, device: x, settle: on}]\n",
         "2:39: modems[0].settle: expected auto, or 0% to 100%, got 'on'"},
        {"modems: [{name: a}]\n", "2:10: modems[0]: the key 'device' is missing"},
        {"buses: [{name: a, device: x, protocol: dlt645}]\n",
         "2:40: buses[0].protocol: expected one of dlt645-2007, dlt645-1997, "
         "iec62056-21, modbus-rtu, modbus-tcp, cjt188, mbus; got 'dlt645'"},
        {"reading: {window: 22-06}\n",
         "2:19: reading.window: expected hours such as \"22:00-06:00\" (the whole day is "
         "\"00:00-24:00\"), got '22-06'"},
        {"reading: {reply_timeout: 1s}\n",
         "2:26: reading.reply_timeout: expected a duration from 10s to 2d, got '1s'"},
        {"reading: {reply_timeout: 10500ms}\n",
         "2:26: reading.reply_timeout: expected a duration from 10s to 2d, got '10500ms'"},
        {"reading: {backoff: []}\n",
         "2:20: reading.backoff: expected at least 1 in the list, got 0"},
        {"reading: {freeze_time: \"24:00\"}\n",
         "2:24: reading.freeze_time: expected a time before 24:00, got '24:00'"},
        {"reading: {freeze_day: 29}\n",
         "2:23: reading.freeze_day: expected a whole number from 1 to 28, got '29'"},
        {"validation: {high: 300, very_high: 200}\n",
         "2:36: validation.very_high: expected at least 'high'"},
        {"validation: {very_high: 150}\n", "2:25: validation.very_high: expected at least "
                                           "'high'"},
        {"billing: {number_format: \"{year}\"}\n",
         "2:26: billing.number_format: expected a pattern with {seq} such as "
         "\"{year}-{seq:06}\", got '{year}'"},
        {"arrears: {stages: [{name: a, after_due: 3d, template: t}, {name: b, after_due: "
         "3d, "
         "template: t}]}\n",
         "2:80: arrears.stages[1].after_due: expected more than in the stage before it"},
        {"paths: {profiles: nowhere}\n", NULL},
        {"paths: {profile: x}\n", "2:9: paths: unknown key 'profile': did you mean "
                                  "'profiles'?"},
        {"hours: {reply: \"08:00-20:00\"}\n",
         "2:16: hours.reply: closed for 12 h 00 min, but validity.reply is over by then"},
        {"hours: {bill: \"08:00-20:00\"}\nvalidity: {bill: 10h}\n",
         "3:18: validity.bill: expected more than the 12 h 00 min for which hours.bill is "
         "closed"},
        {"validity: {cut: 2d}\n",
         "2:17: validity.cut: expected a duration from 5m to 1h, got '2d'"},
        {"alarms: {phones: [MPESA]}\n",
         "2:19: alarms.phones[0]: expected a phone number such as \"+254700000001\", got "
         "'MPESA'"},
        {"log: {level: loud}\n",
         "2:14: log.level: expected one of error, warn, info, debug; got 'loud'"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct conf c;
        struct problems p = {0};
        char text[512], got[1024] = "", want[1024];

        snprintf(text, sizeof(text), "%s%s", LEAST, cases[i].text);
        cr_expect_not(load(text, &c, &p), "%s", cases[i].text);
        cr_expect_eq(p.count, 1, "%s: %zu problems", cases[i].text, p.count);
        if (p.count > 0)
            problem_print(&p.at[0], got, sizeof(got));
        snprintf(want, sizeof(want), "%s/m.yaml:%s", dir, cases[i].want);
        if (cases[i].want == NULL)
            snprintf(
                want, sizeof(want),
                "%s/m.yaml:2:19: paths.profiles: expected a folder, but %s/nowhere is none",
                dir, dir);
        cr_expect_str_eq(got, want, "\n got: %s\nwant: %s", got, want);
        problems_free(&p);
    }
}

Test(conf, faults_of_shape_and_of_notation_come_in_one_go)
{
    static const char text[] = "utility: {name: '', currency: kes, timezone: Mars/One, "
                               "country_code: \"+254\"}\nmodem: []\nreading: {window: x}\n";
    static const char *const want[] = {
        "utility.name: expected text, got nothing",
        "utility.currency: expected a currency of three capital letters such as KES, got "
        "'kes'",
        "utility.timezone: expected a time zone of this machine such as Africa/Nairobi, "
        "got "
        "'Mars/One' (`timedatectl list-timezones` lists them; package tzdata)",
        "utility.country_code: expected a country code of one to three digits such as "
        "\"254\", got '+254'",
        "unknown key 'modem': did you mean 'modems'?",
        "reading.window: expected hours such as \"22:00-06:00\" (the whole day is "
        "\"00:00-24:00\"), got 'x'",
    };
    struct conf c;
    struct problems p = {0};

    cr_expect_not(load(text, &c, &p));
    cr_assert_eq(p.count, 6);
    for (size_t i = 0; i < 6; i++)
        cr_expect_str_eq(p.at[i].text, want[i], "%s", p.at[i].text);
    problems_free(&p);
}

Test(conf, a_file_that_is_not_there_is_one_problem)
{
    struct conf c;
    struct problems p = {0};

    cr_expect_not(conf_load("/nowhere/m.yaml", &c, &p));
    cr_assert_eq(p.count, 1);
    cr_expect_str_eq(p.at[0].text, "No such file or directory");
    problems_free(&p);
    conf_free(&c);
}

/* Of a section of the example and of one without a line: the same values. */
static void
expect_default(const struct yaml *y, const struct section *section, const char *prefix)
{
    for (size_t i = 0; i < section->n; i++) {
        const struct setting *s = &section->settings[i];
        char path[128];
        const char *text;

        snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix == '\0' ? "" : ".", s->key);
        cr_expect(yaml_has(y, path), "conf/meterpost.yaml does not show %s", path);
        text = yaml_scalar(y, path);
        if (s->text != NULL && s->list_max == 0)
            cr_expect_str_eq(text == NULL ? "(none)" : text, s->text,
                             "conf/meterpost.yaml shows %s, the default of %s is %s", text,
                             path, s->text);
    }
}

Test(conf, the_example_shows_every_setting_with_its_default)
{
    struct conf c;
    struct problems p = {0};
    struct yaml *y = yaml_open_file(TOP "/conf/meterpost.yaml", &p);

    cr_assert(conf_load(TOP "/conf/meterpost.yaml", &c, &p), "%s",
              p.count > 0 ? p.at[0].text : "");
    for (size_t i = 0; i < conf_sections_count; i++)
        expect_default(y, &conf_sections[i], conf_sections[i].path);
    expect_default(y, &conf_lists[LIST_MODEMS], "modems[0]");
    expect_default(y, &conf_lists[LIST_BUSES], "buses[0]");
    cr_expect_eq(c.n_modems, 1);
    yaml_close(y);
    conf_free(&c);
}

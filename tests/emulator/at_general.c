#include "at_command.h"
#include "emulator.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"
#include "network.h"

#include <stdio.h>
#include <string.h>

#define AREA "00C3" /* where the only cell of this network stands */
#define CELL "00001A2B"

static int
manufacturer(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "Meterpost");
    return AT_OK;
}

static int
model(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "EM1");
    return AT_OK;
}

static int
revision(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "%s", METERPOST_VERSION);
    return AT_OK;
}

static int
serial(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "%s", m->imei);
    return AT_OK;
}

static int
subscriber(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "%s", m->imsi);
    return AT_OK;
}

static int
card(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "+CCID: 8900100%s", m->imsi + 3);
    return AT_OK;
}

static int
own_number(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "+CNUM: \"\",\"%s\",%d", m->number, m->number[0] == '+' ? 145 : 129);
    return AT_OK;
}

static int
charset(struct modem *m, enum form form, char *arg)
{
    static const char *const names[] = {"IRA", "GSM", "UCS2"};
    char *value[1];

    if (form == FORM_READ) {
        at_say(m, "+CSCS: \"%s\"", names[m->settings.charset]);
        return AT_OK;
    }
    at_split(arg, value, 1);
    for (size_t i = 0; form == FORM_SET && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcasecmp(value[0], names[i]) == 0) {
            m->settings.charset = (enum charset)i;
            return AT_OK;
        }
    }
    return CME(3);
}

/* AT+NAME? and AT+NAME=n for one number in the settings. */
static int
number_setting(struct modem *m, const char *name, int *setting, int most, enum form form,
               const char *arg)
{
    int n;

    if (form == FORM_READ) {
        at_say(m, "%s: %d", name, *setting);
        return AT_OK;
    }
    n = at_number(arg, 0, most);
    if (form != FORM_SET || n < 0)
        return CME(50);
    *setting = n;
    return AT_OK;
}

static int
error_form(struct modem *m, enum form form, char *arg)
{
    return number_setting(m, "+CMEE", &m->settings.cmee, 2, form, arg);
}

static int
function(struct modem *m, enum form form, char *arg)
{
    char *value[2];
    int n;

    if (form == FORM_READ) {
        at_say(m, "+CFUN: %d", m->settings.cfun);
        return AT_OK;
    }
    at_split(arg, value, 2);
    n = at_number(value[0], 0, 4);
    if (form != FORM_SET || n < 0)
        return CME(50);
    if (strcmp(value[1], "1") == 0)
        modem_power(m);
    m->settings.cfun = n;
    network_flush(m->emu->network, m);
    return AT_OK;
}

static int
signal_quality(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "+CSQ: %d,99", m->settings.cfun == 1 ? m->faults.signal : 99);
    return AT_OK;
}

static int
registration_of(struct modem *m, const char *name, int *setting, enum form form,
                const char *arg)
{
    int now = modem_registration(m);
    bool home = now == 1 || now == 5;

    if (form == FORM_READ && *setting == 2 && home) {
        at_say(m, "%s: 2,%d,\"" AREA "\",\"" CELL "\"", name, now);
        return AT_OK;
    }
    if (form == FORM_READ) {
        at_say(m, "%s: %d,%d", name, *setting, now);
        return AT_OK;
    }
    return number_setting(m, name, setting, 2, form, arg);
}

static int
registration(struct modem *m, enum form form, char *arg)
{
    return registration_of(m, "+CREG", &m->settings.creg, form, arg);
}

static int
packet_registration(struct modem *m, enum form form, char *arg)
{
    return registration_of(m, "+CGREG", &m->settings.cgreg, form, arg);
}

static int
packet_attached(struct modem *m, enum form form, char *arg)
{
    (void)arg;
    if (form == FORM_READ)
        at_say(m, "+CGATT: %d", modem_reachable(m));
    return AT_OK;
}

static int
operators(struct modem *m, enum form form, char *arg)
{
    const struct network *net = m->emu->network;
    char name[160], *value[4];
    int mode;

    if (form == FORM_TEST) {
        at_say(m, "+COPS: (2,%s,\"VILLAGE\",\"%s\"),,(0-4),(0,2)",
               at_quote(m, net->name, name, sizeof(name)), net->code);
        return AT_OK;
    }
    if (form == FORM_READ && !modem_reachable(m)) {
        at_say(m, "+COPS: 0");
        return AT_OK;
    }
    if (form == FORM_READ) {
        at_say(m, "+COPS: 0,%d,%s", m->settings.cops_format,
               m->settings.cops_format == 2
                   ? (snprintf(name, sizeof(name), "\"%s\"", net->code), name)
                   : at_quote(m, net->name, name, sizeof(name)));
        return AT_OK;
    }
    at_split(arg, value, 4);
    mode = at_number(value[0], 0, 4);
    if (form != FORM_SET || mode < 0)
        return CME(50);
    if (value[1][0] != '\0' && at_number(value[1], 0, 2) >= 0)
        m->settings.cops_format = at_number(value[1], 0, 2);
    return AT_OK;
}

static const char *
pin_state(const struct sim *s)
{
    if (!s->locked)
        return "READY";
    return s->pin_tries > 0 ? "SIM PIN" : "SIM PUK";
}

static int
pin(struct modem *m, enum form form, char *arg)
{
    char *value[2];
    bool right;

    if (!m->sim.present)
        return CME(10);
    if (m->starting)
        return CME(14);
    if (form == FORM_READ) {
        at_say(m, "+CPIN: %s", pin_state(&m->sim));
        return AT_OK;
    }
    if (form != FORM_SET)
        return CME(50);
    if (!m->sim.locked)
        return CME(3);
    at_split(arg, value, 2);
    if (m->sim.pin_tries == 0 && value[1][0] == '\0')
        return CME(12);
    right = value[1][0] == '\0' ? sim_unlock(&m->sim, value[0])
                                : sim_unblock(&m->sim, value[0], value[1]);
    if (!right)
        return m->sim.pin_tries > 0 ? CME(16) : CME(12);
    network_flush(m->emu->network, m);
    return AT_OK;
}

static int
pin_tries(struct modem *m, enum form form, char *arg)
{
    (void)arg;
    if (form == FORM_EXEC)
        at_say(m, "+CPINR: SIM PIN,%d,%d", m->sim.pin_tries, PIN_TRIES);
    return form == FORM_EXEC ? AT_OK : CME(50);
}

static int
pin_lock(struct modem *m, enum form form, char *arg)
{
    char *value[3];

    at_split(arg, value, 3);
    if (form != FORM_SET || strcmp(value[0], "SC") != 0 || strcmp(value[1], "2") != 0)
        return CME(3);
    at_say(m, "+CLCK: %d", m->sim.pin[0] != '\0');
    return AT_OK;
}

static int
battery(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "+CBC: 0,100,4100");
    return AT_OK;
}

static int
time_of_day(struct modem *m, enum form form, char *arg)
{
    struct tm tm;
    long quarters;

    (void)arg;
    if (form != FORM_READ)
        return form == FORM_SET ? AT_OK : CME(50);
    clock_local(clock_now(), &tm);
    quarters = tm.tm_gmtoff / 900;
    at_say(m, "+CCLK: \"%02d/%02d/%02d,%02d:%02d:%02d%+03ld\"", tm.tm_year % 100,
           tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, quarters);
    return AT_OK;
}

static int
activity(struct modem *m, enum form form, char *arg)
{
    (void)form, (void)arg;
    at_say(m, "+CPAS: 0");
    return AT_OK;
}

void
at_ussd(struct modem *m, const char *text)
{
    char quoted[2048];

    modem_announce(m, "+CUSD: 0,%s,15", at_quote(m, text, quoted, sizeof(quoted)));
}

/* A USSD code as it was typed: in UCS2 it is hexadecimal. */
static void
ussd_code(const struct modem *m, const char *typed, char *out, size_t size)
{
    uint8_t octets[128];
    char plain[256];
    long n =
        m->settings.charset == CHARSET_UCS2 ? hex_parse(typed, octets, sizeof(octets)) : -1;

    if (n <= 0) {
        text_clip(out, size, typed);
        return;
    }
    ucs2_to_utf8(octets, (size_t)n, plain);
    text_clip(out, size, plain);
}

static int
ussd(struct modem *m, enum form form, char *arg)
{
    char *value[3], code[64];
    int n;

    if (form == FORM_READ) {
        at_say(m, "+CUSD: %d", m->settings.cusd);
        return AT_OK;
    }
    at_split(arg, value, 3);
    n = at_number(value[0], 0, 2);
    if (form != FORM_SET || n < 0)
        return CME(50);
    if (n < 2)
        m->settings.cusd = n;
    if (n == 2 || value[1][0] == '\0')
        return AT_OK;
    if (!modem_reachable(m))
        return CME(30);
    ussd_code(m, value[1], code, sizeof(code));
    network_ussd(m->emu->network, m, code);
    return AT_OK;
}

/* ---- calls */

static int
hang_up(struct modem *m, enum form form, char *arg)
{
    (void)arg;
    if (form != FORM_EXEC)
        return CME(50);
    modem_hang_up(m);
    return AT_OK;
}

static int
on_off(struct modem *m, enum form form, const char *arg, const char *name, int *setting)
{
    int n = at_number(arg, 0, 1);

    if (form == FORM_READ) {
        at_say(m, "%s: %d", name, *setting);
        return AT_OK;
    }
    if (form != FORM_SET || n < 0)
        return CME(50);
    *setting = n;
    return AT_OK;
}

static int
who_calls(struct modem *m, enum form form, char *arg)
{
    return on_off(m, form, arg, "+CLIP", &m->settings.clip);
}

static int
ring_form(struct modem *m, enum form form, char *arg)
{
    return on_off(m, form, arg, "+CRC", &m->settings.crc);
}

const struct at_command at_general[] = {
    {"+CGMI", manufacturer, "", NEED_NOTHING},
    {"+GMI", manufacturer, "", NEED_NOTHING},
    {"+CGMM", model, "", NEED_NOTHING},
    {"+GMM", model, "", NEED_NOTHING},
    {"+CGMR", revision, "", NEED_NOTHING},
    {"+GMR", revision, "", NEED_NOTHING},
    {"+CGSN", serial, "", NEED_NOTHING},
    {"+GSN", serial, "", NEED_NOTHING},
    {"+CIMI", subscriber, "", NEED_SIM_CME},
    {"+CCID", card, "", NEED_SIM_CME},
    {"+CNUM", own_number, "", NEED_SIM_CME},
    {"+CSCS", charset, "(\"IRA\",\"GSM\",\"UCS2\")", NEED_NOTHING},
    {"+CMEE", error_form, "(0-2)", NEED_NOTHING},
    {"+CFUN", function, "(0,1,4),(0,1)", NEED_NOTHING},
    {"+CSQ", signal_quality, "(0-31,99),(0-7,99)", NEED_NOTHING},
    {"+CREG", registration, "(0-2)", NEED_NOTHING},
    {"+CGREG", packet_registration, "(0-2)", NEED_NOTHING},
    {"+CGATT", packet_attached, "(0,1)", NEED_NOTHING},
    {"+COPS", operators, NULL, NEED_SIM_CME},
    {"+CPIN", pin, "", NEED_NOTHING},
    {"+CPINR", pin_tries, "", NEED_NOTHING},
    {"+CLCK", pin_lock, "(\"SC\")", NEED_NOTHING},
    {"+CBC", battery, "(0-2),(0-100)", NEED_NOTHING},
    {"+CCLK", time_of_day, "", NEED_NOTHING},
    {"+CPAS", activity, "(0-4)", NEED_NOTHING},
    {"+CUSD", ussd, "(0-2)", NEED_SIM_CME},
    {"+CHUP", hang_up, "", NEED_NOTHING},
    {"+CLIP", who_calls, "(0,1)", NEED_NOTHING},
    {"+CRC", ring_form, "(0,1)", NEED_NOTHING},
    {NULL, NULL, NULL, NEED_NOTHING},
};

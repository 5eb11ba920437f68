/*
 * Connecting a modem through libGammu. Traps of 1.42, all seen:
 *
 * - ERR_NONE is 1: `if (error)` is always true.
 * - Connection "at" writes a character a millisecond and naps 400 ms a command until it is
 *   connected; "dku2at" is the same driver without that, at 115200 baud only.
 * - CNMIParams must be -1; the zeros of GSM_AllocStateMachine() mean "no new-message
 * lines".
 * - GSM_InitConnection() zeroes the callbacks; it succeeds with a locked SIM; on a tty that
 *   another program has locked it leaks a descriptor, so we leave after the first failure.
 * - GSM_GetSecurityStatus() takes up to a second each time.
 * - GSM_AbortOperation() cannot be taken back: a machine that was aborted is of no more
 * use.
 * - A tty that hung up reads as silence, for ever. DecodeUnicodeString() has one static
 *   buffer of 500 bytes: not used here.
 * - Descriptors of 1024 and more abort the process (FD_SET).
 */
#include "inside.h"
#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/segment.h"
#include "pace.h"

#include <gammu.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FD_LAST       255
#define SERIAL_LEAST  10 /* digits of an IMEI or IMSI */
#define SERIAL_MOST   17
#define SIM_TRIES     10 /* a second apart: SIMs take their time after the PIN */
#define FAST_BAUD     115200
#define RADIO_REST_US 2000000

const char *
gammu_words(unsigned code)
{
    static const struct {
        unsigned code;
        const char *words;
    } rows[] = {
        {ERR_DEVICENOTEXIST, "there is no such port: is the modem plugged in?"},
        {ERR_DEVICEOPENERROR, "the port cannot be opened: another program has it"},
        {ERR_DEVICENOPERMISSION, "the port may not be opened: join its group (dialout)"},
        {ERR_DEVICEWRITEERROR, "the port takes nothing any more: was it pulled out?"},
        {ERR_DEVICEREADERROR, "the port gives nothing any more: was it pulled out?"},
        {ERR_ABORTED, "the port hung up: was it pulled out?"},
        {ERR_TIMEOUT, "the modem does not answer"},
        {ERR_UNKNOWN, "the modem refuses, without a reason"},
        {ERR_UNKNOWNRESPONSE, "the modem answers what nobody understands"},
        {ERR_NOSIM, "there is no SIM in the modem"},
        {ERR_SECURITYERROR, "the SIM is locked"},
        {ERR_EMPTYSMSC, "no service centre is known: set `smsc`"},
        {ERR_NETWORK_ERROR, "the network refuses"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].code == code)
            return rows[i].words;
    }
    return GSM_ErrorString((GSM_Error)code);
}

bool
gammu_failed(struct modem *m, unsigned code, const char *what, struct err *e)
{
    if (gate_text_mode())
        return !err_set(e, FAIL_FATAL, "it refuses PDU mode (AT+CMGF=0)");
    if (code == ERR_NONE)
        return false;
    if (code == ERR_TIMEOUT || code == ERR_ABORTED)
        m->stale = true;
    err_set(e, FAIL_RETRY, "%s: %s", what, gammu_words(code));
    return true;
}

void
gammu_text(const unsigned char *text, char *out, size_t size)
{
    char utf8[4 * 256];
    size_t n = UnicodeLength(text);

    out[0] = '\0';
    if (utf16_to_utf8(text, 2 * (n < 255 ? n : 255), utf8, sizeof(utf8)) > 0)
        text_clip(out, size, utf8);
}

static void
line_gone(void *ctx)
{
    struct modem *m = ctx;

    GSM_AbortOperation(m->gammu);
}

/* Of our own descriptors the one that is this device; -1 when there is none. */
static int
find_fd(const char *device)
{
    struct stat want, have;

    if (stat(device, &want) != 0)
        return -1;
    for (int fd = 0; fd <= FD_LAST; fd++)
        if (fstat(fd, &have) == 0 && S_ISCHR(have.st_mode) && have.st_rdev == want.st_rdev)
            return fd;
    return -1;
}

static bool
set_text(char **member, const char *value)
{
    free(*member);
    *member = strdup(value);
    return *member != NULL;
}

static bool
configure(struct modem *m, struct err *e)
{
    GSM_Config *c = GSM_GetConfig(m->gammu, 0);
    char connection[32] = "dku2at";

    if (m->setup.baud != 0 && m->setup.baud != FAST_BAUD)
        snprintf(connection, sizeof(connection), "at%u", m->setup.baud);
    if (c == NULL || !set_text(&c->Device, m->setup.device) ||
        !set_text(&c->Connection, connection) || !set_text(&c->DebugFile, ""))
        return err_set(e, FAIL_FATAL, "out of memory");
    snprintf(c->Model, sizeof(c->Model), "at");
    c->DebugLevel[0] = '\0';
    c->UseGlobalDebugFile = TRUE;
    c->SyncTime = FALSE;
    c->LockDevice = FALSE;
    c->StartInfo = FALSE;
    for (size_t i = 0; i < sizeof(c->CNMIParams) / sizeof(c->CNMIParams[0]); i++)
        c->CNMIParams[i] = -1;
    GSM_SetConfigNum(m->gammu, 1);
    return true;
}

void
gammu_disconnect(struct modem *m)
{
    pace_watch(-1, NULL, NULL);
    if (m->gammu == NULL)
        return;
    GSM_TerminateConnection(m->gammu);
    GSM_FreeStateMachine(m->gammu);
    m->gammu = NULL;
    m->fd = -1;
}

static bool
connect_line(struct modem *m, struct err *e)
{
    GSM_Error code;

    m->stale = m->answered = false;
    gate_clear_text_mode();
    m->gammu = GSM_AllocStateMachine();
    if (m->gammu == NULL)
        return err_set(e, FAIL_FATAL, "out of memory");
    if (!configure(m, e))
        return false;
    code = GSM_InitConnection(m->gammu, 1);
    if (gammu_failed(m, code, m->setup.device, e))
        return false;
    m->fd = find_fd(m->setup.device);
    if (m->fd < 0)
        return err_set(e, FAIL_RETRY, "%s went away while it was opened", m->setup.device);
    pace_watch(m->fd, line_gone, m);
    return true;
}

static bool
enter_pin(struct modem *m, modem_ask_pin *ask, void *ctx, struct wire_state *st,
          struct err *e)
{
    GSM_SecurityCode code = {.Type = SEC_Pin};
    GSM_Error result;

    if (!ask(ctx, code.Code, sizeof(code.Code), e))
        return false;
    result = GSM_EnterSecurityCode(m->gammu, &code);
    explicit_bzero(&code, sizeof(code));
    m->was_locked = true;
    if (result == ERR_NONE)
        return true;
    st->pin = WIRE_PIN_REFUSED;
    return err_set(e, FAIL_REJECT,
                   "the SIM refused the PIN; it is not tried again:"
                   " correct `pin` of this modem");
}

static bool
unlock(struct modem *m, modem_ask_pin *ask, void *ctx, struct wire_state *st, struct err *e)
{
    GSM_SecurityCodeType asks = SEC_None;
    GSM_Error code = GSM_GetSecurityStatus(m->gammu, &asks);

    if (code == ERR_NOSIM)
        return err_set(e, FAIL_REJECT, "there is no SIM in the modem");
    if (code == ERR_TIMEOUT)
        return !gammu_failed(m, code, "SIM status", e);
    if (code != ERR_NONE || asks == SEC_None)
        return true; /* a modem that cannot tell is not locked as far as we know */
    if (asks == SEC_Pin)
        return enter_pin(m, ask, ctx, st, e);
    return err_set(e, FAIL_REJECT, "the SIM or modem asks for a %s",
                   asks == SEC_Puk ? "PUK: too many wrong PINs" : "code that is no PIN");
}

static void
clean(const char *raw, char *out, size_t size)
{
    utf8_clean(out, size, raw, strlen(raw));
}

/* libGammu takes noise on the line for a number, too. */
static bool
is_serial(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return n >= SERIAL_LEAST && n <= SERIAL_MOST && text[n] == '\0';
}

/* False when it may be known a moment later. */
static bool
read_imsi(struct modem *m, char *out, size_t size)
{
    char imsi[GSM_MAX_INFO_LENGTH + 1] = "";
    GSM_Error code = GSM_GetSIMIMSI(m->gammu, imsi);

    m->has_no_imsi = code == ERR_NOTSUPPORTED;
    if (code == ERR_NONE && is_serial(imsi))
        text_clip(out, size, imsi);
    return out[0] != '\0' || code == ERR_NOTSUPPORTED || code == ERR_TIMEOUT;
}

static void
wait_for_imsi(struct modem *m, char *out, size_t size)
{
    int tries = m->was_locked ? SIM_TRIES : 2;

    for (int i = 1; !read_imsi(m, out, size) && i < tries; i++)
        usleep(1000000);
}

static void
read_smsc(struct modem *m)
{
    GSM_SMSC centre = {.Location = 1};

    if (m->setup.smsc[0] != '\0')
        snprintf(m->smsc, sizeof(m->smsc), "%s", m->setup.smsc);
    else if (GSM_GetSMSC(m->gammu, &centre) == ERR_NONE)
        gammu_text(centre.Number, m->smsc, sizeof(m->smsc));
}

static void
identify(struct modem *m, struct wire_state *st)
{
    char text[GSM_MAX_INFO_LENGTH + 1] = "", date[GSM_MAX_INFO_LENGTH + 1] = "";
    double number = 0;

    if (GSM_GetIMEI(m->gammu, text) == ERR_NONE && is_serial(text))
        text_clip(st->imei, sizeof(st->imei), text);
    if (GSM_GetModel(m->gammu, text) == ERR_NONE)
        clean(text, st->model, sizeof(st->model));
    if (GSM_GetFirmware(m->gammu, text, date, &number) == ERR_NONE)
        clean(text, st->firmware, sizeof(st->firmware));
    wait_for_imsi(m, st->imsi, sizeof(st->imsi));
    read_smsc(m);
    snprintf(st->smsc, sizeof(st->smsc), "%s", m->smsc);
}

/* What both a new and a renewed connection need. */
static void
listen_for_lines(struct modem *m)
{
    GSM_Error code;

    gammu_listen_for_sent(m);
    gammu_listen_for_incoming(m);
    gammu_listen_for_calls(m);
    code = GSM_SetIncomingSMS(m->gammu, TRUE);
    if (code != ERR_NONE)
        log_info(m->setup.name, "no new-message lines (%s): looks into the SIM every %u s",
                 gammu_words(code), m->setup.poll_s);
}

/* For a modem that has lost the network and does not find it: a modem that refuses stays as
 * it is. */
static void
radio_off_on(struct modem *m)
{
    GSM_Error off, on;

    if (!m->setup.radio_off_on)
        return;
    off = GSM_SetPower(m->gammu, FALSE);
    usleep(RADIO_REST_US);
    on = GSM_SetPower(m->gammu, TRUE);
    log_info(m->setup.name, "radio off: %s, on: %s", GSM_ErrorString(off),
             GSM_ErrorString(on));
}

bool
modem_open(const struct wire_setup *setup, modem_ask_pin *ask, void *ctx,
           struct modem **out, struct wire_state *st, struct err *e)
{
    struct modem *m = calloc(1, sizeof(*m));

    *out = m;
    if (m == NULL || (m->list = calloc(1, sizeof(GSM_MultiSMSMessage))) == NULL)
        return err_set(e, FAIL_FATAL, "out of memory");
    m->setup = *setup;
    m->fd = -1;
    if (!connect_line(m, e))
        return false;
    radio_off_on(m);
    if (!unlock(m, ask, ctx, st, e))
        return false;
    st->pin = WIRE_PIN_OPEN;
    identify(m, st);
    listen_for_lines(m);
    return true;
}

void
modem_close(struct modem *m)
{
    if (m == NULL)
        return;
    gammu_disconnect(m);
    free(m->list);
    free(m);
}

bool
modem_renew(struct modem *m, struct err *e)
{
    gammu_disconnect(m);
    if (!connect_line(m, e))
        return err_in(e, "connecting again");
    listen_for_lines(m);
    return true;
}

bool
modem_has_no_imsi(const struct modem *m)
{
    return m->has_no_imsi;
}

bool
modem_is_stale(const struct modem *m)
{
    return m->stale;
}

int
modem_fd(const struct modem *m)
{
    return m->fd;
}

bool
modem_is_gone(const struct modem *m)
{
    return m->fd < 0 || pace_hung_up(m->fd) || find_fd(m->setup.device) != m->fd;
}

static void
look_at_network(struct modem *m, struct wire_state *st)
{
    static const char *const words[] = {
        [GSM_NoNetwork] = "no network",
        [GSM_RegistrationDenied] = "the network refuses this SIM",
        [GSM_NetworkStatusUnknown] = "not registered",
        [GSM_RequestingNetwork] = "searching a network",
    };
    GSM_NetworkInfo net = {.State = GSM_NetworkStatusUnknown};
    struct err e;

    st->health = WIRE_READY;
    st->reason[0] = '\0';
    if (gammu_failed(m, GSM_GetNetworkInfo(m->gammu, &net), "network", &e))
        return; /* cannot tell: sends will */
    gammu_text(net.NetworkName, st->operator_name, sizeof(st->operator_name));
    st->roaming = net.State == GSM_RoamingNetwork;
    if (net.State == GSM_HomeNetwork || net.State == GSM_RoamingNetwork)
        return;
    st->health = WIRE_NO_NETWORK;
    if (net.State < sizeof(words) / sizeof(words[0]) && words[net.State] != NULL)
        snprintf(st->reason, sizeof(st->reason), "%s", words[net.State]);
}

bool
modem_look(struct modem *m, struct wire_state *st, struct err *e)
{
    GSM_SignalQuality signal = {.SignalPercent = -1};
    GSM_SMSMemoryStatus memory = {0};
    GSM_Error code = GSM_GetSignalQuality(m->gammu, &signal);

    if (code == ERR_TIMEOUT || code == ERR_DEVICEWRITEERROR || code == ERR_ABORTED)
        return !gammu_failed(m, code, "signal", e);
    st->signal_percent = -1;
    if (code == ERR_NONE && signal.SignalPercent >= 0 && signal.SignalPercent <= 100)
        st->signal_percent = (int8_t)signal.SignalPercent;
    look_at_network(m, st);
    if (st->imsi[0] == '\0')
        read_imsi(m, st->imsi, sizeof(st->imsi));
    st->sim_used = st->sim_size = -1;
    if (GSM_GetSMSStatus(m->gammu, &memory) == ERR_NONE) {
        st->sim_used = memory.SIMSize > 0 ? memory.SIMUsed : memory.PhoneUsed;
        st->sim_size = memory.SIMSize > 0 ? memory.SIMSize : memory.PhoneSize;
    }
    if (m->smsc[0] == '\0')
        read_smsc(m);
    snprintf(st->smsc, sizeof(st->smsc), "%s", m->smsc);
    if (m->smsc[0] == '\0' && st->health == WIRE_READY)
        snprintf(st->reason, sizeof(st->reason),
                 "the SIM has no service centre: set `smsc`");
    return true;
}

#include "raw.h"
#include "meterpost/base/clock.h"
#include "sms/ussd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MS  5000
#define NETWORK_MS 30000
#define SAID_MAX   8192 /* bytes: what is said by itself comes between */
#define CODE_MAX   64

struct line {
    int fd;
    char said[SAID_MAX]; /* since the last command, or since that of a code */
    size_t used;
};

/* More of what the modem says. False when nothing came until then. */
static bool
hear(struct line *l, int64_t until)
{
    struct pollfd p = {.fd = l->fd, .events = POLLIN};
    int64_t left = until - clock_mono_ms();
    ssize_t n;

    if (left <= 0 || l->used >= sizeof(l->said) - 1 || poll(&p, 1, (int)left) != 1)
        return false;
    n = read(l->fd, l->said + l->used, sizeof(l->said) - 1 - l->used);
    if (n <= 0)
        return false;
    for (ssize_t i = 0; i < n; i++, l->used++) {
        if (l->said[l->used] == '\0')
            l->said[l->used] = '@'; /* code 0 of the GSM alphabet */
    }
    l->said[l->used] = '\0';
    return true;
}

static bool
ask(struct line *l, const char *command, struct err *e)
{
    char text[32 + 2 * CODE_MAX];
    size_t n = (size_t)snprintf(text, sizeof(text), "%s\r", command);
    int64_t until = clock_mono_ms() + ANSWER_MS;

    l->used = 0;
    l->said[0] = '\0';
    if (write(l->fd, text, n) != (ssize_t)n)
        return err_set(e, FAIL_RETRY, "%s: %s", command, strerror(errno));
    while (hear(l, until)) {
        if (strstr(l->said, "OK\r") != NULL)
            return true;
        if (strstr(l->said, "ERROR") != NULL)
            return err_set(e, FAIL_RETRY, "%s: the modem refuses", command);
    }
    return err_set(e, FAIL_RETRY, "%s: no answer", command);
}

static bool
set_line(int fd, uint32_t baud)
{
    struct termios t;

    if (tcgetattr(fd, &t) != 0)
        return false;
    cfmakeraw(&t);
    t.c_cflag |= CLOCAL | CREAD;
    cfsetspeed(&t, baud);
    return tcsetattr(fd, TCSANOW, &t) == 0 && tcflush(fd, TCIOFLUSH) == 0;
}

static bool
line_open(struct line *l, const char *device, uint32_t baud, struct err *e)
{
    l->used = 0;
    l->fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (l->fd != -1 && set_line(l->fd, baud))
        return true;
    err_set(e, FAIL_RETRY, "%s: %s", device, strerror(errno));
    if (l->fd != -1)
        close(l->fd);
    return false;
}

/* Nothing else lies there: what has come since must not go with it. */
static bool
is_husk(const char *answer)
{
    return strstr(answer, "\n00\r") != NULL;
}

static bool
delete_there(struct line *l, const char *memory, int index, bool *was_there, struct err *e)
{
    char command[32];

    snprintf(command, sizeof(command), "AT+CPMS=\"%s\"", memory);
    if (!ask(l, "AT+CMGF=0", e) || !ask(l, command, e))
        return false;
    snprintf(command, sizeof(command), "AT+CMGR=%d", index);
    *was_there = ask(l, command, e) && is_husk(l->said);
    if (!*was_there)
        return true;
    snprintf(command, sizeof(command), "AT+CMGD=%d", index);
    return ask(l, command, e);
}

bool
raw_delete(const char *device, uint32_t baud, const char *memory, int index,
           bool *was_there, struct err *e)
{
    struct line l;
    bool ok;

    if (!line_open(&l, device, baud, e))
        return false;
    ok = delete_there(&l, memory, index, was_there, e);
    close(l.fd);
    return ok;
}

/* As it is; and where the modem refuses that, packed, as some makers want it. */
static bool
send_code(struct line *l, const char *code, struct err *e)
{
    char command[32 + 2 * CODE_MAX], packed[2 * CODE_MAX + 1];

    snprintf(command, sizeof(command), "AT+CUSD=1,\"%s\",15", code);
    if (ask(l, command, e))
        return true;
    ussd_pack(code, packed);
    snprintf(command, sizeof(command), "AT+CUSD=1,\"%s\",15", packed);
    return ask(l, command, e);
}

static bool
judge(enum ussd_status status, const char *text, struct err *e)
{
    if (status == USSD_CANNOT)
        return err_set(e, FAIL_RETRY, "the network does not know such codes");
    if (status == USSD_LATE)
        return err_set(e, FAIL_RETRY, "the network did not answer the code in time");
    return *text != '\0' || err_set(e, FAIL_RETRY, "the network answered without a text");
}

bool
raw_ussd(const char *device, uint32_t baud, const char *code, char *text, size_t size,
         struct err *e)
{
    int64_t until = clock_mono_ms() + NETWORK_MS;
    enum ussd_status status = USSD_LATE;
    struct err any;
    struct line l;
    bool ok, gsm;

    if (strlen(code) > CODE_MAX)
        return err_set(e, FAIL_REJECT, "the code is too long");
    if (!line_open(&l, device, baud, e))
        return false;
    gsm = ask(&l, "AT+CSCS=\"GSM\"", &any);
    ok = send_code(&l, code, e);
    while (ok && !ussd_is_whole(l.said) && hear(&l, until))
        ;
    *text = '\0';
    if (ok && ussd_read(l.said, gsm, &status, text, size) && status == USSD_ASKS)
        ask(&l, "AT+CUSD=2", &any);
    close(l.fd);
    return ok && judge(status, text, e);
}

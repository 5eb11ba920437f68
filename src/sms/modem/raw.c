#include "raw.h"
#include "meterpost/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MS  5000
#define ANSWER_MAX 1024 /* bytes: these commands say one line and OK */

/* Up to OK; what it said is left in `answer`, of ANSWER_MAX bytes. */
static bool
wait_for(int fd, const char *command, char *answer, struct err *e)
{
    size_t used = 0;
    int64_t until = clock_mono_ms() + ANSWER_MS, left;

    *answer = '\0';
    while ((left = until - clock_mono_ms()) > 0 && used < ANSWER_MAX - 1) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        ssize_t n;

        if (poll(&p, 1, (int)left) != 1)
            break;
        n = read(fd, answer + used, ANSWER_MAX - 1 - used);
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n; i++, used++)
            if (answer[used] == '\0')
                answer[used] = '?';
        answer[used] = '\0';
        if (strstr(answer, "OK\r") != NULL)
            return true;
        if (strstr(answer, "ERROR") != NULL)
            return err_set(e, FAIL_RETRY, "%s: the modem refuses", command);
    }
    return err_set(e, FAIL_RETRY, "%s: no answer", command);
}

static bool
ask(int fd, const char *command, char *answer, struct err *e)
{
    char line[64];
    size_t n = (size_t)snprintf(line, sizeof(line), "%s\r", command);

    if (write(fd, line, n) != (ssize_t)n)
        return err_set(e, FAIL_RETRY, "%s: %s", command, strerror(errno));
    return wait_for(fd, command, answer, e);
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

/* Nothing else lies there: what has come since must not go with it. */
static bool
is_husk(const char *answer)
{
    return strstr(answer, "\n00\r") != NULL;
}

static bool
delete_there(int fd, const char *memory, int index, bool *was_there, struct err *e)
{
    char command[32], answer[ANSWER_MAX];

    snprintf(command, sizeof(command), "AT+CPMS=\"%s\"", memory);
    if (!ask(fd, "AT+CMGF=0", answer, e) || !ask(fd, command, answer, e))
        return false;
    snprintf(command, sizeof(command), "AT+CMGR=%d", index);
    *was_there = ask(fd, command, answer, e) && is_husk(answer);
    if (!*was_there)
        return true;
    snprintf(command, sizeof(command), "AT+CMGD=%d", index);
    return ask(fd, command, answer, e);
}

bool
raw_delete(const char *device, uint32_t baud, const char *memory, int index,
           bool *was_there, struct err *e)
{
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    bool ok;

    if (fd == -1)
        return err_set(e, FAIL_RETRY, "%s: %s", device, strerror(errno));
    ok = set_line(fd, baud) ? delete_there(fd, memory, index, was_there, e)
                            : err_set(e, FAIL_RETRY, "%s: %s", device, strerror(errno));
    close(fd);
    return ok;
}

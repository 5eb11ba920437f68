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

static bool
wait_for(int fd, const char *command, struct err *e)
{
    char answer[ANSWER_MAX] = "";
    size_t used = 0;
    int64_t until = clock_mono_ms() + ANSWER_MS, left;

    while ((left = until - clock_mono_ms()) > 0 && used < sizeof(answer) - 1) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        ssize_t n;

        if (poll(&p, 1, (int)left) != 1)
            break;
        n = read(fd, answer + used, sizeof(answer) - 1 - used);
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
ask(int fd, const char *command, struct err *e)
{
    char line[64];
    size_t n = (size_t)snprintf(line, sizeof(line), "%s\r", command);

    if (write(fd, line, n) != (ssize_t)n)
        return err_set(e, FAIL_RETRY, "%s: %s", command, strerror(errno));
    return wait_for(fd, command, e);
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

bool
raw_delete(const char *device, uint32_t baud, const char *memory, int index, struct err *e)
{
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    char select[32], delete[32];
    bool ok;

    if (fd == -1)
        return err_set(e, FAIL_RETRY, "%s: %s", device, strerror(errno));
    snprintf(select, sizeof(select), "AT+CPMS=\"%s\"", memory);
    snprintf(delete, sizeof(delete), "AT+CMGD=%d", index);
    ok = set_line(fd, baud) ? ask(fd, select, e) && ask(fd, delete, e)
                            : err_set(e, FAIL_RETRY, "%s: %s", device, strerror(errno));
    close(fd);
    return ok;
}

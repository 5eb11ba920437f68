/* line_tty.c - a serial port. */
#include "bus/line.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/device.h"
#include "meterpost/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#define PTS_MAJOR  136 /* and the next seven */
#define PTS_MAJORS 8

/* A pseudo-terminal (socat, an emulator) has no parity, and glibc takes that for a
 * failure. */
static bool
is_pseudo(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && major(st.st_rdev) >= PTS_MAJOR &&
           major(st.st_rdev) < PTS_MAJOR + PTS_MAJORS;
}

static bool
tty_frame(struct line *l, const struct bus_framing *f, struct err *e)
{
    bool pseudo = is_pseudo(l->fd);
    struct termios t;

    if (tcgetattr(l->fd, &t) != 0)
        return err_set(e, FAIL_RETRY, "%s: %s", l->setup->device, strerror(errno));
    cfmakeraw(&t);
    t.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS);
    t.c_cflag |= CLOCAL | CREAD | (f->data_bits == 7 && !pseudo ? CS7 : CS8);
    if (f->parity != CONF_PARITY_NONE && !pseudo)
        t.c_cflag |= PARENB;
    if (f->parity == CONF_PARITY_ODD)
        t.c_cflag |= PARODD;
    if (f->stop_bits == 2)
        t.c_cflag |= CSTOPB;
    t.c_iflag &= ~(tcflag_t)(INPCK | ISTRIP | IXON | IXOFF);
    t.c_cc[VMIN] = 0;
    t.c_cc[VTIME] = 0;
    if (cfsetspeed(&t, f->baud) != 0 || tcsetattr(l->fd, TCSADRAIN, &t) != 0)
        return err_set(e, FAIL_REJECT, "%s: it cannot do %u baud: %s", l->setup->device,
                       f->baud, strerror(errno));
    return true;
}

/* The driver turns the sender on and off, where it can. */
static bool
set_rs485(struct line *l, struct err *e)
{
    struct serial_rs485 how = {.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND};

    if (l->setup->rs485 == CONF_RS485_OFF)
        return true;
    if (ioctl(l->fd, TIOCSRS485, &how) == 0)
        return true;
    return l->setup->rs485 == CONF_RS485_AUTO ||
           err_set(e, FAIL_REJECT, "%s: its driver has no RS-485 mode: %s",
                   l->setup->device, strerror(errno));
}

/* Nobody else, be they polite (flock) or not (TIOCEXCL). */
static bool
lock(struct line *l, struct err *e)
{
    if (flock(l->fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(e, FAIL_RETRY, "%s: another program has it", l->setup->device);
    return ioctl(l->fd, TIOCEXCL) == 0 ||
           err_set(e, FAIL_RETRY, "%s: %s", l->setup->device, strerror(errno));
}

static void
tty_close(struct line *l)
{
    ioctl(l->fd, TIOCNXCL);
    close(l->fd);
    l->fd = -1;
}

static bool
tty_open(struct line *l, const char *where, struct err *e)
{
    char path[sizeof(l->setup->device)];

    if (!device_find(where, getenv("METERPOST_PORTS"), path, sizeof(path), e))
        return false;
    l->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (l->fd == -1)
        return err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
    if (isatty(l->fd) && lock(l, e) && set_rs485(l, e) && tty_frame(l, &l->framing, e)) {
        tcflush(l->fd, TCIOFLUSH);
        l->heard = true;
        return true;
    }
    if (!isatty(l->fd))
        err_set(e, FAIL_REJECT, "%s is no serial port", where);
    close(l->fd);
    return false;
}

static long
tty_read(struct line *l, uint8_t *to, size_t size, struct err *e)
{
    ssize_t n = read(l->fd, to, size);

    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return n > 0 ? (long)n : 0;
    err_set(e, FAIL_FATAL, "%s is gone", l->setup->device);
    return -1;
}

static long
tty_write(struct line *l, const uint8_t *from, size_t n, struct err *e)
{
    ssize_t m = write(l->fd, from, n);

    if (m >= 0 || errno == EAGAIN || errno == EINTR)
        return m > 0 ? (long)m : 0;
    err_set(e, FAIL_FATAL, "%s: %s", l->setup->device, strerror(errno));
    return -1;
}

const struct line_driver line_tty = {
    .scheme = "",
    .open = tty_open,
    .read = tty_read,
    .write = tty_write,
    .frame = tty_frame,
    .close = tty_close,
};

#include "port.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int
port_open(const struct rig *r, const char *name)
{
    char path[RIG_PATH_MAX];

    return open(rig_path(r, name, path), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

const char *
port_hear(int port, const char *end, int wait_ms)
{
    static char got[8192];
    size_t used = 0;
    int64_t until = clock_mono_ms() + wait_ms;
    struct pollfd p = {.fd = port, .events = POLLIN};

    got[0] = '\0';
    while (clock_mono_ms() < until && (*end == '\0' || strstr(got, end) == NULL)) {
        ssize_t n;

        if (poll(&p, 1, (int)(until - clock_mono_ms())) != 1)
            break;
        n = read(port, got + used, sizeof(got) - 1 - used);
        if (n <= 0)
            break;
        used += (size_t)n;
        got[used] = '\0';
    }
    return got;
}

bool
port_say(int port, const char *bytes)
{
    return write(port, bytes, strlen(bytes)) == (ssize_t)strlen(bytes);
}

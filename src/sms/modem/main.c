/*
 * meterpost-modem NAME - one GSM modem; started by the engine, which holds the other end of
 * descriptor WIRE_FD and tells it everything else.
 */
#include "meterpost/base/log.h"
#include "meterpost/base/rights.h"
#include "meterpost/sms/wire.h"
#include "worker.h"

#include <stdio.h>
#include <sys/socket.h>

static bool
is_started_by_engine(int fd)
{
    int type = 0;
    socklen_t size = sizeof(type);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

int
main(int argc, char **argv)
{
    if (argc != 2 || !is_started_by_engine(WIRE_FD)) {
        fprintf(stderr, "meterpost-modem: started by meterpostd, not by hand\n");
        return WORKER_PROTOCOL;
    }
    rights_bind_to_parent();
    return (int)worker_run(WIRE_FD, argv[1]);
}

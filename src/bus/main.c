/*
 * meterpost-bus NAME - one wire with meters; started by the engine, which holds the other
 * end of descriptor BUS_WIRE_FD and tells it everything else.
 */
#include "bus/worker.h"
#include "meterpost/base/rights.h"
#include "meterpost/bus/wire.h"

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
    if (argc != 2 || !is_started_by_engine(BUS_WIRE_FD)) {
        fprintf(stderr, "meterpost-bus: started by meterpostd, not by hand\n");
        return BUS_WORKER_PROTOCOL;
    }
    rights_bind_to_parent();
    return (int)bus_worker_run(BUS_WIRE_FD, argv[1]);
}

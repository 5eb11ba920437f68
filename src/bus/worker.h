/*
 * worker.h - the life of a bus worker: set up by the engine, then jobs, one by one.
 */
#ifndef METERPOST_SRC_BUS_WORKER_H
#define METERPOST_SRC_BUS_WORKER_H

/* How the process ended. */
enum bus_worker_end {
    BUS_WORKER_STOPPED = 0,  /* as the engine asked, or because it is gone */
    BUS_WORKER_PROTOCOL = 2, /* the engine did not speak our version */
    BUS_WORKER_DEVICE = 3,   /* the device is gone or in use: try again later */
};

/* Serve the engine at the other end of `sock` until it ends. `name` is for logs. */
enum bus_worker_end bus_worker_run(int sock, const char *name);

#endif

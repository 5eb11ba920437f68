/*
 * worker.h - the modem worker's life: set up by the engine, then modem and engine in turns.
 */
#ifndef METERPOST_SMS_MODEM_WORKER_H
#define METERPOST_SMS_MODEM_WORKER_H

/* How the process ended; the engine reads it from the exit status. */
enum worker_end {
    WORKER_STOPPED = 0,  /* as the engine asked, or because it is gone */
    WORKER_PROTOCOL = 2, /* the engine did not speak our version */
    WORKER_DEVICE = 3,   /* the device is gone, dumb or in use: try again later */
};

/* Serve the engine at the other end of `sock` until it ends. `name` is for logs. */
enum worker_end worker_run(int sock, const char *name);

#endif

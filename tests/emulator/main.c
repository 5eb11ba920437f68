/*
 * meterpost-emulator - GSM modems on ptys, the network behind them, and a village of
 * meters.
 */
#include "emulator.h"
#include "faults.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const char usage[] =
    "usage: meterpost-emulator --dir DIR --village FILE.json [--modem NAME:NUMBER ...]\n"
    "                          [--control SOCKET] [--seed N] [--fault NAME.KNOB=VALUE "
    "...]\n"
    "       meterpost-emulator --faults\n"
    "Makes DIR/NAME a serial port for each modem (sim1:+254700000100 when none is named),\n"
    "prints `ready` and runs until SIGTERM. METERPOST_CLOCK is obeyed. --faults lists the\n"
    "knobs of a modem; all of them can be set over the control socket, too.\n";

static void
list_faults(void)
{
    for (const struct knob *k = fault_knobs; k->name != NULL; k++)
        printf("%-18s %3d..%-8d %s\n", k->name, k->least, k->most, k->what);
}

static bool
options_parse(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {
        {"dir", required_argument, NULL, 'd'},
        {"village", required_argument, NULL, 'v'},
        {"modem", required_argument, NULL, 'm'},
        {"control", required_argument, NULL, 'c'},
        {"seed", required_argument, NULL, 's'},
        {"fault", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 'd')
            o->dir = optarg;
        else if (c == 'v')
            o->village = optarg;
        else if (c == 'c')
            o->control = optarg;
        else if (c == 's')
            o->seed = strtoull(optarg, NULL, 10);
        else if (c == 'f' && o->n_faults < MODEMS_MAX)
            o->faults[o->n_faults++] = optarg;
        else if (c == 'm' && o->n_modems < MODEMS_MAX)
            o->modems[o->n_modems++] = optarg;
        else
            return false;
    }
    if (o->n_modems == 0)
        o->modems[o->n_modems++] = "sim1:+254700000100";
    return optind == argc && o->dir != NULL && o->village != NULL;
}

static void
on_signal(void *ctx, uint32_t events)
{
    struct emulator *emu = ctx;

    (void)events;
    loop_stop(emu->loop);
}

/* SIGTERM and SIGINT end the loop. The descriptor, or -1. */
static int
signals_watch(struct emulator *emu, struct err *e)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd == -1) {
        err_set(e, FAIL_FATAL, "signalfd: %s", strerror(errno));
        return -1;
    }
    if (!loop_watch(emu->loop, fd, EPOLLIN, on_signal, emu, e)) {
        close(fd);
        return -1;
    }
    return fd;
}

int
main(int argc, char **argv)
{
    struct options o = {0};
    struct emulator emu = {0};
    struct err e;
    int signals = -1;

    if (argc == 2 && strcmp(argv[1], "--faults") == 0) {
        list_faults();
        return 0;
    }
    if (!options_parse(argc, argv, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    if (!emulator_start(&emu, &o, &e) || (signals = signals_watch(&emu, &e)) == -1) {
        fprintf(stderr, "meterpost-emulator: %s\n", e.text);
        emulator_stop(&emu);
        return 1;
    }
    puts("ready");
    fflush(stdout);
    loop_run(emu.loop);
    emulator_stop(&emu);
    close(signals);
    return 0;
}

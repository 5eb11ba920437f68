/* meterpostd - the engine: options, then engine_open(), engine_run(), engine_close(). */
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_CONFIG "/etc/meterpost/meterpost.yaml"
#define EXIT_USAGE     2

static const char usage[] =
    "usage: meterpostd [--config FILE] [--foreground] [--check] [--verbose]\n"
    "  --config FILE  settings (" DEFAULT_CONFIG ")\n"
    "  --foreground   stay on this terminal\n"
    "  --check        read everything, say what is wrong and where, and end\n"
    "  --verbose      say more\n"
    "  --version, --help\n"
    "SIGHUP reads the settings again, SIGTERM ends cleanly.\n";

struct options {
    const char *config;
    bool foreground, check, verbose;
};

/* -1: go on; otherwise the exit status. */
static int
read_options(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"foreground", no_argument, NULL, 'f'},
                                          {"check", no_argument, NULL, 'n'},
                                          {"verbose", no_argument, NULL, 'v'},
                                          {"version", no_argument, NULL, 'V'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int c;

    while ((c = getopt_long(argc, argv, "c:fvh", known, NULL)) != -1) {
        switch (c) {
        case 'c': o->config = optarg; break;
        case 'f': o->foreground = true; break;
        case 'n': o->check = true; break;
        case 'v': o->verbose = true; break;
        case 'V': printf("meterpostd %s\n", METERPOST_VERSION); return EXIT_SUCCESS;
        case 'h': fputs(usage, stdout); return EXIT_SUCCESS;
        default: fputs(usage, stderr); return EXIT_USAGE;
        }
    }
    if (optind == argc)
        return -1;
    fputs(usage, stderr);
    return EXIT_USAGE;
}

static int
check(const char *config)
{
    struct problems p = {0};
    struct desk *d = desk_load(config, &p);
    int status = d != NULL ? EXIT_SUCCESS : EXIT_FAILURE;

    if (d != NULL)
        puts("configuration OK");
    problems_print(&p, stderr);
    problems_free(&p);
    desk_free(d);
    return status;
}

/* Into the background: the parent waits on `ready` and ends as the child says. The child
 * keeps stderr for its log. */
static int
detach(void)
{
    int ready[2], null;
    char ok = 0;
    pid_t pid;

    if (pipe2(ready, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
        fprintf(stderr, "meterpostd: %s\n", strerror(errno));
        exit(EXIT_FAILURE);
    }
    if (pid != 0) {
        close(ready[1]);
        _exit(read(ready[0], &ok, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(ready[0]);
    setsid();
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null != -1) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        close(null);
    }
    return ready[1];
}

int
main(int argc, char **argv)
{
    struct options o = {.config = DEFAULT_CONFIG};
    int status = read_options(argc, argv, &o);
    static struct engine en;
    char path[PATH_MAX];
    int ready = -1;
    struct err e;

    if (status != -1)
        return status;
    if (o.check)
        return check(o.config);
    if (realpath(o.config, path) == NULL) {
        fprintf(stderr, "meterpostd: %s: %s\n", o.config, strerror(errno));
        return EXIT_FAILURE;
    }
    if (!o.foreground && getenv("NOTIFY_SOCKET") == NULL)
        ready = detach();
    if (!engine_open(&en, path, &e)) {
        log_error("engine", "%s", e.text);
        return EXIT_FAILURE;
    }
    if (o.verbose)
        log_set_level(LOG_LEVEL_DEBUG);
    if (ready != -1 && write(ready, "k", 1) == 1)
        close(ready);
    engine_run(&en);
    engine_close(&en);
    return EXIT_SUCCESS;
}

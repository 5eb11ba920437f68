#include "inner.h"
#include "meterpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define START_MS 20000 /* sanitizers on a busy machine */
#define STOP_MS  5000
#define ANSWER_S 20

/* The first line of the emulator's output must be "ready". */
static bool
wait_ready(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char line[16] = "";

    return poll(&p, 1, START_MS) == 1 && read(fd, line, sizeof(line) - 1) > 0 &&
           strcmp(line, "ready\n") == 0;
}

static bool
control_open(struct rig *r, struct err *e)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_sec = ANSWER_S};
    char path[RIG_PATH_MAX];

    if (!text_copy(at.sun_path, sizeof(at.sun_path), rig_path(r, "emulator.sock", path)))
        return err_set(e, FAIL_REJECT, "%s is too long for a socket", path);
    r->control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (r->control == -1 ||
        connect(r->control, (const struct sockaddr *)&at, sizeof(at)) == -1)
        return err_set(e, FAIL_FATAL, "%s: %s", path, strerror(errno));
    setsockopt(r->control, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    r->answers = fdopen(dup(r->control), "r");
    return r->answers != NULL || err_set(e, FAIL_FATAL, "fdopen: %s", strerror(errno));
}

static void
control_close(struct rig *r)
{
    if (r->answers != NULL)
        fclose(r->answers);
    if (r->control != -1)
        close(r->control);
    r->answers = NULL;
    r->control = -1;
}

bool
rig_emulator_start(struct rig *r, struct err *e)
{
    const char *argv[10 + 2 * RIG_MODEMS_MAX] = {
        BIN "/meterpost-emulator", "--dir", r->dir, "--village", r->village, "--seed"};
    char path[RIG_PATH_MAX], log[RIG_PATH_MAX], seed[16];
    size_t n = 6;
    int out[2], err;
    bool ready;

    snprintf(seed, sizeof(seed), "%u", r->seed);
    argv[n++] = seed;
    argv[n++] = "--control";
    argv[n++] = rig_path(r, "emulator.sock", path);
    for (size_t i = 0; i < RIG_MODEMS_MAX && r->modems[i] != NULL; i++) {
        argv[n++] = "--modem";
        argv[n++] = r->modems[i];
    }
    if (pipe2(out, O_CLOEXEC) == -1)
        return err_set(e, FAIL_FATAL, "pipe: %s", strerror(errno));
    err = open(rig_path(r, "emulator.log", log), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC,
               0600);
    r->emulator = process_start(argv, out[1], err);
    close(out[1]);
    close(err);
    ready = r->emulator > 0 && wait_ready(out[0]);
    close(out[0]);
    if (ready && control_open(r, e))
        return true;
    control_close(r);
    if (r->emulator > 0)
        process_kill(r->emulator);
    r->emulator = 0;
    return ready ? false
                 : err_set(e, FAIL_FATAL, "the emulator does not start: see %s", log);
}

bool
rig_emulator_stop(struct rig *r, struct err *e)
{
    int status;

    control_close(r);
    if (r->emulator <= 0)
        return err_set(e, FAIL_REJECT, "the emulator is not running");
    status = rig_stop(r->emulator, STOP_MS);
    r->emulator = 0;
    return status == 0 ||
           err_set(e, FAIL_FATAL, "the emulator ended with status %d: see %s/emulator.log",
                   status, r->dir);
}

/* Send one line, read one line. */
static json_t *
exchange(struct rig *r, const char *request, struct err *e)
{
    char *line = NULL;
    size_t size = 0;
    json_t *answer = NULL;

    if (r->answers == NULL)
        err_set(e, FAIL_REJECT, "the emulator is not running");
    else if (dprintf(r->control, "%s\n", request) < 0 ||
             getline(&line, &size, r->answers) <= 0)
        err_set(e, FAIL_FATAL, "the emulator does not answer: %s", strerror(errno));
    else if ((answer = json_loads(line, 0, NULL)) == NULL)
        err_set(e, FAIL_FATAL, "the emulator answers: %.200s", line);
    free(line);
    return answer;
}

json_t *
rig_ask(struct rig *r, struct err *e, const char *format, ...)
{
    json_error_t where;
    json_t *request, *answer;
    const char *error;
    char *line;
    va_list args;

    va_start(args, format);
    request = json_vpack_ex(&where, 0, format, args);
    va_end(args);
    if (request == NULL) {
        err_set(e, FAIL_REJECT, "json_pack: %s", where.text);
        return NULL;
    }
    line = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    answer = exchange(r, line, e);
    free(line);
    error = json_string_value(json_object_get(answer, "error"));
    if (error == NULL)
        return answer;
    err_set(e, FAIL_REJECT, "emulator: %s", error);
    json_decref(answer);
    return NULL;
}

bool
rig_fault(struct rig *r, const char *modem, const char *knob, int value, struct err *e)
{
    json_t *answer =
        rig_ask(r, e, "{s:s, s:s, s:i}", "do", "fault", "modem", modem, knob, value);

    json_decref(answer);
    return answer != NULL;
}

bool
rig_inject(struct rig *r, const char *from, const char *modem, const char *text,
           struct err *e)
{
    json_t *answer = rig_ask(r, e, "{s:s, s:s, s:s, s:s}", "do", "inject", "from", from,
                             "to", modem, "text", text);

    json_decref(answer);
    return answer != NULL;
}

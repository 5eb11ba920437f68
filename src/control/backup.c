/* backup.c - the job: pages between turns, then a child process, then the note. */
#include "meterpost/control/backup.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/backup.h"
#include "meterpost/store/fence.h"
#include "meterpost/store/schedule.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RETRY_S   HOUR_S /* after a copy that failed */
#define NICE      10     /* of the child: others first */
#define PLAN_NAME "backup"

struct backup_work {
    int64_t job;
    utc_t made_at;
    char part[BACKUP_PATH_MAX];
    struct backup *copy; /* NULL: it is whole */
    pid_t child;
    int pipe; /* from the child; -1: not started */
    char said[JOB_TEXT_MAX];
    size_t n_said;
};

/* ---- asking ---- */

static bool
running_backup(struct store *s, struct job *out, bool *found, struct err *e)
{
    *out = (struct job){0};
    do {
        if (!job_next_running(s, out->id, out, found, e))
            return false;
    } while (*found && strcmp(out->kind, BACKUP_JOB) != 0);
    return true;
}

bool
backup_ask(struct desk *d, const char *actor, int64_t *id, struct err *e)
{
    struct job job;
    bool found;

    if (!running_backup(d->store, &job, &found, e))
        return false;
    *id = job.id;
    return found || job_add(d->store, BACKUP_JOB, "{}", actor, d->now, id, e);
}

/* The next time of the day after `after`. */
static utc_t
next_time(const struct conf *conf, utc_t after)
{
    utc_t at = clock_day_start(after, 0) + conf->backup.at_min * MINUTE_S;

    return at > after ? at : clock_day_start(after, 1) + conf->backup.at_min * MINUTE_S;
}

bool
backup_plan(struct desk *d, int *done, struct err *e)
{
    struct schedule p;
    bool found;
    int64_t id;

    if (d->conf->backup.days == 0)
        return true;
    if (!schedule_get(d->store, PLAN_NAME, &p, &found, e))
        return false;
    if (found && p.next_at > d->now && p.next_at <= d->now + 2 * DAY_S)
        return true;
    if (found && p.next_at <= d->now) {
        ++*done;
        if (!backup_ask(d, "schedule", &id, e))
            return false;
    }
    p.next_at = next_time(d->conf, d->now);
    return schedule_put(d->store, &p, e);
}

/* ---- the child ---- */

static void
child_run(const struct conf *conf, const struct backup_work *w, int to)
{
    json_t *result = json_object();
    struct err e;
    char *text;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpriority(PRIO_PROCESS, 0, NICE);
    umask(0077);
    if (!backup_keep(conf, w->part, w->made_at, result, &e)) {
        json_decref(result);
        result = json_pack("{s:s}", "failed", e.text);
    }
    text = json_dumps(result, JSON_COMPACT);
    _exit(text == NULL || write(to, text, strlen(text)) < 0);
}

static bool
child_start(const struct conf *conf, struct backup_work *w, struct err *e)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) == -1)
        return err_set(e, FAIL_RETRY, "pipe: %s", strerror(errno));
    fflush(NULL);
    w->child = fork();
    if (w->child == 0)
        child_run(conf, w, ends[1]);
    close(ends[1]);
    w->pipe = ends[0];
    fcntl(w->pipe, F_SETFL, O_NONBLOCK);
    return w->child > 0 || err_set(e, FAIL_RETRY, "fork: %s", strerror(errno));
}

/* What the child says; *over at its end. */
static void
child_hear(struct backup_work *w, int budget_ms, bool *over)
{
    struct pollfd p = {.fd = w->pipe, .events = POLLIN};
    ssize_t n;

    *over = false;
    if (poll(&p, 1, budget_ms) <= 0)
        return;
    while ((n = read(w->pipe, w->said + w->n_said, sizeof(w->said) - 1 - w->n_said)) > 0)
        w->n_said += (size_t)n;
    *over = n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR);
}

/* ---- the work ---- */

static bool
work_begin(struct desk *d, const struct job *job, struct backup_work **out, struct err *e)
{
    char folder[BACKUP_PATH_MAX];
    struct backup_work *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    w->job = job->id;
    w->made_at = d->now;
    w->pipe = -1;
    *out = w;
    if (mkdir(backup_folder(d->conf, folder), 0700) == -1 && errno != EEXIST)
        return err_set(e, FAIL_RETRY, "%s: %s", folder, strerror(errno));
    snprintf(w->part, sizeof(w->part), "%.500s/meterpost.part", folder);
    return fence_note(d->store, d->conf->database, e) &&
           backup_open(d->store, w->part, &w->copy, e);
}

void
backup_work_end(struct backup_work *w)
{
    if (w == NULL)
        return;
    if (w->copy != NULL) {
        backup_close(w->copy);
        unlink(w->part);
    }
    if (w->pipe != -1) {
        kill(w->child, SIGKILL);
        waitpid(w->child, NULL, 0); /* unless it was reaped already */
        close(w->pipe);
    }
    free(w);
}

/* People are told of a copy that fails, and when it is well again. */
static bool
tell(struct desk *d, const struct job *job, struct err *e)
{
    char text[200];
    struct alarm_new a = {.kind = "backup", .subject = "", .text = text};

    if (job->state == JOB_DONE)
        return alarm_clear(d->store, "backup", "", d->now, e);
    if (job->state != JOB_FAILED)
        return true;
    snprintf(text, sizeof(text), "no backup: %.150s", job->error);
    return alarm_raise(d->store, d->conf, &a, d->now, NULL, e);
}

/* The job's row: how far it is, or what came of it. */
static bool
save(struct desk *d, struct job *job, struct err *e)
{
    if (!store_begin(d->store, e))
        return false;
    if (job_save(d->store, job, d->now, e) && tell(d, job, e) &&
        (job->state != JOB_DONE || audit_add(d->store, d->now, job->actor, "engine",
                                             "backup", job->actor, job->result, e)))
        return store_commit(d->store, e);
    store_rollback(d->store);
    return false;
}

static bool
failed(struct desk *d, struct backup_work **w, struct job *job, const char *why,
       struct err *e)
{
    struct schedule p;
    bool found;

    log_error("backup", "%s", why);
    backup_work_end(*w);
    *w = NULL;
    job->state = JOB_FAILED;
    text_clip(job->error, sizeof(job->error), why);
    if (!save(d, job, e) || !schedule_get(d->store, PLAN_NAME, &p, &found, e))
        return false;
    if (!found || p.next_at < d->now + RETRY_S)
        return true;
    p.next_at = d->now + RETRY_S;
    if (!store_begin(d->store, e))
        return false;
    if (schedule_put(d->store, &p, e))
        return store_commit(d->store, e);
    store_rollback(d->store);
    return false;
}

static bool
copy_more(struct desk *d, struct backup_work *w, struct job *job, int budget_ms,
          struct err *e)
{
    bool over;

    if (!backup_step(w->copy, budget_ms, &over, &job->done, &job->total, e))
        return false;
    if (!over)
        return true;
    backup_close(w->copy);
    w->copy = NULL;
    return child_start(d->conf, w, e);
}

static bool
hear(struct desk *d, struct backup_work **w, struct job *job, bool *waits, int budget_ms,
     struct err *e)
{
    const char *why;
    json_t *result;
    bool over, good;

    child_hear(*w, budget_ms, &over);
    *waits = !over;
    if (!over)
        return true;
    (*w)->said[(*w)->n_said] = '\0';
    result = json_loads((*w)->said, 0, NULL);
    why = json_string_value(json_object_get(result, "failed"));
    if (result == NULL)
        why = "the process that tries the copy out was ended";
    if (why != NULL) {
        good = failed(d, w, job, why, e);
        json_decref(result);
        return good;
    }
    if (json_object_get(result, "also_failed") != NULL)
        log_error("backup", "the second folder: %s",
                  json_string_value(json_object_get(result, "also_failed")));
    json_decref(result);
    job->state = JOB_DONE;
    text_clip(job->result, sizeof(job->result), (*w)->said);
    backup_work_end(*w);
    *w = NULL;
    return save(d, job, e);
}

bool
backup_work(struct desk *d, struct backup_work **w, int budget_ms, bool *waits,
            struct err *e)
{
    struct job job;
    struct err why;
    bool found, good;

    *waits = false;
    if (!running_backup(d->store, &job, &found, e))
        return false;
    if (!found || (*w != NULL && (*w)->job != job.id)) {
        backup_work_end(*w);
        *w = NULL;
        return true;
    }
    if (*w == NULL)
        good = work_begin(d, &job, w, &why);
    else if ((*w)->copy != NULL)
        good = copy_more(d, *w, &job, budget_ms, &why);
    else
        return hear(d, w, &job, waits, budget_ms, e);
    if (!good)
        return failed(d, w, &job, why.text, e);
    return save(d, &job, e);
}

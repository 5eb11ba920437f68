/* report_plan.c - reports that the settings plan: pages into a folder, a digest by SMS. */
#include "meterpost/base/log.h"
#include "meterpost/control/report.h"
#include "meterpost/metering/round.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/schedule.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NICE      10
#define PATH_SIZE 700

static bool
write_file(const char *path, const char *text, struct err *e)
{
    char fresh[PATH_SIZE + 8];
    FILE *f;
    bool good;

    snprintf(fresh, sizeof(fresh), "%s.new", path);
    if ((f = fopen(fresh, "we")) == NULL)
        return err_set(e, FAIL_RETRY, "%s: %s", fresh, strerror(errno));
    good = fputs(text, f) >= 0 && fflush(f) == 0 && fsync(fileno(f)) == 0;
    good = fclose(f) == 0 && good && rename(fresh, path) == 0;
    return good || err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
}

/* "daily-2026-11-22.html" and ".json", through a connection of our own. */
static bool
write_report(const struct conf *conf, const struct conf_report *plan, utc_t from, utc_t to,
             struct err *e)
{
    struct desk d = {.conf = (struct conf *)(uintptr_t)conf, .now = to};
    const struct report *r = report_find(plan->name);
    char path[PATH_SIZE], day[TIME_TEXT_MAX], *page = NULL, *json = NULL;
    json_t *built;
    bool good;

    if (!store_open(conf->database, STORE_READ, &d.store, e))
        return false;
    built = report_build(&d, r, from, to, e);
    good = built != NULL && (page = report_html(&d, r, built, e)) != NULL;
    snprintf(path, sizeof(path), "%s/%s-%s.html", plan->folder, r->name,
             clock_date(from, day));
    good = good && write_file(path, page, e);
    snprintf(path, sizeof(path), "%s/%s-%s.json", plan->folder, r->name, day);
    json = good ? json_dumps(built, JSON_INDENT(2)) : NULL;
    good = good && json != NULL && write_file(path, json, e);
    free(json);
    free(page);
    json_decref(built);
    store_close(d.store);
    return good;
}

/* The engine goes on meanwhile. */
static void
write_apart(const struct conf *conf, const struct conf_report *plan, utc_t from, utc_t to)
{
    struct err e;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == -1)
        log_error("report", "%s: %s", plan->name, strerror(errno));
    if (child != 0)
        return; /* SIGCHLD of the engine takes its end */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpriority(PRIO_PROCESS, 0, NICE);
    umask(0027);
    if (!write_report(conf, plan, from, to, &e))
        log_error("report", "%s: %s", plan->name, e.text);
    _exit(0);
}

static bool
send_digest(struct desk *d, const struct conf_report *plan, utc_t at, struct err *e)
{
    char text[400], key[80], day[TIME_TEXT_MAX];

    if (plan->n_sms == 0)
        return true;
    if (!report_digest(d, at, text, sizeof(text), e))
        return false;
    for (int i = 0; i < plan->n_sms; i++) {
        struct outbox_new m = {
            .key = key, .kind = OUT_NOTICE, .number = plan->sms[i], .text = text};

        snprintf(key, sizeof(key), "report %.20s %.10s %.20s", plan->name,
                 clock_date(at, day), plan->sms[i]);
        if (!outbox_add(d->store, &m, d->now, NULL, e))
            return false;
    }
    return true;
}

static bool
run_plan(struct desk *d, const struct conf_report *plan, utc_t at, struct err *e)
{
    const struct report *r = report_find(plan->name);
    utc_t to =
        plan->every == CONF_EVERY_MONTH ? clock_month_start(at, 0) : clock_day_start(at, 0);
    utc_t from;

    if (r == NULL) {
        log_error("report", "there is no report '%s'", plan->name);
        return true;
    }
    from = plan->every == CONF_EVERY_MONTH  ? clock_month_start(at, -1)
           : plan->every == CONF_EVERY_WEEK ? clock_day_start(at, -7)
                                            : clock_day_start(at, -1);
    if (plan->folder[0] != '\0')
        write_apart(d->conf, plan, from, to);
    log_info("report", "%s is due", plan->name);
    return send_digest(d, plan, at, e);
}

static bool
look_at(struct desk *d, const struct conf_report *plan, int *done, struct err *e)
{
    struct conf_round when = {
        .every = plan->every, .day = plan->day, .at_min = plan->at_min};
    char name[60], spec[SCHEDULE_SPEC_MAX];
    struct schedule p;
    bool found;

    snprintf(name, sizeof(name), "report %.30s", plan->name);
    snprintf(spec, sizeof(spec), "%d %d %d", (int)plan->every, plan->day, plan->at_min);
    if (!schedule_get(d->store, name, &p, &found, e))
        return false;
    if (found && strcmp(p.spec, spec) == 0 && p.next_at > d->now)
        return true;
    if (found && strcmp(p.spec, spec) == 0) {
        ++*done;
        if (!run_plan(d, plan, p.next_at, e))
            return false;
    }
    snprintf(p.spec, sizeof(p.spec), "%s", spec);
    p.next_at = round_next_at(d->conf, &when, d->now);
    return schedule_put(d->store, &p, e);
}

bool
report_plan(struct desk *d, int *done, struct err *e)
{
    for (int i = 0; i < d->conf->n_reports; i++) {
        if (!look_at(d, &d->conf->reports[i], done, e))
            return false;
    }
    return true;
}

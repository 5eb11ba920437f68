/* job.c - long work, by kind: a table of functions that each do a bounded slice. */
#include "meterpost/base/text.h"
#include "meterpost/billing/charge.h"
#include "meterpost/billing/chase.h"
#include "meterpost/billing/prepaid.h"
#include "meterpost/billing/run.h"
#include "meterpost/control/backup.h"
#include "verbs.h"

#include <string.h>

#define JOB_SLICE_MS 50

static const struct kind {
    const char *name;
    slice_run *run;
} kinds[] = {
    {BILLING_JOB, job_bill_slice},      {CHASE_JOB, job_arrears_slice},
    {LATE_FEE_JOB, job_late_fee_slice}, {PREPAID_JOB, job_prepaid_slice},
    {PAY_FILE_JOB, job_pay_file_slice},
};

static bool
run_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, job->kind) == 0)
            return kinds[i].run(d, job, budget_ms, e);
    }
    return err_set(e, FAIL_REJECT, "this program knows no work of kind '%s'", job->kind);
}

/* One slice in a transaction of its own. */
static bool
commit_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    if (!store_begin(d->store, e))
        return false;
    if (run_slice(d, job, budget_ms, e) && job_save(d->store, job, d->now, e))
        return store_commit(d->store, e);
    store_rollback(d->store);
    return false;
}

static bool
commit_end(struct desk *d, struct job *job, enum job_state state, struct err *e)
{
    job->state = state;
    if (!store_begin(d->store, e))
        return false;
    if (job_save(d->store, job, d->now, e))
        return store_commit(d->store, e);
    store_rollback(d->store);
    return false;
}

bool
control_job_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    struct job before = *job;

    if (commit_slice(d, job, budget_ms, e))
        return true;
    *job = before; /* the slice is undone whole */
    if (e->kind == FAIL_RETRY)
        return false;
    job->careful = true;
    if (commit_slice(d, job, budget_ms, e)) {
        job->careful = false;
        return true;
    }
    *job = before;
    if (e->kind == FAIL_RETRY)
        return false;
    text_clip(job->error, sizeof(job->error), e->text);
    return commit_end(d, job, JOB_FAILED, e);
}

/* A backup works between transactions, all else in one of its own. */
static bool
advance(struct desk *d, struct job *job, struct backup_work **w, struct err *e)
{
    bool waits, found;

    if (strcmp(job->kind, BACKUP_JOB) != 0)
        return control_job_slice(d, job, JOB_SLICE_MS, e);
    return backup_work(d, w, JOB_SLICE_MS, &waits, e) &&
           job_get(d->store, job->id, job, &found, e);
}

bool
control_job_answer(const struct job *job, json_t *answer, struct err *e)
{
    json_t *result;

    if (job->state == JOB_FAILED)
        return err_set(e, FAIL_REJECT, "%s", job->error);
    result = json_loads(job->result, 0, NULL);
    if (json_is_object(result))
        json_object_update(answer, result);
    json_decref(result);
    if (job->state == JOB_CANCELLED)
        json_object_set_new(answer, "outcome", json_string("part"));
    return true;
}

bool
control_job_run(struct desk *d, int64_t id, const volatile sig_atomic_t *stop,
                control_progress *progress, void *context, json_t *answer, struct err *e)
{
    struct backup_work *work = NULL;
    struct job job;
    bool found, good = true;

    if (!job_get(d->store, id, &job, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no job %lld", (long long)id);
    while (good && job.state == JOB_RUNNING) {
        good = *stop ? commit_end(d, &job, JOB_CANCELLED, e) : advance(d, &job, &work, e);
        if (good && progress != NULL)
            progress(job.done, job.total, job.kind, context);
    }
    backup_work_end(work);
    return good && control_job_answer(&job, answer, e);
}

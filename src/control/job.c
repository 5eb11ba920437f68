/* job.c - long work, by kind: a table of functions that each do a bounded slice. */
#include "meterpost/control/verb.h"

#include "meterpost/base/text.h"

#include <string.h>

typedef bool slice_run(struct desk *d, struct job *job, int budget_ms, struct err *e);

static const struct kind {
    const char *name;
    slice_run *run;
} kinds[] = {
    {NULL, NULL},
};

static bool
run_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    for (const struct kind *k = kinds; k->name != NULL; k++) {
        if (strcmp(k->name, job->kind) == 0)
            return k->run(d, job, budget_ms, e);
    }
    return err_set(e, FAIL_REJECT, "this program knows no work of kind '%s'", job->kind);
}

bool
control_job_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    if (!run_slice(d, job, budget_ms, e)) {
        if (e->kind == FAIL_RETRY)
            return false;
        job->state = JOB_FAILED;
        text_clip(job->error, sizeof(job->error), e->text);
    }
    return job_save(d->store, job, d->now, e);
}

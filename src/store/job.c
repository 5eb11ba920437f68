#include "meterpost/store/job.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "id, kind, arguments, state, cursor, done, total, result, error, actor, created_at,"   \
    " finished_at"

static const char *const names[] = {
    [JOB_RUNNING] = "running",
    [JOB_DONE] = "done",
    [JOB_FAILED] = "failed",
    [JOB_CANCELLED] = "cancelled",
};

static void
copy_row(struct stmt *q, struct job *out)
{
    *out = (struct job){.id = stmt_col_int(q, 0),
                        .cursor = stmt_col_int(q, 4),
                        .done = stmt_col_int(q, 5),
                        .total = stmt_col_int(q, 6),
                        .created_at = stmt_col_int(q, 10),
                        .finished_at = stmt_col_int(q, 11)};
    stmt_col_text(q, 1, out->kind, sizeof(out->kind));
    stmt_col_text(q, 2, out->arguments, sizeof(out->arguments));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(stmt_col_peek(q, 3), names[i]) == 0)
            out->state = (enum job_state)i;
    }
    stmt_col_text(q, 7, out->result, sizeof(out->result));
    stmt_col_text(q, 8, out->error, sizeof(out->error));
    stmt_col_text(q, 9, out->actor, sizeof(out->actor));
}

static bool
one_row(struct stmt *q, struct job *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_row(q, out);
        stmt_done(q);
    }
    return true;
}

bool
job_add(struct store *s, const char *kind, const char *arguments, const char *actor,
        utc_t now, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO job (kind, arguments, state, actor, created_at)"
                              " VALUES ($1, $2, 'running', $3, $4)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, kind);
    stmt_text(q, 2, arguments);
    stmt_text(q, 3, actor);
    stmt_int(q, 4, now);
    return stmt_insert(q, id, NULL, e);
}

bool
job_get(struct store *s, int64_t id, struct job *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM job WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_row(q, out, found, e);
}

bool
job_next_running(struct store *s, int64_t after, struct job *out, bool *found,
                 struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM job WHERE state = 'running'"
                              " AND id > $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    return one_row(q, out, found, e);
}

bool
job_save(struct store *s, const struct job *job, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE job SET cursor = $2, done = $3, total = $4,"
                              " state = $5, result = $6, error = $7, finished_at = $8"
                              " WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, job->id);
    stmt_int(q, 2, job->cursor);
    stmt_int(q, 3, job->done);
    stmt_int(q, 4, job->total);
    stmt_text(q, 5, names[job->state]);
    stmt_text_or_null(q, 6, job->result);
    stmt_text_or_null(q, 7, job->error);
    stmt_int_or_null(q, 8, job->state == JOB_RUNNING ? 0 : now);
    return stmt_run(q, e);
}

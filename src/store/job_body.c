/* job_body.c - a text that is longer than a job's row may be, in parts. */
#include "meterpost/store/job.h"

#include "stmt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART_MAX (1024 * 1024)

static bool
add_part(struct store *s, int64_t id, int64_t part, const char *body, struct err *e)
{
    static const char sql[] =
        "INSERT INTO job_body (job_id, part, body) VALUES ($1, $2, $3)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, part);
    stmt_text(q, 3, body);
    return stmt_run(q, e);
}

/* The bytes of a part: no more than PART_MAX, and no character cut. */
static size_t
part_of(const char *text)
{
    size_t n = strnlen(text, PART_MAX);

    while (n == PART_MAX && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    return n;
}

/* Of jobs that failed nobody dropped it. */
static bool
drop_ended(struct store *s, struct err *e)
{
    static const char sql[] = "DELETE FROM job_body WHERE NOT EXISTS (SELECT 1 FROM job j"
                              " WHERE j.id = job_body.job_id AND j.state = 'running')";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && stmt_run(q, e);
}

bool
job_body_put(struct store *s, int64_t id, const char *text, struct err *e)
{
    char *part = malloc(PART_MAX + 1);
    bool good = part != NULL || err_set(e, FAIL_RETRY, "out of memory");

    good = good && drop_ended(s, e);
    for (int64_t i = 0; good && *text != '\0'; i++) {
        size_t n = part_of(text);

        memcpy(part, text, n);
        part[n] = '\0';
        good = add_part(s, id, i, part, e);
        text += n;
    }
    free(part);
    return good;
}

bool
job_body_get(struct store *s, int64_t id, char **text, struct err *e)
{
    static const char sql[] = "SELECT body FROM job_body WHERE job_id = $1 ORDER BY part";
    struct stmt *q = stmt_get(s, sql, e);
    size_t size;
    FILE *out;
    bool row, good;

    *text = NULL;
    if ((out = open_memstream(text, &size)) == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    stmt_int(q, 1, id);
    while ((good = stmt_step(q, &row, e)) && row)
        fputs(stmt_col_peek(q, 0), out);
    if (fclose(out) != 0)
        good = err_set(e, FAIL_RETRY, "out of memory");
    if (!good) {
        free(*text);
        *text = NULL;
    }
    return good;
}

bool
job_body_drop(struct store *s, int64_t id, struct err *e)
{
    static const char sql[] = "DELETE FROM job_body WHERE job_id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return stmt_run(q, e);
}

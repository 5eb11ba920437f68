#include "meterpost/store/fence.h"

#include "meterpost/base/text.h"
#include "stmt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HELD      "held: this database was restored, it may have gone out before"
#define PATH_SIZE 600

struct seen {
    char uuid[40], machine[40];
    int64_t starts, audit;
};

bool
fence_get(struct store *s, struct fence *out, struct err *e)
{
    static const char sql[] = "SELECT fence, fence_at FROM identity WHERE id = 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *out = (struct fence){0};
    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    out->up = !stmt_col_null(q, 0);
    stmt_col_text(q, 0, out->reason, sizeof(out->reason));
    out->since = stmt_col_int(q, 1);
    stmt_done(q);
    return true;
}

/* What was queued then was, for all we know, sent since. */
static bool
hold_messages(struct store *s, int64_t *held, struct err *e)
{
    static const char sql[] = "UPDATE outbox SET state = 'cancelled', error = '" HELD "'"
                              " WHERE state IN ('queued', 'sending', 'in_doubt')";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL || !stmt_run(q, e))
        return false;
    *held = store_changes(s);
    return true;
}

/* What was decided then may have been done, or paid, since: it must be proposed again. */
static bool
drop_cuts(struct store *s, utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE relay_order SET state = 'cancelled', finished_at = $1,"
        " note = 'this database was restored: propose it again'"
        " WHERE action = 'cut' AND finished_at IS NULL"
        " AND state IN ('proposed', 'approved', 'queued')";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, now);
    return stmt_run(q, e);
}

/* What was used since is not known any more: codes of the time before are void, and what is
 * left of the sheets. */
static bool
void_codes(struct store *s, utc_t now, struct err *e)
{
    static const char people[] = "UPDATE staff SET codes_from = $1";
    static const char sheets[] = "UPDATE staff_code SET used_at = $1 WHERE used_at IS NULL";
    static const char waits[] = "UPDATE staff_request SET state = 'dead', ended_at = $1"
                                " WHERE state = 'waiting'";

    return stmt_run_with(s, people, now, 0, 0, e) &&
           stmt_run_with(s, sheets, now, 0, 0, e) && stmt_run_with(s, waits, now, 0, 0, e);
}

bool
fence_raise(struct store *s, const char *reason, utc_t now, int64_t *held, struct err *e)
{
    static const char sql[] = "UPDATE identity SET fence = $1, fence_at = $2"
                              " WHERE id = 1 AND fence IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    *held = 0;
    stmt_text(q, 1, reason);
    stmt_int(q, 2, now);
    return stmt_run(q, e) &&
           (store_changes(s) == 0 ||
            (hold_messages(s, held, e) && drop_cuts(s, now, e) && void_codes(s, now, e)));
}

static bool
queue_again(struct store *s, utc_t now, int64_t *sent, struct err *e)
{
    static const char sql[] =
        "UPDATE outbox SET state = 'queued', error = NULL, next_at = $1,"
        " repeated = repeated + 1 WHERE state = 'cancelled' AND error = '" HELD "'"
        " AND expires_at > $1 AND kind IN ('answer', 'receipt', 'reply', 'notice', 'bill')";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, now);
    if (!stmt_run(q, e))
        return false;
    *sent = store_changes(s);
    return true;
}

bool
fence_release(struct store *s, bool send, utc_t now, int64_t *sent, struct err *e)
{
    static const char sql[] = "UPDATE identity SET fence = NULL, fence_at = NULL"
                              " WHERE id = 1 AND fence IS NOT NULL";
    struct stmt *q = stmt_get(s, sql, e);

    *sent = 0;
    if (q == NULL || !stmt_run(q, e))
        return false;
    if (store_changes(s) == 0)
        return err_set(e, FAIL_REJECT, "the fence is not up: nothing is held");
    return !send || queue_again(s, now, sent, e);
}

/* ---- what this machine has seen ---- */

static void
read_machine(char out[40])
{
    FILE *f = fopen("/etc/machine-id", "re");

    out[0] = '-';
    out[1] = '\0';
    if (f == NULL)
        return;
    if (fscanf(f, "%39s", out) != 1)
        snprintf(out, 40, "-");
    fclose(f);
}

static bool
seen_now(struct store *s, struct seen *out, struct err *e)
{
    static const char sql[] = "SELECT uuid, starts,"
                              " (SELECT coalesce(max(id), 0) FROM audit)"
                              " FROM identity WHERE id = 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *out = (struct seen){0};
    read_machine(out->machine);
    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    stmt_col_text(q, 0, out->uuid, sizeof(out->uuid));
    out->starts = stmt_col_int(q, 1);
    out->audit = stmt_col_int(q, 2);
    stmt_done(q);
    return true;
}

static bool
seen_read(const char *database, struct seen *out)
{
    char path[PATH_SIZE];
    FILE *f;
    int n;

    snprintf(path, sizeof(path), "%s.seen", database);
    *out = (struct seen){0};
    if ((f = fopen(path, "re")) == NULL)
        return false;
    n = fscanf(f, "%39s %39s %" SCNd64 " %" SCNd64, out->uuid, out->machine, &out->starts,
               &out->audit);
    fclose(f);
    return n == 4;
}

/* A new file in the place of the old one: after a power cut there is one of the two. */
static bool
seen_write(const char *database, const struct seen *seen, struct err *e)
{
    char path[PATH_SIZE], fresh[PATH_SIZE];
    FILE *f;
    bool good;

    snprintf(path, sizeof(path), "%s.seen", database);
    snprintf(fresh, sizeof(fresh), "%s.seen.new", database);
    if ((f = fopen(fresh, "we")) == NULL)
        return err_set(e, FAIL_RETRY, "%s: %s", fresh, strerror(errno));
    good = fprintf(f, "%s %s %" PRId64 " %" PRId64 "\n", seen->uuid, seen->machine,
                   seen->starts, seen->audit) > 0 &&
           fflush(f) == 0 && fsync(fileno(f)) == 0;
    good = fclose(f) == 0 && good;
    return (good && rename(fresh, path) == 0) ||
           err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
}

/* Why this is not the database that this machine worked with; NULL: it is. */
static const char *
doubt(const struct seen *was, bool known, const struct seen *is)
{
    if (!known)
        return is->starts == 0 ? NULL
                               : "this machine has not worked with this database before";
    if (strcmp(was->uuid, is->uuid) != 0)
        return "another database lay here before";
    if (strcmp(was->machine, is->machine) != 0)
        return "the database comes from another machine";
    if (is->starts < was->starts || is->audit < was->audit)
        return "the database is older than what this machine has seen of it";
    return NULL;
}

static bool
count_start(struct store *s, struct err *e)
{
    static const char sql[] = "UPDATE identity SET starts = starts + 1 WHERE id = 1";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && stmt_run(q, e);
}

bool
fence_start(struct store *s, const char *database, utc_t now, struct fence *out,
            struct err *e)
{
    struct seen was, is;
    bool known = seen_read(database, &was);
    const char *why;
    int64_t held;

    if (!seen_now(s, &is, e) || !store_begin(s, e))
        return false;
    why = doubt(&was, known, &is);
    if ((why != NULL && !fence_raise(s, why, now, &held, e)) || !count_start(s, e) ||
        !fence_get(s, out, e)) {
        store_rollback(s);
        return false;
    }
    return store_commit(s, e) && fence_note(s, database, e);
}

bool
fence_note(struct store *s, const char *database, struct err *e)
{
    struct seen now;

    return seen_now(s, &now, e) && seen_write(database, &now, e);
}

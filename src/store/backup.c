#include "meterpost/store/backup.h"

#include "store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGES_A_STEP 64 /* 256 KiB: a few milliseconds on a slow card */

struct backup {
    struct store *from;
    sqlite3 *to;
    sqlite3_backup *copy;
    char path[512];
};

static bool
copy_failed(struct backup *b, int code, struct err *e)
{
    err_set(e, FAIL_RETRY, "copy of the database to %s: %s", b->path,
            code == SQLITE_OK ? sqlite3_errmsg(b->to) : sqlite3_errstr(code));
    return false;
}

bool
backup_open(struct store *s, const char *path, struct backup **out, struct err *e)
{
    struct backup *b = calloc(1, sizeof(*b));

    if (b == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    b->from = s;
    snprintf(b->path, sizeof(b->path), "%s", path);
    if (unlink(path) == -1 && errno != ENOENT) {
        err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
        backup_close(b);
        return false;
    }
    if (sqlite3_open_v2(path, &b->to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
            SQLITE_OK ||
        (b->copy = sqlite3_backup_init(b->to, "main", s->db, "main")) == NULL) {
        copy_failed(b, SQLITE_OK, e);
        backup_close(b);
        return false;
    }
    *out = b;
    return true;
}

/* The copy as one file that needs no other beside it, and on the disk. */
static bool
finish(struct backup *b, struct err *e)
{
    int code = sqlite3_backup_finish(b->copy);

    b->copy = NULL;
    if (code == SQLITE_OK)
        code = sqlite3_exec(b->to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    return code == SQLITE_OK || copy_failed(b, code, e);
}

bool
backup_step(struct backup *b, int budget_ms, bool *over, int64_t *done, int64_t *total,
            struct err *e)
{
    int64_t until = clock_mono_ms() + budget_ms;
    int code;

    *over = false;
    do
        code = sqlite3_backup_step(b->copy, budget_ms < 0 ? -1 : PAGES_A_STEP);
    while (code == SQLITE_OK && clock_mono_ms() < until);
    *total = sqlite3_backup_pagecount(b->copy);
    *done = *total - sqlite3_backup_remaining(b->copy);
    if (code == SQLITE_DONE) {
        *over = true;
        return finish(b, e);
    }
    if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return true;
    return copy_failed(b, code, e);
}

void
backup_close(struct backup *b)
{
    if (b == NULL)
        return;
    if (b->copy != NULL)
        sqlite3_backup_finish(b->copy);
    sqlite3_close(b->to);
    free(b);
}

bool
store_totals(struct store *s, struct store_totals *out, struct err *e)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM meter),"
        " (SELECT count(*) FROM reading), (SELECT count(*) FROM bill),"
        " (SELECT count(*) FROM payment),"
        " (SELECT count(*) FROM inbox) + (SELECT count(*) FROM outbox),"
        " (SELECT count(*) FROM audit), (SELECT count(*) FROM ledger_entry),"
        " (SELECT coalesce(sum(total_minor), 0) FROM bill),"
        " (SELECT coalesce(sum(amount_minor), 0) FROM payment),"
        " (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e"
        "  JOIN ledger_account d ON d.id = e.debit_id WHERE d.account_id IS NOT NULL)"
        " - (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e"
        "  JOIN ledger_account c ON c.id = e.credit_id WHERE c.account_id IS NOT NULL)";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;
    int64_t *fields[] = {&out->accounts,   &out->meters,    &out->readings,
                         &out->bills,      &out->payments,  &out->messages,
                         &out->audit_rows, &out->entries,   &out->billed_minor,
                         &out->paid_minor, &out->owed_minor};

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    for (int i = 0; i < (int)(sizeof(fields) / sizeof(fields[0])); i++)
        *fields[i] = stmt_col_int(q, i);
    stmt_done(q);
    return true;
}

/* verb_pay_import.c - a statement of a bank or a mobile-money service: refused whole before
 * anything is booked, or booked whole. */
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/statement.h"
#include "meterpost/store/audit.h"
#include "verb_books.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 1000 /* entries; more are a job */

struct request {
    const char *file, *text, *format, *map, *channel;
    bool accept_gap;
};

static bool
read_request(const json_t *arguments, struct request *r, struct err *e)
{
    r->accept_gap = json_is_true(json_object_get(arguments, "accept_gap"));
    return argument_text_or(arguments, "file", "file", &r->file, e) &&
           argument_text_or(arguments, "text", NULL, &r->text, e) &&
           argument_text_or(arguments, "format", "", &r->format, e) &&
           argument_text_or(arguments, "map", NULL, &r->map, e) &&
           argument_text_or(arguments, "channel", NULL, &r->channel, e);
}

static bool
form_of(const struct request *r, enum statement_form *out, struct err *e)
{
    static const char *const forms[] = {[STATEMENT_MT940] = "mt940",
                                        [STATEMENT_CAMT053] = "camt053",
                                        [STATEMENT_CSV] = "csv"};

    *out = r->map != NULL ? STATEMENT_CSV : statement_form_of(r->text);
    if (*r->format == '\0')
        return true;
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(forms[i], r->format) == 0) {
            *out = (enum statement_form)i;
            return true;
        }
    }
    return err_set(e, FAIL_REJECT, "--format is mt940, camt053 or csv, not '%.40s'",
                   r->format);
}

/* False with what is wrong in *p, or in *e when nothing could be read at all. */
static bool
read_file(struct desk *d, struct request *r, struct statements *out, struct problems *p,
          struct err *e)
{
    const struct notice_columns *c;
    enum statement_form form;
    const char *bank = r->channel == NULL ? "bank" : r->channel;

    if (!form_of(r, &form, e))
        return false;
    switch (form) {
    case STATEMENT_MT940:
        r->channel = bank;
        return statement_read_mt940(r->file, r->text, d->conf->decimals, out, p);
    case STATEMENT_CAMT053:
        r->channel = bank;
        return statement_read_camt(r->file, r->text, d->conf->decimals, out, p);
    case STATEMENT_CSV: break;
    }
    if ((c = notices_columns(d->notices, r->map, r->text)) == NULL)
        return err_set(e, FAIL_REJECT,
                       r->map != NULL ? "no file of conf/payments with columns is called "
                                        "'%.60s': the name is its line `payments:`"
                                      : "no file of conf/payments has the columns of "
                                        "'%.60s': write one, or name it with --map",
                       r->map != NULL ? r->map : r->file);
    if (r->channel == NULL)
        r->channel = c->channel;
    return statement_read_csv(r->file, r->text, d->conf->decimals, c, out, p);
}

static json_t *
booked_json(struct desk *d, const struct request *r, const struct statement_booked *b)
{
    json_t *o = json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "file", r->file, "channel", r->channel,
        "entries", (json_int_t)b->entries, "matched", (json_int_t)b->matched, "suspense",
        (json_int_t)b->suspense, "existing", (json_int_t)b->existing, "paid_out",
        (json_int_t)b->out, "refused", (json_int_t)b->refused);

    books_set_money(d, o, "total", b->total);
    return o;
}

static bool
note_booked(struct desk *d, const char *actor, const struct request *r,
            const struct statement_booked *b, struct err *e)
{
    char detail[200];

    snprintf(detail, sizeof(detail), "%lld booked, %lld in suspense, from %.100s",
             (long long)b->matched + b->suspense, (long long)b->suspense, r->file);
    return audit_add(d->store, d->now, actor, "cli", "pay.import", r->channel, detail, e);
}

static struct statement_order
order_of(struct desk *d, const char *actor, const struct request *r)
{
    return (struct statement_order){r->file, r->channel, actor, r->accept_gap,
                                    d->templates};
}

/* ---- a small file: at once ---- */

static bool
book_now(struct desk *d, const char *actor, const struct request *r,
         const struct statements *list, json_t *answer, struct err *e)
{
    struct statement_order o = order_of(d, actor, r);
    struct statement_booked booked = {0};
    json_t *result;
    size_t at = 0;

    if (!statements_book_some(d->store, d->conf, &o, list, d->now, 0, &at, &booked, e))
        return false;
    result = booked_json(d, r, &booked);
    json_object_update(answer, result);
    json_decref(result);
    return note_booked(d, actor, r, &booked, e);
}

/* ---- a large one: as a job, a slice at a time ---- */

/* The file of the job at hand, read once; after a restart it is read again. There is one
 * engine, and it does one slice at a time. */
static struct {
    int64_t job; /* 0: none */
    struct statements list;
} open_file;

static void
close_file(void)
{
    statements_free(&open_file.list);
    memset(&open_file, 0, sizeof(open_file));
}

static bool
start_job(struct desk *d, const char *actor, const json_t *arguments,
          const struct request *r, json_t *answer, struct err *e)
{
    json_t *kept = json_copy((json_t *)arguments);
    char *text;
    int64_t id;
    bool good;

    json_object_del(kept, "text");
    json_object_set_new(kept, "channel", json_string(r->channel));
    text = json_dumps(kept, JSON_COMPACT);
    json_decref(kept);
    good = text != NULL && job_add(d->store, PAY_FILE_JOB, text, actor, d->now, &id, e) &&
           job_body_put(d->store, id, r->text, e);
    free(text);
    if (good)
        json_object_set_new(answer, "job", json_integer(id));
    return good;
}

static bool
open_body(struct desk *d, const struct job *job, struct request *r, struct err *e)
{
    struct problems p = {0};
    char *text;
    bool good;

    if (open_file.job == job->id)
        return true;
    close_file();
    if (!job_body_get(d->store, job->id, &text, e))
        return false;
    r->text = text;
    e->kind = FAIL_REJECT;
    good = read_file(d, r, &open_file.list, &p, e) || problems_err(&p, e);
    problems_free(&p);
    free(text);
    open_file.job = good ? job->id : 0;
    return good;
}

static void
booked_read(const struct desk *d, const struct job *job, struct statement_booked *b)
{
    json_t *o = json_loads(job->result[0] == '\0' ? "{}" : job->result, 0, NULL);
    const char *total = json_string_value(json_object_get(o, "total"));
    struct err ignored;

    *b = (struct statement_booked){
        .entries = json_integer_value(json_object_get(o, "entries")),
        .matched = json_integer_value(json_object_get(o, "matched")),
        .suspense = json_integer_value(json_object_get(o, "suspense")),
        .existing = json_integer_value(json_object_get(o, "existing")),
        .out = json_integer_value(json_object_get(o, "paid_out")),
        .refused = json_integer_value(json_object_get(o, "refused")),
    };
    if (total != NULL)
        decimal_parse(total, d->conf->decimals, &b->total.minor, &ignored);
    json_decref(o);
}

static bool
book_slice(struct desk *d, struct job *job, struct request *r, int budget_ms, struct err *e)
{
    struct statement_order o;
    struct statement_booked booked;
    size_t at = (size_t)job->cursor;
    json_t *result;
    char *text;
    bool good;

    o = order_of(d, job->actor, r);
    booked_read(d, job, &booked);
    if (!statements_book_some(d->store, d->conf, &o, &open_file.list, d->now, budget_ms,
                              &at, &booked, e))
        return false;
    job->cursor = job->done = (int64_t)at;
    job->total = (int64_t)open_file.list.n_entries;
    result = booked_json(d, r, &booked);
    text = json_dumps(result, JSON_COMPACT);
    json_decref(result);
    good = text != NULL && text_copy(job->result, sizeof(job->result), text);
    free(text);
    if (!good || job->cursor < job->total)
        return good || err_set(e, FAIL_REJECT, "the name of the file is too long");
    job->state = JOB_DONE;
    close_file();
    return job_body_drop(d->store, job->id, e) && note_booked(d, job->actor, r, &booked, e);
}

bool
job_pay_file_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    json_t *arguments = json_loads(job->arguments, 0, NULL);
    struct request r;
    bool good = read_request(arguments, &r, e) && open_body(d, job, &r, e) &&
                book_slice(d, job, &r, budget_ms, e);

    if (!good)
        close_file(); /* what was counted in it is undone */
    json_decref(arguments);
    return good;
}

/* ---- the verb ---- */

bool
verb_pay_import(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct statements list = {0};
    struct problems p = {0};
    struct request r;
    struct statement_order o;
    bool good =
        read_request(arguments, &r, e) && argument_text(arguments, "text", &r.text, e);

    e->kind = FAIL_REJECT;
    good = good && read_file(d, &r, &list, &p, e);
    if (good) {
        o = order_of(d, actor, &r);
        good = statements_book_check(d->store, d->conf, &o, &list, &p, e);
    }
    if (good)
        good =
            list.n_entries <= AT_ONCE || json_is_true(json_object_get(arguments, "dry_run"))
                ? book_now(d, actor, &r, &list, answer, e)
                : start_job(d, actor, arguments, &r, answer, e);
    else if (!problems_none(&p) && e->kind == FAIL_REJECT) {
        books_problems(&p, answer);
        good = true;
    }
    statements_free(&list);
    problems_free(&p);
    return good;
}

#include "meterpost/billing/run.h"

#include "issue.h"
#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/store/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 20 /* accounts without a bill that the result names */
#define CLOSING_DAY                                                                        \
    15 /* a freeze day after it ends its own month, one up to it the last                  \
        */
#define MIDDLE_DAYS 15

/* ---- the month ---- */

static void
month_of(const struct conf *conf, int year, int month, struct billing_month *out)
{
    int day = conf->reading.freeze_day, minutes = conf->reading.freeze_time_min;
    struct tm tm;

    out->end = clock_from_local(year, month + (day <= CLOSING_DAY), day, minutes / 60,
                                minutes % 60, 0);
    out->middle = out->end - MIDDLE_DAYS * DAY_S;
    clock_local(clock_from_local(year, month, 15, 12, 0, 0), &tm);
    snprintf(out->month, sizeof(out->month), "%04d-%02d", (tm.tm_year + 1900) % 10000,
             tm.tm_mon + 1);
}

static bool
month_parse(const char *text, int *year, int *month)
{
    int used = 0;

    return strlen(text) == BILLING_MONTH_MAX - 1 && strspn(text, "0123456789") == 4 &&
           sscanf(text, "%4d-%2d%n", year, month, &used) == 2 &&
           used == BILLING_MONTH_MAX - 1 && *year >= 2000 && *month >= 1 && *month <= 12;
}

bool
billing_month(const struct conf *conf, const char *month, utc_t now,
              struct billing_month *out, struct err *e)
{
    char date[TIME_TEXT_MAX];
    struct tm tm;
    int year, number;

    if (month != NULL && month[0] != '\0') {
        if (!month_parse(month, &year, &number))
            return err_set(e, FAIL_REJECT, "expected a month such as 2026-11, got '%.20s'",
                           month);
        month_of(conf, year, number, out);
        if (out->end > now)
            return err_set(e, FAIL_REJECT, "%s is not over: its readings are taken on %s",
                           out->month, clock_date(out->end, date));
        return true;
    }
    clock_local(now, &tm);
    for (int back = 0; back <= 2; back++) {
        month_of(conf, tm.tm_year + 1900, tm.tm_mon + 1 - back, out);
        if (out->end <= now)
            break;
    }
    return true;
}

/* ---- the job ---- */

/* What a job knows between two slices: its arguments, and its result so far. */
struct run {
    const struct billing *b;
    struct billing_month month;
    const char *account; /* or NULL */
    const char *actor;
    json_t *arguments, *result;
    struct draft *draft;
    struct money total;
    int64_t *versions; /* by index of the tariff set; 0: not yet put */
};

bool
billing_run_start(const struct billing *b, const char *month, const char *account,
                  const char *actor, int64_t *id, struct err *e)
{
    struct billing_month m;
    struct account a;
    char number[BILL_NUMBER_MAX];
    json_t *arguments;
    char *text;
    bool found = true, ok;

    if (!billing_month(b->conf, month, b->now, &m, e) ||
        !billing_number(b->conf->billing.number_format, BILLING_SERIES, 2000, 1, number, e))
        return false;
    if (account != NULL && account[0] != '\0' &&
        !account_by_name(b->store, account, &a, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no account %.40s", account);
    arguments = json_pack("{s:s, s:s}", "month", m.month, "account",
                          account == NULL ? "" : account);
    text = json_dumps(arguments, JSON_COMPACT);
    json_decref(arguments);
    if (text == NULL)
        return err_set(e, FAIL_REJECT, "the account is not UTF-8");
    ok = job_add(b->store, BILLING_JOB, text, actor, b->now, id, e);
    free(text);
    return ok;
}

static void
count_up(json_t *o, const char *key)
{
    json_object_set_new(o, key,
                        json_integer(json_integer_value(json_object_get(o, key)) + 1));
}

static json_t *
result_new(const struct run *r)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:s, s:i, s:{}, s:[]}", "month", r->month.month,
                     "issued", 0, "existing", 0, "skipped", 0, "total", "0", "messages", 0,
                     "reasons", "accounts");
}

static bool
run_open(struct run *r, const struct billing *b, const struct job *job, struct err *e)
{
    const char *total, *account;

    *r = (struct run){.b = b, .actor = job->actor};
    r->arguments = json_loads(job->arguments, 0, NULL);
    if (!billing_month(b->conf, json_string_value(json_object_get(r->arguments, "month")),
                       b->now, &r->month, e))
        return false;
    account = json_string_value(json_object_get(r->arguments, "account"));
    r->account = account != NULL && account[0] != '\0' ? account : NULL;
    r->result = job->result[0] != '\0' ? json_loads(job->result, 0, NULL) : result_new(r);
    r->draft = malloc(sizeof(*r->draft));
    r->versions = calloc(b->tariffs->count + 1, sizeof(int64_t));
    if (r->result == NULL || r->draft == NULL || r->versions == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    total = json_string_value(json_object_get(r->result, "total"));
    return decimal_parse(total == NULL ? "0" : total, b->conf->decimals, &r->total.minor,
                         e);
}

static void
run_close(struct run *r)
{
    json_decref(r->arguments);
    json_decref(r->result);
    free(r->draft);
    free(r->versions);
}

static bool
result_fits(const struct run *r, struct job *job)
{
    char *text = json_dumps(r->result, JSON_COMPACT);
    bool fits = text != NULL && text_copy(job->result, sizeof(job->result), text);

    free(text);
    return fits;
}

static bool
run_save(struct run *r, struct job *job, struct err *e)
{
    char total[AMOUNT_TEXT_MAX];

    decimal_print(r->total.minor, r->b->conf->decimals, false, total);
    json_object_set_new(r->result, "total", json_string(total));
    if (result_fits(r, job))
        return true;
    json_array_clear(json_object_get(r->result, "accounts")); /* long names: counts alone */
    return result_fits(r, job) || err_set(e, FAIL_RETRY, "out of memory");
}

static void
note_skipped(struct run *r, enum draft_outcome outcome)
{
    json_t *accounts = json_object_get(r->result, "accounts");
    char reason[100];

    count_up(r->result, "skipped");
    count_up(json_object_get(r->result, "reasons"), draft_outcome_name(outcome));
    text_clip(reason, sizeof(reason), r->draft->reason);
    if (json_array_size(accounts) < NAMED_MAX)
        json_array_append_new(accounts,
                              json_pack("{s:s, s:s}", "account", r->draft->account.account,
                                        "reason", reason));
}

static bool
count_issued(struct run *r, bool told, struct err *e)
{
    count_up(r->result, "issued");
    if (told)
        count_up(r->result, "messages");
    return money_add(&r->total, r->draft->bill.total, e);
}

/* Issue with a way back: what cannot be written after all leaves nothing behind, and the
 * account is skipped with the reason. */
static bool
issue_careful(struct run *r, struct err *e)
{
    struct err why;
    bool told;

    if (!store_mark(r->b->store, e))
        return false;
    if (draft_issue(r->b, r->draft, r->actor, &told, &why))
        return count_issued(r, told, e) && store_keep(r->b->store, e);
    *e = why;
    if (why.kind != FAIL_REJECT)
        return err_in(e, "account %s", r->draft->account.account);
    text_clip(r->draft->reason, sizeof(r->draft->reason), why.text);
    note_skipped(r, DRAFT_REFUSED);
    return store_undo(r->b->store, e);
}

static bool
run_issue(struct run *r, bool careful, struct err *e)
{
    bool told;

    if (!draft_keep_tariffs(r->b, r->draft, r->versions, e))
        return false;
    if (careful)
        return issue_careful(r, e);
    return draft_issue(r->b, r->draft, r->actor, &told, e)
               ? count_issued(r, told, e)
               : err_in(e, "account %s", r->draft->account.account);
}

static bool
run_one(struct run *r, bool careful, struct err *e)
{
    enum draft_outcome outcome;

    if (!draft_make(r->b, &r->month, r->draft, &outcome, e))
        return false;
    if (outcome == DRAFT_READY)
        return run_issue(r, careful, e);
    if (outcome == DRAFT_EXISTS)
        count_up(r->result, "existing");
    else if (outcome != DRAFT_NO_METER || r->draft->account.closed_at == 0)
        note_skipped(r, outcome); /* whom nobody serves any more is not missed */
    return true;
}

/* The next account of the run. */
static bool
run_next(struct run *r, const struct job *job, bool *found, struct err *e)
{
    if (r->account == NULL)
        return account_next(r->b->store, job->cursor, &r->draft->account, found, e);
    *found = false;
    return job->cursor != 0 ||
           account_by_name(r->b->store, r->account, &r->draft->account, found, e);
}

static bool
run_count(struct run *r, struct job *job, struct err *e)
{
    struct overview o;

    if (job->total != 0)
        return true;
    if (r->account == NULL && !store_overview(r->b->store, r->b->now, &o, e))
        return false;
    job->total = r->account == NULL ? o.accounts : 1;
    return true;
}

static bool
run_some(struct run *r, struct job *job, int budget_ms, int at_most, struct err *e)
{
    int64_t until = clock_mono_ms() + budget_ms;
    bool found = true;

    for (int n = 0; n == 0 || ((at_most == 0 || n < at_most) && clock_mono_ms() < until);
         n++) {
        if (!run_next(r, job, &found, e))
            return false;
        if (!found) {
            job->state = JOB_DONE;
            log_info("billing", "job=%lld month %s: %lld bills", (long long)job->id,
                     r->month.month,
                     (long long)json_integer_value(json_object_get(r->result, "issued")));
            break;
        }
        if (!run_one(r, job->careful, e))
            return false;
        job->cursor = r->draft->account.id;
        job->done++;
    }
    if (job->total < job->done)
        job->total = job->done;
    return true;
}

bool
billing_run_slice(const struct billing *b, struct job *job, int budget_ms, int at_most,
                  struct err *e)
{
    struct run r;
    bool ok = run_open(&r, b, job, e) && run_count(&r, job, e) &&
              run_some(&r, job, budget_ms, at_most, e) && run_save(&r, job, e);

    run_close(&r);
    return ok || err_in(e, "bill run");
}

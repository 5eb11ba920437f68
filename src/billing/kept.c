#include "kept.h"

#include "meterpost/billing/recompute.h"
#include "meterpost/store/tariffs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A tariff as it was when a bill was computed by it. */
struct tariff *
tariff_kept(struct store *s, int64_t version_id, struct err *e)
{
    struct problems p = {0};
    struct tariff *t;
    char *body;

    if (!tariff_version_body(s, version_id, &body, e))
        return NULL;
    t = tariff_open_text("the bill's tariff", body == NULL ? "" : body,
                         body == NULL ? 0 : strlen(body), &p);
    free(body);
    if (t == NULL)
        problems_err(&p, e);
    problems_free(&p);
    return t;
}

static const struct tariff *
tariff_read_before(const struct kept *k, int i)
{
    for (int before = 0; before < i; before++) {
        if (k->period.parts[before].version_id == k->period.parts[i].version_id)
            return k->period.parts[before].tariff;
    }
    return NULL;
}

static bool
read_tariffs(struct store *s, struct kept *k, struct err *e)
{
    for (int i = 0; i < k->period.n_parts; i++) {
        struct period_part *part = &k->period.parts[i];

        part->tariff = tariff_read_before(k, i);
        if (part->tariff != NULL)
            continue;
        part->tariff = k->tariffs[i] = tariff_kept(s, part->version_id, e);
        if (part->tariff == NULL)
            return false;
    }
    return true;
}

bool
kept_open(struct store *s, const struct bill *b, struct kept **out, struct err *e)
{
    struct kept *k = calloc(1, sizeof(*k));

    if (k == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    if (period_from_text(b->usage, b->tariff_version_id, k, e) && read_tariffs(s, k, e)) {
        k->period.first = clock_day_start(b->period_from + DAY_S / 2, 0);
        *out = k;
        return true;
    }
    kept_close(k);
    return err_in(e, "bill %s", b->number);
}

void
kept_close(struct kept *k)
{
    if (k == NULL)
        return;
    for (int i = 0; i < PERIOD_PARTS_MAX; i++)
        tariff_destroy(k->tariffs[i]);
    free(k);
}

struct quantity
used_total(const struct usage_quantity *list)
{
    for (int i = 0; i < USAGE_NAMES_MAX && list[i].name[0] != '\0'; i++) {
        if (strcmp(list[i].name, "total") == 0)
            return list[i].used;
    }
    return (struct quantity){0};
}

bool
kept_revise(const struct kept *k, const struct true_up *u, struct period *out,
            struct err *e)
{
    *out = k->period;
    out->usage.ytd_before = u->ytd_before;
    for (int i = 0; i < USAGE_NAMES_MAX && u->used[i].name[0] != '\0'; i++) {
        if (!usage_set(&out->usage, u->used[i].name, u->used[i].used, e))
            return false;
    }
    return true;
}

/* ---- true-ups ---- */

/* Sum of the lines of a code; the first of them in *line. */
static bool
sum_of_code(const struct quote *q, const char *code, const struct quote_line **line,
            struct money *sum, struct err *e)
{
    for (int i = 0; i < q->n_lines; i++) {
        if (strcmp(q->lines[i].code, code) != 0)
            continue;
        if (*line == NULL)
            *line = &q->lines[i];
        if (!money_add(sum, q->lines[i].amount, e))
            return false;
    }
    return true;
}

/* One line of the difference, where there is one. */
static bool
line_of_code(const struct quote *was, const struct quote *is, const char *code,
             const struct true_up *u, struct quote *out, struct err *e)
{
    const struct quote_line *like = NULL;
    struct money before = {0}, after = {0};
    struct quote_line *line;

    if (!sum_of_code(is, code, &like, &after, e) ||
        !sum_of_code(was, code, &like, &before, e))
        return false;
    if (after.minor == before.minor)
        return true;
    if (out->n_lines == QUOTE_LINES_MAX)
        return err_set(e, FAIL_REJECT, "the bill has more than %d lines", QUOTE_LINES_MAX);
    line = &out->lines[out->n_lines++];
    *line = (struct quote_line){.part = like->part,
                                .component = like->component,
                                .tax = like->tax,
                                .amount = {after.minor - before.minor}};
    snprintf(line->code, sizeof(line->code), "%s", code);
    snprintf(line->label, sizeof(line->label), "%.70s" TRUE_UP_BEHIND "%s", like->label,
             u->number);
    return true;
}

/* Was this code met in an earlier line of either? */
static bool
met_before(const struct quote *was, int n_was, const struct quote *is, int n_is,
           const char *code)
{
    for (int i = 0; i < n_was; i++) {
        if (strcmp(was->lines[i].code, code) == 0)
            return true;
    }
    for (int i = 0; i < n_is; i++) {
        if (strcmp(is->lines[i].code, code) == 0)
            return true;
    }
    return false;
}

static bool
differences(const struct quote *was, const struct quote *is, const struct true_up *u,
            struct quote *out, struct err *e)
{
    for (int i = 0; i < was->n_lines; i++) {
        if (!met_before(was, i, is, 0, was->lines[i].code) &&
            !line_of_code(was, is, was->lines[i].code, u, out, e))
            return false;
    }
    for (int i = 0; i < is->n_lines; i++) {
        if (!met_before(was, was->n_lines, is, i, is->lines[i].code) &&
            !line_of_code(was, is, is->lines[i].code, u, out, e))
            return false;
    }
    return true;
}

static bool
lines_between(const struct kept *k, const struct true_up *u, struct quote *out,
              struct err *e)
{
    struct quote *two = malloc(2 * sizeof(*two));
    struct period revised;
    bool ok;

    if (two == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    ok = kept_revise(k, u, &revised, e) && period_quote(&k->period, &two[0], e) &&
         period_quote(&revised, &two[1], e) && differences(&two[0], &two[1], u, out, e);
    free(two);
    return ok;
}

bool
true_up_lines(struct store *s, const struct true_up *u, struct quote *out, struct err *e)
{
    struct kept *k = NULL;
    struct bill b;
    bool found, ok;

    if (!bill_by_number(s, u->number, &b, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_FATAL, "there is no bill %s to set right", u->number);
    ok = kept_open(s, &b, &k, e) && lines_between(k, u, out, e);
    kept_close(k);
    return ok;
}

/* ---- the whole again ---- */

bool
billing_recompute(struct store *s, const struct bill *b, struct quote *out, struct err *e)
{
    struct kept *k = NULL;
    bool ok = kept_open(s, b, &k, e) && period_quote(&k->period, out, e);

    for (int i = 0; ok && i < k->n_true_ups; i++)
        ok = true_up_lines(s, &k->true_ups[i], out, e);
    ok = ok && quote_sum(k->period.parts[k->period.n_parts - 1].tariff, out, e);
    kept_close(k);
    return ok;
}

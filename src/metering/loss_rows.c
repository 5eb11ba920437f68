/* Losses of all groups: with those of the periods before, in money, and with neighbours. */
#include "meterpost/metering/loss.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX     100000
#define GROUPS_HISTORY 300 /* so many groups are compared with their own past */

struct entry {
    struct group group;
    struct loss loss;
    int64_t money;    /* minor units */
    const char *with; /* code of the neighbour that it cancels out with */
};

struct table {
    struct store *store;
    const struct conf *conf;
    utc_t from, to;
    struct entry *at;
    size_t n, size;
};

static bool
keep_entry(struct table *t, const struct group *g, struct err *e)
{
    if (t->n == t->size) {
        size_t size = t->size == 0 ? 64 : 2 * t->size;
        struct entry *more = realloc(t->at, size * sizeof(*more));

        if (more == NULL || size > 2 * GROUPS_MAX) {
            t->at = more == NULL ? t->at : more;
            return err_set(e, FAIL_RETRY, "out of memory");
        }
        t->at = more;
        t->size = size;
    }
    t->at[t->n++] = (struct entry){.group = *g};
    return true;
}

static bool
load_groups(struct table *t, const char *kind, const char *code, struct err *e)
{
    struct group g = {0};
    bool found;

    for (;;) {
        if (!group_next(t->store, kind, code, g.id, &g, &found, e))
            return false;
        if (!found)
            return true;
        if (!keep_entry(t, &g, e))
            return false;
    }
}

/* ---- the past ---- */

static int
compare_rates(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The median of the rates of the periods before, as far as they are usable. */
static bool
load_median(struct table *t, const struct entry *x, int *median, int *periods,
            struct err *e)
{
    int rates[LOSS_PERIODS];
    utc_t length = t->to - t->from, to = t->from;
    struct loss_sum sum;
    struct loss loss;

    *median = *periods = 0;
    if (t->n > GROUPS_HISTORY)
        return true;
    for (int i = 0; i < LOSS_PERIODS; i++) {
        utc_t from = length >= 28 * DAY_S ? clock_month_start(t->from, -i - 1) +
                                                (t->from - clock_month_start(t->from, 0))
                                          : to - length;

        if (!loss_of_group(t->store, &x->group, from, to, &sum, e))
            return false;
        loss_judge(&sum, &t->conf->losses, 0, 0, &loss);
        if (loss.state != LOSS_UNUSABLE)
            rates[(*periods)++] = loss.rate;
        to = from;
    }
    if (*periods == 0)
        return true;
    qsort(rates, (size_t)*periods, sizeof(*rates), compare_rates);
    *median = rates[(*periods - 1) / 2];
    return true;
}

static bool
compute(struct table *t, struct entry *x, struct err *e)
{
    struct loss_sum sum;
    int median, periods;
    struct err why;

    if (!loss_of_group(t->store, &x->group, t->from, t->to, &sum, e) ||
        !load_median(t, x, &median, &periods, e))
        return false;
    loss_judge(&sum, &t->conf->losses, median, periods, &x->loss);
    if (x->loss.state != LOSS_UNUSABLE &&
        !round_divide((int128)x->loss.lost * t->conf->losses.price.minor, 1000,
                      ROUND_HALF_UP, &x->money, &why))
        x->money = 0;
    return true;
}

/* ---- neighbours ---- */

/* One loses much, the other gains: together they are as they should be. */
static bool
cancels(const struct table *t, const struct entry *a, const struct entry *b)
{
    struct loss_sum sum = {.supplied = a->loss.sum.supplied + b->loss.sum.supplied,
                           .sold = a->loss.sum.sold + b->loss.sum.sold,
                           .meters = 1,
                           .actual = 1,
                           .supply_meters = 2};
    struct loss both;

    if (a->group.parent_id != b->group.parent_id ||
        strcmp(a->group.kind, b->group.kind) != 0 || b->loss.state == LOSS_UNUSABLE ||
        b->loss.rate >= 0 || (a->loss.state != LOSS_RED && a->loss.state != LOSS_AMBER))
        return false;
    loss_judge(&sum, &t->conf->losses, 0, 0, &both);
    return both.state == LOSS_GREEN;
}

static void
find_neighbours(struct table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        for (size_t k = 0; t->at[i].loss.state != LOSS_GREEN && k < t->n; k++) {
            if (t->at[i].with != NULL || t->at[k].with != NULL ||
                !cancels(t, &t->at[i], &t->at[k]))
                continue;
            t->at[i].with = t->at[k].group.code;
            t->at[k].with = t->at[i].group.code;
            t->at[i].loss.cause = t->at[k].loss.cause =
                "a customer may be linked to the wrong one of the two";
        }
    }
}

/* ---- rows ---- */

static json_t *
decimal(int64_t value, int places)
{
    char text[AMOUNT_TEXT_MAX];

    return json_string(decimal_print(value, places, true, text));
}

static void
set_rates(json_t *row, const struct loss *l)
{
    bool usable = l->state != LOSS_UNUSABLE;

    json_object_set_new(row, "lost", usable ? decimal(l->lost, 3) : json_null());
    json_object_set_new(row, "percent", usable ? decimal(l->rate, 1) : json_null());
    json_object_set_new(row, "low", usable ? decimal(l->rate_low, 1) : json_null());
    json_object_set_new(row, "high", usable ? decimal(l->rate_high, 1) : json_null());
    json_object_set_new(row, "median",
                        l->periods > 0 ? decimal(l->median, 1) : json_null());
    json_object_set_new(row, "coverage", decimal(l->coverage, 1));
    json_object_set_new(row, "meters", json_integer(l->sum.meters));
    json_object_set_new(row, "actual", json_integer(l->sum.actual));
    json_object_set_new(row, "estimated", json_integer(l->sum.estimated));
    json_object_set_new(row, "missing", json_integer(l->sum.missing));
}

static json_t *
row_of(const struct table *t, const struct entry *x)
{
    char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX], money[AMOUNT_TEXT_MAX];
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "group", x->group.code,
                            "name", x->group.name, "kind", x->group.kind, "state",
                            loss_state_name(x->loss.state), "from",
                            clock_iso(t->from, from), "to", clock_iso(t->to, to));

    json_object_set_new(row, "supplied", decimal(x->loss.sum.supplied, 3));
    json_object_set_new(row, "sold", decimal(x->loss.sum.sold, 3));
    set_rates(row, &x->loss);
    json_object_set_new(
        row, "money",
        x->loss.state == LOSS_UNUSABLE || t->conf->losses.price.minor == 0
            ? json_null()
            : json_string(decimal_print(x->money, t->conf->decimals, false, money)));
    json_object_set_new(row, "cause", json_string(x->loss.cause));
    json_object_set_new(row, "with", x->with == NULL ? json_null() : json_string(x->with));
    return row;
}

static int
by_loss(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    bool u = x->loss.state == LOSS_UNUSABLE, v = y->loss.state == LOSS_UNUSABLE;

    if (u != v)
        return u ? 1 : -1;
    return x->loss.lost != y->loss.lost ? (x->loss.lost > y->loss.lost ? -1 : 1)
                                        : strcmp(x->group.code, y->group.code);
}

json_t *
loss_rows(struct store *s, const struct conf *conf, const char *kind, const char *code,
          utc_t from, utc_t to, struct err *e)
{
    struct table t = {.store = s, .conf = conf, .from = from, .to = to};
    json_t *rows = NULL;
    bool good = load_groups(&t, kind, code, e);

    for (size_t i = 0; good && i < t.n; i++) /* t.at is freed below, whatever happens */
        good = compute(&t, &t.at[i], e);     /* NOLINT(clang-analyzer-unix.Malloc) */
    if (good) {
        rows = json_array();
        if (t.n > 0)
            qsort(t.at, t.n, sizeof(*t.at), by_loss);
        find_neighbours(&t); /* which point to one another: nothing is moved any more */
        for (size_t i = 0; i < t.n; i++)
            json_array_append_new(rows, row_of(&t, &t.at[i]));
    }
    free(t.at);
    return rows;
}

/* Which customers to visit first: hints from use alone, added up and never more than that.
 */
#include "meterpost/metering/loss.h"

#include "meterpost/metering/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS        30
#define QUARTER_S   (91 * DAY_S)
#define YEAR_S      (365 * (utc_t)DAY_S)
#define FLAT_DAYS   20
#define ROWS_MAX    20
#define MEMBERS_MAX 2000

/* ---- pure ---- */

static int128
sum_of(const int64_t *x, int n)
{
    int128 sum = 0;

    for (int i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

#define STEP 10 /* thousandths: so that the squares fit */

/* n times the sum of products less the product of sums: covariance times n squared. */
static int128
covariance(const int64_t *x, const int64_t *y, int n)
{
    int128 products = 0, sum_x = 0, sum_y = 0;

    for (int i = 0; i < n; i++) {
        int64_t a = x[i] / STEP, b = y[i] / STEP;

        products += (int128)a * b;
        sum_x += a;
        sum_y += b;
    }
    return products * n - sum_x * sum_y;
}

bool
suspect_opposite(const int64_t *x, const int64_t *y, int n)
{
    int128 c = covariance(x, y, n), v = covariance(x, x, n), w = covariance(y, y, n);

    /* Far beyond any use: the squares would not fit. */
    if (n < 10 || c >= 0 || v <= 0 || w <= 0 || -c > INT64_MAX || v > INT64_MAX ||
        w > INT64_MAX)
        return false;
    return 4 * c * c >= v * w;
}

/* Less than two percent of deviation: nobody lives so evenly. */
static bool
is_flat(const struct suspect *x)
{
    int128 mean, spread = 0;

    if (x->daily == NULL || x->n_days < FLAT_DAYS)
        return false;
    mean = sum_of(x->daily, x->n_days) / x->n_days;
    for (int i = 0; i < x->n_days; i++) {
        int128 d = x->daily[i] - mean;

        spread += d < 0 ? -d : d;
    }
    return mean > 1000 && spread * 100 < mean * x->n_days * 2;
}

static bool
has_dropped(const struct suspect *x)
{
    return x->now >= 0 && x->last_year > 0 && x->now < x->last_year / 2;
}

static bool
dropped_as_loss_rose(const struct suspect *x)
{
    return has_dropped(x) && x->loss_up;
}

static bool
dropped_alone(const struct suspect *x)
{
    return has_dropped(x) && !x->loss_up;
}

static bool
used_after_cut(const struct suspect *x)
{
    return x->after_cut > 0;
}

static bool
was_tampered(const struct suspect *x)
{
    return x->tamper > 0;
}

/* One and the same visit finds both. */
static bool
lacks_seal(const struct suspect *x)
{
    return x->seals_off > 0 && x->tamper == 0;
}

static bool
is_still(const struct suspect *x)
{
    return x->zero_periods > 0;
}

static bool
mirrors_loss(const struct suspect *x)
{
    return x->daily != NULL && x->daily_loss != NULL &&
           suspect_opposite(x->daily, x->daily_loss, x->n_days);
}

static bool
is_far_below_others(const struct suspect *x)
{
    return x->now >= 0 && x->usual_of_group > 0 && x->now < x->usual_of_group / 4;
}

static bool
reset_alone(const struct suspect *x)
{
    return x->reset_alone;
}

static bool
ends_just_under(const struct suspect *x)
{
    return x->just_under >= 3;
}

static bool
buys_nothing(const struct suspect *x)
{
    return x->idle_prepaid;
}

static bool
comes_and_goes(const struct suspect *x)
{
    return x->restores >= 2;
}

int
suspect_just_under(const int64_t *use, int n)
{
    int count = 0;

    for (int i = 0; i < n; i++) {
        int64_t over = use[i] % (50 * 1000);

        count += use[i] > 1000 && (over == 0 || over > 49 * 1000 - 1);
    }
    return count;
}

static const struct {
    bool (*fires)(const struct suspect *x);
    int points;
    const char *reason;
} hints[] = {
    {used_after_cut, 50, "it counted while supply was off"},
    {was_tampered, 40, "its meter reported tampering"},
    {lacks_seal, 40, "a seal of its meter was taken off, and none put on"},
    {dropped_as_loss_rose, 30, "half of last year's use, and the group's loss rose"},
    {dropped_alone, 10, "half of last year's use"},
    {is_still, 20, "no use for two periods"},
    {mirrors_loss, 25, "the loss rises on days when its use falls"},
    {is_far_below_others, 10, "a quarter of what others of the group use"},
    {is_flat, 10, "the same use every day"},
    {reset_alone, 15, "it lost supply or was reset, and its neighbours were not"},
    {ends_just_under, 10, "read by hand, its use ends just under a round number"},
    {buys_nothing, 20, "prepaid, and nothing bought for 60 days"},
    {comes_and_goes, 5, "cut off and restored twice in four months"},
};

int
suspect_score(const struct suspect *x, const char *reasons[SUSPECT_REASONS], int *n)
{
    int points = 0;

    *n = 0;
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (!hints[i].fires(x) || *n == SUSPECT_REASONS)
            continue;
        points += hints[i].points;
        reasons[(*n)++] = hints[i].reason;
    }
    return points;
}

/* ---- a group ---- */

struct member {
    struct group_meter meter;
    int64_t quarter, last_year;
    int64_t daily[DAYS];
    bool has_days;
    int64_t resets; /* of its clock or supply, in 60 days */
};

struct group_days {
    struct store *store;
    utc_t to;
    const char *obis;
    struct member *members;
    int n;
    int64_t loss[DAYS]; /* supplied less sold, of each day */
    bool has_loss;
};

static bool
use_of(struct group_days *g, const struct group_meter *m, utc_t from, utc_t to,
       int64_t *use, struct err *e)
{
    char quality;

    if (!loss_meter_use(g->store, m, g->obis, from, to, use, &quality, e))
        return false;
    if (quality == 'N' || (m->installed_at > from && !m->is_check_meter))
        *use = -1;
    return true;
}

static bool
load_days(struct group_days *g, const struct group_meter *m, int64_t daily[DAYS],
          bool *known, struct err *e)
{
    *known = true;
    for (int i = 0; i < DAYS && *known; i++) {
        utc_t from = clock_day_start(g->to, i - DAYS),
              to = clock_day_start(g->to, i + 1 - DAYS);

        if (!use_of(g, m, from, to, &daily[i], e))
            return false;
        *known = daily[i] >= 0;
    }
    return true;
}

static bool
count_resets(const struct group_days *g, struct member *x, struct err *e)
{
    utc_t since = g->to - 60 * DAY_S;
    int64_t lost;

    if (!reading_count_flag(g->store, x->meter.meter_id, "reset", since, &x->resets, e) ||
        !reading_count_flag(g->store, x->meter.meter_id, "power", since, &lost, e))
        return false;
    x->resets += lost;
    return true;
}

static bool
take_member(const struct group_meter *m, void *context, struct err *e)
{
    struct group_days *g = context;
    struct member *x = &g->members[g->n];
    int64_t supplied[DAYS];
    bool known;

    if (g->obis == NULL)
        g->obis = metering_main_register(m->commodity);
    if (g->n == MEMBERS_MAX || m->removed_at != 0 ||
        strcmp(g->obis, metering_main_register(m->commodity)) != 0)
        return true;
    if (m->is_check_meter) {
        if (!load_days(g, m, supplied, &known, e))
            return false;
        for (int i = 0; known && i < DAYS; i++)
            g->loss[i] += supplied[i];
        g->has_loss = known;
        return true;
    }
    x->meter = *m;
    g->n++;
    return count_resets(g, x, e) &&
           use_of(g, m, g->to - QUARTER_S, g->to, &x->quarter, e) &&
           use_of(g, m, g->to - YEAR_S - QUARTER_S, g->to - YEAR_S, &x->last_year, e) &&
           load_days(g, m, x->daily, &x->has_days, e);
}

static int
compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static int64_t
median_use(const struct group_days *g)
{
    int64_t *use = calloc((size_t)g->n + 1, sizeof(*use)), median;
    int n = 0;

    if (use == NULL)
        return -1;
    for (int i = 0; i < g->n; i++) {
        if (g->members[i].quarter >= 0)
            use[n++] = g->members[i].quarter;
    }
    qsort(use, (size_t)n, sizeof(*use), compare);
    median = n == 0 ? -1 : use[n / 2];
    free(use);
    return median;
}

/* The group's loss of the last ten days against the twenty before. */
static bool
loss_rose(const struct group_days *g)
{
    int128 early = sum_of(g->loss, DAYS - 10), late = sum_of(g->loss + DAYS - 10, 10);

    return g->has_loss && late * (DAYS - 10) > early * 10 * 5 / 4;
}

/* Where more than one in ten had it, it was the line and not the customer. */
static bool
is_reset_alone(const struct group_days *g, const struct member *m)
{
    int others = 0;

    for (int i = 0; i < g->n; i++)
        others += &g->members[i] != m && g->members[i].resets > 0;
    return m->resets > 0 && others * 10 < g->n;
}

#define MANUAL_READS 7

static bool
load_facts(const struct group_days *g, const struct member *m, struct suspect *x,
           struct err *e)
{
    int64_t values[MANUAL_READS], use[MANUAL_READS] = {0};
    utc_t since = g->to - 60 * DAY_S;
    int64_t id = m->meter.meter_id, reports;
    int n;

    if (!reading_count_flag(g->store, id, "after-cut", since, &x->after_cut, e) ||
        !reading_count_flag(g->store, id, "tamper", since, &x->tamper, e) ||
        !meter_tamper_reports(g->store, id, since, &reports, &x->seals_off, e) ||
        !reading_count_flag(g->store, id, "stuck", since, &x->zero_periods, e) ||
        !account_idle_prepaid(g->store, m->meter.account_id, since, g->to, &x->idle_prepaid,
                              e) ||
        !account_restores(g->store, m->meter.account_id, g->to - 2 * 60 * DAY_S, g->to,
                          &x->restores, e) ||
        !readings_by_people(g->store, id, g->obis, g->to, values, MANUAL_READS, &n, e))
        return false;
    x->tamper += reports;
    for (int i = 0; i + 1 < n; i++)
        use[i] = (int64_t)((int128)(values[i] - values[i + 1]) * m->meter.multiplier_milli /
                           MULTIPLIER_ONE);
    x->just_under = suspect_just_under(use, n - 1);
    x->reset_alone = is_reset_alone(g, m);
    return true;
}

static bool
add_suspect(struct group_days *g, const struct member *m, int64_t usual, json_t *rows,
            struct err *e)
{
    struct suspect x = {.now = m->quarter,
                        .last_year = m->last_year,
                        .usual_of_group = usual,
                        .loss_up = loss_rose(g),
                        .daily = m->has_days ? m->daily : NULL,
                        .daily_loss = g->has_loss ? g->loss : NULL,
                        .n_days = DAYS};
    const char *reasons[SUSPECT_REASONS];
    struct account a = {0};
    json_t *why;
    int n, points;
    bool found;

    if (!load_facts(g, m, &x, e))
        return false;
    points = suspect_score(&x, reasons, &n);
    if (points == 0)
        return true;
    if (!account_by_id(g->store, m->meter.account_id, &a, &found, e))
        return false;
    why = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(why, json_string(reasons[i]));
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:i, s:o}", "meter",
                                          m->meter.meter, "account", a.account, "name",
                                          a.name, "points", points, "reasons", why));
    return true;
}

static int
by_points(const void *a, const void *b)
{
    json_int_t x = json_integer_value(json_object_get(*(json_t *const *)a, "points"));
    json_int_t y = json_integer_value(json_object_get(*(json_t *const *)b, "points"));

    return x > y ? -1 : x < y;
}

/* The worst of them; takes rows. */
static json_t *
worst(json_t *rows)
{
    json_t *list[MEMBERS_MAX], *out = json_array();
    size_t n = json_array_size(rows);

    n = n > MEMBERS_MAX ? MEMBERS_MAX : n;
    for (size_t i = 0; i < n; i++)
        list[i] = json_array_get(rows, i);
    if (n > 0)
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are what is sorted */
        qsort(list, n, sizeof(*list), by_points);
    for (size_t i = 0; i < n && i < ROWS_MAX; i++)
        json_array_append(out, list[i]);
    json_decref(rows);
    return out;
}

static json_t *
rank(struct group_days *g, const struct group *group, utc_t from, struct err *e)
{
    char commodity[WORD_MAX];
    json_t *rows;
    int64_t usual;
    bool good = true;

    if (!group_commodity(g->store, group->id, commodity, e))
        return NULL;
    if (commodity[0] != '\0')
        g->obis = metering_main_register(commodity);
    if (!group_meters_each(g->store, group->id, NULL, from, g->to, take_member, g, e))
        return NULL;
    for (int i = 0; g->has_loss && i < g->n; i++) {
        for (int d = 0; g->members[i].has_days && d < DAYS; d++)
            g->loss[d] -= g->members[i].daily[d];
    }
    usual = median_use(g);
    rows = json_array();
    for (int i = 0; good && i < g->n; i++)
        good = add_suspect(g, &g->members[i], usual, rows, e);
    if (good)
        return worst(rows);
    json_decref(rows);
    return NULL;
}

json_t *
loss_suspects(struct store *s, const char *code, utc_t from, utc_t to, struct err *e)
{
    struct group_days g = {.store = s, .to = to};
    struct group group;
    json_t *rows;
    bool found;

    if (!group_by_code(s, code, &group, &found, e))
        return NULL;
    if (!found) {
        err_set(e, FAIL_REJECT, "there is no group '%.60s'", code);
        return NULL;
    }
    g.members = calloc(MEMBERS_MAX + 1, sizeof(*g.members));
    if (g.members == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        return NULL;
    }
    rows = rank(&g, &group, from, e);
    free(g.members);
    return rows;
}

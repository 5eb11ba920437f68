#include "case.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/reading.h"

#include <string.h>

#define RECENT_S                                                                           \
    (100 * DAY_S) /* use before that counts only where there is little else                \
                   */
#define RECENT_MIN 4
#define YEAR_S     (365 * (utc_t)DAY_S)
#define SEASON_S   (28 * DAY_S)

static struct check_point
point_of(const struct reading *r, bool known)
{
    return known ? (struct check_point){true, r->value, r->taken_at}
                 : (struct check_point){0};
}

static bool
is_actual(char quality)
{
    return quality == QUALITY_ACTUAL || quality == QUALITY_FINAL;
}

/* ---- what is around it ---- */

/* An estimate of the very same time is no contradiction: it is replaced. */
static bool
load_same(struct store *s, const struct reading *r, struct reading_case *k, struct err *e)
{
    struct reading other;
    bool found;

    if (!reading_at(s, r->meter_id, r->obis, r->taken_at, r->value, &other, &found, e))
        return false;
    if (found && is_actual(r->quality) && !is_actual(other.quality))
        k->same = other;
    else
        k->c.same = point_of(&other, found);
    return true;
}

/* Use from actual readings alone, and of late where there is enough. */
static void
compute_use(struct reading_case *k, utc_t at)
{
    struct check_point points[CASE_POINTS];
    bool rolled[CASE_POINTS], each = check_register_is_interval(k->c.obis);
    int n = 0;

    for (int i = 0; i < k->n_past; i++) {
        const struct reading_brief *p = &k->past[i];

        if (n > RECENT_MIN && p->taken_at < at - RECENT_S)
            break;
        if (!is_actual(p->quality))
            continue;
        points[n] = (struct check_point){true, p->value, p->taken_at};
        rolled[n++] = check_has_flag(p->flags, "rollover");
        if (check_has_flag(p->flags, "first-reading"))
            break; /* what was noted before it was wrong */
    }
    if (!each)
        check_use_of(points, rolled, n, check_register_size(k->c.digits), &k->c.use);
    check_intervals_of(points, each, n, at, &k->c.use);
}

/* Where nothing was read since the installation, the billed register stood at what that
 * says. */
static void
add_installation(const struct meter *m, const char *obis, struct reading_case *k)
{
    struct reading_brief *first;

    while (k->n_past > 0 && k->past[k->n_past - 1].taken_at < m->at.installed_at)
        k->n_past--;
    if (k->n_past == CASE_POINTS || strcmp(obis, metering_main_register(m->commodity)) != 0)
        return;
    first = &k->past[k->n_past++];
    *first = (struct reading_brief){
        .value = m->at.initial, .taken_at = m->at.installed_at, .quality = QUALITY_ACTUAL};
    k->c.before_installed = k->n_past == 1;
}

static void
take_past(struct reading_case *k, utc_t at)
{
    const struct reading_brief *last = &k->past[0];

    if (k->n_past == 0)
        return;
    k->c.before = (struct check_point){true, last->value, last->taken_at};
    k->c.before_quality = last->quality;
    k->c.before_off = check_has_flag(last->flags, "off");
    for (int i = 0; i < k->n_past && !is_actual(k->past[i].quality); i++)
        k->c.estimates++;
    if (k->c.estimates > 0 && k->c.estimates < k->n_past) {
        last = &k->past[k->c.estimates];
        k->c.actual = (struct check_point){true, last->value, last->taken_at};
    }
    compute_use(k, at);
}

/* Later readings that are here already, and one that is held since the last. */
static bool
load_after(struct store *s, const struct meter *m, const struct reading *r,
           struct reading_case *k, struct err *e)
{
    struct reading after;
    bool found;

    if (!reading_from(s, m->id, r->obis, r->taken_at + 1, &after, &found, e))
        return false;
    k->c.after = point_of(&after, found);
    if (!reading_held_before(s, m->id, r->obis, k->c.before.at, r->taken_at, &k->held,
                             &found, e))
        return false;
    if (!found)
        k->held = (struct reading){0};
    k->c.held = point_of(&k->held, found);
    return true;
}

static bool
load_around(struct store *s, const struct meter *m, const struct reading *r, bool is_stored,
            struct reading_case *k, struct err *e)
{
    if (!reading_history(s, m->id, r->obis, r->taken_at, CASE_POINTS, k->past, &k->n_past,
                         &k->is_news, e))
        return false;
    k->is_news = k->is_news && !is_stored;
    if (!is_stored && !k->is_news && !load_same(s, r, k, e))
        return false;
    if (m->at.id != 0 && m->at.installed_at <= r->taken_at)
        add_installation(m, r->obis, k);
    take_past(k, r->taken_at);
    if (!k->is_news && !load_after(s, m, r, k, e))
        return false;
    return k->c.before.value.milli != r->value.milli ||
           reading_unchanged(s, m->id, r->obis, r->taken_at, r->value,
                             &k->c.unchanged_since, e);
}

bool
case_load(struct store *s, const struct conf_validation *settings,
          const struct limits *limits, const struct meter *m, utc_t meter_time,
          const struct reading *r, bool is_stored, struct reading_case *out, struct err *e)
{
    memset(&out->c, 0, sizeof(out->c));
    out->held.id = out->same.id = 0;
    out->c = (struct check_case){.obis = r->obis,
                                 .unit = r->unit,
                                 .value = r->value,
                                 .quality = r->quality,
                                 .taken_at = r->taken_at,
                                 .received_at = r->received_at,
                                 .meter_time = meter_time,
                                 .digits = m->digits,
                                 .multiplier_milli = m->at.multiplier_milli,
                                 .device = r->flags,
                                 .not_installed = m->at.id == 0 && !m->is_check_meter,
                                 .off = strcmp(m->relay, "open") == 0};
    if (limits != NULL)
        out->limits = *limits;
    else if (!limits_of(s, settings, m, r->taken_at, &out->limits, e))
        return false;
    out->c.limits = &out->limits.values;
    out->c.severity = out->limits.severity;
    return load_around(s, m, r, is_stored, out, e) &&
           case_load_beside(s, m, r, is_stored, out, e);
}

/* ---- a second look ---- */

static bool
load_season(struct store *s, const struct meter *m, struct reading_case *k, struct err *e)
{
    utc_t to = k->c.taken_at - YEAR_S;
    struct reading first, last;
    bool has_first, has_last;

    if (!reading_from(s, m->id, k->c.obis, to - SEASON_S, &first, &has_first, e) ||
        !reading_until(s, m->id, k->c.obis, to + SEASON_S, &last, &has_last, e))
        return false;
    if (!has_first || !has_last || last.taken_at < first.taken_at + SEASON_S / 2 ||
        first.taken_at < m->at.installed_at || last.value.milli < first.value.milli)
        return true;
    k->c.use.has_season = true;
    k->c.use.season = (int64_t)((int128)(last.value.milli - first.value.milli) * DAY_S /
                                (last.taken_at - first.taken_at));
    return true;
}

static bool
load_neighbour(struct store *s, const struct meter *m, struct reading_case *k,
               struct err *e)
{
    utc_t seconds = k->c.taken_at - k->c.before.at;
    bool known, found;
    int64_t most = check_use_expected(&k->c.use, &known);

    if (!known || !k->c.before.known || (m->group_id == 0 && m->concentrator_id == 0))
        return true;
    if (most < (int64_t)k->limits.values.small * 1000)
        most = (int64_t)k->limits.values.small * 1000;
    most = (int64_t)((int128)most * 3 * (seconds < DAY_S ? DAY_S : seconds) / DAY_S);
    if (!reading_fits(s, m, k->c.obis, k->c.taken_at, k->c.value, most, k->fits, &found, e))
        return false;
    k->c.fits = found ? k->fits : NULL;
    return true;
}

static bool
is_in_doubt(const char *flags)
{
    static const char *const doubts[] = {"very-high", "high",     "outlier", "very-low",
                                         "low",       "physical", "decrease"};

    for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
        if (check_has_flag(flags, doubts[i]))
            return true;
    }
    return false;
}

/* One high reading is not yet a swap; a second one that stays up may be. */
static bool
could_be_neighbours(const struct reading_case *k, const char *flags)
{
    return check_has_flag(flags, "decrease") || check_has_flag(flags, "physical") ||
           (check_has_flag(flags, "very-high") && k->held.id != 0);
}

bool
case_check(struct store *s, const struct meter *m, struct reading_case *k,
           struct check_verdict *out, struct err *e)
{
    check_reading(&k->c, out);
    if (!is_in_doubt(out->flags))
        return true;
    if (!load_season(s, m, k, e) ||
        (could_be_neighbours(k, out->flags) && !load_neighbour(s, m, k, e)))
        return false;
    check_reading(&k->c, out);
    return true;
}

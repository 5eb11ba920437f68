/* What a round would cost and how long it would take, before anybody is asked. */
#include "ask_text.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/round.h"
#include "meterpost/sms/segment.h"

#include <stdlib.h>
#include <string.h>

#define DAYS_MAX 400 /* of a plan: longer ones are told as that */

/* What goes by one modem. */
struct share {
    const struct conf_modem *modem;
    int64_t messages, segments;
};

struct planning {
    const struct conf *conf;
    const struct profiles *profiles;
    utc_t now;
    struct ask_texts *texts;
    struct round_plan *plan;
    struct share shares[CONF_MODEMS_MAX];
};

/* Would this modem be through with one more before the other is? Between equals the cheaper
 * one takes it. */
static bool
is_sooner(const struct share *a, const struct share *b)
{
    const struct pace *pace_a = &a->modem->rate, *pace_b = &b->modem->rate;
    int64_t left = (a->messages + 1) * pace_a->per_s * pace_b->count;
    int64_t right = (b->messages + 1) * pace_b->per_s * pace_a->count;

    return left != right ? left < right
                         : a->modem->segment_cost.minor < b->modem->segment_cost.minor;
}

/* As the engine chooses: the longest route wins, those of the same length share. NULL:
 * there is none. */
static struct share *
share_of(struct planning *p, const char *number)
{
    struct share *best = NULL;
    int longest = -1;

    for (int i = 0; i < p->conf->n_modems; i++) {
        struct share *one = &p->shares[i];
        int length =
            one->modem->spare_for[0] != '\0' ? -1 : conf_modem_route(one->modem, number);

        if (length > longest ||
            (best != NULL && length == longest && is_sooner(one, best))) {
            longest = length;
            best = one;
        }
    }
    return best;
}

static bool
take_target(const struct round_target *t, void *context, struct err *e)
{
    struct planning *p = context;
    struct share *share = share_of(p, t->phone);
    int segments;

    if (!ask_texts_measure(p->texts, t, &segments, e)) {
        if (e->kind != FAIL_REJECT)
            return false;
        p->plan->cannot++;
        return true;
    }
    p->plan->messages++;
    p->plan->asked += t->meters;
    p->plan->segments += segments;
    if (share == NULL) {
        p->plan->unrouted++;
        return true;
    }
    share->messages++;
    share->segments += segments;
    p->plan->cost.minor += segments * share->modem->segment_cost.minor;
    return true;
}

/* ---- when it would be over ---- */

static utc_t
window_end(struct day_window w, utc_t t)
{
    struct tm tm;
    int minute, left;

    clock_local(t, &tm);
    minute = tm.tm_hour * 60 + tm.tm_min;
    left = (w.to_min - minute + MINUTES_A_DAY) % MINUTES_A_DAY;
    return t - tm.tm_sec + (left == 0 ? MINUTES_A_DAY : left) * MINUTE_S;
}

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Hand out so many within the window, at the pace of the modem and to its daily limit. */
static utc_t
share_ends(const struct share *share, struct day_window w, utc_t begin)
{
    const struct conf_modem *m = share->modem;
    int64_t left = share->messages, today = 0, room, n;
    utc_t t = begin, end, day = clock_day_start(begin, 0);
    int64_t limit = m->daily_limit == 0
                        ? INT64_MAX
                        : (int64_t)m->daily_limit * share->messages / share->segments;

    if (limit < 1)
        limit = 1;
    for (int turn = 0; left > 0 && turn < 2 * DAYS_MAX; turn++) {
        t = window_next(w, t);
        if (clock_day_start(t, 0) != day) {
            day = clock_day_start(t, 0);
            today = 0;
        }
        end = least(window_end(w, t), clock_day_start(t, 1));
        room = (end - t) * m->rate.count / m->rate.per_s;
        n = least(least(left, room < 1 ? 1 : room), limit - today);
        left -= n;
        today += n;
        if (left == 0)
            return t + n * m->rate.per_s / m->rate.count;
        t = end;
    }
    return t;
}

static void
find_end(struct planning *p, struct day_window w)
{
    struct round_plan *plan = p->plan;

    plan->ends_at = plan->first_at;
    for (int i = 0; i < p->conf->n_modems; i++) {
        utc_t ends;

        if (p->shares[i].messages == 0)
            continue;
        ends = share_ends(&p->shares[i], w, plan->first_at);
        if (ends > plan->ends_at)
            plan->ends_at = ends;
    }
    plan->ends_at += p->conf->reading.reply_timeout_s;
}

bool
metering_round_plan(struct store *s, const struct conf *conf,
                    const struct profiles *profiles, const struct round_start *start,
                    utc_t now, struct round_plan *out, struct err *e)
{
    struct planning p = {.conf = conf, .profiles = profiles, .now = now, .plan = out};
    struct day_window window;
    int64_t group_id;
    bool good;

    *out = (struct round_plan){.tries = conf->reading.attempts};
    if (!round_scope(s, conf, start, &group_id, &window, e))
        return false;
    for (int i = 0; i < conf->n_modems; i++)
        p.shares[i].modem = &conf->modems[i];
    if (!round_count_scope(s, group_id, &out->meters, &out->by_bus, e))
        return false;
    p.texts = ask_texts_create(profiles, now);
    if (p.texts == NULL)
        return err_set(e, FAIL_RETRY, "not enough memory");
    good = round_each_target(s, group_id, take_target, &p, e);
    ask_texts_destroy(p.texts);
    if (!good)
        return false;
    out->by_hand = out->meters - out->asked - out->by_bus;
    out->first_at = window_next(window, now);
    out->closes_at =
        start->closes_at != 0
            ? start->closes_at
            : out->first_at + (start->lasts_s != 0 ? start->lasts_s : ROUND_LASTS_S);
    find_end(&p, window);
    return true;
}

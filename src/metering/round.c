#include "meterpost/metering/round.h"

#include "answer.h"
#include "meterpost/base/text.h"

#include <inttypes.h>
#include <string.h>

static bool
check_name(struct store *s, const char *name, struct round *r, struct err *e)
{
    struct round there;
    bool found;

    if (name[0] == '\0' || strpbrk(name, " \t\r\n") != NULL ||
        !text_copy(r->name, sizeof(r->name), name))
        return err_set(e, FAIL_REJECT,
                       "expected a name of 1 to %d characters without spaces for the round",
                       KEY_MAX - 1);
    if (!round_by_name(s, name, &there, &found, e))
        return false;
    return !found || err_set(e, FAIL_REJECT, "there is a round '%s' already", name);
}

static bool
find_group(struct store *s, const char *code, struct round *r, struct err *e)
{
    struct group group;
    bool found;

    if (code == NULL)
        return true;
    if (!group_by_code(s, code, &group, &found, e))
        return false;
    r->group_id = group.id;
    return found || err_set(e, FAIL_REJECT, "there is no group '%s'", code);
}

bool
metering_round_start(struct store *s, const struct conf *conf,
                     const struct round_start *start, utc_t now, struct round_summary *out,
                     struct err *e)
{
    utc_t ask_at = window_next(conf->reading.window, now);
    struct round *r = &out->round;
    char time[TIME_TEXT_MAX];
    int64_t meters, direct, shared;

    *out = (struct round_summary){0};
    r->started_at = now;
    r->closes_at = start->closes_at != 0 ? start->closes_at : ask_at + ROUND_LASTS_S;
    text_clip(r->actor, sizeof(r->actor), start->actor);
    if (!check_name(s, start->name, r, e) || !find_group(s, start->group, r, e))
        return false;
    if (r->closes_at <= ask_at)
        return err_set(e, FAIL_REJECT,
                       "the round would end before the first question, which is at %s",
                       clock_iso(ask_at, time));
    if (!round_add(s, r, &r->id, e) || !round_expect(s, r, &meters, e))
        return false;
    if (meters == 0)
        return err_set(e, FAIL_REJECT, "there is no meter to read in this round");
    if (!round_ask_meters(s, r, ask_at, &direct, e) ||
        !round_ask_concentrators(s, r, ask_at, &shared, e))
        return false;
    out->requests = direct + shared;
    return round_count(s, r->id, &out->counts, e);
}

bool
metering_round_close(struct store *s, const struct round *round, utc_t now, struct err *e)
{
    return round_fail_requests(s, round->id, "the round is over", e) &&
           round_rest_missing(s, round->id, e) && round_set_closed(s, round->id, now, e);
}

bool
metering_round_summary(struct store *s, const char *name, struct round_summary *out,
                       bool *found, struct err *e)
{
    *out = (struct round_summary){0};
    if (!round_by_name(s, name, &out->round, found, e))
        return false;
    return !*found || round_count(s, out->round.id, &out->counts, e);
}

#include "meterpost/metering/round.h"

#include "answer.h"
#include "meterpost/base/text.h"

#include <inttypes.h>
#include <stdio.h>
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

bool
round_scope(struct store *s, const struct conf *conf, const struct round_start *start,
            int64_t *group_id, struct day_window *window, struct err *e)
{
    struct group group = {0};
    bool found;

    *group_id = 0;
    *window = conf->reading.window;
    if (start->window != NULL && start->window[0] != '\0' &&
        !window_parse(start->window, window, e))
        return false;
    if (start->group == NULL)
        return true;
    if (!group_by_code(s, start->group, &group, &found, e))
        return false;
    *group_id = group.id;
    return (found && group.until == 0) ||
           err_set(e, FAIL_REJECT, "there is no group '%s'", start->group);
}

static bool
has_channel(const struct conf *conf, enum conf_channel channel)
{
    for (int i = 0; i < conf->reading.n_fallback; i++) {
        if (conf->reading.fallback[i] == channel)
            return true;
    }
    return false;
}

bool
metering_round_start(struct store *s, const struct conf *conf,
                     const struct round_start *start, utc_t now, struct round_summary *out,
                     struct err *e)
{
    struct round *r = &out->round;
    struct day_window w;
    char time[TIME_TEXT_MAX];
    int64_t meters, direct, shared, wired = 0;
    utc_t ask_at;

    *out = (struct round_summary){0};
    if (!check_name(s, start->name, r, e) ||
        !round_scope(s, conf, start, &r->group_id, &w, e))
        return false;
    ask_at = window_next(w, now);
    r->started_at = now;
    r->closes_at = start->closes_at != 0
                       ? start->closes_at
                       : ask_at + (start->lasts_s != 0 ? start->lasts_s : ROUND_LASTS_S);
    text_clip(r->actor, sizeof(r->actor), start->actor);
    snprintf(r->window, sizeof(r->window), "%02d:%02d-%02d:%02d", w.from_min / 60 % 100,
             w.from_min % 60, w.to_min / 60 % 100, w.to_min % 60);
    if (r->closes_at <= ask_at)
        return err_set(e, FAIL_REJECT,
                       "the round would end before the first question, which is at %s",
                       clock_iso(ask_at, time));
    if (!round_add(s, r, &r->id, e) || !round_expect(s, r, &meters, e))
        return false;
    if (meters == 0)
        return err_set(e, FAIL_REJECT, "there is no meter to read in this round");
    if (!round_ask_meters(s, r, ask_at, &direct, e) ||
        !round_ask_concentrators(s, r, ask_at, &shared, e) ||
        (has_channel(conf, CONF_CHANNEL_BUS) && !round_ask_buses(s, r, ask_at, &wired, e)))
        return false;
    out->requests = direct + shared + wired;
    return round_count(s, r->id, &out->counts, e);
}

/* Each with what its message cost; there are as many as are in the air. */
static bool
end_sent(struct store *s, const struct conf *conf, const struct round *round,
         const char *reason, utc_t now, struct err *e)
{
    struct request r = {0};
    bool found;

    for (;;) {
        if (!request_sent_of_round(s, round->id, r.id, &r, &found, e))
            return false;
        if (!found)
            return true;
        if (!answer_never(s, conf, &r, reason, now, e))
            return false;
    }
}

bool
metering_round_close(struct store *s, const struct conf *conf, const struct round *round,
                     utc_t now, struct err *e)
{
    static const char reason[] = "the round is over";

    return end_sent(s, conf, round, reason, now, e) &&
           round_cancel_messages(s, round->id, reason, e) &&
           round_end_attempts(s, round->id, reason, now, e) &&
           round_fail_requests(s, round->id, reason, e) &&
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

#include "meterpost/talk/on_call.h"

#include "chat.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/alarms.h"

#include <stdio.h>

#define ALARM_CHOSEN 100 /* bytes of the first alarm that fit a text with the rest */

/* The people of each level. */
struct watch {
    struct staff people[STAFF_MAX];
    size_t n;
    int most; /* the highest level there is; 0: nobody is on call */
};

static bool
load_watch(struct desk *d, struct watch *w, struct err *e)
{
    w->most = 0;
    if (!staff_all(d->store, w->people, &w->n, e))
        return false;
    for (size_t i = 0; i < w->n; i++) {
        if (w->people[i].suspended_at == 0 && w->people[i].on_call > w->most)
            w->most = w->people[i].on_call;
    }
    return true;
}

static bool
tell_level(struct desk *d, const struct watch *w, int level, const struct alarm_group *g,
           struct err *e)
{
    char key[OUTBOX_KEY_MAX], text[ALARM_CHOSEN];
    json_t *view = chat_view(d);
    bool good = true;

    text_clip(text, sizeof(text), g->text);
    chat_text(view, "text", text);
    json_object_set_new(view, "alarm", json_integer(g->first_id));
    json_object_set_new(view, "more", json_integer(g->count - 1));
    json_object_set_new(view, "again", json_boolean(level > 1));
    for (size_t i = 0; i < w->n && good; i++) {
        if (w->people[i].on_call != level || w->people[i].suspended_at != 0)
            continue;
        snprintf(key, sizeof(key), "alarm %lld level %d %lld %s", (long long)g->first_id,
                 level, (long long)d->now, w->people[i].staff);
        good = chat_tell(d, w->people[i].phone, w->people[i].language, "alarm.sms", view,
                         OUT_ALARM, key, 0, e);
    }
    json_decref(view);
    return good;
}

/* When those of `level` are to be told of what is left; 0: there is nothing. */
static bool
level_due(struct desk *d, int level, struct alarm_group *g, utc_t *when, struct err *e)
{
    *when = 0;
    if (!alarm_unseen(d->store, level - 1, d->now, g, e))
        return false;
    if (g->count == 0)
        return true;
    if (level > 1)
        *when = g->oldest_told_at + d->conf->alarms.escalate_s;
    else
        *when = g->last_told_at == 0 ? d->now : g->last_told_at + d->conf->alarms.group_s;
    return true;
}

bool
on_call_due(struct desk *d, int *done, struct err *e)
{
    struct alarm_group g;
    struct watch w;
    utc_t when;

    *done = 0;
    if (!load_watch(d, &w, e))
        return false;
    for (int level = w.most; level >= 1; level--) {
        utc_t before = level == 1 ? d->now : d->now - d->conf->alarms.escalate_s;

        if (!level_due(d, level, &g, &when, e))
            return false;
        if (when == 0 || when > d->now ||
            !alarm_unseen(d->store, level - 1, before, &g, e) || g.count == 0)
            continue;
        ++*done;
        if (!tell_level(d, &w, level, &g, e) ||
            !alarm_told(d->store, level - 1, before, d->now, e))
            return false;
    }
    return true;
}

bool
on_call_next_due(struct desk *d, utc_t *when, struct err *e)
{
    struct alarm_group g;
    struct watch w;

    *when = 0;
    if (!load_watch(d, &w, e))
        return false;
    for (int level = 1; level <= w.most; level++) {
        utc_t at;

        if (!level_due(d, level, &g, &at, e))
            return false;
        if (at != 0 && (*when == 0 || at < *when))
            *when = at;
    }
    return true;
}

#include "meterpost/talk/watch.h"

#include "chat.h"
#include "meterpost/sms/outbox.h"

#include <stdio.h>
#include <string.h>

/* In capitals, as people text it. */
static const char *
command_of(const struct staff_watch *w)
{
    if (w->what == STAFF_WATCHES_CARE)
        return words_key(WORD_TOPUP);
    return words_key(strcmp(w->step, "cut") == 0 ? WORD_CUT : WORD_RESTORE);
}

static bool
tell(struct desk *d, const struct staff_watch *w, struct err *e)
{
    char key[OUTBOX_KEY_MAX], outcome[2 * STAFF_OUTCOME_MAX], state[80];
    struct staff p;
    bool found, good;
    json_t *view;

    if (!staff_by_id(d->store, w->staff_id, &p, &found, e))
        return false;
    if (!found || p.until != 0 || p.suspended_at != 0)
        return true;
    view = chat_view(d);
    chat_text(view, "command", command_of(w));
    chat_text(view, "target", w->target);
    json_object_set_new(view, "order",
                        json_integer(w->what == STAFF_WATCHES_ORDER ? w->object_id : 0));
    chat_text(view, "state",
              words_phrase(d->words, p.language, w->state, state, sizeof(state)));
    chat_text(view, "outcome",
              words_phrase(d->words, p.language, w->outcome, outcome, sizeof(outcome)));
    snprintf(key, sizeof(key), "over %s %lld %s", w->step, (long long)w->object_id,
             p.staff);
    good =
        chat_tell(d, p.phone, p.language, "staff-result.sms", view, OUT_ANSWER, key, 0, e);
    json_decref(view);
    return good;
}

bool
watch_due(struct desk *d, int at_most, int *done, struct err *e)
{
    struct staff_watch w;
    bool found;

    for (*done = 0; *done < at_most; ++*done) {
        if (!staff_watch_over(d->store, &w, &found, e))
            return false;
        if (!found)
            return true;
        if (!tell(d, &w, e) || !staff_watch_end(d->store, &w, e))
            return false;
    }
    return true;
}

/* verb_quarantine.c - messages that no rule understood: once more, or away. */
#include "meterpost/store/audit.h"
#include "meterpost/store/inbox.h"
#include "verbs.h"

#include <stdio.h>

#define MESSAGES_MAX 1000 /* of one command */

/* Do something with each message that the arguments name ("ids"), or with all in quarantine
 * ("all"): how many. */
typedef bool message_fn(struct desk *d, int64_t id, const char *reason, struct err *e);

static bool
each_named(struct desk *d, const json_t *ids, const char *reason, message_fn *run,
           int64_t *count, struct err *e)
{
    const json_t *id;
    size_t i;

    json_array_foreach (ids, i, id) {
        if (!json_is_integer(id))
            return err_set(e, FAIL_REJECT, "'ids' must be numbers of messages");
        if (!run(d, json_integer_value(id), reason, e))
            return false;
        ++*count;
    }
    return true;
}

static bool
each_of_all(struct desk *d, const char *reason, message_fn *run, int64_t *count,
            struct err *e)
{
    int64_t id = 0;
    bool found;

    for (; *count < MESSAGES_MAX; ++*count) {
        if (!inbox_next_quarantined(d->store, id, &id, &found, e))
            return false;
        if (!found)
            return true;
        if (!run(d, id, reason, e))
            return false;
    }
    return true;
}

static bool
each_message(struct desk *d, const char *actor, const char *action, const json_t *arguments,
             const char *reason, message_fn *run, json_t *answer, struct err *e)
{
    const json_t *ids = json_object_get(arguments, "ids");
    char subject[60];
    int64_t count = 0;

    if (json_is_true(json_object_get(arguments, "all"))) {
        if (!each_of_all(d, reason, run, &count, e))
            return false;
    } else if (json_array_size(ids) == 0 || json_array_size(ids) > MESSAGES_MAX) {
        return err_set(e, FAIL_REJECT, "name 1 to %d messages, or all", MESSAGES_MAX);
    } else if (!each_named(d, ids, reason, run, &count, e)) {
        return false;
    }
    snprintf(subject, sizeof(subject), "%lld messages", (long long)count);
    json_object_set_new(answer, "messages", json_integer(count));
    return count == 0 || audit_add(d->store, d->now, actor, "cli", action, subject,
                                   reason == NULL ? "" : reason, e);
}

static bool
replay_one(struct desk *d, int64_t id, const char *reason, struct err *e)
{
    (void)reason;
    return inbox_replay(d->store, id, e);
}

static bool
drop_one(struct desk *d, int64_t id, const char *reason, struct err *e)
{
    return inbox_drop(d->store, id, reason, d->now, e);
}

bool
verb_quarantine_replay(struct desk *d, const char *actor, const json_t *arguments,
                       json_t *answer, struct err *e)
{
    return each_message(d, actor, "quarantine.replay", arguments, NULL, replay_one, answer,
                        e);
}

bool
verb_quarantine_drop(struct desk *d, const char *actor, const json_t *arguments,
                     json_t *answer, struct err *e)
{
    const char *reason;

    return argument_text(arguments, "reason", &reason, e) &&
           each_message(d, actor, "quarantine.drop", arguments, reason, drop_one, answer,
                        e);
}

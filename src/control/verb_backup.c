/* verb_backup.c - a copy of the database now, and the fence of a restored one. */
#include "meterpost/control/backup.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/fence.h"
#include "verbs.h"

#include <stdio.h>

bool
verb_backup_now(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    char folder[BACKUP_PATH_MAX];
    int64_t id;

    if (json_is_true(json_object_get(arguments, "dry_run"))) {
        json_object_set_new(answer, "folder", json_string(backup_folder(d->conf, folder)));
        return true;
    }
    if (!backup_ask(d, actor, &id, e))
        return false;
    json_object_set_new(answer, "job", json_integer(id));
    return true;
}

bool
verb_fence_release(struct desk *d, const char *actor, const json_t *arguments,
                   json_t *answer, struct err *e)
{
    bool send = json_is_true(json_object_get(arguments, "send"));
    struct fence fence;
    char detail[60];
    int64_t sent;

    if (!fence_get(d->store, &fence, e) || !fence_release(d->store, send, d->now, &sent, e))
        return false;
    json_object_set_new(answer, "reason", json_string(fence.reason));
    json_object_set_new(answer, "sent", json_integer(sent));
    snprintf(detail, sizeof(detail), "%lld messages queued again", (long long)sent);
    return audit_add(d->store, d->now, actor, "cli", "fence.release", fence.reason, detail,
                     e);
}

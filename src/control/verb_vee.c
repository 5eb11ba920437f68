/* verb_vee.c - limits of validation for a class of customers or for one meter. */
#include "meterpost/base/text.h"
#include "meterpost/metering/limits.h"
#include "meterpost/store/audit.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

/* The scope: one of class and meter. */
static bool
read_scope(struct desk *d, const json_t *arguments, struct vee_override *o, struct err *e)
{
    const char *class, *meter;
    struct meter m;
    bool found;

    if (!argument_text_or(arguments, "class", NULL, &class, e) ||
        !argument_text_or(arguments, "meter", NULL, &meter, e))
        return false;
    if ((class == NULL) == (meter == NULL))
        return err_set(e, FAIL_REJECT, "say for which class or for which meter");
    if (class != NULL)
        return text_copy(o->class, sizeof(o->class), class) ||
               err_set(e, FAIL_REJECT, "that is no class of customers");
    if (!meter_by_name(d->store, meter, &m, &found, e))
        return false;
    o->meter_id = m.id;
    return found || err_set(e, FAIL_REJECT, "there is no meter '%.60s'", meter);
}

static bool
read_limit(struct desk *d, const json_t *arguments, struct vee_override *o, struct err *e)
{
    const char *set, *until, *reason;
    struct limits trial;

    limits_start(&d->conf->validation, &trial);
    if (!argument_text(arguments, "set", &set, e) ||
        !limits_split(set, o->name, o->value, e) ||
        !limits_set(&trial, o->name, o->value, e) ||
        !argument_text(arguments, "reason", &reason, e) ||
        !argument_text_or(arguments, "until", NULL, &until, e) ||
        (until != NULL && !clock_parse(until, &o->until, e)))
        return false;
    if (until != NULL && o->until <= d->now)
        return err_set(e, FAIL_REJECT, "it must end in the future");
    text_clip(o->reason, sizeof(o->reason), reason);
    return true;
}

bool
verb_vee_set(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
             struct err *e)
{
    struct vee_override o = {.since = d->now};
    char subject[80], detail[300];
    int64_t id;

    text_clip(o.actor, sizeof(o.actor), actor);
    if (!read_scope(d, arguments, &o, e) || !read_limit(d, arguments, &o, e) ||
        !vee_override_add(d->store, &o, &id, e))
        return false;
    json_object_set_new(answer, "id", json_integer(id));
    json_object_set_new(answer, "name", json_string(o.name));
    json_object_set_new(answer, "value", json_string(o.value));
    snprintf(subject, sizeof(subject), "limit %lld", (long long)id);
    snprintf(
        detail, sizeof(detail), "%s=%s for %s %.60s: %.150s", o.name, o.value,
        o.meter_id != 0 ? "meter" : "class",
        json_string_value(json_object_get(arguments, o.meter_id != 0 ? "meter" : "class")),
        o.reason);
    return audit_add(d->store, d->now, actor, "cli", "vee.set", subject, detail, e);
}

bool
verb_vee_end(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
             struct err *e)
{
    const json_t *id = json_object_get(arguments, "id");
    char subject[80];
    bool ended;

    if (!json_is_integer(id))
        return err_set(e, FAIL_REJECT, "'id' must be the number of a limit");
    if (!vee_override_end(d->store, json_integer_value(id), d->now, &ended, e))
        return false;
    if (!ended)
        return err_set(e, FAIL_REJECT, "there is no limit %lld in force",
                       (long long)json_integer_value(id));
    json_object_set(answer, "id", (json_t *)id);
    snprintf(subject, sizeof(subject), "limit %lld", (long long)json_integer_value(id));
    return audit_add(d->store, d->now, actor, "cli", "vee.end", subject, "", e);
}

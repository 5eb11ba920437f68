/* verb_remote.c - limits, tokens and credit for meters that keep their own credit. */
#include "meterpost/relay/prepaid.h"
#include "verbs.h"

static bool
send(struct desk *d, const char *actor, const char *action, const json_t *arguments,
     json_t *answer, struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    const char *value;
    struct meter m;
    int64_t id;

    if (!argument_meter(d, arguments, &m, e) ||
        !argument_text(arguments, action, &value, e) ||
        !relay_prepaid_send(&r, &who, &m, action, value, &id, e))
        return false;
    json_object_set_new(answer, "order", json_integer(id));
    json_object_set_new(answer, "meter", json_string(m.meter));
    json_object_set_new(answer, "number", json_integer(PREPAID_ORDER_FIRST + id));
    return true;
}

bool
verb_relay_limit(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    return send(d, actor, "limit", arguments, answer, e);
}

bool
verb_relay_token(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    return send(d, actor, "token", arguments, answer, e);
}

bool
verb_relay_credit(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    return send(d, actor, "credit", arguments, answer, e);
}

/* Steps of orders, and looking them up. */
#include "inside.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"

#include <inttypes.h>

bool
step_load(const struct relay *r, int64_t id, struct order *o, struct err *e)
{
    bool found;

    if (!order_by_id(r->store, id, o, &found, e))
        return false;
    return found || err_set(e, FAIL_REJECT, "there is no order %" PRId64, id);
}

bool
step_meter(const struct relay *r, const struct order *o, struct meter *m, struct err *e)
{
    bool found;

    if (!meter_by_id(r->store, o->meter_id, m, &found, e))
        return false;
    return found || err_set(e, FAIL_FATAL, "order=%" PRId64 ": its meter is gone", o->id);
}

bool
step_order(const struct relay *r, struct order *o, enum order_event event,
           const char *actor, const char *note, struct err *e)
{
    enum order_state next = order_after(o->state, event);

    if (next == ORDER_STATES)
        return err_set(e, FAIL_FATAL, "order=%" PRId64 " is %s: no %s from there", o->id,
                       order_state_name(o->state), order_event_name(event));
    o->state = next;
    if (order_state_is_final(next))
        o->finished_at = r->now;
    text_clip(o->note, sizeof(o->note), note);
    log_info("relay", "order=%" PRId64 " meter=%s %s %s: %s", o->id, o->serial,
             order_action_name(o->action), order_state_name(next), note);
    return order_save(r->store, o, e) &&
           order_event_add(r->store, o->id, r->now, order_event_name(event), next, actor,
                           note, e) &&
           (!order_state_is_final(next) || field_end(r, o, e));
}

bool
step_note(const struct relay *r, struct order *o, const char *event, const char *note,
          struct err *e)
{
    return order_save(r->store, o, e) &&
           order_event_add(r->store, o->id, r->now, event, o->state, ENGINE, note, e);
}

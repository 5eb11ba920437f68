#include "meterpost/metering/reading.h"

#include "case.h"
#include "meterpost/base/text.h"
#include "settle.h"

#include <string.h>

const char *
metering_main_register(const char *commodity)
{
    static const char *const registers[][2] = {
        {"electricity", "1-0:1.8.0"},
        {"water", "8-0:1.0.0"},
        {"gas", "7-0:3.0.0"},
        {"heat", "6-0:1.0.0"},
    };

    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        if (strcmp(commodity, registers[i][0]) == 0)
            return registers[i][1];
    }
    return "";
}

static void
take_verdict(const struct check_verdict *v, struct reading *r)
{
    static const enum reading_status status[] = {
        [CHECK_ACCEPT] = READING_ACCEPTED,
        [CHECK_HOLD] = READING_HELD,
        [CHECK_REJECT] = READING_REJECTED,
    };

    r->status = status[v->action];
    text_copy(r->flags, sizeof(r->flags), v->flags);
    text_copy(r->reason, sizeof(r->reason), v->reason);
}

/* Ask the rules; where the reading confirms one that is held, that one is released, and
 * then they are asked again. */
static bool
judge(struct store *s, const struct conf *conf, const struct meter *m, utc_t meter_time,
      struct reading *r, struct reading_case *k, struct err *e)
{
    struct check_verdict verdict;
    bool released = false;

    if (!case_load(s, &conf->validation, NULL, m, meter_time, r, false, k, e) ||
        !case_check(s, m, k, &verdict, e) ||
        (k->held.id != 0 && !settle_held(s, m, k, r, &verdict, &released, e)))
        return false;
    if (released &&
        (!case_load(s, &conf->validation, NULL, m, meter_time, r, false, k, e) ||
         !case_check(s, m, k, &verdict, e)))
        return false;
    if (released && verdict.action == CHECK_HOLD && verdict.is_soft)
        verdict.action = CHECK_ACCEPT, verdict.reason[0] = '\0';
    take_verdict(&verdict, r);
    return true;
}

bool
metering_reading_add(struct store *s, const struct conf *conf, const struct meter *m,
                     utc_t meter_time, struct reading *r, struct err *e)
{
    struct reading_case k;

    r->id = 0;
    r->meter_id = m->id;
    r->meter_clock =
        meter_time != 0 && check_clock_sane(meter_time, r->received_at, &conf->validation);
    if (r->meter_clock)
        r->taken_at = meter_time;
    if (!judge(s, conf, m, meter_time, r, &k, e))
        return false;
    if (r->status == READING_REJECTED && check_has_flag(r->flags, "duplicate"))
        return true;
    if (!reading_add(s, r, &r->id, e))
        return false;
    return r->status != READING_ACCEPTED || k.is_news || settle_accepted(s, conf, m, r, e);
}

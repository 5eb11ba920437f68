/* verb_stages.c - the stages of arrears as they are set, holding the run, and the weather.
 */
#include "meterpost/base/text.h"
#include "meterpost/store/audit.h"
#include "verbs.h"

#include <stdio.h>

static const char *
kind_name(enum conf_stage_kind kind)
{
    static const char *const names[] = {
        [STAGE_BY_NAME] = "reminder", [STAGE_REMINDER] = "reminder",
        [STAGE_NOTICE] = "notice",    [STAGE_FINAL] = "final",
        [STAGE_CUT] = "cut",          [STAGE_VISIT] = "visit"};

    return names[kind];
}

/* What has to happen until a message of this stage counts as delivered, modem by modem. */
static void
print_delivered(const struct conf *conf, const struct conf_stage *s, char *out, size_t size)
{
    int hours = conf->arrears.delivered_after_s / HOUR_S;
    struct text t;

    text_init(&t, out, size);
    if (s->template[0] == '\0')
        return;
    if (s->channel == STAGE_BY_HAND) {
        text_add(&t, "somebody says so");
        return;
    }
    for (int i = 0; i < conf->n_modems; i++) {
        const struct conf_modem *m = &conf->modems[i];
        bool by_time = s->delivered == DELIVERED_SENT ||
                       (s->delivered == DELIVERED_AUTO && !m->delivery_reports);

        text_addf(&t, "%s%s: ", i > 0 ? "; " : "", m->name);
        if (by_time)
            text_addf(&t, "sent + %d h", hours);
        else
            text_add(&t, m->delivery_reports ? "report" : "never: it has no reports");
    }
}

static json_t *
row_of(const struct conf *conf, const struct conf_stage *s)
{
    int days = (s->after_due_s - s->before_due_s) / DAY_S;
    char least[AMOUNT_TEXT_MAX], when[40], delivered[400];
    struct money min = s->min_debt;

    if (min.minor < conf->arrears.min_debt.minor)
        min = conf->arrears.min_debt;
    decimal_print(min.minor, conf->decimals, false, least);
    snprintf(when, sizeof(when), "due %c %d d", days < 0 ? '-' : '+',
             days < 0 ? -days : days);
    print_delivered(conf, s, delivered, sizeof(delivered));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "stage", s->name,
                     "kind", kind_name(s->kind), "when", when, "least", least, "class",
                     s->class, "language", s->language, "channel",
                     s->channel == STAGE_BY_HAND ? "hand" : "sms", "template", s->template,
                     "after", s->after, "delivered", delivered);
}

bool
verb_arrears_stages(struct desk *d, const char *actor, const json_t *arguments,
                    json_t *answer, struct err *e)
{
    json_t *rows = json_array();

    (void)actor;
    (void)arguments;
    (void)e;
    json_object_set_new(answer, "stages", rows);
    for (int i = 0; i < d->conf->arrears.n_stages; i++)
        json_array_append_new(rows, row_of(d->conf, &d->conf->arrears.stages[i]));
    return true;
}

/* {"reason", "until"}, or {"off"}: nobody comes to a stage while it is on. */
bool
verb_arrears_hold(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    bool off = json_is_true(json_object_get(arguments, "off"));
    const char *reason, *until;
    utc_t end = 0;

    if (!argument_text_or(arguments, "reason", NULL, &reason, e) ||
        !argument_text_or(arguments, "until", NULL, &until, e) ||
        (until != NULL && !clock_parse(until, &end, e)))
        return false;
    if (end != 0 && end <= d->now)
        return err_set(e, FAIL_REJECT, "%s is over already", until);
    json_object_set_new(answer, "state", json_string(off ? "goes on" : "is held"));
    return relay_flag(&r, &who, FLAG_CHASE, !off, reason, end, e);
}

/* {"low", "heat"}: the forecast of now. */
bool
verb_relay_weather(struct desk *d, const char *actor, const json_t *arguments,
                   json_t *answer, struct err *e)
{
    struct weather w = {.at = d->now,
                        .heat = json_is_true(json_object_get(arguments, "heat"))};
    const char *low;
    char detail[60];

    if (!argument_text(arguments, "low", &low, e) ||
        !decimal_parse(low, 1, &w.low_tenths, e))
        return false;
    if (w.low_tenths < -900 || w.low_tenths > 600)
        return err_set(e, FAIL_REJECT, "%s degrees Celsius are nowhere on earth", low);
    json_object_set_new(answer, "low", json_string(low));
    json_object_set_new(answer, "heat", json_boolean(w.heat));
    json_object_set_new(answer, "asked",
                        json_boolean(policy_asks_weather(d->policy, d->now)));
    snprintf(detail, sizeof(detail), "%.10s degrees%s", low,
             w.heat ? ", heat advisory" : "");
    return weather_add(d->store, &w, actor, e) &&
           audit_add(d->store, d->now, actor, "cli", "relay.weather", "relay", detail, e);
}

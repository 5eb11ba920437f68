/* verb_relay.c - what stops all orders, what the guards say, and orders for technicians. */
#include "meterpost/relay/field.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

bool
verb_relay_flag(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    const char *name, *state, *reason, *until;
    utc_t end = 0;
    enum flag flag;
    bool on;

    if (!argument_text(arguments, "flag", &name, e) ||
        !argument_text(arguments, "state", &state, e) ||
        !argument_text_or(arguments, "reason", NULL, &reason, e) ||
        !argument_text_or(arguments, "until", NULL, &until, e) ||
        (until != NULL && !clock_parse(until, &end, e)))
        return false;
    on = strcmp(state, "on") == 0;
    if (!flag_parse(name, &flag))
        return err_set(e, FAIL_REJECT,
                       "'%.20s' is none of kill, maintenance, moratorium, "
                       "clock, dry_run, feed, chase",
                       name);
    if (!on && strcmp(state, "off") != 0)
        return err_set(e, FAIL_REJECT, "expected on or off, got '%.20s'", state);
    if (end != 0 && end <= d->now)
        return err_set(e, FAIL_REJECT, "%s is over already", until);
    json_object_set_new(answer, "flag", json_string(name));
    json_object_set_new(answer, "state", json_string(state));
    return relay_flag(&r, &who, flag, on, reason, end, e);
}

bool
verb_relay_resume(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    const char *reason;

    json_object_set_new(answer, "state", json_string("on"));
    return argument_text(arguments, "reason", &reason, e) &&
           relay_resume(&r, &who, reason, e);
}

bool
verb_relay_lock(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    const char *reason;
    struct meter m;
    bool off = json_is_true(json_object_get(arguments, "off"));

    if (!argument_meter(d, arguments, &m, e) ||
        !argument_text_or(arguments, "reason", NULL, &reason, e) ||
        !relay_lock(&r, &who, &m, !off, reason, e))
        return false;
    json_object_set_new(answer, "meter", json_string(m.meter));
    json_object_set_new(answer, "state", json_string(off ? "free" : "locked"));
    return true;
}

bool
verb_relay_outage(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    const char *code, *reason;
    struct group g;
    bool off = json_is_true(json_object_get(arguments, "off")), found;

    if (!argument_text(arguments, "group", &code, e) ||
        !argument_text_or(arguments, "reason", "", &reason, e) ||
        !group_by_code(d->store, code, &g, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no group '%.40s'", code);
    json_object_set_new(answer, "group", json_string(g.code));
    json_object_set_new(answer, "state", json_string(off ? "has supply" : "outage"));
    return relay_outage(&r, &who, &g, !off, reason, e);
}

/* {"meter", "relay", "wanted", "locked", "flags": [...], "guards": [...]}. */
bool
verb_relay_show(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct relay r = desk_relay(d);
    struct guard_result guards;
    char why[PLACE_MAX], time[TIME_TEXT_MAX];
    struct supply supply;
    json_t *list = json_array();
    struct meter m;
    bool found;

    (void)actor;
    json_object_set_new(answer, "guards", list);
    if (!argument_meter(d, arguments, &m, e) ||
        !supply_of(d->store, m.id, &supply, &found, e))
        return false;
    json_object_set_new(answer, "meter", json_string(m.meter));
    json_object_set_new(answer, "relay", json_string(m.relay));
    json_object_set_new(answer, "wanted",
                        json_string(!found || !supply.open ? "closed" : "open"));
    json_object_set_new(answer, "since",
                        found ? json_string(clock_iso(supply.since, time)) : json_null());
    if (!meter_lock_of(d->store, m.id, why, &found, e) ||
        !relay_guards(&r, &m, CAUSE_ARREARS, &guards, e))
        return false;
    json_object_set_new(answer, "locked", found ? json_string(why) : json_null());
    json_object_set_new(answer, "may_cut", json_boolean(guards.n == 0));
    for (int i = 0; i < guards.n; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "guard",
                                              guard_name(guards.at[i].guard), "why",
                                              guards.at[i].why));
    return true;
}

/* What is on of all that stops orders. */
bool
verb_relay_flags(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    static const enum flag shown[] = {FLAG_KILL,  FLAG_MAINTENANCE, FLAG_MORATORIUM,
                                      FLAG_CLOCK, FLAG_DRY_RUN,     FLAG_CHASE};
    struct relay r = desk_relay(d);
    char why[PLACE_MAX], low[AMOUNT_TEXT_MAX], time[TIME_TEXT_MAX];
    json_t *rows = json_array();
    struct weather weather;
    bool on;

    (void)actor;
    (void)arguments;
    json_object_set_new(answer, "flags", rows);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        if (!relay_flag_now(&r, shown[i], &on, why, e))
            return false;
        json_array_append_new(rows,
                              json_pack("{s:s, s:s, s:s}", "flag", flag_name(shown[i]),
                                        "state", on ? "on" : "off", "why", why));
    }
    if (!weather_newest(d->store, &weather, &on, e))
        return false;
    if (on) {
        snprintf(why, sizeof(why), "%s degrees forecast at %s%s",
                 decimal_print(weather.low_tenths, 1, false, low),
                 clock_iso(weather.at, time), weather.heat ? ", heat advisory" : "");
        json_array_append_new(
            rows, json_pack("{s:s, s:s, s:s}", "flag", "weather", "state",
                            policy_asks_weather(d->policy, d->now) ? "asked" : "not asked",
                            "why", why));
    }
    json_object_set_new(answer, "policy", json_string(d->policy->name));
    json_object_set_new(answer, "checked_by", json_string(d->policy->checked_by));
    return true;
}

/* ---- technicians ---- */

bool
verb_field_add(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
               struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    struct field_wish w = {.action = "visit"};
    const char *phone;
    struct phone number;
    struct meter m;
    char key[FIELD_KEY_MAX];
    int64_t id;

    if (!argument_meter(d, arguments, &m, e) ||
        !argument_text(arguments, "reason", &w.reason, e) ||
        !argument_text_or(arguments, "phone", NULL, &phone, e) ||
        (phone != NULL && !phone_parse(phone, d->conf->utility.country_code, &number, e)))
        return false;
    w.meter = &m;
    w.number = phone == NULL ? NULL : number.text;
    snprintf(key, sizeof(key), "visit %.40s %lld", m.meter, (long long)d->now);
    w.key = key;
    if (!relay_field_add(&r, &who, &w, &id, e))
        return false;
    json_object_set_new(answer, "field", json_integer(id));
    json_object_set_new(answer, "meter", json_string(m.meter));
    return true;
}

static bool
field_answer(struct desk *d, const char *actor, const json_t *arguments, bool done,
             json_t *answer, struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    const char *text;
    int64_t id;

    if (!argument_id(arguments, "field", &id, e) ||
        !argument_text_or(arguments, "answer", "", &text, e) ||
        !relay_field_answer(&r, &who, id, NULL, done, text, e))
        return false;
    json_object_set_new(answer, "field", json_integer(id));
    json_object_set_new(answer, "state", json_string(done ? "done" : "failed"));
    return true;
}

bool
verb_field_done(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    return field_answer(d, actor, arguments, true, answer, e);
}

bool
verb_field_failed(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    return field_answer(d, actor, arguments, false, answer, e);
}

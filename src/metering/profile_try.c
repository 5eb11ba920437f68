/*
 * profile_try.c - profiles and replies as JSON, and `try sms`.
 */
#include "metering/profile_file.h"

#include <stdlib.h>
#include <string.h>

static bool
put(json_t *to, const char *key, const char *text)
{
    return json_object_set_new(to, key, json_string(text)) == 0;
}

static bool
put_time(json_t *to, utc_t time)
{
    char text[TIME_TEXT_MAX];

    return put(to, "time", clock_iso(time, text));
}

/* What is said once for the whole reply is not repeated with every value. */
static json_t *
value_json(const struct reply *reply, const struct reply_value *v)
{
    json_t *to = json_object();
    char number[AMOUNT_TEXT_MAX];
    bool good =
        to != NULL && put(to, "register", v->obis) &&
        put(to, "value", decimal_print(v->value.milli, QUANTITY_PLACES, true, number)) &&
        put(to, "unit", v->unit);

    if (good && strcmp(v->meter, reply->meter) != 0)
        good = put(to, "meter", v->meter);
    if (good && v->has_time && !reply->has_time)
        good = put_time(to, v->time);
    if (good)
        return to;
    json_decref(to);
    return NULL;
}

static json_t *
alarms_json(const struct reply *reply)
{
    json_t *to = json_array();

    for (int i = 0; i < reply->n_alarms; i++) {
        const struct reply_alarm *alarm = &reply->alarms[i];
        json_t *one = json_pack("{s:s}", "alarm", alarm->word);

        if (alarm->key[0] != '\0')
            put(one, "key", alarm->key);
        if (strcmp(alarm->meter, reply->meter) != 0)
            put(one, "meter", alarm->meter);
        json_array_append_new(to, one);
    }
    return to;
}

static const char *
or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

json_t *
profile_json(const struct profile *profile)
{
    const struct file_profile *f = profile->file;
#define ACTION_TEXT(action) {#action, f->requests.action},
    const struct {
        const char *action, *text;
    } actions[] = {PROFILE_ACTIONS(ACTION_TEXT)};
    json_t *requests = json_object(), *replies = json_array();

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (actions[i].text != NULL)
            put(requests, actions[i].action, actions[i].text);
    }
    for (unsigned i = 0; i < f->replies_count; i++)
        json_array_append_new(replies,
                              json_pack("{s:s, s:s}", "name", f->replies[i].name, "kind",
                                        reply_kind_name(f->replies[i].kind)));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:i}", "profile", f->id, "name",
                     f->name, "commodity", or_empty(f->commodity), "source",
                     or_empty(f->source), "reply_timeout", or_empty(f->reply_timeout),
                     "requests", requests, "replies", replies, "examples",
                     (int)f->examples_count);
}

json_t *
reply_json(const struct reply *reply)
{
    json_t *to = json_object(), *values = json_array();
    bool good = to != NULL && put(to, "kind", reply_kind_name(reply->kind));

    for (int i = 0; i < reply->n_values && good; i++)
        good = json_array_append_new(values, value_json(reply, &reply->values[i])) == 0;
    if (good && reply->meter[0] != '\0')
        good = put(to, "meter", reply->meter);
    good = good && json_object_set(to, "values", values) == 0;
    if (good && reply->has_time)
        good = put_time(to, reply->time);
    if (good && reply->relay != REPLY_RELAY_NONE)
        good = put(to, "relay", reply_relay_name(reply->relay));
    if (good && reply->word[0] != '\0')
        good = put(to, reply->kind == REPLY_ALARM ? "alarm" : "error", reply->word);
    if (good && reply->order[0] != '\0')
        good = put(to, "order", reply->order);
    if (good && reply->n_alarms > (reply->kind == REPLY_ALARM))
        good = json_object_set_new(to, "alarms", alarms_json(reply)) == 0;
    if (good && reply->rule[0] != '\0')
        good = put(to, "rule", reply->rule);
    json_decref(values);
    if (good)
        return to;
    json_decref(to);
    return NULL;
}

static json_t *
refused_json(const struct err *e)
{
    return json_pack("{s:s, s:[], s:s}", "kind", "error", "values", "error", e->text);
}

static json_t *
try_one(const struct profile *profile, const char *text, struct reply *reply)
{
    struct err e;

    return profile_parse_reply(profile, text, reply, &e) ? reply_json(reply)
                                                         : refused_json(&e);
}

/* How much a result says: of several profiles that match, the first best is meant. */
static int
worth(bool good, enum reply_kind kind)
{
    static const enum reply_kind order[] = {REPLY_NOTICE, REPLY_ERROR, REPLY_ACK,
                                            REPLY_ALARM,  REPLY_RELAY, REPLY_READING};

    for (int i = 0; good && i < (int)(sizeof(order) / sizeof(order[0])); i++) {
        if (order[i] == kind)
            return i + 2;
    }
    return 1;
}

/* What one profile makes of the text. */
struct result {
    const struct profile *profile; /* NULL: nothing yet */
    struct reply *reply;
    struct err e; /* why the text makes no sense, where `good` is false */
    bool good;
};

static json_t *
result_json(const struct result *r, json_t *matches)
{
    json_t *out = r->profile == NULL ? json_pack("{s:s, s:[]}", "kind", "unknown", "values")
                  : r->good          ? reply_json(r->reply)
                                     : refused_json(&r->e);

    if (out != NULL && r->profile != NULL)
        put(out, "profile", profile_id(r->profile));
    json_object_set_new(out, "matches", matches);
    return out;
}

/* All profiles; the best result, and the ids of all that match. */
static json_t *
try_all(const struct profiles *all, const char *text, struct reply *reply)
{
    struct result best = {.reply = &reply[0]}, now = {.reply = &reply[1]};
    json_t *matches = json_array();
    struct reply_text t;

    if (!reply_text_open(&t, text, GROUPS_MAX, &now.e))
        return result_json(&best, matches);
    for (size_t i = 0; i < profiles_count(all); i++) {
        now.profile = profiles_at(all, i);
        now.good = profile_parse_text(now.profile, &t, now.reply, &now.e);
        if (now.reply->rule[0] == '\0') /* no pattern of it matches */
            continue;
        json_array_append_new(matches, json_string(profile_id(now.profile)));
        if (best.profile == NULL ||
            worth(now.good, now.reply->kind) > worth(best.good, best.reply->kind)) {
            struct result worse = best;

            best = now;
            now = worse;
        }
    }
    reply_text_close(&t);
    return result_json(&best, matches);
}

json_t *
profile_try(const struct profiles *all, const char *id, const char *text, struct err *e)
{
    bool any = strcmp(id, "?") == 0;
    const struct profile *profile = any ? NULL : profiles_find(all, id);
    struct reply *reply;
    json_t *out;

    if (!any && profile == NULL) {
        err_set(e, FAIL_REJECT, "there is no profile '%.40s'; '?' tries them all", id);
        return NULL;
    }
    reply = malloc(2 * sizeof(*reply)); /* try_all() compares them two by two */
    if (reply == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        return NULL;
    }
    out = any ? try_all(all, text, reply) : try_one(profile, text, reply);
    free(reply);
    if (out == NULL)
        err_set(e, FAIL_RETRY, "out of memory");
    return out;
}

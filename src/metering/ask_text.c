#include "ask_text.h"

#include "meterpost/base/text.h"
#include "meterpost/render/mustache.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/sms/segment.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const actions[] = {
    [REQUEST_READ] = "read",
    [REQUEST_RELAY] = "relay",
};

/* ---- who is asked ---- */

bool
target_meter(struct store *s, const struct meter *m, struct target *t, struct err *e)
{
    struct concentrator k;
    bool found;

    *t = (struct target){
        .port = m->port, .meter_id = m->id, .in_use = m->id != 0 && m->until == 0};
    text_copy(t->name, sizeof(t->name), m->meter);
    text_copy(t->address, sizeof(t->address), m->address);
    text_copy(t->password, sizeof(t->password), m->password);
    text_copy(t->phone, sizeof(t->phone), m->phone);
    text_copy(t->profile, sizeof(t->profile), m->profile);
    if (m->phone[0] != '\0' || m->concentrator_id == 0)
        return true;
    if (!concentrator_by_id(s, m->concentrator_id, &k, &found, e))
        return false;
    if (found && k.until == 0) {
        text_copy(t->phone, sizeof(t->phone), k.phone);
        text_copy(t->profile, sizeof(t->profile), k.profile);
    }
    return true;
}

bool
target_of(struct store *s, const struct request *r, struct target *t, struct err *e)
{
    struct concentrator k;
    struct meter m;
    bool found;

    *t = (struct target){0};
    if (r->meter_id != 0)
        return meter_by_id(s, r->meter_id, &m, &found, e) &&
               (!found || target_meter(s, &m, t, e));
    if (!concentrator_by_id(s, r->concentrator_id, &k, &found, e))
        return false;
    t->in_use = found && k.until == 0;
    if (!found)
        return true;
    text_copy(t->name, sizeof(t->name), k.concentrator);
    text_copy(t->address, sizeof(t->address), k.address);
    text_copy(t->phone, sizeof(t->phone), k.phone);
    text_copy(t->profile, sizeof(t->profile), k.profile);
    return true;
}

const char *
target_request(const struct profiles *profiles, const struct target *t, const char *action,
               struct err *e)
{
    const struct profile *profile;
    const char *text = NULL;

    if (!t->in_use)
        err_set(e, FAIL_REJECT, "'%s' is not in use any more", t->name);
    else if (t->phone[0] == '\0')
        err_set(e, FAIL_REJECT, "'%s' has no phone and no concentrator", t->name);
    else if ((profile = profiles_find(profiles, t->profile)) == NULL)
        err_set(e, FAIL_REJECT, "'%s' has the profile '%s', which is not loaded", t->name,
                t->profile);
    else if ((text = profile_request(profile, action)) == NULL)
        err_set(e, FAIL_REJECT, "the profile '%s' has no request '%s'", t->profile, action);
    return text;
}

const char *
target_template(const struct profiles *profiles, const struct target *t,
                enum request_kind kind, struct err *e)
{
    return target_request(profiles, t, actions[kind], e);
}

/* ---- asking ---- */

/* The utility's clock in pieces, two digits each but for the year: what meters that are
 * set by text want is in their own order. */
static void
add_clock(json_t *view, utc_t now)
{
    struct tm tm;
    clock_local(now, &tm);
    const struct {
        const char *name;
        int value;
    } fields[] = {
        {"year", tm.tm_year + 1900}, {"yy", tm.tm_year % 100}, {"month", tm.tm_mon + 1},
        {"day", tm.tm_mday},         {"hour", tm.tm_hour},     {"minute", tm.tm_min},
        {"second", tm.tm_sec},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        json_object_set_new(view, fields[i].name, json_sprintf("%02d", fields[i].value));
}

static json_t *
view_of(int64_t order, const struct target *t, const char *amount, utc_t now)
{
    char time[TIME_TEXT_MAX];
    json_t *view = json_pack("{s:s, s:s, s:s, s:s, s:I}", "meter", t->name, "address",
                             t->address, "password", t->password, "now",
                             clock_iso(now, time), "order", (json_int_t)order);

    if (amount != NULL) {
        json_object_set_new(view, "amount", json_string(amount));
        json_object_set_new(view, "token", json_string(amount));
    }
    json_object_set_new(view, "port",
                        t->port == 0 ? json_string("") : json_integer(t->port));
    add_clock(view, now);
    return view;
}

static const struct mustache_how how = {.plain = true, .strict = true};

static char *
fill(const struct mustache *m, int64_t order, const struct target *t, const char *amount,
     utc_t now, struct err *e)
{
    json_t *view = view_of(order, t, amount, now);
    char *text = NULL;

    if (!mustache_render(m, view, &how, &text, NULL, e))
        text = NULL;
    json_decref(view);
    return text;
}

char *
target_render(const char *template, int64_t order, const struct target *t,
              const char *amount, utc_t now, struct err *e)
{
    struct mustache *m;
    char *text;

    if (!mustache_compile(t->profile, template, strlen(template), &m, e))
        return NULL;
    text = fill(m, order, t, amount, now, e);
    mustache_destroy(m);
    return text;
}

/* ---- many of them ---- */

#define TEXTS_MAX 64 /* profiles; beyond them each text is compiled anew */

struct ask_texts {
    const struct profiles *profiles;
    utc_t now;
    size_t n;
    struct ask_text {
        char profile[WORD_MAX];
        struct mustache *compiled;
        int segments; /* where the text has no fields; else 0 */
    } at[TEXTS_MAX];
};

struct ask_texts *
ask_texts_create(const struct profiles *profiles, utc_t now)
{
    struct ask_texts *all = calloc(1, sizeof(*all));

    if (all != NULL) {
        all->profiles = profiles;
        all->now = now;
    }
    return all;
}

void
ask_texts_destroy(struct ask_texts *all)
{
    for (size_t i = 0; all != NULL && i < all->n; i++)
        mustache_destroy(all->at[i].compiled);
    free(all);
}

static bool
measure(const char *text, int *segments, struct err *e)
{
    char digits[OUTBOX_TEXT_MAX];
    struct segments plan;

    if (outbox_is_data(text, digits, sizeof(digits))
            ? !segment_plan_data(strlen(digits) / 2, 8, &plan, e)
            : !segment_plan(text, &plan, e))
        return false;
    *segments = (int)plan.count;
    return true;
}

/* The compiled text of a profile; NULL with *e when it has none. */
static struct ask_text *
text_of(struct ask_texts *all, const struct target *t, struct err *e)
{
    struct ask_text *one;
    const char *template;

    for (size_t i = 0; i < all->n; i++) {
        if (strcmp(all->at[i].profile, t->profile) == 0)
            return &all->at[i];
    }
    template = target_template(all->profiles, t, REQUEST_READ, e);
    if (template == NULL)
        return NULL;
    if (all->n == TEXTS_MAX) /* the last one makes room */
        mustache_destroy(all->at[--all->n].compiled);
    one = &all->at[all->n];
    *one = (struct ask_text){0};
    if (!mustache_compile(t->profile, template, strlen(template), &one->compiled, e))
        return NULL;
    text_copy(one->profile, sizeof(one->profile), t->profile);
    all->n++;
    if (strstr(template, "{{") == NULL && !measure(template, &one->segments, e))
        one->segments = 0;
    return one;
}

bool
ask_texts_measure(struct ask_texts *all, const struct round_target *r, int *segments,
                  struct err *e)
{
    struct target t = {.port = r->port, .in_use = true};
    struct ask_text *one;
    char *text;
    bool good;

    text_copy(t.name, sizeof(t.name), r->name);
    text_copy(t.address, sizeof(t.address), r->address);
    text_copy(t.password, sizeof(t.password), r->password);
    text_copy(t.phone, sizeof(t.phone), r->phone);
    text_copy(t.profile, sizeof(t.profile), r->profile);
    one = text_of(all, &t, e);
    if (one == NULL)
        return false;
    *segments = one->segments;
    if (one->segments > 0)
        return true;
    text = fill(one->compiled, 1, &t, NULL, all->now, e);
    good = text != NULL && measure(text, segments, e);
    free(text);
    return good;
}

/* say_use.c - what was used, and readings that customers take themselves. */
#include "chat.h"
#include "figures.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/match.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/loss.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/unit.h"
#include "meterpost/render/view.h"
#include "views.h"

#include <stdio.h>
#include <string.h>

/* The meter that the next word names, which is taken then; else the account's only one.
 * *found is false when that leaves it open. */
static bool
choose_meter(struct chat *c, struct meter *out, bool *found, struct err *e)
{
    struct meter meters[ACCOUNT_METERS];
    char name[KEY_MAX];
    size_t n;

    *found = false;
    if (!meters_of_account(c->d->store, c->account->id, meters, &n, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        words_fold(meters[i].meter, name, sizeof(name));
        if (strlen(name) != chat_next(c) || strncmp(name, c->rest, strlen(name)) != 0)
            continue;
        chat_skip(c);
        *found = true;
        *out = meters[i];
        return true;
    }
    *found = n > 0;
    if (*found)
        *out = meters[0];
    return true;
}

/* ---- USE ---- */

/* What ran through between two readings: `name` or null. */
static bool
view_between(struct chat *c, const struct meter *m, const char *name, utc_t from, utc_t to,
             int slack_s, struct err *e)
{
    const char *obis = metering_main_register(m->commodity);
    struct reading a, b;
    struct quantity used = {0};
    bool has_a, has_b;

    if (!reading_until(c->d->store, m->id, obis, from, &a, &has_a, e) ||
        !reading_until(c->d->store, m->id, obis, to, &b, &has_b, e))
        return false;
    if (!has_a || !has_b || b.taken_at <= a.taken_at || b.value.milli < a.value.milli ||
        from - a.taken_at > slack_s || to - b.taken_at > slack_s ||
        !round_divide((int128)(b.value.milli - a.value.milli) * m->at.multiplier_milli,
                      MULTIPLIER_ONE, ROUND_HALF_UP, &used.milli, e)) {
        view_none(c->view, name);
        return true;
    }
    return view_quantity(c->view, name, used, c->spoken);
}

static bool
view_last_month(struct chat *c, const struct meter *m, struct err *e)
{
    json_t *rows = usage_rows(c->d->store, c->d->conf, m, 1, c->d->now, e), *row;
    const char *use, *quality;
    struct quantity q = {0};
    utc_t from = clock_month_start(c->d->now, -1);

    if (rows == NULL)
        return false;
    row = json_array_get(rows, 0);
    use = json_string_value(json_object_get(row, "use"));
    quality = json_string_value(json_object_get(row, "quality"));
    view_date(c->view, "month", from, c->spoken);
    if (use != NULL && quality != NULL && quality[0] != 'N' &&
        decimal_parse(use, QUANTITY_PLACES, &q.milli, e))
        view_quantity(c->view, "last_month", q, c->spoken);
    else
        view_none(c->view, "last_month");
    json_decref(rows);
    return true;
}

bool
say_use(struct chat *c, struct err *e)
{
    utc_t today = clock_day_start(c->d->now, 0);
    struct meter m;
    bool found;

    chat_speak(c, "use.sms");
    chat_text(c->view, "account", c->account->account);
    if (!choose_meter(c, &m, &found, e))
        return false;
    json_object_set_new(c->view, "metered", json_boolean(found));
    chat_said(c, "asked for the use");
    if (!found) {
        view_none(c->view, "yesterday");
        view_none(c->view, "this_month");
        view_none(c->view, "last_month");
        json_object_set_new(c->view, "reading", json_null());
        view_unit(c->view, "", c->spoken);
        return chat_say(c, "use.sms", e);
    }
    view_unit(c->view, obis_unit(metering_main_register(m.commodity)), c->spoken);
    return view_between(c, &m, "yesterday", clock_day_start(c->d->now, -1), today,
                        12 * HOUR_S, e) &&
           view_between(c, &m, "this_month", clock_month_start(c->d->now, 0), c->d->now,
                        4 * DAY_S, e) &&
           view_last_month(c, &m, e) &&
           view_last_reading(c->d, c->account, c->spoken, c->view, e) &&
           chat_say(c, "use.sms", e);
}

/* ---- READ n ---- */

/* What a number in the text may be instead of a reading: account, what is paid to, meter.
 */
static void
name_numbers(const struct chat *c, const struct meter *m, struct figure_name names[3])
{
    char payable[KEY_MAX + 1];

    match_reference(c->d->conf, c->account->account, payable);
    snprintf(names[0].text, sizeof(names[0].text), "%s", c->account->account);
    snprintf(names[1].text, sizeof(names[1].text), "%s", payable);
    snprintf(names[2].text, sizeof(names[2].text), "%s", m->meter);
}

static bool
take_reading(struct chat *c, const struct meter *m, struct quantity value, struct err *e)
{
    const char *obis = metering_main_register(m->commodity);
    struct reading r = {.value = value,
                        .taken_at = c->m->smsc_at > 0 ? c->m->smsc_at : c->d->now,
                        .received_at = c->d->now,
                        .inbox_id = c->m->id};
    bool taken;

    if (r.taken_at > c->d->now)
        r.taken_at = c->d->now;
    text_copy(r.obis, sizeof(r.obis), obis);
    text_copy(r.unit, sizeof(r.unit), obis_unit(obis));
    text_copy(r.actor, sizeof(r.actor), c->staff != NULL ? c->staff->staff : "customer");
    text_clip(r.raw, sizeof(r.raw), c->m->text);
    if (!metering_take_customer_reading(c->d->store, c->d->conf, m, &r, e))
        return false;
    taken = r.status == READING_ACCEPTED || (r.status == READING_REJECTED && r.id == 0);
    json_object_set_new(c->view, "accepted", json_boolean(taken));
    json_object_set_new(c->view, "again", json_boolean(!taken));
    chat_said(c, "read meter %s: %s", m->meter, reading_status_name(r.status));
    return true;
}

bool
say_read(struct chat *c, struct err *e)
{
    struct figure_name names[3];
    struct quantity value = {0};
    struct meter m;
    bool found;

    chat_speak(c, "read.sms");
    chat_text(c->view, "account", c->account->account);
    view_none(c->view, "value");
    json_object_set_new(c->view, "accepted", json_false());
    json_object_set_new(c->view, "again", json_false());
    json_object_set_new(c->view, "how", json_false());
    if (!choose_meter(c, &m, &found, e) ||
        !view_last_reading(c->d, c->account, c->spoken, c->view, e))
        return false;
    if (found)
        name_numbers(c, &m, names);
    if (!found || !figures_find(c->m->text, names, 3, c->spoken, &value)) {
        json_object_set_new(c->view, "how", json_true());
        chat_said(c, found ? ASKED_READING : "there is no meter to read");
        return chat_say(c, "read.sms", e);
    }
    view_quantity(c->view, "value", value, c->spoken);
    return take_reading(c, &m, value, e) && chat_say(c, "read.sms", e);
}

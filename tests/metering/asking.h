/*
 * asking.h - what the tests of asking stand on: the village with two modems, and whoever
 * answers.
 */
#ifndef METERPOST_TESTS_METERING_ASKING_H
#define METERPOST_TESTS_METERING_ASKING_H

#include "metering/village.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/cause.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/round.h"
#include "meterpost/metering/wire.h"
#include "meterpost/render/template.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/attempts.h"
#include "meterpost/store/list.h"

#define GSM   "+254711000001"
#define WATER "+254711000002"
#define BOX   "+254722000001"

static struct round_summary sum;
static struct templates *templates;
static struct conf_modem modems[2];

static inline void
start(void)
{
    make_village();
    settle_village();
    for (int i = 0; i < 2; i++) {
        modems[i] = (struct conf_modem){
            .segment_cost = {80}, .rate = {10, 60}, .routes = {"*"}, .n_routes = 1};
        snprintf(modems[i].name, sizeof(modems[i].name), "sim%d", i + 1);
    }
    conf.modems = modems;
    conf.n_modems = 2;
    conf.reading.reread = true;
    text_copy(conf.utility.name, sizeof(conf.utility.name), "Kibo");
    cr_assert(templates_open(TOP "/templates", "en", &templates, &e), "%s", e.text);
}

static inline void
end(void)
{
    templates_close(templates);
    remove_village();
}

static inline void
set_fallback(int n, enum conf_channel a, enum conf_channel b, enum conf_channel c)
{
    conf.reading.fallback[0] = a;
    conf.reading.fallback[1] = b;
    conf.reading.fallback[2] = c;
    conf.reading.n_fallback = n;
}

static inline int
ask_due(void)
{
    int done;

    cr_assert(metering_ask_due(s, &conf, profiles, templates, now, 500, &done, &e), "%s",
              e.text);
    return done;
}

static inline struct metering_outcome
answer(const char *sender, const char *text)
{
    struct inbox_row m = text_from(sender, text);
    struct metering_outcome out;

    cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e), "%s", e.text);
    return out;
}

/* The newest row of a list: a member as text. */
static inline const char *
newest(const char *list, const char *subject, const char *key)
{
    static char text[300];
    struct list_filter f = {.subject = subject, .limit = 1};
    json_t *rows = list_array(s, list, &f, 2, &e), *value;

    cr_assert_not_null(rows, "%s", e.text);
    value = json_object_get(json_array_get(rows, 0), key);
    if (json_is_integer(value))
        snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
    else
        snprintf(text, sizeof(text), "%s",
                 json_is_string(value) ? json_string_value(value) : "");
    json_decref(rows);
    return text;
}

static inline bool
start_round(const char *name, const char *group)
{
    struct round_start how = {.name = name, .group = group, .actor = "amina"};

    return metering_round_start(s, &conf, &how, now, &sum, &e);
}

/* All that is queued leaves by this modem. */
static inline void
send_all(const char *modem)
{
    struct outbox_row row;
    struct wire_send part;
    bool found = true, more;

    for (int64_t id = 1; found; id++) {
        cr_assert(outbox_row_get(s, id, &row, &found, &e));
        if (!found || row.state != OUTBOX_QUEUED)
            continue;
        cr_assert(outbox_take(s, id, modem, false, now, &part, &e), "%s", e.text);
        struct wire_result r = {.outbox = id, .part = 1, .outcome = WIRE_SENT, .ref = -1};
        cr_assert(outbox_result(s, modem, false, &r, now, &part, &more, &e), "%s", e.text);
    }
}

/* The customer texts what the meter shows. */
static inline void
customer_reads(const char *name, int64_t milli)
{
    struct reading r = {.value = {milli},
                        .taken_at = now,
                        .received_at = now,
                        .unit = "kWh",
                        .obis = "1-0:1.8.0",
                        .actor = "customer"};
    struct meter m = meter(name);

    cr_assert(metering_take_customer_reading(s, &conf, &m, &r, &e), "%s", e.text);
}

#endif

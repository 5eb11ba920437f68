/* say_use.c - what was used, and readings that customers take themselves. */
#include "chat.h"
#include "meterpost/base/text.h"
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

/* Is a comma in front of three digits one of thousands in this language? */
static bool
is_thousands(char mark, const char *language)
{
    bool comma = strncmp(language, "es", 2) == 0 || strncmp(language, "fr", 2) == 0;

    return mark == (comma ? '.' : ',');
}

/* One number as people write it ("1.312,5", "12,345", "12345m3") in thousandths. */
static bool
number_of(const char *text, const char *language, struct quantity *out)
{
    char plain[40];
    struct text t;
    struct err ignored;

    text_init(&t, plain, sizeof(plain));
    for (; *text != '\0'; text++) {
        size_t digits = strspn(text + 1, "0123456789");

        if (*text >= '0' && *text <= '9')
            text_add_bytes(&t, text, 1);
        else if ((*text != '.' && *text != ',') || digits == 0)
            break;
        else if (digits != 3 || !is_thousands(*text, language))
            text_add(&t, strchr(plain, '.') == NULL ? "." : "x");
    }
    return plain[0] != '\0' && !t.cut &&
           decimal_parse(plain, QUANTITY_PLACES, &out->milli, &ignored);
}

/* The words of the text that begin with a digit, as they were written but with ASCII
 * digits; `skip` of them were numbers of accounts and meters. The number is the first that
 * is left; groups of three behind it belong to it ("12 345"). */
static bool
value_in(const char *text, int skip, const char *language, struct quantity *out)
{
    char word[64], number[128] = "";
    size_t n = strlen(text);

    for (size_t at = 0; at < n;) {
        struct text t;

        text_init(&t, word, sizeof(word));
        while (at < n) {
            uint32_t point = 0;
            char folded[8] = "", raw[8] = "";
            int step = utf8_next(text + at, n - at, &point);

            raw[utf8_put(point, raw)] = '\0';
            at += step < 1 ? 1 : (size_t)step;
            words_fold(raw, folded, sizeof(folded));
            if (folded[0] == '\0' && point != '.' && point != ',' && point != 0xFF0E &&
                point != 0xFF0C)
                break;
            if (t.used == 0 && (folded[0] < '0' || folded[0] > '9'))
                continue; /* "READ:12", 抄表12: only what begins with a digit counts */
            text_add(&t, folded[0] != '\0'                 ? folded
                         : point == ',' || point == 0xFF0C ? ","
                                                           : ".");
        }
        if (word[0] == '\0' || skip-- > 0)
            continue;
        if (number[0] != '\0' && (strspn(word, "0123456789") != 3 || word[3] != '\0'))
            break;
        snprintf(number + strlen(number), sizeof(number) - strlen(number), "%.40s", word);
    }
    return number[0] != '\0' && number_of(number, language, out);
}

/* How many numbers of the text were taken as names: those of account and meter. */
static int
names_taken(const struct chat *c, const char *rest_before)
{
    int n = 0;

    for (const char *at = rest_before; at < c->rest; at += strcspn(at, " ") + 1)
        n += *at >= '0' && *at <= '9';
    return n;
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
    const char *first =
        words_find(c->d->words, c->m->text, c->folded, &first, &c->word_in) == c->word
            ? first
            : c->rest;
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
    if (!found || !value_in(c->m->text, names_taken(c, first), c->spoken, &value)) {
        json_object_set_new(c->view, "how", json_true());
        chat_said(c, found ? "a reading without a number" : "there is no meter to read");
        return chat_say(c, "read.sms", e);
    }
    view_quantity(c->view, "value", value, c->spoken);
    return take_reading(c, &m, value, e) && chat_say(c, "read.sms", e);
}

/* sim_show.c - what a rehearsal came to, as JSON and as a page. */
#include "sim_air.h"
#include "table.h"

#include "meterpost/base/conf.h"
#include "meterpost/store/list.h"

#include <stdio.h>
#include <string.h>

#define COUNT(page) (sizeof(page) / sizeof((page)[0]))

/* What each modem had to do. */
static json_t *
modem_rows(const struct air *a)
{
    const struct conf *conf = a->desk->conf;
    char cost[AMOUNT_TEXT_MAX], at[TIME_TEXT_MAX];
    json_t *rows = json_array();

    for (int i = 0; i < conf->n_modems; i++) {
        const struct air_modem *m = &a->modems[i];

        decimal_print(m->parts * conf->modems[i].segment_cost.minor, conf->decimals, false,
                      cost);
        json_array_append_new(
            rows,
            json_pack("{s:s,s:I,s:I,s:s,s:o}", "modem", conf->modems[i].name, "messages",
                      (json_int_t)m->messages, "parts", (json_int_t)m->parts, "cost", cost,
                      "sent_by",
                      m->ended == 0 ? json_null() : json_string(clock_iso(m->ended, at))));
    }
    return rows;
}

void
air_put(const struct air *a, utc_t begun, json_t *o)
{
    char cost[AMOUNT_TEXT_MAX], hours[AMOUNT_TEXT_MAX], at[TIME_TEXT_MAX];
    json_t *kinds = json_object();

    for (int i = 0; i < OUT_KINDS; i++) {
        if (a->by_kind[i] > 0)
            json_object_set_new(kinds, outbox_kind_name((enum outbox_kind)i),
                                json_integer(a->by_kind[i]));
    }
    decimal_print(a->cost.minor, a->desk->conf->decimals, false, cost);
    json_object_set_new(o, "at", json_string(clock_iso(begun, at)));
    json_object_set_new(o, "messages", json_integer(a->messages));
    json_object_set_new(o, "kinds", kinds);
    json_object_set_new(o, "parts", json_integer(a->parts));
    json_object_set_new(o, "cost", json_string(cost));
    json_object_set_new(o, "lost", json_integer(a->lost));
    json_object_set_new(o, "unrouted", json_integer(a->unrouted));
    json_object_set_new(o, "modems", modem_rows(a));
    if (a->ended == 0)
        return;
    json_object_set_new(o, "sent_from", json_string(clock_iso(a->begun, at)));
    json_object_set_new(o, "sent_by", json_string(clock_iso(a->ended, at)));
    decimal_print((a->ended - begun + HOUR_S / 10 - 1) * 10 / HOUR_S, 1, true, hours);
    json_object_set_new(o, "hours", json_string(hours));
    json_object_set_new(o, "minutes",
                        json_integer((a->ended - begun + MINUTE_S - 1) / MINUTE_S));
}

json_t *
air_guess_json(const struct air_guess *g, bool pays)
{
    json_t *o = json_pack("{s:i,s:I}", "loss_percent", g->loss_percent, "delay_s",
                          (json_int_t)g->delay_s);

    if (pays)
        json_object_set_new(o, "payers_percent", json_integer(g->payers_percent));
    return o;
}

static void
note_guess(const struct cli *c, const json_t *guess)
{
    const json_t *payers = json_object_get(guess, "payers_percent");

    say_note(c, "Guessed: %lld of 100 texts are lost, one travels for about %lld s%s",
             json_integer_value(json_object_get(guess, "loss_percent")),
             json_integer_value(json_object_get(guess, "delay_s")),
             payers == NULL ? ": --loss, --delay" : ",");
    if (payers != NULL)
        say_note(c, "%lld of 100 pay on the day of the cut: --loss, --delay, --payers",
                 json_integer_value(payers));
}

void
air_print(const struct cli *c, const struct column *page, size_t n, const json_t *o)
{
    static const struct column by_modem[] = {
        {"modem", "modem", CELL_TEXT, false},
        {"messages", "messages", CELL_NUMBER, false},
        {"parts", "parts", CELL_NUMBER, false},
        {"cost", "cost", CELL_MONEY, false},
        {"sent_by", "the last at", CELL_TIME, false},
    };
    const json_t *modems = json_object_get(o, "modems");

    if (c->form != FORM_TEXT) {
        print_object(c, o);
        return;
    }
    page_print(stdout, page, n, o, LINE_COLUMNS, colour_wanted(stdout));
    if (json_array_size(modems) > 1) {
        printf("\n");
        table_print(stdout, by_modem, COUNT(by_modem), modems, LINE_COLUMNS,
                    colour_wanted(stdout));
    }
    note_guess(c, json_object_get(o, "guess"));
    say_note(c, "Nothing was changed: it was a copy.");
}

/* Orders of a subject in a state. */
static json_t *
orders_of(const struct air *a, const char *subject, const char *state, utc_t from,
          struct err *e)
{
    const struct list_filter f = {
        .subject = subject, .state = state, .from = from, .limit = INT64_MAX};

    return list_array(a->desk->store, "orders", &f, a->desk->conf->decimals, e);
}

static void
put_count(const struct air *a, const char *subject, const char *state, const char *key,
          json_t *o, struct err *e)
{
    json_t *rows = orders_of(a, subject, state, 0, e);

    json_object_set_new(o, key, json_integer((json_int_t)json_array_size(rows)));
    json_decref(rows);
}

/* Who got supply back since then, and how long the slowest had waited for it. */
static void
put_restores(const struct air *a, utc_t begun, json_t *o, struct err *e)
{
    json_t *rows = orders_of(a, "restore", "verified", begun, e);
    json_int_t longest_s = 0;
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        json_int_t s = json_integer_value(json_object_get(row, "seconds_to_power"));

        longest_s = s > longest_s ? s : longest_s;
    }
    json_object_set_new(o, "restored", json_integer((json_int_t)i));
    if (i > 0)
        json_object_set_new(o, "longest_wait_s", json_integer(longest_s));
    json_decref(rows);
}

void
air_put_day(const struct air *a, utc_t begun, int64_t batch, json_t *o, struct err *e)
{
    static const struct {
        const char *state, *key;
    } counts[] = {{"verified", "cut"},  {"open", "open"},         {"cancelled", "dropped"},
                  {"failed", "failed"}, {"in_doubt", "in_doubt"}, {"expired", "expired"}};
    const struct list_filter since = {.from = begun, .limit = INT64_MAX};
    char subject[40], paid[AMOUNT_TEXT_MAX];
    const char *last = NULL;
    json_t *rows;
    const json_t *row;
    size_t n;

    snprintf(subject, sizeof(subject), "batch %lld", (long long)batch);
    for (size_t i = 0; i < COUNT(counts); i++)
        put_count(a, subject, counts[i].state, counts[i].key, o, e);
    decimal_print(a->paid.minor, a->desk->conf->decimals, false, paid);
    json_object_set_new(o, "payments", json_integer(a->payments));
    json_object_set_new(o, "paid", json_string(paid));
    json_object_set_new(o, "by_wire", json_integer(a->wired));
    rows = orders_of(a, subject, "verified", 0, e);
    json_array_foreach (rows, n, row) {
        const char *at = json_string_value(json_object_get(row, "power_at"));

        last = at != NULL && (last == NULL || strcmp(at, last) > 0) ? at : last;
    }
    json_object_set_new(o, "cut_by", last == NULL ? json_null() : json_string(last));
    json_decref(rows);
    rows = list_array(a->desk->store, "alarms", &since, a->desk->conf->decimals, e);
    json_object_set_new(o, "alarms", json_integer((json_int_t)json_array_size(rows)));
    json_decref(rows);
    put_restores(a, begun, o, e);
}

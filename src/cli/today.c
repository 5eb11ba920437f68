/*
 * today.c - the page that a day begins with: what is wrong first, each with the command
 * that mends it.
 */
#include "health.h"
#include "lists.h"
#include "phrase.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/cause.h"
#include "meterpost/store/morning.h"
#include "meterpost/store/overview.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WATCH_S      5
#define HOLDS_MOST   5000
#define CAUSES_MOST  4
#define RULES_MOST   8
#define SUSPENSE_OLD (5 * DAY_S)

static const char *
text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text == NULL ? "" : text;
}

static long long
number_of(const json_t *o, const char *key)
{
    return (long long)json_integer_value(json_object_get(o, key));
}

static json_t *
rows_of(struct cli *c, const char *list, const char *state, int64_t limit)
{
    struct list_filter f = {.state = state, .limit = limit};
    struct err e;
    json_t *rows = list_array(c->desk->store, list, &f, c->desk->conf->decimals, &e);

    return rows == NULL ? json_array() : rows;
}

/* ---- reading ---- */

struct causes {
    struct text t;
    int n;
};

static bool
add_cause(const struct round_cause *one, void *context)
{
    struct causes *all = context;

    if (all->n++ == CAUSES_MOST)
        return false;
    text_addf(&all->t, "%s%s%s%s %d", all->n > 1 ? " | " : "", one->what,
              *one->name == '\0' ? "" : " ", one->name, one->missing);
    return true;
}

/* The newest round: how many are in, and what those that are missing have in common. */
static void
look_at_reading(struct cli *c, json_t *rows)
{
    json_t *list = rows_of(c, "rounds", NULL, 1);
    const json_t *r = json_array_get(list, 0);
    long long meters = number_of(r, "meters"), in = number_of(r, "in"),
              missing = meters - in - number_of(r, "held");
    char why[300] = "", mend[100];
    struct causes causes = {.n = 0};
    struct round round;
    struct err e;
    bool found;

    if (r == NULL || meters == 0) {
        json_decref(list);
        return;
    }
    text_init(&causes.t, why, sizeof(why));
    if (missing > 0 &&
        round_by_name(c->desk->store, text_of(r, "round"), &round, &found, &e) && found)
        metering_round_causes(c->desk->store, &round, add_cause, NULL, &causes, &e);
    snprintf(mend, sizeof(mend), "meterpost round show %s", text_of(r, "round"));
    health_add(rows, "reads",
               missing * 20 > meters ? HEALTH_BAD
               : missing > 0         ? HEALTH_WARN
                                     : HEALTH_OK,
               missing > 0 ? mend : NULL,
               "%s: %lld of %lld in, %lld.%lld%%%s%lld missing%s%s", text_of(r, "round"),
               in, meters, in * 100 / meters, in * 1000 / meters % 10, ", ", missing,
               *why == '\0' ? "" : ": ", why);
    json_decref(list);
}

struct tally {
    char word[24];
    int n;
};

/* Held readings by the rule that holds them. */
static void
look_at_holds(struct cli *c, json_t *rows)
{
    json_t *held = rows_of(c, "readings", "held", HOLDS_MOST);
    struct tally tally[RULES_MOST] = {0};
    char by[300];
    struct text t;
    const json_t *row;
    size_t i;

    json_array_foreach (held, i, row) {
        const char *flag =
            json_string_value(json_array_get(json_object_get(row, "flags"), 0));

        for (int k = 0; k < RULES_MOST && flag != NULL; k++) {
            if (tally[k].n > 0 &&
                strncmp(tally[k].word, flag, sizeof(tally[k].word) - 1) != 0)
                continue;
            snprintf(tally[k].word, sizeof(tally[k].word), "%s", flag);
            tally[k].n++;
            break;
        }
    }
    text_init(&t, by, sizeof(by));
    for (int k = 0; k < RULES_MOST && tally[k].n > 0; k++)
        text_addf(&t, "%s%s %d", k > 0 ? ", " : ": ", tally[k].word, tally[k].n);
    i = json_array_size(held);
    health_add(rows, "holds", i > 0 ? HEALTH_WARN : HEALTH_OK,
               i > 0 ? "meterpost hold list" : NULL, "%zu readings wait for somebody%s", i,
               by);
    json_decref(held);
}

/* ---- money, supply, messages ---- */

static void
look_at_money(struct cli *c, json_t *rows, const struct morning *m)
{
    int decimals = c->desk->conf->decimals;
    char paid[AMOUNT_TEXT_MAX], open[AMOUNT_TEXT_MAX], over[AMOUNT_TEXT_MAX];
    int64_t age = m->suspense == 0 ? 0 : c->desk->now - m->suspense_since;

    money_show(m->paid, decimals, paid);
    money_show(m->suspended, decimals, open);
    money_show(m->overdue_sum, decimals, over);
    health_add(rows, "money", HEALTH_OK, NULL, "%lld payments today, %s %s",
               (long long)m->payments, paid, c->desk->conf->utility.currency);
    if (m->suspense > 0)
        health_add(rows, "money", age > SUSPENSE_OLD ? HEALTH_BAD : HEALTH_WARN,
                   "meterpost suspense",
                   "%lld payments are of no account yet: %s, the oldest for %lld d",
                   (long long)m->suspense, open, (long long)(age / DAY_S));
    if (m->overdue > 0)
        health_add(rows, "arrears", HEALTH_OK, NULL, "%lld accounts owe %s past the day",
                   (long long)m->overdue, over);
}

static void
look_at_supply(json_t *rows, const struct morning *m)
{
    if (m->relay_unknown > 0)
        health_add(rows, "relay", HEALTH_WARN, "meterpost relay list --state unknown",
                   "%lld meters with a switch whose state is not known",
                   (long long)m->relay_unknown);
    if (m->relay_open > 0)
        health_add(rows, "relay", HEALTH_OK, "meterpost relay list --state open",
                   "%lld supplies are cut", (long long)m->relay_open);
}

static void
look_at_messages(struct cli *c, json_t *rows, const struct morning *m)
{
    char mend[80], day[TIME_TEXT_MAX];

    health_queue(c, rows);
    if (m->failed == 0)
        return;
    snprintf(mend, sizeof(mend), "meterpost outbox --state lost --from %s",
             clock_date(c->desk->now, day));
    health_add(rows, "messages", HEALTH_WARN, mend, "%lld of today did not arrive",
               (long long)m->failed);
}

static void
look_at_bills(json_t *rows, const struct morning *m)
{
    if (m->accounts_open == 0)
        return;
    if (m->accounts_billed >= m->accounts_open)
        health_add(rows, "bills", HEALTH_OK, NULL, "%lld accounts billed this month",
                   (long long)m->accounts_billed);
    else
        health_add(rows, "bills", HEALTH_OK, "meterpost bill preview",
                   "%lld of %lld accounts billed this month", (long long)m->accounts_billed,
                   (long long)m->accounts_open);
}

/* ---- the page ---- */

static json_t *
look(struct cli *c, struct err *e)
{
    utc_t midnight = clock_day_start(c->desk->now, 0);
    json_t *rows = json_array(), *status = health_ask_engine(c);
    struct morning m = {0};

    health_engine(c, rows, status);
    health_modems(c, rows, status);
    json_decref(status);
    health_fence(c, rows);
    health_alarms(c, rows);
    look_at_reading(c, rows);
    look_at_holds(c, rows);
    if (!store_morning(c->desk->store, midnight, clock_month_start(c->desk->now, 0),
                       c->desk->now, &m, e) ||
        !health_orders(c, rows, midnight, e)) {
        json_decref(rows);
        return NULL;
    }
    look_at_money(c, rows, &m);
    look_at_supply(rows, &m);
    look_at_messages(c, rows, &m);
    look_at_bills(rows, &m);
    health_clock(c, rows);
    health_disk(c, rows);
    health_backup(c, rows);
    health_second_late(c, rows);
    return rows;
}

static void
print_heading(struct cli *c)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    char day[64];
    struct tm tm;

    clock_local(c->desk->now, &tm);
    strftime(day, sizeof(day), "%Y-%m-%d %H:%M", &tm);
    printf("%s %s  %s\n\n", phrase(days[tm.tm_wday]), day, c->desk->conf->utility.name);
}

static bool
print_page(struct cli *c)
{
    struct err e;
    json_t *rows, *whole;
    char now[TIME_TEXT_MAX];

    if ((rows = look(c, &e)) == NULL) {
        say_failure(&e);
        return false;
    }
    if (c->form == FORM_JSON) {
        whole = json_pack("{s:s, s:O}", "now", clock_iso(c->desk->now, now), "lines", rows);
        print_object(c, whole);
        json_decref(whole);
    } else if (c->form == FORM_CSV) {
        print_array(c, NULL, 0, rows);
    } else {
        print_heading(c);
        health_print(rows);
    }
    json_decref(rows);
    return true;
}

enum status
run_today(struct cli *c)
{
    bool watch = cli_option(c, "--watch") != NULL;

    for (;;) {
        if (!session_read(c))
            return STATUS_FAILED;
        if (watch && isatty(STDOUT_FILENO))
            fputs("\033[H\033[2J", stdout);
        if (!print_page(c))
            return STATUS_FAILED;
        if (!watch)
            return STATUS_DONE;
        if (fflush(stdout) != 0)
            return STATUS_FAILED;
        session_end(c);
        sleep(WATCH_S);
    }
}

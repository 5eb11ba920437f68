/*
 * sim.c - a rehearsal: the bill run is run for good on a copy of the own data at another
 * time, and what it would send, cost, take and bring in is told. The copy goes away.
 */
#include "cli.h"
#include "table.h"

#include "meterpost/base/text.h"
#include "meterpost/control/verb.h"
#include "meterpost/store/backup.h"
#include "meterpost/store/list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 600
#define DAYS_MOST 400

struct sim {
    struct cli *c;
    char folder[64], copy[PATH_SIZE];
    int64_t messages, parts, unrouted;
    struct money cost;
    int64_t by_modem[CONF_MODEMS_MAX];
};

static bool
copy_data(struct sim *sim, struct err *e)
{
    struct desk *d = sim->c->desk;
    int64_t done, total;
    struct backup *b;
    bool over = false, good;

    snprintf(sim->folder, sizeof(sim->folder), "/tmp/meterpost-sim-XXXXXX");
    if (mkdtemp(sim->folder) == NULL)
        return err_set(e, FAIL_RETRY, "%s: %s", sim->folder, strerror(errno));
    snprintf(sim->copy, sizeof(sim->copy), "%s/meterpost.db", sim->folder);
    if (!backup_open(d->store, sim->copy, &b, e))
        return false;
    good = backup_step(b, BACKUP_IN_ONE_STEP, &over, &done, &total, e);
    backup_close(b);
    if (good && !over)
        good = err_set(e, FAIL_RETRY, "the database is busy: try again");
    if (!good)
        return false;
    store_close(d->store);
    d->store = NULL;
    return store_open(sim->copy, STORE_WRITE, &d->store, e);
}

static void
remove_copy(const struct sim *sim)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char path[PATH_SIZE + 10];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]) && sim->copy[0] != '\0'; i++) {
        snprintf(path, sizeof(path), "%s%s", sim->copy, ends[i]);
        unlink(path);
    }
    rmdir(sim->folder);
}

/* ---- what would go out ---- */

/* By the modem with the longest route to it, the cheapest of equals, as the engine does. */
static int
modem_for(const struct conf *conf, const char *number)
{
    int best = -1, best_length = -1;

    for (int i = 0; i < conf->n_modems; i++) {
        int length = conf_modem_route(&conf->modems[i], number);

        if (length > best_length ||
            (length >= 0 && length == best_length &&
             conf->modems[i].segment_cost.minor < conf->modems[best].segment_cost.minor)) {
            best = i;
            best_length = length;
        }
    }
    return best;
}

static bool
count_message(json_t *row, void *context)
{
    struct sim *sim = context;
    const struct conf *conf = sim->c->desk->conf;
    const char *to = json_string_value(json_object_get(row, "to"));
    int64_t parts = json_integer_value(json_object_get(row, "segments"));
    int modem = to == NULL ? -1 : modem_for(conf, to);

    sim->messages++;
    sim->parts += parts;
    if (modem < 0)
        sim->unrouted++;
    else {
        sim->by_modem[modem] += parts;
        sim->cost.minor += parts * conf->modems[modem].segment_cost.minor;
    }
    json_decref(row);
    return true;
}

/* Seconds of sending at the modem's pace, laid into the hours that bills may go out. */
static utc_t
ends_at(const struct conf_modem *m, int64_t parts, struct day_window window, utc_t from)
{
    int64_t left = m->rate.count == 0 ? 0 : parts * m->rate.per_s / m->rate.count;
    int open_min = (window.to_min - window.from_min + MINUTES_A_DAY) % MINUTES_A_DAY;
    utc_t t = from;

    if (open_min == 0)
        open_min = MINUTES_A_DAY;
    for (int day = 0; day < DAYS_MOST; day++) {
        t = window_next(window, t);
        if (left <= (int64_t)open_min * MINUTE_S)
            return t + left;
        left -= (int64_t)open_min * MINUTE_S;
        t += (int64_t)open_min * MINUTE_S;
    }
    return t;
}

static json_t *
forecast(struct sim *sim, const json_t *answer, struct err *e)
{
    const struct conf *conf = sim->c->desk->conf;
    struct list_filter f = {.subject = "bill", .state = "queued", .limit = INT64_MAX};
    char cost[AMOUNT_TEXT_MAX], at[TIME_TEXT_MAX], begin[TIME_TEXT_MAX];
    utc_t end = sim->c->desk->now;
    json_t *o;

    if (!list_each(sim->c->desk->store, "outbox", &f, conf->decimals, count_message, sim,
                   e))
        return NULL;
    for (int i = 0; i < conf->n_modems; i++) {
        utc_t over = sim->by_modem[i] == 0 ? 0
                                           : ends_at(&conf->modems[i], sim->by_modem[i],
                                                     conf->hours.bill, sim->c->desk->now);

        end = over > end ? over : end;
    }
    decimal_print(sim->cost.minor, conf->decimals, false, cost);
    o = json_pack("{s:s, s:I, s:I, s:s, s:I, s:s}", "at",
                  clock_iso(sim->c->desk->now, begin), "messages",
                  (json_int_t)sim->messages, "parts", (json_int_t)sim->parts, "cost", cost,
                  "unrouted", (json_int_t)sim->unrouted, "sent_by", clock_iso(end, at));
    json_object_update_missing(o, (json_t *)(uintptr_t)answer);
    return o;
}

/* ---- the run ---- */

static bool
rehearse(struct sim *sim, json_t *answer, struct err *e)
{
    static const volatile sig_atomic_t never;
    struct desk *d = sim->c->desk;
    const char *month = cli_arg(sim->c, 0);
    json_t *arguments = json_object(), *job;
    bool good;

    if (month != NULL)
        json_object_set_new(arguments, "month", json_string(month));
    good = control_run(d, "bill.issue", "sim", arguments, answer, e);
    json_decref(arguments);
    job = json_object_get(answer, "job");
    return good &&
           (!json_is_integer(job) ||
            control_job_run(d, json_integer_value(job), &never, NULL, NULL, answer, e));
}

static void
print_forecast(const struct cli *c, const json_t *o)
{
    static const struct column page[] = {
        {"at", "rehearsed as of", CELL_TIME, false},
        {"issued", "bills", CELL_NUMBER, false},
        {"total", "billed", CELL_MONEY, false},
        {"skipped", "accounts without", CELL_NUMBER, false},
        {"messages", "messages", CELL_NUMBER, false},
        {"parts", "parts", CELL_NUMBER, false},
        {"cost", "they cost", CELL_MONEY, false},
        {"unrouted", "without a modem", CELL_NUMBER, false},
        {"sent_by", "all sent by", CELL_TIME, false},
    };

    if (c->form != FORM_TEXT) {
        print_object(c, o);
        return;
    }
    page_print(stdout, page, sizeof(page) / sizeof(page[0]), o, LINE_COLUMNS,
               colour_wanted(stdout));
    say_note(c, "nothing was changed: it was a copy");
}

enum status
run_sim_bill(struct cli *c)
{
    const char *at = cli_option(c, "--at");
    struct sim sim = {.c = c};
    json_t *answer = json_object(), *o = NULL;
    struct err e;
    utc_t now;
    bool good = session_desk(c) && desk_open_store(c->desk, STORE_READ, &e);

    if (c->desk == NULL) {
        json_decref(answer);
        return STATUS_FAILED;
    }
    now = c->desk->now;
    good = good && (at == NULL || clock_parse(at, &now, &e)) && copy_data(&sim, &e);
    c->desk->now = now;
    good = good && rehearse(&sim, answer, &e) && (o = forecast(&sim, answer, &e)) != NULL;
    if (c->desk->store != NULL)
        store_close(c->desk->store);
    c->desk->store = NULL;
    remove_copy(&sim);
    if (good)
        print_forecast(c, o);
    json_decref(o);
    json_decref(answer);
    return good ? STATUS_DONE : say_failure(&e);
}

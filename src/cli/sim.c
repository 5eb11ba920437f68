/*
 * sim.c - a rehearsal: a bill run or a day of cuts is lived through on a copy of the own
 * data, at another time, with a network that is played (sim_air.h); what it would send,
 * cost, take and bring in is told. The copy goes away.
 */
#include "cli.h"
#include "sim_air.h"
#include "table.h"

#include "meterpost/control/verb.h"
#include "meterpost/store/backup.h"
#include "meterpost/store/list.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE   600
#define COPY_FILES  4
#define DAYS_MOST   400 /* until the last bill has left */
#define LOSS        2   /* percent, unless --loss says another */
#define DELAY_S     20
#define PAYERS      30 /* percent, where too few cuts are known to tell */
#define KNOWN_LEAST 10 /* cuts */
#define KNOWN_DAYS  180
#define PAY_UNTIL_S (20 * HOUR_S) /* shops close */
#define PROPOSER    "sim"
#define APPROVER    "sim, the other one"
#define COUNT(page) (sizeof(page) / sizeof((page)[0]))

struct sim {
    struct cli *c;
    char folder[PATH_SIZE - 40],
        files[COPY_FILES][PATH_SIZE]; /* the first is the database */
    utc_t real_now;
    struct air air;
};

/* Only calls that a signal handler may make. */
static void
remove_copy(const struct sim *sim)
{
    for (size_t i = 0; i < COPY_FILES; i++)
        unlink(sim->files[i]);
    rmdir(sim->folder);
}

static const struct sim *running; /* for the handler */

static void
give_up(int signal_number)
{
    remove_copy(running);
    _exit(128 + signal_number);
}

/* Ctrl-C leaves no copy behind. */
static void
clean_when_stopped(const struct sim *sim)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    running = sim;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &(struct sigaction){.sa_handler = give_up}, NULL);
}

/* A folder of its own, and what SQLite may put there. */
static bool
make_folder(struct sim *sim, struct err *e)
{
    static const char *const ends[COPY_FILES] = {"", "-wal", "-shm", "-journal"};
    const char *tmp = getenv("TMPDIR");

    snprintf(sim->folder, sizeof(sim->folder), "%s/meterpost-sim-XXXXXX",
             tmp == NULL || *tmp == '\0' ? "/tmp" : tmp);
    if (mkdtemp(sim->folder) == NULL)
        return err_set(e, FAIL_RETRY, "%s: %s", sim->folder, strerror(errno));
    for (size_t i = 0; i < COPY_FILES; i++)
        snprintf(sim->files[i], PATH_SIZE, "%s/meterpost.db%s", sim->folder, ends[i]);
    clean_when_stopped(sim);
    return true;
}

static bool
copy_data(struct sim *sim, struct err *e)
{
    struct desk *d = sim->c->desk;
    int64_t done, total;
    struct backup *b;
    bool over = false, good;

    if (!make_folder(sim, e) || !backup_open(d->store, sim->files[0], &b, e))
        return false;
    good = backup_step(b, BACKUP_IN_ONE_STEP, &over, &done, &total, e);
    backup_close(b);
    if (good && !over)
        good = err_set(e, FAIL_RETRY, "the database is busy: try again");
    if (!good)
        return false;
    store_close(d->store);
    d->store = NULL;
    return store_open(sim->files[0], STORE_WRITE, &d->store, e);
}

/* ---- rehearsing ---- */

static void
show_progress(int64_t done, int64_t total, const char *text, void *context)
{
    say_progress(context, done, total, text);
}

/* A verb with its long work, as an engine does it. `arguments` is taken. */
static bool
act(struct sim *sim, const char *verb, const char *actor, json_t *arguments, json_t *answer,
    struct err *e)
{
    static const volatile sig_atomic_t never;
    struct desk *d = sim->c->desk;
    bool good = control_run(d, verb, actor, arguments, answer, e);
    const json_t *job = json_object_get(answer, "job");

    json_decref(arguments);
    return good &&
           (!json_is_integer(job) || control_job_run(d, json_integer_value(job), &never,
                                                     show_progress, sim->c, answer, e));
}

/* The time after this moment, in which what was queued leaves. Nothing of it is kept. */
static bool
live_until(struct sim *sim, utc_t end, struct err *e)
{
    struct store *s = sim->c->desk->store;
    bool good = store_begin(s, e) && air_run(&sim->air, end, e) && store_commit(s, e);

    say_progress(sim->c, 0, 0, NULL);
    return good;
}

static bool
rehearse_bill(struct sim *sim, json_t *o, struct err *e)
{
    const char *month = cli_arg(sim->c, 0);
    utc_t begun = sim->c->desk->now;
    json_t *arguments = json_object();

    if (month != NULL)
        json_object_set_new(arguments, "month", json_string(month));
    if (!act(sim, "bill.issue", PROPOSER, arguments, o, e) ||
        !live_until(sim, begun + DAYS_MOST * DAY_S, e))
        return false;
    air_put(&sim->air, begun, o);
    json_object_set_new(o, "guess", air_guess_json(&sim->air.guess, false));
    return true;
}

/* As if payments had been looked at until then, and meters heard as lately as now. */
static bool
prepare_day(struct sim *sim, struct err *e)
{
    struct desk *d = sim->c->desk;
    json_t *ignored = json_object();
    bool good = act(sim, "arrears.feed", PROPOSER, json_pack("{s:s}", "reason", "sim"),
                    ignored, e) &&
                (d->conf->arrears.n_stages == 0 ||
                 act(sim, "arrears.run", PROPOSER, json_object(), ignored, e));

    json_decref(ignored);
    if (!good || d->now <= sim->real_now)
        return good;
    return store_begin(d->store, e) && meters_age(d->store, d->now - sim->real_now, e) &&
           store_commit(d->store, e);
}

/* Propose, approve, and live through the rest of the day. */
static bool
cut_day(struct sim *sim, utc_t begun, json_t *o, struct err *e)
{
    json_t *answer = json_object();
    int64_t batch = 0;
    bool good = act(sim, "cut.propose", PROPOSER, json_object(), answer, e);

    if (good && json_array_size(json_object_get(answer, "orders")) > 0) {
        batch = json_integer_value(json_object_get(answer, "batch"));
        json_object_set(o, "owed", json_object_get(answer, "amount"));
        json_object_set(o, "left", json_object_get(answer, "left"));
        json_object_set_new(
            o, "proposed",
            json_integer((json_int_t)json_array_size(json_object_get(answer, "orders"))));
        good = act(sim, "cut.approve", APPROVER, json_pack("{s:I}", "batch", batch), answer,
                   e) &&
               play_payers(&sim->air, batch, clock_day_start(begun, 0) + PAY_UNTIL_S, e);
    } else if (good) {
        json_object_set(o, "why", json_object_get(answer, "reason"));
    }
    json_decref(answer);
    if (!good || !live_until(sim, clock_day_start(begun, 1), e))
        return false;
    if (batch != 0)
        air_put_day(&sim->air, begun, batch, o, e);
    return true;
}

/* Of a hundred who were cut, how many paid within a day. */
static bool
guess_payers(struct sim *sim, int *percent, struct err *e)
{
    const struct desk *d = sim->c->desk;
    int64_t cuts, paid;

    if (!orders_paid_soon(d->store, d->now - KNOWN_DAYS * DAY_S, DAY_S, &cuts, &paid, e))
        return false;
    *percent = cuts < KNOWN_LEAST ? PAYERS : (int)(paid * 100 / cuts);
    return true;
}

static bool
rehearse_cut(struct sim *sim, json_t *o, struct err *e)
{
    utc_t begun = sim->c->desk->now;
    json_t *list = json_object();
    const json_t *row;
    const char *payers = cli_option(sim->c, "--payers");
    int64_t kept = 0;
    size_t i;
    bool good = guess_payers(sim, &sim->air.guess.payers_percent, e) &&
                prepare_day(sim, e) && air_mark(&sim->air, e) &&
                act(sim, "cut.list", PROPOSER, json_object(), list, e);

    if (payers != NULL)
        sim->air.guess.payers_percent = atoi(payers);
    sim->air.orders = true;
    json_array_foreach (json_object_get(list, "candidates"), i, row)
        kept += !json_is_true(json_object_get(row, "may")) &&
                !json_is_true(json_object_get(row, "waits"));
    json_object_set_new(o, "candidates", json_integer((json_int_t)i));
    json_object_set_new(o, "kept", json_integer(kept));
    json_decref(list);
    if (!good || (i > 0 && !cut_day(sim, begun, o, e)))
        return false;
    air_put(&sim->air, begun, o);
    json_object_set_new(o, "guess", air_guess_json(&sim->air.guess, true));
    return true;
}

/* What the network is like; the values were looked at when the line was read. */
static bool
take_guess(struct sim *sim, struct err *e)
{
    const char *loss = cli_option(sim->c, "--loss"), *delay = cli_option(sim->c, "--delay");
    struct air_guess *g = &sim->air.guess;
    int64_t ms = DELAY_S * 1000;

    g->loss_percent = loss == NULL ? LOSS : atoi(loss);
    if (delay != NULL && !duration_parse(delay, &ms, e))
        return false;
    g->delay_s = ms / 1000;
    return true;
}

/* On a copy, at the time that --at names: *o is what it comes to. */
static bool
on_a_copy(struct sim *sim, bool (*rehearse)(struct sim *, json_t *, struct err *),
          json_t *o, struct err *e)
{
    struct desk *d = sim->c->desk;
    const char *at = cli_option(sim->c, "--at");
    utc_t now = sim->real_now = d->now;
    bool good =
        (at == NULL || clock_parse(at, &now, e)) && take_guess(sim, e) && copy_data(sim, e);

    d->now = now;
    log_be_silent(); /* what a played day warns of is no news */
    sim->air.desk = d;
    sim->air.watcher = sim->c;
    good = good && air_mark(&sim->air, e) && rehearse(sim, o, e);
    store_close(d->store);
    d->store = NULL;
    remove_copy(sim);
    return good;
}

static enum status
run_sim(struct cli *c, bool (*rehearse)(struct sim *, json_t *, struct err *),
        const struct column *page, size_t n)
{
    struct sim *sim = calloc(1, sizeof(*sim));
    json_t *o = json_object();
    struct err e;
    bool good = false;

    if (sim == NULL)
        err_set(&e, FAIL_RETRY, "out of memory");
    else if (!session_desk(c))
        snprintf(e.text, sizeof(e.text), "nothing was rehearsed");
    else {
        sim->c = c;
        good = desk_open_store(c->desk, STORE_READ, &e) && on_a_copy(sim, rehearse, o, &e);
    }
    if (good)
        air_print(c, page, n, o);
    free(sim);
    json_decref(o);
    return good ? STATUS_DONE : say_failure(&e);
}

/* clang-format off */
#define SENT                                                                               \
    {"messages", "messages", CELL_NUMBER, false},                                          \
    {"parts", "parts", CELL_NUMBER, false},                                                \
    {"cost", "they cost", CELL_MONEY, false},                                              \
    {"lost", "lost on the way", CELL_NUMBER, false},                                       \
    {"unrouted", "without a modem", CELL_NUMBER, false},                                   \
    {"sent_by", "all sent by", CELL_TIME, false},                                          \
    {"hours", "hours", CELL_NUMBER, false}
/* clang-format on */

enum status
run_sim_bill(struct cli *c)
{
    static const struct column page[] = {
        {"at", "rehearsed as of", CELL_TIME, false},
        {"issued", "bills", CELL_NUMBER, false},
        {"total", "billed", CELL_MONEY, false},
        {"skipped", "accounts without", CELL_NUMBER, false},
        SENT,
    };

    return run_sim(c, rehearse_bill, page, COUNT(page));
}

enum status
run_sim_cut(struct cli *c)
{
    static const struct column page[] = {
        {"at", "rehearsed as of", CELL_TIME, false},
        {"candidates", "on the cut list", CELL_NUMBER, false},
        {"kept", "kept by a guard", CELL_NUMBER, false},
        {"proposed", "proposed", CELL_NUMBER, false},
        {"owed", "they owe", CELL_MONEY, false},
        {"left", "for another batch", CELL_NUMBER, false},
        {"cut", "cut and proven", CELL_NUMBER, false},
        {"cut_by", "the last by", CELL_TIME, false},
        {"dropped", "dropped on the way", CELL_NUMBER, false},
        {"failed", "failed", CELL_NUMBER, false},
        {"in_doubt", "in doubt", CELL_NUMBER, false},
        {"expired", "too late that day", CELL_NUMBER, false},
        {"open", "not over that day", CELL_NUMBER, false},
        {"payments", "pay on the day", CELL_NUMBER, false},
        {"paid", "they pay", CELL_MONEY, false},
        {"restored", "supply back", CELL_NUMBER, false},
        {"longest_wait_s", "the slowest, s", CELL_NUMBER, false},
        {"alarms", "alarms", CELL_NUMBER, false},
        {"by_wire", "asked by wire", CELL_NUMBER, false},
        {"why", "why not", CELL_TEXT, true},
        SENT,
    };

    return run_sim(c, rehearse_cut, page, COUNT(page));
}

/*
 * world.h - a cut and a restore in a world of their own, step by step in virtual time: a
 * store, a modem, a network that loses, delays and doubles, and a meter whose relay keeps a
 * journal. The program can be killed at each of its commits, and money can come in at each
 * of them. For tests.
 */
#ifndef TESTS_RELAY_WORLD_H
#define TESTS_RELAY_WORLD_H

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/payment.h"
#include "meterpost/metering/profile.h"
#include "meterpost/relay/work.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/arrears.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AIR_MAX     64
#define JOURNAL_MAX 64
#define METERS      2 /* the second must never be touched */

enum fault {
    FAULT_NONE,
    FAULT_SILENT_MODEM,  /* the command leaves, the modem never says so */
    FAULT_LOST_SILENTLY, /* the modem says sent, the network loses it */
    FAULT_LOST_IN_DOUBT, /* it does not leave, and the modem never says so */
    FAULT_REFUSED,       /* the modem refuses once */
    FAULT_SLOW,          /* it arrives four minutes later */
    FAULT_TWICE,         /* the network delivers it again, four minutes later */
    FAULT_NO_ANSWER,     /* the meter does it and its answer is lost */
    FAULTS
};

struct flying { /* a text in the network */
    utc_t at;
    char text[60];
    bool to_meter;
    utc_t sent_at;
};

struct world {
    struct store *s;
    char dir[40], path[64];
    struct conf conf;
    struct policy policy;
    struct profiles *profiles;
    struct meter meter[METERS];
    int64_t account[METERS];
    utc_t now;
    enum fault fault; /* of the first command of each kind */
    int faults_left[2];
    struct flying air[AIR_MAX];
    int n_air;
    bool closed[METERS];
    char journal[JOURNAL_MAX][32];
    utc_t journal_at[JOURNAL_MAX];
    int n_journal;
    int commits;         /* so far */
    int kill_before;     /* the process dies before this commit; 0: never */
    int kill_after;      /* or behind it, before anything is done in the world */
    int pay_at;          /* money comes in behind this commit; 0: never */
    utc_t paid_at;       /* when it did */
    int cuts_after_paid; /* commands handed to the modem after it */
    bool died;
    struct wire_result result; /* that the modem has to tell */
    bool has_result;
};

static struct err e;

static inline struct relay
relay_of(struct world *w)
{
    return (struct relay){.store = w->s,
                          .conf = &w->conf,
                          .policy = &w->policy,
                          .profiles = w->profiles,
                          .now = w->now};
}

/* ---- making it ---- */

static const char profile_text[] =
    "profile: gsm\nname: A meter with a relay\ncommodity: electricity\nsource: tests\n"
    "requests: {read: 'READ', relay: 'STATE', cut: 'OFF {{order}}', restore: 'ON "
    "{{order}}'}\n"
    "replies:\n  - {name: relay, kind: relay, pattern: '^(?<r>OPEN|CLOSED)$',\n"
    "     relay: {group: r, closed: [CLOSED], open: [OPEN]}}\n"
    "examples:\n  - {text: 'OPEN', expect: {kind: relay, relay: open}}\n";

static inline utc_t
when(const char *text)
{
    utc_t t = 0;

    cr_assert(clock_parse(text, &t, &e), "%s", e.text);
    return t;
}

static inline void
load_profile(struct world *w, const char *text)
{
    struct problems p = {0};
    char file[80];
    FILE *f;

    snprintf(file, sizeof(file), "%s/gsm.yaml", w->dir);
    f = fopen(file, "w");
    fputs(text, f);
    fclose(f);
    cr_assert(profiles_load(w->dir, &w->profiles, &p), "%s",
              p.count > 0 ? p.at[0].text : "");
    unlink(file);
}

static inline void
add_step(struct world *w, int i, const char *stage, utc_t delivered)
{
    struct arrears_step t = {.account_id = w->account[i],
                             .due_at = when("2026-02-02"),
                             .state = "done",
                             .at = delivered,
                             .amount = {150000},
                             .delivered_at = delivered,
                             .actor = "test"};
    bool added;
    int64_t id;

    text_copy(t.stage, sizeof(t.stage), stage);
    text_copy(t.kind, sizeof(t.kind), stage);
    cr_assert(arrears_step_add(w->s, &t, &id, &added, &e), "%s", e.text);
}

static inline void
add_household(struct world *w, int i)
{
    struct account a = {.language = "en", .opened_at = when("2026-01-01")};
    struct contract contract = {.tariff = "power", .valid_from = when("2026-01-01")};
    struct meter m = {.commodity = "electricity",
                      .profile = "gsm",
                      .relay = "unknown",
                      .decimals = 1,
                      .since = when("2026-01-01")};
    struct installation at = {.multiplier_milli = 1000, .installed_at = when("2026-01-01")};
    struct item item = {.kind = ITEM_OPENING,
                        .amount = {150000},
                        .open = {150000},
                        .at = when("2026-01-20"),
                        .due_at = when("2026-02-02"),
                        .memo = "opening"};
    int64_t id;
    bool found;

    snprintf(a.account, sizeof(a.account), "200%d", i + 1);
    snprintf(a.name, sizeof(a.name), "Person %d", i + 1);
    snprintf(m.meter, sizeof(m.meter), "M%d", i + 1);
    snprintf(m.phone, sizeof(m.phone), "+25471100000%d", i + 1);
    snprintf(item.key, sizeof(item.key), "opening %s", a.account);
    cr_assert(account_add(w->s, &a, &w->account[i], &e), "%s", e.text);
    cr_assert(contract_add(w->s, w->account[i], &contract, &e), "%s", e.text);
    cr_assert(meter_add(w->s, &m, &at.meter_id, &e), "%s", e.text);
    at.account_id = item.account_id = w->account[i];
    cr_assert(installation_add(w->s, &at, &id, &e), "%s", e.text);
    cr_assert(item_add(w->s, &item, &id, &e), "%s", e.text);
    cr_assert(meter_set_relay(w->s, at.meter_id, "closed", &e) &&
              meter_set_contact(w->s, at.meter_id, w->now - HOUR_S, &e));
    cr_assert(meter_by_id(w->s, at.meter_id, &w->meter[i], &found, &e) && found);
    add_step(w, i, "notice", when("2026-02-10"));
    w->closed[i] = true;
}

static inline void
set_rules(struct world *w)
{
    w->conf = (struct conf){.decimals = 2};
    w->conf.arrears.min_debt.minor = 10000;
    w->conf.arrears.cut = (struct conf_cut){.approvals = 1,
                                            .payment_feed_max_age_s = 7 * DAY_S,
                                            .silent_max_s = 48 * HOUR_S,
                                            .approval_s = DAY_S,
                                            .restore_alarm_s = 2 * HOUR_S,
                                            .restore_field_s = 6 * HOUR_S,
                                            .ack_s = 120};
    w->policy = (struct policy){.notice_days = 10,
                                .clear_days = true,
                                .min_unpaid = 1,
                                .hours = {{0, MINUTES_A_DAY}, {0, MINUTES_A_DAY}},
                                .before_rest = true,
                                .dispute_blocks = true};
    for (int i = 0; i < 7; i++)
        w->policy.weekdays[i] = true;
    strcpy(w->conf.utility.language, "en");
    strcpy(w->conf.utility.name, "Kibo");
}

/* The file that every world begins with: made once. */
static char *first_file;
static size_t first_size;
static struct world first_world;

static inline void
copy_file(const char *path, bool out)
{
    FILE *f = fopen(path, out ? "w" : "r");

    cr_assert_not_null(f, "%s", path);
    if (!out) {
        fseek(f, 0, SEEK_END);
        first_size = (size_t)ftell(f);
        rewind(f);
        first_file = malloc(first_size);
        cr_assert_eq(fread(first_file, 1, first_size, f), first_size);
    } else {
        cr_assert_eq(fwrite(first_file, 1, first_size, f), first_size);
    }
    fclose(f);
}

static inline void
make_first(struct world *w)
{
    log_set_level(LOG_LEVEL_ERROR);
    cr_assert(store_open(w->path, STORE_WRITE, &w->s, &e) && store_begin(w->s, &e), "%s",
              e.text);
    for (int i = 0; i < METERS; i++)
        add_household(w, i);
    cr_assert(flag_on(w->s, FLAG_FEED, "test", "fresh", w->now, w->now + 1, &e));
    cr_assert(store_commit(w->s, &e), "%s", e.text);
    store_close(w->s);
    copy_file(w->path, false);
    first_world = *w;
}

static inline struct world *
world_make(enum fault fault)
{
    struct world *w = calloc(1, sizeof(*w));

    cr_assert(clock_zone_set("Africa/Nairobi", &e), "%s", e.text);
    strcpy(w->dir, "/tmp/meterpost-world-XXXXXX");
    cr_assert_not_null(mkdtemp(w->dir));
    snprintf(w->path, sizeof(w->path), "%s/w.db", w->dir);
    w->now = when("2026-03-02T10:00");
    w->fault = fault;
    w->faults_left[0] = w->faults_left[1] = 1;
    load_profile(w, profile_text);
    set_rules(w);
    if (first_file == NULL)
        make_first(w);
    else
        copy_file(w->path, true);
    for (int i = 0; i < METERS; i++) {
        w->meter[i] = first_world.meter[i];
        w->account[i] = first_world.account[i];
        w->closed[i] = true;
    }
    cr_assert(store_open(w->path, STORE_WRITE, &w->s, &e), "%s", e.text);
    return w;
}

static inline void
world_end(struct world *w)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    store_close(w->s);
    profiles_free(w->profiles);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s%s", w->path, ends[i]);
        unlink(file);
    }
    rmdir(w->dir);
    free(w);
}

/* ---- commits, deaths and money ---- */

static inline void
pay(struct world *w)
{
    struct payment_new p = {.account_id = w->account[0],
                            .amount = {150000},
                            .channel = "cash",
                            .reference = "R1",
                            .actor = "till"};
    struct payment_posted posted;

    cr_assert(store_begin(w->s, &e) && payment_post(w->s, &p, w->now, &posted, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
    w->paid_at = w->now;
}

/* The end of a turn. False: the process has died; what was not committed is gone, and what
 * was to be done in the world is not done. */
static inline bool
commit(struct world *w)
{
    w->commits++;
    if (w->commits == w->kill_before) {
        store_rollback(w->s);
        w->died = true;
        return false;
    }
    cr_assert(store_commit(w->s, &e), "%s", e.text);
    if (w->commits == w->pay_at)
        pay(w);
    w->died = w->commits == w->kill_after;
    return !w->died;
}

/* A new process on the same file. */
static inline void
restart(struct world *w)
{
    int count;

    w->died = w->has_result = false;
    store_close(w->s);
    cr_assert(store_open(w->path, STORE_WRITE, &w->s, &e), "%s", e.text);
    cr_assert(store_begin(w->s, &e) && outbox_modem_lost(w->s, NULL, w->now, &count, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
}

/* ---- the meter and the network ---- */

static inline void
fly(struct world *w, const char *text, bool to_meter, utc_t after)
{
    struct flying *f = &w->air[w->n_air++];

    cr_assert(w->n_air < AIR_MAX);
    *f = (struct flying){.at = w->now + after, .to_meter = to_meter, .sent_at = w->now};
    text_copy(f->text, sizeof(f->text), text);
}

static inline void
switch_relay(struct world *w, bool closed, const char *text)
{
    if (w->closed[0] == closed)
        return;
    w->closed[0] = closed;
    w->journal_at[w->n_journal] = w->now;
    text_copy(w->journal[w->n_journal++], 32, text);
    cr_assert(w->n_journal < JOURNAL_MAX);
}

static inline void
meter_obeys(struct world *w, const char *text)
{
    if (strncmp(text, "OFF", 3) == 0)
        switch_relay(w, false, text);
    if (strncmp(text, "ON", 2) == 0)
        switch_relay(w, true, text);
    if (strcmp(text, "STATE") != 0 && w->fault == FAULT_NO_ANSWER &&
        w->faults_left[text[1] == 'N']-- > 0)
        return;
    fly(w, w->closed[0] ? "CLOSED" : "OPEN", false, 3);
}

#endif

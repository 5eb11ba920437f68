/*
 * ladder.c - what is tried with a modem that is ill, mildest first. Its routes are with the
 * others already (route.c); here it is asked how it is and connected again, its radio and
 * then its supply are switched off and on, and at last people are told. Every step is
 * written down before it is made.
 */
#include "care.h"

#include "meterpost/sms/alarm.h"
#include "meterpost/store/modem_care.h"

#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum rung_kind { RUNG_LOOK, RUNG_CONNECT, RUNG_RADIO, RUNG_POWER, RUNG_SPARE, RUNG_ALARM };

/* The last three are tried again with what people did not mend. */
static const struct rung {
    const char *step;
    enum rung_kind kind;
    size_t after; /* that it fell ill, in conf_care */
    int times;
} rungs[] = {
#define AFTER(member) offsetof(struct conf_care, member)
    {"look", RUNG_LOOK, AFTER(look_s), 1},
    {"connect", RUNG_CONNECT, AFTER(connect_s), 1},
    {"radio", RUNG_RADIO, AFTER(radio_s), 1},
    {"power", RUNG_POWER, AFTER(power_s), 1},
    {"spare", RUNG_SPARE, AFTER(spare_s), 1},
    {"alarm", RUNG_ALARM, AFTER(alarm_s), 1},
    {"connect", RUNG_CONNECT, AFTER(alarm_s), 3},
    {"radio", RUNG_RADIO, AFTER(alarm_s), 6},
    {"power", RUNG_POWER, AFTER(alarm_s), 12},
};
#define RUNGS (sizeof(rungs) / sizeof(rungs[0]))

static int64_t
after_ms(const struct engine *en, const struct rung *r)
{
    const char *care = (const char *)&en->desk->conf->care;

    return *(const int *)(const void *)(care + r->after) * r->times * INT64_C(1000);
}

static const char *
reason_of(const struct modem *m)
{
    const char *reason = modem_reason(m);

    if (*reason == '\0')
        reason = m->worker.child.why;
    return *reason != '\0' ? reason : modem_health(m);
}

static const struct modem *
spare_of(const struct engine *en, const struct modem *m)
{
    for (int i = 0; i < en->n_modems; i++) {
        const struct modem *other = en->modems[i];

        if (other->conf != NULL &&
            strcmp(other->conf->spare_for, m->worker.child.name) == 0)
            return other;
    }
    return NULL;
}

/* A modem that waits for people (PIN, no SIM) is not helped by being shaken. */
static bool
makes_sense(const struct engine *en, const struct modem *m, enum rung_kind kind)
{
    if (kind == RUNG_SPARE)
        return spare_of(en, m) != NULL;
    if (kind == RUNG_ALARM)
        return true;
    if (m->worker.state.health == WIRE_STOPPED)
        return false;
    if (kind == RUNG_LOOK) /* one that is deaf or mute says that all is well */
        return m->worker.child.life == CHILD_RUNNING && m->turn.asking == 0 &&
               !worker_is_ready(&m->worker);
    return kind != RUNG_POWER || m->conf->power_cycle[0] != '\0';
}

static bool
is_well(struct engine *en, struct modem *m, struct err *e)
{
    int tried = m->turn.tried;

    m->turn.rungs = 0;
    m->turn.tried = 0;
    m->turn.relieved = false;
    if (tried == 0)
        return true;
    return alarm_clear(en->desk->store, "modem", m->worker.child.name, en->desk->now, e) &&
           modem_care_add(en->desk->store, m->worker.child.name, "well", CARE_DONE,
                          "engine", "", en->desk->now, NULL, e);
}

static bool
call_people(struct engine *en, const struct modem *m, int64_t now_ms, struct err *e)
{
    char text[ALARM_TEXT_MAX];
    const struct alarm_new alarm = {
        .kind = "modem", .subject = m->worker.child.name, .text = text};

    snprintf(text, sizeof(text), "Modem %s has not worked for %lld min: %s",
             m->worker.child.name, (long long)((now_ms - m->ill_ms) / 60000), reason_of(m));
    return alarm_raise(en->desk->store, en->desk->conf, &alarm, en->desk->now, NULL, e);
}

/* The mildest step that is due and makes sense. One that makes none when it is due is left
 * out, also when it would later. */
static const struct rung *
next_rung(const struct engine *en, struct modem *m, int64_t now_ms)
{
    for (unsigned i = 0; i < RUNGS; i++) {
        if ((m->turn.rungs & 1U << i) != 0 || now_ms - m->ill_ms < after_ms(en, &rungs[i]))
            continue;
        m->turn.rungs |= 1U << i;
        if (makes_sense(en, m, rungs[i].kind)) {
            m->turn.tried++;
            return &rungs[i];
        }
    }
    return NULL;
}

/* It says what it sees when it next has a moment. */
static bool
look_at(struct engine *en, struct modem *m, const char *step, struct err *e)
{
    int64_t id;

    return modem_care_add(en->desk->store, m->worker.child.name, step, CARE_RUNNING,
                          "engine", reason_of(m), en->desk->now, &id, e) &&
           asking_send(en, m, id, WIRE_ASK_LOOK, "", e);
}

static bool
step_onto(struct engine *en, struct modem *m, const struct rung *r, int64_t now_ms,
          struct err *e)
{
    struct modem_turn *t = &m->turn;

    if (r->kind == RUNG_LOOK)
        return look_at(en, m, r->step, e);
    t->restart = r->kind == RUNG_CONNECT || r->kind == RUNG_RADIO || r->kind == RUNG_POWER;
    t->radio = r->kind == RUNG_RADIO;
    t->power = r->kind == RUNG_POWER;
    t->relieved = t->relieved || r->kind == RUNG_SPARE;
    if (r->kind == RUNG_ALARM && !call_people(en, m, now_ms, e))
        return false;
    log_warn(m->worker.child.name, "%s: next step is %s", reason_of(m), r->step);
    return modem_care_add(
        en->desk->store, m->worker.child.name, r->step, CARE_DONE, "engine",
        r->kind == RUNG_SPARE ? spare_of(en, m)->worker.child.name : reason_of(m),
        en->desk->now, NULL, e);
}

bool
ladder_climb(struct engine *en, struct modem *m, int64_t now_ms, struct err *e)
{
    const struct rung *r;

    if (m->conf == NULL)
        return true;
    if (m->ill_ms == 0)
        return is_well(en, m, e);
    if (m->turn.ear.step != 0) /* does it hear by now? */
        return true;
    r = next_rung(en, m, now_ms);
    return r == NULL || step_onto(en, m, r, now_ms, e);
}

/* The command of the configuration, by itself; at most a minute. */
static void
switch_supply(const struct modem *m)
{
    char *const argv[] = {"timeout", "60", "/bin/sh", "-c", (char *)m->conf->power_cycle,
                          NULL};
    char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    posix_spawnattr_t how;
    sigset_t none;
    pid_t pid;
    int error;

    sigemptyset(&none);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&how, &none);
    error = posix_spawnp(&pid, argv[0], NULL, &how, argv, env);
    posix_spawnattr_destroy(&how);
    if (error != 0)
        log_error(m->worker.child.name, "power_cycle: %s", strerror(error));
}

void
ladder_act(struct modem *m)
{
    m->rungs = m->turn.rungs;
    m->tried = m->turn.tried;
    m->relieved = m->turn.relieved;
    if (m->turn.radio)
        m->worker.setup.radio_off_on = 1;
    if (m->turn.power && m->conf != NULL)
        switch_supply(m);
}

/* What stops or binds all orders, and who is who. */
#include "inside.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLOCKS_AGREE_S 120 /* of a service centre and ours: a message takes its time */

const char *
person_of(const char *actor)
{
    const char *colon = strrchr(actor, ':');

    return colon == NULL ? actor : colon + 1;
}

bool
relay_same_person(const char *a, const char *b)
{
    return strcmp(person_of(a), person_of(b)) == 0;
}

bool
relay_flag(const struct relay *r, const struct relay_who *who, enum flag flag, bool on,
           const char *reason, utc_t until, struct err *e)
{
    char action[40];
    bool ended = false;

    if (on && (reason == NULL || reason[0] == '\0'))
        return err_set(e, FAIL_REJECT, "a reason is needed: it is what others will read");
    if (on ? !flag_on(r->store, flag, who->person, reason, r->now, until, e)
           : !flag_off(r->store, flag, who->person, r->now, &ended, e))
        return false;
    if (!on && !ended)
        return err_set(e, FAIL_REJECT, "it is not on");
    snprintf(action, sizeof(action), "relay.%s.%s", flag_name(flag), on ? "on" : "off");
    return audit_add(r->store, r->now, who->person, who->channel, action, "relay",
                     reason == NULL ? "" : reason, e);
}

/* A file that anybody with hands on the machine can make. */
static bool
kill_file_is_there(const struct relay *r)
{
    const char *path = r->conf->arrears.cut.kill_file;

    return path[0] != '\0' && access(path, F_OK) == 0;
}

static bool
trial_is_on(const struct relay *r, bool *on, struct err *e)
{
    utc_t since;

    *on = false;
    if (r->conf->arrears.cut.trial_s == 0)
        return true;
    if (!utility_since(r->store, &since, e))
        return false;
    *on = since == 0 || r->now < since + r->conf->arrears.cut.trial_s;
    return true;
}

bool
relay_flag_now(const struct relay *r, enum flag flag, bool *on, char why[PLACE_MAX],
               struct err *e)
{
    struct flag_row row;

    why[0] = '\0';
    if (!flag_is_on(r->store, flag, r->now, &row, on, e))
        return false;
    if (*on) {
        snprintf(why, PLACE_MAX, "%.120s (%.60s)", row.reason, row.actor);
        return true;
    }
    if (flag == FLAG_KILL && kill_file_is_there(r)) {
        *on = true;
        snprintf(why, PLACE_MAX, "the file %.170s is there",
                 r->conf->arrears.cut.kill_file);
    }
    if (flag != FLAG_DRY_RUN)
        return true;
    if (!trial_is_on(r, on, e))
        return false;
    if (*on)
        text_clip(why, PLACE_MAX, "the trial of a new utility (arrears.cut.trial)");
    return true;
}

/* The end of a kill switch is where failures are counted from. */
bool
relay_resume(const struct relay *r, const struct relay_who *who, const char *reason,
             struct err *e)
{
    if (reason == NULL || reason[0] == '\0')
        return err_set(e, FAIL_REJECT, "a reason is needed: what was found?");
    return flag_on(r->store, FLAG_KILL, who->person, reason, r->now - 1, r->now, e) &&
           audit_add(r->store, r->now, who->person, who->channel, "relay.resume", "relay",
                     reason, e);
}

/* Who paid while somebody worked there has waited for that. */
static bool
weigh_again(const struct relay *r, const struct meter *m, struct err *e)
{
    struct supply w;
    bool found;

    if (!supply_of(r->store, m->id, &w, &found, e))
        return false;
    return !found || supply_set(r->store, &w, e);
}

bool
relay_lock(const struct relay *r, const struct relay_who *who, const struct meter *m,
           bool on, const char *reason, struct err *e)
{
    char subject[KEY_MAX + 8];
    bool done;

    if (on && (reason == NULL || reason[0] == '\0'))
        return err_set(e, FAIL_REJECT, "a reason is needed: who works there?");
    if (on ? !meter_lock_on(r->store, m->id, who->person, reason, r->now, &done, e)
           : !meter_lock_off(r->store, m->id, r->now, &done, e))
        return false;
    if (!done)
        return err_set(e, FAIL_REJECT, "meter %s is %s", m->meter,
                       on ? "locked already" : "not locked");
    if (!on && !weigh_again(r, m, e))
        return false;
    snprintf(subject, sizeof(subject), "meter %s", m->meter);
    return audit_add(r->store, r->now, who->person, who->channel,
                     on ? "relay.lock" : "relay.unlock", subject,
                     reason == NULL ? "" : reason, e);
}

bool
relay_outage(const struct relay *r, const struct relay_who *who, const struct group *g,
             bool on, const char *reason, struct err *e)
{
    char subject[KEY_MAX + 8];
    bool done;

    if (on ? !outage_on(r->store, g->id, who->person, reason == NULL ? "" : reason, r->now,
                        &done, e)
           : !outage_off(r->store, g->id, r->now, &done, e))
        return false;
    if (!done)
        return err_set(e, FAIL_REJECT, "group %s %s", g->code,
                       on ? "is without supply already" : "has supply");
    snprintf(subject, sizeof(subject), "group %s", g->code);
    return audit_add(r->store, r->now, who->person, who->channel,
                     on ? "relay.outage.on" : "relay.outage.off", subject,
                     reason == NULL ? "" : reason, e);
}

bool
relay_clock_doubt(const struct relay *r, const char *why, struct err *e)
{
    struct flag_row row;
    bool on;

    if (!flag_is_on(r->store, FLAG_CLOCK, r->now, &row, &on, e))
        return false;
    return on || flag_on(r->store, FLAG_CLOCK, ENGINE, why, r->now, 0, e);
}

bool
relay_clock_heard(const struct relay *r, utc_t smsc_at, utc_t received_at, struct err *e)
{
    utc_t apart = smsc_at > received_at ? smsc_at - received_at : received_at - smsc_at;
    struct flag_row row;
    bool on, ended;

    if (smsc_at <= 0 || apart > CLOCKS_AGREE_S)
        return true;
    if (!flag_is_on(r->store, FLAG_CLOCK, r->now, &row, &on, e))
        return false;
    return !on || strcmp(row.actor, ENGINE) != 0 ||
           flag_off(r->store, FLAG_CLOCK, "service centre", r->now, &ended, e);
}

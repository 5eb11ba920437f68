/*
 * command_proof.c - is a code good, and what happens when it is not.
 *
 * Wrong codes come from forgers more often than from staff, so they must not shut staff
 * out: after staff.lockout_failures of them a single short code is not taken any more, for
 * staff.lockout; two short codes one after the other, a signed command and a code of the
 * sheet still are, because nobody guesses those. The person and the supervisor hear of it,
 * once a day.
 */
#include "command.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/audit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---- failures ---- */

static bool
tell_of_attack(struct chat *c, const struct staff_proof *p, struct err *e)
{
    const struct staff *who = c->staff;
    char key[OUTBOX_KEY_MAX], day[TIME_TEXT_MAX];
    struct staff boss;
    json_t *view = chat_view(c->d);
    bool found, good;

    chat_text(view, "staff", who->staff);
    chat_text(view, "name", who->name);
    json_object_set_new(view, "failures", json_integer(p->failures));
    snprintf(key, sizeof(key), "codes %s %s", who->staff, clock_date(c->d->now, day));
    good = chat_tell(c->d, who->phone, who->language, "staff-locked.sms", view, OUT_ALARM,
                     key, 0, e) &&
           staff_supervisor(c->d->store, who, &boss, &found, e);
    snprintf(key, sizeof(key), "codes %s %s supervisor", who->staff, day);
    if (good && found)
        good = chat_tell(c->d, boss.phone, boss.language, "staff-attack.sms", view,
                         OUT_ALARM, key, 0, e);
    json_decref(view);
    return good;
}

/* Each failure is in the audit, but of a storm only the 1st, 2nd, 4th, 8th ... */
static bool
note_failure(struct chat *c, const struct staff_proof *p, const char *what, struct err *e)
{
    char subject[60], detail[120];

    if ((p->failures & (p->failures - 1)) != 0)
        return true;
    snprintf(subject, sizeof(subject), "staff %s", c->staff->staff);
    snprintf(detail, sizeof(detail), "%s from %s, inbox=%lld; the %dth failure in a row",
             what, c->m->sender, (long long)c->m->id, p->failures);
    return audit_add(c->d->store, c->d->now, c->m->sender, "sms", "code.wrong", subject,
                     detail, e);
}

bool
proof_failed(struct chat *c, const char *what, struct err *e)
{
    const struct conf_staff *conf = &c->d->conf->staff;
    struct staff_proof p;

    if (!staff_proof_get(c->d->store, c->staff->id, &p, e))
        return false;
    if (c->d->now - p.failed_at > conf->lockout_s)
        p.failures = 0;
    p.failures++;
    p.failed_at = c->d->now;
    chat_said(c, "%s", what);
    if (p.failures >= conf->lockout_failures)
        p.locked_until = c->d->now + conf->lockout_s;
    return staff_proof_save(c->d->store, c->staff->id, &p, e) &&
           note_failure(c, &p, what, e) &&
           (p.failures != conf->lockout_failures || tell_of_attack(c, &p, e));
}

bool
proof_clear(struct chat *c, struct err *e)
{
    struct staff_proof p;

    if (!staff_proof_get(c->d->store, c->staff->id, &p, e))
        return false;
    p.failures = 0;
    p.failed_at = p.locked_until = 0;
    return staff_proof_save(c->d->store, c->staff->id, &p, e);
}

/* ---- codes ---- */

static bool
open_key(struct chat *c, const struct staff_proof *p, struct code_key *key, bool *has,
         struct err *e)
{
    struct code_master master;

    *has = false;
    if (p->sealed_size == 0 || p->expires_at <= c->d->now)
        return true;
    *has = code_master_load(c->d->conf->staff.key_file, false, &master, e) &&
           code_open(&master, c->staff->staff, p->sealed, p->sealed_size, key, e);
    code_forget(&master, sizeof(master));
    if (!*has)
        log_error("staff", "no code of %s can be checked: %s", c->staff->staff, e->text);
    return true;
}

/* The moment that a code is of: that of the service centre, when it can be believed. */
static utc_t
written_at(const struct chat *c)
{
    utc_t at = c->m->smsc_at;

    return at > 0 && at <= c->d->now + 15 * MINUTE_S && at >= c->d->now - HOUR_S
               ? at
               : c->d->now;
}

static bool
check_signed(struct command *o, const struct code_key *key, struct staff_proof *p)
{
    struct code_command what = {.site = o->c->d->conf->utility.name,
                                .staff = o->c->staff->staff,
                                .counter = o->counter,
                                .verb = words_key(o->verb->word),
                                .first = o->n > 0 ? o->args[0] : "",
                                .second = o->n > 1 ? o->args[1] : o->bound};

    if (!code_sign_check(key, &what, o->code, o->c->d->now, p->codes_from, p->last_counter))
        return false;
    p->last_counter = o->counter;
    p->failures = 0;
    p->locked_until = 0;
    return true;
}

static bool
check_totp(struct command *o, const struct code_key *key, struct staff_proof *p)
{
    const struct conf_staff *conf = &o->c->d->conf->staff;
    bool twice = strlen(o->code) == 2 * CODE_TOTP;
    int64_t void_step = p->codes_from / conf->code_step_s;

    if (p->locked_until > o->c->d->now && !twice)
        return false;
    if (!code_totp_check(
            key, o->code, written_at(o->c), conf->code_step_s, conf->code_window,
            p->last_step > void_step ? p->last_step : void_step, &p->last_step))
        return false;
    if (twice) {
        p->failures = 0;
        p->locked_until = 0;
    }
    return true;
}

bool
proof_check(struct command *o, bool bound, bool *good, struct err *e)
{
    struct chat *c = o->c;
    struct staff_proof p;
    struct code_key key;
    bool has;

    *good = false;
    if (!staff_proof_get(c->d->store, c->staff->id, &p, e) ||
        !open_key(c, &p, &key, &has, e))
        return false;
    if (has && o->counter >= 0)
        *good = check_signed(o, &key, &p);
    else if (has && !bound)
        *good = check_totp(o, &key, &p);
    code_forget(&key, sizeof(key));
    if (*good)
        return staff_proof_save(c->d->store, c->staff->id, &p, e);
    return proof_failed(c,
                        o->code[0] == '\0' ? "a command without its code"
                        : p.locked_until > c->d->now
                            ? "a code while short ones are not taken"
                            : "a wrong or used code",
                        e);
}

/* ---- the sheet ---- */

bool
proof_draw(struct chat *c, int *number, bool *found, struct err *e)
{
    struct staff_proof p;
    int left;

    *found = false;
    if (!staff_proof_get(c->d->store, c->staff->id, &p, e))
        return false;
    if (p.sheet == 0 || p.expires_at <= c->d->now)
        return true;
    if (!staff_code_left(c->d->store, c->staff->id, p.sheet, &left, e))
        return false;
    return left == 0 || staff_code_draw(c->d->store, c->staff->id, p.sheet, code_draw(left),
                                        c->d->now, number, found, e);
}

bool
proof_sheet(struct chat *c, int number, const char *code, bool *good, struct err *e)
{
    uint8_t kept[CODE_HASH], given[CODE_HASH];
    struct code_master master;
    struct staff_proof p;
    struct err why;
    bool found;

    *good = false;
    if (!staff_proof_get(c->d->store, c->staff->id, &p, e) ||
        !staff_code_hash(c->d->store, c->staff->id, p.sheet, number, kept, &found, e))
        return false;
    if (!found || strlen(code) != CODE_SHEET)
        return true;
    if (!code_master_load(c->d->conf->staff.key_file, false, &master, &why)) {
        log_error("staff", "no code of %s can be checked: %s", c->staff->staff, why.text);
        return true;
    }
    code_sheet_hash(&master, c->staff->id, p.sheet, number, code, given);
    code_forget(&master, sizeof(master));
    *good = sodium_memcmp(kept, given, CODE_HASH) == 0;
    return true;
}

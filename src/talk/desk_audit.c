/* desk_audit.c - the key that the audit is signed with: found, made, and said when it is
 * another. */
#include "meterpost/talk/desk.h"

#include "meterpost/base/log.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/store/audit.h"
#include "meterpost/talk/code.h"

#include <stdio.h>
#include <unistd.h>

_Static_assert(AUDIT_SEAL_KEY == CODE_KEY, "one key file seals what staff have and this");

static void
path_of(const struct conf *conf, char out[CONF_PATH_MAX + 8])
{
    snprintf(out, CONF_PATH_MAX + 8, "%s.audit", conf->database);
}

/* A new key is in the audit itself, and an alarm: somebody should know why. */
static bool
tell(struct store *s, const struct conf *conf, const char *anew, utc_t now, struct err *e)
{
    struct alarm_new a = {.kind = "audit", .subject = "", .text = anew};

    log_error("audit", "%s", anew);
    if (!store_begin(s, e))
        return false;
    if (audit_add(s, now, "engine", "engine", "audit.key", "audit", anew, e) &&
        alarm_raise(s, conf, &a, now, NULL, e))
        return store_commit(s, e);
    store_rollback(s);
    return false;
}

/* Without its key nothing is done that could not be proven. */
static bool
is_gone(const char *path, struct err *e)
{
    struct err why = *e;

    return err_set(e, FAIL_REJECT,
                   "%s. Bring it back from your copy of the settings; when it is lost, "
                   "remove %s and enrol staff again",
                   why.text, path);
}

bool
desk_sign_audit(const struct conf *conf, struct store *s, bool restored, utc_t now,
                struct err *e)
{
    char path[CONF_PATH_MAX + 8];
    struct code_master master;
    const char *anew;
    bool fresh, good;

    path_of(conf, path);
    fresh = access(path, F_OK) != 0;
    if (!code_master_load(conf->staff.key_file, fresh, &master, e)) {
        if (!fresh)
            return access(conf->staff.key_file, F_OK) != 0 && is_gone(path, e);
        log_warn("audit", "it is not signed: %s", e->text);
        return true;
    }
    good = audit_sign_with(s, path, master.bytes, restored, &anew, e);
    code_forget(&master, sizeof(master));
    return good && (anew == NULL || restored || tell(s, conf, anew, now, e));
}

bool
desk_look_at_audit(const struct conf *conf, struct store *s, struct err *e)
{
    char path[CONF_PATH_MAX + 8];
    struct code_master master;
    bool good;

    path_of(conf, path);
    if (audit_signed_from(s) != 0 || (access(path, F_OK) != 0 && !audit_is_signed(s)))
        return true;
    if (!code_master_load(conf->staff.key_file, false, &master, e)) {
        e->kind = FAIL_RETRY;
        return err_in(e, "the audit cannot be verified");
    }
    good = audit_look_with(s, path, master.bytes, e);
    code_forget(&master, sizeof(master));
    return good;
}

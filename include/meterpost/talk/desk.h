/*
 * desk.h - what lies on the desk of everyone who handles something: the settings, the
 * files that people write (words, profiles, tariffs, templates), the store and the time.
 *
 * Whoever runs a turn (the engine, or `meterpost` under the lock) sets `now` once and
 * opens the transaction; handlers take both from here. A reload loads a second desk and,
 * when nothing is wrong with it, puts it in the place of the first: the store moves over.
 */
#ifndef METERPOST_TALK_DESK_H
#define METERPOST_TALK_DESK_H

#include "meterpost/base/clock.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/yaml.h"
#include "meterpost/billing/notice.h"
#include "meterpost/billing/policy.h"
#include "meterpost/billing/tariff.h"
#include "meterpost/bus/kind.h"
#include "meterpost/metering/profile.h"
#include "meterpost/relay/order.h"
#include "meterpost/render/template.h"
#include "meterpost/sms/carrier.h"
#include "meterpost/store/store.h"
#include "meterpost/talk/words.h"

struct desk {
    struct conf *conf;
    struct words *words;
    struct profiles *profiles;
    struct tariff_set *tariffs;
    struct templates *templates;
    struct notices *notices;   /* how payments are told of */
    struct carriers *carriers; /* how networks tell of credit */
    struct bus_kinds *kinds;   /* of meters on wires */
    struct policy *policy;     /* rules about arrears and cutting off */
    struct store *store;       /* NULL until desk_open_store() */
    utc_t now;                 /* of this turn */
};

/* Load the settings alone: enough for who only looks into the store. Sets the time zone of
 * the process. NULL with everything that is wrong in *p. */
struct desk *desk_load_settings(const char *path, struct problems *p);

/* Load the settings and all files that they point to, and try what can be tried: examples
 * of profiles, fields of templates. NULL when anything was wrong: all of it is in *p, and
 * the time zone of the process is as it was. */
struct desk *desk_load(const char *path, struct problems *p);

/* Open the store that the settings name, and note the time. Who writes signs the audit. */
bool desk_open_store(struct desk *d, enum store_mode mode, struct err *e);

/* Sign the audit of a store with the key beside conf->database (store/audit.h), which is
 * sealed with staff.key_file; both are made where they are missing. Why a new key begins is
 * written down and an alarm; not with `restored`, a copy that comes back:
 * its caller says so. FAIL_REJECT when the
 * key file was there and is gone. */
bool desk_sign_audit(const struct conf *conf, struct store *s, bool restored, utc_t now,
                     struct err *e);
/* Before audit_verify() by who only reads. FAIL_RETRY when the key is not ours to read. */
bool desk_look_at_audit(const struct conf *conf, struct store *s, struct err *e);

/* The same desk, as orders to cut and restore are worked with. */
struct relay desk_relay(const struct desk *d);

/* Free all of it and close the store. Takes NULL. */
void desk_free(struct desk *d);

#endif

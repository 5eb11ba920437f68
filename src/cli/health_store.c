/* health_store.c - the database: sound, copied, ours; what waits in it too long. */
#include "health.h"
#include "phrase.h"

#include "meterpost/control/backup.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/fence.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/overview.h"

#include <stdio.h>
#include <string.h>

#define BACKUP_WARN_S (26 * HOUR_S)
#define BACKUP_BAD_S  (3 * DAY_S)
#define QUEUE_WARN_S  (30 * MINUTE_S)

void
health_integrity(struct cli *c, json_t *rows)
{
    struct err e;

    if (store_check_integrity(c->desk->store, &e))
        health_add(rows, "database", HEALTH_OK, NULL, "sound, version %d", STORE_VERSION);
    else
        health_add(rows, "database", HEALTH_BAD, "meterpost backup restore latest", "%s",
                   e.text);
}

void
health_ledger(struct cli *c, json_t *rows)
{
    int64_t entries;
    struct err e;

    if (ledger_verify(c->desk->store, &entries, &e))
        health_add(rows, "ledger", HEALTH_OK, NULL, "balances, %lld entries",
                   (long long)entries);
    else
        health_add(rows, "ledger", HEALTH_BAD, "ask your supplier: send the last backup",
                   "%s", e.text);
}

void
health_audit(struct cli *c, json_t *rows)
{
    int64_t n;
    struct err e;

    if (!desk_look_at_audit(c->desk->conf, c->desk->store, &e) && e.kind == FAIL_RETRY)
        health_add(rows, "audit", HEALTH_WARN, "look as root or the user of the service",
                   "%s", e.text);
    else if (audit_verify(c->desk->store, &n, &e))
        health_add(rows, "audit", HEALTH_OK, NULL, "%lld rows, none edited or lost",
                   (long long)n);
    else
        health_add(rows, "audit", HEALTH_BAD,
                   "somebody worked on the database file: compare with a backup", "%s",
                   e.text);
}

/* ---- copies ---- */

static utc_t
time_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    struct err e;
    utc_t t;

    return text != NULL && clock_parse(text, &t, &e) ? t : 0;
}

void
health_backup(struct cli *c, json_t *rows)
{
    char folder[BACKUP_PATH_MAX], made[TIME_TEXT_MAX];
    struct err e;
    json_t *copies = backup_list(backup_folder(c->desk->conf, folder), &e);
    const json_t *newest = json_array_get(copies, 0);
    utc_t at = time_of(newest, "made_at");
    int64_t age = clock_now() - at;
    enum health state = HEALTH_OK;

    if (copies == NULL || newest == NULL) {
        health_add(rows, "backup", HEALTH_BAD, "meterpost backup now", "%s",
                   copies == NULL ? e.text : phrase("there is no copy of the database"));
        json_decref(copies);
        return;
    }
    if (age > BACKUP_WARN_S)
        state = age > BACKUP_BAD_S ? HEALTH_BAD : HEALTH_WARN;
    health_add(rows, "backup", state, state == HEALTH_OK ? NULL : "meterpost backup now",
               "%.16s, %zu copies, %s", clock_iso(at, made), json_array_size(copies),
               time_of(newest, "verified_at") != 0 ? phrase("tried out")
                                                   : phrase("never tried out"));
    json_decref(copies);
}

/* When the newest copy of a folder was made; 0: it has none. */
static utc_t
newest_copy(const char *folder)
{
    struct err e;
    json_t *copies = backup_list(folder, &e);
    utc_t at = time_of(json_array_get(copies, 0), "made_at");

    json_decref(copies);
    return at;
}

void
health_second_late(struct cli *c, json_t *rows)
{
    const char *also = c->desk->conf->backup.also;
    char own[BACKUP_PATH_MAX];

    if (*also != '\0' && newest_copy(also) < newest_copy(backup_folder(c->desk->conf, own)))
        health_add(rows, "backup", HEALTH_WARN,
                   "is it plugged in, and may the service write there?", "%s: %s",
                   phrase("the newest copy is not in the second folder"), also);
}

void
health_second_copy(struct cli *c, json_t *rows)
{
    health_second_late(c, rows);
    if (c->desk->conf->backup.also[0] == '\0')
        health_add(rows, "backup", HEALTH_WARN, "set backup.also in the settings",
                   "no second folder on another disk");
}

void
health_fence(struct cli *c, json_t *rows)
{
    struct fence fence;
    struct err e;

    if (!fence_get(c->desk->store, &fence, &e))
        health_add(rows, "fence", HEALTH_BAD, NULL, "%s", e.text);
    else if (fence.up)
        health_add(rows, "fence", HEALTH_BAD, "meterpost fence release",
                   "nothing cuts or restores: %s", fence.reason);
}

/* ---- what waits ---- */

void
health_queue(struct cli *c, json_t *rows)
{
    struct overview o;
    struct err e;
    int64_t late;

    if (!store_overview(c->desk->store, clock_now(), &o, &e)) {
        health_add(rows, "messages", HEALTH_BAD, NULL, "%s", e.text);
        return;
    }
    late = o.outbox_next == 0 ? 0 : clock_now() - o.outbox_next;
    if (o.outbox_due > 0 && late > QUEUE_WARN_S)
        health_add(rows, "messages", HEALTH_BAD, "meterpost outbox --state queued",
                   "%lld wait to go out, the first for %lld min", (long long)o.outbox_due,
                   (long long)(late / MINUTE_S));
    else
        health_add(rows, "messages", HEALTH_OK, NULL, "%lld to go out, %lld in the air",
                   (long long)(o.outbox_due + o.outbox_later), (long long)o.outbox_sending);
    if (o.outbox_in_doubt > 0)
        health_add(rows, "messages", HEALTH_WARN, "meterpost outbox --state in_doubt",
                   "%lld may have gone out or not", (long long)o.outbox_in_doubt);
    if (o.inbox_quarantined > 0)
        health_add(rows, "messages", HEALTH_WARN, "meterpost quarantine list",
                   "%lld came in that no rule understood", (long long)o.inbox_quarantined);
}

void
health_alarms(struct cli *c, json_t *rows)
{
    struct list_filter f = {.state = "open", .limit = 5};
    struct err e;
    json_t *alarms = list_array(c->desk->store, "alarms", &f, c->desk->conf->decimals, &e);
    const json_t *alarm;
    size_t i;

    json_array_foreach (alarms, i, alarm)
        health_add(rows, "alarm", HEALTH_BAD, "meterpost alarm list --state open", "%s",
                   json_string_value(json_object_get(alarm, "text")));
    json_decref(alarms);
}

/*
 * Reading and deleting stored messages through libGammu. Traps of 1.42, all seen:
 *
 * - ERR_EMPTY ends the list, but is also said of a place whose message is "00": the list
 * has ended only when the location did not move.
 * - Callbacks fire from any call, and no call may be made from them.
 * - A +CMTI line gives a place, never a text. A +CDS line gives the report itself, which is
 *   stored nowhere; a +CDSI line a place that no list shows when its memory is "SR".
 * - GSM_DeleteSMS() reads the place first, and takes folder 0 with the location as listed.
 * - A modem that refuses AT+CMGF=0 is silently used in text mode, where nothing passes the
 *   gate and numbers come from a shared buffer: such a modem is not used at all.
 */
#include "inside.h"
#include "raw.h"

#include <gammu.h>

#include <string.h>

#define PLACES_MAX    2000 /* of SIM and modem together; more is a modem that never ends */
#define FOLDER_PLACES 100000 /* libGammu numbers the second memory from here */
#define RAW_BAUD      115200

static void
remember(struct modem *m, struct place where, const struct octets *what)
{
    struct pointer *p;

    if (m->n_pointers == POINTERS_MAX) /* the oldest has had its time */
        memmove(m->pointers, m->pointers + 1, --m->n_pointers * sizeof(*p));
    p = &m->pointers[m->n_pointers++];
    p->where = where;
    p->what.n = 0;
    if (what != NULL)
        p->what = *what;
}

static void
on_incoming(GSM_StateMachine *s, GSM_SMSMessage *sms, void *ctx)
{
    struct modem *m = ctx;
    struct octets report;

    (void)s;
    m->rang = true;
    if (sms->Memory == MEM_SR)
        remember(m, (struct place){sms->Location, MEM_SR, "SR"}, NULL);
    else if (sms->Memory == 0 && gate_seen(&report))
        remember(m, (struct place){.location = -1}, &report);
}

void
gammu_listen_for_incoming(struct modem *m)
{
    GSM_SetIncomingSMSCallback(m->gammu, on_incoming, m);
}

void
modem_listen(struct modem *m)
{
    gate_clear();
    GSM_ReadDevice(m->gammu, FALSE);
}

bool
modem_rang(struct modem *m)
{
    bool rang = m->rang;

    m->rang = false;
    return rang;
}

/* What libGammu found at a place; *octets is empty when it was no hexadecimal text. False
 * with *e set when the walk cannot go on. */
static bool
found(struct modem *m, unsigned code, struct octets *octets, bool *is_message,
      struct err *e)
{
    *octets = (struct octets){0};
    *is_message = code != ERR_INVALIDLOCATION;
    if (code == ERR_EMPTY)
        octets->n = 1; /* the husk: one octet, 00 */
    if (code == ERR_EMPTY || code == ERR_CORRUPTED || code == ERR_INVALIDLOCATION)
        return true;
    if (gammu_failed(m, code, "reading messages", e))
        return false;
    if (gate_seen(octets))
        return true;
    return err_set(e, FAIL_FATAL, "the modem does not speak PDU mode (AT+CMGF=0)");
}

bool
modem_is_husk(const struct octets *what)
{
    return what->n == 1 && what->at[0] == 0;
}

/* Folders 1 and 2 are of the SIM, 3 and 4 of the modem; a place that reads as empty keeps
 * the memory that was selected. */
static struct place
place_of(const GSM_SMSMessage *sms)
{
    struct place where = {.location = sms->Location};

    memcpy(where.shelf, sms->Memory == MEM_ME ? "ME" : "SM", sizeof(where.shelf));
    return where;
}

static bool
walk_stored(struct modem *m, modem_visit *visit, void *ctx, bool *whole, struct err *e)
{
    GSM_MultiSMSMessage *list = m->list;
    int before = 0;

    list->SMS[0].Location = 0;
    for (int i = 0; i < PLACES_MAX; i++) {
        GSM_Error code;
        struct octets what;
        struct place where;
        bool is_message;

        gate_clear();
        code = GSM_GetNextSMS(m->gammu, list, i == 0);
        if (code == ERR_EMPTY && list->SMS[0].Location == before) {
            *whole = true;
            return true;
        }
        if (!found(m, code, &what, &is_message, e))
            return false;
        before = list->SMS[0].Location;
        where = place_of(&list->SMS[0]);
        if (is_message && !visit(ctx, &where, &what))
            return true;
    }
    return err_set(e, FAIL_RETRY, "more than %d stored messages", PLACES_MAX);
}

/* Read what a pointer names. */
static bool
fetch(struct modem *m, const struct place *where, struct octets *what, bool *is_message,
      struct err *e)
{
    GSM_MultiSMSMessage *list = m->list;

    memset(&list->SMS[0], 0, sizeof(list->SMS[0]));
    list->Number = 0;
    list->SMS[0].Location = where->location;
    list->SMS[0].Folder = 1;
    list->SMS[0].Memory = (GSM_MemoryType)where->memory;
    gate_clear();
    return found(m, GSM_GetSMS(m->gammu, list), what, is_message, e);
}

static bool
walk_pointers(struct modem *m, modem_visit *visit, void *ctx, struct err *e)
{
    while (m->n_pointers > 0) {
        struct pointer p = m->pointers[0];
        bool is_message = true;
        bool read = p.where.location < 0 || fetch(m, &p.where, &p.what, &is_message, e);

        if (read && is_message && !visit(ctx, &p.where, &p.what))
            return true;
        memmove(m->pointers, m->pointers + 1, --m->n_pointers * sizeof(p));
        if (!read)
            return false;
    }
    return true;
}

bool
modem_walk(struct modem *m, modem_visit *visit, void *ctx, bool *whole, struct err *e)
{
    *whole = false;
    return walk_stored(m, visit, ctx, whole, e) && walk_pointers(m, visit, ctx, e);
}

static bool
delete_husk(struct modem *m, const struct place *where, struct err *e)
{
    struct err again;
    bool ok;

    gammu_disconnect(m);
    ok = raw_delete(m->setup.device, m->setup.baud > 0 ? m->setup.baud : RAW_BAUD,
                    where->shelf, where->location % FOLDER_PLACES, e);
    if (modem_renew(m, &again))
        return ok;
    m->stale = true;
    *e = again;
    return false;
}

bool
modem_delete(struct modem *m, const struct place *where, const struct octets *what,
             bool *was_there, struct err *e)
{
    GSM_SMSMessage sms;
    GSM_Error code;

    *was_there = true;
    if (modem_is_husk(what))
        return delete_husk(m, where, e);
    memset(&sms, 0, sizeof(sms));
    sms.Location = where->location;
    sms.Memory = (GSM_MemoryType)where->memory;
    sms.Folder = where->memory == 0 ? 0 : 1;
    gate_expect(what);
    code = GSM_DeleteSMS(m->gammu, &sms);
    gate_expect(NULL);
    *was_there = code == ERR_NONE;
    if (gate_refused() || code == ERR_EMPTY || code == ERR_INVALIDLOCATION)
        return true;
    return !gammu_failed(m, code, "deleting a message", e);
}

/*
 * Reading and deleting stored messages through libGammu. Traps of 1.42, all seen:
 *
 * - ERR_EMPTY ends the list, but is also said of a place whose message is "00": the list
 * has ended only when the location did not move. It is said of a sound message, too, when
 * noise on the line has shifted the lines of the list: such a place is read once more.
 * - Callbacks fire from any call, and no call may be made from them.
 * - A +CMTI line gives a place, never a text. A +CDS line gives the report itself, which is
 *   stored nowhere; a +CDSI line a place that no list shows when its memory is "SR".
 * - GSM_DeleteSMS() reads the place first, and takes folder 0 with the location as listed.
 * - A modem that refuses AT+CMGF=0 would be used in text mode (see the gate): such a modem
 *   is not used at all.
 */
#include "inside.h"
#include "pace.h"
#include "raw.h"

#include <gammu.h>

#include <string.h>

#define HUSKS_MAX     16   /* places of a walk that are read by themselves */
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
    pace_said(m->fd); /* it may have been silent for long before */
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
    if (gate_text_mode())
        return !gammu_failed(m, code, "", e);
    if (code == ERR_EMPTY)
        octets->n = 1; /* the husk: one octet, 00 */
    if (code == ERR_EMPTY || code == ERR_CORRUPTED || code == ERR_INVALIDLOCATION)
        return true;
    if (gammu_failed(m, code, "reading messages", e))
        return false;
    if (gate_seen(octets))
        return true;
    return err_set(e, FAIL_RETRY, "reading messages: libGammu found no octets");
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

/* Read one place. */
static bool
fetch(struct modem *m, const struct place *where, struct octets *what, bool *is_message,
      struct err *e)
{
    GSM_MultiSMSMessage *list = m->list;

    memset(&list->SMS[0], 0, sizeof(list->SMS[0]));
    list->Number = 0;
    list->SMS[0].Location = where->location;
    list->SMS[0].Folder = where->memory == 0 ? 0 : 1;
    list->SMS[0].Memory = (GSM_MemoryType)where->memory;
    gate_clear();
    return found(m, GSM_GetSMS(m->gammu, list), what, is_message, e);
}

/* Places that the list calls empty, to be read by themselves; the next walk finds more. */
struct husks {
    struct place where[HUSKS_MAX];
    size_t n;
    bool more;
};

static void
note_husk(struct husks *h, const struct place *where)
{
    h->more = h->more || h->n == HUSKS_MAX;
    if (h->n < HUSKS_MAX)
        h->where[h->n++] = *where;
}

/* *went_on is false when the visitor had enough. */
static bool
walk_list(struct modem *m, modem_visit *visit, void *ctx, struct husks *h, bool *went_on,
          struct err *e)
{
    GSM_MultiSMSMessage *list = m->list;
    int before = 0;

    list->SMS[0].Location = 0;
    for (int i = 0; i < PLACES_MAX && *went_on; i++) {
        GSM_Error code;
        struct octets what;
        struct place where;
        bool is_message;

        gate_clear();
        code = GSM_GetNextSMS(m->gammu, list, i == 0);
        if (code == ERR_EMPTY && list->SMS[0].Location == before)
            return true;
        if (!found(m, code, &what, &is_message, e))
            return false;
        before = list->SMS[0].Location;
        where = place_of(&list->SMS[0]);
        if (is_message && modem_is_husk(&what))
            note_husk(h, &where);
        else if (is_message)
            *went_on = visit(ctx, &where, &what);
    }
    return !*went_on || err_set(e, FAIL_RETRY, "more than %d stored messages", PLACES_MAX);
}

static bool
walk_stored(struct modem *m, modem_visit *visit, void *ctx, bool *whole, struct err *e)
{
    struct husks h = {.n = 0};
    bool went_on = true;

    if (!walk_list(m, visit, ctx, &h, &went_on, e))
        return false;
    for (size_t i = 0; i < h.n && went_on; i++) {
        struct octets what;
        bool is_message;

        if (!fetch(m, &h.where[i], &what, &is_message, e))
            return false;
        went_on = !is_message || visit(ctx, &h.where[i], &what);
    }
    *whole = went_on && !h.more;
    return true;
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
delete_husk(struct modem *m, const struct place *where, bool *was_there, struct err *e)
{
    struct err again;
    bool ok;

    gammu_disconnect(m);
    ok = raw_delete(m->setup.device, m->setup.baud > 0 ? m->setup.baud : RAW_BAUD,
                    where->shelf, where->location % FOLDER_PLACES, was_there, e);
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
        return delete_husk(m, where, was_there, e);
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

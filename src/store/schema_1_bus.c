/* The tables of schema version 1 about wires: work on them, meters that are silent there.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char wires[] =
    "CREATE TABLE bus (" /* as its worker last said */
    " name TEXT PRIMARY KEY,"
    " health TEXT NOT NULL,"
    " reason TEXT,"
    " restarts INTEGER NOT NULL,"
    " answered INTEGER NOT NULL," /* jobs, since the beginning */
    " silent INTEGER NOT NULL,"
    " damaged INTEGER NOT NULL,"
    " seen_at INTEGER NOT NULL,"
    " record_until INTEGER" /* the traffic of every job is kept until then */
    ") STRICT;"

    "CREATE TABLE bus_job (" /* one thing to be done on a wire */
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE,"
    " bus TEXT NOT NULL,"
    " meter_id INTEGER REFERENCES meter(id)," /* NULL: it is about the whole bus */
    " action TEXT NOT NULL CHECK (action IN ('read', 'relay', 'cut', 'allow', 'restore',"
    "  'clock', 'freeze', 'baud', 'scan')),"
    " state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'done', 'failed', 'expired',"
    "  'cancelled', 'in_doubt')),"
    " urgent INTEGER NOT NULL CHECK (urgent IN (0, 1))," /* a person waits for it */
    " trace INTEGER NOT NULL CHECK (trace IN (0, 1)),"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " request_id INTEGER REFERENCES reading_request(id),"
    " order_id INTEGER,"
    " what TEXT," /* other than what the kind of meter says */
    " created_at INTEGER NOT NULL,"
    " next_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL,"
    " sent_at INTEGER,"
    " ended_at INTEGER,"
    " relay TEXT CHECK (relay IN ('closed', 'open', 'armed'))," /* as it was at the end */
    " told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),"  /* who ordered it knows */
    " reason TEXT,"
    " answer BLOB,"  /* the frames that came */
    " traffic TEXT," /* both ways, with times */
    " actor TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX bus_job_due ON bus_job(bus, next_at) WHERE state = 'queued';"
    "CREATE INDEX bus_job_sent ON bus_job(bus) WHERE state = 'sent';"
    "CREATE INDEX bus_job_order ON bus_job(order_id) WHERE order_id IS NOT NULL;"
    "CREATE INDEX bus_job_request ON bus_job(request_id) WHERE request_id IS NOT NULL;"
    "CREATE INDEX bus_job_untold ON bus_job(id)"
    " WHERE order_id IS NOT NULL AND told = 0 AND ended_at IS NOT NULL;"

    "CREATE TABLE bus_meter (" /* the breaker: who is silent is left alone for a while */
    " meter_id INTEGER PRIMARY KEY REFERENCES meter(id),"
    " silent INTEGER NOT NULL," /* times in a row */
    " silent_since INTEGER,"
    " rest_until INTEGER,"
    " heard_at INTEGER,"
    " spoke TEXT" /* the protocol by which it answered, where its kind leaves that open */
    ") STRICT;";

const char *const schema_1_bus[] = {wires, NULL};

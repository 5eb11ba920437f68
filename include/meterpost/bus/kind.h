/*
 * kind.h - kinds of meters on a wire: which protocol one speaks, what is read of it, how
 * long it may take, by what command it switches.
 *
 * The word in the column `protocol` of a meter names its kind: a file of conf/devices, a
 * map of conf/maps (Modbus), or just a protocol with what is usual there. Kinds are
 * constant after they were loaded.
 */
#ifndef METERPOST_BUS_KIND_H
#define METERPOST_BUS_KIND_H

#include "meterpost/base/conf.h"
#include "meterpost/base/yaml.h"
#include "meterpost/bus/wire.h"
#include "meterpost/protocol/modbus_map.h"
#include "meterpost/store/bus_jobs.h"
#include "meterpost/store/registry.h"

#define BUS_KIND_MAX 41 /* bytes with NUL */

struct bus_kind {
    char id[BUS_KIND_MAX];
    char name[CONF_TEXT_MAX];
    enum conf_protocol protocol;
    char read[BUS_IDS_MAX];       /* identifiers with blanks between */
    const struct modbus_map *map; /* NULL unless it is Modbus */
    char password[CONF_NAME_MAX]; /* of meters that have none of their own */
    char operator_code[9];
    unsigned level;
    unsigned commands[3];            /* cut, allow, restore; 0: it cannot */
    int timeout_ms, pause_ms;        /* 0: as the bus says */
    int confirm_ms;                  /* a relay or valve has so long to move */
    int baud;                        /* 0: that of the bus */
    unsigned medium;                 /* of CJ/T 188 */
    bool swapped;                    /* identifiers low byte first */
    char mode;                       /* of IEC 62056-21: 'C' or 'D' */
    bool lacks_byte;                 /* of Modbus: the last byte of each answer is lost */
    bool fixed_baud, single;         /* it keeps its speed; registers one by one */
    int wake;                        /* tens of zero bytes before the sign-on */
    char login[3], ask[3], write[3]; /* commands: P1 or P2, R1, W1 or others */
    bool either;                     /* DL/T 645, and which edition is found out */
};

struct bus_kinds;

/* Load conf/devices and conf/maps; a folder that is not there has none. False when
 * anything is wrong: all of it is in *p, and *out is NULL. */
bool bus_kinds_load(const char *devices, const char *maps, struct bus_kinds **out,
                    struct problems *p);
void bus_kinds_free(struct bus_kinds *all); /* takes NULL */

/* By the word of a meter; NULL when there is none. `all` may be NULL: protocols alone. */
const struct bus_kind *bus_kinds_find(const struct bus_kinds *all, const char *word);
size_t bus_kinds_count(const struct bus_kinds *all);
const struct bus_kind *bus_kinds_at(const struct bus_kinds *all, size_t i);
/* The words that may have been meant by one that there is not, with commas between: those
 * that have it in them, else the nearest, else the protocols. */
void bus_kinds_like(const struct bus_kinds *all, const char *word, char *out, size_t size);

/* The address of one meter as its protocol has it on the wire, at most BUS_ADDRESS_MAX
 * bytes with NUL: the zeros that spreadsheets drop in front are back. FAIL_REJECT when no
 * meter of that kind can have it. */
#define BUS_ADDRESS_MAX 33
bool bus_kind_address(const struct bus_kind *kind, const char *text,
                      char out[BUS_ADDRESS_MAX], struct err *e);

/* It has a relay or a valve; and it can be told to close it, not only to allow that. */
bool bus_kind_switches(const struct bus_kind *kind);
bool bus_kind_closes(const struct bus_kind *kind);

/* The protocol that a kind is spoken by on a bus: that of Modbus TCP carries all of Modbus
 * as that. */
enum conf_protocol bus_kind_wire(const struct bus_kind *kind, const struct conf_bus *bus);

/* Either edition may be the meter's: it is not known by what it `spoke` last, nor by the
 * identifiers that are asked for. Each try is by the other one then. */
bool bus_job_is_unsure(const struct bus_kinds *all, const struct bus_job *job,
                       const struct meter *m, const char *spoke);

/* The packet for the worker: a job of a meter (NULL: of the whole bus), which `spoke` that
 * protocol last ("": not known). FAIL_REJECT when the kind is not known, or cannot do it.
 * `now` is when it is handed over. */
bool bus_job_order(const struct bus_kinds *all, const struct conf_bus *bus,
                   const struct bus_job *job, const struct meter *m, const char *spoke,
                   utc_t now, struct bus_wire_job *out, struct err *e);

#endif

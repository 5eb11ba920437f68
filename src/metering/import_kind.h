/*
 * import_kind.h - what a kind of import file is made of: its columns as a table, and what
 * becomes of a row. For src/metering alone.
 */
#ifndef METERPOST_SRC_METERING_IMPORT_KIND_H
#define METERPOST_SRC_METERING_IMPORT_KIND_H

#include "meterpost/base/csv.h"
#include "meterpost/metering/import.h"

#include <jansson.h>
#include <stddef.h>

struct seen; /* what stood in the rows before: column and value to line */

/* One import under way. */
struct import {
    const struct import_context *with;
    const struct import_kind *kind;
    struct import_result *result;
    struct problems *problems;
    const char *file;
    struct seen *seen;
    bool by_hand; /* one row that somebody typed: a meter may lie in the cupboard */
    struct import_edit *edit; /* NULL: the rows are new             */
    utc_t at;                 /* from when on what they say holds   */
    void *rest;               /* what the kind keeps until the end, freed by free() */
    size_t rest_count;
    const struct csv_row *row;                    /* the one at hand */
    const struct column *columns[CSV_FIELDS_MAX]; /* of its fields */
    size_t count;
    bool told[CSV_FIELDS_MAX]; /* columns of the kind that have a fault in this row */
};

enum need {
    NEED_NOTHING, /* the column may be missing                        */
    NEED_COLUMN,  /* the column must be there, its value may be empty */
    NEED_VALUE,
};

/* Read a value that is not empty into the member `to` of `size` bytes. On a false the text
 * of *e says what was expected; FAIL_RETRY and FAIL_FATAL are those of the store. */
typedef bool column_read(struct import *im, const char *text, void *to, size_t size,
                         struct err *e);

struct column {
    const char *name;
    enum need need;
    column_read *read; /* NULL: for people alone, neither read nor exported */
    size_t at, size;   /* of the member in the row's struct */
    bool once;         /* a text that stands in one row of a file only */
};

struct import_kind {
    const char *name;
    const struct column *columns; /* up to one without a name */
    size_t row_size;
    /* What the columns that are missing mean; the row is zero. */
    void (*start)(struct import *im, void *row);
    /* All that can be wrong beside single values: what does not fit together in the row,
     * with the rows before and with the store. Also of rows that have faults, with zero in
     * the members that could not be read; a column has one fault in a row, so what follows
     * from that is not told. May put a value into its usual form. False only when the store
     * failed. */
    bool (*look)(struct import *im, void *row, struct err *e);
    /* Add the row, in which nothing is wrong. What the store refuses is a fault. */
    bool (*keep)(struct import *im, const void *row, struct err *e);
    /* After the last row, also when there were faults; may be NULL. */
    bool (*finish)(struct import *im, struct err *e);
    /* The row at hand says nothing, and is left out; may be NULL. */
    bool (*blank)(const struct import *im);
};

extern const struct import_kind import_accounts, import_meters, import_concentrators,
    import_collectors, import_groups, import_points, import_readings, import_staff;

/* NULL with *e set when there is no such kind. */
const struct import_kind *import_kind_find(const char *name, struct err *e);

#define COLUMN(name, need, read, type, member)                                             \
    {                                                                                      \
        name, need, read, offsetof(type, member), sizeof(((type *)0)->member), false       \
    }
#define COLUMN_ONCE(name, need, read, type, member)                                        \
    {                                                                                      \
        name, need, read, offsetof(type, member), sizeof(((type *)0)->member), true        \
    }

/* A row that is there already, and what becomes of it. */
struct import_edit {
    const json_t *given; /* the fields that somebody set; the rest is as it was */
    utc_t at;            /* what is dated changes from then on */
    bool dated;          /* set: something that is dated did   */
};

/* import_text() for one row of `kind`, by hand; `edit` is NULL for a new one. */
bool import_one(const struct import_context *context, const char *kind, const char *text,
                size_t n, struct import_edit *edit, struct problems *p, struct err *e);

/* A value of a list as its column wants to read it. */
void export_value(const json_t *value, char *out, size_t size);

/* Report a fault at this column of the row at hand, unless it has one. Always true: the
 * import goes on. */
bool import_fault(struct import *im, const char *column, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether the file has this column, and what stands there in the row at hand. */
bool import_has(const struct import *im, const char *column);
const char *import_field(const struct import *im, const char *column);

/* Report a row that is there though it should not be, or the other way round: "meter",
 * "M-17"; or that was closed at `until`. */
void import_there(struct import *im, const char *what, const char *name, bool found,
                  utc_t until);

/* Report when a row before had this value in this column already. */
void import_once(struct import *im, const char *column, const char *value);

#define OWNER_MAX 64 /* bytes with NUL */

/* Which device has this number already ("meter M-17"); "" when none. */
bool import_phone_device(struct import *im, const char *number, char owner[OWNER_MAX],
                         struct err *e);
/* The same, people too. */
bool import_phone_owner(struct import *im, const char *number, char owner[OWNER_MAX],
                        struct err *e);

/* Readers of values, by the type of their member. */
column_read read_key;          /* char[]: a number or code of ours          */
column_read read_text;         /* char[]: anything on one line              */
column_read read_word;         /* char[]: letters, digits, '-', '_'         */
column_read read_phone;        /* char[PHONE_MAX]                           */
column_read read_money;        /* struct money                              */
column_read read_quantity;     /* struct quantity                           */
column_read read_time;         /* utc_t                                     */
column_read read_past;         /* utc_t that is not in the future           */
column_read read_duration;     /* int64_t: seconds                          */
column_read read_window;       /* char[]: "22:00-06:00" as it stands        */
column_read read_hour;         /* char[]: "00:30" as it stands              */
column_read read_yes_no;       /* bool                                      */
column_read read_count;        /* int: 1 to 1,000,000                       */
column_read read_digits;       /* int: 1 to 15                              */
column_read read_decimals;     /* int: 0 to 6                               */
column_read read_constant;     /* int64_t: 1 and more                       */
column_read read_language;     /* char[]                                    */
column_read read_commodity;    /* char[]                                    */
column_read read_group_kind;   /* char[]                                   */
column_read read_device_state; /* char[]                                   */
column_read read_phases;       /* int: 1 to 3                              */
column_read read_place;        /* char[]: "-1.29,36.82" as it stands       */
column_read read_seals;        /* char[][KEY_MAX], ';' between             */
column_read read_pulses;       /* struct port_pulses[]: "1=1000;2=800"     */
column_read read_point;        /* int64_t: id of one in use                */
column_read read_protocol;     /* char[]                                    */
column_read read_obis;         /* char[]                                    */
column_read read_profile;      /* char[]: one that is loaded                */
column_read read_tariff;       /* char[]: one that is loaded                */
column_read read_bus;          /* char[]: one that is configured            */
column_read read_account;      /* int64_t: id of an open account            */
column_read read_concentrator; /* int64_t: id of one in use              */
column_read read_collector;    /* int64_t: id                               */
column_read read_group;        /* int64_t: id                               */

#endif

/*
 * registry.h - who is served and what is installed: accounts with their contract and
 * phones, meters with their installation, concentrators, collectors, groups.
 *
 * Rows are plain structs. "" and 0 stand for what is not known. Nothing is deleted: what
 * ends is closed with a time, and a name is never given twice. All functions run in the
 * transaction of the caller; a name, phone or address that is taken is FAIL_REJECT.
 * Numbers of phones are as phone_parse() writes them ("+254700000001").
 */
#ifndef METERPOST_STORE_REGISTRY_H
#define METERPOST_STORE_REGISTRY_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/phone.h"
#include "meterpost/store/store.h"

#define KEY_MAX          41   /* bytes with NUL: account, meter, concentrator ... numbers */
#define WORD_MAX         65   /* bytes with NUL: names of profiles, tariffs, classes ...  */
#define PERSON_MAX       121  /* bytes with NUL: names of people and places               */
#define PLACE_MAX        201  /* bytes with NUL: addresses where people live              */
#define ACCOUNT_PHONES   8    /* at most, of one account at a time                        */
#define ACCOUNT_METERS   32   /* at most, of one account at a time                        */
#define PHONE_ACCOUNTS   16   /* at most, of one phone                                    */
#define MULTIPLIER_ONE   1000 /* multiplier_milli of a meter that shows what it means    */
#define DECIMALS_UNKNOWN (-1)

/* ---- accounts ---- */

struct account {
    int64_t id;
    char account[KEY_MAX]; /* the number that people know */
    char name[PERSON_MAX];
    char language[WORD_MAX];
    char address[PLACE_MAX];
    char protected_for[WORD_MAX]; /* why supply is not cut: "medical"; "" when it may be */
    utc_t protected_until;        /* 0: without end */
    char hold[PLACE_MAX];         /* why nothing is chased; "" when it may be */
    utc_t hold_until;             /* 0: without end */
    utc_t opened_at, closed_at;   /* closed_at 0: open */
};

struct contract { /* what an account pays by, from a time on */
    char tariff[WORD_MAX];
    char class[WORD_MAX]; /* of customer: "domestic"; may be "" */
    utc_t valid_from;
};

enum phone_role {
    ROLE_VIEW,   /* may ask            */
    ROLE_PAY,    /* and pay            */
    ROLE_MANAGE, /* and change things  */
};

struct account_phone {
    char number[PHONE_MAX];
    enum phone_role role;
};

/* "view", "pay", "manage". */
const char *phone_role_name(enum phone_role role);
bool phone_role_parse(const char *word, enum phone_role *out);

bool account_by_name(struct store *s, const char *account, struct account *out, bool *found,
                     struct err *e);
/* By its letters and digits alone, capital: "10234-7" is "102347". Not found either where
 * two accounts have the same ("1023-47"). */
bool account_by_reference(struct store *s, const char *reference, struct account *out,
                          bool *found, struct err *e);
bool account_by_id(struct store *s, int64_t id, struct account *out, bool *found,
                   struct err *e);

/* The open accounts that this number speaks for, oldest first; at most PHONE_ACCOUNTS. */
bool accounts_by_phone(struct store *s, const char *number,
                       struct account out[PHONE_ACCOUNTS], size_t *n, struct err *e);

/* The first account with an id above `after` (0: from the start), closed ones too: for work
 * that goes over all accounts in slices. */
bool account_next(struct store *s, int64_t after, struct account *out, bool *found,
                  struct err *e);

/* Add one that is open from opened_at on; *id names it. */
bool account_add(struct store *s, const struct account *a, int64_t *id, struct err *e);
/* Write what may change: name, language, address, protection and hold. */
bool account_update(struct store *s, const struct account *a, struct err *e);
bool account_close(struct store *s, int64_t id, utc_t now, struct err *e);
bool account_set_language(struct store *s, int64_t id, const char *language, struct err *e);

/* The contract in force at `t`. */
bool contract_at(struct store *s, int64_t account_id, utc_t t, struct contract *out,
                 bool *found, struct err *e);
/* All contracts of an account that begin at `until` or before, oldest first; of more than
 * `most` the newest. */
bool contracts_of_account(struct store *s, int64_t account_id, utc_t until,
                          struct contract *out, int most, int *n, struct err *e);
/* From c->valid_from on; one of that moment is replaced. */
bool contract_add(struct store *s, int64_t account_id, const struct contract *c,
                  struct err *e);

/* The open phones of an account, oldest first. */
bool account_phones(struct store *s, int64_t account_id,
                    struct account_phone out[ACCOUNT_PHONES], size_t *n, struct err *e);
bool phone_add(struct store *s, int64_t account_id, const char *number,
               enum phone_role role, utc_t now, struct err *e);
bool phone_close(struct store *s, int64_t account_id, const char *number, utc_t now,
                 struct err *e);

/* ---- meters ---- */

struct installation { /* a meter at an account, from a reading to a reading */
    int64_t id;       /* 0: none */
    int64_t meter_id, account_id;
    int64_t point_id;               /* where; 0: not known */
    int64_t multiplier_milli;       /* reading x multiplier = use, thousandths */
    utc_t installed_at, removed_at; /* removed_at 0: still there */
    struct quantity initial, final;
};

struct meter {
    int64_t id;
    char meter[KEY_MAX];      /* the serial, as on its face */
    char commodity[WORD_MAX]; /* electricity, water, gas, heat */
    char profile[WORD_MAX];   /* how it speaks by text message; "" behind a concentrator */
    char phone[PHONE_MAX];
    char sim[WORD_MAX], carrier[WORD_MAX]; /* number of its card, and whose it is */
    utc_t battery_on;                      /* when its battery was put in; 0: not known */
    int64_t concentrator_id, collector_id;
    int port;
    char bus[WORD_MAX], protocol[WORD_MAX];
    char address[WORD_MAX]; /* on the bus or the concentrator */
    char password[WORD_MAX];
    int digits;   /* before the decimal point, where it rolls over; 0: not known */
    int decimals; /* DECIMALS_UNKNOWN when not known */
    int64_t pulse_constant;
    bool has_relay;
    char relay[WORD_MAX]; /* closed, open, armed, unknown */
    int64_t group_id;
    bool is_check_meter;
    utc_t last_contact_at, since, until; /* until 0: in use */
    struct installation at;              /* where it hangs now; at.id 0: in the cupboard */
};

/* `meter` also finds one that was closed. */
bool meter_by_name(struct store *s, const char *meter, struct meter *out, bool *found,
                   struct err *e);
bool meter_by_id(struct store *s, int64_t id, struct meter *out, bool *found,
                 struct err *e);
/* The meter in use that has this number itself. */
bool meter_by_phone(struct store *s, const char *number, struct meter *out, bool *found,
                    struct err *e);
/* The meter in use behind a concentrator that is called by its serial or its address,
 * exactly or else but for zeros in front. */
bool meter_behind(struct store *s, int64_t concentrator_id, const char *name,
                  struct meter *out, bool *found, struct err *e);
/* The meters that hang at an account now, oldest installation first. */
bool meters_of_account(struct store *s, int64_t account_id,
                       struct meter out[ACCOUNT_METERS], size_t *n, struct err *e);

/* How many hang at an account now. */
bool meters_count(struct store *s, int64_t account_id, int64_t *count, struct err *e);
/* How many devices in use are behind a concentrator (meters and collectors) or a collector;
 * one of them is 0. */
bool meters_behind_count(struct store *s, int64_t concentrator_id, int64_t collector_id,
                         int64_t *count, struct err *e);
/* The meter in use with this address behind the concentrator (0: none) or on the bus (""):
 * where it stands twice, either of them. */
bool meter_at_address(struct store *s, int64_t concentrator_id, const char *bus,
                      const char *address, struct meter *out, bool *found, struct err *e);

/* The first meter in use on a bus with an id above `after`. */
bool meter_next_on_bus(struct store *s, const char *bus, int64_t after, struct meter *out,
                       bool *found, struct err *e);

/* What hung at an account at some time in from <= t < to, in the order installed. */
bool installations_of_account(struct store *s, int64_t account_id, utc_t from, utc_t to,
                              struct installation out[ACCOUNT_METERS], size_t *n,
                              struct err *e);

/* Add a device; m->at is not looked at. */
bool meter_add(struct store *s, const struct meter *m, int64_t *id, struct err *e);
/* Write all of the device but serial, relay state, contact and times; from `now` on it is
 * of its group. */
bool meter_update(struct store *s, const struct meter *m, utc_t now, struct err *e);
/* Out of use, and out of its group, from `now` on. */
bool meter_close(struct store *s, int64_t id, utc_t now, struct err *e);
bool meter_set_contact(struct store *s, int64_t id, utc_t at, struct err *e);
/* All were heard so much later: for a rehearsal of a day to come. */
bool meters_age(struct store *s, int64_t by_s, struct err *e);
/* `relay` is closed, open, armed or unknown. */
bool meter_set_relay(struct store *s, int64_t id, const char *relay, struct err *e);

/* All installations of a meter, oldest first; `out` has ACCOUNT_METERS of them. */
bool installations_of_meter(struct store *s, int64_t meter_id,
                            struct installation out[ACCOUNT_METERS], size_t *n,
                            struct err *e);
/* Correct point, multiplier, begin and first reading of one. */
bool installation_correct(struct store *s, const struct installation *at, struct err *e);
bool installation_add(struct store *s, const struct installation *at, int64_t *id,
                      struct err *e);
/* Take it down with the reading that it showed. */
bool installation_close(struct store *s, int64_t id, utc_t removed_at,
                        struct quantity final, struct err *e);

/* ---- concentrators and collectors ---- */

struct concentrator {
    int64_t id;
    char concentrator[KEY_MAX];
    char profile[WORD_MAX];
    char phone[PHONE_MAX];
    char sim[WORD_MAX], carrier[WORD_MAX];
    char address[WORD_MAX];
    int64_t interval_s;         /* between its own rounds; 0: not known */
    char read_window[WORD_MAX]; /* "22:00-06:00" */
    char freeze_time[WORD_MAX]; /* "00:00" */
    utc_t last_contact_at, since, until;
};

struct collector {
    int64_t id;
    char collector[KEY_MAX];
    int64_t concentrator_id;
    char address[WORD_MAX], bus[WORD_MAX];
    int ports;            /* 0: not known */
    char state[WORD_MAX]; /* running, stopped, faulty; "" is running */
    utc_t last_contact_at, since, until;
};

bool concentrator_by_name(struct store *s, const char *name, struct concentrator *out,
                          bool *found, struct err *e);
bool concentrator_by_id(struct store *s, int64_t id, struct concentrator *out, bool *found,
                        struct err *e);
/* One in use. */
bool concentrator_by_phone(struct store *s, const char *number, struct concentrator *out,
                           bool *found, struct err *e);
bool concentrator_add(struct store *s, const struct concentrator *c, int64_t *id,
                      struct err *e);
bool concentrator_update(struct store *s, const struct concentrator *c, struct err *e);
bool concentrator_close(struct store *s, int64_t id, utc_t now, struct err *e);
bool concentrator_set_contact(struct store *s, int64_t id, utc_t at, struct err *e);

bool collector_by_name(struct store *s, const char *name, struct collector *out,
                       bool *found, struct err *e);
bool collector_by_id(struct store *s, int64_t id, struct collector *out, bool *found,
                     struct err *e);
bool collector_add(struct store *s, const struct collector *c, int64_t *id, struct err *e);
bool collector_update(struct store *s, const struct collector *c, struct err *e);
bool collector_close(struct store *s, int64_t id, utc_t now, struct err *e);
/* One in use with this address behind the concentrator (0: none) or on the bus ("", or
 * NULL). */
bool collector_at_address(struct store *s, int64_t concentrator_id, const char *bus,
                          const char *address, struct collector *out, bool *found,
                          struct err *e);

/* ---- groups ---- */

struct group {
    int64_t id;
    char code[KEY_MAX];
    char name[PERSON_MAX];
    int64_t parent_id;   /* 0: none */
    char kind[WORD_MAX]; /* transformer, feeder, zone, or "" */
    utc_t since, until;
};

#define GROUP_DEPTH_MAX 32

bool group_by_code(struct store *s, const char *code, struct group *out, bool *found,
                   struct err *e);
bool group_by_id(struct store *s, int64_t id, struct group *out, bool *found,
                 struct err *e);
bool group_add(struct store *s, const struct group *g, int64_t *id, struct err *e);
/* All that are in use, in the order of their ids, until `row` is false. */
bool group_each(struct store *s, bool (*row)(const struct group *g, void *context),
                void *context, struct err *e);
/* Write name and kind. */
bool group_update(struct store *s, const struct group *g, struct err *e);
/* From `since` on it is below `parent_id` (0: below none). FAIL_REJECT for a loop, and for
 * a tree deeper than GROUP_DEPTH_MAX. */
bool group_move(struct store *s, int64_t id, int64_t parent_id, utc_t since, struct err *e);
bool group_close(struct store *s, int64_t id, utc_t now, struct err *e);
/* Meters in use of a group itself, and groups right below it. */
bool group_count(struct store *s, int64_t id, int64_t *meters, int64_t *groups,
                 struct err *e);
/* From `since` on a meter is of this group (0: of none); for meters.c. */
bool group_member_set(struct store *s, int64_t meter_id, int64_t group_id,
                      bool is_check_meter, utc_t since, struct err *e);

#endif

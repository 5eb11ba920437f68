/*
 * conf.h - the settings of the utility: conf/meterpost.yaml as one plain struct.
 *
 * conf_load() reads, checks and converts everything once: durations are seconds or
 * milliseconds, money is in the currency's smallest coin, phone numbers are in one
 * spelling, paths are whole. What the file leaves out has its default. Nobody parses a
 * setting again, and nobody changes one: a reload makes a new struct.
 * conf/meterpost.yaml lists every setting with its meaning and its default.
 */
#ifndef METERPOST_BASE_CONF_H
#define METERPOST_BASE_CONF_H

#include "meterpost/base/amount.h"
#include "meterpost/base/err.h"
#include "meterpost/base/log.h"
#include "meterpost/base/phone.h"
#include "meterpost/base/units.h"
#include "meterpost/base/yaml.h"

#include <stdbool.h>
#include <stddef.h>

#define CONF_NAME_MAX     32  /* bytes with NUL: letters, digits, '-' and '_' */
#define CONF_TEXT_MAX     128 /* bytes with NUL */
#define CONF_PATH_MAX     512 /* bytes with NUL, made absolute where it is a path */
#define CONF_MODEMS_MAX   64
#define CONF_BUSES_MAX    64
#define CONF_ROUTES_MAX   16
#define CONF_BACKOFF_MAX  8
#define CONF_STAGES_MAX   12
#define CONF_CHANNELS_MAX 3
#define CONF_ROUNDS_MAX   16
#define CONF_REPORTS_MAX  16
#define CONF_PHONES_MAX   8
#define SETTLE_AUTO       (-1) /* the library's own waits, unless shorter ones were proven */

struct conf_utility {
    char name[CONF_TEXT_MAX];
    char currency[4];             /* ISO 4217 */
    char timezone[CONF_TEXT_MAX]; /* IANA, known to this machine; clock_zone_set() is the
                                     caller's */
    char country_code[4];         /* digits, for phone_parse() */
    char language[CONF_NAME_MAX]; /* of accounts that have none */
    char phone[CONF_TEXT_MAX];    /* as printed on bills; "" is none */
    char pay_code[CONF_TEXT_MAX]; /* paybill or till number on bills; "" is none */
    char address[CONF_TEXT_MAX];  /* as printed on bills; "" is none */
    char pay_qr[CONF_TEXT_MAX];   /* pattern of the QR code on bills; "" is none */
};

struct conf_paths {
    char profiles[CONF_PATH_MAX];
    char tariffs[CONF_PATH_MAX];
    char words[CONF_PATH_MAX];
    char payments[CONF_PATH_MAX];
    char policies[CONF_PATH_MAX];
    char maps[CONF_PATH_MAX];
    char devices[CONF_PATH_MAX];
    char carriers[CONF_PATH_MAX];
    char templates[CONF_PATH_MAX];
};

#define CONF_COMMAND_MAX 200
#define CONF_DAY_MAX     11 /* 2026-12-31 and NUL */

/* Bits of the number that holds the parts of a message together. */
enum conf_reference { CONF_REFERENCE_8, CONF_REFERENCE_16 };

struct conf_modem {
    char name[CONF_NAME_MAX];
    char device[CONF_PATH_MAX];
    int baud;
    char number[PHONE_MAX]; /* E.164; "" when not known */
    char pin[9];            /* digits; "" is none */
    char smsc[PHONE_MAX];   /* E.164; "": as the SIM says */
    struct pace rate;       /* of messages sent */
    int daily_limit;        /* segments sent a day; 0 is none */
    struct money segment_cost;
    char routes[CONF_ROUTES_MAX][PHONE_MAX]; /* for phone_matches() */
    int n_routes;
    bool delivery_reports;
    int settle_percent; /* of libGammu's own waits in a send; SETTLE_AUTO */
    int poll_ms;        /* between two looks for messages */
    int answer_wait_s;  /* for the network's answer to a message; then it is in doubt */
    char power_cycle[CONF_COMMAND_MAX]; /* switches its supply off and on; "": nothing does
                                         */
    int in_flight;                      /* messages handed to the worker at a time */
    char spare_for[CONF_NAME_MAX];      /* the modem whose routes it takes over; "": none */
    int loopback_s;                     /* without a message heard: text it one; 0: never */
    char loopback_from[CONF_NAME_MAX];  /* the modem that sends it; "": itself */
    char carrier[CONF_NAME_MAX];        /* file of paths.carriers; "": none */
    int credit_every_s;                 /* ask the SIM's credit; 0: never */
    struct money credit_low;            /* less: an alarm; 0: never */
    char expires[CONF_DAY_MAX];         /* last day of the SIM, as a date; "": not known */
    int expiry_warning_s;               /* before that day: an alarm */
    enum conf_reference reference;      /* of messages of several parts */
};

enum conf_protocol {
    CONF_DLT645_2007,
    CONF_DLT645_1997,
    CONF_IEC62056_21,
    CONF_MODBUS_RTU,
    CONF_MODBUS_TCP,
    CONF_CJT188,
    CONF_MBUS,
};

enum conf_parity { CONF_PARITY_EVEN, CONF_PARITY_ODD, CONF_PARITY_NONE };

enum conf_echo {
    CONF_ECHO_AUTO, /* found out by listening */
    CONF_ECHO_ON,   /* the converter repeats what we send */
    CONF_ECHO_OFF,
};

enum conf_rs485 {
    CONF_RS485_AUTO, /* where the driver can */
    CONF_RS485_ON,
    CONF_RS485_OFF,
};

struct conf_bus {
    char name[CONF_NAME_MAX];
    char device[CONF_PATH_MAX]; /* a path, tcp://host:port, or listen:port */
    enum conf_protocol protocol;
    int baud;
    enum conf_parity parity;
    int data_bits, stop_bits;
    int timeout_ms; /* until the first byte of an answer */
    int gap_ms;     /* of quiet that ends an answer      */
    int attempts;
    enum conf_echo echo;
    int pause_ms; /* of quiet before each request */
    int rest_s;   /* a meter that is silent is left alone so long, then twice as long ... */
    enum conf_rs485 rs485;
    char greeting[CONF_TEXT_MAX];  /* of a terminal that dials in; "": none */
    char heartbeat[CONF_TEXT_MAX]; /* what it says now and then; "": nothing */
};

enum conf_channel { CONF_CHANNEL_SMS, CONF_CHANNEL_BUS, CONF_CHANNEL_CUSTOMER };

struct conf_reading {
    int reply_timeout_s;
    int attempts;                    /* messages for one request, the first included */
    int backoff_s[CONF_BACKOFF_MAX]; /* before the 2nd, 3rd ...; the last repeats */
    int n_backoff;
    struct day_window window; /* in which rounds ask */
    enum conf_channel fallback[CONF_CHANNELS_MAX];
    int n_fallback;
    int freeze_day;      /* 1 to 28: day of the month whose reading is billed */
    int freeze_time_min; /* minutes from midnight */
    bool reread;         /* ask once more when a reading is held */
    bool set_clock;      /* tell meters the time whose clock is off */
    int silence_s;       /* ask meters of which nothing was heard for so long; 0: never */
};

enum conf_every {
    CONF_EVERY_HOUR,
    CONF_EVERY_DAY,
    CONF_EVERY_WEEK,
    CONF_EVERY_MONTH,
    CONF_EVERY_FREEZE, /* on reading.freeze_day at reading.freeze_time */
};

struct conf_round { /* started by itself */
    char name[CONF_NAME_MAX];
    enum conf_every every;
    int day;                    /* of the month, or 1 (Monday) to 7; 0 is 1 */
    int at_min;                 /* minutes from midnight; every hour only their minutes */
    char group[CONF_NAME_MAX];  /* "": all meters */
    char window[CONF_NAME_MAX]; /* "": reading.window */
    int lasts_s;
};

struct conf_report {          /* made by itself */
    char name[CONF_NAME_MAX]; /* of control/report.h: "daily" */
    enum conf_every every;
    int day;                              /* of the month, or 1 (Monday) to 7; 0 is 1 */
    int at_min;                           /* minutes from midnight */
    char folder[CONF_PATH_MAX];           /* where its page goes; "": nowhere */
    char sms[CONF_PHONES_MAX][PHONE_MAX]; /* who gets a digest */
    int n_sms;
};

/* Percent of the expected use. */
struct conf_validation {
    int high, very_high, low, very_low;
    int clock_warn_s; /* the meter's clock is off by more: a flag     */
    int clock_hold_s; /* the reading is of the future by more: held   */
    int too_old_s;    /* the reading is older: held                   */
    int rollover;     /* times the expected use that may lie across the register's end */
    int spike;        /* percent above the third highest of a day's readings: a flag */
    int outlier;      /* times 1.4826 MAD from the median: held */
    int small;        /* units a day below which use is never suspicious */
    int zero_days;    /* without any use: a warning; twice that: a visit */
    int estimates;    /* in a row: a visit */
    int after_cut, after_cut_volume; /* Wh, litres that may flow once supply is off */
    int power_factor;                /* in hundredths, below which it is a flag */
    int max_electricity, max_water, max_gas, max_heat; /* units an hour, physically */
};

/* Supplied less sold. Percent of what was supplied, but the price. */
struct conf_losses {
    int coverage;       /* customers' meters with an actual reading: less is unusable */
    int green, amber;   /* up to: green, amber; more is red */
    int negative;       /* as much below zero: negative */
    struct money price; /* what a unit costs to buy */
};

struct conf_billing {
    int due_days;
    char number_format[CONF_TEXT_MAX];
    char credit_format[CONF_TEXT_MAX]; /* of credit notes: a series of their own */
    int min_days;                      /* shorter periods are not billed */
    int allocation;                    /* enum allocation_policy of billing/allocate.h */
    int check_digit;                   /* enum conf_check_digit */
    bool receipts;                     /* a text message for each payment */
    int prepaid_at_min;                /* of the day: when prepaid accounts are charged */
};

/* The last digit of the reference that customers type when they pay. */
enum conf_check_digit { CONF_CHECK_NONE, CONF_CHECK_LUHN };

/* Once a bill, on what is open of it; 0 and 0 is none. */
struct conf_late_fee {
    int after_s; /* after it was due */
    struct money fixed;
    int64_t percent_micro; /* of what is open: millionths of a percent */
    struct money cap;      /* of one fee; 0: none */
    struct money min_debt; /* less that is open costs nothing */
};

enum conf_stage_kind {
    STAGE_BY_NAME,  /* as the name says: notice, final, cut, visit; else a reminder */
    STAGE_REMINDER, /* a friendly word */
    STAGE_NOTICE,   /* the notice of disconnection: its time runs from its delivery */
    STAGE_FINAL,    /* the last warning */
    STAGE_CUT,      /* from here on supply may be proposed to be cut */
    STAGE_VISIT,    /* somebody goes there */
};

/* When a message of a stage counts as delivered. */
enum conf_delivered {
    DELIVERED_AUTO,   /* by the report where the modem asks for one, else by the time */
    DELIVERED_REPORT, /* when the phone has confirmed it */
    DELIVERED_SENT,   /* delivered_after after the network took it */
};

enum conf_stage_channel {
    STAGE_BY_SMS,
    STAGE_BY_HAND, /* a person takes it there, or posts it, and says so */
};

struct conf_stage {
    char name[CONF_NAME_MAX];
    int after_due_s, before_due_s;
    char template[CONF_NAME_MAX]; /* "": no message */
    enum conf_stage_kind kind;    /* never STAGE_BY_NAME once it was loaded */
    struct money min_debt;        /* 0: that of all stages */
    char class[CONF_TEXT_MAX];    /* of customer; "": all */
    char language[CONF_NAME_MAX]; /* of its message; "": the customer's */
    enum conf_stage_channel channel;
    char after[CONF_NAME_MAX]; /* only behind this stage; "": none is needed */
    enum conf_delivered delivered;
};

struct conf_cut {
    struct day_window hours;
    int weekdays[7]; /* as tm_wday: 0 is Sunday */
    int n_weekdays;
    char holidays[CONF_PATH_MAX]; /* "" is none */
    int approvals;
    int hourly_limit, daily_limit, group_limit, batch_limit; /* 0: none */
    int payment_feed_max_age_s;
    int silent_max_s; /* not heard for longer: not cut */
    int approval_s;   /* an approval holds that long */
    int estimates;    /* bills in a row without a reading; 0: any */
    int failures;     /* cuts in a row that fail and stop all others; 0: none */
    int trial_s;      /* nothing is switched at first: a new utility */
    char kill_file[CONF_PATH_MAX]; /* while it is there nothing is cut; "": none */
    int restore_alarm_s, restore_field_s;
    int ack_s;                  /* a meter answers a command, or a look, within that */
    struct money reconnect_fee; /* on the next bill; 0: none */
    char technician[PHONE_MAX]; /* who gets field orders; "": nobody */
};

struct conf_arrears {
    char policy[CONF_NAME_MAX]; /* a file of paths.policies; "": cautious rules */
    struct money min_debt;
    int run_at_min; /* of the day, when `run` */
    bool run;       /* by itself, every day */
    int delivered_after_s;
    int plan_parts;          /* of a plan by SMS, a month each; 0: none is made */
    int promise_s, promises; /* at most that far; at most so many in a year */
    int grace_s;             /* a part that is late is waited for */
    struct conf_stage stages[CONF_STAGES_MAX];
    int n_stages;
    struct conf_cut cut;
};

struct conf_staff {
    int code_step_s;
    int code_window; /* steps before and after */
    int lockout_failures;
    int lockout_s;
    char key_file[CONF_PATH_MAX]; /* that the keys of staff are sealed with */
    int code_life_s;              /* from enrolment until codes are void */
    int phone_rest_s;             /* a new phone of theirs commands nothing dangerous yet */
    int confirm_s;                /* how long a command waits for its YES */
    bool cut_signed; /* one of the two who cut must have more than a sheet of codes */
    struct money pay_operator; /* most that one of them books by text in a day; 0: any */
    struct money pay_admin;
    int digest_min;               /* minutes from midnight: the day's digest */
    char audit_to[CONF_NAME_MAX]; /* who gets the head of the audit; "": nobody */
};

struct conf_limits {
    struct pace replies_per_number;
    int replies_per_day; /* to one number */
    int phone_rest_s;    /* until a phone that was asked for by text message is taken */
    int phone_silence_s; /* after so long its number may be somebody else's */
    struct pace replies_total;
    int inbox_body;               /* characters kept of one message */
    struct money spend_per_month; /* 0 is none */
    int keep_bodies_s;            /* texts of messages are emptied after; 0: never */
    int message_age_s;            /* people's messages beyond it are kept, not obeyed */
};

/* Of each kind of message (enum outbox_kind): the hours in which it leaves, and how long it
 * is worth sending. What switches a supply leaves at any hour; arrears.cut has the hours in
 * which that is decided. */
struct conf_hours {
    struct day_window alarm, answer, receipt, reply, notice, bill, request;
};

struct conf_validity {
    int restore_s, cut_s, verify_s, alarm_s, answer_s, receipt_s, reply_s, notice_s, bill_s,
        request_s;
};

/* Whom the service calls when somebody must look at something. */
struct conf_alarms {
    char phones[CONF_PHONES_MAX][PHONE_MAX];
    int n_phones;
    int quiet_s;    /* what comes back within it is not told again */
    int group_s;    /* between two texts to the same people: what comes meanwhile is one */
    int escalate_s; /* nobody has SEEN it: the next on call are told */
};

/* What is tried with a modem that is ill, and how long after it fell ill. */
struct conf_care {
    int look_s, connect_s, radio_s, power_s, spare_s, alarm_s;
};

/* Copies of the database, by themselves. */
struct conf_backup {
    char folder[CONF_PATH_MAX]; /* "": `backups` beside the database */
    char also[CONF_PATH_MAX];   /* a second one, on another disk; "" is none */
    int at_min;                 /* minutes from midnight */
    int days, weeks, months;    /* of so many the newest is kept; days 0: none is made */
    char public_key[CONF_TEXT_MAX]; /* hexadecimal; "": copies are not sealed */
};

struct conf {
    char file[CONF_PATH_MAX]; /* where it was read */
    int decimals;             /* of the currency   */
    struct conf_utility utility;
    char database[CONF_PATH_MAX];
    char run_dir[CONF_PATH_MAX];
    struct conf_paths paths;
    struct conf_modem *modems;
    int n_modems;
    struct conf_bus *buses;
    int n_buses;
    struct conf_reading reading;
    struct conf_round rounds[CONF_ROUNDS_MAX];
    int n_rounds;
    struct conf_report reports[CONF_REPORTS_MAX];
    int n_reports;
    struct conf_validation validation;
    struct conf_losses losses;
    struct conf_billing billing;
    struct conf_late_fee late_fee;
    struct conf_arrears arrears;
    struct conf_staff staff;
    struct conf_limits limits;
    struct conf_hours hours;
    struct conf_validity validity;
    struct conf_alarms alarms;
    struct conf_care care;
    struct conf_backup backup;
    enum log_level log_level;
};

/* Read, check and convert a file. All that is wrong is added to *p, each with its place,
 * and then the result is false and *out is empty. Touches nothing but the file: it does
 * not set the time zone and makes no folder. End with conf_free(). */
bool conf_load(const char *path, struct conf *out, struct problems *p);

/* Takes an empty struct. */
void conf_free(struct conf *c);

/* The modem or bus of this name; NULL when there is none. */
const struct conf_modem *conf_modem_find(const struct conf *c, const char *name);
/* Characters of the longest route to a number that this modem has; -1: none. */
int conf_modem_route(const struct conf_modem *c, const char *number);
const struct conf_bus *conf_bus_find(const struct conf *c, const char *name);

/* "dlt645-2007" as in the file, for a protocol. */
const char *conf_protocol_name(enum conf_protocol protocol);

#endif

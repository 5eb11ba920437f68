/*
 * tariff.h - a tariff file as a struct: an ordered list of components, each of which adds
 * lines to a bill. The words and rules of the file stand in conf/tariffs/README.md.
 *
 * A tariff is constant once it was read. Rates are millionths of the currency unit,
 * quantities thousandths of the tariff's unit, money smallest coins.
 */
#ifndef METERPOST_BILLING_TARIFF_H
#define METERPOST_BILLING_TARIFF_H

#include "meterpost/base/amount.h"
#include "meterpost/base/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARIFF_ID_MAX         48 /* bytes with NUL, as all *_MAX of texts here */
#define TARIFF_NAME_MAX       160
#define TARIFF_CODE_MAX       24
#define TARIFF_LABEL_MAX      96
#define TARIFF_UNIT_MAX       12
#define TARIFF_CLASS_MAX      32
#define TARIFF_DATE_MAX       11 /* "2024-01-01" */
#define TARIFF_COMPONENTS_MAX 32
#define TARIFF_STEPS_MAX      24 /* blocks, bands or register rates of a component */
#define TARIFF_RATE_MAX       1000000000 /* currency units, per unit or once */
#define TARIFF_CLASSES_MAX    8
#define TARIFF_CLASS_MONTHS   24 /* of use, at most, that decide a class */
#define TARIFF_QUANTITY_MAX                                                                \
    1000000000               /* units: largest limit and largest use of a bill             \
                              */
#define TARIFF_DAYS_MAX 3660 /* of one billing period */

enum component_type {
    COMPONENT_FIXED,      /* an amount, once or for each of a quantity          */
    COMPONENT_BLOCKS,     /* a quantity through a ladder of rates               */
    COMPONENT_REGISTERS,  /* each named quantity at its rate                    */
    COMPONENT_BAND_FIXED, /* one amount, chosen by the total                    */
    COMPONENT_PERCENT,    /* of the sum of earlier components                   */
    COMPONENT_MINIMUM,    /* what is missing to a floor under their sum         */
};

enum block_mode {
    BLOCK_INCREMENTAL,     /* every part of the quantity at the rate of its block       */
    BLOCK_WHOLE,           /* all of it at the rate of the block that it reaches        */
    BLOCK_WHOLE_PREV_SLAB, /* up to the last limit passed at the rate below it, the rest
                              at the rate of the block reached                          */
};

enum tariff_scale {
    SCALE_NONE,
    SCALE_DAYS,   /* limits x days / normal days */
    SCALE_MONTHS, /* limits x months             */
    SCALE_YEAR,   /* limits x months served this year / 12 */
};

enum tariff_frequency { PERIOD_MONTH, PERIOD_BIMONTH, PERIOD_DAYS };

struct rounding_rule {
    enum rounding mode;
    int64_t step; /* smallest coins; 0: this rule is not given */
};

/* One block, band or register rate. */
struct tariff_step {
    bool limited;                   /* false: all that is left              */
    struct quantity upto;           /* cumulative, inclusive                */
    struct rate rate;               /* of a band: its amount                */
    char quantity[TARIFF_CODE_MAX]; /* register rates: which quantity    */
};

/* All conditions that are given must hold. */
struct tariff_when {
    uint16_t months;                   /* bit 1 is January ... bit 12; 0: in every season */
    char class_name[TARIFF_CLASS_MAX]; /* "": of every class        */
    bool has_gt, has_le;
    struct quantity total_gt, total_le;
    enum tariff_scale scale; /* of these two limits */
};

/* What stands on a bill in the languages that bills are written in, by the order of
 * tariff_languages; "": as in the file's own. */
#define TARIFF_LANGUAGES 5
struct tariff_words {
    char in[TARIFF_LANGUAGES][TARIFF_LABEL_MAX];
};
extern const char *const tariff_languages[TARIFF_LANGUAGES];

/* The words of that language, or else `own`. */
const char *tariff_words_in(const struct tariff_words *w, const char *language,
                            const char *own);

struct component {
    char code[TARIFF_CODE_MAX];
    char label[TARIFF_LABEL_MAX];
    struct tariff_words labels;
    enum component_type type;
    struct tariff_when when;
    struct rounding_rule round; /* of its lines; the tariff's own unless overridden */

    struct rate amount;              /* fixed, minimum                             */
    char factor_of[TARIFF_CODE_MAX]; /* fixed, percent: the dated factor that is its amount
                                        or rate; "": what the file says */
    char per[TARIFF_CODE_MAX];       /* fixed, minimum: "" or a quantity           */
    struct quantity over;            /* fixed, blocks: only what exceeds it        */
    bool prorate;                    /* fixed: x days / normal days                */
    char from[TARIFF_CODE_MAX];      /* blocks: the quantity, "total"             */
    struct rate factor;              /* blocks: millionths, applied before `over`  */
    enum block_mode mode;
    bool ytd;                /* blocks: the ladder counts from ytd_before  */
    bool one_line;           /* blocks: the sum, rounded once              */
    enum tariff_scale scale; /* blocks, bands                              */
    struct tariff_step steps[TARIFF_STEPS_MAX];
    int n_steps;
    struct rate rate;        /* percent: of 100; minimum: of min_qty                 */
    uint32_t of;             /* percent, minimum: bit i is component i, all earlier  */
    struct rate per_amount;  /* minimum: for each of `per`                           */
    struct quantity min_qty; /* minimum: 0 or the quantity whose price is the floor  */
};

/* A class that past use decides. The first that fits holds. */
struct tariff_class {
    char name[TARIFF_CLASS_MAX];
    int months;           /* whose average counts                  */
    bool limited;         /* false: whoever fits none before it    */
    struct quantity upto; /* of the average of a month, inclusive  */
};

struct tariff {
    char id[TARIFF_ID_MAX];
    char name[TARIFF_NAME_MAX];
    struct tariff_words names;
    char commodity[TARIFF_CODE_MAX]; /* electricity, water, gas, heat, sewer */
    char unit[TARIFF_UNIT_MAX];
    char currency[4];
    int decimals;                     /* of the currency as billed, 0 to 3 */
    char valid_from[TARIFF_DATE_MAX]; /* "" : always */
    enum tariff_frequency frequency;
    int64_t normal_days_micro;  /* millionths of a day: 30.416667 is allowed */
    struct quantity read_in;    /* 0, or only whole multiples of this on a register count */
    struct rounding_rule total; /* step 0: the total is not rounded          */
    struct tariff_class classes[TARIFF_CLASSES_MAX];
    int n_classes;
    struct component components[TARIFF_COMPONENTS_MAX];
    int n_components;
    char *text; /* as it was read, for the copy that the store keeps */
};

/* Read a tariff; NULL when something is wrong: every fault is then in *p with line and
 * column. Ends with tariff_destroy(). */
struct tariff *tariff_open_file(const char *path, struct problems *p);

/* The same from n bytes of YAML or JSON; `name` stands for the file in problems. */
struct tariff *tariff_open_text(const char *name, const char *text, size_t n,
                                struct problems *p);

/* What is allowed in a file and yet looks like a mistake, into *p: a ladder that ends,
 * a month in two seasons or in none, an amount finer than a coin, a currency whose standard
 * has other decimals, a condition that never holds, a bill for no use at all that is
 * refused or below zero. False when the file is wrong (then all faults are in *p) or
 * something was found. */
bool tariff_lint_file(const char *path, struct problems *p);

/* The same of a text; `name` stands for the file. */
bool tariff_lint_text(const char *name, const char *text, size_t n, struct problems *p);

/* Takes NULL. */
void tariff_destroy(struct tariff *t);

/* All tariffs of a folder; several files may hold versions of one tariff. */
struct tariff_set {
    struct tariff **list; /* by id, then by valid_from */
    size_t count;
};

/* Read every *.yaml of a folder into a zeroed set. False when problems were added; the set
 * then holds the files that were right. Two files with the same id and date are a problem.
 * Ends with tariff_set_free(). */
bool tariff_set_read(struct tariff_set *set, const char *folder, struct problems *p);

/* Takes a zeroed set. */
void tariff_set_free(struct tariff_set *set);

/* The version of a tariff in force on a day ("2026-11-22"); NULL when there is none. */
const struct tariff *tariff_find(const struct tariff_set *set, const char *id,
                                 const char *date);

/* Does the tariff ask for this quantity? */
bool tariff_asks_for(const struct tariff *t, const char *quantity);

/* Does any ladder of it count from the start of the year? */
bool tariff_counts_year(const struct tariff *t);

/* "fixed", "blocks", ... */
const char *component_type_name(enum component_type type);

#endif

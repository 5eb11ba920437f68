/*
 * tariff_schema.h - a tariff file as libcyaml reads it: texts, before anything is
 * understood. Private to billing/.
 */
#ifndef BILLING_TARIFF_SCHEMA_H
#define BILLING_TARIFF_SCHEMA_H

#include "meterpost/billing/tariff.h"

#include <cyaml/cyaml.h>

/* A block, band or register rate: the key that is not of its list stays NULL. */
struct raw_step {
    char *upto, *rate, *amount, *quantity;
};

struct raw_round {
    unsigned mode; /* 0: not given; else 1 + enum rounding */
    char *step;
};

struct raw_quantity {
    char *from, *factor, *over;
};

struct raw_when {
    char *season, *class_name, *total_gt, *total_le;
    enum tariff_scale scale;
};

/* In the order of tariff_languages; NULL: not given. */
struct raw_words {
    char *in[TARIFF_LANGUAGES];
};

struct raw_component {
    char *code, *label;
    struct raw_words labels;
    enum component_type type;
    struct raw_when when;
    struct raw_round round;
    char *amount, *factor, *per, *over, *rate, *per_amount, *min_qty;
    unsigned prorate, basis, lines; /* 0: as a component is without them */
    enum block_mode mode;
    enum tariff_scale scale;
    struct raw_quantity quantity;
    struct raw_step *blocks, *bands, *rates;
    unsigned blocks_count, bands_count, rates_count;
    char **of;
    unsigned of_count;
};

struct raw_season {
    char *name;
    uint8_t *months;
    unsigned months_count;
};

struct raw_period {
    enum tariff_frequency frequency;
    char *normal_days;
};

struct raw_rounding {
    struct raw_round line, total;
};

struct raw_class {
    char *name, *months, *upto;
};

struct raw_tariff {
    struct raw_words names;
    char *id, *name, *commodity, *unit, *currency, *decimals, *valid_from, *read_in;
    struct raw_period period;
    struct raw_rounding rounding;
    struct raw_season *seasons;
    unsigned seasons_count;
    struct raw_class *classes;
    unsigned classes_count;
    struct raw_component *components;
    unsigned components_count;
};

extern const cyaml_schema_value_t tariff_schema;

#endif

/*
 * tariff_read.h - from the texts of a file to a tariff. Private to billing/.
 */
#ifndef BILLING_TARIFF_READ_H
#define BILLING_TARIFF_READ_H

#include "tariff_schema.h"

#define MICRO             1000000
#define READING_PATH_MAX  96
#define TARIFF_RATE_MICRO ((int64_t)TARIFF_RATE_MAX * MICRO)
#define TARIFF_MILLI_MAX  ((int64_t)TARIFF_QUANTITY_MAX * 1000)

/* A file on its way to a struct. */
struct reading {
    const struct yaml *y;
    struct problems *problems;
    const struct raw_tariff *raw;
    struct tariff *t;
};

/* A decimal between `least` and `most` at `path`; a NULL text leaves *out as it is. */
bool reading_number(struct reading *r, const char *path, const char *text, int places,
                    int64_t least, int64_t most, int64_t *out);

/* The keys of a rounding rule over the one that *out already holds. */
void reading_round(struct reading *r, const char *path, const struct raw_round *raw,
                   struct rounding_rule *out);

/* What is said in other languages. */
void reading_words(const struct raw_words *raw, struct tariff_words *out);

/* Component number i: checks its keys against its type and fills r->t->components[i]. */
void reading_component(struct reading *r, int i);

/* What is allowed and looks like a mistake. */
void reading_lint(struct reading *r);

#endif

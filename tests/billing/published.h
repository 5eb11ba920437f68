/* published.h - cases that others have published or worked out, one JSON object a line. */
#ifndef TESTS_BILLING_PUBLISHED_H
#define TESTS_BILLING_PUBLISHED_H

#include "meterpost/base/amount.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 4096

static json_t *cases;

static inline void
cases_read(const char *name)
{
    char path[256], line[LINE_BYTES];
    FILE *f;

    snprintf(path, sizeof(path), "%s/tests/billing/cases/%s", TOP, name);
    f = fopen(path, "r");
    cr_assert_not_null(f, "%s", path);
    cases = json_array();
    while (fgets(line, sizeof(line), f) != NULL)
        json_array_append_new(cases, json_loads(line, 0, NULL));
    fclose(f);
}

/* The part `key` ("given", "expect") of the case `id`. */
static inline json_t *
case_of(const char *id, const char *key)
{
    size_t i;
    json_t *c;

    json_array_foreach (cases, i, c) {
        if (strcmp(json_string_value(json_object_get(c, "id")), id) == 0)
            return json_object_get(c, key);
    }
    cr_assert_fail("no case %s", id);
    return NULL;
}

/* A number of a case, as text or whole, times 10^places. */
static inline int64_t
number(const json_t *value, int places)
{
    char whole[32];
    struct err e;
    int64_t n = 0;

    snprintf(whole, sizeof(whole), "%lld", (long long)json_integer_value(value));
    cr_assert(decimal_parse(json_is_string(value) ? json_string_value(value) : whole,
                            places, &n, &e),
              "%s", e.text);
    return n;
}

#endif

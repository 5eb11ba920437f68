#include "meterpost/base/text.h"
#include "meterpost/billing/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_MAX 12

/* The digits behind "{seq": "}" or ":06}". Width 0 for none, -1 for what is no width. */
static int
width_of(const char *at, size_t n)
{
    int width = 0;

    if (n == 0)
        return 0;
    if (*at != ':' || n < 2 || n > 3)
        return -1;
    for (size_t i = 1; i < n; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        width = width * 10 + at[i] - '0';
    }
    return width <= WIDTH_MAX ? width : -1;
}

struct parts {
    const char *series;
    int year;
    int64_t seq;
    bool has_year, has_seq;
};

/* One name between braces, n bytes. False when it is not known. */
static bool
put_name(struct text *t, const char *name, size_t n, struct parts *p)
{
    int width;

    if (n == 4 && strncmp(name, "year", n) == 0) {
        text_addf(t, "%04d", p->year);
        p->has_year = true;
        return true;
    }
    if (n == 6 && strncmp(name, "series", n) == 0) {
        text_add(t, p->series);
        return true;
    }
    if (n < 3 || strncmp(name, "seq", 3) != 0 || (width = width_of(name + 3, n - 3)) < 0)
        return false;
    text_addf(t, "%0*" PRId64, width, p->seq);
    p->has_seq = true;
    return true;
}

bool
billing_number(const char *format, const char *series, int year, int64_t seq,
               char out[BILL_NUMBER_MAX], struct err *e)
{
    struct parts p = {.series = series, .year = year, .seq = seq};
    struct text t;

    text_init(&t, out, BILL_NUMBER_MAX);
    for (const char *at = format; *at != '\0';) {
        size_t plain = strcspn(at, "{}"), name;

        text_add_bytes(&t, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        name = strcspn(at + 1, "{}");
        if (*at != '{' || at[1 + name] != '}' || !put_name(&t, at + 1, name, &p))
            return err_set(e, FAIL_REJECT,
                           "billing.number_format: expected {year}, {series}, {seq} or "
                           "{seq:06}, got '%.40s'",
                           at);
        at += name + 2;
    }
    if (!p.has_seq || !p.has_year)
        return err_set(e, FAIL_REJECT,
                       "billing.number_format: needs {seq} and {year}: numbers begin again "
                       "each year");
    return !t.cut ||
           err_set(e, FAIL_REJECT, "billing.number_format: longer than %d characters",
                   BILL_NUMBER_MAX - 1);
}

/*
 * A bill as JSON for programs, and where to find one.
 */
#include "view_source.h"

#include "meterpost/store/list.h"

#include <stdlib.h>

bool
find_bill(struct store *s, const char *number, struct bill *b, struct account *a,
          struct err *e)
{
    bool found;

    if (!bill_by_number(s, number, b, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no bill %.40s", number);
    return account_by_id(s, b->account_id, a, &found, e);
}

struct bill_line *
lines_of(struct store *s, int64_t bill_id, int *n, struct err *e)
{
    struct bill_line *list = calloc(BILL_LINES_MAX, sizeof(*list));

    if (list == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        return NULL;
    }
    if (bill_lines(s, bill_id, list, n, e))
        return list;
    free(list);
    return NULL;
}

static json_t *
line_row(const struct bill_line *l, int decimals)
{
    json_t *o = json_object();
    char text[AMOUNT_TEXT_MAX];

    view_text(o, "code", l->code);
    view_text(o, "label", l->label);
    decimal_print(l->qty.milli, QUANTITY_PLACES, true, text);
    json_object_set_new(o, "qty", l->has_qty ? json_string(text) : json_null());
    decimal_print(l->rate.micro, RATE_PLACES, true, text);
    json_object_set_new(o, "rate", l->has_rate ? json_string(text) : json_null());
    view_text(o, "amount", decimal_print(l->amount.minor, decimals, false, text));
    return o;
}

json_t *
billing_json_bill(struct store *s, int decimals, const char *number, struct err *e)
{
    struct list_filter filter = {.limit = 1};
    struct bill_line *list;
    json_t *rows, *row, *lines;
    char rounding[AMOUNT_TEXT_MAX];
    struct account a;
    struct bill b;
    int n;

    if (!find_bill(s, number, &b, &a, e))
        return NULL;
    filter.id = b.id;
    if ((list = lines_of(s, b.id, &n, e)) == NULL)
        return NULL;
    rows = list_array(s, "bills", &filter, decimals, e);
    row = rows == NULL ? NULL : json_incref(json_array_get(rows, 0));
    lines = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(lines, line_row(&list[i], decimals));
    if (row != NULL) {
        json_object_set(row, "lines", lines);
        decimal_print(b.rounding.minor, decimals, false, rounding);
        json_object_set_new(row, "rounding",
                            b.rounding.minor == 0 ? json_null() : json_string(rounding));
    }
    json_decref(lines);
    json_decref(rows);
    free(list);
    return row;
}

#include "meterpost/store/list.h"

#include "list_table.h"
#include "meterpost/base/amount.h"
#include "stmt.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_LIMIT 1000

/* ---- one column ---- */

static json_t *
decimal_value(int64_t value, int places, bool trim)
{
    char text[AMOUNT_TEXT_MAX];

    return json_string(decimal_print(value, places, trim, text));
}

static json_t *
words_value(const char *text)
{
    json_t *words = json_array();

    while (*text != '\0') {
        size_t n = strcspn(text, ",");

        json_array_append_new(words, json_stringn(text, n));
        text += n + (text[n] == ',');
    }
    return words;
}

static json_t *
column_value(struct stmt *q, int i, enum column_form form, int decimals)
{
    char time[TIME_TEXT_MAX];

    if (stmt_col_null(q, i))
        return json_null();
    switch (form) {
    case COLUMN_TEXT: return json_string(stmt_col_peek(q, i));
    case COLUMN_INT: return json_integer(stmt_col_int(q, i));
    case COLUMN_BOOL: return json_boolean(stmt_col_int(q, i) != 0);
    case COLUMN_MONEY: return decimal_value(stmt_col_int(q, i), decimals, false);
    case COLUMN_QUANTITY: return decimal_value(stmt_col_int(q, i), QUANTITY_PLACES, true);
    case COLUMN_RATE: return decimal_value(stmt_col_int(q, i), RATE_PLACES, true);
    case COLUMN_TIME: return json_string(clock_iso(stmt_col_int(q, i), time));
    case COLUMN_DATE: return json_string(clock_date(stmt_col_int(q, i), time));
    case COLUMN_WORDS: return words_value(stmt_col_peek(q, i));
    }
    return json_null();
}

static json_t *
row_object(struct stmt *q, const struct list *list, int decimals)
{
    json_t *row = json_object();

    for (int i = 0; i < LIST_COLUMNS_MAX && list->columns[i].key != NULL; i++)
        json_object_set_new(row, list->columns[i].key,
                            column_value(q, i, list->columns[i].form, decimals));
    return row;
}

/* ---- the whole list ---- */

bool
list_each(struct store *s, const char *name, const struct list_filter *filter, int decimals,
          list_row_fn *row, void *context, struct err *e)
{
    const struct list *list = list_find(name);
    struct stmt *q;
    bool got, more = true;

    if (list == NULL)
        return err_set(e, FAIL_REJECT, "there is no list '%s'", name);
    if ((q = stmt_get(s, list->sql, e)) == NULL)
        return err_in(e, "list %s", name);
    if (filter->subject != NULL)
        stmt_text(q, 1, filter->subject);
    if (filter->state != NULL)
        stmt_text(q, 2, filter->state);
    stmt_int_or_null(q, 3, filter->from);
    stmt_int_or_null(q, 4, filter->to);
    stmt_int_or_null(q, 5, filter->id);
    stmt_int(q, 6, filter->limit > 0 ? filter->limit : DEFAULT_LIMIT);
    if (stmt_has(q, 7))
        stmt_int(q, 7, clock_now());
    while (more) {
        if (!stmt_step(q, &got, e))
            return err_in(e, "list %s", name);
        if (!got)
            return true;
        more = row(row_object(q, list, decimals), context);
    }
    stmt_done(q);
    return true;
}

static bool
append_row(json_t *row, void *context)
{
    json_array_append_new(context, row);
    return true;
}

json_t *
list_array(struct store *s, const char *name, const struct list_filter *filter,
           int decimals, struct err *e)
{
    json_t *rows = json_array();

    if (!list_each(s, name, filter, decimals, append_row, rows, e)) {
        json_decref(rows);
        return NULL;
    }
    return rows;
}

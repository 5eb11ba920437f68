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

/* ---- the statement ---- */

enum filter { SUBJECT = 1, STATE, FROM, TO, ID, LIMIT, NOW };

static bool
is_given(const struct list_filter *f, enum filter which)
{
    switch (which) {
    case SUBJECT: return f->subject != NULL;
    case STATE: return f->state != NULL;
    case FROM: return f->from != 0;
    case TO: return f->to != 0;
    case ID: return f->id != 0;
    case LIMIT:
    case NOW: break;
    }
    return true;
}

/* Asked whether "$1 IS NULL OR m.meter = $1", SQLite looks at every row and uses no index:
 * what is known of a filter is written into the statement. Only "m.meter = $1" is left of
 * one that is given, and 1 of one that is not. The caller frees it. */
static char *
statement_for(const char *sql, const struct list_filter *filter)
{
    static const char asks[] = " IS NULL";
    char *text = malloc(strlen(sql) + 1), *to = text;

    while (text != NULL && *sql != '\0') {
        bool asked = *sql == '$' && sql[1] >= '1' && sql[1] < '0' + LIMIT &&
                     strncmp(sql + 2, asks, sizeof(asks) - 1) == 0;
        bool given = asked && is_given(filter, (enum filter)(sql[1] - '0'));
        const char *rest = asked ? sql + 2 + sizeof(asks) - 1 : sql + 1;

        if (asked && !given) {
            *to++ = '1';
            sql = rest;
        } else if (asked && strncmp(rest, " OR ", 4) == 0) {
            sql = rest + 4;
        } else {
            *to++ = *sql++;
        }
    }
    if (text != NULL)
        *to = '\0';
    return text;
}

static struct stmt *
prepare(struct store *s, const struct list *list, const struct list_filter *filter,
        struct err *e)
{
    char *text = statement_for(list->sql, filter);
    struct stmt *q = NULL;

    if (text == NULL)
        err_set(e, FAIL_RETRY, "out of memory");
    else
        q = stmt_prepare(s, text, e);
    free(text);
    if (q == NULL)
        return NULL;
    if (filter->subject != NULL)
        stmt_text(q, SUBJECT, filter->subject);
    if (filter->state != NULL)
        stmt_text(q, STATE, filter->state);
    stmt_int_or_null(q, FROM, filter->from);
    stmt_int_or_null(q, TO, filter->to);
    stmt_int_or_null(q, ID, filter->id);
    stmt_int(q, LIMIT, filter->limit > 0 ? filter->limit : DEFAULT_LIMIT);
    if (stmt_has(q, NOW))
        stmt_int(q, NOW, clock_now());
    return q;
}

/* ---- the whole list ---- */

bool
list_each(struct store *s, const char *name, const struct list_filter *filter, int decimals,
          list_row_fn *row, void *context, struct err *e)
{
    const struct list *list = list_find(name);
    struct stmt *q;
    bool got = true, good = true;

    if (list == NULL)
        return err_set(e, FAIL_REJECT, "there is no list '%s'", name);
    if ((q = prepare(s, list, filter, e)) == NULL)
        return err_in(e, "list %s", name);
    while (got && (good = stmt_step(q, &got, e)))
        got = got && row(row_object(q, list, decimals), context);
    stmt_finish(q);
    return good || err_in(e, "list %s", name);
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

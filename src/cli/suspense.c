/* suspense.c - payments that nobody's account has yet, how long they wait, and whose they
 * may be. */
#include "lists.h"

#include "meterpost/base/conf.h"
#include "meterpost/billing/match.h"

#include <stdio.h>

/* Whole days that a payment has waited. */
static int64_t
age_of(const struct cli *c, const json_t *row)
{
    const char *since = json_string_value(json_object_get(row, "received_at"));
    struct err e;
    utc_t t;

    return since != NULL && clock_parse(since, &t, &e) ? (c->desk->now - t) / DAY_S : 0;
}

static const char *
text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text == NULL ? "" : text;
}

static bool
add_proposals(struct cli *c, json_t *row, struct err *e)
{
    struct match_question q = {.claim = text_of(row, "claim"),
                               .phone = "",
                               .receipt = text_of(row, "reference"),
                               .now = c->desk->now};
    struct match_proposal found[PROPOSALS_MAX];
    json_t *list = json_array();
    int n;

    json_object_set_new(row, "age_days", json_integer(age_of(c, row)));
    json_object_set_new(row, "proposals", list);
    if (!decimal_parse(text_of(row, "amount"), c->desk->conf->decimals, &q.amount.minor,
                       e) ||
        !match_propose(c->desk->store, c->desk->conf, &q, found, &n, e))
        return false;
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_string(found[i].account));
    return true;
}

static void
print_rows(struct cli *c, const json_t *rows)
{
    const struct column *columns = list_columns("suspense");
    const json_t *row;
    size_t i;

    if (c->form == FORM_TEXT) {
        table_print(stdout, columns, columns_count(columns), rows, LINE_COLUMNS,
                    colour_wanted(stdout));
        return;
    }
    if (c->form == FORM_JSON) {
        json_dumpf(rows, stdout, JSON_INDENT(1));
        putchar('\n');
        return;
    }
    json_array_foreach (rows, i, row) {
        if (i == 0)
            csv_header_print(stdout, row);
        csv_row_print(stdout, row);
    }
}

enum status
run_suspense(struct cli *c)
{
    struct list_filter f;
    json_t *rows, *row;
    struct err e;
    size_t i, n;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!list_filter_read(c, &f, &e)) {
        say_error("%s", e.text);
        return STATUS_USAGE;
    }
    rows = list_array(c->desk->store, "suspense", &f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    json_array_foreach (rows, i, row) {
        if (!add_proposals(c, row, &e)) {
            json_decref(rows);
            return say_failure(&e);
        }
    }
    print_rows(c, rows);
    n = json_array_size(rows);
    json_decref(rows);
    if (n == 0)
        say_note(c, "nothing waits");
    else
        say_note(c, "give one to its account with: meterpost pay assign PAYMENT ACCOUNT "
                    "--reason ...");
    return n == 0 ? STATUS_FAILED : STATUS_DONE;
}

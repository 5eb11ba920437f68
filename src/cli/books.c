/* books.c - the trial balance and the statement of an account. */
#include "lists.h"
#include "subject.h"

#include "meterpost/base/conf.h"

#include <stdio.h>
#include <string.h>

static const struct column trial_columns[] = {
    {"name", "ledger account", CELL_TEXT, true}, {"type", "type", CELL_TEXT, false},
    {"debits", "debits", CELL_MONEY, false},     {"credits", "credits", CELL_MONEY, false},
    {"balance", "balance", CELL_MONEY, false},
};
#define TRIAL_COLUMNS (sizeof(trial_columns) / sizeof(trial_columns[0]))

static bool
add_up(const json_t *row, const char *key, int decimals, int64_t *sum, struct err *e)
{
    int64_t value;

    return decimal_parse(json_string_value(json_object_get(row, key)), decimals, &value,
                         e) &&
           (!__builtin_add_overflow(*sum, value, sum) ||
            err_set(e, FAIL_REJECT, "the sums do not fit"));
}

/* A last row with the sums; false when they do not agree. */
static bool
add_total(json_t *rows, int decimals, struct err *e)
{
    static const char *const keys[] = {"debits", "credits", "balance"};
    int64_t sum[3] = {0};
    json_t *total = json_object(), *row;
    char text[AMOUNT_TEXT_MAX];
    size_t i;

    json_object_set_new(total, "name", json_string("TOTAL"));
    json_object_set_new(total, "type", json_string(""));
    json_array_foreach (rows, i, row) {
        for (int k = 0; k < 3; k++) {
            if (!add_up(row, keys[k], decimals, &sum[k], e))
                return false;
        }
    }
    for (int k = 0; k < 3; k++)
        json_object_set_new(total, keys[k],
                            json_string(decimal_print(sum[k], decimals, false, text)));
    json_array_append_new(rows, total);
    return (sum[0] == sum[1] && sum[2] == 0) ||
           err_set(e, FAIL_FATAL, "the ledger does not balance");
}

static void
print_rows(struct cli *c, const struct column *columns, size_t n, const json_t *rows)
{
    size_t i;
    json_t *row;

    if (c->form == FORM_TEXT) {
        table_print(stdout, columns, n, rows, LINE_COLUMNS, colour_wanted(stdout));
    } else if (c->form == FORM_JSON) {
        json_dumpf(rows, stdout, JSON_INDENT(1));
        putchar('\n');
    } else {
        json_array_foreach (rows, i, row) {
            if (i == 0)
                csv_header_print(stdout, row);
            csv_row_print(stdout, row);
        }
    }
}

enum status
run_trial(struct cli *c)
{
    const char *day = cli_option(c, "--as-of");
    struct list_filter f = {.limit = INT64_MAX};
    json_t *rows;
    bool good;
    struct err e;

    if (day != NULL && !clock_parse(day, &f.to, &e)) {
        say_error("%s", e.text);
        return STATUS_USAGE;
    }
    if (day != NULL && strlen(day) == 10)
        f.to = clock_day_start(f.to, 1); /* with the whole of that day */
    if (!session_read(c))
        return STATUS_FAILED;
    rows = list_array(c->desk->store, "trial", &f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    good = add_total(rows, c->desk->conf->decimals, &e);
    print_rows(c, trial_columns, TRIAL_COLUMNS, rows);
    json_decref(rows);
    return good ? STATUS_DONE : say_failure(&e);
}

enum status
run_statement(struct cli *c)
{
    const struct column *columns = list_columns("statement");
    struct account account;
    struct list_filter f;
    json_t *rows;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!list_filter_read(c, &f, &e)) {
        say_error("%s", e.text);
        return STATUS_USAGE;
    }
    if (!subject_account(c, c->args[0], &account, &e))
        return say_failure(&e);
    f.subject = account.account;
    f.limit = INT64_MAX;
    rows = list_array(c->desk->store, "statement", &f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    if (c->form == FORM_TEXT)
        printf("%s  %s\n", account.account, account.name);
    print_rows(c, columns, columns_count(columns), rows);
    if (json_array_size(rows) == 0)
        say_note(c, "nothing was booked");
    json_decref(rows);
    return STATUS_DONE;
}

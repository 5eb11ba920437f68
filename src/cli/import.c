/* import.c - the registry and readings from files and back. */
#include "cli.h"
#include "file.h"
#include "import_map.h"
#include "table.h"
#include "whole.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/csv.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAMPLE_ROWS 5 /* of what would come in */
#define WHOLE       "all"
#define PAYMENTS    "payments" /* come from billing, everything else from metering */

/* ---- import ---- */

static long long
number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static void
print_import(const struct cli *c, const json_t *answer, bool tried)
{
    const char *opening = json_string_value(json_object_get(answer, "opening"));
    /* The kinds are plurals: one of them is without its s. */
    int letters = (int)strlen(c->args[0]) - (number_of(answer, "rows") == 1);
    int64_t amount;
    struct err e;

    printf("%lld %.*s %s", number_of(answer, "rows"), letters, c->args[0],
           tried ? "would come in" : "came in");
    if (number_of(answer, "held") > 0)
        printf(", %lld of them held for somebody to look at", number_of(answer, "held"));
    if (opening != NULL && decimal_parse(opening, c->desk->conf->decimals, &amount, &e) &&
        amount != 0)
        printf(", opening balances %s", opening);
    if (number_of(answer, "existing") > 0)
        printf(", %lld booked before", number_of(answer, "existing"));
    if (number_of(answer, "suspense") > 0)
        printf(", %lld of no account that we have: in suspense",
               number_of(answer, "suspense"));
    putchar('\n');
}

/* The first rows as they are understood, so that a wrong --map is seen. */
static void
print_sample(const char *text)
{
    struct csv *csv = csv_open("", text, strlen(text));
    struct column columns[TABLE_COLUMNS_MAX] = {{0}};
    char names[TABLE_COLUMNS_MAX][CONF_NAME_MAX];
    struct problems ignored = {0};
    json_t *rows = json_array();
    struct csv_row row;
    size_t n = 0;

    while (csv != NULL && json_array_size(rows) < SAMPLE_ROWS &&
           csv_next(csv, &row, &ignored)) {
        json_t *one = json_object();

        for (size_t i = 0; n == 0 && i < row.count && i < TABLE_COLUMNS_MAX; i++) {
            snprintf(names[i], sizeof(names[i]), "%s", row.at[i].text);
            columns[i] = (struct column){names[i], names[i], CELL_TEXT, true};
        }
        for (size_t i = 0; i < n; i++)
            json_object_set_new(one, names[i], json_string(row.at[i].text));
        if (n > 0)
            json_array_append(rows, one);
        n = n > 0 ? n : row.count < TABLE_COLUMNS_MAX ? row.count : TABLE_COLUMNS_MAX;
        json_decref(one);
    }
    table_print(stdout, columns, n, rows, LINE_COLUMNS, colour_wanted(stdout));
    json_decref(rows);
    csv_close(csv);
    problems_free(&ignored);
}

static enum status
send_import(struct cli *c, const char *text, bool try, json_t **answer)
{
    json_t *arguments =
        json_pack("{s:s, s:s, s:s}", "kind", c->args[0], "file", c->args[1], "text", text);

    if (try)
        json_object_set_new(arguments, "dry_run", json_true());
    return session_run(c, "import", arguments, answer);
}

static enum status
import_once(struct cli *c, const char *text, bool try)
{
    json_t *answer;
    enum status status = send_import(c, text, try, &answer);

    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT && (!try || c->dry_run))
        print_object(c, answer);
    if (status == STATUS_FAILED)
        say_problems(answer);
    else if (c->form == FORM_TEXT)
        print_import(c, answer, try);
    if (try && c->form == FORM_TEXT && status == STATUS_DONE)
        print_sample(text);
    json_decref(answer);
    return status;
}

/* At a terminal the user sees what would come in and is asked; a script said it already. */
static enum status
import_asked(struct cli *c, const char *text)
{
    enum status status;

    if (!c->yes && !c->dry_run && isatty(STDIN_FILENO)) {
        status = import_once(c, text, true);
        if (status != STATUS_DONE)
            return status;
        if (!session_agree(c, "Take it in?"))
            return STATUS_REFUSED;
    }
    return import_once(c, text, c->dry_run);
}

static bool
known_kind(const char *kind, struct err *e)
{
    const char *words[16], *near;
    struct text list;
    char names[160];
    size_t n = 0;

    text_init(&list, names, sizeof(names));
    while (n < 15 && (words[n] = import_kind_name(n)) != NULL)
        n++;
    words[n++] = PAYMENTS;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(words[i], kind) == 0)
            return true;
        text_addf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    near = nearest_word(kind, words, n);
    if (near != NULL)
        return err_set(e, FAIL_REJECT, "there is no kind '%.40s': is '%s' meant?", kind,
                       near);
    return err_set(e, FAIL_REJECT, "there is no kind '%.40s': it is one of %s", kind,
                   names);
}

/* Say in which line the first byte stands that is no text. */
static bool
is_text(const char *file, const char *text, size_t n)
{
    unsigned line = 1;
    uint32_t point;

    if (n == 0)
        say_error("%s is empty", file);
    for (size_t i = 0; i < n;) {
        int step = utf8_next(text + i, n - i, &point);

        if (step < 1 || point == 0) {
            say_error("%s:%u: the byte %02X is no UTF-8: save the file as UTF-8", file,
                      line, (unsigned)(unsigned char)text[i]);
            return false;
        }
        line += text[i] == '\n';
        i += (size_t)step;
    }
    return n > 0;
}

/* As --map says, in the place of the text. */
static bool
rename_columns(struct cli *c, char **text, size_t n)
{
    const char *map = cli_option(c, "--map");
    struct err e;
    char *ours;

    if (map == NULL)
        return true;
    if ((ours = import_map(c->args[1], *text, n, map, &e)) == NULL) {
        say_failure(&e);
        return false;
    }
    free(*text);
    *text = ours;
    return true;
}

enum status
run_import(struct cli *c)
{
    enum status status;
    struct err e;
    char *text;
    size_t n;

    if (strcmp(c->args[0], WHOLE) == 0)
        return whole_import(c, c->args[1]);
    if (!known_kind(c->args[0], &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    if (!session_settings(c))
        return STATUS_FAILED;
    if ((text = file_read(c->args[1], &n, &e)) == NULL)
        return say_failure(&e);
    if (!is_text(c->args[1], text, n) || !rename_columns(c, &text, n)) {
        free(text);
        return STATUS_FAILED;
    }
    status = import_asked(c, text);
    free(text);
    return status;
}

/* ---- export ---- */

static bool
payment_row(json_t *row, void *context)
{
    static const char *const keys[] = {"paid_at",   "amount",  "account",
                                       "reference", "channel", "payer"};

    (void)context;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *text = json_string_value(json_object_get(row, keys[i]));

        csv_put(stdout, text == NULL ? "" : text, i == 0);
    }
    fputs("\r\n", stdout);
    json_decref(row);
    return ferror(stdout) == 0;
}

static bool
export_payments(struct cli *c, struct err *e)
{
    struct list_filter f = {.limit = INT64_MAX};

    fputs("date,amount,account,reference,channel,payer\r\n", stdout);
    return list_each(c->desk->store, "payments", &f, c->desk->conf->decimals, payment_row,
                     NULL, e);
}

enum status
run_export(struct cli *c)
{
    struct err e;
    bool good;

    if (strcmp(c->args[0], WHOLE) == 0) {
        if (c->count == 2)
            return whole_export(c, c->args[1]);
        say_error("where to? meterpost export all FOLDER");
        return STATUS_USAGE;
    }
    if (!known_kind(c->args[0], &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    if (!session_read(c))
        return STATUS_FAILED;
    if (strcmp(c->args[0], PAYMENTS) == 0)
        good = export_payments(c, &e);
    else
        good = export_text(c->desk->store, c->args[0], c->desk->conf->decimals, stdout, &e);
    return good ? STATUS_DONE : say_failure(&e);
}

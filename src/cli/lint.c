/* lint.c - what is well-formed and still not good: word files, and texts that cost two. */
#include "lists.h"

#include "meterpost/base/conf.h"
#include "meterpost/sms/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words lint ---- */

static void
add_doubt(void *arg, const char *text)
{
    json_array_append_new(arg, json_pack("{s:s}", "doubt", text));
}

enum status
run_words_lint(struct cli *c)
{
    static const struct column columns[] = {{"doubt", "doubt", CELL_TEXT, true}};
    json_t *rows;
    int n;

    if (!session_desk(c))
        return STATUS_FAILED;
    rows = json_array();
    n = words_lint(c->desk->words, add_doubt, rows);
    if (n > 0 || c->form != FORM_TEXT)
        print_array(c, columns, 1, rows);
    else
        say_note(c, "no word is likely to be taken for another");
    json_decref(rows);
    return n == 0 ? STATUS_DONE : STATUS_FAILED;
}

/* ---- template lint ---- */

/* The longest text of each template so far. */
struct longest {
    const struct cli *c;
    json_t *rows;
};

static json_t *
row_of(struct longest *l, const char *language, const char *name)
{
    json_t *row;
    size_t i;

    json_array_foreach (l->rows, i, row) {
        if (strcmp(json_string_value(json_object_get(row, "language")), language) == 0 &&
            strcmp(json_string_value(json_object_get(row, "template")), name) == 0)
            return row;
    }
    row = json_pack("{s:s, s:s, s:i, s:i}", "language", language, "template", name,
                    "segments", 0, "units", 0);
    json_array_append_new(l->rows, row);
    return row;
}

static void
measure(void *arg, const char *language, const char *name, const char *text)
{
    struct longest *l = arg;
    struct segments s;
    struct err e;
    json_t *row;
    json_int_t segments, units;

    if (cli_arg(l->c, 0) != NULL && strcmp(cli_arg(l->c, 0), language) != 0)
        return;
    if (!segment_measure(text, &s, &e))
        return;
    row = row_of(l, language, name);
    segments = json_integer_value(json_object_get(row, "segments"));
    units = json_integer_value(json_object_get(row, "units"));
    if ((json_int_t)s.count < segments ||
        ((json_int_t)s.count == segments && (json_int_t)s.units <= units))
        return;
    json_object_set_new(row, "segments", json_integer((json_int_t)s.count));
    json_object_set_new(row, "units", json_integer((json_int_t)s.units));
    json_object_set_new(row, "alphabet",
                        json_string(s.alphabet == WIRE_GSM7 ? "gsm7" : "ucs2"));
    json_object_set_new(row, "text", json_string(text));
}

/* The dearest first. */
static json_t *
sorted(json_t *rows)
{
    json_t *out = json_array(), *row;
    size_t i;

    for (json_int_t segments = SEGMENTS_MAX; segments >= 1; segments--) {
        json_array_foreach (rows, i, row) {
            if (json_integer_value(json_object_get(row, "segments")) == segments)
                json_array_append(out, row);
        }
    }
    json_decref(rows);
    return out;
}

enum status
run_template_lint(struct cli *c)
{
    static const struct column columns[] = {{"language", "language", CELL_TEXT, false},
                                            {"template", "template", CELL_TEXT, false},
                                            {"segments", "segments", CELL_NUMBER, false},
                                            {"alphabet", "alphabet", CELL_TEXT, false},
                                            {"units", "units", CELL_NUMBER, false},
                                            {"text", "longest text", CELL_TEXT, true}};
    struct longest l = {c, NULL};
    const struct conf_utility *u;
    json_t *utility;

    if (!session_desk(c))
        return STATUS_FAILED;
    u = &c->desk->conf->utility;
    utility =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", u->name, "currency",
                  u->currency, "currency_shown", u->currency, "phone",
                  u->phone[0] != '\0' ? u->phone : "0700123456", "pay_code",
                  u->pay_code[0] != '\0' ? u->pay_code : "555123", "address", u->address);
    l.rows = json_array();
    templates_worst(c->desk->templates, utility, measure, &l);
    l.rows = sorted(l.rows);
    print_array(c, columns, 6, l.rows);
    json_decref(l.rows);
    json_decref(utility);
    return STATUS_DONE;
}

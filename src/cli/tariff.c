/* tariff.c - look at tariffs, try them, compare them. */
#include "cli.h"
#include "file.h"
#include "table.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/preview.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static void
print_rows(struct cli *c, const struct column *columns, size_t n, const json_t *rows)
{
    size_t i;
    json_t *row;

    if (c->form == FORM_TEXT) {
        table_print(stdout, columns, n, rows, LINE_COLUMNS, colour_wanted(stdout));
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

/* ---- which ---- */

/* One that was asked for; a file's is ours to destroy. */
struct chosen {
    const struct tariff *tariff;
    struct tariff *own;
};

static bool
choose_file(const char *path, struct chosen *out)
{
    struct problems p = {0};

    out->tariff = out->own = tariff_open_file(path, &p);
    problems_print(&p, stderr);
    problems_free(&p);
    return out->own != NULL;
}

static bool
looks_like_file(const char *name)
{
    return strchr(name, '/') != NULL || strstr(name, ".yaml") != NULL ||
           strstr(name, ".json") != NULL;
}

/* By id, in force on `date` (NULL: today), or by the name of a file. Says what is wrong. */
static bool
choose(struct cli *c, const char *name, const char *date, struct chosen *out)
{
    char today[TIME_TEXT_MAX];

    *out = (struct chosen){0};
    if (looks_like_file(name))
        return choose_file(name, out);
    if (c->desk == NULL && !session_desk(c))
        return false;
    if (date == NULL)
        date = clock_date(clock_now(), today);
    out->tariff = tariff_find(c->desk->tariffs, name, date);
    if (out->tariff == NULL)
        say_error("no tariff '%s' is in force on %s: see meterpost tariff list", name,
                  date);
    return out->tariff != NULL;
}

/* ---- list ---- */

static const struct column list_columns_of[] = {
    {"tariff", "tariff", CELL_TEXT, false},
    {"valid_from", "from", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, true},
    {"commodity", "commodity", CELL_TEXT, false},
    {"unit", "unit", CELL_TEXT, false},
    {"currency", "currency", CELL_TEXT, false},
    {"components", "parts", CELL_NUMBER, false},
};

enum status
run_tariff_list(struct cli *c)
{
    json_t *rows = json_array();

    if (!session_desk(c)) {
        json_decref(rows);
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < c->desk->tariffs->count; i++) {
        const struct tariff *t = c->desk->tariffs->list[i];

        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i}",
                                              "tariff", t->id, "name", t->name,
                                              "valid_from", t->valid_from, "commodity",
                                              t->commodity, "unit", t->unit, "currency",
                                              t->currency, "components", t->n_components));
    }
    print_rows(c, list_columns_of, COUNT(list_columns_of), rows);
    json_decref(rows);
    return STATUS_DONE;
}

/* ---- show ---- */

static void
step_text(const struct component *p, const struct tariff_step *step, bool last,
          struct text *t)
{
    char number[AMOUNT_TEXT_MAX];

    if (step->quantity[0] != '\0')
        text_addf(t, "%s ", step->quantity);
    else if (step->limited)
        text_addf(
            t, "to %s: ", decimal_print(step->upto.milli, QUANTITY_PLACES, true, number));
    else if (p->n_steps > 1)
        text_add(t, "above: ");
    text_add(t, decimal_print(step->rate.micro, RATE_PLACES, true, number));
    if (!last)
        text_add(t, ", ");
}

/* The price of a component in a line. */
static void
price_text(const struct component *p, struct text *t)
{
    char number[AMOUNT_TEXT_MAX];

    for (int i = 0; i < p->n_steps; i++)
        step_text(p, &p->steps[i], i + 1 == p->n_steps, t);
    if (p->factor_of[0] != '\0')
        text_addf(t, "factor %s", p->factor_of);
    else if (p->type == COMPONENT_PERCENT)
        text_addf(t, "%s%%", decimal_print(p->rate.micro, RATE_PLACES, true, number));
    else if (p->type == COMPONENT_FIXED || p->type == COMPONENT_MINIMUM)
        text_add(t, decimal_print(p->amount.micro, RATE_PLACES, true, number));
    if (p->per[0] != '\0')
        text_addf(t, " for each %s", p->per);
}

static void
when_text(const struct component *p, struct text *t)
{
    char number[AMOUNT_TEXT_MAX];

    if (p->when.class_name[0] != '\0')
        text_addf(t, "class %s ", p->when.class_name);
    if (p->when.has_gt)
        text_addf(t, "total above %s ",
                  decimal_print(p->when.total_gt.milli, QUANTITY_PLACES, true, number));
    if (p->when.has_le)
        text_addf(t, "total to %s ",
                  decimal_print(p->when.total_le.milli, QUANTITY_PLACES, true, number));
    if (p->when.months == 0)
        return;
    text_add(t, "months");
    for (int m = 1; m <= 12; m++) {
        if ((p->when.months >> m & 1) != 0)
            text_addf(t, " %d", m);
    }
}

static json_t *
component_row(const struct component *p)
{
    char price[CELL_MAX], when[CELL_MAX];
    struct text t;
    json_t *row;

    text_init(&t, price, sizeof(price));
    price_text(p, &t);
    text_init(&t, when, sizeof(when));
    when_text(p, &t);
    row = json_pack("{s:s, s:s, s:s, s:s, s:s}", "code", p->code, "label", p->label, "type",
                    component_type_name(p->type), "price", price, "when", when);
    return row;
}

static const struct column show_columns[] = {
    {"code", "code", CELL_TEXT, false}, {"label", "label", CELL_TEXT, true},
    {"type", "type", CELL_TEXT, false}, {"price", "price", CELL_TEXT, true},
    {"when", "only", CELL_TEXT, true},
};

enum status
run_tariff_show(struct cli *c)
{
    json_t *rows = json_array();
    struct chosen chosen;

    if (!choose(c, c->args[0], cli_option(c, "--date"), &chosen)) {
        json_decref(rows);
        return STATUS_FAILED;
    }
    for (int i = 0; i < chosen.tariff->n_components; i++)
        json_array_append_new(rows, component_row(&chosen.tariff->components[i]));
    if (c->form == FORM_TEXT)
        printf("%s  %s\n%s by %s, %s%s%s\n\n", chosen.tariff->id, chosen.tariff->name,
               chosen.tariff->commodity, chosen.tariff->unit, chosen.tariff->currency,
               chosen.tariff->valid_from[0] != '\0' ? ", from " : "",
               chosen.tariff->valid_from);
    print_rows(c, show_columns, COUNT(show_columns), rows);
    json_decref(rows);
    tariff_destroy(chosen.own);
    return STATUS_DONE;
}

/* ---- lint ---- */

/* Each file of the folder of the configuration. */
static void
lint_configured(struct cli *c, struct problems *p)
{
    char path[PATH_MAX];

    for (size_t i = 0; i < c->desk->tariffs->count; i++) {
        const struct tariff *t = c->desk->tariffs->list[i];

        snprintf(path, sizeof(path), "%s/ %s", c->desk->conf->paths.tariffs, t->id);
        tariff_lint_text(path, t->text, strlen(t->text), p);
    }
}

enum status
run_tariff_lint(struct cli *c)
{
    struct problems p = {0};
    bool clean;

    if (c->count == 0 && !session_desk(c))
        return STATUS_FAILED;
    if (c->count == 0)
        lint_configured(c, &p);
    for (size_t i = 0; i < c->count; i++)
        tariff_lint_file(c->args[i], &p);
    clean = problems_none(&p);
    if (c->form == FORM_JSON)
        check_print_json(&p);
    else
        problems_print(&p, stdout);
    if (clean)
        say_note(c, "nothing odd was found");
    problems_free(&p);
    return clean ? STATUS_DONE : STATUS_FAILED;
}

/* ---- quote ---- */

static const struct column line_columns[] = {
    {"label", "", CELL_TEXT, true},
    {"qty", "quantity", CELL_NUMBER, false},
    {"rate", "rate", CELL_NUMBER, false},
    {"amount", "amount", CELL_MONEY, false},
};

/* total=120 factor.fuel=3.59 ... as the object of a usage; NULL after saying what is wrong.
 */
static json_t *
usage_of(struct cli *c)
{
    static const char factor[] = "factor.";
    json_t *usage = json_object(), *factors = json_object();
    bool ok = true;

    for (size_t i = 1; i < c->count && ok; i++) {
        const char *equals = strchr(c->args[i], '=');
        char name[TARIFF_CODE_MAX * 2] = "";

        ok = equals != NULL && (size_t)(equals - c->args[i]) < sizeof(name);
        if (!ok)
            break;
        memcpy(name, c->args[i], (size_t)(equals - c->args[i]));
        if (strncmp(name, factor, sizeof(factor) - 1) == 0)
            json_object_set_new(factors, name + sizeof(factor) - 1,
                                json_string(equals + 1));
        else
            json_object_set_new(usage, name, json_string(equals + 1));
    }
    if (json_object_size(factors) > 0)
        json_object_set(usage, "factors", factors);
    json_decref(factors);
    if (ok)
        return usage;
    say_error("a use is given as NAME=VALUE, such as total=120");
    json_decref(usage);
    return NULL;
}

/* A quantity that no component asks for is misspelt, most likely. */
static void
note_unasked(struct cli *c, const struct tariff *t, json_t *usage)
{
    static const char *const known[] = {"total", "month",       "days",       "months",
                                        "class", "year_months", "ytd_before", "factors"};
    const char *name;
    json_t *value;

    json_object_foreach (usage, name, value) {
        bool asked = tariff_asks_for(t, name);

        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
            asked = asked || strcmp(name, known[i]) == 0;
        if (!asked)
            say_note(c, "no component of %s asks for '%s'", t->id, name);
    }
}

static enum status
quote_print(struct cli *c, const struct tariff *t, const json_t *usage)
{
    struct err e;
    json_t *quote = quote_try_text(t->id, t->text, usage, &e);
    char total[CELL_MAX];

    if (quote == NULL)
        return say_failure(&e);
    if (c->form != FORM_TEXT) {
        print_object(c, quote);
    } else {
        table_print(stdout, line_columns, COUNT(line_columns),
                    json_object_get(quote, "lines"), LINE_COLUMNS, colour_wanted(stdout));
        cell_text(json_object_get(quote, "total"), CELL_MONEY, total);
        printf("\ntotal  %s %s\n", t->currency, total);
    }
    json_decref(quote);
    return STATUS_DONE;
}

enum status
run_tariff_quote(struct cli *c)
{
    struct chosen chosen;
    enum status status;
    json_t *usage = usage_of(c);

    if (usage == NULL)
        return STATUS_USAGE;
    if (!choose(c, c->args[0], cli_option(c, "--date"), &chosen)) {
        json_decref(usage);
        return STATUS_FAILED;
    }
    note_unasked(c, chosen.tariff, usage);
    status = quote_print(c, chosen.tariff, usage);
    json_decref(usage);
    tariff_destroy(chosen.own);
    return status;
}

/* ---- compare ---- */

static const struct column change_columns[] = {
    {"account", "account", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, true},
    {"used", "used", CELL_NUMBER, false},
    {"before", "before", CELL_MONEY, false},
    {"now", "after", CELL_MONEY, false},
    {"difference", "difference", CELL_MONEY, false},
};

static void
print_side(const json_t *side, const char *words)
{
    char amount[CELL_MAX];

    cell_text(json_object_get(side, "amount"), CELL_MONEY, amount);
    printf("%6lld accounts %s: %s\n",
           (long long)json_integer_value(json_object_get(side, "accounts")), words, amount);
}

static void
print_comparison(const json_t *o)
{
    const json_t *refused = json_object_get(o, "refused");
    char before[CELL_MAX], after[CELL_MAX], difference[CELL_MAX];

    cell_text(json_object_get(o, "before"), CELL_MONEY, before);
    cell_text(json_object_get(o, "after"), CELL_MONEY, after);
    cell_text(json_object_get(o, "difference"), CELL_MONEY, difference);
    printf("%s: %lld bills by %s; revenue %s before, %s after (%s)\n", text_of(o, "month"),
           (long long)json_integer_value(json_object_get(o, "bills")), text_of(o, "old"),
           before, after, difference);
    print_side(json_object_get(o, "gain"), "pay less");
    print_side(json_object_get(o, "lose"), "pay more");
    printf("%6lld accounts pay the same\n",
           (long long)json_integer_value(json_object_get(o, "same")));
    if (json_integer_value(json_object_get(refused, "accounts")) > 0)
        printf("%6lld cannot be priced, such as: %s\n",
               (long long)json_integer_value(json_object_get(refused, "accounts")),
               text_of(refused, "reason"));
    puts("\nThe biggest changes");
    table_print(stdout, change_columns, COUNT(change_columns),
                json_object_get(o, "changes"), LINE_COLUMNS, colour_wanted(stdout));
}

static enum status
compare(struct cli *c, const struct tariff *old, const struct tariff *new)
{
    struct billing b = {.store = c->desk->store,
                        .conf = c->desk->conf,
                        .tariffs = c->desk->tariffs,
                        .now = c->desk->now};
    enum status status = STATUS_DONE;
    struct err e;
    json_t *o = billing_compare(&b, old, new, cli_option(c, "--month"), &e);

    if (o == NULL)
        return say_failure(&e);
    if (json_integer_value(json_object_get(o, "bills")) == 0) {
        say_error("no bill of %s was by tariff '%s'", text_of(o, "month"), old->id);
        status = STATUS_FAILED;
    } else if (c->form == FORM_TEXT) {
        print_comparison(o);
    } else {
        print_object(c, o);
    }
    json_decref(o);
    return status;
}

enum status
run_tariff_compare(struct cli *c)
{
    struct chosen old = {0}, new = {0};
    enum status status = STATUS_FAILED;

    if (session_desk(c) && session_read(c) && choose(c, c->args[0], NULL, &old) &&
        choose(c, c->args[1], cli_option(c, "--date"), &new))
        status = compare(c, old.tariff, new.tariff);
    tariff_destroy(old.own);
    tariff_destroy(new.own);
    return status;
}

/* bill_change.c - take a bill back; what bills are computed from. */
#include "cli.h"
#include "table.h"

#include <stdio.h>
#include <string.h>

#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

/* ---- bill cancel ---- */

static const struct column cancelled[] = {{"bill", "taken back", CELL_TEXT, false},
                                          {"credit", "by credit note", CELL_TEXT, false},
                                          {"total", "total", CELL_MONEY, false}};
static const struct column issued[] = {{"bill", "new bill", CELL_TEXT, false},
                                       {"month", "month", CELL_TEXT, false},
                                       {"total", "total", CELL_MONEY, false}};

static void
print_cancelled(const json_t *answer)
{
    bool colour = colour_wanted(stdout);

    table_print(stdout, cancelled, COUNT(cancelled), json_object_get(answer, "cancelled"),
                LINE_COLUMNS, colour);
    putchar('\n');
    table_print(stdout, issued, COUNT(issued), json_object_get(answer, "issued"),
                LINE_COLUMNS, colour);
}

static json_t *
cancel_arguments(const struct cli *c, bool trial)
{
    json_t *o = json_pack("{s:s, s:s, s:b, s:b}", "bill", c->args[0], "reason",
                          cli_option(c, "--reason"), "with_later",
                          cli_option(c, "--with-later") != NULL, "no_bill",
                          cli_option(c, "--no-bill") != NULL);

    if (trial)
        json_object_set_new(o, "dry_run", json_true());
    return o;
}

static enum status
cancel_preview(struct cli *c)
{
    json_t *answer;
    enum status status = session_run(c, "bill.cancel", cancel_arguments(c, true), &answer);

    if (answer == NULL)
        return status;
    if (c->form == FORM_TEXT || !c->dry_run)
        print_cancelled(answer);
    else
        print_object(c, answer);
    json_decref(answer);
    if (c->dry_run)
        return STATUS_DONE;
    return session_agree(c, "Take it back? A credit note cannot be undone.")
               ? STATUS_DONE
               : STATUS_REFUSED;
}

enum status
run_bill_cancel(struct cli *c)
{
    enum status status;
    json_t *answer;

    if (cli_option(c, "--reason") == NULL) {
        say_error("a bill is taken back for a reason: give it with --reason");
        return STATUS_USAGE;
    }
    if (c->dry_run || !c->yes) {
        status = cancel_preview(c);
        if (c->dry_run || status != STATUS_DONE)
            return status;
    }
    status = session_run(c, "bill.cancel", cancel_arguments(c, false), &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else if (c->yes)
        print_cancelled(answer);
    json_decref(answer);
    return status;
}

/* ---- factor set ---- */

enum status
run_factor_set(struct cli *c)
{
    json_t *arguments = json_pack("{s:s, s:s, s:s}", "factor", c->args[0], "from",
                                  c->args[1], "value", c->args[2]);
    json_t *answer;
    enum status status = session_run(c, "factor.set", arguments, &answer);

    if (answer == NULL)
        return status;
    if (c->form == FORM_TEXT)
        printf("%s is %s from %s on\n", text_of(answer, "factor"), text_of(answer, "value"),
               text_of(answer, "from"));
    else
        print_object(c, answer);
    if (!json_is_true(json_object_get(answer, "used")))
        say_note(c, "no component of any tariff refers to %s", text_of(answer, "factor"));
    json_decref(answer);
    return status;
}

/* arrears.c - the list of who owes what for how long, and the run over it. */
#include "lists.h"

#include "meterpost/base/amount.h"

#include <stdio.h>
#include <string.h>

#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

static const struct column list_columns_of[] = {
    {"account", "account", CELL_TEXT, false},  {"name", "name", CELL_TEXT, true},
    {"overdue", "overdue", CELL_MONEY, false}, {"age_days", "days", CELL_NUMBER, false},
    {"unpaid", "bills", CELL_NUMBER, false},   {"disputed", "disputed", CELL_MONEY, false},
    {"planned", "planned", CELL_MONEY, false}, {"stage", "stage", CELL_TEXT, false},
    {"next", "now due", CELL_TEXT, false},     {"why", "else", CELL_TEXT, true},
};
static const struct column age_columns[] = {
    {"not_due", "not due", CELL_MONEY, false},
    {"days_1_30", "1-30", CELL_MONEY, false},
    {"days_31_60", "31-60", CELL_MONEY, false},
    {"days_61_90", "61-90", CELL_MONEY, false},
    {"days_91_120", "91-120", CELL_MONEY, false},
    {"over_120", "over 120", CELL_MONEY, false},
    {"disputed", "disputed", CELL_MONEY, false},
    {"planned", "planned", CELL_MONEY, false},
    {"credit", "credit", CELL_MONEY, false},
};

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static json_t *
sieve_arguments(const struct cli *c)
{
    json_t *arguments = json_object();

    cli_pass_option(c, arguments, "class", "--class");
    cli_pass_option(c, arguments, "stage", "--stage");
    cli_pass_option(c, arguments, "group", "--group");
    return arguments;
}

/* What is owed, by age, in days past the due day. */
static void
print_ages(const json_t *answer)
{
    json_t *rows = json_array();

    json_array_append(rows, json_object_get(answer, "totals"));
    printf("Open by age, in days past the due day\n");
    table_print(stdout, age_columns, COUNT(age_columns), rows, LINE_COLUMNS,
                colour_wanted(stdout));
    json_decref(rows);
}

static void
print_list(const struct cli *c, const json_t *answer)
{
    const json_t *rows = json_object_get(answer, "accounts");

    if (json_array_size(rows) == 0) {
        say_note(c, "nobody owes anything of that kind");
        return;
    }
    table_print(stdout, list_columns_of, COUNT(list_columns_of), rows, LINE_COLUMNS,
                colour_wanted(stdout));
    putchar('\n');
    print_ages(answer);
}

static void
warn_of_feed(const struct cli *c, const json_t *answer)
{
    if (!json_is_false(json_object_get(answer, "feed_is_fresh")))
        return;
    say_note(c,
             "payments are known up to %.16s: no stage is taken until they are imported, "
             "or somebody says that there were none (meterpost arrears feed)",
             *text_of(answer, "feed_at") == '\0' ? "never" : text_of(answer, "feed_at"));
}

enum status
run_arrears_list(struct cli *c)
{
    enum status status;
    json_t *answer;

    if (!session_desk(c))
        return STATUS_FAILED;
    status = session_run(c, "arrears.list", sieve_arguments(c), &answer);
    if (answer == NULL)
        return status;
    if (c->form == FORM_TEXT) {
        print_list(c, answer);
        warn_of_feed(c, answer);
    } else {
        print_array(c, list_columns_of, COUNT(list_columns_of),
                    json_object_get(answer, "accounts"));
    }
    json_decref(answer);
    return status;
}

/* ---- the stages ---- */

static const struct column stage_columns[] = {
    {"stage", "stage", CELL_TEXT, false},
    {"kind", "kind", CELL_TEXT, false},
    {"when", "when", CELL_TEXT, false},
    {"least", "from", CELL_MONEY, false},
    {"class", "class", CELL_TEXT, false},
    {"channel", "by", CELL_TEXT, false},
    {"language", "language", CELL_TEXT, false},
    {"template", "template", CELL_TEXT, false},
    {"after", "behind", CELL_TEXT, false},
    {"delivered", "delivered by", CELL_TEXT, true},
};

enum status
run_arrears_stages(struct cli *c)
{
    const json_t *rows;
    enum status status;
    json_t *answer;

    if (!session_desk(c))
        return STATUS_FAILED;
    status = session_run(c, "arrears.stages", json_object(), &answer);
    if (answer == NULL)
        return status;
    rows = json_object_get(answer, "stages");
    if (c->form != FORM_TEXT)
        print_array(c, stage_columns, COUNT(stage_columns), rows);
    else if (json_array_size(rows) == 0)
        say_note(c, "no stages are set: nobody is reminded of anything (arrears.stages)");
    else
        table_print(stdout, stage_columns, COUNT(stage_columns), rows, LINE_COLUMNS,
                    colour_wanted(stdout));
    json_decref(answer);
    return status;
}

/* ---- the run ---- */

static void
print_run(const json_t *answer)
{
    const char *stage;
    json_t *n;
    const struct {
        const char *key, *words;
    } more[] = {{"fees", "late fees"},
                {"unreached", "without a phone: bring the message by hand"},
                {"plans_broken", "plans broken"},
                {"promises_broken", "promises broken"}};

    printf("%lld accounts looked at, %lld came to a stage\n",
           json_integer_value(json_object_get(answer, "accounts")),
           json_integer_value(json_object_get(answer, "steps")));
    json_object_foreach (json_object_get(answer, "stages"), stage, n)
        printf("  %s: %lld\n", stage, json_integer_value(n));
    for (size_t i = 0; i < COUNT(more); i++) {
        if (json_integer_value(json_object_get(answer, more[i].key)) > 0)
            printf("  %s: %lld\n", more[i].words,
                   json_integer_value(json_object_get(answer, more[i].key)));
    }
}

/* What a run would do now. */
static enum status
preview(struct cli *c)
{
    json_t *arguments = sieve_arguments(c), *answer;
    enum status status;

    json_object_set_new(arguments, "next", json_true());
    status = session_run(c, "arrears.list", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT) {
        print_array(c, list_columns_of, COUNT(list_columns_of),
                    json_object_get(answer, "accounts"));
    } else if (json_array_size(json_object_get(answer, "accounts")) == 0) {
        say_note(c, "nobody comes to a stage now");
    } else {
        table_print(stdout, list_columns_of, COUNT(list_columns_of) - 1,
                    json_object_get(answer, "accounts"), LINE_COLUMNS,
                    colour_wanted(stdout));
    }
    if (c->form == FORM_TEXT)
        warn_of_feed(c, answer);
    json_decref(answer);
    return status;
}

enum status
run_arrears_preview(struct cli *c)
{
    return session_desk(c) ? preview(c) : STATUS_FAILED;
}

enum status
run_arrears_run(struct cli *c)
{
    enum status status;
    json_t *answer;

    if (!session_desk(c))
        return STATUS_FAILED;
    if (c->dry_run)
        return preview(c);
    if (!c->yes && c->form == FORM_TEXT) {
        status = preview(c);
        if (status != STATUS_DONE || !session_agree(c, "Take these stages?"))
            return status == STATUS_DONE ? STATUS_REFUSED : status;
    }
    status = session_run(c, "arrears.run", json_object(), &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else if (status == STATUS_REFUSED)
        say_error("%s", text_of(answer, "reason"));
    else
        print_run(answer);
    json_decref(answer);
    return status;
}

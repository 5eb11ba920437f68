/* round.c - reading rounds: ask many meters, see who is still missing. */
#include "round.h"

#include "meterpost/base/amount.h"
#include "meterpost/base/conf.h"

#include <stdio.h>
#include <string.h>

static const struct column page[] = {
    {"round", "round", CELL_TEXT, false},
    {"state", "state", CELL_TEXT, false},
    {"started_at", "started", CELL_TIME, false},
    {"closes_at", "closes", CELL_TIME, false},
    {"closed_at", "closed", CELL_TIME, false},
    {"meters", "meters", CELL_TEXT, false},
    {"in", "in", CELL_TEXT, false},
    {"held", "held", CELL_TEXT, false},
    {"missing", "missing", CELL_TEXT, false},
    {"expected", "open", CELL_TEXT, false},
};
static const struct column members[] = {
    {"meter", "meter", CELL_TEXT, false},  {"account", "account", CELL_TEXT, false},
    {"state", "state", CELL_STATE, false}, {"attempts", "asked", CELL_NUMBER, false},
    {"channel", "by", CELL_TEXT, false},   {"request", "question", CELL_STATE, false},
    {"next_at", "next", CELL_TIME, false}, {"reason", "reason", CELL_TEXT, true},
};

#define MEMBERS_SHOWN  20 /* lines of single meters; more with --all */
#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

static long long
number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

/* ---- start and close ---- */

static enum status
start(struct cli *c, bool try)
{
    json_t *answer, *arguments = json_pack("{s:s}", "name", c->args[0]);
    const char *group = cli_option(c, "--group"), *until = cli_option(c, "--until");
    enum status status;

    if (group != NULL)
        json_object_set_new(arguments, "group", json_string(group));
    if (until != NULL)
        json_object_set_new(arguments, "closes_at", json_string(until));
    if (try)
        json_object_set_new(arguments, "dry_run", json_true());
    status = session_run(c, "round.start", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT && (!try || c->dry_run))
        print_object(c, answer);
    else if (c->form == FORM_TEXT)
        printf("round %s: %lld meters%s, %lld questions\n", c->args[0],
               number_of(answer, "meters"), try ? " would be read" : "",
               number_of(answer, "requests"));
    json_decref(answer);
    return status;
}

enum status
run_round_start(struct cli *c)
{
    enum status status;

    if (c->dry_run || !c->yes) {
        status = start(c, true);
        if (status == STATUS_DONE)
            status = round_plan_show(c, true);
        if (c->dry_run || status != STATUS_DONE)
            return status;
        if (!session_agree(c, "Ask them?"))
            return STATUS_REFUSED;
    }
    return start(c, false);
}

enum status
run_round_close(struct cli *c)
{
    json_t *answer;
    enum status status =
        session_run(c, "round.close", json_pack("{s:s}", "name", c->args[0]), &answer);

    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        printf("round %s %s: %lld of %lld meters in, %lld held, %lld missing\n", c->args[0],
               c->dry_run ? "would be closed" : "is closed", number_of(answer, "in"),
               number_of(answer, "meters"), number_of(answer, "held"),
               number_of(answer, "missing"));
    json_decref(answer);
    return status;
}

/* ---- show ---- */

/* Those that are in tell nothing, nor do those of a cause that is named once. */
static json_t *
not_told(const json_t *rows)
{
    json_t *some = json_array(), *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *state = json_string_value(json_object_get(row, "state"));
        const char *cause = json_string_value(json_object_get(row, "cause"));

        if (state != NULL && strcmp(state, "in") != 0 &&
            (cause == NULL || strcmp(cause, "single") == 0))
            json_array_append(some, row);
    }
    return some;
}

static const struct column causes_columns[] = {
    {"cause", "cause", CELL_TEXT, false},       {"name", "which", CELL_TEXT, false},
    {"missing", "missing", CELL_NUMBER, false}, {"of", "of", CELL_NUMBER, false},
    {"reason", "reason", CELL_TEXT, true},      {"next", "next", CELL_TEXT, true},
};

/* With --all each meter a line; else what they have in common, and who has nothing. */
static void
print_round(const struct cli *c, const json_t *round, const json_t *rows,
            const json_t *causes)
{
    bool colour = colour_wanted(stdout);
    json_t *shown =
        cli_option(c, "--all") != NULL ? json_incref((json_t *)rows) : not_told(rows);

    page_print(stdout, page, COUNT(page), round, LINE_COLUMNS, colour);
    if (json_array_size(causes) > 0) {
        putchar('\n');
        table_print(stdout, causes_columns, COUNT(causes_columns), causes, LINE_COLUMNS,
                    colour);
    }
    if (cli_option(c, "--all") != NULL || json_array_size(shown) <= MEMBERS_SHOWN) {
        putchar('\n');
        table_print(stdout, members, COUNT(members), shown, LINE_COLUMNS, colour);
    } else {
        say_note(c, "%zu meters more are not in: --all shows each", json_array_size(shown));
    }
    json_decref(shown);
}

static json_t *
load_round(struct cli *c, json_t **rows, struct err *e)
{
    struct list_filter f = {.subject = c->args[0], .limit = INT64_MAX};
    json_t *found, *round;

    found = list_array(c->desk->store, "rounds", &f, c->desk->conf->decimals, e);
    if (found == NULL)
        return NULL;
    round = json_incref(json_array_get(found, 0));
    json_decref(found);
    if (round == NULL) {
        err_set(e, FAIL_REJECT, "there is no round '%.60s'", c->args[0]);
        return NULL;
    }
    *rows = list_array(c->desk->store, "round_meters", &f, c->desk->conf->decimals, e);
    if (*rows != NULL)
        return round;
    json_decref(round);
    return NULL;
}

enum status
run_round_show(struct cli *c)
{
    json_t *round, *rows, *causes;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if ((round = load_round(c, &rows, &e)) == NULL)
        return say_failure(&e);
    json_object_set_new(round, "members", rows);
    if (cli_option(c, "--route") != NULL) {
        json_decref(round);
        return round_route(c);
    }
    if ((causes = round_causes(c, c->args[0], rows, &e)) == NULL) {
        json_decref(round);
        return say_failure(&e);
    }
    json_object_set_new(round, "causes", causes);
    if (c->form == FORM_TEXT)
        print_round(c, round, rows, causes);
    if (c->form != FORM_TEXT)
        print_object(c, round);
    json_decref(round);
    return STATUS_DONE;
}

/* vee.c - the rules of validation: what they are, how they are tuned, what that would do.
 */
#include "lists.h"
#include "subject.h"

#include "meterpost/base/conf.h"
#include "meterpost/metering/limits.h"
#include "meterpost/metering/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column rules_columns[] = {
    {"rule", "rule", CELL_TEXT, false},
    {"severity", "severity", CELL_TEXT, false},
    {"points", "points", CELL_NUMBER, false},
    {"what", "when", CELL_SENTENCE, true},
    {"limits", "limits", CELL_SENTENCE, true},
    {"advice", "what to do", CELL_SENTENCE, true},
};

static const struct column example_columns[] = {
    {"meter", "meter", CELL_TEXT, false},      {"taken_at", "taken", CELL_TIME, false},
    {"value", "value", CELL_NUMBER, false},    {"change", "would be", CELL_TEXT, false},
    {"reason", "reason", CELL_SENTENCE, true},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- rules ---- */

/* "high 200, small 1" */
static void
print_limits(const struct limits *l, const char *names, char *out, size_t size)
{
    char name[VEE_NAME_MAX];
    size_t used = 0;
    bool known;

    *out = '\0';
    while (*names != '\0' && used < size) {
        size_t n = strcspn(names, " ");
        int value;

        snprintf(name, sizeof(name), "%.*s", (int)n, names);
        value = limits_get(l, name, &known);
        used += (size_t)snprintf(out + used, size - used, "%s%s %d", used > 0 ? ", " : "",
                                 name, value);
        names += n + (names[n] == ' ');
    }
}

static json_t *
rules_of(const struct limits *l)
{
    json_t *rows = json_array();
    const struct check_rule *r;
    char limits[160];

    for (size_t i = 0; (r = check_rule_at(i)) != NULL; i++) {
        print_limits(l, r->parameters, limits, sizeof(limits));
        json_array_append_new(
            rows,
            json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s}", "rule", r->name, "what",
                      r->what, "severity", check_severity_name(l->severity[i]), "points",
                      r->points, "stage", check_stage_name(r->stage), "limits", limits,
                      "proposal", r->proposal, "advice", r->advice));
    }
    return rows;
}

enum status
run_vee_rules(struct cli *c)
{
    const char *name = cli_option(c, "--meter");
    struct limits limits;
    struct meter meter;
    struct err e;
    json_t *rows;

    if (name == NULL ? !session_settings(c) : !session_read(c))
        return STATUS_FAILED;
    limits_start(&c->desk->conf->validation, &limits);
    if (name != NULL && (!subject_meter(c, name, &meter, &e) ||
                         !limits_of(c->desk->store, &c->desk->conf->validation, &meter,
                                    c->desk->now, &limits, &e)))
        return say_failure(&e);
    rows = rules_of(&limits);
    print_array(c, rules_columns, COUNT(rules_columns), rows);
    json_decref(rows);
    return STATUS_DONE;
}

/* ---- test ---- */

static void
print_test(const json_t *answer)
{
    const json_t *examples = json_object_get(answer, "examples");

    printf("%lld readings: %s fires %lld times, would fire %lld times\n",
           (long long)json_integer_value(json_object_get(answer, "readings")),
           json_string_value(json_object_get(answer, "rule")),
           (long long)json_integer_value(json_object_get(answer, "fires")),
           (long long)json_integer_value(json_object_get(answer, "would_fire")));
    printf("held by all rules: %lld (%s %%), would be %lld (%s %%)\n",
           (long long)json_integer_value(json_object_get(answer, "held")),
           json_string_value(json_object_get(answer, "held_percent")),
           (long long)json_integer_value(json_object_get(answer, "would_be_held")),
           json_string_value(json_object_get(answer, "would_be_held_percent")));
    table_print(stdout, example_columns, COUNT(example_columns), examples, LINE_COLUMNS,
                colour_wanted(stdout));
}

enum status
run_vee_test(struct cli *c)
{
    const char *since = cli_option(c, "--since"), *set = cli_option(c, "--set");
    utc_t from;
    struct err e;
    json_t *answer;

    if (!session_read(c))
        return STATUS_FAILED;
    from = c->desk->now - 30 * DAY_S;
    if (since != NULL && !clock_parse(since, &from, &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    answer = metering_replay(c->desk->store, c->desk->conf, c->args[0], from, &set,
                             set == NULL ? 0 : 1, &e);
    if (answer == NULL)
        return say_failure(&e);
    if (c->form == FORM_TEXT)
        print_test(answer);
    else
        print_object(c, answer);
    json_decref(answer);
    return STATUS_DONE;
}

/* ---- set ---- */

enum status
run_vee_set(struct cli *c)
{
    json_t *arguments = json_pack("{s:s}", "set", c->args[0]), *answer;
    enum status status;

    cli_pass_option(c, arguments, "class", "--class");
    cli_pass_option(c, arguments, "meter", "--meter");
    cli_pass_option(c, arguments, "until", "--until");
    cli_pass_option(c, arguments, "reason", "--reason");
    status = session_run(c, "vee.set", arguments, &answer);
    if (answer == NULL)
        return status;
    print_object(c, answer);
    json_decref(answer);
    return status;
}

enum status
run_vee_end(struct cli *c)
{
    char *end;
    long long id = strtoll(c->args[0], &end, 10);
    enum status status;
    json_t *answer;

    if (*end != '\0' || id <= 0) {
        say_error("'%.40s' is no number of a limit: see `vee list`", c->args[0]);
        return STATUS_USAGE;
    }
    status = session_run(c, "vee.end", json_pack("{s:I}", "id", (json_int_t)id), &answer);
    if (answer == NULL)
        return status;
    print_object(c, answer);
    json_decref(answer);
    return status;
}

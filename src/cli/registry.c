/* registry.c - the registry by hand: add, set, show, close; and what happens at a place. */
#include "lists.h"
#include "subject.h"

#include "meterpost/base/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kinds, by the first word of their commands. */
static const struct {
    const char *word, *kind;
} kinds[] = {
    {"account", "accounts"}, {"meter", "meters"},
    {"point", "points"},     {"concentrator", "concentrators"},
    {"group", "groups"},     {"collector", "collectors"},
    {"staff", "staff"},
};

static const char *
kind_of(const struct cli *c)
{
    size_t n = strcspn(c->command->words, " ");

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strlen(kinds[i].word) == n && strncmp(kinds[i].word, c->command->words, n) == 0)
            return kinds[i].kind;
    }
    abort(); /* the table of commands names a kind that is not here */
}

/* ---- arguments ---- */

/* FIELD=VALUE words from the second on. NULL, and it was said, when one is none. */
static json_t *
read_fields(const struct cli *c)
{
    json_t *fields = json_object();

    for (size_t i = 1; i < c->count; i++) {
        const char *equals = strchr(c->args[i], '=');

        if (equals == NULL || equals == c->args[i]) {
            say_error("expected FIELD=VALUE, got '%s'", c->args[i]);
            json_decref(fields);
            return NULL;
        }
        json_object_setn_new(fields, c->args[i], (size_t)(equals - c->args[i]),
                             json_string(equals + 1));
    }
    return fields;
}

/* Run a verb and tell what came of it: `done` for a person, the answer for a program. */
static enum status
run_verb(struct cli *c, const char *verb, json_t *arguments, const char *done)
{
    const char *changed, *reason;
    json_t *answer;
    enum status status = session_run(c, verb, arguments, &answer);

    if (answer == NULL)
        return status;
    reason = json_string_value(json_object_get(answer, "reason"));
    changed = json_string_value(json_object_get(answer, "changed"));
    if (status == STATUS_REFUSED)
        say_error("%s: %s", c->args[0], reason != NULL ? reason : "refused");
    else if (c->form != FORM_TEXT)
        print_object(c, answer);
    else if (changed != NULL && *changed == '\0')
        printf("%s: nothing is new\n", c->args[0]);
    else if (changed != NULL)
        printf("%s: %s%s\n", c->args[0], c->dry_run ? "would be " : "", changed);
    else
        printf("%s: %s%s\n", c->args[0], c->dry_run ? "would be " : "", done);
    json_decref(answer);
    return status;
}

static enum status
run_row_verb(struct cli *c, const char *verb, json_t *fields, const char *done)
{
    json_t *arguments;

    if (fields == NULL)
        return STATUS_USAGE;
    arguments = json_pack("{s:s, s:s, s:o}", "kind", kind_of(c), "name", c->args[0],
                          "fields", fields);
    if (strcmp(verb, "registry.add") != 0)
        cli_pass_option(c, arguments, "at", "--at");
    return run_verb(c, verb, arguments, done);
}

enum status
run_registry_add(struct cli *c)
{
    return run_row_verb(c, "registry.add", read_fields(c), "added");
}

enum status
run_registry_set(struct cli *c)
{
    return run_row_verb(c, "registry.set", read_fields(c), "changed");
}

enum status
run_registry_close(struct cli *c)
{
    return run_row_verb(c, "registry.close", json_object(), "closed");
}

/* ---- protect and hold: two fields with names of their own ---- */

static enum status
set_pair(struct cli *c, const char *what, const char *option, const char *until)
{
    const char *why = cli_option(c, option), *end = cli_option(c, "--until");
    json_t *fields = json_object();

    json_object_set_new(fields, what, json_string(why == NULL ? "" : why));
    json_object_set_new(fields, until, json_string(why == NULL || end == NULL ? "" : end));
    return run_verb(c, "registry.set",
                    json_pack("{s:s, s:s, s:o}", "kind", "accounts", "name", c->args[0],
                              "fields", fields),
                    "changed");
}

enum status
run_account_protect(struct cli *c)
{
    return set_pair(c, "protected", "--kind", "protected_until");
}

enum status
run_account_hold(struct cli *c)
{
    return set_pair(c, "hold", "--reason", "hold_until");
}

enum status
run_account_note(struct cli *c)
{
    return run_verb(c, "account.note",
                    json_pack("{s:s, s:s}", "account", c->args[0], "text", c->args[1]),
                    "noted");
}

/* ---- moving ---- */

static enum status
move(struct cli *c, const char *verb, const char *done)
{
    json_t *arguments;

    if (cli_option(c, "--read") == NULL) {
        say_error("expected --read: what the meter showed");
        return STATUS_USAGE;
    }
    arguments = json_pack("{s:s}", "account", c->args[0]);
    cli_pass_option(c, arguments, "meter", "--meter");
    cli_pass_option(c, arguments, "reading", "--read");
    cli_pass_option(c, arguments, "at", "--date");
    cli_pass_option(c, arguments, "force", "--force");
    cli_pass_option(c, arguments, "rollover", "--rollover");
    return run_verb(c, verb, arguments, done);
}

enum status
run_move_in(struct cli *c)
{
    return move(c, "account.move_in", "moved in");
}

enum status
run_move_out(struct cli *c)
{
    return move(c, "account.move_out", "moved out");
}

enum status
run_meter_exchange(struct cli *c)
{
    const char *digits = cli_option(c, "--digits");
    bool other = cli_option(c, "--new") != NULL;
    json_t *arguments;

    if (cli_option(c, "--old-read") == NULL ||
        (cli_option(c, "--new-read") == NULL) == other) {
        say_error(
            "expected --old-read, and --new with --new-read when another meter comes");
        return STATUS_USAGE;
    }
    if (!other && cli_option(c, "--mult") == NULL) {
        say_error("expected --new, or --mult when the meter stays and its transformers go");
        return STATUS_USAGE;
    }
    arguments = json_pack("{s:s}", "old", c->args[0]);
    cli_pass_option(c, arguments, "new", "--new");
    cli_pass_option(c, arguments, "old_reading", "--old-read");
    cli_pass_option(c, arguments, "new_reading", "--new-read");
    cli_pass_option(c, arguments, "multiplier", "--mult");
    cli_pass_option(c, arguments, "at", "--at");
    cli_pass_option(c, arguments, "force", "--force");
    cli_pass_option(c, arguments, "rollover", "--rollover");
    if (digits != NULL)
        json_object_set_new(arguments, "digits", json_integer(atoi(digits)));
    return run_verb(c, "meter.exchange", arguments, "exchanged");
}

/* ---- phones ---- */

enum status
run_phone_set(struct cli *c)
{
    json_t *arguments =
        json_pack("{s:s, s:s}", "account", c->args[0], "number", c->args[1]);

    cli_pass_option(c, arguments, "role", "--role");
    return run_verb(c, "phone.set", arguments, "set");
}

enum status
run_phone_close(struct cli *c)
{
    return run_verb(c, "phone.close",
                    json_pack("{s:s, s:s}", "account", c->args[0], "number", c->args[1]),
                    "closed");
}

/* ---- show: a row of the list, and what is in it ---- */

static const struct {
    const char *kind, *list, *title;
    struct column members[TABLE_COLUMNS_MAX];
} shows[] = {
    {"concentrators",
     "meters_behind",
     "Meters behind it",
     {{"meter", "meter", CELL_TEXT, false},
      {"account", "account", CELL_TEXT, false},
      {"address", "address", CELL_TEXT, false},
      {"last_reading_at", "last reading", CELL_TIME, false}}},
    {"collectors",
     "meters_behind",
     "Meters behind it",
     {{"meter", "meter", CELL_TEXT, false},
      {"account", "account", CELL_TEXT, false},
      {"port", "port", CELL_NUMBER, false},
      {"pulse_constant", "pulses", CELL_NUMBER, false},
      {"last_reading_at", "last reading", CELL_TIME, false}}},
    {"groups",
     "group_members",
     "What is and was in it",
     {{"member", "member", CELL_TEXT, false},
      {"what", "what", CELL_TEXT, false},
      {"since", "since", CELL_TIME, false},
      {"until", "until", CELL_TIME, false}}},
    {"staff",
     "staff_requests",
     "What they asked for",
     {{"created_at", "asked", CELL_TIME, false},
      {"verb", "command", CELL_TEXT, false},
      {"arguments", "for", CELL_TEXT, true},
      {"state", "state", CELL_STATE, false},
      {"tries", "wrong codes", CELL_NUMBER, false}}},
    {"points",
     "point_installations",
     "Who and what was there",
     {{"account", "account", CELL_TEXT, false},
      {"meter", "meter", CELL_TEXT, false},
      {"installed_at", "from", CELL_TIME, false},
      {"removed_at", "to", CELL_TIME, false}}},
};

static json_t *
rows_about(struct cli *c, const char *list, int64_t limit, struct err *e)
{
    struct list_filter f = {.subject = c->args[0], .limit = limit};

    return list_array(c->desk->store, list, &f, c->desk->conf->decimals, e);
}

static void
print_show(const struct cli *c, size_t i, const json_t *object)
{
    const json_t *members = json_object_get(object, "members");
    struct column columns[TABLE_COLUMNS_MAX];
    const char *key;
    json_t *value;
    size_t n = 0;

    json_object_foreach ((json_t *)object, key, value) {
        if (strcmp(key, "members") != 0 && n < TABLE_COLUMNS_MAX)
            columns[n++] = (struct column){key, key, CELL_TEXT, false};
    }
    page_print(stdout, columns, n, object, LINE_COLUMNS, colour_wanted(stdout));
    if (json_array_size(members) == 0)
        return;
    printf("\n%s\n", shows[i].title);
    table_print(stdout, shows[i].members, columns_count(shows[i].members), members,
                LINE_COLUMNS, colour_wanted(stdout));
    (void)c;
}

enum status
run_registry_show(struct cli *c)
{
    const char *kind = kind_of(c);
    json_t *rows, *object, *members = NULL;
    struct err e;
    size_t i = 0;

    while (strcmp(shows[i].kind, kind) != 0)
        i++;
    if (!session_read(c))
        return STATUS_FAILED;
    if ((rows = rows_about(c, kind, 1, &e)) == NULL)
        return say_failure(&e);
    object = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    if (object == NULL)
        err_set(&e, FAIL_REJECT, "there is no '%.60s' among the %s", c->args[0], kind);
    if (object == NULL || (members = rows_about(c, shows[i].list, 10000, &e)) == NULL) {
        json_decref(object);
        return say_failure(&e);
    }
    json_object_set_new(object, "members", members);
    if (c->form == FORM_TEXT)
        print_show(c, i, object);
    else
        print_object(c, object);
    json_decref(object);
    return STATUS_DONE;
}

/* quarantine.c - messages that nobody understood: read again, or put away for good. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The messages that the command names into {"ids": [...]} or {"all": true}. NULL: said. */
static json_t *
named_messages(struct cli *c)
{
    json_t *arguments, *ids = json_array();
    bool all = cli_option(c, "--all") != NULL;

    for (size_t i = 0; i < c->count; i++) {
        char *end;
        long long id = strtoll(c->args[i], &end, 10);

        if (*c->args[i] == '\0' || *end != '\0' || id <= 0) {
            say_error("'%s' is no number of a message", c->args[i]);
            json_decref(ids);
            return NULL;
        }
        json_array_append_new(ids, json_integer(id));
    }
    if (all == (c->count > 0)) {
        say_error("name messages by their number, or say --all");
        json_decref(ids);
        return NULL;
    }
    arguments = json_pack("{s:o, s:b}", "ids", ids, "all", all);
    json_object_set_new(arguments, "dry_run", json_boolean(c->dry_run));
    return arguments;
}

static enum status
change(struct cli *c, const char *verb, json_t *arguments, const char *done)
{
    json_t *answer = NULL;
    enum status status = session_run(c, verb, arguments, &answer);

    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        printf("%lld %s%s\n",
               (long long)json_integer_value(json_object_get(answer, "messages")),
               c->dry_run ? "would be " : "", done);
    json_decref(answer);
    return status;
}

enum status
run_quarantine_replay(struct cli *c)
{
    json_t *arguments = named_messages(c);

    return arguments == NULL ? STATUS_USAGE
                             : change(c, "quarantine.replay", arguments, "read again");
}

enum status
run_quarantine_drop(struct cli *c)
{
    const char *reason = cli_option(c, "--reason");
    json_t *arguments;

    if (reason == NULL || *reason == '\0') {
        say_error("say why with --reason \"...\": it is kept with the message");
        return STATUS_USAGE;
    }
    arguments = named_messages(c);
    if (arguments == NULL)
        return STATUS_USAGE;
    json_object_set_new(arguments, "reason", json_string(reason));
    return change(c, "quarantine.drop", arguments, "put away");
}

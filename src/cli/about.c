/* about.c - help and version. */
#include "lists.h"

#include "meterpost/base/text.h"
#include "meterpost/base/yaml.h"

#include <stdio.h>

static enum status
unknown_help(struct cli *c)
{
    struct cli other;
    struct err e;
    char *line[8] = {"meterpost"};
    int n = 1;

    for (size_t i = 0; i < c->count && n < 7; i++)
        line[n++] = (char *)c->args[i];
    if (!parse_line(n, line, &other, &e))
        say_error("%s", e.text);
    parse_finish(&other);
    return STATUS_USAGE;
}

/* The table whole, for programs. */
static void
print_table(struct cli *c)
{
    json_t *all = json_array();

    for (size_t i = 0; i < command_count(); i++) {
        const struct command *k = command_at(i);
        json_t *options = json_array();

        for (const struct option *o = k->options; o->name != NULL; o++)
            json_array_append_new(options, json_pack("{s:s, s:s?, s:s}", "option", o->name,
                                                     "value", o->value, "help", o->help));
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:o}", "area",
                                             k->area, "command", k->words, "arguments",
                                             k->arguments, "summary", k->summary, "text",
                                             k->text, "example", k->example, "options",
                                             options));
    }
    print_array(c, NULL, 0, all);
    json_decref(all);
}

enum status
run_help(struct cli *c)
{
    if (c->form != FORM_TEXT && c->count == 0)
        print_table(c);
    else if (c->count == 0)
        help_all();
    else if (!help_words(c->args, c->count))
        return unknown_help(c);
    return STATUS_DONE;
}

enum status
run_version(struct cli *c)
{
    if (c->form == FORM_JSON)
        printf("{\"program\": \"meterpost\", \"version\": \"%s\", \"database\": %d}\n",
               METERPOST_VERSION, STORE_VERSION);
    else
        printf("meterpost %s\n", METERPOST_VERSION);
    return STATUS_DONE;
}

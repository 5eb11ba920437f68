/* about.c - help and version. */
#include "cli.h"

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

enum status
run_help(struct cli *c)
{
    if (c->count == 0)
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

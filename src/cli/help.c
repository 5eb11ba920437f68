#include "cli.h"

#include "phrase.h"
#include "table.h"

#include <stdio.h>
#include <string.h>

#define INDENT       2
#define OPTION_WIDTH 24
#define USAGE_WIDTH  31 /* columns before the summary of a command */

static const char general_options[] =
    "  --config FILE  settings (else METERPOST_CONFIG, else "
    "/etc/meterpost/meterpost.yaml)\n"
    "  --json, --csv  for programs: JSON with decimal strings and ISO times, or CSV\n"
    "  --dry-run      try a change and undo it\n"
    "  --yes          change many things without asking\n"
    "  --quiet        no notes beside the output\n"
    "Exit status: 0 done, 1 failed or nothing found, 2 wrong usage, 3 refused by a guard,\n"
    "4 waits for an approval, 5 done in part.\n";

/* "round start NAME [METER...]" */
static int
print_usage(const struct command *c)
{
    return printf("%s%s%s", c->words, *c->arguments == '\0' ? "" : " ", c->arguments);
}

static void
print_line(const struct command *c, int column)
{
    int used;

    printf("%*s", INDENT, "");
    used = print_usage(c);
    if (used > column)
        printf("\n%*s", INDENT + column, "");
    else
        printf("%*s", column - used, "");
    printf("  %s\n", phrase(c->summary));
}

/* The commands of an area, from wherever in the table. */
static void
print_area(const char *area)
{
    printf("\n%s\n", phrase(area));
    for (size_t i = 0; i < command_count(); i++) {
        if (strcmp(command_at(i)->area, area) == 0)
            print_line(command_at(i), USAGE_WIDTH);
    }
}

/* Is row i the first one of its area? */
static bool
begins_area(size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(command_at(k)->area, command_at(i)->area) == 0)
            return false;
    }
    return true;
}

void
help_all(void)
{
    printf("%s\n%s: meterpost [OPTION...] COMMAND [ARGUMENT...]\n",
           phrase("Meterpost reads meters by text message, bills and answers."),
           phrase("Usage"));
    for (size_t i = 0; i < command_count(); i++) {
        if (begins_area(i))
            print_area(command_at(i)->area);
    }
    printf("\n%s\n%s\n%s\n", phrase("Options, anywhere on the line"), general_options,
           phrase("meterpost help COMMAND tells more and has an example that works."));
}

/* Text in lines of at most LINE_COLUMNS, broken at spaces; line feeds are kept. It begins
 * at column `indent`, and so do its further lines. */
static void
print_wrapped(const char *text, int indent)
{
    size_t column = 0, most = (size_t)(LINE_COLUMNS - 8 - indent);

    while (*text != '\0') {
        size_t n = strcspn(text, " \n");

        if (column > 0 && column + 1 + n > most)
            column = (size_t)(printf("\n%*s", indent, "") - indent - 1);
        if (column > 0 && n > 0)
            column += (size_t)printf(" ");
        column += (size_t)printf("%.*s", (int)n, text);
        text += n;
        if (*text == '\n')
            column = (size_t)(printf("\n%*s", indent, "") - indent - 1);
        text += *text != '\0';
    }
    putchar('\n');
}

void
help_command(const struct command *command)
{
    printf("%s: meterpost ", phrase("Usage"));
    print_usage(command);
    printf("%s\n\n%s.\n", command->options[0].name != NULL ? " [OPTION...]" : "",
           phrase(command->summary));
    if (command->text != NULL)
        print_wrapped(command->text, 0);
    if (command->options[0].name != NULL)
        printf("\n%s\n", phrase("Options"));
    for (const struct option *o = command->options; o->name != NULL; o++) {
        int used = printf("  %s %s", o->name, o->value == NULL ? "" : o->value);

        if (used > OPTION_WIDTH - 2)
            used = printf("\n") - 1;
        printf("%*s", OPTION_WIDTH - used, "");
        print_wrapped(o->help, OPTION_WIDTH);
    }
    printf("\n%s\n  meterpost %s\n", phrase("Example"), command->example);
}

bool
help_words(const char *const *words, size_t n)
{
    bool whole, some = false;

    for (size_t i = 0; i < command_count(); i++) {
        if (!command_begins(command_at(i), words, n, &whole))
            continue;
        if (whole) {
            help_command(command_at(i));
            return true;
        }
        some = true;
        print_line(command_at(i), USAGE_WIDTH);
    }
    return some;
}

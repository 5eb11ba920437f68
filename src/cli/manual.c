/* manual.c - the manual page meterpost(1), out of the table of commands. */
#include "cli.h"
#include "file.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text of a manual page: what troff would take for itself is escaped. */
static void
put(const char *text)
{
    bool begins = true;

    for (; *text != '\0'; text++) {
        if (begins && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
        begins = *text == '\n';
    }
}

static void
line(const char *macro, const char *text)
{
    printf(".%s ", macro);
    put(text);
    putchar('\n');
}

static void
print_command(const struct command *c)
{
    fputs(".TP\n.B ", stdout);
    put(c->words);
    if (*c->arguments != '\0') {
        fputs(" \\fI", stdout);
        put(c->arguments);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    putchar(toupper((unsigned char)c->summary[0]));
    put(c->summary + 1);
    puts(".");
    if (c->text != NULL) {
        put(c->text);
        putchar('\n');
    }
    for (const struct option *o = c->options; o->name != NULL; o++) {
        fputs(".br\n\\fB", stdout);
        put(o->name);
        printf("\\fR%s\\fI", o->value == NULL ? "" : " ");
        put(o->value == NULL ? "" : o->value);
        fputs("\\fR: ", stdout);
        put(o->help);
        putchar('\n');
    }
    fputs(".br\nExample: \\fBmeterpost ", stdout);
    put(c->example);
    puts("\\fR");
}

static void
print_area(const char *area)
{
    char heading[120];
    size_t n = 0;

    for (; area[n] != '\0' && n + 1 < sizeof(heading); n++)
        heading[n] = (char)toupper((unsigned char)area[n]);
    heading[n] = '\0';
    line("SH", heading);
    for (size_t i = 0; i < command_count(); i++) {
        if (strcmp(command_at(i)->area, area) == 0)
            print_command(command_at(i));
    }
}

static const char begin[] =
    ".TH METERPOST 1 \"\" \"Meterpost " METERPOST_VERSION "\" \"Meterpost\"\n"
    ".SH NAME\n"
    "meterpost \\- read meters by text message, bill, take payments\n"
    ".SH SYNOPSIS\n"
    ".B meterpost\n"
    "[\\fIOPTION\\fR...] \\fICOMMAND\\fR [\\fIARGUMENT\\fR...]\n"
    ".SH DESCRIPTION\n"
    "The command line of an operator. It reads the database by itself; a change is sent "
    "to\n"
    "the engine,\n"
    ".BR meterpostd (8),\n"
    "or, while none runs, made here under its lock.\n"
    "A subject may be given by account, meter, phone or bill where that is unambiguous.\n"
    ".SH OPTIONS\n"
    ".TP\n.BR \\-c \", \" \\-\\-config \" \\fIFILE\\fR\"\n"
    "The settings; else the variable METERPOST_CONFIG, else "
    "/etc/meterpost/meterpost.yaml.\n"
    ".TP\n.BR \\-\\-json \", \" \\-\\-csv\n"
    "For programs: JSON with decimal strings and ISO times, or CSV.\n"
    ".TP\n.BR \\-n \", \" \\-\\-dry\\-run\nTry a change and undo it.\n"
    ".TP\n.BR \\-y \", \" \\-\\-yes\nChange many things without asking.\n"
    ".TP\n.BR \\-q \", \" \\-\\-quiet\nNo notes beside the output.\n"
    ".TP\n.BR \\-h \", \" \\-\\-help\nExplain the command.\n";

static const char end[] =
    ".SH EXIT STATUS\n"
    "0 done; 1 failed, or nothing found; 2 wrong usage; 3 refused by a guard; 4 waits for "
    "an\n"
    "approval; 5 done in part.\n"
    ".SH FILES\n"
    ".TP\n.I /etc/meterpost/meterpost.yaml\nthe settings\n"
    ".TP\n.I /var/lib/meterpost/meterpost.db\nthe database, and backups beside it\n"
    ".TP\n.I /run/meterpost/control.sock\nwhere the engine listens\n"
    ".SH SEE ALSO\n"
    ".BR meterpostd (8),\n.BR meterpost.yaml (5),\n.BR meterpost\\-carrier (5),\n"
    ".BR meterpost\\-csv (5),\n.BR meterpost\\-device (5),\n"
    ".BR meterpost\\-payments (5),\n.BR meterpost\\-policy (5),\n"
    ".BR meterpost\\-profile (5),\n.BR meterpost\\-tariff (5),\n"
    ".BR meterpost\\-words (5)\n";

static const char settings_begin[] =
    ".TH METERPOST.YAML 5 \"\" \"Meterpost " METERPOST_VERSION "\" \"Meterpost\"\n"
    ".SH NAME\n"
    "meterpost.yaml \\- the settings of Meterpost\n"
    ".SH DESCRIPTION\n"
    "YAML. This is the file as it is shipped: every setting, with its default where it may "
    "be\n"
    "left out.\n"
    ".B meterpost check\n"
    "names every fault with line and column;\n"
    ".B systemctl reload meterpost\n"
    "takes changes over, or leaves everything as it was when one is wrong.\n"
    ".SH SETTINGS\n.nf\n";

static const char settings_end[] = ".fi\n.SH FILES\n.I /etc/meterpost/meterpost.yaml\n"
                                   ".SH SEE ALSO\n.BR meterpost (1),\n.BR meterpostd (8)\n";

/* meterpost.yaml(5): the shipped file, which explains every setting. */
static enum status
print_settings(void)
{
    char share[PATH_MAX], path[PATH_MAX + 32];
    struct err e;
    char *text;
    size_t n;

    if (!file_share(share, sizeof(share), &e))
        return say_failure(&e);
    snprintf(path, sizeof(path), "%s/conf/meterpost.yaml", share);
    if ((text = file_read(path, &n, &e)) == NULL)
        return say_failure(&e);
    fputs(settings_begin, stdout);
    put(text);
    fputs(settings_end, stdout);
    free(text);
    return STATUS_DONE;
}

enum status
run_manual(struct cli *c)
{
    const char *page = cli_arg(c, 0);

    if (page != NULL && strcmp(page, "settings") == 0)
        return print_settings();
    if (page != NULL && strcmp(page, "commands") != 0) {
        say_error("the pages are commands and settings, not '%.40s'", page);
        return STATUS_USAGE;
    }
    fputs(begin, stdout);
    for (size_t i = 0; i < command_count(); i++) {
        size_t k = 0;

        while (k < i && strcmp(command_at(k)->area, command_at(i)->area) != 0)
            k++;
        if (k == i) /* the first of its area */
            print_area(command_at(i)->area);
    }
    fputs(end, stdout);
    return STATUS_DONE;
}

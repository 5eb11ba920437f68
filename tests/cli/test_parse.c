#include "cli/cli.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 16

/* Cut a line at spaces ("" quotes one word) into an argv that begins with the program. */
static int
cut(char *line, char **argv)
{
    int n = 0;

    argv[n++] = "meterpost";
    while (*line != '\0' && n < WORDS_MAX) {
        char end = *line == '"' ? '"' : ' ';

        line += end == '"';
        argv[n++] = line;
        line = strchr(line, end);
        if (line == NULL)
            break;
        *line++ = '\0';
        line += strspn(line, " ");
    }
    return n;
}

static bool
parse(const char *text, struct cli *c, struct err *e)
{
    static char line[300];
    char *argv[WORDS_MAX + 1] = {NULL};

    snprintf(line, sizeof(line), "%s", text);
    return parse_line(cut(line, argv), argv, c, e);
}

Test(parse, a_reply_that_begins_with_a_dash_is_no_option)
{
    struct cli c;
    struct err e;

    cr_assert(parse("try sms abb-aquamaster3 \"-AquaMaster 3; Flow=1 l/s;\"", &c, &e), "%s",
              e.text);
    cr_expect_str_eq(cli_arg(&c, 1), "-AquaMaster 3; Flow=1 l/s;");
    parse_finish(&c);
}

Test(parse, options_stand_anywhere_behind_the_words)
{
    static const char *const lines[] = {
        "reading list 1042 --state held --json",
        "--json reading list --state=held 1042",
        "reading --json list --state held -- 1042",
        "-c x.yaml reading list 1042 --state held --json",
    };
    struct cli c;
    struct err e;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        cr_expect(parse(lines[i], &c, &e), "%s: %s", lines[i], e.text);
        cr_expect_str_eq(c.command->words, "reading list", "%s", lines[i]);
        cr_expect_eq(c.form, FORM_JSON, "%s", lines[i]);
        cr_expect_eq(c.count, 1, "%s", lines[i]);
        cr_expect_str_eq(cli_arg(&c, 0), "1042", "%s", lines[i]);
        cr_expect_str_eq(cli_option(&c, "--state"), "held", "%s", lines[i]);
        cr_expect_null(cli_option(&c, "--from"), "%s", lines[i]);
        parse_finish(&c);
    }
}

Test(parse, wrong_usage_is_told_with_what_was_meant)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"", "what shall be done"},
        {"reeding list", "is 'reading' meant"},
        {"reading lst", "is 'reading list' meant"},
        {"reading", "after 'reading' comes one of"},
        {"xyzzy", "see meterpost help"},
        {"reading list --sate held", "is --state meant"},
        {"reading list --xyzzy", "see meterpost help reading list"},
        {"reading list 1 2", "'2' is too much"},
        {"modem list x", "takes no arguments"},
        {"try text", "something is missing: meterpost try text TEXT"},
        {"reading list --state", "--state needs a value"},
        {"--json=yes reading list", "takes no value"},
        {"--state held reading list", "must stand behind the command"},
        {"--jsn reading list", "is --json meant"},
        {"reading list --config", "needs a file"},
        {"try text \"\xff\"", "not UTF-8"},
    };
    struct cli c;
    struct err e;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_expect_not(parse(cases[i].line, &c, &e), "'%s' was taken", cases[i].line);
        cr_expect_not_null(strstr(e.text, cases[i].want), "'%s': got '%s', want '%s'",
                           cases[i].line, e.text, cases[i].want);
        parse_finish(&c);
    }
}

Test(parse, a_value_has_the_form_that_its_word_promises)
{
    static const struct {
        const char *line, *want; /* "": it is right */
    } cases[] = {
        {"bill issue 2026-13", "MONTH '2026-13': expected a month such as 2026-10"},
        {"bill issue october", "expected a month"},
        {"bill issue 2026-12", ""},
        {"pay add 1042 5,00", "AMOUNT '5,00': expected an amount"},
        {"pay add 1042 -- -5", "expected an amount"},
        {"pay add 1042 1e3", "expected an amount"},
        {"pay add 1042 500.00", ""},
        {"hold accept 17 18 x", "ID 'x': expected a number"},
        {"hold accept 17 18", ""},
        {"cut approve B3", "BATCH 'B3': expected a batch's number"},
        {"reading list --limit many", "--limit 'many': expected a number"},
        {"reading list --limit -1", "--limit '-1': expected a number"},
        {"reading list --from yesterday", "expected a day or time"},
        {"reading list --from 2026-02-30", "expected a day or time"},
        {"reading list --from 2026-02-28T23:59", ""},
        {"read 1042 --wait soon", "--wait 'soon': expected a time such as 30s"},
        {"sim cut --loss 101", "expected a percentage from 0 to 100"},
        {"sim cut --loss 100 --delay 0s", ""},
        {"report revenue --month 2026", "expected a month"},
        {"loss --period 2026-10", ""},
        {"loss --period 2026-10-03", ""},
        {"loss --period 2026-10-01..2026-10-08", ""},
        {"loss --period 2026-10-01..soon",
         "--period '2026-10-01..soon': expected 2026-10,"},
        {"account show 1042", ""},
        {"reading add 1042 abc", "VALUE 'abc'"},
        {"relay weather -3.5", ""},
        {"read 1042 --via pigeon", "--via 'pigeon': expected one of sms, bus"},
        {"read 1042 --via bus", ""},
        {"reading list --state hled", "--state 'hled': is held meant?"},
        {"order list --state open", ""},
        {"relay flag kil on", "'kil': is kill meant?"},
        {"relay flag kill maybe", "'maybe': expected one of on, off"},
        {"relay flag kill on", ""},
        {"phone list 0722000001", ""}, /* ACCOUNT|NUMBER are no choices */
    };
    struct cli c;
    struct err e;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool good = parse(cases[i].line, &c, &e);

        cr_expect_eq(good, *cases[i].want == '\0', "%s", cases[i].line);
        cr_expect(good || strstr(e.text, cases[i].want) != NULL, "%s: got '%s', want '%s'",
                  cases[i].line, e.text, cases[i].want);
        parse_finish(&c);
    }
}

Test(parse, a_dash_and_a_negative_number_are_arguments)
{
    struct cli c;
    struct err e;

    cr_expect(parse("try text -", &c, &e), "%s", e.text);
    cr_expect_str_eq(cli_arg(&c, 0), "-");
    parse_finish(&c);
    cr_expect(parse("try text -12.50", &c, &e), "%s", e.text);
    cr_expect_str_eq(cli_arg(&c, 0), "-12.50");
    parse_finish(&c);
}

Test(parse, an_option_may_be_cut_short_where_only_one_begins_so)
{
    struct cli c;
    struct err e;

    cr_expect(parse("reading list --stat=held", &c, &e), "%s", e.text);
    cr_expect_str_eq(cli_option(&c, "--state"), "held");
    parse_finish(&c);
    cr_expect(parse("pay add 1 2 --ref R1", &c, &e), "%s", e.text);
    cr_expect_str_eq(cli_option(&c, "--reference"), "R1");
    parse_finish(&c);
}

Test(parse, help_can_be_asked_at_any_point)
{
    static const char *const lines[] = {"--help", "reading --help", "reading list -h",
                                        "try text --help"};
    struct cli c;
    struct err e;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        cr_expect(parse(lines[i], &c, &e), "%s: %s", lines[i], e.text);
        cr_expect(c.help, "%s", lines[i]);
        parse_finish(&c);
    }
}

Test(parse, every_example_of_the_help_is_right)
{
    struct cli c;
    struct err e;

    for (size_t i = 0; i < command_count(); i++) {
        const struct command *want = command_at(i);

        cr_expect(parse(want->example, &c, &e), "%s: %s", want->example, e.text);
        cr_expect_eq(c.command, want, "the example of '%s' is of another", want->words);
        cr_expect_lt(strlen(want->words) + strlen(want->arguments) + 13, LINE_COLUMNS);
        cr_expect_neq(want->summary[strlen(want->summary) - 1], '.', "%s", want->words);
        parse_finish(&c);
    }
}

Test(parse, no_command_begins_with_the_words_of_another)
{
    for (size_t i = 0; i < command_count(); i++) {
        for (size_t j = 0; j < command_count(); j++) {
            size_t n = strlen(command_at(i)->words);

            cr_expect(
                i == j || strncmp(command_at(i)->words, command_at(j)->words, n) != 0 ||
                    (command_at(j)->words[n] != ' ' && command_at(j)->words[n] != '\0'),
                "'%s' and '%s'", command_at(i)->words, command_at(j)->words);
        }
    }
}

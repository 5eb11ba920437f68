/* main.c - `meterpost`, the operator's command line. */
#include "cli.h"
#include "phrase.h"

#include "meterpost/base/log.h"

#include <signal.h>
#include <stdio.h>

static enum status
run(struct cli *c)
{
    enum status status;

    if (c->help) {
        if (c->command != NULL)
            help_command(c->command);
        else if (c->count == 0 || !help_words(c->args, c->count))
            help_all();
        return STATUS_DONE;
    }
    status = c->command->run(c);
    session_end(c);
    return status;
}

int
main(int argc, char **argv)
{
    struct cli c;
    struct err e;
    enum status status = STATUS_USAGE;

    signal(SIGPIPE, SIG_DFL);
    log_set_level(LOG_LEVEL_WARN);
    phrase_language(NULL);
    if (parse_line(argc, argv, &c, &e))
        status = run(&c);
    else
        say_error("%s", e.text);
    parse_finish(&c);
    if (fflush(stdout) != 0 && status == STATUS_DONE) {
        say_error("the output could not be written");
        status = STATUS_FAILED;
    }
    return (int)status;
}

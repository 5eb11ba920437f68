#include "cli.h"

#include <stdio.h>
#include <unistd.h>

static bool
tell_problems(const struct cli *c, struct problems *p)
{
    problems_print(p, stderr);
    say_error("the configuration %s cannot be used", c->config);
    problems_free(p);
    return false;
}

bool
session_settings(struct cli *c)
{
    struct problems p = {0};

    if (c->desk != NULL)
        return true;
    c->desk = desk_load_settings(c->config, &p);
    return c->desk != NULL || tell_problems(c, &p);
}

bool
session_desk(struct cli *c)
{
    struct problems p = {0};

    desk_free(c->desk);
    c->desk = desk_load(c->config, &p);
    return c->desk != NULL || tell_problems(c, &p);
}

bool
session_read(struct cli *c)
{
    struct err e;

    if (!session_settings(c))
        return false;
    if (c->desk->store != NULL || desk_open_store(c->desk, STORE_READ, &e))
        return true;
    say_failure(&e);
    if (access(c->desk->conf->database, F_OK) != 0)
        say_note(c, "make it with: meterpost --config %s init", c->config);
    return false;
}

void
session_end(struct cli *c)
{
    desk_free(c->desk);
    c->desk = NULL;
}

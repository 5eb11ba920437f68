/* try_validate.c - `try validate`: what the rules of readings make of a case. */
#include "file.h"
#include "try.h"

#include "meterpost/base/conf.h"
#include "meterpost/metering/try_validate.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static json_t *
try_validate(void *settings, const json_t *in, struct err *e)
{
    return validate_try(in, settings, e);
}

/* The limits of the configuration where there is one, else those that are shipped. */
static bool
load_limits(struct cli *c, struct conf_validation *out)
{
    struct problems p = {0};
    struct conf conf = {0};
    char share[PATH_MAX], path[PATH_MAX];
    struct err e;

    if (c->config_given || access(c->config, F_OK) == 0) {
        if (!session_settings(c))
            return false;
        *out = c->desk->conf->validation;
        return true;
    }
    if (!file_share(share, sizeof(share), &e)) {
        say_failure(&e);
        return false;
    }
    if ((size_t)snprintf(path, sizeof(path), "%s/conf/meterpost.yaml", share) >=
            sizeof(path) ||
        !conf_load(path, &conf, &p)) {
        problems_print(&p, stderr);
        problems_free(&p);
        return false;
    }
    *out = conf.validation;
    conf_free(&conf);
    return true;
}

enum status
run_try_validate(struct cli *c)
{
    struct conf_validation settings;
    json_t *in;
    struct err e;

    if (!load_limits(c, &settings))
        return STATUS_FAILED;
    if (try_is_lines(c))
        return try_lines(try_validate, &settings);
    if ((in = file_json(c->args[0], &e)) == NULL)
        return say_failure(&e);
    return try_once(c, try_validate, &settings, in);
}

/*
 * reload.c - what people write, read again on SIGHUP: all of it is good, or nothing
 * changes.
 */
#include "buses.h"

#include <string.h>

static void
say_problems(const struct problems *p)
{
    char line[PROBLEM_FILE_MAX + PROBLEM_TEXT_MAX + 32];

    for (size_t i = 0; i < p->count; i++)
        log_error("reload", "%s", problem_print(&p->at[i], line, sizeof(line)));
}

static void
warn_of_fixed(const struct conf *old, const struct conf *new)
{
    if (strcmp(old->database, new->database) != 0 ||
        strcmp(old->run_dir, new->run_dir) != 0)
        log_warn("reload", "database and run_dir change only when the engine is restarted");
}

static bool
note_change(struct engine *en, struct err *e)
{
    struct store *s = en->desk->store;

    if (!store_begin(s, e))
        return false;
    if (settings_note(en, e))
        return store_commit(s, e);
    store_rollback(s);
    return false;
}

void
engine_reload(struct engine *en)
{
    struct problems p = {0};
    struct desk *old = en->desk, *fresh = desk_load(en->config, &p);
    struct err e;

    say_problems(&p);
    problems_free(&p);
    if (fresh == NULL) {
        log_error("reload", "%s is not taken over: the old settings stay", en->config);
        return;
    }
    warn_of_fixed(old->conf, fresh->conf);
    fresh->store = old->store;
    fresh->now = old->now;
    old->store = NULL;
    en->desk = fresh;
    log_set_level(fresh->conf->log_level);
    if (!note_change(en, &e) || !modems_configure(en, &e) || !buses_configure(en, &e))
        log_error("reload", "%s", e.text);
    desk_free(old);
    log_info("reload", "%s is in force", en->config);
}

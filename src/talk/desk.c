#include "meterpost/talk/desk.h"

#include "meterpost/sms/outbox.h"
#include "meterpost/sms/segment.h"
#include "meterpost/store/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct desk *
desk_create(struct problems *p, const char *path)
{
    struct desk *d = calloc(1, sizeof(*d));

    if (d != NULL) {
        d->conf = calloc(1, sizeof(*d->conf));
        d->tariffs = calloc(1, sizeof(*d->tariffs));
    }
    if (d != NULL && d->conf != NULL && d->tariffs != NULL)
        return d;
    problems_add(p, path, 0, 0, "out of memory");
    desk_free(d);
    return NULL;
}

void
desk_free(struct desk *d)
{
    if (d == NULL)
        return;
    store_close(d->store);
    words_free(d->words);
    profiles_free(d->profiles);
    templates_close(d->templates);
    notices_free(d->notices);
    bus_kinds_free(d->kinds);
    carriers_free(d->carriers);
    free(d->policy);
    if (d->tariffs != NULL)
        tariff_set_free(d->tariffs);
    free(d->tariffs);
    if (d->conf != NULL)
        conf_free(d->conf);
    free(d->conf);
    free(d);
}

struct faults {
    const char *folder;
    struct problems *problems;
};

/* The number at *at and the colon behind it; 0 when there is none. */
static unsigned
take_place(const char **at)
{
    char *end;
    unsigned long n = strtoul(*at, &end, 10);

    if (end == *at || *end != ':' || n > 1000000)
        return 0;
    *at = end + 1;
    return (unsigned)n;
}

/* "file:line:column: text" with its place, anything else as of the folder. */
static void
note_fault(void *arg, const char *text)
{
    struct faults *f = arg;
    const char *colon = strchr(text, ':'), *at = colon == NULL ? text : colon + 1;
    unsigned line = take_place(&at), column = take_place(&at);
    char file[PROBLEM_FILE_MAX];

    if (line == 0 || column == 0) {
        problems_add(f->problems, f->folder, 0, 0, "%s", text);
        return;
    }
    snprintf(file, sizeof(file), "%.*s", (int)(colon - text), text);
    problems_add(f->problems, file, line, column, "%s", at + strspn(at, " "));
}

/* A text that could not be sent is found now, and not on the day of the bills. */
static void
check_length(void *arg, const char *language, const char *name, const char *text)
{
    char fault[300];
    struct segments plan;
    struct err e;

    if (segment_plan(text, &plan, &e))
        return;
    snprintf(fault, sizeof(fault), "%s/%s with its longest values: %s", language, name,
             e.text);
    note_fault(arg, fault);
}

static void
look_at_templates(struct desk *d, struct faults *f)
{
    if (templates_check(d->templates, note_fault, f) == 0)
        templates_longest(d->templates, check_length, f);
}

static void
load_templates(struct desk *d, struct problems *p)
{
    struct faults f = {d->conf->paths.templates, p};
    struct err e;

    if (templates_open(f.folder, d->conf->utility.language, &d->templates, &e))
        look_at_templates(d, &f);
    else
        note_fault(&f, e.text);
}

/* A modem must not name a carrier that is not there. */
static void
load_carriers(struct desk *d, struct problems *p)
{
    d->carriers = carriers_load(d->conf->paths.carriers, d->conf->decimals, p);
    if (d->carriers == NULL)
        return;
    carriers_check_examples(d->carriers, p);
    for (int i = 0; i < d->conf->n_modems; i++) {
        const struct conf_modem *m = &d->conf->modems[i];

        if (m->carrier[0] != '\0' && carriers_find(d->carriers, m->carrier) == NULL)
            problems_add(p, d->conf->file, 0, 0, "modem %s: %s has no carrier '%s'",
                         m->name, d->conf->paths.carriers, m->carrier);
    }
}

/* Each file is read even when another one was wrong: people mend all faults in one go. */
static void
load_files(struct desk *d, struct problems *p)
{
    const struct conf_paths *paths = &d->conf->paths;

    d->words = words_load(paths->words, p);
    bus_kinds_load(paths->devices, paths->maps, &d->kinds, p);
    if (profiles_load(paths->profiles, &d->profiles, p))
        profiles_check_examples(d->profiles, p);
    d->notices = notices_load(paths->payments, p);
    if (d->notices != NULL)
        notices_check_examples(d->notices, p);
    load_carriers(d, p);
    d->policy = policy_load(d->conf, p);
    tariff_set_read(d->tariffs, paths->tariffs, p);
    load_templates(d, p);
}

static struct desk *
load(const char *path, bool whole, struct problems *p)
{
    struct desk *d = desk_create(p, path);
    size_t before = problems_total(p);
    struct err e;

    if (d == NULL)
        return NULL;
    if (conf_load(path, d->conf, p) && whole)
        load_files(d, p);
    if (problems_total(p) == before && !clock_zone_set(d->conf->utility.timezone, &e))
        problems_add(p, path, 0, 0, "%s", e.text);
    if (problems_total(p) == before) {
        outbox_rules_set(d->conf);
        if (d->words != NULL)
            words_allow_translit(d->words);
        return d;
    }
    desk_free(d);
    return NULL;
}

struct desk *
desk_load_settings(const char *path, struct problems *p)
{
    return load(path, false, p);
}

struct desk *
desk_load(const char *path, struct problems *p)
{
    return load(path, true, p);
}

bool
desk_open_store(struct desk *d, enum store_mode mode, struct err *e)
{
    int from;

    d->now = clock_now();
    if (mode == STORE_WRITE && strstr(d->conf->database, "://") == NULL &&
        !store_upgrade(d->conf->database, &from, e))
        return false;
    if (!store_open(d->conf->database, mode, &d->store, e))
        return false;
    if (mode == STORE_READ || desk_sign_audit(d->conf, d->store, false, d->now, e))
        return true;
    store_close(d->store);
    d->store = NULL;
    return false;
}

struct relay
desk_relay(const struct desk *d)
{
    return (struct relay){.store = d->store,
                          .conf = d->conf,
                          .policy = d->policy,
                          .profiles = d->profiles,
                          .templates = d->templates,
                          .kinds = d->kinds,
                          .now = d->now};
}

#include "inner.h"
#include "meterpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

struct rig *
rig_create(const struct rig_options *options, struct err *e)
{
    struct rig *r = calloc(1, sizeof(*r));
    const char *tmp = getenv("TMPDIR");
    char clock[RIG_PATH_MAX];
    utc_t start = 0;

    if (r == NULL)
        abort();
    r->control = -1;
    snprintf(r->dir, sizeof(r->dir), "%s/meterpost-rig-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    text_clip(r->village, sizeof(r->village),
              options->village == NULL ? TOP "/tests/emulator/village.json"
                                       : options->village);
    memcpy(r->modems, options->modems, sizeof(r->modems));
    if (r->modems[0] == NULL)
        r->modems[0] = "sim1:+254700000100";
    r->seed = options->seed;
    text_clip(r->profiles, sizeof(r->profiles),
              options->profiles == NULL ? TOP "/conf/profiles" : options->profiles);
    r->settings = options->settings == NULL ? "" : options->settings;
    if (mkdtemp(r->dir) == NULL) {
        err_set(e, FAIL_FATAL, "%s: %s", r->dir, strerror(errno));
        free(r);
        return NULL;
    }
    setenv("LC_ALL", "C.UTF-8", 1); /* gammu prints by the locale */
    unsetenv("METERPOST_CLOCK");
    r->by_hand = options->start != NULL;
    if (r->by_hand)
        setenv("METERPOST_CLOCK", rig_path(r, "clock", clock), 1);
    if (!clock_zone_set("Africa/Nairobi", e) ||
        (r->by_hand &&
         (!clock_parse(options->start, &start, e) || !clock_hand_set(clock, start, e)))) {
        rig_destroy(r);
        return NULL;
    }
    return r;
}

void
rig_destroy(struct rig *r)
{
    struct err e;

    if (r == NULL)
        return;
    rig_engine_kill(r);
    rig_emulator_stop(r, &e);
    if (getenv("METERPOST_RIG_KEEP") != NULL)
        fprintf(stderr, "rig: kept %s\n", r->dir);
    else
        nftw(r->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(r);
}

void
rig_village(struct rig *r, const char *path)
{
    text_clip(r->village, sizeof(r->village), path);
}

const char *
rig_dir(const struct rig *r)
{
    return r->dir;
}

const char *
rig_path(const struct rig *r, const char *name, char *out)
{
    snprintf(out, RIG_PATH_MAX, "%s/%s", r->dir, name);
    return out;
}

bool
rig_write(const struct rig *r, const char *name, const char *text, struct err *e)
{
    char path[RIG_PATH_MAX];
    FILE *f = fopen(rig_path(r, name, path), "we");
    bool ok;

    if (f == NULL)
        return err_set(e, FAIL_REJECT, "%s: %s", path, strerror(errno));
    ok = fputs(text, f) != EOF;
    ok = fclose(f) == 0 && ok;
    return ok || err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
}

bool
rig_clock_set(struct rig *r, utc_t now, struct err *e)
{
    char path[RIG_PATH_MAX];

    if (!r->by_hand)
        return err_set(e, FAIL_REJECT,
                       "this rig lives in real time: give rig_options.start");
    return clock_hand_set(rig_path(r, "clock", path), now, e);
}

bool
rig_config(const struct rig *r, const char *more, struct err *e)
{
    char yaml[32768];
    struct text t;

    text_init(&t, yaml, sizeof(yaml));
    text_addf(
        &t,
        "utility: {name: Kibo Water & Power, currency: KES, timezone: Africa/Nairobi,\n"
        "          country_code: \"254\", language: en,\n"
        "          phone: \"0700 123 456\", pay_code: \"555123\"}\n"
        "database: %s/meterpost.db\n"
        "run_dir: %s\n"
        "paths: {profiles: %s, tariffs: %s/conf/tariffs,\n"
        "        words: %s/conf/words, maps: %s/conf/maps, devices: %s/conf/devices,\n"
        "        carriers: %s/conf/carriers,\n"
        "        templates: %s/templates, policies: %s/conf/policies}\n"
        "modems:\n",
        r->dir, r->dir, r->profiles, TOP, TOP, TOP, TOP, TOP, TOP, TOP);
    for (size_t i = 0; i < RIG_MODEMS_MAX && r->modems[i] != NULL; i++) {
        int name = (int)strcspn(r->modems[i], ":");

        text_addf(&t,
                  "  - {%sname: %.*s, device: %s/%.*s, number: \"%s\",\n"
                  "     rate: 60000/min, daily_limit: 0, settle: 0%%}\n",
                  r->settings, name, r->modems[i], r->dir, name, r->modems[i],
                  r->modems[i] + name + 1);
    }
    text_add(&t, more);
    if (t.cut)
        return err_set(e, FAIL_REJECT, "the configuration is longer than %zu bytes",
                       sizeof(yaml));
    return rig_write(r, "meterpost.yaml", yaml, e);
}

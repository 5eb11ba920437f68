/* doctor.c - everything that can be wrong with an installation, in one go. */
#include "health.h"
#include "lists.h"
#include "phrase.h"

#include <stdio.h>
#include <string.h>

#define FAULTS_SHOWN 5

/* Settings, command words, profiles with their examples, tariffs, templates. */
static bool
look_at_files(struct cli *c, json_t *rows)
{
    struct problems p = {0};
    bool good;

    c->desk = desk_load(c->config, &p);
    good = problems_total(&p) == 0;
    if (c->desk != NULL)
        phrase_language(c->desk->conf->utility.language);
    for (size_t i = 0; i < p.count && i < FAULTS_SHOWN; i++) {
        char line[PROBLEM_FILE_MAX + PROBLEM_TEXT_MAX + 32];

        health_add(rows, "settings", HEALTH_BAD, "mend it: meterpost check tells all", "%s",
                   problem_print(&p.at[i], line, sizeof(line)));
    }
    problems_free(&p);
    if (good) {
        health_add(rows, "settings", HEALTH_OK, NULL,
                   "settings, words, payments, tariffs and templates are whole");
        health_add(rows, "profiles", HEALTH_OK, NULL, "all examples give what they say");
    }
    return good || session_settings(c);
}

static void
look_at_store(struct cli *c, json_t *rows)
{
    static health_check *const checks[] = {
        health_integrity, health_ledger,      health_audit, health_fence,
        health_backup,    health_second_copy, health_queue, health_alarms,
    };
    static const char *const mend[] = {
        [STORE_FILE_NONE] = "meterpost init",
        [STORE_FILE_NEWER] = "meterpost backup rollback",
        [STORE_FILE_DAMAGED] = "meterpost backup restore latest",
        [STORE_FILE_LOCKED] = "sudo meterpost doctor",
    };
    struct err e;

    if (!desk_open_store(c->desk, STORE_READ, &e)) {
        health_add(rows, "database", HEALTH_BAD,
                   mend[store_file_kind(c->desk->conf->database)], "%s", e.text);
        return;
    }
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
        checks[i](c, rows);
}

static void
look_at_machine(struct cli *c, json_t *rows)
{
    static health_check *const checks[] = {health_zone, health_clock,
                                           health_disk, health_permissions,
                                           health_key,  health_devices};
    json_t *status = health_ask_engine(c);

    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
        checks[i](c, rows);
    health_engine(c, rows, status);
    health_modems(c, rows, status);
    json_decref(status);
}

enum status
run_doctor(struct cli *c)
{
    json_t *rows = json_array();
    enum health worst;

    if (look_at_files(c, rows)) {
        look_at_store(c, rows);
        look_at_machine(c, rows);
    }
    worst = health_worst(rows);
    if (c->form == FORM_TEXT)
        health_print(rows);
    else
        print_array(c, NULL, 0, rows);
    json_decref(rows);
    if (c->form == FORM_TEXT)
        say_note(c, "%s",
                 phrase(worst == HEALTH_OK     ? "all is well"
                        : worst == HEALTH_WARN ? "nothing is broken; see the lines marked "
                                                 "warn"
                                               : "see the lines marked BAD"));
    return worst == HEALTH_BAD ? STATUS_FAILED : STATUS_DONE;
}

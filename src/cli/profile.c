/* profile.c - how meters speak: profiles listed, shown, checked and proposed. */
#include "cli.h"

#include "file.h"
#include "table.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/profile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the profiles at hand ---- */

/* Their folder: that of the configuration, else that of what is shipped. */
static bool
profiles_folder(struct cli *c, char *out, size_t size, struct err *e)
{
    char share[PATH_MAX];

    if (c->config_given || access(c->config, F_OK) == 0) {
        if (!session_settings(c))
            return err_set(e, FAIL_REJECT, "no profiles were loaded");
        return text_copy(out, size, c->desk->conf->paths.profiles) ||
               err_set(e, FAIL_REJECT, "the path of the profiles is too long");
    }
    if (!file_share(share, sizeof(share), e))
        return false;
    snprintf(out, size, "%s/conf/profiles", share);
    return true;
}

bool
session_profiles(struct cli *c, struct profiles **out)
{
    struct problems p = {0};
    char folder[PATH_MAX];
    struct err e;

    if (!profiles_folder(c, folder, sizeof(folder), &e)) {
        say_failure(&e);
        return false;
    }
    if (profiles_load(folder, out, &p))
        return true;
    problems_print(&p, stderr);
    problems_free(&p);
    return false;
}

/* ---- profile list, profile show ---- */

static bool
mentions(const json_t *profile, const char *word)
{
    static const char *const keys[] = {"profile", "name", "commodity", "source"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcasestr(json_string_value(json_object_get(profile, keys[i])), word) != NULL)
            return true;
    }
    return false;
}

/* A row of the list: the actions by name, the rest of a profile that fits a line. */
static json_t *
row_of(const json_t *profile)
{
    json_t *actions = json_array();
    const char *action;
    json_t *text;

    json_object_foreach (json_object_get(profile, "requests"), action, text)
        json_array_append_new(actions, json_string(action));
    return json_pack(
        "{s:O, s:O, s:O, s:o, s:I, s:O, s:O}", "profile",
        json_object_get(profile, "profile"), "name", json_object_get(profile, "name"),
        "commodity", json_object_get(profile, "commodity"), "requests", actions, "replies",
        (json_int_t)json_array_size(json_object_get(profile, "replies")), "examples",
        json_object_get(profile, "examples"), "source", json_object_get(profile, "source"));
}

static json_t *
rows_of(const struct profiles *all, const char *word)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < profiles_count(all); i++) {
        json_t *profile = profile_json(profiles_at(all, i));

        if (word == NULL || mentions(profile, word))
            json_array_append_new(rows, row_of(profile));
        json_decref(profile);
    }
    return rows;
}

static void
print_rows(const struct cli *c, const json_t *rows)
{
    static const struct column columns[] = {
        {"profile", "profile", CELL_TEXT, false},
        {"commodity", "commodity", CELL_TEXT, false},
        {"requests", "requests", CELL_TEXT, true},
        {"name", "name", CELL_TEXT, true},
    };
    const json_t *row;
    size_t i;

    if (c->form == FORM_JSON) {
        json_dumpf(rows, stdout, JSON_INDENT(2));
        putchar('\n');
        return;
    }
    if (c->form == FORM_TEXT) {
        table_print(stdout, columns, sizeof(columns) / sizeof(columns[0]), rows,
                    LINE_COLUMNS, colour_wanted(stdout));
        return;
    }
    json_array_foreach (rows, i, row) {
        if (i == 0)
            csv_header_print(stdout, row);
        csv_row_print(stdout, row);
    }
}

enum status
run_profile_list(struct cli *c)
{
    struct profiles *all;
    json_t *rows;
    bool any;

    if (!session_profiles(c, &all))
        return STATUS_FAILED;
    rows = rows_of(all, cli_arg(c, 0));
    profiles_free(all);
    any = json_array_size(rows) > 0;
    print_rows(c, rows);
    json_decref(rows);
    return any ? STATUS_DONE : STATUS_FAILED;
}

static void
print_page(const json_t *profile)
{
    static const struct column head[] = {
        {"profile", "profile", CELL_TEXT, false},
        {"name", "name", CELL_TEXT, true},
        {"commodity", "commodity", CELL_TEXT, false},
        {"source", "source", CELL_TEXT, true},
        {"reply_timeout", "answers within", CELL_TEXT, false},
        {"examples", "examples", CELL_NUMBER, false},
    };
    static const struct column replies[] = {
        {"kind", "kind", CELL_TEXT, false},
        {"name", "reply", CELL_TEXT, true},
    };
    const char *action;
    json_t *text;

    page_print(stdout, head, sizeof(head) / sizeof(head[0]), profile, LINE_COLUMNS,
               colour_wanted(stdout));
    printf("\n");
    json_object_foreach (json_object_get(profile, "requests"), action, text)
        printf("%-10s %s\n", action, json_string_value(text));
    printf("\n");
    table_print(stdout, replies, sizeof(replies) / sizeof(replies[0]),
                json_object_get(profile, "replies"), LINE_COLUMNS, colour_wanted(stdout));
}

enum status
run_profile_show(struct cli *c)
{
    struct profiles *all;
    const struct profile *profile;
    json_t *object;

    if (!session_profiles(c, &all))
        return STATUS_FAILED;
    profile = profiles_find(all, c->args[0]);
    if (profile == NULL) {
        say_error("there is no profile '%s'; see: meterpost profile list", c->args[0]);
        profiles_free(all);
        return STATUS_FAILED;
    }
    object = profile_json(profile);
    profiles_free(all);
    if (c->form == FORM_TEXT)
        print_page(object);
    else
        print_object(c, object);
    json_decref(object);
    return STATUS_DONE;
}

/* ---- profile check ---- */

struct tally {
    size_t profiles, examples;
};

static void
check_one(const struct profile *profile, struct tally *tally, struct problems *p)
{
    json_t *object = profile_json(profile);

    profile_check_examples(profile, p);
    tally->profiles++;
    tally->examples += (size_t)json_integer_value(json_object_get(object, "examples"));
    json_decref(object);
}

static void
check_files(const struct cli *c, struct tally *tally, struct problems *p)
{
    for (size_t i = 0; i < c->count; i++) {
        struct profile *profile = profile_load_file(c->args[i], p);

        if (profile != NULL)
            check_one(profile, tally, p);
        profile_free(profile);
    }
}

static bool
check_all(struct cli *c, struct tally *tally, struct problems *p)
{
    struct profiles *all;

    if (!session_profiles(c, &all))
        return false;
    for (size_t i = 0; i < profiles_count(all); i++)
        check_one(profiles_at(all, i), tally, p);
    profiles_free(all);
    return true;
}

enum status
run_profile_check(struct cli *c)
{
    struct problems p = {0};
    struct tally tally = {0};
    size_t found;

    if (c->count > 0)
        check_files(c, &tally, &p);
    else if (!check_all(c, &tally, &p))
        return STATUS_FAILED;
    found = problems_total(&p);
    if (c->form == FORM_JSON)
        check_print_json(&p);
    else
        problems_print(&p, stdout);
    problems_free(&p);
    if (c->form != FORM_JSON && found == 0)
        printf("%zu profile%s, %zu example%s: all right\n", tally.profiles,
               tally.profiles == 1 ? "" : "s", tally.examples,
               tally.examples == 1 ? "" : "s");
    return found == 0 ? STATUS_DONE : STATUS_FAILED;
}

/* ---- profile new ---- */

enum status
run_profile_new(struct cli *c)
{
    struct profile_wish wish = {cli_option(c, "--id"), cli_option(c, "--name"),
                                cli_option(c, "--commodity"), cli_option(c, "--request")};
    const char *path = cli_arg(c, 0);
    char *samples, *profile;
    struct err e;
    size_t n;

    if ((samples = file_read(path == NULL ? "-" : path, &n, &e)) == NULL)
        return say_failure(&e);
    profile = profile_propose(samples, &wish, &e);
    free(samples);
    if (profile == NULL)
        return say_failure(&e);
    fputs(profile, stdout);
    free(profile);
    return STATUS_DONE;
}

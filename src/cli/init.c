/*
 * init.c - the first day: a starting configuration with the files that it points to, from
 * what is shipped, and an empty database. What is there already is left as it is.
 */
#include "cli.h"
#include "file.h"
#include "owner.h"

#include "meterpost/base/text.h"
#include "meterpost/control/lock.h"
#include "meterpost/talk/code.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_FOLDER "/etc/meterpost" /* its database lives in /var/lib, as shipped */
#define EDITS_MAX     8

/* One value of the starting file that differs from the shipped one. */
struct edit {
    const char *section, *key, *value; /* value NULL: as shipped */
};

struct init {
    struct cli *c;
    char share[PATH_MAX];  /* where the shipped conf/ and templates/ are */
    char folder[PATH_MAX]; /* of the new configuration */
    struct edit edits[EDITS_MAX];
    int written;
};

/* ---- the settings file ---- */

static void
add_quoted(FILE *to, const char *value)
{
    fputc('"', to);
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            fputc('\\', to);
        fputc(*value, to);
    }
    fputc('"', to);
}

static const struct edit *
edit_of(const struct init *in, const char *section, const char *line, size_t *indent)
{
    *indent = strspn(line, " ");
    for (int i = 0; i < EDITS_MAX && in->edits[i].key != NULL; i++) {
        const struct edit *edit = &in->edits[i];
        size_t n = strlen(edit->key);

        if (edit->value != NULL &&
            strcmp(edit->section, *indent == 0 ? "" : section) == 0 &&
            strncmp(line + *indent, edit->key, n) == 0 && line[*indent + n] == ':')
            return edit;
    }
    return NULL;
}

static void
edit_line(FILE *to, const struct edit *edit, const char *line, size_t indent)
{
    const char *comment = strstr(line, " #");

    fprintf(to, "%*s%s: ", (int)indent, "", edit->key);
    add_quoted(to, edit->value);
    fprintf(to, "%s%s\n", comment == NULL ? "" : "  ", comment == NULL ? "" : comment);
}

/* The shipped file line by line; a line "key: value" in the right section is replaced. */
static void
edit_lines(const struct init *in, char *text, FILE *to)
{
    char section[64] = "", *line = text;

    while (*line != '\0') {
        char *end = strchrnul(line, '\n');
        bool last = *end == '\0';
        const struct edit *edit;
        size_t indent;

        *end = '\0';
        if ((edit = edit_of(in, section, line, &indent)) != NULL)
            edit_line(to, edit, line, indent);
        else
            fprintf(to, "%s\n", line);
        if (indent == 0 && *line != '#' && *line != '\0')
            snprintf(section, sizeof(section), "%.*s", (int)strcspn(line, ":"), line);
        line = end + !last;
    }
}

static bool
write_settings(struct init *in, struct err *e)
{
    char path[PATH_MAX + 32];
    char *text, *edited = NULL;
    size_t n, size;
    FILE *to;
    bool good;

    snprintf(path, sizeof(path), "%s/conf/meterpost.yaml", in->share);
    if ((text = file_read(path, &n, e)) == NULL)
        return false;
    if ((to = open_memstream(&edited, &size)) == NULL) {
        free(text);
        return err_set(e, FAIL_FATAL, "out of memory");
    }
    edit_lines(in, text, to);
    fclose(to);
    good = file_write_new(in->c->config, edited, size, e);
    free(edited);
    free(text);
    in->written++;
    return good;
}

/* ---- folders ---- */

static bool
copy_folder(struct init *in, const char *from, const char *name, struct err *e)
{
    char source[PATH_MAX + 64], target[PATH_MAX + 64];
    int copied = 0;

    snprintf(source, sizeof(source), "%s/%s", in->share, from);
    snprintf(target, sizeof(target), "%s/%s", in->folder, name);
    if (!file_copy_tree(source, target, &copied, e))
        return false;
    in->written += copied;
    return true;
}

static bool
write_configuration(struct init *in, struct err *e)
{
    static const char *const folders[][2] = {
        {"conf/profiles", "profiles"}, {"conf/tariffs", "tariffs"},
        {"conf/words", "words"},       {"conf/payments", "payments"},
        {"conf/maps", "maps"},         {"conf/devices", "devices"},
        {"conf/carriers", "carriers"}, {"templates", "templates"}};

    if (mkdir(in->folder, 0755) == -1 && errno != EEXIST)
        return err_set(e, FAIL_REJECT, "%s: %s", in->folder, strerror(errno));
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (!copy_folder(in, folders[i][0], folders[i][1], e))
            return false;
    }
    return write_settings(in, e);
}

static bool
plan(struct init *in, struct err *e)
{
    struct cli *c = in->c;
    char copy[PATH_MAX];
    bool private;

    if (!file_share(in->share, sizeof(in->share), e))
        return false;
    if (!text_copy(copy, sizeof(copy), c->config))
        return err_set(e, FAIL_REJECT, "the path of the configuration is too long");
    text_clip(in->folder, sizeof(in->folder), dirname(copy));
    private = strcmp(in->folder, SYSTEM_FOLDER) != 0;
    in->edits[0] = (struct edit){"utility", "name", cli_option(c, "--name")};
    in->edits[1] = (struct edit){"utility", "currency", cli_option(c, "--currency")};
    in->edits[2] = (struct edit){"utility", "timezone", cli_option(c, "--timezone")};
    in->edits[3] =
        (struct edit){"utility", "country_code", cli_option(c, "--country-code")};
    in->edits[4] = (struct edit){"utility", "language", cli_option(c, "--language")};
    in->edits[5] = (struct edit){"", "database", private ? "meterpost.db" : NULL};
    in->edits[6] = (struct edit){"", "run_dir", private ? "run" : NULL};
    in->edits[7] = (struct edit){"paths", "templates", "templates"};
    return true;
}

/* ---- the database ---- */

static bool
make_database(struct cli *c, struct err *e)
{
    struct code_master key;
    bool good;
    int fd;

    if (!lock_take(c->desk->conf->run_dir, &fd, e))
        return false;
    /* It may lie in a folder where the service cannot make it. */
    if (code_master_load(c->desk->conf->staff.key_file, true, &key, e))
        owner_give(c->desk->conf);
    code_forget(&key, sizeof(key));
    owner_begin(c->desk->conf);
    good = desk_open_store(c->desk, STORE_WRITE, e);
    owner_end();
    lock_drop(fd);
    return good;
}

enum status
run_init(struct cli *c)
{
    struct init in = {.c = c};
    bool fresh = access(c->config, F_OK) != 0;
    struct err e;

    if (fresh && !plan(&in, &e))
        return say_failure(&e);
    if (c->dry_run) {
        printf("%s would be %s\n", c->config, fresh ? "written" : "left as it is");
        return STATUS_DONE;
    }
    if (fresh && !write_configuration(&in, &e))
        return say_failure(&e);
    if (fresh)
        printf("%s: written, and %d files beside it\n", c->config, in.written - 1);
    else
        printf("%s: left as it is\n", c->config);
    if (!session_settings(c))
        return STATUS_FAILED;
    if (!make_database(c, &e))
        return say_failure(&e);
    printf("%s: ready\n", c->desk->conf->database);
    say_note(c, "next: look through %s, then: meterpost --config %s check", c->config,
             c->config);
    return STATUS_DONE;
}

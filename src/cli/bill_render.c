/*
 * bill_render.c - bills as people get them: one on the terminal or as a file, those of a
 * month as files. Only reads, so it needs no engine; many are shared out to processes.
 */
#include "file.h"
#include "lists.h"
#include "pdf.h"

#include "meterpost/base/conf.h"
#include "meterpost/billing/view.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES_MAX 16
#define SHARE_LEAST   20 /* bills that are worth a process */
#define SHARE_PDF     2  /* the same of PDF: each takes a second */

struct print_order {
    struct cli *c;
    json_t *rows;       /* of the list "bills" */
    const char *kind;   /* html, txt, sms */
    const char *folder; /* NULL: to the standard output */
    bool pdf;           /* of the html */
};

static const char *
number_of(const struct print_order *o, size_t i)
{
    return json_string_value(json_object_get(json_array_get(o->rows, i), "bill"));
}

/* "2026/000017" is no name of a file. */
static bool
path_of(const struct print_order *o, const char *number, char *out, size_t size,
        struct err *e)
{
    int n = snprintf(out, size, "%s/%s.%s", o->folder, number, o->pdf ? "pdf" : o->kind);

    if (n < 0 || (size_t)n >= size)
        return err_set(e, FAIL_REJECT, "%s: the path is too long", o->folder);
    for (char *at = out + strlen(o->folder) + 1; *at != '\0'; at++) {
        if (*at == '/')
            *at = '-';
    }
    return true;
}

static bool
render_one(const struct print_order *o, size_t i, struct err *e)
{
    const struct desk *d = o->c->desk;
    char path[PATH_MAX], *text;
    bool good;

    if (!billing_render_bill(d->store, d->conf, d->templates, number_of(o, i), o->kind,
                             cli_option(o->c, "--language"), &text, e))
        return err_in(e, "bill %s", number_of(o, i));
    if (o->folder == NULL)
        good = fputs(text, stdout) >= 0;
    else
        good =
            path_of(o, number_of(o, i), path, sizeof(path), e) &&
            (o->pdf ? pdf_write(text, path, e) : file_write(path, text, strlen(text), e));
    if (o->folder == NULL && *text != '\0' && text[strlen(text) - 1] != '\n')
        putchar('\n');
    free(text);
    return good;
}

/* Bills first, first + step, ...; each that fails is told and the others go on. */
static enum status
render_share(const struct print_order *o, size_t first, size_t step)
{
    size_t count = json_array_size(o->rows), good = 0, bad = 0;
    struct err e;

    if (o->c->desk->store == NULL && !desk_open_store(o->c->desk, STORE_READ, &e))
        return say_failure(&e);
    for (size_t i = first; i < count; i += step) {
        if (render_one(o, i, &e)) {
            good++;
        } else {
            say_failure(&e);
            bad++;
        }
        if (first == 0 && count >= (o->pdf ? SHARE_PDF : SHARE_LEAST))
            say_progress(o->c, (int64_t)i, (int64_t)count, "rendering");
    }
    if (first == 0)
        say_progress(o->c, 0, 0, NULL);
    return bad == 0 ? STATUS_DONE : good > 0 ? STATUS_PART : STATUS_FAILED;
}

static enum status
worse(enum status a, enum status b)
{
    if (a == b)
        return a;
    return STATUS_PART; /* some were done and some were not */
}

/* A process a core; no connection of SQLite may cross a fork. */
static enum status
render_shared(struct print_order *o, size_t processes)
{
    enum status all = STATUS_DONE;
    pid_t child[PROCESSES_MAX];
    int ended;

    store_close(o->c->desk->store);
    o->c->desk->store = NULL;
    fflush(stdout);
    for (size_t k = 0; k < processes; k++) {
        child[k] = fork();
        if (child[k] == 0)
            _exit((int)render_share(o, k, processes));
    }
    for (size_t k = 0; k < processes; k++) {
        enum status one = STATUS_FAILED;

        if (child[k] == -1)
            one = render_share(o, k, processes);
        else if (waitpid(child[k], &ended, 0) == child[k] && WIFEXITED(ended))
            one = (enum status)WEXITSTATUS(ended);
        all = k == 0 ? one : worse(all, one);
    }
    return all;
}

static enum status
render_all(struct print_order *o)
{
    size_t count = json_array_size(o->rows), least = o->pdf ? SHARE_PDF : SHARE_LEAST;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t processes = cores < 1               ? 1
                       : cores > PROCESSES_MAX ? PROCESSES_MAX
                                               : (size_t)cores;

    if (processes > count / least)
        processes = count / least;
    if (o->folder == NULL || processes < 2)
        return render_share(o, 0, 1);
    return render_shared(o, processes);
}

/* ---- which bills, and where ---- */

static bool
find_bills(struct print_order *o, const char *what, struct err *e)
{
    struct list_filter f = {.subject = what, .limit = INT64_MAX};

    o->rows = list_array(o->c->desk->store, "bills", &f, o->c->desk->conf->decimals, e);
    if (o->rows == NULL)
        return false;
    return json_array_size(o->rows) > 0 ||
           err_set(e, FAIL_REJECT,
                   "there is no bill %s, and none of a month or account of "
                   "that name",
                   what);
}

static bool
check_kind(const char *kind, struct err *e)
{
    return strcmp(kind, "html") == 0 || strcmp(kind, "txt") == 0 ||
           strcmp(kind, "sms") == 0 || strcmp(kind, "slip") == 0 ||
           err_set(e, FAIL_REJECT, "--format is html, txt, slip or sms, not '%.40s'", kind);
}

static bool
make_folder(const char *folder, struct err *e)
{
    return folder == NULL || mkdir(folder, 0755) == 0 || errno == EEXIST ||
           err_set(e, FAIL_REJECT, "%s: %s", folder, strerror(errno));
}

static enum status
render(struct print_order *o)
{
    enum status status;
    struct err e;

    if (!find_bills(o, o->c->args[0], &e) || !make_folder(o->folder, &e)) {
        json_decref(o->rows);
        return say_failure(&e);
    }
    status = render_all(o);
    if (o->folder != NULL && status == STATUS_DONE)
        say_note(o->c, "%zu bill%s in %s", json_array_size(o->rows),
                 json_array_size(o->rows) == 1 ? "" : "s", o->folder);
    json_decref(o->rows);
    return status;
}

enum status
run_bill_render(struct cli *c)
{
    struct print_order o = {
        .c = c, .kind = cli_option(c, "--format"), .folder = cli_option(c, "--out")};
    struct err e;

    o.pdf = cli_option(c, "--pdf") != NULL;
    if (o.pdf && (o.folder == NULL || o.kind != NULL)) {
        say_error("--pdf goes into files: it needs --out FOLDER, and no --format");
        return STATUS_USAGE;
    }
    if (o.kind == NULL)
        o.kind = o.folder == NULL ? "txt" : "html";
    if (!check_kind(o.kind, &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    if (!session_desk(c) || !session_read(c))
        return STATUS_FAILED;
    return render(&o);
}

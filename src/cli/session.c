#include "cli.h"
#include "owner.h"
#include "phrase.h"

#include "meterpost/control/client.h"
#include "meterpost/control/lock.h"
#include "meterpost/control/verb.h"

#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TRIES   50 /* while another command works */
#define LOCK_WAIT_MS 100

static bool
tell_problems(const struct cli *c, struct problems *p)
{
    problems_print(p, stderr);
    if (access(c->config, F_OK) == -1)
        say_error("there is no configuration %s: name one with --config FILE, or make it "
                  "with `meterpost --config FILE init`",
                  c->config);
    else if (access(c->config, R_OK) == -1)
        say_error("only root and the service may read the settings: sudo meterpost ...");
    else
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
    if (c->desk == NULL)
        return tell_problems(c, &p);
    phrase_language(c->desk->conf->utility.language);
    return true;
}

bool
session_desk(struct cli *c)
{
    struct problems p = {0};

    desk_free(c->desk);
    c->desk = desk_load(c->config, &p);
    if (c->desk == NULL)
        return tell_problems(c, &p);
    phrase_language(c->desk->conf->utility.language);
    return true;
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

/* ---- changes ---- */

static volatile sig_atomic_t interrupted;

static void
note_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* The engine does the work: we only stop watching it. */
static void
leave_engine(int signal_number)
{
    static const char text[] =
        "\nmeterpost: not waiting any more; the engine goes on (meterpost status)\n";
    ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

    (void)signal_number;
    _exit(n > 0 ? STATUS_PART : STATUS_FAILED);
}

static void
on_interrupt(void (*handler)(int))
{
    sigaction(SIGINT, &(struct sigaction){.sa_handler = handler}, NULL);
}

/* Who acts: behind sudo the person, not root. Two people who share a box are two people. */
static const char *
actor_name(void)
{
    static char name[ACTOR_MAX];
    struct passwd *user = getpwuid(getuid());
    const char *person = getenv("SUDO_USER");

    if (getuid() == 0 && person != NULL && *person != '\0' && strlen(person) < sizeof(name))
        snprintf(name, sizeof(name), "%s", person);
    else if (user != NULL)
        snprintf(name, sizeof(name), "%s", user->pw_name);
    else
        snprintf(name, sizeof(name), "uid %ld", (long)getuid());
    return name;
}

static void
show_progress(int64_t done, int64_t total, const char *text, void *context)
{
    say_progress(context, done, total, text);
}

/* With the lock held: the very same function as the engine would run. */
static bool
run_here(struct cli *c, const char *verb, const json_t *arguments, json_t *answer,
         struct err *e)
{
    struct desk *d = c->desk;
    json_t *job;
    bool good;

    if (!desk_open_store(d, STORE_WRITE, e))
        return false;
    on_interrupt(note_interrupt);
    good = control_run(d, verb, actor_name(), arguments, answer, e);
    job = json_object_get(answer, "job");
    if (good && json_is_integer(job))
        good = control_job_run(d, json_integer_value(job), &interrupted, show_progress, c,
                               answer, e);
    on_interrupt(SIG_DFL);
    store_close(d->store);
    d->store = NULL;
    return good;
}

static bool
ask_engine(struct cli *c, struct control_client *client, const char *verb,
           const json_t *arguments, json_t **answer, struct err *e)
{
    bool good;

    on_interrupt(leave_engine);
    good = control_ask(client, verb, arguments, actor_name(), show_progress, c, answer, e);
    on_interrupt(SIG_DFL);
    return good;
}

/* The engine when one is up, else the lock; while another command has the lock, wait. */
static bool
run_somewhere(struct cli *c, const char *verb, const json_t *arguments, json_t **answer,
              struct err *e)
{
    const char *run_dir = c->desk->conf->run_dir;
    struct control_client *client;
    bool good;
    int fd = -1;

    for (int i = 0; fd == -1; i++) {
        if (control_connect(run_dir, &client, e)) {
            good = ask_engine(c, client, verb, arguments, answer, e);
            control_disconnect(client);
            return good;
        }
        if (e->kind != FAIL_RETRY)
            return false;
        if (!lock_take(run_dir, &fd, e)) {
            if (e->kind != FAIL_RETRY || i == LOCK_TRIES)
                return false;
            nanosleep(&(struct timespec){.tv_nsec = LOCK_WAIT_MS * 1000000L}, NULL);
        }
    }
    *answer = json_object();
    owner_begin(c->desk->conf);
    good = session_desk(c) ? run_here(c, verb, arguments, *answer, e)
                           : err_set(e, FAIL_REJECT, "nothing was changed");
    owner_end();
    lock_drop(fd);
    return good;
}

static enum status
outcome_status(const json_t *answer)
{
    static const struct {
        const char *word;
        enum status status;
    } outcomes[] = {{"failed", STATUS_FAILED},
                    {"part", STATUS_PART},
                    {"refused", STATUS_REFUSED},
                    {"waits", STATUS_WAITS}};
    const char *word = json_string_value(json_object_get(answer, "outcome"));

    for (size_t i = 0; word != NULL && i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        if (strcmp(outcomes[i].word, word) == 0)
            return outcomes[i].status;
    }
    return STATUS_DONE;
}

enum status
session_run(struct cli *c, const char *verb, json_t *arguments, json_t **answer)
{
    struct err e;
    bool good;

    *answer = NULL;
    if (!session_settings(c)) {
        json_decref(arguments);
        return STATUS_FAILED;
    }
    if (c->dry_run)
        json_object_set_new(arguments, "dry_run", json_true());
    good = run_somewhere(c, verb, arguments, answer, &e);
    say_progress(c, 0, 0, NULL);
    json_decref(arguments);
    if (good && interrupted != 0 && outcome_status(*answer) == STATUS_PART)
        say_note(c, "stopped: what is done is whole, the same command does the rest");
    if (good)
        return outcome_status(*answer);
    json_decref(*answer);
    *answer = NULL;
    return say_failure(&e);
}

bool
session_agree(const struct cli *c, const char *question)
{
    char answer[16];

    if (c->yes || c->dry_run)
        return c->yes && !c->dry_run;
    if (!isatty(STDIN_FILENO)) {
        say_error("%s Nobody can be asked here: say --yes", phrase(question));
        return false;
    }
    fprintf(stderr, "%s [y/N] ", phrase(question));
    return fgets(answer, sizeof(answer), stdin) != NULL &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

bool
session_has_engine(struct cli *c, const char *what)
{
    struct control_client *client;
    struct err e;

    if (!session_settings(c))
        return false;
    if (control_connect(c->desk->conf->run_dir, &client, &e)) {
        control_disconnect(client);
        return true;
    }
    say_error("the engine does not run, and it has the %s: systemctl start meterpost",
              what);
    return false;
}

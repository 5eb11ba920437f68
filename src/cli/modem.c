/* modem.c - modems: begin again, try, ask for the credit, top up. */
#include "cli.h"

#include "meterpost/base/units.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define POLL_MS     200
#define WAIT_MS     60000  /* for an answer of the modem or its network */
#define LOOPBACK_MS 300000 /* for a text to come in */

static const char *
text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text == NULL ? "" : text;
}

static bool
has(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);

    return value != NULL && !json_is_null(value) && *text_of(row, key) != '\0';
}

/* ---- what the engine does for a modem, and its end ---- */

static bool
wait_of(const struct cli *c, int64_t otherwise, int64_t *ms)
{
    const char *text = cli_option(c, "--wait");
    struct err e;

    *ms = otherwise;
    if (text == NULL || duration_parse(text, ms, &e))
        return true;
    say_error("--wait: %s", e.text);
    return false;
}

/* One row of a list; NULL when there is none, or it failed. The caller's. */
static json_t *
one_row(struct cli *c, const char *list, const struct list_filter *f)
{
    json_t *rows, *row;
    struct err e;

    if (!session_read(c))
        return NULL;
    rows = list_array(c->desk->store, list, f, c->desk->conf->decimals, &e);
    row = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    return row;
}

/* A step of its care when it has ended, or as it is after `ms`. */
static json_t *
wait_for_step(struct cli *c, int64_t step, int64_t ms, const char *what)
{
    const struct list_filter f = {.id = step};
    int64_t end = clock_mono_ms() + ms;

    for (;;) {
        json_t *row = one_row(c, "modem_care", &f);
        const char *state = text_of(row, "state");

        if (row == NULL || strcmp(state, "done") == 0 || strcmp(state, "failed") == 0 ||
            clock_mono_ms() >= end) {
            say_progress(c, 0, 0, NULL);
            return row;
        }
        json_decref(row);
        say_progress(c, 0, 0, what);
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

/* Ask the engine for something and wait. *step is the row of its end, the caller's; NULL
 * with a dry run. */
static enum status
ask_and_wait(struct cli *c, const char *verb, json_t *arguments, int64_t ms,
             const char *what, json_t **step)
{
    json_t *answer = NULL;
    enum status status;
    int64_t id;

    *step = NULL;
    status = session_run(c, verb, arguments, &answer);
    if (answer == NULL)
        return status;
    id = json_integer_value(json_object_get(answer, "care"));
    json_decref(answer);
    if (status != STATUS_DONE || c->dry_run)
        return status;
    *step = wait_for_step(c, id, ms, what);
    return strcmp(text_of(*step, "state"), "done") == 0 ? STATUS_DONE : STATUS_FAILED;
}

static void
print_end(const struct cli *c, const json_t *step)
{
    const char *state = text_of(step, "state");

    if (c->form != FORM_TEXT) {
        print_object(c, step);
        return;
    }
    if (strcmp(state, "done") == 0)
        printf("%s: %s\n", c->args[0], text_of(step, "answer"));
    else if (strcmp(state, "failed") == 0)
        say_error("%s: %s", c->args[0], text_of(step, "answer"));
    else
        say_error("%s: no answer yet; meterpost modem history %s will have it", c->args[0],
                  c->args[0]);
}

static enum status
run_and_tell(struct cli *c, const char *verb, json_t *arguments, const char *would)
{
    enum status status;
    json_t *step;
    int64_t ms;

    if (!wait_of(c, WAIT_MS, &ms) || !session_has_engine(c, "modems")) {
        json_decref(arguments);
        return STATUS_FAILED;
    }
    status = ask_and_wait(c, verb, arguments, ms, "waiting for the network", &step);
    if (step != NULL)
        print_end(c, step);
    else if (status == STATUS_DONE)
        printf("%s %s\n", c->args[0], would);
    json_decref(step);
    return status;
}

enum status
run_modem_credit(struct cli *c)
{
    return run_and_tell(c, "modem.credit",
                        json_pack("{s:s, s:b}", "modem", c->args[0], "dry_run", c->dry_run),
                        "would ask its network");
}

enum status
run_modem_topup(struct cli *c)
{
    return run_and_tell(c, "modem.topup",
                        json_pack("{s:s, s:s, s:b}", "modem", c->args[0], "code",
                                  c->args[1], "dry_run", c->dry_run),
                        "would be topped up");
}

enum status
run_modem_reset(struct cli *c)
{
    json_t *answer = NULL;
    enum status status = session_run(
        c, "modem.reset",
        json_pack("{s:s, s:b}", "modem", c->args[0], "dry_run", c->dry_run), &answer);

    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        printf("%s %s\n", c->args[0], c->dry_run ? "would begin again" : "begins again");
    json_decref(answer);
    return status;
}

/* ---- test ---- */

static void
print_network(const json_t *m)
{
    const json_t *signal = json_object_get(m, "signal_percent");
    const char *health = text_of(m, "health");
    bool there = strcmp(health, "ready") == 0 || strcmp(health, "deaf") == 0 ||
                 strcmp(health, "mute") == 0;

    printf("  network    %s%s%s", text_of(m, "operator"), has(m, "operator") ? ", " : "",
           there ? "registered" : "not registered");
    if (json_is_integer(signal))
        printf(", signal %lld %%", (long long)json_integer_value(signal));
    putchar('\n');
}

static void
print_storage(const json_t *m)
{
    long long used = (long long)json_integer_value(json_object_get(m, "sim_used"));
    long long size = (long long)json_integer_value(json_object_get(m, "sim_size"));

    if (size > 0)
        printf("  storage    %lld of %lld places used%s\n", used, size,
               used >= size ? ": full, nothing more comes in" : "");
}

static void
print_credit(const struct cli *c, const json_t *m)
{
    if (!has(m, "credit") && !has(m, "expires"))
        return;
    printf("  credit     ");
    if (has(m, "credit"))
        printf("%s %s left, told %.10s", c->desk->conf->utility.currency,
               text_of(m, "credit"), text_of(m, "credit_at"));
    if (has(m, "expires"))
        printf("%suntil %s", has(m, "credit") ? ", " : "", text_of(m, "expires"));
    putchar('\n');
}

/* What it means, and what to do. */
static void
print_verdict(const json_t *m, const json_t *look, const json_t *heard)
{
    const char *health = text_of(m, "health");

    if (strcmp(text_of(look, "state"), "done") != 0)
        printf("It does not work: %s\n", has(look, "answer") ? text_of(look, "answer")
                                         : has(m, "reason")  ? text_of(m, "reason")
                                                             : health);
    else if (heard != NULL && strcmp(text_of(heard, "state"), "done") != 0)
        printf("It sends, but does not hear: %s\n",
               has(heard, "answer") ? text_of(heard, "answer") : "nothing came in time");
    else if (heard != NULL)
        printf("It sends and hears: the test text was %s.\n", text_of(heard, "answer"));
    else if (has(m, "reason"))
        printf("It answers, but: %s\n", text_of(m, "reason"));
    else
        printf("It is ready. --loopback shows whether it hears, too.\n");
}

static void
print_test(const struct cli *c, const json_t *m, const json_t *look, const json_t *heard)
{
    printf("%s  %s%s%s\n", text_of(m, "modem"), text_of(m, "model"),
           has(m, "imei") ? ", IMEI " : "", text_of(m, "imei"));
    if (has(m, "imsi"))
        printf("  SIM        %s\n", text_of(m, "imsi"));
    print_network(m);
    printf("  centre     %s\n",
           has(m, "smsc") ? text_of(m, "smsc") : "none is known: set `smsc` of this modem");
    print_storage(m);
    print_credit(c, m);
    print_verdict(m, look, heard);
}

/* The step of the text itself: the first step only queued it. */
static enum status
test_loopback(struct cli *c, int64_t ms, json_t **heard)
{
    enum status status;
    json_t *queued;
    long long step = 0;

    *heard = NULL;
    status = ask_and_wait(c, "modem.test",
                          json_pack("{s:s, s:b, s:b}", "modem", c->args[0], "loopback",
                                    true, "dry_run", c->dry_run),
                          WAIT_MS, "sending it a text", &queued);
    if (status != STATUS_DONE ||
        sscanf(text_of(queued, "answer"), "loop %18lld", &step) != 1) {
        *heard = queued;
        return status;
    }
    json_decref(queued);
    *heard = wait_for_step(c, step, ms, "waiting for the text to come in");
    return strcmp(text_of(*heard, "state"), "done") == 0 ? STATUS_DONE : STATUS_FAILED;
}

static void
print_object_of(const struct cli *c, json_t *m, const json_t *look, const json_t *heard)
{
    json_object_set_new(m, "test", json_deep_copy(look));
    json_object_set_new(m, "loopback", heard == NULL ? json_null() : json_deep_copy(heard));
    print_object(c, m);
}

enum status
run_modem_test(struct cli *c)
{
    const struct list_filter f = {.subject = c->args[0]};
    bool loopback = cli_option(c, "--loopback") != NULL;
    json_t *look, *heard = NULL, *m;
    enum status status;
    int64_t ms;

    if (!wait_of(c, loopback ? LOOPBACK_MS : WAIT_MS, &ms) ||
        !session_has_engine(c, "modems"))
        return STATUS_FAILED;
    status =
        ask_and_wait(c, "modem.test",
                     json_pack("{s:s, s:b}", "modem", c->args[0], "dry_run", c->dry_run),
                     WAIT_MS, "looking", &look);
    if (look == NULL) {
        if (status == STATUS_DONE)
            printf("%s would be looked at\n", c->args[0]);
        return status;
    }
    if (loopback && status == STATUS_DONE)
        status = test_loopback(c, ms, &heard);
    m = one_row(c, "modems", &f);
    if (m != NULL && c->form == FORM_TEXT)
        print_test(c, m, look, heard);
    else if (m != NULL)
        print_object_of(c, m, look, heard);
    json_decref(look);
    json_decref(heard);
    json_decref(m);
    return status;
}

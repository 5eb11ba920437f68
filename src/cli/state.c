/* state.c - how it stands: the work in hand, and whether the store is sound. */
#include "cli.h"
#include "phrase.h"
#include "table.h"

#include "meterpost/control/client.h"
#include "meterpost/control/verb.h"
#include "meterpost/store/audit.h"

#include <stdio.h>
#include <string.h>

#define ILL_WORTH_S 5  /* a shorter illness is not worth a word */
#define HEAD_N      10 /* columns before what a line says */

/* A number of the answer and what it counts. */
struct count {
    const char *key, *words;
};

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static long long
number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

/* Ask the engine, which also knows its modems and what it is doing. False: none answers. */
static bool
ask_engine(const struct cli *c, json_t **answer)
{
    struct control_client *client;
    struct err e;
    bool good;

    if (!control_connect(c->desk->conf->run_dir, &client, &e))
        return false;
    good = control_ask(client, "status", NULL, "", NULL, NULL, answer, &e);
    control_disconnect(client);
    return good;
}

/* A modem's health as a colleague would say it. */
static const char *
words_of(const char *health)
{
    static const struct {
        const char *health, *words;
    } rows[] = {
        {"ready", "works"},           {"starting", "starts"},
        {"deaf", "does not hear"},    {"mute", "does not send"},
        {"no_network", "no network"}, {"stopped", "waits for you"},
        {"failed", "does not work"},  {"off", "is switched off"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].health, health) == 0)
            return phrase(rows[i].words);
    }
    return health;
}

static void
head_print(const char *head)
{
    pad_print(stdout, phrase(head), HEAD_N);
}

static void
print_alarms(long long n)
{
    head_print("alarms");
    printf("%lld: meterpost alarm list --state open\n", n);
}

static void
print_span(long long s)
{
    if (s < 120)
        printf("%lld s", s);
    else if (s < 7200)
        printf("%lld min", s / 60);
    else
        printf("%lld h", s / 3600);
}

/* "sim4  does not work for 3 min: the port hung up: was it pulled out?; again in 4 s" */
static void
print_modem(const json_t *o)
{
    const char *health = text_of(o, "health"), *reason = text_of(o, "reason");
    bool works = strcmp(health, "ready") == 0;

    head_print("modem");
    printf("%-8s %s", text_of(o, "modem"), words_of(health));
    if (number_of(o, "ill_s") >= ILL_WORTH_S) {
        fputs(phrase(" for "), stdout);
        print_span(number_of(o, "ill_s"));
    }
    if (works && json_is_integer(json_object_get(o, "signal")))
        printf(phrase(", signal %lld%%"), number_of(o, "signal"));
    if (number_of(o, "sent_today") > 0)
        printf(phrase(", %lld parts sent today"), number_of(o, "sent_today"));
    if (*reason != '\0')
        printf("%s%s", works ? "; but " : ": ", reason);
    if (json_is_integer(json_object_get(o, "again_s")))
        printf(phrase("; tries again in %lld s"), number_of(o, "again_s"));
    putchar('\n');
}

/* What the engine knows of its modems; without one there is no such list. */
static void
print_modems(const json_t *o)
{
    const json_t *modem;
    size_t i;

    json_array_foreach (json_object_get(o, "modems"), i, modem)
        print_modem(modem);
}

/* "outbox    3 due, 2 in doubt": only what there is. */
static void
print_counts(const json_t *o, const char *head, const struct count *counts)
{
    const char *between = "";

    head_print(head);
    for (; counts->key != NULL; counts++) {
        long long n = number_of(o, counts->key);

        if (n == 0)
            continue;
        printf("%s%lld %s", between, n, phrase(counts->words));
        between = ", ";
    }
    printf("%s\n", *between == '\0' ? phrase("nothing") : "");
}

static void
print_status(const json_t *o)
{
    static const struct count outbox[] = {
        {"outbox_due", "due now"},          {"outbox_later", "later"},
        {"outbox_sending", "being sent"},   {"outbox_in_doubt", "may have left or not"},
        {"outbox_failed", "did not leave"}, {NULL, NULL}};
    static const struct count inbox[] = {{"inbox_new", "to be read"},
                                         {"inbox_quarantined", "put aside for you"},
                                         {NULL, NULL}};
    static const struct count reading[] = {{"rounds_running", "rounds open"},
                                           {"requests_waiting", "meters to ask"},
                                           {"requests_asked", "asked"},
                                           {"readings_held", "readings held"},
                                           {NULL, NULL}};
    static const struct count billing[] = {
        {"bills", "bills"}, {"jobs_running", "jobs in hand"}, {NULL, NULL}};
    static const struct count registry[] = {{"accounts", "accounts"},
                                            {"meters", "meters"},
                                            {"concentrators", "concentrators"},
                                            {NULL, NULL}};
    const char *next = text_of(o, "next_due");

    head_print("engine");
    puts(phrase(json_is_object(json_object_get(o, "engine")) ? "runs" : "does not run"));
    head_print("now");
    puts(text_of(o, "now"));
    print_modems(o);
    if (number_of(o, "alarms_open") > 0)
        print_alarms(number_of(o, "alarms_open"));
    if (json_is_true(json_object_get(o, "month_spent"))) {
        head_print("money");
        puts(phrase(
            "the month's money for messages is spent: only alarms, cuts and restores "
            "go out"));
    }
    print_counts(o, "registry", registry);
    print_counts(o, "outbox", outbox);
    print_counts(o, "inbox", inbox);
    print_counts(o, "reading", reading);
    print_counts(o, "billing", billing);
    head_print("work");
    if (json_is_true(json_object_get(o, "idle"))) {
        printf(phrase("none now, next %s"),
               *next == '\0' ? phrase("when something comes") : next);
        putchar('\n');
    } else {
        puts(phrase("in hand"));
    }
}

enum status
run_status(struct cli *c)
{
    json_t *answer;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!ask_engine(c, &answer)) {
        answer = json_object();
        json_object_set_new(answer, "engine", json_null());
        if (!control_status(c->desk, answer, &e)) {
            json_decref(answer);
            return say_failure(&e);
        }
    }
    if (c->form == FORM_TEXT)
        print_status(answer);
    else
        print_object(c, answer);
    json_decref(answer);
    return STATUS_DONE;
}

/* ---- is it sound? ---- */

static enum status
ask_here(struct cli *c, const char *verb)
{
    json_t *arguments, *answer;
    struct err e;
    bool good;

    if (!session_read(c))
        return STATUS_FAILED;
    arguments = json_object();
    if (cli_arg(c, 0) != NULL)
        json_object_set_new(arguments, "head", json_string(cli_arg(c, 0)));
    answer = json_object();
    good = control_run(c->desk, verb, "", arguments, answer, &e);
    if (good)
        print_object(c, answer);
    json_decref(arguments);
    json_decref(answer);
    return good ? STATUS_DONE : say_failure(&e);
}

enum status
run_verify(struct cli *c)
{
    return ask_here(c, "verify");
}

enum status
run_audit_verify(struct cli *c)
{
    return ask_here(c, "audit.verify");
}

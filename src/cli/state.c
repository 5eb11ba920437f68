/* state.c - how it stands: the work in hand, and whether the store is sound. */
#include "cli.h"

#include "meterpost/control/client.h"
#include "meterpost/control/verb.h"
#include "meterpost/store/audit.h"

#include <stdio.h>

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

/* What the engine knows of its modems; without one there is no such list. */
static void
print_modems(const json_t *o)
{
    const json_t *modem;
    size_t i;

    json_array_foreach (json_object_get(o, "modems"), i, modem) {
        const json_t *percent = json_object_get(modem, "signal");

        printf("modem     %s %s", text_of(modem, "modem"), text_of(modem, "health"));
        if (json_is_integer(percent))
            printf(", signal %lld%%", number_of(modem, "signal"));
        printf(", %lld parts sent today, %lld restarts", number_of(modem, "sent_today"),
               number_of(modem, "restarts"));
        if (*text_of(modem, "reason") != '\0')
            printf(" (%s)", text_of(modem, "reason"));
        putchar('\n');
    }
}

static void
print_status(const json_t *o)
{
    const char *next = text_of(o, "next_due");

    printf("engine    %s\n",
           json_is_object(json_object_get(o, "engine")) ? "runs" : "does not run");
    printf("now       %s\n", text_of(o, "now"));
    print_modems(o);
    if (number_of(o, "alarms_open") > 0)
        printf("alarms    %lld: meterpost alarm list --state open\n",
               number_of(o, "alarms_open"));
    if (json_is_true(json_object_get(o, "month_spent")))
        printf("money     the month's money for messages is spent: only alarms, cuts and "
               "restores go out\n");
    printf("registry  %lld accounts, %lld meters, %lld concentrators\n",
           number_of(o, "accounts"), number_of(o, "meters"), number_of(o, "concentrators"));
    printf("outbox    %lld due, %lld later, %lld being sent, %lld in doubt, %lld failed\n",
           number_of(o, "outbox_due"), number_of(o, "outbox_later"),
           number_of(o, "outbox_sending"), number_of(o, "outbox_in_doubt"),
           number_of(o, "outbox_failed"));
    printf("inbox     %lld new, %lld quarantined\n", number_of(o, "inbox_new"),
           number_of(o, "inbox_quarantined"));
    printf(
        "reading   %lld rounds open, %lld meters to ask, %lld asked, %lld readings held\n",
        number_of(o, "rounds_running"), number_of(o, "requests_waiting"),
        number_of(o, "requests_asked"), number_of(o, "readings_held"));
    printf("billing   %lld bills, %lld jobs in hand\n", number_of(o, "bills"),
           number_of(o, "jobs_running"));
    if (json_is_true(json_object_get(o, "idle")))
        printf("work      none now, next %s\n",
               *next == '\0' ? "when something comes" : next);
    else
        printf("work      in hand\n");
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

/* health_engine.c - the engine and its modems, as they say themselves. */
#include "health.h"

#include "meterpost/control/client.h"

#include <stdio.h>
#include <string.h>

json_t *
health_ask_engine(struct cli *c)
{
    struct control_client *client;
    json_t *answer = NULL;
    struct err e;

    if (!control_connect(c->desk->conf->run_dir, &client, &e))
        return json_null();
    if (!control_ask(client, "status", NULL, "", NULL, NULL, &answer, &e))
        answer = json_null();
    control_disconnect(client);
    return answer;
}

void
health_engine(struct cli *c, json_t *rows, const json_t *status)
{
    const json_t *engine = json_object_get(status, "engine");
    const char *version = json_string_value(json_object_get(engine, "version"));

    (void)c;
    if (!json_is_object(engine))
        health_add(rows, "engine", HEALTH_BAD, "systemctl start meterpost",
                   "does not run: nothing is sent, nothing taken");
    else if (version != NULL && strcmp(version, METERPOST_VERSION) != 0)
        health_add(rows, "engine", HEALTH_WARN, "systemctl restart meterpost",
                   "runs version %s, installed is %s", version, METERPOST_VERSION);
    else
        health_add(rows, "engine", HEALTH_OK, NULL, "version %s, since %.16s", version,
                   json_string_value(json_object_get(engine, "since")));
    if (json_is_true(json_object_get(status, "month_spent")))
        health_add(rows, "money", HEALTH_BAD, "raise limits.spend_per_month",
                   "the month's money for messages is spent: only alarms, cuts and "
                   "restores go out");
}

/* What its SIM was last told to have; "" when nobody knows. */
static void
credit_of(struct cli *c, const char *modem, char *out, size_t size)
{
    struct list_filter f = {.subject = modem, .limit = 1};
    const char *credit;
    struct err e;
    json_t *list;

    *out = '\0';
    if (c->desk->store == NULL || modem == NULL)
        return;
    list = list_array(c->desk->store, "modems", &f, c->desk->conf->decimals, &e);
    credit = json_string_value(json_object_get(json_array_get(list, 0), "credit"));
    if (credit != NULL)
        snprintf(out, size, ", credit %s", credit);
    json_decref(list);
}

static void
look_at_modem(struct cli *c, json_t *rows, const json_t *m)
{
    const char *name = json_string_value(json_object_get(m, "modem"));
    const char *health = json_string_value(json_object_get(m, "health"));
    const char *reason = json_string_value(json_object_get(m, "reason"));
    const json_t *percent = json_object_get(m, "signal");
    char mend[100], credit[60];
    bool ready = health != NULL && strcmp(health, "ready") == 0;
    bool starts = health != NULL && strcmp(health, "starting") == 0;

    snprintf(mend, sizeof(mend), "meterpost modem reset %s", name);
    credit_of(c, name, credit, sizeof(credit));
    if (ready && json_is_integer(percent))
        health_add(rows, "modem", HEALTH_OK, NULL, "%s ready, signal %lld%%, %s%s", name,
                   (long long)json_integer_value(percent),
                   json_string_value(json_object_get(m, "operator")), credit);
    else
        health_add(rows, "modem",
                   ready    ? HEALTH_OK
                   : starts ? HEALTH_WARN
                            : HEALTH_BAD,
                   ready ? NULL : mend, "%s %s%s%s", name, health,
                   reason == NULL || *reason == '\0' ? "" : ": ",
                   reason == NULL ? "" : reason);
}

void
health_modems(struct cli *c, json_t *rows, const json_t *status)
{
    const json_t *m;
    size_t i;

    json_array_foreach (json_object_get(status, "modems"), i, m)
        look_at_modem(c, rows, m);
    if (c->desk->conf->n_modems == 0)
        health_add(rows, "modem", HEALTH_WARN, "name one under modems: in the settings",
                   "there are no modems");
}

/* supply.c - the chapter of the demo about who has not paid: reminders, a cut day read by
 * the treasurer, two people, and supply that comes back by itself. */
#include "demo.h"

#include <stdlib.h>
#include <string.h>

#define IDLE_MS  60000
#define SICK     49 /* customer with a medical certificate */
#define PLANNING 50 /* customer who pays in parts */
#define PAYERS   3  /* that pay once supply is off */

static bool
until(struct demo *d, const char *when, struct err *e)
{
    utc_t target;

    return clock_parse(when, &target, e) && rig_until(d->rig, target, IDLE_MS, e);
}

#define OPERATOR(d, answer, e, ...) (rig_meterpost((d)->rig, answer, e, __VA_ARGS__))

static bool
plain(int status, int want, const char *what, json_t **answer, struct err *e)
{
    json_decref(*answer);
    *answer = NULL;
    return status == want || err_in(e, "%s", what);
}

/* Days go by; each morning somebody has looked at the payments, and the run begins. */
static bool
reminders(struct demo *d, struct err *e)
{
    char when[40];

    story_say(d,
              "The bills are due. Each morning, once payments are known, the engine takes");
    story_say(d, "every overdue account one stage on: reminder, then notice, then cut.");
    for (int day = 16; day <= 20; day++) {
        json_t *answer = NULL;

        snprintf(when, sizeof(when), "2026-11-%02dT07:50", day);
        if (!until(d, when, e) || !plain(OPERATOR(d, &answer, e, "arrears", "feed",
                                                  "--reason", "till and bank", NULL),
                                         0, "arrears feed", &answer, e))
            return false;
        snprintf(when, sizeof(when), "2026-11-%02dT09:00", day);
        if (!until(d, when, e))
            return false;
        if (day == 16) {
            story_say(d, "The first reminders, as customers read them:");
            if (!story_tell_sent(d, 2, e))
                return false;
        }
    }
    return true;
}

static bool
exceptions(struct demo *d, struct err *e)
{
    char sick[24], planning[24];
    json_t *answer = NULL;

    people_account(SICK, sick);
    people_account(PLANNING, planning);
    story_say(d, "Account %s has a medical certificate; account %s agrees to pay in parts.",
              sick, planning);
    if (!plain(
            OPERATOR(d, &answer, e, "account", "protect", sick, "--kind", "medical", NULL),
            0, "account protect", &answer, e))
        return false;
    return plain(OPERATOR(d, &answer, e, "plan", "make", planning, "--parts", "3", NULL), 0,
                 "plan make", &answer, e);
}

/* The list as it stands on the terminal. */
static bool
show_list(struct demo *d, struct err *e)
{
    char config[RIG_PATH_MAX];
    const char *argv[] = {
        BIN "/meterpost", "--config", rig_path(d->rig, "meterpost.yaml", config), "cut",
        "list",           NULL};
    struct rig_output out;

    if (!rig_run(d->rig, argv, 30000, &out, e))
        return false;
    if (!d->quiet)
        printf("\n%s\n", out.out);
    rig_output_free(&out);
    return true;
}

static bool
cut_day(struct demo *d, struct err *e)
{
    json_t *answer = NULL, *row;
    char batch[24];
    int status;

    if (!until(d, "2026-11-22T22:00", e) ||
        !plain(OPERATOR(d, &answer, e, "--yes", "round", "start", "november-22", NULL), 0,
               "round start", &answer, e) ||
        !until(d, "2026-11-23T07:50", e))
        return false;
    if (!plain(
            OPERATOR(d, &answer, e, "arrears", "feed", "--reason", "till and bank", NULL),
            0, "arrears feed", &answer, e) ||
        !until(d, "2026-11-23T10:00", e))
        return false;
    story_say(d, "Monday, the day of cuts. The treasurer reads the list:");
    if (!show_list(d, e))
        return false;
    setenv("SUDO_USER", "amina", 1);
    answer = NULL;
    status = OPERATOR(d, &answer, e, "--yes", "cut", "propose", NULL);
    row = json_object_get(answer, "batch");
    snprintf(batch, sizeof(batch), "%lld", json_integer_value(row));
    story_say(d, "Amina proposes %zu cuts for %s KES; Joseph looks at them and approves.",
              json_array_size(json_object_get(answer, "orders")),
              json_string_value(json_object_get(answer, "amount")));
    json_decref(answer);
    if (status != 4)
        return err_in(e, "cut propose");
    setenv("SUDO_USER", "joseph", 1);
    answer = NULL;
    status = OPERATOR(d, &answer, e, "cut", "approve", batch, NULL);
    unsetenv("SUDO_USER");
    return plain(status, 0, "cut approve", &answer, e) && until(d, "2026-11-23T11:00", e);
}

static int
count_orders(struct demo *d, const char *action, const char *state, struct err *e)
{
    json_t *rows = NULL;
    int n = OPERATOR(d, &rows, e, "order", "list", action, "--state", state, NULL) == 0
                ? (int)json_array_size(rows)
                : 0;

    json_decref(rows);
    return n;
}

/* The accounts that were cut, first ones first: some of them pay. */
static bool
payments(struct demo *d, struct err *e)
{
    json_t *orders = NULL, *answer = NULL;
    size_t n;

    if (OPERATOR(d, &orders, e, "order", "list", "cut", "--state", "verified", NULL) != 0)
        return plain(1, 0, "order list", &orders, e);
    n = json_array_size(orders);
    for (size_t i = 0; i < PAYERS && i < n; i++) {
        const json_t *row = json_array_get(orders, n - 1 - i);
        const char *account = json_string_value(json_object_get(row, "account"));
        const char *amount = json_string_value(json_object_get(row, "amount"));
        char reference[24];

        snprintf(reference, sizeof(reference), "NOV-%04zu", i + 1);
        if (!plain(OPERATOR(d, &answer, e, "--yes", "pay", "add", account, amount,
                            "--channel", "cash", "--reference", reference, NULL),
                   0, "pay add", &answer, e)) {
            json_decref(orders);
            return false;
        }
    }
    json_decref(orders);
    story_say(d, "%d of them pay at the till. Nobody has to ask for supply.", PAYERS);
    return until(d, "2026-11-23T11:30", e);
}

static bool
show_power(struct demo *d, struct err *e)
{
    json_t *rows = NULL, *row;
    size_t i;

    if (OPERATOR(d, &rows, e, "report", "power", NULL) != 0)
        return plain(1, 0, "report power", &rows, e);
    json_array_foreach (rows, i, row) {
        story_say(d, "    account %s: power %lld s after the payment",
                  json_string_value(json_object_get(row, "account")),
                  json_integer_value(json_object_get(row, "seconds")));
    }
    json_decref(rows);
    return true;
}

bool
supply_live(struct demo *d, struct err *e)
{
    if (!until(d, "2026-11-15T09:00", e) || !reminders(d, e) || !exceptions(d, e) ||
        !cut_day(d, e))
        return false;
    story_say(d, "%d meters are off, each proven by a separate look at its relay.",
              count_orders(d, "cut", "verified", e));
    if (!payments(d, e))
        return false;
    story_say(d, "%d are on again:", count_orders(d, "restore", "verified", e));
    return show_power(d, e);
}

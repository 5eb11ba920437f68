/* page.c - one page about one account or one meter, with its history. */
#include "lists.h"
#include "phrase.h"
#include "subject.h"

#include "meterpost/base/conf.h"

#include <stdio.h>
#include <string.h>

#define HISTORY 6 /* rows of each kind */

/* One table of a page: rows of a list about the subject. */
struct history {
    const char *title, *key; /* heading; member of the JSON object */
    const char *list;
    struct column columns[TABLE_COLUMNS_MAX];
};

static const struct column account_page[] = {
    {"account", "account", CELL_TEXT, false},
    {"name", "name", CELL_TEXT, false},
    {"balance", "owes", CELL_MONEY, false},
    {"phones", "phones", CELL_TEXT, false},
    {"meters", "meters", CELL_TEXT, false},
    {"tariff", "tariff", CELL_TEXT, false},
    {"class", "class", CELL_TEXT, false},
    {"language", "language", CELL_TEXT, false},
    {"address", "address", CELL_TEXT, false},
    {"protected", "protected", CELL_TEXT, false},
    {"protected_until", "until", CELL_TEXT, false},
    {"hold", "not chased", CELL_TEXT, false},
    {"hold_until", "until", CELL_TEXT, false},
    {"stage", "stage", CELL_TEXT, false},
    {"opened_at", "since", CELL_TIME, false},
    {"closed_at", "closed", CELL_TIME, false},
};

static const struct column meter_page[] = {
    {"meter", "meter", CELL_TEXT, false},
    {"account", "account", CELL_TEXT, false},
    {"commodity", "commodity", CELL_TEXT, false},
    {"check_meter", "check meter", CELL_TEXT, false},
    {"group", "group", CELL_TEXT, false},
    {"point", "point", CELL_TEXT, false},
    {"profile", "profile", CELL_TEXT, false},
    {"phone", "phone", CELL_TEXT, false},
    {"sim", "SIM", CELL_TEXT, false},
    {"carrier", "carrier", CELL_TEXT, false},
    {"concentrator", "concentrator", CELL_TEXT, false},
    {"collector", "collector", CELL_TEXT, false},
    {"port", "port", CELL_TEXT, false},
    {"pulse_constant", "pulses", CELL_TEXT, false},
    {"bus", "bus", CELL_TEXT, false},
    {"protocol", "protocol", CELL_TEXT, false},
    {"address", "address", CELL_TEXT, false},
    {"multiplier", "multiplier", CELL_TEXT, false},
    {"digits", "digits", CELL_TEXT, false},
    {"decimals", "decimals", CELL_TEXT, false},
    {"installed_on", "installed", CELL_TEXT, false},
    {"initial_reading", "began at", CELL_TEXT, false},
    {"battery_on", "battery of", CELL_TEXT, false},
    {"has_relay", "switch inside", CELL_TEXT, false},
    {"relay", "relay", CELL_STATE, false},
    {"last_reading", "reading", CELL_TEXT, false},
    {"last_reading_at", "taken", CELL_TIME, false},
    {"last_contact", "last heard", CELL_TIME, false},
    {"clock_drift_s", "clock off by s", CELL_TEXT, false},
    {"until", "out of use", CELL_TIME, false},
};

static const struct column modem_page[] = {
    {"modem", "modem", CELL_TEXT, false},
    {"health", "health", CELL_STATE, false},
    {"reason", "why", CELL_TEXT, false},
    {"operator", "network", CELL_TEXT, false},
    {"signal_percent", "signal %", CELL_TEXT, false},
    {"credit", "credit", CELL_MONEY, false},
    {"expires", "until", CELL_TEXT, false},
    {"sim_used", "in its SIM", CELL_TEXT, false},
    {"sim_size", "room for", CELL_TEXT, false},
    {"sending", "being sent", CELL_TEXT, false},
    {"day_parts", "parts today", CELL_TEXT, false},
    {"day_cost", "cost today", CELL_MONEY, false},
    {"month_parts", "this month", CELL_TEXT, false},
    {"month_cost", "cost", CELL_MONEY, false},
    {"model", "model", CELL_TEXT, false},
    {"firmware", "firmware", CELL_TEXT, false},
    {"imei", "IMEI", CELL_TEXT, false},
    {"imsi", "IMSI", CELL_TEXT, false},
    {"restarts", "restarts", CELL_TEXT, false},
    {"seen_at", "as of", CELL_TIME, false},
};

static const struct history care_of = {
    "What was tried",
    "care",
    "modem_care",
    {{"at", "at", CELL_TIME, false},
     {"step", "step", CELL_TEXT, false},
     {"state", "state", CELL_STATE, false},
     {"who", "who", CELL_TEXT, false},
     {"reason", "why", CELL_TEXT, true},
     {"answer", "what came of it", CELL_TEXT, true}},
};
static const struct history alarms_of = {
    "Alarms",
    "alarms",
    "alarms",
    {{"raised_at", "since", CELL_TIME, false},
     {"cleared_at", "until", CELL_TIME, false},
     {"text", "what", CELL_TEXT, true}},
};
static const struct history bills_of = {
    "Last bills",
    "bills",
    "bills",
    {{"bill", "bill", CELL_TEXT, false},
     {"period_from", "from", CELL_TEXT, false},
     {"period_to", "to", CELL_TEXT, false},
     {"due_at", "due", CELL_TEXT, false},
     {"total", "total", CELL_MONEY, false},
     {"balance_due", "to pay", CELL_MONEY, false},
     {"state", "state", CELL_TEXT, false}},
};
static const struct history payments_of = {
    "Last payments",
    "payments",
    "payments",
    {{"paid_at", "paid", CELL_TIME, false},
     {"amount", "amount", CELL_MONEY, false},
     {"channel", "channel", CELL_TEXT, false},
     {"reference", "reference", CELL_TEXT, true},
     {"payer", "payer", CELL_TEXT, true}},
};
static const struct history readings_of = {
    "Last readings",
    "readings",
    "readings",
    {{"taken_at", "taken", CELL_TIME, false},
     {"meter", "meter", CELL_TEXT, false},
     {"register", "register", CELL_TEXT, false},
     {"value", "value", CELL_NUMBER, false},
     {"unit", "unit", CELL_TEXT, false},
     {"quality", "quality", CELL_TEXT, false},
     {"source", "source", CELL_TEXT, false},
     {"status", "status", CELL_STATE, false},
     {"reason", "reason", CELL_TEXT, true}},
};
static const struct history places_of = {
    "Where it hung",
    "installations",
    "installations",
    {{"account", "account", CELL_TEXT, false},
     {"meter", "meter", CELL_TEXT, false},
     {"installed_at", "from", CELL_TIME, false},
     {"initial_reading", "reading", CELL_NUMBER, false},
     {"removed_at", "to", CELL_TIME, false},
     {"final_reading", "reading", CELL_NUMBER, false},
     {"multiplier", "multiplier", CELL_NUMBER, false},
     {"point", "point", CELL_TEXT, true}},
};
static const struct history seals_of = {
    "Seals",
    "seals",
    "seals",
    {{"seal", "seal", CELL_TEXT, false},
     {"since", "from", CELL_TIME, false},
     {"until", "to", CELL_TIME, false}},
};
static const struct history phones_of = {
    "Phones",
    "phone_roles",
    "phones",
    {{"phone", "phone", CELL_TEXT, false},
     {"role", "may", CELL_TEXT, false},
     {"since", "from", CELL_TIME, false},
     {"until", "to", CELL_TIME, false}},
};
static const struct history contracts_of = {
    "Tariffs",
    "contracts",
    "contracts",
    {{"tariff", "tariff", CELL_TEXT, false},
     {"class", "class", CELL_TEXT, false},
     {"from", "from", CELL_TIME, false}},
};
static const struct history items_of = {
    "Open items",
    "items",
    "open_items",
    {{"item", "item", CELL_NUMBER, false},
     {"kind", "kind", CELL_TEXT, false},
     {"memo", "memo", CELL_TEXT, true},
     {"due_at", "due", CELL_TEXT, false},
     {"amount", "amount", CELL_MONEY, false},
     {"open", "open", CELL_MONEY, false}},
};
static const struct history steps_of = {
    "What was done about the debt",
    "steps",
    "arrears_steps",
    {{"at", "at", CELL_TIME, false},
     {"stage", "stage", CELL_TEXT, false},
     {"state", "state", CELL_STATE, false},
     {"due_at", "due", CELL_TEXT, false},
     {"amount", "amount", CELL_MONEY, false},
     {"message", "message", CELL_STATE, false},
     {"note", "note", CELL_TEXT, true}},
};
static const struct history plans_of = {
    "Plans",
    "plans",
    "plans",
    {{"plan", "plan", CELL_NUMBER, false},
     {"made_at", "made", CELL_TIME, false},
     {"state", "state", CELL_STATE, false},
     {"amount", "amount", CELL_MONEY, false},
     {"open", "open", CELL_MONEY, false}},
};
static const struct history disputes_of = {
    "Disputes",
    "disputes",
    "disputes",
    {{"dispute", "dispute", CELL_NUMBER, false},
     {"opened_at", "opened", CELL_TIME, false},
     {"state", "state", CELL_STATE, false},
     {"bill", "bill", CELL_TEXT, false},
     {"reason", "reason", CELL_TEXT, true}},
};
static const struct history orders_of = {
    "Supply",
    "orders",
    "orders",
    {{"order", "order", CELL_NUMBER, false},
     {"proposed_at", "made", CELL_TIME, false},
     {"meter", "meter", CELL_TEXT, false},
     {"action", "action", CELL_TEXT, false},
     {"state", "state", CELL_STATE, false},
     {"proposed_by", "by", CELL_TEXT, false},
     {"note", "note", CELL_TEXT, true}},
};
static const struct history wire_of = {
    "On the wire",
    "jobs",
    "bus_jobs",
    {{"at", "at", CELL_TIME, false},
     {"action", "action", CELL_TEXT, false},
     {"state", "state", CELL_STATE, false},
     {"relay", "relay", CELL_TEXT, false},
     {"reason", "reason", CELL_TEXT, true}},
};
static const struct history notes_of = {
    "Notes",
    "notes",
    "notes",
    {{"at", "at", CELL_TIME, false},
     {"by", "by", CELL_TEXT, false},
     {"text", "text", CELL_TEXT, true}},
};
static const struct history changes_of = {
    "Changes",
    "changes",
    "audit",
    {{"at", "at", CELL_TIME, false},
     {"who", "who", CELL_TEXT, false},
     {"action", "action", CELL_TEXT, false},
     {"detail", "detail", CELL_TEXT, true}},
};
static const struct history sent_to = {
    "Last messages to",
    "sent",
    "outbox",
    {{"queued_at", "queued", CELL_TIME, false},
     {"kind", "kind", CELL_TEXT, false},
     {"state", "state", CELL_STATE, false},
     {"text", "text", CELL_TEXT, true}},
};
static const struct history came_from = {
    "Last messages from",
    "received",
    "inbox",
    {{"received_at", "received", CELL_TIME, false},
     {"kind", "kind", CELL_TEXT, false},
     {"state", "state", CELL_STATE, false},
     {"text", "text", CELL_TEXT, true}},
};

struct page {
    const struct column *columns;
    size_t count;
    struct {
        const struct history *what;
        const char *subject;
    } parts[16];
    size_t parts_count;
    const char *more; /* commands that tell more, their subject behind */
};

static bool
add_history(struct cli *c, json_t *object, const struct history *h, const char *subject,
            struct err *e)
{
    const struct list_filter f = {.subject = subject, .limit = HISTORY};
    json_t *rows = list_array(c->desk->store, h->list, &f, c->desk->conf->decimals, e);

    return rows != NULL && json_object_set_new(object, h->key, rows) == 0;
}

static void
print_page(const struct page *page, const json_t *object)
{
    bool colour = colour_wanted(stdout);

    page_print(stdout, page->columns, page->count, object, LINE_COLUMNS, colour);
    for (size_t i = 0; i < page->parts_count; i++) {
        const struct history *h = page->parts[i].what;
        const json_t *rows = json_object_get(object, h->key);

        if (json_array_size(rows) == 0)
            continue;
        printf("\n%s\n", phrase(h->title));
        table_print(stdout, h->columns, columns_count(h->columns), rows, LINE_COLUMNS,
                    colour);
    }
    if (page->more != NULL)
        printf("\n%s: %s\n", phrase("More"), page->more);
}

/* The row of `list` that the filter finds, filled with its history and printed. */
static enum status
show_page(struct cli *c, const char *list, const struct list_filter *f,
          const struct page *page)
{
    json_t *rows, *object;
    struct err e;

    rows = list_array(c->desk->store, list, f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    object = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    if (object == NULL) {
        say_note(c, "nothing is known of it yet");
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < page->parts_count; i++) {
        if (!add_history(c, object, page->parts[i].what, page->parts[i].subject, &e)) {
            json_decref(object);
            return say_failure(&e);
        }
    }
    if (c->form == FORM_TEXT)
        print_page(page, object);
    else
        print_object(c, object);
    json_decref(object);
    return STATUS_DONE;
}

enum status
run_account_show(struct cli *c)
{
    struct account account;
    char subject[80], more[300];
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!subject_account(c, c->args[0], &account, &e))
        return say_failure(&e);
    snprintf(subject, sizeof(subject), "account %s", account.account);
    snprintf(more, sizeof(more), "meterpost statement %s | bill list %s | ledger open %s",
             account.account, account.account, account.account);
    return show_page(c, "accounts", &(struct list_filter){.id = account.id, .limit = 1},
                     &(struct page){account_page,
                                    sizeof(account_page) / sizeof(account_page[0]),
                                    {{&phones_of, account.account},
                                     {&contracts_of, account.account},
                                     {&items_of, account.account},
                                     {&bills_of, account.account},
                                     {&payments_of, account.account},
                                     {&steps_of, account.account},
                                     {&plans_of, account.account},
                                     {&disputes_of, account.account},
                                     {&orders_of, account.account},
                                     {&readings_of, account.account},
                                     {&places_of, account.account},
                                     {&notes_of, account.account},
                                     {&changes_of, subject},
                                     {&came_from, account.account},
                                     {&sent_to, account.account}},
                                    15,
                                    more});
}

enum status
run_meter_show(struct cli *c)
{
    struct meter meter;
    char subject[80], more[300];
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!subject_meter(c, c->args[0], &meter, &e))
        return say_failure(&e);
    snprintf(subject, sizeof(subject), "meter %s", meter.meter);
    snprintf(
        more, sizeof(more),
        "meterpost usage show %s | reading list %s | attempt list %s | account show %s",
        meter.meter, meter.meter, meter.meter, meter.meter);
    return show_page(c, "meters", &(struct list_filter){.id = meter.id, .limit = 1},
                     &(struct page){meter_page,
                                    sizeof(meter_page) / sizeof(meter_page[0]),
                                    {{&readings_of, meter.meter},
                                     {&places_of, meter.meter},
                                     {&seals_of, meter.meter},
                                     {&orders_of, meter.meter},
                                     {&wire_of, meter.meter},
                                     {&alarms_of, meter.meter},
                                     {&changes_of, subject},
                                     {&came_from, meter.meter},
                                     {&sent_to, meter.meter}},
                                    9,
                                    more});
}

enum status
run_modem_show(struct cli *c)
{
    const char *name = c->args[0];
    char more[100];

    if (!session_read(c))
        return STATUS_FAILED;
    if (conf_modem_find(c->desk->conf, name) == NULL) {
        say_error("the configuration has no modem '%.40s'", name);
        return STATUS_FAILED;
    }
    snprintf(more, sizeof(more), "meterpost modem history %s | modem reset %s", name, name);
    return show_page(c, "modems", &(struct list_filter){.subject = name, .limit = 1},
                     &(struct page){modem_page,
                                    sizeof(modem_page) / sizeof(modem_page[0]),
                                    {{&care_of, name}, {&alarms_of, name}},
                                    2,
                                    more});
}

/* list.c - the commands that print one list of the store: a table of them. */
#include "lists.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/phone.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_ROWS 500 /* on a terminal, unless --limit says otherwise */

static const struct list_view views[] = {
    {"account list",
     "accounts",
     NULL,
     {{"account", "account", CELL_TEXT, false},
      {"name", "name", CELL_TEXT, true},
      {"balance", "balance", CELL_MONEY, false},
      {"tariff", "tariff", CELL_TEXT, true},
      {"phones", "phones", CELL_TEXT, true},
      {"meters", "meters", CELL_TEXT, true},
      {"protected", "protected", CELL_TEXT, false}}},
    {"meter list",
     "meters",
     NULL,
     {{"meter", "meter", CELL_TEXT, false},
      {"account", "account", CELL_TEXT, false},
      {"commodity", "commodity", CELL_TEXT, false},
      {"profile", "profile", CELL_TEXT, true},
      {"phone", "phone", CELL_TEXT, false},
      {"concentrator", "concentrator", CELL_TEXT, true},
      {"relay", "relay", CELL_STATE, false},
      {"last_reading", "reading", CELL_NUMBER, false},
      {"last_reading_at", "taken", CELL_TIME, false}}},
    {"factor list",
     "factors",
     NULL,
     {{"factor", "factor", CELL_TEXT, false},
      {"from", "from", CELL_TEXT, false},
      {"value", "value", CELL_NUMBER, false},
      {"set_at", "set", CELL_TIME, false},
      {"by", "by", CELL_TEXT, true}}},
    {"reading list",
     "readings",
     NULL,
     {{"taken_at", "taken", CELL_TIME, false},
      {"meter", "meter", CELL_TEXT, false},
      {"register", "register", CELL_TEXT, false},
      {"value", "value", CELL_NUMBER, false},
      {"unit", "unit", CELL_TEXT, false},
      {"quality", "quality", CELL_TEXT, false},
      {"source", "source", CELL_TEXT, false},
      {"status", "status", CELL_STATE, false},
      {"flags", "flags", CELL_SENTENCE, true},
      {"reason", "reason", CELL_SENTENCE, true}}},
    {"phone list",
     "phones",
     NULL,
     {{"phone", "phone", CELL_TEXT, false},
      {"account", "account", CELL_TEXT, false},
      {"name", "name", CELL_TEXT, true},
      {"role", "role", CELL_TEXT, false},
      {"since", "since", CELL_TIME, false},
      {"until", "until", CELL_TIME, false}}},
    {"concentrator list",
     "concentrators",
     NULL,
     {{"concentrator", "concentrator", CELL_TEXT, false},
      {"profile", "profile", CELL_TEXT, true},
      {"phone", "phone", CELL_TEXT, false},
      {"address", "address", CELL_TEXT, false},
      {"window", "window", CELL_TEXT, false},
      {"freeze_time", "freeze", CELL_TEXT, false},
      {"meters", "meters", CELL_NUMBER, false},
      {"last_contact", "last heard", CELL_TIME, false},
      {"until", "closed", CELL_TIME, false}}},
    {"collector list",
     "collectors",
     NULL,
     {{"collector", "collector", CELL_TEXT, false},
      {"concentrator", "concentrator", CELL_TEXT, false},
      {"bus", "bus", CELL_TEXT, false},
      {"address", "address", CELL_TEXT, false},
      {"ports", "ports", CELL_NUMBER, false},
      {"pulse_constants", "pulses", CELL_TEXT, true},
      {"state", "state", CELL_STATE, false},
      {"meters", "meters", CELL_NUMBER, false},
      {"until", "closed", CELL_TIME, false}}},
    {"attempt list",
     "attempts",
     NULL,
     {{"asked_at", "asked", CELL_TIME, false},
      {"asked", "who", CELL_TEXT, false},
      {"number", "try", CELL_NUMBER, false},
      {"cause", "for", CELL_TEXT, false},
      {"channel", "by", CELL_TEXT, false},
      {"device", "device", CELL_TEXT, false},
      {"cost", "cost", CELL_MONEY, false},
      {"result", "result", CELL_TEXT, true},
      {"sent", "sent", CELL_TEXT, true},
      {"received", "received", CELL_TEXT, true}}},
    {"group list",
     "groups",
     NULL,
     {{"group", "group", CELL_TEXT, false},
      {"name", "name", CELL_TEXT, true},
      {"kind", "kind", CELL_TEXT, false},
      {"parent", "parent", CELL_TEXT, false},
      {"meters", "meters", CELL_NUMBER, false},
      {"check_meters", "check meter", CELL_TEXT, true},
      {"since", "since", CELL_TIME, false},
      {"until", "closed", CELL_TIME, false}}},
    {"point list",
     "points",
     NULL,
     {{"point", "point", CELL_TEXT, false},
      {"address", "address", CELL_TEXT, true},
      {"location", "location", CELL_TEXT, false},
      {"phases", "phases", CELL_NUMBER, false},
      {"meters", "meters", CELL_TEXT, true},
      {"note", "note", CELL_TEXT, true}}},
    {"reading billed",
     "trueups",
     NULL,
     {{"bill", "bill", CELL_TEXT, false},
      {"account", "account", CELL_TEXT, false},
      {"meter", "meter", CELL_TEXT, false},
      {"taken_at", "taken", CELL_TIME, false},
      {"billed", "billed", CELL_NUMBER, false},
      {"value", "is now", CELL_NUMBER, false},
      {"difference", "difference", CELL_NUMBER, false},
      {"found_at", "found", CELL_TIME, false},
      {"settled_at", "settled", CELL_TIME, false}}},
    {"vee list",
     "vee_overrides",
     NULL,
     {{"id", "id", CELL_NUMBER, false},
      {"class", "class", CELL_TEXT, false},
      {"meter", "meter", CELL_TEXT, false},
      {"name", "limit", CELL_TEXT, false},
      {"value", "is", CELL_TEXT, false},
      {"until", "until", CELL_TIME, false},
      {"reason", "reason", CELL_TEXT, true},
      {"by", "by", CELL_TEXT, false}}},
    {"inbox",
     "inbox",
     NULL,
     {{"id", "id", CELL_NUMBER, false},
      {"received_at", "received", CELL_TIME, false},
      {"from", "from", CELL_TEXT, false},
      {"kind", "kind", CELL_TEXT, false},
      {"state", "state", CELL_STATE, false},
      {"text", "text", CELL_TEXT, true},
      {"error", "reason", CELL_TEXT, true}}},
    {"quarantine list",
     "inbox",
     "quarantined",
     {{"id", "id", CELL_NUMBER, false},
      {"received_at", "received", CELL_TIME, false},
      {"from", "from", CELL_TEXT, false},
      {"kind", "kind", CELL_TEXT, false},
      {"meter", "meter", CELL_TEXT, false},
      {"text", "text", CELL_TEXT, true},
      {"error", "reason", CELL_TEXT, true}}},
    {"outbox",
     "outbox",
     NULL,
     {{"id", "id", CELL_NUMBER, false},
      {"queued_at", "queued", CELL_TIME, false},
      {"to", "to", CELL_TEXT, false},
      {"kind", "kind", CELL_TEXT, false},
      {"state", "state", CELL_STATE, false},
      {"modem", "modem", CELL_TEXT, false},
      {"segments", "parts", CELL_NUMBER, false},
      {"text", "text", CELL_TEXT, true},
      {"error", "reason", CELL_TEXT, true}}},
    {"round list",
     "rounds",
     NULL,
     {{"round", "round", CELL_TEXT, true},
      {"state", "state", CELL_STATE, false},
      {"started_at", "started", CELL_TIME, false},
      {"closes_at", "closes", CELL_TIME, false},
      {"meters", "meters", CELL_NUMBER, false},
      {"in", "in", CELL_NUMBER, false},
      {"held", "held", CELL_NUMBER, false},
      {"missing", "missing", CELL_NUMBER, false},
      {"expected", "open", CELL_NUMBER, false}}},
    {"bill list",
     "bills",
     NULL,
     {{"bill", "bill", CELL_TEXT, false},
      {"account", "account", CELL_TEXT, false},
      {"name", "name", CELL_TEXT, true},
      {"period_to", "until", CELL_TEXT, false},
      {"due_at", "due", CELL_TEXT, false},
      {"basis", "basis", CELL_TEXT, false},
      {"total", "total", CELL_MONEY, false},
      {"balance_due", "to pay", CELL_MONEY, false},
      {"state", "state", CELL_TEXT, false}}},
    {"pay list",
     "payments",
     NULL,
     {{"payment", "payment", CELL_NUMBER, false},
      {"paid_at", "paid", CELL_TIME, false},
      {"account", "account", CELL_TEXT, false},
      {"amount", "amount", CELL_MONEY, false},
      {"channel", "channel", CELL_TEXT, false},
      {"reference", "reference", CELL_TEXT, true},
      {"payer", "payer", CELL_TEXT, true},
      {"by", "by", CELL_TEXT, false}}},
    {"ledger show",
     "entries",
     NULL,
     {{"id", "id", CELL_NUMBER, false},
      {"at", "at", CELL_TIME, false},
      {"debit", "debit", CELL_TEXT, true},
      {"credit", "credit", CELL_TEXT, true},
      {"amount", "amount", CELL_MONEY, false},
      {"kind", "kind", CELL_TEXT, false},
      {"memo", "memo", CELL_TEXT, true}}},
    {"ledger open",
     "open_items",
     NULL,
     {{"item", "item", CELL_NUMBER, false},
      {"account", "account", CELL_TEXT, false},
      {"kind", "kind", CELL_TEXT, false},
      {"memo", "memo", CELL_TEXT, true},
      {"due_at", "due", CELL_TEXT, false},
      {"amount", "amount", CELL_MONEY, false},
      {"open", "open", CELL_MONEY, false}}},
    {"statement",
     "statement",
     NULL,
     {{"at", "at", CELL_TIME, false},
      {"kind", "kind", CELL_TEXT, false},
      {"memo", "for", CELL_TEXT, true},
      {"charge", "charge", CELL_MONEY, false},
      {"credit", "credit", CELL_MONEY, false},
      {"balance", "balance", CELL_MONEY, false}}},
    {"prepaid list",
     "prepaid",
     NULL,
     {{"account", "account", CELL_TEXT, false},
      {"name", "name", CELL_TEXT, true},
      {"level", "told", CELL_TEXT, false},
      {"since_level", "since", CELL_TIME, false},
      {"left", "left", CELL_MONEY, false},
      {"limit", "limit", CELL_MONEY, false},
      {"warn", "warned at", CELL_MONEY, false},
      {"day", "a day", CELL_MONEY, false}}},
    {"cash list",
     "tills",
     NULL,
     {{"till", "till or agent", CELL_TEXT, false},
      {"session", "Z", CELL_NUMBER, false},
      {"opened_at", "opened", CELL_TIME, false},
      {"closed_at", "closed", CELL_TIME, false},
      {"float", "float", CELL_MONEY, false},
      {"expected", "expected", CELL_MONEY, false},
      {"counted", "counted", CELL_MONEY, false},
      {"difference", "differs", CELL_MONEY, false},
      {"ceiling", "ceiling", CELL_MONEY, false},
      {"held", "holds now", CELL_MONEY, false}}},
    {"suspense",
     "suspense",
     NULL,
     {{"payment", "payment", CELL_NUMBER, false},
      {"received_at", "since", CELL_TIME, false},
      {"age_days", "days", CELL_NUMBER, false},
      {"amount", "amount", CELL_MONEY, false},
      {"channel", "channel", CELL_TEXT, false},
      {"reference", "reference", CELL_TEXT, true},
      {"payer", "payer", CELL_TEXT, true},
      {"claim", "account as written", CELL_TEXT, true},
      {"proposals", "perhaps", CELL_TEXT, true}}},
    {"audit list",
     "audit",
     NULL,
     {{"id", "id", CELL_NUMBER, false},
      {"at", "at", CELL_TIME, false},
      {"who", "who", CELL_TEXT, false},
      {"channel", "by", CELL_TEXT, false},
      {"action", "action", CELL_TEXT, false},
      {"subject", "subject", CELL_TEXT, true},
      {"detail", "detail", CELL_TEXT, true}}},
};

size_t
columns_count(const struct column *columns)
{
    size_t n = 0;

    while (n < TABLE_COLUMNS_MAX && columns[n].key != NULL)
        n++;
    return n;
}

static const struct list_view *
view_among(const struct list_view *of, size_t n, const char *words)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(of[i].words, words) == 0)
            return &of[i];
    }
    return NULL;
}

static const struct list_view *
view_of(const char *words)
{
    const struct list_view *v = view_among(views, sizeof(views) / sizeof(views[0]), words);

    if (v == NULL)
        v = view_among(views_farm, views_farm_count, words);
    if (v == NULL)
        v = view_among(views_bus, views_bus_count, words);
    if (v == NULL)
        v = view_among(views_talk, views_talk_count, words);
    if (v == NULL)
        v = view_among(views_relay, views_relay_count, words);
    if (v == NULL)
        abort(); /* the table of commands names a list that is not here */
    return v;
}

const struct column *
list_columns(const char *words)
{
    return view_of(words)->columns;
}

/* ---- what the user asked for ---- */

static bool
parse_day(const char *text, utc_t *out, struct err *e)
{
    return text == NULL || clock_parse(text, out, e);
}

static bool
parse_limit(const char *text, int64_t *out, struct err *e)
{
    char *end;

    if (text == NULL)
        return true;
    *out = strtoll(text, &end, 10);
    return (*end == '\0' && *out > 0 && *out <= 100000000) ||
           err_set(e, FAIL_REJECT, "--limit takes a whole number from 1, not '%.40s'",
                   text);
}

bool
list_filter_read(struct cli *c, struct list_filter *f, struct err *e)
{
    static const char *const known[] = {"--state", "--from", "--to", "--limit"};
    const char *given[4] = {NULL};

    for (size_t i = 0; i < 4; i++) {
        for (const struct option *o = c->command->options; o->name != NULL; o++) {
            if (strcmp(o->name, known[i]) == 0)
                given[i] = cli_option(c, known[i]);
        }
    }
    *f = (struct list_filter){.subject = cli_arg(c, 0), .state = given[0]};
    return parse_day(given[1], &f->from, e) && parse_day(given[2], &f->to, e) &&
           parse_limit(given[3], &f->limit, e);
}

/* ---- the rows ---- */

struct stream {
    enum form form;
    size_t rows;
};

static bool
stream_row(json_t *row, void *context)
{
    struct stream *s = context;

    if (s->form == FORM_CSV) {
        if (s->rows == 0)
            csv_header_print(stdout, row);
        csv_row_print(stdout, row);
    } else {
        fputs(s->rows == 0 ? "[\n" : ",\n", stdout);
        json_dumpf(row, stdout, 0);
    }
    s->rows++;
    json_decref(row);
    return ferror(stdout) == 0;
}

/* For programs: every row there is, as it comes. */
static enum status
print_stream(struct cli *c, const char *list, struct list_filter *f)
{
    struct stream s = {.form = c->form};
    struct err e;

    if (f->limit == 0)
        f->limit = INT64_MAX;
    if (!list_each(c->desk->store, list, f, c->desk->conf->decimals, stream_row, &s, &e))
        return say_failure(&e);
    if (c->form == FORM_JSON)
        puts(s.rows == 0 ? "[]" : "\n]");
    return s.rows == 0 ? STATUS_FAILED : STATUS_DONE;
}

static enum status
print_table(struct cli *c, const struct list_view *view, struct list_filter *f)
{
    size_t most = f->limit > 0 ? (size_t)f->limit : TABLE_ROWS, n;
    struct err e;
    json_t *rows;

    f->limit = (int64_t)most + 1; /* one more tells that there is more */
    rows = list_array(c->desk->store, view->list, f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    if ((n = json_array_size(rows)) > most)
        json_array_remove(rows, most);
    table_print(stdout, view->columns, columns_count(view->columns), rows, LINE_COLUMNS,
                colour_wanted(stdout));
    json_decref(rows);
    if (n > most)
        say_note(c, "... and more: --limit N shows more than %zu, --json and --csv all",
                 most);
    if (n == 0)
        say_note(c, "nothing found");
    return n == 0 ? STATUS_FAILED : STATUS_DONE;
}

enum status
run_list(struct cli *c)
{
    const struct list_view *view = view_of(c->command->words);
    struct list_filter f;
    struct phone phone;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!list_filter_read(c, &f, &e)) {
        say_error("%s", e.text);
        return STATUS_USAGE;
    }
    if (view->state != NULL)
        f.state = view->state;
    /* A number as people type it finds the one on file. */
    if (f.subject != NULL &&
        (strcmp(view->list, "inbox") == 0 || strcmp(view->list, "outbox") == 0) &&
        phone_parse(f.subject, c->desk->conf->utility.country_code, &phone, &e) &&
        phone.kind == PHONE_E164)
        f.subject = phone.text;
    return c->form == FORM_TEXT ? print_table(c, view, &f)
                                : print_stream(c, view->list, &f);
}

#include "meterpost/control/report.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/loss.h"
#include "meterpost/store/list.h"
#include "meterpost/store/morning.h"
#include "meterpost/store/vee.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MONTHS    12
#define DAYS_MOST 400

/* ---- rows that are no list ---- */

/* Each day: meters, how many were read, and the part of it. */
static json_t *
reading_days(struct desk *d, utc_t from, utc_t to, struct err *e)
{
    json_t *rows = json_array();
    utc_t day = clock_day_start(from, 0);

    for (int i = 0; i < DAYS_MOST && day < to && day < d->now; i++) {
        utc_t next = clock_day_start(day, 1);
        char date[TIME_TEXT_MAX], percent[AMOUNT_TEXT_MAX];
        struct reading_day n;

        if (!reading_day_count(d->store, day, next, &n, e)) {
            json_decref(rows);
            return NULL;
        }
        decimal_print(n.expected == 0 ? 0 : n.read * 1000 / n.expected, 1, true, percent);
        json_array_append_new(
            rows, json_pack("{s:s, s:I, s:I, s:I, s:s}", "day", clock_date(day, date),
                            "meters", (json_int_t)n.expected, "read", (json_int_t)n.read,
                            "held", (json_int_t)n.held, "percent", percent));
        day = next;
    }
    return rows;
}

/* The twelve months up to the last of the time: billed, paid, and the part that was paid.
 */
static json_t *
money_months(struct desk *d, utc_t from, utc_t to, struct err *e)
{
    json_t *rows = json_array();

    (void)from;
    for (int i = 1 - MONTHS; i <= 0; i++) {
        utc_t begin = clock_month_start(to - 1, i), end = clock_month_start(to - 1, i + 1);
        struct list_filter f = {.from = begin, .to = end, .limit = 1};
        json_t *one = list_array(d->store, "report.month", &f, d->conf->decimals, e), *row;
        char month[TIME_TEXT_MAX], percent[AMOUNT_TEXT_MAX] = "";
        int64_t billed = 0, paid = 0;

        if (one == NULL) {
            json_decref(rows);
            return NULL;
        }
        row = json_incref(json_array_get(one, 0));
        json_decref(one);
        clock_date(begin, month);
        month[7] = '\0';
        if (report_milli(json_object_get(row, "billed"), &billed) &&
            report_milli(json_object_get(row, "paid"), &paid) && billed > 0)
            decimal_print(paid * 1000 / billed, 1, true, percent);
        json_object_set_new(row, "month", json_string(month));
        json_object_set_new(row, "percent", json_string(percent));
        if (json_array_size(rows) == 0 && i < 0 && billed == 0 && paid == 0)
            json_decref(row); /* before there was anything */
        else
            json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *
loss_groups(struct desk *d, utc_t from, utc_t to, struct err *e)
{
    return loss_rows(d->store, d->conf, NULL, NULL, from, to, e);
}

/* The day in counts: one row each. */
static json_t *
day_counts(struct desk *d, utc_t from, utc_t to, struct err *e)
{
    struct reading_day read;
    struct morning m;
    json_t *rows;
    char paid[AMOUNT_TEXT_MAX], open[AMOUNT_TEXT_MAX];

    if (!reading_day_count(d->store, from, to, &read, e) ||
        !store_morning(d->store, from, clock_month_start(from, 0), to, &m, e))
        return NULL;
    decimal_print(m.paid.minor, d->conf->decimals, false, paid);
    decimal_print(m.overdue_sum.minor, d->conf->decimals, false, open);
    rows = json_pack(
        "[{s:s, s:I}, {s:s, s:I}, {s:s, s:I}, {s:s, s:I}, {s:s, s:s}, {s:s, s:I},"
        " {s:s, s:I}, {s:s, s:s}, {s:s, s:I}]",
        "what", "meters", "value", (json_int_t)read.expected, "what", "meters read",
        "value", (json_int_t)read.read, "what", "readings held", "value",
        (json_int_t)read.held, "what", "payments", "value", (json_int_t)m.payments, "what",
        "paid", "value", paid, "what", "payments of no account", "value",
        (json_int_t)m.suspense, "what", "accounts that owe past the day", "value",
        (json_int_t)m.overdue, "what", "owed past the day", "value", open, "what",
        "messages that did not arrive", "value", (json_int_t)m.failed);
    return rows;
}

/* ---- the reports ---- */

#define DAYS_READ                                                                          \
    {                                                                                      \
        .key = "days", .title = "Meters read, by day", .rows = reading_days,               \
        .columns = {{"day", "day", REPORT_TEXT},                                           \
                    {"meters", "meters", REPORT_NUMBER},                                   \
                    {"read", "read", REPORT_NUMBER},                                       \
                    {"held", "held", REPORT_NUMBER},                                       \
                    {"percent", "%", REPORT_NUMBER}},                                      \
        .label = "day", .value = "percent", .unit = "%"                                    \
    }
#define MONTHS_PAID                                                                        \
    {                                                                                      \
        .key = "months", .title = "Billed and paid, by month", .rows = money_months,       \
        .columns = {{"month", "month", REPORT_TEXT},                                       \
                    {"bills", "bills", REPORT_NUMBER},                                     \
                    {"billed", "billed", REPORT_MONEY},                                    \
                    {"payments", "payments", REPORT_NUMBER},                               \
                    {"paid", "paid", REPORT_MONEY},                                        \
                    {"percent", "%", REPORT_NUMBER}},                                      \
        .label = "month", .value = "paid", .unit = ""                                      \
    }
#define LOSSES                                                                             \
    {                                                                                      \
        .key = "losses", .title = "Supplied and not sold", .rows = loss_groups,            \
        .columns = {{"group", "group", REPORT_TEXT},                                       \
                    {"name", "name", REPORT_TEXT},                                         \
                    {"supplied", "supplied", REPORT_NUMBER},                               \
                    {"sold", "sold", REPORT_NUMBER},                                       \
                    {"lost", "lost", REPORT_NUMBER},                                       \
                    {"percent", "%", REPORT_NUMBER},                                       \
                    {"coverage", "read %", REPORT_NUMBER},                                 \
                    {"state", "state", REPORT_TEXT},                                       \
                    {"cause", "likely cause", REPORT_TEXT}},                               \
        .label = "group", .value = "percent", .unit = "%"                                  \
    }
#define SALES                                                                              \
    {                                                                                      \
        .key = "sales", .title = "Sales by class", .list = "report.sales", .columns = {    \
            {"class", "class", REPORT_TEXT},                                               \
            {"commodity", "commodity", REPORT_TEXT},                                       \
            {"accounts", "accounts", REPORT_NUMBER},                                       \
            {"use", "use", REPORT_NUMBER},                                                 \
            {"unit", "unit", REPORT_TEXT}                                                  \
        }                                                                                  \
    }
#define ORDERS                                                                             \
    {                                                                                      \
        .key = "orders", .title = "Cuts and restores", .list = "report.orders",            \
        .columns = {                                                                       \
            {"action", "action", REPORT_TEXT},                                             \
            {"cause", "cause", REPORT_TEXT},                                               \
            {"state", "state", REPORT_TEXT},                                               \
            {"orders", "orders", REPORT_NUMBER},                                           \
            {"minutes", "mean minutes", REPORT_NUMBER},                                    \
            {"within_hour", "within 1 h", REPORT_NUMBER}                                   \
        }                                                                                  \
    }
#define CHANNELS                                                                           \
    {                                                                                      \
        .key = "channels", .title = "Payments by channel", .list = "report.channels",      \
        .columns = {                                                                       \
            {"channel", "channel", REPORT_TEXT},                                           \
            {"payments", "payments", REPORT_NUMBER},                                       \
            {"amount", "amount", REPORT_MONEY}                                             \
        }                                                                                  \
    }
#define SENT                                                                               \
    {                                                                                      \
        .key = "sent", .title = "Messages sent", .list = "report.messages", .columns = {   \
            {"kind", "kind", REPORT_TEXT},                                                 \
            {"messages", "messages", REPORT_NUMBER},                                       \
            {"parts", "parts", REPORT_NUMBER},                                             \
            {"sent", "sent", REPORT_NUMBER},                                               \
            {"delivered", "delivered", REPORT_NUMBER},                                     \
            {"failed", "failed", REPORT_NUMBER}                                            \
        }                                                                                  \
    }

#define TICKETS                                                                            \
    {                                                                                      \
        .key = "tickets", .title = "Complaints and wishes", .list = "report.tickets",      \
        .columns = {                                                                       \
            {"kind", "kind", REPORT_TEXT},                                                 \
            {"tickets", "tickets", REPORT_NUMBER},                                         \
            {"open", "open", REPORT_NUMBER},                                               \
            {"hours", "mean hours", REPORT_NUMBER}                                         \
        }                                                                                  \
    }

static const struct report reports[] = {
    {.name = "daily",
     .title = "The day",
     .about = "What came in, was paid and went wrong on a day.",
     .by_day = true,
     .sections = {{.key = "counts",
                   .title = "In short",
                   .rows = day_counts,
                   .columns = {{"what", "", REPORT_TEXT}, {"value", "", REPORT_NUMBER}}},
                  CHANNELS,
                  SENT}},
    {.name = "success",
     .title = "Reading success",
     .about = "Which part of the meters was read, day by day.",
     .sections = {DAYS_READ}},
    {.name = "ageing",
     .title = "Ageing of what is owed",
     .about = "What is open, by class and by how long it has been due; who owes most.",
     .sections = {{.key = "classes",
                   .title = "By class, days past due",
                   .list = "report.ageing",
                   .columns = {{"class", "class", REPORT_TEXT},
                               {"accounts", "accounts", REPORT_NUMBER},
                               {"not_due", "not due", REPORT_MONEY},
                               {"days_30", "to 30 d", REPORT_MONEY},
                               {"days_60", "31 to 60", REPORT_MONEY},
                               {"days_90", "61 to 90", REPORT_MONEY},
                               {"older", "older", REPORT_MONEY},
                               {"total", "total", REPORT_MONEY}},
                   .label = "class",
                   .value = "total",
                   .unit = ""},
                  {.key = "debtors",
                   .title = "Who owes most",
                   .list = "report.debtors",
                   .most = 20,
                   .columns = {{"account", "account", REPORT_TEXT},
                               {"name", "name", REPORT_TEXT},
                               {"owes", "owes", REPORT_MONEY},
                               {"since", "due since", REPORT_TEXT},
                               {"protected", "protected", REPORT_TEXT}}}}},
    {.name = "collection",
     .title = "Collection",
     .about = "What was billed and what came in, month by month, and by which way.",
     .sections = {MONTHS_PAID, CHANNELS}},
    {.name = "losses",
     .title = "Losses",
     .about = "What was supplied to transformers and feeders and not sold.",
     .sections = {LOSSES}},
    {.name = "revenue",
     .title = "Revenue",
     .about = "What was billed, by line and by class of customer.",
     .sections = {{.key = "lines",
                   .title = "By line of the bill",
                   .list = "report.revenue",
                   .columns = {{"code", "code", REPORT_TEXT},
                               {"label", "line", REPORT_TEXT},
                               {"bills", "bills", REPORT_NUMBER},
                               {"quantity", "quantity", REPORT_NUMBER},
                               {"amount", "amount", REPORT_MONEY}},
                   .label = "code",
                   .value = "amount",
                   .unit = ""},
                  {.key = "classes",
                   .title = "By class and tariff",
                   .list = "report.revenue_class",
                   .columns = {{"class", "class", REPORT_TEXT},
                               {"tariff", "tariff", REPORT_TEXT},
                               {"accounts", "accounts", REPORT_NUMBER},
                               {"bills", "bills", REPORT_NUMBER},
                               {"amount", "amount", REPORT_MONEY}}}}},
    {.name = "usage",
     .title = "Usage",
     .about = "What was used and billed, by class, and who uses most.",
     .sections = {SALES,
                  {.key = "users",
                   .title = "Who uses most",
                   .list = "report.users",
                   .most = 20,
                   .columns = {{"account", "account", REPORT_TEXT},
                               {"name", "name", REPORT_TEXT},
                               {"meter", "meter", REPORT_TEXT},
                               {"use", "use", REPORT_NUMBER},
                               {"unit", "unit", REPORT_TEXT}},
                   .label = "account",
                   .value = "use",
                   .unit = "kWh, m3"}}},
    {.name = "messages",
     .title = "Messages and their cost",
     .about = "What went out and came in, what it cost, by kind, day and modem.",
     .sections = {SENT,
                  {.key = "days",
                   .title = "Parts, by day",
                   .list = "report.parts",
                   .columns = {{"day", "day", REPORT_TEXT},
                               {"parts", "parts", REPORT_NUMBER},
                               {"cost", "cost", REPORT_MONEY}},
                   .label = "day",
                   .value = "parts",
                   .unit = "parts"},
                  {.key = "modems",
                   .title = "By modem",
                   .list = "report.modems",
                   .columns = {{"modem", "modem", REPORT_TEXT},
                               {"parts", "parts", REPORT_NUMBER},
                               {"cost", "cost", REPORT_MONEY}}},
                  {.key = "received",
                   .title = "Messages received",
                   .list = "report.received",
                   .columns = {{"kind", "kind", REPORT_TEXT},
                               {"messages", "messages", REPORT_NUMBER},
                               {"parts", "parts", REPORT_NUMBER},
                               {"not_understood", "not understood", REPORT_NUMBER}}}}},
    {.name = "restores",
     .title = "Restore times",
     .about = "How long it took from a payment until supply was back.",
     .sections = {ORDERS,
                  {.key = "restores",
                   .title = "The slowest",
                   .list = "report.restores",
                   .most = 30,
                   .columns = {{"order", "order", REPORT_NUMBER},
                               {"account", "account", REPORT_TEXT},
                               {"meter", "meter", REPORT_TEXT},
                               {"paid_at", "paid", REPORT_TIME},
                               {"power_at", "power", REPORT_TIME},
                               {"minutes", "minutes", REPORT_NUMBER},
                               {"way", "way", REPORT_TEXT},
                               {"state", "state", REPORT_TEXT}},
                   .label = "account",
                   .value = "minutes",
                   .unit = "min"}}},
    {.name = "regulator",
     .title = "Monthly report to the regulator",
     .about = "Sales by class, losses, collection, cuts and reconnection, reading.",
     .sections = {SALES, MONTHS_PAID, LOSSES, ORDERS, TICKETS, DAYS_READ}},
};

size_t
report_count(void)
{
    return sizeof(reports) / sizeof(reports[0]);
}

const struct report *
report_at(size_t i)
{
    return &reports[i];
}

const struct report *
report_find(const char *name)
{
    for (size_t i = 0; i < report_count(); i++) {
        if (strcmp(reports[i].name, name) == 0)
            return &reports[i];
    }
    return NULL;
}

/* ---- building ---- */

bool
report_milli(const json_t *value, int64_t *milli)
{
    struct err e;

    if (json_is_integer(value)) {
        *milli = json_integer_value(value) * 1000;
        return true;
    }
    return json_is_string(value) && *json_string_value(value) != '\0' &&
           decimal_parse(json_string_value(value), QUANTITY_PLACES, milli, &e);
}

static json_t *
section_rows(struct desk *d, const struct report_section *s, utc_t from, utc_t to,
             struct err *e)
{
    struct list_filter f = {.from = from, .to = to, .limit = s->most};

    if (s->list == NULL)
        return s->rows(d, from, to, e);
    return list_array(d->store, s->list, &f, d->conf->decimals, e);
}

json_t *
report_build(struct desk *d, const struct report *r, utc_t from, utc_t to, struct err *e)
{
    char begin[TIME_TEXT_MAX], end[TIME_TEXT_MAX], now[TIME_TEXT_MAX];
    json_t *sections = json_object();

    for (const struct report_section *s = r->sections; s->key != NULL; s++) {
        json_t *rows = section_rows(d, s, from, to, e);

        if (rows == NULL) {
            json_decref(sections);
            err_in(e, "report %s, %s", r->name, s->key);
            return NULL;
        }
        json_object_set_new(sections, s->key, rows);
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "report", r->name, "title",
                     r->title, "utility", d->conf->utility.name, "currency",
                     d->conf->utility.currency, "from", clock_iso(from, begin), "to",
                     clock_iso(to, end), "made_at", clock_iso(d->now, now), "sections",
                     sections);
}

bool
report_digest(struct desk *d, utc_t at, char *out, size_t size, struct err *e)
{
    utc_t day = clock_day_start(at, 0);
    char paid[AMOUNT_TEXT_MAX], date[TIME_TEXT_MAX];
    struct reading_day read;
    struct morning m;

    if (!reading_day_count(d->store, day, at, &read, e) ||
        !store_morning(d->store, day, clock_month_start(at, 0), at, &m, e))
        return false;
    decimal_print(m.paid.minor, d->conf->decimals, false, paid);
    snprintf(out, size,
             "%s: read %" PRId64 " of %" PRId64 ", held %" PRId64 "; %" PRId64
             " payments %s %s, %" PRId64 " of no account; %" PRId64
             " messages failed; %" PRId64 " owe past the day",
             clock_date(at, date), read.read, read.expected, read.held, m.payments, paid,
             d->conf->utility.currency, m.suspense, m.failed, m.overdue);
    return true;
}

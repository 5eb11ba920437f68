/* report_reading.c - how reading goes: by day, round, modem, carrier, model; who is stale.
 */
#include "lists.h"

#include "meterpost/base/conf.h"
#include "meterpost/store/vee.h"

#include <stdio.h>
#include <string.h>

#define DAYS       30 /* unless --from says otherwise */
#define DAYS_MOST  400
#define STALE_DAYS 5

#define ASKED(key)                                                                         \
    {                                                                                      \
        {key, key, CELL_TEXT, true}, {"asked", "asked", CELL_NUMBER, false},               \
            {"answered", "answered", CELL_NUMBER, false},                                  \
            {"failed", "failed", CELL_NUMBER, false},                                      \
        {                                                                                  \
            "percent", "%", CELL_NUMBER, false                                             \
        }                                                                                  \
    }
#define NEWEST                                                                             \
    {                                                                                      \
        {"meter", "meter", CELL_TEXT, false}, {"account", "account", CELL_TEXT, false},    \
            {"value", "value", CELL_NUMBER, false}, {"unit", "unit", CELL_TEXT, false},    \
        {                                                                                  \
            "taken_at", "taken", CELL_TIME, false                                          \
        }                                                                                  \
    }

static const struct view {
    const char *by;
    const char *list; /* NULL: counted here */
    struct column columns[TABLE_COLUMNS_MAX];
} views[] = {
    {"day",
     NULL,
     {{"day", "day", CELL_TEXT, false},
      {"expected", "meters", CELL_NUMBER, false},
      {"read", "read", CELL_NUMBER, false},
      {"held", "held", CELL_NUMBER, false},
      {"percent", "%", CELL_NUMBER, false}}},
    {"round", "reading.round", ASKED("round")},
    {"modem", "reading.modem", ASKED("modem")},
    {"carrier", "reading.carrier", ASKED("carrier")},
    {"model", "reading.model", ASKED("model")},
    {"stale",
     "reading.stale",
     {{"meter", "meter", CELL_TEXT, false},
      {"account", "account", CELL_TEXT, false},
      {"profile", "profile", CELL_TEXT, true},
      {"phone", "phone", CELL_TEXT, false},
      {"last_reading_at", "last reading", CELL_TIME, false},
      {"last_contact", "last heard", CELL_TIME, false}}},
    {"gaps",
     "reading.gaps",
     {{"meter", "meter", CELL_TEXT, false},
      {"account", "account", CELL_TEXT, false},
      {"from_at", "from", CELL_TIME, false},
      {"to_at", "to", CELL_TIME, false},
      {"days", "days", CELL_NUMBER, false},
      {"usual_days", "usually", CELL_NUMBER, false}}},
    {"battery", "reading.battery", NEWEST},
    {"signal", "reading.signal", NEWEST},
    {"clock",
     "reading.clock",
     {{"device", "device", CELL_TEXT, false},
      {"profile", "profile", CELL_TEXT, true},
      {"drift_s", "seconds off", CELL_NUMBER, false},
      {"seen_at", "seen", CELL_TIME, false},
      {"set_at", "told the time", CELL_TIME, false}}},
};

static const struct view *
view_of(const char *by)
{
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        if (strcmp(views[i].by, by) == 0)
            return &views[i];
    }
    return NULL;
}

/* Meters with a reading that came on each day, of those that were to be read. */
static json_t *
rows_by_day(struct cli *c, const struct list_filter *f, struct err *e)
{
    json_t *rows = json_array();
    utc_t day = clock_day_start(f->from, 0);

    for (int i = 0; i < DAYS_MOST && day < f->to; i++) {
        utc_t next = clock_day_start(day, 1);
        struct reading_day n;
        char date[TIME_TEXT_MAX], percent[AMOUNT_TEXT_MAX];

        if (!reading_day_count(c->desk->store, day, next, &n, e)) {
            json_decref(rows);
            return NULL;
        }
        decimal_print(n.expected == 0 ? 0 : n.read * 1000 / n.expected, 1, true, percent);
        json_array_append_new(
            rows, json_pack("{s:s, s:I, s:I, s:I, s:s}", "day", clock_date(day, date),
                            "expected", (json_int_t)n.expected, "read", (json_int_t)n.read,
                            "held", (json_int_t)n.held, "percent", percent));
        day = next;
    }
    return rows;
}

/* A month ends where the next one begins. */
static bool
read_filter(struct cli *c, const struct view *view, struct list_filter *f, struct err *e)
{
    const char *month = cli_option(c, "--month");
    char first[16];

    if (!list_filter_read(c, f, e))
        return false;
    f->subject = NULL;
    if (month != NULL) {
        snprintf(first, sizeof(first), "%.7s-01", month);
        if (!clock_parse(first, &f->from, e))
            return false;
        f->to = clock_month_start(f->from, 1);
    }
    if (f->to == 0)
        f->to = c->desk->now;
    if (f->from == 0)
        f->from = strcmp(view->by, "stale") == 0 ? c->desk->now - STALE_DAYS * DAY_S
                                                 : clock_day_start(f->to, 1 - DAYS);
    return f->from < f->to || err_set(e, FAIL_REJECT, "the time ends before it begins");
}

enum status
run_report_reading(struct cli *c)
{
    const char *by = cli_option(c, "--by");
    const struct view *view = view_of(by == NULL ? "day" : by);
    struct list_filter f;
    struct err e;
    json_t *rows;

    if (view == NULL) {
        say_error("--by takes day, round, modem, carrier, model, stale, gaps, battery, "
                  "signal or clock, not '%.40s'",
                  by);
        return STATUS_USAGE;
    }
    if (!session_read(c))
        return STATUS_FAILED;
    if (!read_filter(c, view, &f, &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    rows = view->list == NULL
               ? rows_by_day(c, &f, &e)
               : list_array(c->desk->store, view->list, &f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    print_array(c, view->columns, columns_count(view->columns), rows);
    if (json_array_size(rows) == 0)
        say_note(c, "nothing found");
    json_decref(rows);
    return STATUS_DONE;
}

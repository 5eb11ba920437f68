/* read.c - ask a few meters now, and wait for what they say. */
#include "lists.h"
#include "subject.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/units.h"
#include "meterpost/control/client.h"
#include "meterpost/store/requests.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define POLL_MS  200
#define BOX_ROWS 2000 /* newest readings of one subject that an answer is looked for in */

static json_int_t
request_of(const json_t *row)
{
    return json_integer_value(json_object_get(row, "request"));
}

/* ---- waiting ---- */

struct wait {
    struct cli *c;
    const json_t *asked; /* [{"meter", "request"}] */
    json_t *readings;    /* what came, in the form of the list */
    size_t answered, failed;
};

/* Did the reading come with the answer: in its message or, by wire, at its time? */
static bool
came_with(const json_t *row, const struct request *r)
{
    const char *received = json_string_value(json_object_get(row, "received_at"));
    char answered[TIME_TEXT_MAX];

    if (json_integer_value(json_object_get(row, "message")) != r->inbox_id)
        return false;
    return r->inbox_id != 0 ||
           (received != NULL && strcmp(received, clock_iso(r->answered_at, answered)) == 0);
}

/* Readings of one meter that came with the answer to its question. */
static bool
take_readings(struct wait *w, const char *meter, const struct request *r, struct err *e)
{
    struct list_filter f = {.subject = meter, .limit = BOX_ROWS};
    json_t *rows, *row;
    size_t i;

    rows = list_array(w->c->desk->store, "readings", &f, w->c->desk->conf->decimals, e);
    if (rows == NULL)
        return false;
    json_array_foreach (rows, i, row) {
        if (came_with(row, r))
            json_array_append(w->readings, row);
    }
    json_decref(rows);
    return true;
}

/* Count what is over; with `take` its readings are gathered and the rest is told. */
static bool
look(struct wait *w, bool take, struct err *e)
{
    const json_t *row;
    size_t i;

    w->answered = w->failed = 0;
    json_array_foreach (w->asked, i, row) {
        const char *meter = json_string_value(json_object_get(row, "meter"));
        struct request r = {0};
        bool found;

        if (request_of(row) == 0)
            continue; /* it could not be asked: that was said */
        if (!request_by_id(w->c->desk->store, request_of(row), &r, &found, e))
            return false;
        w->answered += r.state == REQUEST_ANSWERED;
        w->failed += r.state == REQUEST_FAILED;
        if (take && r.state == REQUEST_ANSWERED && !take_readings(w, meter, &r, e))
            return false;
        if (take && r.state != REQUEST_ANSWERED)
            say_note(w->c, "%s: %s%s%s", meter,
                     r.state == REQUEST_FAILED ? "no answer" : "no answer yet",
                     *r.reason == '\0' ? "" : ": ", r.reason);
    }
    return true;
}

static size_t
count_asked(const json_t *rows)
{
    const json_t *row;
    size_t i, n = 0;

    json_array_foreach (rows, i, row)
        n += request_of(row) != 0;
    return n;
}

static bool
wait_for(struct wait *w, int64_t ms, struct err *e)
{
    int64_t end = clock_mono_ms() + ms;
    size_t all = count_asked(w->asked);

    for (;;) {
        if (!look(w, false, e))
            return false;
        if (w->answered + w->failed == all || clock_mono_ms() >= end)
            return look(w, true, e);
        say_progress(w->c, (int64_t)w->answered, (int64_t)all, "answered");
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

static void
print_readings(const struct cli *c, const json_t *rows)
{
    const struct column *columns = list_columns("reading list");
    const json_t *row;
    size_t i;

    if (c->form == FORM_TEXT)
        table_print(stdout, columns, columns_count(columns), rows, LINE_COLUMNS,
                    colour_wanted(stdout));
    if (c->form == FORM_JSON) {
        json_dumpf(rows, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_array_foreach (rows, i, row) {
        if (c->form == FORM_CSV && i == 0)
            csv_header_print(stdout, row);
        if (c->form == FORM_CSV)
            csv_row_print(stdout, row);
    }
}

static enum status
wait_and_print(struct cli *c, const json_t *asked, int64_t ms)
{
    struct wait w = {.c = c, .asked = asked, .readings = json_array()};
    struct err e;
    bool good;

    if (!session_read(c)) {
        json_decref(w.readings);
        return STATUS_FAILED;
    }
    good = wait_for(&w, ms, &e);
    say_progress(c, 0, 0, NULL);
    if (good)
        print_readings(c, w.readings);
    json_decref(w.readings);
    if (!good)
        return say_failure(&e);
    if (w.answered == 0)
        return STATUS_FAILED;
    return w.answered < json_array_size(asked) ? STATUS_PART : STATUS_DONE;
}

/* ---- asking ---- */

static void
tell_asked(const struct cli *c, const json_t *rows)
{
    size_t i, asked = count_asked(rows);
    const json_t *row;

    json_array_foreach (rows, i, row) {
        if (request_of(row) == 0)
            say_error("%s: %s", json_string_value(json_object_get(row, "meter")),
                      json_string_value(json_object_get(row, "error")));
    }
    say_note(c, "%zu meter%s %s", asked, asked == 1 ? "" : "s",
             c->dry_run ? "would be asked" : "asked");
}

static bool
engine_answers(const struct cli *c)
{
    struct control_client *client;
    struct err e;

    if (!control_connect(c->desk->conf->run_dir, &client, &e))
        return false;
    control_disconnect(client);
    return true;
}

static enum status
after_asking(struct cli *c, enum status status, const json_t *answer, int64_t wait_ms)
{
    const json_t *rows = json_object_get(answer, "requests");
    enum status waited;

    tell_asked(c, rows);
    if (wait_ms == 0 || c->dry_run) {
        if (c->form != FORM_TEXT)
            print_object(c, answer);
        return status;
    }
    if (!engine_answers(c)) {
        say_error("no engine runs: they are asked when meterpostd is up");
        return STATUS_FAILED;
    }
    waited = wait_and_print(c, rows, wait_ms);
    return waited == STATUS_DONE ? status : waited;
}

enum status
run_read(struct cli *c)
{
    const char *wait = cli_option(c, "--wait");
    json_t *meters, *answer;
    enum status status;
    int64_t wait_ms = 0;
    struct err e;

    if (wait != NULL && !duration_parse(wait, &wait_ms, &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    if (!session_read(c) || (meters = subject_meters(c, true)) == NULL)
        return STATUS_FAILED;
    status = session_run(
        c, "read",
        json_pack("{s:o, s:s*}", "meters", meters, "via", cli_option(c, "--via")), &answer);
    if (answer == NULL)
        return status;
    status = after_asking(c, status, answer, wait_ms);
    json_decref(answer);
    return status;
}

/* ---- by hand ---- */

enum status
run_reading_add(struct cli *c)
{
    json_t *arguments, *answer;
    struct meter meter;
    enum status status;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!subject_meter(c, c->args[0], &meter, &e))
        return say_failure(&e);
    arguments = json_pack("{s:s, s:s}", "meter", meter.meter, "value", c->args[1]);
    cli_pass_option(c, arguments, "register", "--register");
    cli_pass_option(c, arguments, "taken_at", "--date");
    cli_pass_option(c, arguments, "source", "--source");
    status = session_run(c, "reading.add", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        printf("meter %s: %s %s%s\n", meter.meter, c->args[1],
               c->dry_run ? "would be noted" : "noted",
               json_integer_value(json_object_get(answer, "held")) > 0
                   ? ", and held for somebody to look at"
                   : "");
    json_decref(answer);
    return status;
}

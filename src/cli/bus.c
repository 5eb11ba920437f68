/* bus.c - wires: talk to a meter, see who is there, keep and show what travels. */
#include "cli.h"
#include "table.h"

#include "meterpost/base/units.h"
#include "meterpost/bus/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MS 100

/* What came of a job. */
struct outcome {
    struct bus_job job;
    uint8_t answer[BUS_ANSWER_MAX];
    size_t n_answer;
    char *traffic; /* NULL: none was kept */
};

/* ---- waiting ---- */

static bool
wait_ms(const struct cli *c, int64_t otherwise, int64_t *ms, struct err *e)
{
    const char *text = cli_option(c, "--wait");

    *ms = otherwise;
    return text == NULL || duration_parse(text, ms, e);
}

static bool
wait_for(struct cli *c, int64_t job, int64_t end_ms, struct outcome *o, struct err *e)
{
    bool found;

    for (;;) {
        if (!bus_job_by_id(c->desk->store, job, &o->job, &found, e))
            return false;
        if (!found)
            return err_set(e, FAIL_REJECT, "job %" PRId64 " is gone", job);
        if (o->job.ended_at != 0 || clock_mono_ms() >= end_ms)
            break;
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
    return bus_job_kept(c->desk->store, job, o->answer, sizeof(o->answer), &o->n_answer,
                        &o->traffic, e);
}

static bool
load_kinds(const struct cli *c, struct bus_kinds **out, struct err *e)
{
    struct problems p = {0};

    if (bus_kinds_load(c->desk->conf->paths.devices, c->desk->conf->paths.maps, out, &p))
        return true;
    problems_err(&p, e);
    problems_free(&p);
    return false;
}

/* The frames that came, as JSON; empty where they say nothing. */
static json_t *
decode(const struct cli *c, const struct bus_kinds *kinds, const struct outcome *o,
       const char *word)
{
    const struct conf_bus *bus = conf_bus_find(c->desk->conf, o->job.bus);
    const struct bus_kind *kind = bus_kinds_find(kinds, word);
    struct err e;
    json_t *frames;

    if (kind == NULL || bus == NULL || o->n_answer == 0)
        return json_array();
    frames = bus_answer_json(kind, bus_kind_wire(kind, bus), o->answer, o->n_answer, &e);
    return frames != NULL ? frames
                          : json_pack("[{s:b, s:s}]", "valid", 0, "detail", e.text);
}

static json_t *
outcome_json(const struct outcome *o, const char *meter, json_t *frames)
{
    return json_pack("{s:I, s:s, s:s*, s:s, s:s, s:s, s:i, s:o, s:s*}", "job",
                     (json_int_t)o->job.id, "bus", o->job.bus, "meter", meter, "action",
                     bus_action_name(o->job.action), "state",
                     bus_job_state_name(o->job.state), "reason", o->job.reason, "attempts",
                     o->job.attempts, "frames", frames, "traffic", o->traffic);
}

/* ---- test ---- */

static void
print_values(const json_t *frames)
{
    const json_t *frame, *value;
    size_t i, j;

    json_array_foreach (frames, i, frame) {
        const char *refusal = json_string_value(json_object_get(frame, "exception"));

        if (refusal != NULL)
            printf("  refused: %s\n", refusal);
        json_array_foreach (json_object_get(frame, "values"), j, value) {
            const char *text = json_string_value(json_object_get(value, "value"));
            const char *name = json_string_value(json_object_get(value, "name"));
            const char *unit = json_string_value(json_object_get(value, "unit"));

            printf("  %-10s %14s %-5s %s\n",
                   json_string_value(json_object_get(value, "id")),
                   text == NULL ? "-" : text, unit == NULL || *unit == '1' ? "" : unit,
                   name == NULL ? "" : name);
        }
    }
}

static void
print_outcome(const struct outcome *o, const char *meter, const json_t *frames)
{
    if (o->traffic != NULL)
        fputs(o->traffic, stdout);
    printf("%s on %s: %s%s%s\n", meter, o->job.bus, bus_job_state_name(o->job.state),
           o->job.reason[0] == '\0' ? "" : ": ", o->job.reason);
    print_values(frames);
}

static enum status
status_of(const struct cli *c, const struct outcome *o)
{
    if (o->job.ended_at == 0)
        say_note(c, "job %" PRId64 " waits: is the engine running? (`meterpost status`)",
                 o->job.id);
    return o->job.state == BUS_JOB_DONE ? STATUS_DONE : STATUS_FAILED;
}

static bool
meter_kind(struct cli *c, const struct outcome *o, char word[WORD_MAX], struct err *e)
{
    struct meter m;
    bool found;

    word[0] = '\0';
    if (!meter_by_id(c->desk->store, o->job.meter_id, &m, &found, e))
        return false;
    if (found)
        snprintf(word, WORD_MAX, "%s", m.protocol);
    return true;
}

/* One meter with everything; several as lines. */
static bool
show_one(struct cli *c, const struct bus_kinds *kinds, const json_t *row, int64_t end_ms,
         bool alone, json_t *all, enum status *status, struct err *e)
{
    const char *meter = json_string_value(json_object_get(row, "meter"));
    struct outcome *o = calloc(1, sizeof(*o));
    char word[WORD_MAX];
    json_t *frames = NULL;
    bool good =
        o != NULL &&
        wait_for(c, json_integer_value(json_object_get(row, "job")), end_ms, o, e) &&
        meter_kind(c, o, word, e);

    if (good) {
        frames = decode(c, kinds, o, word);
        if (status_of(c, o) != STATUS_DONE)
            *status = STATUS_FAILED;
        if (c->form != FORM_TEXT)
            json_array_append_new(all, outcome_json(o, meter, json_incref(frames)));
        else if (alone)
            print_outcome(o, meter, frames);
        else
            printf("%-16s %-10s %s\n", meter, bus_job_state_name(o->job.state),
                   o->job.reason);
    }
    json_decref(frames);
    if (o != NULL)
        free(o->traffic);
    free(o);
    return good;
}

static enum status
show_tests(struct cli *c, const json_t *jobs)
{
    bool alone = json_array_size(jobs) == 1;
    struct bus_kinds *kinds = NULL;
    json_t *all = json_array();
    const json_t *row;
    enum status status = STATUS_DONE;
    struct err e;
    int64_t ms, end_ms;
    size_t i;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!wait_ms(c, MINUTE_S * INT64_C(1000), &ms, &e) || !load_kinds(c, &kinds, &e))
        return say_failure(&e);
    end_ms = clock_mono_ms() + ms;
    json_array_foreach (jobs, i, row) {
        if (!show_one(c, kinds, row, end_ms, alone, all, &status, &e)) {
            status = say_failure(&e);
            break;
        }
    }
    if (c->form != FORM_TEXT) {
        json_dumpf(alone ? json_array_get(all, 0) : all, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(all);
    bus_kinds_free(kinds);
    return status;
}

static enum status
run_ask(struct cli *c, const char *verb, const char *what)
{
    json_t *answer = NULL;
    enum status status;

    if (!session_has_engine(c, "wires"))
        return STATUS_FAILED;
    status = session_run(
        c, verb, json_pack("{s:s, s:s*}", "subject", c->args[0], "what", what), &answer);
    if (answer != NULL)
        status = show_tests(c, json_object_get(answer, "jobs"));
    json_decref(answer);
    return status;
}

enum status
run_bus_test(struct cli *c)
{
    return run_ask(c, "bus.test", cli_option(c, "--read"));
}

enum status
run_bus_clock(struct cli *c)
{
    return run_ask(c, "bus.clock", NULL);
}

enum status
run_bus_freeze(struct cli *c)
{
    return run_ask(c, "bus.freeze", NULL);
}

enum status
run_bus_baud(struct cli *c)
{
    return run_ask(c, "bus.baud", c->args[1]);
}

/* ---- scan ---- */

/* {"address", "serial", "maker", "medium", "meter"}: who answered, and who that is in the
 * registry. Each is there once. */
static bool
add_found(struct cli *c, const struct outcome *o, const json_t *frame, json_t *rows,
          struct err *e)
{
    const char *address = json_string_value(json_object_get(frame, "address"));
    const char *serial = json_string_value(json_object_get(frame, "serial"));
    const char *maker = json_string_value(json_object_get(frame, "maker"));
    const char *at = address != NULL ? address : maker;
    const json_t *row;
    struct meter m;
    bool found = false;
    size_t i;

    if (at == NULL)
        return true;
    json_array_foreach (rows, i, row) {
        const char *there = json_string_value(json_object_get(row, "address"));
        const char *other = json_string_value(json_object_get(row, "serial"));

        if (strcmp(there, at) == 0 &&
            (serial == NULL || other == NULL || strcmp(serial, other) == 0))
            return true;
    }
    if (!meter_at_address(c->desk->store, 0, o->job.bus, at, &m, &found, e) ||
        (!found && serial != NULL &&
         !meter_at_address(c->desk->store, 0, o->job.bus, serial, &m, &found, e)))
        return false;
    json_array_append_new(rows,
                          json_pack("{s:s, s:s*, s:s*, s:s*, s:s*}", "address", at,
                                    "serial", serial, "maker", maker, "medium",
                                    json_string_value(json_object_get(frame, "medium")),
                                    "meter", found ? m.meter : NULL));
    return true;
}

static enum status
print_found(const struct cli *c, const struct outcome *o, const json_t *rows)
{
    static const struct column columns[] = {{"address", "address", CELL_TEXT, false},
                                            {"serial", "serial", CELL_TEXT, false},
                                            {"maker", "maker", CELL_TEXT, false},
                                            {"medium", "medium", CELL_TEXT, false},
                                            {"meter", "in the registry", CELL_TEXT, false}};

    if (c->form != FORM_TEXT) {
        json_dumpf(rows, stdout, JSON_INDENT(2));
        putchar('\n');
    } else if (json_array_size(rows) > 0) {
        table_print(stdout, columns, sizeof(columns) / sizeof(columns[0]), rows,
                    LINE_COLUMNS, colour_wanted(stdout));
    }
    if (o->job.state != BUS_JOB_DONE && o->job.reason[0] != '\0')
        say_error("%s", o->job.reason);
    if (status_of(c, o) != STATUS_DONE)
        return STATUS_FAILED;
    if (json_array_size(rows) == 0)
        say_note(c, "nobody answers");
    return json_array_size(rows) > 0 ? STATUS_DONE : STATUS_FAILED;
}

static enum status
show_scan(struct cli *c, const json_t *answer)
{
    const char *protocol = json_string_value(json_object_get(answer, "protocol"));
    struct outcome *o = calloc(1, sizeof(*o));
    json_t *frames = NULL, *rows = json_array();
    const json_t *frame;
    enum status status;
    struct err e = {FAIL_RETRY, "out of memory"};
    int64_t ms;
    size_t i;
    bool good;

    good = session_read(c) && o != NULL &&
           wait_ms(c, 5 * MINUTE_S * INT64_C(1000), &ms, &e) &&
           wait_for(c, json_integer_value(json_object_get(answer, "bus_job")),
                    clock_mono_ms() + ms, o, &e);
    if (good)
        frames = decode(c, NULL, o, protocol);
    json_array_foreach (frames, i, frame)
        good = good && add_found(c, o, frame, rows, &e);
    status = good ? print_found(c, o, rows) : say_failure(&e);
    json_decref(frames);
    json_decref(rows);
    if (o != NULL)
        free(o->traffic);
    free(o);
    return status;
}

enum status
run_bus_scan(struct cli *c)
{
    json_t *answer = NULL;
    enum status status;

    if (!session_has_engine(c, "wires"))
        return STATUS_FAILED;
    status = session_run(c, "bus.scan",
                         json_pack("{s:s, s:s*, s:s*}", "bus", c->args[0], "range",
                                   cli_arg(c, 1), "protocol", cli_option(c, "--protocol")),
                         &answer);
    if (answer != NULL)
        status = show_scan(c, answer);
    json_decref(answer);
    return status;
}

/* ---- record ---- */

enum status
run_bus_record(struct cli *c)
{
    json_t *answer = NULL;
    enum status status = session_run(
        c, "bus.record",
        json_pack("{s:s, s:s*}", "bus", c->args[0], "for", cli_option(c, "--for")),
        &answer);
    const char *until;

    if (answer == NULL)
        return status;
    until = json_string_value(json_object_get(answer, "until"));
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else if (until == NULL)
        printf("%s: not recorded any more\n", c->args[0]);
    else
        printf("%s: recorded until %s; `meterpost bus traffic %s` shows it\n", c->args[0],
               until, c->args[0]);
    json_decref(answer);
    return status;
}

static bool
print_traffic(struct cli *c, const json_t *row, json_t *all, int *shown, struct err *e)
{
    int64_t id = json_integer_value(json_object_get(row, "id"));
    uint8_t nothing[1];
    char *traffic = NULL;
    size_t n;

    if (!bus_job_kept(c->desk->store, id, nothing, sizeof(nothing), &n, &traffic, e))
        return false;
    if (traffic == NULL)
        return true;
    ++*shown;
    if (c->form != FORM_TEXT) {
        json_t *one = json_copy((json_t *)(uintptr_t)row);

        json_object_set_new(one, "traffic", json_string(traffic));
        json_array_append_new(all, one);
    } else {
        printf("# job %" PRId64 " %s %s %s %s\n%s", id,
               json_string_value(json_object_get(row, "at")),
               json_string_value(json_object_get(row, "bus")),
               json_string_value(json_object_get(row, "action")),
               json_string_value(json_object_get(row, "state")), traffic);
    }
    free(traffic);
    return true;
}

enum status
run_bus_traffic(struct cli *c)
{
    const char *limit = cli_option(c, "--limit");
    struct list_filter f = {.subject = c->args[0],
                            .limit = limit == NULL ? 20 : strtol(limit, NULL, 10)};
    json_t *rows, *all = json_array();
    struct err e;
    int shown = 0;
    bool good = true;

    if (!session_read(c))
        return STATUS_FAILED;
    rows = list_array(c->desk->store, "bus_jobs", &f, c->desk->conf->decimals, &e);
    if (rows == NULL)
        return say_failure(&e);
    for (size_t i = json_array_size(rows); i > 0 && good; i--)
        good = print_traffic(c, json_array_get(rows, i - 1), all, &shown, &e);
    if (good && c->form != FORM_TEXT) {
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(rows);
    json_decref(all);
    if (!good)
        return say_failure(&e);
    if (shown == 0)
        say_note(c, "nothing was kept: `meterpost bus record BUS`, or `bus test METER`");
    return shown > 0 ? STATUS_DONE : STATUS_FAILED;
}

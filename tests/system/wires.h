/* wires.h - a line to the emulated meters of tests/emulator/wires.json, without an engine.
 */
#ifndef TESTS_SYSTEM_WIRES_H
#define TESTS_SYSTEM_WIRES_H

#include "bus/session.h"
#include "meterpost/base/conf.h"
#include "meterpost/bus/answer.h"
#include "meterpost/bus/kind.h"
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct wires {
    struct rig *rig;
    struct bus_kinds *kinds;
    struct conf_bus conf;
    struct bus_wire_setup setup;
    struct line *line;
    struct session session;
    struct bus_wire_job job;
    struct bus_wire_result result;
    char password[20]; /* of the registry; "": none */
    struct err e;
};

static struct wires w;

static inline void
wires_open(void)
{
    const struct rig_options options = {.village = TOP "/tests/emulator/wires.json",
                                        .start = "2026-03-01T06:00+03:00"};
    struct problems p = {0};

    memset(&w, 0, sizeof(w));
    w.rig = rig_create(&options, &w.e);
    cr_assert_not_null(w.rig, "%s", w.e.text);
    cr_assert(rig_emulator_start(w.rig, &w.e), "%s", w.e.text);
    cr_assert(bus_kinds_load(TOP "/conf/devices", TOP "/conf/maps", &w.kinds, &p), "%s",
              p.count > 0 ? p.at[0].text : "");
    w.session.x.f = calloc(1, sizeof(*w.session.x.f));
}

static inline void
wires_close(void)
{
    line_close(w.line);
    bus_kinds_free(w.kinds);
    free(w.session.x.f);
    rig_destroy(w.rig);
}

/* With METERPOST_TRAFFIC in the environment what travels is printed. */
static inline void
wires_traffic(void *ctx, bool out, const uint8_t *bytes, size_t n)
{
    (void)ctx;
    if (getenv("METERPOST_TRAFFIC") == NULL)
        return;
    fprintf(stderr, "%lld %c", (long long)clock_mono_ms() % 100000, out ? '>' : '<');
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, " %02X", bytes[i]);
    fprintf(stderr, "\n");
}

/* Open the line of an emulated bus. */
static inline void
wires_line(const char *bus, uint32_t baud)
{
    static const struct line_hooks hooks = {.traffic = wires_traffic};

    line_close(w.line);
    w.conf = (struct conf_bus){
        .protocol = CONF_DLT645_2007, .timeout_ms = 1000, .gap_ms = 30, .pause_ms = 5};
    memset(&w.setup, 0, sizeof(w.setup));
    snprintf(w.setup.device, sizeof(w.setup.device), "%s/%s", rig_dir(w.rig), bus);
    w.setup.framing = (struct bus_framing){baud, CONF_PARITY_EVEN, 8, 1};
    w.setup.gap_ms = 30;
    cr_assert(line_open(&w.setup, &hooks, &w.line, &w.e), "%s", w.e.text);
    w.session.x.line = w.line;
}

/* Do something with a meter, by the word of its kind. */
static inline void
wires_run(const char *kind, const char *address, enum bus_action action, const char *what)
{
    struct bus_job job = {.id = 5, .action = action};
    struct meter m = {.id = 1};

    snprintf(job.what, sizeof(job.what), "%s", what);
    snprintf(m.address, sizeof(m.address), "%s", address);
    snprintf(m.protocol, sizeof(m.protocol), "%s", kind);
    snprintf(m.password, sizeof(m.password), "%s", w.password);
    cr_assert(bus_job_order(w.kinds, &w.conf, &job, &m, "", clock_now(), &w.job, &w.e),
              "%s", w.e.text);
    w.job.confirm_ms = w.job.confirm_ms > 1500 ? 1500 : w.job.confirm_ms;
    w.session.job = &w.job;
    w.session.result = &w.result;
    session_run(&w.session);
}

/* What the values with this register (or identifier) say, or "". */
static inline const char *
wires_value(const char *kind, const char *code)
{
    static char text[200];
    const struct bus_kind *k = bus_kinds_find(w.kinds, kind);
    json_t *frames = bus_answer_json(k, (enum conf_protocol)w.job.protocol,
                                     w.session.answer, w.session.n_answer, &w.e);
    const json_t *frame, *value;
    size_t i, j;

    snprintf(text, sizeof(text), "%s", frames == NULL ? w.e.text : "");
    json_array_foreach (frames, i, frame) {
        json_array_foreach (json_object_get(frame, "values"), j, value) {
            const char *obis = json_string_value(json_object_get(value, "register"));
            const char *id = json_string_value(json_object_get(value, "id"));
            const char *got = json_string_value(json_object_get(value, "value"));

            if ((strcmp(obis, code) == 0 || strcmp(id, code) == 0) && got != NULL)
                snprintf(text, sizeof(text), "%s", got);
        }
    }
    json_decref(frames);
    return text;
}

/* Set faults of an emulated meter. */
static inline void
wires_fault(const char *bus, const char *serial, const char *fault, int n)
{
    json_t *answer = rig_ask(w.rig, &w.e, "{s:s, s:s, s:s, s:i}", "do", "bus", "bus", bus,
                             "meter", serial, fault, n);

    cr_assert_not_null(answer, "%s", w.e.text);
    json_decref(answer);
}

#endif

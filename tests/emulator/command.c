#include "bus.h"
#include "control.h"
#include "meterpost/base/text.h"
#include "network.h"
#include "village.h"

#include <stdio.h>
#include <string.h>

#define RAW_MAX 1024 /* octets of an injected PDU */

typedef bool command_run(struct emulator *emu, const json_t *request, json_t *answer,
                         struct err *e);

static const char *
text_of(const json_t *request, const char *name)
{
    return json_string_value(json_object_get(request, name));
}

static struct modem *
modem_of(const struct emulator *emu, const json_t *request, const char *member,
         struct err *e)
{
    const char *name = text_of(request, member);
    struct modem *m = name == NULL ? NULL : emulator_modem(emu, name);

    if (m == NULL)
        err_set(e, FAIL_REJECT, "%s: there is no modem '%s'", member,
                name == NULL ? "" : name);
    return m;
}

static bool
inject_raw(struct emulator *emu, struct modem *to, const char *hex, struct err *e)
{
    uint8_t pdu[RAW_MAX];
    long n = hex_parse(hex, pdu, sizeof(pdu));

    if (n <= 0)
        return err_set(e, FAIL_REJECT, "pdu is hexadecimal of at most %d octets", RAW_MAX);
    network_raw(emu->network, to, pdu, (size_t)n);
    return true;
}

static bool
command_inject(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *to = modem_of(emu, request, "to", e);
    const char *encoding = text_of(request, "encoding");
    const char *time = text_of(request, "time");
    const json_t *class = json_object_get(request, "class");
    struct outgoing o = {.from = text_of(request, "from"),
                         .text = text_of(request, "text"),
                         .alphabet = ALPHABET_AUTO,
                         .ref_bits =
                             (int)json_integer_value(json_object_get(request, "ref_bits")),
                         .class = class == NULL ? -1 : (int)json_integer_value(class),
                         .order = json_object_get(request, "order")};
    struct arrival a;

    if (to == NULL)
        return false;
    if (text_of(request, "pdu") != NULL)
        return inject_raw(emu, to, text_of(request, "pdu"), e);
    if (o.from == NULL || o.text == NULL)
        return err_set(e, FAIL_REJECT, "inject needs from and text, or pdu");
    if (encoding != NULL && !alphabet_parse(encoding, &o.alphabet))
        return err_set(e, FAIL_REJECT, "encoding is auto, gsm7, 8bit or ucs2");
    if (o.class < -1 || o.class > 3)
        return err_set(e, FAIL_REJECT, "class goes from 0 to 3");
    if (time != NULL && !clock_parse(time, &o.time, e))
        return false;
    if (!network_text(emu->network, to, &o, &a, e))
        return false;
    emu->network->counts.injected++;
    json_object_set_new(answer, "parts", json_integer(a.parts));
    json_object_set_new(answer, "lost", json_integer(a.lost));
    json_object_set_new(answer, "repeated", json_integer(a.repeated));
    return true;
}

/* {"do": "call", "from", "to", "rings": 6, "every_ms": 3000}; "from" "" hides the number.
 */
static bool
command_call(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *to = modem_of(emu, request, "to", e);
    const char *from = text_of(request, "from");
    const json_t *rings = json_object_get(request, "rings"),
                 *every = json_object_get(request, "every_ms");

    if (to == NULL)
        return false;
    if (from == NULL || strlen(from) >= sizeof(to->call.from))
        return err_set(e, FAIL_REJECT, "call needs from: a number, or \"\"");
    modem_call(to, from, rings == NULL ? 6 : (int)json_integer_value(rings),
               every == NULL ? 3000 : (int)json_integer_value(every));
    (void)answer;
    return true;
}

static json_t *
show_sent(const struct sent *s, size_t id)
{
    char when[TIME_TEXT_MAX];

    return json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:s, s:b, s:i, s:s}", "id",
        (json_int_t)id, "modem", s->modem->name, "from", s->modem->number, "to", s->to,
        "text", s->text, "parts", s->parts, "lost", s->lost, "repeats", s->repeats, "good",
        s->good, "bad", s->bad, "encoding", alphabet_name(s->alphabet), "report", s->report,
        "class", s->class, "time", clock_iso(s->time, when));
}

static bool
command_sent(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    const struct network *n = emu->network;
    json_int_t since = json_integer_value(json_object_get(request, "since"));
    const json_t *limit = json_object_get(request, "limit");
    size_t most = limit == NULL ? 1000 : (size_t)json_integer_value(limit);
    json_t *all = json_array();
    size_t i = since < 0 ? 0 : (size_t)since;

    (void)e;
    for (; i < n->n_sent && json_array_size(all) < most; i++)
        json_array_append_new(all, show_sent(&n->sent[i], i));
    json_object_set_new(answer, "sent", all);
    json_object_set_new(answer, "next", json_integer((json_int_t)i));
    return true;
}

static bool
command_meter(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    const char *serial = text_of(request, "meter");
    struct device *d = serial == NULL ? NULL : village_serial(emu->village, serial);
    json_t *shown;

    if (d == NULL)
        return err_set(e, FAIL_REJECT, "there is no meter '%s'",
                       serial == NULL ? "" : serial);
    if (!village_set(d, request, clock_now(), e))
        return false;
    shown = village_show(d, clock_now());
    json_object_update(answer, shown);
    json_decref(shown);
    return true;
}

static bool
command_meters(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    json_t *all = json_array();

    (void)request, (void)e;
    for (size_t i = 0; i < village_count(emu->village); i++)
        json_array_append_new(all, village_show(village_at(emu->village, i), clock_now()));
    json_object_set_new(answer, "meters", all);
    return true;
}

static bool
command_push(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    const char *serial = text_of(request, "meter"), *to = text_of(request, "to");

    (void)answer;
    if (serial == NULL || to == NULL)
        return err_set(e, FAIL_REJECT, "push needs meter and to");
    return network_push(emu->network, serial, to, e);
}

static bool
command_fault(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *m = modem_of(emu, request, "modem", e);

    if (m == NULL || !modem_faults_set(m, request, e))
        return false;
    m->faults.pin_tries = m->sim.pin_tries;
    json_object_set_new(answer, "faults", knobs_show(fault_knobs, &m->faults));
    return true;
}

static bool
command_network(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    static const char *const others[] = {"do", NULL};

    if (!knobs_set(network_knobs, &emu->network->faults, request, others, e))
        return false;
    json_object_set_new(answer, "faults", knobs_show(network_knobs, &emu->network->faults));
    return true;
}

static bool
command_unplug(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *m = modem_of(emu, request, "modem", e);
    const json_t *again = json_object_get(request, "again_ms");

    (void)answer;
    if (m == NULL)
        return false;
    modem_unplug(m);
    if (again != NULL)
        modem_plug_later(m, (int)json_integer_value(again));
    return true;
}

static bool
command_replug(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *m = modem_of(emu, request, "modem", e);
    const char *port = text_of(request, "as");

    if (m == NULL || (port != NULL && !modem_rename_port(m, port, e)) || !modem_plug(m, e))
        return false;
    json_object_set_new(answer, "device", json_string(m->link));
    return true;
}

static bool
command_heal(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *m = modem_of(emu, request, "modem", e);
    json_t *sound;
    bool ok;

    (void)answer;
    if (m == NULL)
        return false;
    sound = knobs_show(fault_knobs, &no_faults);
    ok = modem_faults_set(m, sound, e);
    if (m->text_only)
        modem_unplug(m); /* it is another one after power-on */
    ok = ok && modem_plug(m, e);
    json_decref(sound);
    return ok;
}

/* Anything that a modem may say of its own accord. */
static bool
command_say(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *m = modem_of(emu, request, "modem", e);
    const char *text = text_of(request, "text");

    (void)answer;
    if (m == NULL)
        return false;
    if (text == NULL)
        return err_set(e, FAIL_REJECT, "say needs text");
    modem_announce(m, "%s", text);
    return true;
}

/* Old messages in every slot that is free: the SIM is full. */
static bool
command_fill(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *m = modem_of(emu, request, "modem", e);
    struct memory *sm;
    uint8_t pdu[PDU_MAX];
    size_t n = 0;

    if (m == NULL)
        return false;
    sm = &m->sim.memories[MEMORY_SM];
    for (; sm->used < sm->n_slots; n++) {
        char text[40];
        struct piece piece[PIECES_MAX];
        const struct deliver d = {.smsc = emu->network->smsc,
                                  .from = emu->network->notice_from,
                                  .class = -1,
                                  .time = clock_now()};

        snprintf(text, sizeof(text), "Old message %zu", n + 1);
        if (alphabet_split(text, ALPHABET_GSM7, 0, 8, piece, e) == 0)
            return false;
        memory_store(sm, pdu, pdu_write_deliver(&d, piece, pdu), SLOT_READ);
    }
    json_object_set_new(answer, "stored", json_integer((json_int_t)n));
    return true;
}

static bool
command_sim(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    struct modem *m = modem_of(emu, request, "modem", e);
    json_t *all;

    if (m == NULL)
        return false;
    all = json_array();
    for (int k = 0; k < MEMORIES; k++) {
        struct memory *at = &m->sim.memories[k];

        for (size_t i = 1; i <= at->n_slots; i++) {
            const struct slot *s = memory_slot(at, i);
            char hex[2 * RAW_MAX + 1];

            if (s == NULL)
                continue;
            hex_print(s->pdu, s->size < RAW_MAX ? s->size : RAW_MAX, hex);
            json_array_append_new(all, json_pack("{s:s, s:I, s:i, s:s}", "memory", at->name,
                                                 "number", (json_int_t)i, "state",
                                                 (int)s->state, "pdu", hex));
        }
    }
    json_object_set_new(answer, "messages", all);
    return true;
}

static bool
command_modems(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    json_t *all = json_array();

    (void)request, (void)e;
    for (size_t i = 0; i < emu->n_modems; i++) {
        const struct modem *m = emu->modems[i];
        size_t stored = m->sim.memories[MEMORY_SM].used + m->sim.memories[MEMORY_ME].used;

        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I}",
                           "name", m->name, "number", m->number, "device", m->link,
                           "plugged", m->master != -1, "reachable", modem_reachable(m),
                           "hung", m->hung, "commands", (json_int_t)m->commands, "taken",
                           (json_int_t)m->taken, "refused", (json_int_t)m->refused, "kept",
                           (json_int_t)m->n_parcels, "stored", (json_int_t)stored,
                           "hung_up", (json_int_t)m->calls_hung_up));
    }
    json_object_set_new(answer, "modems", all);
    return true;
}

static bool
command_idle(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    json_t *idle = network_idle(emu->network);

    (void)request, (void)e;
    json_object_update(answer, idle);
    json_decref(idle);
    return true;
}

static bool
command_stats(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    const struct network *n = emu->network;
    const struct network_counts *c = &n->counts;
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"messages_sent", n->n_sent},
        {"parts_taken", c->parts_taken},
        {"parts_sent", c->parts_sent},
        {"parts_lost", c->parts_lost},
        {"repeated", c->parts_repeated},
        {"reports", c->reports_made},
        {"injected", c->injected},
        {"meter_answers", c->meter_answers},
        {"meter_silences", c->meter_silences},
        {"incomplete", n->n_assemblies},
    };

    (void)request, (void)e;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        json_object_set_new(answer, rows[i].name, json_integer((json_int_t)rows[i].value));
    return true;
}

static json_t *
explain(const struct knob *table)
{
    json_t *all = json_object();

    for (; table->name != NULL; table++)
        json_object_set_new(all, table->name, json_string(table->what));
    return all;
}

static command_run command_help;

static const struct {
    const char *name;
    command_run *run;
} commands[] = {
    {"inject", command_inject}, {"call", command_call},       {"sent", command_sent},
    {"meter", command_meter},   {"meters", command_meters},   {"push", command_push},
    {"fault", command_fault},   {"network", command_network}, {"unplug", command_unplug},
    {"replug", command_replug}, {"sim", command_sim},         {"modems", command_modems},
    {"idle", command_idle},     {"stats", command_stats},     {"fill", command_fill},
    {"heal", command_heal},     {"bus", buses_command},       {"say", command_say},
    {"help", command_help},
};

static bool
command_help(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    json_t *names = json_array();

    (void)emu, (void)request, (void)e;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        json_array_append_new(names, json_string(commands[i].name));
    json_object_set_new(answer, "commands", names);
    json_object_set_new(answer, "fault", explain(fault_knobs));
    json_object_set_new(answer, "network", explain(network_knobs));
    return true;
}

json_t *
control_run(struct emulator *emu, const json_t *request)
{
    const char *name = text_of(request, "do");
    json_t *answer = json_object();
    struct err e;

    err_set(&e, FAIL_REJECT, "there is no command '%s' (try help)",
            name == NULL ? "" : name);
    for (size_t i = 0; name != NULL && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            if (commands[i].run(emu, request, answer, &e)) {
                json_object_set_new(answer, "ok", json_true());
                return answer;
            }
            break;
        }
    }
    json_object_clear(answer);
    json_object_set_new(answer, "error", json_string(e.text));
    return answer;
}

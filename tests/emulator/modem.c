#include "modem.h"

#include "at.h"
#include "emulator.h"
#include "meterpost/base/text.h"
#include "network.h"
#include "terminal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define CTRL_Z      0x1A
#define ESC         0x1B
#define DROP        3  /* bytes of a line that dribbles */
#define GARBAGE_MAX 12 /* bytes in front of a reply     */
#define OWN_MAX                                                                            \
    16384 /* bytes kept for a terminal that does not read; later lines are lost */

void
modem_reset_settings(struct modem *m)
{
    m->settings =
        (struct settings){.echo = true, .verbose = true, .cfun = 1, .charset = CHARSET_IRA};
}

bool
modem_quiet(const struct modem *m)
{
    if (m->master == -1)
        return true;
    return m->prompt == PROMPT_NONE && m->line_used == 0 && !m->waiting &&
           m->heard.used == 0;
}

bool
modem_sim_ready(const struct modem *m)
{
    return sim_ready(&m->sim) && !m->starting;
}

int
modem_registration(const struct modem *m)
{
    if (m->settings.cfun != 1 || !sim_ready(&m->sim))
        return 0;
    return m->starting ? 2 : m->faults.registration;
}

bool
modem_reachable(const struct modem *m)
{
    int registration = modem_registration(m);

    return m->master != -1 && !m->hung && (registration == 1 || registration == 5);
}

/* ---- what the terminal says */

static void
end_prompt(struct modem *m, bool send)
{
    m->line[m->line_used] = '\0';
    if (send)
        at_pdu(m, m->line);
    else
        at_abort(m);
    m->line_used = 0;
    m->line_cut = false;
}

static void
echo_byte(struct modem *m, char c)
{
    if (m->settings.echo && m->faults.echo != 0 && c != ESC)
        buf_add(&m->out, &c, 1);
}

/* A line that was heard is said once more. */
static void
echo_line(struct modem *m)
{
    if (!m->settings.echo || m->faults.echo != 2)
        return;
    buf_add(&m->out, m->line, m->line_used);
    buf_puts(&m->out, "\r");
}

static void
prompt_byte(struct modem *m, char c)
{
    if (c != CTRL_Z)
        echo_byte(m, c);
    if (c == CTRL_Z || c == ESC)
        end_prompt(m, c == CTRL_Z);
    else if (m->line_used < sizeof(m->line) - 1)
        m->line[m->line_used++] = c;
    else
        m->line_cut = true;
}

static void
command_byte(struct modem *m, char c)
{
    echo_byte(m, c);
    if (c == '\b' && m->line_used > 0)
        m->line_used--;
    if (c == ESC)
        m->line_used = 0;
    if ((unsigned char)c >= ' ' && c != 0x7F) {
        if (m->line_used < sizeof(m->line) - 1)
            m->line[m->line_used++] = c;
        else
            m->line_cut = true;
    }
    if (c != '\r')
        return;
    echo_line(m);
    m->line[m->line_cut ? 0 : m->line_used] = '\0';
    m->line_used = 0;
    if (m->line_cut)
        at_too_long(m);
    else
        at_line(m, m->line);
    m->line_cut = false;
}

/* ---- what the modem says */

static void
set_events(struct modem *m)
{
    uint32_t events = 0;

    if (m->hung) {
        loop_change(m->emu->loop, m->master, 0);
        return;
    }
    if (!m->waiting)
        events |= EPOLLIN;
    if (m->out.used > 0 && m->drip_timer == 0)
        events |= EPOLLOUT;
    loop_change(m->emu->loop, m->master, events);
}

static void
drip(void *ctx)
{
    struct modem *m = ctx;

    m->drip_timer = 0;
    modem_pump(m);
}

/* All at once, or a drop after the other. */
static void
write_out(struct modem *m)
{
    size_t most = m->faults.dribble_ms > 0 ? DROP : SIZE_MAX;

    while (m->out.used > 0 && m->drip_timer == 0) {
        ssize_t n = write(m->master, m->out.at, m->out.used < most ? m->out.used : most);

        if (n > 0 && m->faults.dribble_ms > 0)
            m->drip_timer = loop_after(m->emu->loop, m->faults.dribble_ms, drip, m);

        if (n <= 0)
            return;
        buf_drop(&m->out, (size_t)n);
    }
}

static void
add_garbage(struct modem *m)
{
    unsigned n;

    if ((int)emulator_roll(m->emu, 100) >= m->faults.garbage)
        return;
    n = 1 + emulator_roll(m->emu, GARBAGE_MAX);
    for (unsigned i = 0; i < n; i++) {
        char c = (char)emulator_roll(m->emu, 256);

        buf_add(&m->out, &c, 1);
    }
}

static void
finish_reply(struct modem *m)
{
    m->waiting = false;
    add_garbage(m);
    buf_add(&m->out, m->reply.at, m->reply.used);
    buf_clear(&m->reply);
}

void
modem_pump(struct modem *m)
{
    size_t i = 0;

    if (m->master == -1 || m->pumping)
        return;
    m->pumping = true;
    if (!m->hung) {
        if (m->waiting && m->reply_timer == 0)
            finish_reply(m);
        while (i < m->heard.used && !m->waiting && !m->hung) {
            char c = m->heard.at[i++];

            if (m->prompt != PROMPT_NONE)
                prompt_byte(m, c);
            else
                command_byte(m, c);
            if (m->waiting && m->reply_timer == 0)
                finish_reply(m);
        }
        buf_drop(&m->heard, i);
        if (!m->waiting && m->prompt == PROMPT_NONE && m->line_used == 0) {
            buf_add(&m->out, m->own.at, m->own.used);
            buf_clear(&m->own);
        }
        write_out(m);
    }
    set_events(m);
    m->pumping = false;
}

void
modem_announce(struct modem *m, const char *fmt, ...)
{
    char line[MODEM_LINE_MAX * 2];
    va_list args;

    if (m->master == -1 || m->own.used + m->out.used > OWN_MAX)
        return;
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    buf_printf(m->faults.interrupt != 0 && m->waiting ? &m->out : &m->own, "\r\n%s\r\n",
               line);
    modem_pump(m);
}

/* ---- plug, unplug, hang */

static void
on_terminal(void *ctx, uint32_t events)
{
    struct modem *m = ctx;
    char bytes[4096];
    ssize_t n;

    if ((events & EPOLLIN) != 0) {
        terminal_share(m->slave);
        n = read(m->master, bytes, sizeof(bytes));
        if (n > 0)
            buf_add(&m->heard, bytes, (size_t)n);
    }
    modem_pump(m);
}

static void
start_over(void *ctx)
{
    struct modem *m = ctx;

    m->start_timer = 0;
    m->starting = false;
    network_flush(m->emu->network, m);
}

static void
start(struct modem *m)
{
    loop_cancel(m->emu->loop, m->start_timer);
    m->start_timer = 0;
    m->starting = m->faults.start_ms > 0;
    if (m->starting)
        m->start_timer = loop_after(m->emu->loop, m->faults.start_ms, start_over, m);
}

static void
find_centre(struct modem *m)
{
    text_copy(m->smsc, sizeof(m->smsc), m->faults.smsc != 0 ? m->emu->network->smsc : "");
}

void
modem_power(struct modem *m)
{
    modem_reset_settings(m);
    m->text_only = m->faults.text_only != 0;
    sim_power(&m->sim);
    find_centre(m);
    start(m);
}

static bool
set_port(struct modem *m, const char *port, struct err *e)
{
    if (*port == '\0' || strchr(port, '/') != NULL ||
        snprintf(m->link, sizeof(m->link), "%s/%s", m->emu->dir, port) >=
            (int)sizeof(m->link))
        return err_set(e, FAIL_REJECT, "'%s' can be no name of a port", port);
    return true;
}

bool
modem_rename_port(struct modem *m, const char *port, struct err *e)
{
    if (m->master != -1)
        return err_set(e, FAIL_REJECT, "modem %s is plugged in: unplug it first", m->name);
    return set_port(m, port, e);
}

static void
plug_again(void *ctx)
{
    struct modem *m = ctx;
    struct err e;

    m->again_timer = 0;
    if (!modem_plug(m, &e))
        fprintf(stderr, "meterpost-emulator: %s\n", e.text);
}

void
modem_plug_later(struct modem *m, int ms)
{
    loop_cancel(m->emu->loop, m->again_timer);
    m->again_timer = loop_after(m->emu->loop, ms, plug_again, m);
}

bool
modem_plug(struct modem *m, struct err *e)
{
    if (m->master != -1)
        return true;
    if (!terminal_open(m->link, &m->master, &m->slave, e))
        return err_in(e, "modem %s", m->name);
    modem_power(m);
    if (!loop_watch(m->emu->loop, m->master, EPOLLIN, on_terminal, m, e)) {
        terminal_close(m->link, &m->master, &m->slave);
        return false;
    }
    network_flush(m->emu->network, m);
    return true;
}

void
modem_unplug(struct modem *m)
{
    if (m->master == -1)
        return;
    loop_unwatch(m->emu->loop, m->master);
    terminal_close(m->link, &m->master, &m->slave);
    loop_cancel(m->emu->loop, m->reply_timer);
    loop_cancel(m->emu->loop, m->drip_timer);
    m->reply_timer = m->drip_timer = 0;
    m->waiting = false;
    m->prompt = PROMPT_NONE;
    m->line_used = 0;
    m->line_cut = false;
    buf_clear(&m->heard);
    buf_clear(&m->reply);
    buf_clear(&m->own);
    buf_clear(&m->out);
}

static void
hang_over(void *ctx)
{
    struct modem *m = ctx;

    m->hung = false;
    m->hang_timer = 0;
    m->faults.hang_ms = 0;
    modem_pump(m);
    network_flush(m->emu->network, m);
}

static void
hang(struct modem *m)
{
    loop_cancel(m->emu->loop, m->hang_timer);
    m->hang_timer = 0;
    if (m->faults.hang_ms == 0) {
        if (m->hung)
            hang_over(m);
        return;
    }
    m->hung = true;
    if (m->faults.hang_ms > 0)
        m->hang_timer = loop_after(m->emu->loop, m->faults.hang_ms, hang_over, m);
    modem_pump(m);
}

/* ---- faults */

static void
faults_apply(struct modem *m, const struct faults *before)
{
    m->sim.present = m->faults.sim != 0;
    m->sim.pin_tries = m->faults.pin_tries;
    memory_resize(&m->sim.memories[MEMORY_SM], (size_t)m->faults.sim_size);
    memory_resize(&m->sim.memories[MEMORY_ME], (size_t)m->faults.me_size);
    if (before->hang_ms != m->faults.hang_ms)
        hang(m);
    if (before->start_ms != m->faults.start_ms)
        start(m);
    if (before->smsc != m->faults.smsc)
        find_centre(m);
    if (before->registration != m->faults.registration && m->settings.creg > 0)
        modem_announce(m, "+CREG: %d", modem_registration(m));
    network_flush(m->emu->network, m);
}

bool
modem_faults_set(struct modem *m, const json_t *wanted, struct err *e)
{
    static const char *const others[] = {"do", "modem", "pin", NULL};
    const json_t *pin = json_object_get(wanted, "pin");
    struct faults before;

    m->faults.pin_tries = m->sim.pin_tries;
    before = m->faults;
    if (pin != NULL && (!json_is_string(pin) || json_string_length(pin) >= PIN_MAX))
        return err_set(e, FAIL_REJECT, "pin must be a text of at most %d digits",
                       PIN_MAX - 1);
    if (!knobs_set(fault_knobs, &m->faults, wanted, others, e))
        return false;
    if (pin != NULL) {
        text_copy(m->sim.pin, sizeof(m->sim.pin), json_string_value(pin));
        sim_power(&m->sim);
    }
    faults_apply(m, &before);
    return true;
}

struct modem *
modem_create(struct emulator *emu, const char *name, const char *number, int index,
             struct err *e)
{
    struct modem *m = must_calloc(1, sizeof(*m));

    m->emu = emu;
    m->master = m->slave = -1;
    m->faults = no_faults;
    snprintf(m->imei, sizeof(m->imei), "8612340000%05d", index % 100000);
    snprintf(m->imsi, sizeof(m->imsi), "0010100000%05d", index % 100000);
    sim_init(&m->sim, (size_t)m->faults.sim_size, (size_t)m->faults.me_size);
    if (!text_copy(m->name, sizeof(m->name), name) ||
        !text_copy(m->number, sizeof(m->number), number)) {
        err_set(e, FAIL_REJECT, "modem %s:%s: too long", name, number);
        modem_destroy(m);
        return NULL;
    }
    if (!set_port(m, name, e) || !modem_plug(m, e)) {
        modem_destroy(m);
        return NULL;
    }
    return m;
}

void
modem_destroy(struct modem *m)
{
    if (m == NULL)
        return;
    modem_unplug(m);
    while (m->first != NULL) {
        struct parcel *p = m->first;

        m->first = p->next;
        free(p);
    }
    sim_finish(&m->sim);
    buf_finish(&m->heard);
    buf_finish(&m->reply);
    buf_finish(&m->own);
    buf_finish(&m->out);
    free(m);
}

#include "meterpost/bus/wire.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/store/bus_jobs.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define CHECKS_MAX 24

enum check_type { CHECK_END, CHECK_TEXT, CHECK_U8, CHECK_U16, CHECK_U32 };

struct check {
    enum check_type type;
    size_t at, size;
    uint32_t least, most;
};

#define AT(member)                                                                         \
    offsetof(struct bus_wire, u.member), sizeof(((struct bus_wire *)0)->u.member)
#define TEXT(member)                                                                       \
    {                                                                                      \
        CHECK_TEXT, AT(member), 0, 0                                                       \
    }
#define U8(member, least, most)                                                            \
    {                                                                                      \
        CHECK_U8, AT(member), least, most                                                  \
    }
#define U16(member, least, most)                                                           \
    {                                                                                      \
        CHECK_U16, AT(member), least, most                                                 \
    }
#define U32(member, least, most)                                                           \
    {                                                                                      \
        CHECK_U32, AT(member), least, most                                                 \
    }
#define MINUTE_MS 60000

/* What a packet of each kind must be, whoever sent it. */
static const struct {
    size_t size;
    struct check checks[CHECKS_MAX];
} kinds[BUS_WIRE_KINDS] = {
    [BUS_WIRE_HELLO] = {sizeof(struct bus_wire_hello),
                        {U32(hello.version, BUS_WIRE_VERSION, BUS_WIRE_VERSION)}},
    [BUS_WIRE_SETUP] = {sizeof(struct bus_wire_setup),
                        {TEXT(setup.name), TEXT(setup.device), TEXT(setup.greeting),
                         TEXT(setup.heartbeat), U32(setup.framing.baud, 300, 921600),
                         U8(setup.framing.parity, CONF_PARITY_EVEN, CONF_PARITY_NONE),
                         U8(setup.framing.data_bits, 7, 8),
                         U8(setup.framing.stop_bits, 1, 2),
                         U8(setup.rs485, CONF_RS485_AUTO, CONF_RS485_OFF),
                         U8(setup.echo, CONF_ECHO_AUTO, CONF_ECHO_OFF),
                         U32(setup.gap_ms, 1, 5000)}},
    [BUS_WIRE_JOB] = {sizeof(struct bus_wire_job),
                      {U8(job.protocol, CONF_DLT645_2007, CONF_MBUS),
                       U8(job.action, BUS_READ, BUS_SCAN),
                       U8(job.trace, 0, 1),
                       TEXT(job.address),
                       TEXT(job.password),
                       TEXT(job.ids),
                       TEXT(job.operator_code),
                       U32(job.timeout_ms, 1, MINUTE_MS),
                       U32(job.pause_ms, 0, MINUTE_MS),
                       U32(job.confirm_ms, 0, 5 * MINUTE_MS),
                       U32(job.baud, 0, 921600),
                       U8(job.n_ranges, 0, BUS_WIRE_RANGES),
                       U8(job.swapped, 0, 1),
                       U8(job.fixed_baud, 0, 1),
                       U8(job.lacks_byte, 0, 1),
                       U8(job.spoken, 0, 1),
                       TEXT(job.login),
                       TEXT(job.ask),
                       TEXT(job.write),
                       U32(job.life_ms, 0, MINUTE_MS)}},
    [BUS_WIRE_STOP] = {0, {{CHECK_END, 0, 0, 0, 0}}},
    [BUS_WIRE_ALIVE] = {0, {{CHECK_END, 0, 0, 0, 0}}},
    [BUS_WIRE_STATE] = {sizeof(struct bus_wire_state),
                        {U8(state.health, BUS_STARTING, BUS_FAILED), U8(state.echo, 0, 1),
                         TEXT(state.peer), TEXT(state.reason)}},
    [BUS_WIRE_TRAFFIC] = {sizeof(struct bus_wire_traffic),
                          {U8(traffic.out, 0, 1), U16(traffic.length, 0, BUS_CHUNK_MAX)}},
    [BUS_WIRE_ANSWER] = {sizeof(struct bus_wire_answer),
                         {U16(answer.length, 0, BUS_CHUNK_MAX)}},
    [BUS_WIRE_RESULT] = {sizeof(struct bus_wire_result),
                         {U8(result.outcome, BUS_OUT_DONE, BUS_OUT_LINE),
                          U8(result.relay, BUS_RELAY_UNKNOWN, BUS_RELAY_ARMED),
                          TEXT(result.reason)}},
};

size_t
bus_wire_size(enum bus_wire_kind kind)
{
    if (kind < BUS_WIRE_HELLO || kind >= BUS_WIRE_KINDS)
        return 0;
    return offsetof(struct bus_wire, u) + kinds[kind].size;
}

static bool
text_holds(const char *s, size_t size)
{
    size_t n = strnlen(s, size);

    return n < size && utf8_valid(s, n);
}

static uint32_t
number_at(const uint8_t *at, enum check_type type)
{
    uint16_t half;
    uint32_t whole;

    if (type == CHECK_U8)
        return *at;
    if (type == CHECK_U16) {
        memcpy(&half, at, sizeof(half));
        return half;
    }
    memcpy(&whole, at, sizeof(whole));
    return whole;
}

static bool
check_holds(const struct bus_wire *w, const struct check *c)
{
    const uint8_t *at = (const uint8_t *)w + c->at;
    uint32_t value;

    if (c->type == CHECK_TEXT)
        return text_holds((const char *)at, c->size);
    value = number_at(at, c->type);
    return value >= c->least && value <= c->most;
}

bool
bus_wire_valid(const struct bus_wire *w, size_t n)
{
    const struct check *c;

    if (n < offsetof(struct bus_wire, u) || w->size != n ||
        bus_wire_size((enum bus_wire_kind)w->kind) != n)
        return false;
    for (c = kinds[w->kind].checks; c->type != CHECK_END; c++) {
        if (!check_holds(w, c))
            return false;
    }
    return true;
}

bool
bus_wire_put(int fd, struct bus_wire *w, struct err *e)
{
    size_t n = bus_wire_size((enum bus_wire_kind)w->kind);

    w->size = (uint32_t)n;
    if (!bus_wire_valid(w, n))
        return err_set(e, FAIL_REJECT, "a packet of kind %u that is not valid", w->kind);
    if (send(fd, w, n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n)
        return true;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS)
        return err_set(e, FAIL_RETRY, "the other side is busy");
    return err_set(e, FAIL_FATAL, "the other side is gone: %s", strerror(errno));
}

bool
bus_wire_get(int fd, struct bus_wire *w, bool *got, struct err *e)
{
    ssize_t n;

    *got = false;
    memset(w, 0, sizeof(*w));
    n = recv(fd, w, sizeof(*w), MSG_DONTWAIT | MSG_TRUNC);
    if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return true;
    if (n <= 0)
        return err_set(e, FAIL_FATAL, "the other side is gone");
    if (n > (ssize_t)sizeof(*w) || !bus_wire_valid(w, (size_t)n))
        return err_set(e, FAIL_REJECT, "the other side talks nonsense");
    *got = true;
    return true;
}

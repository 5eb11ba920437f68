#include "meterpost/sms/wire.h"
#include "meterpost/base/text.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#define FIELDS_MAX 16

enum check_type {
    CHECK_END, /* so that a list may be shorter than its array */
    CHECK_TEXT,
    CHECK_U8,
    CHECK_I8,
    CHECK_U16,
    CHECK_I16,
    CHECK_U32,
    CHECK_I32,
    CHECK_CONCAT,
    CHECK_BODY, /* least: where its length is, most: where its alphabet is */
};

struct check {
    enum check_type type;
    size_t at;   /* from the start of the packet */
    size_t size; /* of the member */
    int64_t least, most;
};

#define AT(member) offsetof(struct wire, u.member), sizeof(((struct wire *)0)->u.member)
#define TEXT(member)                                                                       \
    {                                                                                      \
        CHECK_TEXT, AT(member), 0, 0                                                       \
    }
#define NUMBER(type, member, least, most)                                                  \
    {                                                                                      \
        type, AT(member), least, most                                                      \
    }
#define CONCAT(member)                                                                     \
    {                                                                                      \
        CHECK_CONCAT, AT(member), 0, 0                                                     \
    }
#define BODY(kind)                                                                         \
    {                                                                                      \
        CHECK_BODY, AT(kind.body), offsetof(struct wire, u.kind.length),                   \
            offsetof(struct wire, u.kind.alphabet)                                         \
    }

/* What a packet of each kind must be, whoever sent it. */
static const struct {
    size_t size;
    struct check checks[FIELDS_MAX];
} kinds[WIRE_KINDS] = {
    [WIRE_HELLO] = {sizeof(struct wire_hello),
                    {NUMBER(CHECK_U32, hello.version, WIRE_VERSION, WIRE_VERSION)}},
    [WIRE_SETUP] = {sizeof(struct wire_setup),
                    {TEXT(setup.name), TEXT(setup.device), TEXT(setup.smsc),
                     NUMBER(CHECK_U32, setup.poll_s, 1, 86400),
                     NUMBER(CHECK_U8, setup.reports, 0, 1),
                     NUMBER(CHECK_U8, setup.settle_percent, 0, 100),
                     NUMBER(CHECK_U8, setup.settle_auto, 0, 1),
                     NUMBER(CHECK_U8, setup.radio_off_on, 0, 1),
                     NUMBER(CHECK_U32, setup.answer_s, 0, 600)}},
    [WIRE_PIN] = {sizeof(struct wire_pin), {TEXT(pin.pin), TEXT(pin.reason)}},
    [WIRE_SEND] = {sizeof(struct wire_send),
                   {TEXT(send.number), NUMBER(CHECK_U8, send.report, 0, 1),
                    NUMBER(CHECK_U8, send.alphabet, WIRE_GSM7, WIRE_8BIT),
                    NUMBER(CHECK_U8, send.flash, 0, 1), CONCAT(send.concat), BODY(send)}},
    [WIRE_FORGET] = {sizeof(((struct wire *)0)->u.forget), {{CHECK_END, 0, 0, 0, 0}}},
    [WIRE_ASK] = {sizeof(struct wire_ask),
                  {NUMBER(CHECK_U8, ask.question, WIRE_ASK_LOOK, WIRE_ASK_USSD),
                   TEXT(ask.code)}},
    [WIRE_ANSWER] = {sizeof(struct wire_answer),
                     {NUMBER(CHECK_U8, answer.good, 0, 1), TEXT(answer.text)}},
    [WIRE_STOP] = {0, {{CHECK_END, 0, 0, 0, 0}}},
    [WIRE_ALIVE] = {0, {{CHECK_END, 0, 0, 0, 0}}},
    [WIRE_STATE] = {sizeof(struct wire_state),
                    {NUMBER(CHECK_U8, state.health, WIRE_STARTING, WIRE_FAILED),
                     NUMBER(CHECK_I8, state.signal_percent, -1, 100),
                     NUMBER(CHECK_U8, state.roaming, 0, 1),
                     NUMBER(CHECK_U8, state.settle_percent, 0, 100),
                     NUMBER(CHECK_U8, state.pin, WIRE_PIN_UNKNOWN, WIRE_PIN_OPEN),
                     NUMBER(CHECK_U8, state.settle_fell, 0, 1),
                     NUMBER(CHECK_I32, state.sim_used, -1, INT32_MAX),
                     NUMBER(CHECK_I32, state.sim_size, -1, INT32_MAX), TEXT(state.imei),
                     TEXT(state.imsi), TEXT(state.model), TEXT(state.firmware),
                     TEXT(state.operator_name), TEXT(state.smsc), TEXT(state.reason)}},
    [WIRE_RESULT] = {sizeof(struct wire_result),
                     {NUMBER(CHECK_U8, result.part, 1, UINT8_MAX),
                      NUMBER(CHECK_U8, result.outcome, WIRE_SENT, WIRE_NOT_BEGUN),
                      NUMBER(CHECK_I16, result.ref, -1, UINT8_MAX),
                      NUMBER(CHECK_I32, result.code, -1, INT32_MAX), TEXT(result.reason)}},
    [WIRE_ARRIVED] = {sizeof(struct wire_arrived),
                      {NUMBER(CHECK_U8, arrived.arrival, WIRE_TEXT, WIRE_CALL),
                       NUMBER(CHECK_U8, arrived.alphabet, WIRE_GSM7, WIRE_8BIT),
                       NUMBER(CHECK_I16, arrived.ref, -1, UINT8_MAX),
                       NUMBER(CHECK_I16, arrived.tp_status, -1, UINT8_MAX),
                       TEXT(arrived.number), TEXT(arrived.smsc), CONCAT(arrived.concat),
                       NUMBER(CHECK_U16, arrived.pdu_length, 0, WIRE_PDU_MAX),
                       TEXT(arrived.reason), BODY(arrived)}},
};

size_t
wire_size(enum wire_kind kind)
{
    if (kind < WIRE_HELLO || kind >= WIRE_KINDS)
        return 0;
    return offsetof(struct wire, u) + kinds[kind].size;
}

#define RETURN_NUMBER(type)                                                                \
    do {                                                                                   \
        type v;                                                                            \
        memcpy(&v, at, sizeof(v));                                                         \
        return v;                                                                          \
    } while (0)

static int64_t
number_at(const uint8_t *at, enum check_type type)
{
    if (type == CHECK_I8)
        RETURN_NUMBER(int8_t);
    if (type == CHECK_U16)
        RETURN_NUMBER(uint16_t);
    if (type == CHECK_I16)
        RETURN_NUMBER(int16_t);
    if (type == CHECK_U32)
        RETURN_NUMBER(uint32_t);
    if (type == CHECK_I32)
        RETURN_NUMBER(int32_t);
    return *at;
}

static bool
text_holds(const char *s, size_t size)
{
    size_t n = strnlen(s, size);

    return n < size && utf8_valid(s, n);
}

static bool
concat_holds(const struct wire_concat *c)
{
    if (c->ref_bits == 0)
        return c->ref == 0 && c->total <= 1 && c->number <= 1;
    if (c->ref_bits != 16 && (c->ref_bits != 8 || c->ref > UINT8_MAX))
        return false;
    return c->number >= 1 && c->number <= c->total;
}

static bool
body_holds(const uint8_t *packet, const struct check *c)
{
    size_t length = (size_t)number_at(packet + c->least, CHECK_U16);
    const char *body = (const char *)packet + c->at;

    if (length >= c->size || body[length] != '\0')
        return false;
    return packet[c->most] == WIRE_8BIT || utf8_valid(body, length);
}

static bool
check_holds(const uint8_t *packet, const struct check *c)
{
    int64_t v;

    switch (c->type) {
    case CHECK_END: return true;
    case CHECK_TEXT: return text_holds((const char *)packet + c->at, c->size);
    case CHECK_CONCAT:
        return concat_holds((const struct wire_concat *)(const void *)(packet + c->at));
    case CHECK_BODY: return body_holds(packet, c);
    case CHECK_U8:
    case CHECK_I8:
    case CHECK_U16:
    case CHECK_I16:
    case CHECK_U32:
    case CHECK_I32:
        v = number_at(packet + c->at, c->type);
        return v >= c->least && v <= c->most;
    }
    return false;
}

bool
wire_valid(const struct wire *w, size_t n)
{
    const uint8_t *packet = (const uint8_t *)w;
    size_t size;

    if (n < offsetof(struct wire, u))
        return false;
    size = wire_size((enum wire_kind)w->kind);
    if (size == 0 || n != size || w->size != size)
        return false;
    for (int i = 0; i < FIELDS_MAX && kinds[w->kind].checks[i].type != CHECK_END; i++)
        if (!check_holds(packet, &kinds[w->kind].checks[i]))
            return false;
    return true;
}

bool
wire_put(int fd, struct wire *w, struct err *e)
{
    ssize_t n;

    w->size = (uint32_t)wire_size((enum wire_kind)w->kind);
    if (!wire_valid(w, w->size))
        return err_set(e, FAIL_REJECT, "packet of kind %u is not one to send", w->kind);
    do {
        n = send(fd, w, w->size, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n == -1 && errno == EINTR);
    if (n == (ssize_t)w->size)
        return true;
    if (errno == EAGAIN || errno == ENOBUFS)
        return err_set(e, FAIL_RETRY, "the peer does not read: %s", strerror(errno));
    return err_set(e, FAIL_FATAL, "the peer is gone: %s", strerror(errno));
}

bool
wire_get(int fd, struct wire *w, bool *got, struct err *e)
{
    ssize_t n;

    *got = false;
    memset(w, 0, sizeof(*w));
    do {
        n = recv(fd, w, sizeof(*w), MSG_DONTWAIT | MSG_TRUNC);
    } while (n == -1 && errno == EINTR);
    if (n == -1 && errno == EAGAIN)
        return true;
    if (n == -1)
        return err_set(e, FAIL_FATAL, "the peer is gone: %s", strerror(errno));
    if (n == 0)
        return err_set(e, FAIL_FATAL, "the peer is gone");
    if (!wire_valid(w, (size_t)n))
        return err_set(e, FAIL_REJECT, "a packet of %zd bytes and kind %u is not valid", n,
                       w->kind);
    *got = true;
    return true;
}

/*
 * dlt645_build.c - the requests of DL/T 645.
 */
#include "protocol/dlt645_private.h"

#include <string.h>

#define WAKE_UP      0xFE
#define WAKE_UPS     4
#define START        0x68
#define END          0x16
#define SCRAMBLE     0x33
#define WRITE_MAX    50 /* bytes of DATA of a write */
#define EVERY        0x99
#define READ_ADDRESS 0x13

/* What a request is made of, with DATA as they are before 33h is added. */
struct request {
    const char *address;
    uint8_t control;
    struct frame_bytes data;
};

static bool
request_finish(const struct request *q, struct frame_bytes *out, struct err *e)
{
    uint8_t address[6];

    if (strlen(q->address) != 12 || strspn(q->address, "0123456789Aa") != 12 ||
        !bytes_from_reverse_hex(q->address, sizeof(address), address))
        return err_set(e, FAIL_REJECT,
                       "expected an address of 12 digits, or with A for any, got '%.40s'",
                       q->address);
    out->n = 0;
    for (int i = 0; i < WAKE_UPS; i++)
        bytes_put(out, WAKE_UP);
    bytes_put(out, START);
    bytes_add(out, address, sizeof(address));
    bytes_put(out, START);
    bytes_put(out, q->control);
    bytes_put(out, (unsigned)q->data.n);
    for (size_t i = 0; i < q->data.n; i++)
        bytes_put(out, q->data.at[i] + (unsigned)SCRAMBLE);
    bytes_put(out, bytes_sum(out->at + WAKE_UPS, out->n - WAKE_UPS));
    bytes_put(out, END);
    return true;
}

static bool
request_id(struct request *q, enum dlt645_edition edition, const char *id, struct err *e)
{
    uint32_t number;

    if (!dlt645_id_parse(edition, id, &number))
        return err_set(e, FAIL_REJECT,
                       "expected an identifier of %d hex digits, got '%.20s'",
                       edition == DLT645_2007 ? 8 : 4, id);
    for (int i = 0; i < (edition == DLT645_2007 ? 4 : 2); i++)
        bytes_put(&q->data, number >> 8 * i & 0xFF);
    return true;
}

static bool
request_key(struct request *q, const struct dlt645_key *key, struct err *e)
{
    uint8_t password[3], operator[4];

    if (key->level > 0xFF)
        return err_set(e, FAIL_REJECT, "expected a password level up to FF");
    if (strspn(key->password, "0123456789") != strlen(key->password) ||
        !bytes_from_reverse_hex(key->password, sizeof(password), password))
        return err_set(e, FAIL_REJECT, "expected a password of up to 6 digits");
    if (!bytes_from_reverse_hex(key->operator, sizeof(operator), operator))
        return err_set(e, FAIL_REJECT, "expected an operator of up to 8 hex digits");
    bytes_put(&q->data, key->level);
    bytes_add(&q->data, password, sizeof(password));
    bytes_add(&q->data, operator, sizeof(operator));
    return true;
}

static bool
request_time(struct request *q, const struct frame_time *t, struct err *e)
{
    uint8_t bytes[6];

    if (!frame_time_valid(t) || t->hour < 0 || t->second < 0 || t->year < 2000 ||
        t->year > 2099)
        return err_set(e, FAIL_REJECT, "expected a time from 2000 to 2099");
    bcd_time_write(t, bytes);
    bytes_add(&q->data, bytes, sizeof(bytes));
    return true;
}

bool
dlt645_read(enum dlt645_edition edition, const char *address, const char *id,
            struct frame_bytes *out, struct err *e)
{
    struct request q = {.address = address,
                        .control = edition == DLT645_2007 ? 0x11 : 0x01};

    return request_id(&q, edition, id, e) && request_finish(&q, out, e);
}

bool
dlt645_read_more(enum dlt645_edition edition, const char *address, const char *id,
                 int sequence, struct frame_bytes *out, struct err *e)
{
    struct request q = {.address = address,
                        .control = edition == DLT645_2007 ? 0x12 : 0x02};

    if (sequence < 1 || sequence > 255)
        return err_set(e, FAIL_REJECT, "expected a sequence of 1 to 255, got %d", sequence);
    if (!request_id(&q, edition, id, e))
        return false;
    if (edition == DLT645_2007)
        bytes_put(&q.data, (unsigned)sequence);
    return request_finish(&q, out, e);
}

bool
dlt645_read_address(const char *address, struct frame_bytes *out, struct err *e)
{
    struct request q = {.address = address, .control = READ_ADDRESS};

    return request_finish(&q, out, e);
}

bool
dlt645_set_clock(const char *address, const struct frame_time *now, struct frame_bytes *out,
                 struct err *e)
{
    struct request q = {.address = address, .control = 0x08};

    return request_time(&q, now, e) && request_finish(&q, out, e);
}

bool
dlt645_freeze(const char *address, const struct frame_time *at, struct frame_bytes *out,
              struct err *e)
{
    struct request q = {.address = address, .control = 0x16};
    uint8_t bytes[4] = {EVERY, EVERY, EVERY, EVERY}; /* mm hh DD MM: now */

    if (at != NULL && (at->minute < 0 || at->minute > 59 || at->hour < 0 || at->hour > 23 ||
                       at->day < 0 || at->day > 28))
        return err_set(e, FAIL_REJECT,
                       "expected a time of day, and a day up to 28 or none");
    if (at != NULL) {
        bcd_write((uint64_t)at->minute, 1, bytes);
        bcd_write((uint64_t)at->hour, 1, bytes + 1);
    }
    if (at != NULL && at->day > 0)
        bcd_write((uint64_t)at->day, 1, bytes + 2);
    bytes_add(&q.data, bytes, sizeof(bytes));
    return request_finish(&q, out, e);
}

/* What the halves of a clock are called. */
static const char *const clocks[][2] = {
    [DLT645_2007] = {[DLT645_DATE] = "04000101", [DLT645_TIME] = "04000102"},
    [DLT645_1997] = {[DLT645_DATE] = "C010", [DLT645_TIME] = "C011"},
};

const char *
dlt645_clock_id(enum dlt645_edition edition, enum dlt645_half half)
{
    return clocks[edition][half];
}

/* By the day of the month in a year that begins in March: 0 is Sunday. */
static unsigned
weekday(const struct frame_time *t)
{
    static const int months[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    int year = t->year - (t->month < 3);

    return (unsigned)(year + year / 4 - year / 100 + year / 400 + months[t->month - 1] +
                      t->day) %
           7;
}

bool
dlt645_write_clock(enum dlt645_edition edition, const char *address,
                   const struct dlt645_key *key, enum dlt645_half half,
                   const struct frame_time *now, struct frame_bytes *out, struct err *e)
{
    struct request t = {.address = address};
    uint8_t date[4];

    if (!request_time(&t, now, e)) /* ss mm hh DD MM YY */
        return false;
    date[0] = (uint8_t)weekday(now);
    memcpy(date + 1, t.data.at + 3, 3);
    return half == DLT645_DATE ? dlt645_write(edition, address, key, clocks[edition][half],
                                              date, sizeof(date), out, e)
                               : dlt645_write(edition, address, key, clocks[edition][half],
                                              t.data.at, 3, out, e);
}

unsigned
dlt645_baud_bit(unsigned baud)
{
    static const unsigned bauds[] = {0, 600, 1200, 2400, 4800, 9600, 19200};

    for (unsigned i = 1; i < sizeof(bauds) / sizeof(bauds[0]); i++) {
        if (bauds[i] == baud)
            return 1U << i;
    }
    return 0;
}

bool
dlt645_set_baud(enum dlt645_edition edition, const char *address, unsigned baud,
                struct frame_bytes *out, struct err *e)
{
    struct request q = {.address = address,
                        .control = edition == DLT645_2007 ? 0x17 : 0x0C};

    if (dlt645_baud_bit(baud) == 0)
        return err_set(e, FAIL_REJECT,
                       "expected 600, 1200, 2400, 4800, 9600 or 19200 baud, got %u", baud);
    bytes_put(&q.data, dlt645_baud_bit(baud));
    return request_finish(&q, out, e);
}

bool
dlt645_relay(const char *address, const struct dlt645_key *key, unsigned command,
             const struct frame_time *until, struct frame_bytes *out, struct err *e)
{
    struct request q = {.address = address, .control = 0x1C};

    if (command > 0xFF)
        return err_set(e, FAIL_REJECT, "expected a relay command of one byte");
    if (!request_key(&q, key, e))
        return false;
    bytes_put(&q.data, command);
    bytes_put(&q.data, 0);
    return request_time(&q, until, e) && request_finish(&q, out, e);
}

/* The edition of 1997 knows no operators. */
static bool
request_write_key(struct request *q, enum dlt645_edition edition,
                  const struct dlt645_key *key, struct err *e)
{
    if (!request_key(q, key, e))
        return false;
    if (edition == DLT645_1997)
        q->data.n -= 4;
    return true;
}

bool
dlt645_write(enum dlt645_edition edition, const char *address, const struct dlt645_key *key,
             const char *id, const uint8_t *data, size_t n, struct frame_bytes *out,
             struct err *e)
{
    struct request q = {.address = address,
                        .control = edition == DLT645_2007 ? 0x14 : 0x04};

    if (!request_id(&q, edition, id, e) || !request_write_key(&q, edition, key, e))
        return false;
    if (n > WRITE_MAX - q.data.n)
        return err_set(e, FAIL_REJECT, "%zu bytes are too many to write: at most %zu", n,
                       WRITE_MAX - q.data.n);
    bytes_add(&q.data, data, n);
    return request_finish(&q, out, e);
}

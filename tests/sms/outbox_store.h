/* outbox_store.h - what the tests of the outbox stand on: a store of their own, and a modem
 * that is played by the test. */
#ifndef METERPOST_TESTS_SMS_OUTBOX_STORE_H
#define METERPOST_TESTS_SMS_OUTBOX_STORE_H

#include "meterpost/sms/outbox.h"

#include "meterpost/sms/retry.h"
#include "meterpost/store/outbox.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW    1790000000
#define NUMBER "+254711000001"

static char dir[] = "/tmp/meterpost-outbox-XXXXXX";
static struct store *s;
static struct err e;
static struct wire_send packet;

static inline void
make_store(void)
{
    char path[64];

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/test.db", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
}

static inline void
remove_store(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    store_close(s);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s/test.db%s", dir, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

TestSuite(outbox, .init = make_store, .fini = remove_store);

static inline int64_t
queue(const char *key, enum outbox_kind kind, const char *text)
{
    const struct outbox_new m = {.key = key, .kind = kind, .number = NUMBER, .text = text};
    int64_t id = 0;

    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    return id;
}

static inline struct outbox_row
row(int64_t id)
{
    struct outbox_row m;
    bool found;

    cr_assert(outbox_row_get(s, id, &m, &found, &e) && found, "%s", e.text);
    return m;
}

static inline void
expect_state(int64_t id, enum outbox_state want)
{
    struct outbox_row m = row(id);

    cr_expect_eq(m.state, want, "outbox=%lld: got %s, want %s", (long long)id,
                 outbox_state_name(m.state), outbox_state_name(want));
}

static inline void
take(int64_t id)
{
    cr_assert(outbox_take(s, id, "sim1", true, NOW, &packet, &e), "%s", e.text);
}

/* The modem's answer to the last packet; true when another part follows in `packet`. */
static inline bool
answer(enum wire_outcome outcome, int ref)
{
    struct wire_result r = {.outbox = packet.outbox,
                            .part = packet.concat.number,
                            .outcome = (uint8_t)outcome,
                            .ref = (int16_t)ref,
                            .code = -1};
    bool more;

    cr_assert(outbox_result(s, "sim1", true, &r, NOW + 1, &packet, &more, &e), "%s",
              e.text);
    return more;
}

static inline void
report(const char *number, int ref, int status)
{
    static uint8_t dedup[32];
    struct wire_arrived a = {
        .arrival = WIRE_REPORT, .ref = (int16_t)ref, .tp_status = (int16_t)status};

    dedup[0]++;
    snprintf(a.number, sizeof(a.number), "%s", number);
    cr_assert(outbox_report(s, "sim1", "254", &a, dedup, NOW + 2, &e), "%s", e.text);
}

/* Three parts of the 7-bit alphabet. */
static inline const char *
long_text(void)
{
    static char text[400];

    memset(text, 'x', sizeof(text) - 1);
    return text;
}

#endif

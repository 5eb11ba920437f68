#include "meterpost/sms/alarm.h"

#include "meterpost/store/outbox.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW 1790000000

static char dir[] = "/tmp/meterpost-alarm-XXXXXX";
static struct store *s;
static struct err e;
static const struct conf conf = {.alarms = {.phones = {"+254700000901", "+254700000902"},
                                            .n_phones = 2,
                                            .quiet_s = HOUR_S}};

static void
make_store(void)
{
    char path[64];

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/test.db", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
}

static void
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

TestSuite(alarm, .init = make_store, .fini = remove_store);

static bool
raise_it(const char *subject, utc_t now)
{
    const struct alarm_new a = {.kind = "modem",
                                .subject = subject,
                                .text = "Modem sim1 has not worked for 10 min"};
    bool is_new;

    cr_assert(alarm_raise(s, &conf, &a, now, &is_new, &e), "%s", e.text);
    return is_new;
}

static int64_t
texts_to(const char *number)
{
    int64_t count;

    cr_assert(outbox_row_count_to(s, number, OUT_ALARM, 0, &count, &e), "%s", e.text);
    return count;
}

Test(alarm, is_told_to_everybody_on_duty_and_only_once)
{
    struct alarm_row row;
    bool found;

    cr_expect(raise_it("sim1", NOW));
    cr_expect_not(raise_it("sim1", NOW + 60));
    cr_expect_not(raise_it("sim1", NOW + 120));
    cr_expect_eq(texts_to("+254700000901"), 1);
    cr_expect_eq(texts_to("+254700000902"), 1);
    cr_assert(alarm_row_find(s, "modem", "sim1", NOW, &row, &found, &e) && found);
    cr_expect_eq(row.count, 3);
    cr_expect_eq(row.raised_at, NOW);
    cr_expect_eq(row.last_at, NOW + 120);
    cr_expect(raise_it("sim2", NOW), "another modem is another alarm");
    cr_expect_eq(texts_to("+254700000901"), 2);
}

Test(alarm, that_comes_back_soon_is_the_same_one)
{
    int64_t open;

    raise_it("sim1", NOW);
    cr_assert(alarm_clear(s, "modem", "sim1", NOW + 600, &e), "%s", e.text);
    cr_assert(alarm_row_count_open(s, &open, &e));
    cr_expect_eq(open, 0);
    cr_expect_not(raise_it("sim1", NOW + 900), "it was told a quarter of an hour ago");
    cr_assert(alarm_row_count_open(s, &open, &e));
    cr_expect_eq(open, 1);
    cr_assert(alarm_clear(s, "modem", "sim1", NOW + 1000, &e));
    cr_expect(raise_it("sim1", NOW + 1000 + HOUR_S + 1), "later it is news");
    cr_expect_eq(texts_to("+254700000901"), 2);
}

Test(alarm, clearing_what_nobody_raised_does_nothing)
{
    cr_expect(alarm_clear(s, "modem", "sim1", NOW, &e), "%s", e.text);
}

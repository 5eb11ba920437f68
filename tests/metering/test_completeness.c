/* How reading goes, told from rows: by round, modem, carrier and model; who is stale, where
 * gaps are, whose battery and signal is weak. */
#include "metering/village.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/cause.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/round.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/list.h"
#include "meterpost/store/vee.h"

#define GSM   "+254711000001"
#define WATER "+254711000002"
#define BOX   "+254722000001"

static struct conf_modem modems[2];

static void
start(void)
{
    make_village();
    settle_village();
    for (int i = 0; i < 2; i++) {
        modems[i] = (struct conf_modem){.rate = {10, 60}, .routes = {"*"}, .n_routes = 1};
        snprintf(modems[i].name, sizeof(modems[i].name), "sim%d", i + 1);
    }
    conf.modems = modems;
    conf.n_modems = 2;
}

TestSuite(completeness, .init = start, .fini = remove_village);

/* All members but times of the rows of a list: "a b c; a b c". */
static const char *
rows_of(const char *list, utc_t from, utc_t to)
{
    static char all[1000];
    struct list_filter f = {.limit = 50, .from = from, .to = to};
    json_t *rows = list_array(s, list, &f, 2, &e), *row, *value;
    const char *key;
    struct text t;
    size_t i;

    cr_assert_not_null(rows, "%s", e.text);
    text_init(&t, all, sizeof(all));
    json_array_foreach (rows, i, row) {
        bool first = true;

        json_object_foreach (row, key, value) {
            size_t n = strlen(key);

            if (strncmp(key, "last", 4) == 0 || (n > 3 && strcmp(key + n - 3, "_at") == 0))
                continue;
            text_addf(&t, "%s", !first ? " " : i > 0 ? "; " : "");
            first = false;
            if (json_is_integer(value))
                text_addf(&t, "%lld", (long long)json_integer_value(value));
            else
                text_addf(&t, "%s", json_is_string(value) ? json_string_value(value) : "-");
        }
    }
    json_decref(rows);
    return all;
}

static void
take(const char *sender, const char *text)
{
    struct inbox_row m = text_from(sender, text);
    struct metering_outcome out;

    cr_assert(metering_take_reply(s, &conf, profiles, &m, now, &out, &e), "%s", e.text);
    cr_assert(out.understood, "%s", out.reason);
}

static void
ask_due(void)
{
    int done;

    cr_assert(metering_ask_due(s, &conf, profiles, NULL, now, 500, &done, &e), "%s",
              e.text);
}

/* What is queued leaves: to the first number by sim1, to all others by sim2. */
static void
send_all(const char *first)
{
    struct outbox_row row;
    struct wire_send part;
    bool found = true, more;

    for (int64_t id = 1; found; id++) {
        const char *modem;

        cr_assert(outbox_row_get(s, id, &row, &found, &e));
        if (!found || row.state != OUTBOX_QUEUED)
            continue;
        modem = strcmp(row.number, first) == 0 ? "sim1" : "sim2";
        cr_assert(outbox_take(s, id, modem, false, now, &part, &e), "%s", e.text);
        struct wire_result r = {.outbox = id, .part = 1, .outcome = WIRE_SENT, .ref = -1};
        cr_assert(outbox_result(s, modem, false, &r, now, &part, &more, &e), "%s", e.text);
    }
}

Test(completeness, success_is_told_by_round_modem_carrier_and_model)
{
    struct round_start how = {.name = "jan", .actor = "amina"};
    struct round_summary sum;

    conf.reading.attempts = 1;
    cr_assert(metering_round_start(s, &conf, &how, now, &sum, &e), "%s", e.text);
    ask_due();
    send_all(GSM);
    now += 60;
    take(GSM, "150 kWh");
    take(BOX, "17=15.5;B4=20;B5=30;");
    now += DAY_S;
    ask_due();
    ask_due();
    cr_expect_str_eq(rows_of("reading.round", 0, 0), "jan 5 4 1 80");
    cr_expect_str_eq(rows_of("reading.modem", 0, 0), "sim2 2 1 1 50; sim1 1 1 0 100");
    cr_expect_str_eq(rows_of("reading.carrier", 0, 0), "+25471 2 1 1 50; +25472 1 1 0 100");
    cr_expect_str_eq(rows_of("reading.model", 0, 0),
                     "water 1 0 1 0; box 1 1 0 100; gsm 1 1 0 100");
    cr_expect_str_eq(rows_of("reading.modem", NOON + DAY_S / 2, NOON + DAY_S), "");
}

/* A try by each modem, then the customer, who is neither a carrier's nor a model's success.
 */
Test(completeness, success_is_of_whom_it_was_asked)
{
    struct round_start how = {.name = "jan", .actor = "amina"};
    struct round_summary sum;
    struct account a;
    bool found;

    must_import("accounts", "account,name,tariff,phones\n70,A,domestic,0755000070\n");
    must_import("groups", "group,name\nT70,Hill\n");
    must_import("meters", "meter,account,commodity,profile,phone,group,carrier\n"
                          "E1,70,electricity,gsm,0744100001,T70,Safari\n");
    how.group = "T70";
    conf.reading.attempts = 2;
    conf.reading.fallback[0] = CONF_CHANNEL_SMS;
    conf.reading.fallback[1] = CONF_CHANNEL_CUSTOMER;
    conf.reading.n_fallback = 2;
    cr_assert(metering_round_start(s, &conf, &how, now, &sum, &e), "%s", e.text);
    for (int turn = 0; turn < 3; turn++) {
        ask_due();
        send_all(turn == 0 ? "+254744100001" : "");
        now += 3600;
    }
    cr_expect_str_eq(rows_of("reading.carrier", 0, 0), "Safari 1 0 0 0");
    cr_assert(account_by_name(s, "70", &a, &found, &e) && found);
    now += 2 * DAY_S;
    ask_due();
    cr_expect_str_eq(rows_of("reading.modem", 0, 0), "sim1 1 0 1 0; sim2 1 0 1 0");
    cr_expect_str_eq(rows_of("reading.carrier", 0, 0), "Safari 1 0 1 0");
    cr_expect_str_eq(rows_of("reading.model", 0, 0), "gsm 1 0 1 0");
}

Test(completeness, success_is_told_by_day)
{
    static const struct reading_day want[] = {{5, 4, 0}, {5, 1, 1}, {5, 0, 0}};

    take(GSM, "150 kWh");
    take(GSM, "150 kWh"); /* the same again */
    take(BOX, "17=15.5;B4=20;B5=30;");
    now += DAY_S;
    take(GSM, "90 kWh"); /* held: less than before */
    take(BOX, "17=16.5;");
    for (int i = 0; i < 3; i++) {
        utc_t day = NOON - NOON % DAY_S + i * DAY_S;
        struct reading_day n;

        cr_assert(reading_day_count(s, day, day + DAY_S, &n, &e), "%s", e.text);
        cr_expect(n.expected == want[i].expected && n.read == want[i].read &&
                      n.held == want[i].held,
                  "day %d: %lld of %lld read, %lld held", i, (long long)n.read,
                  (long long)n.expected, (long long)n.held);
    }
}

Test(completeness, who_is_stale_and_where_days_are_missing)
{
    for (int day = 0; day < 10; day++, now += DAY_S) {
        char text[40];

        snprintf(text, sizeof(text), "%d kWh", 150 + day);
        if (day != 3 && day != 4)
            take(GSM, text);
        if (day < 2)
            take(WATER, day == 0 ? "V=1.5" : "V=1.6");
        take(BOX, "17=15.5;B4=20;B5=30;");
    }
    cr_expect_str_eq(rows_of("reading.stale", now - 5 * DAY_S, 0),
                     "W2 2 water +254711000002");
    cr_expect_str_eq(rows_of("reading.gaps", NOON, now), "W2 2 9 1; M1 1 3 1");
}

static void
add_value(const char *name, const char *obis, int64_t milli, const char *unit)
{
    struct meter m = meter(name);
    struct reading r = {.value = {milli},
                        .taken_at = now,
                        .received_at = now,
                        .quality = QUALITY_ACTUAL,
                        .source = SOURCE_SMS,
                        .actor = "meter"};

    text_copy(r.obis, sizeof(r.obis), obis);
    text_copy(r.unit, sizeof(r.unit), unit);
    cr_assert(metering_reading_add(s, &conf, &m, 0, &r, &e), "%s", e.text);
}

Test(completeness, batteries_and_signals_come_weakest_first)
{
    add_value("M1", "0-0:96.6.3", 4200, "V");
    add_value("W2", "0-0:96.6.1", 76000, "%");
    add_value("W2", "0-0:96.12.5", 12000, "1");
    add_value("M1", "0-1:96.12.5", 25000, "1");
    now += DAY_S;
    add_value("M1", "0-0:96.6.3", 3300, "V");
    add_value("W2", "0-0:96.12.5", 9000, "1");
    cr_expect_str_eq(rows_of("reading.battery", 0, 0),
                     "W2 2 0-0:96.6.1 76 %; M1 1 0-0:96.6.3 3.3 V");
    cr_expect_str_eq(rows_of("reading.signal", 0, 0),
                     "W2 2 0-0:96.12.5 9 1; M1 1 0-1:96.12.5 25 1");
}

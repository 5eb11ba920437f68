/*
 * One week of a utility, as far as it is told in scenarios: what goes wrong, and what the
 * operator sees and does. W1 is in slow_week_modem.c, W5, W6 and W12 in slow_week_cut.c,
 * W13 in test_morning.c; how soon supply is back after W2 is in slow_week_cut.c, too.
 */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rig *r;
static struct err e;

static void
begin(void)
{
    r = rig_create(&(struct rig_options){.start = "2026-11-02T09:00+03:00"}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_config(r, "backup: {days: 0}\nlosses: {coverage: 95}\n", &e), "%s",
              e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(week, .init = begin, .fini = end, .timeout = 240);

/* A command line as it is typed, its JSON; the words may be quoted. */
static json_t *
run(int want, const char *line)
{
    struct rig_output out;
    char command[1200];
    json_t *answer;

    snprintf(command, sizeof(command),
             "cd %s && '%s/meterpost' --config meterpost.yaml --json --yes %s", rig_dir(r),
             BIN, line);
    cr_assert(
        rig_run(r, (const char *const[]){"bash", "-c", command, NULL}, 60000, &out, &e),
        "%s", e.text);
    cr_expect_eq(out.status, want, "%s: got status %d, want %d: %s", line, out.status, want,
                 out.err);
    snprintf(e.text, sizeof(e.text), "%s", out.err);
    answer = json_loads(out.out, 0, NULL);
    rig_output_free(&out);
    return answer;
}

static void
expect(int want, const char *line)
{
    json_decref(run(want, line));
}

static const char *
text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text == NULL ? "" : text;
}

static void
accounts_and_meters(int n)
{
    char accounts[4000], meters[4000];
    size_t a = 0, m = 0;

    a += (size_t)snprintf(accounts, sizeof(accounts), "account,name,tariff,phones\n");
    m += (size_t)snprintf(meters, sizeof(meters),
                          "meter,account,commodity,profile,phone,initial_reading,"
                          "installed_on\n");
    for (int i = 1; i <= n; i++) {
        a += (size_t)snprintf(accounts + a, sizeof(accounts) - a,
                              "10%02d,Customer %d,domestic-electricity,07220000%02d\n", i,
                              i, i);
        m += (size_t)snprintf(
            meters + m, sizeof(meters) - m,
            "101010%02d,10%02d,electricity,kamstrup-gsm7i,07110000%02d,1000,"
            "2026-10-01\n",
            i, i, i);
    }
    cr_assert(rig_write(r, "accounts.csv", accounts, &e) &&
              rig_write(r, "meters.csv", meters, &e));
    expect(0, "import accounts accounts.csv");
    expect(0, "import meters meters.csv");
}

Test(week, w2_a_payment_with_one_wrong_digit_is_proposed_and_assigned)
{
    json_t *rows, *answer;
    const json_t *proposal;
    char line[100];

    cr_assert(rig_write(r, "accounts.csv",
                        "account,name,tariff,opening_balance\n"
                        "20345671,Njeri,domestic-electricity,500.00\n"
                        "20999999,Otieno,domestic-electricity,500.00\n",
                        &e));
    expect(0, "import accounts accounts.csv");
    cr_assert(rig_write(r, "p.csv",
                        "date,amount,account,reference,payer\n"
                        "2026-11-01,500.00,20345674,R1,Njeri\n",
                        &e));
    expect(0, "import payments p.csv");
    rows = run(0, "suspense");
    cr_assert_eq(json_array_size(rows), 1);
    proposal = json_array_get(json_object_get(json_array_get(rows, 0), "proposals"), 0);
    cr_expect_str_eq(json_string_value(proposal), "20345671");
    snprintf(
        line, sizeof(line), "pay assign %lld 20345671 --reason typo",
        (long long)json_integer_value(json_object_get(json_array_get(rows, 0), "payment")));
    json_decref(rows);
    answer = run(0, line);
    cr_expect_str_eq(text_of(answer, "balance"), "0.00");
    json_decref(answer);
    expect(1, "suspense");
}

Test(week, w3_an_exchange_that_is_entered_late_makes_two_parts_and_no_negative_use)
{
    json_t *bill;
    const json_t *reading;
    size_t i, parts = 0;

    accounts_and_meters(1);
    cr_assert(rig_clock_set(r, clock_from_local(2026, 11, 2, 9, 0, 0), &e));
    expect(0, "meter exchange 10101001 --old-read 1080 --new 77120034 --new-read 0 --at "
              "2026-10-16T09:00");
    expect(0, "reading add 77120034 95 --date 2026-11-01T00:00");
    expect(0, "bill issue 2026-10");
    bill = run(0, "bill explain 2026-000001");
    json_array_foreach (json_object_get(bill, "readings"), i, reading) {
        cr_expect(json_string_value(json_object_get(reading, "usage")) == NULL ||
                      text_of(reading, "usage")[0] != '-',
                  "negative use");
        parts++;
    }
    cr_expect_eq(parts, 2, "one part for each meter, got %zu", parts);
    json_decref(bill);
}

Test(week, w4_an_over_estimate_becomes_a_credit_note_and_a_new_bill_without_gaps)
{
    json_t *rows;
    const json_t *row;
    int issued = 0, credits = 0;
    size_t i;

    accounts_and_meters(2);
    expect(0, "reading add 10101001 1400 --date 2026-11-01T00:00");
    expect(0, "reading add 10101002 1100 --date 2026-11-01T00:00");
    expect(0, "bill issue 2026-10");
    expect(0, "reading edit 1 1110 --reason misread");
    expect(0, "bill cancel 2026-000001 --reason \"over-estimate\"");
    rows = run(0, "bill list");
    json_array_foreach (rows, i, row) {
        issued += strncmp(text_of(row, "bill"), "2026-", 5) == 0;
        credits += strncmp(text_of(row, "bill"), "C2026-", 6) == 0;
    }
    cr_expect_eq(issued, 3, "got %d bills", issued);
    cr_expect_eq(credits, 1, "got %d credit notes", credits);
    json_decref(rows);
    expect(0, "bill show 2026-000003");
    expect(0, "verify");
}

Test(week, w9_bills_are_refused_while_the_clock_is_behind_the_network)
{
    accounts_and_meters(1);
    expect(0, "reading add 10101001 1100 --date 2026-11-01T00:00");
    cr_assert(rig_emulator_start(r, &e) && rig_engine_start(r, &e), "%s", e.text);
    cr_assert(rig_inject(r, "+254722000001", "sim1", "BAL", &e) &&
                  rig_wait_idle(r, 30000, &e),
              "%s", e.text);
    cr_assert(rig_engine_stop(r, &e));
    /* The battery of the clock is dead: it begins in October again. */
    cr_assert(rig_clock_set(r, clock_from_local(2026, 10, 31, 9, 0, 0), &e));
    expect(3, "bill issue 2026-09");
    cr_expect_not_null(strstr(e.text, "clock"), "%s", e.text);
    cr_assert(rig_clock_set(r, clock_from_local(2026, 11, 2, 10, 0, 0), &e));
    expect(0, "bill issue 2026-10");
}

Test(week, w10_too_few_readings_are_unusable_and_no_loss)
{
    json_t *rows;

    accounts_and_meters(12);
    expect(0, "group add T-17 name=Market kind=transformer");
    for (int i = 1; i <= 12; i++) {
        char line[100];

        snprintf(line, sizeof(line), "meter set 101010%02d group=T-17 --at 2026-10-01", i);
        expect(0, line);
        snprintf(line, sizeof(line), "reading add 101010%02d 1100 --date 2026-11-01T00:00",
                 i);
        if (i <= 11) /* 92 % */
            expect(0, line);
    }
    expect(0, "account add 9000 name=Check tariff=domestic-electricity");
    cr_assert(
        rig_write(r, "check.csv",
                  "meter,account,commodity,profile,phone,initial_reading,installed_on,"
                  "group,check_meter\n"
                  "900001,9000,electricity,kamstrup-gsm7i,0711000099,5000,2026-10-01,"
                  "T-17,yes\n",
                  &e));
    expect(0, "import meters check.csv");
    expect(0, "reading add 900001 6400 --date 2026-11-01T00:00");
    rows = run(0, "loss --period 2026-10");
    cr_expect_str_eq(text_of(json_array_get(rows, 0), "state"), "unusable");
    json_decref(rows);
}

/* The tariffs of a folder of our own. */
static void
own_tariffs(void)
{
    char command[2 * RIG_PATH_MAX + 400];
    struct rig_output out;

    snprintf(command, sizeof(command),
             "cd %s && mkdir tariffs && cp %s/conf/tariffs/domestic-electricity.yaml "
             "tariffs/old.yaml && sed -e 's/2024-01-01/2026-10-16/' -e 's/12.22/24.44/' "
             "-e 's/16.30/32.60/' tariffs/old.yaml >tariffs/new.yaml && "
             "sed -i 's,tariffs: [^ ]*/conf/tariffs,tariffs: tariffs,' meterpost.yaml",
             rig_dir(r), TOP);
    cr_assert(
        rig_run(r, (const char *const[]){"bash", "-c", command, NULL}, 20000, &out, &e),
        "%s", e.text);
    cr_assert_eq(out.status, 0, "%s", out.err);
    rig_output_free(&out);
}

/* W11: 62 kWh in the 31 days of October, new prices from the 16th: 15 days at the old, 16
 * at the new. The limit of 30 kWh a month is cut as the days are: 30 x 15/31 = 14.516, 30 x
 * 16/31 = 15.484; the use as well: 30 and 32 kWh. */
Test(week, w11_a_tariff_that_changes_in_a_period_prices_both_parts)
{
    static const struct {
        const char *code, *qty, *rate, *amount;
    } want[] = {
        {"energy", "14.516", "12.22", "177.39"},
        {"energy", "15.484", "16.3", "252.39"},
        {"energy", "15.484", "24.44", "378.43"},
        {"energy", "16.516", "32.6", "538.43"},
    };
    json_t *bill;
    const json_t *line;
    size_t i, n = 0;

    own_tariffs();
    accounts_and_meters(1);
    expect(0, "reading add 10101001 1062 --date 2026-11-01T00:00");
    expect(0, "bill issue 2026-10");
    bill = run(0, "bill show 2026-000001");
    json_array_foreach (json_object_get(bill, "lines"), i, line) {
        if (strcmp(text_of(line, "code"), "energy") != 0)
            continue;
        cr_assert_lt(n, sizeof(want) / sizeof(want[0]));
        cr_expect(strcmp(text_of(line, "qty"), want[n].qty) == 0 &&
                      strcmp(text_of(line, "rate"), want[n].rate) == 0 &&
                      strcmp(text_of(line, "amount"), want[n].amount) == 0,
                  "line %zu: got %s x %s = %s, want %s x %s = %s", n, text_of(line, "qty"),
                  text_of(line, "rate"), text_of(line, "amount"), want[n].qty, want[n].rate,
                  want[n].amount);
        n++;
    }
    cr_expect_eq(n, sizeof(want) / sizeof(want[0]), "%zu lines of energy", n);
    json_decref(bill);
}

/* W7: a machine at the other end that answers every answer is not answered for ever. */
Test(week, w7_two_machines_do_not_text_each_other_for_ever)
{
    json_t *rows;

    accounts_and_meters(1);
    cr_assert(rig_emulator_start(r, &e) && rig_engine_start(r, &e), "%s", e.text);
    for (int i = 0; i < 15; i++)
        cr_assert(rig_inject(r, "+254722000001", "sim1", "we do not understand you", &e));
    cr_assert(rig_wait_idle(r, 60000, &e), "%s", e.text);
    rows = run(0, "outbox +254722000001");
    cr_expect(json_array_size(rows) <= 5, "%zu answers", json_array_size(rows));
    json_decref(rows);
}

/* W8: a sender's number is only a claim. */
Test(week, w8_a_forged_cut_from_a_known_number_does_nothing_without_a_code)
{
    json_t *rows, *meter;
    const json_t *row;
    size_t i;

    accounts_and_meters(1);
    expect(0, "staff add jonas name=\"Jonas Mushi\" role=operator phone=0722000077");
    cr_assert(rig_emulator_start(r, &e) && rig_engine_start(r, &e), "%s", e.text);
    cr_assert(rig_inject(r, "+254722000077", "sim1", "CUT 10101001", &e) &&
                  rig_inject(r, "+254722000077", "sim1", "CUT 10101001 123456", &e) &&
                  rig_inject(r, "+254722000001", "sim1", "CUT 10101001", &e) &&
                  rig_wait_idle(r, 60000, &e),
              "%s", e.text);
    rows = run(0, "outbox");
    json_array_foreach (rows, i, row)
        cr_expect_str_neq(text_of(row, "kind"), "cut", "a cut went out");
    json_decref(rows);
    meter = run(0, "meter show 10101001");
    cr_expect_str_neq(text_of(meter, "relay"), "open");
    json_decref(meter);
}

/*
 * The week of an operator where it comes to supply: W2 power after a payment that was
 * misdirected, W5 a payment between approval and command, W6 a crash behind the command,
 * W12 a cut on a Friday.
 */
#include "relay_village.h"

#define SETTINGS                                                                           \
    "reading: {window: \"00:00-24:00\"}\n"                                                 \
    "backup: {days: 0}\n"                                                                  \
    "arrears:\n"                                                                           \
    "  run: true\n"                                                                        \
    "  policy: philippines\n"                                                              \
    "  min_debt: \"100\"\n"                                                                \
    "  stages:\n"                                                                          \
    "    - {name: notice, after_due: 1d, template: notice}\n"                              \
    "    - {name: cut, after_due: 4d, after: notice}\n"                                    \
    "  cut: {answer: 2m}\n"
#define METER "000000000101"

static void
begin(void)
{
    begin_with(SETTINGS);
    settle_owing(2, "1500");
}

TestSuite(week_cut, .init = begin, .fini = end, .timeout = 240);

/* Through Tuesday to Friday: told on the first, at the stage of being cut on the last. */
static void
come_to_friday(void)
{
    static const char *const mornings[] = {"2026-03-03", "2026-03-04", "2026-03-05",
                                           "2026-03-06"};

    for (size_t i = 0; i < sizeof(mornings) / sizeof(mornings[0]); i++) {
        char when[TIME_TEXT_MAX];

        until(clock_iso(at(mornings[i]) + 7 * HOUR_S, when));
        json_decref(as("root", 0, "arrears feed --reason looked"));
        until(clock_iso(at(mornings[i]) + 9 * HOUR_S, when));
    }
}

/* A line of the morning page: its state, "" when there is none. *mend is its command. */
static void
morning_line(const char *area, char state[8], char mend[80])
{
    json_t *page = as("root", 0, "today");
    const json_t *row;
    size_t i;

    state[0] = mend[0] = '\0';
    json_array_foreach (json_object_get(page, "lines"), i, row) {
        if (strcmp(text_of(row, "area"), area) != 0 || *state != '\0')
            continue;
        snprintf(state, 8, "%s", text_of(row, "state"));
        snprintf(mend, 80, "%s", text_of(row, "do"));
    }
    json_decref(page);
}

static void
expect_line(const char *area, const char *state, const char *mend)
{
    char got[8], does[80];

    morning_line(area, got, does);
    cr_expect(strcmp(got, state) == 0 && strcmp(does, mend) == 0,
              "%s: got '%s' -> '%s', want '%s' -> '%s'", area, got, does, state, mend);
}

/* Times that a command to cut was handed out. */
static size_t
commands(void)
{
    json_t *rows = as("root", 0, "outbox");
    const json_t *row;
    size_t i, n = 0;

    json_array_foreach (rows, i, row)
        n += strcmp(text_of(row, "kind"), "cut") == 0;
    json_decref(rows);
    return n;
}

Test(week_cut, w12_a_cut_on_friday_is_refused_and_w5_who_pays_in_time_is_not_cut)
{
    json_t *answer;
    char mend[80];

    come_to_friday();
    expect_line("cut list", "ok", "meterpost cut list");
    until("2026-03-06T14:00+03:00");
    answer = as(PROPOSER, 3, "--yes cut propose");
    cr_expect_not_null(strstr(text_of(answer, "reason"), "cut list"), "%s",
                       text_of(answer, "reason"));
    json_decref(answer);
    answer = as(PROPOSER, 3, "--yes cut propose " METER);
    cr_expect_not_null(strstr(text_of(answer, "reason"), "expire"), "%s",
                       text_of(answer, "reason"));
    json_decref(answer);

    until("2026-03-09T07:00+03:00");
    json_decref(as("root", 0, "arrears feed --reason looked"));
    until("2026-03-09T10:00+03:00");
    hear_all();
    answer = as(PROPOSER, 4, "--yes cut propose");
    cr_expect_eq(json_array_size(json_object_get(answer, "orders")), 2);
    snprintf(mend, sizeof(mend), "meterpost cut approve %lld",
             json_integer_value(json_object_get(answer, "batch")));
    expect_line("approvals", "warn", mend);
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    json_decref(as(APPROVER, 0, "%s", mend + strlen("meterpost ")));
    json_decref(answer);
    json_decref(as("root", 0, "pay add 2001 1500 --channel cash --reference T1"));
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    until("2026-03-09T10:30+03:00");
    expect_relay(METER, 0, "closed");
    expect_order(METER, "cut", "cancelled");
    expect_relay("000000000102", 1, "open");
    expect_line("approvals", "", "");
    expect_line("orders", "ok", "");
}

/* The newest order of the meter has come so far. */
static void
wait_for_state(const char *state)
{
    for (int i = 0; i < 400; i++) {
        json_t *row = newest_order(METER);
        bool there = strcmp(text_of(row, "state"), state) == 0;

        json_decref(row);
        if (there)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 25 * 1000000L}, NULL);
    }
    cr_assert_fail("the order was never %s", state);
}

Test(week_cut, w6_after_a_crash_behind_the_command_the_state_is_read_first)
{
    json_t *rows;
    const char *kind = "";
    size_t before, n;

    until("2026-03-02T10:05+03:00");
    hear_all();
    cr_assert(rig_fault(r, "sim1", "delay_ms", 2000, &e), "%s", e.text);
    cut(METER);
    wait_for_state("sent");
    rig_engine_kill(r);
    cr_assert(rig_fault(r, "sim1", "delay_ms", 0, &e), "%s", e.text);
    rows = as("root", 0, "outbox");
    before = json_array_size(rows);
    json_decref(rows);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    until("2026-03-02T10:45+03:00");
    expect_order(METER, "cut", "verified");
    expect_relay(METER, 1, "open");
    cr_expect_eq(commands(), 1, "%zu commands", commands());
    rows = as("root", 0, "outbox");
    n = json_array_size(rows);
    cr_assert_gt(n, before, "nothing was asked");
    kind = text_of(json_array_get(rows, n - before - 1), "kind"); /* newest first */
    cr_expect_str_neq(kind, "cut", "the first text behind the crash is a '%s'", kind);
    json_decref(rows);
}

/* ---- a rehearsal tells what then happens ---- */

/* 3 texts a minute, 0.80 each. */
static void
pace_the_modem(void)
{
    char command[RIG_PATH_MAX + 100], path[RIG_PATH_MAX];
    struct rig_output out;

    snprintf(command, sizeof(command),
             "sed -i 's,rate: 60000/min,rate: 3/min\\, segment_cost: \"0.80\",' %s",
             rig_path(r, "meterpost.yaml", path));
    cr_assert(
        rig_run(r, (const char *const[]){"bash", "-c", command, NULL}, 20000, &out, &e) &&
            out.status == 0,
        "%s", e.text);
    rig_output_free(&out);
    cr_assert(rig_engine_stop(r, &e) && rig_engine_start(r, &e), "%s", e.text);
}

/* The newest row of the outbox, and what went out behind a row: messages, parts, and when
 * the last of them left. */
struct went {
    long long newest, messages, parts;
    char last[TIME_TEXT_MAX];
};

static struct went
went_out(long long behind)
{
    struct went w = {.last = ""};
    json_t *rows = NULL;
    const json_t *row;
    size_t i;

    rig_meterpost(r, &rows, &e, "outbox", "--limit", "1000", NULL); /* 1: there is none */
    json_array_foreach (rows, i, row) {
        long long id = json_integer_value(json_object_get(row, "id"));
        const char *left = text_of(row, "sent_at");

        w.newest = id > w.newest ? id : w.newest;
        if (id <= behind || *left == '\0')
            continue;
        w.messages++;
        w.parts += json_integer_value(json_object_get(row, "segments"));
        if (strcmp(left, w.last) > 0)
            snprintf(w.last, sizeof(w.last), "%s", left);
    }
    json_decref(rows);
    return w;
}

static void
expect_forecast(const json_t *forecast, const struct went *w)
{
    char cost[40];

    snprintf(cost, sizeof(cost), "%lld.%02lld", w->parts * 80 / 100, w->parts * 80 % 100);
    cr_expect_eq(json_integer_value(json_object_get(forecast, "messages")), w->messages,
                 "forecast %lld messages, %lld left",
                 json_integer_value(json_object_get(forecast, "messages")), w->messages);
    cr_expect_eq(json_integer_value(json_object_get(forecast, "parts")), w->parts);
    cr_expect_str_eq(text_of(forecast, "cost"), cost);
    cr_expect_str_eq(text_of(forecast, "sent_by"), w->last);
}

Test(week_cut, a_rehearsal_of_a_bill_run_tells_what_then_happens)
{
    json_t *forecast, *issued;
    char line[80], name[20];
    struct went before, after;

    for (int i = 1; i <= 2; i++) {
        snprintf(line, sizeof(line), "reading add %s 1%d --date 2026-03-01T00:00",
                 meter_name(i, name), i);
        json_decref(as("root", 0, "%s", line));
    }
    pace_the_modem();
    idle();
    before = went_out(0);
    forecast = as("root", 0, "sim bill 2026-02 --loss 0");
    cr_expect_eq(went_out(0).newest, before.newest, "nothing was changed");
    issued = as("root", 0, "--yes bill issue 2026-02");
    cr_expect_str_eq(text_of(forecast, "total"), text_of(issued, "total"));
    cr_expect_eq(json_integer_value(json_object_get(forecast, "issued")), 2);
    until("2026-03-02T12:00+03:00");
    after = went_out(before.newest);
    expect_forecast(forecast, &after);
    json_decref(forecast);
    json_decref(issued);
}

/* The payment that nobody can place is proposed, and given to its account. */
static void
pay_with_a_wrong_digit(void)
{
    char path[RIG_PATH_MAX];
    json_t *rows;
    const json_t *row;

    cr_assert(rig_write(r, "p.csv",
                        "date,amount,account,reference,payer\n"
                        "2026-03-09,1500.00,2007,R1,Household 1\n",
                        &e));
    json_decref(as("root", 0, "import payments %s", rig_path(r, "p.csv", path)));
    rows = as("root", 0, "suspense");
    row = json_array_get(rows, 0);
    cr_expect_str_eq(
        json_string_value(json_array_get(json_object_get(row, "proposals"), 0)), "2001");
    json_decref(as("root", 0, "pay assign %lld 2001 --reason typo",
                   json_integer_value(json_object_get(row, "payment"))));
    json_decref(rows);
}

Test(week_cut, a_rehearsal_of_a_cut_day_tells_what_then_happens_and_w2_power_comes_back)
{
    json_t *forecast, *answer;
    struct went before, after;

    come_to_friday();
    until("2026-03-09T07:00+03:00");
    json_decref(as("root", 0, "arrears feed --reason looked"));
    until("2026-03-09T10:00+03:00");
    hear_all();
    pace_the_modem();
    until("2026-03-09T10:10+03:00");
    before = went_out(0);
    forecast = as("root", 0, "sim cut --loss 0 --payers 0 --delay 0s");
    expect_relay(METER, 0, "closed");
    answer = as(PROPOSER, 4, "--yes cut propose");
    cr_expect_eq(json_integer_value(json_object_get(forecast, "proposed")), 2);
    cr_expect_str_eq(text_of(forecast, "owed"), text_of(answer, "amount"));
    json_decref(as(APPROVER, 0, "cut approve %lld",
                   json_integer_value(json_object_get(answer, "batch"))));
    json_decref(answer);
    until("2026-03-09T14:00+03:00");
    expect_relay(METER, 1, "open");
    cr_expect_eq(json_integer_value(json_object_get(forecast, "cut")), 2);
    after = went_out(before.newest);
    expect_forecast(forecast, &after);
    json_decref(forecast);

    pay_with_a_wrong_digit();
    until("2026-03-09T14:05+03:00");
    expect_relay(METER, 2, "closed");
    expect_order(METER, "restore", "verified");
}

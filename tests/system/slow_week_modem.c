/*
 * The week of an operator where it comes to modems: W1, a modem that answers and has lost
 * its cell for hours. The ladder brings it back, what has waited goes out by its urgency,
 * and nothing goes out twice. Slow: the ladder waits a minute of real time.
 */
#include "relay_village.h"

#define STEP_S   120 /* the first step comes after 60 s */
#define LOOK_MS  250
#define NOTICES  4
#define CUSTOMER "+25472200%04d"

static void
begin(void)
{
    begin_with("reading: {window: \"00:00-24:00\"}\nbackup: {days: 0}\n");
    settle(3);
    hear_all();
}

TestSuite(week_modem, .init = begin, .fini = end, .timeout = 300);

/* The word that today has for the modem. */
static void
expect_modem(const char *want)
{
    char got[8] = "";

    for (int ms = 0; ms < 30000 && strcmp(got, want) != 0; ms += LOOK_MS) {
        json_t *page = as("root", 0, "today");
        const json_t *row;
        size_t i;

        json_array_foreach (json_object_get(page, "lines"), i, row) {
            if (strcmp(text_of(row, "area"), "modem") == 0)
                snprintf(got, sizeof(got), "%s", text_of(row, "state"));
        }
        json_decref(page);
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
    cr_expect_str_eq(got, want, "the modem is '%s', want '%s'", got, want);
}

static bool
was_helped(void)
{
    json_t *rows = NULL;
    bool some = rig_meterpost(r, &rows, &e, "modem", "history", "sim1", NULL) == 0 &&
                json_array_size(rows) > 0;

    json_decref(rows);
    return some;
}

/* All texts that left since `since`; *next is where to go on. */
static json_t *
sent(long long since, long long *next)
{
    json_t *answer = rig_ask(r, &e, "{s:s,s:I,s:i}", "do", "sent", "since",
                             (json_int_t)since, "limit", 1000);
    json_t *rows = json_incref(json_object_get(answer, "sent"));

    *next = json_integer_value(json_object_get(answer, "next"));
    json_decref(answer);
    return rows;
}

Test(week_modem, w1_a_modem_that_lost_its_cell_is_brought_back_and_the_urgent_goes_first)
{
    long long next, notices = 0;
    json_t *rows;
    const json_t *row;
    size_t i;

    json_decref(sent(0, &next));
    /* A new worker looks at once; one that works looks every minute. */
    cr_assert(rig_engine_stop(r, &e) && rig_fault(r, "sim1", "registration", 2, &e) &&
                  rig_engine_start(r, &e),
              "%s", e.text);
    expect_modem("bad");
    for (int n = 1; n <= NOTICES; n++)
        json_decref(as("root", 0, "message send " CUSTOMER " notice%d", n, n));
    cr_assert(rig_clock_set(r, at("2026-03-02T17:00+03:00"), &e)); /* seven hours later */
    json_decref(as("root", 0, "on 000000000101 --reason paid"));
    /* The ladder counts real time, in the turns that a clock that moves gives. */
    for (int s = 1; s < STEP_S && !was_helped(); s++) {
        cr_assert(rig_clock_set(r, at("2026-03-02T17:00+03:00") + s, &e));
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    cr_assert(was_helped(), "nothing was tried with the modem");
    rows = sent(next, &next);
    cr_expect_eq(json_array_size(rows), 0, "nothing leaves without a network");
    json_decref(rows);

    cr_assert(rig_fault(r, "sim1", "registration", 1, &e), "%s", e.text);
    expect_modem("ok");
    idle();
    rows = sent(next, &next);
    cr_assert_gt(json_array_size(rows), NOTICES);
    cr_expect_str_eq(text_of(json_array_get(rows, 0), "to"), "+254713000001",
                     "the restore goes first");
    json_array_foreach (rows, i, row)
        notices += strncmp(text_of(row, "text"), "notice", 6) == 0;
    cr_expect_eq(notices, NOTICES, "each notice once, got %lld", notices);
    json_decref(rows);
    until("2026-03-02T17:20+03:00");
    expect_order("000000000101", "restore", "verified");
}

/*
 * `sim` with a network that loses texts, wires, and customers who pay: what is asked is
 * what comes out, always the same, and nothing of the real data moves.
 */
#include "meterpost/store/registry.h"
#include "relay_village.h"

#define HOUSES 5
#define WIRED  2 /* the last of them */
#define CUTS   "2026-03-09T10:00+03:00"

/* No engine and no emulator: a rehearsal needs neither. */
static void
begin(void)
{
    r = rig_create(&(struct rig_options){.start = MONDAY}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(
        rig_config(r,
                   "buses:\n"
                   "  - {name: rs485-1, device: tcp://127.0.0.1:9, protocol: "
                   "dlt645-2007}\n"
                   "arrears:\n"
                   "  min_debt: \"100\"\n"
                   "  policy: philippines\n"
                   "  stages:\n"
                   "    - {name: notice, after_due: 1d, template: notice, channel: hand}\n"
                   "    - {name: cut, after_due: 4d, after: notice}\n",
                   &e),
        "%s", e.text);
    settle_owing(HOUSES, "1500");
    for (int i = HOUSES - WIRED + 1; i <= HOUSES; i++) {
        char name[20];

        json_decref(
            as("root", 0,
               "meter set %s concentrator= bus=rs485-1 protocol=dlt645-2007 relay=yes",
               meter_name(i, name)));
    }
}

TestSuite(rehearsal, .init = begin, .fini = end, .timeout = 120);

static void
run_arrears(const char *when)
{
    cr_assert(rig_clock_set(r, at(when), &e));
    json_decref(as("root", 0, "arrears feed --reason looked"));
    json_decref(as("root", 0, "--yes arrears run"));
}

/* The morning of the cuts: payments looked at, every meter heard, everybody at the stage.
 */
static void
come_to_the_day(void)
{
    char path[RIG_PATH_MAX], name[20];
    struct store *s;
    struct meter m;
    bool found;

    run_arrears("2026-03-03T09:00+03:00");
    for (int i = 1; i <= HOUSES; i++)
        json_decref(as("root", 0, "arrears delivered %d notice --reason posted", 2000 + i));
    run_arrears(CUTS);
    cr_assert(store_open(rig_path(r, "meterpost.db", path), STORE_WRITE, &s, &e) &&
                  store_begin(s, &e),
              "%s", e.text);
    for (int i = 1; i <= HOUSES; i++)
        cr_assert(meter_by_name(s, meter_name(i, name), &m, &found, &e) && found &&
                  meter_set_contact(s, m.id, at(CUTS), &e));
    cr_assert(store_commit(s, &e));
    store_close(s);
}

static long long
number(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

/* All that a network and its customers may be, and what must then be so. */
static void
rehearse_the_day(void)
{
    static const struct {
        const char *options;
        long long cut_least, restored_least, lost_least;
    } cases[] = {
        {"--loss 0 --payers 0", HOUSES, 0, 0},
        {"--loss 0 --payers 100 --delay 1m", HOUSES / 2, HOUSES / 2, 0},
        {"--loss 40 --payers 50", WIRED, 0, 1},
        {"--loss 100 --payers 0", WIRED, 0, HOUSES - WIRED},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *o = cases[i].options;
        json_t *day = as("root", 0, "sim cut %s", o);
        long long over = number(day, "cut") + number(day, "failed") +
                         number(day, "in_doubt") + number(day, "expired") +
                         number(day, "dropped") + number(day, "open");

        cr_expect_eq(number(day, "proposed"), HOUSES, "%s", o);
        cr_expect_eq(over, HOUSES, "%s: %lld orders are accounted for", o, over);
        cr_expect_geq(number(day, "cut"), cases[i].cut_least, "%s: cut", o);
        cr_expect_geq(number(day, "restored"), cases[i].restored_least, "%s: restored", o);
        cr_expect_geq(number(day, "lost"), cases[i].lost_least, "%s: lost", o);
        cr_expect_geq(number(day, "by_wire"), WIRED, "%s: by wire", o);
        cr_expect_geq(number(day, "payments"), number(day, "restored"), "%s", o);
        json_decref(day);
    }
}

/* What is not said is guessed, and that is told; nothing of the real data moves. */
static void
rehearse_by_guess(void)
{
    json_t *before = as("root", 0, "verify"), *day = as("root", 0, "sim cut");
    json_t *again = as("root", 0, "sim cut"), *after = as("root", 0, "verify");
    json_t *guess = json_object_get(day, "guess");

    cr_expect(json_equal(before, after));
    cr_expect(json_equal(day, again), "the same copy gives the same forecast");
    cr_expect_eq(number(guess, "loss_percent"), 2);
    cr_expect_eq(number(guess, "delay_s"), 20);
    cr_expect_eq(number(guess, "payers_percent"), 30, "too few cuts to know");
    cr_expect_str_eq(text_of(json_array_get(json_object_get(day, "modems"), 0), "modem"),
                     "sim1");
    json_decref(before);
    json_decref(after);
    json_decref(day);
    json_decref(again);
}

/* A list that is longer than one batch may be. */
static void
expect_one_batch(json_t *answer, size_t proposed)
{
    cr_expect_eq(proposed, HOUSES - 2);
    cr_expect_eq(number(answer, "left"), 2);
    json_decref(answer);
}

Test(rehearsal, of_a_cut_day_loses_texts_asks_wires_and_takes_payments)
{
    char path[RIG_PATH_MAX];
    json_t *answer;
    FILE *f;

    come_to_the_day();
    rehearse_the_day();
    rehearse_by_guess();
    f = fopen(rig_path(r, "meterpost.yaml", path), "ae");
    cr_assert_not_null(f);
    fprintf(f, "  cut: {batch_limit: %d}\n", HOUSES - 2);
    fclose(f);
    answer = as("root", 0, "sim cut --loss 0 --payers 0");
    expect_one_batch(answer, (size_t)number(answer, "proposed"));
    answer = as(PROPOSER, 4, "--yes cut propose");
    expect_one_batch(answer, json_array_size(json_object_get(answer, "orders")));
}

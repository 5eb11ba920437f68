/*
 * Whatever bytes a modem is sent, from a seed that is printed: all of it is on file or put
 * aside with a reason, the SIM is empty, engine and worker never noticed. And a modem that
 * is pulled out comes back while the other one works on.
 */
#include "meterpost/base/text.h"
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS   12 /* each brings one of every kind of evil, twice */
#define IDLE_MS  60000
#define PDU_MAX  250
#define BODY_MAX 140
#define CENTRE   "07915274000099F9"
#define STAMP    "62112271030021"

static struct rig *r;
static struct err e;
static unsigned dice;
static int parts; /* given to the network so far */

static unsigned
roll(unsigned below)
{
    dice = dice * 1103515245u + 12345u;
    return (dice >> 16) % below;
}

static void
begin(void)
{
    static const char accounts[] = "account,name,tariff,phones\n"
                                   "1001,Amina,domestic-electricity,+254722000001\n";
    static const char meters[] =
        "meter,account,commodity,profile,phone,initial_reading,installed_on\n"
        "10101001,1001,electricity,kamstrup-gsm7i,+254711000001,100,2026-01-01\n";
    static const char *const kinds[] = {"accounts", "meters"};
    char path[RIG_PATH_MAX], name[20];
    json_t *answer;

    r = rig_create(
        &(struct rig_options){.start = "2026-11-22T17:30:00",
                              .modems = {"sim1:+254700000100", "sim2:+254700000200"}},
        &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, "", &e) && rig_engine_start(r, &e),
              "%s", e.text);
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof(name), "%s.csv", kinds[i]);
        cr_assert(rig_write(r, name, i == 0 ? accounts : meters, &e), "%s", e.text);
        cr_assert_eq(rig_meterpost(r, &answer, &e, "--yes", "import", kinds[i],
                                   rig_path(r, name, path), NULL),
                     0, "%s", e.text);
        json_decref(answer);
    }
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(hostile, .init = begin, .fini = end, .timeout = 240);

/* ---- evil */

struct pdu {
    uint8_t at[PDU_MAX];
    size_t n;
};

static void
add_hex(struct pdu *p, const char *hex)
{
    long n = hex_parse(hex, p->at + p->n, sizeof(p->at) - p->n);

    cr_assert(n >= 0, "%s", hex);
    p->n += (size_t)n;
}

static void
add_noise(struct pdu *p, size_t n)
{
    for (size_t i = 0; i < n && p->n < PDU_MAX; i++)
        p->at[p->n++] = (uint8_t)roll(256);
}

/* A message up to its user data: from a customer, a meter, or nobody. `first` is the first
 * octet: 04, or 44 with a header in the user data. */
static void
add_head(struct pdu *p, const char *first, const char *coding)
{
    static const char *const senders[] = {"0C915274220000"
                                          "10",
                                          "0C915274110000"
                                          "10",
                                          "0C915274993333"
                                          "33",
                                          "09D0CD68BABA04", "0091"};

    add_hex(p, CENTRE);
    add_hex(p, first);
    add_hex(p, senders[roll(5)]);
    add_hex(p, "00");
    add_hex(p, coding);
    add_hex(p, STAMP);
}

static void
inject(const struct pdu *p)
{
    char hex[2 * PDU_MAX + 1];
    json_t *answer;

    hex_print(p->at, p->n, hex);
    answer = rig_ask(r, &e, "{s:s, s:s, s:s}", "do", "inject", "to", "sim1", "pdu", hex);
    cr_assert_not_null(answer, "%s: %s", hex, e.text);
    json_decref(answer);
    parts++;
}

static const char *
any_coding(void)
{
    static const char *const codings[] = {"00", "08", "04", "F5", "C8", "3F", "10", "FF"};

    return codings[roll(8)];
}

static void
noise(void)
{
    struct pdu p = {0};

    add_noise(&p, 8 + roll(PDU_MAX - 8));
    inject(&p);
}

static void
cut_short(void)
{
    struct pdu p = {0};

    add_head(&p, "04", any_coding());
    add_hex(&p, "8C");
    add_noise(&p, BODY_MAX);
    p.n = 8 + roll((unsigned)p.n - 8);
    add_noise(&p, 4); /* no two alike */
    inject(&p);
}

static void
flipped_bits(void)
{
    struct pdu p = {0};

    add_head(&p, "04", "00");
    add_hex(&p, "8C");
    add_noise(&p, 123);
    for (unsigned i = 0, n = 1 + roll(8); i < n; i++)
        p.at[roll(30)] ^= (uint8_t)(1u << roll(8));
    inject(&p);
}

/* A length of the body that is not what follows. */
static void
lying_length(void)
{
    struct pdu p = {0};

    add_head(&p, "04", any_coding());
    add_noise(&p, 1 + roll(BODY_MAX));
    inject(&p);
}

/* A header in the user data that is noise. */
static void
lying_header(void)
{
    struct pdu p = {0};

    add_head(&p, "44", any_coding());
    p.at[p.n++] = (uint8_t)(20 + roll(121));
    add_noise(&p, (size_t)20 + roll(121));
    inject(&p);
}

/* A header that would be one of a long text, but for its numbers. */
static void
lying_parts(void)
{
    struct pdu p = {0};

    add_head(&p, "44", "08");
    add_hex(&p, "8C050003");
    p.at[p.n++] = (uint8_t)roll(256);
    p.at[p.n++] = (uint8_t)(roll(2) == 0 ? roll(4) : roll(256));
    p.at[p.n++] = (uint8_t)(roll(2) == 0 ? roll(4) : roll(256));
    add_noise(&p, BODY_MAX - 6);
    inject(&p);
}

static void
delivery_report(void)
{
    struct pdu p = {0};

    add_hex(&p, CENTRE "06");
    p.at[p.n++] = (uint8_t)roll(256);
    add_hex(&p, "0C91527422000010" STAMP STAMP);
    add_noise(&p, 1 + roll(20));
    inject(&p);
}

/* A text of so many parts, in any order. */
static void
long_text(unsigned count)
{
    static const char *const from[] = {"+254722000001", "+254711000001", "MPESA", "12345"};
    char text[12 * 160];
    size_t n = 0, most = 153 * (size_t)count - 20;
    json_t *order = json_array(), *answer;

    while (n < most)
        text[n++] = (char)(' ' + 1 + roll(94) % 90);
    text[n] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (strchr("[\\]^{|}~`", text[i]) != NULL)
            text[i] = ' ';
    }
    for (unsigned i = 1; i <= count; i++)
        json_array_insert_new(order, roll(i), json_integer(i));
    answer = rig_ask(r, &e, "{s:s, s:s, s:s, s:s, s:o}", "do", "inject", "from",
                     from[roll(4)], "to", "sim1", "text", text, "order", order);
    cr_assert_not_null(answer, "%s", e.text);
    parts += (int)json_integer_value(json_object_get(answer, "parts"));
    json_decref(answer);
}

static void
ten_parts(void)
{
    long_text(10);
}

static void
eleven_parts(void)
{
    long_text(11);
}

static void
a_question(void)
{
    static const char *const texts[] = {"BAL",
                                        "\x01\x02 \x7f",
                                        "{{name}} {{{x}}}",
                                        "余额",
                                        "' OR 1=1; DROP TABLE inbox; --",
                                        "%s%n",
                                        ""};
    json_t *answer = rig_ask(r, &e, "{s:s, s:s, s:s, s:s}", "do", "inject", "from",
                             "+254722000001", "to", "sim1", "text", texts[roll(7)]);

    cr_assert_not_null(answer, "%s", e.text);
    parts += (int)json_integer_value(json_object_get(answer, "parts"));
    json_decref(answer);
    cr_assert(rig_wait_idle(r, IDLE_MS, &e), "%s", e.text);
    cr_assert(rig_clock_set(r, clock_now() + 1, &e), "%s", e.text); /* no two alike */
}

static void (*const evils[])(void) = {
    noise,       cut_short,       flipped_bits, lying_length, lying_header,
    lying_parts, delivery_report, ten_parts,    eleven_parts, a_question,
};

/* ---- afterwards */

static int64_t
count(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q;
    int64_t n;

    cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK, "%s",
                 sqlite3_errmsg(db));
    cr_assert_eq(sqlite3_step(q), SQLITE_ROW, "%s", sql);
    n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

static void
expect_nothing_is_lost(void)
{
    static const char in_books[] = "SELECT (SELECT count(*) FROM inbox_part) +"
                                   " (SELECT count(*) FROM delivery_report)";
    static const struct {
        const char *what, *sql;
    } none[] = {
        {"parts that wait", "SELECT count(*) FROM inbox_part WHERE inbox_id IS NULL"},
        {"messages that nobody looked at",
         "SELECT count(*) FROM inbox WHERE state = 'new'"},
        {"put aside without a reason", "SELECT count(*) FROM inbox WHERE state IN"
                                       " ('quarantined', 'ignored') AND reason IS NULL"},
        {"without raw octets", "SELECT count(*) FROM inbox_part WHERE length(pdu) = 0"},
        {"workers that ended", "SELECT sum(restarts) FROM modem"},
    };
    char path[RIG_PATH_MAX];
    sqlite3 *db;
    int64_t n;

    cr_assert_eq(
        sqlite3_open_v2(rig_path(r, "meterpost.db", path), &db, SQLITE_OPEN_READONLY, NULL),
        SQLITE_OK);
    n = count(db, in_books);
    cr_expect_eq(n, parts, "%d parts came, %lld are on file", parts, (long long)n);
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        n = count(db, none[i].sql);
        cr_expect_eq(n, 0, "%s: %lld", none[i].what, (long long)n);
    }
    n = count(db, "SELECT count(*) FROM inbox WHERE parts = 10 AND state <> 'quarantined'");
    cr_expect(n >= ROUNDS, "%lld texts of ten parts are whole", (long long)n);
    sqlite3_close(db);
}

static void
choose_seed(void)
{
    const char *seed = getenv("METERPOST_SEED");

    dice = seed == NULL ? 20261122u : (unsigned)strtoul(seed, NULL, 10);
    fprintf(stderr, "hostile: METERPOST_SEED=%u\n", dice);
}

Test(hostile, any_bytes_are_stored_or_put_aside_with_a_reason)
{
    choose_seed();
    for (int i = 0; i < ROUNDS; i++) {
        for (size_t k = 0; k < 2 * sizeof(evils) / sizeof(evils[0]); k++)
            evils[k % (sizeof(evils) / sizeof(evils[0]))]();
        cr_assert(rig_wait_idle(r, IDLE_MS, &e), "round %d: %s", i, e.text);
    }
    cr_assert(rig_until(r, clock_now() + 2 * DAY_S, IDLE_MS, &e), "%s", e.text);
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    expect_nothing_is_lost();
}

/* ---- a pattern that would run away */

static void
use_profile(const char *name, const char *yaml)
{
    char path[RIG_PATH_MAX], command[4 * RIG_PATH_MAX];

    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    snprintf(command, sizeof(command),
             "cp -r " TOP "/conf/profiles %s/ && sed -i 's|" TOP
             "/conf/profiles|%s/profiles|'"
             " %s/meterpost.yaml",
             rig_dir(r), rig_dir(r), rig_dir(r));
    cr_assert_eq(system(command), 0);
    snprintf(path, sizeof(path), "profiles/%s.yaml", name);
    cr_assert(rig_write(r, path, yaml, &e) && rig_engine_start(r, &e), "%s", e.text);
}

Test(hostile, a_pattern_that_runs_away_is_stopped_and_its_profile_named)
{
    static const char slow[] =
        "profile: slow\nname: Slow\ncommodity: electricity\nrequests: {read: READ}\n"
        "replies:\n"
        "  - {name: endless, kind: reading, pattern: '^(?<e>(\\d+)+)[a-z]$',\n"
        "     values: [{register: \"1-0:1.8.0\", group: e, unit: kWh}]}\n"
        "examples:\n"
        "  - {text: 12k, expect: {kind: reading, values: [{register: \"1-0:1.8.0\",\n"
        "     value: \"12\", unit: kWh}]}}\n";
    static const char meters[] = "meter,account,commodity,profile,phone\n"
                                 "77,1001,electricity,slow,+254711000077\n";
    char path[RIG_PATH_MAX];
    const char *reason;
    json_t *answer;
    int64_t t;

    use_profile("slow", slow);
    cr_assert(rig_write(r, "slow.csv", meters, &e), "%s", e.text);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "--yes", "import", "meters",
                               rig_path(r, "slow.csv", path), NULL),
                 0, "%s", e.text);
    json_decref(answer);
    t = clock_mono_ms();
    cr_assert(rig_inject(r, "+254711000077", "sim1",
                         "99999999999999999999999999999999999999999999999999999!", &e) &&
                  rig_wait_idle(r, IDLE_MS, &e),
              "%s", e.text);
    cr_expect_lt(clock_mono_ms() - t, IDLE_MS / 2);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "inbox", "--state", "quarantined", NULL), 0,
                 "%s", e.text);
    reason = json_string_value(json_object_get(json_array_get(answer, 0), "error"));
    cr_expect(reason != NULL && strstr(reason, "slow") != NULL &&
                  strstr(reason, "match limit") != NULL,
              "got %s", json_dumps(answer, 0));
    json_decref(answer);
}

/* ---- a modem is pulled out */

static void
say_to(const char *what, const char *modem)
{
    json_t *answer = rig_ask(r, &e, "{s:s, s:s}", "do", what, "modem", modem);

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

/* `health` of a modem, by its place in the configuration. */
static bool
wait_health(size_t i, bool ready)
{
    int64_t until = clock_mono_ms() + IDLE_MS;
    bool is = !ready;
    json_t *status;

    while (is != ready && clock_mono_ms() < until) {
        const char *health;

        cr_assert_eq(rig_meterpost(r, &status, &e, "status", NULL), 0, "%s", e.text);
        health = json_string_value(json_object_get(
            json_array_get(json_object_get(status, "modems"), i), "health"));
        is = health != NULL && strcmp(health, "ready") == 0;
        json_decref(status);
    }
    return is == ready;
}

static void
ask_balance(const char *modem)
{
    json_t *answer;
    size_t before, after;

    answer = rig_ask(r, &e, "{s:s}", "do", "sent");
    before = json_array_size(json_object_get(answer, "sent"));
    json_decref(answer);
    cr_assert(rig_clock_set(r, clock_now() + HOUR_S, &e) &&
                  rig_inject(r, "+254722000001", modem, "BAL", &e) &&
                  rig_wait_idle(r, IDLE_MS, &e),
              "%s", e.text);
    answer = rig_ask(r, &e, "{s:s}", "do", "sent");
    after = json_array_size(json_object_get(answer, "sent"));
    cr_expect_eq(after, before + 1, "%s: %zu answers", modem, after - before);
    json_decref(answer);
}

Test(hostile, a_modem_that_vanishes_comes_back_while_the_other_works_on)
{
    cr_assert(wait_health(0, true) && wait_health(1, true));
    say_to("unplug", "sim1");
    cr_assert(wait_health(0, false), "sim1 is still said to be ready");
    ask_balance("sim2");
    say_to("replug", "sim1");
    cr_assert(wait_health(0, true), "sim1 does not come back");
    ask_balance("sim1");
    cr_expect(rig_engine_stop(r, &e), "%s", e.text);
}

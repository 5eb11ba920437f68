/*
 * kill -9 of the engine at each commit of a cut and of a restore, before it is written and
 * behind it. The relay's own journal must then show one switch each, at the right meter,
 * and the order must say what the relay does.
 */
#include "die.h"
#include "relay_village.h"

#define METERS    80 /* two for each commit, and some that must never be touched */
#define UNTOUCHED 5
#define SETTINGS                                                                           \
    "arrears: {cut: {answer: 2m, hourly_limit: 0, daily_limit: 0, failures: 0}}\n"

static const char profile[] =
    "profile: gsm\nname: A meter with a SIM\ncommodity: electricity\nsource: tests\n"
    "requests: {relay: STATE, cut: 'OFF {{order}}', restore: 'ON {{order}}'}\n"
    "replies:\n"
    "  - {name: state, kind: relay, pattern: '^(?<r>OPEN|CLOSED)$',\n"
    "     relay: {group: r, closed: [CLOSED], open: [OPEN]}}\n"
    "  - {name: done, kind: ack, pattern: '^(?<r>OPEN|CLOSED) (?<order>[0-9]+)$',\n"
    "     relay: {group: r, closed: [CLOSED], open: [OPEN]}}\n"
    "examples:\n  - {text: 'OPEN 12', expect: {kind: ack, relay: open, order: \"12\"}}\n";

static const char head[] =
    "{\"seed\": 7, \"zone\": \"Africa/Nairobi\", \"since\": \"2026-01-01\",\n"
    "\"network\": {\"name\": \"Village Mobile\", \"code\": \"00101\", \"smsc\": "
    "\"+254700000999\", \"country_code\": \"254\"},\n"
    "\"kinds\": {\"gsm\": {\"answers\": [\n"
    "{\"match\": \"STATE\", \"reply\": \"{{relay_word}}\"},\n"
    "{\"match\": \"OFF ([0-9]+)\", \"relay\": \"open\", \"reply\": \"OPEN {{1}}\"},\n"
    "{\"match\": \"ON ([0-9]+)\", \"relay\": \"closed\", \"reply\": \"CLOSED {{1}}\"}]}},\n"
    "\"meters\": [\n";

static char folder[] = "/tmp/meterpost-cutkill-XXXXXX";
static int deaths;

static FILE *
open_file(const char *name, char path[80])
{
    FILE *f;

    snprintf(path, 80, "%s/%s", folder, name);
    f = fopen(path, "w");
    cr_assert_not_null(f, "%s", path);
    return f;
}

static const char *
name_of(int n, char out[20])
{
    snprintf(out, 20, "E%03d", n);
    return out;
}

static void
write_village(char village[80])
{
    char path[80], name[20];
    FILE *f = open_file("gsm.yaml", path);

    fputs(profile, f);
    fclose(f);
    f = open_file("village.json", village);
    fputs(head, f);
    for (int i = 1; i <= METERS; i++)
        fprintf(f,
                "{\"serial\": \"%s\", \"kind\": \"gsm\", \"phone\": \"+254711000%03d\", "
                "\"start\": \"10\", \"per_day\": \"1\"}%s\n",
                name_of(i, name), i, i == METERS ? "]}" : ",");
    fclose(f);
}

static void
register_village(void)
{
    static char meters[METERS * 60 + 200];
    char file[RIG_PATH_MAX], name[20];
    size_t m = (size_t)snprintf(meters, sizeof(meters),
                                "meter,account,commodity,profile,phone,initial_reading,"
                                "installed_on\n");

    for (int i = 1; i <= METERS; i++)
        m += (size_t)snprintf(meters + m, sizeof(meters) - m,
                              "%s,%d,electricity,gsm,+254711000%03d,10,2026-01-01\n",
                              name_of(i, name), 2001 + i % 4, i);
    cr_assert(rig_write(r, "accounts.csv",
                        "account,name,tariff\n2001,Asha,domestic-electricity\n"
                        "2002,Ben,domestic-electricity\n"
                        "2003,Chao,domestic-electricity\n"
                        "2004,Dina,domestic-electricity\n",
                        &e) &&
              rig_write(r, "meters.csv", meters, &e));
    json_decref(
        as("root", 0, "--yes import accounts %s", rig_path(r, "accounts.csv", file)));
    json_decref(as("root", 0, "--yes import meters %s", rig_path(r, "meters.csv", file)));
}

static void
begin(void)
{
    char village[80];

    cr_assert_not_null(mkdtemp(folder));
    write_village(village);
    r = rig_create(
        &(struct rig_options){.start = MONDAY, .village = village, .profiles = folder}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, SETTINGS, &e), "%s", e.text);
    register_village();
    cr_assert(die_engine_start(r, &e), "%s", e.text);
}

static void
finish(void)
{
    char path[80];

    end();
    snprintf(path, sizeof(path), "%s/gsm.yaml", folder);
    remove(path);
    snprintf(path, sizeof(path), "%s/village.json", folder);
    remove(path);
    rmdir(folder);
}

static void
arm(int commit, const char *where)
{
    cr_assert(die_at(r, commit, where, &e), "%s", e.text);
}

/* True when it has died: then a new one works on the same store. */
static bool
revive(void)
{
    if (rig_engine_runs(r))
        return false;
    die_no_more(r);
    cr_assert(die_engine_start(r, &e), "%s", e.text);
    deaths++;
    return true;
}

/* Until nothing is left to do for the newest order of a meter. */
static void
live(const char *meter)
{
    for (int i = 0; i < 40; i++) {
        bool over;
        json_t *order;

        while (!rig_until(r, clock_now() + 5 * MINUTE_S, IDLE_MS, &e))
            cr_assert(revive(), "%s: %s", meter, e.text);
        order = newest_order(meter);
        over = strcmp(text_of(order, "state"), "verified") == 0 ||
               strcmp(text_of(order, "state"), "failed") == 0;
        json_decref(order);
        if (over)
            return;
    }
}

/* Somebody approves; when the engine dies of it, and it was not kept, once more. */
static void
approve(const char *meter, long long order)
{
    char id[24];
    json_t *row, *answer = NULL;

    snprintf(id, sizeof(id), "%lld", order);
    setenv("SUDO_USER", APPROVER, 1);
    rig_meterpost(r, &answer, &e, "cut", "approve", "--order", id, NULL);
    json_decref(answer);
    if (!revive())
        return;
    row = newest_order(meter);
    if (strcmp(text_of(row, "state"), "proposed") == 0)
        json_decref(as(APPROVER, 0, "cut approve --order %s", id));
    json_decref(row);
}

static void
restore(const char *meter)
{
    json_t *row, *answer = NULL;

    rig_meterpost(r, &answer, &e, "on", meter, "--reason", "paid", NULL);
    json_decref(answer);
    if (!revive())
        return;
    row = newest_order(meter);
    if (strcmp(text_of(row, "action"), "cut") == 0)
        json_decref(as("root", 0, "on %s --reason paid", meter));
    json_decref(row);
}

/* The switch that an order is about was made once, by that order. */
static void
expect_switch(const char *meter, int n, const char *verb, const char *what, int commit,
              const char *where)
{
    json_t *answer = rig_ask(r, &e, "{s:s,s:s}", "do", "meter", "meter", meter), *one;
    json_t *journal = json_object_get(answer, "journal"), *order = newest_order(meter);
    size_t count = json_array_size(journal);
    char by[40];

    one = json_array_get(journal, count == 0 ? 0 : count - 1);
    snprintf(by, sizeof(by), "%s %lld", verb,
             json_integer_value(json_object_get(order, "order")));
    cr_expect(count == (size_t)n && strcmp(text_of(one, "by"), by) == 0,
              "%s, killed %s commit %d: %zu switches, the last by '%s', want %d by '%s'",
              what, where, commit, count, text_of(one, "by"), n, by);
    cr_expect_str_eq(text_of(order, "state"), "verified", "%s, killed %s commit %d: %s %s",
                     what, where, commit, text_of(order, "state"), text_of(order, "note"));
    json_decref(order);
    json_decref(answer);
}

/* A cut and a restore of one meter, each with a death at that commit; how many died. */
static int
cut_and_restore(int n, int commit, const char *where)
{
    int before = deaths, died;
    char meter[20];
    json_t *answer;
    long long order;

    name_of(n, meter);
    answer = as(PROPOSER, 4, "cut propose %s --cause safety --reason test", meter);
    order = json_integer_value(
        json_object_get(json_array_get(json_object_get(answer, "orders"), 0), "order"));
    json_decref(answer);
    arm(commit, where);
    approve(meter, order);
    live(meter);
    expect_switch(meter, 1, "OFF", "cut", commit, where);
    if (deaths == before) { /* it counts from its start on */
        rig_engine_kill(r);
        die_no_more(r);
        cr_assert(die_engine_start(r, &e), "%s", e.text);
    }
    arm(commit, where);
    restore(meter);
    live(meter);
    expect_switch(meter, 2, "ON", "restore", commit, where);
    died = deaths - before;
    rig_engine_kill(r);
    die_no_more(r);
    cr_assert(die_engine_start(r, &e), "%s", e.text);
    return died;
}

TestSuite(cut_kill, .init = begin, .fini = finish, .timeout = 1200);

Test(cut_kill, every_commit_of_a_cut_and_a_restore)
{
    static const char *const where[] = {"before", "behind"};
    int used = 0, died = 1;
    char name[20];

    for (int commit = 1; died > 0 && used + 2 <= METERS - UNTOUCHED; commit++) {
        died = 0;
        for (int i = 0; i < 2; i++)
            died += cut_and_restore(++used, commit, where[i]);
        printf("commit %d: %d deaths\n", commit, died);
    }
    cr_expect_eq(died, 0, "there are more commits than meters");
    cr_expect_geq(deaths, 30, "only %d deaths", deaths);
    for (int i = used + 1; i <= METERS; i++)
        expect_relay(name_of(i, name), 0, "closed");
}

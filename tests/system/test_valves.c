/*
 * Supply that is not a relay behind a concentrator: a valve of water, gas that only a
 * button at the meter turns on again, a meter that nothing but a technician reaches, and
 * meters that do not stand as they should.
 */
#include "relay_village.h"

#include <unistd.h>

#define TECHNICIAN  "+254722000900"
#define CUSTOMER(n) "+25472200000" #n

#define WATER       "W1"
#define GAS         "G1"
#define MUTE        "Q1" /* a valve that cannot be asked how it stands */
#define HAND        "H1" /* nothing reaches it */

#define SETTINGS                                                                           \
    "reading: {window: \"00:00-24:00\"}\n"                                                 \
    "arrears: {cut: {answer: 2m, technician: \"" TECHNICIAN "\"}}\n"

static const char profile_of_valves[] =
    "profile: valve\nname: A valve with a SIM\ncommodity: water\nsource: tests\n"
    "requests: {read: READ, relay: STATE, cut: 'CLOSE {{order}}', restore: 'OPEN "
    "{{order}}'}\n"
    "numbers: {decimal: \".\", thousands: \"\"}\n"
    "replies:\n"
    "  - {name: volume, kind: reading, pattern: '^V=(?<v>[0-9.]+)$',\n"
    "     values: [{register: \"8-0:1.0.0\", group: v, unit: m3}]}\n"
    "  - {name: state, kind: relay, pattern: '^VALVE (?<r>[01])$',\n"
    "     relay: {group: r, closed: [\"1\"], open: [\"0\"]}}\n"
    "  - {name: done, kind: ack, pattern: '^OK (?<order>[0-9]+)$'}\n"
    "examples:\n"
    "  - {text: 'V=12.5', expect: {kind: reading, values: [{register: \"8-0:1.0.0\", "
    "value: \"12.5\", unit: m3}]}}\n"
    "  - {text: 'VALVE 0', expect: {kind: relay, relay: open}}\n";

static const char profile_of_mute[] =
    "profile: mute-valve\nname: A valve that only obeys\ncommodity: water\nsource: tests\n"
    "requests: {cut: 'CLOSE {{order}}', restore: 'OPEN {{order}}'}\n"
    "replies:\n"
    "  - {name: done, kind: ack, pattern: '^OK (?<order>[0-9]+)$'}\n"
    "examples:\n  - {text: 'OK 12', expect: {kind: ack, order: \"12\"}}\n";

static const char profile_of_gas[] =
    "profile: gas\nname: A gas meter with a button\ncommodity: gas\nsource: tests\n"
    "requests: {read: READ, relay: STATE, cut: 'OFF {{order}}', allow: 'ALLOW "
    "{{order}}'}\n"
    "numbers: {decimal: \".\", thousands: \"\"}\n"
    "replies:\n"
    "  - {name: volume, kind: reading, pattern: '^V=(?<v>[0-9.]+)$',\n"
    "     values: [{register: \"7-0:3.0.0\", group: v, unit: m3}]}\n"
    "  - {name: state, kind: relay, pattern: '^GAS (?<r>OPEN|CLOSED|ARMED)$',\n"
    "     relay: {group: r, closed: [CLOSED], open: [OPEN], armed: [ARMED]}}\n"
    "examples:\n  - {text: 'GAS ARMED', expect: {kind: relay, relay: armed}}\n";

static const char village[] =
    "{\"seed\": 7, \"zone\": \"Africa/Nairobi\", \"since\": \"2026-01-01\",\n"
    "\"network\": {\"name\": \"Village Mobile\", \"code\": \"00101\", \"smsc\": "
    "\"+254700000999\", \"country_code\": \"254\"},\n"
    "\"kinds\": {\n"
    "\"valve\": {\"answers\": [{\"match\": \"READ\", \"reply\": \"V={{total.3}}\"},\n"
    "{\"match\": \"STATE\", \"reply\": \"VALVE {{relay}}\"},\n"
    "{\"match\": \"CLOSE ([0-9]+)\", \"relay\": \"open\", \"reply\": \"OK {{1}}\"},\n"
    "{\"match\": \"OPEN ([0-9]+)\", \"relay\": \"closed\", \"reply\": \"OK {{1}}\"}]},\n"
    "\"gas\": {\"answers\": [{\"match\": \"READ\", \"reply\": \"V={{total.3}}\"},\n"
    "{\"match\": \"STATE\", \"reply\": \"GAS {{relay_word}}\"},\n"
    "{\"match\": \"OFF [0-9]+\", \"relay\": \"open\", \"reply\": \"GAS {{relay_word}}\"},\n"
    "{\"match\": \"ALLOW [0-9]+\", \"relay\": \"armed\", \"reply\": \"GAS "
    "{{relay_word}}\"}]}},\n"
    "\"meters\": [\n"
    "{\"serial\": \"W1\", \"kind\": \"valve\", \"phone\": \"+254711000001\", \"start\": "
    "\"10\", \"per_day\": \"1\"},\n"
    "{\"serial\": \"G1\", \"kind\": \"gas\", \"phone\": \"+254711000002\", \"start\": "
    "\"10\", \"per_day\": \"1\"},\n"
    "{\"serial\": \"Q1\", \"kind\": \"valve\", \"phone\": \"+254711000003\", \"start\": "
    "\"10\", \"per_day\": \"1\"}]}\n";

static char folder[] = "/tmp/meterpost-valves-XXXXXX";

static void
write_file(const char *name, const char *text)
{
    char path[80];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    cr_assert(f != NULL && fputs(text, f) != EOF && fclose(f) == 0, "%s", path);
}

static void
import(const char *what, const char *text)
{
    char name[40], file[RIG_PATH_MAX];

    snprintf(name, sizeof(name), "%s.csv", what);
    cr_assert(rig_write(r, name, text, &e));
    json_decref(as("root", 0, "--yes import %s %s", what, rig_path(r, name, file)));
}

static void
begin(void)
{
    static char path[80];

    cr_assert_not_null(mkdtemp(folder));
    write_file("valve.yaml", profile_of_valves);
    write_file("mute-valve.yaml", profile_of_mute);
    write_file("gas.yaml", profile_of_gas);
    write_file("village.json", village);
    snprintf(path, sizeof(path), "%s/village.json", folder);
    r = rig_create(
        &(struct rig_options){.start = MONDAY, .village = path, .profiles = folder}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, SETTINGS, &e) &&
                  rig_engine_start(r, &e),
              "%s", e.text);
    import("accounts",
           "account,name,tariff,phones\n"
           "2001,Asha,domestic-water," CUSTOMER(
               1) "\n"
                  "2002,Ben,domestic-water," CUSTOMER(
                      2) "\n"
                         "2003,Chao,domestic-water," CUSTOMER(
                             3) "\n"
                                "2004,Dina,domestic-electricity," CUSTOMER(4) "\n");
    import("meters", "meter,account,commodity,profile,phone,initial_reading,installed_on\n"
                     "W1,2001,water,valve,+254711000001,10,2026-01-01\n"
                     "G1,2002,gas,gas,+254711000002,10,2026-01-01\n"
                     "Q1,2003,water,mute-valve,+254711000003,10,2026-01-01\n"
                     "H1,2004,electricity,,,10,2026-01-01\n");
    hear_all();
}

static void
finish(void)
{
    static const char *const files[] = {"valve.yaml", "mute-valve.yaml", "gas.yaml",
                                        "village.json"};
    char path[80];

    end();
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
        remove(path);
    }
    rmdir(folder);
}

static void
pass(int minutes)
{
    cr_assert(rig_until(r, clock_now() + minutes * MINUTE_S, IDLE_MS, &e), "%s", e.text);
}

/* The newest text to a phone has this in it. */
static void
expect_told(const char *phone, const char *want)
{
    json_t *answer = rig_ask(r, &e, "{s:s}", "do", "sent"), *one;
    const char *said = "";
    size_t i;

    json_array_foreach (json_object_get(answer, "sent"), i, one) {
        if (strcmp(text_of(one, "to"), phone) == 0)
            said = text_of(one, "text");
    }
    cr_expect_not_null(strstr(said, want), "%s was told '%s', want '%s'", phone, said,
                       want);
    json_decref(answer);
}

static void
by_hand(const char *meter, const char *key, const char *value)
{
    json_t *answer =
        rig_ask(r, &e, "{s:s,s:s,s:s}", "do", "meter", "meter", meter, key, value);

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

static void
expect_alarm(const char *kind, const char *want)
{
    json_t *rows = NULL, *row;
    const char *said = "";
    size_t i;

    rig_meterpost(r, &rows, &e, "alarm", "list", "--state", "open", NULL);

    json_array_foreach (rows, i, row) {
        if (strcmp(text_of(row, "kind"), kind) == 0 &&
            (want == NULL || strstr(said, want) == NULL))
            said = text_of(row, "text");
    }
    cr_expect(want == NULL ? *said == '\0' : strstr(said, want) != NULL,
              "alarm %s says '%s', want '%s'", kind, said, want == NULL ? "" : want);
    json_decref(rows);
}

static long long
field_order(const char *meter)
{
    json_t *rows = as("root", 0, "field list %s --limit 1", meter);
    long long id = json_integer_value(json_object_get(json_array_get(rows, 0), "field"));

    json_decref(rows);
    return id;
}

TestSuite(valves, .init = begin, .fini = finish, .timeout = 120);

Test(valves, water_is_closed_and_opened_by_an_order_with_a_number)
{
    json_t *answer, *journal;
    long long order = cut(WATER);
    char by[40];

    pass(5);
    expect_relay(WATER, 1, "open");
    expect_order(WATER, "cut", "verified");
    answer = rig_ask(r, &e, "{s:s,s:s}", "do", "meter", "meter", WATER);
    journal = json_object_get(answer, "journal");
    snprintf(by, sizeof(by), "CLOSE %lld", order);
    cr_expect_str_eq(text_of(json_array_get(journal, 0), "by"), by);
    json_decref(answer);
    expect_told(CUSTOMER(1), "is off");
    done("root", 0, "on W1 --reason paid");
    pass(5);
    expect_relay(WATER, 2, "closed");
    expect_order(WATER, "restore", "verified");
    expect_told(CUSTOMER(1), "is on again");
}

Test(valves, gas_is_allowed_and_flows_when_somebody_presses_the_button)
{
    cut(GAS);
    pass(5);
    expect_relay(GAS, 1, "open");
    done("root", 0, "on G1 --reason paid");
    pass(5);
    expect_relay(GAS, 1, "open"); /* nobody may be in the house */
    expect_order(GAS, "restore", "armed");
    expect_told(CUSTOMER(2), "press the button");
    pass(60);
    expect_order(GAS, "restore", "armed");
    by_hand(GAS, "relay", "closed");
    pass(30);
    expect_order(GAS, "restore", "verified");
    expect_told(CUSTOMER(2), "is on again");
}

Test(valves, what_cannot_be_asked_is_believed_by_its_answer)
{
    cr_assert(rig_inject(r, "+254711000003", "sim1", "OK 0", &e), "%s", e.text);
    pass(1); /* it was heard at least */
    cut(MUTE);
    pass(10);
    expect_relay(MUTE, 1, "open");
    expect_order(MUTE, "cut", "acknowledged"); /* by its own word only */
}

Test(valves, a_technician_cuts_and_restores_and_answers_by_text)
{
    char text[60];

    cut(HAND);
    pass(5);
    expect_told(TECHNICIAN, "CUT H1, Dina");
    expect_order(HAND, "cut", "sent");
    cr_assert(rig_inject(r, CUSTOMER(1), "sim1", "DONE 1", &e), "%s", e.text);
    pass(1);
    expect_order(HAND, "cut", "sent"); /* not from that phone */
    snprintf(text, sizeof(text), "DONE %lld sealed", field_order(HAND));
    cr_assert(rig_inject(r, TECHNICIAN, "sim1", text, &e), "%s", e.text);
    pass(1);
    expect_order(HAND, "cut", "acknowledged");
    expect_told(TECHNICIAN, "is noted as done");
    expect_told(CUSTOMER(4), "is off");
    done("root", 0, "on H1 --reason paid");
    pass(5);
    expect_told(TECHNICIAN, "RESTORE H1");
    cr_assert(rig_inject(r, TECHNICIAN, "sim1", "FAILED nobody at home", &e), "%s", e.text);
    pass(1);
    expect_told(TECHNICIAN, "is noted as failed");
    expect_alarm("restore-late", "nobody at home");
    pass(13 * 60);
    expect_told(TECHNICIAN, "RESTORE H1"); /* again */
}

Test(valves, a_technician_who_is_on_his_way_is_called_back_when_it_is_paid)
{
    char text[60];

    cut(HAND);
    pass(5);
    snprintf(text, sizeof(text), "DONE %lld", field_order(HAND));
    done("root", 0, "on H1 --reason paid");
    pass(5);
    expect_told(TECHNICIAN, "RESTORE H1"); /* he may have been there already */
    expect_order(HAND, "restore", "sent");
    cr_assert(rig_inject(r, TECHNICIAN, "sim1", text, &e), "%s", e.text);
    pass(1);
    expect_order(HAND, "restore", "sent"); /* that order is not his any more */
    snprintf(text, sizeof(text), "DONE %lld", field_order(HAND));
    cr_assert(rig_inject(r, TECHNICIAN, "sim1", text, &e), "%s", e.text);
    pass(1);
    expect_told(CUSTOMER(4), "is on again");
}

Test(valves, every_round_compares_supply_with_what_it_should_be)
{
    cut(WATER);
    pass(5);
    by_hand(WATER, "relay", "closed"); /* somebody has opened the valve again */
    done("root", 0, "--yes round start evening");
    pass(5);
    expect_alarm("supply", "W1 should be off");
    by_hand(WATER, "relay", "open");
    done("root", 0, "--yes round start night");
    pass(5);
    expect_alarm("supply", NULL);
    done("root", 0, "on W1 --reason paid");
    pass(5);
    by_hand(WATER, "relay", "open"); /* and now closed it */
    done("root", 0, "--yes round start morning");
    pass(5);
    expect_alarm("supply", "W1 should be on since order 2");
    by_hand(GAS, "relay", "open");
    cr_assert(rig_inject(r, "+254711000002", "sim1", "GAS OPEN", &e), "%s", e.text);
    pass(1);
    expect_alarm("supply", "G1 should be on and says that it is off: no order");
}

Test(valves, use_after_a_cut_is_an_alarm)
{
    cut(WATER);
    pass(5);
    done("root", 0, "--yes round start evening");
    pass(5);
    pass(24 * 60);
    by_hand(WATER, "value", "99.5"); /* around the valve */
    done("root", 0, "--yes round start night");
    pass(5);
    expect_alarm("after-cut", "W1 counts although supply is off");
}

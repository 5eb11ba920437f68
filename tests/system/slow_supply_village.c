/*
 * A cut day in a village with a bad network: 44 households that owe, four of them
 * protected, 40 cuts, 30 payments. Messages are lost, come twice, leave without a word of
 * the modem, and delivery reports lie. What the orders say must be what the relays'
 * journals say.
 */
#include "relay_village.h"

#define HOUSES    44
#define PROTECTED 4 /* the last ones */
#define PAYERS    30
#define VILLAGE   "/tmp/meterpost-village-XXXXXX"

#define SETTINGS                                                                           \
    "reading: {window: \"00:00-24:00\"}\n"                                                 \
    "arrears:\n"                                                                           \
    "  run: true\n"                                                                        \
    "  policy: philippines\n"                                                              \
    "  min_debt: \"100\"\n"                                                                \
    "  stages:\n"                                                                          \
    "    - {name: notice, after_due: 1d, template: notice}\n"                              \
    "    - {name: cut, after_due: 3d, after: notice}\n"                                    \
    "  cut: {answer: 2m, hourly_limit: 0, failures: 0}\n"

static char village[] = VILLAGE;

/* Each household behind a box of its own, with a SIM of its own. */
static void
write_village(void)
{
    static const char head[] =
        "{\"seed\": 7, \"zone\": \"Africa/Nairobi\", \"since\": \"2026-01-01\",\n"
        "\"network\": {\"name\": \"Village Mobile\", \"code\": \"00101\", \"smsc\": "
        "\"+254700000999\", \"country_code\": \"254\"},\n"
        "\"kinds\": {\"box\": {\"answers\": [\n"
        "{\"match\": \"READ ALL\", \"each\": \"{{serial}}={{total.2}};\"},\n"
        "{\"match\": \"RELAY ([0-9]{12})\", \"of\": 1, \"reply\": \"{{serial}} "
        "{{relay_word}}\"},\n"
        "{\"match\": \"CUT ([0-9]{12})\", \"of\": 1, \"relay\": \"open\", \"reply\": "
        "\"{{serial}} {{relay_word}}\"},\n"
        "{\"match\": \"RESTORE ([0-9]{12})\", \"of\": 1, \"relay\": \"closed\", \"reply\": "
        "\"{{serial}} {{relay_word}}\"}]}},\n\"meters\": [\n";
    int fd = mkstemp(village);
    FILE *f = fdopen(fd, "w");
    char name[20];

    cr_assert_not_null(f);
    fputs(head, f);
    for (int i = 1; i <= HOUSES; i++)
        fprintf(
            f,
            "{\"serial\": \"BOX%d\", \"kind\": \"box\", \"phone\": \"+2547130001%02d\"},"
            "\n{\"serial\": \"%s\", \"behind\": \"BOX%d\", \"start\": \"0\", "
            "\"per_day\": \"5\"}%s\n",
            i, i, meter_name(i, name), i, i == HOUSES ? "" : ",");
    fputs("]}\n", f);
    fclose(f);
}

static void
register_village(void)
{
    static char accounts[10000], meters[10000], boxes[10000];
    char file[RIG_PATH_MAX], name[20];
    size_t a = 0, m = 0, b = 0;

    a += (size_t)snprintf(accounts, sizeof(accounts),
                          "account,name,tariff,phones,opening_balance,protected\n");
    m += (size_t)snprintf(meters, sizeof(meters),
                          "meter,account,commodity,profile,concentrator,address,"
                          "initial_reading,installed_on\n");
    b += (size_t)snprintf(boxes, sizeof(boxes), "concentrator,profile,phone\n");
    for (int i = 1; i <= HOUSES; i++) {
        meter_name(i, name);
        a += (size_t)snprintf(accounts + a, sizeof(accounts) - a,
                              "%d,House %d,domestic-electricity,+2547220%05d,1500,%s\n",
                              2000 + i, i, i, i > HOUSES - PROTECTED ? "medical" : "");
        m += (size_t)snprintf(meters + m, sizeof(meters) - m,
                              "%s,%d,electricity,,BOX%d,%s,0,2026-01-01\n", name, 2000 + i,
                              i, name);
        b += (size_t)snprintf(boxes + b, sizeof(boxes) - b,
                              "BOX%d,dlt-concentrator,+2547130001%02d\n", i, i);
    }
    cr_assert(rig_write(r, "accounts.csv", accounts, &e) &&
              rig_write(r, "meters.csv", meters, &e) &&
              rig_write(r, "boxes.csv", boxes, &e));
    json_decref(
        as("root", 0, "--yes import accounts %s", rig_path(r, "accounts.csv", file)));
    json_decref(
        as("root", 0, "--yes import concentrators %s", rig_path(r, "boxes.csv", file)));
    json_decref(as("root", 0, "--yes import meters %s", rig_path(r, "meters.csv", file)));
}

static void
begin(void)
{
    write_village();
    r = rig_create(&(struct rig_options){.start = MONDAY, .village = village}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, SETTINGS, &e) &&
                  rig_engine_start(r, &e),
              "%s", e.text);
    register_village();
}

static void
finish(void)
{
    end();
    remove(village);
}

/* The network turns bad: so many of the next messages have each of these faults. */
static void
bad_network(void)
{
    json_t *answer =
        rig_ask(r, &e, "{s:s,s:s,s:i,s:i,s:i,s:i,s:i,s:i}", "do", "fault", "modem", "sim1",
                "lose_sent", 8, "lose_received", 6, "repeat_sent", 4, "repeat_report", 4,
                "fail_report", 10, "repeat_received", 4);

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

static void
debts_grow_old(void)
{
    static const char *const mornings[] = {"2026-03-03", "2026-03-04", "2026-03-05"};
    char when[40];

    for (size_t i = 0; i < 3; i++) {
        snprintf(when, sizeof(when), "%sT07:50+03:00", mornings[i]);
        until(when);
        done("root", 0, "arrears feed --reason looked");
        snprintf(when, sizeof(when), "%sT09:00+03:00", mornings[i]);
        until(when);
    }
    until("2026-03-08T20:00+03:00");
    hear_all();
    until("2026-03-09T09:50+03:00");
    done("root", 0, "arrears feed --reason looked");
    until("2026-03-09T10:00+03:00");
}

static int
by_size(const void *a, const void *b)
{
    const json_int_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void
print_median(void)
{
    json_t *rows = as("root", 0, "report power --limit 100"), *row;
    json_int_t seconds[HOUSES];
    size_t i, n = 0;

    json_array_foreach (rows, i, row)
        seconds[n++] = json_integer_value(json_object_get(row, "seconds"));
    qsort(seconds, n, sizeof(seconds[0]), by_size);
    cr_expect_eq(n, PAYERS);
    printf("payment to power: median %lld s, worst %lld s, of %zu\n",
           (long long)seconds[n / 2], (long long)seconds[n - 1], n);
    cr_expect_leq(seconds[n / 2], 300);
    json_decref(rows);
}

TestSuite(supply, .init = begin, .fini = finish, .timeout = 600);

Test(supply, forty_cuts_and_thirty_restores_in_a_bad_network)
{
    json_t *answer;
    char name[20];

    debts_grow_old();
    answer = as(PROPOSER, 4, "--yes cut propose");
    cr_expect_eq(json_array_size(json_object_get(answer, "orders")), HOUSES - PROTECTED);
    bad_network();
    json_decref(as(APPROVER, 0, "cut approve %lld",
                   json_integer_value(json_object_get(answer, "batch"))));
    json_decref(answer);
    until("2026-03-09T13:00+03:00");
    for (int i = 1; i <= HOUSES; i++) {
        meter_name(i, name);
        if (i > HOUSES - PROTECTED) {
            expect_relay(name, 0, "closed");
            continue;
        }
        expect_relay(name, 1, "open");
        expect_order(name, "cut", "verified");
    }
    bad_network();
    for (int i = 1; i <= PAYERS; i++)
        json_decref(
            as("root", 0, "pay add %d 1500 --channel cash --reference T%d", 2000 + i, i));
    until("2026-03-09T16:00+03:00");
    for (int i = 1; i <= HOUSES - PROTECTED; i++) {
        meter_name(i, name);
        expect_relay(name, i <= PAYERS ? 2 : 1, i <= PAYERS ? "closed" : "open");
        expect_order(name, i <= PAYERS ? "restore" : "cut", "verified");
    }
    print_median();
}

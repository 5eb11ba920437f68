#include "meterpost/store/registry.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/meterpost-registry-XXXXXX";
static char path[64];
static struct store *s;
static struct err e;
static bool found;

static void
make_store(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/test.db", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
    cr_assert(store_begin(s, &e), "%s", e.text);
}

static void
remove_store(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    store_close(s);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

TestSuite(registry, .init = make_store, .fini = remove_store);

static int64_t
add_account(const char *number)
{
    struct account a = {.name = "Asha", .language = "en", .opened_at = 1000};
    int64_t id;

    snprintf(a.account, sizeof(a.account), "%s", number);
    cr_assert(account_add(s, &a, &id, &e), "%s", e.text);
    return id;
}

static int64_t
add_meter(const char *serial, const char *phone, int64_t concentrator, const char *address)
{
    struct meter m = {.commodity = "water",
                      .concentrator_id = concentrator,
                      .decimals = DECIMALS_UNKNOWN,
                      .since = 1000};
    int64_t id;

    snprintf(m.meter, sizeof(m.meter), "%s", serial);
    snprintf(m.phone, sizeof(m.phone), "%s", phone);
    snprintf(m.address, sizeof(m.address), "%s", address);
    cr_assert(meter_add(s, &m, &id, &e), "%s", e.text);
    return id;
}

Test(registry, an_account_is_found_by_number_and_id_and_closes)
{
    struct account a;
    int64_t id = add_account("1042");

    cr_assert(account_by_name(s, "1042", &a, &found, &e) && found);
    cr_expect_eq(a.id, id);
    cr_expect_str_eq(a.name, "Asha");
    cr_expect_str_eq(a.address, "");
    cr_expect_eq(a.closed_at, 0);
    cr_assert(account_close(s, id, 2000, &e), "%s", e.text);
    cr_assert(account_by_id(s, id, &a, &found, &e) && found);
    cr_expect_eq(a.closed_at, 2000);
    cr_assert(account_by_name(s, "1043", &a, &found, &e));
    cr_expect_not(found);
}

Test(registry, the_same_account_number_twice_is_refused)
{
    struct account a = {.account = "1042", .name = "B", .language = "en"};
    int64_t id;

    add_account("1042");
    cr_expect_not(account_add(s, &a, &id, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
}

Test(registry, a_phone_speaks_for_its_open_accounts_until_it_is_closed)
{
    static struct account out[PHONE_ACCOUNTS];
    struct account_phone phones[ACCOUNT_PHONES];
    int64_t one = add_account("1"), two = add_account("2"), three = add_account("3");
    size_t n;

    cr_assert(phone_add(s, one, "+254700000001", ROLE_MANAGE, 1000, &e), "%s", e.text);
    cr_assert(phone_add(s, two, "+254700000001", ROLE_VIEW, 1000, &e), "%s", e.text);
    cr_assert(phone_add(s, three, "+254700000001", ROLE_PAY, 1000, &e), "%s", e.text);
    cr_assert(account_close(s, three, 1500, &e));
    cr_assert(accounts_by_phone(s, "+254700000001", out, &n, &e));
    cr_assert_eq(n, 2);
    cr_expect_str_eq(out[1].account, "2");
    cr_assert(account_phones(s, two, phones, &n, &e));
    cr_assert_eq(n, 1);
    cr_expect_eq(phones[0].role, ROLE_VIEW);
    cr_assert(phone_close(s, one, "+254700000001", 2000, &e));
    cr_assert(accounts_by_phone(s, "+254700000001", out, &n, &e));
    cr_expect_eq(n, 1);
}

Test(registry, the_contract_is_the_one_in_force)
{
    struct contract c = {.tariff = "old", .class = "domestic", .valid_from = 1000};
    int64_t id = add_account("1042");

    cr_assert(contract_add(s, id, &c, &e), "%s", e.text);
    c = (struct contract){.tariff = "new", .valid_from = 5000};
    cr_assert(contract_add(s, id, &c, &e), "%s", e.text);
    cr_assert(contract_at(s, id, 4999, &c, &found, &e) && found);
    cr_expect_str_eq(c.tariff, "old");
    cr_expect_str_eq(c.class, "domestic");
    cr_assert(contract_at(s, id, 5000, &c, &found, &e) && found);
    cr_expect_str_eq(c.tariff, "new");
    cr_expect_str_eq(c.class, "");
    cr_assert(contract_at(s, id, 999, &c, &found, &e));
    cr_expect_not(found);
}

Test(registry, a_meter_is_found_by_serial_phone_and_account)
{
    static struct meter m, out[ACCOUNT_METERS];
    struct installation at = {.multiplier_milli = MULTIPLIER_ONE, .installed_at = 1000};
    size_t n;

    at.account_id = add_account("1042");
    at.meter_id = add_meter("M-1", "+254711000001", 0, "");
    at.initial.milli = 5000;
    cr_assert(installation_add(s, &at, &at.id, &e), "%s", e.text);
    cr_assert(meter_by_phone(s, "+254711000001", &m, &found, &e) && found);
    cr_expect_str_eq(m.meter, "M-1");
    cr_expect_eq(m.at.account_id, at.account_id);
    cr_expect_eq(m.at.initial.milli, 5000);
    cr_expect_eq(m.decimals, DECIMALS_UNKNOWN);
    cr_expect_str_eq(m.relay, "unknown");
    cr_assert(meters_of_account(s, at.account_id, out, &n, &e));
    cr_assert_eq(n, 1);
    cr_expect_eq(out[0].id, m.id);
    cr_assert(installation_close(s, at.id, 3000, (struct quantity){9000}, &e));
    cr_assert(meter_by_name(s, "M-1", &m, &found, &e) && found);
    cr_expect_eq(m.at.id, 0);
    cr_assert(meters_of_account(s, at.account_id, out, &n, &e));
    cr_expect_eq(n, 0);
}

Test(registry, what_hung_at_an_account_in_a_period_is_all_of_it)
{
    static struct installation out[ACCOUNT_METERS];
    struct installation at = {.multiplier_milli = MULTIPLIER_ONE, .installed_at = 1000};
    size_t n;

    at.account_id = add_account("1042");
    at.meter_id = add_meter("M-1", "", 0, "");
    cr_assert(installation_add(s, &at, &at.id, &e));
    cr_assert(installation_close(s, at.id, 3000, (struct quantity){9000}, &e));
    at.meter_id = add_meter("M-2", "", 0, "");
    at.installed_at = 3000;
    cr_assert(installation_add(s, &at, &at.id, &e));
    cr_assert(installations_of_account(s, at.account_id, 2000, 4000, out, &n, &e));
    cr_assert_eq(n, 2);
    cr_expect_eq(out[0].final.milli, 9000);
    cr_expect_eq(out[1].removed_at, 0);
    cr_assert(installations_of_account(s, at.account_id, 3000, 4000, out, &n, &e));
    cr_expect_eq(n, 1);
}

Test(registry, a_concentrator_knows_its_meters_by_serial_and_address)
{
    struct concentrator c = {
        .concentrator = "C1", .profile = "p", .phone = "+254722000001", .since = 1000};
    static struct meter m;

    cr_assert(concentrator_add(s, &c, &c.id, &e), "%s", e.text);
    add_meter("000000000017", "", c.id, "17");
    add_meter("17", "", c.id, "18");
    cr_assert(meter_behind(s, c.id, "000000000017", &m, &found, &e) && found);
    cr_expect_str_eq(m.address, "17");
    cr_assert(meter_behind(s, c.id, "17", &m, &found, &e) && found);
    cr_expect_str_eq(m.meter, "17", "the serial wins");
    cr_assert(meter_behind(s, c.id, "19", &m, &found, &e));
    cr_expect_not(found);
    cr_assert(concentrator_by_phone(s, "+254722000001", &c, &found, &e) && found);
    cr_expect_str_eq(c.concentrator, "C1");
}

Test(registry, collectors_and_groups_are_found_by_name)
{
    struct collector c = {.collector = "K1", .address = "5", .ports = 16};
    struct group g = {.code = "T1", .name = "Market", .kind = "transformer"};

    cr_assert(collector_add(s, &c, &c.id, &e), "%s", e.text);
    cr_assert(group_add(s, &g, &g.id, &e), "%s", e.text);
    cr_assert(collector_by_name(s, "K1", &c, &found, &e) && found);
    cr_expect_eq(c.ports, 16);
    cr_assert(group_by_code(s, "T1", &g, &found, &e) && found);
    cr_expect_str_eq(g.kind, "transformer");
}

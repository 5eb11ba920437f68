#include "meterpost/metering/import.h"

#include "metering/village.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"

TestSuite(import, .init = make_village, .fini = remove_village);

static const char groups[] = "group,name,parent,kind\n"
                             "F1,Feeder north,,feeder\n"
                             "T1,\"Market, upper\",F1,transformer\n";
static const char concentrators[] =
    "concentrator,profile,phone,address,interval,window,freeze_time\n"
    "C1,box,0722000001,7,15m,22:00-06:00,00:00\n";
static const char collectors[] = "collector,concentrator,address,ports\nK1,C1,5,16\n";
static const char accounts[] =
    "account,name,tariff,phones,language,class,opening_balance,protected,address\n"
    "1042,Asha Otieno,domestic,0700000001; +254 700 000 002,sw,low,1250.50,,\n"
    "1043,\xE6\x9D\x8E,domestic,0700000001,zh,,-20,medical,\"Plot 7, Hill Road\"\n"
    "1044,Plain,domestic,,,,0,,\n";
static const char meters[] =
    "meter,account,commodity,profile,phone,concentrator,collector,port,address,"
    "multiplier,digits,initial_reading,installed_on,group,check_meter,relay\n"
    "M1,1042,electricity,gsm,0711000001,,,,,,6,100.5,2025-12-01,T1,,yes\n"
    "M2,1043,electricity,,,C1,K1,3,17,40,,0,,T1,no,\n"
    "S1,,electricity,gsm,0711000002,,,,,,,,,T1,yes,\n";

static void
import_all(void)
{
    cr_assert_eq(must_import("groups", groups), 2);
    cr_assert_eq(must_import("points", "point,address,location,phases\n"
                                       "P1,Plot 1,\"-1.29,36.82\",3\n"),
                 1);
    cr_assert_eq(must_import("concentrators", concentrators), 1);
    cr_assert_eq(must_import("collectors", collectors), 1);
    cr_assert_eq(must_import("accounts", accounts), 3);
    cr_assert_eq(must_import("meters", meters), 3);
}

Test(import, a_whole_utility_comes_in)
{
    struct account a;
    struct contract c;
    struct account_phone phones[ACCOUNT_PHONES];
    size_t n;
    bool found;

    import_all();
    cr_assert(account_by_name(s, "1042", &a, &found, &e) && found);
    cr_expect_str_eq(a.language, "sw");
    cr_assert(account_phones(s, a.id, phones, &n, &e));
    cr_assert_eq(n, 2);
    cr_expect_str_eq(phones[1].number, "+254700000002");
    cr_expect_eq(phones[0].role, ROLE_MANAGE);
    cr_expect_eq(village_owed[a.id], 125050);
    cr_assert(contract_at(s, a.id, 0, &c, &found, &e) && found);
    cr_expect_str_eq(c.class, "low");
    cr_assert(account_by_name(s, "1043", &a, &found, &e) && found);
    cr_expect_str_eq(a.protected_for, "medical");
    cr_expect_eq(village_owed[a.id], -2000);
    cr_assert(account_by_name(s, "1044", &a, &found, &e) && found);
    cr_expect_str_eq(a.language, "en");
}

Test(import, meters_come_with_where_they_hang)
{
    struct meter m;
    bool found;

    import_all();
    cr_assert(meter_by_phone(s, "+254711000001", &m, &found, &e) && found);
    cr_expect_eq(m.digits, 6);
    cr_expect_eq(m.at.initial.milli, 100500);
    cr_expect_eq(m.at.installed_at, 1764547200);
    cr_expect_eq(m.at.multiplier_milli, MULTIPLIER_ONE);
    cr_expect(m.has_relay);
    cr_assert(meter_by_name(s, "M2", &m, &found, &e) && found);
    cr_expect_eq(m.at.multiplier_milli, 40 * MULTIPLIER_ONE);
    cr_expect_neq(m.concentrator_id, 0);
    cr_expect_neq(m.collector_id, 0);
    cr_assert(meter_by_name(s, "S1", &m, &found, &e) && found);
    cr_expect(m.is_check_meter);
    cr_expect_eq(m.at.id, 0);
}

Test(import, every_fault_is_named_with_its_place)
{
    static const struct {
        const char *kind, *text, *problem;
    } cases[] = {
        {"accounts", "", "accounts: the file is empty"},
        {"accounts", "account;name;tariff\n1;A;domestic\n",
         "accounts:1:1: expected commas between"},
        {"accounts", "account,name,tarif\n",
         "accounts:1:14: a file of accounts has no "
         "column 'tarif'; is it 'tariff'?"},
        {"accounts", "account,name\n", "accounts:1:1: the column 'tariff' is missing"},
        {"accounts", "account,account,name,tariff\n", "accounts:1:9: column 'account'"},
        {"accounts", "account,name,tariff\n,A,domestic\n",
         "accounts:2:1: account: expected a value"},
        {"accounts", "account,name,tariff\n1 2,A,domestic\n",
         "accounts:2:1: account: expected letters, digits and -_./#, got '1 2'"},
        {"accounts", "account,name,tariff\n1,A,gold\n",
         "accounts:2:5: tariff: there is no tariff 'gold'"},
        {"accounts", "account,name,tariff\n1,A,domestic\n2,B,domestic\n1,C,domestic\n",
         "accounts:4:1: account: '1' stands in line 2 already"},
        {"accounts", "account,name,tariff\n1042,A,domestic\n",
         "accounts:2:1: account: account '1042' is there already"},
        {"accounts", "account,name,tariff,phones\n1,A,domestic,0711000001\n",
         "accounts:2:14: phones: +254711000001 is the phone of meter M1"},
        {"accounts", "account,name,tariff,phones\n1,A,domestic,MPESA\n",
         "accounts:2:14: phones: expected a whole phone number"},
        {"accounts", "account,name,tariff,phones\n1,A,domestic,0700000009;0700000009\n",
         "accounts:2:14: phones: +254700000009 stands here twice"},
        {"accounts", "account,name,tariff,opening_balance\n1,A,domestic,1.234\n",
         "accounts:2:14: opening_balance: "},
        {"accounts", "account,name,tariff,protected_until\n1,A,domestic,2026-02-30\n",
         "accounts:2:14: protected_until: "},
        {"accounts", "account,name,tariff,language\n1,A,domestic,English\n",
         "accounts:2:14: language: expected a language like en"},
        {"meters", "meter,account,commodity,profile\n9,99,water,water\n",
         "meters:2:3: account: there is no account '99'"},
        {"meters", "meter,account,commodity,profile\n9,,water,water\n",
         "meters:2:3: account: expected an account"},
        {"meters", "meter,account,commodity,profile\n9,1042,beer,water\n",
         "meters:2:8: commodity: expected one of electricity, water, gas, heat; got "
         "'beer'"},
        {"meters", "meter,account,commodity,profile\n9,1042,water,wter\n",
         "meters:2:14: profile: there is no profile 'wter'"},
        {"meters", "meter,account,commodity,profile\nM1,1042,water,water\n",
         "meters:2:1: meter: meter 'M1' is there already"},
        {"meters", "meter,account,commodity,profile,phone\n9,1042,water,water,0722000001\n",
         "meters:2:20: phone: +254722000001 is the phone of concentrator C1 already"},
        {"meters", "meter,account,commodity,profile,phone\n9,1042,water,,0711000009\n",
         "meters:2:14: profile: expected a profile"},
        {"meters",
         "meter,account,commodity,profile,phone\n8,1042,water,water,0711000009\n"
         "9,1042,water,water,0711000009\n",
         "meters:3:20: phone: '+254711000009' stands in line 2 already"},
        {"meters",
         "meter,account,commodity,profile,concentrator,address\n9,1042,electricity,,C1,"
         "17\n",
         "meters:2:24: address: meter 'M2' has this address already"},
        {"meters", "meter,account,commodity,profile,concentrator\n9,1042,electricity,,C9\n",
         "meters:2:21: concentrator: there is no concentrator 'C9'"},
        {"meters", "meter,account,commodity,profile,group\n9,1042,water,,T9\n",
         "meters:2:15: group: there is no group 'T9'"},
        {"meters",
         "meter,account,commodity,profile,digits,initial_reading\n9,1042,water,,3,1000\n",
         "meters:2:17: initial_reading: more than 3 digits"},
        {"meters", "meter,account,commodity,profile,multiplier\n9,1042,water,,0\n",
         "meters:2:15: multiplier: expected a number above zero"},
        {"meters",
         "meter,account,commodity,profile,installed_on\n9,1042,water,,2027-01-01\n",
         "meters:2:15: installed_on: expected a time that is not in the future"},
        {"meters", "meter,account,commodity,profile,relay\n9,1042,water,,maybe\n",
         "meters:2:15: relay: expected one of no, yes"},
        {"meters", "meter,account,commodity,profile,bus\n9,1042,water,,b1\n",
         "meters:2:15: bus: there is no bus 'b1'"},
        {"groups", "group,name,parent\nA,a,B\n",
         "groups:2:5: parent: there is no group 'B'"},
        {"groups", "group,name,kind\nA,a,area\n",
         "groups:2:5: kind: expected one of transformer, feeder, zone; got 'area'"},
        {"concentrators", "concentrator,profile,phone,interval\nC2,box,0722000002,soon\n",
         "concentrators:2:19: interval: "},
        {"concentrators", "concentrator,profile,phone\nC2,box,0711000001\n",
         "concentrators:2:8: phone: +254711000001 is the phone of meter M1 already"},
        {"collectors", "collector,concentrator,address\nK2,,7\n",
         "collectors:2:4: concentrator: expected a concentrator or a bus"},
        {"readings", "meter,register,value,taken_at\nM9,1-0:1.8.0,5,2025-12-31\n",
         "readings:2:1: meter: there is no meter 'M9'"},
        {"readings", "meter,register,value,taken_at\nM1,energy,5,2025-12-31\n",
         "readings:2:4: register: expected a register's code"},
        {"readings", "meter,register,value,taken_at\nM1,1-0:1.8.0,5 kWh,2025-12-31\n",
         "readings:2:14: value: "},
        {"readings", "meter,register,value,taken_at\nM1,1-0:1.8.0,200,2026-12-31\n",
         "readings:2:18: taken_at: expected a time that is not in the future"},
        {"readings",
         "meter,register,value,taken_at,source\nM1,1-0:1.8.0,200,2025-12-31,sms\n",
         "readings:2:29: source: expected manual, handheld or import"},
        {"readings",
         "meter,register,value,taken_at\nM1,1-0:1.8.0,200,2025-12-31\n"
         "M1,1-0:1.8.0,200,2025-12-31\n",
         "readings:3:14: value: the same value of the same time is here already"},
    };
    struct import_result done;
    char line[PROBLEM_TEXT_MAX + 300];

    import_all();
    cr_assert(store_commit(s, &e), "%s", e.text);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};

        cr_assert(store_begin(s, &e), "%s", e.text);
        cr_expect_not(import(cases[i].kind, cases[i].text, &done, &p), "case %zu", i);
        cr_expect_eq(e.kind, FAIL_REJECT, "case %zu", i);
        cr_assert_eq(problems_total(&p), 1, "case %zu: %s", i, e.text);
        problem_print(&p.at[0], line, sizeof(line));
        cr_expect(strncmp(line, cases[i].problem, strlen(cases[i].problem)) == 0,
                  "case %zu: got %s, want %s", i, line, cases[i].problem);
        problems_free(&p);
        store_rollback(s);
    }
}

Test(import, all_faults_of_a_file_are_listed_at_once)
{
    struct import_result done;
    struct problems p = {0};

    cr_expect_not(import("accounts",
                         "account,name,tariff,phones\n1,A,gold,x\n2,B\n3,\"C\"x,domestic,\n"
                         "4,D,domestic,0700000001\n4,E,domestic,\n",
                         &done, &p));
    cr_expect_eq(problems_total(&p), 5);
    problems_free(&p);
}

Test(import, an_unknown_kind_names_those_that_there_are)
{
    struct import_result done;
    struct problems p = {0};

    cr_expect_not(import("acounts", "a\n", &done, &p));
    cr_expect(strstr(e.text, "accounts") != NULL, "%s", e.text);
    cr_expect_str_eq(import_kind_name(0), "groups");
    cr_expect_null(import_kind_name(8));
}

Test(import, staff_have_a_role_and_a_phone_of_their_own)
{
    static const struct {
        const char *row, *want;
    } cases[] = {
        {"jonas,Jonas,boss,0722000009", "expected one of reader, operator, admin"},
        {"jonas,Jonas,admin,144", "whole phone number"},
        {"jonas,Jonas,admin,0722000008", "the phone of staff amina"},
        {"amina,Amina,admin,0722000009", "there already"},
    };
    struct import_result done;
    char text[200];

    import_all();
    must_import("staff", "staff,name,role,phone\namina,Amina,admin,0722000008\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};

        snprintf(text, sizeof(text), "staff,name,role,phone\n%s\n", cases[i].row);
        cr_expect_not(import("staff", text, &done, &p), "%s", cases[i].row);
        cr_expect(strstr(e.text, cases[i].want) != NULL, "%s: %s", cases[i].row, e.text);
        problems_free(&p);
    }
}

/* Every column of every kind has a value. */
static void
import_whole(void)
{
    import_all();
    must_import("groups", "group,name,parent,kind,since\n"
                          "T2,Hill,F1,transformer,2025-11-01\n");
    must_import("points", "point,address,location,phases,note\n"
                          "P2,\"Plot 2, \"\"upper\"\"\",\"0.5,36\",1,beware of the dog\n");
    must_import(
        "concentrators",
        "concentrator,profile,phone,sim,carrier,address,interval,window,freeze_time\n"
        "C2,box,0722000002,8925401,Safari,8,1h,20:00-04:00,23:45\n");
    must_import("collectors",
                "collector,concentrator,address,bus,ports,pulse_constants,state\n"
                "K2,C2,6,,4,1=1000;3=250,stopped\n");
    must_import(
        "accounts",
        "account,name,tariff,phones,language,class,opening_balance,protected,"
        "protected_until,address,hold,hold_until\n"
        "1045,Whole,domestic,0700000011=pay;0700000012=manage;0700000013,fr,shop,-3.25,"
        "hospital,2026-12-31,Plot 9,a dispute,2026-03-01\n");
    must_import(
        "meters",
        "meter,account,commodity,profile,phone,concentrator,collector,port,protocol,"
        "address,password,multiplier,digits,decimals,initial_reading,installed_on,"
        "group,check_meter,pulse_constant,relay,point,sim,carrier,battery_on,seals\n"
        "M3,1045,water,water,0711000013,,,,,44,hush,2.5,8,3,17.25,2025-12-03,T2,no,"
        "500,yes,P2,8925402,Airtel,2024-05-01,S10;S11\n"
        "M4,-,electricity,,,C2,K2,2,dlt645-2007,000000000044,,40,6,2,,,T2,,1600,,,,,,\n");
}

/* One fault of a row does not hide that it repeats another, nor where it hangs. */
Test(import, a_faulty_row_still_repeats_another)
{
    static const struct {
        const char *kind, *text;
        const char *want[6];
    } cases[] = {
        {"groups",
         "group,name,parent,kind\nA,One,B,zone\nB,Two,A,zone\nD,Four,NOPE,castle\n"
         "D,Five,E,zone\nE,,,castle\n",
         {"4:8: parent: there is no group 'NOPE'", "4:13: kind: expected one of",
          "5:1: group: 'D' stands in line 4",
          "3:7: parent: the group 'B' would be above "
          "itself: A < B < A",
          "6:3: name: expected"}},
        {"groups",
         "group,name,parent,kind,since\nP,,R,castle,\nQ,Two,P,,\nR,,Q,,2031-01-01\n"
         "Z Z,Space,NOPE,,1800-02-30\nA,,,,\n",
         {"2:3: name", "2:6: kind", "4:4: parent: the group 'R' would be above itself",
          "4:7: since: expected a time that is not in the future", "5:11: parent: there",
          "6:3: name"}},
        {"meters",
         "meter,account,commodity,profile,multiplier,digits,initial_reading,installed_on\n"
         "M7,9,water,nosuch,0,3,1000,2031-01-01\nM8,9,lava,,-1,,-1,1066\n",
         {"2:4: account", "2:19: multiplier", "2:23: initial_reading: more than 3 digits",
          "2:28: installed_on: expected a time that is not", "3:12: multiplier",
          "3:16: initial_reading"}},
        {"accounts",
         "account,name,tariff,phones,hold_until\n2,A,gold,0711000001,2026-12-31\n"
         "1,,domestic,,\n",
         {"2:10: phones: +254711000001 is the phone of meter", "hold: expected why",
          "2:5: tariff", "3:1: account: account '1' is there already", "3:3: name"}},
        {"meters",
         "meter,account,commodity,profile,phone,bus,protocol,address,digits\n"
         "X1,1,plasma,gsm,0711000101,,,,6\n"
         "X1,,electricity,gsm,0711000101,rs485-1,dlt645-2007,17,99\n"
         "X3,,electricity,,,rs485-1,dlt645-2007,17,NaN\n",
         {"2:6: commodity: expected one of", "3:1: meter: 'X1' stands in line 2",
          "3:21: phone: '+254711000101' stands in line 2", "3:55: digits: expected",
          "4:39: address: '000000000017 of rs485-1' stands in line 3", "4:42: digits"}},
    };
    static struct conf_bus bus = {.name = "rs485-1"};
    struct import_result done;

    conf.buses = &bus;
    conf.n_buses = 1;
    must_import("accounts", "account,name,tariff\n1,A,domestic\n");
    must_import("meters", "meter,account,commodity,profile,phone\n"
                          "M1,1,electricity,gsm,0711000001\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};
        char *told = NULL;
        size_t n;
        FILE *to = open_memstream(&told, &n);

        cr_expect_not(import(cases[i].kind, cases[i].text, &done, &p));
        problems_print(&p, to);
        fclose(to);
        for (int k = 0; k < 6 && cases[i].want[k] != NULL; k++)
            cr_expect(strstr(told, cases[i].want[k]) != NULL, "%s not in:\n%s",
                      cases[i].want[k], told);
        free(told);
        problems_free(&p);
    }
}

Test(import, what_is_exported_can_be_imported_into_an_empty_store)
{
    char *text[8] = {NULL}, *again = NULL;
    size_t n;
    FILE *f;

    import_whole();
    must_import("readings",
                "meter,register,value,taken_at\nM1,1-0:1.8.0,150.25,2025-12-15\n");
    must_import("staff", "staff,name,role,phone,on_call\n"
                         "amina,Amina Said,admin,0722000008,1\n"
                         "jonas,\"Mushi, Jonas\",operator,0722000009,\n");
    for (size_t i = 0; i < 8; i++) {
        f = open_memstream(&text[i], &n);
        cr_assert(export_text(s, import_kind_name(i), 2, f, &e), "%s", e.text);
        fclose(f);
    }
    store_close(s);
    unlink(db);
    cr_assert(store_open(db, STORE_WRITE, &s, &e) && store_begin(s, &e), "%s", e.text);
    for (size_t i = 0; i < 8; i++) {
        cr_expect_geq(must_import(import_kind_name(i), text[i]), 1);
        f = open_memstream(&again, &n);
        cr_assert(export_text(s, import_kind_name(i), 2, f, &e), "%s", e.text);
        fclose(f);
        cr_expect_str_eq(again, text[i]);
        free(again);
        free(text[i]);
    }
}

Test(import, bytes_of_any_kind_do_no_harm)
{
    static const char *const texts[] = {"\xFF\xFE",
                                        "account,name,tariff\n\"",
                                        "account,name,tariff\n1,\x01,domestic\n",
                                        ",,,\n",
                                        "account,name,tariff\n1,A,domestic,\n",
                                        "\n\n\n"};
    struct import_result done;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct problems p = {0};

        cr_expect_not(import("accounts", texts[i], &done, &p), "case %zu", i);
        cr_expect_not(problems_none(&p), "case %zu", i);
        problems_free(&p);
    }
}

Test(import, the_tree_may_come_in_any_order_but_not_in_a_ring)
{
    struct import_result done;
    struct problems p = {0};
    struct group g, f;
    bool found;

    must_import("groups", "group,name,parent,kind\nA2,Market,A1,transformer\n"
                          "A1,Feeder,,feeder\n");
    cr_assert(group_by_code(s, "A2", &g, &found, &e) && found);
    cr_assert(group_by_code(s, "A1", &f, &found, &e) && found);
    cr_expect_eq(g.parent_id, f.id);
    cr_expect_not(import("groups",
                         "group,name,parent\nB1,One,B3\nB2,Two,B1\n"
                         "B3,Three,B2\nB4,Four,B9\nB5,Five,B5\n",
                         &done, &p));
    cr_assert_eq(p.count, 3, "%zu", p.count);
    cr_expect(p.at[0].line == 4 && p.at[0].column == 10 &&
                  strstr(p.at[0].text, "above itself") != NULL,
              "%u:%u %s", p.at[0].line, p.at[0].column, p.at[0].text);
    cr_expect(p.at[1].line == 5 && strstr(p.at[1].text, "no group 'B9'") != NULL, "%s",
              p.at[1].text);
    cr_expect_eq(p.at[2].line, 6);
    problems_free(&p);
}

Test(import, all_faults_of_a_site_are_told_at_once)
{
    static const struct {
        unsigned line;
        const char *what;
    } want[] = {
        {2, "there is no profile 'nosuch'"},
        {4, "installed_on: expected a time that is not in the future"},
        {5, "address: '19 of concentrator 1' stands in line 3 already"},
        {6, "installed_on"},
        {7, "seal S1 is on another meter"},
    };
    struct import_result done;
    struct problems p = {0};
    size_t n = sizeof(want) / sizeof(want[0]);

    import_all();
    cr_expect_not(
        import("meters",
               "meter,account,commodity,profile,phone,concentrator,address,installed_on,"
               "seals\n"
               "X1,1042,electricity,nosuch,0711000091,,,,\n"
               "X2,1042,electricity,,,C1,19,,S1;S2\n"
               "X3,1042,electricity,gsm,0711000093,,,2031-01-01,\n"
               "X4,1042,electricity,,,C1,19,,\n"
               "X5,1042,electricity,gsm,0711000095,,,2025-02-30,\n"
               "X6,1042,electricity,gsm,0711000096,,,,S1\n",
               &done, &p));
    cr_assert_eq(p.count, n, "%zu", p.count);
    for (size_t i = 0; i < n; i++)
        cr_expect(p.at[i].line == want[i].line &&
                      strstr(p.at[i].text, want[i].what) != NULL,
                  "fault %zu: line %u: %s", i, p.at[i].line, p.at[i].text);
    problems_free(&p);
}

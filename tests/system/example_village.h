/*
 * example_village.h - a small utility in which the examples of the help and of the guides
 * are run as they stand, each in a fresh copy of its folder, after what it stands on was
 * done.
 */
#ifndef METERPOST_TESTS_EXAMPLE_VILLAGE_H
#define METERPOST_TESTS_EXAMPLE_VILLAGE_H

#include "rig/rig.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 4000
#define TOKEN_METER                                                                        \
    "M meter add 10101098 commodity=electricity profile=token-meter phone=0711000098"

static struct rig *r;
static struct err e;

/* What an example stands on, in the shell; M is meterpost. A status other than 0 is told.
 */
static const struct before {
    const char *words, *lines;
    int status;
    const char *refusal; /* what it says then; NULL: anything */
} befores[] = {
    /* the engine has the modems and the wires, and none runs here */
    {"modem test", "", 1, "the engine does not run"},
    {"modem credit", "", 1, "the engine does not run"},
    {"modem topup", "", 1, "the engine does not run"},
    {"bus scan", "", 1, "the engine does not run"},
    {"bus clock", "", 1, "the engine does not run"},
    {"bus freeze", "", 1, "the engine does not run"},
    {"bus baud", "", 1, "the engine does not run"},
    {"bus traffic", "M bus record rs485-1", 1, "nothing was kept"},
    {"cut propose", "", 4, "Another person approves"},
    {"off", "", 4, "Another person approves"},
    {"cut approve", "SUDO_USER=amina M off 10101011 --cause safety --reason x", 0, NULL},
    {"order show", "M off 10101011 --cause safety --reason x", 0, NULL},
    {"order cancel", "M off 10101011 --cause safety --reason x", 0, NULL},
    {"field done", "for i in 10 11 12; do M field add 101010$i --reason x; done", 0, NULL},
    {"field failed", "for i in 10 11 12; do M field add 101010$i --reason x; done", 0,
     NULL},
    {"arrears run", "M arrears feed --reason x", 0, NULL},
    {"arrears delivered", "", 1, "has not come to stage"},
    {"plan break", "M plan make 1042 --parts 3", 0, NULL},
    {"bus test",
     "M meter add 000000000161 commodity=electricity bus=rs485-1 "
     "protocol=dlt645-2007 address=000000000161",
     1, "the engine does not run"},
    {"dispute close", "M dispute open 1042 --reason x", 0, NULL},
    {"doctor", "", 1, NULL}, /* no engine runs, and no modem is plugged in */
    {"read", "", 1, NULL},
    {"modem show", "", 1, NULL},    /* nothing is known of it yet */
    {"modem history", "", 1, NULL}, /* nothing found */
    {"alarm list", "", 1, NULL},
    {"vee list", "", 1, NULL},
    {"reading billed", "", 1, NULL},
    {"attempt list", "", 1, NULL},
    {"inbox", "", 1, NULL},
    {"quarantine list", "", 1, NULL},
    {"quarantine drop", "", 1, NULL}, /* there is none of that number */
    {"account close",
     "M ledger writeoff 1042 --reason x; M account move-out 1042 --read "
     "1312.5 --date 2026-11-22T10:00",
     0, NULL},
    {"account erase",
     "M ledger writeoff 1042 --reason x; M account move-out 1042 --read 1312.5 --date "
     "2026-11-22T10:00; M account close 1042",
     0, NULL},
    {"account move-in", "M account add 1043 name=A tariff=domestic-electricity", 0, NULL},
    {"phone set", "M phone add 1042 0722000003", 0, NULL},
    {"phone close", "M phone add 1042 0722000003", 0, NULL},
    {"meter close", "M meter add 10101099 commodity=electricity profile=kamstrup-gsm7i", 0,
     NULL},
    {"staff show", "M staff add jonas name=J role=operator phone=0722000009", 0, NULL},
    {"staff list", "M staff add jonas name=J role=operator phone=0722000009", 0, NULL},
    {"staff set", "M staff add jonas name=J role=operator phone=0722000009", 0, NULL},
    {"staff close", "M staff add jonas name=J role=operator phone=0722000009", 0, NULL},
    {"staff enrol", "M staff add jonas name=J role=operator phone=0722000009", 0, NULL},
    {"staff sign", "printf 'A%.0s' $(seq 52) >jonas.key", 0, NULL},
    {"staff suspend", "M staff add jonas name=J role=operator phone=0722000009", 0, NULL},
    {"staff unlock", "M staff add jonas name=J role=operator phone=0722000009", 0, NULL},
    {"concentrator close", "M collector close L2", 0, NULL},
    {"modem list", "", 1, NULL},
    {"ledger show", "M pay add 1042 100", 0, NULL},
    {"fee run", "echo 'late_fee: {fixed: \"100\"}' >>meterpost.yaml", 0, NULL},
    {"complaint close", "", 1, NULL}, /* nobody texted one */
    {"phone accept", "", 1, NULL},
    {"phone refuse", "", 1, NULL},
    {"mute end", "M mute add 0722000001", 0, NULL},
    {"outage end", "M outage add T-17 x", 0, NULL},
    {"prepaid end", "M prepaid set 1042", 0, NULL},
    {"vee end",
     "for i in 1 2 3; do M vee set high=40$i --class c --until 2027-01-15 --reason s; done",
     0, NULL},
    {"factor list", "M factor set fuel 2026-11 3.59", 0, NULL},
    {"round list", "M round start 2026-11", 0, NULL},
    {"round show", "M round start 2026-11", 0, NULL},
    {"round close", "M round start 2026-11", 0, NULL},
    {"cash count", "M cash open north", 0, NULL},
    {"cash close", "M cash open north; M cash count north 0", 0, NULL},
    {"cash bank",
     "M cash open north; M pay add 1042 20000 --channel cash:north --reference Z2", 0,
     NULL},
    {"cash list", "M cash open north", 0, NULL},
    {"agent handover",
     "M agent set amina; M pay add 1042 50000 --channel agent:amina --reference Z1", 0,
     NULL},
    {"ledger recover", "M ledger writeoff 1042 --reason x; M pay add 1042 50000", 0, NULL},
    {"fee waive", "for i in 1 2 3 4 5 6 7 8 9; do M fee add 1042 $i --reason x; done", 0,
     NULL},
    {"deposit refund", "M deposit add 1042 2000", 0, NULL},
    {"deposit use", "M deposit add 1042 2000", 0, NULL},
    {"relay limit", TOKEN_METER, 0, NULL},
    {"relay token", TOKEN_METER, 0, NULL},
    {"relay credit", TOKEN_METER, 0, NULL},
    {"relay sent", TOKEN_METER "; M relay limit 10101098 5", 0, NULL},
    {"backup list", "M backup now", 0, NULL},
    {"backup verify", "M backup now", 0, NULL},
    {"backup restore", "M backup now", 0, NULL},
};

static int
shell(const char *lines, char **said)
{
    char *text = NULL, config[RIG_PATH_MAX];
    struct rig_output out = {0};
    int status;

    rig_path(r, "meterpost.yaml", config);
    cr_assert_gt(asprintf(&text,
                          "cd %s && M() { '%s/meterpost' --config \"$PWD/meterpost.yaml\" "
                          "--yes \"$@\"; }\n%s",
                          rig_dir(r), BIN, lines),
                 0);
    cr_assert(rig_run(r, (const char *const[]){"bash", "-c", text, NULL}, 120000, &out, &e),
              "%s", e.text);
    status = out.status;
    if (said != NULL)
        cr_assert_gt(asprintf(said, "%.1500s\n%.1500s", out.out, out.err), 0);
    rig_output_free(&out);
    free(text);
    return status;
}

static void
must(const char *lines)
{
    char *said;
    int status = shell(lines, &said);

    cr_assert_eq(status, 0, "%s: status %d: %s", lines, status, said);
    free(said);
}

/* The stages, the technician and the wires that examples name. */
static const char settings[] =
    "arrears:\n"
    "  stages:\n"
    "    - {name: reminder, after_due: 1d, template: reminder}\n"
    "    - {name: notice, after_due: 10d, template: notice}\n"
    "    - {name: cut, after_due: 20d, after: notice}\n"
    "  cut: {technician: \"0722000044\"}\n"
    "buses:\n"
    "  - {name: rs485-1, device: /dev/null, protocol: dlt645-2007}\n"
    "  - {name: rs485-2, device: /dev/zero, protocol: modbus-rtu}\n";

/* The files that examples name, and the folder that all of them begin with. */
static void
make_village(void)
{
    must("mkdir base && cd base && ln -s " TOP "/conf " TOP
         "/templates . && mkdir new bills"
         " && sed 's/^valid_from:.*/valid_from: 2026-12-01/' "
         "conf/tariffs/domestic-electricity.yaml >new/domestic.yaml"
         " && sed \"s#$(dirname \"$PWD\")/#$PWD/#g; \\$a backup: {days: 0}\" "
         "../meterpost.yaml >meterpost.yaml");
    must(
        "cd base && set -e; M group add F-2 name=North kind=feeder; M group add F-3 "
        "name=South kind=feeder; M group add T-17 name=Market parent=F-2 kind=transformer; "
        "M point add P-204 phases=1; M concentrator add C2 profile=dlt-concentrator "
        "phone=0722000055; M "
        "collector add L2 concentrator=C2 address=02");
    must("cd base && set -e; { echo account,name,tariff,phones,opening_balance; echo "
         "1042,Njeri,domestic-electricity,0722000001,3000; for i in $(seq 11 30); do echo "
         "20$i,Farm $i,domestic-electricity,,0; done; } >accounts.csv; M import accounts "
         "accounts.csv");
    must("cd base && set -e; { echo meter,account,commodity,profile,phone,initial_reading,"
         "installed_on; echo 10101010,1042,electricity,kamstrup-gsm7i,0711000010,600,"
         "2026-05-31; for i in $(seq 11 30); do echo "
         "101010$i,20$i,electricity,kamstrup-gsm7i,07110000$i,600,2026-05-31; done; } "
         ">meters.csv; M import meters meters.csv");
    must(
        "cd base && set -e; { echo meter,register,value,taken_at; for m in 7 8 9 10 11; do "
        "for i in $(seq 10 30); do echo "
        "101010$i,1-0:1.8.0,$((m * 100)),2026-$(printf %02d $m)-01T00:00; done; done; } "
        ">readings.csv; M import readings readings.csv; M bill issue 2026-10; for i in 11 "
        "12; do M reading add 101010$i 9000 --date 2026-11-20; done");
    must(
        "cd base && set -e; { echo date,amount,account,reference; for i in $(seq 1 17); do "
        "echo 2026-11-0$((i % 9 + 1)),10$i,20$((i == 17 ? 99 : i + 10)),P$i; done; } "
        ">payments.csv; M import payments payments.csv; for i in $(seq 17); do M message "
        "send 07000000$((10 + i)) x; done; printf '32 kWh\\n\\n33 kWh\\n' "
        ">replies.txt; { head -1 accounts.csv; echo "
        "1043,Achieng,domestic-electricity,,0; } >new.csv; mv new.csv accounts.csv");
    must("cd base && set -e; echo '{\"total\": \"120\", \"days\": 30, \"month\": 11}' "
         ">usage.json; echo '{\"previous\": {\"value\": \"100\", \"quality\": \"A\", "
         "\"taken_at\": \"2026-10-01\"}, \"current\": {\"value\": \"150\", \"quality\": "
         "\"A\", \"taken_at\": \"2026-11-01\"}}' >case.json");
}

static const char statement[] =
    "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><Stmt>"
    "<Id>S-1</Id><Acct><Id><IBAN>KE001</IBAN></Id></Acct>"
    "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy='KES'>0.00</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-02</Dt></Dt></Bal>"
    "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy='KES'>150.50</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-02</Dt></Dt></Bal>"
    "<Ntry><Amt Ccy='KES'>150.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
    "<BookgDt><Dt>2026-11-02</Dt></BookgDt><AcctSvcrRef>FT1</AcctSvcrRef><NtryDtls><TxDtls>"
    "<RmtInf><Ustrd>ACC 1042</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    "</Stmt></BkToCstmrStmt></Document>";

static void
village_begin(void)
{
    utc_t now;

    r = rig_create(&(struct rig_options){.start = "2026-11-20T12:00+03:00"}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_config(r, settings, &e), "%s", e.text);
    make_village();
    /* what was owed at the beginning is overdue by now */
    cr_assert(clock_parse("2026-11-22T12:00+03:00", &now, &e) && rig_clock_set(r, now, &e),
              "%s", e.text);
    cr_assert(rig_write(r, "base/statement.xml", statement, &e), "%s", e.text);
}

static void
village_end(void)
{
    rig_destroy(r);
}

static const struct before *
before_of(const char *words)
{
    static const struct before nothing = {"", "", 0, NULL};

    for (size_t i = 0; i < sizeof(befores) / sizeof(befores[0]); i++) {
        if (strcmp(befores[i].words, words) == 0)
            return &befores[i];
    }
    return &nothing;
}

/* `example` is what stands behind `meterpost`. */
static void
try_one(const struct before *b, const char *example)
{
    char lines[LINE_SIZE], *said;
    int status;

    snprintf(
        lines, sizeof(lines),
        "rm -rf now && cp -a base now && cd now && sed -i \"s#/base/#/now/#g\" "
        "meterpost.yaml && { %s\n} >/dev/null 2>&1; unset -f M; M() { "
        "METERPOST_CONFIG=\"$PWD/meterpost.yaml\" '%s/meterpost' --yes \"$@\"; }; M %s",
        *b->lines == '\0' ? ":" : b->lines, BIN, example);
    status = shell(lines, &said);
    if (status == 1 && strstr(said, "nothing found") != NULL)
        status = b->status; /* an empty list is an answer */
    cr_expect_eq(status, b->status, "meterpost %s: status %d, want %d: %s", example, status,
                 b->status, said);
    cr_expect(b->refusal == NULL || strstr(said, b->refusal) != NULL,
              "meterpost %s: want '%s': %s", example, b->refusal, said);
    free(said);
}

/* All commands, as `meterpost help --json` lists them: a new reference. */
static json_t *
all_commands(void)
{
    const char *const argv[] = {BIN "/meterpost", "help", "--json", NULL};
    struct rig_output out = {0};
    json_t *all;

    cr_assert(rig_run(r, argv, 20000, &out, &e) && out.status == 0, "%s", e.text);
    all = json_loads(out.out, 0, NULL);
    rig_output_free(&out);
    cr_assert_gt(json_array_size(all), 100);
    return all;
}

#endif

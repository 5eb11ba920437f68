/*
 * The doctor: every kind of fault is made once, and it names it, says how bad it is and
 * what to do. The fault is a line of shell in the folder of a sound installation.
 */
#include "rig/rig.h"

#include "store/stmt.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rig *r;
static struct err e;

static void
shell(const char *line)
{
    char command[4000];
    struct rig_output out;

    snprintf(command, sizeof(command),
             "cd '%s' && M() { '%s/meterpost' --config meterpost.yaml --yes \"$@\"; }\n%s",
             rig_dir(r), BIN, line);
    cr_assert(
        rig_run(r, (const char *const[]){"bash", "-c", command, NULL}, 60000, &out, &e),
        "%s", e.text);
    cr_assert_eq(out.status, 0, "%s: %s", line, out.err);
    rig_output_free(&out);
}

/* Copies of what is read, so that it can be spoilt; a row of each kind; a copy. */
static void
begin(void)
{
    r = rig_create(&(struct rig_options){0}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, "backup: {also: second}\n", &e),
              "%s", e.text);
    shell(
        "cp -r " TOP "/conf/profiles " TOP "/conf/tariffs " TOP "/conf/words . && "
        "cp -r " TOP "/templates . && mkdir second && "
        "sed -i -E 's#(profiles|tariffs|words): [^ ,]*/conf/#\\1: #; "
        "s#(tariffs|words): [^ ,]*/conf/#\\1: #; s#templates: [^ ,]*/templates#templates: "
        "templates#' meterpost.yaml && "
        "M init >/dev/null; M account add 1001 name=Asha tariff=domestic-electricity "
        "opening_balance=250.00 && M staff add jonas name=Jonas role=operator "
        "phone=0722000009 && M staff enrol jonas >/dev/null && M pay add 1001 100 "
        "--reference A1 && M backup now >/dev/null");
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(doctor, .init = begin, .fini = end, .timeout = 240);

/* The worst finding of an area among what the doctor says; NULL: it says nothing. */
static json_t *
finding(const char *area, json_t **rows)
{
    static const char *const order[] = {"bad", "warn", "ok"};
    const json_t *row;
    size_t i;

    *rows = NULL;
    rig_meterpost(r, rows, &e, "doctor", NULL);
    for (int state = 0; state < 3; state++) {
        json_array_foreach (*rows, i, row) {
            if (strcmp(json_string_value(json_object_get(row, "area")), area) == 0 &&
                strcmp(json_string_value(json_object_get(row, "state")), order[state]) == 0)
                return (json_t *)(uintptr_t)row;
        }
    }
    return NULL;
}

static void
expect(const char *what, const char *area, const char *state, const char *says,
       const char *does)
{
    json_t *rows, *row = finding(area, &rows);
    const char *got = json_string_value(json_object_get(row, "state"));
    const char *text = json_string_value(json_object_get(row, "text"));
    const char *mend = json_string_value(json_object_get(row, "do"));

    cr_expect(row != NULL && strcmp(got, state) == 0, "%s: %s is '%s' (%s), want '%s'",
              what, area, got == NULL ? "nothing" : got, text == NULL ? "" : text, state);
    cr_expect(text != NULL && strstr(text, says) != NULL, "%s: got '%s', want '%s'", what,
              text == NULL ? "" : text, says);
    cr_expect(mend != NULL && strstr(mend, does) != NULL, "%s: to do: '%s', want '%s'",
              what, mend == NULL ? "" : mend, does);
    json_decref(rows);
}

Test(doctor, a_sound_installation_is_well_but_for_the_engine_that_was_not_started)
{
    static const char *const well[] = {"settings", "profiles", "database", "ledger",
                                       "audit",    "backup",   "messages", "zone",
                                       "disk",     "files",    "key",      "device"};

    for (size_t i = 0; i < sizeof(well) / sizeof(well[0]); i++)
        expect("sound", well[i], "ok", "", "");
    expect("sound", "engine", "bad", "does not run", "systemctl start meterpost");
}

/* Spoilt and mended in turn: each line stands for itself. */
Test(doctor, names_each_fault_of_files_and_what_mends_it)
{
    static const struct {
        const char *spoil, *area, *state, *says, *does, *mend;
    } cases[] = {
        {"echo 'reading: {atempts: 3}' >>meterpost.yaml", "settings", "bad", "atempts",
         "meterpost check", "sed -i '$d' meterpost.yaml"},
        {"sed -i 's/Africa.Nairobi/Africa\\/Nowhere/' meterpost.yaml", "settings", "bad",
         "Nowhere", "meterpost check", "sed -i 's/Nowhere/Nairobi/' meterpost.yaml"},
        {"sed -i '0,/32432/s//32433/' profiles/kamstrup-gsm7i.yaml", "settings", "bad",
         "example", "meterpost check",
         "cp " TOP "/conf/profiles/kamstrup-gsm7i.yaml profiles"},
        {"echo '{{nobody}}' >>templates/en/bill.sms.mustache", "settings", "bad", "nobody",
         "meterpost check", "cp " TOP "/templates/en/bill.sms.mustache templates/en"},
        {"sed -i 's/type: blocks/type: bloks/' tariffs/domestic-electricity.yaml",
         "settings", "bad", "bloks", "meterpost check",
         "cp " TOP "/conf/tariffs/domestic-electricity.yaml tariffs"},
        {"mv staff.key away.key", "key", "warn", "staff.key", "copy of the settings",
         "mv away.key staff.key"},
        {"chmod 644 staff.key", "key", "bad", "others may read", "chmod 600",
         "chmod 600 staff.key"},
        {"chmod 755 . && chmod 644 meterpost.db", "files", "warn", "everybody",
         "chmod o=", "chmod 600 meterpost.db"},
        {"mv backups away && mkdir backups", "backup", "bad", "no copy", "backup now",
         "rm -r backups && mv away backups"},
        {"cp -r backups away && sed -i 's/20[0-9][0-9]-/2020-/g' $(grep -rIl made_at "
         "backups)",
         "backup", "bad", "2020", "backup now", "rm -r backups && mv away backups"},
        {"mv second away && mkdir second", "backup", "warn", "not in the second folder",
         "plugged in", "rm -r second && mv away second"},
        {"sed -i 's/also: second/also: \"\"/' meterpost.yaml", "backup", "warn", "second",
         "backup.also", "sed -i 's/also: \"\"/also: second/' meterpost.yaml"},
        {"mv sim1 away && ln -s nowhere sim1", "device", "bad", "No such file",
         "plug it in", "rm sim1 && mv away sim1"},
        {"mv sim1 away && touch sim1", "device", "bad", "no serial port",
         "device:", "rm sim1 && mv away sim1"},
        {"mv sim1 away && ln -s $(ls -d /dev/tty0 /dev/ttyS9 2>/dev/null | tail -1) sim1",
         "device", "", "", "", "rm sim1 && mv away sim1"},
        {"sed -i 's,device: [^ ]*/sim1,device: \"usb:0000NOBODY\",' meterpost.yaml",
         "device", "bad", "0000NOBODY", "plug it in",
         "sed -i \"s,device: \\\"usb:0000NOBODY\\\",device: $PWD/sim1,\" meterpost.yaml"},
        {"mv meterpost.db away.db", "database", "bad", "", "meterpost init",
         "mv away.db meterpost.db"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shell(cases[i].spoil);
        if (*cases[i].state != '\0')
            expect(cases[i].spoil, cases[i].area, cases[i].state, cases[i].says,
                   cases[i].does);
        shell(cases[i].mend);
    }
    expect("all is mended", "settings", "ok", "", "");
    expect("all is mended", "device", "ok", "", "");
    expect("all is mended", "database", "ok", "", "");
}

Test(doctor, names_who_holds_a_modem)
{
    char path[RIG_PATH_MAX];
    const char *const argv[] = {"tail", "-f", rig_path(r, "sim1", path), NULL};
    pid_t pid = rig_start(r, argv, "tail.log", &e);

    cr_assert_gt(pid, 0, "%s", e.text);
    for (int i = 0; i < 100; i++) {
        json_t *rows, *row = finding("device", &rows);
        bool held = strstr(json_string_value(json_object_get(row, "text")), "held") != NULL;

        json_decref(rows);
        if (held)
            break;
    }
    expect("held", "device", "bad", "held by tail", "end that program");
    rig_stop(pid, 1000);
}

/* Root may open every port: then it is the user of the service, whose the database is, who
 * must be able to. */
Test(doctor, sees_that_a_port_is_closed_to_the_user_of_the_service)
{
    bool root = geteuid() == 0;

    shell(root ? "chown nobody meterpost.db && chmod 600 $(readlink -f sim1)"
               : "chmod 000 $(readlink -f sim1)");
    expect("closed", "device", "bad", root ? "nobody may not open" : "may not open",
           "usermod -aG");
    shell(root ? "chown root meterpost.db && chmod 620 $(readlink -f sim1)"
               : "chmod 620 $(readlink -f sim1)");
    expect("open again", "device", "ok", "", "");
}

/* As after root carried it here from another machine. */
Test(doctor, names_a_key_that_the_service_may_not_read)
{
    if (geteuid() != 0)
        cr_skip_test("only root gives files away");
    shell("chown 65534 staff.key");
    expect("carried", "key", "bad", "may not read", "chown --reference");
    shell("chown --reference=meterpost.db staff.key");
    expect("given back", "key", "ok", "", "");
}

Test(doctor, tells_who_may_not_read_the_settings_to_be_root)
{
    char path[RIG_PATH_MAX];
    const char *const argv[] = {"setpriv",        "--reuid=65534",
                                "--clear-groups", BIN "/meterpost",
                                "--config",       rig_path(r, "meterpost.yaml", path),
                                "today",          NULL};
    struct rig_output out = {0};

    if (geteuid() != 0)
        cr_skip_test("only root becomes somebody else");
    shell("chmod 755 . && chmod 600 meterpost.yaml");
    cr_assert(rig_run(r, argv, 20000, &out, &e), "%s", e.text);
    cr_expect_eq(out.status, 1);
    cr_expect(strstr(out.err, "sudo meterpost") != NULL, "%s", out.err);
    rig_output_free(&out);
}

/* Behind the back of the program, as somebody with an editor for databases would. */
static void
edit(const char *const sql[])
{
    char path[RIG_PATH_MAX];
    struct store *s;

    cr_assert(store_open(rig_path(r, "meterpost.db", path), STORE_WRITE, &s, &e), "%s",
              e.text);
    for (; *sql != NULL; sql++) {
        struct stmt *q = stmt_get(s, *sql, &e);

        cr_assert(q != NULL && stmt_run(q, &e), "%s: %s", *sql, e.text);
    }
    store_close(s);
}

#define EDIT(...) edit((const char *const[]){__VA_ARGS__, NULL})

Test(doctor, sees_what_was_done_to_the_ledger)
{
    EDIT("DROP TRIGGER ledger_entry_no_update",
         "UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE id = 1");
    expect("edited", "ledger", "bad", "", "backup");
}

Test(doctor, sees_what_was_done_to_the_audit)
{
    EDIT("DROP TRIGGER audit_no_update", "UPDATE audit SET actor = 'nobody' WHERE id = 2");
    expect("edited", "audit", "bad", "", "compare with a backup");
}

Test(doctor, sees_that_the_clock_is_behind_the_network)
{
    cr_assert(rig_engine_start(r, &e) &&
                  rig_inject(r, "+254722000001", "sim1", "hello", &e) &&
                  rig_wait_idle(r, 30000, &e) && rig_engine_stop(r, &e),
              "%s", e.text);
    EDIT("UPDATE inbox SET smsc_at = received_at + 3600");
    expect("behind", "clock", "bad", "3600 s ahead", "set-ntp");
}

/* Wherever it is damaged: some pages are only missed by the check of integrity, others
 * when the file is opened. */
Test(doctor, sees_a_database_that_is_damaged)
{
    static const struct {
        const char *where, *mend;
    } cases[] = {
        {"$((size / 3))", "backup restore latest"},
        {"$((size / 2))", "backup restore latest"},
        {"100", "backup restore latest"}, /* the first page of the schema */
        {"0", "backup restore latest"},
    };
    char command[300];

    shell("cp meterpost.db whole.db");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(command, sizeof(command),
                 "cp whole.db meterpost.db; size=$(stat -c %%s meterpost.db); "
                 "head -c 40000 /dev/zero | tr '\\0' 'x' | "
                 "dd of=meterpost.db bs=1 seek=%s conv=notrunc 2>/dev/null",
                 cases[i].where);
        shell(command);
        expect(cases[i].where, "database", "bad", "", cases[i].mend);
    }
    shell("cp whole.db meterpost.db; "
          "printf '\\377' | dd of=meterpost.db bs=1 seek=63 conv=notrunc 2>/dev/null");
    expect("newer", "database", "bad", "newer Meterpost", "backup rollback");
    shell(": > meterpost.db");
    expect("empty", "database", "bad", "", "meterpost init");
}

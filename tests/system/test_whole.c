/*
 * Import and export by the command line: a utility as text, elsewhere the same to the last
 * digest; somebody else's columns; and a look before anything changes.
 */
#include "relay_village.h"

#include <unistd.h>

static void
begin(void)
{
    r = rig_create(&(struct rig_options){.start = MONDAY}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_config(r, "", &e), "%s", e.text);
}

TestSuite(whole, .init = begin, .fini = end, .timeout = 120);

/* Run by the settings in folder `at` of the rig; what it printed. */
static char *
at_machine(const char *at, int want, const char *const words[])
{
    const char *argv[16] = {BIN "/meterpost", "--config", NULL, "--json", NULL};
    char config[RIG_PATH_MAX], name[80];
    struct rig_output out;
    size_t n = 4;
    char *said;

    snprintf(name, sizeof(name), "%s/meterpost.yaml", at);
    argv[2] = rig_path(r, name, config);
    while (*words != NULL && n < 15)
        argv[n++] = *words++;
    cr_assert(rig_run(r, argv, 60000, &out, &e), "%s", e.text);
    cr_expect_eq(out.status, want, "%s %s: status %d, want %d: %s%s", argv[4],
                 argv[5] == NULL ? "" : argv[5], out.status, want, out.out, out.err);
    said = out.out;
    free(out.err);
    return said;
}

#define MACHINE(at, want, ...)                                                             \
    at_machine(at, want, (const char *const[]){__VA_ARGS__, NULL})

/* The same settings in a folder of its own. */
static void
make_machine(const char *name)
{
    char command[3 * RIG_PATH_MAX];

    snprintf(command, sizeof(command),
             "mkdir %s/%s && sed 's,^\\(database\\|run_dir\\): %s,&/%s,' %s/meterpost.yaml "
             ">%s/%s/meterpost.yaml",
             rig_dir(r), name, rig_dir(r), name, rig_dir(r), rig_dir(r), name);
    cr_assert_eq(system(command), 0, "%s", command);
}

static void
live_a_little(void)
{
    char name[20];

    settle_owing(3, "250.50");
    for (int i = 1; i <= 3; i++)
        json_decref(as("root", 0, "reading add %s %d", meter_name(i, name), 10 * i));
    json_decref(as("root", 0, "--yes bill issue 2026-02"));
    json_decref(as("root", 0, "pay add 2001 100.25 --reference R1"));
    json_decref(as("root", 0, "pay add 2002 1 --reference R2"));
    json_decref(as("root", 0, "message send 0722000009 hello"));
}

static bool
is_there(const char *name)
{
    char path[RIG_PATH_MAX];

    return access(rig_path(r, name, path), F_OK) == 0;
}

/* Ledger, audit head, counts and sums; but what comes now is signed by another machine. */
static void
expect_same(const char *there, const char *here)
{
    json_t *a = json_loads(there, 0, NULL), *b = json_loads(here, 0, NULL);

    json_object_del(a, "audit_signed_from");
    json_object_del(b, "audit_signed_from");
    cr_expect(json_equal(a, b), "%s, here %s", there, here);
    json_decref(a);
    json_decref(b);
}

Test(whole, a_utility_is_exported_and_imported_elsewhere_to_the_same_verify)
{
    char folder[RIG_PATH_MAX], again[RIG_PATH_MAX], command[3 * RIG_PATH_MAX];
    char *here, *there;

    live_a_little();
    make_machine("other");
    rig_path(r, "all", folder);
    free(MACHINE(".", 2, "export", "all"));
    free(MACHINE(".", 0, "export", "all", folder));
    here = MACHINE(".", 0, "verify");

    free(MACHINE("other", 0, "--dry-run", "import", "all", folder));
    cr_expect_not(is_there("other/meterpost.db"), "a dry run leaves nothing");
    free(MACHINE("other", 0, "import", "all", folder));
    there = MACHINE("other", 0, "verify");
    expect_same(there, here);
    free(there);
    free(MACHINE("other", 1, "import", "all", folder)); /* it is no empty one any more */

    /* What is exported there is the same text, but for the fence that went up. */
    free(MACHINE("other", 0, "export", "all", rig_path(r, "again", again)));
    snprintf(command, sizeof(command),
             "cd %s && for t in account bill bill_line ledger_entry "
             "payment reading audit; do cmp all/$t.jsonl again/$t.jsonl || exit 1; done",
             rig_dir(r));
    cr_expect_eq(system(command), 0);
    free(here);
}

Test(whole, what_was_changed_in_the_text_is_refused_and_nothing_stays)
{
    static const char *const spoils[] = {
        "sed -i 's/25050/25051/' all/item.jsonl",             /* a balance */
        "sed -i '$d' all/ledger_entry.jsonl",                 /* half an entry */
        "sed -i 's/\"import\"/\"nothing\"/' all/audit.jsonl", /* history */
        "rm all/payment.jsonl",
        "echo '[1]' >>all/account.jsonl",
        "printf 'x' >all/manifest.json",
    };
    char folder[RIG_PATH_MAX], command[3 * RIG_PATH_MAX];

    live_a_little();
    make_machine("other");
    rig_path(r, "all", folder);
    for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        snprintf(command, sizeof(command), "rm -rf %s", folder);
        cr_assert_eq(system(command), 0);
        free(MACHINE(".", 0, "export", "all", folder));
        snprintf(command, sizeof(command),
                 "cd %s && cp -r all was && %s; ! diff -rq all was >diff; s=$?; rm -r was; "
                 "exit $s",
                 rig_dir(r), spoils[i]);
        cr_assert_eq(system(command), 0, "%s changes nothing", spoils[i]);
        free(MACHINE("other", 1, "import", "all", folder));
        cr_expect_not(is_there("other/meterpost.db"), "%s: nothing stays", spoils[i]);
    }
}

Test(whole, columns_of_somebody_else_are_mapped_and_tried_first)
{
    static const char map[] = "account=Customer No;name=Full Name;tariff=Plan;phones=Cell;"
                              "=Remark";
    char path[RIG_PATH_MAX];
    char *said;

    cr_assert(rig_write(r, "legacy.csv",
                        "Customer No,Full Name,Plan,Cell,Remark\n"
                        "9001,Asha,domestic-electricity,0722111111,x\n"
                        "9002,\"Juma, H.\",domestic-electricity,,y\n",
                        &e));
    rig_path(r, "legacy.csv", path);
    free(MACHINE(".", 1, "import", "accounts", path)); /* not our columns */
    said = MACHINE(".", 0, "--dry-run", "import", "accounts", path, "--map", map);
    cr_expect_not_null(strstr(said, "\"rows\": 2"), "%s", said);
    free(said);
    free(MACHINE(".", 1, "account", "show", "9001"));
    free(MACHINE(".", 0, "--yes", "import", "accounts", path, "--map", map));
    said = MACHINE(".", 0, "account", "show", "9002");
    cr_expect_not_null(strstr(said, "Juma, H."), "%s", said);
    free(said);
    free(MACHINE(".", 1, "import", "accounts", path, "--map", "account=Nobody"));
}

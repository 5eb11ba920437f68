/* A whole utility as text and back; and forgetting people. */
#include "meterpost/store/dump.h"

#include "meterpost/store/audit.h"
#include "meterpost/store/backup.h"
#include "meterpost/store/erase.h"
#include "store/stmt.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW 1800000000

static char dir[] = "/tmp/meterpost-dump-XXXXXX";
static char path[64], folder[64], copy[64];
static struct store *s, *other;
static struct err e;

static void
run(struct store *to, const char *sql)
{
    cr_assert(store_exec(to, sql, &e), "%s: %s", sql, e.text);
}

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/m.db", dir);
    snprintf(copy, sizeof(copy), "%s/copy.db", dir);
    snprintf(folder, sizeof(folder), "%s/whole", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
    run(s, "INSERT INTO account (id, account, name, language, opened_at) VALUES"
           " (7, '1042', 'Asha \"Njeri\"', 'sw', 0);"
           "INSERT INTO phone (account_id, number, role, since) VALUES"
           " (7, '+254722000001', 'view', 0);"
           "INSERT INTO inbox (id, modem, sender, sender_kind, text, parts, state,"
           " received_at, account_id) VALUES (3, 'sim1', '+254722000001', 'number',"
           " 'bal\nplease', 1, 'done', 100, 7);"
           "INSERT INTO inbox_part (dedup, inbox_id, modem, imsi, sender, ref, ref_bits,"
           " total, number, alphabet, body, pdu, received_at) VALUES (x'00ff10', 3, 'sim1',"
           " '1', '+254722000001', 0, 0, 1, 1, 'gsm7', x'01', x'02', 100);");
    cr_assert(store_begin(s, &e) &&
              audit_add(s, NOW, "amina", "cli", "note", "account 1042", "a\tb", &e) &&
              store_commit(s, &e));
}

static void
tear_down(void)
{
    char command[100];

    store_close(s);
    store_close(other);
    snprintf(command, sizeof(command), "rm -r %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(dump, .init = set_up, .fini = tear_down);

static bool
there_and_back(void)
{
    json_t *manifest;

    cr_assert(dump_write(s, folder, &manifest, &e), "%s", e.text);
    json_decref(manifest);
    cr_assert(store_open(copy, STORE_WRITE, &other, &e), "%s", e.text);
    if (!dump_read(other, folder, &manifest, &e))
        return false;
    json_decref(manifest);
    return true;
}

Test(dump, a_utility_is_the_same_on_the_other_side)
{
    struct store_totals a, b;
    int64_t rows;

    cr_assert(there_and_back(), "%s", e.text);
    cr_assert(store_totals(s, &a, &e) && store_totals(other, &b, &e));
    cr_expect_eq(memcmp(&a, &b, sizeof(a)), 0);
    cr_expect(audit_verify(other, &rows, &e) && rows == 1, "%s", e.text);
    cr_expect(store_check_integrity(other, &e), "%s", e.text);
    cr_expect_not(store_exec(other, "UPDATE audit SET actor = 'x'", &e),
                  "the guards are back");
}

static void
spoil(const char *table, const char *with)
{
    char command[300];

    snprintf(command, sizeof(command), "echo '%s' >>%s/%s.jsonl", with, folder, table);
    cr_assert_eq(system(command), 0);
}

Test(dump, what_was_changed_on_the_way_is_refused_whole)
{
    static const struct {
        const char *table, *line, *said;
    } cases[] = {
        {"account", "[1]", "account.jsonl:3"},
        {"phone", "no json", "phone.jsonl:3"},
        {"phone", "[9, 99, \"+1\", \"view\", 0, null]",
         "phone"}, /* nobody's, and one more */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct store_totals totals;
        json_t *manifest;

        cr_assert(dump_write(s, folder, &manifest, &e), "%s", e.text);
        json_decref(manifest);
        spoil(cases[i].table, cases[i].line);
        cr_assert(store_open(copy, STORE_WRITE, &other, &e), "%s", e.text);
        cr_expect_not(dump_read(other, folder, &manifest, &e), "%s", cases[i].line);
        cr_expect_not_null(strstr(e.text, cases[i].said), "%s", e.text);
        cr_assert(store_totals(other, &totals, &e));
        cr_expect_eq(totals.accounts, 0, "something was kept");
        store_close(other);
        other = NULL;
        unlink(copy);
    }
}

static int64_t
count(const char *sql)
{
    struct stmt *q = stmt_get(s, sql, &e);
    int64_t n = -1;
    bool found;

    cr_assert(q != NULL && stmt_one_int(q, &n, &found, &e), "%s", e.text);
    return n;
}

Test(dump, old_bodies_are_forgotten_and_the_rest_stays)
{
    static const char bodies[] = "SELECT count(*) FROM inbox WHERE text LIKE 'bal%'";
    static const char raw[] = "SELECT count(*) FROM inbox_part WHERE length(pdu) > 0";
    int done = 0;

    cr_assert(store_begin(s, &e) && bodies_forget(s, 50, 10, &done, &e));
    cr_expect_eq(done, 0);
    cr_expect_eq(count(bodies), 1);
    cr_assert(bodies_forget(s, 200, 10, &done, &e) && store_commit(s, &e), "%s", e.text);
    cr_expect_eq(done, 1);
    cr_expect_eq(count(bodies), 0);
    cr_expect_eq(count(raw), 0);
}

/* In how many columns of how many tables a text still stands, but the audit. */
static int
found_in(const char *text)
{
    static const char sql[] =
        "SELECT 'SELECT count(*) FROM ' || t.name || ' WHERE instr(' || c.name || ', $1) > "
        "0'"
        " FROM sqlite_master t, pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND t.name <> 'audit' AND c.type IN ('TEXT', 'BLOB')";
    static char looks[500][200]; /* statements are known by where they stand */
    struct stmt *q = stmt_get(s, sql, &e);
    int n = 0, found = 0;
    int64_t rows;
    bool row;

    cr_assert_not_null(q, "%s", e.text);
    for (; n < 500 && stmt_step(q, &row, &e) && row; n++)
        stmt_col_text(q, 0, looks[n], sizeof(looks[n]));
    cr_assert(n > 200 && n < 500, "%d columns", n);
    for (int i = 0; i < n; i++) {
        q = stmt_get(s, looks[i], &e);
        cr_assert_not_null(q, "%s: %s", looks[i], e.text);
        stmt_text(q, 1, text);
        cr_assert(stmt_one_int(q, &rows, &row, &e), "%s", e.text);
        if (rows == 0)
            continue;
        cr_log_info("%s: %s", looks[i], text);
        found++;
    }
    return found;
}

/* Everything that can be known of a person, and what looks like it and is not. */
Test(dump, a_person_is_erased_when_the_account_is_closed)
{
    struct erased erased;

    run(s,
        "UPDATE account SET address = 'Plot Asha', protected = 'Asha is ill',"
        " hold = 'Asha travels' WHERE id = 7;"
        "INSERT INTO account (id, account, name, language, opened_at) VALUES"
        " (8, '1050', 'Ben', 'sw', 0);"
        "INSERT INTO phone (account_id, number, role, since) VALUES"
        " (7, '+254733000002', 'view', 0), (8, '+254733000002', 'view', 0);"
        "INSERT INTO inbox (id, modem, sender, sender_kind, text, parts, state, "
        "received_at,"
        " account_id) VALUES (4, 'sim1', '+254733000002', 'number', 'Ben asks', 1, 'done',"
        " 100, 8), (5, 'sim1', '+254722000001', 'number', 'Asha asks', 1, 'done', 100, "
        "NULL);"
        "INSERT INTO payment (id, channel, reference, account_id, amount_minor, paid_at,"
        " received_at, payer, claim, actor) VALUES (1, 'bank', 'R1', 7, 100, 1, 1,"
        " 'Asha N.', 'for Asha', 'x'), (2, 'bank', 'R2', NULL, 100, 1, 1, 'Asha N.', NULL,"
        " 'x');"
        "INSERT INTO payment_event (payment_id, seq, kind, to_account_id, at, reason,"
        " actor) VALUES (2, 1, 'assign', 7, 2, '', 'x');"
        "INSERT INTO ticket (ticket, account_id, number, kind, text, state, created_at)"
        " VALUES ('00017', 7, '+254722000001', 'supply', 'Asha sits in the dark', 'open', "
        "1);"
        "INSERT INTO dispute (account_id, opened_at, actor, reason, closed_at, outcome)"
        " VALUES (7, 1, 'x', 'Asha says no', 2, 'Asha was right');"
        "INSERT INTO plan (account_id, made_at, amount_minor, state, actor, note)"
        " VALUES (7, 1, 5, 'kept', 'x', 'Asha called');"
        "INSERT INTO arrears_step (account_id, due_at, stage, kind, state, at, "
        "amount_minor,"
        " number, note, actor) VALUES (7, 1, 'notice', 'sms', 'done', 1, 5, "
        "'+254722000001',"
        " 'given to Asha', 'x');"
        "INSERT INTO consent (number, category, state, at, actor) VALUES"
        " ('+254722000001', 'bills', 'stopped', 1, 'x'),"
        " ('+254733000002', 'bills', 'stopped', 1, 'x');"
        "INSERT INTO mute (number, reason, actor, since) VALUES"
        " ('+254722000001', 'Asha has a machine', 'x', 1);"
        "INSERT INTO nick VALUES ('+254722000001', 7, 'asha home');"
        "INSERT INTO phone_change (account_id, number, role, asked_by, ref, state, "
        "asked_at,"
        " due_at, actor) VALUES (7, '+254744000003', 'view', '+254722000001', 'R', "
        "'waiting',"
        " 1, 1, NULL), (7, '+254744000003', 'view', '+254722000001', 'R', 'done', 1, 1,"
        " '+254722000001');"
        "INSERT INTO account_note (account_id, at, actor, text) VALUES (7, 1, 'x', "
        "'Asha!');"
        "INSERT INTO delivery_report (dedup, modem, number, ref, tp_status, arrived_at)"
        " VALUES (x'01', 'sim1', '+254722000001', 1, 0, 1);");
    cr_expect_not(store_exec(s, "UPDATE payment SET payer = 'Ben' WHERE id = 1", &e));
    cr_expect_not(store_exec(s, "UPDATE payment SET amount_minor = 1 WHERE id = 1", &e));
    cr_expect_not(store_exec(s, "UPDATE consent SET state = 'allowed', number = '+0'", &e));
    cr_expect_not(store_exec(s, "UPDATE consent SET number = '+254700000009'", &e));
    cr_assert(store_begin(s, &e));
    cr_expect_not(account_erase(s, 7, NOW, &erased, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
    run(s, "UPDATE account SET closed_at = 1 WHERE id = 7");
    cr_assert(account_erase(s, 7, NOW, &erased, &e) && store_commit(s, &e), "%s", e.text);
    cr_expect_eq(erased.messages, 2, "got %d", (int)erased.messages);
    cr_expect_eq(erased.audit_rows, 1);
    cr_expect_eq(found_in("Asha") + found_in("asha"), 0);
    cr_expect_eq(found_in("722000001") + found_in("744000003"), 0);
    cr_expect_eq(found_in("Ben asks"), 1, "what is about another account stays");
    cr_expect_eq(found_in("733000002"), 3, "a phone of two: phone, inbox, consent");
}

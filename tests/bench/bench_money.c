/* Payments out of a bank's statement, matched and posted, beside bare inserts of as many
 * payments; and what `verify` reads in a second. */
#include "bench.h"
#include "meterpost/base/conf.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/billing/statement.h"
#include "meterpost/store/items.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/registry.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PER_ACCOUNT 10 /* payments, each for a debt that is open */
#define ENTRIES     1000000
#define BATCH       500 /* payments to a commit */
#define START       1790000000

static void
remove_store(const char *path)
{
    char file[100];

    snprintf(file, sizeof(file), "%s-wal", path);
    unlink(file);
    snprintf(file, sizeof(file), "%s-shm", path);
    unlink(file);
    unlink(path);
}

/* Accounts that owe as much as is going to be paid. */
static bool
add_accounts(struct store *s, int accounts, struct err *e)
{
    for (int i = 0; i < accounts; i++) {
        struct account a = {.name = "Bench", .language = "en", .opened_at = START};

        snprintf(a.account, sizeof(a.account), "%d", 1000000 + i);
        if (!account_add(s, &a, &a.id, e))
            return false;
        for (int k = 0; k < PER_ACCOUNT; k++) {
            struct item debt = {.kind = ITEM_FEE,
                                .amount = {1000 + k},
                                .at = START,
                                .due_at = START + k,
                                .memo = "bench"};

            snprintf(debt.key, sizeof(debt.key), "bench %d %d", i, k);
            if (!ledger_post_item(s, &a, &debt, e))
                return false;
        }
    }
    return true;
}

/* A statement of that many payments, every tenth to nobody. */
static void
make_statement(struct statements *list, int payments)
{
    struct statement *one = statements_open(list, 1);

    one->has_opening = one->has_closing = true;
    for (int i = 0; i < payments; i++) {
        struct statement_entry x = {
            .line = (unsigned)i + 1, .amount = {1000 + i % PER_ACCOUNT}, .on = START};

        snprintf(x.receipt, sizeof(x.receipt), "FT%09d", i);
        snprintf(x.payer, sizeof(x.payer), "Payer %d", i);
        snprintf(x.claim, sizeof(x.claim), "ACC %d",
                 (i % 10 == 0 ? 9000000 : 1000000) + i / PER_ACCOUNT);
        statements_add(list, &x);
    }
}

/* Booked a slice at a time, as the engine does. */
static bool
book(struct store *s, int payments, struct spent *spent, struct err *e)
{
    struct conf conf = {.decimals = 2,
                        .utility = {.currency = "KES", .country_code = "254"}};
    struct statement_order order = {.file = "bench", .channel = "bank", .actor = "bench"};
    struct statements list = {0};
    struct statement_booked out = {0};
    size_t at = 0;
    bool good = true;

    make_statement(&list, payments);
    spent_start(spent);
    while (good && at < list.n_entries)
        good = store_begin(s, e) &&
               statements_book_some(s, &conf, &order, &list, START, 50, &at, &out, e) &&
               store_commit(s, e);
    spent_end(spent, payments);
    statements_free(&list);
    return good && (out.matched == payments / 10 * 9 ||
                    err_set(e, FAIL_FATAL, "%lld matched", (long long)out.matched));
}

/* The rows that a payment leaves: itself, its entry, its item, what it closed of which
 * debt, and what is open of both. */
static const char *const bare_sql[] = {
    "INSERT INTO payment (channel, reference, account_id, amount_minor, paid_at,"
    " received_at, payer, actor, claim) VALUES ('bank', 'FT0' || ?1, ?2, 1000, 1, 1,"
    " 'Payer ' || ?1, 'bench', 'ACC ' || ?2)",
    "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
    " memo, payment_id) VALUES ('payment bank FT0' || ?1, 1, 1, 2, 1000 + ?1 % 10,"
    " 'payment', 'bank FT0' || ?1, ?1)",
    "INSERT INTO item (key, account_id, kind, amount_minor, open_minor, at, due_at,"
    " payment_id, memo) VALUES ('payment bank FT0' || ?1, ?2, 'payment', -1000, -1000, 1,"
    " 1, ?1, 'bank FT0' || ?1)",
    ("INSERT INTO allocation (debit_id, credit_id, amount_minor, at, reason)"
     " VALUES (?1, (SELECT max(id) FROM item), 1000, 1, 'policy')"),
    "UPDATE item SET open_minor = open_minor - 1000 WHERE id = ?1",
    "UPDATE item SET open_minor = 0 WHERE id = (SELECT max(id) FROM item)",
};
#define BARE (sizeof(bare_sql) / sizeof(bare_sql[0]))

static bool
bare_one(sqlite3 *db, sqlite3_stmt **q, int n, int account, struct err *e)
{
    for (size_t k = 0; k < BARE; k++) {
        sqlite3_bind_int64(q[k], 1, n);
        if (sqlite3_bind_parameter_count(q[k]) > 1)
            sqlite3_bind_int64(q[k], 2, account);
        if (sqlite3_step(q[k]) != SQLITE_DONE)
            return err_set(e, FAIL_FATAL, "bare SQLite: %s", sqlite3_errmsg(db));
        sqlite3_reset(q[k]);
    }
    return true;
}

/* The same rows into the same tables, and nothing else. */
static bool
bare_inserts(const char *path, int payments, struct spent *spent, struct err *e)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q[BARE] = {NULL};
    bool good = sqlite3_open(path, &db) == SQLITE_OK &&
                sqlite3_exec(db,
                             "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                             "PRAGMA cache_size=-65536",
                             NULL, NULL, NULL) == SQLITE_OK;

    for (size_t k = 0; good && k < BARE; k++)
        good = sqlite3_prepare_v2(db, bare_sql[k], -1, &q[k], NULL) == SQLITE_OK;
    if (!good)
        err_set(e, FAIL_FATAL, "bare SQLite: %s", sqlite3_errmsg(db));
    spent_start(spent);
    for (int i = 0; good && i < payments; i++) {
        if (i % BATCH == 0)
            sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        good = bare_one(db, q, i + 1, i / PER_ACCOUNT + 1, e);
        if (i % BATCH == BATCH - 1 || i + 1 == payments)
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    spent_end(spent, payments);
    for (size_t k = 0; k < BARE; k++)
        sqlite3_finalize(q[k]);
    sqlite3_close(db);
    return good;
}

/* Fill the ledger to a million entries: amounts go from account to account's deposit. */
static bool
fill_ledger(struct store *s, int entries, struct err *e)
{
    int64_t debit, credit;
    bool added;

    if (!store_begin(s, e) ||
        !ledger_account_put(s, "Cash:bench", LEDGER_ASSET, 0, &debit, e) ||
        !ledger_account_put(s, "Income:bench", LEDGER_INCOME, 0, &credit, e))
        return false;
    for (int i = 0; i < entries; i++) {
        char key[40];
        struct ledger_entry entry = {.key = key,
                                     .posted_at = START + i,
                                     .debit_id = debit,
                                     .credit_id = credit,
                                     .amount = {1 + i % 100},
                                     .kind = "bench",
                                     .memo = ""};

        snprintf(key, sizeof(key), "bench %d", i);
        if (!ledger_entry_add(s, &entry, &added, e))
            return false;
    }
    return store_commit(s, e);
}

static bool
verify_rate(struct store *s, double *rate, struct err *e)
{
    int64_t entries, from;

    if (!ledger_verify(s, &entries, e) || !fill_ledger(s, ENTRIES - (int)entries, e))
        return false;
    from = bench_now_us();
    if (!ledger_verify(s, &entries, e))
        return false;
    *rate = figure_rate(entries, from);
    return true;
}

static bool
settle(const char *path, int payments, struct store **s, struct err *e)
{
    return store_open(path, STORE_WRITE, s, e) && store_begin(*s, e) &&
           add_accounts(*s, payments / PER_ACCOUNT, e) && store_commit(*s, e) &&
           store_checkpoint(*s, e);
}

static bool
measure(const char *path, const char *bare, int payments, struct err *e)
{
    struct figure verify = {.name = "ledger entries verified (of a million)", .unit = "/s"};
    struct spent ours, theirs;
    struct store *s = NULL, *other = NULL;
    bool good = settle(path, payments, &s, e) && book(s, payments, &ours, e) &&
                settle(bare, payments, &other, e);

    store_close(other);
    good = good && bare_inserts(bare, payments, &theirs, e);
    if (good)
        spent_print("payments matched, posted, allocated", &ours, &theirs,
                    "bare SQLite inserts of the same rows");
    good = good && verify_rate(s, &verify.ours, e);
    if (good)
        figure_print(&verify);
    store_close(s);
    return good;
}

bool
bench_money(struct err *e)
{
    char path[] = "/tmp/meterpost-money-XXXXXX", bare[60];
    int fd = mkstemp(path);
    bool good;

    if (fd == -1)
        return err_set(e, FAIL_RETRY, "no temporary file");
    close(fd);
    unlink(path);
    snprintf(bare, sizeof(bare), "%s-bare", path);
    good = measure(path, bare, bench_size(100000), e);
    remove_store(path);
    remove_store(bare);
    return good;
}

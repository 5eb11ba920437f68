/* Payments out of a bank's statement, matched and posted, beside bare inserts of as many
 * payments; and what `verify` reads in a second. */
#include "bench.h"
#include "meterpost/base/conf.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/billing/statement.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/registry.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ACCOUNTS 10000
#define PAYMENTS 100000
#define ENTRIES  1000000
#define START    1790000000

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

static bool
add_accounts(struct store *s, struct err *e)
{
    int64_t id;

    for (int i = 0; i < ACCOUNTS; i++) {
        struct account a = {.name = "Bench", .language = "en", .opened_at = START};

        snprintf(a.account, sizeof(a.account), "%d", 100000 + i);
        if (!account_add(s, &a, &id, e))
            return false;
    }
    return true;
}

/* A statement of that many payments, every tenth to nobody. */
static void
make_statement(struct statements *list)
{
    struct statement *one = statements_open(list, 1);

    one->has_opening = one->has_closing = true;
    for (int i = 0; i < PAYMENTS; i++) {
        struct statement_entry *x = statements_add(list, (unsigned)i + 1);

        x->amount.minor = 1000 + i % 5000;
        x->on = START;
        snprintf(x->receipt, sizeof(x->receipt), "FT%09d", i);
        snprintf(x->payer, sizeof(x->payer), "Payer %d", i);
        snprintf(x->claim, sizeof(x->claim), "ACC %d",
                 (i % 10 == 0 ? 900000 : 100000) + i % ACCOUNTS);
    }
}

static bool
book(struct store *s, double *rate, struct err *e)
{
    struct conf conf = {.decimals = 2,
                        .utility = {.currency = "KES", .country_code = "254"}};
    struct statement_order order = {.file = "bench", .channel = "bank", .actor = "bench"};
    struct statements list = {0};
    struct statement_booked out;
    struct problems p = {0};
    int64_t from;
    bool good;

    make_statement(&list);
    from = bench_now_us();
    good = store_begin(s, e) &&
           statements_book(s, &conf, &order, &list, START, &out, &p, e) &&
           store_commit(s, e);
    *rate = figure_rate(PAYMENTS, from);
    statements_free(&list);
    problems_free(&p);
    return good && (out.matched == PAYMENTS / 10 * 9 ||
                    err_set(e, FAIL_FATAL, "%lld matched", (long long)out.matched));
}

/* The same payments as rows and nothing else. */
static bool
bare_inserts(const char *path, double *rate, struct err *e)
{
    static const char make[] =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE p (id INTEGER"
        " PRIMARY KEY, channel TEXT NOT NULL, reference TEXT NOT NULL, account INTEGER,"
        " amount INTEGER NOT NULL, at INTEGER NOT NULL, payer TEXT, claim TEXT,"
        " UNIQUE (channel, reference)); BEGIN";
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    char text[40];
    int64_t from;
    int code = SQLITE_OK;

    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, make, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "INSERT INTO p VALUES (NULL, 'bank', ?, ?, ?, ?, ?, ?)", -1,
                           &q, NULL) != SQLITE_OK) {
        sqlite3_close(db);
        return err_set(e, FAIL_FATAL, "bare SQLite");
    }
    from = bench_now_us();
    for (int i = 0; i < PAYMENTS && (code == SQLITE_OK || code == SQLITE_DONE); i++) {
        snprintf(text, sizeof(text), "FT%09d", i);
        sqlite3_bind_text(q, 1, text, -1, SQLITE_TRANSIENT);
        sqlite3_bind_int(q, 2, i % ACCOUNTS);
        sqlite3_bind_int(q, 3, 1000 + i % 5000);
        sqlite3_bind_int64(q, 4, START);
        sqlite3_bind_text(q, 5, "Payer", -1, SQLITE_STATIC);
        sqlite3_bind_text(q, 6, "ACC", -1, SQLITE_STATIC);
        code = sqlite3_step(q);
        sqlite3_reset(q);
    }
    sqlite3_finalize(q);
    code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    *rate = figure_rate(PAYMENTS, from);
    sqlite3_close(db);
    return code == SQLITE_OK || err_set(e, FAIL_FATAL, "bare SQLite: %d", code);
}

/* Fill the ledger to a million entries: amounts go from account to account's deposit. */
static bool
fill_ledger(struct store *s, struct err *e)
{
    int64_t debit, credit;
    bool added;

    if (!store_begin(s, e) ||
        !ledger_account_put(s, "Cash:bench", LEDGER_ASSET, 0, &debit, e) ||
        !ledger_account_put(s, "Income:bench", LEDGER_INCOME, 0, &credit, e))
        return false;
    for (int i = 0; i < ENTRIES - PAYMENTS; i++) {
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

    if (!fill_ledger(s, e))
        return false;
    from = bench_now_us();
    if (!ledger_verify(s, &entries, e))
        return false;
    *rate = figure_rate(entries, from);
    return true;
}

bool
bench_money(struct err *e)
{
    char path[] = "/tmp/meterpost-money-XXXXXX", bare[60];
    int fd = mkstemp(path);
    struct figure pay = {.name = "payments matched and posted",
                         .unit = "/s",
                         .baseline = "bare inserts of the payments alone"};
    struct figure verify = {.name = "ledger entries verified (of a million)", .unit = "/s"};
    struct store *s;
    bool good;

    if (fd == -1)
        return err_set(e, FAIL_RETRY, "no temporary file");
    close(fd);
    unlink(path);
    snprintf(bare, sizeof(bare), "%s-bare", path);
    if (!store_open(path, STORE_WRITE, &s, e))
        return false;
    good = store_begin(s, e) && add_accounts(s, e) && store_commit(s, e) &&
           book(s, &pay.ours, e) && bare_inserts(bare, &pay.theirs, e);
    if (good)
        figure_print(&pay);
    good = good && verify_rate(s, &verify.ours, e);
    if (good)
        figure_print(&verify);
    store_close(s);
    remove_store(path);
    remove_store(bare);
    return good;
}

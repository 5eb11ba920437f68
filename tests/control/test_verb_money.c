/* The verbs of money as an operator's command line calls them: what is booked, what is
 * refused, and what bad files leave behind (nothing). */
#include "meterpost/billing/notice.h"
#include "meterpost/control/verb.h"
#include "meterpost/store/job.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/list.h"
#include "meterpost/store/registry.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW 1795255200 /* 2026-11-21 10:00 UTC */

static char folder[] = "/tmp/meterpost-vmoney-XXXXXX";
static struct conf settings = {.decimals = 2,
                               .utility = {.country_code = "254", .currency = "KES"}};
static struct desk desk;
static struct err e;

static const char columns[] =
    "payments: bank-csv\nname: Bank\nchannel: bank\ncurrency: KES\ncolumns:\n"
    "  separator: \",\"\n  time: \"%d/%m/%Y\"\n  date: Date\n  amount: Credit\n"
    "  receipt: Reference\n  payer: Payer\n  account: Account\n";

#define HEAD "Date,Reference,Payer,Account,Credit\n"

static void
set_up(void)
{
    struct problems p = {0};
    struct account a = {
        .account = "1042", .name = "Asha", .language = "en", .opened_at = 1};
    char path[64];
    int64_t id;

    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/m.db", folder);
    desk.now = NOW;
    desk.conf = &settings;
    desk.notices = notices_load_text("bank.yaml", columns, &p);
    cr_assert_not_null(desk.notices, "%s", p.count > 0 ? p.at[0].text : "");
    cr_assert(store_open(path, STORE_WRITE, &desk.store, &e), "%s", e.text);
    cr_assert(store_begin(desk.store, &e) && account_add(desk.store, &a, &id, &e) &&
                  store_commit(desk.store, &e),
              "%s", e.text);
}

static void
tear_down(void)
{
    char command[100];

    notices_free(desk.notices);
    store_close(desk.store);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(verb_money, .init = set_up, .fini = tear_down);

/* The answer, or NULL with the reason in e. */
static json_t *
answer_to(const char *verb, json_t *arguments)
{
    json_t *out = json_object();

    if (!control_run(&desk, verb, "amina", arguments, out, &e)) {
        json_decref(out);
        out = NULL;
    }
    json_decref(arguments);
    return out;
}

static size_t
rows_of(const char *list)
{
    json_t *rows = list_array(desk.store, list, &(struct list_filter){.limit = 100}, 2, &e);
    size_t n = json_array_size(rows);

    cr_assert_not_null(rows, "%s", e.text);
    json_decref(rows);
    return n;
}

static json_t *
import(const char *text)
{
    return answer_to("pay.import", json_pack("{s:s, s:s}", "file", "f.csv", "text", text));
}

/* The first problem that an import answers, "" for none. */
static const char *
problem_of(const json_t *answer)
{
    const json_t *one = json_array_get(json_object_get(answer, "problems"), 0);

    return one == NULL ? "" : json_string_value(json_object_get(one, "text"));
}

Test(verb_money, bad_amounts_are_refused_with_a_sentence_and_nothing_is_booked)
{
    static const char *const amounts[] = {
        "12.345", "-5.00", "0",    "99999999999999999999", "9223372036854775808", "1e3", "",
        "KES",    "1,5",   "0x10",
    };

    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
        json_t *answer =
            answer_to("pay.add", json_pack("{s:s, s:s, s:s}", "account", "1042", "amount",
                                           amounts[i], "channel", "bank"));

        cr_expect_null(answer, "%s was taken", amounts[i]);
        cr_expect_eq(e.kind, FAIL_REJECT, "%s", amounts[i]);
        cr_expect_gt(strlen(e.text), 5, "%s", amounts[i]);
        json_decref(answer);
    }
    cr_expect_eq(rows_of("payments"), 0);
}

Test(verb_money, an_unknown_account_is_named)
{
    json_t *answer = answer_to("pay.add", json_pack("{s:s, s:s, s:s}", "account", "777",
                                                    "amount", "5.00", "channel", "bank"));

    cr_expect_null(answer);
    cr_expect_not_null(strstr(e.text, "777"), "%s", e.text);
    cr_expect_eq(rows_of("payments"), 0);
}

Test(verb_money, a_bad_line_refuses_its_whole_file)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"20/11/2026,F2,P,1042,12.345\n", "Credit"},
        {"20/11/2026,F2,P,1042,99999999999999999999\n", "Credit"},
        {"31/02/2026,F2,P,1042,5.00\n", "31/02/2026"},
        {"20/11/2026,F2,P,1042,=1+1\n", "is no amount"},
        {"20/11/2026,F2,P\n", ""},
        {"20/11/2026,F2,\"P,1042,5.00\n", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[200];
        json_t *answer;

        snprintf(text, sizeof(text), HEAD "20/11/2026,F1,P,1042,5.00\n%s", cases[i].line);
        answer = import(text);
        cr_assert_not_null(answer, "%s: %s", cases[i].line, e.text);
        cr_expect_gt(strlen(problem_of(answer)), 5, "%s was taken", cases[i].line);
        cr_expect_not_null(strstr(problem_of(answer), cases[i].want), "%s: %s",
                           cases[i].line, problem_of(answer));
        json_decref(answer);
        cr_expect_eq(rows_of("payments"), 0, "%s", cases[i].line);
    }
}

Test(verb_money, a_formula_in_a_cell_is_text_and_never_computed)
{
    json_t *answer = import(HEAD "20/11/2026,F1,=HYPERLINK(\"\"x\"\"),1042,5.00\n");

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

Test(verb_money, a_large_file_is_a_job_that_books_each_receipt_once)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    struct job job;
    bool found;
    int slices = 0;

    fputs(HEAD, to);
    for (int i = 0; i < 1500; i++)
        fprintf(to, "20/11/2026,F%d,P,%s,5.00\n", i, i % 3 == 0 ? "nobody" : "1042");
    fclose(to);
    for (int twice = 0; twice < 2; twice++) {
        json_t *answer = import(text), *result;

        cr_assert_not_null(answer, "%s", e.text);
        cr_assert(job_get(desk.store, json_integer_value(json_object_get(answer, "job")),
                          &job, &found, &e) &&
                  found);
        json_decref(answer);
        for (; job.state == JOB_RUNNING; slices++)
            cr_assert(control_job_slice(&desk, &job, 5, &e), "%s", e.text);
        cr_expect_eq(job.state, JOB_DONE, "%s", job.error);
        result = json_loads(job.result, 0, NULL);
        cr_expect_eq(json_integer_value(json_object_get(result, "matched")),
                     twice == 0 ? 1000 : 0, "%s", job.result);
        cr_expect_eq(json_integer_value(json_object_get(result, "existing")),
                     twice == 0 ? 0 : 1500, "%s", job.result);
        json_decref(result);
    }
    free(text);
    cr_expect_gt(slices, 2);
}

Test(verb_money, an_account_becomes_prepaid_and_pays_by_bills_again)
{
    json_t *answer =
        answer_to("prepaid.set", json_pack("{s:s, s:s, s:s}", "account", "1042", "limit",
                                           "200", "warn", "50.00"));

    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "left")), "200.00");
    cr_expect_str_eq(json_string_value(json_object_get(answer, "level")), "ok");
    json_decref(answer);
    cr_expect_eq(rows_of("prepaid"), 1);
    answer =
        answer_to("prepaid.set", json_pack("{s:s, s:s}", "account", "1042", "limit", "-1"));
    cr_expect_null(answer);
    answer = answer_to("prepaid.end", json_pack("{s:s}", "account", "1042"));
    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
    cr_expect_eq(rows_of("prepaid"), 0);
    cr_expect_null(answer_to("prepaid.end", json_pack("{s:s}", "account", "1042")));
}

Test(verb_money, a_till_an_agent_a_deposit_and_a_fee_move_the_books_and_leave_them_even)
{
    static const struct {
        const char *verb, *arguments;
    } steps[] = {
        {"cash.open", "{\"till\":\"north\",\"float\":\"100.00\"}"},
        {"pay.add",
         "{\"account\":\"1042\",\"amount\":\"50.00\",\"channel\":\"cash:north\"}"},
        {"cash.count", "{\"till\":\"north\",\"amount\":\"149.00\"}"},
        {"cash.close", "{\"till\":\"north\"}"},
        {"agent.set", "{\"agent\":\"amina\",\"ceiling\":\"60\",\"commission\":\"1.5\"}"},
        {"pay.add",
         "{\"account\":\"1042\",\"amount\":\"40.00\",\"channel\":\"agent:amina\"}"},
        {"agent.handover", "{\"agent\":\"amina\",\"amount\":\"40.00\"}"},
        {"deposit.add", "{\"account\":\"1042\",\"amount\":\"30.00\"}"},
        {"fee.add", "{\"account\":\"1042\",\"amount\":\"95.00\",\"reason\":\"trip\"}"},
        {"deposit.use", "{\"account\":\"1042\"}"},
        {"ledger.writeoff", "{\"account\":\"1042\",\"reason\":\"gone\"}"},
    };
    int64_t entries;

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        json_t *answer = answer_to(steps[i].verb, json_loads(steps[i].arguments, 0, NULL));

        /* 95 of fee, 90 paid, 5 of the deposit: nothing is left to give up */
        if (strcmp(steps[i].verb, "ledger.writeoff") == 0)
            cr_expect_null(answer, "nothing is owed");
        else
            cr_expect_not_null(answer, "%s: %s", steps[i].verb, e.text);
        json_decref(answer);
    }
    cr_expect(ledger_verify(desk.store, &entries, &e), "%s", e.text);
    cr_expect_gt(entries, 5);
}

Test(verb_money, more_than_an_agent_may_hold_is_refused)
{
    json_decref(
        answer_to("agent.set", json_pack("{s:s, s:s}", "agent", "amina", "ceiling", "60")));
    cr_expect_null(
        answer_to("pay.add", json_pack("{s:s, s:s, s:s}", "account", "1042", "amount",
                                       "60.01", "channel", "agent:amina")));
    cr_expect_not_null(strstr(e.text, "amina"), "%s", e.text);
    cr_expect_eq(rows_of("payments"), 0);
}

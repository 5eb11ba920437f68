#include "billing/town.h"

#include "meterpost/billing/ledger.h"
#include "meterpost/billing/statement.h"

static void
statement_make(void)
{
    town_make();
    strcpy(conf.utility.country_code, "254");
    b.now = at("2026-11-30T12:00");
}

TestSuite(statement, .init = statement_make, .fini = town_remove);

#define MT940                                                                              \
    "{1:F01KCBLKENXAXXX0000000000}{2:I940X}{4:\r\n:20:ST20261102\r\n:25:1101234567\r\n"    \
    ":28C:211/1\r\n:60F:C261101KES1000,\r\n"                                               \
    ":61:2611021102C1500,50NTRFNONREF//FT1\r\n:86:Jane W ACC 10234-7\r\n"                  \
    ":61:261102D200,00NCHGNONREF//FT2\r\n:86:fee\r\n"                                      \
    ":61:261102CR300,NTRF2026-000017//FT3\r\n:86:/REMI/electricity\r\n and water\r\n"      \
    ":62F:C261102KES2600,50\r\n-}\r\n"

static const char camt[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>\n"
    "<Stmt><Id>S-1</Id><Acct><Id><IBAN>KE001</IBAN></Id></Acct>\n"
    "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"KES\">1000.00</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-02</Dt></Dt></Bal>\n"
    "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"KES\">2600.50</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-02</Dt></Dt></Bal>\n"
    "<Ntry><Amt Ccy=\"KES\">1500.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
    "<BookgDt><Dt>2026-11-02</Dt></BookgDt><AcctSvcrRef>FT1</AcctSvcrRef><NtryDtls><TxDtls>"
    "<RltdPties><Dbtr><Nm>Jane W</Nm></Dbtr></RltdPties><RmtInf><Ustrd>ACC 10234-7</Ustrd>"
    "</RmtInf></TxDtls></NtryDtls></Ntry>\n"
    "<Ntry><Amt Ccy=\"KES\">200.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>"
    "<BookgDt><Dt>2026-11-02</Dt></BookgDt><AcctSvcrRef>FT2</AcctSvcrRef></Ntry>\n"
    "<Ntry><Amt Ccy=\"KES\">300.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
    "<BookgDt><Dt>2026-11-02</Dt></BookgDt><NtryDtls>"
    "<TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy=\"KES\">100.00</Amt>"
    "<RmtInf><Ustrd>9</Ustrd></RmtInf></TxDtls>"
    "<TxDtls><Refs><EndToEndId>E2</EndToEndId></Refs><Amt Ccy=\"KES\">200.00</Amt>"
    "<RmtInf><Ustrd>102347</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    "<Ntry><Amt Ccy=\"KES\">77.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>"
    "</Ntry>\n"
    "</Stmt></BkToCstmrStmt></Document>\n";

static const struct notice_columns columns = {.name = "bank",
                                              .channel = "bank",
                                              .separator = ';',
                                              .decimal = ",",
                                              .time = "%d.%m.%Y",
                                              .date = "Date",
                                              .amount = "Credit",
                                              .paid_out = "Debit",
                                              .receipt = "Ref",
                                              .payer = "Name",
                                              .claim = "Text"};

static const char csv[] = "Some Bank\nAccount 110\n\nDate;Ref;Name;Text;Debit;Credit\n"
                          "02.11.2026;FT1;Jane W;ACC 10234-7;;1.500,50\n"
                          "02.11.2026;FT2;Bank;fee;200,00;\n"
                          "03.11.2026;FT3;Old \"John\" K;9;;300\n";

static bool
read_text(const char *text, struct statements *out, struct problems *p)
{
    switch (statement_form_of(text)) {
    case STATEMENT_MT940: return statement_read_mt940("f", text, 2, out, p);
    case STATEMENT_CAMT053: return statement_read_camt("f", text, 2, out, p);
    case STATEMENT_CSV: return statement_read_csv("f", text, 2, &columns, out, p);
    }
    return false;
}

static struct statement_booked
book(const char *text, bool gap, bool *good, struct problems *p)
{
    struct statement_order order = {
        .file = "f", .channel = "bank", .actor = "test", .accept_gap = gap};
    struct statement_booked booked = {0};
    struct statements list = {0};
    size_t at = 0;

    *good = read_text(text, &list, p) &&
            statements_book_check(s, &conf, &order, &list, p, &e) &&
            statements_book_some(s, &conf, &order, &list, b.now, 0, &at, &booked, &e);
    statements_free(&list);
    return booked;
}

static struct statement_booked
book_well(const char *text)
{
    struct problems p = {0};
    bool good;
    struct statement_booked booked = book(text, false, &good, &p);

    cr_assert(good, "%s", p.count > 0 ? p.at[0].text : e.text);
    return booked;
}

Test(statement, mt940_is_read_matched_and_booked_once)
{
    int64_t account = add_account("10234-7", "power");
    struct statement_booked booked = book_well(MT940);

    cr_expect_eq(booked.entries, 3);
    cr_expect_eq(booked.matched, 1);
    cr_expect_eq(booked.suspense, 1, "its bill number is not ours");
    cr_expect_eq(booked.out, 1);
    cr_expect_eq(booked.total.minor, 180050);
    cr_expect_eq(balance_of(account), -150050);
    booked = book_well(MT940);
    cr_expect_eq(booked.existing, 2);
    cr_expect_eq(booked.total.minor, 0);
    cr_expect_eq(balance_of(account), -150050);
    expect_ledger_agrees();
}

/* The reason is a sentence: nothing of it is left over from elsewhere. */
static void
expect_refused(const char *text, const char *why)
{
    struct statements list = {0};
    struct problems p = {0};

    memset(&e, 'x', sizeof(e));
    cr_expect_not(read_text(text, &list, &p), "%.60s", text);
    cr_assert_gt(p.count, 0);
    cr_expect_not_null(strstr(p.at[0].text, why), "got %.200s, want %s", p.at[0].text, why);
    problems_free(&p);
    statements_free(&list);
}

Test(statement, a_hostile_file_is_refused_with_a_reason)
{
    static char many[16 * (STATEMENTS_MAX + 2)], name[600] = "<";
    char *to = many;

    for (int i = 0; i < STATEMENTS_MAX + 1; i++)
        to += sprintf(to, ":20:%d\n", i);
    expect_refused(many, "too many statements");
    memset(name + 1, 'a', 500);
    memcpy(name + 501, "/>", 3);
    expect_refused(name, "too deep");
    expect_refused("<Stmt><Ntry><Amt>-5.00</Amt></Ntry></Stmt>", "below zero");
    expect_refused("<Stmt><Ntry><Amt>9999999999999999.00</Amt></Ntry></Stmt>", "too large");
    expect_refused("Date;Ref;Name;\001;Text;Debit;Credit\n"
                   "Date;Ref;Name;Text;Debit;Credit\n;;;;;\001\n02.11.2026\n",
                   "control character");
    expect_refused("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "document type");
}

Test(statement, a_reference_is_cut_where_a_character_ends)
{
    char text[400], tail[] = "\xC3\xA9\xC3\xA9\n:62F:C261102KES1,\n";
    struct statements list = {0};
    struct statement_entry x;
    struct problems p = {0};

    snprintf(text, sizeof(text),
             ":20:A\n:60F:C261102KES0,\n:61:261102C1,NTRFNONREF//%063d%s", 1, tail);
    cr_assert(read_text(text, &list, &p), "%s", p.count > 0 ? p.at[0].text : "");
    statements_entry(&list, 0, &x);
    cr_expect_eq(strlen(x.receipt), 63, "%s", x.receipt);
    problems_free(&p);
    statements_free(&list);
}

Test(statement, camt_is_read_and_a_batch_is_its_parts)
{
    int64_t account = add_account("10234-7", "power");
    struct statement_booked booked = book_well(camt);

    cr_expect_eq(booked.entries, 4);
    cr_expect_eq(booked.matched, 2);
    cr_expect_eq(booked.suspense, 1);
    cr_expect_eq(booked.out, 1);
    cr_expect_eq(balance_of(account), -170050);
    cr_expect_eq(book_well(camt).existing, 3);
    expect_ledger_agrees();
}

Test(statement, csv_is_read_by_its_columns)
{
    struct problems p = {0};
    bool good;
    int64_t account = add_account("10234-7", "power");
    struct statement_booked booked;

    book(csv, false, &good, &p);
    cr_expect_not(good, "a quote within a field");
    cr_expect_eq(p.at[0].line, 7, "got line %u: %s", p.at[0].line, p.at[0].text);
    problems_free(&p);
    booked = book_well("Some Bank\n\nDate;Ref;Name;Text;Debit;Credit\n"
                       "02.11.2026;FT1;Jane W;ACC 10234-7;;1.500,50\r\n"
                       "02.11.2026;FT2;Bank;fee;200,00;\r\n");
    cr_expect_eq(booked.matched, 1);
    cr_expect_eq(booked.out, 1);
    cr_expect_eq(balance_of(account), -150050);
}

#define TABLE "Date;Ref;Name;Text;Debit;Credit\n"
#define OTHER "02.11.2026;R1;John K;10234-7;;100\n"
#define ROW   "02.11.2026;R1;Jane W;10234-7;;100\n"

Test(statement, a_line_that_stands_twice_in_a_table_is_booked_once)
{
    static const struct {
        const char *name, *text;
        int matched, existing;
    } cases[] = {
        {"the same line", TABLE ROW ROW ROW, 1, 2},
        {"a batch", TABLE OTHER ROW OTHER ROW, 2, 2},
        {"the same receipt of another amount", TABLE ROW "02.11.2026;R1;J;10234-7;;7\n", 2,
         0},
        {"no receipts", TABLE "02.11.2026;;J;10234-7;;7\n02.11.2026;;J;10234-7;;7\n", 2, 0},
    };

    add_account("10234-7", "power");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct statement_booked booked;

        cr_assert(store_mark(s, &e));
        booked = book_well(cases[i].text);
        cr_expect_eq(booked.matched, cases[i].matched, "%s: %lld matched", cases[i].name,
                     (long long)booked.matched);
        cr_expect_eq(booked.existing, cases[i].existing, "%s: %lld before", cases[i].name,
                     (long long)booked.existing);
        cr_assert(store_undo(s, &e));
    }
}

/* The cell of the payer begins with the phone, and says nothing where it is masked. */
Test(statement, a_phone_that_a_name_stands_behind_finds_whose_it_is)
{
    static const struct {
        const char *cell;
        bool known;
    } cases[] = {
        {"254700000002 - JANE W", true}, {"+254700000002", true},    {"0700000002", true},
        {"2547******002 - JANE", false}, {"JANE 0700000002", false}, {"", false},
        {"25470000000299999999", false},
    };
    struct notice_columns with_phone = columns;
    int64_t account = add_account("8", "power");

    with_phone.phone = "Phone";
    cr_assert(phone_add(s, account, "+254700000002", ROLE_MANAGE, 1, &e), "%s", e.text);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct statement_order order = {.file = "f", .channel = "mpesa", .actor = "test"};
        struct statement_booked booked = {0};
        struct statements list = {0};
        struct problems p = {0};
        char text[200];
        size_t at = 0;

        snprintf(text, sizeof(text),
                 "Date;Ref;Name;Text;Debit;Credit;Phone\n02.11.2026;P%zu;x;;;5;%s\n", i,
                 cases[i].cell);
        cr_assert(statement_read_csv("f", text, 2, &with_phone, &list, &p), "%s",
                  p.count > 0 ? p.at[0].text : "");
        cr_assert(statements_book_some(s, &conf, &order, &list, b.now, 0, &at, &booked, &e),
                  "%s", e.text);
        cr_expect_eq(booked.matched, cases[i].known, "'%s'", cases[i].cell);
        statements_free(&list);
    }
}

Test(statement, wrong_files_are_refused_and_nothing_is_booked)
{
    static const struct {
        const char *name, *text, *want;
    } cases[] = {
        {"cut short",
         ":20:A\n:25:1\n:28C:1\n:60F:C261101KES1000,\n:61:261102C5,NTRFNONREF\n",
         "no closing balance"},
        {"an entry lost",
         ":20:A\n:25:1\n:28C:1\n:60F:C261101KES1000,\n:62F:C261102KES1005,\n",
         "closes with 1005.00"},
        {"other currency",
         ":20:A\n:25:1\n:28C:1\n:60F:C261101USD0,\n:61:261102C5,NTRFX//"
         "1\n:62F:C261102USD5,\n",
         "is in USD, not in KES"},
        {"three decimals",
         ":20:A\n:25:1\n:28C:1\n:60F:C261101KES0,\n:61:261102C5,125NTRFX\n:62F:C261102KES5,"
         "\n",
         "expected an amount"},
        {"no such day",
         ":20:A\n:25:1\n:28C:1\n:60F:C261101KES0,\n:61:261332C5,NTRFX\n:62F:C261102KES5,\n",
         "expected a day"},
        {"beyond 64 bits",
         ":20:A\n:25:1\n:28C:1\n:60F:C261101KES0,\n:61:261102C99999999999999999999,NTRFX\n"
         ":62F:C261102KES5,\n",
         "expected an amount"},
        {"xml cut short", "<?xml version=\"1.0\"?><Document><BkToCstmrStmt><Stmt><Id>S",
         "no element"},
        {"xml with entities",
         "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><Document>&b;</Document>",
         "no document type"},
        {"xml of something else", "<?xml version=\"1.0\"?><html></html>",
         "there is no statement"},
        {"csv without columns", "a,b\n1,2\n", "no line has the columns"},
        {"csv with a formula",
         "Date;Ref;Name;Text;Debit;Credit\n02.11.2026;F;=HYPERLINK(1);9;;5\n", "a formula"},
        {"csv with an amount that is none",
         "Date;Ref;Name;Text;Debit;Credit\n02.11.2026;F;x;9;;=1+1\n", "is no amount"},
        {"csv with the other decimal sign",
         "Date;Ref;Name;Text;Debit;Credit\n02.11.2026;F;x;9;;1500.50\n",
         "with the decimal sign ','"},
        {"csv with thousands that are none",
         "Date;Ref;Name;Text;Debit;Credit\n02.11.2026;F;x;9;;12.50\n", "is no amount"},
        {"csv beyond 64 bits",
         "Date;Ref;Name;Text;Debit;Credit\n02.11.2026;F;x;9;;99999999999999999999\n",
         "too large"},
        {"csv with a wrong day", "Date;Ref;Name;Text;Debit;Credit\n2026-11-02;F;x;9;;5\n",
         "is no time of the form"},
        {"csv with three decimals",
         "Date;Ref;Name;Text;Debit;Credit\n02.11.2026;F;x;9;;5,125\n", "decimals"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};
        bool good, told = false;

        cr_assert(store_mark(s, &e));
        book(cases[i].text, false, &good, &p);
        cr_assert(store_undo(s, &e));
        cr_expect_not(good, "%s", cases[i].name);
        for (size_t k = 0; k < p.count; k++)
            told = told || strstr(p.at[k].text, cases[i].want) != NULL;
        cr_expect(told, "%s: got %s", cases[i].name,
                  p.count > 0 ? p.at[0].text : "nothing");
        problems_free(&p);
    }
}

Test(statement, every_cut_of_a_file_is_refused_or_harmless)
{
    static const char *const texts[] = {MT940, camt};

    for (size_t t = 0; t < 2; t++) {
        for (size_t n = 0; n < strlen(texts[t]); n += 7) {
            char *cut = strndup(texts[t], n);
            struct problems p = {0};
            struct statements list = {0};

            if (read_text(cut, &list, &p))
                cr_expect(list.list[0].has_closing, "text %zu cut at %zu", t, n);
            else
                cr_expect(p.count > 0, "text %zu cut at %zu: no reason", t, n);
            statements_free(&list);
            problems_free(&p);
            free(cut);
        }
    }
}

Test(statement, a_missing_statement_is_noticed)
{
    static const char next[] = ":20:B\n:25:1101234567\n:28C:213/1\n:60F:C261105KES9000,\n"
                               ":62F:C261105KES9000,\n";
    struct problems p = {0};
    bool good;

    book_well(MT940);
    book(next, false, &good, &p);
    cr_expect_not(good);
    cr_assert(p.count > 0);
    cr_expect_not_null(strstr(p.at[0].text, "is one missing between them"), "%s",
                       p.at[0].text);
    problems_free(&p);
    book(next, true, &good, &p);
    cr_expect(good);
}

#define SIMPLE(id, day, from, sign, sum, to)                                               \
    ":20:A\n:25:0110\n:28C:" id "\n:60F:C2611" day "KES" from "\n:61:2611" day sign sum    \
    ",NTRFNONREF\n:86:gift\n:62F:C2611" day "KES" to "\n"

Test(statement, one_that_comes_late_fits_between_its_neighbours)
{
    struct problems p = {0};
    bool good;

    book_well(SIMPLE("1", "01", "0,", "C", "5", "5,"));
    book(SIMPLE("3", "09", "10,", "C", "5", "15,"), true, &good, &p);
    cr_assert(good, "before it comes one that is not here yet");
    book(SIMPLE("2", "03", "7,", "C", "5", "12,"), false, &good, &p);
    cr_expect_not(good, "it begins elsewhere");
    book(SIMPLE("2", "03", "5,", "C", "6", "11,"), false, &good, &p);
    cr_expect_not(good, "it ends elsewhere");
    problems_free(&p);
    book(SIMPLE("2", "03", "5,", "C", "5", "10,"), false, &good, &p);
    cr_expect(good, "%s", p.count > 0 ? p.at[0].text : e.text);
    problems_free(&p);
}

Test(statement, the_same_sum_on_two_statements_of_a_day_is_paid_twice)
{
    cr_expect_eq(book_well(SIMPLE("1", "01", "0,", "C", "5", "5,")).suspense, 1);
    cr_expect_eq(book_well(SIMPLE("2", "01", "5,", "C", "5", "10,")).suspense, 1);
    cr_expect_eq(book_well(SIMPLE("2", "01", "5,", "C", "5", "10,")).existing, 1);
}

Test(statement, a_reversed_payment_opens_what_it_had_closed)
{
    int64_t account = add_account("1", "power"), other = add_account("2", "power");
    struct payment_new new = {.account_id = account,
                              .amount = {100000},
                              .channel = "cheque",
                              .reference = "C1",
                              .actor = "t"};
    struct payment_change change = {.reason = "bounced", .actor = "t", .account_id = other};
    struct payment_posted posted;
    struct item items[4];
    struct account a;
    int n;

    cr_assert(account_by_id(s, account, &a, &found, &e) && found);
    cr_assert(ledger_post_opening(s, &a, (struct money){70000}, b.now, &e));
    cr_assert(payment_post(s, &new, b.now, &posted, &e), "%s", e.text);
    cr_assert(items_open(s, account, false, items, 4, &n, &e));
    cr_expect_eq(n, 0);
    cr_expect_eq(balance_of(account), -30000, "what is over stays as credit");
    change.payment_id = posted.payment.id;
    cr_assert(payment_assign(s, &change, b.now, &e), "%s", e.text);
    cr_expect_eq(balance_of(account), 70000);
    cr_expect_eq(balance_of(other), -100000);
    cr_assert(payment_reverse(s, &change, b.now, &e), "%s", e.text);
    cr_expect_eq(balance_of(other), 0);
    cr_assert(items_open(s, account, false, items, 4, &n, &e));
    cr_expect_eq(n, 1);
    cr_expect_not(payment_reverse(s, &change, b.now, &e), "once");
    cr_expect_not(payment_assign(s, &change, b.now, &e), "the money is gone");
    expect_ledger_agrees();
}

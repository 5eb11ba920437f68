/*
 * statement_camt.c - ISO 20022 camt.053, read as a stream by Expat, the one XML library
 * here: it needs no tree, so a long statement takes no memory, and what XML offers and
 * statements do not need (document types, entities) is refused where it begins.
 */
#include "meterpost/base/text.h"
#include "meterpost/billing/statement.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX  40
#define PATH_BYTES 400 /* bytes of the names of the open elements */
#define VALUE_MAX  400

struct detail { /* a TxDtls, or the entry itself */
    bool has_amount;
    struct money amount;
    char payer[PERSON_MAX], claim[PAYMENT_CLAIM_MAX], receipt[PAYMENT_REFERENCE_MAX];
};

struct reader {
    XML_Parser xml;
    const char *file;
    int decimals;
    struct statements *out;
    struct problems *p;
    char path[PATH_BYTES]; /* "/Document/BkToCstmrStmt/Stmt/Ntry" */
    size_t ends[DEPTH_MAX];
    int depth;
    char value[VALUE_MAX], currency[4];
    size_t used;
    /* of the open balance or entry */
    char balance[8];
    struct money amount;
    bool debit, pending, bad;
    utc_t booked, valued;
    struct detail entry, part;
    struct detail parts[64];
    int n_parts;
};

static void
fault(struct reader *r, const char *why)
{
    problems_add(r->p, r->file, (unsigned)XML_GetCurrentLineNumber(r->xml),
                 (unsigned)XML_GetCurrentColumnNumber(r->xml) + 1, "%s", why);
    r->bad = true;
    XML_StopParser(r->xml, XML_FALSE);
}

static bool
ends_with(const struct reader *r, const char *tail)
{
    size_t n = strlen(r->path), m = strlen(tail);

    return n >= m && strcmp(r->path + n - m, tail) == 0;
}

static struct statement *
current(struct reader *r)
{
    return r->out->count == 0 ? NULL : &r->out->list[r->out->count - 1];
}

/* ---- what an element means when it ends, by the end of its path ---- */

static bool
read_amount(struct reader *r, struct money *out)
{
    struct err e;

    if (!decimal_parse(r->value, r->decimals, &out->minor, &e)) {
        fault(r, e.text);
        return false;
    }
    if (out->minor >= 0 && out->minor <= MONEY_LIMIT)
        return true;
    fault(r, "an amount below zero, or too large");
    return false;
}

static void
on_currency(struct reader *r)
{
    struct statement *s = current(r);

    if (s != NULL && s->currency[0] == '\0')
        snprintf(s->currency, sizeof(s->currency), "%.3s", r->currency);
    else if (s != NULL && strcmp(s->currency, r->currency) != 0)
        fault(r, "an amount in another currency");
}

static void
take_amount(struct reader *r)
{
    if (read_amount(r, &r->amount))
        on_currency(r);
}

static void
take_part_amount(struct reader *r)
{
    r->part.has_amount = read_amount(r, &r->part.amount);
}

static void
take_sign(struct reader *r)
{
    r->debit = strcmp(r->value, "DBIT") == 0;
}

static void
take_status(struct reader *r)
{
    if (r->value[0] != '\0') /* the code may have an element of its own within */
        r->pending = strcmp(r->value, "PDNG") == 0 || strcmp(r->value, "INFO") == 0;
}

static void
take_day(struct reader *r, utc_t *out)
{
    char day[12];
    struct err e;

    snprintf(day, sizeof(day), "%.10s", r->value);
    if (!clock_parse(day, out, &e))
        fault(r, e.text);
}

static void
take_booked(struct reader *r)
{
    take_day(r, &r->booked);
}

static void
take_valued(struct reader *r)
{
    take_day(r, &r->valued);
}

static void
take_code(struct reader *r)
{
    snprintf(r->balance, sizeof(r->balance), "%.7s", r->value);
}

static void
take_bank_ref(struct reader *r)
{
    text_clip(r->entry.receipt, sizeof(r->entry.receipt), r->value);
}

static void
take_part_ref(struct reader *r)
{
    if (r->part.receipt[0] == '\0' && strcmp(r->value, "NOTPROVIDED") != 0)
        text_clip(r->part.receipt, sizeof(r->part.receipt), r->value);
}

static void
take_payer(struct reader *r)
{
    text_clip(r->part.payer, sizeof(r->part.payer), r->value);
}

static void
take_claim(struct reader *r)
{
    size_t n = strlen(r->part.claim);

    text_clip(r->part.claim + n, sizeof(r->part.claim) - n, n > 0 ? " " : "");
    n = strlen(r->part.claim);
    text_clip(r->part.claim + n, sizeof(r->part.claim) - n, r->value);
}

static void
take_info(struct reader *r)
{
    if (r->entry.claim[0] == '\0')
        text_clip(r->entry.claim, sizeof(r->entry.claim), r->value);
}

static void
take_statement_id(struct reader *r)
{
    if (current(r) != NULL)
        text_clip(current(r)->id, STATEMENT_ID_MAX, r->value);
}

static void
take_account(struct reader *r)
{
    if (current(r) != NULL)
        text_clip(current(r)->account, STATEMENT_ID_MAX, r->value);
}

static void
end_part(struct reader *r)
{
    if (r->n_parts == (int)(sizeof(r->parts) / sizeof(r->parts[0])))
        r->n_parts = -1; /* too many: the entry is booked as one */
    else if (r->n_parts >= 0)
        r->parts[r->n_parts++] = r->part;
}

static void
end_balance(struct reader *r)
{
    struct statement *s = current(r);
    struct money m = {r->debit ? -r->amount.minor : r->amount.minor};

    if (s == NULL)
        return;
    if (strcmp(r->balance, "OPBD") == 0 || strcmp(r->balance, "PRCD") == 0) {
        s->opening = m;
        s->has_opening = true;
    } else if (strcmp(r->balance, "CLBD") == 0) {
        s->closing = m;
        s->has_closing = true;
        s->closed_on = r->booked;
    }
}

static void
add_entry(struct reader *r, const struct detail *d, struct money amount)
{
    bool whole = r->entry.receipt[0] != '\0' && r->n_parts < 2;
    struct statement_entry x = {
        .line = (unsigned)XML_GetCurrentLineNumber(r->xml),
        /* the sign is that of the booking itself, also where it takes another one back */
        .amount = {r->debit ? -amount.minor : amount.minor},
        .on = r->valued != 0 ? r->valued : r->booked};

    text_copy(x.payer, sizeof(x.payer), d->payer);
    text_copy(x.claim, sizeof(x.claim), d->claim[0] != '\0' ? d->claim : r->entry.claim);
    text_copy(x.receipt, sizeof(x.receipt), whole ? r->entry.receipt : d->receipt);
    if (!statements_add(r->out, &x))
        fault(r, "too many entries");
}

/* A batch is its parts where each has an amount and they come to the whole. */
static void
end_entry(struct reader *r)
{
    int64_t sum = 0;

    if (r->pending)
        return;
    for (int i = 0; i < r->n_parts; i++)
        sum += r->parts[i].has_amount ? r->parts[i].amount.minor : 0;
    if (r->n_parts < 2 || sum != r->amount.minor) {
        if (r->n_parts != 1)
            r->n_parts = 0;
        add_entry(r, r->n_parts == 1 ? &r->parts[0] : &r->entry, r->amount);
        return;
    }
    for (int i = 0; i < r->n_parts && !r->bad; i++)
        add_entry(r, &r->parts[i], r->parts[i].amount);
}

static const struct meaning {
    const char *tail;
    void (*take)(struct reader *r);
} meanings[] = {
    {"/Stmt/Id", take_statement_id},
    {"/Stmt/Acct/Id/IBAN", take_account},
    {"/Stmt/Acct/Id/Othr/Id", take_account},
    {"/Stmt/Bal/Tp/CdOrPrtry/Cd", take_code},
    {"/Stmt/Bal/Amt", take_amount},
    {"/Stmt/Bal/CdtDbtInd", take_sign},
    {"/Stmt/Bal/Dt/Dt", take_booked},
    {"/Stmt/Bal/Dt/DtTm", take_booked},
    {"/Stmt/Bal", end_balance},
    {"/Stmt/Ntry/Amt", take_amount},
    {"/Stmt/Ntry/CdtDbtInd", take_sign},
    {"/Stmt/Ntry/Sts", take_status},
    {"/Stmt/Ntry/Sts/Cd", take_status},
    {"/Stmt/Ntry/BookgDt/Dt", take_booked},
    {"/Stmt/Ntry/BookgDt/DtTm", take_booked},
    {"/Stmt/Ntry/ValDt/Dt", take_valued},
    {"/Stmt/Ntry/ValDt/DtTm", take_valued},
    {"/Stmt/Ntry/AcctSvcrRef", take_bank_ref},
    {"/Stmt/Ntry/AddtlNtryInf", take_info},
    {"/TxDtls/Amt", take_part_amount},
    {"/TxDtls/AmtDtls/TxAmt/Amt", take_part_amount},
    {"/TxDtls/Refs/AcctSvcrRef", take_part_ref},
    {"/TxDtls/Refs/EndToEndId", take_part_ref},
    {"/TxDtls/RltdPties/Dbtr/Nm", take_payer},
    {"/TxDtls/RltdPties/Dbtr/Pty/Nm", take_payer},
    {"/TxDtls/RmtInf/Ustrd", take_claim},
    {"/TxDtls/RmtInf/Strd/CdtrRefInf/Ref", take_claim},
    {"/NtryDtls/TxDtls", end_part},
    {"/Stmt/Ntry", end_entry},
};

/* ---- the stream ---- */

/* Names may have a prefix: "ns:Stmt". */
static const char *
local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon == NULL ? name : colon + 1;
}

static void
start_things(struct reader *r)
{
    if (ends_with(r, "/BkToCstmrStmt/Stmt") &&
        statements_open(r->out, (unsigned)XML_GetCurrentLineNumber(r->xml)) == NULL)
        fault(r, "too many statements");
    if (ends_with(r, "/Stmt/Bal") || ends_with(r, "/Stmt/Ntry")) {
        r->amount.minor = 0;
        r->debit = r->pending = false;
        r->booked = r->valued = 0;
        r->balance[0] = '\0';
        r->entry = (struct detail){0};
        r->n_parts = 0;
    }
    if (ends_with(r, "/NtryDtls/TxDtls"))
        r->part = (struct detail){0};
}

static void XMLCALL
on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *r = context;
    size_t n = strlen(r->path);

    if (r->depth == DEPTH_MAX || n + strlen(name) + 2 > sizeof(r->path)) {
        fault(r, "elements too deep in each other");
        return;
    }
    r->ends[r->depth++] = n;
    snprintf(r->path + n, sizeof(r->path) - n, "/%s", local_name(name));
    r->used = 0;
    r->value[0] = '\0';
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(attributes[i], "Ccy") == 0)
            snprintf(r->currency, sizeof(r->currency), "%.3s", attributes[i + 1]);
    }
    start_things(r);
}

static void XMLCALL
on_text(void *context, const XML_Char *text, int length)
{
    struct reader *r = context;
    size_t n = (size_t)length, room = sizeof(r->value) - 1 - r->used;

    n = n > room ? room : n;
    memcpy(r->value + r->used, text, n);
    r->used += n;
    r->value[r->used] = '\0';
}

static void
trim_value(struct reader *r)
{
    size_t skip = strspn(r->value, " \t\r\n"), n;

    memmove(r->value, r->value + skip, strlen(r->value + skip) + 1);
    for (n = strlen(r->value); n > 0 && strchr(" \t\r\n", r->value[n - 1]) != NULL; n--)
        r->value[n - 1] = '\0';
}

static void XMLCALL
on_end(void *context, const XML_Char *name)
{
    struct reader *r = context;

    (void)name;
    if (r->bad) /* an empty element ends also where its start was a fault */
        return;
    trim_value(r);
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]) && !r->bad; i++) {
        if (ends_with(r, meanings[i].tail)) {
            meanings[i].take(r);
            break;
        }
    }
    r->path[r->ends[--r->depth]] = '\0';
    r->used = 0;
    r->value[0] = '\0';
}

static void XMLCALL
on_doctype(void *context, const XML_Char *name, const XML_Char *system,
           const XML_Char *public, int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    fault(context, "a statement has no document type");
}

static bool
parse(struct reader *r, const char *text)
{
    size_t n = strlen(text), chunk;

    XML_SetUserData(r->xml, r);
    XML_SetElementHandler(r->xml, on_start, on_end);
    XML_SetCharacterDataHandler(r->xml, on_text);
    XML_SetStartDoctypeDeclHandler(r->xml, on_doctype);
    do {
        chunk = n > 1 << 20 ? 1 << 20 : n;
        if (XML_Parse(r->xml, text, (int)chunk, chunk == n) == XML_STATUS_ERROR) {
            if (!r->bad)
                fault(r, XML_ErrorString(XML_GetErrorCode(r->xml)));
            return false;
        }
        text += chunk;
        n -= chunk;
    } while (n > 0);
    return true;
}

bool
statement_read_camt(const char *file, const char *text, int decimals,
                    struct statements *out, struct problems *p)
{
    struct reader *r = calloc(1, sizeof(*r));
    bool good;

    if (r == NULL || (r->xml = XML_ParserCreate("UTF-8")) == NULL) {
        free(r);
        return problems_add(p, file, 0, 0, "out of memory");
    }
    r->file = file;
    r->decimals = decimals;
    r->out = out;
    r->p = p;
    good = parse(r, text);
    XML_ParserFree(r->xml);
    free(r);
    return good && statements_check(file, decimals, out, p);
}

/* statement_csv.c - a statement as comma-separated values, by the names of its columns. */
#include "meterpost/base/csv.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/statement.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { DATE, AMOUNT, PAID_OUT, RECEIPT, PAYER, PHONE, CLAIM, STATUS, FIELDS };

struct reader {
    const char *file;
    int decimals;
    const struct notice_columns *c;
    const char *names[FIELDS];
    size_t at[FIELDS]; /* SIZE_MAX: the file has none */
    struct statements *out;
    struct problems *p;
    const struct csv_row *row;
};

static bool
fault(struct reader *r, int field, const char *why)
{
    const struct csv_field *f = &r->row->at[r->at[field]];

    return problems_add(r->p, r->file, f->line, f->column, "%s: %s", r->names[field], why);
}

static const char *
text_of(const struct reader *r, int field)
{
    return r->at[field] == SIZE_MAX ? "" : r->row->at[r->at[field]].text;
}

/* Lines above the columns are a letter head: skipped by counting. */
static const char *
find_header(const struct notice_columns *c, const char *text, unsigned *skipped)
{
    *skipped = 0;
    for (const char *at = text; *at != '\0'; (*skipped)++) {
        size_t n = strcspn(at, "\n");
        char line[2000];

        snprintf(line, sizeof(line), "%.*s", (int)(n < sizeof(line) ? n : sizeof(line) - 1),
                 at);
        if (strcasestr(line, c->date) != NULL && strcasestr(line, c->amount) != NULL)
            return at;
        at += n + (at[n] == '\n');
    }
    return NULL;
}

/* Banks change capitals and put spaces around names from one export to the next. */
static bool
is_name(const char *cell, const char *name)
{
    size_t n = strlen(name);

    cell += strspn(cell, " \t");
    return strncasecmp(cell, name, n) == 0 && cell[n + strspn(cell + n, " \t")] == '\0';
}

static bool
read_header(struct reader *r)
{
    size_t before = problems_total(r->p);

    for (int i = 0; i < FIELDS; i++) {
        r->at[i] = SIZE_MAX;
        for (size_t k = 0; r->names[i] != NULL && k < r->row->count; k++) {
            if (is_name(r->row->at[k].text, r->names[i]))
                r->at[i] = k;
        }
        if (r->names[i] != NULL && r->at[i] == SIZE_MAX)
            problems_add(r->p, r->file, r->row->at[0].line, 1, "the column '%s' is missing",
                         r->names[i]);
    }
    return problems_total(r->p) == before;
}

/* A cell that a spreadsheet would run. */
static bool
is_formula(const char *text)
{
    return *text == '=' || *text == '@' ||
           ((*text == '+' || *text == '-') && isalpha((unsigned char)text[1]) &&
            strchr(text, '(') != NULL);
}

static bool
read_amount(struct reader *r, int field, struct money *out)
{
    const char *text = text_of(r, field);
    struct err e;

    out->minor = 0;
    return text[strspn(text, " ")] == '\0' ||
           amount_parse(text, r->c->decimal[0], r->decimals, out, &e) ||
           fault(r, field, e.text);
}

static bool
read_day(struct reader *r, utc_t *out)
{
    struct tm tm = {.tm_mday = 1};
    const char *text = text_of(r, DATE), *end = strptime(text, r->c->time, &tm);
    char why[120];

    if (end != NULL && *end == '\0' && clock_from_tm(&tm, out))
        return true;
    snprintf(why, sizeof(why), "'%.40s' is no time of the form %.30s", text, r->c->time);
    return fault(r, DATE, why);
}

static bool
read_texts(struct reader *r, struct statement_entry *x)
{
    const struct {
        int field;
        char *out;
        size_t size;
    } texts[] = {{RECEIPT, x->receipt, sizeof(x->receipt)},
                 {PAYER, x->payer, sizeof(x->payer)},
                 {PHONE, x->phone, sizeof(x->phone)},
                 {CLAIM, x->claim, sizeof(x->claim)}};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *text = text_of(r, texts[i].field);

        if (is_formula(text))
            return fault(r, texts[i].field, "a formula: save the file as values");
        if (texts[i].field == RECEIPT && !text_copy(texts[i].out, texts[i].size, text))
            return fault(r, RECEIPT, "too long for the number of a receipt");
        text_clip(texts[i].out, texts[i].size, text);
    }
    return true;
}

static bool
is_completed(const struct reader *r)
{
    return r->at[STATUS] == SIZE_MAX || r->c->completed == NULL ||
           strcasecmp(text_of(r, STATUS), r->c->completed) == 0;
}

static void
take_row(struct reader *r)
{
    struct statement_entry x = {.line = r->row->at[0].line};
    struct err e;
    struct money in, gone = {0};

    if (!is_completed(r))
        return;
    if (!read_day(r, &x.on) || !read_amount(r, AMOUNT, &in) ||
        (r->at[PAID_OUT] != SIZE_MAX && !read_amount(r, PAID_OUT, &gone)) ||
        !read_texts(r, &x))
        return;
    x.amount.minor =
        gone.minor != 0 ? -(gone.minor < 0 ? -gone.minor : gone.minor) : in.minor;
    if (x.amount.minor == 0)
        return;
    if (!statements_add(r->out, &x))
        problems_add(r->p, r->file, x.line, 1, "too many entries");
    else if (!money_add(&r->out->list[0].closing, x.amount, &e))
        problems_add(r->p, r->file, x.line, 1, "%s", e.text);
}

static bool
read_all(struct reader *r, const char *text, unsigned skipped)
{
    struct csv *csv = csv_open(r->file, text, strlen(text));
    struct csv_row row;
    size_t before = problems_total(r->p);

    if (csv == NULL)
        return problems_add(r->p, r->file, 0, 0, "out of memory");
    csv_set(csv, r->c->separator, skipped);
    r->row = &row;
    if (csv_next(csv, &row, r->p) && read_header(r)) {
        while (csv_next(csv, &row, r->p))
            take_row(r);
    }
    r->row = NULL;
    csv_close(csv);
    return problems_total(r->p) == before;
}

bool
statement_read_csv(const char *file, const char *text, int decimals,
                   const struct notice_columns *c, struct statements *out,
                   struct problems *p)
{
    struct reader r = {.file = file,
                       .decimals = decimals,
                       .c = c,
                       .out = out,
                       .p = p,
                       .names = {[DATE] = c->date,
                                 [AMOUNT] = c->amount,
                                 [PAID_OUT] = c->paid_out,
                                 [RECEIPT] = c->receipt,
                                 [PAYER] = c->payer,
                                 [PHONE] = c->phone,
                                 [CLAIM] = c->claim,
                                 [STATUS] = c->status}};
    struct statement *one = statements_open(out, 1);
    unsigned skipped;
    const char *from = find_header(c, text, &skipped);

    if (one == NULL)
        return problems_add(p, file, 0, 0, "out of memory");
    one->has_opening = one->has_closing = true; /* such files have no balances */
    if (from == NULL)
        return problems_add(p, file, 1, 1, "no line has the columns '%s' and '%s'", c->date,
                            c->amount);
    return read_all(&r, from, skipped) && statements_check(file, decimals, out, p);
}

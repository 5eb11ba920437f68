/*
 * statement_mt940.c - SWIFT MT940: lines that begin with a tag.
 *   :20: :25: account :28C: number :60F: opening :61: entry :86: its text :62F: closing
 * An entry is date, booking day (4 digits, may be absent), C, D, RC or RD, a letter of the
 * currency (may be absent), amount with a comma, type (4 characters), the customer's
 * reference, // and the bank's reference.
 */
#include "meterpost/base/text.h"
#include "meterpost/billing/statement.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FIELD_MAX 900 /* bytes of a field with its further lines */

struct reader {
    const char *file;
    int decimals;
    struct statements *out;
    struct problems *p;
    unsigned line;
    bool open; /* within a statement */
    struct statement_entry entry;
    bool has_entry, has_text; /* an entry is being read; it has its :86: */
    char account[STATEMENT_ID_MAX];
};

static void
fault(struct reader *r, const char *tag, const char *why)
{
    problems_add(r->p, r->file, r->line, 1, ":%s: %s", tag, why);
}

/* "1234,5" of the field; *rest behind it. */
static bool
read_amount(struct reader *r, const char *text, struct money *out, const char **rest)
{
    char plain[32];
    size_t n = strspn(text, "0123456789,");
    struct err e;

    *rest = text + n;
    if (n == 0 || n >= sizeof(plain))
        return false;
    memcpy(plain, text, n);
    plain[n] = '\0';
    for (char *c = plain; *c != '\0'; c++)
        *c = *c == ',' ? '.' : *c;
    if (plain[n - 1] == '.')
        plain[n - 1] = '\0';
    return decimal_parse(plain, r->decimals, &out->minor, &e) && out->minor <= MONEY_LIMIT;
}

/* The first n bytes, cut where a character ends. */
static void
take_words(char *to, size_t size, const char *text, size_t n)
{
    char words[FIELD_MAX];

    snprintf(words, sizeof(words), "%.*s", (int)n, text);
    text_clip(to, size, words);
}

/* YYMMDD; years are of this century. */
static bool
read_day(const char *text, utc_t *out)
{
    char iso[16];
    struct err e;

    for (int i = 0; i < 6; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
    }
    snprintf(iso, sizeof(iso), "20%.2s-%.2s-%.2s", text, text + 2, text + 4);
    return clock_parse(iso, out, &e);
}

static struct statement *
current(struct reader *r)
{
    if (!r->open || r->out->count == 0)
        return NULL;
    return &r->out->list[r->out->count - 1];
}

/* :60F:C261101KES1234,56 */
static void
take_balance(struct reader *r, const char *tag, const char *text)
{
    struct statement *s = current(r);
    bool closing = tag[1] == '2';
    const char *rest;
    struct money m;
    utc_t day;

    if (s == NULL) {
        fault(r, tag, "a balance before :20:");
        return;
    }
    if ((*text != 'C' && *text != 'D') || strlen(text) < 11 || !read_day(text + 1, &day) ||
        !read_amount(r, text + 10, &m, &rest)) {
        fault(r, tag, "expected a balance such as C261101KES1234,56");
        return;
    }
    if (*text == 'D')
        m.minor = -m.minor;
    snprintf(s->currency, sizeof(s->currency), "%.3s", text + 7);
    if (closing) {
        s->closing = m;
        s->closed_on = day;
        s->has_closing = true;
    } else if (!s->has_opening) {
        s->opening = m;
        s->has_opening = true;
    }
}

static void
read_references(struct statement_entry *x, const char *text)
{
    const char *bank = strstr(text, "//");
    size_t n = bank != NULL ? (size_t)(bank - text) : strcspn(text, "\n");

    if (bank != NULL)
        take_words(x->receipt, sizeof(x->receipt), bank + 2, strcspn(bank + 2, "\n"));
    if (strncmp(text, "NONREF", 6) != 0)
        take_words(x->claim, sizeof(x->claim), text, n);
}

/* What was read of an entry is all of it. */
static void
end_entry(struct reader *r)
{
    if (r->has_entry && !statements_add(r->out, &r->entry))
        problems_add(r->p, r->file, r->entry.line, 1, ":61: too many entries");
    r->has_entry = false;
}

/* :61:2611011101C1500,00NTRFNONREF//B4711 */
static void
take_entry(struct reader *r, const char *text)
{
    const char *at = text + 6, *rest;
    bool reversal = false, credit;
    struct money m;
    utc_t day;

    if (current(r) == NULL) {
        fault(r, "61", "an entry before :20:");
        return;
    }
    if (!read_day(text, &day)) {
        fault(r, "61", "expected a day such as 261101");
        return;
    }
    if (strspn(at, "0123456789") >= 4)
        at += 4;
    if (*at == 'R') {
        reversal = true;
        at++;
    }
    credit = *at == 'C';
    if ((*at != 'C' && *at != 'D') || *++at == '\0') {
        fault(r, "61", "expected C or D behind the day");
        return;
    }
    if (isupper((unsigned char)*at))
        at++;
    if (!read_amount(r, at, &m, &rest) || strlen(rest) < 4) {
        fault(r, "61", "expected an amount such as 1500,00 and four characters of type");
        return;
    }
    r->entry = (struct statement_entry){
        .line = r->line, .on = day, .amount = {credit != reversal ? m.minor : -m.minor}};
    read_references(&r->entry, rest + 4);
    r->has_entry = true;
    r->has_text = false;
}

/* What the payer wrote; of the German sort ?20 to ?29 the text, ?32 ?33 the name. */
static void
take_text(struct reader *r, const char *text)
{
    struct statement_entry *x = &r->entry;
    char flat[FIELD_MAX];
    size_t n = 0;

    if (!r->has_entry || r->has_text)
        return; /* of the statement, not of an entry */
    r->has_text = true;
    for (const char *c = text; *c != '\0' && n + 1 < sizeof(flat); c++) {
        if (*c == '?' && isdigit((unsigned char)c[1]) && isdigit((unsigned char)c[2])) {
            if (strncmp(c, "?32", 3) == 0)
                take_words(x->payer, sizeof(x->payer), c + 3, strcspn(c + 3, "?\n"));
            c += 2;
            flat[n++] = ' ';
        } else {
            flat[n++] = *c == '\n' ? ' ' : *c;
        }
    }
    flat[n] = '\0';
    n = strlen(x->claim);
    text_clip(x->claim + n, sizeof(x->claim) - n, n > 0 ? " " : "");
    n = strlen(x->claim);
    text_clip(x->claim + n, sizeof(x->claim) - n, flat);
}

static void
open_statement(struct reader *r)
{
    struct statement *s = statements_open(r->out, r->line);

    r->open = s != NULL;
    if (s == NULL)
        fault(r, "20", "too many statements");
}

static void
take_field(struct reader *r, const char *tag, const char *text)
{
    struct statement *s = current(r);

    if (strcmp(tag, "86") != 0)
        end_entry(r);
    if (strcmp(tag, "20") == 0)
        open_statement(r);
    else if (strcmp(tag, "25") == 0 && s != NULL)
        take_words(s->account, sizeof(s->account), text, strcspn(text, "\n"));
    else if (strncmp(tag, "28", 2) == 0 && s != NULL)
        take_words(s->id, sizeof(s->id), text, strcspn(text, "\n"));
    else if (strcmp(tag, "60F") == 0 || strcmp(tag, "60M") == 0 ||
             strcmp(tag, "62F") == 0 || strcmp(tag, "62M") == 0)
        take_balance(r, tag, text);
    else if (strcmp(tag, "61") == 0)
        take_entry(r, text);
    else if (strcmp(tag, "86") == 0)
        take_text(r, text);
}

/* ":28C:" at the start of a line: the tag, and how long it is with its colons; 0: none. */
static size_t
tag_at(const char *line, char tag[4])
{
    size_t n = line[0] == ':' ? strcspn(line + 1, ":\r\n") : 0;

    if (n < 2 || n > 3 || line[n + 1] != ':' || !isdigit((unsigned char)line[1]))
        return 0;
    memcpy(tag, line + 1, n);
    tag[n] = '\0';
    return n + 2;
}

static void
add_line(char field[FIELD_MAX], const char *line, size_t n)
{
    size_t used = strlen(field);

    while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == ' '))
        n--;
    snprintf(field + used, FIELD_MAX - used, "%s%.*s", used == 0 ? "" : "\n", (int)n, line);
}

/* The bank's account and the number name a statement; without a number its day does. */
static void
name_statements(struct statements *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct statement *one = &s->list[i];
        char day[TIME_TEXT_MAX], id[41];

        text_clip(id, sizeof(id), one->id);
        snprintf(one->id, sizeof(one->id), "%s%s%s", id, *id == '\0' ? "" : " of ",
                 clock_date(one->closed_on, day));
    }
}

bool
statement_read_mt940(const char *file, const char *text, int decimals,
                     struct statements *out, struct problems *p)
{
    struct reader r = {.file = file, .decimals = decimals, .out = out, .p = p};
    char tag[4] = "", next[4], field[FIELD_MAX] = "";
    size_t before = problems_total(p);
    unsigned line = 0;

    for (const char *at = text; *at != '\0';) {
        size_t n = strcspn(at, "\n"), skip = tag_at(at, next);
        bool end = *at == '-' && n <= 3;

        line++;
        if (skip > 0 || end) {
            if (*tag != '\0')
                take_field(&r, tag, field);
            snprintf(tag, sizeof(tag), "%s", skip > 0 ? next : "");
            field[0] = '\0';
            r.line = line;
        }
        if (*tag != '\0' && n >= skip)
            add_line(field, at + skip, n - skip);
        at += n + (at[n] == '\n');
    }
    if (*tag != '\0')
        take_field(&r, tag, field);
    end_entry(&r);
    name_statements(out);
    return problems_total(p) == before && statements_check(file, decimals, out, p);
}

/* carrier_file.c - the files of conf/carriers, read and checked. */
#include "sms/carrier_file.h"

#include "meterpost/base/pattern.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 2000
#define LIST_MOST 64

#define TEXT(key, of, member)                                                              \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, of, member, 1, TEXT_MOST)
#define MAYBE_TEXT(key, of, member)                                                        \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, of, member, 0,   \
                           TEXT_MOST)
#define LIST(key, of, member, entry)                                                       \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, of, member,        \
                         &(entry), 1, LIST_MOST)

static const cyaml_strval_t kinds[] = {
    {"unknown", CARRIER_UNKNOWN}, {"balance", CARRIER_BALANCE}, {"low", CARRIER_LOW},
    {"topup", CARRIER_TOPUP},     {"expiry", CARRIER_EXPIRY},   {"other", CARRIER_OTHER},
};
#define KINDS(of)                                                                          \
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, of, kind, kinds,                           \
                     sizeof(kinds) / sizeof(kinds[0]))

static const cyaml_schema_field_t text_fields[] = {
    TEXT("name", struct carrier_text, name),
    KINDS(struct carrier_text),
    TEXT("pattern", struct carrier_text, pattern),
    MAYBE_TEXT("date", struct carrier_text, date),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t expect_fields[] = {
    KINDS(struct carrier_expect),
    MAYBE_TEXT("balance", struct carrier_expect, balance),
    MAYBE_TEXT("expires", struct carrier_expect, expires),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t example_fields[] = {
    TEXT("text", struct carrier_example, text),
    CYAML_FIELD_MAPPING("expect", CYAML_FLAG_DEFAULT, struct carrier_example, expect,
                        expect_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t text_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct carrier_text, text_fields)};
static const cyaml_schema_value_t example_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct carrier_example, example_fields)};
static const cyaml_schema_value_t sender_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MOST)};

static const cyaml_schema_field_t file_fields[] = {
    TEXT("carrier", struct carrier_file, carrier),
    TEXT("name", struct carrier_file, name),
    MAYBE_TEXT("source", struct carrier_file, source),
    TEXT("currency", struct carrier_file, currency),
    MAYBE_TEXT("decimal", struct carrier_file, decimal),
    MAYBE_TEXT("balance_code", struct carrier_file, balance_code),
    MAYBE_TEXT("topup_code", struct carrier_file, topup_code),
    LIST("senders", struct carrier_file, senders, sender_entry),
    LIST("texts", struct carrier_file, texts, text_entry),
    LIST("examples", struct carrier_file, examples, example_entry),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct carrier_file, file_fields)};

/* ---- checks ---- */

static void
check_text(struct carrier *c, unsigned i, struct problems *p)
{
    const struct carrier_text *t = &c->file->texts[i];
    char path[40];
    struct err e;

    snprintf(path, sizeof(path), "texts[%u].pattern", i);
    c->patterns[i] = pattern_create(t->pattern, &e);
    if (c->patterns[i] == NULL) {
        yaml_problem(c->yaml, p, path, "%s", e.text);
        return;
    }
    if (t->kind == CARRIER_BALANCE && !pattern_has(c->patterns[i], "balance"))
        yaml_problem(c->yaml, p, path, "the pattern has no group (?<balance>...)");
    if (pattern_has(c->patterns[i], "expires") != (t->date != NULL && *t->date != '\0'))
        yaml_problem(c->yaml, p, path, "the group (?<expires>...) and `date` go together");
}

static void
check_code(const struct carrier *c, const char *key, const char *code, struct problems *p)
{
    const char *hole = code == NULL ? NULL : strstr(code, "{code}");
    char plain[CARRIER_CODE_MAX];

    if (code == NULL)
        return;
    if (strcmp(key, "topup_code") == 0 && *code != '\0' && hole == NULL)
        yaml_problem(c->yaml, p, key, "expected {code} for the digits of the voucher");
    if (snprintf(plain, sizeof(plain), "%.*s%s",
                 hole == NULL ? (int)strlen(code) : (int)(hole - code), code,
                 hole == NULL ? "" : hole + strlen("{code}")) >= CARRIER_CODE_MAX / 2 ||
        strspn(plain, "*#0123456789") != strlen(plain))
        yaml_problem(c->yaml, p, key, "expected a USSD code of *, # and digits");
}

static void
check_file(struct carrier *c, struct problems *p)
{
    const struct carrier_file *f = c->file;

    if (strlen(f->currency) != 3)
        yaml_problem(c->yaml, p, "currency", "expected three letters such as KES");
    if (f->decimal != NULL && strcmp(f->decimal, ".") != 0 && strcmp(f->decimal, ",") != 0)
        yaml_problem(c->yaml, p, "decimal", "expected . or ,");
    check_code(c, "balance_code", f->balance_code, p);
    check_code(c, "topup_code", f->topup_code, p);
    c->patterns = calloc(f->texts_count + 1, sizeof(struct pattern *));
    if (c->patterns == NULL)
        yaml_problem(c->yaml, p, "texts", "out of memory");
    for (unsigned i = 0; c->patterns != NULL && i < f->texts_count; i++)
        check_text(c, i, p);
}

/* ---- files ---- */

static void
take_file(struct carriers *all, const char *path, int decimals, struct problems *p)
{
    struct carrier *c = &all->list[all->count];
    void *data;

    *c = (struct carrier){.yaml = yaml_open_file(path, p), .decimals = decimals};
    if (c->yaml == NULL || !yaml_read(c->yaml, &schema, &data, p)) {
        yaml_close(c->yaml);
        return;
    }
    c->file = data;
    if (carriers_find(all, c->file->carrier) != NULL)
        yaml_problem(c->yaml, p, "carrier", "'%.40s' is taken by another file",
                     c->file->carrier);
    all->count++;
    check_file(c, p);
}

struct carriers *
carriers_load(const char *folder, int decimals, struct problems *p)
{
    size_t before = problems_total(p);
    struct carriers *all = calloc(1, sizeof(*all));
    struct yaml_files files;

    if (!yaml_files_find(folder, true, &files, p)) {
        carriers_free(all);
        return NULL;
    }
    if (all == NULL || (all->list = calloc(files.n + 1, sizeof(*all->list))) == NULL)
        problems_add(p, folder, 0, 0, "out of memory");
    else
        for (size_t i = 0; i < files.n; i++)
            take_file(all, files.paths[i], decimals, p);
    yaml_files_free(&files);
    if (problems_total(p) == before)
        return all;
    carriers_free(all);
    return NULL;
}

void
carriers_free(struct carriers *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < all->count; i++) {
        struct carrier *c = &all->list[i];

        for (unsigned k = 0; c->patterns != NULL && k < c->file->texts_count; k++)
            pattern_destroy(c->patterns[k]);
        free(c->patterns);
        yaml_data_free(&schema, c->file);
        yaml_close(c->yaml);
    }
    free(all->list);
    free(all);
}

/* ---- examples ---- */

static const char *
or_nothing(const char *text)
{
    return text == NULL ? "" : text;
}

/* Files are shared by utilities of all currencies: the amount that an example expects is
 * cut to the decimals of ours, as amounts in texts are. */
static const char *
balance_wanted(const struct carrier *c, const char *text, char out[AMOUNT_TEXT_MAX])
{
    const char *point = text == NULL ? NULL : strchr(text, '.');
    size_t kept = c->decimals == 0 ? 0 : (size_t)c->decimals + 1;

    if (point == NULL || strlen(point) <= kept)
        return or_nothing(text);
    snprintf(out, AMOUNT_TEXT_MAX, "%.*s", (int)((size_t)(point - text) + kept), text);
    return out;
}

static void
check_example(const struct carrier *c, unsigned i, struct problems *p)
{
    const struct carrier_example *x = &c->file->examples[i];
    char balance[AMOUNT_TEXT_MAX] = "", want[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX] = "";
    char path[40];
    struct carrier_said got;
    struct err e;

    snprintf(path, sizeof(path), "examples[%u]", i);
    if (!carrier_read(c, x->text, &got, &e)) {
        yaml_problem(c->yaml, p, path, "%s", e.text);
        return;
    }
    if (got.has_balance)
        decimal_print(got.balance.minor, c->decimals, true, balance);
    if (got.expires_at != 0)
        clock_date(got.expires_at, day);
    yaml_expect(c->yaml, p, i, "kind", carrier_kind_name(x->expect.kind),
                carrier_kind_name(got.kind));
    yaml_expect(c->yaml, p, i, "balance", balance_wanted(c, x->expect.balance, want),
                balance);
    yaml_expect(c->yaml, p, i, "expires", or_nothing(x->expect.expires), day);
}

bool
carriers_check_examples(const struct carriers *all, struct problems *p)
{
    size_t before = problems_total(p);

    for (size_t i = 0; i < all->count; i++) {
        for (unsigned k = 0; k < all->list[i].file->examples_count; k++)
            check_example(&all->list[i], k, p);
    }
    return problems_total(p) == before;
}

/* notice_file.c - the files of conf/payments, read and checked. */
#include "notice_file.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST    2000
#define LIST_MOST    64
#define AMOUNT_PLACE 9 /* decimals that an expected amount may have */

#define TEXT(key, of, member)                                                              \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, of, member, 1, TEXT_MOST)
#define MAYBE_TEXT(key, of, member)                                                        \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, of, member, 0,   \
                           TEXT_MOST)
#define LIST(key, of, member, entry)                                                       \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, of, member,        \
                         &(entry), 1, LIST_MOST)

static const cyaml_strval_t kinds[] = {
    {"unknown", NOTICE_UNKNOWN},
    {"received", NOTICE_RECEIVED},
    {"paid-out", NOTICE_PAID_OUT},
    {"other", NOTICE_OTHER},
};

static const cyaml_schema_field_t text_fields[] = {
    TEXT("name", struct file_text, name),
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct file_text, kind, kinds, 4),
    TEXT("pattern", struct file_text, pattern),
    MAYBE_TEXT("time", struct file_text, time),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t column_fields[] = {
    MAYBE_TEXT("separator", struct file_columns, separator),
    MAYBE_TEXT("decimal", struct file_columns, decimal),
    TEXT("time", struct file_columns, time),
    TEXT("date", struct file_columns, date),
    TEXT("amount", struct file_columns, amount),
    MAYBE_TEXT("paid_out", struct file_columns, paid_out),
    MAYBE_TEXT("receipt", struct file_columns, receipt),
    MAYBE_TEXT("payer", struct file_columns, payer),
    MAYBE_TEXT("phone", struct file_columns, phone),
    MAYBE_TEXT("account", struct file_columns, claim),
    MAYBE_TEXT("status", struct file_columns, status),
    MAYBE_TEXT("completed", struct file_columns, completed),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t expect_fields[] = {
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct file_expect, kind, kinds, 4),
    MAYBE_TEXT("receipt", struct file_expect, receipt),
    MAYBE_TEXT("amount", struct file_expect, amount),
    MAYBE_TEXT("payer", struct file_expect, payer),
    MAYBE_TEXT("phone", struct file_expect, phone),
    MAYBE_TEXT("account", struct file_expect, claim),
    MAYBE_TEXT("paid_at", struct file_expect, paid_at),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t example_fields[] = {
    TEXT("sender", struct file_example, sender),
    TEXT("text", struct file_example, text),
    CYAML_FIELD_MAPPING("expect", CYAML_FLAG_DEFAULT, struct file_example, expect,
                        expect_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t text_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_text, text_fields)};
static const cyaml_schema_value_t example_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_example, example_fields)};
static const cyaml_schema_value_t sender_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MOST)};

static const cyaml_schema_field_t file_fields[] = {
    TEXT("payments", struct notice_file, payments),
    TEXT("name", struct notice_file, name),
    TEXT("channel", struct notice_file, channel),
    MAYBE_TEXT("source", struct notice_file, source),
    TEXT("currency", struct notice_file, currency),
    LIST("senders", struct notice_file, senders, sender_entry),
    LIST("texts", struct notice_file, texts, text_entry),
    CYAML_FIELD_MAPPING_PTR("columns", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                            struct notice_file, columns, column_fields),
    LIST("examples", struct notice_file, examples, example_entry),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct notice_file, file_fields)};

/* ---- patterns ---- */

static void
check_groups(const struct notice_source *s, unsigned i, struct problems *p)
{
    static const char *const needed[] = {"receipt", "amount"};
    const struct file_text *text = &s->file->texts[i];
    char path[40];

    snprintf(path, sizeof(path), "texts[%u].pattern", i);
    for (size_t k = 0; text->kind == NOTICE_RECEIVED && k < 2; k++) {
        if (!pattern_has(s->patterns[i], needed[k]))
            yaml_problem(s->yaml, p, path, "the pattern has no group (?<%s>...)",
                         needed[k]);
    }
    if (text->time != NULL && *text->time != '\0' && !pattern_has(s->patterns[i], "date"))
        yaml_problem(s->yaml, p, path, "the pattern has no group (?<date>...) for `time`");
}

static void
compile_texts(struct notice_source *s, struct problems *p)
{
    struct err e;
    char path[40];

    s->patterns = calloc(s->file->texts_count + 1, sizeof(struct pattern *));
    for (unsigned i = 0; s->patterns != NULL && i < s->file->texts_count; i++) {
        snprintf(path, sizeof(path), "texts[%u].pattern", i);
        s->patterns[i] = pattern_create(s->file->texts[i].pattern, &e);
        if (s->patterns[i] == NULL)
            yaml_problem(s->yaml, p, path, "%s", e.text);
        else
            check_groups(s, i, p);
    }
    if (s->patterns == NULL)
        yaml_problem(s->yaml, p, "texts", "out of memory");
}

static const char *
text_or(const char *text, const char *otherwise)
{
    return text == NULL || *text == '\0' ? otherwise : text;
}

static void
check_file(struct notice_source *s, struct problems *p)
{
    const struct notice_file *f = s->file;
    const struct file_columns *c = f->columns;

    if (f->texts_count == 0 && c == NULL)
        yaml_problem(s->yaml, p, "payments", "expected 'texts', 'columns' or both");
    if (f->texts_count > 0 && f->senders_count == 0)
        yaml_problem(s->yaml, p, "payments", "expected 'senders': who sends these texts");
    if (strlen(f->currency) != 3)
        yaml_problem(s->yaml, p, "currency", "expected three letters such as KES");
    if (strlen(f->channel) >= PAYMENT_CHANNEL_MAX)
        yaml_problem(s->yaml, p, "channel", "expected at most %d bytes",
                     PAYMENT_CHANNEL_MAX - 1);
    compile_texts(s, p);
    if (c == NULL)
        return;
    s->columns = (struct notice_columns){
        .name = f->payments,
        .channel = f->channel,
        .separator = strcmp(text_or(c->separator, ","), "tab") == 0
                         ? '\t'
                         : text_or(c->separator, ",")[0],
        .decimal = text_or(c->decimal, "."),
        .time = c->time,
        .date = c->date,
        .amount = c->amount,
        .paid_out = text_or(c->paid_out, NULL),
        .receipt = text_or(c->receipt, NULL),
        .payer = text_or(c->payer, NULL),
        .phone = text_or(c->phone, NULL),
        .claim = text_or(c->claim, NULL),
        .status = text_or(c->status, NULL),
        .completed = text_or(c->completed, NULL),
    };
    if (strchr(",;\t|", s->columns.separator) == NULL)
        yaml_problem(s->yaml, p, "columns.separator", "expected , ; | or tab");
}

/* ---- files ---- */

static bool
take_file(struct notices *n, struct yaml *y, struct problems *p)
{
    struct notice_source *s = &n->list[n->count];
    void *data;

    *s = (struct notice_source){.yaml = y};
    if (y == NULL || !yaml_read(y, &schema, &data, p)) {
        yaml_close(y);
        return false;
    }
    s->file = data;
    n->count++;
    check_file(s, p);
    return true;
}

static struct notices *
room_for(size_t files, struct problems *p, const char *name)
{
    struct notices *n = calloc(1, sizeof(*n));

    if (n != NULL && (n->list = calloc(files + 1, sizeof(*n->list))) != NULL)
        return n;
    free(n);
    problems_add(p, name, 0, 0, "out of memory");
    return NULL;
}

static struct notices *
or_nothing(struct notices *n, size_t before, const struct problems *p)
{
    if (problems_total(p) == before)
        return n;
    notices_free(n);
    return NULL;
}

struct notices *
notices_load(const char *folder, struct problems *p)
{
    size_t before = problems_total(p);
    struct yaml_files files;
    struct notices *n;

    if (!yaml_files_find(folder, true, &files, p))
        return NULL;
    n = room_for(files.n, p, folder);
    for (size_t i = 0; n != NULL && i < files.n; i++)
        take_file(n, yaml_open_file(files.paths[i], p), p);
    yaml_files_free(&files);
    return or_nothing(n, before, p);
}

struct notices *
notices_load_text(const char *name, const char *text, struct problems *p)
{
    size_t before = problems_total(p);
    struct notices *n = room_for(1, p, name);

    if (n != NULL)
        take_file(n, yaml_open_text(name, text, strlen(text), p), p);
    return or_nothing(n, before, p);
}

void
notices_free(struct notices *n)
{
    if (n == NULL)
        return;
    for (size_t i = 0; i < n->count; i++) {
        struct notice_source *s = &n->list[i];

        for (unsigned k = 0; s->patterns != NULL && k < s->file->texts_count; k++)
            pattern_destroy(s->patterns[k]);
        free(s->patterns);
        yaml_data_free(&schema, s->file);
        yaml_close(s->yaml);
    }
    free(n->list);
    free(n);
}

/* ---- examples ---- */

static void
check_example(const struct notices *n, const struct notice_source *s, unsigned i,
              struct problems *p)
{
    const struct file_example *x = &s->file->examples[i];
    int decimals = currency_decimals(s->file->currency);
    struct notice_home home = {s->file->currency, decimals, ""};
    char amount[AMOUNT_TEXT_MAX], time[TIME_TEXT_MAX] = "", path[40];
    struct notice got;
    struct err e;

    snprintf(path, sizeof(path), "examples[%u]", i);
    if (!notice_read(n, x->sender, x->text, &home, &got, &e)) {
        yaml_problem(s->yaml, p, path, "%s", e.text);
        return;
    }
    if (got.paid_at != 0)
        snprintf(time, sizeof(time), "%.16s", clock_iso(got.paid_at, amount));
    decimal_print(got.amount.minor, decimals, true, amount);
    const struct {
        const char *key, *want, *got;
    } all[] = {
        {"kind", notice_kind_name(x->expect.kind), notice_kind_name(got.kind)},
        {"receipt", x->expect.receipt, got.receipt},
        {"amount", x->expect.amount, amount},
        {"payer", x->expect.payer, got.payer},
        {"phone", x->expect.phone, got.phone},
        {"account", x->expect.claim, got.claim},
        {"paid_at", x->expect.paid_at, time},
    };
    for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
        yaml_expect(s->yaml, p, i, all[k].key, all[k].want, all[k].got);
}

bool
notices_check_examples(const struct notices *n, struct problems *p)
{
    size_t before = problems_total(p);

    for (size_t i = 0; i < n->count; i++) {
        for (unsigned k = 0; k < n->list[i].file->examples_count; k++)
            check_example(n, &n->list[i], k, p);
    }
    return problems_total(p) == before;
}

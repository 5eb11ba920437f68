/* verb_pay_import.c - a statement of a bank or a mobile-money service, booked whole. */
#include "meterpost/base/conf.h"
#include "meterpost/billing/statement.h"
#include "meterpost/store/audit.h"
#include "verb_books.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

struct request {
    const char *file, *text, *format, *map, *channel;
    bool accept_gap;
};

static bool
read_request(const json_t *arguments, struct request *r, struct err *e)
{
    r->accept_gap = json_is_true(json_object_get(arguments, "accept_gap"));
    return argument_text_or(arguments, "file", "file", &r->file, e) &&
           argument_text(arguments, "text", &r->text, e) &&
           argument_text_or(arguments, "format", "", &r->format, e) &&
           argument_text_or(arguments, "map", NULL, &r->map, e) &&
           argument_text_or(arguments, "channel", NULL, &r->channel, e);
}

static bool
form_of(const struct request *r, enum statement_form *out, struct err *e)
{
    static const char *const forms[] = {[STATEMENT_MT940] = "mt940",
                                        [STATEMENT_CAMT053] = "camt053",
                                        [STATEMENT_CSV] = "csv"};

    *out = r->map != NULL ? STATEMENT_CSV : statement_form_of(r->text);
    if (*r->format == '\0')
        return true;
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(forms[i], r->format) == 0) {
            *out = (enum statement_form)i;
            return true;
        }
    }
    return err_set(e, FAIL_REJECT, "--format is mt940, camt053 or csv, not '%.40s'",
                   r->format);
}

/* False with what is wrong in *p, or in *e when nothing could be read at all. */
static bool
read_file(struct desk *d, struct request *r, struct statements *out, struct problems *p,
          struct err *e)
{
    const struct notice_columns *c;
    enum statement_form form;
    const char *bank = r->channel == NULL ? "bank" : r->channel;

    if (!form_of(r, &form, e))
        return false;
    switch (form) {
    case STATEMENT_MT940:
        r->channel = bank;
        return statement_read_mt940(r->file, r->text, d->conf->decimals, out, p);
    case STATEMENT_CAMT053:
        r->channel = bank;
        return statement_read_camt(r->file, r->text, d->conf->decimals, out, p);
    case STATEMENT_CSV: break;
    }
    if ((c = notices_columns(d->notices, r->map, r->text)) == NULL)
        return err_set(e, FAIL_REJECT,
                       r->map != NULL ? "no file of conf/payments with columns is called "
                                        "'%.60s'"
                                      : "no file of conf/payments has the columns of "
                                        "'%.60s': write one, or name it with --map",
                       r->map != NULL ? r->map : r->file);
    if (r->channel == NULL)
        r->channel = c->channel;
    return statement_read_csv(r->file, r->text, d->conf->decimals, c, out, p);
}

static bool
answer_booked(struct desk *d, const char *actor, const struct request *r,
              const struct statement_booked *b, json_t *answer, struct err *e)
{
    char detail[200];

    json_object_set_new(answer, "file", json_string(r->file));
    json_object_set_new(answer, "channel", json_string(r->channel));
    json_object_set_new(answer, "entries", json_integer(b->entries));
    json_object_set_new(answer, "matched", json_integer(b->matched));
    json_object_set_new(answer, "suspense", json_integer(b->suspense));
    json_object_set_new(answer, "existing", json_integer(b->existing));
    json_object_set_new(answer, "paid_out", json_integer(b->out));
    books_set_money(d, answer, "total", b->total);
    snprintf(detail, sizeof(detail), "%lld booked, %lld in suspense, from %.100s",
             (long long)b->matched + b->suspense, (long long)b->suspense, r->file);
    return audit_add(d->store, d->now, actor, "cli", "pay.import", r->channel, detail, e);
}

bool
verb_pay_import(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct statements list = {0};
    struct problems p = {0};
    struct request r;
    struct statement_booked booked;
    bool good = read_request(arguments, &r, e);

    e->kind = FAIL_REJECT;
    good = good && read_file(d, &r, &list, &p, e) &&
           statements_book(d->store, d->conf,
                           &(struct statement_order){r.file, r.channel, actor, r.accept_gap,
                                                     d->templates},
                           &list, d->now, &booked, &p, e);
    statements_free(&list);
    if (good)
        return answer_booked(d, actor, &r, &booked, answer, e);
    good = !problems_none(&p) && e->kind == FAIL_REJECT;
    if (good)
        books_problems(&p, answer);
    problems_free(&p);
    return good;
}

#include "meterpost/store/bills.h"

#include "stmt.h"

#include <string.h>

/* Bills that were taken back, and what took them back, count no more. */
#define IN_FORCE                                                                           \
    "b.kind = 'bill' AND NOT EXISTS (SELECT 1 FROM bill c WHERE c.corrects_id = b.id"      \
    " AND c.kind = 'credit')"

#define COLUMNS                                                                            \
    "b.id, b.key, b.number, b.series, b.year, b.seq, b.kind, b.account_id, b.period_from," \
    " b.period_to, b.issued_at, b.due_at, b.basis, b.tariff_version_id, b.class, b.days,"  \
    " b.currency, b.rounding_minor, b.total_minor, b.balance_before_minor, b.usage,"       \
    " b.corrects_id, b.actor, b.cut_at"

static const char *const bases[] = {
    [BASIS_ACTUAL] = "A",
    [BASIS_ESTIMATED] = "E",
    [BASIS_MIXED] = "MIXED",
};

const char *
bill_basis_name(enum bill_basis basis)
{
    return bases[basis];
}

bool
bill_number_next(struct store *s, const char *series, int year, int64_t *seq, struct err *e)
{
    static const char next[] =
        "INSERT INTO number_series (series, year, last) VALUES ($1, $2, 1)"
        " ON CONFLICT (series, year) DO UPDATE SET last = number_series.last + 1";
    static const char given[] =
        "SELECT last FROM number_series WHERE series = $1 AND year = $2";
    struct stmt *q = stmt_get(s, next, e);
    bool row;

    stmt_text(q, 1, series);
    stmt_int(q, 2, year);
    if (!stmt_run(q, e) || (q = stmt_get(s, given, e)) == NULL)
        return false;
    stmt_text(q, 1, series);
    stmt_int(q, 2, year);
    return stmt_one_int(q, seq, &row, e);
}

bool
bill_add(struct store *s, const struct bill *b, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO bill (key, number, series, year, seq, kind, account_id, period_from,"
        " period_to, issued_at, due_at, basis, tariff_version_id, class, days, currency,"
        " rounding_minor, total_minor, balance_before_minor, usage, corrects_id, actor,"
        " cut_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
        " $17, $18, $19, $20, $21, $22, $23)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, b->key);
    stmt_text(q, 2, b->number);
    stmt_text(q, 3, b->series);
    stmt_int(q, 4, b->year);
    stmt_int(q, 5, b->seq);
    stmt_text(q, 6, b->credit ? "credit" : "bill");
    stmt_int(q, 7, b->account_id);
    stmt_int(q, 8, b->period_from);
    stmt_int(q, 9, b->period_to);
    stmt_int(q, 10, b->issued_at);
    stmt_int(q, 11, b->due_at);
    stmt_text(q, 12, bases[b->basis]);
    stmt_int(q, 13, b->tariff_version_id);
    stmt_text_or_null(q, 14, b->class);
    stmt_int(q, 15, b->days);
    stmt_text(q, 16, b->currency);
    stmt_int(q, 17, b->rounding.minor);
    stmt_int(q, 18, b->total.minor);
    stmt_int(q, 19, b->balance_before.minor);
    stmt_text(q, 20, b->usage);
    stmt_int_or_null(q, 21, b->corrects_id);
    stmt_text(q, 22, b->actor);
    stmt_int_or_null(q, 23, b->cut_at);
    return stmt_insert(q, id, NULL, e) || err_in(e, "bill %s", b->number);
}

bool
bill_line_add(struct store *s, int64_t bill_id, int line, const struct bill_line *l,
              struct err *e)
{
    static const char sql[] =
        "INSERT INTO bill_line (bill_id, line, code, label, qty_milli,"
        " rate_micro, amount_minor) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, bill_id);
    stmt_int(q, 2, line);
    stmt_text(q, 3, l->code);
    stmt_text(q, 4, l->label);
    if (l->has_qty)
        stmt_int(q, 5, l->qty.milli);
    if (l->has_rate)
        stmt_int(q, 6, l->rate.micro);
    stmt_int(q, 7, l->amount.minor);
    return stmt_run(q, e);
}

static void
bind_quality(struct stmt *q, int n, char quality)
{
    const char text[2] = {quality, '\0'};

    stmt_text(q, n, text);
}

bool
bill_reading_add(struct store *s, int64_t bill_id, const struct bill_reading *r,
                 struct err *e)
{
    static const char sql[] =
        "INSERT INTO bill_reading (bill_id, meter_id, register, unit, from_reading_id,"
        " from_milli, from_at, from_quality, to_reading_id, to_milli, to_at, to_quality,"
        " multiplier_milli, usage_milli)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, bill_id);
    stmt_int(q, 2, r->meter_id);
    stmt_text(q, 3, r->obis);
    stmt_text(q, 4, r->unit);
    stmt_int_or_null(q, 5, r->from_id);
    stmt_int(q, 6, r->from.milli);
    stmt_int(q, 7, r->from_at);
    bind_quality(q, 8, r->from_quality);
    stmt_int_or_null(q, 9, r->to_id);
    stmt_int(q, 10, r->to.milli);
    stmt_int(q, 11, r->to_at);
    bind_quality(q, 12, r->to_quality);
    stmt_int(q, 13, r->multiplier_milli);
    stmt_int(q, 14, r->usage.milli);
    return stmt_run(q, e);
}

static enum bill_basis
basis_of_word(const char *word)
{
    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        if (strcmp(word, bases[i]) == 0)
            return (enum bill_basis)i;
    }
    return BASIS_ACTUAL;
}

static void
copy_bill(struct stmt *q, struct bill *out)
{
    *out = (struct bill){
        .id = stmt_col_int(q, 0),
        .year = (int)stmt_col_int(q, 4),
        .seq = stmt_col_int(q, 5),
        .credit = strcmp(stmt_col_peek(q, 6), "credit") == 0,
        .account_id = stmt_col_int(q, 7),
        .period_from = stmt_col_int(q, 8),
        .period_to = stmt_col_int(q, 9),
        .issued_at = stmt_col_int(q, 10),
        .due_at = stmt_col_int(q, 11),
        .tariff_version_id = stmt_col_int(q, 13),
        .days = (int)stmt_col_int(q, 15),
        .rounding = {stmt_col_int(q, 17)},
        .total = {stmt_col_int(q, 18)},
        .balance_before = {stmt_col_int(q, 19)},
        .corrects_id = stmt_col_int(q, 21),
        .cut_at = stmt_col_int(q, 23),
    };
    stmt_col_text(q, 1, out->key, sizeof(out->key));
    stmt_col_text(q, 2, out->number, sizeof(out->number));
    stmt_col_text(q, 3, out->series, sizeof(out->series));
    out->basis = basis_of_word(stmt_col_peek(q, 12));
    stmt_col_text(q, 14, out->class, sizeof(out->class));
    stmt_col_text(q, 16, out->currency, sizeof(out->currency));
    stmt_col_text(q, 20, out->usage, sizeof(out->usage));
    stmt_col_text(q, 22, out->actor, sizeof(out->actor));
}

static bool
one_bill(struct stmt *q, struct bill *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_bill(q, out);
        stmt_done(q);
    }
    return true;
}

bool
bill_by_key(struct store *s, const char *key, struct bill *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM bill b WHERE b.key = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, key);
    return one_bill(q, out, found, e);
}

bool
bill_by_number(struct store *s, const char *number, struct bill *out, bool *found,
               struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM bill b WHERE b.number = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, number);
    return one_bill(q, out, found, e);
}

bool
bill_by_id(struct store *s, int64_t id, struct bill *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM bill b WHERE b.id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_bill(q, out, found, e);
}

bool
bill_newest(struct store *s, int64_t account_id, struct bill *out, bool *found,
            struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM bill b WHERE b.account_id = $1"
        " AND " IN_FORCE " ORDER BY b.period_to DESC, b.id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    return one_bill(q, out, found, e);
}

bool
bill_before(struct store *s, int64_t account_id, utc_t until, struct bill *out, bool *found,
            struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM bill b WHERE b.account_id = $1 AND b.period_to <= $2"
        " AND " IN_FORCE " ORDER BY b.period_to DESC, b.id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, until);
    return one_bill(q, out, found, e);
}

bool
bill_credit_of(struct store *s, int64_t bill_id, struct bill *out, bool *found,
               struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM bill b WHERE b.corrects_id = $1 AND b.kind = 'credit'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, bill_id);
    return one_bill(q, out, found, e);
}

bool
bill_next_of_period(struct store *s, utc_t from, utc_t to, int64_t after, struct bill *out,
                    bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM bill b WHERE b.id > $3 AND b.period_to > $1"
        " AND b.period_to <= $2 AND " IN_FORCE " ORDER BY b.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, from);
    stmt_int(q, 2, to);
    stmt_int(q, 3, after);
    return one_bill(q, out, found, e);
}

bool
bill_month_total(struct store *s, const char *month, int64_t *bills, struct money *total,
                 struct err *e)
{
    static const char sql[] = "SELECT count(*), coalesce(sum(b.total_minor), 0) FROM bill b"
                              " WHERE substr(b.key, length(b.key) - 6) = $1 AND " IN_FORCE;
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, month);
    if (!stmt_step(q, &row, e))
        return false;
    *bills = stmt_col_int(q, 0);
    total->minor = stmt_col_int(q, 1);
    stmt_done(q);
    return true;
}

bool
bill_lines(struct store *s, int64_t bill_id, struct bill_line out[BILL_LINES_MAX], int *n,
           struct err *e)
{
    static const char sql[] = "SELECT code, label, qty_milli, rate_micro, amount_minor"
                              " FROM bill_line WHERE bill_id = $1 ORDER BY line LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, bill_id);
    stmt_int(q, 2, BILL_LINES_MAX);
    while (stmt_step(q, &row, e)) {
        struct bill_line *l = &out[*n];

        if (!row)
            return true;
        *l = (struct bill_line){.has_qty = !stmt_col_null(q, 2),
                                .has_rate = !stmt_col_null(q, 3),
                                .qty = {stmt_col_int(q, 2)},
                                .rate = {stmt_col_int(q, 3)},
                                .amount = {stmt_col_int(q, 4)}};
        stmt_col_text(q, 0, l->code, sizeof(l->code));
        stmt_col_text(q, 1, l->label, sizeof(l->label));
        (*n)++;
    }
    return false;
}

#define READING_COLUMNS                                                                    \
    "r.meter_id, r.register, r.unit, r.from_reading_id, r.from_milli, r.from_at,"          \
    " r.from_quality, r.to_reading_id, r.to_milli, r.to_at, r.to_quality,"                 \
    " r.multiplier_milli, r.usage_milli"

static void
copy_reading(struct stmt *q, struct bill_reading *out)
{
    *out = (struct bill_reading){
        .meter_id = stmt_col_int(q, 0),
        .from_id = stmt_col_int(q, 3),
        .from = {stmt_col_int(q, 4)},
        .from_at = stmt_col_int(q, 5),
        .from_quality = stmt_col_peek(q, 6)[0],
        .to_id = stmt_col_int(q, 7),
        .to = {stmt_col_int(q, 8)},
        .to_at = stmt_col_int(q, 9),
        .to_quality = stmt_col_peek(q, 10)[0],
        .multiplier_milli = stmt_col_int(q, 11),
        .usage = {stmt_col_int(q, 12)},
    };
    stmt_col_text(q, 1, out->obis, sizeof(out->obis));
    stmt_col_text(q, 2, out->unit, sizeof(out->unit));
}

bool
bill_readings(struct store *s, int64_t bill_id, struct bill_reading out[BILL_READINGS_MAX],
              int *n, struct err *e)
{
    static const char sql[] = "SELECT " READING_COLUMNS " FROM bill_reading r"
                              " WHERE r.bill_id = $1 ORDER BY r.id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, bill_id);
    stmt_int(q, 2, BILL_READINGS_MAX);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_reading(q, &out[(*n)++]);
    }
    return false;
}

bool
bill_reading_newest(struct store *s, int64_t account_id, int64_t meter_id, const char *obis,
                    struct bill_reading *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " READING_COLUMNS ", EXISTS (SELECT 1 FROM trueup t"
        "  WHERE t.bill_id = r.bill_id AND t.settled_at IS NULL)"
        " FROM bill_reading r JOIN bill b ON b.id = r.bill_id"
        " WHERE r.meter_id = $2 AND r.register = $3 AND b.account_id = $1 AND " IN_FORCE
        " ORDER BY r.to_at DESC, r.id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, meter_id);
    stmt_text(q, 3, obis);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_reading(q, out);
        out->replaced = stmt_col_int(q, 13) != 0;
        stmt_done(q);
    }
    return true;
}

bool
bill_history(struct store *s, int64_t account_id, int64_t id, const char *obis,
             struct bill_history *out, int most, int *n, struct err *e)
{
    static const char sql[] =
        "SELECT b.period_from, b.period_to, (SELECT coalesce(sum(r.usage_milli), 0)"
        "  FROM bill_reading r WHERE r.bill_id = b.id AND r.register = $3), b.total_minor,"
        " b.issued_at, b.basis"
        " FROM bill b WHERE b.account_id = $1 AND b.id <= $2"
        " AND (b.id = $2 OR " IN_FORCE ") ORDER BY b.period_to DESC, b.id DESC LIMIT $4";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, account_id);
    stmt_int(q, 2, id);
    stmt_text(q, 3, obis);
    stmt_int(q, 4, most);
    while (stmt_step(q, &row, e)) {
        if (!row) {
            for (int i = 0; i < *n / 2; i++) {
                struct bill_history swap = out[i];

                out[i] = out[*n - 1 - i];
                out[*n - 1 - i] = swap;
            }
            return true;
        }
        out[(*n)++] = (struct bill_history){.period_from = stmt_col_int(q, 0),
                                            .period_to = stmt_col_int(q, 1),
                                            .used = {stmt_col_int(q, 2)},
                                            .total = {stmt_col_int(q, 3)},
                                            .issued_at = stmt_col_int(q, 4),
                                            .basis = basis_of_word(stmt_col_peek(q, 5))};
    }
    return false;
}

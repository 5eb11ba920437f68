#include "meterpost/store/readings.h"

#include "reading_row.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const sources[] = {
    [SOURCE_SMS] = "sms",           [SOURCE_BUS] = "bus",
    [SOURCE_CUSTOMER] = "customer", [SOURCE_MANUAL] = "manual",
    [SOURCE_HANDHELD] = "handheld", [SOURCE_IMPORT] = "import",
    [SOURCE_ESTIMATE] = "estimate",
};

static const char *const statuses[] = {
    [READING_ACCEPTED] = "accepted",
    [READING_HELD] = "held",
    [READING_REJECTED] = "rejected",
    [READING_SUPERSEDED] = "superseded",
};

const char *
reading_source_name(enum reading_source source)
{
    return sources[source];
}

const char *
reading_status_name(enum reading_status status)
{
    return statuses[status];
}

bool
reading_source_parse(const char *word, enum reading_source *out)
{
    for (size_t i = 0; i < COUNT(sources); i++) {
        if (strcmp(word, sources[i]) == 0) {
            *out = (enum reading_source)i;
            return true;
        }
    }
    return false;
}

static void
copy_reading(struct stmt *q, struct reading *out)
{
    *out = (struct reading){.id = stmt_col_int(q, 0),
                            .meter_id = stmt_col_int(q, 1),
                            .value = {stmt_col_int(q, 3)},
                            .taken_at = stmt_col_int(q, 5),
                            .received_at = stmt_col_int(q, 6),
                            .meter_clock = stmt_col_int(q, 7) != 0,
                            .quality = stmt_col_peek(q, 8)[0],
                            .inbox_id = stmt_col_int(q, 14),
                            .request_id = stmt_col_int(q, 15),
                            .round_id = stmt_col_int(q, 16),
                            .replaces_id = stmt_col_int(q, 19)};
    stmt_col_text(q, 2, out->obis, sizeof(out->obis));
    stmt_col_text(q, 4, out->unit, sizeof(out->unit));
    stmt_col_text(q, 9, out->method, sizeof(out->method));
    reading_source_parse(stmt_col_peek(q, 10), &out->source);
    for (size_t i = 0; i < COUNT(statuses); i++) {
        if (strcmp(stmt_col_peek(q, 11), statuses[i]) == 0)
            out->status = (enum reading_status)i;
    }
    stmt_col_text(q, 12, out->flags, sizeof(out->flags));
    stmt_col_text(q, 13, out->reason, sizeof(out->reason));
    stmt_col_text(q, 17, out->actor, sizeof(out->actor));
    stmt_col_text(q, 18, out->raw, sizeof(out->raw));
}

bool
reading_one(struct stmt *q, struct reading *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_reading(q, out);
        stmt_done(q);
    }
    return true;
}

static void
bind_reading(struct stmt *q, const struct reading *r)
{
    const char quality[2] = {r->quality, '\0'};

    stmt_int(q, 1, r->meter_id);
    stmt_text(q, 2, r->obis);
    stmt_int(q, 3, r->value.milli);
    stmt_text(q, 4, r->unit);
    stmt_int(q, 5, r->taken_at);
    stmt_int(q, 6, r->received_at);
    stmt_int(q, 7, r->meter_clock);
    stmt_text(q, 8, quality);
    stmt_text_or_null(q, 9, r->method);
    stmt_text(q, 10, sources[r->source]);
    stmt_text(q, 11, statuses[r->status]);
    stmt_text(q, 12, r->flags);
    stmt_text_or_null(q, 13, r->reason);
    stmt_int_or_null(q, 14, r->inbox_id);
    stmt_int_or_null(q, 15, r->request_id);
    stmt_int_or_null(q, 16, r->round_id);
    stmt_text(q, 17, r->actor);
    stmt_text(q, 18, r->raw);
    stmt_int_or_null(q, 19, r->replaces_id);
}

bool
reading_add(struct store *s, const struct reading *r, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO reading (meter_id, register, value_milli, unit, taken_at,"
        " received_at, meter_clock, quality, method, source, status, flags, reason,"
        " inbox_id, request_id, round_id, actor, raw, replaces_id) VALUES ($1, $2, $3, $4,"
        " $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    struct stmt *q = stmt_get(s, sql, e);

    bind_reading(q, r);
    return stmt_insert(q, id, NULL, e) || err_in(e, "reading");
}

bool
reading_by_id(struct store *s, int64_t id, struct reading *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " READING_COLUMNS " FROM reading WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return reading_one(q, out, found, e);
}

bool
reading_next_after(struct store *s, int64_t meter_id, utc_t t, int64_t after,
                   struct reading *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " READING_COLUMNS " FROM reading WHERE meter_id = $1"
                              " AND taken_at > $2 AND id > $3"
                              " AND status <> 'superseded'"
                              " AND status IN ('accepted', 'held') ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, t);
    stmt_int(q, 3, after);
    return reading_one(q, out, found, e);
}

bool
reading_at(struct store *s, int64_t meter_id, const char *obis, utc_t t,
           struct quantity value, struct reading *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " READING_COLUMNS " FROM reading WHERE meter_id = $1 AND register = $2"
        " AND taken_at = $3 AND status <> 'superseded'"
        " ORDER BY CASE WHEN value_milli = $4 THEN 0 ELSE 1 END,"
        " CASE WHEN status = 'accepted' THEN 0 ELSE 1 END, id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, obis);
    stmt_int(q, 3, t);
    stmt_int(q, 4, value.milli);
    return reading_one(q, out, found, e);
}

/* flags NULL: they stay. */
static bool
set_status(struct store *s, int64_t id, enum reading_status status, const char *flags,
           const char *reason, struct err *e)
{
    static const char sql[] = "UPDATE reading SET status = $2, reason = $3,"
                              " flags = coalesce($4, flags) WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, statuses[status]);
    stmt_text_or_null(q, 3, reason);
    if (flags != NULL)
        stmt_text(q, 4, flags);
    return stmt_run(q, e);
}

bool
reading_set_status(struct store *s, int64_t id, enum reading_status status,
                   const char *reason, struct err *e)
{
    return set_status(s, id, status, NULL, reason, e);
}

bool
reading_set_verdict(struct store *s, int64_t id, enum reading_status status,
                    const char *flags, const char *reason, struct err *e)
{
    return set_status(s, id, status, flags, reason, e);
}

/* verb_import.c - the registry and readings from files. */
#include "meterpost/base/conf.h"
#include "meterpost/base/csv.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/metering/import.h"
#include "meterpost/metering/reading.h"
#include "meterpost/store/audit.h"
#include "verb_books.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
tariff_known(const char *name, void *tariffs)
{
    const struct tariff_set *set = tariffs;

    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->list[i]->id, name) == 0)
            return true;
    }
    return false;
}

struct import_context
import_context_of(struct desk *d, const char *actor)
{
    return (struct import_context){.store = d->store,
                                   .conf = d->conf,
                                   .profiles = d->profiles,
                                   .kinds = d->kinds,
                                   .tariff_known = tariff_known,
                                   .tariffs = d->tariffs,
                                   .post_opening = ledger_post_opening,
                                   .actor = actor,
                                   .now = d->now};
}

static bool
note_import(struct desk *d, const char *actor, const char *kind, const char *file,
            int64_t rows, json_t *answer, struct err *e)
{
    char detail[200];

    json_object_set_new(answer, "kind", json_string(kind));
    json_object_set_new(answer, "rows", json_integer(rows));
    snprintf(detail, sizeof(detail), "%lld rows from %.100s", (long long)rows, file);
    return audit_add(d->store, d->now, actor, "cli", "import", kind, detail, e);
}

static void
set_money(struct desk *d, json_t *answer, const char *key, struct money m)
{
    char text[AMOUNT_TEXT_MAX];

    json_object_set_new(
        answer, key, json_string(decimal_print(m.minor, d->conf->decimals, false, text)));
}

static bool
take_registry(struct desk *d, const char *actor, const char *kind, const char *file,
              const char *text, int64_t *rows, json_t *answer, struct problems *p,
              struct err *e)
{
    struct import_context context = import_context_of(d, actor);
    struct import_result done = {0};

    if (!import_text(&context, kind, file, text, strlen(text), &done, p, e))
        return false;
    json_object_set_new(answer, "held", json_integer(done.held));
    set_money(d, answer, "opening", done.opening);
    *rows = done.rows;
    return true;
}

static bool
take_payments(struct desk *d, const char *actor, const char *file, const char *text,
              int64_t *rows, json_t *answer, struct problems *p, struct err *e)
{
    struct payments_import done;

    if (!import_payments(d, actor, file, text, &done, p, e))
        return false;
    json_object_set_new(answer, "existing", json_integer(done.existing));
    json_object_set_new(answer, "suspense", json_integer(done.suspense));
    set_money(d, answer, "total", done.total);
    *rows = done.rows;
    return true;
}

bool
verb_import(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
            struct err *e)
{
    struct problems p = {0};
    const char *kind, *file, *text;
    int64_t rows = 0;
    bool good;

    if (!argument_text(arguments, "kind", &kind, e) ||
        !argument_text_or(arguments, "file", "file", &file, e) ||
        !argument_text(arguments, "text", &text, e))
        return false;
    if (strcmp(kind, "payments") == 0)
        good = take_payments(d, actor, file, text, &rows, answer, &p, e);
    else
        good = take_registry(d, actor, kind, file, text, &rows, answer, &p, e);
    if (good)
        return note_import(d, actor, kind, file, rows, answer, e);
    good = !problems_none(&p);
    if (good)
        books_problems(&p, answer);
    problems_free(&p);
    return good;
}

/* ---- one reading by hand ---- */

/* The one row that a file of readings would have: the same checks, the same way. */
static char *
reading_text(const char *const fields[5])
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    if (to == NULL)
        return NULL;
    fputs("meter,register,value,taken_at,source\r\n", to);
    for (int i = 0; i < 5; i++)
        csv_put(to, fields[i], i == 0);
    fputs("\r\n", to);
    fclose(to);
    return text;
}

static bool
add_reading(struct desk *d, const char *actor, const char *const fields[5], json_t *answer,
            struct err *e)
{
    char *text = reading_text(fields);
    struct problems p = {0};
    int64_t rows;
    bool good;

    if (text == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    good = take_registry(d, actor, "readings", "reading", text, &rows, answer, &p, e);
    if (!good && p.count > 0)
        err_set(e, FAIL_REJECT, "%s", p.at[0].text);
    problems_free(&p);
    free(text);
    json_object_del(answer, "opening");
    return good;
}

bool
verb_reading_add(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    char now[TIME_TEXT_MAX], subject[80], detail[200];
    const char *fields[5];
    struct meter meter;
    bool found;

    if (!argument_text(arguments, "meter", &fields[0], e) ||
        !meter_by_name(d->store, fields[0], &meter, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no meter '%.60s'", fields[0]);
    if (!argument_text_or(arguments, "register", metering_main_register(meter.commodity),
                          &fields[1], e) ||
        !argument_text(arguments, "value", &fields[2], e) ||
        !argument_text_or(arguments, "taken_at", clock_iso(d->now, now), &fields[3], e) ||
        !argument_text_or(arguments, "source", "manual", &fields[4], e) ||
        !add_reading(d, actor, fields, answer, e))
        return false;
    json_object_set_new(answer, "meter", json_string(meter.meter));
    json_object_set_new(answer, "register", json_string(fields[1]));
    json_object_set_new(answer, "value", json_string(fields[2]));
    snprintf(subject, sizeof(subject), "meter %s", meter.meter);
    snprintf(detail, sizeof(detail), "%.40s = %.40s", fields[1], fields[2]);
    return audit_add(d->store, d->now, actor, "cli", "reading.add", subject, detail, e);
}

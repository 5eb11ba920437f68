#include "meterpost/metering/registry.h"

#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/store/fittings.h"
#include "meterpost/store/list.h"
#include "meterpost/store/staff.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 1024

static const struct import_kind *
kind_of(const char *name, struct err *e)
{
    const struct import_kind *kind = import_kind_find(name, e);

    if (kind == &import_readings) {
        err_set(e, FAIL_REJECT, "readings are no part of the registry");
        return NULL;
    }
    return kind;
}

/* ---- a row as text ---- */

/* The row as the list gives it; NULL when it is not there. */
static json_t *
load_row(const struct import_context *context, const struct import_kind *kind,
         const char *name, struct err *e)
{
    struct list_filter one = {.subject = name, .limit = 1};
    char list[64];
    json_t *rows, *row;

    snprintf(list, sizeof(list), "%s.export", kind->name);
    rows = list_array(context->store, list, &one, context->conf->decimals, e);
    if (rows == NULL)
        return NULL;
    row = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    if (row == NULL)
        err_set(e, FAIL_REJECT, "there is no %.*s '%.60s'",
                (int)(strlen(kind->name) - (kind != &import_staff)), kind->name, name);
    return row;
}

json_t *
registry_get(const struct import_context *context, const char *kind, const char *name,
             struct err *e)
{
    const struct import_kind *k = kind_of(kind, e);
    json_t *row = k != NULL ? load_row(context, k, name, e) : NULL, *texts;
    char value[VALUE_MAX];

    if (row == NULL)
        return NULL;
    texts = json_object();
    for (const struct column *c = k->columns; c->name != NULL; c++) {
        export_value(json_object_get(row, c->name), value, sizeof(value));
        json_object_set_new(texts, c->name, json_string(value));
    }
    json_decref(row);
    return texts;
}

/* ---- a row as a file of one line ---- */

static bool
check_fields(const struct import_kind *kind, const json_t *fields, struct err *e)
{
    const char *names[CSV_FIELDS_MAX], *near, *key;
    const json_t *value;
    size_t n = 0;

    for (const struct column *c = kind->columns; c->name != NULL; c++)
        names[n++] = c->name;
    json_object_foreach ((json_t *)fields, key, value) {
        bool known = false;

        for (size_t i = 0; i < n; i++)
            known = known || strcmp(names[i], key) == 0;
        near = nearest_word(key, names, n);
        if (!known)
            return err_set(e, FAIL_REJECT, "%s have no field '%.40s'%s%s%s", kind->name,
                           key, near != NULL ? "; is it '" : "", near != NULL ? near : "",
                           near != NULL ? "'?" : "");
        if (!json_is_string(value))
            return err_set(e, FAIL_REJECT, "'%s' must be a text", key);
    }
    return true;
}

/* `fields` over `row` (NULL: nothing), columns that neither has left out. To be freed. */
static char *
text_of(const struct import_kind *kind, const json_t *row, const json_t *fields)
{
    char value[VALUE_MAX], *text = NULL;
    bool first = true;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    if (to == NULL)
        return NULL;
    for (int line = 0; line < 2; line++, first = true) {
        for (const struct column *c = kind->columns; c->name != NULL; c++) {
            const json_t *given = json_object_get(fields, c->name);

            if (given == NULL)
                given = json_object_get(row, c->name);
            if (given == NULL && c->need == NEED_NOTHING)
                continue;
            export_value(given, value, sizeof(value));
            csv_put(to, line == 0 ? c->name : value, first);
            first = false;
        }
        fputs("\r\n", to);
    }
    fclose(to);
    return text;
}

static bool
write_row(const struct import_context *context, const struct import_kind *kind,
          const json_t *row, const json_t *fields, struct import_edit *edit, struct err *e)
{
    char *text = text_of(kind, row, fields);
    struct problems p = {0};
    bool good;

    if (text == NULL)
        return err_set(e, FAIL_RETRY, "not enough memory");
    good = import_one(context, kind->name, text, strlen(text), edit, &p, e);
    if (!good && p.count > 0)
        err_set(e, FAIL_REJECT, "%s", p.at[0].text);
    problems_free(&p);
    free(text);
    return good;
}

bool
registry_add(const struct import_context *context, const char *kind, const char *name,
             const json_t *fields, struct err *e)
{
    const struct import_kind *k = kind_of(kind, e);
    json_t *all;
    bool good;

    if (k == NULL || !check_fields(k, fields, e))
        return false;
    all = json_copy((json_t *)fields);
    json_object_set_new(all, k->columns[0].name, json_string(name));
    good = write_row(context, k, NULL, all, NULL, e);
    json_decref(all);
    return good;
}

/* What is different, in words. */
static void
tell_diff(const struct import_kind *kind, const json_t *before, const json_t *after,
          char diff[REGISTRY_DIFF_MAX])
{
    struct text out;

    text_init(&out, diff, REGISTRY_DIFF_MAX);
    for (const struct column *c = kind->columns; c->name != NULL; c++) {
        const char *was = json_string_value(json_object_get(before, c->name));
        const char *is = json_string_value(json_object_get(after, c->name));

        if (was == NULL || is == NULL || strcmp(was, is) == 0)
            continue;
        text_add(&out, out.used > 0 ? "; " : "");
        if (strcmp(c->name, "password") == 0)
            text_add(&out, "password: another one");
        else
            text_addf(&out, "%s: %s -> %s", c->name, *was != '\0' ? was : "nothing",
                      *is != '\0' ? is : "nothing");
    }
}

static bool
is_contract(const char *field)
{
    return strcmp(field, "tariff") == 0 || strcmp(field, "class") == 0;
}

/* Only a contract may begin later: everything else is as it is. */
static bool
check_planned(const json_t *fields, struct err *e)
{
    const json_t *value;
    const char *key;

    json_object_foreach ((json_t *)fields, key, value) {
        if (!is_contract(key))
            return err_set(e, FAIL_REJECT,
                           "%s cannot be planned: only tariff and class can change later",
                           key);
    }
    return true;
}

/* A contract of another time than now, which what is shown does not tell. */
static void
tell_dated(const json_t *fields, utc_t at, char diff[REGISTRY_DIFF_MAX])
{
    const json_t *value;
    char day[TIME_TEXT_MAX];
    size_t n = strlen(diff);
    struct text out;
    const char *key;

    text_init(&out, diff + n, REGISTRY_DIFF_MAX - n);
    json_object_foreach ((json_t *)fields, key, value) {
        if (is_contract(key))
            text_addf(&out, "%s%s: %s from %s", n + out.used > 0 ? "; " : "", key,
                      json_string_value(value), clock_date(at, day));
    }
}

bool
registry_set(const struct import_context *context, const char *kind, const char *name,
             const json_t *fields, utc_t at, char diff[REGISTRY_DIFF_MAX], struct err *e)
{
    const struct import_kind *k = kind_of(kind, e);
    struct import_edit edit = {fields, at, false};
    json_t *before, *after;
    bool good;

    if (k == NULL || !check_fields(k, fields, e) ||
        (at > context->now && !check_planned(fields, e)))
        return false;
    if (json_object_get(fields, k->columns[0].name) != NULL ||
        json_object_get(fields, "opening_balance") != NULL)
        return err_set(e, FAIL_REJECT, "the number and the balance cannot be set");
    before = registry_get(context, kind, name, e);
    if (before == NULL)
        return false;
    good = write_row(context, k, before, fields, &edit, e);
    after = good ? registry_get(context, kind, name, e) : NULL;
    if (after != NULL)
        tell_diff(k, before, after, diff);
    if (after != NULL && edit.dated && at != context->now)
        tell_dated(fields, at, diff);
    json_decref(before);
    json_decref(after);
    return after != NULL;
}

/* ---- closing ---- */

struct closing {
    const struct import_context *with;
    const char *name;
    utc_t at;
    char *why; /* ERR_TEXT_MAX */
};

/* Is there something that speaks against it already? Nothing is closed twice. */
static bool
stays_open(struct closing *c, utc_t until)
{
    char day[TIME_TEXT_MAX];

    if (until != 0)
        snprintf(c->why, ERR_TEXT_MAX, "it was closed on %s", clock_date(until, day));
    return c->why[0] != '\0';
}

static bool
balance_is_zero(struct closing *c, struct err *e)
{
    struct list_filter one = {.subject = c->name, .limit = 1};
    json_t *rows = list_array(c->with->store, "accounts", &one, c->with->conf->decimals, e);
    const char *balance =
        json_string_value(json_object_get(json_array_get(rows, 0), "balance"));

    if (rows == NULL)
        return false;
    if (balance != NULL && strspn(balance, "0.") != strlen(balance))
        snprintf(c->why, ERR_TEXT_MAX, "its balance is %s: settle that first", balance);
    json_decref(rows);
    return true;
}

static bool
close_account(struct closing *c, struct err *e)
{
    struct store *s = c->with->store;
    struct account a;
    int64_t meters;
    bool found;

    if (!account_by_name(s, c->name, &a, &found, e) || !meters_count(s, a.id, &meters, e) ||
        !balance_is_zero(c, e))
        return false;
    if (meters > 0)
        snprintf(c->why, ERR_TEXT_MAX,
                 "%lld meters hang at it: account move-out takes their last reading",
                 (long long)meters);
    return stays_open(c, a.closed_at) || account_close(s, a.id, c->at, e);
}

static bool
close_meter(struct closing *c, struct err *e)
{
    struct meter m;
    bool found;

    if (!meter_by_name(c->with->store, c->name, &m, &found, e))
        return false;
    if (m.at.id != 0)
        snprintf(c->why, ERR_TEXT_MAX,
                 "it hangs at an account: meter exchange or account move-out takes its "
                 "last reading");
    return stays_open(c, m.until) || meter_close(c->with->store, m.id, c->at, e);
}

/* How many meters and collectors speak through it. */
static bool
still_behind(struct closing *c, int64_t concentrator_id, int64_t collector_id,
             struct err *e)
{
    int64_t meters;

    if (!meters_behind_count(c->with->store, concentrator_id, collector_id, &meters, e))
        return false;
    if (meters > 0)
        snprintf(c->why, ERR_TEXT_MAX, "%lld devices are behind it", (long long)meters);
    return true;
}

static bool
close_concentrator(struct closing *c, struct err *e)
{
    struct concentrator k;
    bool found;

    return concentrator_by_name(c->with->store, c->name, &k, &found, e) &&
           still_behind(c, k.id, 0, e) &&
           (stays_open(c, k.until) || concentrator_close(c->with->store, k.id, c->at, e));
}

static bool
close_collector(struct closing *c, struct err *e)
{
    struct collector l;
    bool found;

    return collector_by_name(c->with->store, c->name, &l, &found, e) &&
           still_behind(c, 0, l.id, e) &&
           (stays_open(c, l.until) || collector_close(c->with->store, l.id, c->at, e));
}

static bool
close_group(struct closing *c, struct err *e)
{
    int64_t meters, groups;
    struct group g;
    bool found;

    if (!group_by_code(c->with->store, c->name, &g, &found, e) ||
        !group_count(c->with->store, g.id, &meters, &groups, e))
        return false;
    if (meters + groups > 0)
        snprintf(c->why, ERR_TEXT_MAX, "%lld meters and %lld groups are in it",
                 (long long)meters, (long long)groups);
    return stays_open(c, g.until) || group_close(c->with->store, g.id, c->at, e);
}

static bool
close_point(struct closing *c, struct err *e)
{
    struct point p;
    int64_t meters;
    bool found;

    if (!point_by_name(c->with->store, c->name, &p, &found, e) ||
        !point_count(c->with->store, p.id, &meters, e))
        return false;
    if (meters > 0)
        snprintf(c->why, ERR_TEXT_MAX, "%lld meters hang there", (long long)meters);
    return stays_open(c, p.until) || point_close(c->with->store, p.id, c->at, e);
}

static bool
close_staff(struct closing *c, struct err *e)
{
    struct staff p;
    bool found;

    return staff_by_name(c->with->store, c->name, &p, &found, e) &&
           (stays_open(c, p.until) || staff_close(c->with->store, p.id, c->at, e));
}

bool
registry_close(const struct import_context *context, const char *kind, const char *name,
               utc_t at, bool *done, char why[ERR_TEXT_MAX], struct err *e)
{
    static const struct {
        const struct import_kind *kind;
        bool (*close)(struct closing *c, struct err *e);
    } closers[] = {
        {&import_accounts, close_account},
        {&import_meters, close_meter},
        {&import_concentrators, close_concentrator},
        {&import_collectors, close_collector},
        {&import_groups, close_group},
        {&import_points, close_point},
        {&import_staff, close_staff},
    };
    struct closing c = {context, name, at, why};
    const struct import_kind *k = kind_of(kind, e);
    json_t *row = k != NULL ? load_row(context, k, name, e) : NULL;

    why[0] = '\0';
    *done = false;
    if (row == NULL)
        return false;
    json_decref(row);
    if (at > context->now)
        return err_set(e, FAIL_REJECT, "expected a day that is not in the future");
    for (size_t i = 0; i < sizeof(closers) / sizeof(closers[0]); i++) {
        if (closers[i].kind == k && !closers[i].close(&c, e))
            return false;
    }
    *done = why[0] == '\0';
    return true;
}

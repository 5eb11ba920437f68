/* What is held, as a morning's list: the reason, the history as bars, what to do. */
#include "case.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/hold.h"

#include <stdlib.h>
#include <string.h>

#define BARS 12

/* ---- history ---- */

/* Use a day of the stretch that ends at point i, newest first; -1 where it went down. */
static int64_t
use_at(const struct reading_case *k, int i)
{
    const struct reading_brief *to = &k->past[i], *from = &k->past[i + 1];
    utc_t seconds = to->taken_at - from->taken_at;
    int64_t moved = to->value.milli - from->value.milli;

    if (moved < 0 && check_has_flag(to->flags, "rollover"))
        moved += check_register_size(k->c.digits);
    return moved < 0 || seconds <= 0 ? -1 : (int64_t)((int128)moved * DAY_S / seconds);
}

static int64_t
use_now(const struct reading_case *k)
{
    int64_t moved = k->c.value.milli - k->c.before.value.milli;
    utc_t seconds = k->c.taken_at - k->c.before.at;

    return !k->c.before.known || moved < 0 || seconds <= 0
               ? -1
               : (int64_t)((int128)moved * DAY_S / seconds);
}

static void
add_bar(struct text *out, int64_t use, int64_t most)
{
    static const char *const bars[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                       "\u2585", "\u2586", "\u2587", "\u2588"};

    if (use < 0)
        text_add(out, "\u2193"); /* it went down */
    else
        text_add(out, bars[most <= 0 ? 0 : (int)((int128)use * 7 / most)]);
}

static void
draw_history(const struct reading_case *k, char *out, size_t size)
{
    int n = k->n_past - 1 < BARS ? k->n_past - 1 : BARS;
    int64_t now = use_now(k), most = now;
    struct text t;

    for (int i = 0; i < n; i++)
        most = use_at(k, i) > most ? use_at(k, i) : most;
    text_init(&t, out, size);
    for (int i = n - 1; i >= 0; i--)
        add_bar(&t, use_at(k, i), most);
    text_add(&t, n > 0 ? " " : "");
    add_bar(&t, now, most);
}

/* ---- what to do ---- */

/* Later readings know better than the rules did. */
static void
propose(const struct reading *r, const struct reading_case *k, json_t *row)
{
    const struct check_rule *worst = check_worst(r->flags);
    const char *proposal = worst == NULL ? "accept" : worst->proposal;
    const char *advice = worst == NULL ? "" : worst->advice;

    if (check_has_flag(r->flags, "agreed"))
        advice = "ask who agreed it, then accept";
    if (k->c.after.known && k->c.after.value.milli < r->value.milli) {
        proposal = "reject";
        advice = "a later reading lies below it";
    } else if (k->c.after.known && k->c.before.known &&
               r->value.milli >= k->c.before.value.milli) {
        proposal = "accept";
        advice = "it lies between the readings before and after";
    }
    json_object_set_new(row, "proposal", json_string(proposal));
    json_object_set_new(row, "advice", json_string(advice));
}

/* ---- rows ---- */

static json_t *
decimal(int64_t milli, bool known)
{
    char text[AMOUNT_TEXT_MAX];

    return known ? json_string(decimal_print(milli, QUANTITY_PLACES, true, text))
                 : json_null();
}

static json_t *
words(const char *flags)
{
    json_t *out = json_array();

    while (*flags != '\0') {
        size_t n = strcspn(flags, ",");

        json_array_append_new(out, json_stringn(flags, n));
        flags += n + (flags[n] == ',');
    }
    return out;
}

static json_t *
row_of(const struct reading *r, const struct meter *m, const char *account,
       const struct reading_case *k)
{
    char at[TIME_TEXT_MAX], bars[4 * (BARS + 3)];
    bool known;
    int64_t usual = check_use_expected(&k->c.use, &known), now = use_now(k);
    json_t *row =
        json_pack("{s:I, s:s, s:s, s:s, s:o, s:s, s:s, s:s}", "id", (json_int_t)r->id,
                  "meter", m->meter, "account", account, "register", r->obis, "value",
                  decimal(r->value.milli, true), "unit", r->unit, "taken_at",
                  clock_iso(r->taken_at, at), "source", reading_source_name(r->source));

    draw_history(k, bars, sizeof(bars));
    json_object_set_new(row, "rules", words(r->flags));
    json_object_set_new(
        row, "rule",
        json_string(check_worst(r->flags) == NULL ? "other" : check_worst(r->flags)->name));
    json_object_set_new(row, "reason", json_string(r->reason));
    json_object_set_new(row, "before", decimal(k->c.before.value.milli, k->c.before.known));
    json_object_set_new(row, "after", decimal(k->c.after.value.milli, k->c.after.known));
    json_object_set_new(row, "use", decimal(now, now >= 0));
    json_object_set_new(row, "usual", decimal(usual, known));
    json_object_set_new(row, "history", json_string(bars));
    propose(r, k, row);
    json_object_set_new(row, "points", json_integer(check_points(r->flags)));
    return row;
}

static bool
add_row(struct store *s, const struct conf *conf, const struct reading *r, json_t *rows,
        struct err *e)
{
    struct reading_case k;
    struct meter m;
    struct account a = {0};
    bool found;

    if (!meter_by_id(s, r->meter_id, &m, &found, e) ||
        (m.at.id != 0 && !account_by_id(s, m.at.account_id, &a, &found, e)) ||
        !case_load(s, &conf->validation, NULL, &m, 0, r, true, &k, e))
        return false;
    json_array_append_new(rows, row_of(r, &m, a.account, &k));
    return true;
}

static int
by_points(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    json_int_t p = json_integer_value(json_object_get(x, "points"));
    json_int_t q = json_integer_value(json_object_get(y, "points"));
    json_int_t i = json_integer_value(json_object_get(x, "id"));

    return p != q                                             ? (p > q ? -1 : 1)
           : i < json_integer_value(json_object_get(y, "id")) ? -1
                                                              : 1;
}

/* Takes rows. */
static json_t *
sorted(json_t *rows, struct err *e)
{
    size_t n = json_array_size(rows);
    json_t **list = calloc(n + 1, sizeof(json_t *)), *out = json_array();

    if (list == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        json_decref(out);
        out = NULL;
    }
    for (size_t i = 0; list != NULL && i < n; i++)
        list[i] = json_array_get(rows, i);
    if (list != NULL && n > 0)
        qsort(list, n, sizeof(json_t *), by_points);
    for (size_t i = 0; list != NULL && i < n; i++)
        json_array_append(out, list[i]);
    free(list);
    json_decref(rows);
    return out;
}

json_t *
hold_rows(struct store *s, const struct conf *conf, const char *subject, const char *rule,
          int64_t id, struct err *e)
{
    json_t *rows = json_array();
    struct reading r = {.id = id > 0 ? id - 1 : 0};
    bool found;

    for (;;) {
        if (!reading_next_held(s, subject, r.id, &r, &found, e))
            break;
        if (!found || (id > 0 && r.id != id))
            return sorted(rows, e);
        if ((rule == NULL || check_has_flag(r.flags, rule)) &&
            !add_row(s, conf, &r, rows, e))
            break;
    }
    json_decref(rows);
    return NULL;
}

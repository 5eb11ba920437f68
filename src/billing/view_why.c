/*
 * The view `bill` for WHY: its readings and lines in so few words that each of the two
 * texts is one message, whatever the language. The more there is to tell, the less of it is
 * told one by one: first every line, then one for each part of the tariff, then fewer of
 * these and the sum of the rest.
 */
#include "view_source.h"

#include "meterpost/base/text.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/sms/segment.h"
#include "meterpost/sms/translit.h"
#include "meterpost/store/bills.h"

#include <stdlib.h>
#include <string.h>

struct why {
    const struct conf *conf;
    const struct templates *templates;
    const char *language;
    json_t *view, *why;
};

static const char *
text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text == NULL ? "" : text;
}

static int64_t
minor_of(const struct why *w, const json_t *o, const char *key)
{
    int64_t minor = 0;
    struct err ignored;

    decimal_parse(text_of(o, key), w->conf->decimals, &minor, &ignored); /* we wrote it */
    return minor;
}

/* ---- lines ---- */

/* "Water, first 6 m³" with a plain 3: one raised figure would make the text twice as dear.
 */
static void
put_plain_label(json_t *line)
{
    static const char *const raised[] = {"\u00b2", "\u00b3"}, *const plain[] = {"2", "3"};
    char label[2 * BILL_LABEL_MAX], *at;

    text_clip(label, sizeof(label), text_of(line, "label"));
    for (size_t i = 0; i < 2; i++) {
        while ((at = strstr(label, raised[i])) != NULL) {
            *at = *plain[i];
            memmove(at + 1, at + 2, strlen(at + 2) + 1);
        }
    }
    json_object_set_new(line, "label", json_string(label));
}

/* A percent says in its label what it is, and of what would take too many words. */
static json_t *
short_line(const json_t *line)
{
    json_t *copy = json_copy((json_t *)line);

    put_plain_label(copy);
    if (strchr(text_of(line, "rate"), '%') != NULL) {
        view_none(copy, "rate");
        view_none(copy, "qty");
    }
    return copy;
}

/* A line of the same code joins the one before it: the sum, without a rate. */
static void
join_lines(const struct why *w, json_t *one, const json_t *next)
{
    struct money sum = {minor_of(w, one, "amount") + minor_of(w, next, "amount")};
    struct quantity a, b;
    struct err ignored;

    view_money(one, "amount", sum, w->conf->decimals, w->language);
    view_none(one, "rate");
    if (decimal_parse(text_of(one, "qty"), QUANTITY_PLACES, &a.milli, &ignored) &&
        decimal_parse(text_of(next, "qty"), QUANTITY_PLACES, &b.milli, &ignored))
        view_quantity(one, "qty", (struct quantity){a.milli + b.milli}, w->language);
    else
        view_none(one, "qty");
}

/* The lines of the bill in short; with `joined` one for each code. */
static json_t *
short_lines(const struct why *w, bool joined)
{
    json_t *all = json_array(), *line, *last = NULL;
    size_t i;

    json_array_foreach (json_object_get(w->view, "lines"), i, line) {
        if (joined && last != NULL &&
            strcmp(text_of(last, "code"), text_of(line, "code")) == 0) {
            join_lines(w, last, line);
            continue;
        }
        last = short_line(line);
        json_array_append_new(all, last);
    }
    return all;
}

/* The first n of them; the others are one sum. */
static void
put_lines(const struct why *w, json_t *lines, size_t n)
{
    struct money rest = {0};
    size_t all = json_array_size(lines);
    bool some = n > 0 && n < all;

    /* Without any line the rest is the bill, which is told anyway. */
    for (size_t i = n; i < all; i++)
        rest.minor += minor_of(w, json_array_get(lines, i), "amount");
    while (json_array_size(lines) > n)
        json_array_remove(lines, n);
    json_object_set(w->why, "lines", lines);
    json_object_set_new(w->why, "rest",
                        some ? json_integer((json_int_t)(all - n)) : json_null());
    if (some)
        view_money(w->why, "rest_amount", rest, w->conf->decimals, w->language);
    else
        view_none(w->why, "rest_amount");
}

/* What was owed before and what was paid, where there is some. */
static void
put_before(const struct why *w, bool told)
{
    static const char *const keys[] = {"balance_before", "payments"};
    const json_t *totals = json_object_get(w->view, "totals");

    for (size_t i = 0; i < 2; i++) {
        struct money m = {minor_of(w, totals, keys[i])};

        if (m.minor == 0 || !told)
            view_none(w->why, keys[i]);
        else
            view_money(w->why, keys[i], m, w->conf->decimals, w->language);
    }
}

/* Step 0 tells every line by itself, the next ones each part of the tariff, then fewer of
 * them, then none, and the last not even what was before. False: there is no such step. */
static bool
tell_lines(const struct why *w, size_t step)
{
    json_t *lines = short_lines(w, step > 0);
    size_t all = json_array_size(lines), gone = step == 0 ? 0 : step - 1;

    put_before(w, gone <= all);
    put_lines(w, lines, gone < all ? all - gone : 0);
    json_decref(lines);
    return gone <= all + 1;
}

/* ---- readings ---- */

/* Those of the whole use first, fewer with each step; at the end the last one alone,
 * without its dates. */
static bool
tell_readings(const struct why *w, size_t step)
{
    json_t *all = json_object_get(w->view, "readings"), *told = json_array(), *r;
    const char *whole = text_of(json_array_get(all, 0), "register");
    size_t n = json_array_size(all), left = step < n ? n - step : 1, i;

    for (int others = 0; others < 2; others++) {
        json_array_foreach (all, i, r) {
            if ((strcmp(text_of(r, "register"), whole) != 0) == others &&
                json_array_size(told) < left)
                json_array_append(told, r);
        }
    }
    json_object_set_new(w->why, "readings", told);
    json_object_set_new(w->why, "dates", json_boolean(step < n));
    json_object_set_new(w->why, "more",
                        left < n && step < n ? json_integer((json_int_t)(n - left))
                                             : json_null());
    return step <= n;
}

/* ---- until it fits ---- */

static bool
is_one_message(const struct why *w, const char *template, bool *fits, struct err *e)
{
    char plain[OUTBOX_TEXT_MAX];
    struct segments size;
    char *text;
    bool ok;

    if (!templates_render(w->templates, w->language, template, w->view, &text, e))
        return err_in(e, "%s", template);
    ok = translit_allowed(w->language) && translit_shorten(text, plain, sizeof(plain))
             ? segment_measure(plain, &size, e)
             : segment_measure(text, &size, e);
    free(text);
    *fits = ok && size.count <= 1;
    return ok;
}

typedef bool tell_function(const struct why *w, size_t step);

static bool
shorten(const struct why *w, const char *template, tell_function *tell, struct err *e)
{
    bool fits = false;

    for (size_t step = 0; !fits && tell(w, step); step++) {
        if (!is_one_message(w, template, &fits, e))
            return false;
    }
    return true;
}

bool
billing_view_why(struct store *s, const struct conf *conf,
                 const struct templates *templates, int64_t account_id,
                 const char *language, json_t **out, struct err *e)
{
    struct why w = {conf, templates, language, NULL, json_object()};
    struct bill b;
    bool found, ok;

    *out = NULL;
    ok = bill_newest(s, account_id, &b, &found, e);
    if (ok && found)
        w.view = billing_view_bill(s, conf, b.number, language, e);
    if (w.view == NULL) {
        json_decref(w.why);
        return ok && !found;
    }
    json_object_set_new(w.view, "why", w.why);
    tell_lines(&w, 0);
    tell_readings(&w, 0);
    if (shorten(&w, "why.sms", tell_readings, e) &&
        shorten(&w, "why-lines.sms", tell_lines, e)) {
        *out = w.view;
        return true;
    }
    json_decref(w.view);
    return false;
}

#include "meterpost/render/view.h"

#include "meterpost/render/language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 64 /* bytes of a field's name with its ending */

/* Sets name + ending to `value`, or to null. */
static bool
set(json_t *object, const char *name, const char *ending, const char *value)
{
    char key[KEY_MAX];

    snprintf(key, sizeof(key), "%s%s", name, ending);
    return json_object_set_new(object, key,
                               value == NULL ? json_null() : json_string(value)) == 0;
}

static bool
set_decimal(json_t *object, const char *name, int64_t value, int places, bool trim,
            const char *language)
{
    char plain[AMOUNT_TEXT_MAX], shown[LANGUAGE_TEXT_MAX];

    return set(object, name, "", decimal_print(value, places, trim, plain)) &&
           set(object, name, "_shown",
               language_number(value, places, trim, language, shown));
}

bool
view_money(json_t *object, const char *name, struct money m, int decimals,
           const char *language)
{
    return set_decimal(object, name, m.minor, decimals, false, language);
}

bool
view_quantity(json_t *object, const char *name, struct quantity q, const char *language)
{
    return set_decimal(object, name, q.milli, QUANTITY_PLACES, true, language);
}

bool
view_rate(json_t *object, const char *name, struct rate r, int decimals,
          const char *language)
{
    int64_t value = r.micro;
    int places = RATE_PLACES;

    while (places > decimals && value % 10 == 0) {
        value /= 10;
        places--;
    }
    return set_decimal(object, name, value, places, false, language);
}

bool
view_date(json_t *object, const char *name, utc_t t, const char *language)
{
    char iso[TIME_TEXT_MAX], text[LANGUAGE_TEXT_MAX];

    return set(object, name, "", clock_date(t, iso)) &&
           set(object, name, "_long", language_date_long(t, language, text)) &&
           set(object, name, "_short", language_date_short(t, language, text));
}

bool
view_none(json_t *object, const char *name)
{
    return set(object, name, "", NULL) && set(object, name, "_shown", NULL) &&
           set(object, name, "_long", NULL) && set(object, name, "_short", NULL);
}

bool
view_unit(json_t *object, const char *unit, const char *language)
{
    return set(object, "unit", "", unit) &&
           set(object, "unit", "_shown", language_unit(unit, language));
}

static json_t *
history_list(const struct chart_bar *bars, int n, const char *language)
{
    json_t *list = json_array();

    for (int i = 0; i < n && list != NULL; i++) {
        json_t *one = json_pack("{s:s,s:b,s:b}", "label", bars[i].label, "estimated",
                                bars[i].estimated, "current", bars[i].current);

        if (one == NULL ||
            !view_quantity(one, "value", (struct quantity){bars[i].milli}, language) ||
            json_array_append(list, one) == -1) {
            json_decref(list);
            list = NULL;
        }
        json_decref(one);
    }
    return list;
}

bool
view_history(json_t *view, const struct chart_bar *bars, int n, const char *unit,
             const char *language, struct err *e)
{
    char *svg;
    bool ok;

    if (!chart_bars(bars, n, language_history_title(language),
                    language_unit(unit, language), language, &svg, e))
        return false;
    ok = json_object_set_new(view, "history", history_list(bars, n, language)) == 0 &&
         set(view, "history_svg", "", svg) &&
         set(view, "history_unit", "", n == 0 ? NULL : unit);
    free(svg);
    return ok || err_set(e, FAIL_RETRY, "no memory for a bill's history");
}

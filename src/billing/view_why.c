/*
 * The view `bill` for WHY: its lines in as few words as fit into a text.
 */
#include "view_source.h"

#include "meterpost/render/view.h"
#include "meterpost/store/bills.h"

/* The greatest lines stand by themselves, in the order of the bill; what is behind
 * WHY_LINES is one sum. */
static bool
put_why(const struct conf *conf, json_t *view, const char *language, struct err *e)
{
    const json_t *lines = json_object_get(view, "lines");
    json_t *why = json_object(), *shown = json_array(), *line;
    struct money rest = {0}, one;
    int more = 0;
    size_t i;

    json_object_set_new(view, "why", why);
    json_object_set_new(why, "lines", shown);
    json_array_foreach (lines, i, line) {
        if (json_array_size(shown) < WHY_LINES) {
            json_array_append(shown, line);
            continue;
        }
        if (!decimal_parse(json_string_value(json_object_get(line, "amount")),
                           conf->decimals, &one.minor, e) ||
            !money_add(&rest, one, e))
            return false;
        more++;
    }
    json_object_set_new(why, "rest", more == 0 ? json_null() : json_integer(more));
    if (more > 0)
        view_money(why, "rest_amount", rest, conf->decimals, language);
    else
        view_none(why, "rest_amount");
    return true;
}

bool
billing_view_why(struct store *s, const struct conf *conf, int64_t account_id,
                 const char *language, json_t **out, struct err *e)
{
    struct bill b;
    bool found;

    *out = NULL;
    if (!bill_newest(s, account_id, &b, &found, e))
        return false;
    if (!found)
        return true;
    *out = billing_view_bill(s, conf, b.number, language, e);
    if (*out != NULL && put_why(conf, *out, language, e))
        return true;
    json_decref(*out);
    *out = NULL;
    return false;
}

/*
 * The view `bill` for WHY: its lines in as few words as fit into a text.
 */
#include "view_source.h"

#include "meterpost/base/text.h"
#include "meterpost/render/view.h"
#include "meterpost/store/bills.h"

#include <string.h>

/* "Water, first 6 m³" with a plain 3: one raised figure would make the text twice as dear.
 */
static json_t *
plain_line(const json_t *line)
{
    static const char *const raised[] = {"\u00b2", "\u00b3"}, *const plain[] = {"2", "3"};
    json_t *copy = json_copy((json_t *)line);
    char label[2 * BILL_LABEL_MAX], *at;

    text_clip(label, sizeof(label), json_string_value(json_object_get(line, "label")));
    for (size_t i = 0; i < 2; i++) {
        while ((at = strstr(label, raised[i])) != NULL) {
            *at = *plain[i];
            memmove(at + 1, at + 2, strlen(at + 2) + 1);
        }
    }
    json_object_set_new(copy, "label", json_string(label));
    return copy;
}

/* The first lines stand by themselves; what is behind WHY_LINES is one sum. */
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
            json_array_append_new(shown, plain_line(line));
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

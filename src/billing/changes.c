#include "changes.h"

#include <stdlib.h>
#include <string.h>

static int64_t
size_of(const struct change *c)
{
    return llabs(c->now.minor - c->before.minor);
}

void
changes_note(struct changes *c, const struct change *one)
{
    int at = c->n;

    while (at > 0 && size_of(&c->list[at - 1]) < size_of(one))
        at--;
    if (at == PREVIEW_CHANGES || size_of(one) == 0)
        return;
    if (c->n < PREVIEW_CHANGES)
        c->n++;
    memmove(&c->list[at + 1], &c->list[at], (size_t)(c->n - 1 - at) * sizeof(*one));
    c->list[at] = *one;
}

void
put_money(json_t *o, const char *key, struct money m, int decimals)
{
    char number[AMOUNT_TEXT_MAX];

    json_object_set_new(o, key,
                        json_string(decimal_print(m.minor, decimals, false, number)));
}

json_t *
changes_json(struct store *s, const struct changes *c, bool used, int decimals,
             struct err *e)
{
    json_t *list = json_array();

    for (int i = 0; i < c->n; i++) {
        const struct change *x = &c->list[i];
        char number[AMOUNT_TEXT_MAX];
        json_t *o = json_object();
        struct account a;
        bool found;

        json_array_append_new(list, o);
        if (!account_by_id(s, x->account_id, &a, &found, e)) {
            json_decref(list);
            return NULL;
        }
        json_object_set_new(o, "account", json_string(a.account));
        json_object_set_new(o, "name", json_string(a.name));
        if (used)
            json_object_set_new(
                o, "used",
                json_string(decimal_print(x->used.milli, QUANTITY_PLACES, true, number)));
        put_money(o, "before", x->before, decimals);
        put_money(o, "now", x->now, decimals);
        put_money(o, "difference", (struct money){x->now.minor - x->before.minor},
                  decimals);
    }
    return list;
}

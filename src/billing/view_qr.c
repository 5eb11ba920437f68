/* view_qr.c - how to pay, for the camera of a phone. */
#include "view_qr.h"

#include "meterpost/base/text.h"
#include "meterpost/render/qr.h"

#include <stdlib.h>
#include <string.h>

static const char *
text_at(const json_t *view, const char *part, const char *key)
{
    const char *text = json_string_value(json_object_get(json_object_get(view, part), key));

    return text == NULL ? "" : text;
}

/* "{account}" and so on, from the view; anything else as it is. */
static void
fill(const char *pattern, const json_t *view, struct text *out)
{
    static const struct {
        const char *word, *part, *key;
    } words[] = {
        {"{code}", "utility", "pay_code"},     {"{account}", "account", "pay_reference"},
        {"{amount}", "totals", "balance_due"}, {"{currency}", "utility", "currency"},
        {"{bill}", "bill", "number"},          {"{name}", "utility", "name"},
    };

    while (*pattern != '\0') {
        bool known = false;

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !known; i++) {
            size_t n = strlen(words[i].word);

            if (strncmp(pattern, words[i].word, n) != 0)
                continue;
            text_add(out, text_at(view, words[i].part, words[i].key));
            pattern += n;
            known = true;
        }
        if (!known)
            text_add_bytes(out, pattern++, 1);
    }
}

bool
view_pay_qr(const struct conf *conf, json_t *view, struct err *e)
{
    char buffer[QR_TEXT_MAX + 1], *svg;
    struct text text;
    bool wanted = conf->utility.pay_qr[0] != '\0' && conf->utility.pay_code[0] != '\0' &&
                  json_is_true(json_object_get(json_object_get(view, "totals"), "to_pay"));

    json_object_set_new(view, "pay_qr_svg", json_null());
    if (!wanted)
        return true;
    text_init(&text, buffer, sizeof(buffer));
    fill(conf->utility.pay_qr, view, &text);
    if (text.cut)
        return err_set(e, FAIL_REJECT, "utility.pay_qr is too long for a QR code");
    if (!qr_svg(buffer, "QR", &svg, e))
        return false;
    json_object_set_new(view, "pay_qr_svg", json_string(svg));
    free(svg);
    return true;
}

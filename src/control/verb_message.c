#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/sms/segment.h"
#include "meterpost/store/audit.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

/* The same text to the same number in the same second is one message: a client that asks
 * twice because it heard no answer sends once. */
static void
key_of(const struct phone *to, const char *text, utc_t now, char *out, size_t size)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (const char *at = text; *at != '\0'; at++)
        hash = (hash ^ (uint8_t)*at) * 1099511628211u;
    snprintf(out, size, "hand %s %lld %016llx", to->text, (long long)now,
             (unsigned long long)hash);
}

/* By the price of the modem whose route fits best; nothing when none has a price. */
static void
put_cost(const struct conf *c, const char *number, size_t segments, json_t *answer)
{
    const struct conf_modem *best = NULL;
    char text[AMOUNT_TEXT_MAX];
    int longest = -1;

    for (int i = 0; i < c->n_modems; i++) {
        int length = conf_modem_route(&c->modems[i], number);

        if (length > longest) {
            longest = length;
            best = &c->modems[i];
        }
    }
    if (best == NULL || best->segment_cost.minor == 0)
        return;
    json_object_set_new(answer, "modem", json_string(best->name));
    json_object_set_new(
        answer, "cost",
        json_string(decimal_print(best->segment_cost.minor * (int64_t)segments, c->decimals,
                                  false, text)));
}

bool
verb_message_send(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    const char *number, *text;
    char key[OUTBOX_KEY_MAX], subject[80];
    struct segments parts;
    struct phone to;
    int64_t id;

    if (!argument_text(arguments, "number", &number, e) ||
        !argument_text(arguments, "text", &text, e) ||
        !phone_parse(number, d->conf->utility.country_code, &to, e) ||
        !segment_plan(text, &parts, e))
        return false;
    key_of(&to, text, d->now, key, sizeof(key));
    if (!outbox_add(d->store,
                    &(struct outbox_new){
                        .key = key, .kind = OUT_NOTICE, .number = to.text, .text = text},
                    d->now, &id, e))
        return false;
    snprintf(subject, sizeof(subject), "outbox %lld", (long long)id);
    if (!audit_add(d->store, d->now, actor, "cli", "message.send", subject, "", e))
        return false;
    json_object_set_new(answer, "message", json_integer(id));
    json_object_set_new(answer, "to", json_string(to.text));
    json_object_set_new(answer, "segments", json_integer((json_int_t)parts.count));
    json_object_set_new(answer, "encoding",
                        json_string(parts.alphabet == WIRE_GSM7 ? "gsm7" : "ucs2"));
    put_cost(d->conf, to.text, parts.count, answer);
    return true;
}

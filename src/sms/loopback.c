#include "meterpost/sms/loopback.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/modem_care.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MARK  "METERPOST LOOP "
#define STEP  "loop"
#define OCTET 6 /* of the secret word */

static void
key_of(int64_t step, char *key, size_t size)
{
    snprintf(key, size, STEP " %lld", (long long)step);
}

bool
loopback_send(struct store *s, const struct conf_modem *m, const char *via,
              const char *actor, utc_t now, int64_t *step, struct err *e)
{
    uint8_t octets[OCTET];
    char word[2 * OCTET + 1], text[sizeof(MARK) + 40 + sizeof(word)], key[40];
    struct outbox_new o = {
        .key = key, .kind = OUT_TEST, .number = m->number, .text = text, .via = via};

    randombytes_buf(octets, sizeof(octets));
    hex_print(octets, sizeof(octets), word);
    if (!modem_care_add(s, m->name, STEP, CARE_RUNNING, actor, word, now, step, e))
        return false;
    key_of(*step, key, sizeof(key));
    snprintf(text, sizeof(text), MARK "%lld %s", (long long)*step, word);
    return outbox_add(s, &o, now, NULL, e);
}

bool
loopback_take(struct store *s, const char *text, utc_t now, bool *mine, struct err *e)
{
    struct modem_care c;
    char word[2 * OCTET + 1] = "", answer[60];
    long long step = 0;
    bool found;

    *mine = false;
    if (strncmp(text, MARK, strlen(MARK)) != 0 ||
        sscanf(text + strlen(MARK), "%18lld %12[0-9A-Fa-f]", &step, word) != 2)
        return true;
    if (!modem_care_get(s, step, &c, &found, e))
        return false;
    if (!found || strcmp(c.step, STEP) != 0 || strcasecmp(c.reason, word) != 0)
        return true;
    *mine = true;
    if (c.state != CARE_RUNNING)
        return true;
    snprintf(answer, sizeof(answer), "heard after %lld s", (long long)(now - c.asked_at));
    log_info(c.modem, "its test message was %s", answer);
    return modem_care_end(s, step, CARE_DONE, answer, now, e);
}

bool
loopback_way(struct store *s, int64_t step, enum loopback_way *way, struct err *e)
{
    struct outbox_row m;
    int64_t id;
    char key[40];
    bool found;

    *way = LOOPBACK_FAILED;
    key_of(step, key, sizeof(key));
    if (!outbox_row_by_key(s, key, &id, &found, e))
        return false;
    if (!found)
        return true;
    if (!outbox_row_get(s, id, &m, &found, e))
        return false;
    switch (m.state) {
    case OUTBOX_QUEUED:
    case OUTBOX_SENDING: *way = LOOPBACK_WAITS; break;
    case OUTBOX_SENT:
    case OUTBOX_DELIVERED:
    case OUTBOX_UNDELIVERED:
    case OUTBOX_IN_DOUBT: *way = LOOPBACK_SENT; break;
    case OUTBOX_FAILED:
    case OUTBOX_EXPIRED:
    case OUTBOX_CANCELLED:
    case OUTBOX_STATES: break;
    }
    return true;
}

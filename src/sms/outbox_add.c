/* outbox_add.c - a message is queued: checked, measured, cut into parts. */
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/sms/translit.h"
#include "meterpost/store/talk.h"
#include "sms/outbox_plan.h"

#include <ctype.h>
#include <string.h>

#define NUMBER_MIN 2  /* digits: a short code */
#define NUMBER_MAX 15 /* digits: E.164 */

static bool
number_holds(const char *number)
{
    size_t digits = 0;

    for (const char *at = number + (*number == '+'); *at != '\0'; at++, digits++) {
        if (!isdigit((unsigned char)*at))
            return false;
    }
    return digits >= NUMBER_MIN && digits <= NUMBER_MAX;
}

/* Who wants no bills by text message gets none, and who wants no questions is not asked. */
static bool
respect_consent(struct store *s, const struct outbox_new *m, int64_t id, struct err *e)
{
    bool question = m->kind == OUT_NOTICE && m->request_id != 0, stopped, done;

    if (m->kind != OUT_BILL && !question)
        return true;
    if (!consent_stopped(s, m->number, question ? CONSENT_OPTIONAL : CONSENT_BILLS,
                         &stopped, e))
        return false;
    return !stopped ||
           outbox_cancel(s, id, "the customer does not want these: STOP", &done, e);
}

bool
outbox_is_data(const char *text, char *digits, size_t size)
{
    size_t n = 0;

    if (strncmp(text, OUTBOX_DATA, strlen(OUTBOX_DATA)) != 0)
        return false;
    for (const char *c = text + strlen(OUTBOX_DATA); *c != '\0' && n + 1 < size; c++) {
        if (!isspace((unsigned char)*c))
            digits[n++] = *c;
    }
    digits[n] = '\0';
    return true;
}

bool
outbox_plan(const struct outbox_row *m, unsigned ref_bits, struct segments *plan,
            uint8_t *octets, struct err *e)
{
    long n;

    if (m->alphabet != WIRE_8BIT) {
        if (!segment_measure_for(m->text, ref_bits, plan, e))
            return false;
        return plan->count <= SEGMENTS_MAX ||
               err_set(e, FAIL_REJECT, "the text takes %zu parts, at most %d can be sent",
                       plan->count, SEGMENTS_MAX);
    }
    n = hex_parse(m->text, octets, OCTETS_MAX);
    if (n <= 0)
        return err_set(e, FAIL_REJECT,
                       "expected data of 1 to %d octets in hexadecimal, got '%.40s'",
                       OCTETS_MAX, m->text);
    return segment_plan_data((size_t)n, ref_bits, plan, e);
}

/* Only devices speak binary: what people write to people is text. */
static bool
goes_to_device(enum outbox_kind kind)
{
    return kind == OUT_REQUEST || kind == OUT_VERIFY || kind == OUT_CUT ||
           kind == OUT_RESTORE;
}

static bool
copy_text(struct outbox_row *row, const struct outbox_new *m)
{
    if (goes_to_device(m->kind) && strlen(m->text) < sizeof(row->text) &&
        outbox_is_data(m->text, row->text, sizeof(row->text))) {
        row->alphabet = WIRE_8BIT;
        return true;
    }
    return (m->language != NULL && translit_allowed(m->language) &&
            translit_shorten(m->text, row->text, sizeof(row->text))) ||
           text_copy(row->text, sizeof(row->text), m->text);
}

bool
outbox_add(struct store *s, const struct outbox_new *m, utc_t now, int64_t *id,
           struct err *e)
{
    const struct outbox_rule *rule = outbox_rule(m->kind);
    struct outbox_row row = {.kind = m->kind,
                             .priority = rule->priority,
                             .queued_at = now,
                             .next_at = m->not_before > now ? m->not_before : now,
                             .account_id = m->account_id,
                             .meter_id = m->meter_id,
                             .request_id = m->request_id,
                             .inbox_id = m->inbox_id};
    uint8_t octets[OCTETS_MAX];
    struct segments plan;
    int64_t any;
    bool added;

    if (id == NULL)
        id = &any;
    if (!number_holds(m->number) || !text_copy(row.number, sizeof(row.number), m->number))
        return err_set(e, FAIL_REJECT, "'%s' is no number to send to", m->number);
    if (*m->key == '\0' || !text_copy(row.key, sizeof(row.key), m->key) ||
        !copy_text(&row, m))
        return err_set(e, FAIL_REJECT, "the key or the text of a message is too long");
    if (!outbox_plan(&row, 8, &plan, octets, e))
        return false;
    if (m->avoid != NULL)
        text_copy(row.avoid, sizeof(row.avoid), m->avoid);
    if (m->via != NULL)
        text_copy(row.via, sizeof(row.via), m->via);
    row.alphabet = (int)plan.alphabet;
    row.segments = (int)plan.count;
    row.expires_at = m->expires_at != 0 ? m->expires_at : row.next_at + rule->valid_s;
    if (!outbox_row_add(s, &row, id, &added, e) ||
        (added && !respect_consent(s, m, *id, e)))
        return err_in(e, "outbox '%s'", m->key);
    return true;
}

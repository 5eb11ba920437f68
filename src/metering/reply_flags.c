/* What the values and words of one reply say of each other. */
#include "meterpost/base/text.h"
#include "meterpost/metering/check.h"
#include "meterpost/metering/device.h"
#include "meterpost/store/alarms.h"
#include "meterpost/store/vee.h"
#include "take.h"

#include <string.h>

#define RATIO_CURRENT "1-0:0.4.2"
#define RATIO_VOLTAGE "1-0:0.4.3"

int
reply_turn(const struct meter *m, const struct reply_value *v)
{
    if (check_register_is_interval(v->obis))
        return 0;
    return strcmp(v->obis, metering_main_register(m->commodity)) == 0 ? 1 : 2;
}

/* What is reported of the meter that this name means, or of the whole text. */
static void
words_of(const struct reply *reply, const char *name, char *out, size_t size)
{
    struct text all;

    text_init(&all, out, size);
    for (int i = 0; i < reply->n_alarms; i++) {
        const struct reply_alarm *alarm = &reply->alarms[i];

        if (alarm->meter[0] == '\0' || strcmp(alarm->meter, name) == 0)
            text_addf(&all, "%s%s", all.used > 0 ? "," : "", alarm->word);
    }
}

static bool
is_of(const struct reply *reply, const struct reply_value *v, const char *name)
{
    return strcmp(v->meter[0] != '\0' ? v->meter : reply->meter, name) == 0;
}

/* The ratios of its transformers make another multiplier than the one on file. */
static bool
multiplies_otherwise(const struct reply *reply, const char *name, const struct meter *m)
{
    int128 told = MULTIPLIER_ONE;
    bool tells = false;

    for (int i = 0; i < reply->n_values; i++) {
        const struct reply_value *v = &reply->values[i];

        if (!is_of(reply, v, name) ||
            (strcmp(v->obis, RATIO_CURRENT) != 0 && strcmp(v->obis, RATIO_VOLTAGE) != 0))
            continue;
        told = told * v->value.milli / MULTIPLIER_ONE;
        tells = true;
    }
    return tells && m->at.id != 0 && told != m->at.multiplier_milli;
}

/* Some of what came with the last one, and not all of it. */
static bool
lacks_siblings(struct store *s, const struct reply *reply, const char *name,
               const struct reading *r, utc_t at, bool *lacks, struct err *e)
{
    static const char *const siblings[] = {"1-0:1.8.1", "1-0:1.8.2", "1-0:1.8.3",
                                           "1-0:1.8.4", "1-0:3.8.0"};
    struct reading last;
    int64_t now = 0, before;
    bool found;

    *lacks = false;
    for (int i = 0; i < reply->n_values; i++) {
        for (size_t k = 0; k < sizeof(siblings) / sizeof(siblings[0]); k++)
            now += is_of(reply, &reply->values[i], name) &&
                   strcmp(reply->values[i].obis, siblings[k]) == 0;
    }
    if (now == 0)
        return true;
    if (!reading_until(s, r->meter_id, r->obis, at - 1, &last, &found, e) || !found)
        return !found;
    if (!reading_siblings_at(s, r->meter_id, last.taken_at, &before, e))
        return false;
    *lacks = now < before;
    return true;
}

bool
reply_flags(struct store *s, const struct meter *m, const struct reply *reply,
            const char *name, utc_t meter_time, struct reading *r, struct err *e)
{
    char words[REPLY_ALARMS_MAX * REPLY_WORD_MAX];
    bool lacks = false;

    r->meter_id = m->id;
    words_of(reply, name, words, sizeof(words));
    device_flags(words, r->flags);
    if (check_register_counts(r->obis) && multiplies_otherwise(reply, name, m))
        check_add_flag(r->flags, "multiplier");
    if (strcmp(r->obis, metering_main_register(m->commodity)) == 0 &&
        !lacks_siblings(s, reply, name, r, meter_time != 0 ? meter_time : r->taken_at,
                        &lacks, e))
        return false;
    if (lacks)
        check_add_flag(r->flags, "sibling");
    return true;
}

void
reply_well(const struct reply *r, char out[REPLY_WELL_MAX])
{
    char word[ALARM_KIND_MAX];
    struct text all;

    text_init(&all, out, REPLY_WELL_MAX);
    for (const char *at = r->well; text_next_word(&at, word, sizeof(word));) {
        bool stands = false;

        for (int i = 0; i < r->n_alarms; i++)
            stands = stands || strcmp(r->alarms[i].word, word) == 0;
        if (!stands)
            text_addf(&all, "%s%s", all.used > 0 ? "," : "", word);
    }
}

#include "settle.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/estimate.h"
#include "meterpost/metering/reading.h"
#include "meterpost/store/rounds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPLACED_MOST 60 /* estimates in a row that one reading takes the place of */

/* ---- what is held ---- */

bool
settle_release(struct store *s, const struct meter *m, const struct reading *held,
               const char *word, const char *why, struct err *e)
{
    char flags[FLAGS_MAX];

    text_clip(flags, sizeof(flags), held->flags);
    check_add_flag(flags, word);
    if (!reading_set_verdict(s, held->id, READING_ACCEPTED, flags, why, e))
        return false;
    return strcmp(held->obis, metering_main_register(m->commodity)) != 0 ||
           round_meter_came(s, m->id, false, held->received_at, e);
}

/* True when nothing but plausibility holds it. */
static bool
is_held_softly(const char *flags)
{
    bool soft = false;

    for (const char *at = flags; *at != '\0';) {
        char word[VEE_NAME_MAX];
        size_t n = strcspn(at, ",");
        int i;

        snprintf(word, sizeof(word), "%.*s", (int)n, at);
        i = check_rule_find(word);
        if (i >= 0 && check_rule_at((size_t)i)->severity >= SEVERITY_HOLD) {
            if (check_rule_at((size_t)i)->stage != STAGE_USE)
                return false;
            soft = true;
        }
        at += n + (at[n] == ',');
    }
    return soft;
}

/* Accepted, and its use called neither high nor low. */
static bool
fits(const struct check_verdict *v)
{
    return v->action == CHECK_ACCEPT && !check_has_flag(v->flags, "high") &&
           !check_has_flag(v->flags, "low") && !check_has_flag(v->flags, "rollover");
}

bool
settle_held(struct store *s, const struct meter *m, const struct reading_case *k,
            const struct reading *r, const struct check_verdict *verdict, bool *released,
            struct err *e)
{
    struct check_release c = {.before = k->c.before,
                              .held = k->c.held,
                              .now = {true, r->value, r->taken_at},
                              .held_source = k->held.source,
                              .now_source = r->source,
                              .now_fits = fits(verdict)};
    const char *why;

    *released = false;
    if (verdict->action == CHECK_REJECT ||
        (verdict->action == CHECK_HOLD && !verdict->is_soft) ||
        !is_held_softly(k->held.flags) || (why = check_releases(&c)) == NULL)
        return true;
    *released = true;
    return settle_release(s, m, &k->held, "released", why, e);
}

/* A late reading may explain one that came before it. */
static bool
look_again(struct store *s, const struct conf *conf, const struct meter *m,
           const struct reading *r, struct err *e)
{
    struct reading_case k;
    struct check_verdict verdict;
    struct reading held;
    bool found;

    if (!reading_held_after(s, m->id, r->obis, r->taken_at, &held, &found, e))
        return false;
    if (!found || !is_held_softly(held.flags))
        return true;
    if (!case_load(s, &conf->validation, NULL, m, 0, &held, true, &k, e) ||
        !case_check(s, m, &k, &verdict, e))
        return false;
    return verdict.action != CHECK_ACCEPT ||
           settle_release(s, m, &held, "released", "it fits a reading that came later", e);
}

/* ---- what was estimated ---- */

/* Draw the line between two actual readings at the time of an estimate. */
static bool
replace_one(struct store *s, const struct meter *m, const struct reading *from,
            const struct reading *to, const struct reading *old, struct err *e)
{
    struct reading line = *old;
    int64_t id = to->id, bills;
    struct quantity value;

    if (old->taken_at < to->taken_at) {
        if (!estimate_between(
                from->value, from->taken_at, to->value, to->taken_at,
                check_has_flag(to->flags, "rollover") ? check_register_size(m->digits) : 0,
                old->taken_at, &value))
            return true;
        if (value.milli == old->value.milli)
            return true;
        line.value = value;
        line.received_at = to->received_at;
        line.quality = QUALITY_SUBSTITUTE;
        line.replaces_id = old->id;
        text_copy(line.method, sizeof(line.method), ESTIMATE_LINEAR);
        text_copy(line.flags, sizeof(line.flags), "estimated");
        snprintf(line.reason, sizeof(line.reason),
                 "between the readings before and after it");
    }
    if (!reading_set_status(s, old->id, READING_SUPERSEDED,
                            "an actual reading took its place", e) ||
        (old->taken_at < to->taken_at && !reading_add(s, &line, &id, e)) ||
        !trueup_add(s, old->id, id, to->received_at, &bills, e))
        return false;
    if (bills > 0)
        log_info("settle", "meter=%s reading=%" PRId64 " was billed, and is replaced",
                 m->meter, old->id);
    return true;
}

static bool
replace_estimates(struct store *s, const struct meter *m, const struct reading *r,
                  struct err *e)
{
    struct reading from, old;
    utc_t at;
    bool found;

    if (!reading_last_actual(s, m->id, r->obis, r->taken_at, &from, &found, e))
        return false;
    if (!found) { /* nothing but what the installation says */
        if (m->at.id == 0 || strcmp(r->obis, metering_main_register(m->commodity)) != 0)
            return true;
        from = (struct reading){.value = m->at.initial, .taken_at = m->at.installed_at};
    }
    at = from.taken_at;
    for (int i = 0; i < REPLACED_MOST; i++) {
        if (!reading_estimate_in(s, m->id, r->obis, at, r->taken_at, &old, &found, e))
            return false;
        if (!found)
            return true;
        if (old.id != r->id && !replace_one(s, m, &from, r, &old, e))
            return false;
        at = old.taken_at;
    }
    return true;
}

bool
settle_accepted(struct store *s, const struct conf *conf, const struct meter *m,
                const struct reading *r, struct err *e)
{
    bool is_actual = r->quality == QUALITY_ACTUAL || r->quality == QUALITY_FINAL;

    if (!check_register_counts(r->obis))
        return true;
    return (!is_actual || replace_estimates(s, m, r, e)) && look_again(s, conf, m, r, e);
}

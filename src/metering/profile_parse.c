/*
 * profile_parse.c - a text against the rules of a profile.
 */
#include "metering/profile_file.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ALARM_TEXT_MAX 200 /* bytes of what stands in an alarm's group */

/* What one pattern found: places in `text`. */
struct found {
    const char *text;
    pcre2_match_data *data;
};

/* One rule on its way over one text. */
struct parse {
    const struct profile *profile;
    const struct rule *rule;
    struct reply_text *text;
    struct found outer, item;
    bool in_items; /* item is set */
    int bad_items; /* left out, as a number in them is none */
    struct reply *out;
    struct err *e;
};

/* Like pcre2_match(), but a pattern that needs more stack than the compiled code has goes
 * the slow way, whose memory is bounded by the limits. */
static int
match(const struct parse *p, const pcre2_code *code, struct found *f, size_t n, size_t from,
      uint32_t options)
{
    int rc = pcre2_match(code, (PCRE2_SPTR)f->text, n, from, options | PCRE2_NO_UTF_CHECK,
                         f->data, p->profile->limits);

    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = pcre2_match(code, (PCRE2_SPTR)f->text, n, from,
                         options | PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, f->data,
                         p->profile->limits);
    return rc;
}

static bool
match_failed(const struct parse *p, int rc)
{
    unsigned char reason[120];

    if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
        rc == PCRE2_ERROR_HEAPLIMIT)
        return err_set(p->e, FAIL_REJECT,
                       "the pattern gives up on this text: match limit (make it simpler)");
    pcre2_get_error_message(rc, reason, sizeof(reason));
    return err_set(p->e, FAIL_REJECT, "the pattern fails: %s", (char *)reason);
}

/* The text of group `number`; NULL when the group took no part. */
static const char *
group_text(const struct found *f, unsigned number, size_t *n)
{
    const size_t *places = pcre2_get_ovector_pointer(f->data);
    size_t start, end;

    if (number == 0 || number >= pcre2_get_ovector_count(f->data))
        return NULL;
    start = places[2 * number];
    end = places[2 * number + 1];
    if (start == PCRE2_UNSET || end < start)
        return NULL;
    *n = end - start;
    return f->text + start;
}

/* The text of a group as a string. *set is false for one that took no part or is empty. */
static bool
group_copy(const struct parse *p, struct group group, char *to, size_t size, bool *set)
{
    const struct found *f = group.in_item ? &p->item : &p->outer;
    size_t n = 0;
    const char *text = group_text(f, group.number, &n);

    to[0] = '\0';
    *set = text != NULL && n > 0;
    if (!*set)
        return true;
    if (n >= size)
        return err_set(p->e, FAIL_REJECT, "'%.40s...' is longer than %zu bytes", text,
                       size - 1);
    memcpy(to, text, n);
    to[n] = '\0';
    return true;
}

static bool
word_in(const char *word, char *const *list, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (strcasecmp(word, list[i]) == 0)
            return true;
    }
    return false;
}

static bool
take_unit(const struct parse *p, const struct rule_value *v, const struct unit **unit)
{
    char word[32];
    bool set;

    *unit = v->unit;
    if (!group_copy(p, v->unit_group, word, sizeof(word), &set))
        return false;
    if (!set && v->unit != NULL)
        return true;
    *unit = unit_find(word);
    if (*unit == NULL)
        return err_set(p->e, FAIL_REJECT, "unknown unit '%s'", word);
    if (v->expected_unit != NULL && strcmp(v->expected_unit, (*unit)->name) != 0)
        return err_set(p->e, FAIL_REJECT, "register %s is in %s, the text says '%s'",
                       v->obis, v->expected_unit, word);
    return true;
}

/* One value into the reply; nothing when its group took no part. */
static bool
take_value(struct parse *p, const struct rule_value *v, const char *meter,
           const utc_t *time)
{
    struct reply_value *to = &p->out->values[p->out->n_values];
    const struct file_numbers *numbers = &p->profile->file->numbers;
    const struct unit *unit;
    char number[REPLY_RAW_MAX];
    bool set;

    if (p->out->n_values == REPLY_VALUES_MAX)
        return err_set(p->e, FAIL_REJECT, "more than %d values in one text",
                       REPLY_VALUES_MAX);
    p->out->fault = "value";
    if (!group_copy(p, v->group, to->raw, sizeof(to->raw), &set))
        return err_in(p->e, "register %s", v->obis);
    if (!set || word_in(to->raw, numbers->absent, numbers->absent_count)) {
        p->out->fault = "";
        return true;
    }
    if (!profile_number(p->profile, to->raw, number, sizeof(number), p->e) ||
        !take_unit(p, v, &unit) ||
        !unit_convert(number, unit, v->scale_micro, v->rounds ? &v->rounding : NULL,
                      &to->value, p->e))
        return err_in(p->e, "register %s", v->obis);
    to->unit = unit->name;
    to->has_time = time != NULL;
    to->time = time != NULL ? *time : 0;
    text_copy(to->obis, sizeof(to->obis), v->obis);
    text_copy(to->meter, sizeof(to->meter), meter);
    p->out->fault = "";
    p->out->n_values++;
    return true;
}

static bool
take_time(struct parse *p, bool *has, utc_t *time)
{
    const struct file_time *f = p->rule->file->time;
    char text[64];

    *has = false;
    if (f == NULL || (p->rule->time.in_item && !p->in_items))
        return true;
    if (!group_copy(p, p->rule->time, text, sizeof(text), has))
        return false;
    if (!*has || profile_time(text, f->format, f->zone, time, p->e))
        return true;
    p->out->fault = "clock";
    return false;
}

static bool
take_relay(struct parse *p)
{
    const struct file_relay *f = p->rule->file->relay;
    char word[64];
    bool set;

    if (f == NULL)
        return true;
    if (!group_copy(p, p->rule->relay, word, sizeof(word), &set))
        return false;
    if (word_in(word, f->closed, f->closed_count))
        p->out->relay = REPLY_RELAY_CLOSED;
    else if (word_in(word, f->open, f->open_count))
        p->out->relay = REPLY_RELAY_OPEN;
    else if (word_in(word, f->armed, f->armed_count))
        p->out->relay = REPLY_RELAY_ARMED;
    else if (set)
        return err_set(p->e, FAIL_REJECT, "relay '%s' is neither open nor closed", word);
    return true;
}

/* Those whose group is of the whole text, or of the item at hand. */
static bool
take_alarms(struct parse *p, const char *key, const char *meter)
{
    for (int i = 0; i < p->rule->n_alarms; i++) {
        const struct rule_alarm *alarm = &p->rule->alarms[i];
        const struct file_alarm *f = alarm->file;
        char word[ALARM_TEXT_MAX];
        bool set;

        if (alarm->group.in_item != p->in_items)
            continue;
        if (!group_copy(p, alarm->group, word, sizeof(word), &set))
            return false;
        if (set && (f->is_count == 0 || word_in(word, f->is, f->is_count)))
            reply_add_alarm(p->out, f->alarm, key, meter);
        else if (!p->in_items)
            reply_add_well(p->out, f->alarm);
    }
    return true;
}

/* The values of the whole text, or of one item of it. */
static bool
take_values(struct parse *p)
{
    const struct rule *rule = p->rule;
    char meter[REPLY_METER_MAX], key[REPLY_WORD_MAX];
    bool named = false, has_time;
    utc_t time = 0;

    text_copy(meter, sizeof(meter), p->out->meter);
    if (rule->meter.in_item && !group_copy(p, rule->meter, meter, sizeof(meter), &named))
        return false;
    if (!group_copy(p, rule->key, key, sizeof(key), &named) ||
        !take_time(p, &has_time, &time))
        return false;
    for (int i = 0; i < rule->n_values; i++) {
        const struct rule_value *v = &rule->values[i];

        if (v->key != NULL && strcasecmp(v->key, key) != 0)
            continue;
        if (!take_value(p, v, meter, has_time ? &time : NULL))
            return false;
    }
    return !p->in_items || take_alarms(p, key, meter);
}

/* Of one item. Where a number of a meter that is named is none, that says nothing of the
 * others: it is left out, and an alarm says so. */
static bool
take_item(struct parse *p)
{
    struct reply *out = p->out;
    int values = out->n_values, alarms = out->n_alarms;
    char meter[REPLY_METER_MAX];
    struct err ignored, *why = p->e;
    bool named;

    if (take_values(p))
        return true;
    if (!p->rule->meter.in_item || out->fault[0] == '\0' || p->e->kind != FAIL_REJECT)
        return false;
    p->e = &ignored; /* *why is told where no item is good */
    named = group_copy(p, p->rule->meter, meter, sizeof(meter), &named) && named;
    p->e = why;
    if (!named)
        return false;
    out->n_values = values;
    out->n_alarms = alarms;
    reply_add_alarm(out, "bad-value", "", meter);
    p->bad_items++;
    return true;
}

/* Every item of a repeat; between them may be spaces and line ends, nothing else. */
static bool
take_items(struct parse *p)
{
    size_t n = 0, from = 0;
    const char *text = group_text(&p->outer, p->rule->repeat, &n);
    int rc;

    if (text == NULL)
        return true;
    if (p->text->item == NULL)
        p->text->item = pcre2_match_data_create(GROUPS_MAX, NULL);
    if (p->text->item == NULL)
        return err_set(p->e, FAIL_RETRY, "out of memory");
    p->item = (struct found){text, p->text->item};
    p->in_items = true;
    while (from += strspn(text + from, " \n"), from < n) {
        size_t *places;

        rc = match(p, p->rule->item, &p->item, n, from, PCRE2_ANCHORED | PCRE2_NOTEMPTY);
        if (rc == PCRE2_ERROR_NOMATCH)
            return err_set(p->e, FAIL_REJECT, "'%.40s' fits no item of repeat",
                           text + from);
        if (rc < 0)
            return match_failed(p, rc);
        if (!take_item(p))
            return false;
        places = pcre2_get_ovector_pointer(p->item.data);
        if (places[1] <= from) /* \K or a look-behind: no progress */
            return err_set(p->e, FAIL_REJECT, "an item of repeat matches nothing");
        from = places[1];
    }
    if (p->bad_items > 0 && p->out->n_values == 0)
        return false;
    p->out->fault = "";
    return true;
}

static bool
take_frame(struct parse *p)
{
    char hex[REPLY_TEXT_MAX];
    bool set;

    if (p->rule->file->frame == NULL)
        return true;
    if (!group_copy(p, p->rule->frame, hex, sizeof(hex), &set))
        return false;
    if (!set)
        return err_set(p->e, FAIL_REJECT, "the text holds no frame");
    return profile_take_frames(p->rule->protocol, hex, p->out, p->e) ||
           err_in(p->e, "%s", p->rule->file->frame->protocol);
}

/* A reading whose values are all absent is the alarm that says why. */
static bool
settle_kind(struct parse *p)
{
    struct reply *out = p->out;

    if (out->kind == REPLY_READING && out->n_values == 0 && p->rule->file->frame != NULL &&
        out->relay != REPLY_RELAY_NONE) {
        out->kind = REPLY_RELAY; /* a frame with nothing but a status word */
        return true;
    }
    if (out->kind == REPLY_READING && out->n_values == 0) {
        if (out->n_alarms == 0)
            return err_set(p->e, FAIL_REJECT, "the reading has no value");
        out->kind = REPLY_ALARM;
    }
    if (out->kind != REPLY_ALARM)
        return true;
    if (out->n_alarms == 0)
        return err_set(p->e, FAIL_REJECT, "the alarm has a word that is not listed");
    text_copy(out->word, sizeof(out->word), out->alarms[0].word);
    return true;
}

/* All that a rule which matches says about the text. */
static bool
take_reply(struct parse *p)
{
    const struct file_reply *f = p->rule->file;
    struct reply *out = p->out;
    bool set;

    out->kind = f->kind;
    out->rule = f->name;
    if (!p->rule->meter.in_item &&
        !group_copy(p, p->rule->meter, out->meter, sizeof(out->meter), &set))
        return false;
    if (!group_copy(p, p->rule->order, out->order, sizeof(out->order), &set) ||
        !take_time(p, &out->has_time, &out->time) || !take_relay(p))
        return false;
    if (f->error != NULL)
        text_copy(out->word, sizeof(out->word), f->error);
    if (f->alarm != NULL)
        reply_add_alarm(out, f->alarm, "", out->meter);
    if (!take_frame(p) || !take_alarms(p, "", out->meter) ||
        !(p->rule->item != NULL ? take_items(p) : take_values(p)))
        return false;
    return settle_kind(p);
}

/* The first rule that matches. */
static bool
parse_rules(struct parse *p)
{
    size_t n = strlen(p->outer.text);

    for (int i = 0; i < p->profile->n_rules; i++) {
        int rc;

        p->rule = &p->profile->rules[i];
        if (!profile_sieve_lets(&p->rule->sieve, p->outer.text, n))
            continue;
        rc = match(p, p->rule->code, &p->outer, n, 0, 0);
        if (rc == PCRE2_ERROR_NOMATCH)
            continue;
        if (!(rc < 0 ? match_failed(p, rc) : take_reply(p)))
            return err_in(p->e, "profile %s, reply '%s'", p->profile->file->id,
                          p->rule->file->name);
        return true;
    }
    return true;
}

static void
reply_clear(struct reply *r)
{
    r->kind = REPLY_UNKNOWN;
    r->rule = r->fault = "";
    r->meter[0] = '\0';
    r->has_time = false;
    r->time = 0;
    r->relay = REPLY_RELAY_NONE;
    r->word[0] = '\0';
    r->order[0] = '\0';
    r->n_alarms = 0;
    r->well[0] = '\0';
    r->n_values = 0;
}

/* A reading but for a number that is none: that is told, and not that the text is unknown;
 * but where it is of one meter of many, the others are read. What stands for it is tried as
 * what looks like a number and is none, then as one that every pattern takes. */
static bool
parse_spoilt(struct parse *p)
{
    static const char *const stand_ins[] = {"0..", "0"};
    const char *text = p->outer.text;
    char healed[REPLY_TEXT_MAX], word[REPLY_WORD_MAX];

    p->text->is_healthy =
        p->text->is_healthy || !profile_heal(text, stand_ins[0], healed, word);
    for (int i = 0; i < 2 && !p->text->is_healthy; i++) {
        bool good;

        profile_heal(text, stand_ins[i], healed, word);
        p->outer.text = healed;
        good = parse_rules(p);
        p->outer.text = text; /* what was found is copied */
        if (good && p->bad_items > 0)
            return true;
        if (good ? p->out->kind == REPLY_READING : p->out->fault[0] != '\0') {
            p->out->fault = "value";
            return err_set(p->e, FAIL_REJECT, "profile %s, reply '%s': '%s' is no number",
                           p->profile->file->id, p->rule->file->name, word);
        }
        reply_clear(p->out);
    }
    return true;
}

bool
profile_parse_text(const struct profile *profile, struct reply_text *text,
                   struct reply *out, struct err *e)
{
    struct parse p = {.profile = profile,
                      .text = text,
                      .outer = {text->plain, text->outer},
                      .out = out,
                      .e = e};
    const char *rule, *fault;
    bool good;

    reply_clear(out);
    if (text->has_squeezed && !profile->is_wide)
        p.outer.text = text->squeezed;
    good = parse_rules(&p);
    if (good && out->rule[0] == '\0' && text->has_squeezed) {
        p.outer.text = profile->is_wide ? text->squeezed : text->plain;
        good = parse_rules(&p);
    }
    if (good && out->rule[0] == '\0')
        good = parse_spoilt(&p);
    if (good) {
        out->fault = "";
        return true;
    }
    rule = out->rule;
    fault = out->fault;
    reply_clear(out);
    out->rule = rule;
    out->fault = fault;
    return false;
}

bool
profile_parse_reply(const struct profile *profile, const char *text, struct reply *out,
                    struct err *e)
{
    struct reply_text t;
    bool good;

    reply_clear(out);
    if (!reply_text_open(&t, text, profile->groups, e))
        return err_in(e, "profile %s", profile->file->id);
    good = profile_parse_text(profile, &t, out, e);
    reply_text_close(&t);
    return good;
}

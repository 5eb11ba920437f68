/*
 * profile_check.c - a profile's examples: does a real reply still give what was promised?
 */
#include "metering/profile_file.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES   128
#define ALARMS_BYTES (REPLY_ALARMS_MAX * REPLY_WORD_MAX)

/* One example under test. */
struct trial {
    const struct profile *profile;
    const struct file_example *example;
    const struct reply *got;
    struct problems *problems;
    unsigned index;
};

static void
differs(const struct trial *t, const char *key, const char *want, const char *got)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof(path), "examples[%u].expect%s", t->index, key);
    yaml_problem(t->profile->yaml, t->problems, path,
                 "the example says '%s', its text gives "
                 "'%s'",
                 want, got);
}

static void
check_text(const struct trial *t, const char *key, const char *want, const char *got)
{
    if (want != NULL && strcmp(want, got) != 0)
        differs(t, key, want, *got == '\0' ? "nothing" : got);
}

/* 12.50 and 12.5 are one value. */
static bool
same_number(const char *want, struct quantity got)
{
    struct err e;
    int64_t milli;

    return decimal_parse(want, QUANTITY_PLACES, &milli, &e) && milli == got.milli;
}

static void
check_value(const struct trial *t, unsigned i)
{
    const struct file_expect_value *want = &t->example->expect.values[i];
    const struct reply_value *got = &t->got->values[i];
    char key[PATH_BYTES], number[AMOUNT_TEXT_MAX];

    snprintf(key, sizeof(key), ".values[%u].register", i);
    check_text(t, key, want->obis, got->obis);
    snprintf(key, sizeof(key), ".values[%u].value", i);
    if (!same_number(want->value, got->value))
        differs(t, key, want->value,
                decimal_print(got->value.milli, QUANTITY_PLACES, true, number));
    snprintf(key, sizeof(key), ".values[%u].unit", i);
    check_text(t, key, want->unit, got->unit);
    snprintf(key, sizeof(key), ".values[%u].meter", i);
    check_text(t, key, want->meter, got->meter);
}

static void
check_values(const struct trial *t)
{
    const struct file_expect *want = &t->example->expect;
    char number[2][16];

    if (want->values_count == 0 && t->got->n_values == 0)
        return;
    if ((int)want->values_count != t->got->n_values) {
        snprintf(number[0], sizeof(number[0]), "%u values", want->values_count);
        snprintf(number[1], sizeof(number[1]), "%d", t->got->n_values);
        differs(t, ".values", number[0], number[1]);
        return;
    }
    for (unsigned i = 0; i < want->values_count; i++)
        check_value(t, i);
}

/* The time of the reply, or of its first value where every item has its own. */
static void
check_time(const struct trial *t)
{
    const char *want = t->example->expect.time;
    const struct reply *got = t->got;
    bool has = got->has_time || (got->n_values > 0 && got->values[0].has_time);
    utc_t time = got->has_time ? got->time : got->n_values > 0 ? got->values[0].time : 0;
    utc_t wanted;
    char text[TIME_TEXT_MAX];
    struct err e;

    if (want == NULL)
        return;
    if (!clock_parse(want, &wanted, &e))
        differs(t, ".time", want, e.text);
    else if (!has || wanted != time)
        differs(t, ".time", want, has ? clock_iso(time, text) : "nothing");
}

/* All alarms of a reply in one line, where the example names them or there are some beside
 * that of its kind. */
static void
check_alarms(const struct trial *t)
{
    const struct file_expect *want = &t->example->expect;
    const struct reply *got = t->got;
    char wanted[ALARMS_BYTES], found[ALARMS_BYTES];
    struct text w, g;

    if (want->alarms_count == 0 && got->n_alarms <= (got->kind == REPLY_ALARM))
        return;
    text_init(&w, wanted, sizeof(wanted));
    text_init(&g, found, sizeof(found));
    for (unsigned i = 0; i < want->alarms_count; i++)
        text_addf(&w, "%s%s", i == 0 ? "" : " ", want->alarms[i]);
    for (int i = 0; i < got->n_alarms; i++)
        text_addf(&g, "%s%s", i == 0 ? "" : " ", got->alarms[i].word);
    check_text(t, ".alarms", wanted, found);
}

static void
run_example(struct trial *t, struct reply *reply)
{
    const struct file_expect *want = &t->example->expect;
    char path[PATH_BYTES];
    struct err e;

    if (!profile_parse_reply(t->profile, t->example->text, reply, &e)) {
        snprintf(path, sizeof(path), "examples[%u].text", t->index);
        yaml_problem(t->profile->yaml, t->problems, path, "%s", e.text);
        return;
    }
    t->got = reply;
    if (want->kind != reply->kind) {
        differs(t, ".kind", reply_kind_name(want->kind), reply_kind_name(reply->kind));
        return;
    }
    check_text(t, ".meter", want->meter, reply->meter);
    check_text(t, ".relay", want->relay, reply_relay_name(reply->relay));
    check_text(t, ".error", want->error, reply->word);
    check_text(t, ".alarm", want->alarm, reply->word);
    check_text(t, ".order", want->order, reply->order);
    check_alarms(t);
    check_time(t);
    check_values(t);
}

bool
profile_check_examples(const struct profile *profile, struct problems *p)
{
    size_t before = problems_total(p);
    struct reply *reply = malloc(sizeof(*reply));

    if (reply == NULL)
        return yaml_problem(profile->yaml, p, "", "out of memory");
    for (unsigned i = 0; i < profile->file->examples_count; i++) {
        struct trial t = {.profile = profile,
                          .example = &profile->file->examples[i],
                          .problems = p,
                          .index = i};

        run_example(&t, reply);
    }
    free(reply);
    return problems_total(p) == before;
}

bool
profiles_check_examples(const struct profiles *all, struct problems *p)
{
    bool good = true;

    for (size_t i = 0; i < profiles_count(all); i++)
        good = profile_check_examples(profiles_at(all, i), p) && good;
    return good;
}

#include "kind.h"

#include "meterpost/base/text.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS      10
#define REQUEST_MAX 2048 /* bytes of a request that are looked at */

struct answer {
    regex_t match;
    char *reply, *each; /* one of them, or none when it only switches */
    int relay;          /* index of relay_words */
    int of;             /* group that names a meter behind; 0: it is about itself */
};

enum { RELAY_STAYS, RELAY_OPENS, RELAY_CLOSES, RELAY_ARMS };
static const char *const relay_words[] = {"", "open", "closed", "armed"};

struct kind {
    char *name;
    char *push, *broken; /* NULL: never, nothing */
    struct answer *answers;
    size_t n_answers;
};

/* What a template is filled from. */
struct scene {
    const struct device *device;
    utc_t now;
    const char *request;
    const regmatch_t *groups;
};

/* ---- templates */

static void
put_milli(struct buf *out, int64_t milli, int decimals)
{
    static const int64_t cut[] = {1000, 100, 10, 1}, scale[] = {1, 10, 100, 1000};
    int64_t value = milli / cut[decimals];

    if (decimals == 0)
        buf_printf(out, "%lld", (long long)value);
    else
        buf_printf(out, "%lld.%0*lld", (long long)(value / scale[decimals]), decimals,
                   (long long)(value % scale[decimals]));
}

static void
put_time(struct buf *out, utc_t now, const char *format)
{
    struct tm tm;
    char text[128];

    clock_local(now, &tm);
    buf_add(out, text, strftime(text, sizeof(text), format, &tm));
}

static void
put_group(struct buf *out, const struct scene *s, int group)
{
    const regmatch_t *g = s->groups == NULL ? NULL : &s->groups[group];

    if (g != NULL && g->rm_so >= 0)
        buf_add(out, s->request + g->rm_so, (size_t)(g->rm_eo - g->rm_so));
}

static bool
put_measured(struct buf *out, const struct scene *s, const char *name, int decimals)
{
    if (strcmp(name, "total") == 0)
        put_milli(out, meter_total(s->device, s->now), decimals);
    else if (strcmp(name, "negative") == 0)
        put_milli(out, meter_total(s->device, s->now) / 20, decimals);
    else if (strcmp(name, "flow") == 0)
        put_milli(out, meter_flow(s->device, s->now), decimals);
    else
        return false;
    return true;
}

/* One placeholder; false when it does not exist. */
static bool
put_named(struct buf *out, const struct scene *s, const char *name)
{
    const struct device *d = s->device;
    int64_t age_s = s->now > d->since ? s->now - d->since : 0;
    size_t n = strlen(name);
    char stem[32];

    if (n > 2 && name[n - 2] == '.' && name[n - 1] >= '0' && name[n - 1] <= '3') {
        text_clip(stem, n - 1 < sizeof(stem) ? n - 1 : sizeof(stem), name);
        return put_measured(out, s, stem, name[n - 1] - '0');
    }
    if (n == 1 && isdigit((unsigned char)name[0]))
        put_group(out, s, name[0] - '0');
    else if (strcmp(name, "serial") == 0)
        buf_puts(out, d->serial);
    else if (strcmp(name, "phone") == 0)
        buf_puts(out, d->phone);
    else if (strcmp(name, "power") == 0)
        buf_printf(out, "%lld", (long long)meter_flow(d, s->now));
    else if (strcmp(name, "hours") == 0)
        buf_printf(out, "%lld", (long long)(age_s / HOUR_S));
    else if (strcmp(name, "relay") == 0)
        buf_puts(out, meter_closed(d) ? "1" : "0");
    else if (strcmp(name, "relay_word") == 0)
        buf_puts(out, meter_closed(d) ? "CLOSED" : d->armed ? "ARMED" : "OPEN");
    else if (strcmp(name, "battery") == 0)
        buf_printf(out, "%lld", (long long)(100 - age_s / DAY_S / 60 % 80));
    else if (strncmp(name, "time:", 5) == 0)
        put_time(out, s->now, name + 5);
    else
        return put_measured(out, s, name, 3);
    return true;
}

static bool
fill(struct buf *out, const char *template, const struct scene *s, struct err *e)
{
    while (*template != '\0') {
        const char *open = strstr(template, "{{");
        const char *close = open == NULL ? NULL : strstr(open, "}}");
        char name[64];

        if (close == NULL) {
            buf_puts(out, template);
            return true;
        }
        buf_add(out, template, (size_t)(open - template));
        if ((size_t)(close - open - 2) >= sizeof(name))
            return err_set(e, FAIL_REJECT, "placeholder too long");
        memcpy(name, open + 2, (size_t)(close - open - 2));
        name[close - open - 2] = '\0';
        if (!put_named(out, s, name))
            return err_set(e, FAIL_REJECT, "there is no {{%s}}", name);
        template = close + 2;
    }
    return true;
}

/* ---- loading */

/* Copy a text after a trial on a meter that does not exist. NULL stays NULL. */
static bool
template_load(const json_t *from, const char *name, char **out, struct err *e)
{
    static const struct device nobody = {0};
    const struct scene s = {.device = &nobody};
    const char *text = json_string_value(json_object_get(from, name));
    struct buf trial = {0};
    bool ok;

    if (text == NULL)
        return true;
    ok = fill(&trial, text, &s, e);
    buf_finish(&trial);
    *out = must_strdup(text);
    return ok || err_in(e, "%s", name);
}

/* What "relay" of an answer does; -1: there is no such thing. */
static int
relay_load(const json_t *word)
{
    for (int i = RELAY_OPENS; word != NULL && i <= RELAY_ARMS; i++) {
        if (json_is_string(word) && strcmp(json_string_value(word), relay_words[i]) == 0)
            return i;
    }
    return word == NULL ? RELAY_STAYS : -1;
}

static bool
answer_load(struct answer *a, const json_t *from, struct err *e)
{
    const char *match = json_string_value(json_object_get(from, "match"));
    char why[128];
    int bad = regcomp(&a->match, match == NULL ? "^$" : match, REG_EXTENDED);

    if (bad != 0) {
        regerror(bad, &a->match, why, sizeof(why));
        regcomp(&a->match, "^$", REG_EXTENDED);
        return err_set(e, FAIL_REJECT, "match: %s", why);
    }
    if (match == NULL)
        return err_set(e, FAIL_REJECT, "an answer needs a match");
    a->relay = relay_load(json_object_get(from, "relay"));
    if (a->relay == -1)
        return err_set(e, FAIL_REJECT, "relay is 'open', 'closed' or 'armed'");
    a->of = (int)json_integer_value(json_object_get(from, "of"));
    if (a->of < 0 || a->of >= GROUPS)
        return err_set(e, FAIL_REJECT, "of is the number of a group");
    return template_load(from, "reply", &a->reply, e) &&
           template_load(from, "each", &a->each, e);
}

struct kind *
kind_create(const char *name, const json_t *from, struct err *e)
{
    struct kind *k = must_calloc(1, sizeof(*k));
    const json_t *answers = json_object_get(from, "answers");
    bool ok = template_load(from, "push", &k->push, e) &&
              template_load(from, "broken", &k->broken, e);

    k->name = must_strdup(name);
    k->answers = must_calloc(json_array_size(answers), sizeof(*k->answers));
    while (ok && k->n_answers < json_array_size(answers)) {
        size_t i = k->n_answers++;

        ok = answer_load(&k->answers[i], json_array_get(answers, i), e);
    }
    if (!ok) {
        err_in(e, "kind %s", name);
        kind_destroy(k);
        return NULL;
    }
    return k;
}

void
kind_destroy(struct kind *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < k->n_answers; i++) {
        regfree(&k->answers[i].match);
        free(k->answers[i].reply);
        free(k->answers[i].each);
    }
    free(k->answers);
    free(k->push);
    free(k->broken);
    free(k->name);
    free(k);
}

const char *
kind_name(const struct kind *k)
{
    return k->name;
}

/* ---- answering */

/* The request without blanks at its ends. */
static void
trim(const char *text, char out[REQUEST_MAX])
{
    size_t n;

    text += strspn(text, " \r\n\t");
    text_clip(out, REQUEST_MAX, text);
    n = strlen(out);
    while (n > 0 && isspace((unsigned char)out[n - 1]))
        out[--n] = '\0';
}

static struct device *
named_behind(struct device *d, const char *request, const regmatch_t *g)
{
    size_t n = g->rm_so < 0 ? 0 : (size_t)(g->rm_eo - g->rm_so);

    for (struct device *b = d->first; b != NULL; b = b->next) {
        if (strlen(b->serial) == n && memcmp(b->serial, request + g->rm_so, n) == 0)
            return b;
    }
    return NULL;
}

static bool
perform(const struct answer *a, struct device *d, const char *request,
        const regmatch_t *groups, utc_t now, struct buf *out)
{
    struct device *about = a->of == 0 ? d : named_behind(d, request, &groups[a->of]);
    struct scene s = {.device = about, .now = now, .request = request, .groups = groups};
    struct err e;

    if (about == NULL || about->silent)
        return false;
    if (a->relay == RELAY_OPENS || a->relay == RELAY_CLOSES)
        meter_switch(about, a->relay == RELAY_CLOSES, now, request);
    about->armed = a->relay == RELAY_ARMS || (a->relay == RELAY_STAYS && about->armed);
    if (a->reply != NULL)
        fill(out, a->reply, &s, &e);
    for (struct device *b = d->first; a->each != NULL && b != NULL; b = b->next) {
        s.device = b;
        if (!b->silent)
            fill(out, a->each, &s, &e);
    }
    return out->used > 0;
}

bool
kind_answer(struct device *d, const char *text, utc_t now, struct buf *out)
{
    const struct kind *k = d->kind;
    char request[REQUEST_MAX];
    regmatch_t groups[GROUPS];

    trim(text, request);
    for (size_t i = 0; i < k->n_answers; i++) {
        const struct answer *a = &k->answers[i];
        struct scene s = {.device = d, .now = now, .request = request};
        struct err e;

        if (regexec(&a->match, request, GROUPS, groups, 0) != 0 || groups[0].rm_so != 0 ||
            request[groups[0].rm_eo] != '\0')
            continue;
        if (!d->broken)
            return perform(a, d, request, groups, now, out);
        return k->broken != NULL && fill(out, k->broken, &s, &e);
    }
    return false;
}

bool
kind_push(const struct device *d, utc_t now, struct buf *out)
{
    const struct scene s = {.device = d, .now = now};
    struct err e;

    return d->kind != NULL && d->kind->push != NULL && fill(out, d->kind->push, &s, &e);
}

/*
 * profile_propose.c - from pasted replies to the text of a profile that reads them.
 *
 * Replies that differ only in what changes share a pattern. What a field is, its unit and
 * the word before it tell; what they do not tell becomes a register of the maker, to be
 * looked at by a person. What the replies then mean, the proposed profile itself is asked:
 * so its examples hold.
 */
#include "metering/profile_file.h"
#include "metering/profile_sample.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX 40

struct proposal {
    const struct profile_wish *wish;
    const char *texts[SAMPLES_MAX];   /* as pasted, in `pasted` */
    struct sample *samples;           /* n of them */
    int rule[SAMPLES_MAX], n;         /* of each sample the first that is like it */
    char *pasted, decimal, thousands; /* '\0': none */
    const char *commodity;
};

/* ---- samples ---- */

static bool
is_blank(const char *line)
{
    line += strspn(line, " \t\r");
    return *line == '\n' || *line == '\0' || strncmp(line, "---", 3) == 0;
}

/* End a text at `end`, without the line ends before it. */
static void
end_text(char *end)
{
    while (end[-1] == '\n' || end[-1] == '\r')
        end--;
    *end = '\0';
}

/* Replies stand in paragraphs; *p->pasted is cut into texts. */
static bool
split(struct proposal *p, struct err *e)
{
    char *line = p->pasted;
    bool in_text = false;

    while (*line != '\0') {
        char *end = strchrnul(line, '\n'), *next = *end == '\0' ? end : end + 1;
        bool blank = is_blank(line);

        if (blank && in_text)
            end_text(line - 1);
        if (!blank && !in_text) {
            if (p->n == SAMPLES_MAX)
                return err_set(e, FAIL_REJECT, "more than %d replies: give fewer",
                               SAMPLES_MAX);
            p->texts[p->n++] = line;
        }
        in_text = !blank;
        line = next;
    }
    if (in_text)
        end_text(line);
    return p->n > 0 || err_set(e, FAIL_REJECT, "there is no reply in the text");
}

static bool
take_samples(struct proposal *p, struct err *e)
{
    p->samples = calloc((size_t)p->n, sizeof(*p->samples));
    if (p->samples == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    for (int i = 0; i < p->n; i++) {
        if (!sample_take(p->texts[i], &p->samples[i], e))
            return err_in(e, "reply %d", i + 1);
    }
    return true;
}

/* Replies of one pattern share a rule. */
static void
group_samples(struct proposal *p)
{
    for (int i = 0; i < p->n; i++) {
        int j = 0;

        while (j < i && !sample_alike(&p->samples[i], &p->samples[j]))
            j++;
        p->rule[i] = j;
    }
}

/* ---- numbers ---- */

/* What this mark is in a number: 1 decimal, -1 between thousands, 0 it may be both. */
static int
mark_shows(const struct token *t, char mark)
{
    const char *here = memchr(t->at, mark, t->n);
    const char *other = memchr(t->at, mark == ',' ? '.' : ',', t->n);

    if (here == NULL)
        return 0;
    if (other != NULL)
        return here < other ? -1 : 1;
    return t->at + t->n - here - 1 == 3 ? 0 : 1;
}

/* A point is the decimal mark unless only commas are seen to be one. */
static void
find_marks(struct proposal *p)
{
    bool comma_decimal = false, point_decimal = false, comma = false, point = false;
    bool space = false;

    for (int i = 0; i < p->n; i++) {
        for (int j = 0; j < p->samples[i].n; j++) {
            const struct token *t = &p->samples[i].at[j];

            if (t->kind != TOKEN_NUMBER)
                continue;
            comma_decimal = comma_decimal || mark_shows(t, ',') > 0;
            point_decimal = point_decimal || mark_shows(t, '.') > 0;
            comma = comma || memchr(t->at, ',', t->n) != NULL;
            point = point || memchr(t->at, '.', t->n) != NULL;
            space = space || memchr(t->at, ' ', t->n) != NULL;
        }
    }
    p->decimal = comma_decimal && !point_decimal ? ',' : '.';
    for (int i = 0; i < p->n; i++)
        p->samples[i].is_spaced = space;
    if (space)
        p->thousands = ' ';
    else if (p->decimal == ',')
        p->thousands = point ? '.' : '\0';
    else
        p->thousands = comma ? ',' : '\0';
}

/* Is it a number by these marks, and one that a register holds? */
static bool
is_number(const struct proposal *p, const struct token *t)
{
    const struct profile marks = {.decimal = {p->decimal}, .thousands = p->thousands};
    const enum rounding half_up = ROUND_HALF_UP;
    const struct unit *unit = t->unit != NULL ? t->unit : unit_find("1");
    char text[REPLY_RAW_MAX], plain[REPLY_RAW_MAX];
    struct quantity q;
    struct err e;

    if (t->n >= sizeof(text))
        return false;
    memcpy(text, t->at, t->n);
    text[t->n] = '\0';
    return profile_number(&marks, text, plain, sizeof(plain), &e) &&
           unit_convert(plain, unit, 1000000, &half_up, &q, &e);
}

/* What is none changes from reply to reply, and that is all that is known of it. */
static void
drop_no_numbers(struct proposal *p)
{
    for (int i = 0; i < p->n; i++) {
        struct sample *s = &p->samples[i];
        bool dropped = false;

        for (int j = 0; j < s->n; j++) {
            struct token *t = &s->at[j];

            if (t->kind == TOKEN_NUMBER)
                dropped = !is_number(p, t);
            if (dropped && (t->kind == TOKEN_NUMBER || t->kind == TOKEN_UNIT))
                t->kind = TOKEN_OTHER;
        }
        sample_limit(s);
    }
}

static void
find_commodity(struct proposal *p)
{
    static const struct {
        const char *unit, *commodity;
    } tells[] = {{"GJ", "heat"}, {"Gcal", "heat"}, {"kWh", "electricity"}, {"m3", "water"}};

    p->commodity = p->wish->commodity;
    for (size_t k = 0; k < sizeof(tells) / sizeof(tells[0]); k++) {
        for (int i = 0; i < p->n; i++) {
            for (int j = 0; j < p->samples[i].n && p->commodity == NULL; j++) {
                const struct token *t = &p->samples[i].at[j];

                if (t->kind == TOKEN_NUMBER && t->unit != NULL &&
                    strcmp(t->unit->name, tells[k].unit) == 0)
                    p->commodity = tells[k].commodity;
            }
        }
    }
}

/* ---- the file ---- */

static void
put_quoted(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '\n')
            fputs("\\n", to);
        else if (c == '\r')
            fputs("\\r", to);
        else if (c < 0x20 || c == 0x7f)
            fprintf(to, "\\x%02X", c);
        else if (c == '"' || c == '\\')
            fprintf(to, "\\%c", c);
        else
            fputc(c, to);
    }
    fputc('"', to);
}

static void
put_head(FILE *to, const struct proposal *p)
{
    const struct profile_wish *w = p->wish;
    const char *id = w->id == NULL ? "new-meter" : w->id;

    fprintf(to,
            "# Proposed from %d repl%s. Before you rely on it: is each register what the "
            "number "
            "means,\n# is the time the meter's, do the relay's words mean what they say?\n",
            p->n, p->n == 1 ? "y" : "ies");
    fprintf(to, "profile: %s\nname: ", id);
    put_quoted(to, w->name == NULL ? id : w->name);
    if (p->commodity != NULL)
        fprintf(to, "\ncommodity: %s", p->commodity);
    fputs("\nsource: replies of a meter\n\nrequests:", to);
    if (w->request == NULL) {
        fputs(" {}   # read: \"the text that asks for a reading\"\n", to);
    } else {
        fputs("\n  read: ", to);
        put_quoted(to, w->request);
        fputc('\n', to);
    }
    fprintf(to, "\nnumbers: {decimal: \"%c\", thousands: \"%.1s\"}\n\nreplies:\n",
            p->decimal, &p->thousands);
}

static void
put_file(FILE *to, const struct proposal *p)
{
    struct sample_hints hints = {p->commodity, p->wish->commodity != NULL};
    int number = 0;

    put_head(to, p);
    for (int i = 0; i < p->n; i++) {
        if (p->rule[i] == i)
            sample_put_reply(to, &p->samples[i], &hints, ++number);
    }
}

/* ---- examples, as the proposed profile itself reads them ---- */

static void
put_expected_values(FILE *to, const struct reply *r)
{
    char number[AMOUNT_TEXT_MAX];

    fputs("      values:\n", to);
    for (int i = 0; i < r->n_values; i++) {
        const struct reply_value *v = &r->values[i];

        fprintf(to, "        - {register: \"%s\", value: \"%s\", unit: \"%s\"", v->obis,
                decimal_print(v->value.milli, QUANTITY_PLACES, true, number), v->unit);
        if (v->meter[0] != '\0' && strcmp(v->meter, r->meter) != 0)
            fprintf(to, ", meter: \"%s\"", v->meter);
        fputs("}\n", to);
    }
}

static void
put_expected(FILE *to, const struct reply *r)
{
    char time[TIME_TEXT_MAX];

    fprintf(to, "    expect:\n      kind: %s\n", reply_kind_name(r->kind));
    if (r->meter[0] != '\0')
        fprintf(to, "      meter: \"%s\"\n", r->meter);
    if (r->has_time) /* without its zone: the meter has none either */
        fprintf(to, "      time: \"%.19s\"\n", clock_iso(r->time, time));
    if (r->relay != REPLY_RELAY_NONE)
        fprintf(to, "      relay: %s\n", reply_relay_name(r->relay));
    if (r->kind == REPLY_ERROR || r->kind == REPLY_ALARM)
        fprintf(to, "      %s: %s\n", reply_kind_name(r->kind), r->word);
    if (r->n_values > 0)
        put_expected_values(to, r);
}

static bool
put_example(FILE *to, const struct profile *profile, const char *text, struct err *e)
{
    struct reply *r = malloc(sizeof(*r));
    bool good;

    if (r == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    good = profile_parse_reply(profile, text, r, e);
    if (good) {
        fputs("  - text: ", to);
        put_quoted(to, text);
        fputc('\n', to);
        put_expected(to, r);
    }
    free(r);
    return good;
}

static bool
put_examples(FILE *to, const struct proposal *p, const struct profile *profile,
             struct err *e)
{
    fputs("\nexamples:\n", to);
    for (int i = 0; i < p->n; i++) {
        if (!put_example(to, profile, p->texts[i], e))
            return err_in(e, "reply %d", i + 1);
    }
    fputs("  - text: \"?\"\n    expect: {kind: unknown}\n", to);
    return true;
}

/* The file as it is so far, as a profile; NULL with the first fault. */
static struct profile *
load_text(const char *text, struct err *e)
{
    struct problems problems = {0};
    struct profile *profile = profile_load_text("proposal", text, strlen(text), &problems);

    if (profile == NULL)
        problems_err(&problems, e);
    problems_free(&problems);
    return profile;
}

/* Does the finished file load, and do its examples hold? */
static bool
holds(const char *text, struct err *e)
{
    struct problems problems = {0};
    struct profile *profile = profile_load_text("proposal", text, strlen(text), &problems);
    bool good = profile != NULL && profile_check_examples(profile, &problems);

    if (!good)
        problems_err(&problems, e);
    profile_free(profile);
    problems_free(&problems);
    return good;
}

static bool
write_file(const struct proposal *p, char **out, struct err *e)
{
    size_t n;
    FILE *to = open_memstream(out, &n);
    struct profile *profile;
    bool good;

    if (to == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    put_file(to, p);
    fflush(to);
    profile = load_text(*out, e);
    good = profile != NULL && put_examples(to, p, profile, e);
    profile_free(profile);
    if (fclose(to) != 0)
        return err_set(e, FAIL_RETRY, "out of memory");
    return good && holds(*out, e);
}

char *
profile_propose(const char *samples, const struct profile_wish *wish, struct err *e)
{
    struct proposal p = {.wish = wish, .pasted = strdup(samples)};
    char *out = NULL;
    bool good;

    if (p.pasted == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        return NULL;
    }
    good = split(&p, e) && take_samples(&p, e);
    if (good) {
        find_marks(&p);
        drop_no_numbers(&p);
        group_samples(&p);
        find_commodity(&p);
        good = write_file(&p, &out, e);
    }
    free(p.samples);
    free(p.pasted);
    if (good)
        return out;
    free(out);
    return NULL;
}

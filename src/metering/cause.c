/* Why meters of a round are missing: what many of them have in common is named once. */
#include "meterpost/metering/cause.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARE_PERCENT 80 /* of what has it in common is missing: that is the cause */

struct node { /* a group of the tree */
    int64_t id, parent_id;
    char code[KEY_MAX], kind[WORD_MAX];
    int depth, total, silent, missing;
};

enum { /* instead of a cause */
       NONE_YET = -1,
       IS_IN = -2,
       BY_CUSTOMER =
           -3, /* in, but the meter itself is as silent as those that are missing */
};

struct finding {
    struct round_member *rows;
    int *cause; /* of each row: index of the cause, or what follows */
    size_t n, room;
    struct node *nodes;
    size_t n_nodes;
    struct round_cause *causes;
    size_t n_causes, causes_room;
    bool no_memory;
};

/* ---- gathering ---- */

static bool
add_row(const struct round_member *m, void *context)
{
    struct finding *f = context;

    if (f->n == f->room) {
        size_t room = f->room == 0 ? 256 : 2 * f->room;
        struct round_member *rows = realloc(f->rows, room * sizeof(*rows));

        if (rows == NULL) {
            f->no_memory = true;
            return false;
        }
        f->rows = rows;
        f->room = room;
    }
    f->rows[f->n++] = *m;
    return true;
}

static bool
is_asked(const struct round_member *m)
{
    return strcmp(m->request, "asked") == 0;
}

/* Asked in vain at least once, or given up: the first question says nothing yet. */
static bool
is_missing(const struct round_member *m)
{
    if (m->state == ROUND_MISSING)
        return true;
    return m->state == ROUND_EXPECTED &&
           (m->attempts > is_asked(m) || m->reason[0] != '\0');
}

static int
without_cause(const struct round_member *m)
{
    if (is_missing(m))
        return NONE_YET;
    return strcmp(m->channel, "customer") == 0 ? BY_CUSTOMER : IS_IN;
}

static bool
is_silent(int cause)
{
    return cause == NONE_YET || cause == BY_CUSTOMER;
}

/* ---- one cause ---- */

static struct round_cause *
new_cause(struct finding *f, const char *what, const char *name)
{
    struct round_cause *c;

    if (f->n_causes == f->causes_room) {
        size_t room = f->causes_room == 0 ? 32 : 2 * f->causes_room;

        c = realloc(f->causes, room * sizeof(*c));
        if (c == NULL) {
            f->no_memory = true;
            return NULL;
        }
        f->causes = c;
        f->causes_room = room;
    }
    c = &f->causes[f->n_causes++];
    *c = (struct round_cause){0};
    text_clip(c->what, sizeof(c->what), what);
    text_clip(c->name, sizeof(c->name), name);
    return c;
}

static void
put_row(struct finding *f, size_t i, size_t cause)
{
    struct round_cause *c = &f->causes[cause];
    const struct round_member *m = &f->rows[i];
    int words = (int)strcspn(m->reason, ";"); /* what is next comes behind it */
    bool open = is_asked(m) || strcmp(m->request, "waiting") == 0;

    f->cause[i] = (int)cause;
    c->missing++;
    if (c->reason[0] == '\0')
        snprintf(c->reason, sizeof(c->reason), "%.*s", words, m->reason);
    if (open && (c->next_at == 0 || m->next_at < c->next_at)) {
        c->next_at = m->next_at;
        c->asked = is_asked(m);
        text_clip(c->channel, sizeof(c->channel), m->channel);
    }
}

/* ---- by a word that rows have in common ---- */

struct tally {
    const char *word;
    int total, silent, missing; /* without a cause so far */
};

static const char *
concentrator_of(const struct round_member *m)
{
    return m->concentrator;
}

static const char *
device_of(const struct round_member *m)
{
    return m->device;
}

static const char *
carrier_of(const struct round_member *m)
{
    return m->carrier;
}

static int
by_word(const void *a, const void *b)
{
    return strcmp(((const struct tally *)a)->word, ((const struct tally *)b)->word);
}

/* All rows by their word, each word once, with its counts. */
static size_t
count_words(const struct finding *f, const char *(*word)(const struct round_member *m),
            struct tally *out)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n; i++)
        out[i] = (struct tally){word(&f->rows[i]), 1, is_silent(f->cause[i]),
                                f->cause[i] == NONE_YET};
    qsort(out, f->n, sizeof(*out), by_word);
    for (size_t i = 0; i < f->n; i++) {
        if (n > 0 && strcmp(out[n - 1].word, out[i].word) == 0) {
            out[n - 1].total++;
            out[n - 1].silent += out[i].silent;
            out[n - 1].missing += out[i].missing;
        } else {
            out[n++] = out[i];
        }
    }
    return n;
}

static bool
is_cause(int silent, int missing, int total, int at_least)
{
    return missing > 0 && silent >= at_least && 100 * silent >= SHARE_PERCENT * total;
}

static void
find_common(struct finding *f, const char *what,
            const char *(*word)(const struct round_member *m), int at_least)
{
    struct tally *all = calloc(f->n + 1, sizeof(*all));
    size_t n = all == NULL ? 0 : count_words(f, word, all);

    f->no_memory = f->no_memory || all == NULL;
    for (size_t t = 0; t < n; t++) {
        size_t cause = f->n_causes;

        /* What all have in common tells nothing apart. */
        if (all[t].word[0] == '\0' || (size_t)all[t].total == f->n ||
            !is_cause(all[t].silent, all[t].missing, all[t].total, at_least) ||
            new_cause(f, what, all[t].word) == NULL)
            continue;
        f->causes[cause].of = all[t].total;
        for (size_t i = 0; i < f->n; i++) {
            if (f->cause[i] == NONE_YET && strcmp(word(&f->rows[i]), all[t].word) == 0)
                put_row(f, i, cause);
        }
    }
    free(all);
}

/* ---- by the tree of groups: the highest that is silent ---- */

static struct node *
node_of(const struct finding *f, int64_t id)
{
    size_t low = 0, high = f->n_nodes;

    while (low < high) { /* they are in the order of their ids */
        size_t middle = low + (high - low) / 2;

        if (f->nodes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < f->n_nodes && f->nodes[low].id == id ? &f->nodes[low] : NULL;
}

static bool
is_below(const struct finding *f, int64_t id, const struct node *top)
{
    const struct node *at = node_of(f, id);

    for (int i = 0; at != NULL && i < GROUP_DEPTH_MAX; i++) {
        if (at == top)
            return true;
        at = node_of(f, at->parent_id);
    }
    return false;
}

static void
count_nodes(struct finding *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct node *at = node_of(f, f->rows[i].group_id);

        for (int up = 0; at != NULL && up < GROUP_DEPTH_MAX; up++) {
            at->total++;
            at->silent += is_silent(f->cause[i]);
            at->missing += f->cause[i] == NONE_YET;
            at = node_of(f, at->parent_id);
        }
    }
    for (size_t i = 0; i < f->n_nodes; i++) {
        const struct node *at = &f->nodes[i];

        for (int up = 0; at != NULL && up < GROUP_DEPTH_MAX; up++) {
            f->nodes[i].depth = up;
            at = node_of(f, at->parent_id);
        }
    }
}

static void
find_groups(struct finding *f, int at_least)
{
    count_nodes(f);
    for (int depth = 0; depth < GROUP_DEPTH_MAX; depth++) {
        for (size_t g = 0; g < f->n_nodes; g++) {
            struct node *top = &f->nodes[g];
            size_t cause = f->n_causes;

            if (top->depth != depth ||
                !is_cause(top->silent, top->missing, top->total, at_least))
                continue;
            for (size_t i = 0; i < f->n; i++) {
                if (f->cause[i] != NONE_YET || !is_below(f, f->rows[i].group_id, top))
                    continue;
                if (f->n_causes == cause &&
                    new_cause(f, top->kind[0] != '\0' ? top->kind : "group", top->code) ==
                        NULL)
                    return;
                f->causes[cause].of = top->total;
                put_row(f, i, cause);
            }
        }
    }
}

/* ---- what to do about it ---- */

static void
tell_next(struct round_cause *c, const char *round)
{
    char time[TIME_TEXT_MAX], when[20] = "";

    if (c->next_at != 0) {
        clock_iso(c->next_at, time);
        snprintf(when, sizeof(when), "%.10s %.5s", time, time + 11);
    }
    if (c->next_at != 0 && strcmp(c->channel, "customer") == 0)
        snprintf(c->next, sizeof(c->next), "customers %s %s",
                 c->asked ? "asked until" : "are asked,", when);
    else if (c->next_at != 0)
        snprintf(c->next, sizeof(c->next),
                 c->asked ? "asked by %s until %s" : "asked again by %s, %s", c->channel,
                 when);
    else if (strcmp(c->what, "modem") == 0)
        snprintf(c->next, sizeof(c->next), "meterpost modem reset %s", c->name);
    else if (strcmp(c->what, "carrier") == 0)
        snprintf(c->next, sizeof(c->next), "is its network up? then read them again");
    else if (strcmp(c->what, "single") == 0)
        snprintf(c->next, sizeof(c->next), "meterpost round show %s --route", round);
    else
        snprintf(c->next, sizeof(c->next), "look there: is it out of supply?");
}

static void
find_causes(struct finding *f, const char *round)
{
    size_t single;

    for (size_t i = 0; i < f->n; i++)
        f->cause[i] = without_cause(&f->rows[i]);
    find_common(f, "concentrator", concentrator_of, 2);
    find_groups(f, 3);
    find_common(f, "modem", device_of, 3);
    find_common(f, "carrier", carrier_of, 3);
    single = f->n_causes;
    for (size_t i = 0; i < f->n && !f->no_memory; i++) {
        if (f->cause[i] != NONE_YET)
            continue;
        if (f->n_causes == single && new_cause(f, "single", "") == NULL)
            return;
        put_row(f, i, single);
    }
    if (single < f->n_causes)
        f->causes[single].of = f->causes[single].missing;
    for (size_t i = 0; i < f->n_causes; i++)
        tell_next(&f->causes[i], round);
}

/* ---- the door ---- */

static bool
add_node(const struct group *g, void *context)
{
    struct finding *f = context;
    struct node *nodes = f->nodes;

    if (f->n_nodes % 64 == 0)
        nodes = realloc(nodes, (f->n_nodes + 64) * sizeof(*nodes));
    if (nodes == NULL) {
        f->no_memory = true;
        return false;
    }
    f->nodes = nodes;
    nodes[f->n_nodes] = (struct node){.id = g->id, .parent_id = g->parent_id};
    text_copy(nodes[f->n_nodes].code, KEY_MAX, g->code);
    text_copy(nodes[f->n_nodes].kind, WORD_MAX, g->kind);
    f->n_nodes++;
    return true;
}

bool
metering_round_causes(struct store *s, const struct round *round,
                      bool (*row)(const struct round_cause *c, void *context),
                      void (*member)(const char *meter, const struct round_cause *c,
                                     void *context),
                      void *context, struct err *e)
{
    struct finding f = {0};
    bool good =
        group_each(s, add_node, &f, e) && round_each_member(s, round->id, add_row, &f, e);

    if (good && !f.no_memory) {
        f.cause = calloc(f.n + 1, sizeof(*f.cause));
        f.no_memory = f.cause == NULL;
    }
    if (good && !f.no_memory)
        find_causes(&f, round->name);
    if (good && f.no_memory)
        good = err_set(e, FAIL_RETRY, "not enough memory");
    for (size_t i = 0; good && i < f.n_causes && row(&f.causes[i], context); i++)
        ;
    for (size_t i = 0; good && member != NULL && i < f.n; i++) {
        if (f.cause[i] >= 0)
            member(f.rows[i].meter, &f.causes[f.cause[i]], context);
    }
    free(f.rows);
    free(f.cause);
    free(f.nodes);
    free(f.causes);
    return good;
}

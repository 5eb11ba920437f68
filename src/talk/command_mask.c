/*
 * command_mask.c - the text of a member of staff without what may be a code: right or
 * wrong, in its place or not, in one piece or in groups, behind a verb with a mistake in
 * it.
 */
#include "command.h"
#include "meterpost/base/text.h"

#include "meterpost/store/talk.h"
#include "meterpost/talk/route.h"

#include <stdlib.h>
#include <string.h>

#define HIDDEN     "******"
#define RUN_LEAST  6   /* letters and digits of what may be a code */
#define GROUP_MOST 5   /* letters of a group of a code that has no digit in it */
#define PIECES_MAX 800 /* of the longest text: one letter each */

struct piece {
    const char *at;
    size_t length;
    size_t size; /* letters and digits */
    bool digit;
    bool group; /* short, in capitals */
};

static struct piece
piece_of(const char *at, size_t length)
{
    char word[2 * CODE_TEXT_MAX + COMMAND_ARG];
    struct piece p = {.at = at, .length = length};

    code_plain(at, length, word, sizeof(word));
    p.size = strlen(word);
    p.digit = strpbrk(word, "0123456789") != NULL;
    p.group = p.size > 0 && p.size <= GROUP_MOST;
    for (size_t i = 0; i < length; i++)
        p.group = p.group && at[i] >= '!' && at[i] <= 'Z';
    return p;
}

/* How many pieces from the first on say what is wanted and no more: the verb and its
 * target, or what YES names. */
static int
open_pieces(const struct command *o, const struct piece *p, int n)
{
    if (n == 0 || p[0].digit)
        return 0;
    if (o->c->word == WORD_YES)
        return n > 1 && (p[1].size == 4 || p[1].size == 5) ? 2 : 1;
    if (o->bare || o->verb == NULL || o->n < o->verb->args_least)
        return 1;
    if (o->verb->secret > 0)
        return 1 + o->verb->secret;
    /* "HOLD 1042 482913": the days were forgotten, and the code stands in their place. */
    return o->n > 1 && o->code[0] == '\0' && command_is_code(o->args[1]) ? 2 : 1 + o->n;
}

/* Pieces from i to *end hang together; do they hold enough for a code? */
static bool
is_run(const struct piece *p, int i, int n, int *end)
{
    size_t size = 0;
    bool digit = false;

    for (*end = i; *end < n && (p[*end].digit || p[*end].group); ++*end) {
        size += p[*end].size;
        digit = digit || p[*end].digit;
    }
    return digit && size >= RUN_LEAST;
}

/* Behind a command that takes a code everything is hidden, up to its '#'; elsewhere what is
 * long enough. */
static void
choose_hidden(const struct command *o, const struct piece *p, int n, bool hide[])
{
    bool takes_code =
        o->c->word == WORD_YES || (o->verb != NULL && o->verb->proof != PROOF_NONE);
    int i = open_pieces(o, p, n), end;

    for (; takes_code && i < n && *p[i].at != '#'; i++)
        hide[i] = true;
    for (; i < n; i = end + 1) {
        bool run = is_run(p, i, n, &end);

        for (; i < end; i++)
            hide[i] = run;
    }
}

void
command_mask(const struct command *o, char *out, size_t size)
{
    struct piece pieces[PIECES_MAX];
    bool hide[PIECES_MAX] = {false};
    const char *at = o->c->m->text;
    size_t length;
    struct text t;
    int n = 0;

    for (; n < PIECES_MAX && (length = command_piece(&at)) > 0; at += length)
        pieces[n++] = piece_of(at, length);
    choose_hidden(o, pieces, n, hide);
    text_init(&t, out, size);
    for (int i = 0; i < n; i++) {
        text_add(&t, i > 0 ? " " : "");
        if (hide[i])
            text_add(&t, HIDDEN);
        else
            text_add_bytes(&t, pieces[i].at, pieces[i].length);
    }
}

/* ---- the message ---- */

static bool
hide(const struct command *o, struct err *e)
{
    char masked[INBOX_TEXT_MAX];

    command_mask(o, masked, sizeof(masked));
    return strchr(masked, '*') == NULL || strcmp(masked, o->c->m->text) == 0 ||
           inbox_mask(o->c->d->store, o->c->m->id, masked, e);
}

/* Its target is none: for all we know the code stands there. */
bool
command_hide_target(struct command *o, struct err *e)
{
    o->bare = true;
    return hide(o, e);
}

/* Of others only what a member of staff may have written on another phone. */
static bool
has_code(const struct command *o)
{
    char word[2 * CODE_TEXT_MAX + COMMAND_ARG];
    const char *at = o->c->m->text;
    size_t length;
    bool code = o->verb != NULL && o->verb->proof != PROOF_NONE && o->code[0] != '\0';

    for (; !code && o->c->word == WORD_YES && (length = command_piece(&at)) > 0;
         at += length) {
        code_plain(at, length, word, sizeof(word));
        code = strlen(word) == CODE_SHEET && strspn(word, "0123456789") == CODE_SHEET;
    }
    return code;
}

bool
talk_mask(struct desk *d, const struct inbox_row *m, struct err *e)
{
    struct chat *c = calloc(1, sizeof(*c));
    struct command o = {.c = c, .counter = -1};
    struct staff staff;
    bool found, good;

    if (c == NULL)
        return err_set(e, FAIL_RETRY, "not enough memory");
    chat_begin(c, d, m);
    command_read(&o);
    good = staff_by_phone(d->store, m->sender, &staff, &found, e) &&
           ((!found && !has_code(&o)) || hide(&o, e));
    chat_end(c);
    free(c);
    return good;
}

/* Files of groups. The tree is made when all of them are there. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/store/registry.h"
#include "seen.h"

#include <stdlib.h>
#include <string.h>

struct group_line {
    struct group group;
    char parent[KEY_MAX];
};

struct branch { /* a row, kept until the end of the file */
    char code[KEY_MAX], parent[KEY_MAX];
    utc_t since;
    unsigned line, column; /* of the parent's name            */
    size_t walk;           /* the first walk up that met it   */
};

static const struct column columns[] = {
    COLUMN_ONCE("group", NEED_VALUE, read_key, struct group_line, group.code),
    COLUMN("name", NEED_VALUE, read_text, struct group_line, group.name),
    COLUMN("parent", NEED_NOTHING, read_key, struct group_line, parent),
    COLUMN("kind", NEED_NOTHING, read_group_kind, struct group_line, group.kind),
    COLUMN("since", NEED_NOTHING, read_past, struct group_line, group.since),
    {0},
};

static void
start_group(struct import *im, void *row)
{
    struct group_line *line = row;

    line->group.since = im->with->now;
}

/* Room for one branch more; NULL: no memory. */
static struct branch *
more_branches(struct import *im)
{
    struct branch *all = im->rest;

    if (im->rest_count % 64 == 0)
        all = realloc(all, (im->rest_count + 64) * sizeof(*all));
    if (all != NULL)
        im->rest = all;
    return all;
}

static bool
look_at_group(struct import *im, void *row, struct err *e)
{
    const struct group_line *line = row;
    struct branch *b = more_branches(im);
    struct group there;
    unsigned before;
    bool found;

    if (b == NULL || !seen_add(im->seen, "branch", line->group.code,
                               (unsigned)im->rest_count + 1, &before))
        return err_set(e, FAIL_RETRY, "not enough memory for this file");
    b += im->rest_count++;
    *b = (struct branch){.since = line->group.since,
                         .line = im->row->at[0].line,
                         .column = im->row->at[0].column};
    for (size_t i = 0; i < im->count; i++) {
        if (strcmp(im->columns[i]->name, "parent") == 0)
            b->column = im->row->at[i].column;
    }
    text_copy(b->code, sizeof(b->code), line->group.code);
    text_copy(b->parent, sizeof(b->parent), line->parent);
    if (!group_by_code(im->with->store, b->code, &there, &found, e))
        return false;
    import_there(im, "group", b->code, found, there.until);
    return true;
}

static bool
keep_group(struct import *im, const void *row, struct err *e)
{
    struct group g = ((const struct group_line *)row)->group, there;
    bool found;

    if (!im->edit)
        return group_add(im->with->store, &g, &g.id, e);
    if (!group_by_code(im->with->store, g.code, &there, &found, e))
        return false;
    g.id = there.id;
    return group_update(im->with->store, &g, e);
}

/* ---- the tree ---- */

/* NULL: the file has no such group. */
static struct branch *
branch_of(const struct import *im, const char *code)
{
    unsigned at = seen_line(im->seen, "branch", code);

    return at != 0 ? (struct branch *)im->rest + (at - 1) : NULL;
}

/* From a group to the one above it, as the file says, else as the store has it; "" is above
 * the top. */
static bool
step_up(const struct import *im, char code[KEY_MAX], struct err *e)
{
    const struct branch *b = branch_of(im, code);
    struct group g, parent = {0};
    bool found;

    if (b != NULL) {
        text_copy(code, KEY_MAX, b->parent);
        return true;
    }
    if (!group_by_code(im->with->store, code, &g, &found, e) ||
        (found && g.parent_id != 0 &&
         !group_by_id(im->with->store, g.parent_id, &parent, &found, e)))
        return false;
    text_copy(code, KEY_MAX, parent.code);
    return true;
}

/* Is there what it hangs on? */
static bool
check_parent(struct import *im, const struct branch *b, struct err *e)
{
    struct group parent;
    bool found;

    if (b->parent[0] == '\0' || branch_of(im, b->parent) != NULL)
        return true;
    if (!group_by_code(im->with->store, b->parent, &parent, &found, e))
        return false;
    if (!found || parent.until != 0)
        problems_add(im->problems, im->file, b->line, b->column,
                     "parent: there is no group '%s'%s", b->parent,
                     im->by_hand ? "" : ", neither in the store nor in this file");
    return true;
}

/* Rows from one ring back to it: a fault of the last of them. */
static bool
tell_ring(struct import *im, const struct branch *from, struct err *e)
{
    const struct branch *last = from, *b = from;
    char code[KEY_MAX], buffer[PROBLEM_TEXT_MAX];
    struct text ring;

    text_init(&ring, buffer, sizeof(buffer));
    text_copy(code, sizeof(code), from->code);
    do {
        text_addf(&ring, "%s < ", code);
        if (b != NULL && b->line > last->line)
            last = b;
        if (!step_up(im, code, e))
            return false;
        b = branch_of(im, code);
    } while (b != from);
    problems_add(im->problems, im->file, last->line, last->column,
                 "parent: the group '%s' would be above itself: %s%s", last->code, buffer,
                 from->code);
    return true;
}

/* Up from one row to the top, or to where a walk was before: when it was this one, the
 * rows go round. Only the store's part of the way is without marks, and bounded. */
static bool
check_ring(struct import *im, struct branch *start, size_t walk, struct err *e)
{
    char code[KEY_MAX];
    int unmarked = 0;

    text_copy(code, sizeof(code), start->code);
    while (code[0] != '\0' && unmarked <= GROUP_DEPTH_MAX) {
        struct branch *b = branch_of(im, code);

        if (b != NULL && b->walk != 0)
            return b->walk != walk || tell_ring(im, b, e);
        unmarked = b != NULL ? 0 : unmarked + 1;
        if (b != NULL)
            b->walk = walk;
        if (!step_up(im, code, e))
            return false;
    }
    return true;
}

/* Told of the first row that is too deep, not of all below it. */
static bool
check_depth(struct import *im, const struct branch *b, struct err *e)
{
    char code[KEY_MAX];
    int above = -1;

    text_copy(code, sizeof(code), b->code);
    for (; code[0] != '\0' && above <= GROUP_DEPTH_MAX + 1; above++) {
        if (!step_up(im, code, e))
            return false;
    }
    if (above == GROUP_DEPTH_MAX + 1)
        problems_add(im->problems, im->file, b->line, b->column,
                     "parent: expected at most %d groups above one another",
                     GROUP_DEPTH_MAX);
    return true;
}

/* Hang one branch where it belongs. */
static bool
hang_branch(struct import *im, const struct branch *b, struct err *e)
{
    struct store *s = im->with->store;
    struct group g, parent = {0};
    bool found;

    if (!group_by_code(s, b->code, &g, &found, e) ||
        (b->parent[0] != '\0' && !group_by_code(s, b->parent, &parent, &found, e)))
        return false;
    if (parent.id == g.parent_id ||
        group_move(s, g.id, parent.id, im->edit ? im->at : b->since, e))
        return true;
    if (e->kind == FAIL_REJECT)
        problems_add(im->problems, im->file, b->line, b->column, "parent: %s", e->text);
    return e->kind == FAIL_REJECT;
}

static bool
finish_groups(struct import *im, struct err *e)
{
    struct branch *all = im->rest;
    size_t n = im->rest_count;

    for (size_t i = 0; i < n; i++) {
        if (!check_parent(im, &all[i], e) || !check_ring(im, &all[i], i + 1, e) ||
            !check_depth(im, &all[i], e))
            return false;
    }
    for (size_t i = 0; i < n && problems_none(im->problems); i++) {
        if (!hang_branch(im, &all[i], e))
            return false;
    }
    return true;
}

const struct import_kind import_groups = {
    .name = "groups",
    .columns = columns,
    .row_size = sizeof(struct group_line),
    .start = start_group,
    .look = look_at_group,
    .keep = keep_group,
    .finish = finish_groups,
};

#include "announced.h"

#include <string.h>

static bool
place_is(const struct announcement *r, const struct place *where)
{
    return r->token != 0 && r->where.location == where->location &&
           r->where.memory == where->memory;
}

struct announcement *
announced_find(struct announced *a, const struct place *where, const struct octets *what)
{
    for (size_t i = 0; i < ANNOUNCED_MAX; i++) {
        struct announcement *r = &a->row[i];

        if (!place_is(r, where))
            continue;
        if (r->what.n == what->n && memcmp(r->what.at, what->at, what->n) == 0)
            return r;
        announced_drop(r);
    }
    return NULL;
}

struct announcement *
announced_add(struct announced *a, const struct place *where, const struct octets *what)
{
    for (size_t i = 0; i < ANNOUNCED_MAX; i++) {
        struct announcement *r = &a->row[i];

        if (r->token != 0)
            continue;
        *r = (struct announcement){
            .token = ++a->last_token, .where = *where, .what = *what, .seen = true};
        return r;
    }
    return NULL;
}

struct announcement *
announced_by_token(struct announced *a, uint64_t token)
{
    for (size_t i = 0; token != 0 && i < ANNOUNCED_MAX; i++)
        if (a->row[i].token == token)
            return &a->row[i];
    return NULL;
}

int
announced_open(const struct announced *a)
{
    int n = 0;

    for (size_t i = 0; i < ANNOUNCED_MAX; i++)
        n += a->row[i].token != 0 && !a->row[i].forget;
    return n;
}

void
announced_drop(struct announcement *row)
{
    row->token = 0;
}

void
announced_walk_begin(struct announced *a)
{
    for (size_t i = 0; i < ANNOUNCED_MAX; i++)
        a->row[i].seen = false;
}

void
announced_walk_end(struct announced *a)
{
    for (size_t i = 0; i < ANNOUNCED_MAX; i++)
        if (!a->row[i].seen && a->row[i].where.memory == 0)
            announced_drop(&a->row[i]);
}

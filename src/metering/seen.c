#include "seen.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An open hash table, at most half full. */
struct seen {
    struct slot {
        char *name; /* column, a line feed, value */
        unsigned line;
    } * slots;
    size_t count, size; /* size is a power of two */
};

static uint64_t
hash(const char *name)
{
    uint64_t h = 0xCBF29CE484222325; /* FNV-1a */

    for (; *name != '\0'; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001B3;
    return h ^ (h >> 32);
}

struct seen *
seen_create(void)
{
    struct seen *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->size = 256;
    s->slots = calloc(s->size, sizeof(*s->slots));
    if (s->slots == NULL) {
        free(s);
        return NULL;
    }
    return s;
}

void
seen_destroy(struct seen *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->size; i++)
        free(s->slots[i].name);
    free(s->slots);
    free(s);
}

static struct slot *
slot_of(struct slot *slots, size_t size, const char *name)
{
    size_t i = hash(name) & (size - 1);

    while (slots[i].name != NULL && strcmp(slots[i].name, name) != 0)
        i = (i + 1) & (size - 1);
    return &slots[i];
}

static bool
grow(struct seen *s)
{
    struct slot *slots = calloc(2 * s->size, sizeof(*slots));

    if (slots == NULL)
        return false;
    for (size_t i = 0; i < s->size; i++) {
        if (s->slots[i].name != NULL)
            *slot_of(slots, 2 * s->size, s->slots[i].name) = s->slots[i];
    }
    free(s->slots);
    s->slots = slots;
    s->size *= 2;
    return true;
}

bool
seen_add(struct seen *s, const char *column, const char *value, unsigned line,
         unsigned *first)
{
    size_t n = strlen(column), m = strlen(value);
    char *name = malloc(n + m + 2);
    struct slot *slot;

    if (name == NULL || (2 * s->count >= s->size && !grow(s))) {
        free(name);
        return false;
    }
    snprintf(name, n + m + 2, "%s\n%s", column, value);
    slot = slot_of(s->slots, s->size, name);
    if (slot->name != NULL) {
        *first = slot->line;
        free(name);
        return true;
    }
    *slot = (struct slot){name, line};
    s->count++;
    *first = 0;
    return true;
}

unsigned
seen_line(const struct seen *s, const char *column, const char *value)
{
    size_t size = strlen(column) + strlen(value) + 2;
    char *name = malloc(size);
    unsigned line;

    if (name == NULL)
        return 0;
    snprintf(name, size, "%s\n%s", column, value);
    line = slot_of(s->slots, s->size, name)->line; /* 0 in an empty slot */
    free(name);
    return line;
}

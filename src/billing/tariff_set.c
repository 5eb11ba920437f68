#include "meterpost/billing/tariff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
compare_versions(const void *a, const void *b)
{
    const struct tariff *one = *(struct tariff *const *)a,
                        *two = *(struct tariff *const *)b;
    int by_id = strcmp(one->id, two->id);

    return by_id != 0 ? by_id : strcmp(one->valid_from, two->valid_from);
}

static void
check_versions(const struct tariff_set *set, const char *folder, struct problems *p)
{
    for (size_t i = 1; i < set->count; i++) {
        const struct tariff *t = set->list[i];

        if (compare_versions(&set->list[i - 1], &set->list[i]) == 0)
            problems_add(p, folder, 0, 0,
                         "two files hold tariff %s valid from %s: remove one or change its "
                         "date",
                         t->id, t->valid_from[0] != '\0' ? t->valid_from : "the beginning");
    }
}

bool
tariff_set_read(struct tariff_set *set, const char *folder, struct problems *p)
{
    size_t before = problems_total(p);
    struct yaml_files files;

    if (!yaml_files_find(folder, false, &files, p))
        return false;
    set->list = calloc(files.n + 1, sizeof(struct tariff *));
    if (set->list == NULL)
        problems_add(p, folder, 0, 0, "out of memory");
    for (size_t i = 0; set->list != NULL && i < files.n; i++) {
        struct tariff *t = tariff_open_file(files.paths[i], p);

        if (t != NULL)
            set->list[set->count++] = t;
    }
    yaml_files_free(&files);
    if (set->list != NULL) {
        qsort(set->list, set->count, sizeof(struct tariff *), compare_versions);
        check_versions(set, folder, p);
    }
    return problems_total(p) == before;
}

void
tariff_set_free(struct tariff_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        tariff_destroy(set->list[i]);
    free(set->list);
    *set = (struct tariff_set){0};
}

const struct tariff *
tariff_find(const struct tariff_set *set, const char *id, const char *date)
{
    const struct tariff *found = NULL;

    for (size_t i = 0; i < set->count; i++) {
        const struct tariff *t = set->list[i];

        if (strcmp(t->id, id) == 0 && strcmp(t->valid_from, date) <= 0)
            found = t; /* the list is by date: the last one is in force */
    }
    return found;
}

/* import_map.c - files with other names for the columns than ours. */
#include "import_map.h"

#include "meterpost/base/csv.h"
#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 128

/* The name that a column of the file gets: what stands before its own in "ours=theirs;...";
 * its own when it is not named there. "": it is left out. */
static void
name_for(const char *map, const char *theirs, char *out)
{
    const char *at = map;

    snprintf(out, NAME_SIZE, "%s", theirs);
    while (*at != '\0') {
        size_t n = strcspn(at, ";"), ours = strcspn(at, "=");

        if (ours < n && n - ours - 1 == strlen(theirs) &&
            strncmp(at + ours + 1, theirs, n - ours - 1) == 0) {
            snprintf(out, NAME_SIZE, "%.*s", (int)ours, at);
            return;
        }
        at += n;
        at += *at == ';';
    }
}

/* Every pair must have its '=' and a column of the file behind it. */
static bool
check_map(const char *map, const struct csv_row *header, struct err *e)
{
    for (const char *at = map; *at != '\0'; at += strspn(at, ";")) {
        size_t n = strcspn(at, ";"), ours = strcspn(at, "=");
        bool found = false;

        if (ours >= n)
            return err_set(e, FAIL_REJECT, "--map takes OURS=THEIRS;..., not '%.*s'",
                           (int)n, at);
        for (size_t i = 0; i < header->count; i++)
            found =
                found || (strlen(header->at[i].text) == n - ours - 1 &&
                          strncmp(header->at[i].text, at + ours + 1, n - ours - 1) == 0);
        if (!found)
            return err_set(e, FAIL_REJECT, "--map: the file has no column '%.*s'",
                           (int)(n - ours - 1), at + ours + 1);
        at += n;
    }
    return true;
}

static void
write_row(FILE *to, const struct csv_row *row, const bool *keep, bool first_line)
{
    bool first = true;

    if (!first_line)
        fputs("\r\n", to);
    for (size_t i = 0; i < row->count; i++) {
        if (!keep[i])
            continue;
        csv_put(to, row->at[i].text, first);
        first = false;
    }
}

char *
import_map(const char *file, const char *text, size_t n, const char *map, struct err *e)
{
    char names[CSV_FIELDS_MAX][NAME_SIZE], *out = NULL;
    struct csv *csv = csv_open(file, text, n);
    bool keep[CSV_FIELDS_MAX] = {false}, good;
    struct problems p = {0};
    struct csv_row row;
    size_t size;
    FILE *to = open_memstream(&out, &size);

    good = (csv != NULL && to != NULL) || err_set(e, FAIL_RETRY, "out of memory");
    if (good && !csv_next(csv, &row, &p))
        good = err_set(e, FAIL_REJECT, "%s has no line of names", file);
    good = good && check_map(map, &row, e);
    for (size_t i = 0; good && i < row.count; i++) {
        name_for(map, row.at[i].text, names[i]);
        keep[i] = names[i][0] != '\0';
        row.at[i].text = names[i];
    }
    if (good)
        write_row(to, &row, keep, true);
    while (good && csv_next(csv, &row, &p))
        write_row(to, &row, keep, false);
    if (good && !problems_none(&p))
        problems_err(&p, e), good = false;
    problems_free(&p);
    csv_close(csv);
    if (to != NULL)
        fclose(to);
    if (good)
        return out;
    free(out);
    return NULL;
}

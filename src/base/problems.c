#include "meterpost/base/text.h"
#include "meterpost/base/yaml.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 40 /* longer words are not compared */

/* The end of a long path tells more than its start. */
static void
copy_file_name(char *to, const char *file)
{
    size_t n = strlen(file);

    if (n < PROBLEM_FILE_MAX)
        memcpy(to, file, n + 1);
    else
        snprintf(to, PROBLEM_FILE_MAX, "...%s", file + n - (PROBLEM_FILE_MAX - 4));
}

static struct problem *
room_for_one(struct problems *p)
{
    struct problem *more;

    if (p->count == PROBLEMS_MAX)
        return NULL;
    more = realloc(p->at, (p->count + 1) * sizeof(*more));
    if (more == NULL)
        return NULL;
    p->at = more;
    return &more[p->count++];
}

bool
problems_add(struct problems *p, const char *file, unsigned line, unsigned column,
             const char *fmt, ...)
{
    struct problem *one = room_for_one(p);
    char whole[2 * PROBLEM_TEXT_MAX];
    va_list args;

    if (one == NULL) {
        p->left_out++;
        return false;
    }
    copy_file_name(one->file, file);
    one->line = line;
    one->column = column;
    va_start(args, fmt);
    vsnprintf(whole, sizeof(whole), fmt, args);
    va_end(args);
    utf8_clean(one->text, sizeof(one->text), whole, strlen(whole));
    for (char *c = one->text; *c != '\0'; c++) {
        if (*c == '\n' || *c == '\t')
            *c = ' '; /* a problem is one line */
    }
    return false;
}

bool
problems_none(const struct problems *p)
{
    return problems_total(p) == 0;
}

size_t
problems_total(const struct problems *p)
{
    return p->count + p->left_out;
}

const char *
problem_print(const struct problem *one, char *out, size_t size)
{
    if (one->line == 0)
        snprintf(out, size, "%s: %s", one->file, one->text);
    else
        snprintf(out, size, "%s:%u:%u: %s", one->file, one->line, one->column, one->text);
    return out;
}

static int
by_place(const void *a, const void *b)
{
    const struct problem *one = a, *other = b;

    if (one->line != other->line)
        return one->line < other->line ? -1 : 1;
    return (one->column > other->column) - (one->column < other->column);
}

void
problems_sort(struct problems *p, size_t from)
{
    if (from < p->count)
        qsort(p->at + from, p->count - from, sizeof(*p->at), by_place);
}

void
problems_print(const struct problems *p, FILE *to)
{
    char line[PROBLEM_FILE_MAX + PROBLEM_TEXT_MAX + 32];

    for (size_t i = 0; i < p->count; i++) {
        problem_print(&p->at[i], line, sizeof(line));
        fprintf(to, "%s\n", text_for_terminal(line));
    }
    if (p->left_out > 0)
        fprintf(to, "and %zu more\n", p->left_out);
}

bool
problems_err(const struct problems *p, struct err *e)
{
    char line[PROBLEM_FILE_MAX + PROBLEM_TEXT_MAX + 32];
    size_t total = problems_total(p);

    if (p->count == 0)
        return err_set(e, FAIL_RETRY, "out of memory");
    problem_print(&p->at[0], line, sizeof(line));
    if (total == 1)
        return err_set(e, FAIL_REJECT, "%s", line);
    return err_set(e, FAIL_REJECT, "%.420s (and %zu more)", line, total - 1);
}

void
problems_free(struct problems *p)
{
    free(p->at);
    *p = (struct problems){0};
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to change, add, leave out or swap with the next, to get from a to b. */
static size_t
distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *now = rows[2];

    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    memset(before, 0, sizeof(rows[0]));
    for (size_t i = 1; i <= n; i++) {
        size_t *free_row = before;

        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] =
                least(last[j - 1] + (a[i - 1] != b[j - 1]), least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
        now = free_row;
    }
    return last[m];
}

const char *
nearest_word(const char *word, const char *const *words, size_t count)
{
    size_t n = strlen(word), best_distance = n < 4 ? 2 : n < 8 ? 3 : 4;
    const char *best = NULL;

    if (n > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t m = strlen(words[i]), d;

        if (m > WORD_MAX)
            continue;
        d = distance(word, n, words[i], m);
        if (d < best_distance) {
            best_distance = d;
            best = words[i];
        }
    }
    return best;
}

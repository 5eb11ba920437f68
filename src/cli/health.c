#include "health.h"

#include "phrase.h"
#include "table.h"

#include "meterpost/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 400
#define AREA_N   10 /* columns of the area */

static const char *const words[] = {"ok", "warn", "bad"};

void
health_add(json_t *rows, const char *area, enum health state, const char *mend,
           const char *fmt, ...)
{
    char raw[TEXT_MAX], text[TEXT_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), phrase(fmt), ap);
    va_end(ap);
    utf8_clean(text, sizeof(text), raw, strlen(raw));
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s}", "area", area, "state",
                                          words[state], "text", text, "do",
                                          mend == NULL ? "" : phrase(mend)));
}

static enum health
state_of(const json_t *row)
{
    const char *word = json_string_value(json_object_get(row, "state"));

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (word != NULL && strcmp(word, words[i]) == 0)
            return (enum health)i;
    }
    return HEALTH_BAD;
}

enum health
health_worst(const json_t *rows)
{
    enum health worst = HEALTH_OK;
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        enum health state = state_of(row);

        worst = state > worst ? state : worst;
    }
    return worst;
}

/* The text in lines that leave room for what stands before it. */
static void
print_wrapped(const char *text, size_t indent)
{
    size_t at = indent;

    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        char word[TEXT_MAX];
        size_t wide;

        snprintf(word, sizeof(word), "%.*s", (int)n, text);
        wide = width_of(word);
        if (at > indent && at + 1 + wide > LINE_COLUMNS) {
            printf("\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            putchar(' ');
            at++;
        }
        fputs(word, stdout);
        at += wide;
        text += n;
        text += strspn(text, " ");
    }
    putchar('\n');
}

/* "warn  backup    three days old -> meterpost backup now" */
static void
print_row(const json_t *row, bool colour)
{
    static const char *const marks[] = {"ok  ", "warn", "BAD "};
    static const char *const begin[] = {"", "\033[33m", "\033[1;31m"};
    enum health state = state_of(row);
    const char *mend = json_string_value(json_object_get(row, "do"));
    char line[2 * TEXT_MAX];

    snprintf(line, sizeof(line), "%s%s%s", json_string_value(json_object_get(row, "text")),
             *mend == '\0' ? "" : " -> ", mend);
    printf("%s%s%s  ", colour ? begin[state] : "", marks[state],
           colour && state != HEALTH_OK ? "\033[0m" : "");
    pad_print(stdout, phrase(json_string_value(json_object_get(row, "area"))), AREA_N + 1);
    print_wrapped(line, sizeof("warn  ") + AREA_N);
}

void
health_print(const json_t *rows)
{
    bool colour = colour_wanted(stdout);
    const json_t *row;
    size_t i;

    for (int state = HEALTH_BAD; state >= HEALTH_OK; state--) {
        json_array_foreach (rows, i, row) {
            if ((int)state_of(row) == state)
                print_row(row, colour);
        }
    }
}

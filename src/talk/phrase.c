/* phrase.c - what the program says in English, in other languages: sentences with holes. */
#include "meterpost/base/text.h"
#include "words_private.h"

#include <stdio.h>
#include <string.h>

#define HOLES_MAX 4

struct hole {
    const char *at;
    size_t n;
};

int
words_phrase_holes(const char *text)
{
    int n = 0, most = 0;

    for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + 1, '{')) {
        if (at[1] == '}')
            n++;
        else if (at[1] >= '1' && at[1] <= '0' + HOLES_MAX && at[2] == '}' &&
                 at[1] - '0' > most)
            most = at[1] - '0';
    }
    return n > most ? n : most;
}

/* Is this text of `n` bytes that sentence? A hole is as short as it can be; the last one
 * reaches to where the rest of the sentence is the end. */
static bool
fits(const char *sentence, const char *text, size_t n, struct hole holes[HOLES_MAX])
{
    int count = 0;

    for (;;) {
        const char *hole = strstr(sentence, "{}"), *next, *at;
        size_t before = hole == NULL ? strlen(sentence) : (size_t)(hole - sentence), gap;

        if (before > n || memcmp(sentence, text, before) != 0)
            return false;
        text += before;
        n -= before;
        if (hole == NULL)
            return n == 0;
        if (count == HOLES_MAX)
            return false;
        sentence = hole + 2;
        next = strstr(sentence, "{}");
        gap = next == NULL ? strlen(sentence) : (size_t)(next - sentence);
        if (gap > n)
            return false;
        at = next == NULL ? text + n - gap : memmem(text, n, sentence, gap);
        if (at == NULL)
            return false;
        holes[count++] = (struct hole){text, (size_t)(at - text)};
        n -= (size_t)(at - text);
        text = at;
    }
}

static void
fill(struct text *t, const char *text, const struct hole holes[HOLES_MAX])
{
    while (*text != '\0') {
        size_t n = strcspn(text, "{");

        text_add_bytes(t, text, n);
        text += n;
        if (*text == '\0')
            return;
        if (text[1] >= '1' && text[1] <= '0' + HOLES_MAX && text[2] == '}') {
            text_add_bytes(t, holes[text[1] - '1'].at, holes[text[1] - '1'].n);
            text += 3;
        } else {
            text_add_bytes(t, text++, 1);
        }
    }
}

static void
add_one(const struct words *w, const char *language, const char *english, size_t n,
        struct text *t)
{
    for (size_t i = 0; i < w->phrase_count; i++) {
        const struct phrase *p = &w->phrases[i];
        struct hole holes[HOLES_MAX] = {{"", 0}};

        if (strcmp(w->languages[p->language].code, language) == 0 &&
            fits(p->english, english, n, holes)) {
            fill(t, p->text, holes);
            return;
        }
    }
    text_add_bytes(t, english, n);
}

const char *
words_phrase(const struct words *w, const char *language, const char *english, char *out,
             size_t size)
{
    struct text t;

    text_init(&t, out, size);
    for (;;) {
        const char *end = strstr(english, "; ");
        size_t n = end == NULL ? strlen(english) : (size_t)(end - english);

        add_one(w, language, english, n, &t);
        if (end == NULL)
            return out;
        text_add(&t, "; ");
        english = end + 2;
    }
}

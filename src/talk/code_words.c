/* code_words.c - the words of a command as they are signed. */
#include "meterpost/base/text.h"
#include "meterpost/talk/code.h"
#include "meterpost/talk/words.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MOST 8
#define BARE_MAX   60

void
code_plain(const char *from, size_t n, char *out, size_t size)
{
    char folded[8], raw[8];
    struct text t;

    text_init(&t, out, size);
    for (size_t i = 0; i < n;) {
        uint32_t point = 0;
        int step = utf8_next(from + i, n - i, &point);

        i += step < 1 ? 1 : (size_t)step;
        raw[utf8_put(point, raw)] = '\0';
        words_fold(raw, folded, sizeof(folded));
        for (char *at = folded; *at != '\0'; at++)
            *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
        text_add(&t, (point == '.' || point == 0xFF0E) && t.used > 0 ? "." : folded);
    }
    while (t.used > 0 && out[t.used - 1] == '.')
        out[--t.used] = '\0';
}

static const struct shape {
    const char *verb;
    int sent, words; /* how many words behind it travel, and are signed */
    const char *usage;
} shapes[] = {
    {"CUT", 1, 1, "CUT METER"},
    {"RESTORE", 1, 1, "RESTORE METER"},
    {"PAY", 2, 2, "PAY ACCOUNT AMOUNT"},
    {"OK", 1, 3, "OK LIST ORDERS AMOUNT, as the list has them"},
    {"OK", 1, 5, "OK ORDER CUT METER ACCOUNT AMOUNT, as the text to you has them"},
    {"HOLD", 2, 2, "HOLD ACCOUNT DAYS"},
    {"TOPUP", 2, 2, "TOPUP MODEM VOUCHER"},
    {"KILL", 0, 0, "KILL"},
};

static int
split(const char *words, char out[WORDS_MOST + 1][BARE_MAX])
{
    int n = 0;

    for (words += strspn(words, " "); *words != '\0' && n <= WORDS_MOST;
         words += strspn(words, " ")) {
        size_t length = strcspn(words, " ");

        code_plain(words, length, out[n++], BARE_MAX);
        words += length;
    }
    return n;
}

bool
code_sign_words(const struct code_key *key, const char *site, const char *staff,
                const char *words, int64_t counter, utc_t at, char out[CODE_MESSAGE_MAX],
                struct err *e)
{
    char word[WORDS_MOST + 1][BARE_MAX], second[WORDS_MOST * BARE_MAX] = "",
                                                             code[CODE_TEXT_MAX];
    struct code_command c = {site, staff, counter, word[0], word[1], second};
    const struct shape *shape = NULL;
    int n;
    struct text t;

    memset(word, 0, sizeof(word));
    n = split(words, word);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        if (strcmp(shapes[i].verb, word[0]) == 0 &&
            (shape == NULL || n != 1 + shape->words))
            shape = &shapes[i];
    }
    if (shape == NULL)
        return err_set(e, FAIL_REJECT,
                       "expected CUT, RESTORE, PAY, OK, HOLD, TOPUP or KILL");
    if (n != 1 + shape->words)
        return err_set(e, FAIL_REJECT, "expected %s", shape->usage);
    text_init(&t, second, sizeof(second));
    for (int i = 2; i < n; i++)
        text_addf(&t, "%s%s", i > 2 ? " " : "", word[i]);
    code_sign(key, &c, at, code);
    text_init(&t, out, CODE_MESSAGE_MAX);
    for (int i = 0; i <= shape->sent; i++)
        text_addf(&t, "%s ", word[i]);
    text_addf(&t, "%lld %s", (long long)counter, code);
    return !t.cut || err_set(e, FAIL_REJECT, "the command does not fit a text message");
}

#include "meterpost/base/text.h"
#include "words_private.h"

#include <string.h>

/* Zero digit of each decimal script in use on phones: Unicode category Nd. */
static const uint32_t zeros[] = {
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66,
    0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10,
};

/* Base letters of U+00C0 to U+017F; '*' is no letter, a few become two (ae, ss, oe). */
static const char latin[] = "aaaaaa*ceeeeiiiidnooooo*ouuuuyt*"
                            "aaaaaa*ceeeeiiiidnooooo*ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggg"
                            "gggghhhhiiiiiiiiii**jjkkklllllll"
                            "lllnnnnnnnnnoooooo**rrrrrrssssss"
                            "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static const struct pair {
    uint32_t point;
    char letters[4];
} pairs[] = {
    {0xC6, "ae"},  {0xE6, "ae"},  {0xDF, "ss"}, {0x132, "ij"}, {0x133, "ij"},
    {0x152, "oe"}, {0x153, "oe"}, {0xDE, "th"}, {0xFE, "th"},
};

static uint32_t
fold_digit(uint32_t p)
{
    for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++) {
        if (p >= zeros[i] && p < zeros[i] + 10)
            return '0' + (p - zeros[i]);
    }
    if (p >= 0x2460 && p <= 0x2468) /* in a circle */
        return '1' + (p - 0x2460);
    return 0;
}

static bool
is_combining(uint32_t p)
{
    return (p >= 0x300 && p <= 0x36F) || p == 0x200D || (p >= 0xFE00 && p <= 0xFE0F);
}

static bool
is_mark(uint32_t p)
{
    return p < 0xC0 || p == 0xD7 || p == 0xF7 || (p >= 0x2000 && p <= 0x2BFF) ||
           (p >= 0x3000 && p <= 0x303F) || (p >= 0xFE30 && p <= 0xFE6F) ||
           (p >= 0xFF00 && p <= 0xFF0F) || (p >= 0xFF1A && p <= 0xFF20) || p == 0xFFFD ||
           p >= 0x1F000;
}

/* The folded spelling of one character in `out`; "" for a mark. */
static void
fold_point(uint32_t p, char out[5])
{
    uint32_t digit = fold_digit(p);

    out[0] = out[1] = '\0';
    if (p >= 0xFF21 && p <= 0xFF5A) /* full-width letters */
        p -= 0xFEE0;
    if (p >= 'A' && p <= 'Z')
        p += 'a' - 'A';
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (p == pairs[i].point) {
            memcpy(out, pairs[i].letters, sizeof(pairs[i].letters));
            return;
        }
    }
    if (digit != 0)
        out[0] = (char)digit;
    else if ((p >= 'a' && p <= 'z') || (p >= '0' && p <= '9'))
        out[0] = (char)p;
    else if (p >= 0xC0 && p <= 0x17F && latin[p - 0xC0] != '*')
        out[0] = latin[p - 0xC0];
    else if ((p >= 0x391 && p <= 0x3A9) || (p >= 0x410 && p <= 0x42F)) /* Greek, Cyrillic */
        out[utf8_put(p + 0x20, out)] = '\0';
    else if (!is_mark(p))
        out[utf8_put(p, out)] = '\0';
}

static bool
is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Between Chinese and figures or Latin letters is a gap, whether it was written or not. */
void
words_fold(const char *text, char *out, size_t size)
{
    size_t n = strlen(text);
    bool gap = false, dense = false;
    struct text t;

    text_init(&t, out, size);
    for (size_t i = 0; i < n;) {
        uint32_t point = 0xFFFD;
        char folded[5];
        int step = utf8_next(text + i, n - i, &point);

        i += step < 1 ? 1 : (size_t)step;
        if (is_combining(point))
            continue;
        fold_point(point, folded);
        if (folded[0] == '\0') {
            gap = t.used > 0;
            continue;
        }
        if (gap || (t.used > 0 && words_dense(folded) != dense &&
                    (is_plain(folded[0]) || is_plain(out[t.used - 1]))))
            text_add(&t, " ");
        gap = false;
        dense = words_dense(folded);
        text_add(&t, folded);
    }
}

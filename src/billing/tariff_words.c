#include "meterpost/base/text.h"
#include "tariff_read.h"

#include <string.h>

const char *const tariff_languages[TARIFF_LANGUAGES] = {"en", "zh", "es", "fr", "sw"};

const char *
tariff_words_in(const struct tariff_words *w, const char *language, const char *own)
{
    size_t n = strcspn(language, "-_"); /* "zh-Hans" is zh */

    for (int i = 0; i < TARIFF_LANGUAGES; i++) {
        if (w->in[i][0] != '\0' && strlen(tariff_languages[i]) == n &&
            strncmp(tariff_languages[i], language, n) == 0)
            return w->in[i];
    }
    return own;
}

void
reading_words(const struct raw_words *raw, struct tariff_words *out)
{
    for (int i = 0; i < TARIFF_LANGUAGES; i++) {
        if (raw->in[i] != NULL)
            text_copy(out->in[i], sizeof(out->in[i]),
                      raw->in[i]); /* bounded by the schema */
    }
}

#include "encoding.h"

#include "meterpost/base/text.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The encoding that the first bytes show; NULL: UTF-8, or nothing that they show. */
static const char *
shown_encoding(const char *bytes, size_t n)
{
    if (n >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0)
        return "UTF-16LE";
    if (n >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0)
        return "UTF-16BE";
    return NULL;
}

/* What an XML declaration says, in `out`; "" for none. */
static const char *
declared_encoding(const char *bytes, char out[40])
{
    const char *at = strncmp(bytes, "<?xml", 5) == 0 ? strstr(bytes, "encoding=") : NULL;
    const char *end = at == NULL ? NULL : strstr(bytes, "?>");

    *out = '\0';
    if (at != NULL && end != NULL && at < end)
        snprintf(out, 40, "%.*s", (int)strcspn(at + 10, "\"'"), at + 10);
    return out;
}

static char *
converted(const char *from, const char *bytes, size_t n, struct err *e)
{
    iconv_t with = iconv_open("UTF-8", from);
    size_t room = n * 3 + 4, left = room - 1;
    char *out = malloc(room), *in = (char *)bytes, *to = out;
    bool good = with != (iconv_t)-1 && out != NULL &&
                iconv(with, &in, &n, &to, &left) != (size_t)-1;

    if (with != (iconv_t)-1)
        iconv_close(with);
    /* A NUL would end the text, and what is behind it would be lost in silence. */
    if (good && memchr(out, '\0', (size_t)(to - out)) == NULL) {
        *to = '\0';
        return out;
    }
    free(out);
    err_set(e, FAIL_REJECT, "the file cannot be read as %.40s", from);
    return NULL;
}

char *
encoding_to_utf8(const char *path, const char *bytes, size_t n, const char *given,
                 struct err *e)
{
    char declared[40];
    const char *from = given != NULL ? given : shown_encoding(bytes, n);

    if (n == 0) {
        err_set(e, FAIL_REJECT, "%s is empty", path);
        return NULL;
    }
    if (from == NULL && *declared_encoding(bytes, declared) != '\0' &&
        strcasecmp(declared, "UTF-8") != 0)
        from = declared;
    if (from != NULL)
        return converted(from, bytes, n, e);
    if (utf8_valid(bytes, n))
        return strdup(bytes);
    err_set(e, FAIL_REJECT, "%s is no UTF-8: say what it is, such as --encoding latin1",
            path);
    return NULL;
}

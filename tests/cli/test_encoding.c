/* Files in other encodings than ours. */
#include "cli/encoding.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(s) s, sizeof(s) - 1

Test(encoding, what_is_shown_declared_or_given_is_believed)
{
    static const struct {
        const char *name, *bytes;
        size_t n;
        const char *given, *want;
    } cases[] = {
        {"ours", BYTES("Jos\xC3\xA9"), NULL, "Jos\u00e9"},
        {"latin1", BYTES("Jos\xE9"), "latin1", "Jos\u00e9"},
        {"little end first", BYTES("\xFF\xFEJ\0o\0s\0\xE9\0"), NULL, "\uFEFFJos\u00e9"},
        {"big end first", BYTES("\xFE\xFF\0J\0o\0s\0\xE9"), NULL, "\uFEFFJos\u00e9"},
        {"without a mark", BYTES("J\0o\0s\0\xE9\0"), "utf-16le", "Jos\u00e9"},
        {"GB18030", BYTES("\xC0\xEE"), "gb18030", "\u674e"},
        {"declared", BYTES("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>"), NULL,
         "<?xml version='1.0' encoding='ISO-8859-1'?><a>\u00e9</a>"},
    };
    struct err e;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = encoding_to_utf8("f", cases[i].bytes, cases[i].n, cases[i].given, &e);

        cr_assert_not_null(got, "%s: %s", cases[i].name, e.text);
        cr_expect_str_eq(got, cases[i].want, "%s: got %s", cases[i].name, got);
        free(got);
    }
}

Test(encoding, what_cannot_be_read_whole_is_refused)
{
    static const struct {
        const char *name, *bytes;
        size_t n;
        const char *given, *want;
    } cases[] = {
        {"nothing", BYTES(""), NULL, "f is empty"},
        {"latin1 that nobody named", BYTES("Jos\xE9"), NULL, "--encoding latin1"},
        {"a NUL in between", BYTES("Jo\0s"), NULL, "is no UTF-8"},
        {"a NUL in other bytes", BYTES("\xFF\xFEJ\0\0\0s\0"), NULL, "cannot be read as"},
        {"cut within a character", BYTES("\xFF\xFEJ\0o"), NULL, "cannot be read as"},
        {"no such encoding", BYTES("x"), "klingon", "cannot be read as klingon"},
    };
    struct err e;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_expect_null(
            encoding_to_utf8("f", cases[i].bytes, cases[i].n, cases[i].given, &e), "%s",
            cases[i].name);
        cr_expect_not_null(strstr(e.text, cases[i].want), "%s: got %s", cases[i].name,
                           e.text);
    }
}

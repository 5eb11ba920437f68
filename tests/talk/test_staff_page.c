/*
 * The page with which staff sign on their phones and the program that checks it agree: its
 * script is run by node, where there is one.
 */
#include "meterpost/talk/code.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT  1790000000
#define KEY "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ" /* bytes 0 to 31 */

static const struct {
    const char *words;  /* as they are typed on the page */
    const char *script; /* the same for its script, and how many of them travel */
    const char *sent;   /* NULL: not looked at */
} cases[] = {
    {"CUT 20481", "['CUT', '20481'], 1", NULL},
    {"RESTORE W-20481", "['RESTORE', 'w-20481'], 1", NULL},
    {"PAY 10234-7 84,200.00", "['PAY', '10234-7', '84,200.00'], 2",
     "PAY 102347 84200.00 12 "},
    {"OK 17 CUT W-20481 10234-7 2,310.00",
     "['OK', '17', 'CUT', 'W-20481', '10234-7', '2,310.00'], 1", "OK 17 12 "},
    {"HOLD 1042 7", "['HOLD', '\\uff11\\uff10\\uff14\\uff12', '7'], 2", "HOLD 1042 7 12 "},
    {"KILL", "['KILL'], 0", "KILL 12 "},
};

/* What the page makes of a case, or "" without node. */
static const char *
page_signs(const char *script)
{
    static char out[200];
    static const char run[] =
        "command -v node >/dev/null && node -e \""
        "const html = require('fs').readFileSync('" TOP
        "/templates/shared/staff-page-body.html.mustache', 'utf8');"
        "const code = /<script>([^]*?)<\\/script>/.exec(html)[1];"
        "const sign = new Function(code + '; return (k, ...r) => sign(readKey(k), ...r);');"
        "console.log(sign()('" KEY "', 'Maji & Umeme', 'jonas', %s, 12, %d))\"";
    char line[2000];
    FILE *f;

    snprintf(line, sizeof(line), run, script, AT);
    f = popen(line, "r");
    out[0] = '\0';
    cr_assert_not_null(f);
    if (fgets(out, sizeof(out), f) != NULL)
        out[strcspn(out, "\n")] = '\0';
    pclose(f);
    return out;
}

Test(staff_page, signs_as_the_service_checks)
{
    struct code_key key;
    struct err e;

    cr_assert(code_key_parse(KEY, &key, &e), "%s", e.text);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = page_signs(cases[i].script);
        char want[CODE_MESSAGE_MAX];

        cr_assert(code_sign_words(&key, "Maji & Umeme", "jonas", cases[i].words, 12, AT,
                                  want, &e),
                  "%s: %s", cases[i].words, e.text);
        if (cases[i].sent != NULL)
            cr_expect_eq(strncmp(want, cases[i].sent, strlen(cases[i].sent)), 0, "%s",
                         want);
        if (got[0] == '\0')
            cr_skip_test("there is no node to run the page with");
        cr_expect_str_eq(got, want, "%s: the page makes %s, want %s", cases[i].words, got,
                         want);
    }
}

Test(staff_page, what_cannot_be_signed_is_told)
{
    static const char *const wrong[] = {
        "",      "BAL 1", "CUT",      "CUT 1 2",
        "OK 17", "PAY 1", "KILL now", "CUT 1 2 3 4 5 6 7 8 9 10 11 12"};
    struct code_key key = {{0}};
    char out[CODE_MESSAGE_MAX];
    struct err e;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        cr_expect_not(code_sign_words(&key, "x", "jonas", wrong[i], 1, AT, out, &e), "%s",
                      wrong[i]);
}

Test(staff_page, keeps_to_itself)
{
    static const char *const never[] = {"http:",   "https:",  "src=",    "fetch(",
                                        "XMLHttp", "import ", "@import", "<link"};
    static char html[20000];
    FILE *f = fopen(TOP "/templates/shared/staff-page-body.html.mustache", "re");

    cr_assert_not_null(f);
    html[fread(html, 1, sizeof(html) - 1, f)] = '\0';
    fclose(f);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        cr_expect_null(strstr(html, never[i]), "%s", never[i]);
}

/* find.c - what has these words in it, and the command that shows it. */
#include "lists.h"

#include "meterpost/base/phone.h"
#include "meterpost/store/morning.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define EACH_MOST 10 /* of a kind */
#define DIGITS    6  /* a number that long is looked for without its first zero, too */

static const struct column columns[] = {
    {"kind", "what", CELL_TEXT, false},
    {"key", "number", CELL_TEXT, false},
    {"text", "", CELL_TEXT, true},
    {"show", "page", CELL_TEXT, false},
};

static bool
add_row(const struct found *f, void *rows)
{
    static const char *const pages[][2] = {
        {"account", "account show"}, {"meter", "meter show"},     {"phone", "account show"},
        {"bill", "bill show"},       {"message", "message show"}, {"payment", "pay list"},
    };
    char show[120] = "";

    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (strcmp(pages[i][0], f->kind) == 0)
            snprintf(show, sizeof(show), "%s %s%s", pages[i][1], f->key,
                     strcmp(f->kind, "message") == 0 ? " --in" : "");
    }
    if (strcmp(f->kind, "phone") == 0 && strncmp(f->text, "meter ", 6) == 0)
        snprintf(show, sizeof(show), "meter show %s", f->text + 6);
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s}", "kind", f->kind, "key",
                                          f->key, "text", f->text, "show", show));
    return true;
}

enum status
run_find(struct cli *c)
{
    json_t *rows = json_array();
    const char *text = c->args[0];
    struct err e;
    size_t n;

    if (!session_read(c)) {
        json_decref(rows);
        return STATUS_FAILED;
    }
    /* "0722 000 001" is on file as +254722000001 */
    n = strspn(text, "0123456789 -");
    if (text[n] == '\0' && n >= DIGITS && text[0] == '0') {
        struct phone phone;

        if (phone_parse(text, c->desk->conf->utility.country_code, &phone, &e) &&
            !store_find(c->desk->store, phone.text, EACH_MOST, add_row, rows, &e)) {
            json_decref(rows);
            return say_failure(&e);
        }
    }
    if (!store_find(c->desk->store, text, EACH_MOST, add_row, rows, &e)) {
        json_decref(rows);
        return say_failure(&e);
    }
    print_array(c, columns, sizeof(columns) / sizeof(columns[0]), rows);
    n = json_array_size(rows);
    json_decref(rows);
    if (n == 0)
        say_note(c, "nothing has '%.60s' in it", text);
    return n == 0 ? STATUS_FAILED : STATUS_DONE;
}

/* words_lint.c - what is well-formed in the word files and still likely to go wrong. */
#include "lists.h"

static void
add_doubt(void *arg, const char *text)
{
    json_array_append_new(arg, json_pack("{s:s}", "doubt", text));
}

enum status
run_words_lint(struct cli *c)
{
    static const struct column columns[] = {{"doubt", "doubt", CELL_TEXT, true}};
    json_t *rows;
    int n;

    if (!session_desk(c))
        return STATUS_FAILED;
    rows = json_array();
    n = words_lint(c->desk->words, add_doubt, rows);
    if (n > 0 || c->form != FORM_TEXT)
        print_array(c, columns, 1, rows);
    else
        say_note(c, "no word is likely to be taken for another");
    json_decref(rows);
    return n == 0 ? STATUS_DONE : STATUS_FAILED;
}

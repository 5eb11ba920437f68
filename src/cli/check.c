/* check.c - everything that is wrong with what people wrote. */
#include "cli.h"

#include <stdio.h>

/* ---- check ---- */

static json_t *
problem_object(const struct problem *one)
{
    return json_pack("{s:s, s:i, s:i, s:s}", "file", one->file, "line", (int)one->line,
                     "column", (int)one->column, "text", one->text);
}

void
check_print_json(const struct problems *p)
{
    json_t *list = json_array(), *out;

    for (size_t i = 0; i < p->count; i++)
        json_array_append_new(list, problem_object(&p->at[i]));
    out = json_pack("{s:b, s:o}", "ok", problems_none(p), "problems", list);
    json_dumpf(out, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(out);
}

enum status
run_check(struct cli *c)
{
    struct problems p = {0};
    size_t found;

    c->desk = desk_load(c->config, &p);
    found = problems_total(&p);
    if (c->form == FORM_JSON)
        check_print_json(&p);
    else
        problems_print(&p, stdout);
    problems_free(&p);
    if (c->form == FORM_TEXT && found == 0)
        printf("configuration OK\n");
    else if (c->form == FORM_TEXT)
        say_note(c, "%zu problem%s", found, found == 1 ? "" : "s");
    return found == 0 ? STATUS_DONE : STATUS_FAILED;
}

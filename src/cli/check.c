/* check.c - everything that is wrong with what people wrote. */
#include "cli.h"

#include "meterpost/render/template.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/sms/segment.h"
#include "meterpost/sms/translit.h"

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

/* Text messages by what they cost at most. */
struct lengths {
    bool all; /* tell each that takes more than one part */
    int texts, longer;
};

static void
note_long(void *arg, const char *language, const char *name, const char *text)
{
    char plainly[OUTBOX_TEXT_MAX];
    struct lengths *l = arg;
    struct segments plan;
    struct err e;

    l->texts++;
    if (translit_allowed(language) && translit_shorten(text, plainly, sizeof(plainly)))
        text = plainly;
    if (!segment_measure(text, &plan, &e) || plan.count < 2)
        return;
    l->longer++;
    if (l->all)
        printf("%s/%s: up to %zu parts (%zu characters, %d a part)\n", language, name,
               plan.count, plan.characters,
               plan.alphabet == WIRE_UCS2 ? SEGMENT_UCS2 : SEGMENT_GSM7);
}

static void
tell_lengths(struct cli *c)
{
    struct lengths l = {.all = cli_option(c, "--long") != NULL};

    templates_longest(c->desk->templates, note_long, &l);
    if (l.longer > 0 && !l.all)
        say_note(c,
                 "%d of %d text messages may take more than one part: check --long names "
                 "them",
                 l.longer, l.texts);
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
    if (c->form == FORM_TEXT && found == 0) {
        tell_lengths(c);
        printf("configuration OK\n");
    } else if (c->form == FORM_TEXT)
        say_note(c, "%zu problem%s", found, found == 1 ? "" : "s");
    return found == 0 ? STATUS_DONE : STATUS_FAILED;
}

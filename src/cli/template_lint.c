/* template_lint.c - how long the text messages come out with the longest values that are
 * likely: what each costs at most. */
#include "lists.h"

#include "meterpost/render/template.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/sms/segment.h"
#include "meterpost/sms/translit.h"

static const struct column columns[] = {
    {"language", "language", CELL_TEXT, false},
    {"template", "template", CELL_TEXT, true},
    {"alphabet", "alphabet", CELL_TEXT, false},
    {"units", "units at most", CELL_NUMBER, false},
    {"segments", "segments", CELL_NUMBER, false},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void
measure(void *rows, const char *language, const char *name, const char *text)
{
    char plainly[OUTBOX_TEXT_MAX];
    struct segments size;
    struct err e;

    if (translit_allowed(language) && translit_shorten(text, plainly, sizeof(plainly)))
        text = plainly;
    if (segment_measure(text, &size, &e))
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:I, s:I}", "language",
                                              language, "template", name, "alphabet",
                                              size.alphabet == WIRE_UCS2 ? "ucs2" : "gsm7",
                                              "units", (json_int_t)size.units, "segments",
                                              (json_int_t)size.count));
}

enum status
run_template_lint(struct cli *c)
{
    struct problems p = {0};
    json_t *rows = json_array();

    c->desk = desk_load(c->config, &p);
    if (c->desk == NULL) {
        problems_print(&p, stderr);
    } else {
        templates_longest(c->desk->templates, measure, rows);
        print_array(c, columns, COLUMNS, rows);
    }
    problems_free(&p);
    json_decref(rows);
    return c->desk == NULL ? STATUS_FAILED : STATUS_DONE;
}

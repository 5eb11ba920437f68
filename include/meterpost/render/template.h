/*
 * template.h - the folder of templates: templates/<language>/<name>.<kind>.mustache.
 *
 * kind is `sms` (one line for the phone), `txt` (80 columns), `slip` (32 columns, for
 * a printer of 58 mm) or `html`; only html escapes
 * values. A partial {{> bill-line}} of an html template is bill-line.html.mustache of the
 * same language, or of the folder `shared`, which belongs to no language. The folder
 * `samples` holds a view for each name, bill.json or bill.zh.json, with every field that
 * the view has. In txt a tab puts what follows into the next column, the last of which ends
 * at 80. A {{name}} that the view does not hold is an error: no text is better than half a
 * bill.
 *
 * templates_open() reads everything; afterwards nothing is read or changed, so that threads
 * may share it. templates/README.md is the page for those who write templates.
 */
#ifndef METERPOST_RENDER_TEMPLATE_H
#define METERPOST_RENDER_TEMPLATE_H

#include "meterpost/base/err.h"
#include "meterpost/render/mustache.h"

#include <jansson.h>
#include <stdbool.h>

#define TEMPLATES_MAX 1000 /* in one folder, all languages */

struct templates; /* opaque */

/* Reads and compiles all templates below `dir`. `language` is the one for accounts whose
 * own has no templates; it must be there. FAIL_REJECT names file, line and column. */
bool templates_open(const char *dir, const char *language, struct templates **out,
                    struct err *e);
void templates_close(struct templates *t); /* takes NULL */

/* The language in which `name` ("bill.sms") is written for somebody who wants `language`:
 * that one
 * ("zh-Hans" is also found as "zh"), or the language given to templates_open(); NULL when
 * there is none. Dates and numbers of the view belong in this language. */
const char *templates_language(const struct templates *t, const char *language,
                               const char *name);

/* Fills template `name` from the view. *text is new and freed by the caller.
 * FAIL_REJECT: no such template, or the view lacks a field. */
bool templates_render(const struct templates *t, const char *language, const char *name,
                      const json_t *view, char **text, struct err *e);

/* Every text message of a template with a sample, filled with the longest values that may
 * stand there: amounts of millions, long names, September. `_cases` of a sample are what
 * else may be ({"how": true}), each laid over it: the longest text of all is told. */
typedef void template_text(void *arg, const char *language, const char *name,
                           const char *text);
void templates_longest(const struct templates *t, template_text *told, void *arg);

/* Tries every template with its sample; each unknown field, missing partial or bad sample
 * is told to `fault` with its place. Templates without a sample are only looked at as
 * partials of others. Returns the number of faults. */
int templates_check(const struct templates *t, mustache_fault *fault, void *arg);

/* Fills one file, with the partials of its folder and of ../shared, as the folder's
 * templates are, but what is missing is empty. A file whose name does not tell its kind is
 * escaped like html. For `try template FILE DATA.json`. */
bool template_render_file(const char *path, const json_t *view, char **text, struct err *e);

/* `try template` on JSON: {"template": text, "data": any value, "partials": {name: text}},
 * the last one optional, to {"text"} or {"error"}: plain Mustache with escaping. What it
 * returns is the caller's; NULL when there is no memory. */
json_t *template_try(const json_t *in);

#endif

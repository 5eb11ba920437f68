/*
 * mustache.h - templates in Mustache: text with {{names}}, filled from a JSON view.
 *
 * The core of the Mustache specification 1.4 (github.com/mustache/spec, its six core
 * files):
 * {{name}} {{{name}}} {{&name}} {{a.b}} {{.}} {{#section}} {{^inverted}} {{/end}}
 * {{! comment}} {{=<% %>=}} {{> partial}}, with standalone lines and indented partials.
 * Of the optional modules (lambdas, inheritance, dynamic names) none.
 *
 * A template is compiled once and rendered many times; a compiled template is never
 * changed, so that threads may share it. Nothing here reads files, knows the time or
 * keeps state. Texts are UTF-8.
 *
 * Where the specification leaves a choice:
 * - Empty (for sections) is what is missing, null, false, 0, "" and [].
 * - A list or an object cannot be printed: an error.
 * - Decimals of the view print as short as they can be read back (1.21, not 1.210000).
 * - & < > " ' become &amp; &lt; &gt; &quot; &#39;.
 */
#ifndef METERPOST_RENDER_MUSTACHE_H
#define METERPOST_RENDER_MUSTACHE_H

#include "meterpost/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define MUSTACHE_TEMPLATE_MAX (256 * 1024)      /* bytes of one template              */
#define MUSTACHE_OUTPUT_MAX   (8 * 1024 * 1024) /* bytes of one output, unless told   */
#define MUSTACHE_NESTING_MAX  32                /* sections and partials in each other */
#define MUSTACHE_INDENT_MAX   256               /* bytes of all indentation of partials */

struct mustache; /* opaque: a compiled template */

/* How to render. All zero is what the specification says. */
struct mustache_how {
    bool plain;        /* {{name}} is not escaped: for SMS and text */
    bool strict;       /* a {{name}} that the view does not hold is an error, not empty;
                          null is a value that prints as nothing */
    size_t output_max; /* bytes; 0 = MUSTACHE_OUTPUT_MAX */

    /* Finds {{> name}}. True with *out = NULL when there is no such partial (it prints
     * nothing); false when it exists and is wrong. What it gives must live until the
     * rendering is over. NULL: there are no partials. */
    bool (*partial)(void *arg, const char *name, const struct mustache **out,
                    struct err *e);
    void *arg;
};

/* Compiles n bytes of template. `name` (may be NULL) is put in front of line and column in
 * every error of this template. FAIL_REJECT for what is no template. Free *out with
 * mustache_destroy(). */
bool mustache_compile(const char *name, const char *text, size_t n, struct mustache **out,
                      struct err *e);
void mustache_destroy(struct mustache *m); /* takes NULL */

/* Fills the template from the view. *out is a new text with a NUL at the end, freed by the
 * caller; its length goes to *length when that is not NULL. `how` may be NULL.
 * FAIL_REJECT: nesting or size beyond the limits, a list printed, a strict name missing. */
bool mustache_render(const struct mustache *m, const json_t *view,
                     const struct mustache_how *how, char **out, size_t *length,
                     struct err *e);

/* A fault that mustache_check() found, as one sentence with its place. */
typedef void mustache_fault(void *arg, const char *text);

/* Walks every branch of the template and of its partials, taken or not, with a sample
 * view that holds every field there is: each name that the sample does not hold, each
 * partial that is not found and each list or object that would be printed is told
 * to `fault`. In lists the first element is the sample. Returns the number of faults. */
int mustache_check(const struct mustache *m, const json_t *sample,
                   const struct mustache_how *how, mustache_fault *fault, void *arg);

#endif

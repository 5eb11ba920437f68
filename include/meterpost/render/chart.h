/*
 * chart.h - bars of past use as SVG that stands in an HTML page as it is.
 *
 * Pure: numbers in, text out; no scripts, no fonts, no outside files. The picture has a
 * <title> and a <desc> that lists every value, for people who hear the page. It is drawn on
 * so many units of width and grows with the width of its place. Prints in black and white
 * too: what is estimated is hatched. Labels and values for which there is no room are left
 * out, but those of the current bar.
 */
#ifndef METERPOST_RENDER_CHART_H
#define METERPOST_RENDER_CHART_H

#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define CHART_BARS_MAX 36
#define CHART_WIDTH    640 /* of a page  */
#define CHART_NARROW   340 /* of a phone */

struct chart_bar {
    const char *label; /* UTF-8, under the bar: "Jun" */
    int64_t milli;     /* thousandths of the unit; below zero it hangs down */
    bool estimated;    /* hatched */
    bool current;      /* in the strong colour: the period of this bill */
};

/* Draws n bars, oldest first, into a new text *svg that the caller frees; with no bars the
 * text is empty. `unit` stands at the axis, `language` is for the numbers (language.h).
 * FAIL_REJECT for more than CHART_BARS_MAX bars. */
bool chart_bars_in(int width, const struct chart_bar *bars, int n, const char *title,
                   const char *unit, const char *language, char **svg, struct err *e);

/* The same on CHART_WIDTH. */
bool chart_bars(const struct chart_bar *bars, int n, const char *title, const char *unit,
                const char *language, char **svg, struct err *e);

#endif

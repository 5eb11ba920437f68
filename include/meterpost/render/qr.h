/*
 * qr.h - a QR code as SVG that stands in an HTML page as it is: no script, no outside file,
 * sharp at any size of paper. It has a <title> for people who hear the page.
 */
#ifndef METERPOST_RENDER_QR_H
#define METERPOST_RENDER_QR_H

#include "meterpost/base/err.h"

#include <stdbool.h>

#define QR_TEXT_MAX 400 /* bytes: more makes squares too small for cheap phones */

/* Draw `text` (UTF-8) with the quiet zone that scanners need into a new text *svg that the
 * caller frees. Error correction is M: a fold or a stamp does not spoil it. FAIL_REJECT for
 * an empty text or one over QR_TEXT_MAX. */
bool qr_svg(const char *text, const char *title, char **svg, struct err *e);

/* The same as lines of half blocks for a terminal, light on dark; `colour`: with the codes
 * that make it so on a light one. Error correction is L: a screen has no folds. */
bool qr_terminal(const char *text, bool colour, char **picture, struct err *e);

#endif

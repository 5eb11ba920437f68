/*
 * columns.h - what tabs mean in the output of .txt and .slip templates: a page of 80
 * columns, or the paper of a 58 mm printer, which takes 32.
 */
#ifndef RENDER_COLUMNS_H
#define RENDER_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#define COLUMNS_WIDE 80 /* of a page of text */
#define COLUMNS_CELL 18 /* between the right edges of cells */

/* Columns that a character takes on a terminal or printer: 0, 1 or 2 (Chinese). */
int columns_of_point(uint32_t point);

/* Lines with tabs in them become rows: the first cell stands at the left, the last
 * ends at column 80 and those between end 18 columns before the one behind them. A cell
 * that has no room follows the one before it after two blanks. Blanks at the ends of lines
 * go. A new text that the caller frees, NULL when there is no memory. */
char *columns_align(const char *text);

#define COLUMNS_SLIP 32 /* of a 58 mm printer */

/* The same for a slip: two cells stand at the left and at the right, on two lines where
 * they do not fit one; longer lines are broken between words. */
char *columns_slip(const char *text);

#endif

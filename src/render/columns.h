/*
 * columns.h - what tabs mean in the output of .txt templates: a bill of 80 columns.
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

#endif

/* seen.h - values that stood in the rows of a file, and where; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_SEEN_H
#define METERPOST_SRC_METERING_SEEN_H

#include <stdbool.h>

struct seen; /* opaque */

struct seen *seen_create(void);    /* NULL: no memory */
void seen_destroy(struct seen *s); /* takes NULL */

/* Note that `value` of `column` stands in `line`. *first is the line where it stood before,
 * 0 when it is new. False: no memory. */
bool seen_add(struct seen *s, const char *column, const char *value, unsigned line,
              unsigned *first);

/* The line of `value` of `column`; 0 when it did not stand anywhere. */
unsigned seen_line(const struct seen *s, const char *column, const char *value);

#endif

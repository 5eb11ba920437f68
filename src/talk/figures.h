/* figures.h - what a meter shows, as people write it down; for src/talk alone. */
#ifndef METERPOST_SRC_TALK_FIGURES_H
#define METERPOST_SRC_TALK_FIGURES_H

#include "meterpost/base/amount.h"

#include <stdbool.h>
#include <stddef.h>

/* A number in a text that is none of a meter's face: of an account, of the meter itself. */
struct figure_name {
    char text[64];
};

/* The first number of a text that is no name: digits of any script and width, with spaces
 * or the marks of the language between thousands, a decimal mark, letters of a unit behind
 * or of a word in front ("READ321"), figure by figure ("0 0 3 2 1"). False when there is
 * none. Pure. */
bool figures_find(const char *text, const struct figure_name *names, size_t n_names,
                  const char *language, struct quantity *out);

#endif

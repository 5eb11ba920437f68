/* settle.h - what a reading does to others of its register; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_SETTLE_H
#define METERPOST_SRC_METERING_SETTLE_H

#include "case.h"

/* Release the held reading before *r when that confirms it. `verdict` is that of *r. */
bool settle_held(struct store *s, const struct meter *m, const struct reading_case *k,
                 const struct reading *r, const struct check_verdict *verdict,
                 bool *released, struct err *e);

/* *r was accepted: it takes the place of estimates, and a held reading behind it may fit
 * now. */
bool settle_accepted(struct store *s, const struct conf *conf, const struct meter *m,
                     const struct reading *r, struct err *e);

/* Accept a held reading, with why: note it in its flags and in rounds that wait for it. */
bool settle_release(struct store *s, const struct meter *m, const struct reading *held,
                    const char *word, const char *why, struct err *e);

#endif

/* ask_text.h - whom a question goes to, and in which words; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_ASK_TEXT_H
#define METERPOST_SRC_METERING_ASK_TEXT_H

#include "meterpost/metering/profile.h"
#include "meterpost/metering/target.h"
#include "meterpost/store/requests.h"
#include "meterpost/store/rounds.h"

bool target_of(struct store *s, const struct request *r, struct target *t, struct err *e);

/* The text of the profile for a kind of question; NULL with a sentence in *e. */
const char *target_template(const struct profiles *profiles, const struct target *t,
                            enum request_kind kind, struct err *e);

/* For many questions: templates are compiled once. */
struct ask_texts;
struct ask_texts *ask_texts_create(const struct profiles *profiles, utc_t now);
void ask_texts_destroy(struct ask_texts *all); /* takes NULL */
/* Parts that the question for a reading takes. FAIL_REJECT when it cannot be asked. */
bool ask_texts_measure(struct ask_texts *all, const struct round_target *t, int *segments,
                       struct err *e);

#endif

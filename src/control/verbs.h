/* verbs.h - the functions behind the table of verb.c, by file; for src/control alone. */
#ifndef METERPOST_SRC_CONTROL_VERBS_H
#define METERPOST_SRC_CONTROL_VERBS_H

#include "meterpost/control/verb.h"

/* verb_state.c: questions about the whole. */
verb_run verb_status, verb_verify;

#endif

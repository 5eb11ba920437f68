/*
 * explain.h - why a bill is what it is: for each line what was counted and by which rule,
 * for each reading who or what message said so. Only reads.
 */
#ifndef METERPOST_BILLING_EXPLAIN_H
#define METERPOST_BILLING_EXPLAIN_H

#include "meterpost/base/conf.h"
#include "meterpost/store/store.h"

#include <jansson.h>

/* A new object: {"bill", "account", "name", "kind", "days", "basis", "total", "reason"?,
 *  "readings": [{"meter", "register", "unit", "multiplier", "usage", "from": END, "to":
 *  END}], END {"value", "at", "quality", "source", "by", "flags", "received_at", "message":
 *  {"id", "from", "text"} or null, "frame"?: {"job", "hex"} of a wire},
 *  "parts": [{"days", "tariff", "version", "class", "factors"}],
 *  "class_by"?: {"months", "average"},
 *  "lines": [{"code", "label", "qty", "rate", "amount", "rule"}], "true_up": [{"bill",
 *  "used"}]}. NULL with *e when there is no bill of that number. */
json_t *billing_explain_bill(struct store *s, const struct conf *conf, const char *number,
                             struct err *e);

#endif

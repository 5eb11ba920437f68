/*
 * rule.h - the rule of a line in words. Private to billing/.
 */
#ifndef BILLING_RULE_H
#define BILLING_RULE_H

#include "meterpost/base/text.h"
#include "price.h"

/* Why line i of the quote stands there, in English: which block from where to where, its
 * limit as it was scaled, what a percent is of. p->out is the whole quote, p->part the part
 * of line i. */
void rule_of_line(const struct pricing *p, int i, struct text *out);

#endif

/* view_qr.h - the QR code of a bill; for src/billing alone. */
#ifndef METERPOST_SRC_BILLING_VIEW_QR_H
#define METERPOST_SRC_BILLING_VIEW_QR_H

#include "meterpost/base/conf.h"

#include <jansson.h>

/* Set `pay_qr_svg` of a bill's view: what utility.pay_qr says, filled from the view; null
 * when there is nothing to pay or no code to pay to. */
bool view_pay_qr(const struct conf *conf, json_t *view, struct err *e);

#endif

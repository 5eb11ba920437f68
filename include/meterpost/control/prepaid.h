/*
 * prepaid.h (control) - when prepaid accounts are charged: once a day, by the settings.
 */
#ifndef METERPOST_CONTROL_PREPAID_H
#define METERPOST_CONTROL_PREPAID_H

#include "meterpost/talk/desk.h"

/* Add the day's job when its time has come and somebody is prepaid. In the open
 * transaction. *done counts. */
bool prepaid_plan(struct desk *d, int *done, struct err *e);

#endif

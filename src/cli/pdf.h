/* pdf.h - a page of HTML as PDF, through WeasyPrint where it is installed; for src/cli. */
#ifndef METERPOST_SRC_CLI_PDF_H
#define METERPOST_SRC_CLI_PDF_H

#include "meterpost/base/err.h"

#include <stdbool.h>

/* Write `path`. FAIL_REJECT with what to install when there is no WeasyPrint. Waits for it;
 * nothing of the page comes from the network, because it needs nothing. */
bool pdf_write(const char *html, const char *path, struct err *e);

#endif

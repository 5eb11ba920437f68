/*
 * language.h - dates, amounts, currencies and units as a language writes them.
 *
 * `language` is the code of a template folder ("en", "zh", "es", "fr", "sw"); a longer tag
 * ("zh-Hans") counts as its first part and a language that is not known as English.
 * Every text fits a buffer of LANGUAGE_TEXT_MAX bytes, is UTF-8 and, but for the units of
 * print and the currency signs of Chinese, has only characters of the SMS alphabet in
 * the languages that can do with it.
 * Days are those of the zone that clock_zone_set() chose.
 */
#ifndef METERPOST_RENDER_LANGUAGE_H
#define METERPOST_RENDER_LANGUAGE_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"

#include <stdbool.h>

#define LANGUAGE_TEXT_MAX 96 /* bytes, NUL included */

/* "20 June 2026", "2026年6月20日". Each writes into `out` and returns it. */
const char *language_date_long(utc_t t, const char *language, char *out);
/* "20 Jun", "6月20日": day and name of the month, never 03/04. */
const char *language_date_short(utc_t t, const char *language, char *out);
/* "June 2026", "2026年6月". */
const char *language_month_long(utc_t t, const char *language, char *out);
/* "June", "6月". */
const char *language_month(utc_t t, const char *language, char *out);
/* "Jun", "6月". */
const char *language_month_short(utc_t t, const char *language, char *out);

/* A count of 10^-places with the separators of the language: "1,425.00", "1.425,00".
 * With `trim` no zeros after the last decimal that counts. places is 0 to 9. */
const char *language_number(int64_t value, int places, bool trim, const char *language,
                            char *out);
/* A quantity, without zeros that say nothing: "1,312.5". */
const char *language_quantity(struct quantity q, const char *language, char *out);

/* The currency as a bill names it: the ISO code, but 元 for CNY in Chinese. What it
 * returns is `code` or lives for ever. */
const char *language_currency(const char *code, const char *language);
/* The unit as a bill names it: "m³" for m3, 度 for kWh in Chinese. What it returns is
 * `unit` or lives for ever. For SMS in Latin letters take the plain unit. */
const char *language_unit(const char *unit, const char *language);
/* What stands above the bars of past use. Lives for ever. */
const char *language_history_title(const char *language);

#endif

/*
 * translit.h - a text in the letters of the GSM alphabet, where that makes it shorter.
 *
 * One letter that the alphabet lacks ("facturación") turns the whole text into UCS-2, whose
 * parts have 70 characters instead of 160. Only languages whose word file says
 * `transliterate: true` are written plainly, and only when a part is saved.
 */
#ifndef METERPOST_SMS_TRANSLIT_H
#define METERPOST_SMS_TRANSLIT_H

#include <stdbool.h>
#include <stddef.h>

/* True when the text, written plainly into `out`, is all of the GSM alphabet and takes
 * fewer parts than it does as it is; pure. */
bool translit_shorten(const char *text, char *out, size_t size);

/* The languages for which that is done, for the whole process: none of them, then one
 * after the other. Whoever reads the word files says so (desk_load()). */
void translit_forbid_all(void);
void translit_allow(const char *language);
bool translit_allowed(const char *language);

#endif

/*
 * view.h - the pieces that every view for templates is made of, in one spelling.
 *
 * A view is a JSON object. An amount, quantity or date stands in it several times: under
 * its name as programs write it and under name_shown, name_long, name_short as the language
 * writes it. templates/README.md lists the fields of every view.
 * All functions set members of `object` (which stays the caller's) and are false only
 * when there is no memory. `language` is that of the template: templates_language().
 */
#ifndef METERPOST_RENDER_VIEW_H
#define METERPOST_RENDER_VIEW_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/err.h"
#include "meterpost/render/chart.h"

#include <jansson.h>
#include <stdbool.h>

/* name "1425.00", name_shown "1,425.00". */
bool view_money(json_t *object, const char *name, struct money m, int decimals,
                const char *language);
/* name "1312.5", name_shown "1,312.5". */
bool view_quantity(json_t *object, const char *name, struct quantity q,
                   const char *language);
/* name "12.22", name_shown "12.22": at least the decimals of the currency. */
bool view_rate(json_t *object, const char *name, struct rate r, int decimals,
               const char *language);
/* name "2026-06-20", name_long "20 June 2026", name_short "20 Jun". */
bool view_date(json_t *object, const char *name, utc_t t, const char *language);
/* name, name_shown, name_long and name_short all null: there is none. */
bool view_none(json_t *object, const char *name);
/* unit "m3", unit_shown "m³". */
bool view_unit(json_t *object, const char *unit, const char *language);
/* history [{label, value, value_shown, estimated, current}], history_unit and history_svg,
 * from bars as chart_bars() takes them; with none an empty list, null and an empty text. */
bool view_history(json_t *view, const struct chart_bar *bars, int n, const char *unit,
                  const char *language, struct err *e);

#endif

/*
 * desk.h - what lies on the desk of everyone who handles something: the settings, the
 * files that people write (profiles, tariffs, templates), the store and the time.
 *
 * Whoever runs a turn (the engine, or `meterpost` under the lock) sets `now` once and
 * opens the transaction; handlers take both from here. A reload loads a second desk and,
 * when nothing is wrong with it, puts it in the place of the first.
 */
#ifndef METERPOST_TALK_DESK_H
#define METERPOST_TALK_DESK_H

#include "meterpost/base/clock.h"
#include "meterpost/base/yaml.h"
#include "meterpost/store/store.h"

struct conf;
struct profiles;
struct tariff_set;
struct templates;

struct desk {
    struct conf *conf;
    struct profiles *profiles;
    struct tariff_set *tariffs;
    struct templates *templates;
    struct store *store; /* NULL until desk_open_store() */
    utc_t now;           /* of this turn */
};

#endif

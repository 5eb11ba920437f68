/*
 * village.h - the meters behind the mobile network, and how each kind of them answers a
 * text.
 *
 * The village is one JSON file:
 *
 *   { "seed": 7, "zone": "Africa/Nairobi", "since": "2026-01-01",
 *     "network": {"name": "Village Mobile", "code": "00101", "smsc": "+254700000999",
 *                 "country_code": "254", "ussd": {"*144#": "Balance KES 250.00"},
 *                 "notice_from": "Village", "notice": "Your balance is low"},
 *     "modems": {"sim1": {"signal": 12, "pin": "1234"}},     faults at the start: faults.h
 *     "kinds": {
 *       "kamstrup-gsm7i": {
 *         "answers": [{"match": "=READ_METER#", "reply": "{{total.0}} kWh,\n..."},
 *                     {"match": "=RELAY1 ([01])#", "relay": "open", "reply": "Relay1: 0"}],
 *         "push": "...",                  what it sends when told to (control: push)
 *         "broken": "No meter response"   what it answers while broken; absent: nothing
 *       },
 *       "dlt-concentrator": {"answers": [{"match": "READ ALL", "each":
 * "{{serial}}={{total.2}};"},
 *                                   {"match": "CUT ([0-9]{12})", "of": 1, "relay": "open",
 *                                    "reply": "{{serial}} OPEN"}]}
 *     },
 *     "meters": [
 *       {"serial": "10101001", "kind": "kamstrup-gsm7i", "phone": "+254711000001",
 *        "start": "32432", "per_day": "4.2"},
 *       {"serial": "BOX1", "kind": "dlt-concentrator", "phone": "+254713000001"},
 *       {"serial": "000000000101", "behind": "BOX1", "start": "1230.5", "per_day": "3"}
 *     ] }
 *
 * `match` is a POSIX extended regular expression that must fit the whole request (blanks at
 * both ends aside); the first that fits answers. `each` is said once for every meter
 * behind; `of` takes the meter behind whose serial is that group, and answers for it.
 * `relay` is open, closed or armed: then somebody must press a button, which is what
 * "relay": "closed" over the control socket does. A meter may also have "since", "silent",
 * "broken", "delay_ms", "relay": "open".
 *
 * Placeholders: serial, phone, total, negative, flow (each may have .0 to .3 decimals, cut
 * off), power (flow without decimals: W), hours (since installed), relay (1 closed, 0
 * open), relay_word (CLOSED, OPEN, ARMED), battery (percent), time:FORMAT (strftime, in the
 * zone), and 1 to 9 for the groups of the request.
 */
#ifndef EMULATOR_VILLAGE_H
#define EMULATOR_VILLAGE_H

#include "buf.h"
#include "meter.h"
#include "meterpost/base/err.h"

#include <jansson.h>

struct village; /* opaque */

/* Read the file; FAIL_REJECT names what is wrong in it. Sets the zone of this process. */
struct village *village_load(const char *path, struct err *e);
void village_destroy(struct village *v);

/* The whole file, for what is not of the village itself. */
const json_t *village_file(const struct village *v);

/* "network" of the file, and the faults that a modem starts with; NULL when absent. */
const json_t *village_network(const struct village *v);
const json_t *village_modem(const struct village *v, const char *name);

/* By phone ("+..."), by serial; NULL when there is none. */
struct device *village_phone(const struct village *v, const char *phone);
struct device *village_serial(const struct village *v, const char *serial);
size_t village_count(const struct village *v);
struct device *village_at(const struct village *v, size_t i);

/* The number that its texts come from: its own or its concentrator's. */
const char *village_phone_of(const struct device *d);

/* A request reaches this device: do what it says and add the answer. False: it is silent.
 */
bool village_answer(struct device *d, const char *text, utc_t now, struct buf *out,
                    int *delay_ms);

/* What it sends of its own accord. FAIL_REJECT when its kind never does. */
bool village_push(struct device *d, utc_t now, struct buf *out, struct err *e);

/* {"serial", "value", "relay", "silent", "broken", "delay_ms", "journal"} at `now`. */
json_t *village_show(const struct device *d, utc_t now);

/* Change "value", "relay", "silent", "broken", "delay_ms"; others are refused. */
bool village_set(struct device *d, const json_t *wanted, utc_t now, struct err *e);

#endif

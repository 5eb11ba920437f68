#include "faults.h"

#include "sim.h"

#define HOUR_MS 3600000
#define TIMES   1000000 /* most of "the next n" */
#define PERCENT 100
#define SWITCH  0, 1

#define KNOB(field, ...)                                                                   \
    {                                                                                      \
#field, offsetof(struct faults, field), __VA_ARGS__                                \
    }

/* clang-format off */
const struct knob fault_knobs[] = {
    KNOB(latency_ms,        0, HOUR_MS, "milliseconds before the result of AT+CMGS"),
    KNOB(latency_spread_ms, 0, HOUR_MS, "and at random up to so many more"),
    KNOB(at_latency_ms,     0, HOUR_MS, "milliseconds before the result of any command"),
    KNOB(hang_ms,          -1, HOUR_MS, "deaf and dumb so long; -1 until set to 0"),
    KNOB(start_ms,          0, HOUR_MS, "SIM busy and no network so long, now and after each power-on"),
    KNOB(echo,              0, 2,       "0 never, 1 as ATE says, 2 every line twice"),
    KNOB(garbage,           0, PERCENT, "percent of the replies with random bytes in front"),
    KNOB(dribble_ms,        0, 1000,    "replies come three bytes at a time, so long after each other"),
    KNOB(interrupt,         SWITCH,     "1: +CMTI and the like come in the middle of a command"),
    KNOB(cme,               0, 999,     "code of +CME ERROR for the next cme_next commands; 0: a plain ERROR"),
    KNOB(cme_next,          0, TIMES,   "commands that fail with it; sending does not"),
    KNOB(text_only,         SWITCH,     "1: from the next power-on it refuses AT+CMGF=0"),
    KNOB(cms,               0, 999,     "code of +CMS ERROR for the next cms_next sends; 0: a plain ERROR"),
    KNOB(cms_next,          0, TIMES,   "sends that fail with it"),
    KNOB(cms_at_prompt,     SWITCH,     "1: it comes instead of the prompt"),
    KNOB(drop_prompt,       0, TIMES,   "sends that get no prompt"),
    KNOB(bare_prompt,       SWITCH,     "1: the prompt is > without a blank"),
    KNOB(drop_reply,        0, TIMES,   "sends that go out without a result"),
    KNOB(smsc,              SWITCH,     "0: the service centre's number is lost"),
    KNOB(registration,      0, 5,       "of +CREG: 1 home, 2 searching, 3 denied, 5 roaming"),
    KNOB(signal,            0, 99,      "of +CSQ"),
    KNOB(deaf,              SWITCH,     "1: registered, but nothing arrives"),
    KNOB(lose_sent,         0, TIMES,   "parts from it that vanish"),
    KNOB(repeat_sent,       0, TIMES,   "messages from it that arrive twice"),
    KNOB(lose_received,     0, TIMES,   "parts to it that vanish"),
    KNOB(repeat_received,   0, TIMES,   "parts to it that arrive twice"),
    KNOB(delay_ms,          0, HOUR_MS, "milliseconds that a part to it is late"),
    KNOB(delay_spread_ms,   0, HOUR_MS, "and at random up to so many more: parts overtake each other"),
    KNOB(notices,           0, TIMES,   "messages from it that are followed by a notice of the carrier"),
    KNOB(ussd,              SWITCH,     "0: USSD codes are never answered"),
    KNOB(ussd_delay_ms,     0, HOUR_MS, "milliseconds before the answer of a USSD code"),
    KNOB(reports,           SWITCH,     "0: no delivery reports"),
    KNOB(report_status,     0, 255,     "their TP-Status; 0 delivered"),
    KNOB(reports_stored,    SWITCH,     "1: kept and announced by +CDSI, 0: only as +CDS"),
    KNOB(report_delay_ms,   0, HOUR_MS, "milliseconds that a report is late"),
    KNOB(report_spread_ms,  0, HOUR_MS, "and at random up to so many more"),
    KNOB(lose_report,       0, TIMES,   "reports that never come"),
    KNOB(repeat_report,     0, TIMES,   "reports that come twice"),
    KNOB(fail_report,       0, TIMES,   "reports that say: not delivered"),
    KNOB(sim,               SWITCH,     "0: no SIM"),
    KNOB(sim_size,          0, MEMORY_SLOTS_MAX, "slots of the memory SM"),
    KNOB(me_size,           0, MEMORY_SLOTS_MAX, "slots of the memory ME"),
    KNOB(pin_tries,         0, PIN_TRIES, "left; 0: the SIM asks for its PUK"),
    KNOB(announce,          SWITCH,     "0: +CMTI never comes"),
    KNOB(broadcasts,        SWITCH,     "0: AT+CNMI=? allows no cell broadcasts: (0)"),
    KNOB(keep_deleted,      0, TIMES,   "deletions that get OK and delete nothing"),
    {0},
};
/* clang-format on */

const struct faults no_faults = {.echo = 1,
                                 .smsc = 1,
                                 .registration = 1,
                                 .signal = 20,
                                 .ussd = 1,
                                 .reports = 1,
                                 .reports_stored = 1,
                                 .sim = 1,
                                 .sim_size = 50,
                                 .me_size = 100,
                                 .pin_tries = PIN_TRIES,
                                 .announce = 1,
                                 .broadcasts = 1};

bool
fault_strikes(int *next_n)
{
    if (*next_n == 0)
        return false;
    --*next_n;
    return true;
}

/*
 * modem_row.h - what was last known of each modem. Its settings are in the configuration.
 */
#ifndef METERPOST_STORE_MODEM_ROW_H
#define METERPOST_STORE_MODEM_ROW_H

#include "meterpost/base/clock.h"
#include "meterpost/store/outbox.h"
#include "meterpost/store/store.h"

#define MODEM_WORD_MAX 64

struct modem_row {
    char name[MODEM_NAME_MAX];
    /* "starting", "ready", "deaf", "mute", "no_network", "stopped", "failed", "off" */
    const char *health;
    char imei[MODEM_WORD_MAX], imsi[MODEM_WORD_MAX];
    char model[MODEM_WORD_MAX], firmware[MODEM_WORD_MAX];
    char operator_name[MODEM_WORD_MAX], smsc[PHONE_MAX];
    int signal_percent, sim_used, sim_size; /* -1 = unknown */
    int settle_percent;
    bool settle_fell; /* shorter waits than the library's led to trouble */
    char reason[2 * MODEM_WORD_MAX];
    int64_t restarts;
    utc_t seen_at;
};

/* Write all of it; what is empty or unknown keeps the value that was known before. */
bool modem_row_save(struct store *s, const struct modem_row *m, struct err *e);

/* Did shorter waits lead to trouble with this modem? And forget that they did. */
bool modem_row_settle_fell(struct store *s, const char *name, bool *fell, struct err *e);
bool modem_row_settle_again(struct store *s, const char *name, struct err *e);

/* The identity of the SIM that this modem had last; "" when it was never known. */
bool modem_row_imsi(struct store *s, const char *name, char *imsi, size_t size,
                    struct err *e);

#endif

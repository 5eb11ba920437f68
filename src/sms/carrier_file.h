/* carrier_file.h - a file of conf/carriers as libcyaml fills it; for carrier*.c alone. */
#ifndef METERPOST_SRC_SMS_CARRIER_FILE_H
#define METERPOST_SRC_SMS_CARRIER_FILE_H

#include "meterpost/sms/carrier.h"

struct carrier_text {
    char *name, *pattern, *date;
    enum carrier_kind kind;
};

struct carrier_expect {
    enum carrier_kind kind;
    char *balance, *expires;
};

struct carrier_example {
    char *text;
    struct carrier_expect expect;
};

struct carrier_file {
    char *carrier, *name, *source, *currency, *decimal, *balance_code, *topup_code;
    char **senders;
    unsigned senders_count;
    struct carrier_text *texts;
    unsigned texts_count;
    struct carrier_example *examples;
    unsigned examples_count;
};

struct carrier {
    struct yaml *yaml; /* for the places of faults */
    struct carrier_file *file;
    struct pattern **patterns; /* of file->texts */
    int decimals;
};

struct carriers {
    struct carrier *list;
    size_t count;
};

#endif

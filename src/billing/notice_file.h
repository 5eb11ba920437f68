/* notice_file.h - a file of conf/payments as libcyaml fills it; for notice*.c alone. */
#ifndef METERPOST_SRC_BILLING_NOTICE_FILE_H
#define METERPOST_SRC_BILLING_NOTICE_FILE_H

#include "meterpost/base/pattern.h"
#include "meterpost/billing/notice.h"

struct file_text {
    char *name, *pattern, *time;
    enum notice_kind kind;
};

struct file_columns {
    char *separator, *decimal, *time, *completed;
    char *date, *amount, *paid_out, *receipt, *payer, *phone, *claim, *status;
};

struct file_expect {
    enum notice_kind kind;
    char *receipt, *amount, *payer, *phone, *claim, *paid_at;
};

struct file_example {
    char *sender, *text;
    struct file_expect expect;
};

struct notice_file {
    char *payments, *name, *channel, *source, *currency;
    char **senders;
    unsigned senders_count;
    struct file_text *texts;
    unsigned texts_count;
    struct file_columns *columns;
    struct file_example *examples;
    unsigned examples_count;
};

/* One file that was read, with its compiled patterns. */
struct notice_source {
    struct notice_file *file;  /* belongs to libcyaml */
    struct yaml *yaml;         /* for the places of faults */
    struct pattern **patterns; /* file->texts_count of them */
    struct notice_columns columns;
};

struct notices {
    struct notice_source *list;
    size_t count;
};

#endif

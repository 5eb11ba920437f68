/* audit_file.h - the file of the audit's key: sealed, replaced as a whole; for
 * audit_key.c. */
#ifndef METERPOST_STORE_AUDIT_FILE_H
#define METERPOST_STORE_AUDIT_FILE_H

#include "audit_key.h"

/* Eight octets, most significant first. */
void audit_put_int(uint8_t out[8], int64_t value);

/* Path and seal are set. *found is false when there is no file, or it does not open with
 * this seal. */
bool audit_file_read(struct audit_key *k, bool *found, struct err *e);
bool audit_file_write(struct audit_key *k, struct err *e);

#endif

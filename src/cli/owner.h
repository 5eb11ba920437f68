/*
 * owner.h - root works on the database as the user that it belongs to, so that no file of
 * root is left where the service could not open it. For src/cli alone.
 */
#ifndef METERPOST_SRC_CLI_OWNER_H
#define METERPOST_SRC_CLI_OWNER_H

#include "meterpost/base/conf.h"

/* From here on files are made by the owner of the folder that the database is in. Nothing
 * happens for who is not root. */
void owner_begin(const struct conf *conf);
/* Root again. */
void owner_end(void);

/* Give the database, and what lies beside it, to the owner of its folder; and the key file
 * of staff. */
void owner_give(const struct conf *conf);

#endif

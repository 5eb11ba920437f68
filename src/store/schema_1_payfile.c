/*
 * Database version 1, long texts that a job works on: a statement of a bank is kept until
 * all of it is booked. Never edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char bodies[] = "CREATE TABLE job_body ("
                             " job_id INTEGER NOT NULL REFERENCES job(id),"
                             " part INTEGER NOT NULL,"
                             " body TEXT NOT NULL,"
                             " PRIMARY KEY (job_id, part)"
                             ") STRICT;";

const char *const schema_1_payfile[] = {bodies, NULL};

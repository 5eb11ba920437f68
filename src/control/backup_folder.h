/* backup_folder.h - files of a folder of copies; for src/control alone. */
#ifndef METERPOST_SRC_CONTROL_BACKUP_FOLDER_H
#define METERPOST_SRC_CONTROL_BACKUP_FOLDER_H

#include "meterpost/control/backup.h"

#define BACKUP_NAME_MAX   48
#define BACKUP_DIGEST_MAX 65

/* "meterpost-20261122T001000Z.db", ".sealed" behind it where it is. */
void backup_name(utc_t made_at, bool sealed, char out[BACKUP_NAME_MAX]);

/* SHA-256 of a file as hexadecimal digits, and its size. */
bool backup_digest(const char *path, char hex[BACKUP_DIGEST_MAX], int64_t *bytes,
                   struct err *e);

/* What stands beside a copy: a new object, NULL when there is none. */
json_t *backup_note_read(const char *file);
bool backup_note_write(const char *file, const json_t *note, struct err *e);

/* Copy a file, on the disk when this returns; an unfinished one is removed. */
bool backup_copy_file(const char *from, const char *to, struct err *e);

/* Remove what no generation keeps: the newest of each of so many days, weeks, months. */
bool backup_prune(const char *folder, const struct conf_backup *conf, int *removed,
                  struct err *e);

#endif

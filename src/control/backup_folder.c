/* backup_folder.c - the files of a folder of copies: their names, notes and generations. */
#include "backup_folder.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_FORMAT "meterpost-%Y%m%dT%H%M%SZ.db"
#define BLOCK       65536

const char *
backup_folder(const struct conf *conf, char *out)
{
    char copy[BACKUP_PATH_MAX];

    if (conf->backup.folder[0] != '\0') {
        snprintf(out, BACKUP_PATH_MAX, "%s", conf->backup.folder);
        return out;
    }
    snprintf(copy, sizeof(copy), "%s", conf->database);
    snprintf(out, BACKUP_PATH_MAX, "%s/backups", dirname(copy));
    return out;
}

void
backup_name(utc_t made_at, bool sealed, char out[BACKUP_NAME_MAX])
{
    time_t t = (time_t)made_at;
    struct tm tm;
    size_t n;

    gmtime_r(&t, &tm);
    n = strftime(out, BACKUP_NAME_MAX, NAME_FORMAT, &tm);
    if (sealed)
        snprintf(out + n, BACKUP_NAME_MAX - n, ".sealed");
}

/* When a copy was made, by its name; 0 for other files. */
static utc_t
made_at(const char *name)
{
    struct tm tm = {0};
    const char *end = strptime(name, NAME_FORMAT, &tm);

    if (end == NULL || (*end != '\0' && strcmp(end, ".sealed") != 0))
        return 0;
    return (utc_t)timegm(&tm);
}

bool
backup_digest(const char *path, char hex[BACKUP_DIGEST_MAX], int64_t *bytes, struct err *e)
{
    unsigned char digest[crypto_hash_sha256_BYTES], block[BLOCK];
    crypto_hash_sha256_state state;
    FILE *f = fopen(path, "rbe");
    size_t n;

    if (f == NULL)
        return err_set(e, FAIL_REJECT, "%s: %s", path, strerror(errno));
    *bytes = 0;
    crypto_hash_sha256_init(&state);
    while ((n = fread(block, 1, sizeof(block), f)) > 0) {
        crypto_hash_sha256_update(&state, block, n);
        *bytes += (int64_t)n;
    }
    fclose(f);
    crypto_hash_sha256_final(&state, digest);
    hex_print(digest, sizeof(digest), hex);
    return true;
}

static void
note_path(const char *file, char out[BACKUP_PATH_MAX])
{
    snprintf(out, BACKUP_PATH_MAX, "%s.json", file);
}

json_t *
backup_note_read(const char *file)
{
    char path[BACKUP_PATH_MAX];

    note_path(file, path);
    return json_load_file(path, 0, NULL);
}

/* What root writes beside a copy belongs to whom the copy does. */
static bool
like_owner(const char *file, const char *path)
{
    struct stat st;

    return geteuid() != 0 || stat(file, &st) == -1 ||
           chown(path, st.st_uid, st.st_gid) == 0;
}

bool
backup_note_write(const char *file, const json_t *note, struct err *e)
{
    char path[BACKUP_PATH_MAX], fresh[BACKUP_PATH_MAX + 8];

    note_path(file, path);
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    if (json_dump_file(note, fresh, JSON_INDENT(2)) == 0 && like_owner(file, fresh) &&
        rename(fresh, path) == 0)
        return true;
    unlink(fresh);
    return err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
}

bool
backup_copy_file(const char *from, const char *to, struct err *e)
{
    unsigned char block[BLOCK];
    FILE *in = fopen(from, "rbe"), *out = NULL;
    bool good = in != NULL;
    size_t n;

    if (!good)
        return err_set(e, FAIL_REJECT, "%s: %s", from, strerror(errno));
    out = fopen(to, "wbe");
    good = out != NULL;
    while (good && (n = fread(block, 1, sizeof(block), in)) > 0)
        good = fwrite(block, 1, n, out) == n;
    good = good && !ferror(in) && fflush(out) == 0 && fsync(fileno(out)) == 0;
    if (!good)
        err_set(e, FAIL_RETRY, "copy to %s: %s", to, strerror(errno));
    if (out != NULL)
        fclose(out);
    fclose(in);
    if (!good)
        unlink(to);
    return good;
}

/* ---- the copies of a folder ---- */

struct copies {
    struct copy {
        char name[BACKUP_NAME_MAX];
        utc_t at;
    } * at;
    size_t n;
};

static int
newest_first(const void *a, const void *b)
{
    utc_t x = ((const struct copy *)a)->at, y = ((const struct copy *)b)->at;

    return x < y ? 1 : x > y ? -1 : 0;
}

static bool
look(const char *folder, struct copies *out, struct err *e)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    *out = (struct copies){0};
    if (dir == NULL)
        return errno == ENOENT ||
               err_set(e, FAIL_REJECT, "%s: %s", folder, strerror(errno));
    while ((entry = readdir(dir)) != NULL) {
        utc_t at = made_at(entry->d_name);
        struct copy *more;

        if (at == 0)
            continue;
        more = realloc(out->at, (out->n + 1) * sizeof(*more));
        if (more == NULL)
            break;
        out->at = more;
        more[out->n].at = at;
        text_clip(more[out->n++].name, BACKUP_NAME_MAX, entry->d_name);
    }
    closedir(dir);
    if (out->n > 0)
        qsort(out->at, out->n, sizeof(out->at[0]), newest_first);
    return true;
}

json_t *
backup_list(const char *folder, struct err *e)
{
    char path[BACKUP_PATH_MAX], at[TIME_TEXT_MAX];
    struct copies copies;
    struct stat st;
    json_t *rows;

    if (!look(folder, &copies, e))
        return NULL;
    rows = json_array();
    for (size_t i = 0; i < copies.n; i++) {
        const struct copy *copy = &copies.at[i];
        json_t *row = json_object(), *note;

        snprintf(path, sizeof(path), "%s/%s", folder, copy->name);
        json_object_set_new(row, "copy", json_string(copy->name));
        json_object_set_new(row, "file", json_string(path));
        json_object_set_new(row, "made_at", json_string(clock_iso(copy->at, at)));
        json_object_set_new(row, "bytes",
                            json_integer(stat(path, &st) == 0 ? st.st_size : 0));
        json_object_set_new(row, "sealed",
                            json_boolean(strstr(copy->name, ".sealed") != NULL));
        json_object_set_new(row, "verified_at", json_null());
        if ((note = backup_note_read(path)) != NULL)
            json_object_update(row, note);
        json_object_set_new(row, "file", json_string(path)); /* it may have moved */
        json_decref(note);
        json_array_append_new(rows, row);
    }
    free(copies.at);
    return rows;
}

/* ---- generations ---- */

static utc_t
day_of(utc_t t)
{
    return clock_day_start(t, 0);
}

static utc_t
week_of(utc_t t)
{
    struct tm tm;

    clock_local(t, &tm);
    return clock_day_start(t, -((tm.tm_wday + 6) % 7));
}

static utc_t
month_of(utc_t t)
{
    return clock_month_start(t, 0);
}

/* Mark the newest copy of each of the newest `n` periods. */
static void
mark(const struct copies *copies, utc_t (*period)(utc_t), int n, bool *keep)
{
    utc_t last = 0;

    for (size_t i = 0; i < copies->n && n > 0; i++) {
        utc_t p = period(copies->at[i].at);

        if (i > 0 && p == last)
            continue;
        keep[i] = true;
        last = p;
        n--;
    }
}

bool
backup_prune(const char *folder, const struct conf_backup *conf, int *removed,
             struct err *e)
{
    char path[BACKUP_PATH_MAX], note[BACKUP_PATH_MAX];
    struct copies copies;
    bool *keep;

    *removed = 0;
    if (!look(folder, &copies, e))
        return false;
    keep = calloc(copies.n + 1, sizeof(*keep));
    if (keep == NULL) {
        free(copies.at);
        return err_set(e, FAIL_RETRY, "out of memory");
    }
    keep[0] = true; /* the newest, whatever the settings say */
    mark(&copies, day_of, conf->days, keep);
    mark(&copies, week_of, conf->weeks, keep);
    mark(&copies, month_of, conf->months, keep);
    for (size_t i = 0; i < copies.n; i++) {
        if (keep[i])
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, copies.at[i].name);
        note_path(path, note);
        *removed += unlink(path) == 0;
        unlink(note);
    }
    free(keep);
    free(copies.at);
    return true;
}

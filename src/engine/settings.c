/* settings.c - other settings than the last time are in the audit, by their digest. */
#include "engine.h"

#include "meterpost/base/text.h"
#include "meterpost/store/audit.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define ACTION "settings"

static bool
digest_of(const char *path, char hex[2 * crypto_hash_sha256_BYTES + 1], struct err *e)
{
    uint8_t piece[4096], hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state h;
    FILE *f = fopen(path, "re");
    size_t n;

    if (f == NULL)
        return err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
    crypto_hash_sha256_init(&h);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        crypto_hash_sha256_update(&h, piece, n);
    fclose(f);
    crypto_hash_sha256_final(&h, hash);
    hex_print(hash, sizeof(hash), hex);
    return true;
}

bool
settings_note(struct engine *en, struct err *e)
{
    char hex[2 * crypto_hash_sha256_BYTES + 1], was[AUDIT_DETAIL_MAX];
    struct store *s = en->desk->store;

    return digest_of(en->config, hex, e) && audit_newest(s, ACTION, was, e) &&
           (strcmp(was, hex) == 0 ||
            audit_add(s, en->desk->now, "engine", "engine", ACTION, en->config, hex, e));
}

#include "audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define PIN   (8 + 8 + 8 + AUDIT_PUBLIC)
#define PLAIN (8 + AUDIT_SEED + 8 + AUDIT_PINS * PIN)

static const uint8_t magic[8] = {'M', 'P', 'A', 'U', 'D', 'I', 'T', '1'};

void
audit_put_int(uint8_t out[8], int64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
}

static int64_t
get_int(const uint8_t in[8])
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value = value << 8 | in[i];
    return (int64_t)value;
}

static void
pack(const struct audit_key *k, uint8_t out[PLAIN])
{
    uint8_t *at = out + 8 + AUDIT_SEED + 8;

    memset(out, 0, PLAIN);
    audit_put_int(out, k->step);
    memcpy(out + 8, k->seed, AUDIT_SEED);
    audit_put_int(out + 8 + AUDIT_SEED, k->n_pins);
    for (int i = 0; i < k->n_pins; i++, at += PIN) {
        audit_put_int(at, k->pins[i].row);
        audit_put_int(at + 8, k->pins[i].step);
        audit_put_int(at + 16, k->pins[i].why);
        memcpy(at + 24, k->pins[i].key, AUDIT_PUBLIC);
    }
}

static bool
unpack(struct audit_key *k, const uint8_t in[PLAIN])
{
    const uint8_t *at = in + 8 + AUDIT_SEED + 8;
    int64_t n = get_int(in + 8 + AUDIT_SEED);

    if (n < 1 || n > AUDIT_PINS)
        return false;
    k->step = k->file_step = get_int(in);
    memcpy(k->seed, in + 8, AUDIT_SEED);
    k->n_pins = (int)n;
    for (int i = 0; i < k->n_pins; i++, at += PIN) {
        k->pins[i] = (struct audit_pin){.row = get_int(at),
                                        .step = get_int(at + 8),
                                        .why = (enum audit_why)get_int(at + 16)};
        memcpy(k->pins[i].key, at + 24, AUDIT_PUBLIC);
    }
    return true;
}

bool
audit_file_read(struct audit_key *k, bool *found, struct err *e)
{
    uint8_t file[sizeof(magic) + NONCE + PLAIN + TAG + 1], plain[PLAIN];
    int fd = open(k->path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    *found = false;
    if (fd == -1 && errno == ENOENT)
        return true;
    if (fd == -1)
        return err_set(e, FAIL_RETRY, "%s: %s: work as root or as the user of the service",
                       k->path, strerror(errno));
    n = read(fd, file, sizeof(file));
    close(fd);
    *found = n == (ssize_t)sizeof(file) - 1 && memcmp(file, magic, sizeof(magic)) == 0 &&
             crypto_aead_xchacha20poly1305_ietf_decrypt(
                 plain, NULL, NULL, file + sizeof(magic) + NONCE, PLAIN + TAG, magic,
                 sizeof(magic), file + sizeof(magic), k->seal) == 0 &&
             unpack(k, plain);
    sodium_memzero(plain, sizeof(plain));
    return true;
}

/* A new file in the place of the old one: after a power cut there is one of the two. */
bool
audit_file_write(struct audit_key *k, struct err *e)
{
    uint8_t file[sizeof(magic) + NONCE + PLAIN + TAG], plain[PLAIN];
    char fresh[AUDIT_PATH_MAX + 8];
    bool good;
    int fd;

    pack(k, plain);
    memcpy(file, magic, sizeof(magic));
    randombytes_buf(file + sizeof(magic), NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(file + sizeof(magic) + NONCE, NULL, plain,
                                               PLAIN, magic, sizeof(magic), NULL,
                                               file + sizeof(magic), k->seal);
    sodium_memzero(plain, sizeof(plain));
    snprintf(fresh, sizeof(fresh), "%s.new", k->path);
    fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd == -1)
        return err_set(e, FAIL_RETRY, "%s: %s", fresh, strerror(errno));
    good = write(fd, file, sizeof(file)) == (ssize_t)sizeof(file) && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (!good || rename(fresh, k->path) == -1)
        return err_set(e, FAIL_RETRY, "%s: %s", k->path, strerror(errno));
    k->file_step = k->step;
    return true;
}

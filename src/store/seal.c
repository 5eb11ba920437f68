/* seal.c - files that only the holder of a secret key can read. */
#include "meterpost/store/backup.h"

#include "meterpost/base/text.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAGIC   "MPSEAL1\n"
#define MAGIC_N 8
#define PIECE   65536
#define SEALED  (PIECE + crypto_secretstream_xchacha20poly1305_ABYTES)
#define KEY     crypto_secretstream_xchacha20poly1305_KEYBYTES
#define BOXED   (KEY + crypto_box_SEALBYTES)
#define HEADER  crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define LAST    crypto_secretstream_xchacha20poly1305_TAG_FINAL

typedef crypto_secretstream_xchacha20poly1305_state stream;

static bool
read_key(const char *text, uint8_t key[crypto_box_PUBLICKEYBYTES], struct err *e)
{
    if (strlen(text) == 2 * crypto_box_PUBLICKEYBYTES &&
        hex_parse(text, key, crypto_box_PUBLICKEYBYTES) == crypto_box_PUBLICKEYBYTES)
        return true;
    return err_set(e, FAIL_REJECT, "a key is %u hexadecimal digits",
                   2 * crypto_box_PUBLICKEYBYTES);
}

bool
seal_keys_make(char *public_key, char *secret_key, struct err *e)
{
    uint8_t pk[crypto_box_PUBLICKEYBYTES], sk[crypto_box_SECRETKEYBYTES];

    if (sodium_init() < 0 || crypto_box_keypair(pk, sk) != 0)
        return err_set(e, FAIL_FATAL, "libsodium does not start");
    hex_print(pk, sizeof(pk), public_key);
    hex_print(sk, sizeof(sk), secret_key);
    sodium_memzero(sk, sizeof(sk));
    return true;
}

bool
seal_is(const char *path)
{
    char begin[MAGIC_N];
    FILE *f = fopen(path, "rbe");
    bool is = f != NULL && fread(begin, 1, MAGIC_N, f) == MAGIC_N &&
              memcmp(begin, MAGIC, MAGIC_N) == 0;

    if (f != NULL)
        fclose(f);
    return is;
}

/* Both files, or neither. */
static bool
open_both(const char *from, const char *to, FILE **in, FILE **out, struct err *e)
{
    *in = fopen(from, "rbe");
    if (*in == NULL)
        return err_set(e, FAIL_REJECT, "%s: %s", from, strerror(errno));
    *out = fopen(to, "wbe");
    if (*out != NULL)
        return true;
    err_set(e, FAIL_RETRY, "%s: %s", to, strerror(errno));
    fclose(*in);
    return false;
}

/* On the disk, or gone. */
static bool
close_both(FILE *in, FILE *out, const char *to, bool good, struct err *e)
{
    fclose(in);
    if (good && (fflush(out) != 0 || fsync(fileno(out)) != 0))
        good = err_set(e, FAIL_RETRY, "%s: %s", to, strerror(errno));
    fclose(out);
    if (!good)
        unlink(to);
    return good;
}

static bool
seal_stream(FILE *in, FILE *out, stream *s, struct err *e)
{
    uint8_t plain[PIECE], sealed[SEALED];
    unsigned long long n;
    bool last;

    do {
        size_t got = fread(plain, 1, sizeof(plain), in);

        last = got < sizeof(plain);
        if (ferror(in))
            return err_set(e, FAIL_RETRY, "reading: %s", strerror(errno));
        crypto_secretstream_xchacha20poly1305_push(s, sealed, &n, plain, got, NULL, 0,
                                                   last ? LAST : 0);
        if (fwrite(sealed, 1, n, out) != n)
            return err_set(e, FAIL_RETRY, "writing: %s", strerror(errno));
    } while (!last);
    return true;
}

bool
seal_file(const char *from, const char *to, const char *public_key, struct err *e)
{
    uint8_t pk[crypto_box_PUBLICKEYBYTES], key[KEY], boxed[BOXED], header[HEADER];
    FILE *in, *out;
    stream s;
    bool good;

    if (sodium_init() < 0)
        return err_set(e, FAIL_FATAL, "libsodium does not start");
    if (!read_key(public_key, pk, e) || !open_both(from, to, &in, &out, e))
        return false;
    crypto_secretstream_xchacha20poly1305_keygen(key);
    crypto_box_seal(boxed, key, sizeof(key), pk);
    crypto_secretstream_xchacha20poly1305_init_push(&s, header, key);
    sodium_memzero(key, sizeof(key));
    good = (fwrite(MAGIC, 1, MAGIC_N, out) == MAGIC_N &&
            fwrite(boxed, 1, BOXED, out) == BOXED &&
            fwrite(header, 1, HEADER, out) == HEADER) ||
           err_set(e, FAIL_RETRY, "%s: %s", to, strerror(errno));
    good = good && seal_stream(in, out, &s, e);
    sodium_memzero(&s, sizeof(s));
    return close_both(in, out, to, good, e);
}

static bool
open_header(FILE *in, const uint8_t *sk, stream *s, struct err *e)
{
    uint8_t begin[MAGIC_N], boxed[BOXED], header[HEADER], key[KEY];
    uint8_t pk[crypto_box_PUBLICKEYBYTES];
    bool good;

    if (fread(begin, 1, MAGIC_N, in) != MAGIC_N || memcmp(begin, MAGIC, MAGIC_N) != 0 ||
        fread(boxed, 1, BOXED, in) != BOXED || fread(header, 1, HEADER, in) != HEADER)
        return err_set(e, FAIL_REJECT, "this is no sealed backup");
    crypto_scalarmult_base(pk, sk);
    good = crypto_box_seal_open(key, boxed, BOXED, pk, sk) == 0 &&
           crypto_secretstream_xchacha20poly1305_init_pull(s, header, key) == 0;
    sodium_memzero(key, sizeof(key));
    return good || err_set(e, FAIL_REJECT, "this key does not open it");
}

static bool
open_stream(FILE *in, FILE *out, stream *s, struct err *e)
{
    uint8_t plain[PIECE], sealed[SEALED], tag = 0;
    unsigned long long n;

    do {
        size_t got = fread(sealed, 1, sizeof(sealed), in);

        if (got == 0 || crypto_secretstream_xchacha20poly1305_pull(
                            s, plain, &n, &tag, sealed, got, NULL, 0) != 0)
            return err_set(e, FAIL_REJECT, "the sealed file was changed or is cut short");
        if (fwrite(plain, 1, n, out) != n)
            return err_set(e, FAIL_RETRY, "writing: %s", strerror(errno));
    } while (tag != LAST);
    return fgetc(in) == EOF ||
           err_set(e, FAIL_REJECT, "something is behind the end of the sealed file");
}

bool
seal_open(const char *from, const char *to, const char *secret_key, struct err *e)
{
    uint8_t sk[crypto_box_SECRETKEYBYTES];
    FILE *in, *out;
    stream s;
    bool good;

    if (sodium_init() < 0)
        return err_set(e, FAIL_FATAL, "libsodium does not start");
    if (!read_key(secret_key, sk, e) || !open_both(from, to, &in, &out, e))
        return false;
    good = open_header(in, sk, &s, e) && open_stream(in, out, &s, e);
    sodium_memzero(sk, sizeof(sk));
    sodium_memzero(&s, sizeof(s));
    return close_both(in, out, to, good, e);
}

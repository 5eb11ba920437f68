#include "meterpost/talk/code.h"

#include "meterpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CANONICAL_MAX 500

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

_Static_assert(CODE_SEALED == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + CODE_KEY +
                                  crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "what is sealed has its nonce in front and its tag behind");
_Static_assert(CODE_HASH == crypto_generichash_BYTES, "hashes are BLAKE2b");

void
code_forget(void *secret, size_t size)
{
    sodium_memzero(secret, size);
}

/* ---- the key file: 64 hexadecimal digits ---- */

static bool
make_master(const char *path, struct err *e)
{
    struct code_master m;
    char text[2 * CODE_KEY + 2];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good;

    if (fd < 0)
        return err_set(e, FAIL_REJECT, "cannot make the key file %s: %s", path,
                       strerror(errno));
    randombytes_buf(m.bytes, sizeof(m.bytes));
    hex_print(m.bytes, sizeof(m.bytes), text);
    text[sizeof(text) - 2] = '\n';
    good = write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1 && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    code_forget(&m, sizeof(m));
    code_forget(text, sizeof(text));
    if (good)
        return true;
    unlink(path);
    return err_set(e, FAIL_RETRY, "could not write %s: is the disk full?", path);
}

static bool
read_master(int fd, const char *path, struct code_master *out, struct err *e)
{
    char text[2 * CODE_KEY + 2] = "";
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
        return err_set(e, FAIL_REJECT,
                       "%s must be a file that its owner alone may read: "
                       "chmod 600",
                       path);
    n = read(fd, text, sizeof(text) - 1);
    if (n > 0)
        text[strcspn(text, "\n")] = '\0';
    if (n <= 0 || hex_parse(text, out->bytes, sizeof(out->bytes)) != CODE_KEY)
        err_set(e, FAIL_REJECT, "%s is no key file: 64 hexadecimal digits", path);
    else
        n = 0;
    code_forget(text, sizeof(text));
    return n == 0;
}

bool
code_master_load(const char *path, bool make, struct code_master *out, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good;

    if (sodium_init() < 0)
        return err_set(e, FAIL_FATAL, "libsodium does not start");
    if (fd < 0 && errno == ENOENT && make) {
        if (!make_master(path, e))
            return false;
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0)
        return err_set(e, FAIL_REJECT, "cannot read the key file %s: %s", path,
                       strerror(errno));
    good = read_master(fd, path, out, e);
    close(fd);
    return good;
}

/* ---- keys ---- */

void
code_key_new(struct code_key *out)
{
    randombytes_buf(out->bytes, sizeof(out->bytes));
}

/* The first `n` groups of five bits, each as a character of `alphabet`. */
static void
put_base32(const uint8_t *bytes, size_t size, const char *alphabet, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        unsigned bits = 0;

        for (size_t k = 5 * i; k < 5 * i + 5; k++)
            bits = bits << 1 |
                   (k / 8 < size ? (unsigned)bytes[k / 8] >> (7 - k % 8) & 1U : 0U);
        out[i] = alphabet[bits];
    }
    out[n] = '\0';
}

const char *
code_key_text(const struct code_key *key, char out[CODE_SECRET_MAX])
{
    put_base32(key->bytes, sizeof(key->bytes), base32, (8 * CODE_KEY + 4) / 5, out);
    return out;
}

bool
code_key_parse(const char *text, struct code_key *out, struct err *e)
{
    size_t bits = 0;

    memset(out, 0, sizeof(*out));
    for (; *text != '\0'; text++) {
        char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
        const char *at = strchr(base32, c);

        if (c == ' ' || c == '=')
            continue;
        if (at == NULL || bits >= 8 * CODE_KEY)
            return err_set(e, FAIL_REJECT,
                           "expected a key of 52 letters and digits 2 to 7");
        for (int k = 4; k >= 0; k--, bits++) {
            if (bits < 8 * CODE_KEY && ((at - base32) >> k & 1) != 0)
                out->bytes[bits / 8] |= (uint8_t)(0x80 >> (bits % 8));
        }
    }
    return bits >= 8 * CODE_KEY ||
           err_set(e, FAIL_REJECT, "expected a key of 52 letters and digits 2 to 7");
}

void
code_seal(const struct code_master *m, const char *staff, const struct code_key *key,
          uint8_t out[CODE_SEALED])
{
    size_t nonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

    randombytes_buf(out, nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + nonce, NULL, key->bytes, CODE_KEY,
                                               (const uint8_t *)staff, strlen(staff), NULL,
                                               out, m->bytes);
}

bool
code_open(const struct code_master *m, const char *staff, const uint8_t *sealed,
          size_t size, struct code_key *out, struct err *e)
{
    size_t nonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

    if (size != CODE_SEALED ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(out->bytes, NULL, NULL, sealed + nonce,
                                                   size - nonce, (const uint8_t *)staff,
                                                   strlen(staff), sealed, m->bytes) != 0)
        return err_set(e, FAIL_REJECT,
                       "the key of %s does not open: was the key file changed? "
                       "meterpost staff enrol %s",
                       staff, staff);
    return true;
}

/* ---- one-time codes ---- */

void
code_totp(const struct code_key *key, utc_t at, int step_s, char out[CODE_TEXT_MAX])
{
    out[0] = '\0';
    oath_totp_generate((const char *)key->bytes, CODE_KEY, (time_t)at, (unsigned)step_s,
                       OATH_TOTP_DEFAULT_START_TIME, CODE_TOTP, out);
}

static bool
same_code(const struct code_key *key, int64_t step, int step_s, const char *digits)
{
    char code[CODE_TEXT_MAX];

    code_totp(key, step * step_s, step_s, code);
    return sodium_memcmp(code, digits, CODE_TOTP) == 0;
}

bool
code_totp_check(const struct code_key *key, const char *digits, utc_t at, int step_s,
                int back, int64_t last_step, int64_t *step)
{
    size_t n = strlen(digits);
    int64_t now = at / step_s;
    bool good = false;

    if ((n != CODE_TOTP && n != 2 * CODE_TOTP) || strspn(digits, "0123456789") != n)
        return false;
    for (int64_t s = now - back; s <= now + 1; s++) {
        int64_t last = n == CODE_TOTP ? s : s + 1;

        if (last <= last_step || !same_code(key, s, step_s, digits) ||
            (n > CODE_TOTP && !same_code(key, last, step_s, digits + CODE_TOTP)))
            continue;
        *step = last;
        good = true;
    }
    return good;
}

/* ---- signed commands ---- */

static void
sign_step(const struct code_key *key, const struct code_command *c, int64_t step,
          char out[CODE_TEXT_MAX])
{
    char text[CANONICAL_MAX];
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    int n = snprintf(text, sizeof(text), "mtr1|%.127s|%.40s|%lld|%lld|%.15s|%.40s|%.140s",
                     c->site, c->staff, (long long)c->counter, (long long)step, c->verb,
                     c->first, c->second);

    crypto_auth_hmacsha256(mac, (const uint8_t *)text, (unsigned long long)n, key->bytes);
    put_base32(mac, sizeof(mac), crockford, CODE_SIGNED, out);
}

void
code_sign(const struct code_key *key, const struct code_command *c, utc_t at,
          char out[CODE_TEXT_MAX])
{
    sign_step(key, c, at / CODE_SIGN_STEP_S, out);
}

/* As Crockford reads what people write. */
static char
crockford_letter(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        return '0';
    return c == 'I' || c == 'L' ? '1' : c;
}

bool
code_sign_check(const struct code_key *key, const struct code_command *c, const char *code,
                utc_t at, utc_t from, int64_t last)
{
    char given[CODE_SIGNED + 1] = "", want[CODE_TEXT_MAX];
    int64_t now = at / CODE_SIGN_STEP_S;
    bool good = false;

    if (strlen(code) != CODE_SIGNED || c->counter <= last ||
        c->counter > last + CODE_COUNTER_AHEAD)
        return false;
    for (size_t i = 0; i < CODE_SIGNED; i++)
        given[i] = crockford_letter(code[i]);
    for (int64_t step = now - CODE_SIGN_BACK; step <= now + 1; step++) {
        sign_step(key, c, step, want);
        good = (step * CODE_SIGN_STEP_S >= from &&
                sodium_memcmp(given, want, CODE_SIGNED) == 0) ||
               good;
    }
    return good;
}

/* ---- sheets and references ---- */

static void
draw_digits(size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (char)('0' + randombytes_uniform(10));
    out[n] = '\0';
}

void
code_sheet_new(char out[CODE_TEXT_MAX])
{
    draw_digits(CODE_SHEET, out);
}

void
code_sheet_hash(const struct code_master *m, int64_t staff_id, int sheet, int number,
                const char *code, uint8_t out[CODE_HASH])
{
    char text[100];
    int n = snprintf(text, sizeof(text), "sheet|%lld|%d|%d|%.15s", (long long)staff_id,
                     sheet, number, code);

    crypto_generichash(out, CODE_HASH, (const uint8_t *)text, (unsigned long long)n,
                       m->bytes, sizeof(m->bytes));
    code_forget(text, sizeof(text));
}

void
code_ref_digits(char out[5])
{
    draw_digits(4, out);
}

void
code_ref_letters(char out[6])
{
    uint8_t bytes[4];

    randombytes_buf(bytes, sizeof(bytes));
    put_base32(bytes, sizeof(bytes), crockford, 5, out);
}

int
code_draw(int below)
{
    return (int)randombytes_uniform((uint32_t)below);
}

/*
 * code.h - what proves that a command is of the person it claims to be. Pure, but for the
 * two functions about the key file.
 *
 * One key of 256 bits a person, made at enrolment, kept sealed. With it
 *   one-time codes   six digits, RFC 6238 (SHA-1, a step of 60 s): for what does no harm
 *   signed commands  thirteen characters that hold for one verb, one target, one counter
 *                    and 40 minutes: for supply and money
 * and without it, for phones that can do neither,
 *   sheets           100 numbered codes of eight digits; which one must come is drawn when
 *                    the command was understood and repeated to the registered phone.
 * Source: facts/reliability.md E2; facts/sms-selfservice.md 5.
 */
#ifndef METERPOST_TALK_CODE_H
#define METERPOST_TALK_CODE_H

#include "meterpost/base/clock.h"
#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_KEY           32
#define CODE_SEALED        (CODE_KEY + 40) /* nonce, key, tag: XChaCha20-Poly1305 */
#define CODE_TOTP          6               /* digits */
#define CODE_SIGNED        13              /* characters */
#define CODE_SHEET         8               /* digits */
#define CODE_HASH          32
#define CODE_TEXT_MAX      16  /* bytes of any code with NUL */
#define CODE_SECRET_MAX    60  /* bytes of a key in base32 with NUL */
#define CODE_COUNTER_AHEAD 100 /* counters that may be left out */
#define CODE_SIGN_STEP_S   600
#define CODE_SIGN_BACK     3 /* steps that a signed command may be old */

/* Seals what is kept, and peppers the hashes of sheets. */
struct code_master {
    uint8_t bytes[CODE_KEY];
};

struct code_key {
    uint8_t bytes[CODE_KEY];
};

/* Read the key file; `make`: write a new one where there is none (mode 0600). FAIL_REJECT
 * when others than its owner may read it, or it is no key. */
bool code_master_load(const char *path, bool make, struct code_master *out, struct err *e);
/* Forget a secret. */
void code_forget(void *secret, size_t size);

/* A new key; and a key as the base32 that apps and people take. */
void code_key_new(struct code_key *out);
const char *code_key_text(const struct code_key *key, char out[CODE_SECRET_MAX]);
/* The reverse; spaces and small letters are taken. */
bool code_key_parse(const char *text, struct code_key *out, struct err *e);

/* Seal a key for one person: it opens for nobody else. FAIL_REJECT when it does not open:
 * another key file, another person, or altered. */
void code_seal(const struct code_master *m, const char *staff, const struct code_key *key,
               uint8_t out[CODE_SEALED]);
bool code_open(const struct code_master *m, const char *staff, const uint8_t *sealed,
               size_t size, struct code_key *out, struct err *e);

/* The one-time code of step at / step_s. */
void code_totp(const struct code_key *key, utc_t at, int step_s, char out[CODE_TEXT_MAX]);

/* Is `digits` (six, or twelve: the codes of two steps that follow each other) the code of a
 * step after `last_step`, at most `back` steps before `at` or one after it? *step is the
 * (last) one that it was. Twelve digits are what is asked for after many wrong codes: they
 * cannot be guessed. */
bool code_totp_check(const struct code_key *key, const char *digits, utc_t at, int step_s,
                     int back, int64_t last_step, int64_t *step);

/* What a signed command says. */
struct code_command {
    const char *site;  /* name of the utility */
    const char *staff; /* who */
    int64_t counter;
    const char *verb;   /* "CUT" */
    const char *first;  /* its arguments, letters and digits alone; "" */
    const char *second; /* of OK what is approved: "CUT 20481 1042 2310.00" */
};

/* The thirteen characters of Crockford's base32 that sign it at a time. */
void code_sign(const struct code_key *key, const struct code_command *c, utc_t at,
               char out[CODE_TEXT_MAX]);
/* Small letters, O for 0, I and L for 1 are taken. The counter must be above `last` and not
 * more than CODE_COUNTER_AHEAD above; what was signed before `from` is void. */
bool code_sign_check(const struct code_key *key, const struct code_command *c,
                     const char *code, utc_t at, utc_t from, int64_t last);

/* A word of a command as it is signed and looked at: capital ASCII letters and digits of
 * any script and width, and '.' between them; "84,200.00" is "84200.00". Pure. */
void code_plain(const char *from, size_t n, char *out, size_t size);

/* A whole signed text, ready to send, out of the words of a command: "CUT 20481", "PAY 1042
 * 500", "OK 17 CUT 20481 1042 2310.00" (the order, and what it is about). FAIL_REJECT: what
 * the words lack. */
#define CODE_MESSAGE_MAX 161
bool code_sign_words(const struct code_key *key, const char *site, const char *staff,
                     const char *words, int64_t counter, utc_t at,
                     char out[CODE_MESSAGE_MAX], struct err *e);

/* A new code of a sheet, and what is kept of it. */
void code_sheet_new(char out[CODE_TEXT_MAX]);
void code_sheet_hash(const struct code_master *m, int64_t staff_id, int sheet, int number,
                     const char *code, uint8_t out[CODE_HASH]);

/* What YES names: four digits, or five characters, and a NUL. */
void code_ref_digits(char out[5]);
void code_ref_letters(char out[6]);
/* A number below `below`, drawn. */
int code_draw(int below);

#endif

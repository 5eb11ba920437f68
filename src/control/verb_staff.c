/* verb_staff.c - the codes of staff: enrolled, suspended, unlocked. The people themselves
 * are rows of the registry (verb_registry.c). */
#include "meterpost/base/text.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/staff.h"
#include "meterpost/talk/code.h"
#include "verbs.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define URI_MAX 400

static bool
named_staff(struct desk *d, const json_t *arguments, struct staff *out, struct err *e)
{
    const char *name;
    bool found;

    if (!argument_text(arguments, "staff", &name, e) ||
        !staff_by_name(d->store, name, out, &found, e))
        return false;
    return (found && out->until == 0) ||
           err_set(e, FAIL_REJECT, "there is no staff '%.60s' in use: meterpost staff list",
                   name);
}

static bool
note(struct desk *d, const char *actor, const char *action, const struct staff *p,
     const char *detail, struct err *e)
{
    char subject[80];

    snprintf(subject, sizeof(subject), "staff %s", p->staff);
    return audit_add(d->store, d->now, actor, "cli", action, subject, detail, e);
}

/* A part of a URI: what is no letter or digit in hexadecimal. */
static void
add_escaped(struct text *t, const char *part)
{
    for (; *part != '\0'; part++) {
        if (isalnum((unsigned char)*part))
            text_add_bytes(t, part, 1);
        else
            text_addf(t, "%%%02X", (unsigned)(unsigned char)*part);
    }
}

/* What authenticator apps scan. */
static void
put_uri(const struct desk *d, const struct staff *p, const char *secret, char *out)
{
    struct text t;

    text_init(&t, out, URI_MAX);
    text_add(&t, "otpauth://totp/");
    add_escaped(&t, d->conf->utility.name);
    text_add(&t, ":");
    add_escaped(&t, p->staff);
    text_addf(&t, "?secret=%s&issuer=", secret);
    add_escaped(&t, d->conf->utility.name);
    text_addf(&t, "&algorithm=SHA1&digits=%d&period=%d", CODE_TOTP,
              d->conf->staff.code_step_s);
}

static bool
new_key(struct desk *d, const struct code_master *master, const struct staff *p,
        struct staff_proof *proof, json_t *answer)
{
    char secret[CODE_SECRET_MAX], uri[URI_MAX];
    struct code_key key;

    code_key_new(&key);
    code_seal(master, p->staff, &key, proof->sealed);
    proof->sealed_size = CODE_SEALED;
    proof->last_step = d->now / d->conf->staff.code_step_s - 1;
    proof->last_counter = 0;
    code_key_text(&key, secret);
    put_uri(d, p, secret, uri);
    json_object_set_new(answer, "secret", json_string(secret));
    json_object_set_new(answer, "otpauth", json_string(uri));
    code_forget(&key, sizeof(key));
    code_forget(secret, sizeof(secret));
    code_forget(uri, sizeof(uri));
    return true;
}

static bool
new_sheet(struct desk *d, const struct code_master *master, const struct staff *p,
          struct staff_proof *proof, json_t *answer, struct err *e)
{
    json_t *codes = json_array();

    proof->sheet++;
    json_object_set_new(answer, "sheet", json_integer(proof->sheet));
    json_object_set_new(answer, "codes", codes);
    for (int number = 1; number <= SHEET_CODES; number++) {
        char code[CODE_TEXT_MAX];
        uint8_t hash[CODE_HASH];

        code_sheet_new(code);
        code_sheet_hash(master, p->id, proof->sheet, number, code, hash);
        json_array_append_new(codes, json_string(code));
        if (!staff_code_add(d->store, p->id, proof->sheet, number, hash, e))
            return false;
    }
    return true;
}

bool
verb_staff_enrol(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    bool sheet = json_is_true(json_object_get(arguments, "sheet")), good;
    char time[TIME_TEXT_MAX];
    struct code_master master;
    struct staff_proof proof;
    struct staff p;

    if (!named_staff(d, arguments, &p, e) || !staff_proof_get(d->store, p.id, &proof, e) ||
        !code_master_load(d->conf->staff.key_file, true, &master, e))
        return false;
    good = sheet ? new_sheet(d, &master, &p, &proof, answer, e)
                 : new_key(d, &master, &p, &proof, answer);
    code_forget(&master, sizeof(master));
    proof.enrolled_at = d->now;
    proof.expires_at = d->now + d->conf->staff.code_life_s;
    proof.failures = 0;
    proof.failed_at = proof.locked_until = 0;
    json_object_set_new(answer, "staff", json_string(p.staff));
    json_object_set_new(answer, "expires_at",
                        json_string(clock_iso(proof.expires_at, time)));
    return good && staff_proof_save(d->store, p.id, &proof, e) &&
           staff_suspend(d->store, p.id, 0, e) &&
           note(d, actor, "staff.enrol", &p, sheet ? "a sheet of codes" : "a key", e);
}

bool
verb_staff_suspend(struct desk *d, const char *actor, const json_t *arguments,
                   json_t *answer, struct err *e)
{
    bool ends = json_is_true(json_object_get(arguments, "end"));
    struct staff p;

    if (!named_staff(d, arguments, &p, e))
        return false;
    json_object_set_new(answer, "staff", json_string(p.staff));
    json_object_set_new(answer, "is", json_string(ends ? "in service again" : "suspended"));
    return staff_suspend(d->store, p.id, ends ? 0 : d->now, e) &&
           note(d, actor, ends ? "staff.resume" : "staff.suspend", &p, "", e);
}

bool
verb_staff_unlock(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct staff_proof proof;
    struct staff p;

    if (!named_staff(d, arguments, &p, e) || !staff_proof_get(d->store, p.id, &proof, e))
        return false;
    proof.failures = 0;
    proof.failed_at = proof.locked_until = 0;
    json_object_set_new(answer, "staff", json_string(p.staff));
    return staff_proof_save(d->store, p.id, &proof, e) &&
           note(d, actor, "staff.unlock", &p, "", e);
}

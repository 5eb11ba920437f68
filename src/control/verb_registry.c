/* verb_registry.c - the registry by hand: add, set, close, and what happens at a place. */
#include "meterpost/base/text.h"
#include "meterpost/metering/registry.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/fittings.h"
#include "meterpost/store/staff.h"
#include "meterpost/talk/phones.h"
#include "meterpost/talk/tell.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

/* "meters" is the file, "meter" is one of it. */
static const char *
one_of_kind(const char *kind, char out[40])
{
    size_t n = strlen(kind);

    snprintf(out, 40, "%.*s", n > 0 && kind[n - 1] == 's' ? (int)n - 1 : (int)n, kind);
    return out;
}

static bool
note(struct desk *d, const char *actor, const char *action, const char *what,
     const char *name, const char *detail, struct err *e)
{
    char subject[80];

    snprintf(subject, sizeof(subject), "%s %.60s", what, name);
    return audit_add(d->store, d->now, actor, "cli", action, subject, detail, e);
}

/* A time that is given, or now. */
static bool
argument_time(const struct desk *d, const json_t *arguments, const char *key, utc_t *out,
              struct err *e)
{
    const char *text;

    *out = d->now;
    return argument_text_or(arguments, key, NULL, &text, e) &&
           (text == NULL || clock_parse(text, out, e) || err_in(e, "%s", key));
}

static bool
argument_quantity(const json_t *arguments, const char *key, struct quantity *out,
                  struct err *e)
{
    const char *text;

    return argument_text(arguments, key, &text, e) &&
           (decimal_parse(text, QUANTITY_PLACES, &out->milli, e) || err_in(e, "%s", key));
}

/* The fields that are given, in words: what an added row began with. */
static void
tell_fields(const json_t *fields, char out[REGISTRY_DIFF_MAX])
{
    struct text all;
    const json_t *value;
    const char *key;

    text_init(&all, out, REGISTRY_DIFF_MAX);
    json_object_foreach ((json_t *)fields, key, value)
        text_addf(&all, "%s%s: %s", all.used > 0 ? "; " : "", key,
                  strcmp(key, "password") == 0 ? "set" : json_string_value(value));
}

static bool
answer_row(const struct import_context *context, const char *kind, const char *name,
           json_t *answer, struct err *e)
{
    json_t *row = registry_get(context, kind, name, e);

    if (row == NULL)
        return false;
    json_object_del(row, "password");
    json_object_update(answer, row);
    json_decref(row);
    return true;
}

bool
verb_registry_add(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct import_context context = import_context_of(d, actor);
    const json_t *fields = json_object_get(arguments, "fields");
    char detail[REGISTRY_DIFF_MAX], one[40];
    const char *kind, *name;

    if (!argument_text(arguments, "kind", &kind, e) ||
        !argument_text(arguments, "name", &name, e) ||
        !registry_add(&context, kind, name, fields, e) ||
        !answer_row(&context, kind, name, answer, e))
        return false;
    tell_fields(fields, detail);
    return note(d, actor, "add", one_of_kind(kind, one), name, detail, e);
}

/* Whose phones change by a `set`, as they were. */
struct phones_before {
    struct staff staff;
    struct account account;
    struct account_phone phones[ACCOUNT_PHONES];
    size_t n;
    bool is_staff, is_account;
};

static bool
phones_note(struct desk *d, const char *kind, const char *name, struct phones_before *b,
            struct err *e)
{
    b->is_staff = b->is_account = false;
    if (strcmp(kind, "staff") == 0)
        return staff_by_name(d->store, name, &b->staff, &b->is_staff, e);
    if (strcmp(kind, "accounts") != 0)
        return true;
    return account_by_name(d->store, name, &b->account, &b->is_account, e) &&
           (!b->is_account || account_phones(d->store, b->account.id, b->phones, &b->n, e));
}

static bool
phones_told(struct desk *d, const char *diff, const struct phones_before *b, struct err *e)
{
    if (b->is_staff && strstr(diff, "phone: ") != NULL)
        return tell_staff_phone(d, &b->staff, e);
    return !b->is_account || strstr(diff, "phones: ") == NULL ||
           phones_tell_changed(d, b->account.id, b->phones, b->n, e);
}

bool
verb_registry_set(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct import_context context = import_context_of(d, actor);
    const json_t *fields = json_object_get(arguments, "fields");
    char diff[REGISTRY_DIFF_MAX], one[40];
    struct phones_before before;
    const char *kind, *name;
    utc_t at;

    if (json_object_get(fields, "multiplier") != NULL &&
        json_object_get(arguments, "at") != NULL)
        return err_set(
            e, FAIL_REJECT,
            "a multiplier holds since the meter hangs there; from a day on it is "
            "another after: meter exchange METER --old-read READING --mult 20");

    if (!argument_text(arguments, "kind", &kind, e) ||
        !argument_text(arguments, "name", &name, e) ||
        !argument_time(d, arguments, "at", &at, e) ||
        !phones_note(d, kind, name, &before, e) ||
        !registry_set(&context, kind, name, fields, at, diff, e) ||
        !answer_row(&context, kind, name, answer, e) || !phones_told(d, diff, &before, e))
        return false;
    json_object_set_new(answer, "changed", json_string(diff));
    return diff[0] == '\0' || note(d, actor, "set", one_of_kind(kind, one), name, diff, e);
}

bool
verb_registry_close(struct desk *d, const char *actor, const json_t *arguments,
                    json_t *answer, struct err *e)
{
    struct import_context context = import_context_of(d, actor);
    char why[ERR_TEXT_MAX], one[40], time[TIME_TEXT_MAX];
    const char *kind, *name;
    bool done;
    utc_t at;

    if (!argument_text(arguments, "kind", &kind, e) ||
        !argument_text(arguments, "name", &name, e) ||
        !argument_time(d, arguments, "at", &at, e) ||
        !registry_close(&context, kind, name, at, &done, why, e))
        return false;
    json_object_set_new(answer, "name", json_string(name));
    if (!done) {
        json_object_set_new(answer, "outcome", json_string("refused"));
        json_object_set_new(answer, "reason", json_string(why));
        return true;
    }
    json_object_set_new(answer, "closed_at", json_string(clock_iso(at, time)));
    return note(d, actor, "close", one_of_kind(kind, one), name, time, e);
}

/* ---- phones ---- */

static bool
phone_arguments(struct desk *d, const json_t *arguments, struct account *a,
                struct phone *phone, struct err *e)
{
    const char *account, *number;
    bool found;

    if (!argument_text(arguments, "account", &account, e) ||
        !argument_text(arguments, "number", &number, e) ||
        !account_by_name(d->store, account, a, &found, e))
        return false;
    if (!found || a->closed_at != 0)
        return err_set(e, FAIL_REJECT, "there is no open account '%.60s'", account);
    return phone_parse(number, d->conf->utility.country_code, phone, e) &&
           (phone->kind == PHONE_E164 ||
            err_set(e, FAIL_REJECT, "expected a whole phone number, got '%.40s'", number));
}

/* What the account has with this number, or without it when `role` is NULL, as the field
 * "phones" has it. */
static bool
phones_field(struct desk *d, const struct account *a, const char *number, const char *role,
             struct text *out, bool *known, struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    size_t n;

    *known = false;
    if (!account_phones(d->store, a->id, phones, &n, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool same = strcmp(phones[i].number, number) == 0;

        *known = *known || same;
        if (!same)
            text_addf(out, "%s=%s;", phones[i].number, phone_role_name(phones[i].role));
        else if (role != NULL)
            text_addf(out, "%s=%s;", number, role);
    }
    if (!*known && role != NULL)
        text_addf(out, "%s=%s", number, role);
    return true;
}

static bool
set_phones(struct desk *d, const char *actor, const json_t *arguments, bool closes,
           json_t *answer, struct err *e)
{
    struct import_context context = import_context_of(d, actor);
    char all[ACCOUNT_PHONES * (PHONE_MAX + 10)], diff[REGISTRY_DIFF_MAX];
    struct account_phone before[ACCOUNT_PHONES];
    size_t n_before;
    struct account a;
    struct phone phone;
    const char *role;
    struct text field;
    json_t *fields;
    bool known, good;

    text_init(&field, all, sizeof(all));
    if (!phone_arguments(d, arguments, &a, &phone, e) ||
        !argument_text_or(arguments, "role", "view", &role, e) ||
        !phones_field(d, &a, phone.text, closes ? NULL : role, &field, &known, e) ||
        !account_phones(d->store, a.id, before, &n_before, e))
        return false;
    if (closes && !known)
        return err_set(e, FAIL_REJECT, "account %s has no phone %s", a.account, phone.text);
    fields = json_pack("{s:s}", "phones", all);
    good = registry_set(&context, "accounts", a.account, fields, d->now, diff, e);
    json_decref(fields);
    if (!good || !answer_row(&context, "accounts", a.account, answer, e))
        return false;
    json_object_set_new(answer, "changed", json_string(diff));
    return diff[0] == '\0' || (note(d, actor, "set", "account", a.account, diff, e) &&
                               phones_tell_changed(d, a.id, before, n_before, e));
}

bool
verb_phone_set(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
               struct err *e)
{
    return set_phones(d, actor, arguments, false, answer, e);
}

bool
verb_phone_close(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    return set_phones(d, actor, arguments, true, answer, e);
}

/* ---- what happens at a place ---- */

bool
verb_account_note(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    const char *name, *text;
    struct account a;
    bool found;

    if (!argument_text(arguments, "account", &name, e) ||
        !argument_text(arguments, "text", &text, e) ||
        !account_by_name(d->store, name, &a, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no account '%.60s'", name);
    if (strlen(text) >= NOTE_MAX)
        return err_set(e, FAIL_REJECT, "expected at most %d bytes of note", NOTE_MAX - 1);
    json_object_set_new(answer, "account", json_string(a.account));
    return note_add(d->store, a.id, d->now, actor, text, e) &&
           note(d, actor, "note", "account", a.account, "", e);
}

/* A reading, or "estimate" where nobody looked. */
static bool
argument_last_reading(const json_t *arguments, const char *key, struct last_reading *out,
                      struct err *e)
{
    const char *word = json_string_value(json_object_get(arguments, key));

    *out = (struct last_reading){
        .missing = word != NULL && strcmp(word, "estimate") == 0,
        .rolled_over = json_is_true(json_object_get(arguments, "rollover")),
        .force = json_is_true(json_object_get(arguments, "force"))};
    return out->missing || argument_quantity(arguments, key, &out->value, e);
}

static const char *
last_reading_text(const struct last_reading *last, char out[AMOUNT_TEXT_MAX])
{
    return last->missing ? "an estimate"
                         : decimal_print(last->value.milli, QUANTITY_PLACES, true, out);
}

static bool
move(struct desk *d, const char *actor, const json_t *arguments, bool in, json_t *answer,
     struct err *e)
{
    struct import_context context = import_context_of(d, actor);
    struct move m = {0};
    char detail[200], value[AMOUNT_TEXT_MAX], time[TIME_TEXT_MAX];

    if (!argument_text(arguments, "account", &m.account, e) ||
        !argument_text_or(arguments, "meter", NULL, &m.meter, e) ||
        !argument_last_reading(arguments, "reading", &m.reading, e) ||
        !argument_time(d, arguments, "at", &m.at, e) ||
        !(in ? registry_move_in : registry_move_out)(&context, &m, e))
        return false;
    json_object_set_new(answer, "account", json_string(m.account));
    json_object_set_new(answer, "at", json_string(clock_iso(m.at, time)));
    snprintf(detail, sizeof(detail), "%s%.60s at %s, reading %s",
             m.meter != NULL ? "meter " : "", m.meter != NULL ? m.meter : "its meter", time,
             last_reading_text(&m.reading, value));
    return note(d, actor, in ? "account.move-in" : "account.move-out", "account", m.account,
                detail, e);
}

bool
verb_move_in(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
             struct err *e)
{
    return move(d, actor, arguments, true, answer, e);
}

bool
verb_move_out(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
              struct err *e)
{
    return move(d, actor, arguments, false, answer, e);
}

bool
verb_meter_exchange(struct desk *d, const char *actor, const json_t *arguments,
                    json_t *answer, struct err *e)
{
    struct import_context context = import_context_of(d, actor);
    struct exchange x = {0};
    struct quantity multiplier = {0};
    char detail[300], was[AMOUNT_TEXT_MAX], is[AMOUNT_TEXT_MAX], time[TIME_TEXT_MAX];
    int moved;

    if (!argument_text(arguments, "old", &x.old, e) ||
        !argument_text_or(arguments, "new", NULL, &x.new, e) ||
        !argument_last_reading(arguments, "old_reading", &x.old_reading, e) ||
        (x.new != NULL &&
         !argument_quantity(arguments, "new_reading", &x.new_reading, e)) ||
        (json_object_get(arguments, "multiplier") != NULL &&
         !argument_quantity(arguments, "multiplier", &multiplier, e)) ||
        !argument_time(d, arguments, "at", &x.at, e))
        return false;
    x.multiplier_milli = multiplier.milli;
    x.digits = (int)json_integer_value(json_object_get(arguments, "digits"));
    if (x.digits < 0 || x.digits > 15)
        return err_set(e, FAIL_REJECT, "expected 1 to 15 digits");
    if (!registry_exchange(&context, &x, &moved, e) ||
        !answer_row(&context, "meters", x.new == NULL ? x.old : x.new, answer, e))
        return false;
    json_object_set_new(answer, "readings_moved", json_integer(moved));
    if (x.new == NULL) {
        snprintf(detail, sizeof(detail), "%.60s at %s, %s: multiplier %s", x.old,
                 last_reading_text(&x.old_reading, was), clock_iso(x.at, time),
                 decimal_print(x.multiplier_milli, QUANTITY_PLACES, true, is));
        return note(d, actor, "meter.exchange", "meter", x.old, detail, e);
    }
    snprintf(detail, sizeof(detail),
             "%.60s at %s -> %.60s at %s, %s; %d later readings are the new one's", x.old,
             last_reading_text(&x.old_reading, was), x.new,
             decimal_print(x.new_reading.milli, QUANTITY_PLACES, true, is),
             clock_iso(x.at, time), moved);
    return note(d, actor, "meter.exchange", "meter", x.old, detail, e);
}

/* say_phone.c - another phone for an account: asked for, told to the others, waited for. */
#include "chat.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/bills.h"
#include "meterpost/store/talk.h"
#include "meterpost/talk/code.h"
#include "meterpost/talk/phones.h"

#include <stdio.h>
#include <string.h>

#define CHANGES_DAILY 3 /* that are asked for, of one account */

/* ---- telling the others ---- */

/* What both templates of a change have: whose account, and the end of the number. */
static json_t *
told_view(const struct desk *d, const struct account *a, const char *number)
{
    size_t length = strlen(number);
    json_t *view = chat_view(d);

    chat_text(view, "account", a->account);
    chat_text(view, "ending", number + (length > 4 ? length - 4 : 0));
    chat_text(view, "ref", "");
    json_object_set_new(view, "asked", json_false());
    json_object_set_new(view, "removed", json_false());
    return view;
}

bool
phones_tell(struct desk *d, int64_t account_id, const char *number, bool asked,
            const char *ref, const char *key, struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    char one[OUTBOX_KEY_MAX];
    struct account a;
    json_t *view;
    size_t n;
    bool found, good = true;

    if (!account_by_id(d->store, account_id, &a, &found, e) ||
        !account_phones(d->store, account_id, phones, &n, e))
        return false;
    view = told_view(d, &a, number);
    json_object_set_new(view, "asked", json_boolean(asked));
    chat_text(view, "ref", ref);
    for (size_t i = 0; i < n && good; i++) {
        if (strcmp(phones[i].number, number) == 0)
            continue;
        snprintf(one, sizeof(one), "%s %s", key, phones[i].number);
        good = chat_tell(d, phones[i].number, a.language, "phone-told.sms", view,
                         OUT_NOTICE, one, account_id, e);
    }
    json_decref(view);
    return good;
}

static bool
tell_removed(struct desk *d, const struct account *a, const char *number, const char *key,
             struct err *e)
{
    json_t *view = told_view(d, a, number);
    bool good;

    json_object_set_new(view, "removed", json_true());
    good = chat_tell(d, number, a->language, "phone-told.sms", view, OUT_NOTICE, key, a->id,
                     e);
    json_decref(view);
    return good;
}

static bool
is_among(const char *number, const struct account_phone *phones, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(phones[i].number, number) == 0)
            return true;
    }
    return false;
}

bool
phones_tell_changed(struct desk *d, int64_t account_id, const struct account_phone *before,
                    size_t n, struct err *e)
{
    struct account_phone now[ACCOUNT_PHONES];
    char key[OUTBOX_KEY_MAX];
    struct account a;
    size_t n_now;
    bool found;

    if (!account_by_id(d->store, account_id, &a, &found, e) ||
        !account_phones(d->store, account_id, now, &n_now, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        snprintf(key, sizeof(key), "phone %s off %lld", before[i].number,
                 (long long)d->now);
        if (!is_among(before[i].number, now, n_now) &&
            !tell_removed(d, &a, before[i].number, key, e))
            return false;
    }
    for (size_t i = 0; i < n_now && n > 0; i++) {
        snprintf(key, sizeof(key), "phone %s on %lld", now[i].number, (long long)d->now);
        if (!is_among(now[i].number, before, n) &&
            !phones_tell(d, account_id, now[i].number, false, "", key, e))
            return false;
    }
    return true;
}

/* ---- making it true ---- */

static bool
make_true(struct desk *d, const struct phone_change *c, const char *actor, struct err *e)
{
    char key[60], subject[60];
    struct account a;
    bool found;

    if (!account_by_id(d->store, c->account_id, &a, &found, e) ||
        !phone_change_end(d->store, c->id, true, actor, d->now, e))
        return false;
    if (!found || a.closed_at != 0)
        return true;
    if (!phone_add(d->store, c->account_id, c->number, c->role, d->now, e)) {
        if (e->kind != FAIL_REJECT)
            return false;
        return true; /* it was added by hand meanwhile */
    }
    snprintf(key, sizeof(key), "phone %lld done", (long long)c->id);
    snprintf(subject, sizeof(subject), "account %s", a.account);
    return audit_add(d->store, d->now, actor, "sms", "phone.set", subject, c->number, e) &&
           phones_tell(d, c->account_id, c->number, false, "", key, e);
}

bool
phones_due(struct desk *d, int at_most, int *done, struct err *e)
{
    struct phone_change c;
    bool found;

    for (*done = 0; *done < at_most; (*done)++) {
        if (!phone_change_next(d->store, d->now, &c, &found, e))
            return false;
        if (!found)
            return true;
        if (!make_true(d, &c, "engine", e))
            return false;
    }
    return true;
}

bool
phones_next_due(struct desk *d, utc_t *when, bool *found, struct err *e)
{
    return phone_change_next_due(d->store, when, found, e);
}

bool
phones_decide(struct desk *d, int64_t id, bool yes, const char *actor, struct err *e)
{
    struct phone_change c;
    bool found;

    if (!phone_change_by_id(d->store, id, &c, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "no change %lld of a phone waits", (long long)id);
    if (yes)
        return make_true(d, &c, actor, e);
    return phone_change_end(d->store, id, false, actor, d->now, e) &&
           audit_add(d->store, d->now, actor, "sms", "phone.refuse", c.number, "", e);
}

/* ---- PHONE number: one who manages an account asks for another phone ---- */

/* Each tells those who have the account already: no storm of askers may fill their phones.
 */
static bool
ask_for(struct chat *c, int64_t account_id, const char *number, enum phone_role role,
        utc_t due_at, bool *asked, struct err *e)
{
    struct phone_change change = {
        .account_id = account_id, .role = role, .asked_at = c->d->now, .due_at = due_at};
    char key[60];
    int64_t today;

    if (!phone_change_count(c->d->store, account_id, c->d->now - DAY_S, &today, e))
        return false;
    *asked = today < CHANGES_DAILY;
    if (!*asked) {
        chat_said(c, "the account had too many of these in a day");
        return true;
    }
    text_copy(change.number, sizeof(change.number), number);
    text_copy(change.asked_by, sizeof(change.asked_by), c->m->sender);
    code_ref_digits(change.ref);
    if (!phone_change_add(c->d->store, &change, &change.id, e))
        return false;
    snprintf(key, sizeof(key), "phone %lld asked", (long long)change.id);
    return audit_add(c->d->store, c->d->now, c->m->sender, "sms", "phone.ask", number,
                     phone_role_name(role), e) &&
           phones_tell(c->d, account_id, number, true, due_at == 0 ? change.ref : "", key,
                       e);
}

bool
say_phone(struct chat *c, struct err *e)
{
    char digits[40] = "", end[5] = "";
    struct phone phone;
    struct text t;
    bool good, asked = false;

    chat_speak(c, "phone.sms");
    text_init(&t, digits, sizeof(digits));
    for (; chat_next(c) > 0; chat_skip(c)) {
        if (t.used > 0 || (*c->rest >= '0' && *c->rest <= '9')) /* not "new", "is" */
            text_add_bytes(&t, c->rest, chat_next(c));
    }
    good = digits[0] != '\0' &&
           phone_parse(digits, c->d->conf->utility.country_code, &phone, e) &&
           phone.kind == PHONE_E164;
    chat_text(c->view, "account", c->account->account);
    view_date(c->view, "from", c->d->now + c->d->conf->limits.phone_rest_s, c->spoken);
    chat_said(c, good ? "asks for another phone" : "another phone, without its number");
    if (good && !ask_for(c, c->account->id, phone.text, ROLE_MANAGE,
                         c->d->now + c->d->conf->limits.phone_rest_s, &asked, e))
        return false;
    if (asked)
        snprintf(end, sizeof(end), "%s", phone.text + strlen(phone.text) - 4);
    chat_text(c->view, "ending", end);
    return chat_say(c, "phone.sms", e);
}

/* ---- REG account amount: a stranger wants to see an account ---- */

/* The digits of an amount, without its cents when there are none. */
static void
amount_digits(const struct chat *c, struct money m, bool whole, char out[AMOUNT_TEXT_MAX])
{
    int64_t per = 1;

    for (int i = 0; i < c->d->conf->decimals; i++)
        per *= 10;
    if (whole && m.minor % per == 0)
        m.minor /= per;
    snprintf(out, AMOUNT_TEXT_MAX, "%lld", (long long)m.minor);
}

/* Does the stranger know what only somebody with a bill knows? */
static bool
knows_bill(struct chat *c, struct account *a, bool *knows, struct err *e)
{
    char account[KEY_MAX] = "", amount[32] = "", cents[AMOUNT_TEXT_MAX],
         whole[AMOUNT_TEXT_MAX];
    struct bill bill;
    struct text t;
    bool found;

    *knows = false;
    snprintf(account, sizeof(account), "%.*s", (int)chat_next(c), c->rest);
    chat_skip(c);
    for (char *at = account; *at != '\0'; at++)
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    text_init(&t, amount, sizeof(amount));
    for (; chat_next(c) > 0; chat_skip(c))
        text_add_bytes(&t, c->rest, chat_next(c));
    if (account[0] == '\0' || amount[0] == '\0')
        return true;
    if (!account_by_reference(c->d->store, account, a, &found, e))
        return false;
    if (!found || a->closed_at != 0)
        return true;
    if (!bill_newest(c->d->store, a->id, &bill, &found, e))
        return false;
    if (!found)
        return true;
    amount_digits(c, bill.total, false, cents);
    amount_digits(c, bill.total, true, whole);
    *knows = strcmp(amount, cents) == 0 || strcmp(amount, whole) == 0;
    return true;
}

/* The answer is the same whoever asks, for whatever account. */
bool
say_register(struct chat *c, struct err *e)
{
    struct account a;
    bool knows = false, asked;

    if (chat_next(c) == 0) {
        chat_said(c, "wants to be registered, without saying for what");
        return chat_say(c, "unknown.sms", e);
    }
    if (!knows_bill(c, &a, &knows, e) ||
        (knows && !ask_for(c, a.id, c->m->sender, ROLE_VIEW, 0, &asked, e)))
        return false;
    chat_said(c, knows ? "wants to be registered and knows the bill"
                       : "wants to be registered, but does not know the bill");
    return chat_say(c, "register.sms", e);
}

/* ---- YES, NO: from a phone that has the account already ---- */

static bool
decide(struct chat *c, bool yes, struct err *e)
{
    struct phone_change change;
    bool found = false;

    for (size_t i = 0; i < c->n_accounts && !found; i++) {
        enum phone_role role;
        utc_t since;

        if (!phone_role_at(c->d->store, c->accounts[i].id, c->m->sender, &role, &since,
                           &found, e))
            return false;
        /* Whoever looks at the account may refuse; it harms nobody. */
        if (!found || (yes && role != ROLE_MANAGE)) {
            found = false;
            continue;
        }
        if (!phone_change_waiting(c->d->store, c->accounts[i].id, c->m->sender, &change,
                                  &found, e))
            return false;
    }
    /* One that waits for a while comes true by itself; one that waits for a YES needs the
     * number that went to this phone alone. */
    if (found && yes &&
        (change.due_at != 0 || strlen(change.ref) != chat_next(c) ||
         strncmp(change.ref, c->rest, strlen(change.ref)) != 0))
        found = false;
    json_object_set_new(c->view, "yes", json_boolean(yes));
    json_object_set_new(c->view, "ending",
                        found ? json_string(change.number + strlen(change.number) - 4)
                              : json_null());
    if (!found) {
        chat_said(c, "yes or no, but nothing was asked");
        return chat_say(c, "help.sms", e);
    }
    chat_said(c, yes ? "agrees to another phone" : "does not want another phone");
    return phones_decide(c->d, change.id, yes, c->m->sender, e) &&
           chat_say(c, "decided.sms", e);
}

bool
say_yes(struct chat *c, struct err *e)
{
    return decide(c, true, e);
}

bool
say_no(struct chat *c, struct err *e)
{
    return decide(c, false, e);
}

/*
 * staff.c - a message from a phone of staff.
 *
 *   heard before? ─yes─► nothing: what it did is done
 *   which command? ─none─► a customer's word, where the phone is a customer's, too
 *   what is it about, may this person? ─no─► why not
 *   a code that is needed ─good─► it is tried; YES is asked for, or it acts
 *                         ─none─► a numbered code of the sheet is asked for
 *                         ─wrong► counted
 */
#include "command.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/talk.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_KEPT_S     (90 * DAY_S)
#define REQUESTS_HOURLY 12 /* that wait for a YES, of one person */
#define TRIES_MOST      3  /* wrong codes for one request */
#define LATE_S          (40 * MINUTE_S)

/* ---- answers ---- */

const char *
command_actor(const struct command *o, char *out)
{
    snprintf(out, ACTOR_MAX, "staff:%.40s", o->c->staff->staff);
    return out;
}

bool
command_note(struct command *o, const char *detail, struct err *e)
{
    char actor[ACTOR_MAX], subject[80] = "", whole[300];

    if (o->meter.id != 0)
        snprintf(subject, sizeof(subject), "meter %s", o->meter.meter);
    else if (o->account.id != 0)
        snprintf(subject, sizeof(subject), "account %s", o->account.account);
    else if (o->batch != 0)
        snprintf(subject, sizeof(subject), "batch %lld", (long long)o->batch);
    else
        snprintf(subject, sizeof(subject), "%lld", (long long)o->number);
    snprintf(whole, sizeof(whole), "%.200s; from %s, inbox=%lld", detail, o->c->m->sender,
             (long long)o->c->m->id);
    return audit_add(o->c->d->store, o->c->d->now, command_actor(o, actor), "sms",
                     words_key(o->verb->word), subject, whole, e);
}

/* A sentence of the program, in the language of the answer. */
static void
set_phrase(struct command *o, const char *key, const char *english)
{
    char text[ERR_TEXT_MAX];

    chat_text(o->c->view, key,
              words_phrase(o->c->d->words, o->c->spoken, english, text, sizeof(text)));
}

/* What every answer to a command may show. */
static bool
set_view(struct command *o, struct err *e)
{
    json_t *view = o->c->view;
    struct money owed = {0};
    int decimals = o->c->d->conf->decimals;
    bool order = o->verb != NULL && o->verb->look == look_order,
         days = o->verb != NULL && o->verb->look == look_hold;

    if (o->account.id != 0 && !account_balance(o->c->d->store, o->account.id, &owed, e))
        return false;
    chat_text(view, "command", o->verb == NULL ? "" : words_key(o->verb->word));
    chat_text(view, "account", o->account.account);
    chat_text(view, "name", o->account.name);
    chat_text(view, "meter", o->meter.meter);
    set_phrase(o, "why", o->why);
    set_phrase(o, "waits", o->waits);
    set_phrase(o, "done", o->done);
    json_object_set_new(view, "number", json_integer(days ? 0 : o->number));
    json_object_set_new(view, "order",
                        o->batch != 0
                            ? json_sprintf("B%lld (%d)", (long long)o->batch, o->waiting)
                            : json_integer(order ? o->number : 0));
    json_object_set_new(view, "days", json_integer(days ? o->number : 0));
    view_money(view, "owes", owed, decimals, o->c->spoken);
    if (o->amount.minor != 0)
        view_money(view, "amount", o->amount, decimals, o->c->spoken);
    else
        view_none(view, "amount");
    return true;
}

static bool
say_proven(struct chat *c, const char *template, struct err *e)
{
    char key[OUTBOX_KEY_MAX];

    snprintf(key, sizeof(key), "answer %lld", (long long)c->m->id);
    return chat_tell(c->d, c->m->sender, c->language, template, c->view, OUT_ANSWER, key, 0,
                     e);
}

bool
command_say(struct command *o, const char *template, bool proven, struct err *e)
{
    chat_speak(o->c, template);
    return set_view(o, e) &&
           (proven ? say_proven(o->c, template, e) : chat_say(o->c, template, e));
}

static bool
refuse(struct command *o, const char *why, bool proven, struct err *e)
{
    if (why != o->why)
        text_clip(o->why, sizeof(o->why), why);
    chat_said(o->c, "refused: %s", o->why);
    return command_say(o, "staff-refused.sms", proven, e);
}

bool
say_refused(struct chat *c, const char *why, struct err *e)
{
    struct command o = {.c = c, .done = ""};

    return refuse(&o, why, false, e);
}

/* ---- what waits for YES ---- */

static char *
pack_command(const struct command *o)
{
    json_t *all = json_pack("{s:s, s:s, s:s, s:i}", "0", o->args[0], "1", o->args[1], "2",
                            o->args[2], "n", o->n);
    char *text = json_dumps(all, JSON_COMPACT);

    json_decref(all);
    return text;
}

static bool
unpack_command(struct command *o, const struct staff_request *r)
{
    json_t *all = json_loads(r->arguments, 0, NULL);
    char key[2] = "0", text[CHAT_SAID_MAX];

    snprintf(text, sizeof(text), "%s", r->verb);
    o->n = (int)json_integer_value(json_object_get(all, "n"));
    for (int i = 0; i < COMMAND_ARGS; i++) {
        const char *value;

        key[0] = (char)('0' + i);
        value = json_string_value(json_object_get(all, key));
        text_clip(o->args[i], sizeof(o->args[i]), value == NULL ? "" : value);
    }
    json_decref(all);
    return command_verb(o, text);
}

static bool
free_ref(struct chat *c, bool digits, char ref[STAFF_REF_MAX], struct err *e)
{
    struct staff_request r;
    bool found = true;

    for (int i = 0; i < 20 && found; i++) {
        if (digits)
            code_ref_digits(ref);
        else
            code_ref_letters(ref);
        if (!staff_request_waiting(c->d->store, c->staff->id, ref, 0, &r, &found, e))
            return false;
    }
    return !found || err_set(e, FAIL_RETRY, "too many commands wait for their YES");
}

/* Say what was understood and what must come: YES and the number, with a code of the sheet
 * when `number` is not 0. */
static bool
ask_yes(struct command *o, int number, struct err *e)
{
    struct chat *c = o->c;
    struct staff_request r = {.staff_id = c->staff->id,
                              .number = number,
                              .inbox_id = c->m->id,
                              .created_at = c->d->now,
                              .expires_at = c->d->now + c->d->conf->staff.confirm_s};
    char *arguments = pack_command(o), until[8];
    struct tm tm;
    bool good;

    text_copy(r.verb, sizeof(r.verb), words_key(o->verb->word));
    good = arguments != NULL && text_copy(r.arguments, sizeof(r.arguments), arguments);
    free(arguments);
    if (!good)
        return err_set(e, FAIL_REJECT, "the command is too long");
    if (!staff_request_replace(c->d->store, c->staff->id, r.verb, r.arguments, c->d->now,
                               e) ||
        !free_ref(c, number == 0, r.ref, e) ||
        !staff_request_add(c->d->store, &r, &r.id, e))
        return false;
    clock_local(r.expires_at, &tm);
    snprintf(until, sizeof(until), "%02d:%02d", tm.tm_hour, tm.tm_min);
    chat_text(c->view, "ref", r.ref);
    chat_text(c->view, "until", until);
    json_object_set_new(c->view, "code_number",
                        number > 0 ? json_integer(number) : json_null());
    chat_said(c, "understood; waits for its YES");
    return command_say(o, "staff-confirm.sms", number == 0, e);
}

/* Would it be done? All of it is tried and taken back, answers too. What the guards refuse
 * asks for no code: each is on the sheet once, and is worth more than the question. */
static bool
rehearse(struct command *o, struct err *e)
{
    struct command before = *o;
    char said[CHAT_SAID_MAX], why[ERR_TEXT_MAX];

    memcpy(said, o->c->said, sizeof(said));
    if (!store_mark(o->c->d->store, e) || !o->verb->act(o, e) ||
        !store_undo(o->c->d->store, e))
        return false;
    memcpy(o->c->said, said, sizeof(said));
    memcpy(why, o->why, sizeof(why));
    *o = before;
    memcpy(o->why, why, sizeof(why));
    return true;
}

/* No code came with it: the sheet's turn. */
static bool
ask_sheet(struct command *o, struct err *e)
{
    struct chat *c = o->c;
    int64_t count;
    int number;
    bool found;

    if (!staff_request_count(c->d->store, c->staff->id, c->d->now - HOUR_S, &count, e))
        return false;
    if (count >= REQUESTS_HOURLY)
        return proof_failed(c, "too many commands without their YES in an hour", e);
    o->by_sheet = true;
    if (!rehearse(o, e))
        return false;
    if (o->why[0] != '\0')
        return refuse(o, o->why, false, e);
    if (!proof_draw(c, &number, &found, e))
        return false;
    if (!found)
        return refuse(o,
                      "it needs a signed code, or a sheet: meterpost staff enrol --sheet",
                      false, e);
    return ask_yes(o, number, e);
}

static bool
act(struct command *o, struct err *e)
{
    o->why[0] = '\0';
    if (!o->verb->look(o, e))
        return false;
    if (o->why[0] != '\0')
        return refuse(o, o->why, true, e);
    return o->verb->act(o, e);
}

/* ---- YES ---- */

static bool
wrong_yes(struct chat *c, const struct staff_request *r, struct err *e)
{
    struct command o = {.c = c, .done = ""};

    if (!staff_request_try(c->d->store, r->id, e) ||
        (r->tries + 1 >= TRIES_MOST &&
         !staff_request_end(c->d->store, r->id, STAFF_DEAD, c->d->now, e)) ||
        !proof_failed(c, "a wrong code of the sheet", e))
        return false;
    return refuse(&o,
                  r->tries + 1 >= TRIES_MOST ? "three wrong codes: begin again"
                                             : "that is not the code",
                  false, e);
}

/* YES ref [code]. *mine is false when nothing of staff waits under that name. */
static bool
take_yes(struct chat *c, bool *mine, struct err *e)
{
    char ref[STAFF_REF_MAX] = "", code[CODE_TEXT_MAX] = "";
    struct command o = {.c = c, .counter = -1, .done = ""};
    struct staff_request r;
    bool good = true;

    snprintf(ref, sizeof(ref), "%.*s", (int)chat_next(c), c->rest);
    chat_skip(c);
    for (; chat_next(c) > 0; chat_skip(c))
        snprintf(code + strlen(code), sizeof(code) - strlen(code), "%.*s",
                 (int)chat_next(c), c->rest);
    for (char *at = ref; *at != '\0'; at++)
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    if (!staff_request_waiting(c->d->store, c->staff->id, ref, c->d->now, &r, mine, e))
        return false;
    if (!*mine)
        return true;
    if (r.number != 0 && !proof_sheet(c, r.number, code, &good, e))
        return false;
    if (!good)
        return wrong_yes(c, &r, e);
    if (!unpack_command(&o, &r))
        return err_set(e, FAIL_REJECT, "a command that nobody knows waits: %s", r.verb);
    o.by_sheet = r.number != 0;
    chat_said(c, "confirms %s", r.verb);
    return staff_request_end(c->d->store, r.id, STAFF_DONE, c->d->now, e) &&
           (r.number == 0 || proof_clear(c, e)) && act(&o, e);
}

/* ---- a command ---- */

/* No code came with it. Who has an app adds its code where that is enough. */
static bool
ask_code(struct command *o, struct err *e)
{
    struct staff_proof p;

    if (o->verb->proof == PROOF_BOUND)
        return ask_sheet(o, e);
    if (!staff_proof_get(o->c->d->store, o->c->staff->id, &p, e))
        return false;
    return p.sealed_size == 0 && p.sheet != 0
               ? ask_sheet(o, e)
               : refuse(o, "add the code that your app shows", false, e);
}

static bool
prove(struct command *o, struct err *e)
{
    bool bound = o->verb->proof == PROOF_BOUND, good;

    if (o->verb->proof == PROOF_NONE)
        return act(o, e);
    if (o->code[0] == '\0')
        return ask_code(o, e);
    if (!proof_check(o, bound, &good, e))
        return false;
    if (!good)
        return refuse(o,
                      bound && o->counter < 0
                          ? "it needs a signed code, or none: then one of the sheet is "
                            "asked for"
                          : "the code is wrong, used or too old",
                      false, e);
    chat_said(o->c, "proven");
    if (!o->verb->call_back)
        return act(o, e);
    if (!rehearse(o, e))
        return false;
    return o->why[0] != '\0' ? refuse(o, o->why, true, e) : ask_yes(o, 0, e);
}

/* "CUT 482913 20481": nothing has that name, and what follows is no code. */
static bool
is_misplaced(const struct command *o)
{
    return o->why[0] != '\0' && o->verb->proof != PROOF_NONE && o->account.id == 0 &&
           o->meter.id == 0 && o->code[0] != '\0' && !command_is_code(o->code) &&
           command_is_code(o->args[0]);
}

/* *mine is false when it is no command of staff after all. */
static bool
take_command(struct command *o, bool *mine, struct err *e)
{
    utc_t age = o->c->m->smsc_at > 0 ? o->c->m->received_at - o->c->m->smsc_at : 0;

    *mine = true;
    o->why[0] = '\0';
    if (!o->verb->look(o, e))
        return false;
    if (o->why[0] != '\0' && o->verb->proof == PROOF_NONE && o->c->n_accounts > 0) {
        *mine = false;
        return true;
    }
    if (is_misplaced(o)) {
        text_clip(o->args[0], sizeof(o->args[0]), "******");
        snprintf(o->why, sizeof(o->why), "there is no %s", o->args[0]);
        if (!command_hide_target(o, e))
            return false;
    }
    chat_said(o->c, "%s %s", words_key(o->verb->word), o->args[0]);
    if (o->c->staff->role < o->verb->role)
        return refuse(o, "your role may not do that", false, e);
    if (o->verb->proof != PROOF_NONE && age > LATE_S && age < 365 * DAY_S)
        return refuse(o, "it came too late: send it again", false, e);
    if (o->verb->proof == PROOF_BOUND && o->c->staff->phone_since > o->c->staff->since &&
        o->c->d->now - o->c->staff->phone_since < o->c->d->conf->staff.phone_rest_s)
        return refuse(o, "this phone is too new for that", false, e);
    if (o->why[0] != '\0')
        return refuse(o, o->why, false, e);
    return prove(o, e);
}

/* ---- a message ---- */

/* The same text, of the same second, was here: the network repeats itself, or somebody
 * else repeats it. */
static bool
was_here(struct chat *c, bool *before, struct err *e)
{
    uint8_t hash[STAFF_HASH];
    crypto_generichash_state h;
    int64_t was;

    *before = false;
    if (c->m->smsc_at == 0)
        return true;
    crypto_generichash_init(&h, NULL, 0, sizeof(hash));
    crypto_generichash_update(&h, (const uint8_t *)c->m->sender, strlen(c->m->sender) + 1);
    crypto_generichash_update(&h, (const uint8_t *)&c->m->smsc_at, sizeof(c->m->smsc_at));
    crypto_generichash_update(&h, (const uint8_t *)c->m->text, strlen(c->m->text));
    crypto_generichash_final(&h, hash, sizeof(hash));
    if (!staff_seen(c->d->store, hash, c->m->id, c->d->now, c->d->now - SEEN_KEPT_S, before,
                    &was, e))
        return false;
    if (*before)
        chat_said(c, "the same as inbox=%lld: not done again", (long long)was);
    return true;
}

static bool
take_suspended(struct chat *c, struct err *e)
{
    char subject[60], day[TIME_TEXT_MAX], reason[100];
    int64_t today;

    snprintf(subject, sizeof(subject), "staff %s", c->staff->staff);
    snprintf(reason, sizeof(reason), "from a phone that is suspended");
    chat_said(c, "%s", reason);
    if (!inbox_count_reason(c->d->store, c->m->sender, reason, c->d->now - DAY_S, &today,
                            e))
        return false;
    return today > 0 || audit_add(c->d->store, c->d->now, c->m->sender, "sms", "suspended",
                                  subject, clock_date(c->d->now, day), e);
}

static bool
take_help(struct chat *c, struct err *e)
{
    static const char reason[] = "no command that we know";
    int64_t lately;

    if (!inbox_count_reason(c->d->store, c->m->sender, reason, c->d->now - HOUR_S, &lately,
                            e))
        return false;
    chat_said(c, "%s", c->word == WORD_HELP ? "asked for help" : reason);
    if (c->word == WORD_THANKS || (lately > 0 && c->word != WORD_HELP))
        return true;
    return chat_say(c, "staff-help.sms", e);
}

bool
staff_take(struct chat *c, struct err *e)
{
    struct command o = {.c = c, .counter = -1, .done = ""};
    bool before, mine = false, is_command;

    c->language = c->staff->language;
    is_command = command_read(&o);
    if (c->staff->suspended_at != 0)
        return take_suspended(c, e);
    if (!was_here(c, &before, e) || before)
        return before;
    if (!field_take(c, &mine, e) || (c->word == WORD_YES && !take_yes(c, &mine, e)))
        return false;
    if (is_command && !mine && !take_command(&o, &mine, e))
        return false;
    if (mine)
        return true;
    c->word = words_find(c->d->words, c->m->text, c->folded, &c->rest, &c->word_in);
    if (c->n_accounts > 0)
        return customer_take(c, e);
    if (c->word == WORD_YES)
        return proof_failed(c, "a YES to nothing that waits", e) &&
               refuse(&o, "nothing waits for that YES", false, e);
    return take_help(c, e);
}

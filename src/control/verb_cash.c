/* verb_cash.c - tills and agents. */
#include "meterpost/base/conf.h"
#include "meterpost/billing/cash.h"
#include "meterpost/store/audit.h"
#include "verb_books.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
answer_close(struct desk *d, const char *till, const struct cash_close *c, json_t *answer)
{
    json_object_set_new(answer, "till", json_string(till));
    json_object_set_new(answer, "number", json_integer(c->number));
    books_set_money(d, answer, "float", c->opening);
    books_set_money(d, answer, "taken", c->taken);
    books_set_money(d, answer, "expected", c->expected);
    books_set_money(d, answer, "counted", c->counted);
    books_set_money(d, answer, "difference", c->difference);
}

static bool
note(struct desk *d, const char *actor, const char *action, const char *name,
     const char *detail, struct err *e)
{
    char subject[80];

    snprintf(subject, sizeof(subject), "till %.60s", name);
    return audit_add(d->store, d->now, actor, "cli", action, subject, detail, e);
}

bool
verb_cash_open(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
               struct err *e)
{
    struct money opening = {0};
    const char *till;
    int64_t number;

    if (!argument_text_or(arguments, "till", "till", &till, e) ||
        (json_object_get(arguments, "float") != NULL &&
         !books_amount(d, arguments, "float", &opening, e)) ||
        !cash_open(d->store, till, opening, actor, d->now, &number, e))
        return false;
    json_object_set_new(answer, "till", json_string(till));
    json_object_set_new(answer, "number", json_integer(number));
    books_set_money(d, answer, "float", opening);
    return note(d, actor, "cash.open", till, "", e);
}

bool
verb_cash_count(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct money counted;
    struct cash_close c;
    const char *till;

    if (!argument_text(arguments, "till", &till, e) ||
        !books_amount(d, arguments, "amount", &counted, e) ||
        !cash_count(d->store, till, counted, d->now, &c, e))
        return false;
    answer_close(d, till, &c, answer);
    return note(d, actor, "cash.count", till, "", e);
}

bool
verb_cash_close(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    char detail[120], text[AMOUNT_TEXT_MAX];
    struct cash_close c;
    const char *till;

    if (!argument_text_or(arguments, "till", "till", &till, e) ||
        !cash_close(d->store, till, actor, d->now, &c, e))
        return false;
    answer_close(d, till, &c, answer);
    snprintf(detail, sizeof(detail), "Z %" PRId64 ", difference %s", c.number,
             decimal_print(c.difference.minor, d->conf->decimals, false, text));
    return note(d, actor, "cash.close", till, detail, e);
}

bool
verb_agent_set(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
               struct err *e)
{
    struct till t = {.kind = TILL_AGENT};
    const char *name, *commission;
    int64_t id;

    if (!argument_text(arguments, "agent", &name, e) ||
        !argument_text_or(arguments, "commission", "0", &commission, e) ||
        !decimal_parse(commission, 4, &t.commission_ppm, e) ||
        (json_object_get(arguments, "ceiling") != NULL &&
         !books_amount(d, arguments, "ceiling", &t.ceiling, e)))
        return false;
    if (t.commission_ppm < 0 || t.commission_ppm > 200000)
        return err_set(e, FAIL_REJECT,
                       "--commission is percent, from 0 to 20: 1.5, not 0.015");
    snprintf(t.name, sizeof(t.name), "%s", name);
    if (!till_put(d->store, &t, d->now, &id, e))
        return false;
    json_object_set_new(answer, "agent", json_string(name));
    books_set_money(d, answer, "ceiling", t.ceiling);
    json_object_set_new(answer, "commission", json_string(commission));
    return note(d, actor, "agent.set", name, commission, e);
}

/* From a till or an agent into another channel. */
static bool
hand_over(struct desk *d, const char *actor, const char *from, const char *usual,
          const json_t *arguments, json_t *answer, struct err *e)
{
    const char *to, *receipt;
    struct money amount, held;
    char own[40];

    snprintf(own, sizeof(own), "%" PRId64, d->now);
    if (!books_amount(d, arguments, "amount", &amount, e) ||
        !argument_text_or(arguments, "channel", usual, &to, e) ||
        !argument_text_or(arguments, "reference", own, &receipt, e) ||
        !cash_guard(d->store, to, amount, e) ||
        !cash_hand_over(d->store, from, to, amount, receipt, d->now, &held, e))
        return false;
    books_set_money(d, answer, "amount", amount);
    books_set_money(d, answer, "held", held);
    json_object_set_new(answer, "channel", json_string(to));
    json_object_set_new(answer, "reference", json_string(receipt));
    return note(d, actor, "cash.handover", from, receipt, e);
}

bool
verb_agent_handover(struct desk *d, const char *actor, const json_t *arguments,
                    json_t *answer, struct err *e)
{
    const char *name;
    char from[60];

    if (!argument_text(arguments, "agent", &name, e))
        return false;
    snprintf(from, sizeof(from), "agent:%.40s", name);
    json_object_set_new(answer, "agent", json_string(name));
    return hand_over(d, actor, from, "cash", arguments, answer, e);
}

bool
verb_cash_bank(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
               struct err *e)
{
    const char *till;
    char from[60];

    if (!argument_text(arguments, "till", &till, e))
        return false;
    snprintf(from, sizeof(from), "cash%s%.40s", strcmp(till, "till") == 0 ? "" : ":",
             strcmp(till, "till") == 0 ? "" : till);
    json_object_set_new(answer, "till", json_string(till));
    return hand_over(d, actor, from, "bank", arguments, answer, e);
}

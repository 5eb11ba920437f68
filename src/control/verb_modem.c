/* verb_modem.c - what operators want done for a modem: noted, and done by the engine. */
#include "meterpost/store/audit.h"
#include "meterpost/store/modem_care.h"
#include "verbs.h"

/* The modem that the arguments name, as the configuration has it. */
static bool
named_modem(struct desk *d, const json_t *arguments, const struct conf_modem **out,
            struct err *e)
{
    const char *name;

    if (!argument_text(arguments, "modem", &name, e))
        return false;
    *out = conf_modem_find(d->conf, name);
    return *out != NULL ||
           err_set(e, FAIL_REJECT, "the configuration has no modem '%.40s'", name);
}

static bool
wish(struct desk *d, const char *actor, const char *step, const struct conf_modem *m,
     const char *reason, json_t *answer, struct err *e)
{
    int64_t id;

    if (!modem_care_add(d->store, m->name, step, CARE_ASKED, actor, reason, d->now, &id, e))
        return false;
    json_object_set_new(answer, "modem", json_string(m->name));
    json_object_set_new(answer, "care", json_integer(id));
    return audit_add(d->store, d->now, actor, "cli", step, m->name, reason, e);
}

/* The worker looks at everything; with "loopback" a text goes to the modem, too. */
bool
verb_modem_test(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    const struct conf_modem *m;

    if (!named_modem(d, arguments, &m, e))
        return false;
    if (json_is_true(json_object_get(arguments, "loopback")))
        return wish(d, actor, "loopback", m, "", answer, e);
    return wish(d, actor, "test", m, "", answer, e);
}

/* The code stays out of the audit: whoever reads it there could use it elsewhere. */
bool
verb_modem_topup(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    const struct conf_modem *m;
    const char *voucher;
    char code[CARRIER_CODE_MAX];
    int64_t id;

    if (!named_modem(d, arguments, &m, e) ||
        !argument_text(arguments, "code", &voucher, e) ||
        !carrier_topup_code(carriers_find(d->carriers, m->carrier), voucher, code, e) ||
        !modem_care_add(d->store, m->name, "topup", CARE_ASKED, actor, code, d->now, &id,
                        e))
        return false;
    json_object_set_new(answer, "modem", json_string(m->name));
    json_object_set_new(answer, "care", json_integer(id));
    return audit_add(d->store, d->now, actor, "cli", "topup", m->name, "", e);
}

/* Ask now what is left on the SIM. */
bool
verb_modem_credit(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    const struct conf_modem *m;
    const struct carrier *carrier;

    if (!named_modem(d, arguments, &m, e))
        return false;
    carrier = carriers_find(d->carriers, m->carrier);
    if (carrier == NULL || *carrier_balance_code(carrier) == '\0')
        return err_set(e, FAIL_REJECT,
                       "no code asks for the credit of modem %s: set its `carrier`",
                       m->name);
    return wish(d, actor, "credit", m, carrier_balance_code(carrier), answer, e);
}

/* It also forgets what PINs were tried: a person has looked. */
bool
verb_modem_reset(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    const struct conf_modem *m;

    return named_modem(d, arguments, &m, e) && modem_pin_clear(d->store, m->name, e) &&
           wish(d, actor, "reset", m, "", answer, e);
}

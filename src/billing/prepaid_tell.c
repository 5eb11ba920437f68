#include "prepaid_tell.h"

#include "meterpost/base/log.h"
#include "meterpost/billing/match.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"
#include "view_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *
view_of(const struct billing *b, const struct account *a, const struct prepaid_state *now,
        const char *language)
{
    int decimals = b->conf->decimals;
    json_t *view = json_object(), *o = json_object();
    char reference[KEY_MAX + 1];

    match_reference(b->conf, a->account, reference);
    json_object_set_new(view, "utility",
                        view_utility(b->conf, b->conf->utility.currency, language));
    json_object_set_new(view, "account", o);
    view_text(o, "account", a->account);
    view_text(o, "pay_reference", reference);
    view_money(view, "credit", now->left, decimals, language);
    view_money(view, "balance_due", (struct money){now->limit.minor - now->left.minor},
               decimals, language);
    json_object_set_new(view, "days_left",
                        now->days_left < 0 ? json_null() : json_integer(now->days_left));
    return view;
}

static bool
queue(const struct billing *b, const struct account *a, const struct prepaid_state *now,
      const char *number, struct err *e)
{
    char key[OUTBOX_KEY_MAX], *text = NULL;
    struct outbox_new m = {
        .key = key, .kind = OUT_NOTICE, .number = number, .account_id = a->id};
    const char *name = now->level == PREPAID_LOW ? "prepaid-low.sms" : "prepaid-empty.sms";
    const char *language = templates_language(b->templates, a->language, name);
    json_t *view;
    bool good;

    if (language == NULL)
        return err_set(e, FAIL_REJECT, "there is no template %s", name);
    snprintf(key, sizeof(key), "%s %s %" PRId64, name, a->account, b->now);
    view = view_of(b, a, now, language);
    good = templates_render(b->templates, language, name, view, &text, e);
    m.text = text;
    m.language = language;
    good = good && outbox_add(b->store, &m, b->now, NULL, e);
    json_decref(view);
    free(text);
    return good;
}

bool
prepaid_tell(const struct billing *b, const struct account *a,
             const struct prepaid_state *now, bool *told, struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    size_t n;

    *told = false;
    if (b->templates == NULL)
        return true;
    if (!account_phones(b->store, a->id, phones, &n, e))
        return false;
    if (n == 0)
        return true;
    *told = queue(b, a, now, phones[0].number, e);
    if (*told || e->kind != FAIL_REJECT)
        return *told;
    log_warn("billing", "account=%s is not told of its credit: %s", a->account, e->text);
    return true;
}

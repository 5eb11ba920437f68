#include "views.h"

#include "meterpost/base/conf.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/unit.h"
#include "meterpost/render/view.h"
#include "meterpost/store/bills.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/readings.h"

bool
view_last_reading(struct desk *d, const struct account *a, const char *language,
                  json_t *one, struct err *e)
{
    struct meter meters[ACCOUNT_METERS];
    struct reading r;
    bool found = false;
    size_t n;
    json_t *view;

    if (!meters_of_account(d->store, a->id, meters, &n, e) ||
        (n > 0 &&
         !reading_until(d->store, meters[0].id, metering_main_register(meters[0].commodity),
                        d->now, &r, &found, e)))
        return false;
    if (!found) {
        json_object_set_new(one, "reading", json_null());
        return true;
    }
    view = json_pack("{s:s,s:s#,s:b}", "meter", meters[0].meter, "quality", &r.quality, 1,
                     "estimated", r.quality != QUALITY_ACTUAL);
    view_unit(view, r.unit, language);
    view_quantity(view, "value", r.value, language);
    view_date(view, "date", r.taken_at, language);
    json_object_set_new(one, "reading", view);
    return true;
}

bool
view_balance(struct desk *d, const struct account *a, const char *language, json_t *one,
             struct err *e)
{
    struct money balance, credit;
    int decimals = d->conf->decimals;
    struct bill newest;
    bool found;

    if (!account_balance(d->store, a->id, &balance, e) ||
        !bill_newest(d->store, a->id, &newest, &found, e))
        return false;
    credit = (struct money){.minor = balance.minor < 0 ? -balance.minor : 0};
    json_object_set_new(one, "to_pay", json_boolean(balance.minor > 0));
    view_money(one, "balance_due", balance, decimals, language);
    if (credit.minor > 0)
        view_money(one, "credit", credit, decimals, language);
    else
        view_none(one, "credit");
    found = found && balance.minor > 0;
    json_object_set_new(one, "overdue", json_boolean(found && d->now > newest.due_at));
    if (found)
        view_date(one, "due_on", newest.due_at, language);
    else
        view_none(one, "due_on");
    return true;
}

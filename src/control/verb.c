#include "meterpost/control/verb.h"

#include "meterpost/base/text.h"
#include "verbs.h"

#include <string.h>

static const struct verb verbs[] = {
    {"agent.handover", true, verb_agent_handover},
    {"agent.set", true, verb_agent_set},
    {"bus.baud", true, verb_bus_baud},
    {"bus.clock", true, verb_bus_clock},
    {"bus.freeze", true, verb_bus_freeze},
    {"bus.record", true, verb_bus_record},
    {"bus.scan", true, verb_bus_scan},
    {"bus.test", true, verb_bus_test},
    {"cash.bank", true, verb_cash_bank},
    {"cash.close", true, verb_cash_close},
    {"cash.count", true, verb_cash_count},
    {"cash.open", true, verb_cash_open},
    {"account.erase", true, verb_account_erase},
    {"account.move_in", true, verb_move_in},
    {"account.move_out", true, verb_move_out},
    {"account.note", true, verb_account_note},
    {"arrears.deliver", true, verb_arrears_deliver},
    {"arrears.feed", true, verb_arrears_feed},
    {"arrears.hold", true, verb_arrears_hold},
    {"arrears.list", false, verb_arrears_list},
    {"arrears.run", true, verb_arrears_run},
    {"arrears.skip", true, verb_arrears_skip},
    {"arrears.stages", false, verb_arrears_stages},
    {"audit.verify", false, verb_audit_verify},
    {"backup.now", true, verb_backup_now},
    {"bill.cancel", true, verb_bill_cancel},
    {"bill.issue", true, verb_bill_issue},
    {"factor.set", true, verb_factor_set},
    {"cut.approve", true, verb_cut_approve},
    {"cut.list", false, verb_cut_list},
    {"cut.propose", true, verb_cut_propose},
    {"field.add", true, verb_field_add},
    {"field.done", true, verb_field_done},
    {"field.failed", true, verb_field_failed},
    {"on", true, verb_on},
    {"order.cancel", true, verb_order_cancel},
    {"relay.credit", true, verb_relay_credit},
    {"relay.flag", true, verb_relay_flag},
    {"relay.flags", false, verb_relay_flags},
    {"relay.limit", true, verb_relay_limit},
    {"relay.lock", true, verb_relay_lock},
    {"relay.outage", true, verb_relay_outage},
    {"relay.resume", true, verb_relay_resume},
    {"relay.show", false, verb_relay_show},
    {"relay.token", true, verb_relay_token},
    {"relay.weather", true, verb_relay_weather},
    {"dispute.close", true, verb_dispute_close},
    {"dispute.open", true, verb_dispute_open},
    {"plan.break", true, verb_plan_break},
    {"plan.make", true, verb_plan_make},
    {"promise.add", true, verb_promise_add},
    {"deposit.add", true, verb_deposit_add},
    {"deposit.refund", true, verb_deposit_refund},
    {"deposit.use", true, verb_deposit_use},
    {"fee.add", true, verb_fee_add},
    {"fee.run", true, verb_fee_run},
    {"fee.waive", true, verb_fee_waive},
    {"fence.release", true, verb_fence_release},
    {"hold.accept", true, verb_hold_accept},
    {"hold.estimate", true, verb_hold_estimate},
    {"hold.reject", true, verb_hold_reject},
    {"import", true, verb_import},
    {"ledger.close", true, verb_ledger_close},
    {"ledger.recover", true, verb_ledger_recover},
    {"ledger.writeoff", true, verb_ledger_writeoff},
    {"message.send", true, verb_message_send},
    {"meter.exchange", true, verb_meter_exchange},
    {"modem.credit", true, verb_modem_credit},
    {"modem.reset", true, verb_modem_reset},
    {"modem.test", true, verb_modem_test},
    {"modem.topup", true, verb_modem_topup},
    {"pay.add", true, verb_pay_add},
    {"phone.close", true, verb_phone_close},
    {"phone.set", true, verb_phone_set},
    {"quarantine.drop", true, verb_quarantine_drop},
    {"quarantine.replay", true, verb_quarantine_replay},
    {"pay.assign", true, verb_pay_assign},
    {"pay.import", true, verb_pay_import},
    {"pay.reverse", true, verb_pay_reverse},
    {"prepaid.end", true, verb_prepaid_end},
    {"prepaid.run", true, verb_prepaid_run},
    {"prepaid.set", true, verb_prepaid_set},
    {"read", true, verb_read},
    {"reading.add", true, verb_reading_add},
    {"registry.add", true, verb_registry_add},
    {"registry.close", true, verb_registry_close},
    {"registry.set", true, verb_registry_set},
    {"reading.edit", true, verb_reading_edit},
    {"reading.estimate", true, verb_reading_estimate},
    {"round.close", true, verb_round_close},
    {"round.start", true, verb_round_start},
    {"complaint.close", true, verb_complaint_close},
    {"mute.add", true, verb_mute_add},
    {"mute.end", true, verb_mute_end},
    {"outage.add", true, verb_outage_add},
    {"outage.end", true, verb_outage_end},
    {"phone.accept", true, verb_phone_accept},
    {"phone.refuse", true, verb_phone_refuse},
    {"staff.enrol", true, verb_staff_enrol},
    {"staff.suspend", true, verb_staff_suspend},
    {"staff.unlock", true, verb_staff_unlock},
    {"status", false, verb_status},
    {"vee.end", true, verb_vee_end},
    {"vee.set", true, verb_vee_set},
    {"verify", false, verb_verify},
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

const struct verb *
verb_find(const char *name)
{
    for (size_t i = 0; i < VERBS; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

static bool
unknown_verb(const char *name, struct err *e)
{
    const char *words[VERBS], *near;
    char shown[40];

    for (size_t i = 0; i < VERBS; i++)
        words[i] = verbs[i].name;
    text_clip(shown, sizeof(shown), name);
    near = nearest_word(name, words, VERBS);
    if (near != NULL)
        return err_set(e, FAIL_REJECT, "there is no verb '%s': is '%s' meant?", shown,
                       near);
    return err_set(e, FAIL_REJECT, "there is no verb '%s'", shown);
}

/* What was done is kept: not when it was only a trial, nor when the answer is a failure. */
static bool
end_transaction(struct desk *d, const json_t *arguments, json_t *answer, struct err *e)
{
    const char *outcome = json_string_value(json_object_get(answer, "outcome"));
    bool trial = json_is_true(json_object_get(arguments, "dry_run"));

    if (trial)
        json_object_set_new(answer, "dry_run", json_true());
    if (!trial && (outcome == NULL || strcmp(outcome, "failed") != 0))
        return store_commit(d->store, e);
    store_rollback(d->store);
    return true;
}

bool
control_run(struct desk *d, const char *name, const char *actor, const json_t *arguments,
            json_t *answer, struct err *e)
{
    const struct verb *verb = verb_find(name);

    if (verb == NULL)
        return unknown_verb(name, e);
    if (!json_is_object(arguments))
        return err_set(e, FAIL_REJECT, "%s: the arguments must be an object", name);
    if (!verb->changes)
        return verb->run(d, actor, arguments, answer, e);
    if (!store_begin(d->store, e))
        return false;
    if (verb->run(d, actor, arguments, answer, e))
        return end_transaction(d, arguments, answer, e);
    store_rollback(d->store);
    return false;
}

/* verbs.h - the functions behind the table of verb.c, by file; for src/control alone. */
#ifndef METERPOST_SRC_CONTROL_VERBS_H
#define METERPOST_SRC_CONTROL_VERBS_H

#include "meterpost/control/verb.h"
#include "meterpost/metering/import.h"

/* ---- arguments.c: what came from outside, by name ---- */

/* A text that is not empty; it lives as long as the arguments. */
bool argument_text(const json_t *arguments, const char *key, const char **out,
                   struct err *e);
/* `otherwise` when it is missing or null. */
bool argument_text_or(const json_t *arguments, const char *key, const char *otherwise,
                      const char **out, struct err *e);

/* The meter in use that "meter" names; a number that may come as a text. */
bool argument_meter(struct desk *d, const json_t *arguments, struct meter *out,
                    struct err *e);
bool argument_id(const json_t *arguments, const char *key, int64_t *out, struct err *e);

/* verb_cut.c */
verb_run verb_cut_list, verb_cut_propose, verb_cut_approve, verb_on, verb_order_cancel;
/* verb_arrears.c */
verb_run verb_arrears_list, verb_arrears_run, verb_arrears_feed, verb_arrears_skip,
    verb_arrears_deliver, verb_plan_make, verb_plan_break, verb_promise_add,
    verb_dispute_open, verb_dispute_close;
/* verb_stages.c */
verb_run verb_arrears_stages, verb_arrears_hold, verb_relay_weather;
/* verb_remote.c */
verb_run verb_relay_limit, verb_relay_token, verb_relay_credit;
/* verb_relay.c */
verb_run verb_relay_flag, verb_relay_resume, verb_relay_lock, verb_relay_outage,
    verb_relay_show, verb_relay_flags, verb_field_add, verb_field_done, verb_field_failed;

/* verb_state.c: questions about the whole */
verb_run verb_status, verb_verify, verb_audit_verify;
/* verb_backup.c */
verb_run verb_backup_now, verb_fence_release;
/* verb_person.c */
verb_run verb_account_erase;
/* verb_import.c */
verb_run verb_import, verb_reading_add;
/* What files and rows by hand are taken in with. */
struct import_context import_context_of(struct desk *d, const char *actor);
/* verb_registry.c */
verb_run verb_registry_add, verb_registry_set, verb_registry_close, verb_phone_set,
    verb_phone_close, verb_account_note, verb_move_in, verb_move_out, verb_meter_exchange;
/* verb_talk.c */
verb_run verb_complaint_close, verb_mute_add, verb_mute_end, verb_outage_add,
    verb_outage_end, verb_phone_accept, verb_phone_refuse;
/* verb_staff.c */
verb_run verb_staff_enrol, verb_staff_suspend, verb_staff_unlock;
/* verb_message.c */
verb_run verb_message_send;
/* verb_bus.c */
verb_run verb_bus_test, verb_bus_clock, verb_bus_freeze, verb_bus_baud, verb_bus_scan,
    verb_bus_record;
/* verb_modem.c */
verb_run verb_modem_reset, verb_modem_test, verb_modem_topup, verb_modem_credit;
/* verb_read.c */
verb_run verb_read, verb_round_start, verb_round_close;
/* verb_quarantine.c */
verb_run verb_quarantine_replay, verb_quarantine_drop;
/* verb_hold.c */
verb_run verb_hold_accept, verb_hold_reject, verb_hold_estimate, verb_reading_edit,
    verb_reading_estimate;
/* verb_vee.c */
verb_run verb_vee_set, verb_vee_end;
/* verb_bill.c */
verb_run verb_bill_cancel, verb_factor_set;
/* verb_money.c */
verb_run verb_bill_issue, verb_pay_add;

/* verb_ledger.c */
verb_run verb_ledger_close, verb_ledger_writeoff, verb_ledger_recover;
verb_run verb_fee_run, verb_fee_add, verb_fee_waive;
verb_run verb_deposit_add, verb_deposit_refund, verb_deposit_use;
/* verb_cash.c */
verb_run verb_cash_open, verb_cash_count, verb_cash_close, verb_cash_bank;
verb_run verb_agent_set, verb_agent_handover;
/* verb_prepaid.c */
verb_run verb_prepaid_set, verb_prepaid_end, verb_prepaid_run;
/* verb_pay.c */
verb_run verb_pay_assign, verb_pay_reverse;
/* verb_pay_import.c */
verb_run verb_pay_import;

/* ---- slices of long work, by kind (table in job.c) ---- */

typedef bool slice_run(struct desk *d, struct job *job, int budget_ms, struct err *e);

slice_run job_arrears_slice;
slice_run job_late_fee_slice;
slice_run job_bill_slice;
slice_run job_prepaid_slice;
/* verb_pay_import.c */
#define PAY_FILE_JOB "pay.import"
slice_run job_pay_file_slice;

/* ---- import_payments.c ---- */

struct payments_import {
    int64_t rows;     /* booked now                                       */
    int64_t existing; /* receipts that were booked before                 */
    int64_t suspense; /* of the rows: of no account that we have          */
    struct money total;
};

/* Book the payments of a file: date,amount,account,reference and optionally channel,payer.
 * As import_text() (metering/import.h) otherwise. */
bool import_payments(struct desk *d, const char *actor, const char *file, const char *text,
                     struct payments_import *out, struct problems *p, struct err *e);

#endif

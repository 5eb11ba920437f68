/*
 * conf_settings.h - every setting, once: its key, notation, place in struct conf, default
 * and range. From this list come the libcyaml schema, the struct that libcyaml fills, the
 * checks and the defaults.
 *
 * S(r, c, kind, key, member, default, least, most, words)         one value
 * R(r, c, kind, key, member, least, most, words)                  one that must be there
 * L(r, c, kind, key, member, count, default, least, most, words)  a list of them
 *
 * r and c are the structs that hold it: what libcyaml fills, and that of conf.h. `default`
 * is written as in the file; of a list with spaces between. least and most hold for what is
 * stored (seconds, milliseconds, bytes of text); `words` are those of a WORD, in the order
 * of its enumeration.
 */
#ifndef METERPOST_SRC_BASE_CONF_SETTINGS_H
#define METERPOST_SRC_BASE_CONF_SETTINGS_H

#include "meterpost/base/conf.h"

#include <cyaml/cyaml.h>
#include <limits.h>

#define PROTOCOL_WORDS                                                                     \
    "dlt645-2007 dlt645-1997 iec62056-21 modbus-rtu modbus-tcp cjt188 mbus"
#define PAY_QR     "PAY {code} ACC {account} {currency} {amount} BILL {bill}"
#define BAUD_LEAST 300
#define BAUD_MOST  921600

#define UTILITY_SETTINGS(S, R, L, r, c)                                                    \
    R(r, c, TEXT, name, name, 1, 0, NULL)                                                  \
    R(r, c, CURRENCY, currency, currency, 0, 0, NULL)                                      \
    R(r, c, ZONE, timezone, timezone, 0, 0, NULL)                                          \
    R(r, c, COUNTRY, country_code, country_code, 0, 0, NULL)                               \
    S(r, c, NAME, language, language, "en", 0, 0, NULL)                                    \
    S(r, c, TEXT, phone, phone, "", 0, 0, NULL)                                            \
    S(r, c, TEXT, pay_code, pay_code, "", 0, 0, NULL)                                      \
    S(r, c, TEXT, address, address, "", 0, 0, NULL)                                        \
    S(r, c, TEXT, pay_qr, pay_qr, PAY_QR, 0, 0, NULL)

#define PATHS_SETTINGS(S, R, L, r, c)                                                      \
    S(r, c, FOLDER, profiles, profiles, "profiles", 0, 0, NULL)                            \
    S(r, c, FOLDER, tariffs, tariffs, "tariffs", 0, 0, NULL)                               \
    S(r, c, FOLDER, words, words, "words", 0, 0, NULL)                                     \
    S(r, c, FILE, payments, payments, "payments", 0, 0, NULL)                              \
    S(r, c, FILE, policies, policies, "policies", 0, 0, NULL)                              \
    S(r, c, FILE, maps, maps, "maps", 0, 0, NULL)                                          \
    S(r, c, FILE, devices, devices, "devices", 0, 0, NULL)                                 \
    S(r, c, FILE, carriers, carriers, "carriers", 0, 0, NULL)                              \
    S(r, c, FILE, templates, templates, "../templates", 0, 0, NULL)

#define MODEM_SETTINGS(S, R, L, r, c)                                                      \
    R(r, c, NAME, name, name, 0, 0, NULL)                                                  \
    R(r, c, DEVICE, device, device, 0, 0, NULL)                                            \
    S(r, c, WHOLE, baud, baud, "115200", BAUD_LEAST, BAUD_MOST, NULL)                      \
    S(r, c, PHONE, number, number, "", 0, 0, NULL)                                         \
    S(r, c, PIN, pin, pin, "", 0, 0, NULL)                                                 \
    S(r, c, PHONE, smsc, smsc, "", 0, 0, NULL)                                             \
    S(r, c, PACE, rate, rate, "20/min", 0, 0, NULL)                                        \
    S(r, c, WHOLE, daily_limit, daily_limit, "2000", 0, 1000000, NULL)                     \
    S(r, c, MONEY, segment_cost, segment_cost, "0", 0, MONEY_LIMIT, NULL)                  \
    L(r, c, ROUTE, routes, routes, n_routes, "*", 0, 0, NULL)                              \
    S(r, c, FLAG, delivery_reports, delivery_reports, "true", 0, 0, NULL)                  \
    S(r, c, SETTLE, settle, settle_percent, "auto", 0, 0, NULL)                            \
    S(r, c, MILLIS, poll, poll_ms, "5s", 100, HOUR_S * 1000, NULL)                         \
    S(r, c, SECONDS, answer_wait, answer_wait_s, "150s", 1, HOUR_S, NULL)                  \
    S(r, c, TEXT, power_cycle, power_cycle, "", 0, 0, NULL)                                \
    S(r, c, WHOLE, in_flight, in_flight, "4", 1, 32, NULL)                                 \
    S(r, c, TEXT, spare_for, spare_for, "", 0, 0, NULL)                                    \
    S(r, c, SECONDS, loopback, loopback_s, "0s", 0, 30 * DAY_S, NULL)                      \
    S(r, c, TEXT, loopback_from, loopback_from, "", 0, 0, NULL)                            \
    S(r, c, TEXT, carrier, carrier, "", 0, 0, NULL)                                        \
    S(r, c, SECONDS, credit_every, credit_every_s, "1d", 0, 30 * DAY_S, NULL)              \
    S(r, c, MONEY, credit_low, credit_low, "0", 0, MONEY_LIMIT, NULL)                      \
    S(r, c, TEXT, expires, expires, "", 0, 0, NULL)                                        \
    S(r, c, SECONDS, expiry_warning, expiry_warning_s, "7d", 0, 365 * DAY_S, NULL)         \
    S(r, c, WORD, reference, reference, "8", 0, 0, "8 16")

#define BUS_SETTINGS(S, R, L, r, c)                                                        \
    R(r, c, NAME, name, name, 0, 0, NULL)                                                  \
    R(r, c, DEVICE, device, device, 0, 0, NULL)                                            \
    R(r, c, WORD, protocol, protocol, 0, 0, PROTOCOL_WORDS)                                \
    S(r, c, WHOLE, baud, baud, "2400", BAUD_LEAST, BAUD_MOST, NULL)                        \
    S(r, c, WORD, parity, parity, "even", 0, 0, "even odd none")                           \
    S(r, c, WHOLE, data_bits, data_bits, "8", 7, 8, NULL)                                  \
    S(r, c, WHOLE, stop_bits, stop_bits, "1", 1, 2, NULL)                                  \
    S(r, c, MILLIS, timeout, timeout_ms, "1500ms", 10, MINUTE_S * 1000, NULL)              \
    S(r, c, MILLIS, gap, gap_ms, "50ms", 1, 5000, NULL)                                    \
    S(r, c, WHOLE, attempts, attempts, "3", 1, 20, NULL)                                   \
    S(r, c, MILLIS, pause, pause_ms, "30ms", 0, MINUTE_S * 1000, NULL)                     \
    S(r, c, SECONDS, rest, rest_s, "10m", 1, DAY_S, NULL)                                  \
    S(r, c, WORD, rs485, rs485, "auto", 0, 0, "auto on off")                               \
    S(r, c, TEXT, greeting, greeting, "", 0, 0, NULL)                                      \
    S(r, c, TEXT, heartbeat, heartbeat, "", 0, 0, NULL)                                    \
    S(r, c, WORD, echo, echo, "auto", 0, 0, "auto on off")

#define READING_SETTINGS(S, R, L, r, c)                                                    \
    S(r, c, SECONDS, reply_timeout, reply_timeout_s, "10m", 10, 2 * DAY_S, NULL)           \
    S(r, c, WHOLE, attempts, attempts, "3", 1, 20, NULL)                                   \
    L(r, c, SECONDS, backoff, backoff_s, n_backoff, "15m 1h 6h", 1, 7 * DAY_S, NULL)       \
    S(r, c, WINDOW, window, window, "22:00-06:00", 0, 0, NULL)                             \
    L(r, c, WORD, fallback, fallback, n_fallback, "sms bus", 0, 0, "sms bus customer")     \
    S(r, c, WHOLE, freeze_day, freeze_day, "1", 1, 28, NULL)                               \
    S(r, c, TIME, freeze_time, freeze_time_min, "00:00", 0, MINUTES_A_DAY - 1, NULL)       \
    S(r, c, FLAG, reread, reread, "true", 0, 0, NULL)                                      \
    S(r, c, FLAG, set_clock, set_clock, "true", 0, 0, NULL)                                \
    S(r, c, SECONDS, silence, silence_s, "0s", 0, 365 * DAY_S, NULL)

#define ROUND_SETTINGS(S, R, L, r, c)                                                      \
    R(r, c, NAME, name, name, 0, 0, NULL)                                                  \
    R(r, c, WORD, every, every, 0, 0, "hour day week month freeze")                        \
    S(r, c, WHOLE, day, day, "0", 0, 28, NULL)                                             \
    S(r, c, TIME, at, at_min, "00:00", 0, MINUTES_A_DAY - 1, NULL)                         \
    S(r, c, TEXT, group, group, "", 0, 0, NULL)                                            \
    S(r, c, HOURS, window, window, "", 0, 0, NULL)                                         \
    S(r, c, SECONDS, lasts, lasts_s, "1d", 60, 60 * DAY_S, NULL)

#define REPORT_SETTINGS(S, R, L, r, c)                                                     \
    R(r, c, NAME, name, name, 0, 0, NULL)                                                  \
    S(r, c, WORD, every, every, "day", 0, 0, "hour day week month")                        \
    S(r, c, WHOLE, day, day, "0", 0, 28, NULL)                                             \
    S(r, c, TIME, at, at_min, "06:00", 0, MINUTES_A_DAY - 1, NULL)                         \
    S(r, c, FILE, folder, folder, "", 0, 0, NULL)                                          \
    L(r, c, PHONE, sms, sms, n_sms, "", 0, 0, NULL)

#define VALIDATION_SETTINGS(S, R, L, r, c)                                                 \
    S(r, c, WHOLE, high, high, "200", 100, 100000, NULL)                                   \
    S(r, c, WHOLE, very_high, very_high, "500", 100, 100000, NULL)                         \
    S(r, c, WHOLE, low, low, "50", 0, 100, NULL)                                           \
    S(r, c, WHOLE, very_low, very_low, "10", 0, 100, NULL)                                 \
    S(r, c, SECONDS, clock_warn, clock_warn_s, "15m", 1, 30 * DAY_S, NULL)                 \
    S(r, c, SECONDS, clock_hold, clock_hold_s, "1d", 1, 30 * DAY_S, NULL)                  \
    S(r, c, SECONDS, too_old, too_old_s, "40d", DAY_S, 1000 * DAY_S, NULL)                 \
    S(r, c, WHOLE, rollover, rollover, "3", 1, 100, NULL)                                  \
    S(r, c, WHOLE, outlier, outlier, "4", 0, 100, NULL)                                    \
    S(r, c, WHOLE, spike, spike, "180", 0, 100000, NULL)                                   \
    S(r, c, WHOLE, small, small, "1", 0, 100000, NULL)                                     \
    S(r, c, WHOLE, zero_days, zero_days, "28", 0, 1000, NULL)                              \
    S(r, c, WHOLE, estimates, estimates, "3", 0, 100, NULL)                                \
    S(r, c, WHOLE, after_cut, after_cut, "500", 0, 1000000, NULL)                          \
    S(r, c, WHOLE, after_cut_volume, after_cut_volume, "100", 0, 1000000, NULL)            \
    S(r, c, WHOLE, power_factor, power_factor, "50", 0, 99, NULL)                          \
    S(r, c, WHOLE, max_electricity, max_electricity, "77", 0, 1000000, NULL)               \
    S(r, c, WHOLE, max_water, max_water, "5", 0, 1000000, NULL)                            \
    S(r, c, WHOLE, max_gas, max_gas, "11", 0, 1000000, NULL)                               \
    S(r, c, WHOLE, max_heat, max_heat, "200", 0, 1000000, NULL)

#define LOSSES_SETTINGS(S, R, L, r, c)                                                     \
    S(r, c, WHOLE, coverage, coverage, "95", 0, 100, NULL)                                 \
    S(r, c, WHOLE, green, green, "8", 0, 100, NULL)                                        \
    S(r, c, WHOLE, amber, amber, "15", 0, 100, NULL)                                       \
    S(r, c, WHOLE, negative, negative, "1", 0, 100, NULL)                                  \
    S(r, c, MONEY, price, price, "0", 0, MONEY_LIMIT, NULL)

#define BILLING_SETTINGS(S, R, L, r, c)                                                    \
    S(r, c, WHOLE, due_days, due_days, "14", 0, 365, NULL)                                 \
    S(r, c, NUMBERS, number_format, number_format, "{year}-{seq:06}", 0, 0, NULL)          \
    S(r, c, NUMBERS, credit_format, credit_format, "C{year}-{seq:06}", 0, 0, NULL)         \
    S(r, c, WHOLE, min_days, min_days, "5", 0, 365, NULL)                                  \
    S(r, c, WORD, allocation, allocation, "oldest", 0, 0, "oldest newest fees-first")      \
    S(r, c, WORD, check_digit, check_digit, "none", 0, 0, "none luhn")                     \
    S(r, c, FLAG, receipts, receipts, "true", 0, 0, NULL)                                  \
    S(r, c, TIME, prepaid_at, prepaid_at_min, "07:00", 0, MINUTES_A_DAY - 1, NULL)

#define LATE_FEE_SETTINGS(S, R, L, r, c)                                                   \
    S(r, c, SECONDS, after, after_s, "7d", 0, 365 * DAY_S, NULL)                           \
    S(r, c, MONEY, fixed, fixed, "0", 0, MONEY_LIMIT, NULL)                                \
    S(r, c, PERCENT, percent, percent_micro, "0", 0, 100 * 1000000, NULL)                  \
    S(r, c, MONEY, cap, cap, "0", 0, MONEY_LIMIT, NULL)                                    \
    S(r, c, MONEY, min_debt, min_debt, "0", 0, MONEY_LIMIT, NULL)

#define STAGE_SETTINGS(S, R, L, r, c)                                                      \
    R(r, c, NAME, name, name, 0, 0, NULL)                                                  \
    S(r, c, SECONDS, after_due, after_due_s, "0s", 0, 1000 * DAY_S, NULL)                  \
    S(r, c, SECONDS, before_due, before_due_s, "0s", 0, 60 * DAY_S, NULL)                  \
    S(r, c, TEXT, template, template, "", 0, 0, NULL)                                      \
    S(r, c, WORD, kind, kind, "auto", 0, 0, "auto reminder notice final cut visit")        \
    S(r, c, MONEY, min_debt, min_debt, "0", 0, MONEY_LIMIT, NULL)                          \
    S(r, c, TEXT, class, class, "", 0, 0, NULL)                                            \
    S(r, c, TEXT, language, language, "", 0, 0, NULL)                                      \
    S(r, c, WORD, channel, channel, "sms", 0, 0, "sms hand")                               \
    S(r, c, TEXT, after, after, "", 0, 0, NULL)                                            \
    S(r, c, WORD, delivered, delivered, "auto", 0, 0, "auto report sent")

#define CUT_SETTINGS(S, R, L, r, c)                                                        \
    S(r, c, WINDOW, hours, hours, "09:00-15:00", 0, 0, NULL)                               \
    L(r, c, WORD, weekdays, weekdays, n_weekdays, "mon tue wed thu", 0, 0,                 \
      "sun mon tue wed thu fri sat")                                                       \
    S(r, c, FILE, holidays, holidays, "", 0, 0, NULL)                                      \
    S(r, c, WHOLE, approvals, approvals, "1", 1, 5, NULL)                                  \
    S(r, c, WHOLE, hourly_limit, hourly_limit, "30", 0, 100000, NULL)                      \
    S(r, c, WHOLE, daily_limit, daily_limit, "50", 0, 100000, NULL)                        \
    S(r, c, WHOLE, group_limit, group_limit, "20", 0, 100000, NULL)                        \
    S(r, c, WHOLE, batch_limit, batch_limit, "50", 0, 100000, NULL)                        \
    S(r, c, SECONDS, payment_feed_max_age, payment_feed_max_age_s, "24h", 60, 30 * DAY_S,  \
      NULL)                                                                                \
    S(r, c, SECONDS, silent_max, silent_max_s, "48h", HOUR_S, 30 * DAY_S, NULL)            \
    S(r, c, SECONDS, approval, approval_s, "24h", MINUTE_S, 7 * DAY_S, NULL)               \
    S(r, c, WHOLE, estimates, estimates, "2", 0, 100, NULL)                                \
    S(r, c, WHOLE, failures, failures, "3", 0, 100, NULL)                                  \
    S(r, c, SECONDS, trial, trial_s, "0s", 0, 365 * DAY_S, NULL)                           \
    S(r, c, FILE, kill_file, kill_file, "", 0, 0, NULL)                                    \
    S(r, c, SECONDS, restore_alarm, restore_alarm_s, "2h", MINUTE_S, 7 * DAY_S, NULL)      \
    S(r, c, SECONDS, restore_field, restore_field_s, "6h", MINUTE_S, 7 * DAY_S, NULL)      \
    S(r, c, SECONDS, answer, ack_s, "5m", 10, DAY_S, NULL)                                 \
    S(r, c, MONEY, reconnect_fee, reconnect_fee, "0", 0, MONEY_LIMIT, NULL)                \
    S(r, c, PHONE, technician, technician, "", 0, 0, NULL)

#define ARREARS_SETTINGS(S, R, L, r, c)                                                    \
    S(r, c, TEXT, policy, policy, "", 0, 0, NULL)                                          \
    S(r, c, MONEY, min_debt, min_debt, "0", 0, MONEY_LIMIT, NULL)                          \
    S(r, c, FLAG, run, run, "false", 0, 0, NULL)                                           \
    S(r, c, TIME, run_at, run_at_min, "08:00", 0, MINUTES_A_DAY - 1, NULL)                 \
    S(r, c, SECONDS, delivered_after, delivered_after_s, "24h", 0, 30 * DAY_S, NULL)       \
    S(r, c, WHOLE, plan_parts, plan_parts, "3", 0, 12, NULL)                               \
    S(r, c, SECONDS, promise, promise_s, "14d", 0, 60 * DAY_S, NULL)                       \
    S(r, c, WHOLE, promises, promises, "2", 0, 100, NULL)                                  \
    S(r, c, SECONDS, grace, grace_s, "5d", 0, 60 * DAY_S, NULL)

#define STAFF_SETTINGS(S, R, L, r, c)                                                      \
    S(r, c, SECONDS, code_step, code_step_s, "60s", 10, HOUR_S, NULL)                      \
    S(r, c, WHOLE, code_window, code_window, "10", 0, 100, NULL)                           \
    S(r, c, WHOLE, lockout_failures, lockout_failures, "5", 1, 100, NULL)                  \
    S(r, c, SECONDS, lockout, lockout_s, "1h", 1, 30 * DAY_S, NULL)                        \
    S(r, c, FILE, key_file, key_file, "staff.key", 0, 0, NULL)                             \
    S(r, c, SECONDS, code_life, code_life_s, "90d", DAY_S, 3650 * DAY_S, NULL)             \
    S(r, c, SECONDS, phone_rest, phone_rest_s, "24h", 0, 90 * DAY_S, NULL)                 \
    S(r, c, SECONDS, confirm, confirm_s, "10m", MINUTE_S, DAY_S, NULL)                     \
    S(r, c, FLAG, cut_signed, cut_signed, "true", 0, 0, NULL)                              \
    S(r, c, MONEY, pay_operator, pay_operator, "0", 0, MONEY_LIMIT, NULL)                  \
    S(r, c, MONEY, pay_admin, pay_admin, "0", 0, MONEY_LIMIT, NULL)                        \
    S(r, c, TIME, digest, digest_min, "18:00", 0, MINUTES_A_DAY - 1, NULL)                 \
    S(r, c, TEXT, audit_to, audit_to, "", 0, 0, NULL)

#define LIMITS_SETTINGS(S, R, L, r, c)                                                     \
    S(r, c, PACE, replies_per_number, replies_per_number, "5/10m", 0, 0, NULL)             \
    S(r, c, WHOLE, replies_per_day, replies_per_day, "20", 1, 10000, NULL)                 \
    S(r, c, SECONDS, phone_rest, phone_rest_s, "7d", 0, 90 * DAY_S, NULL)                  \
    S(r, c, SECONDS, phone_silence, phone_silence_s, "365d", DAY_S, 3650 * DAY_S, NULL)    \
    S(r, c, PACE, replies_total, replies_total, "200/h", 0, 0, NULL)                       \
    S(r, c, WHOLE, inbox_body, inbox_body, "2000", 160, 10000, NULL)                       \
    S(r, c, MONEY, spend_per_month, spend_per_month, "0", 0, MONEY_LIMIT, NULL)            \
    S(r, c, SECONDS, message_age, message_age_s, "2d", MINUTE_S, 300 * DAY_S, NULL)        \
    S(r, c, SECONDS, keep_bodies, keep_bodies_s, "0s", 0, INT_MAX, NULL)

#define HOURS_SETTINGS(S, R, L, r, c)                                                      \
    S(r, c, WINDOW, alarm, alarm, "00:00-24:00", 0, 0, NULL)                               \
    S(r, c, WINDOW, answer, answer, "00:00-24:00", 0, 0, NULL)                             \
    S(r, c, WINDOW, receipt, receipt, "00:00-24:00", 0, 0, NULL)                           \
    S(r, c, WINDOW, reply, reply, "00:00-24:00", 0, 0, NULL)                               \
    S(r, c, WINDOW, notice, notice, "08:00-20:00", 0, 0, NULL)                             \
    S(r, c, WINDOW, bill, bill, "08:00-20:00", 0, 0, NULL)                                 \
    S(r, c, WINDOW, request, request, "00:00-24:00", 0, 0, NULL)

#define VALIDITY_SETTINGS(S, R, L, r, c)                                                   \
    S(r, c, SECONDS, restore, restore_s, "10m", 5 * MINUTE_S, DAY_S, NULL)                 \
    S(r, c, SECONDS, cut, cut_s, "10m", 5 * MINUTE_S, HOUR_S, NULL)                        \
    S(r, c, SECONDS, verify, verify_s, "10m", 5 * MINUTE_S, HOUR_S, NULL)                  \
    S(r, c, SECONDS, alarm, alarm_s, "6h", 5 * MINUTE_S, 30 * DAY_S, NULL)                 \
    S(r, c, SECONDS, answer, answer_s, "1h", 5 * MINUTE_S, 30 * DAY_S, NULL)               \
    S(r, c, SECONDS, receipt, receipt_s, "3d", 5 * MINUTE_S, 30 * DAY_S, NULL)             \
    S(r, c, SECONDS, reply, reply_s, "1h", 5 * MINUTE_S, 30 * DAY_S, NULL)                 \
    S(r, c, SECONDS, notice, notice_s, "3d", 5 * MINUTE_S, 30 * DAY_S, NULL)               \
    S(r, c, SECONDS, bill, bill_s, "7d", 5 * MINUTE_S, 30 * DAY_S, NULL)                   \
    S(r, c, SECONDS, request, request_s, "6h", 5 * MINUTE_S, 30 * DAY_S, NULL)

#define ALARMS_SETTINGS(S, R, L, r, c)                                                     \
    L(r, c, PHONE, phones, phones, n_phones, "", 0, 0, NULL)                               \
    S(r, c, SECONDS, quiet, quiet_s, "1h", 0, 30 * DAY_S, NULL)                            \
    S(r, c, SECONDS, group, group_s, "5m", 0, DAY_S, NULL)                                 \
    S(r, c, SECONDS, escalate, escalate_s, "15m", MINUTE_S, DAY_S, NULL)

#define CARE_SETTINGS(S, R, L, r, c)                                                       \
    S(r, c, SECONDS, look, look_s, "30s", 5, DAY_S, NULL)                                  \
    S(r, c, SECONDS, connect, connect_s, "1m", 5, DAY_S, NULL)                             \
    S(r, c, SECONDS, radio, radio_s, "3m", 5, DAY_S, NULL)                                 \
    S(r, c, SECONDS, power, power_s, "7m", 5, DAY_S, NULL)                                 \
    S(r, c, SECONDS, spare, spare_s, "8m", 5, DAY_S, NULL)                                 \
    S(r, c, SECONDS, alarm, alarm_s, "10m", 5, DAY_S, NULL)

#define BACKUP_SETTINGS(S, R, L, r, c)                                                     \
    S(r, c, FILE, folder, folder, "", 0, 0, NULL)                                          \
    S(r, c, FILE, also, also, "", 0, 0, NULL)                                              \
    S(r, c, TIME, at, at_min, "03:10", 0, 1439, NULL)                                      \
    S(r, c, WHOLE, days, days, "7", 0, 366, NULL)                                          \
    S(r, c, WHOLE, weeks, weeks, "5", 0, 520, NULL)                                        \
    S(r, c, WHOLE, months, months, "12", 0, 120, NULL)                                     \
    S(r, c, TEXT, public_key, public_key, "", 0, 0, NULL)

#define LOG_SETTINGS(S, R, L, r, c)                                                        \
    S(r, c, WORD, level, log_level, "info", 0, 0, "error warn info debug")

#define TOP_SETTINGS(S, R, L, r, c)                                                        \
    S(r, c, DATABASE, database, database, "/var/lib/meterpost/meterpost.db", 0, 0, NULL)   \
    S(r, c, FILE, run_dir, run_dir, "/run/meterpost", 0, 0, NULL)

enum setting_kind {
    KIND_TEXT,     /* characters without control characters           */
    KIND_NAME,     /* letters, digits, '-', '_'                       */
    KIND_CURRENCY, /* three capital letters                           */
    KIND_ZONE,     /* a time zone of this machine                     */
    KIND_COUNTRY,  /* one to three digits                             */
    KIND_FOLDER,   /* a path to a folder, which is there              */
    KIND_FILE,     /* a path                                          */
    KIND_DEVICE,   /* a path, or scheme://...                         */
    KIND_DATABASE, /* a path                                          */
    KIND_PHONE,    /* a full number, or nothing                       */
    KIND_PIN,      /* four to eight digits, or nothing                */
    KIND_ROUTE,    /* "+25472*", "*"                                  */
    KIND_NUMBERS,  /* pattern of bill numbers                         */
    KIND_WHOLE,    /* int                                             */
    KIND_FLAG,     /* bool                                            */
    KIND_WORD,     /* an enumeration                                  */
    KIND_SECONDS,  /* a duration as int                               */
    KIND_MILLIS,   /* a duration as int                               */
    KIND_TIME,     /* minutes from midnight as int                    */
    KIND_SETTLE,   /* int: "auto", or a part such as "100%"           */
    KIND_PACE,     /* struct pace                                     */
    KIND_WINDOW,   /* struct day_window                               */
    KIND_HOURS,    /* the same as text, or nothing                    */
    KIND_MONEY,    /* struct money                                    */
    KIND_PERCENT,  /* int64_t millionths of a percent                 */
};

struct setting {
    const char *key;
    enum setting_kind kind;
    const char *text; /* the default; NULL: must be there */
    int64_t least, most;
    const char *words;
    size_t raw, raw_count; /* members of the struct that libcyaml fills */
    size_t at, count;      /* members of the struct in conf.h */
    size_t size;           /* bytes of one value in conf.h */
    size_t list_max;       /* values of a list; 0: no list */
};

/* A mapping of the file, or a list of mappings. */
struct section {
    const char *path; /* "modems[]" */
    const struct setting *settings;
    size_t n;
    size_t raw, raw_count, raw_size; /* in struct raw_conf */
    size_t at;                       /* in struct conf     */
};

extern const struct section conf_sections[]; /* those that are no lists */
extern const size_t conf_sections_count;

enum conf_list {
    LIST_MODEMS,
    LIST_BUSES,
    LIST_STAGES,
    LIST_ROUNDS,
    LIST_REPORTS,
    CONF_LISTS
};
extern const struct section conf_lists[CONF_LISTS];

extern const cyaml_schema_value_t conf_schema;

/* What the values mean depends on these. */
struct conf_context {
    const char *folder;  /* that relative paths start from */
    const char *country; /* code, for phone numbers        */
    int decimals;
};

/* One value as written in the file to where it belongs: `s->size` bytes at `out`. The
 * reason for a refusal starts with "expected". */
bool conf_value_parse(const struct setting *s, const struct conf_context *context,
                      const char *text, void *out, struct err *e);

/* The setting at a path with or without indexes: "modems[1].routes[0]". NULL: none. */
const struct setting *conf_setting_find(const char *path);

#endif

/*
 * cli.h - the operator's program: one table of commands that gives the parser, the help
 * and the completion; for src/cli alone.
 */
#ifndef METERPOST_SRC_CLI_CLI_H
#define METERPOST_SRC_CLI_CLI_H

#include "meterpost/base/err.h"
#include "meterpost/store/list.h"
#include "meterpost/talk/desk.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_MAX  10  /* of one command, without the general ones */
#define LINE_COLUMNS 100 /* no line of output is wider, unless one word is */

/* What the program exits with: scripts rely on these. */
enum status {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,  /* or nothing was found */
    STATUS_USAGE = 2,   /* wrong usage */
    STATUS_REFUSED = 3, /* by a guard */
    STATUS_WAITS = 4,   /* for an approval */
    STATUS_PART = 5,    /* done in part */
};

enum form { FORM_TEXT, FORM_JSON, FORM_CSV };

struct cli;

struct option {
    const char *name;  /* "--wait" */
    const char *value; /* what stands behind it in the help ("5m"); NULL: a switch */
    const char *help;
};

struct command {
    const char *area;      /* heading in the list of commands */
    const char *words;     /* "round start" */
    const char *arguments; /* "NAME [METER...]": [] may be left out, ... may repeat */
    const char *summary;   /* one line without a full stop */
    const char *text;      /* more, or NULL */
    const char *example;   /* arguments of an example that works, without "meterpost" */
    enum status (*run)(struct cli *c);
    struct option options[OPTIONS_MAX]; /* ends with name NULL */
};

/* One run of the program: what was asked, and what it works with. */
struct cli {
    const char *config; /* path of the configuration */
    enum form form;
    bool config_given; /* by option or environment */
    bool quiet, yes, dry_run, help;
    const struct command *command;
    const char **args; /* `count` of them, behind the words of the command */
    size_t count;
    const char *values[OPTIONS_MAX]; /* of command->options: NULL not given, "" a switch */
    struct desk *desk;               /* once it was loaded */
};

/* ---- command_table.c ---- */

size_t command_count(void);
/* Row i of the table, in the order of the help; i below command_count(). */
const struct command *command_at(size_t i);

/* ---- parse.c ---- */

/* Fill *c from the words of the command line; c->args is allocated, ends with
 * parse_finish(). False with a sentence for the user when they are wrong. c->command may be
 * NULL when only --help was asked. */
bool parse_line(int argc, char **argv, struct cli *c, struct err *e);
void parse_finish(struct cli *c);

/* value.c: have arguments and values of options the form that their words in the table of
 * commands promise? */
bool values_check(const struct cli *c, struct err *e);

/* The words of which one must stand behind an option; 0: there is no such list. */
#define CHOICES_MOST 16
#define CHOICE_MAX   24 /* bytes with NUL */
size_t option_choices(const struct option *o, char store[CHOICES_MOST][CHOICE_MAX],
                      const char *words[CHOICES_MOST]);

/* Does the command begin with these n words? *whole: and has no more. */
bool command_begins(const struct command *command, const char *const *words, size_t n,
                    bool *whole);

/* The value of an option of the command that runs: NULL when it was not given, "" for a
 * switch. Asking for one that the command does not have is a mistake of ours: it aborts. */
const char *cli_option(const struct cli *c, const char *name);

/* Set `key` of a verb's arguments to an option that was given: its text, true for a switch.
 */
void cli_pass_option(const struct cli *c, json_t *arguments, const char *key,
                     const char *name);

/* Argument i, or NULL when there are not so many. */
const char *cli_arg(const struct cli *c, size_t i);

/* ---- help.c ---- */

/* All commands by area; one command with its options and example; the commands that begin
 * with a word. False when there is no such command. */
void help_all(void);
void help_command(const struct command *command);
bool help_words(const char *const *words, size_t n);

/* ---- session.c ---- */

/* Each says itself what is wrong and gives false then. Load the settings; the settings and
 * all files they point to; the settings and the store for reading. */
bool session_settings(struct cli *c);
bool session_desk(struct cli *c);
bool session_read(struct cli *c);
void session_end(struct cli *c);
/* The profiles alone: those of the configuration where there is one, else those that are
 * shipped. End with profiles_free(). */
bool session_profiles(struct cli *c, struct profiles **out);

/* Run a verb through the engine or, when none is up, here under the lock, and wait for its
 * long work. *answer is a new object, NULL when it failed: that was said then. `arguments`
 * is taken. Afterwards the store of c->desk is closed. */
enum status session_run(struct cli *c, const char *verb, json_t *arguments,
                        json_t **answer);

/* False, with a word about it, when no engine runs that has the "modems" or "wires". */
bool session_has_engine(struct cli *c, const char *what);

/* May a change that was just shown go ahead? With --yes it may, with --dry-run it may not
 * (quietly), on a terminal the user is asked, and without one the answer is no. */
bool session_agree(const struct cli *c, const char *question);

/* ---- say.c: what is said beside the output, to stderr ---- */

void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Left out with --quiet. */
void say_note(const struct cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The failure as a line, and the status that it means. */
enum status say_failure(const struct err *e);
/* The "problems" of an answer, one a line. */
void say_problems(const json_t *answer);
/* One line that is written over and over, when stderr is a terminal; total 0: not known.
 * With text NULL the line goes away. */
void say_progress(const struct cli *c, int64_t done, int64_t total, const char *text);

/* ---- print.c ---- */

/* One object as JSON or CSV, as the user asked; for people, its plain members a line. */
void print_object(const struct cli *c, const json_t *object);

/* ---- check.c ---- */

/* {"ok", "problems": [{"file", "line", "column", "text"}]} to stdout. */
void check_print_json(const struct problems *p);

/* ---- functions of the commands, by file ---- */

typedef enum status command_run(struct cli *c);

/* about.c */
command_run run_help, run_version;
/* check.c, init.c */
command_run run_check, run_init;
/* try.c, try_files.c */
command_run run_try_text, run_try_tariff, run_try_sms, run_try_template;
/* try_frame.c */
command_run run_try_frame;
/* profile.c */
command_run run_profile_list, run_profile_show, run_profile_check, run_profile_new;
/* try_validate.c */
command_run run_try_validate;
/* hold.c */
command_run run_hold_list, run_hold_show, run_hold_accept, run_hold_reject,
    run_hold_estimate, run_reading_edit, run_reading_estimate;
/* report_reading.c */
command_run run_report_reading;
/* loss.c */
command_run run_loss, run_usage;
/* vee.c */
command_run run_vee_rules, run_vee_test, run_vee_set, run_vee_end;
/* import.c */
command_run run_import, run_export;
/* list.c */
command_run run_list;
/* registry.c */
command_run run_registry_add, run_registry_set, run_registry_close, run_registry_show,
    run_account_protect, run_account_hold, run_account_note, run_move_in, run_move_out,
    run_meter_exchange, run_phone_set, run_phone_close;
/* page.c */
command_run run_account_show, run_meter_show, run_modem_show;
/* doctor.c, today.c, find.c */
command_run run_doctor, run_today, run_find;
/* completion.c, manual.c */
command_run run_completion, run_manual;
/* person.c */
command_run run_account_export, run_account_erase;
/* sim.c */
command_run run_sim_bill, run_sim_cut;
/* report.c */
command_run run_report;
/* backup.c */
command_run run_backup_now, run_backup_list, run_backup_verify, run_backup_restore,
    run_backup_rollback, run_backup_key, run_fence_show, run_fence_release;
/* bus.c */
command_run run_bus_list, run_bus_test, run_bus_clock, run_bus_freeze, run_bus_baud,
    run_bus_scan, run_bus_record, run_bus_traffic;
/* state.c */
command_run run_status, run_verify, run_audit_verify;
/* bill.c, money.c */
command_run run_bill_issue, run_bill_show, run_pay_add;
/* change.c: changes that are said in a sentence */
command_run run_change;
/* books.c */
command_run run_trial, run_statement;
/* reconcile.c */
command_run run_reconcile;
/* pay_import.c, suspense.c */
command_run run_pay_import, run_suspense;
/* read.c, round.c */
command_run run_read, run_reading_add, run_round_start, run_round_plan, run_round_show,
    run_round_close;
/* arrears.c */
command_run run_arrears_list, run_arrears_run, run_arrears_preview, run_arrears_stages;
/* relay.c */
command_run run_cut_list, run_cut_propose, run_cut_approve, run_order_show, run_relay_show;
/* bill_look.c, bill_change.c */
command_run run_bill_preview, run_bill_explain, run_bill_cancel, run_factor_set;
/* tariff.c */
command_run run_tariff_list, run_tariff_show, run_template_lint, run_tariff_lint,
    run_tariff_quote;
command_run run_tariff_compare;
/* bill_render.c */
command_run run_bill_render;
/* words_lint.c */
command_run run_words_lint;
/* staff.c */
command_run run_staff_enrol, run_staff_page, run_staff_sign;
/* message.c */
command_run run_message_show, run_message_send;
/* quarantine.c */
command_run run_modem_reset, run_modem_test, run_modem_credit, run_modem_topup;
command_run run_quarantine_replay, run_quarantine_drop;

#endif

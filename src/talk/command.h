/*
 * command.h - a command of staff: what was written, who proved it, what it does; for
 * src/talk alone.
 *
 *   READ m, BAL a, STATUS [m], REPORT, SEEN n     questions: the phone is enough, because
 *                                                 the answer goes to it
 *   HOLD a days code, KILL code,                  a one-time code; of somebody who has
 *   TOPUP modem voucher code                      a sheet and no app, one of the sheet
 *                                                 that is asked for
 *   DONE n, FAILED n                              the phone that the order was sent to
 *   CUT m, RESTORE m, PAY a amount, OK n          a code bound to the command: signed
 *                                                 (CUT m counter code), or a numbered code
 *                                                 of the sheet that is asked for
 *   NO n                                          only makes things safer: no code
 *
 * CUT, RESTORE and PAY act when the call-back is answered: YES and the number that went to
 * the registered phone, with the code of the sheet where one was asked for. Nobody is asked
 * for anything before all of it was tried and taken back: what the guards refuse burns no
 * code. The signature of OK holds for the order, its meter, account and debt, as the text
 * to the approver has them: an order is not approved unread (reliability.md E2).
 */
#ifndef METERPOST_SRC_TALK_COMMAND_H
#define METERPOST_SRC_TALK_COMMAND_H

#include "chat.h"
#include "meterpost/talk/code.h"

#define COMMAND_ARGS  3
#define COMMAND_ARG   41 /* bytes with NUL */
#define COMMAND_BOUND (3 * COMMAND_ARG)

enum proof {
    PROOF_NONE,
    PROOF_CODE,  /* any code */
    PROOF_BOUND, /* signed, or of the sheet */
};

struct command;
/* False only when the store failed. */
typedef bool command_run(struct command *o, struct err *e);

struct verb_row {
    enum word word;
    int args_least, args; /* words behind it that are no code */
    enum proof proof;
    enum staff_role role;
    int secret;        /* arguments from this one on are masked as codes are; 0: none */
    bool call_back;    /* a YES must follow, also when it was signed */
    command_run *look; /* understand the target: o->why when it is not to be had */
    command_run *act;
};

struct command {
    struct chat *c;
    const struct verb_row *verb;
    char args[COMMAND_ARGS][COMMAND_ARG]; /* letters and digits, capital; '.' in amounts */
    int n;
    int64_t counter;              /* of a signed command; -1: none */
    char code[CODE_TEXT_MAX * 2]; /* "" without one */
    char bound[COMMAND_BOUND];    /* of OK: what is signed beside the order */
    bool by_sheet;                /* proved by a code of the sheet */
    bool bare;                    /* not even its target may be kept */

    /* What it is about, once it was looked at. */
    struct account account; /* id 0: none */
    struct meter meter;
    struct money amount;
    int64_t number;           /* of an order, alarm, days ... */
    int64_t batch;            /* orders that were proposed together; 0: none */
    int waiting;              /* of them, for an approval */
    char why[ERR_TEXT_MAX];   /* it is not done: a sentence; "" while it may be */
    char waits[ERR_TEXT_MAX]; /* it is done, but this must be over first; "" */
    const char *done;         /* what became of it: "proposed"; "" */
};

/* command_text.c: the words of a message into *o. False when it begins with no command of
 * staff, or has too few words. */
bool command_read(struct command *o);
/* The verb of that key ("CUT"); false when there is none. */
bool command_verb(struct command *o, const char *key);
/* The next piece of a raw text: blanks of any script between. Its length in bytes, *at
 * moves to where it begins. */
size_t command_piece(const char **at);
/* Does a word look like a code of any kind? */
bool command_is_code(const char *word);

/* command_mask.c: the text without its codes. */
void command_mask(const struct command *o, char *out, size_t size);
/* What was taken for the target may be a code: keep it neither. */
bool command_hide_target(struct command *o, struct err *e);

/* command_proof.c: is this code good? *good; what is wrong is counted, and told where it
 * must be. `bound`: a one-time code is not enough. */
bool proof_check(struct command *o, bool bound, bool *good, struct err *e);
/* A wrong code, or a YES that nothing asked for. */
bool proof_failed(struct chat *c, const char *what, struct err *e);
/* The sheet's code `number` is `code`. */
bool proof_sheet(struct chat *c, int number, const char *code, bool *good, struct err *e);
/* Draw a number of the sheet; *found is false when there is no sheet, or it is used up. */
bool proof_draw(struct chat *c, int *number, bool *found, struct err *e);
/* Strong proof came: forget the wrong ones. */
bool proof_clear(struct chat *c, struct err *e);

/* What a command does, by file. */
/* act_look.c */
command_run look_account, look_meter, look_nothing, act_balance, act_read, act_status,
    act_report;
/* act_supply.c */
command_run look_order, act_cut, act_restore, act_ok, act_no, act_kill;
/* act_money.c */
command_run look_payment, look_hold, act_pay, act_hold;
/* act_alarm.c */
command_run look_alarm, act_seen;
/* act_modem.c */
command_run look_modem, act_topup;

/* act_field.c: DONE and FAILED, of whoever has the order. *mine is false for other words,
 * and for somebody who is not of staff and has no such order. */
bool field_take(struct chat *c, bool *mine, struct err *e);
/* Say why something is not done. */
bool say_refused(struct chat *c, const char *why, struct err *e);

/* Answer with a filled template: `proven` answers always go out. */
bool command_say(struct command *o, const char *template, bool proven, struct err *e);
/* "staff:jonas", for audit and orders. ACTOR_MAX bytes. */
const char *command_actor(const struct command *o, char *out);
bool command_note(struct command *o, const char *detail, struct err *e);

#endif

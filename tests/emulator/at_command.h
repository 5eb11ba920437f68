/*
 * at_command.h - what the tables of AT commands are made of; for at*.c alone.
 */
#ifndef EMULATOR_AT_COMMAND_H
#define EMULATOR_AT_COMMAND_H

#include "at.h"

enum form { FORM_EXEC, FORM_READ, FORM_SET, FORM_TEST };

/* How a command ends. CMS(n) and CME(n) are errors with a number. */
#define AT_OK     0
#define AT_ERROR  1
#define AT_PROMPT 2 /* "> " comes instead of a result      */
#define AT_LOST   3 /* neither result nor text comes, ever */
#define CMS(code) (1000 + (code))
#define CME(code) (2000 + (code))

/* What a command needs before it runs, and in which family its error is. */
enum need { NEED_NOTHING, NEED_SIM_CMS, NEED_SIM_CME };

typedef int at_run(struct modem *m, enum form form, char *arg);

struct at_command {
    const char *name; /* NULL ends a table */
    at_run *run;      /* NULL: every form is accepted and nothing happens */
    const char *test; /* answer to NAME=?; NULL: run() is asked, "" is a bare OK */
    enum need need;
};

extern const struct at_command at_general[];  /* at_general.c */
extern const struct at_command at_messages[]; /* at_sms.c */

/* at_sms.c: give a message to the network; the result of the command. */
struct submit;
int at_hand_in(struct modem *m, const struct submit *s);

/* at_text.c: the same commands of a modem that has no PDU mode. A state is one of AT+CMGL,
 * 4 for all, -1 for none of them. */
int at_text_format(struct modem *m, enum form form, const char *arg);
int at_text_state(const char *arg);
void at_text_slot(struct modem *m, const char *head, struct slot *s);
int at_text_send(struct modem *m, const char *text);

/* Add a line of text to the reply. */
void at_say(struct modem *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* End the command with this result; it goes out latency_ms later. */
void at_end(struct modem *m, int result, int latency_ms);

/* Cut `arg` at its commas, take quotes off. Number of values; those behind it are "". */
int at_split(char *arg, char *values[], int most);

/* A whole number from `least` to `most`; -1 when it is none. */
int at_number(const char *text, int least, int most);

/* `utf8` in quotes, in the character set of AT+CSCS. `out` has `size` bytes. */
const char *at_quote(const struct modem *m, const char *utf8, char *out, size_t size);

#endif

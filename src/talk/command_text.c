/* command_text.c - the words of a command: verb, target, amount, counter, code. */
#include "command.h"
#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>

#define TOKENS_MAX 12

static const struct verb_row verbs[] = {
    {WORD_READ, 1, 1, PROOF_NONE, STAFF_READER, 0, false, look_meter, act_read},
    {WORD_BALANCE, 1, 1, PROOF_NONE, STAFF_READER, 0, false, look_account, act_balance},
    {WORD_STATUS, 0, 1, PROOF_NONE, STAFF_READER, 0, false, look_nothing, act_status},
    {WORD_REPORT, 0, 0, PROOF_NONE, STAFF_READER, 0, false, look_nothing, act_report},
    {WORD_SEEN, 0, 1, PROOF_NONE, STAFF_READER, 0, false, look_alarm, act_seen},
    {WORD_CUT, 1, 1, PROOF_BOUND, STAFF_OPERATOR, 0, true, look_meter, act_cut},
    {WORD_RESTORE, 1, 1, PROOF_BOUND, STAFF_OPERATOR, 0, true, look_meter, act_restore},
    {WORD_PAY, 2, 2, PROOF_BOUND, STAFF_OPERATOR, 0, true, look_payment, act_pay},
    {WORD_OK, 1, 1, PROOF_BOUND, STAFF_OPERATOR, 0, false, look_order, act_ok},
    {WORD_NO, 1, 1, PROOF_NONE, STAFF_OPERATOR, 0, false, look_order, act_no},
    {WORD_HOLD, 2, 2, PROOF_CODE, STAFF_OPERATOR, 0, false, look_hold, act_hold},
    {WORD_KILL, 0, 0, PROOF_CODE, STAFF_OPERATOR, 0, false, look_nothing, act_kill},
    {WORD_TOPUP, 2, 2, PROOF_CODE, STAFF_OPERATOR, 1, false, look_modem, act_topup},
};

size_t
command_piece(const char **at)
{
    size_t n = 0, size;

    for (;;) {
        uint32_t point = 0;
        int step = utf8_next(*at, strlen(*at), &point);

        if (step < 1 || point > 0x20) {
            if (point != 0x3000 && point != 0xA0)
                break;
        }
        *at += step;
    }
    for (size = strlen(*at); n < size;) {
        uint32_t point = 0;
        int step = utf8_next(*at + n, size - n, &point);

        if (point <= 0x20 || point == 0x3000 || point == 0xA0)
            break;
        n += step < 1 ? 1 : (size_t)step;
    }
    return n;
}

/* A '#' ends the command: behind it is why. */
static size_t
next_word(const char **at)
{
    size_t n = command_piece(at);

    return **at == '#' ? 0 : n;
}

static bool
is_digits(const char *word, size_t least, size_t most)
{
    size_t n = strlen(word);

    return n >= least && n <= most && strspn(word, "0123456789") == n;
}

bool
command_is_code(const char *word)
{
    return is_digits(word, CODE_TOTP, CODE_TOTP) ||
           is_digits(word, CODE_SHEET, CODE_SHEET) ||
           is_digits(word, 2 * CODE_TOTP, 2 * CODE_TOTP) || strlen(word) == CODE_SIGNED;
}

/* Words behind the arguments: [counter] code, or two codes one after the other. */
static void
take_code(struct command *o, char words[][2 * CODE_TEXT_MAX + COMMAND_ARG], int n)
{
    o->counter = -1;
    o->code[0] = '\0';
    if (n == 0)
        return;
    if (n >= 2 && strlen(words[1]) == CODE_SIGNED && is_digits(words[0], 1, 9)) {
        o->counter = atoll(words[0]);
        text_copy(o->code, sizeof(o->code), words[1]);
    } else if (n >= 2 && is_digits(words[0], CODE_TOTP, CODE_TOTP) &&
               is_digits(words[1], CODE_TOTP, CODE_TOTP)) {
        memcpy(o->code, words[0], CODE_TOTP);
        memcpy(o->code + CODE_TOTP, words[1], CODE_TOTP + 1);
    } else {
        text_clip(o->code, sizeof(o->code), words[0]);
    }
}

bool
command_verb(struct command *o, const char *key)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(words_key(verbs[i].word), key) == 0)
            o->verb = &verbs[i];
    }
    return o->verb != NULL;
}

bool
command_read(struct command *o)
{
    char words[TOKENS_MAX][2 * CODE_TEXT_MAX + COMMAND_ARG];
    const char *at = o->c->m->text;
    size_t length;
    int n = 0, codes;

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (verbs[i].word == o->c->word)
            o->verb = &verbs[i];
    }
    if (o->verb == NULL)
        return false;
    while (n < TOKENS_MAX && (length = next_word(&at)) > 0) {
        code_plain(at, length, words[n], sizeof(words[n]));
        n += words[n][0] != '\0';
        at += length;
    }
    /* The first word was the verb. What fits as a code behind the least of arguments is
     * one: "STATUS 482913" names a meter, "HOLD 1042 7 482913" has a code. */
    n = n > 0 ? n - 1 : 0;
    o->n = n < o->verb->args ? n : o->verb->args;
    if (o->n > o->verb->args_least && o->verb->proof != PROOF_NONE &&
        command_is_code(words[o->n]))
        o->n--;
    if (o->n < o->verb->args_least)
        return false;
    for (int i = 0; i < o->n; i++)
        text_clip(o->args[i], sizeof(o->args[i]), words[1 + i]);
    codes = n - o->n;
    take_code(o, words + 1 + o->n, codes);
    return true;
}

/*
 * profile_sample.c - take a pasted reply apart: numbers, units, the meter, the relay.
 */
#include "metering/profile_sample.h"

#include "metering/profile_file.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define KEY_BYTES_MAX 24 /* before a number, looked at */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* ---- words that tell what a field is ---- */

bool
sample_holds(const char *text, size_t n, const char *word)
{
    size_t m = strlen(word);

    for (size_t i = 0; i + m <= n; i++) {
        if (strncasecmp(text + i, word, m) == 0)
            return true;
    }
    return false;
}

static bool
word_is(const char *text, size_t n, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strlen(*list) == n && strncasecmp(text, *list, n) == 0)
            return true;
    }
    return false;
}

int
sample_relay_word(const char *word, size_t n)
{
    static const char *const closed[] = {"on", "close", "closed", "connected", "1", NULL};
    static const char *const open[] = {"off", "open", "disconnected", "0", NULL};

    return word_is(word, n, closed) ? 1 : word_is(word, n, open) ? 0 : -1;
}

/* "Meter No.", "id", "UNITNO". */
static bool
key_is_meter(const char *key, size_t n)
{
    static const char *const words[] = {
        "id",      "mid",      "sn",       "s/n",     "no",     "no.",    "nr",
        "nr.",     "addr",     "address",  "unit no", "unitno", "device", "account",
        "zaehler", "compteur", "contador", "medidor", NULL};

    if (sample_holds(key, n, "read"))
        return false;
    return word_is(key, n, words) || sample_holds(key, n, "meter") ||
           sample_holds(key, n, "serial");
}

static bool
key_is_relay(const char *key, size_t n)
{
    static const char *const words[] = {"relay",  "status", "valve",  "switch",
                                        "supply", "load",   "output", NULL};
    static const char *const whole[] = {"do1", "rel", "rel1", "out", "s01", NULL};

    for (size_t i = 0; words[i] != NULL; i++) {
        if (sample_holds(key, n, words[i]))
            return true;
    }
    return word_is(key, n, whole);
}

/* What stands before a field, back to the field before it or to a mark that parts. */
static void
take_key(const struct sample *s, struct token *t)
{
    const char *first = s->text, *end = t->at, *start;

    for (int i = s->n - 1; i >= 0; i--) {
        if (s->at[i].kind != TOKEN_LITERAL && s->at[i].kind != TOKEN_SPACE) {
            first = s->at[i].at + s->at[i].n;
            break;
        }
    }
    while (end > first && strchr(" :=#;\n", end[-1]) != NULL)
        end--;
    start = end;
    while (start > first && end - start < KEY_BYTES_MAX && !strchr(";,\n()&#|", start[-1]))
        start--;
    while (start < end && *start == ' ')
        start++;
    t->key = start;
    t->key_n = (size_t)(end - start);
}

/* ---- fields ---- */

/* A unit's word right behind a number, or behind one space; 0 bytes when there is none. */
static size_t
unit_length(const char *at, const struct unit **unit)
{
    size_t n = 0;
    char word[16];

    while ((unsigned char)at[n] > ' ' && !is_digit(at[n]) && !strchr(",;:=()&!#", at[n]))
        n++;
    if (n > 0 && is_digit(at[n]) && (at[n] == '3' || at[n] == '2')) /* m3, m3/h */
        n += 1 + strcspn(at + n + 1, " ,;:=()&!#\n0123456789");
    while (n > 0 && at[n - 1] == '.')
        n--;
    if (n == 0 || n >= sizeof(word) || is_digit(at[n]))
        return 0;
    memcpy(word, at, n);
    word[n] = '\0';
    *unit = unit_find(word);
    return *unit == NULL || strcmp(word, "-") == 0 ? 0 : n;
}

static const struct unit *
unit_of_key(const struct token *t)
{
    char word[16];
    size_t n = t->key_n;
    const char *at = t->key;

    while (n > 0 && memrchr(at, ' ', n) != NULL) { /* its last word */
        const char *space = memrchr(at, ' ', n);

        n -= (size_t)(space + 1 - at);
        at = space + 1;
    }
    if (n == 0 || n >= sizeof(word))
        return NULL;
    memcpy(word, at, n);
    word[n] = '\0';
    return unit_find(word);
}

/* Digits with marks between them: how many bytes. */
static size_t
number_length(const char *at)
{
    size_t sign = *at == '+' || *at == '-', n = sign;

    while (is_digit(at[n]) || ((at[n] == '.' || at[n] == ',') && n > sign &&
                               is_digit(at[n - 1]) && is_digit(at[n + 1])))
        n++;
    return n > sign ? n : 0;
}

/* "1 234 567 L": groups of three behind spaces, and then a unit or decimals; 230 231 V are
 * two numbers. */
static size_t
spaced_length(const char *at)
{
    const struct unit *unit;
    size_t n = strspn(at, "0123456789"), groups = 0;

    if (n < 1 || n > 2 || at[0] == '0')
        return 0;
    for (; at[n] == ' ' && strspn(at + n + 1, "0123456789") == 3; groups++)
        n += 4;
    if (groups > 0 && (at[n] == '.' || at[n] == ',') && is_digit(at[n + 1]))
        return n + 1 + strspn(at + n + 1, "0123456789");
    return groups > 0 && unit_length(at + n + (at[n] == ' '), &unit) > 0 ? n : 0;
}

static bool
is_plain(const struct token *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (!is_digit(t->at[i]))
            return false;
    }
    return true;
}

static bool
has_kind(const struct sample *s, enum token_kind kind)
{
    for (int i = 0; i < s->n; i++) {
        if (s->at[i].kind == kind)
            return true;
    }
    return false;
}

static int
points_in(const struct token *t)
{
    int n = 0;

    for (size_t i = 0; i < t->n; i++)
        n += t->at[i] == '.';
    return n;
}

/* A number that names what follows ("#1: 24.7C", "2=5.0"), or the ends of a range in
 * parentheses ("(0-31)"). */
static bool
is_label(const struct sample *s, const struct token *t)
{
    char before = t->at == s->text ? '\0' : t->at[-1], after = t->at[t->n];

    return after == ':' || after == '=' || before == '(' || before == '<' ||
           (before == '-' && after == ')');
}

/* "0001 123.4kWh": with zeros in front, and neither named nor measured. */
static bool
is_bare_id(const struct sample *s, const struct token *t)
{
    return t->n >= 4 && t->at[0] == '0' &&
           (t->n >= 6 || t->at == s->text || strchr(":=", t->at[-1]) == NULL);
}

/* Is it a value, the meter's number, the state of a relay, or none that we know? */
static enum token_kind
kind_of_number(const struct sample *s, const struct token *t)
{
    bool bcd = t->n == 12;

    if (points_in(t) > 1 && memchr(t->at, ',', t->n) == NULL) /* 192.168.1.1 */
        return key_is_meter(t->key, t->key_n) ? TOKEN_METER : TOKEN_OTHER;
    if (t->has_unit || t->unit != NULL)
        return TOKEN_NUMBER;
    if (is_plain(t) && t->n < REPLY_METER_MAX &&
        (is_bare_id(s, t) || bcd || (t->n >= 3 && key_is_meter(t->key, t->key_n))))
        return TOKEN_METER;
    if (key_is_relay(t->key, t->key_n) && sample_relay_word(t->at, t->n) >= 0)
        return TOKEN_RELAY;
    if (is_label(s, t))
        return TOKEN_LITERAL;
    return t->n >= UNIT_DIGITS_MAX ? TOKEN_OTHER : TOKEN_NUMBER;
}

static size_t
take_number(const struct sample *s, const char *at, struct token *t)
{
    const struct unit *unit = NULL;
    size_t spaced = spaced_length(at), n = spaced > 0 ? spaced : number_length(at);
    size_t space = at[n] == ' ', m = unit_length(at + n, &unit);

    if (n == 0)
        return 0;
    if (m == 0 && space)
        m = unit_length(at + n + 1, &unit);
    if (m == 0 && is_word(at[n]))
        return 0; /* 12ab is a word */
    *t = (struct token){.at = at, .n = n, .unit = unit, .has_unit = m > 0};
    take_key(s, t);
    if (m == 0)
        t->unit = unit_of_key(t);
    t->kind = kind_of_number(s, t);
    if (t->kind == TOKEN_METER || t->kind == TOKEN_RELAY) {
        t->unit = NULL;
        t->has_unit = false;
    }
    return n;
}

/* A word behind a key that says what it is: mid=demo001, Relay: OFF. */
static size_t
take_word(const struct sample *s, const char *at, struct token *t)
{
    size_t n = 0;
    bool digits = false;

    while (is_word(at[n]) && n < REPLY_METER_MAX - 1)
        digits = is_digit(at[n++]) || digits;
    *t = (struct token){.kind = TOKEN_LITERAL, .at = at, .n = n};
    take_key(s, t);
    if (n == 0 || t->key_n == 0 || t->key + t->key_n == at)
        return n;
    if (digits && key_is_meter(t->key, t->key_n) && strchr(":=", at[-1]) != NULL)
        t->kind = TOKEN_METER;
    else if (key_is_relay(t->key, t->key_n) && sample_relay_word(at, n) >= 0)
        t->kind = TOKEN_RELAY;
    return n;
}

/* ---- the whole text ---- */

/* "06:00:00", "6:30": without its day it says little. */
static size_t
hour_length(const char *at)
{
    size_t n = strspn(at, "0123456789"), all = n;

    if (n < 1 || n > 2)
        return 0;
    for (int i = 0; i < 2 && at[all] == ':' && strspn(at + all + 1, "0123456789") == 2; i++)
        all += 3;
    return all > n && is_digit(at[all]) == 0 && at[all] != ':' ? all : 0;
}

static void
add(struct sample *s, struct token t)
{
    struct token *last = s->n > 0 ? &s->at[s->n - 1] : NULL;
    bool single = t.kind == TOKEN_TIME || t.kind == TOKEN_RELAY;

    if (single && has_kind(s, t.kind)) /* one of each in a reply */
        t.kind = TOKEN_OTHER;
    if (t.kind == TOKEN_LITERAL && last != NULL && last->kind == TOKEN_LITERAL)
        last->n += t.n;
    else
        s->at[s->n++] = t;
}

static size_t
take_next(struct sample *s, const char *at)
{
    bool after_word = at > s->text && is_word(at[-1]);
    struct token t = {.kind = TOKEN_LITERAL, .at = at, .n = 1};
    size_t n = strspn(at, " \n");
    int format;

    if (n > 0)
        t = (struct token){.kind = TOKEN_SPACE, .at = at, .n = n};
    else if (!after_word && (n = sample_time_take(at, &format)) > 0)
        t = (struct token){.kind = TOKEN_TIME, .at = at, .n = n, .format = format};
    else if (!after_word && (n = hour_length(at)) > 0)
        t = (struct token){.kind = TOKEN_OTHER, .at = at, .n = n};
    else if (!after_word && (n = take_number(s, at, &t)) == 0)
        n = take_word(s, at, &t);
    if (n == 0)
        t = (struct token){.kind = TOKEN_LITERAL, .at = at, .n = 1};
    add(s, t);
    at += t.n;
    if (t.kind != TOKEN_NUMBER || !t.has_unit)
        return t.n;
    n = *at == ' ';
    if (n > 0)
        add(s, (struct token){.kind = TOKEN_SPACE, .at = at, .n = 1});
    add(s, (struct token){
               .kind = TOKEN_UNIT, .at = at + n, .n = unit_length(at + n, &t.unit)});
    return t.n + n + s->at[s->n - 1].n;
}

bool
sample_take(const char *text, struct sample *out, struct err *e)
{
    const char *at;

    out->n = 0;
    if (!profile_normalise(text, out->text, e))
        return false;
    for (at = out->text; *at != '\0';) {
        if (out->n > TOKENS_MAX - 4)
            return err_set(e, FAIL_REJECT, "more than %d words and numbers", TOKENS_MAX);
        at += take_next(out, at);
    }
    return true;
}

bool
token_alike(const struct token *a, const struct token *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == TOKEN_TIME)
        return a->format == b->format;
    return a->kind != TOKEN_LITERAL ||
           (a->n == b->n && strncasecmp(a->at, b->at, a->n) == 0);
}

bool
sample_alike(const struct sample *a, const struct sample *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++) {
        if (!token_alike(&a->at[i], &b->at[i]))
            return false;
    }
    return true;
}

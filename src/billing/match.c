#include "meterpost/billing/match.h"

#include "meterpost/store/bills.h"
#include "meterpost/store/items.h"
#include "meterpost/store/ticket.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX      24 /* of a claim that are looked at */
#define WORD_LEAST     3  /* characters of one that can be a number */
#define CANDIDATES_MAX 200
#define CLAIM_S        (30 * DAY_S) /* a text about a receipt is looked at for so long */

/* ---- references: pure ---- */

char
match_check_digit(const char *digits)
{
    int sum = 0, place = 0;

    for (size_t i = strlen(digits); i-- > 0; place++) {
        int d = digits[i] - '0';

        if (d < 0 || d > 9)
            return 0;
        if (place % 2 == 0) /* the digit beside the check digit counts twice */
            d = 2 * d > 9 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    if (place == 0)
        return 0;
    return (char)('0' + (10 - sum % 10) % 10);
}

/* Letters and digits, capital. */
static void
bare(const char *text, char *out, size_t size)
{
    size_t n = 0;

    for (; *text != '\0' && n + 1 < size; text++) {
        if (isalnum((unsigned char)*text))
            out[n++] = (char)toupper((unsigned char)*text);
    }
    out[n] = '\0';
}

void
match_reference(const struct conf *conf, const char *account, char *out)
{
    size_t n;

    bare(account, out, KEY_MAX);
    n = strlen(out);
    if (conf->billing.check_digit == CONF_CHECK_LUHN && match_check_digit(out) != 0) {
        out[n] = match_check_digit(out);
        out[n + 1] = '\0';
    }
}

bool
match_near(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), head = 0, tail = 0, least = n < m ? n : m;

    while (head < least && a[head] == b[head])
        head++;
    while (tail < least - head && a[n - 1 - tail] == b[m - 1 - tail])
        tail++;
    n -= head + tail;
    m -= head + tail;
    return n + m <= 1 || (n == 1 && m == 1) ||
           (n == 2 && m == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]);
}

/* ---- the ladder ---- */

/* The claim as one word, and its words: "INV 2026-000017, 1042" names a bill and an
 * account. */
struct words {
    char list[WORDS_MAX][KEY_MAX];
    int n;
};

static void
add_word(struct words *w, const char *from, size_t n)
{
    if (w->n == WORDS_MAX || n < WORD_LEAST || n >= KEY_MAX)
        return;
    for (int i = 0; i < w->n; i++) {
        if (strlen(w->list[i]) == n && memcmp(w->list[i], from, n) == 0)
            return;
    }
    memcpy(w->list[w->n], from, n);
    w->list[w->n++][n] = '\0';
}

/* Numbers have strokes and dots in them here, and there these part words: "12/0045",
 * "SVWZ+1045", "/REMI/1045.". So first one way, then the other. */
static void
split_claim(const char *claim, struct words *w)
{
    static const char *const ends[] = {" \t,;:()", " \t,;:()+/#*=?!.'\"<>[]"};

    w->n = 0;
    add_word(w, claim, strlen(claim));
    for (size_t i = 0; i < 2; i++) {
        for (const char *at = claim; *at != '\0'; at += strspn(at, ends[i])) {
            size_t k = strcspn(at, ends[i]);

            add_word(w, at, k);
            at += k;
        }
    }
}

/* The account that this word names as a reference to pay by. */
static bool
by_account(struct store *s, const struct conf *conf, const char *word, struct match *out,
           struct err *e)
{
    char plain[KEY_MAX];
    struct account a;
    bool found;
    size_t n;

    bare(word, plain, sizeof(plain));
    n = strlen(plain);
    if (conf->billing.check_digit == CONF_CHECK_LUHN && n > 1) {
        char last = plain[n - 1];

        plain[n - 1] = '\0';
        if (match_check_digit(plain) != last)
            return true; /* mistyped: somebody must look */
    }
    if (!account_by_reference(s, plain, &a, &found, e) ||
        (!found && !account_by_name(s, word, &a, &found, e)))
        return false;
    if (found && a.closed_at == 0)
        *out = (struct match){.rung = MATCH_ACCOUNT, .account_id = a.id};
    return true;
}

static bool
by_bill(struct store *s, const struct conf *conf, const char *word, struct match *out,
        struct err *e)
{
    struct bill b;
    bool found;

    (void)conf;
    if (!bill_by_number(s, word, &b, &found, e))
        return false;
    if (found)
        *out = (struct match){MATCH_BILL, b.account_id, b.credit ? 0 : b.id};
    return true;
}

static bool
by_meter(struct store *s, const struct conf *conf, const char *word, struct match *out,
         struct err *e)
{
    struct meter m;
    bool found;

    (void)conf;
    if (!meter_by_name(s, word, &m, &found, e))
        return false;
    if (found && m.at.id != 0)
        *out = (struct match){.rung = MATCH_METER, .account_id = m.at.account_id};
    return true;
}

static bool
by_phone(struct store *s, const char *phone, struct match *out, struct err *e)
{
    struct account list[PHONE_ACCOUNTS];
    size_t n;

    if (*phone == '\0')
        return true;
    if (!accounts_by_phone(s, phone, list, &n, e))
        return false;
    if (n == 1)
        *out = (struct match){.rung = MATCH_PHONE, .account_id = list[0].id};
    return true;
}

typedef bool rung_fn(struct store *s, const struct conf *conf, const char *word,
                     struct match *out, struct err *e);

/* One rung over all words. Two words that name two accounts are nobody's. */
static bool
climb(struct store *s, const struct conf *conf, rung_fn *rung, const struct words *w,
      struct match *out, bool *torn, struct err *e)
{
    for (int i = 0; i < w->n; i++) {
        struct match one = {MATCH_NONE, 0, 0};

        if (!rung(s, conf, w->list[i], &one, e))
            return false;
        if (one.rung == MATCH_NONE)
            continue;
        if (out->rung != MATCH_NONE && out->account_id != one.account_id)
            *torn = true;
        *out = one;
    }
    return true;
}

bool
match_payment(struct store *s, const struct conf *conf, const struct match_question *q,
              struct match *out, struct err *e)
{
    static rung_fn *const rungs[] = {by_account, by_bill, by_meter};
    struct words w;
    bool torn = false;

    *out = (struct match){MATCH_NONE, 0, 0};
    split_claim(q->claim, &w);
    for (size_t i = 0; i < 3 && out->rung == MATCH_NONE; i++) {
        if (!climb(s, conf, rungs[i], &w, out, &torn, e))
            return false;
    }
    if (torn)
        *out = (struct match){MATCH_NONE, 0, 0};
    else if (out->rung == MATCH_NONE)
        return by_phone(s, q->phone, out, e);
    return true;
}

/* ---- proposals ---- */

static bool
near_claim(const struct conf *conf, const struct account *a, const struct words *w)
{
    char reference[KEY_MAX + 1] = "", word[KEY_MAX] = "";

    match_reference(conf, a->account, reference);
    for (int i = 0; i < w->n; i++) {
        bare(w->list[i], word, sizeof(word));
        if (match_near(reference, word))
            return true;
    }
    return false;
}

static void
propose(const struct account *a, const char *why, struct match_proposal *out, int *n)
{
    for (int i = 0; i < *n; i++) {
        if (strcmp(out[i].account, a->account) == 0)
            return;
    }
    snprintf(out[*n].account, sizeof(out[*n].account), "%s", a->account);
    snprintf(out[(*n)++].why, sizeof(out->why), "%s", why);
}

static bool
propose_claimed(struct store *s, const struct match_question *q, struct match_proposal *out,
                int *n, struct err *e)
{
    struct account a;
    bool found;
    int64_t id;

    if (q->receipt == NULL || !paid_claim_of(s, q->receipt, q->now - CLAIM_S, &id, e) ||
        !account_by_id(s, id, &a, &found, e))
        return q->receipt == NULL;
    if (found)
        propose(&a, "said by text that this receipt is theirs", out, n);
    return true;
}

bool
match_propose(struct store *s, const struct conf *conf, const struct match_question *q,
              struct match_proposal out[PROPOSALS_MAX], int *n, struct err *e)
{
    int64_t ids[CANDIDATES_MAX];
    struct words w;
    char why[80];
    int count;

    *n = 0;
    split_claim(q->claim, &w);
    snprintf(why, sizeof(why), "one mistake from '%.30s', same amount", q->claim);
    if (!propose_claimed(s, q, out, n, e) ||
        !items_of_amount(s, q->amount, ids, CANDIDATES_MAX, &count, e))
        return false;
    for (int i = 0; i < count && *n < PROPOSALS_MAX; i++) {
        struct account a;
        bool found;

        if (!account_by_id(s, ids[i], &a, &found, e))
            return false;
        if (found && near_claim(conf, &a, &w))
            propose(&a, why, out, n);
    }
    return true;
}

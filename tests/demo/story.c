#include "demo.h"
#include "meterpost/base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MS            60000 /* real time for one stop of the story */
#define SILENT_FOR_A_WHILE 6  /* customer whose meter has no network for the first hours */
#define SILENT_FOR_GOOD    21 /* and whose meter hangs on a wire as well */

void
story_say(struct demo *d, const char *fmt, ...)
{
    char when[TIME_TEXT_MAX];
    struct tm tm;
    va_list args;

    if (d->quiet)
        return;
    clock_local(clock_now(), &tm);
    strftime(when, sizeof(when), "%a %d %b %H:%M", &tm);
    printf("%s  ", when);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
}

/* One text as people would see it on their phone: a line break is a slash. */
static void
say_text(struct demo *d, const char *from, const char *arrow, const char *text)
{
    char line[400];
    size_t n = 0;

    for (const char *c = text; *c != '\0' && n + 4 < sizeof(line); c++) {
        if (*c == '\n') {
            memcpy(line + n, " / ", 3);
            n += 3;
        } else {
            line[n++] = *c;
        }
    }
    line[n] = '\0';
    story_say(d, "    %s %s %s", from, arrow, line);
}

/* Tell at most `most` of the texts that went out since the last time to `to` (NULL: to
 * anybody), and pass over the rest. */
static bool
tell_sent(struct demo *d, const char *to, int most, struct err *e)
{
    json_t *answer = rig_ask(d->rig, e, "{s:s,s:I,s:i}", "do", "sent", "since",
                             (json_int_t)d->heard, "limit", 10000);
    const json_t *one;
    size_t i;

    if (answer == NULL)
        return false;
    json_array_foreach (json_object_get(answer, "sent"), i, one) {
        const char *number = json_string_value(json_object_get(one, "to"));

        if (number == NULL || (to != NULL && strcmp(number, to) != 0) || most-- <= 0)
            continue;
        say_text(d, number, "<-", json_string_value(json_object_get(one, "text")));
    }
    d->heard = json_integer_value(json_object_get(answer, "next"));
    json_decref(answer);
    return true;
}

bool
story_tell_sent(struct demo *d, int most, struct err *e)
{
    return tell_sent(d, NULL, most, e);
}

static bool
until(struct demo *d, const char *when, struct err *e)
{
    utc_t target;

    return clock_parse(when, &target, e) && rig_until(d->rig, target, IDLE_MS, e);
}

/* Run a command of the operator's; true when it exits 0. */
#define OPERATOR(d, answer, e, ...) (rig_meterpost((d)->rig, answer, e, __VA_ARGS__) == 0)

static bool
import(struct demo *d, const char *kind, struct err *e)
{
    char file[RIG_PATH_MAX], name[40];
    json_t *answer = NULL;
    bool done;

    snprintf(name, sizeof(name), "%s.csv", kind);
    done = OPERATOR(d, &answer, e, "--yes", "import", kind, rig_path(d->rig, name, file),
                    NULL);
    json_decref(answer);
    return done || err_in(e, "import %s", kind);
}

static bool
register_village(struct demo *d, struct err *e)
{
    if (!people_write(d, e) || !import(d, "accounts", e) ||
        !import(d, "concentrators", e) || !import(d, "meters", e))
        return false;
    story_say(d, "%d households are registered: 30 electricity meters and 15 water meters",
              people_count(d));
    story_say(d, "with a SIM of their own, 15 electricity meters behind one concentrator.");
    return true;
}

static bool
set_silent(struct demo *d, int customer, bool silent, struct err *e)
{
    json_t *answer = rig_ask(d->rig, e, "{s:s,s:s,s:b}", "do", "meter", "meter",
                             people_meter(d, customer), "silent", silent);

    json_decref(answer);
    return answer != NULL;
}

static bool
show_round(struct demo *d, const char *name, struct err *e)
{
    json_t *answer = NULL;
    const json_t *row;

    if (!OPERATOR(d, &answer, e, "round", "show", name, NULL)) {
        json_decref(answer);
        return false;
    }
    row = answer;
    story_say(d,
              "Round %s: %lld meters, %lld have answered, %lld held, %lld expected, "
              "%lld missing.",
              name, json_integer_value(json_object_get(row, "meters")),
              json_integer_value(json_object_get(row, "in")),
              json_integer_value(json_object_get(row, "held")),
              json_integer_value(json_object_get(row, "expected")),
              json_integer_value(json_object_get(row, "missing")));
    json_decref(answer);
    return true;
}

static bool
read_round(struct demo *d, const char *name, int tell, struct err *e)
{
    json_t *answer = NULL;
    bool done = OPERATOR(d, &answer, e, "--yes", "round", "start", name, NULL);

    json_decref(answer);
    if (!done)
        return err_in(e, "round %s", name);
    story_say(d, "Round %s begins: every meter is asked by text message.", name);
    return rig_wait_idle(d->rig, IDLE_MS, e) && tell_sent(d, NULL, tell, e) &&
           show_round(d, name, e);
}

/* Two meters do not answer at first: one comes back, one does not. */
static bool
first_round(struct demo *d, struct err *e)
{
    if (!until(d, "2026-10-08T22:00", e) || !set_silent(d, SILENT_FOR_A_WHILE, true, e) ||
        !set_silent(d, SILENT_FOR_GOOD, true, e) || !read_round(d, "october-8", 3, e))
        return false;
    story_say(d, "Two meters are silent. They are asked again, later each time.");
    if (!until(d, "2026-10-08T22:40", e) || !set_silent(d, SILENT_FOR_A_WHILE, false, e) ||
        !until(d, "2026-10-09T08:00", e) || !show_round(d, "october-8", e))
        return false;
    story_say(d, "Meter %s had no network for half an hour. The SIM of meter %s is dead:",
              people_meter(d, SILENT_FOR_A_WHILE), people_meter(d, SILENT_FOR_GOOD));
    story_say(d, "after three texts the engine read it over the RS-485 line by itself.");
    return true;
}

/* A customer texts, and reads the answer. */
static bool
customer_asks(struct demo *d, int customer, const char *text, struct err *e)
{
    char phone[24];

    people_phone(customer, phone);
    say_text(d, phone, "->", text);
    if (!rig_inject(d->rig, phone, "sim1", text, e) || !rig_wait_idle(d->rig, IDLE_MS, e))
        return false;
    return tell_sent(d, phone, 1, e);
}

static bool
middle_of_the_month(struct demo *d, struct err *e)
{
    if (!until(d, "2026-10-15T10:00", e))
        return false;
    story_say(d, "Customers text, each in their own language; a stranger learns nothing.");
    if (!customer_asks(d, 0, "BAL", e) || !customer_asks(d, 5, "余额", e) ||
        !customer_asks(d, 1, "Help!", e))
        return false;
    say_text(d, "+254733999999", "->", "BAL 1001");
    if (!rig_inject(d->rig, "+254733999999", "sim1", "BAL 1001", e) ||
        !rig_wait_idle(d->rig, IDLE_MS, e) || !tell_sent(d, "+254733999999", 1, e))
        return false;
    story_say(d, "A meter sends something that no rule understands: it is put aside.");
    return rig_inject(d->rig, "+254711000003", "sim1", "LOW BATT 3.1V CALL SERVICE", e) &&
           until(d, "2026-10-22T22:00", e) && read_round(d, "october-22", 0, e);
}

static bool
bills_go_out(struct demo *d, struct err *e)
{
    json_t *answer = NULL;
    char phone[24];
    bool done;

    if (!until(d, "2026-11-01T00:05", e) || !read_round(d, "october-end", 0, e) ||
        !until(d, "2026-11-01T08:00", e))
        return false;
    done = OPERATOR(d, &answer, e, "--yes", "bill", "issue", "2026-10", NULL);
    json_decref(answer);
    if (!done)
        return err_in(e, "bill issue");
    if (!rig_wait_idle(d->rig, IDLE_MS, e))
        return false;
    story_say(d, "The bills of October are issued, booked and sent:");
    if (!tell_sent(d, NULL, 3, e))
        return false;
    done = OPERATOR(d, &answer, e, "bill", "render", "2026-10", "--out", d->bills, NULL);
    json_decref(answer);
    if (!done)
        return err_in(e, "bill render");
    return customer_asks(d, 0, "bal", e) && people_phone(0, phone) != NULL;
}

/* What the customer owes, as text; "" when the account cannot be shown. */
static bool
owed(struct demo *d, const char *account, char *out, size_t size, struct err *e)
{
    json_t *answer = NULL;
    const char *balance;
    bool done = OPERATOR(d, &answer, e, "account", "show", account, NULL);

    balance = json_string_value(json_object_get(answer, "balance"));
    snprintf(out, size, "%s", balance == NULL ? "" : balance);
    json_decref(answer);
    return done;
}

static bool
payments_come_in(struct demo *d, struct err *e)
{
    char account[24], amount[40], reference[40];

    if (!until(d, "2026-11-03T09:00", e))
        return false;
    for (int n = 0; n < 12; n++) {
        json_t *answer = NULL;
        bool done;

        if (!owed(d, people_account(n, account), amount, sizeof(amount), e))
            return false;
        snprintf(reference, sizeof(reference), "TILL-%04d", n + 1);
        done = OPERATOR(d, &answer, e, "--yes", "pay", "add", account, amount, "--channel",
                        "cash", "--reference", reference, NULL);
        json_decref(answer);
        if (!done)
            return err_in(e, "pay add %s %s", account, amount);
    }
    story_say(d,
              "Twelve customers pay at the till and are thanked; account 1001 asks again:");
    return rig_wait_idle(d->rig, IDLE_MS, e) && tell_sent(d, NULL, 1, e) &&
           customer_asks(d, 0, "Bal?", e) && customer_asks(d, 12, "1", e);
}

static bool
books_agree(struct demo *d, struct err *e)
{
    json_t *answer = NULL;
    bool done = OPERATOR(d, &answer, e, "verify", NULL);

    json_decref(answer);
    if (done)
        story_say(d, "Database, audit chain and ledger were verified: they agree.");
    return done;
}

/* The month, in order. */
static const struct chapter {
    const char *title;
    bool (*live)(struct demo *d, struct err *e);
} chapters[] = {
    {"the village is registered", register_village},
    {"the first reading round", first_round},
    {"the middle of the month", middle_of_the_month},
    {"the bills go out", bills_go_out},
    {"payments come in", payments_come_in},
    {"who has not paid", supply_live},
    {"the books agree", books_agree},
};

bool
story_live(struct demo *d, struct err *e)
{
    for (size_t i = 0; i < sizeof(chapters) / sizeof(chapters[0]); i++) {
        if (!d->quiet)
            printf("\n-- %s\n", chapters[i].title);
        if (!chapters[i].live(d, e))
            return err_in(e, "%s", chapters[i].title);
    }
    return true;
}

/*
 * Cuts and restores by text message from end to end: two of staff with a phone and a sheet
 * of codes each, the engine, its modem and the relays of emulated meters.
 */
#include "meterpost/billing/match.h"
#include "relay_village.h"

#define AMINA  "+254722000101"
#define JOSEPH "+254722000102"

#define SETTINGS                                                                           \
    "reading: {window: \"00:00-24:00\"}\n"                                                 \
    "billing: {check_digit: luhn}\n"                                                       \
    "arrears:\n"                                                                           \
    "  run: true\n"                                                                        \
    "  policy: philippines\n"                                                              \
    "  min_debt: \"100\"\n"                                                                \
    "  stages:\n"                                                                          \
    "    - {name: notice, after_due: 1d, template: notice}\n"                              \
    "    - {name: cut, after_due: 3d, after: notice}\n"                                    \
    "  cut: {answer: 2m}\n"

struct person {
    const char *name, *phone;
    json_t *codes; /* of the sheet */
};

static struct person amina = {"amina", AMINA, NULL}, joseph = {"joseph", JOSEPH, NULL};
static char said[800]; /* the newest answer to whoever wrote last */

static void
enrol(struct person *p)
{
    json_t *answer;

    json_decref(as("root", 0, "--yes staff add %s name=%s role=operator phone=%s", p->name,
                   p->name, p->phone));
    answer = as("root", 0, "--yes staff enrol %s --sheet", p->name);
    p->codes = json_incref(json_object_get(answer, "codes"));
    cr_assert_eq(json_array_size(p->codes), 100);
    json_decref(answer);
}

static void
debts_grow_old(void)
{
    static const char *const mornings[] = {"2026-03-03", "2026-03-04", "2026-03-05"};
    char when[40];

    for (size_t i = 0; i < 3; i++) {
        snprintf(when, sizeof(when), "%sT07:50+03:00", mornings[i]);
        until(when);
        done("root", 0, "arrears feed --reason looked");
        snprintf(when, sizeof(when), "%sT09:00+03:00", mornings[i]);
        until(when);
    }
    until("2026-03-08T20:00+03:00");
    hear_all();
    until("2026-03-09T09:50+03:00");
    done("root", 0, "arrears feed --reason looked");
    until("2026-03-09T10:00+03:00");
}

static void
begin(void)
{
    begin_with(SETTINGS);
    settle_owing(3, "1500");
    enrol(&amina);
    enrol(&joseph);
    debts_grow_old();
}

static void
finish(void)
{
    json_decref(amina.codes);
    json_decref(joseph.codes);
    end();
}

static void
minutes_pass(int minutes)
{
    cr_assert(rig_until(r, clock_now() + minutes * MINUTE_S, IDLE_MS, &e), "%s", e.text);
}

/* The newest text to a phone among those after `since`; what comes next. */
static json_int_t
hear(const char *phone, json_int_t since)
{
    json_t *answer = rig_ask(r, &e, "{s:s,s:I}", "do", "sent", "since", since), *one;
    json_int_t next = json_integer_value(json_object_get(answer, "next"));
    size_t i;

    cr_assert_not_null(answer, "%s", e.text);
    said[0] = '\0';
    json_array_foreach (json_object_get(answer, "sent"), i, one) {
        if (strcmp(text_of(one, "to"), phone) == 0)
            snprintf(said, sizeof(said), "%s", text_of(one, "text"));
    }
    json_decref(answer);
    return next;
}

/* Somebody texts; `want` is in the answer, or no answer comes where it is NULL. */
static void
texts(const struct person *p, const char *text, const char *want)
{
    json_int_t since = hear(p->phone, 0);

    cr_assert(rig_inject(r, p->phone, "sim1", text, &e), "%s", e.text);
    idle();
    hear(p->phone, since);
    printf("%s: %s\n   <- %s\n", p->name, text, said);
    cr_expect(want == NULL ? said[0] == '\0' : strstr(said, want) != NULL,
              "%s: answered '%s', want '%s'", text, said, want == NULL ? "" : want);
}

/* The YES that the last answer asked for, with the code of the sheet; 40 bytes. */
static const char *
yes(const struct person *p, char out[40])
{
    const char *asked = strstr(said, "Confirm with code ");
    char ref[8] = "";
    int number = 0;

    cr_assert(asked != NULL && sscanf(asked, "Confirm with code %d of your sheet: YES %7s",
                                      &number, ref) == 2,
              "nothing is asked for: %s", said);
    snprintf(out, 40, "YES %s %s", ref,
             json_string_value(json_array_get(p->codes, (size_t)number - 1)));
    return out;
}

/* A command, and its YES a minute later. */
static void
commands(const struct person *p, const char *text, const char *want)
{
    char answer[40];

    texts(p, text, "Confirm with code");
    minutes_pass(1);
    texts(p, yes(p, answer), want);
    minutes_pass(1);
}

static const char *
cut_word(const char *meter, char out[40])
{
    snprintf(out, 40, "CUT %s%c", meter, match_check_digit(meter));
    return out;
}

static long long
order_of(const char *meter)
{
    json_t *row = newest_order(meter);
    long long order = json_integer_value(json_object_get(row, "order"));

    json_decref(row);
    return order;
}

/* Two people cut a meter; the words that did it, to say again. */
static void
two_people_cut(const char *meter, char word[40], char yes_of_cut[40], char ok[40],
               char yes_of_ok[40])
{
    texts(&amina, cut_word(meter, word), "Confirm with code");
    yes(&amina, yes_of_cut);
    texts(&amina, word, NULL); /* of the same second: a copy */
    minutes_pass(1);
    texts(&amina, yes_of_cut, "proposed");
    texts(&amina, yes_of_cut, NULL);
    snprintf(ok, 40, "OK %lld", order_of(meter));
    minutes_pass(1);
    expect_relay(meter, 0, "closed");
    texts(&joseph, ok, "Confirm with code");
    minutes_pass(1);
    texts(&joseph, yes(&joseph, yes_of_ok), "approved");
    texts(&joseph, yes_of_ok, NULL);
    minutes_pass(5);
}

TestSuite(staff_cut, .init = begin, .fini = finish, .timeout = 120);

Test(staff_cut, two_people_cut_once_and_a_payment_restores)
{
    static const char meter[] = "000000000101";
    char word[40], yes_of_cut[40], ok[40], yes_of_ok[40];

    two_people_cut(meter, word, yes_of_cut, ok, yes_of_ok);
    expect_relay(meter, 1, "open");
    expect_order(meter, "cut", "verified");
    texts(&amina, yes_of_cut, "nothing waits for that YES");
    minutes_pass(1);
    texts(&joseph, yes_of_ok, "nothing waits for that YES");
    minutes_pass(1);
    commands(&joseph, ok, "nothing to approve");
    commands(&amina, word, "not done");
    minutes_pass(5);
    expect_relay(meter, 1, "open");
    done("root", 0, "pay add 2001 1500 --channel cash --reference T1");
    minutes_pass(15);
    expect_relay(meter, 2, "closed");
    expect_order(meter, "restore", "verified");
    commands(&amina, word, "not done");
    minutes_pass(5);
    expect_relay(meter, 2, "closed");
}

Test(staff_cut, nobody_approves_their_own)
{
    static const char meter[] = "000000000101";
    char word[40], ok[40];

    commands(&amina, cut_word(meter, word), "proposed");
    snprintf(ok, sizeof(ok), "OK %lld", order_of(meter));
    commands(&amina, ok, "somebody else must approve");
    minutes_pass(5);
    expect_relay(meter, 0, "closed");
}

Test(staff_cut, hold_and_kill_stop_what_was_proposed)
{
    static const char held[] = "000000000102", killed[] = "000000000103";
    char word[40], ok[40];

    commands(&amina, cut_word(held, word), "proposed");
    snprintf(ok, sizeof(ok), "OK %lld", order_of(held));
    commands(&joseph, "HOLD 2002 3", "held, 3 days");
    commands(&joseph, ok, "OK 1 not done");
    commands(&amina, cut_word(killed, word), "proposed");
    snprintf(ok, sizeof(ok), "OK %lld", order_of(killed));
    commands(&joseph, "KILL", "killed");
    commands(&joseph, ok, "Waits: ");
    commands(&amina, cut_word(held, word), "kill switch");
    minutes_pass(10);
    expect_relay(held, 0, "closed");
    expect_relay(killed, 0, "closed");
}

Test(staff_cut, a_whole_list_is_approved_by_text)
{
    json_t *answer = as("amina", 4, "--yes cut propose");
    long long batch = json_integer_value(json_object_get(answer, "batch"));
    char ok[40];

    json_decref(answer);
    snprintf(ok, sizeof(ok), "OK B%lld", batch);
    commands(&amina, ok, "somebody else must approve");
    texts(&joseph, ok, "OK B1 (3), amount 4,500.00. Confirm with code");
    minutes_pass(1);
    texts(&joseph, yes(&joseph, ok), "B1, 3 approved");
    minutes_pass(15);
    expect_relay("000000000101", 1, "open");
    expect_relay("000000000102", 1, "open");
    expect_relay("000000000103", 1, "open");
    texts(&joseph, "OK B7", "nothing of batch B7 waits");
}
